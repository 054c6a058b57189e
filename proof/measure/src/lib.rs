//! hustings-measure.
