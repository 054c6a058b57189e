//! The head of a request: is it one for a stream, and for which?
//!
//! Only what a listener's player sends is understood here. Whatever is unusual, however valid, is not for us: the general
//! service knows all of HTTP and says what is wrong with the rest.

use hustings_fan::{Asked, Container, Framing};
use hustings_vocab::{Slug, limits};

/// Headers of a request that we look at; browsers send twenty.
const HEADERS_MAX: usize = 64;

/// What the bytes of a connection begin with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// Not yet a whole head.
    More,
    /// A listener.
    Listen(Wish),
    /// A reader of events.
    Follow(Following),
    /// Something else.
    Other,
}

/// What a listener wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) slug: Slug,
    pub(crate) container: Container,
    pub(crate) asked: Asked,
    pub(crate) framing: Framing,
    /// The connection ends with the response.
    pub(crate) last: bool,
    /// The player shows the name of the station.
    pub(crate) named: bool,
}

/// What a reader of events wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Following {
    pub(crate) slug: Slug,
    /// The last event that it knows.
    pub(crate) last_event_id: Option<String>,
    /// The connection ends with the response.
    pub(crate) last: bool,
}

impl Head {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(bytes) {
            Ok(httparse::Status::Complete(length)) if length == bytes.len() => head(&request).unwrap_or(Self::Other),
            Ok(httparse::Status::Partial) if bytes.len() < limits::REQUEST_HEAD_BYTES_MAX => Self::More,
            // Too long, more than one request at once, or no HTTP.
            Ok(_) | Err(_) => Self::Other,
        }
    }
}

fn head(request: &httparse::Request<'_, '_>) -> Option<Head> {
    if request.method != Some("GET") {
        return None;
    }
    let (path, query) = request.path.map(|target| target.split_once('?').unwrap_or((target, "")))?;
    let (slug, name) = path.strip_prefix("/c/")?.split_once('/')?;
    let fields = Fields::read(request)?;
    if name == "events" {
        return following(slug, query, fields).map(Head::Follow);
    }
    let container = Container::ALL.into_iter().find(|c| c.name() == name)?;
    let asked = Asked::parse(query, container).ok()?;
    let old = fields.framing == Framing::UntilClose;
    let Fields { framing, last, icy, .. } = fields;
    Some(Head::Listen(Wish { slug: slug.parse().ok()?, container, asked, framing, last, named: old || icy }))
}

fn following(slug: &str, query: &str, fields: Fields) -> Option<Following> {
    let mut asked = query.split('&').filter_map(|pair| pair.strip_prefix("last_event_id="));
    let (first, second) = (asked.next(), asked.next());
    let last_event_id = fields.last_event_id.or_else(|| first.map(str::to_owned));
    // Whether that is an identifier at all is seen later; only its encoding is not undone here.
    let plain = !query.contains(['%', '+']) && second.is_none();
    let Fields { framing, last, .. } = fields;
    (plain && framing == Framing::Chunked).then_some(Following { slug: slug.parse().ok()?, last_event_id, last })
}

/// What the header fields of a request say of how it is to be answered.
struct Fields {
    framing: Framing,
    last: bool,
    icy: bool,
    last_event_id: Option<String>,
}

impl Fields {
    /// `None`, if there is a field that is not for us.
    fn read(request: &httparse::Request<'_, '_>) -> Option<Self> {
        let framing = if request.version == Some(1) { Framing::Chunked } else { Framing::UntilClose };
        let mut fields = Self { framing, last: framing == Framing::UntilClose, icy: false, last_event_id: None };
        for header in request.headers.iter() {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            if is("content-length") || is("transfer-encoding") || is("upgrade") || is("expect") {
                return None;
            }
            if is("connection") {
                let options = std::str::from_utf8(header.value).ok()?.split(',');
                fields.last |= options.into_iter().any(|option| option.trim().eq_ignore_ascii_case("close"));
            }
            if is("last-event-id") {
                fields.last_event_id = Some(std::str::from_utf8(header.value).ok()?.to_owned());
            }
            fields.icy |= is("icy-metadata");
        }
        Some(fields)
    }
}

