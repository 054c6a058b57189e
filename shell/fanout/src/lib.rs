//! hustings-fanout.
