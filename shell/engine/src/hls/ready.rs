//! A response that is ready to be sent, to one or to thousands: its head in bytes and its body in shared pieces.

use std::io::{IoSlice, Write};

use bytes::Bytes;
use hustings_hls::{Reply, reason};

use super::clock::{Clock, DATE_BYTES};
use crate::reply::CORS;

/// Pieces of the largest body, which is a segment, and the head before it.
pub(crate) const SLICES: usize = 16;

const _: () = assert!(SLICES > hustings_pack::PARTS_PER_SEGMENT as usize, "a segment is written at once");

/// One response, of HTTP/1.1 on a connection that stays, unless it was [`Ready::framed`] otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    head: Vec<u8>,
    /// Where in the head the date is.
    date_at: usize,
    /// Which date it is.
    second: u64,
    body: Vec<Bytes>,
    length: usize,
}

impl Ready {
    pub(crate) fn new(reply: Reply, clock: &Clock) -> Self {
        let mut head = Vec::with_capacity(512);
        // Writing to memory does not fail.
        let _ = write!(head, "HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status));
        for (name, value) in &reply.fields {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.extend_from_slice(CORS.as_bytes());
        if reply.status != 304 {
            let _ = write!(head, "content-length: {}\r\n", reply.length());
        }
        Self::dated(head, reply.body, clock)
    }

    /// The answer to a browser that asks whether a page of another site may ask.
    pub(crate) fn preflight(clock: &Clock) -> Self {
        let head =
            b"HTTP/1.1 200 OK\r\naccess-control-allow-methods: GET,HEAD,POST\r\naccess-control-allow-headers: *\r\n\
            access-control-max-age: 7200\r\naccess-control-allow-origin: *\r\nallow: GET,HEAD\r\ncontent-length: 0\r\n";
        Self::dated(head.to_vec(), Vec::new(), clock)
    }

    fn dated(mut head: Vec<u8>, body: Vec<Bytes>, clock: &Clock) -> Self {
        head.extend_from_slice(b"date: ");
        let date_at = head.len();
        head.extend_from_slice(&clock.date);
        head.extend_from_slice(b"\r\n\r\n");
        head.shrink_to_fit();
        let length = head.len() + body.iter().map(Bytes::len).sum::<usize>();
        Self { head, date_at, second: clock.second, body, length }
    }

    /// Whether it has the date of this second.
    pub(crate) const fn is_dated(&self, clock: &Clock) -> bool {
        self.second == clock.second
    }

    /// Gives it the date of this second.
    pub(crate) fn date(&mut self, clock: &Clock) {
        self.second = clock.second;
        self.head[self.date_at..self.date_at + DATE_BYTES].copy_from_slice(&clock.date);
    }

    /// The same for who speaks HTTP/1.0, on a connection that ends with it, or without the body.
    pub(crate) fn framed(&self, old: bool, last: bool, with_body: bool) -> Self {
        let mut other = self.clone();
        if old {
            other.head[7] = b'0';
        } else if last {
            let end = other.head.len() - 2;
            other.head.truncate(end);
            other.head.extend_from_slice(b"connection: close\r\n\r\n");
        }
        if !with_body {
            other.body.clear();
        }
        other.length = other.head.len() + other.body.iter().map(Bytes::len).sum::<usize>();
        other
    }

    /// Bytes of all of it.
    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// Bytes of the body.
    pub(crate) fn body_length(&self) -> usize {
        self.length - self.head.len()
    }

    /// What is to be written after so many bytes, and how many slices of it there are.
    pub(crate) fn slices<'a>(&'a self, mut from: usize, into: &mut [IoSlice<'a>; SLICES]) -> usize {
        let pieces = std::iter::once(self.head.as_slice()).chain(self.body.iter().map(|piece| &piece[..]));
        let mut used = 0;
        for piece in pieces {
            if from >= piece.len() {
                from -= piece.len();
            } else if used < SLICES {
                into[used] = IoSlice::new(&piece[from..]);
                used += 1;
                from = 0;
            }
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn text(ready: &Ready, from: usize) -> String {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let used = ready.slices(from, &mut slices);
        String::from_utf8(slices[..used].iter().flat_map(|slice| slice.to_vec()).collect()).unwrap()
    }

    #[test]
    fn a_response_goes_on_where_it_was_cut_and_takes_the_date_of_the_second() {
        let mut clock = Clock::new(UNIX_EPOCH);
        let body = vec!["ab".into(), "cd".into(), "e".into()];
        let mut ready = Ready::new(Reply { status: 200, fields: vec![("etag", "\"x\"".into())], body }, &clock);
        let whole = text(&ready, 0);
        assert!(whole.starts_with("HTTP/1.1 200 OK\r\netag: \"x\"\r\naccess-control-allow-origin: *\r\n"), "{whole}");
        assert!(whole.ends_with("content-length: 5\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nabcde"), "{whole}");
        for from in 0..=ready.length() {
            assert_eq!(text(&ready, from), whole[from..], "from {from}");
        }
        clock.look(UNIX_EPOCH + Duration::from_millis(1500));
        assert!(!ready.is_dated(&clock));
        ready.date(&clock);
        assert_eq!(text(&ready, 0), whole.replace("00:00:00", "00:00:01"));
        let old = text(&ready.framed(true, true, true), 0);
        assert!(old.starts_with("HTTP/1.0 200 OK") && !old.contains("connection:"), "{old}");
        let last = text(&ready.framed(false, true, false), 0);
        assert!(last.ends_with("GMT\r\nconnection: close\r\n\r\n"), "{last}");
    }
}
