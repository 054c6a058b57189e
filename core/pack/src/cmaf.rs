//! CMAF (ISO/IEC 23000-19): the header (`ftyp`, `moov`) and one chunk (`moof`, `mdat`) per part.
//!
//! The boxes are written by hand: there are twenty of them, all of fixed shape, and a chunk is written five times a
//! second for each rendition. The timescale is the sample rate, so `tfdt` is the media time itself, and since the
//! studio aligns every encoder, a frame of media time `t` decodes to the program sound from `t` on: no edit list and no
//! pre-skip. Deliberately absent: `styp`, `sidx`, `prft`, encryption, and a `btrt` box for Opus, which would make the
//! headers of two renditions of one codec differ.

use hustings_vocab::{Codec, MediaTime, Rendition, SAMPLE_RATE};

/// `moof`: the constant part of [`chunk`]'s overhead, and 4 bytes more for each frame.
const MOOF_BYTES: usize = 8 + 16 + 8 + 20 + 20 + 20;
/// `sample_depends_on` = 2: every frame can be decoded first (ISO/IEC 14496-12, section 8.8.3.1).
const SYNC_SAMPLE: u32 = 0x0200_0000;
/// The only track.
const TRACK: u32 = 1;
/// `mp4a` with AudioSpecificConfig (ISO/IEC 14496-3, section 1.6.2.1): object type 2 (LC), index 3 (48 kHz), one channel.
const AUDIO_SPECIFIC_CONFIG: [u8; 2] = [0x11, 0x88];

/// The CMAF header of a rendition.
pub(crate) fn header(rendition: Rendition) -> Vec<u8> {
    let mut out = Vec::with_capacity(768);
    boxed(&mut out, b"ftyp", |out| {
        out.extend(b"iso6");
        u32(out, 0);
        out.extend(b"iso6cmfcmp41");
        out.extend(match rendition.codec() {
            Codec::Opus => b"opus",
            Codec::Aac => b"caac",
        });
    });
    boxed(&mut out, b"moov", |out| {
        full(out, b"mvhd", 0, 0, |out| {
            zeros(out, 8);
            u32(out, SAMPLE_RATE);
            u32(out, 0);
            u32(out, 0x0001_0000);
            u16(out, 0x0100);
            zeros(out, 10);
            matrix(out);
            zeros(out, 24);
            u32(out, TRACK + 1);
        });
        boxed(out, b"trak", |out| track(out, rendition));
        boxed(out, b"mvex", |out| {
            full(out, b"trex", 0, 0, |out| {
                u32(out, TRACK);
                u32(out, 1);
                u32(out, rendition.codec().frame_samples() as u32);
                u32(out, 0);
                u32(out, SYNC_SAMPLE);
            });
        });
    });
    out
}

fn track(out: &mut Vec<u8>, rendition: Rendition) {
    // Flags: enabled, in movie.
    full(out, b"tkhd", 0, 3, |out| {
        zeros(out, 8);
        u32(out, TRACK);
        zeros(out, 16);
        u16(out, 0);
        u16(out, 0);
        u16(out, 0x0100);
        u16(out, 0);
        matrix(out);
        zeros(out, 8);
    });
    boxed(out, b"mdia", |out| {
        full(out, b"mdhd", 0, 0, |out| {
            zeros(out, 8);
            u32(out, SAMPLE_RATE);
            u32(out, 0);
            // Language "und": the conversation's language is not known here.
            u16(out, 0x55c4);
            u16(out, 0);
        });
        full(out, b"hdlr", 0, 0, |out| {
            u32(out, 0);
            out.extend(b"soun");
            zeros(out, 12);
            out.extend(b"Hustings\0");
        });
        boxed(out, b"minf", |out| {
            full(out, b"smhd", 0, 0, |out| zeros(out, 4));
            boxed(out, b"dinf", |out| {
                full(out, b"dref", 0, 0, |out| {
                    u32(out, 1);
                    // Flag 1: the media is in this file.
                    full(out, b"url ", 0, 1, |_| {});
                });
            });
            boxed(out, b"stbl", |out| {
                full(out, b"stsd", 0, 0, |out| {
                    u32(out, 1);
                    sample_entry(out, rendition);
                });
                full(out, b"stts", 0, 0, |out| u32(out, 0));
                full(out, b"stsc", 0, 0, |out| u32(out, 0));
                full(out, b"stsz", 0, 0, |out| zeros(out, 8));
                full(out, b"stco", 0, 0, |out| u32(out, 0));
            });
        });
    });
}

