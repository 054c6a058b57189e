//! hustings-stage.
