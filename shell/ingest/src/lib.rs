//! hustings-ingest.
