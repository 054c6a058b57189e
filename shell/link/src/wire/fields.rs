//! Fields of messages: what every one of them is made of, with its limit.

use std::net::IpAddr;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use hustings_census::Sampled;
use hustings_vocab::{HeldReason, Phase, Rendition, Slug, limits};

use super::WireError;
use crate::edge::{Letter, Reply};
use crate::hall::{Counts, Tier};

/// Characters of an address.
const ADDRESS_BYTES_MAX: usize = 64;

/// What is left of a message that is read.
pub(super) struct Fields(Bytes);

impl Fields {
    pub(super) const fn new(body: Bytes) -> Self {
        Self(body)
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), WireError> {
        if self.0.is_empty() { Ok(()) } else { Err(WireError::Long(self.0.len())) }
    }

    fn take(&mut self, len: usize) -> Result<Bytes, WireError> {
        if self.0.len() < len { Err(WireError::Short) } else { Ok(self.0.split_to(len)) }
    }

    pub(super) fn u8(&mut self) -> Result<u8, WireError> {
        self.0.try_get_u8().map_err(|_| WireError::Short)
    }

    pub(super) fn u16(&mut self) -> Result<u16, WireError> {
        self.0.try_get_u16_le().map_err(|_| WireError::Short)
    }

    pub(super) fn u32(&mut self) -> Result<u32, WireError> {
        self.0.try_get_u32_le().map_err(|_| WireError::Short)
    }

    pub(super) fn u64(&mut self) -> Result<u64, WireError> {
        self.0.try_get_u64_le().map_err(|_| WireError::Short)
    }

    pub(super) fn flag(&mut self) -> Result<bool, WireError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(WireError::Unknown(other, "yes or no")),
        }
    }

    /// How many of something follow.
    pub(super) fn count(&mut self, max: usize) -> Result<usize, WireError> {
        let found = self.u16()? as usize;
        if found > max { Err(WireError::Field { found, max }) } else { Ok(found) }
    }

    pub(super) fn bytes(&mut self, max: usize) -> Result<Bytes, WireError> {
        let found = self.u32()? as usize;
        if found > max { Err(WireError::Field { found, max }) } else { self.take(found) }
    }

    pub(super) fn text(&mut self, max: usize) -> Result<String, WireError> {
        String::from_utf8(self.bytes(max)?.into()).map_err(|_| WireError::Text("text"))
    }

    pub(super) fn slug(&mut self) -> Result<Slug, WireError> {
        // A slug's characters are ASCII.
        self.text(limits::SLUG_CHARS_MAX)?.parse().map_err(|_| WireError::Text("slug"))
    }

    pub(super) fn rendition(&mut self) -> Result<Rendition, WireError> {
        let index = self.u8()?;
        Rendition::ALL.get(index as usize).copied().ok_or(WireError::Unknown(index, "rendition"))
    }

    pub(super) fn phase(&mut self) -> Result<Option<Phase>, WireError> {
        let name = self.u8()?;
        let phase = PHASES.get(name as usize).copied().ok_or(WireError::Unknown(name, "phase"))?;
        Ok(phase)
    }

    pub(super) fn counts(&mut self) -> Result<Counts, WireError> {
        let mut seen = [0; Tier::ALL.len()];
        for tier in &mut seen {
            *tier = self.u64()?;
        }
        let (peak, refused, arrived, behind_cache) = (self.u64()?, self.u64()?, self.u64()?, self.flag()?);
        Ok(Counts { seen, peak, refused, arrived, behind_cache, sampled: self.sampled()? })
    }

    fn sampled(&mut self) -> Result<Sampled, WireError> {
        Ok(Sampled {
            pages: self.u64()?,
            low: self.u64()?,
            high: self.u64()?,
            one_in: self.u32()?,
            stated: self.u32()?,
            reports: self.u64()?,
            sources: self.u64()?,
            left_out: self.u64()?,
            oldest: Duration::from_millis(self.u64()?),
        })
    }

    pub(super) fn address(&mut self) -> Result<IpAddr, WireError> {
        self.text(ADDRESS_BYTES_MAX)?.parse().map_err(|_| WireError::Text("address"))
    }

    pub(super) fn letter(&mut self) -> Result<Letter, WireError> {
        Ok(Letter {
            method: self.text(limits::RELAYED_FIELD_BYTES_MAX)?,
            path: self.text(limits::RELAYED_FIELD_BYTES_MAX)?,
            fields: self.headers()?,
            body: self.bytes(limits::SDP_BYTES_MAX)?,
        })
    }

    pub(super) fn reply(&mut self) -> Result<Reply, WireError> {
        Ok(Reply { status: self.u16()?, fields: self.headers()?, body: self.bytes(limits::SDP_BYTES_MAX)? })
    }

    fn headers(&mut self) -> Result<Vec<(String, Bytes)>, WireError> {
        let count = self.count(limits::RELAYED_FIELDS_MAX)?;
        let mut field =
            || Ok((self.text(limits::RELAYED_FIELD_BYTES_MAX)?, self.bytes(limits::RELAYED_FIELD_BYTES_MAX)?));
        (0..count).map(|_| field()).collect()
    }
}