fn sample_entry(out: &mut Vec<u8>, rendition: Rendition) {
    let name = match rendition.codec() {
        Codec::Opus => b"Opus",
        Codec::Aac => b"mp4a",
    };
    boxed(out, name, |out| {
        zeros(out, 6);
        u16(out, 1);
        zeros(out, 8);
        u16(out, 1);
        u16(out, 16);
        u32(out, 0);
        u32(out, SAMPLE_RATE << 16);
        match rendition.codec() {
            // Encapsulation of Opus in ISO-BMFF, section 4.3.2: version 0, one channel, pre-skip 0, no gain, family 0.
            Codec::Opus => boxed(out, b"dOps", |out| {
                out.extend([0, 1]);
                u16(out, 0);
                u32(out, SAMPLE_RATE);
                u16(out, 0);
                out.push(0);
            }),
            Codec::Aac => full(out, b"esds", 0, 0, |out| elementary_stream(out, rendition.bitrate())),
        }
    });
}

/// ES_Descriptor (ISO/IEC 14496-1, section 7.2.6.5).
fn elementary_stream(out: &mut Vec<u8>, bitrate: u32) {
    descriptor(out, 3, |out| {
        u16(out, 0);
        out.push(0);
        descriptor(out, 4, |out| {
            // Object type 0x40 (MPEG-4 audio), stream type 5 (audio), reserved bit 1.
            out.extend([0x40, 0x15]);
            // A decoder buffer of one frame at most, 6,144 bits (ISO/IEC 14496-3, section 4.5.3.2).
            out.extend([0, 3, 0]);
            u32(out, bitrate);
            u32(out, bitrate);
            descriptor(out, 5, |out| out.extend(AUDIO_SPECIFIC_CONFIG));
        });
        // SLConfigDescriptor: predefined 2, as in MP4 files.
        descriptor(out, 6, |out| out.push(2));
    });
}

/// One chunk: the frames in `data`, whose lengths are `sizes`, from media time `start` on.
pub(crate) fn chunk(codec: Codec, number: u64, start: MediaTime, sizes: &[u32], data: &[u8]) -> Vec<u8> {
    let moof_bytes = MOOF_BYTES + 4 * sizes.len();
    let mut out = Vec::with_capacity(moof_bytes + 8 + data.len());
    boxed(&mut out, b"moof", |out| {
        full(out, b"mfhd", 0, 0, |out| u32(out, (number + 1) as u32));
        boxed(out, b"traf", |out| {
            // Flags: default-base-is-moof, default-sample-duration-present.
            full(out, b"tfhd", 0, 0x02_0008, |out| {
                u32(out, TRACK);
                u32(out, codec.frame_samples() as u32);
            });
            full(out, b"tfdt", 1, 0, |out| out.extend(start.0.to_be_bytes()));
            // Flags: data-offset-present, sample-size-present.
            full(out, b"trun", 0, 0x201, |out| {
                u32(out, sizes.len() as u32);
                u32(out, moof_bytes as u32 + 8);
                for size in sizes {
                    u32(out, *size);
                }
            });
        });
    });
    debug_assert_eq!(out.len(), moof_bytes, "the data offset must point behind the header of mdat");
    boxed(&mut out, b"mdat", |out| out.extend(data));
    out
}

/// A box: its size, its name and what `body` writes.
fn boxed(out: &mut Vec<u8>, name: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    u32(out, 0);
    out.extend(name);
    body(out);
    let size = (out.len() - at) as u32;
    out[at..at + 4].copy_from_slice(&size.to_be_bytes());
}

/// A full box: a box with a version and flags.
fn full(out: &mut Vec<u8>, name: &[u8; 4], version: u8, flags: u32, body: impl FnOnce(&mut Vec<u8>)) {
    boxed(out, name, |out| {
        u32(out, u32::from(version) << 24 | flags);
        body(out);
    });
}

/// An MPEG-4 descriptor shorter than 128 bytes.
fn descriptor(out: &mut Vec<u8>, tag: u8, body: impl FnOnce(&mut Vec<u8>)) {
    out.extend([tag, 0]);
    let at = out.len();
    body(out);
    let len = out.len() - at;
    debug_assert!(len < 128, "a longer descriptor needs a longer length field");
    out[at - 1] = len as u8;
}

fn u16(out: &mut Vec<u8>, value: u16) {
    out.extend(value.to_be_bytes());
}

fn u32(out: &mut Vec<u8>, value: u32) {
    out.extend(value.to_be_bytes());
}

fn zeros(out: &mut Vec<u8>, count: usize) {
    out.resize(out.len() + count, 0);
}

/// The unit transformation.
fn matrix(out: &mut Vec<u8>) {
    for value in [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000] {
        u32(out, value);
    }
}
