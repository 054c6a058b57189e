//! What the packager writes, read by parsers that we did not write: `mp4-atom` and `ogg`. ADTS, seven bytes a frame, is
//! read here by the letter of ISO/IEC 13818-7.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a broken promise ends the test, in helpers too")]

use std::io::Cursor;

use hustings_pack::{PARTS_PER_SEGMENT, Packager, Part, headers, part_of, trailer};
use hustings_vocab::{Codec, MediaTime, Rendition, SEGMENT_SAMPLES};
use mp4_atom::{Any, Codec as Entry, Decode, Ftyp, Moof, Moov, ReadFrom};

/// Frames of different lengths with recognisable contents.
fn frame(k: u64) -> Vec<u8> {
    let len = 1 + (k * 7919) % 600;
    (0..len).map(|i| (k * 31 + i) as u8).collect()
}

/// The parts made of the frames `from..to`, counted from media time 0.
fn parts(rendition: Rendition, from: u64, to: u64) -> Vec<Part> {
    let mut packager = Packager::new(rendition, false);
    let size = rendition.codec().frame_samples();
    let mut parts: Vec<_> = (from..to).filter_map(|k| packager.push(MediaTime(k * size), &frame(k))).collect();
    parts.extend(packager.finish());
    parts
}

fn frames_of(part: &Part, codec: Codec) -> impl Iterator<Item = Vec<u8>> + use<> {
    let first = part.start.0 / codec.frame_samples();
    (first..first + u64::from(part.samples) / codec.frame_samples()).map(frame)
}

fn atoms(bytes: &[u8]) -> Vec<Any> {
    let mut cursor = Cursor::new(bytes);
    let atoms = std::iter::from_fn(|| Option::<Any>::read_from(&mut cursor).expect("well-formed boxes")).collect();
    assert_eq!(cursor.position(), bytes.len() as u64, "nothing is left over");
    atoms
}

#[test]
fn a_cmaf_header_declares_one_mono_track_at_48_khz_without_an_edit_list_or_pre_skip() {
    for rendition in Rendition::ALL {
        let header = headers(rendition, "A title").cmaf;
        let mut cursor = Cursor::new(&header[..]);
        let ftyp = Ftyp::decode(&mut cursor).unwrap();
        assert!(ftyp.compatible_brands.contains(&b"cmfc".into()));
        let moov = Moov::decode(&mut cursor).unwrap();
        assert_eq!(cursor.position(), header.len() as u64);

        let track = &moov.trak[0];
        assert_eq!((moov.trak.len(), track.mdia.mdhd.timescale), (1, 48_000));
        assert!(track.edts.is_none());
        let trex = &moov.mvex.as_ref().unwrap().trex[0];
        assert_eq!(u64::from(trex.default_sample_duration), rendition.codec().frame_samples());

        match &track.mdia.minf.stbl.stsd.codecs[..] {
            [Entry::Opus(opus)] => {
                assert_eq!(rendition.codec(), Codec::Opus);
                assert_eq!((opus.dops.output_channel_count, opus.dops.pre_skip), (1, 0));
                assert_eq!((opus.audio.channel_count, opus.audio.sample_rate.integer()), (1, 48_000));
            }
            [Entry::Mp4a(aac)] => {
                assert_eq!(rendition.codec(), Codec::Aac);
                let config = &aac.esds.es_desc.dec_config;
                assert_eq!((config.object_type_indication, config.stream_type), (0x40, 5));
                let lc = config.dec_specific.as_ref().unwrap();
                assert_eq!((lc.profile, lc.freq_index, lc.chan_conf), (2, 3, 1));
            }
            other => panic!("one sample entry, not {other:?}"),
        }
    }
}

#[test]
fn a_chunk_holds_exactly_its_frames_at_exactly_their_media_time() {
    for rendition in Rendition::ALL {
        let codec = rendition.codec();
        let base = 300_000 / PARTS_PER_SEGMENT * SEGMENT_SAMPLES / codec.frame_samples();
        for (index, part) in parts(rendition, base, base + 200).iter().enumerate() {
            assert_eq!(part.number, 300_000 + index as u64);
            let [Any::Moof(moof), Any::Mdat(mdat)] = &atoms(&part.cmaf)[..] else { panic!("moof and mdat") };
            assert_eq!(u64::from(moof.mfhd.sequence_number), part.number + 1);
            let traf = &moof.traf[0];
            assert_eq!(traf.tfdt.as_ref().unwrap().base_media_decode_time, part.start.0);
            assert!(traf.tfhd.default_base_is_moof);
            assert_eq!(traf.tfhd.default_sample_duration.map(u64::from), Some(codec.frame_samples()));
            let trun = &traf.trun[0];
            let mut at = trun.data_offset.unwrap() as usize;
            assert_eq!(at + mdat.data.len(), part.cmaf.len(), "the data begins behind the header of mdat");
            let expected: Vec<_> = frames_of(part, codec).collect();
            assert_eq!(trun.samples.len(), expected.len());
            for (sample, expected) in trun.samples.iter().zip(&expected) {
                let size = sample.size.unwrap() as usize;
                assert_eq!(&part.cmaf[at..at + size], expected);
                at += size;
            }
        }
    }
}

