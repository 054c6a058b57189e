//! Messages from an edge: the names of their kinds, and their fields in order.

use std::net::SocketAddr;

use bytes::BufMut;
use hustings_census::Heartbeat;
use hustings_vocab::limits;

use super::WireError;
use super::fields::{self, Fields};
use crate::edge::{Counters, FromEdge};
use crate::up::Up;

const WANT: u8 = 0;
const RELEASE: u8 = 1;
const FRAMES: u8 = 2;
const LISTENING: u8 = 3;
const NAMED: u8 = 4;
const HERE: u8 = 5;
const SEATS: u8 = 6;
const SERVING: u8 = 16;
const COUNTERS: u8 = 17;
const FIND: u8 = 18;
const ASK: u8 = 19;
const ANSWER: u8 = 20;
const SKETCH: u8 = 21;

pub(super) fn put(message: &FromEdge, out: &mut Vec<u8>) {
    match message {
        FromEdge::Up(up) => put_up(up, out),
        FromEdge::Serving(addr) => {
            out.put_u8(SERVING);
            fields::put_address(out, addr.ip());
            out.put_u16_le(addr.port());
        }
        FromEdge::Counters(counters, room) => {
            out.put_u8(COUNTERS);
            out.put_u64_le(*room);
            fields::put_count(out, counters.len());
            for (name, count) in counters {
                fields::put_bytes(out, name.as_bytes());
                out.put_u64_le(*count);
            }
        }
        FromEdge::Sketch(bytes) => {
            out.put_u8(SKETCH);
            fields::put_bytes(out, bytes);
        }
        FromEdge::Find(slug) => {
            out.put_u8(FIND);
            fields::put_slug(out, slug);
        }
        FromEdge::Ask { to, id, letter } => {
            out.put_u8(ASK);
            out.put_u16_le(*to);
            out.put_u64_le(*id);
            fields::put_letter(out, letter);
        }
        FromEdge::Answer { to, id, reply } => {
            out.put_u8(ANSWER);
            out.put_u16_le(*to);
            out.put_u64_le(*id);
            fields::put_reply(out, reply);
        }
    }
}

fn put_up(up: &Up, out: &mut Vec<u8>) {
    let slug = up.slug();
    out.put_u8(match up {
        Up::Want(..) => WANT,
        Up::Release(..) => RELEASE,
        Up::Frames(..) => FRAMES,
        Up::Listening(..) => LISTENING,
        Up::Named(..) => NAMED,
        Up::Here(..) => HERE,
        Up::Seats(..) => SEATS,
    });
    fields::put_slug(out, slug);
    match up {
        Up::Want(_, rendition) | Up::Release(_, rendition) => out.put_u8(rendition.index() as u8),
        Up::Frames(_, rendition, wanted) => {
            out.put_u8(rendition.index() as u8);
            out.put_u8(u8::from(*wanted));
        }
        Up::Listening(_, counts) => fields::put_counts(out, counts),
        Up::Named(_, names) | Up::Seats(_, names) => {
            fields::put_count(out, names.len());
            for (name, here) in names {
                out.put_u64_le(*name);
                out.put_u8(u8::from(*here));
            }
        }
        Up::Here(_, heartbeat, site) => {
            out.put_u64_le(heartbeat.id);
            out.put_u8(u8::from(heartbeat.leaving));
            fields::put_address(out, *site);
        }
    }
}

pub(super) fn read(fields: &mut Fields) -> Result<FromEdge, WireError> {
    Ok(match fields.u8()? {
        WANT => FromEdge::Up(Up::Want(fields.slug()?, fields.rendition()?)),
        RELEASE => FromEdge::Up(Up::Release(fields.slug()?, fields.rendition()?)),
        FRAMES => FromEdge::Up(Up::Frames(fields.slug()?, fields.rendition()?, fields.flag()?)),
        LISTENING => FromEdge::Up(Up::Listening(fields.slug()?, fields.counts()?)),
        NAMED => FromEdge::Up(Up::Named(fields.slug()?, names(fields)?)),
        SEATS => FromEdge::Up(Up::Seats(fields.slug()?, names(fields)?)),
        HERE => {
            let (slug, id, leaving) = (fields.slug()?, fields.u64()?, fields.flag()?);
            FromEdge::Up(Up::Here(slug, Heartbeat { id, leaving }, fields.address()?))
        }
        SERVING => FromEdge::Serving(SocketAddr::new(fields.address()?, fields.u16()?)),
        COUNTERS => {
            let room = fields.u64()?;
            let count = fields.count(limits::LINK_COUNTERS_MAX)?;
            let mut counter = || Ok((fields.text(limits::LINK_COUNTER_NAME_BYTES_MAX)?, fields.u64()?));
            FromEdge::Counters((0..count).map(|_| counter()).collect::<Result<Counters, WireError>>()?, room)
        }
        SKETCH => FromEdge::Sketch(fields.bytes(limits::evidence::SKETCHES_BYTES_MAX)?),
        FIND => FromEdge::Find(fields.slug()?),
        ASK => FromEdge::Ask { to: fields.u16()?, id: fields.u64()?, letter: fields.letter()? },
        ANSWER => FromEdge::Answer { to: fields.u16()?, id: fields.u64()?, reply: fields.reply()? },
        other => return Err(WireError::Unknown(other, "message from an edge")),
    })
}

fn names(fields: &mut Fields) -> Result<Vec<(u64, bool)>, WireError> {
    let count = fields.count(limits::NAMES_TOLD_MAX)?;
    (0..count).map(|_| Ok((fields.u64()?, fields.flag()?))).collect()
}
