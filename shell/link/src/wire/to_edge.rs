//! Messages to an edge: the names of their kinds, and their fields in order.

use std::sync::Arc;

use bytes::BufMut;
use hustings_pack::Part;
use hustings_vocab::{MediaTime, limits};

use super::WireError;
use super::fields::{self, Fields};
use crate::down::{Down, OpusFrame};
use crate::edge::ToEdge;
use crate::entrance::Word;

const OPEN: u8 = 0;
const OPENED: u8 = 1;
const WINDOW: u8 = 2;
const PART: u8 = 3;
const FRAME: u8 = 4;
const EVENT: u8 = 5;
const AUDIENCE: u8 = 6;
const AS_OF: u8 = 7;
const CLOSED: u8 = 8;
const FOUND: u8 = 16;
const CERTIFICATE: u8 = 17;
const ROOM_ELSEWHERE: u8 = 18;
const ASK: u8 = 19;
const ANSWER: u8 = 20;
const DRAIN: u8 = 21;
const TICKET_KEYS: u8 = 22;
const GATE: u8 = 23;
const SKETCH_KEY: u8 = 24;
const SEALED: u8 = 25;

/// Bytes of a title: four a character.
const TITLE_BYTES_MAX: usize = 4 * limits::TITLE_CHARS_MAX;

pub(super) fn put(message: &ToEdge, out: &mut Vec<u8>) {
    match message {
        ToEdge::Down(down) => put_down(down, out),
        ToEdge::Found(slug, phase) => {
            out.put_u8(FOUND);
            fields::put_slug(out, slug);
            fields::put_phase(out, *phase);
        }
        ToEdge::Certificate(pem) => {
            out.put_u8(CERTIFICATE);
            fields::put_bytes(out, pem);
        }
        ToEdge::TicketKeys(keys) => {
            out.put_u8(TICKET_KEYS);
            fields::put_bytes(out, keys);
        }
        ToEdge::Gate(Word { keys, walk_ins, caps_kbit, at_once, spread_s, waiting }) => {
            out.put_u8(GATE);
            fields::put_bytes(out, keys);
            out.put_u64_le(*walk_ins);
            out.put_u64_le(*at_once);
            out.put_u32_le(caps_kbit.0);
            out.put_u32_le(caps_kbit.1);
            out.put_u32_le(*spread_s);
            fields::put_count(out, waiting.len());
            for (slug, n) in waiting {
                fields::put_slug(out, slug);
                out.put_u64_le(*n);
            }
        }
        ToEdge::Sealed(all) => {
            out.put_u8(SEALED);
            fields::put_count(out, all.len());
            all.iter().for_each(|slug| fields::put_slug(out, slug));
        }
        ToEdge::RoomElsewhere(room) => {
            out.put_u8(ROOM_ELSEWHERE);
            out.put_u64_le(*room);
        }
        ToEdge::Ask { from, id, letter } => {
            out.put_u8(ASK);
            out.put_u16_le(*from);
            out.put_u64_le(*id);
            fields::put_letter(out, letter);
        }
        ToEdge::Answer { id, reply } => {
            out.put_u8(ANSWER);
            out.put_u64_le(*id);
            fields::put_reply(out, reply);
        }
        ToEdge::SketchKey(key) => {
            out.put_u8(SKETCH_KEY);
            fields::put_bytes(out, key.as_ref().map_or(&[][..], |key| key.as_slice()));
        }
        ToEdge::Drain => out.put_u8(DRAIN),
    }
}

fn put_down(down: &Down, out: &mut Vec<u8>) {
    match down {
        Down::Open { slugs } => {
            out.put_u8(OPEN);
            fields::put_count(out, slugs.len());
            slugs.iter().for_each(|slug| fields::put_slug(out, slug));
        }
        Down::Opened { slug, title, epoch_ms, discontinuities } => {
            out.put_u8(OPENED);
            fields::put_slug(out, slug);
            fields::put_bytes(out, title.as_bytes());
            out.put_u64_le(*epoch_ms);
            out.put_u32_le(*discontinuities);
        }
        Down::Window { slug, rendition, discontinuities, began_anew } => {
            out.put_u8(WINDOW);
            fields::put_slug(out, slug);
            out.put_u8(rendition.index() as u8);
            out.put_u32_le(*discontinuities);
            out.put_u8(u8::from(*began_anew));
        }
        Down::Part { slug, rendition, part } => {
            out.put_u8(PART);
            fields::put_slug(out, slug);
            out.put_u8(rendition.index() as u8);
            out.put_u64_le(part.number);
            out.put_u64_le(part.start.0);
            out.put_u32_le(part.samples);
            out.put_u8(u8::from(part.discontinuity));
            fields::put_bytes(out, &part.cmaf);
            fields::put_bytes(out, &part.raw);
        }
        Down::Frame { slug, rendition, frame } => {
            out.put_u8(FRAME);
            fields::put_slug(out, slug);
            out.put_u8(rendition.index() as u8);
            out.put_u64_le(frame.t.0);
            fields::put_bytes(out, &frame.packet);
        }
        Down::Event { slug, event } => {
            out.put_u8(EVENT);
            fields::put_slug(out, slug);
            // An event has no map whose keys are no text, and nothing else fails.
            fields::put_bytes(out, &serde_json::to_vec(event).unwrap_or_default());
        }
        Down::Audience { slug, counts } => {
            out.put_u8(AUDIENCE);
            fields::put_slug(out, slug);
            fields::put_counts(out, counts);
        }
        Down::AsOf { ms } => {
            out.put_u8(AS_OF);
            out.put_u64_le(*ms);
        }
        Down::Closed { slug } => {
            out.put_u8(CLOSED);
            fields::put_slug(out, slug);
        }
    }
}

