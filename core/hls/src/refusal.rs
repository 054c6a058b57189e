//! Refusals, each a sentence for people: `application/problem+json` (RFC 9457).

use std::borrow::Cow;
use std::fmt::Write as _;

use hustings_pack::request::BadRequest;
use hustings_vocab::Rendition;

use crate::cache::{Keep, MISSING_SECONDS, REFUSED_SECONDS};
use crate::reply::{Reply, reason};

/// How long those that are kept may be.
const KEEP: Keep = Keep::For(MISSING_SECONDS);

/// Why a request is not answered with what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The reason and the remedy.
    pub detail: Cow<'static, str>,
    /// When to ask again, in seconds.
    pub retry_after: Option<u64>,
    /// How long it stays true.
    pub keep: Keep,
}

impl Refusal {
    fn new(status: u16, detail: impl Into<Cow<'static, str>>, keep: Keep) -> Self {
        Self { status, detail: detail.into(), retry_after: None, keep }
    }

    /// 404: no such file.
    #[must_use]
    pub fn nothing() -> Self {
        Self::new(404, "nothing has this address; begin with index.m3u8", KEEP)
    }

    /// 404: the build cannot make it.
    #[must_use]
    pub fn not_offered(rendition: Rendition) -> Self {
        Self::new(404, format!("this server does not make {rendition}"), Keep::No)
    }

    /// 404: no name of media.
    pub(crate) fn misnamed(error: &BadRequest) -> Self {
        Self::new(404, error.to_string(), KEEP)
    }

    /// 404: it was there.
    pub(crate) fn gone() -> Self {
        Self::new(404, "this has left the window of what can still be asked for", KEEP)
    }

    /// 400: no directives.
    pub(crate) fn unreadable(error: &BadRequest) -> Self {
        Self::new(400, error.to_string(), KEEP)
    }

    /// 400: directives for the far future.
    pub(crate) fn too_far() -> Self {
        Self::new(400, "_HLS_msn and _HLS_part are further ahead than the next segments", KEEP)
    }

    /// 416: a range of nothing.
    pub(crate) fn beyond(length: usize) -> Self {
        Self::new(416, format!("there are {length} bytes, and none of them is in the range"), Keep::No)
    }

    /// 503: it was waited for in vain.
    #[must_use]
    pub fn late() -> Self {
        Self::unavailable("what was asked for did not come in time; ask again", 1)
    }

    /// 503, to be asked again after so many seconds.
    #[must_use]
    pub fn unavailable(detail: &'static str, retry_after: u64) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(503, detail, Keep::For(REFUSED_SECONDS)) }
    }

    /// As it is sent.
    #[must_use]
    pub fn reply(&self) -> Reply {
        let mut fields =
            vec![("content-type", "application/problem+json".into()), ("cache-control", self.keep.to_string().into())];
        fields.extend(self.retry_after.map(|after| ("retry-after", after.max(1).to_string().into())));
        let mut body = String::from("{\"detail\":\"");
        escape(&mut body, &self.detail);
        let _ = write!(
            body,
            "\",\"status\":{},\"title\":\"{}\",\"type\":\"about:blank\"}}",
            self.status,
            reason(self.status)
        );
        Reply { status: self.status, fields, body: vec![body.into()] }
    }
}

/// Text within quotes of JSON (RFC 8259, section 7).
fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' | '\\' => into.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(into, "\\u{:04x}", u32::from(c));
            }
            c => into.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_json_whatever_it_says() {
        let reply = Refusal::new(400, "a \"b\"\n\\", Keep::No).reply();
        let expected = r#"{"detail":"a \"b\"\u000a\\","status":400,"title":"Bad Request","type":"about:blank"}"#;
        assert_eq!(reply.body[0], expected);
        assert_eq!(reply.fields[1], ("cache-control", "no-store".into()));
        assert!(Refusal::late().reply().fields.contains(&("retry-after", "1".into())));
    }
}
