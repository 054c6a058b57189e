//! hustings-stories.
