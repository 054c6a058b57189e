//! One file as a response: compressed where that is understood and worth it, and not sent again to who has it.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// A file whose name holds its content's hash never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Any other is asked for again after five minutes.
const FOR_A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// One file.
#[derive(Debug)]
pub(crate) struct StaticFile {
    kind: HeaderValue,
    keep: HeaderValue,
    plain: Form,
    gzip: Option<Form>,
}

/// One form of a file, with the tag that tells it from others.
#[derive(Debug)]
struct Form {
    bytes: Bytes,
    tag: HeaderValue,
}

impl StaticFile {
    pub(crate) fn new(name: &str, content: Cow<'static, [u8]>) -> Self {
        let bytes = match content {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        let gzip = gzip(&bytes).map(Form::new);
        let keep = if is_named_by_content(name) { FOR_EVER } else { FOR_A_WHILE };
        Self { kind: HeaderValue::from_static(kind(name)), keep, gzip, plain: Form::new(bytes) }
    }

    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response {
        let packed = self.gzip.as_ref().filter(|_| takes_gzip(headers));
        let form = packed.unwrap_or(&self.plain);
        let known = has(headers, &form.tag);
        let mut response =
            if known { StatusCode::NOT_MODIFIED.into_response() } else { form.bytes.clone().into_response() };
        let fields = response.headers_mut();
        fields.insert(header::CACHE_CONTROL, self.keep.clone());
        fields.insert(header::ETAG, form.tag.clone());
        fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if !known {
            fields.insert(header::CONTENT_TYPE, self.kind.clone());
            if packed.is_some() {
                fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        response
    }
}

impl Form {
    fn new(bytes: Bytes) -> Self {
        Self { tag: tag(&bytes), bytes }
    }
}

/// An entity tag of some bytes. It tells versions of one address apart, which 64 bits of a hash without a key do; it
/// proves nothing.
pub(crate) fn tag(bytes: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    HeaderValue::try_from(format!("\"{:016x}\"", hasher.finish())).expect("hexadecimal digits stand in a header")
}

/// Whether the asker has the version with this tag (RFC 9110, section 13.1.2).
pub(crate) fn has(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|l| l.split(',')).map(str::trim).any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == *tag)
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|l| l.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0));
        matches!(name.trim(), "gzip" | "x-gzip" | "*") && !refused
    })
}

/// The compressed form, if it saves a tenth. Fonts and pictures are compressed already.
fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::best());
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len() / 10 * 9).then(|| packed.into())
}

/// Whether a name ends in eight characters of a hash: `assets/home-B7x_fQ2k.js`. A word of eight small letters is not
/// taken for one; then a file is only asked for more often than it needs to be.
fn is_named_by_content(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    let Some((at, _)) = stem.char_indices().rev().nth(7) else { return false };
    let (before, hash) = stem.split_at(at);
    before.len() > 1
        && before.ends_with('-')
        && hash.bytes().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_name_with_a_hash_is_kept_for_ever() {
        assert!(is_named_by_content("assets/home-B7x_fQ2k.js"));
        assert!(is_named_by_content("assets/hls.light-x-aBcDe-12.js") || !is_named_by_content("assets/hls.js"));
        for changing in ["assets/player.js", "icon.svg", "assets/besley-semibold.woff2", "-B7x_fQ2k.js", "é-é.js", ""]
        {
            assert!(!is_named_by_content(changing), "{changing}");
        }
    }

    #[test]
    fn gzip_is_sent_to_who_takes_it() {
        for (value, takes) in
            [("gzip", true), ("br, gzip;q=0.5", true), ("*", true), ("gzip;q=0", false), ("br", false)]
        {
            assert_eq!(takes_gzip(&asked(header::ACCEPT_ENCODING, value)), takes, "{value}");
        }
        let file = StaticFile::new("a.css", Cow::Owned(vec![b'x'; 1000]));
        let packed = file.answer(&asked(header::ACCEPT_ENCODING, "gzip"));
        let plain = file.answer(&HeaderMap::new());
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(plain.headers().get(header::CONTENT_ENCODING), None);
        assert_ne!(packed.headers()[header::ETAG], plain.headers()[header::ETAG], "two forms, two tags");
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let font = StaticFile::new("a.woff2", Cow::Owned(noise.take(1000).collect()));
        assert!(font.gzip.is_none(), "what is compressed already stays as it is");
    }

    #[test]
    fn who_has_it_is_told_so() {
        let file = StaticFile::new("a.css", Cow::Borrowed(b"x"));
        let tag = file.answer(&HeaderMap::new()).headers()[header::ETAG].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, known.parse().unwrap());
            let answer = file.answer(&headers);
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(answer.headers()[header::ETAG], tag.as_str());
        }
        assert_eq!(file.answer(&asked(header::IF_NONE_MATCH, "\"other\"")).status(), StatusCode::OK);
    }
}
