//! Playlists as they stand: each version is rendered and compressed once, and shared by everybody who waited for it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hustings_link::hall::{Hall, Halls, Progress};
use hustings_pack::playlist;
use hustings_pack::request::Extent;
use hustings_vocab::{Rendition, Slug};

/// The newest version of each playlist that was asked for.
pub(crate) struct Playlists {
    offered: Vec<Rendition>,
    multivariant: Document,
    rendered: Mutex<HashMap<(Slug, Rendition), Shared>>,
}

/// One playlist behind a lock of its own, so that rendering one holds up nobody who wants another.
type Shared = Arc<Mutex<Rendered>>;

/// One version, in both extents.
#[derive(Default)]
struct Rendered {
    /// A conversation that was opened anew has the name and perhaps the numbers of the old one.
    hall: Weak<Hall>,
    progress: Progress,
    full: Option<Document>,
    delta: Option<Document>,
}

impl Playlists {
    pub(crate) fn new(offered: Vec<Rendition>) -> Self {
        let multivariant = Document::new(playlist::multivariant(&offered));
        Self { offered, multivariant, rendered: Mutex::default() }
    }

    /// The multivariant playlist, the same for every conversation.
    pub(super) const fn multivariant(&self) -> &Document {
        &self.multivariant
    }

    /// The playlist as it stands; `None` while there is no whole segment.
    pub(super) fn of(&self, hall: &Arc<Hall>, rendition: Rendition, extent: Extent) -> Option<Document> {
        let entry = lock(&self.rendered).entry((hall.slug.clone(), rendition)).or_default().clone();
        // Held while it is rendered, so that the others who want this version get it instead of rendering it too.
        let mut rendered = lock(&entry);
        let shelf = hall.shelf(rendition);
        let window = shelf.look(Clone::clone);
        let progress = Progress { next: window.next(), ended: window.ended() };
        if rendered.progress != progress || !std::ptr::eq(rendered.hall.as_ptr(), Arc::as_ptr(hall)) {
            *rendered = Rendered { hall: Arc::downgrade(hall), progress, full: None, delta: None };
        }
        let slot = match extent {
            Extent::Full => &mut rendered.full,
            Extent::Delta => &mut rendered.delta,
        };
        if slot.is_none() {
            let text = playlist::media(&window, rendition, &self.offered, hall.epoch_ms, extent);
            *slot = text.map(Document::new);
        }
        slot.clone()
    }

    /// Forgets what belongs to halls that are no more.
    pub(crate) fn forget_gone(&self, halls: &Halls) {
        lock(&self.rendered).retain(|(slug, _), _| halls.find(slug).is_some());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A playlist, plain and compressed.
#[derive(Clone)]
pub(super) struct Document {
    plain: Bytes,
    gzip: Bytes,
    etag: HeaderValue,
}

impl Document {
    pub(super) fn new(text: String) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        // Weak, because the two encodings are the same document in different bytes (RFC 9110, section 8.8.3).
        let etag = format!("W/\"{:016x}\"", hasher.finish());
        Self {
            gzip: compress(text.as_bytes()),
            plain: text.into(),
            etag: HeaderValue::from_str(&etag).expect("hexadecimal digits in quotes are a header value"),
        }
    }

    /// Bytes of the plain text.
    pub(super) fn len(&self) -> usize {
        self.plain.len()
    }

    /// The answer to a request with these headers: 304 if the client has it already.
    pub(super) fn answer(&self, request: &HeaderMap, keep: HeaderValue) -> Response {
        let known = request.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|list| {
            list.split(',').map(str::trim).any(|tag| tag == "*" || weak(tag) == weak(self.etag.to_str().unwrap_or("")))
        });
        let fields = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.apple.mpegurl")),
            (header::CACHE_CONTROL, keep),
            (header::ETAG, self.etag.clone()),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ];
        if known {
            return (StatusCode::NOT_MODIFIED, fields).into_response();
        }
        if accepts_gzip(request) {
            let coded = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
            return (fields, coded, Body::from(self.gzip.clone())).into_response();
        }
        (fields, Body::from(self.plain.clone())).into_response()
    }
}

/// The opaque part of an entity tag, for weak comparison (RFC 9110, section 8.8.3.2).
fn weak(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn compress(text: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
    encoder.write_all(text).and_then(|()| encoder.finish()).expect("writing to memory does not fail").into()
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let codings = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    codings.flat_map(|v| v.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = quality.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        matches!(name.trim(), "gzip" | "*") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn gzip_is_sent_to_whom_accepts_it_and_to_nobody_else() {
        for (value, accepted) in
            [("gzip", true), ("br, gzip;q=0.5", true), ("*", true), ("gzip;q=0", false), ("identity", false)]
        {
            assert_eq!(accepts_gzip(&with(header::ACCEPT_ENCODING, value)), accepted, "{value}");
        }
    }

    #[test]
    fn who_has_the_document_already_is_told_so() {
        let document = Document::new("#EXTM3U\n".into());
        let tag = document.etag.to_str().unwrap().to_owned();
        let status = |v: &str| document.answer(&with(header::IF_NONE_MATCH, v), crate::cache::public(1)).status();
        assert_eq!(status(&tag), StatusCode::NOT_MODIFIED);
        assert_eq!(status(&format!("\"x\", {}", weak(&tag))), StatusCode::NOT_MODIFIED);
        assert_eq!(status("\"x\""), StatusCode::OK);
    }
}
