//! How long an Opus packet says it is (RFC 6716, sections 3.1 and 3.2), read without decoding it.
//!
//! The jitter buffer must know a packet's length before it spends a decode on it, and where a packet does not decode.
//! Absent: any other property of the packet; the decoder judges those.

/// Samples at 48 kHz that a packet announces: 120 to 5,760. `None` if it is no Opus packet.
#[must_use]
pub fn packet_samples(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let frame = match toc >> 3 {
        silk @ 0..=11 => [480, 960, 1920, 2880][usize::from(silk % 4)],
        hybrid @ 12..=15 => [480, 960][usize::from(hybrid % 2)],
        celt => [120, 240, 480, 960][usize::from(celt % 4)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 0x3f),
    };
    // At most 120 ms in one packet (RFC 6716, section 3.4, R5).
    Some(frames * frame).filter(|n| (1..=5760).contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_follow_the_table_of_the_rfc() {
        assert_eq!(packet_samples(&[31 << 3]), Some(960), "CELT full band 20 ms");
        assert_eq!(packet_samples(&[28 << 3]), Some(120), "CELT full band 2.5 ms");
        assert_eq!(packet_samples(&[3 << 3]), Some(2880), "SILK 60 ms");
        assert_eq!(packet_samples(&[(15 << 3) | 1]), Some(1920), "two hybrid frames of 20 ms");
        assert_eq!(packet_samples(&[(30 << 3) | 3, 3]), Some(1440), "three of 10 ms");
    }

    #[test]
    fn what_is_no_packet_has_no_length() {
        assert_eq!(packet_samples(&[]), None);
        assert_eq!(packet_samples(&[(31 << 3) | 3]), None, "the count is missing");
        assert_eq!(packet_samples(&[(31 << 3) | 3, 0]), None, "no frames");
        assert_eq!(packet_samples(&[(31 << 3) | 3, 7]), None, "140 ms");
    }
}
