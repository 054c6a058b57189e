//! What the answer to a listener's request says so far: let in or not, and how much of the body has come.
//!
//! Its bytes are looked at until the first sound only. Deliberately absent: chunks, whose framing counts as body.

/// Bytes of a head that are waited for: more than any of the servers here sends.
const HEAD_BYTES_MAX: usize = 8 * 1024;

/// How far an answer has come.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Of its head, this has come.
    Head(Vec<u8>),
    /// Bytes of body that have come.
    Body(usize),
}

/// It is no stream: another status than 200, or no HTTP.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused;

impl Answer {
    pub(crate) fn new() -> Self {
        Self::Head(Vec::new())
    }

    /// Takes bytes; gives how many of the body there are now.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<usize, Refused> {
        match self {
            Self::Body(count) => {
                *count += bytes.len();
                Ok(*count)
            }
            Self::Head(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= 12 && !(head.starts_with(b"HTTP/1.") && head[8..].starts_with(b" 200")) {
                    return Err(Refused);
                }
                let Some(end) = head.windows(4).position(|w| w == b"\r\n\r\n") else {
                    return if head.len() > HEAD_BYTES_MAX { Err(Refused) } else { Ok(0) };
                };
                let count = head.len() - end - 4;
                *self = Self::Body(count);
                Ok(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_begins_after_the_head_however_it_is_cut() {
        let whole = b"HTTP/1.1 200 OK\r\nserver: x\r\n\r\n12345";
        for cut in 0..whole.len() {
            let mut answer = Answer::new();
            let first = answer.take(&whole[..cut]).unwrap();
            assert_eq!(answer.take(&whole[cut..]), Ok(5), "cut at {cut}");
            assert!(first <= 5);
            assert_eq!(answer.take(b"67"), Ok(7));
        }
    }

    #[test]
    fn another_status_is_a_refusal() {
        for said in ["HTTP/1.1 503 Service Unavailable\r\n\r\n", "ICY 200 OK and so on", "HTTP/1.1 404"] {
            assert_eq!(Answer::new().take(said.as_bytes()), Err(Refused), "{said}");
        }
        assert_eq!(Answer::new().take(&[b'x'; 12]), Err(Refused));
    }

    #[test]
    fn a_head_without_an_end_is_a_refusal() {
        let mut answer = Answer::new();
        answer.take(b"HTTP/1.1 200 OK\r\n").unwrap();
        assert_eq!(answer.take(&[b'x'; HEAD_BYTES_MAX]), Err(Refused));
    }
}
