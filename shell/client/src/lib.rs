//! hustings-client.
