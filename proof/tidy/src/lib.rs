//! hustings-tidy.
