//! hustings-tls.