/// Every phase by its place; none at all at the first.
const PHASES: [Option<Phase>; 8] = [
    None,
    Some(Phase::Scheduled),
    Some(Phase::Lobby),
    Some(Phase::Live),
    Some(Phase::Held(HeldReason::Break)),
    Some(Phase::Held(HeldReason::LineLost)),
    Some(Phase::Ended),
    Some(Phase::Cancelled),
];

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    // What is longer than a frame may be makes the whole message too long, which is said there.
    out.put_u32_le(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    out.put_slice(bytes);
}

pub(super) fn put_slug(out: &mut Vec<u8>, slug: &Slug) {
    put_bytes(out, slug.as_str().as_bytes());
}

pub(super) fn put_count(out: &mut Vec<u8>, count: usize) {
    out.put_u16_le(u16::try_from(count).unwrap_or(u16::MAX));
}

pub(super) fn put_phase(out: &mut Vec<u8>, phase: Option<Phase>) {
    let place = PHASES.iter().position(|known| *known == phase).unwrap_or_default();
    out.put_u8(place as u8);
}

pub(super) fn put_counts(out: &mut Vec<u8>, counts: &Counts) {
    counts.seen.iter().chain([&counts.peak, &counts.refused, &counts.arrived]).for_each(|count| out.put_u64_le(*count));
    out.put_u8(u8::from(counts.behind_cache));
    let Sampled { pages, low, high, one_in, stated, reports, sources, left_out, oldest } = counts.sampled;
    [pages, low, high].into_iter().for_each(|count| out.put_u64_le(count));
    [one_in, stated].into_iter().for_each(|rate| out.put_u32_le(rate));
    let oldest = u64::try_from(oldest.as_millis()).unwrap_or(u64::MAX);
    [reports, sources, left_out, oldest].into_iter().for_each(|count| out.put_u64_le(count));
}

pub(super) fn put_address(out: &mut Vec<u8>, address: IpAddr) {
    put_bytes(out, address.to_string().as_bytes());
}

pub(super) fn put_letter(out: &mut Vec<u8>, letter: &Letter) {
    put_bytes(out, letter.method.as_bytes());
    put_bytes(out, letter.path.as_bytes());
    put_headers(out, &letter.fields);
    put_bytes(out, &letter.body);
}

pub(super) fn put_reply(out: &mut Vec<u8>, reply: &Reply) {
    out.put_u16_le(reply.status);
    put_headers(out, &reply.fields);
    put_bytes(out, &reply.body);
}

fn put_headers(out: &mut Vec<u8>, fields: &[(String, Bytes)]) {
    put_count(out, fields.len());
    for (name, value) in fields {
        put_bytes(out, name.as_bytes());
        put_bytes(out, value);
    }
}
