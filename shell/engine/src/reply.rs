//! Heads of responses: the same headers that the general service sends with a stream.

use std::fmt::Write;
use std::time::SystemTime;

use hustings_fan::{Framing, Warmth};
use hustings_link::entrance::SPREAD;
use hustings_link::hall::Hall;

use crate::head::Wish;

/// Any site may listen (CORS), and see these headers.
pub(crate) const CORS: &str = "access-control-allow-origin: *\r\n\
    access-control-expose-headers: icy-name,icy-description,icy-br,icy-pub,date,etag,retry-after\r\n";

/// What is told to a client for whom there is no room.
pub(crate) const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// What is told, in clear, to a client that speaks HTTP where TLS is spoken.
pub(crate) const NOT_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\
    Content-Length: 43\r\n\r\nThis address speaks HTTPS: write https://\r\n";

/// The head of an endless response.
pub(crate) fn stream(wish: &Wish, hall: &Hall, now: SystemTime) -> String {
    let mut head = match wish.framing {
        Framing::Chunked => String::from("HTTP/1.1 200 OK\r\n"),
        Framing::UntilClose => String::from("HTTP/1.0 200 OK\r\n"),
    };
    let mut put = |name: &str, value: &str| {
        let _ = write!(head, "{name}: {value}\r\n");
    };
    put("content-type", wish.container.content_type());
    put("cache-control", "no-store");
    put("x-accel-buffering", "no");
    let spread_s = hall.entrance.spread_s();
    if spread_s > 0 {
        put(SPREAD, &spread_s.to_string());
    }
    if wish.named {
        // Players read it as UTF-8. A title with a line break in it is the only one that is no header value.
        if !hall.title.bytes().any(|b| (b < b' ' && b != b'\t') || b == 127) {
            put("icy-name", &hall.title);
        }
        put("icy-description", "Live talk");
        put("icy-genre", "Talk");
        put("icy-br", &(wish.asked.rendition.bitrate() / 1000).to_string());
        put("icy-pub", "0");
    }
    if wish.framing == Framing::Chunked {
        put("transfer-encoding", "chunked");
        if wish.last {
            put("connection", "close");
        }
    }
    put("date", &httpdate::fmt_http_date(now));
    head + CORS + "\r\n"
}

/// The head of a response with events, without the coding around its first piece.
pub(crate) fn events(last: bool, now: SystemTime) -> String {
    let close = if last { "connection: close\r\n" } else { "" };
    let date = httpdate::fmt_http_date(now);
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\nx-accel-buffering: no\r\n\
         transfer-encoding: chunked\r\n{close}date: {date}\r\n{CORS}\r\n"
    )
}

/// The refusal of a listener whose sound does not come: `application/problem+json` (RFC 9457).
pub(crate) fn cold(wish: &Wish, now: SystemTime) -> String {
    let body = format!(
        "{{\"detail\":\"{}\",\"status\":503,\"title\":\"Service Unavailable\",\"type\":\"about:blank\"}}",
        Warmth::COLD
    );
    format!(
        "HTTP/1.{} 503 Service Unavailable\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n\
         retry-after: {}\r\ncontent-length: {}\r\n{}date: {}\r\n{CORS}\r\n{body}",
        u8::from(wish.framing == Framing::Chunked),
        Warmth::RETRY_AFTER.as_secs(),
        body.len(),
        if wish.framing == Framing::Chunked && wish.last { "connection: close\r\n" } else { "" },
        httpdate::fmt_http_date(now),
    )
}
