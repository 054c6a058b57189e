//! hustings-codec.
