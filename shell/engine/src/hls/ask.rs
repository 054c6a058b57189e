//! A request for HLS, as it was read: borrowed from the bytes of its head.

use hustings_hls::{Asked, Fields, Method, Player};

/// What is to be done with what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Head,
    /// A browser asks whether a page of another site may ask (CORS).
    Options,
}

/// One request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ask<'a> {
    pub(crate) verb: Verb,
    pub(crate) slug: &'a str,
    /// What follows `hls/`.
    pub(crate) file: &'a str,
    pub(crate) query: &'a str,
    pub(crate) asked: Asked,
    /// Who asks.
    pub(crate) player: Player<'a>,
    /// It speaks HTTP/1.0.
    pub(crate) old: bool,
    /// The connection ends with the response.
    pub(crate) last: bool,
}

impl<'a> Ask<'a> {
    /// `None` for what is for the general service: other addresses and methods, bodies, changes of protocol, and what
    /// HTTP/1.0 knows of connections that stay.
    pub(crate) fn read(request: &httparse::Request<'_, 'a>) -> Option<Self> {
        let verb = match request.method? {
            "GET" => Verb::Get,
            "HEAD" => Verb::Head,
            "OPTIONS" => Verb::Options,
            _ => return None,
        };
        let target = request.path?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (slug, file) = hustings_hls::split(path)?;
        let old = request.version != Some(1);
        let mut last = old;
        let mut fields = Fields::default();
        for header in request.headers.iter() {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            match header.name.len() {
                6 if is("expect") => return None,
                7 if is("upgrade") => return None,
                10 if is("connection") => {
                    let mut options = header.value.split(|b| *b == b',').map(<[u8]>::trim_ascii);
                    if old {
                        return None;
                    }
                    last |= options.any(|option| option.eq_ignore_ascii_case(b"close"));
                }
                14 if is("content-length") => return None,
                17 if is("transfer-encoding") => return None,
                _ => fields.field(header.name, header.value),
            }
        }
        let method = if verb == Verb::Head { Method::Head } else { Method::Get };
        let player = fields.player();
        Some(Self { verb, slug, file, query, asked: fields.asked(method), player, old, last })
    }
}
