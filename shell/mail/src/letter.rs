//! A letter.

/// A letter that waits to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its name, the same at each try.
    pub id: String,
    /// The address of whom it is for.
    pub to: String,
    /// What it is about, in one line.
    pub subject: String,
    /// Plain text. It may hold a link that signs somebody in.
    pub text: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("id", &self.id).finish_non_exhaustive()
    }
}