#[test]
fn every_chunk_decodes_as_a_moof_whose_samples_inherit_sync_flags() {
    let moov_flags = {
        let header = headers(Rendition::Opus96, "").cmaf;
        let mut cursor = Cursor::new(&header[..]);
        Ftyp::decode(&mut cursor).unwrap();
        Moov::decode(&mut cursor).unwrap().mvex.unwrap().trex[0].default_sample_flags
    };
    // sample_is_non_sync_sample is bit 16 (ISO/IEC 14496-12, section 8.8.3.1).
    assert_eq!(moov_flags & 0x0001_0000, 0);
    let part = &parts(Rendition::Opus96, 0, 10)[0];
    let moof = Moof::decode(&mut Cursor::new(&part.cmaf[..])).unwrap();
    assert!(moof.traf[0].tfhd.default_sample_flags.is_none());
    assert!(moof.traf[0].trun[0].samples.iter().all(|s| s.flags.is_none()));
}

#[test]
fn ogg_is_two_header_pages_then_one_page_for_each_part_then_an_end() {
    let headers = headers(Rendition::Opus48, "Evening, mit Ümlaut");
    let parts = parts(Rendition::Opus48, 0, 192);
    let mut stream = headers.raw.to_vec();
    for part in &parts {
        stream.extend(&part.raw);
    }
    stream.extend(trailer(Rendition::Opus48, parts.last().unwrap().number + 1));

    let mut reader = ogg::PacketReader::new(Cursor::new(stream));
    let head = reader.read_packet_expected().unwrap();
    assert!(head.first_in_stream() && head.last_in_page());
    assert_eq!(head.data, b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0");
    let tags = reader.read_packet_expected().unwrap();
    assert!(tags.data.starts_with(b"OpusTags\x08\0\0\0Hustings\x02\0\0\0"));
    let text = String::from_utf8_lossy(&tags.data).into_owned();
    assert!(text.contains("TITLE=Evening, mit Ümlaut") && text.ends_with("ENCODER=Hustings"));
    for part in &parts {
        for frame in frames_of(part, Codec::Opus) {
            let packet = reader.read_packet_expected().unwrap();
            assert_eq!(packet.data, frame);
            assert_eq!(packet.absgp_page(), part.start.0 + u64::from(part.samples));
            assert_eq!(packet.stream_serial(), head.stream_serial());
        }
    }
    assert!(reader.read_packet().unwrap().is_none());
}

/// Page sequence number, flags and count of segments of a page.
fn page(bytes: &[u8]) -> (u32, u8, u8) {
    (u32::from_le_bytes(bytes[18..22].try_into().expect("four bytes")), bytes[5], bytes[26])
}

#[test]
fn ogg_pages_are_numbered_by_part_so_that_a_cursor_may_change_rendition_at_any_page() {
    for (low, high) in parts(Rendition::Opus48, 0, 300).iter().zip(parts(Rendition::Opus96, 0, 300)) {
        assert_eq!(page(&low.raw), page(&high.raw));
        assert_eq!(u64::from(page(&low.raw).0), low.number + 2);
    }
    assert_eq!(headers(Rendition::Opus48, "t"), headers(Rendition::Opus96, "t"));
    assert_eq!(page(&trailer(Rendition::Opus96, 300_000)), (300_002, 4, 0));
    // One page holds ten of the largest frames that Opus allows (RFC 6716, section 3.2.1).
    let mut packager = Packager::new(Rendition::Opus96, false);
    let part = (0..10).find_map(|k| packager.push(MediaTime(k * 960), &[7; 1275])).unwrap();
    let mut stream = headers(Rendition::Opus96, "").raw.to_vec();
    stream.extend(&part.raw);
    let mut reader = ogg::PacketReader::new(Cursor::new(stream));
    let sizes: Vec<_> = std::iter::from_fn(|| reader.read_packet().unwrap()).map(|p| p.data.len()).collect();
    assert_eq!(sizes[2..], [1275; 10]);
}

#[test]
fn a_title_of_any_length_fits_the_comment_page() {
    let long = headers(Rendition::Opus96, &"🎙".repeat(100_000));
    let mut reader = ogg::PacketReader::new(Cursor::new(&long.raw[..]));
    reader.read_packet_expected().unwrap();
    assert_eq!(reader.read_packet_expected().unwrap().data.iter().filter(|b| **b == 0xf0).count(), 200);
}

#[test]
fn adts_frames_stand_alone() {
    assert!(headers(Rendition::Aac96, "t").raw.is_empty() && trailer(Rendition::Aac96, 1).is_empty());
    for part in parts(Rendition::Aac96, 0, 180) {
        let mut rest = &part.raw[..];
        for expected in frames_of(&part, Codec::Aac) {
            let bits = rest[..7].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
            let field = |from: u32, len: u32| bits >> (56 - from - len) & ((1 << len) - 1);
            assert_eq!(
                (field(0, 12), field(12, 1), field(13, 2), field(15, 1)),
                (0xfff, 0, 0, 1),
                "sync, MPEG-4, no CRC"
            );
            assert_eq!((field(16, 2), field(18, 4), field(23, 3)), (1, 3, 1), "LC, 48 kHz, one channel");
            assert_eq!(field(54, 2), 0, "one frame");
            let (adts, others) = rest.split_at(field(30, 13) as usize);
            assert_eq!(adts[7..], expected);
            rest = others;
        }
        assert!(rest.is_empty());
    }
}

#[test]
fn a_part_comes_out_with_its_last_frame_and_not_one_frame_later() {
    for rendition in Rendition::ALL {
        let (codec, mut packager) = (rendition.codec(), Packager::new(rendition, false));
        let size = codec.frame_samples();
        for k in 0..400 {
            let ends = part_of(codec, MediaTime(k * size)) != part_of(codec, MediaTime((k + 1) * size));
            let part = packager.push(MediaTime(k * size), &frame(k));
            assert_eq!(part.is_some(), ends);
            if let Some(part) = part {
                assert_eq!(part.start.0 + u64::from(part.samples), (k + 1) * size);
            }
        }
    }
}

#[test]
fn the_parts_of_one_number_begin_within_one_frame_of_each_other_in_all_renditions() {
    for (opus, aac) in parts(Rendition::Opus96, 0, 960).iter().zip(parts(Rendition::Aac96, 0, 900)) {
        assert_eq!(opus.number, aac.number);
        assert!(opus.start.0.abs_diff(aac.start.0) < 1024);
        assert_eq!(opus.number.is_multiple_of(PARTS_PER_SEGMENT), opus.start.0.is_multiple_of(SEGMENT_SAMPLES));
    }
}

#[test]
fn a_packager_that_starts_in_the_middle_of_a_part_waits_for_the_next() {
    let first = &parts(Rendition::Opus96, 13, 60)[0];
    assert_eq!((first.number, first.start, first.discontinuity), (2, MediaTime(20 * 960), false));
}

#[test]
fn the_last_part_may_be_short_and_a_packager_without_frames_has_none() {
    let all = parts(Rendition::Aac96, 0, 11);
    assert_eq!(all.iter().map(|p| p.samples).collect::<Vec<_>>(), [9 * 1024, 2 * 1024]);
    assert!(Packager::new(Rendition::Aac96, false).finish().is_none());
}

#[test]
fn a_gap_costs_the_part_it_lies_in_and_marks_the_next() {
    let size = Codec::Opus.frame_samples();
    let too_large = [0; 7000];
    for fault in ["missing", "too large", "off the grid"] {
        let mut packager = Packager::new(Rendition::Opus96, true);
        let mut made = Vec::new();
        for k in 0..50 {
            made.extend(match (k, fault) {
                (23, "missing") => None,
                (23, "too large") => packager.push(MediaTime(k * size), &too_large),
                (23, _) => packager.push(MediaTime(k * size + 1), &frame(k)),
                _ => packager.push(MediaTime(k * size), &frame(k)),
            });
        }
        let seen: Vec<_> = made.iter().map(|p| (p.number, p.discontinuity)).collect();
        assert_eq!(seen, [(0, true), (1, false), (3, true), (4, false)], "{fault}");
    }
}

#[test]
fn a_frame_that_comes_twice_is_taken_once() {
    let mut packager = Packager::new(Rendition::Opus96, false);
    let made: Vec<_> = (0..40)
        .flat_map(|k| [packager.push(MediaTime(k * 960), &frame(k)), packager.push(MediaTime(k * 960), &frame(k))])
        .flatten()
        .collect();
    assert_eq!(made, parts(Rendition::Opus96, 0, 39)[..4]);
}
