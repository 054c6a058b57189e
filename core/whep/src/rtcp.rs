//! RTCP of one listener: what we send (RFC 3550, section 6) and what we make of what comes, NACK (RFC 4585, section 6.2.1)
//! included.
//!
//! Packets may come alone as well as compound (RFC 5506). Deliberately absent: everything else, which is skipped by its
//! length.

/// Losses in one NACK that are looked at: four words of 17. More is no loss that a retransmission heals.
const LOST_MAX: usize = 68;
/// The name of our one source (RFC 3550, section 6.5.1), the same as in the answer.
const CNAME: &[u8] = b"hustings";

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const TRANSPORT_FEEDBACK: u8 = 205;
const GENERIC_NACK: u8 = 1;

/// What a sender report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderReport {
    /// Our SSRC.
    pub ssrc: u32,
    /// Wall-clock time as seconds since 1900 in 32 bits, and their fraction in 32 bits (RFC 3550, section 4).
    pub ntp: u64,
    /// RTP time at the same moment.
    pub rtp_time: u32,
    /// Packets sent.
    pub packets: u32,
    /// Bytes of payload sent.
    pub octets: u32,
}

impl SenderReport {
    /// The report and our name, as a compound packet.
    #[must_use]
    pub fn compound(&self) -> Vec<u8> {
        // With room for what sealing adds.
        let mut out = Vec::with_capacity(80);
        head(&mut out, 0, SENDER_REPORT, 6);
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        out.extend_from_slice(&self.ntp.to_be_bytes());
        for word in [self.rtp_time, self.packets, self.octets] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        name(&mut out, self.ssrc);
        out
    }
}

/// What one receiver says of one source (RFC 3550, section 6.4.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Block {
    /// Of 256 packets since the last report, so many were lost.
    pub fraction_lost: u8,
    /// Packets lost since the beginning; negative when some came twice.
    pub lost: i32,
    /// The extended number of the last packet that came.
    pub highest: u32,
    /// Mean deviation between packets, in units of RTP time.
    pub jitter: u32,
}

/// A receiver report of `reporter` on our `ssrc`, for clients.
#[must_use]
pub fn receiver_report(reporter: u32, ssrc: u32, block: &Block) -> Vec<u8> {
    let mut out = Vec::with_capacity(60);
    head(&mut out, 1, RECEIVER_REPORT, 7);
    for word in [reporter, ssrc] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out.push(block.fraction_lost);
    out.extend_from_slice(&block.lost.to_be_bytes()[1..]);
    for word in [block.highest, block.jitter, 0, 0] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out
}

/// The end of a source (RFC 3550, section 6.6), after an empty report as a compound packet demands.
#[must_use]
pub fn goodbye(ssrc: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    head(&mut out, 0, RECEIVER_REPORT, 1);
    out.extend_from_slice(&ssrc.to_be_bytes());
    head(&mut out, 1, GOODBYE, 1);
    out.extend_from_slice(&ssrc.to_be_bytes());
    out
}

/// The four bytes that begin every packet; `words` of four bytes follow.
fn head(out: &mut Vec<u8>, count: u8, kind: u8, words: u16) {
    out.extend_from_slice(&[0x80 | count, kind]);
    out.extend_from_slice(&words.to_be_bytes());
}

/// The source description that names us: SSRC, one CNAME, and zeros up to a word.
fn name(out: &mut Vec<u8>, ssrc: u32) {
    const ITEM: usize = 2 + CNAME.len();
    const WORDS: usize = (ITEM + 1).div_ceil(4);
    head(out, 1, SOURCE_DESCRIPTION, 1 + WORDS as u16);
    out.extend_from_slice(&ssrc.to_be_bytes());
    out.extend_from_slice(&[1, CNAME.len() as u8]);
    out.extend_from_slice(CNAME);
    out.extend(core::iter::repeat_n(0, WORDS * 4 - ITEM));
}

/// Why RTCP was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a compound of RTCP packets")]
pub struct BadRtcp;

/// What a peer said in one datagram.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Its report on our source.
    pub report: Option<Block>,
    /// Sequence numbers of ours that it misses.
    pub missing: Vec<u16>,
    /// It is leaving.
    pub goodbye: bool,
}

/// Reads a compound packet of a peer that hears our `ssrc`.
///
/// # Errors
/// [`BadRtcp`]; then nothing of it counts.
pub fn hear(mut compound: &[u8], ssrc: u32) -> Result<Heard, BadRtcp> {
    let mut heard = Heard::default();
    while !compound.is_empty() {
        let &[first, kind, high, low, ..] = compound else { return Err(BadRtcp) };
        if first >> 6 != 2 {
            return Err(BadRtcp);
        }
        let end = 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        let (packet, rest) = compound.split_at_checked(end).ok_or(BadRtcp)?;
        let body = &packet[4..];
        match kind {
            RECEIVER_REPORT => heard.report = report(body.get(4..), first, ssrc)?.or(heard.report),
            SENDER_REPORT => heard.report = report(body.get(24..), first, ssrc)?.or(heard.report),
            GOODBYE => heard.goodbye = true,
            TRANSPORT_FEEDBACK if first & 0x1f == GENERIC_NACK => nacks(body, ssrc, &mut heard.missing)?,
            _ => {}
        }
        compound = rest;
    }
    Ok(heard)
}

