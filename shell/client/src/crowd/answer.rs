//! An answer of HTTP/1.1 as it comes: its head, then its body without the coding around it (RFC 9112).

/// Bytes of a head: more than any server of sound sends.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// What a head says, as far as a listener needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    /// Within how many seconds who loses this stream should come back.
    pub(super) spread_s: Option<u32>,
}

/// A piece of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Head(Head),
    Body(&'a [u8]),
    /// Nothing follows.
    End,
}

/// What came is no answer of HTTP.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nonsense;

/// How far an answer has come.
#[derive(Debug)]
pub(super) enum Answer {
    Head(Vec<u8>),
    /// Until the connection closes.
    ToEnd,
    Length(u64),
    /// The digits of a chunk's size; after a semicolon nothing more counts.
    Size(u64, bool),
    Chunk(u64),
    /// Bytes of the line break behind a chunk that are still to come.
    Break(u8),
    Over,
}

impl Answer {
    pub(super) fn new() -> Self {
        Self::Head(Vec::new())
    }

    /// Takes bytes and tells what they mean.
    pub(super) fn take(&mut self, mut bytes: &[u8], mut tell: impl FnMut(Piece<'_>)) -> Result<(), Nonsense> {
        while !bytes.is_empty() {
            match self {
                Self::Head(head) => {
                    let before = head.len();
                    head.extend_from_slice(&bytes[..bytes.len().min(HEAD_BYTES_MAX)]);
                    let from = before.saturating_sub(3);
                    let Some(end) = head[from..].windows(4).position(|w| w == b"\r\n\r\n").map(|at| from + at + 4)
                    else {
                        return if head.len() >= HEAD_BYTES_MAX { Err(Nonsense) } else { Ok(()) };
                    };
                    let (said, coding) = read(&head[..end])?;
                    bytes = &bytes[end - before..];
                    *self = coding;
                    tell(Piece::Head(said));
                    if matches!(self, Self::Length(0)) {
                        *self = Self::Over;
                        tell(Piece::End);
                    }
                }
                Self::ToEnd => {
                    tell(Piece::Body(bytes));
                    return Ok(());
                }
                Self::Length(left) | Self::Chunk(left) => {
                    let (now, rest) = bytes.split_at((bytes.len() as u64).min(*left) as usize);
                    bytes = rest;
                    *left -= now.len() as u64;
                    let over = *left == 0;
                    tell(Piece::Body(now));
                    if over && matches!(self, Self::Length(_)) {
                        *self = Self::Over;
                        tell(Piece::End);
                    } else if over {
                        *self = Self::Break(2);
                    }
                }
                Self::Break(left) => {
                    *left -= 1;
                    bytes = &bytes[1..];
                    if *left == 0 {
                        *self = Self::Size(0, false);
                    }
                }
                Self::Size(size, extended) => {
                    let byte = bytes[0];
                    bytes = &bytes[1..];
                    match (byte, char::from(byte).to_digit(16)) {
                        (b'\n', _) if *size == 0 => {
                            *self = Self::Over;
                            tell(Piece::End);
                        }
                        (b'\n', _) => *self = Self::Chunk(*size),
                        (b'\r', _) => {}
                        (b';', _) => *extended = true,
                        (_, _) if *extended => {}
                        (_, Some(digit)) if *size < 1 << 40 => *size = *size * 16 + u64::from(digit),
                        _ => return Err(Nonsense),
                    }
                }
                Self::Over => return Ok(()),
            }
        }
        Ok(())
    }
}

fn read(head: &[u8]) -> Result<(Head, Answer), Nonsense> {
    let text = core::str::from_utf8(head).map_err(|_| Nonsense)?;
    let mut lines = text.split("\r\n");
    let first = lines.next().filter(|l| l.starts_with("HTTP/1.")).ok_or(Nonsense)?;
    let status = first.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or(Nonsense)?;
    let (mut said, mut coding) = (Head { status, ..Head::default() }, Answer::ToEnd);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("location") {
            said.location = Some(value.to_owned());
        } else if name.eq_ignore_ascii_case("hustings-spread") {
            said.spread_s = value.parse().ok();
        } else if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
            coding = Answer::Size(0, false);
        } else if name.eq_ignore_ascii_case("content-length") && !matches!(coding, Answer::Size(..)) {
            coding = Answer::Length(value.parse().map_err(|_| Nonsense)?);
        }
    }
    Ok((said, coding))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8], cut: usize) -> Result<(Head, Vec<u8>, bool), Nonsense> {
        let (mut answer, mut head, mut body, mut over) = (Answer::new(), Head::default(), Vec::new(), false);
        for piece in bytes.chunks(cut) {
            answer.take(piece, |piece| match piece {
                Piece::Head(said) => head = said,
                Piece::Body(bytes) => body.extend_from_slice(bytes),
                Piece::End => over = true,
            })?;
        }
        Ok((head, body, over))
    }

    #[test]
    fn a_body_is_the_same_in_every_coding_and_cut() {
        let codings = [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world",
            "HTTP/1.0 200 OK\r\n\r\nhello world",
        ];
        for (n, text) in codings.iter().enumerate() {
            for cut in 1..text.len() {
                let (head, body, over) = told(text.as_bytes(), cut).unwrap();
                assert_eq!((head.status, body.as_slice(), over), (200, &b"hello world"[..], n < 2), "{text} by {cut}");
            }
        }
        let (head, ..) = told(b"HTTP/1.1 307 x\r\nLocation: http://h/\r\ncontent-length: 0\r\n\r\n", 7).unwrap();
        assert_eq!((head.status, head.location.as_deref()), (307, Some("http://h/")));
        let (head, ..) = told(b"HTTP/1.1 200 OK\r\nHustings-Spread: 12\r\n\r\n", 9).unwrap();
        assert_eq!(head.spread_s, Some(12));
    }

    #[test]
    fn what_is_no_answer_is_nonsense() {
        for bad in
            ["ICY 200 OK\r\n\r\n", "HTTP/1.1 x\r\n\r\n", "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\nzz"]
        {
            assert_eq!(told(bad.as_bytes(), 1000), Err(Nonsense), "{bad}");
        }
        assert_eq!(told(&[b'x'; HEAD_BYTES_MAX + 1], 1000), Err(Nonsense));
    }
}