#[cfg(test)]
mod tests {
    use hustings_vocab::Rendition;

    use super::*;

    fn listen(request: &str) -> Option<Wish> {
        match Head::parse(request.as_bytes()) {
            Head::Listen(wish) => Some(wish),
            Head::Other | Head::Follow(_) => None,
            Head::More => panic!("{request:?} is whole"),
        }
    }

    #[test]
    fn a_listener_is_known_by_its_request() {
        let wish = listen("GET /c/talk/live.ogg?rendition=opus-48&burst=1 HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert_eq!((wish.slug.as_str(), wish.container, wish.framing), ("talk", Container::Ogg, Framing::Chunked));
        assert_eq!((wish.asked.rendition, wish.asked.burst_samples), (Rendition::Opus48, 48_000));
        assert!(!wish.last && !wish.named);
        let wish = listen("GET /c/talk/live.mp4 HTTP/1.0\r\n\r\n").unwrap();
        assert!(wish.framing == Framing::UntilClose && wish.last && wish.named);
        let wish = listen("GET /c/talk/live.aac HTTP/1.1\r\nicy-MetaData: 1\r\nconnection: TE, Close\r\n\r\n").unwrap();
        assert!(wish.framing == Framing::Chunked && wish.last && wish.named);
    }

    #[test]
    fn a_reader_of_events_says_what_it_knows_already() {
        let follow = |request: &str| match Head::parse(request.as_bytes()) {
            Head::Follow(following) => Some((following.slug.to_string(), following.last_event_id, following.last)),
            _ => None,
        };
        let talk = |id: Option<&str>, last| Some(("talk".to_owned(), id.map(str::to_owned), last));
        assert_eq!(follow("GET /c/talk/events HTTP/1.1\r\n\r\n"), talk(None, false));
        let asked = "GET /c/talk/events?x=1&last_event_id=7.9 HTTP/1.1\r\n";
        assert_eq!(follow(&format!("{asked}Connection: close\r\n\r\n")), talk(Some("7.9"), true));
        assert_eq!(follow(&format!("{asked}Last-Event-ID: 7.12\r\n\r\n")), talk(Some("7.12"), false));
        assert_eq!(follow("GET /c/talk/events HTTP/1.0\r\n\r\n"), None);
        assert_eq!(follow("GET /c/talk/events?last_event_id=7%2E9 HTTP/1.1\r\n\r\n"), None);
        assert_eq!(follow("GET /c/talk/events?last_event_id=7&last_event_id=8 HTTP/1.1\r\n\r\n"), None);
    }

    #[test]
    fn whatever_else_comes_is_for_the_general_service() {
        for other in [
            "HEAD /c/talk/live.ogg HTTP/1.1\r\n\r\n",
            "GET /c/talk/live.m3u HTTP/1.1\r\n\r\n",
            "GET /c/talk/live.ogg/ HTTP/1.1\r\n\r\n",
            "GET /c/t%61lk/live.ogg HTTP/1.1\r\n\r\n",
            "GET http://x/c/talk/live.ogg HTTP/1.1\r\n\r\n",
            "GET /c/talk/live.ogg?burst=soon HTTP/1.1\r\n\r\n",
            "GET /c/talk/live.ogg HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
            "GET /c/talk/live.ogg HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
            "GET /c/talk/live.ogg HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            "GET /c/talk/live.ogg HTTP/2.0\r\n\r\n",
            "\x16\x03\x01\r\n\r\n",
        ] {
            assert_eq!(listen(other), None, "{other:?}");
        }
        let endless = format!("GET /c/talk/live.ogg HTTP/1.1\r\nA: {}", "a".repeat(limits::REQUEST_HEAD_BYTES_MAX));
        assert_eq!(Head::parse(endless.as_bytes()), Head::Other);
        assert_eq!(Head::parse(&endless.as_bytes()[..1000]), Head::More);
        assert_eq!(Head::parse(b""), Head::More);
    }
}
