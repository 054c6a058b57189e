//! hustings-studio.
