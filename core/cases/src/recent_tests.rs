//! What is kept, for how long, and that what is gone is gone.

use super::*;

/// A moment at the beginning of a minute.
const NOON: u64 = 1_800_000_000_000;

fn heard(at_ms: u64, bytes: usize) -> Heard {
    Heard { at_ms, rtp_time: at_ms * 48, payload: Bytes::from(vec![0xfc; bytes]) }
}

fn room(seats: &[&str]) -> Recent {
    let mut recent = Recent::default();
    for (n, seat) in seats.iter().enumerate() {
        recent.enter(n as u64, seat.parse().unwrap(), seat.to_uppercase());
    }
    recent
}

/// Speaks for so many seconds, 50 packets each.
fn speak(recent: &mut Recent, sessions: &[u64], from_ms: u64, seconds: u64) {
    for second in 0..seconds {
        for packet in 0..50 {
            let at = from_ms + second * 1000 + packet * 20;
            sessions.iter().for_each(|session| recent.take(*session, heard(at, 80)));
        }
        recent.tick(from_ms + second * 1000 + 1000, usize::MAX, || [second as u8; 32]);
    }
}

#[test]
fn a_pinned_stretch_has_each_speakers_packets_and_no_others() {
    let mut recent = room(&["ann", "bo", "silent"]);
    speak(&mut recent, &[0, 1], NOON, 100);
    let tracks = recent.tracks(NOON + 30_000, NOON + 90_000);
    assert_eq!(tracks.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["ANN", "BO"]);
    for track in &tracks {
        let packets = &track.lines[0];
        assert_eq!(packets.len(), 60 * 50);
        assert_eq!((packets[0].at_ms, packets[0].rtp_time), (NOON + 30_000, (NOON + 30_000) * 48));
        assert_eq!(packets.last().unwrap().at_ms, NOON + 89_980);
    }
}

#[test]
fn what_has_just_been_said_is_there_before_it_is_sealed() {
    let mut recent = room(&["ann"]);
    recent.take(0, heard(NOON, 80));
    assert_eq!(recent.tracks(NOON, NOON + 1)[0].lines[0].len(), 1);
    assert_eq!(recent.bytes(), 0);
}

#[test]
fn after_six_minutes_a_minute_is_gone_with_its_key() {
    let mut recent = room(&["ann"]);
    speak(&mut recent, &[0], NOON, 60);
    assert!(recent.bytes() > 0);
    // What is kept of it never has the sound in it.
    let open: Vec<u8> = vec![0xfc; 80];
    assert!(!recent.minutes[0].stretches[0].sealed.windows(80).any(|w| w == open));
    recent.tick(NOON + 5 * 60_000 + 59_999, usize::MAX, || [0; 32]);
    assert_eq!(recent.tracks(0, u64::MAX)[0].lines[0].len(), 60 * 50);
    recent.tick(NOON + 6 * 60_000, usize::MAX, || [0; 32]);
    assert_eq!(recent.tracks(0, u64::MAX)[0].lines[0].len(), 50, "the last second was sealed in the next minute");
    recent.tick(NOON + 7 * 60_000, usize::MAX, || [0; 32]);
    assert!(recent.tracks(0, u64::MAX).is_empty());
    assert_eq!(recent.bytes(), 0);
    assert!(!recent.is_empty(), "somebody is there still");
    recent.leave(0);
    recent.tick(NOON + 7 * 60_000, usize::MAX, || [0; 32]);
    assert!(recent.is_empty() && recent.speakers.is_empty());
}

#[test]
fn each_minute_has_a_key_of_its_own() {
    let mut recent = room(&["ann"]);
    speak(&mut recent, &[0], NOON, 130);
    assert_eq!(recent.minutes.len(), 3);
    let stolen = &recent.minutes[0].stretches[0].sealed;
    assert!(recent.minutes[0].key.open(0, stolen).is_some());
    assert!(recent.minutes[1].key.open(0, stolen).is_none());
}

#[test]
fn a_flood_costs_a_second_of_its_own_speaker_and_no_more() {
    let mut recent = room(&["ann", "flood"]);
    for n in 0..10_000 {
        recent.take(1, heard(NOON + n % 1000, 1275));
        recent.take(1, heard(NOON + n % 1000, limits::OPUS_PACKET_BYTES_MAX + 1));
    }
    recent.take(0, heard(NOON, 80));
    recent.take(7, heard(NOON, 80));
    recent.tick(NOON + 1000, usize::MAX, || [1; 32]);
    assert!(recent.bytes() <= limits::RECENT_SECOND_BYTES_MAX + 2 * 16 + 98, "{}", recent.bytes());
    assert_eq!(recent.tracks(0, u64::MAX).len(), 2);
}

#[test]
fn too_much_goes_from_the_oldest_minute_on_and_the_running_one_stays() {
    let mut recent = room(&["ann"]);
    speak(&mut recent, &[0], NOON, 200);
    recent.tick(NOON + 201_000, 1, || [1; 32]);
    assert_eq!(recent.minutes.len(), 1);
    assert_eq!(recent.minutes[0].number, NOON / 60_000 + 3);
    assert_eq!(share(0), limits::RECENT_BYTES_MAX);
    assert_eq!(share(1000), limits::RECENT_BYTES_ALL_MAX / 1000);
}

#[test]
fn a_seat_that_comes_back_has_one_track() {
    let mut recent = room(&["ann", "ann"]);
    speak(&mut recent, &[0], NOON, 3);
    recent.leave(0);
    speak(&mut recent, &[1], NOON + 3000, 3);
    let tracks = recent.tracks(0, u64::MAX);
    assert_eq!((tracks.len(), tracks[0].lines.len()), (1, 2));
}
