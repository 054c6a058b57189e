//! The head of a request: is it one for a stream or for HLS, and for which?
//!
//! Only what a listener's player sends is understood here. Whatever is unusual, however valid, is not for us: the general
//! service knows all of HTTP and says what is wrong with the rest.

use std::mem::MaybeUninit;

use hustings_fan::{Asked, Container, Framing};
use hustings_vocab::{Rendition, Slug, limits};

use crate::hls::Ask;

/// Headers of a request that we look at; browsers send twenty.
const HEADERS_MAX: usize = 64;

/// What the bytes of a connection begin with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Head<'a> {
    /// Not yet a whole head.
    More,
    /// A listener.
    Listen(Wish),
    /// A request for HLS, whose head has so many bytes; another may follow it.
    Hls(Ask<'a>, usize),
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
    /// What they are given.
    pub(crate) asked: Asked,
    /// The rendition that they would have if the line had room for it.
    pub(crate) whole: Rendition,
    pub(crate) framing: Framing,
    /// The connection ends with the response.
    pub(crate) last: bool,
    /// The player shows the name of the station.
    pub(crate) named: bool,
    /// The query, if it shows a ticket.
    pub(crate) shown: Option<Box<str>>,
    /// The seat that it has, once it is let in.
    pub(crate) seat: Option<u64>,
}

/// What a reader of events wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Following {
    pub(crate) slug: Slug,
    /// The last event that it knows.
    pub(crate) last_event_id: Option<String>,
    /// The query, if it shows a ticket.
    pub(crate) shown: Option<Box<str>>,
    /// The connection ends with the response.
    pub(crate) last: bool,
}

impl<'a> Head<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Self {
        let mut headers = [const { MaybeUninit::uninit() }; HEADERS_MAX];
        let mut request = httparse::Request::new(&mut []);
        match request.parse_with_uninit_headers(bytes, &mut headers) {
            Ok(httparse::Status::Complete(length)) => match Ask::read(&request) {
                Some(ask) if length <= limits::REQUEST_HEAD_BYTES_MAX => Self::Hls(ask, length),
                None if length == bytes.len() => head(&request).unwrap_or(Self::Other),
                _ => Self::Other,
            },
            Ok(httparse::Status::Partial) if bytes.len() < limits::REQUEST_HEAD_BYTES_MAX => Self::More,
            // Too long, more than one request at once, or no HTTP.
            Ok(_) | Err(_) => Self::Other,
        }
    }
}

/// What a request is taken for, without what it asks: what can be said of the recognizer from outside, which is fuzzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// Its head is not whole yet.
    More,
    /// An endless stream.
    Stream,
    /// HLS, with a head of so many bytes.
    Hls(usize),
    /// Events.
    Events,
    /// For the general service.
    Other,
}

/// Tells what the bytes of a connection begin with.
#[must_use]
pub fn recognise(bytes: &[u8]) -> Recognised {
    match Head::parse(bytes) {
        Head::More => Recognised::More,
        Head::Listen(_) => Recognised::Stream,
        Head::Hls(_, length) => Recognised::Hls(length),
        Head::Follow(_) => Recognised::Events,
        Head::Other => Recognised::Other,
    }
}

fn head(request: &httparse::Request<'_, '_>) -> Option<Head<'static>> {
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
    let (slug, named) = (slug.parse().ok()?, old || icy);
    let whole = asked.rendition;
    Some(Head::Listen(Wish { slug, container, asked, whole, framing, last, named, shown: shown(query), seat: None }))
}

fn following(slug: &str, query: &str, fields: Fields) -> Option<Following> {
    let mut asked = query.split('&').filter_map(|pair| pair.strip_prefix("last_event_id="));
    let (first, second) = (asked.next(), asked.next());
    let last_event_id = fields.last_event_id.or_else(|| first.map(str::to_owned));
    // Whether that is an identifier at all is seen later; only its encoding is not undone here.
    let plain = !query.contains(['%', '+']) && second.is_none();
    let Fields { framing, last, .. } = fields;
    let slug = slug.parse().ok()?;
    (plain && framing == Framing::Chunked).then_some(Following { slug, last_event_id, shown: shown(query), last })
}

/// A query in which there is a ticket.
fn shown(query: &str) -> Option<Box<str>> {
    query.contains("ticket=").then(|| query.into())
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
    use super::*;
    use crate::hls::Verb;

    fn listen(request: &str) -> Option<Wish> {
        match Head::parse(request.as_bytes()) {
            Head::Listen(wish) => Some(wish),
            Head::Other | Head::Hls(..) | Head::Follow(_) => None,
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
    fn hls_is_known_by_its_address_and_may_be_followed_by_more() {
        let ask = |request: &str| match Head::parse(request.as_bytes()) {
            Head::Hls(ask, length) => {
                Some((ask.verb, ask.file.to_owned(), ask.query.to_owned(), ask.old, ask.last, length))
            }
            _ => None,
        };
        let first = "GET /c/talk/hls/opus-96/1.2.m4s?a HTTP/1.1\r\nHost: x\r\n\r\n";
        let expected = Some((Verb::Get, "opus-96/1.2.m4s".into(), "a".into(), false, false, first.len()));
        assert_eq!(ask(&format!("{first}GET")), expected);
        let (verb, _, _, old, last, _) = ask("HEAD /c/talk/hls/index.m3u8 HTTP/1.0\r\n\r\n").unwrap();
        assert!(verb == Verb::Head && old && last);
        assert!(ask("OPTIONS /c/talk/hls/x HTTP/1.1\r\nconnection: TE, close\r\n\r\n").unwrap().4);
        for other in [
            "POST /c/talk/hls/x HTTP/1.1\r\n\r\n",
            "GET /c/talk/hls/ HTTP/1.1\r\n\r\n",
            "GET /c/talk/hls/a%2e HTTP/1.1\r\n\r\n",
            "GET /c/talk/hls/x HTTP/1.1\r\ncontent-length: 1\r\n\r\na",
            "GET /c/talk/hls/x HTTP/1.0\r\nconnection: keep-alive\r\n\r\n",
        ] {
            assert_eq!(ask(other), None, "{other:?}");
        }
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
