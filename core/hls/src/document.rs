//! Documents: a playlist or a piece of sound, made once, with everything that can be said of it.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hustings_pack::{Part, playlist};
use hustings_vocab::Rendition;

use crate::asked::Asked;
use crate::cache::{FOUND_SECONDS, INIT_SECONDS, Keep};
use crate::range::{Cut, Range};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::tag::Tag;

/// Of what a playlist has, the fastest level takes away four fifths in 30 µs; the next ones a fiftieth more in twice that.
const LEVEL: Compression = Compression::fast();

/// One version of what an address names.
#[derive(Debug)]
pub struct Document {
    body: Vec<Bytes>,
    tag: Tag,
    keep: Keep,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// Text, which may be compressed; it is when the first asks for it.
    Playlist(OnceLock<Bytes>),
    /// Sound, of which ranges may be asked for.
    Sound,
}

impl Document {
    /// A playlist.
    #[must_use]
    pub fn playlist(text: String) -> Self {
        // Weak, because the two codings are the same document in different bytes (RFC 9110, section 8.8.3).
        let tag = Tag::weak(text.as_bytes());
        Self { body: vec![text.into()], tag, keep: Keep::No, form: Form::Playlist(OnceLock::new()) }
    }

    /// The multivariant playlist, the same for every conversation.
    #[must_use]
    pub fn multivariant(offered: &[Rendition]) -> Self {
        Self { keep: Keep::For(FOUND_SECONDS), ..Self::playlist(playlist::multivariant(offered)) }
    }

    /// The CMAF header of a rendition, equal for every conversation.
    #[must_use]
    pub fn init(rendition: Rendition) -> Self {
        let bytes = hustings_pack::headers(rendition, "").cmaf;
        let tag = Tag::strong(&[&bytes]);
        Self { body: vec![bytes], tag, keep: Keep::Immutable(INIT_SECONDS), form: Form::Sound }
    }

    /// The parts that a part or a segment is made of, of a conversation whose media time 0 was at `epoch_ms`. A number is
    /// never used for other bytes within one conversation, so its bytes need not be looked at to be named.
    #[must_use]
    pub fn media(rendition: Rendition, epoch_ms: u64, parts: &[Arc<Part>]) -> Self {
        let first = parts.first().map_or(0, |part| part.number);
        let body: Vec<_> = parts.iter().map(|part| part.cmaf.clone()).collect();
        let length = body.iter().map(Bytes::len).sum::<usize>() as u64;
        let named = [epoch_ms, first, length].map(u64::to_be_bytes);
        let tag = Tag::strong(&[rendition.name().as_bytes(), &named[0], &named[1], &named[2]]);
        Self { body, tag, keep: Keep::Immutable(FOUND_SECONDS), form: Form::Sound }
    }

    /// Bytes of the whole, uncompressed.
    #[must_use]
    pub fn length(&self) -> usize {
        self.body.iter().map(Bytes::len).sum()
    }

    /// The answer to who asks for it.
    #[must_use]
    pub fn reply(&self, asked: &Asked) -> Reply {
        self.reply_kept(asked, self.keep)
    }

    /// The answer to who asks for it, kept for another time than is its own.
    #[must_use]
    pub fn reply_kept(&self, asked: &Asked, keep: Keep) -> Reply {
        let mut fields = vec![
            ("content-type", self.content_type().into()),
            ("cache-control", keep.to_string().into()),
            ("etag", self.tag.to_string().into()),
        ];
        let known = asked.known.has(self.tag);
        match &self.form {
            Form::Playlist(gzip) => {
                fields.push(("vary", "accept-encoding".into()));
                if known {
                    return Reply { status: 304, fields, body: Vec::new() };
                }
                if asked.gzip {
                    fields.push(("content-encoding", "gzip".into()));
                    let small = gzip.get_or_init(|| compress(&self.body)).clone();
                    return Reply { status: 200, fields, body: vec![small] };
                }
            }
            Form::Sound => {
                fields.push(("accept-ranges", "bytes".into()));
                if known {
                    return Reply { status: 304, fields, body: Vec::new() };
                }
                if let Some(range) = asked.range_of(self.tag) {
                    return self.cut(range, fields);
                }
            }
        }
        Reply { status: 200, fields, body: self.body.clone() }
    }

