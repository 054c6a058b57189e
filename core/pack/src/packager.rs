//! The packager: coded frames of one rendition in, a [`Part`] out as soon as its last frame is in.
//!
//! Which frame is the last of a part follows from its media time alone, so a part never waits for the frame after it.
//! A part is whole or it is not made: a packager that starts in the middle of one skips the frames until the next, and
//! so does one whose frames have a gap. Only [`Packager::finish`] makes a part with fewer frames, which is the last.

use bytes::Bytes;
use hustings_vocab::{Codec, MediaTime, Rendition};

use crate::{Headers, Part, adts, cmaf, ogg, part_of};

/// Frames in the longest part.
const FRAMES_MAX: usize = 10;

/// What a reader of `rendition` needs before the first part. The title goes into the comment header of Ogg, cut at
/// [`hustings_vocab::limits::TITLE_CHARS_MAX`] characters. Deterministic: the same arguments make the same bytes.
#[must_use]
pub fn headers(rendition: Rendition, title: &str) -> Headers {
    let raw = match rendition.codec() {
        Codec::Opus => ogg::headers(title).into(),
        Codec::Aac => Bytes::new(),
    };
    Headers { cmaf: cmaf::header(rendition).into(), raw }
}

/// What a reader of [`Part::raw`] gets after the last part, when the conversation has ended: for Opus an empty Ogg page
/// that ends the stream (RFC 3533, section 6) in the place of part `next`; nothing for AAC. CMAF has no trailer.
#[must_use]
pub fn trailer(rendition: Rendition, next: u64) -> Bytes {
    match rendition.codec() {
        Codec::Opus => ogg::last(next).into(),
        Codec::Aac => Bytes::new(),
    }
}

/// Packs the frames of one rendition: [`Packager::push`] every frame in order, [`Packager::finish`] after the last.
///
/// A part comes out with its last frame, never later. It is whole or it is not made: frames in the middle of a part whose
/// beginning was not pushed are skipped, so the first part begins with the first boundary that is pushed.
#[derive(Debug)]
pub struct Packager {
    codec: Codec,
    /// Media was lost before the next part.
    discontinuity: bool,
    /// Where the next frame must start; `None` until the first one.
    expected: Option<MediaTime>,
    /// The first frame of the part that is being filled; `None` while frames are skipped.
    start: Option<MediaTime>,
    sizes: Vec<u32>,
    data: Vec<u8>,
}

impl Packager {
    /// A packager without frames. `discontinuity` says that media before its first part was lost.
    #[must_use]
    pub fn new(rendition: Rendition, discontinuity: bool) -> Self {
        Self {
            codec: rendition.codec(),
            discontinuity,
            expected: None,
            start: None,
            sizes: Vec::with_capacity(FRAMES_MAX),
            data: Vec::with_capacity(4096),
        }
    }

    /// Takes the frame that decodes to the sound from `t` on, `t` being a multiple of [`Codec::frame_samples`], and gives
    /// the part that it completes.
    ///
    /// A frame that lies before the one that is expected is ignored. One that lies after it, that is not on the grid, or
    /// that is too large for its container (8,184 bytes of AAC, 6,374 of Opus; the largest legal frames have 768 and
    /// 1,275 bytes) leaves a gap: the part it belongs to is not made, and the next one is marked as a discontinuity.
    pub fn push(&mut self, t: MediaTime, packet: &[u8]) -> Option<Part> {
        let frame = self.codec.frame_samples();
        if self.expected.is_some_and(|expected| t < expected) {
            return None;
        }
        let sound = t.0.is_multiple_of(frame) && self.fits(packet);
        let follows = self.expected.is_none_or(|expected| expected == t);
        self.expected = Some(t + frame);
        if !sound || !follows {
            self.discontinuity = true;
            self.drop_pending();
        }
        if !sound {
            return None;
        }
        let number = part_of(self.codec, t);
        let opens = t.0 == 0 || part_of(self.codec, MediaTime(t.0 - frame)) != number;
        if opens {
            self.start = Some(t);
        }
        self.start?;
        self.sizes.push(packet.len() as u32);
        self.data.extend(packet);
        let closes = part_of(self.codec, t + frame) != number;
        if closes { self.finish() } else { None }
    }

    /// Flushes the part that is being filled, however short: after the last frame of a conversation. Frames that
    /// follow are skipped until the next part begins.
    pub fn finish(&mut self) -> Option<Part> {
        let start = self.start?;
        let number = part_of(self.codec, start);
        let samples = self.sizes.len() as u32 * self.codec.frame_samples() as u32;
        let part = Part {
            number,
            start,
            samples,
            cmaf: cmaf::chunk(self.codec, number, start, &self.sizes, &self.data).into(),
            raw: match self.codec {
                Codec::Opus => ogg::part(number, start.0 + u64::from(samples), &self.sizes, &self.data).into(),
                Codec::Aac => adts::frames(&self.sizes, &self.data).into(),
            },
            discontinuity: core::mem::take(&mut self.discontinuity),
        };
        self.drop_pending();
        Some(part)
    }

    fn drop_pending(&mut self) {
        self.start = None;
        self.sizes.clear();
        self.data.clear();
    }

    fn fits(&self, packet: &[u8]) -> bool {
        match self.codec {
            Codec::Opus => ogg::lacing(packet.len()) <= ogg::LACING_MAX / FRAMES_MAX,
            Codec::Aac => packet.len() <= adts::PACKET_BYTES_MAX,
        }
    }
}
