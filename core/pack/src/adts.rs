//! ADTS (ISO/IEC 13818-7, section 6.2): every AAC frame behind seven bytes that say all a decoder needs, so a listener
//! may join at any frame and there is neither a header nor a trailer of the stream.

/// Bytes before each frame.
const HEADER_BYTES: usize = 7;
/// Bytes of a frame with its header: the length has 13 bits.
const FRAME_BYTES_MAX: usize = (1 << 13) - 1;
/// Bytes of the largest packet that has a header.
pub(crate) const PACKET_BYTES_MAX: usize = FRAME_BYTES_MAX - HEADER_BYTES;

/// The frames in `data`, whose lengths are `sizes`, as ADTS.
pub(crate) fn frames(sizes: &[u32], mut data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + HEADER_BYTES * sizes.len());
    for size in sizes {
        let (frame, rest) = data.split_at(*size as usize);
        out.extend(header(frame.len()));
        out.extend(frame);
        data = rest;
    }
    out
}

/// MPEG-4, no checksum, profile LC, 48 kHz (index 3), one channel, variable rate, one frame.
const fn header(packet_bytes: usize) -> [u8; HEADER_BYTES] {
    let len = packet_bytes + HEADER_BYTES;
    let channels = 1;
    [
        0xff,
        0xf1,
        1 << 6 | 3 << 2 | channels >> 2,
        (channels & 3) << 6 | (len >> 11) as u8,
        (len >> 3) as u8,
        (len << 5) as u8 | 0x1f,
        0xfc,
    ]
}