    fn cut(&self, range: Range, mut fields: Vec<(&'static str, std::borrow::Cow<'static, str>)>) -> Reply {
        let length = self.length();
        match range.of(length as u64) {
            Cut::Bytes(first, last) => {
                fields.push(("content-range", format!("bytes {first}-{last}/{length}").into()));
                Reply { status: 206, fields, body: slice(&self.body, first as usize, last as usize + 1) }
            }
            Cut::Beyond => {
                let mut reply = Refusal::beyond(length).reply();
                reply.fields.push(("content-range", format!("bytes */{length}").into()));
                reply
            }
        }
    }

    const fn content_type(&self) -> &'static str {
        match self.form {
            Form::Playlist(_) => "application/vnd.apple.mpegurl",
            Form::Sound => "audio/mp4",
        }
    }
}

/// The pieces between two places of all of them together.
fn slice(pieces: &[Bytes], from: usize, to: usize) -> Vec<Bytes> {
    let mut at = 0;
    let within = pieces.iter().filter_map(|piece| {
        let (begin, end) = (from.max(at), to.min(at + piece.len()));
        let found = (begin < end).then(|| piece.slice(begin - at..end - at));
        at += piece.len();
        found
    });
    within.collect()
}

fn compress(text: &[Bytes]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(1024), LEVEL);
    let written = text.iter().try_for_each(|piece| encoder.write_all(piece));
    written.and_then(|()| encoder.finish()).expect("writing to memory does not fail").into()
}

#[cfg(test)]
mod tests {
    use hustings_vocab::MediaTime;

    use super::*;
    use crate::asked::{Fields, Method};

    fn asked(fields: &[(&str, &str)]) -> Asked {
        let mut all = Fields::default();
        fields.iter().for_each(|(name, value)| all.field(name, value.as_bytes()));
        all.asked(Method::Get)
    }

    fn field<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
        reply.fields.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_ref())
    }

    fn segment() -> Document {
        let part = |number: u64| {
            let cmaf = Bytes::from(vec![number as u8; 10]);
            Arc::new(Part { number, start: MediaTime(0), samples: 1, cmaf, raw: Bytes::new(), discontinuity: false })
        };
        Document::media(Rendition::Opus96, 1, &[part(10), part(11), part(12)])
    }

    #[test]
    fn who_has_a_document_already_is_told_so() {
        for document in [Document::playlist("#EXTM3U\n".into()), segment()] {
            let tag = field(&document.reply(&asked(&[])), "etag").unwrap().to_owned();
            let again = document.reply(&asked(&[("if-none-match", &tag), ("range", "bytes=0-1")]));
            assert_eq!((again.status, again.length(), field(&again, "etag")), (304, 0, Some(tag.as_str())));
            assert_eq!(document.reply(&asked(&[("if-none-match", "\"x\"")])).status, 200);
        }
    }

    #[test]
    fn a_range_is_cut_out_of_the_pieces() {
        let document = segment();
        let reply = document.reply(&asked(&[("range", "bytes=8-21")]));
        assert_eq!((reply.status, field(&reply, "content-range")), (206, Some("bytes 8-21/30")));
        assert_eq!(reply.body.concat(), [&[10u8; 2][..], &[11; 10], &[12; 2]].concat());
        let beyond = document.reply(&asked(&[("range", "bytes=30-")]));
        assert_eq!((beyond.status, field(&beyond, "content-range")), (416, Some("bytes */30")));
        assert_eq!(document.reply(&asked(&[("range", "bytes=0-1,4-5")])).length(), 30);
        let playlist = Document::playlist("#EXTM3U\n".into());
        assert_eq!(playlist.reply(&asked(&[("range", "bytes=0-1")])).status, 200);
    }

    #[test]
    fn a_playlist_is_compressed_for_whom_accepts_it() {
        let document = Document::multivariant(&Rendition::ALL);
        let (plain, small) = (document.reply(&asked(&[])), document.reply(&asked(&[("accept-encoding", "gzip")])));
        assert_eq!((field(&plain, "content-encoding"), field(&small, "content-encoding")), (None, Some("gzip")));
        assert!(small.length() < plain.length() && small.body[0].starts_with(&[0x1f, 0x8b]));
        assert_eq!(field(&plain, "etag"), field(&small, "etag"));
        assert_eq!(field(&small, "vary"), Some("accept-encoding"));
    }

    #[test]
    fn the_header_of_a_rendition_is_the_same_for_every_title() {
        for rendition in Rendition::ALL {
            let titled = hustings_pack::headers(rendition, "An evening").cmaf;
            assert_eq!(Document::init(rendition).reply(&Asked::default()).body.concat(), titled);
        }
    }
}
