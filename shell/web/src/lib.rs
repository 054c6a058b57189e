//! hustings-web.
