//! hustings-store.