pub(super) fn read(fields: &mut Fields) -> Result<ToEdge, WireError> {
    Ok(match fields.u8()? {
        FOUND => ToEdge::Found(fields.slug()?, fields.phase()?),
        CERTIFICATE => ToEdge::Certificate(fields.bytes(limits::CERTIFICATE_BYTES_MAX)?),
        TICKET_KEYS => ToEdge::TicketKeys(fields.bytes(limits::TICKET_KEYS_BYTES_MAX)?),
        GATE => {
            let keys = fields.bytes(limits::GATE_KEYS_BYTES_MAX)?;
            let (walk_ins, at_once) = (fields.u64()?, fields.u64()?);
            let (caps_kbit, spread_s) = ((fields.u32()?, fields.u32()?), fields.u32()?);
            let count = fields.count(limits::CONVERSATIONS_OPEN_MAX)?;
            let waiting = (0..count).map(|_| Ok((fields.slug()?, fields.u64()?))).collect::<Result<_, WireError>>()?;
            ToEdge::Gate(Word { keys, walk_ins, caps_kbit, at_once, spread_s, waiting })
        }
        SEALED => {
            let count = fields.count(limits::LINK_OPEN_MAX)?;
            ToEdge::Sealed((0..count).map(|_| fields.slug()).collect::<Result<_, _>>()?)
        }
        // Sixteen bytes, or none.
        SKETCH_KEY => ToEdge::SketchKey(fields.bytes(16)?.as_ref().try_into().ok()),
        ROOM_ELSEWHERE => ToEdge::RoomElsewhere(fields.u64()?),
        ASK => ToEdge::Ask { from: fields.u16()?, id: fields.u64()?, letter: fields.letter()? },
        ANSWER => ToEdge::Answer { id: fields.u64()?, reply: fields.reply()? },
        DRAIN => ToEdge::Drain,
        kind => ToEdge::Down(read_down(kind, fields)?),
    })
}

fn read_down(kind: u8, fields: &mut Fields) -> Result<Down, WireError> {
    Ok(match kind {
        OPEN => {
            let count = fields.count(limits::LINK_OPEN_MAX)?;
            Down::Open { slugs: (0..count).map(|_| fields.slug()).collect::<Result<_, _>>()? }
        }
        OPENED => Down::Opened {
            slug: fields.slug()?,
            title: fields.text(TITLE_BYTES_MAX)?,
            epoch_ms: fields.u64()?,
            discontinuities: fields.u32()?,
        },
        WINDOW => Down::Window {
            slug: fields.slug()?,
            rendition: fields.rendition()?,
            discontinuities: fields.u32()?,
            began_anew: fields.flag()?,
        },
        PART => Down::Part {
            slug: fields.slug()?,
            rendition: fields.rendition()?,
            part: Arc::new(Part {
                number: fields.u64()?,
                start: MediaTime(fields.u64()?),
                samples: fields.u32()?,
                discontinuity: fields.flag()?,
                cmaf: fields.bytes(limits::LINK_FRAME_BYTES_MAX)?,
                raw: fields.bytes(limits::LINK_FRAME_BYTES_MAX)?,
            }),
        },
        FRAME => Down::Frame {
            slug: fields.slug()?,
            rendition: fields.rendition()?,
            frame: OpusFrame { t: MediaTime(fields.u64()?), packet: fields.bytes(limits::OPUS_PACKET_BYTES_MAX)? },
        },
        EVENT => {
            let slug = fields.slug()?;
            let json = fields.bytes(limits::LINK_FRAME_BYTES_MAX)?;
            let event = serde_json::from_slice(&json).map_err(|_| WireError::Text("event"))?;
            Down::Event { slug, event }
        }
        AUDIENCE => Down::Audience { slug: fields.slug()?, counts: fields.counts()? },
        AS_OF => Down::AsOf { ms: fields.u64()? },
        CLOSED => Down::Closed { slug: fields.slug()? },
        other => return Err(WireError::Unknown(other, "message to an edge")),
    })
}
