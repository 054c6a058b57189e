//! How the sound is wrapped: the three endless streams, and what differs between them.

use std::time::Duration;

use bytes::Bytes;
use hustings_pack::{Headers, Part};
use hustings_vocab::{Codec, Rendition};

/// How the sound is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// Fragmented MP4, for MSE.
    Mp4,
    /// Ogg Opus, for players.
    Ogg,
    /// ADTS AAC, for players that know nothing newer.
    Adts,
}

impl Container {
    /// Every container.
    pub const ALL: [Self; 3] = [Self::Mp4, Self::Ogg, Self::Adts];

    /// The rendition of who names none.
    #[must_use]
    pub const fn rendition(self) -> Rendition {
        match self {
            Self::Mp4 | Self::Ogg => Rendition::Opus96,
            Self::Adts => Rendition::Aac96,
        }
    }

    /// Whether it can hold a codec.
    #[must_use]
    pub const fn carries(self, codec: Codec) -> bool {
        match self {
            Self::Mp4 => true,
            Self::Ogg => matches!(codec, Codec::Opus),
            Self::Adts => matches!(codec, Codec::Aac),
        }
    }

    /// Seconds of burst. How far back it reaches is how far behind the listener stays: 0.8 s of MP4, a part less than the
    /// most that was promised, keeps our own player a second behind with its buffer. A browser reads Ogg in blocks of
    /// 32 KiB, which is 6 s at 48 kbit/s, before it plays anything.
    #[must_use]
    pub const fn burst_seconds(self) -> f64 {
        match self {
            Self::Mp4 => 0.8,
            Self::Ogg => 6.0,
            Self::Adts => 2.0,
        }
    }

    /// Between two deliveries where there are many listeners: half a second where our own player listens, a second for
    /// players that keep seconds of sound in any case.
    #[must_use]
    pub const fn cadence(self) -> Duration {
        match self {
            Self::Mp4 => Duration::from_millis(500),
            Self::Ogg | Self::Adts => Duration::from_secs(1),
        }
    }

    /// Its `Content-Type`.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Mp4 => "audio/mp4",
            Self::Ogg => "audio/ogg; codecs=opus",
            Self::Adts => "audio/aac",
        }
    }

    /// The last part of its address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "live.mp4",
            Self::Ogg => "live.ogg",
            Self::Adts => "live.aac",
        }
    }

    /// A part as this container has it.
    #[must_use]
    pub const fn sound(self, part: &Part) -> &Bytes {
        match self {
            Self::Mp4 => &part.cmaf,
            Self::Ogg | Self::Adts => &part.raw,
        }
    }

    /// What goes before the first part; may be empty.
    #[must_use]
    pub fn header(self, headers: Headers) -> Bytes {
        match self {
            Self::Mp4 => headers.cmaf,
            Self::Ogg | Self::Adts => headers.raw,
        }
    }

    /// What goes after the last part, in the place of part `next`; may be empty.
    #[must_use]
    pub fn trailer(self, rendition: Rendition, next: u64) -> Bytes {
        match self {
            Self::Mp4 => Bytes::new(),
            Self::Ogg | Self::Adts => hustings_pack::trailer(rendition, next),
        }
    }
}

/// How the end of a response is told (RFC 9112, section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// By the chunked transfer coding, of HTTP/1.1.
    Chunked,
    /// By the end of the connection, of HTTP/1.0.
    UntilClose,
}

impl Framing {
    /// A piece of the body as it goes over the line; of nothing, nothing.
    #[must_use]
    pub fn frame(self, body: &[u8]) -> Bytes {
        match self {
            Self::Chunked if !body.is_empty() => {
                let mut framed = Vec::with_capacity(body.len() + 12);
                chunk(&mut framed, body);
                framed.into()
            }
            _ => Bytes::copy_from_slice(body),
        }
    }

    /// What ends the body.
    #[must_use]
    pub const fn end(self) -> &'static [u8] {
        match self {
            Self::Chunked => b"0\r\n\r\n",
            Self::UntilClose => b"",
        }
    }
}

/// Appends one chunk; says how many bytes of it go before the body. Two follow it.
pub(crate) fn chunk(into: &mut Vec<u8>, body: &[u8]) -> u8 {
    let lead = format!("{:X}\r\n", body.len());
    into.extend_from_slice(lead.as_bytes());
    into.extend_from_slice(body);
    into.extend_from_slice(b"\r\n");
    lead.len() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_says_its_length_in_hexadecimal() {
        assert_eq!(Framing::Chunked.frame(&[b'x'; 26]), [b"1A\r\n", &[b'x'; 26][..], b"\r\n"].concat());
        assert_eq!(Framing::Chunked.frame(b""), "", "an empty chunk would be the end");
        assert_eq!(Framing::UntilClose.frame(b"abc"), "abc");
    }
}