/// The block about our source.
fn report(blocks: Option<&[u8]>, first: u8, ssrc: u32) -> Result<Option<Block>, BadRtcp> {
    let blocks = blocks.and_then(|b| b.get(..24 * usize::from(first & 0x1f))).ok_or(BadRtcp)?;
    let ours = blocks.chunks_exact(24).find(|block| word(block, 0) == ssrc);
    Ok(ours.map(|block| Block {
        fraction_lost: block[4],
        // 24 bits with a sign.
        lost: (word(block, 4) << 8).cast_signed() >> 8,
        highest: word(block, 8),
        jitter: word(block, 12),
    }))
}

/// The sequence numbers of a generic NACK: each word names one and sixteen that follow it.
fn nacks(body: &[u8], ssrc: u32, missing: &mut Vec<u16>) -> Result<(), BadRtcp> {
    let (head, words) = body.split_at_checked(8).ok_or(BadRtcp)?;
    if word(head, 4) != ssrc {
        return Ok(());
    }
    for pair in words.chunks_exact(4) {
        let (pid, mask) = (u16::from_be_bytes([pair[0], pair[1]]), u16::from_be_bytes([pair[2], pair[3]]));
        let following = (0..16).filter(|bit| mask & (1 << bit) != 0).map(|bit| pid.wrapping_add(bit + 1));
        let room = LOST_MAX.saturating_sub(missing.len());
        missing.extend(core::iter::once(pid).chain(following).take(room));
    }
    Ok(())
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: u32 = 0x0102_0304;

    fn nack(media: u32, words: &[(u16, u16)]) -> Vec<u8> {
        let mut out = Vec::new();
        head(&mut out, GENERIC_NACK, TRANSPORT_FEEDBACK, 2 + words.len() as u16);
        out.extend_from_slice(&[9, 9, 9, 9]);
        out.extend_from_slice(&media.to_be_bytes());
        for (pid, mask) in words {
            out.extend_from_slice(&pid.to_be_bytes());
            out.extend_from_slice(&mask.to_be_bytes());
        }
        out
    }

    #[test]
    fn a_sender_report_says_what_rfc_3550_draws() {
        let report = SenderReport { ssrc: OURS, ntp: 0x1112_1314_2122_2324, rtp_time: 5, packets: 6, octets: 7 };
        let bytes = report.compound();
        assert_eq!(bytes[..4], [0x80, 200, 0, 6]);
        assert_eq!(
            bytes[4..28],
            [1, 2, 3, 4, 0x11, 0x12, 0x13, 0x14, 0x21, 0x22, 0x23, 0x24, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7]
        );
        assert_eq!(bytes[28..38], [0x81, 202, 0, 4, 1, 2, 3, 4, 1, 8]);
        assert_eq!(bytes[38..], *b"hustings\0\0");
        assert!(hear(&bytes, OURS).is_ok());
    }

    #[test]
    fn a_report_on_our_source_is_found_among_others() {
        let block = Block { fraction_lost: 12, lost: -3, highest: 70_000, jitter: 99 };
        assert_eq!(hear(&receiver_report(9, OURS, &block), OURS).map(|h| h.report), Ok(Some(block)));
        assert_eq!(hear(&receiver_report(9, 77, &block), OURS).map(|h| h.report), Ok(None));
    }

    #[test]
    fn a_nack_names_one_packet_and_those_after_it_that_its_bits_say() {
        let heard = hear(&nack(OURS, &[(65_534, 0b1000_0000_0000_0101)]), OURS).expect("well-formed");
        assert_eq!(heard.missing, [65_534, 65_535, 1, 14]);
        assert!(hear(&nack(77, &[(1, 0)]), OURS).expect("well-formed").missing.is_empty());
        let many = hear(&nack(OURS, &[(0, 0xffff); 100]), OURS).expect("well-formed");
        assert_eq!(many.missing.len(), LOST_MAX);
    }

    #[test]
    fn a_goodbye_is_heard_after_a_report() {
        let heard = hear(&goodbye(9), OURS).expect("well-formed");
        assert!(heard.goodbye && heard.missing.is_empty());
    }

    #[test]
    fn what_is_cut_short_or_of_another_version_is_refused() {
        let whole = [receiver_report(9, OURS, &Block::default()), nack(OURS, &[(1, 1)])].concat();
        assert!(hear(&whole, OURS).is_ok());
        for len in (1..whole.len()).filter(|len| *len != 32) {
            assert_eq!(hear(&whole[..len], OURS), Err(BadRtcp), "{len}");
        }
        assert_eq!(hear(&[0x40, 201, 0, 0], OURS), Err(BadRtcp));
        assert_eq!(hear(&[0x9f, 201, 0, 1, 0, 0, 0, 0], OURS), Err(BadRtcp), "31 reports in no bytes");
    }
}
