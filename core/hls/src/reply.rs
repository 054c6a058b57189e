//! An answer before it is framed: a status, fields and pieces of a body that are sent one after the other.

use std::borrow::Cow;

use bytes::Bytes;

/// One answer. The length of its body, its date and what lets any site read it are added by who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub fields: Vec<(&'static str, Cow<'static, str>)>,
    /// The body, in shared pieces.
    pub body: Vec<Bytes>,
}

impl Reply {
    /// Bytes of the body.
    #[must_use]
    pub fn length(&self) -> usize {
        self.body.iter().map(Bytes::len).sum()
    }
}

/// The reason phrase of a status that is used here.
#[must_use]
pub const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        416 => "Range Not Satisfiable",
        503 => "Service Unavailable",
        _ => "Refused",
    }
}
