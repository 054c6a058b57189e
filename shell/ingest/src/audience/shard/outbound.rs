//! What a shard sends: frames in their slots, reports, what was asked for again, and goodbyes.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant, SystemTime};

use hustings_fan::Key;
use hustings_vocab::{SAMPLE_RATE, limits};
use hustings_whep::{Frame, SenderReport, goodbye};

use super::Shard;
use crate::audience::crowd::Step;

/// Bytes around an Opus packet: the header of RTP and the longest tag.
const AROUND: usize = 12 + 16;
/// Frames between two sender reports: 5 s (RFC 3550, section 6.2).
const REPORT_EVERY: u64 = 250;
/// A packet that leaves later than this after its slot is late: the next one is due.
const LATE: Duration = Duration::from_millis(20);
/// Seconds from 1900, where NTP counts from, to 1970.
const NTP_1970: u64 = 2_208_988_800;

impl Shard {
    /// Sends every slot that is due, of all crowds in turn.
    pub(super) fn send_due(&mut self) {
        loop {
            let now = Instant::now();
            let due = self.crowds.iter_mut().filter_map(|(id, crowd)| Some((*id, crowd.step(now)?)));
            let due: Vec<_> = due.collect();
            if due.is_empty() {
                return;
            }
            due.into_iter().for_each(|(crowd, step)| self.send_step(crowd, step));
            self.flush();
        }
    }

    fn send_step(&mut self, id: u32, step: Step) {
        let Some(crowd) = self.crowds.get(&id) else { return };
        let Some(frame) = crowd.reel.frame(step.frame) else { return };
        // Reports are due for a few in each step, and hardly anybody changes.
        let (mut reporting, mut changing) = (Vec::new(), Vec::new());
        let mut packets = 0;
        for key in crowd.members(step.slot) {
            let Some(listener) = self.listeners.find(*key) else { continue };
            let (Some(track), Some(place)) = (&listener.track, &listener.place) else { continue };
            self.out.add(place.socket, &place.addr, frame.packet.len() + AROUND, |out| track.write(frame, out));
            packets += 1;
            if (frame.number + listener.key.0).is_multiple_of(REPORT_EVERY) {
                reporting.push(*key);
            }
            if listener.wants.is_some() && listener.crowd == id {
                changing.push(*key);
            }
        }
        let now = Instant::now();
        let behind = now.saturating_duration_since(step.due);
        if behind > LATE {
            self.house.counters.late.fetch_add(packets, Relaxed);
        }
        // The moment of the frame's slot and its media time belong together.
        let since = behind.as_micros() as u64 * u64::from(SAMPLE_RATE) / 1_000_000;
        let (rtp_time, ntp) = ((frame.t.0 + since) as u32, ntp(SystemTime::now()));
        for key in reporting {
            let Some(listener) = self.listeners.find_mut(key).filter(|l| l.crowd == id) else { continue };
            let (Some(track), Some(place)) = (&mut listener.track, &listener.place) else { continue };
            let (packets, octets) = track.sent(&crowd.reel);
            let (packets, octets) = (packets as u32, octets as u32);
            let mut report = SenderReport { ssrc: track.ssrc(), ntp, rtp_time, packets, octets }.compound();
            if track.rtcp(&mut report) {
                self.out.copy(place.socket, &place.addr, &report);
            }
        }
        let last = frame.clone();
        changing.into_iter().for_each(|key| self.change(key, &last));
    }

    /// Goes on with another rendition after this frame, if that has what follows.
    fn change(&mut self, seat: Key, last: &Frame) {
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        let (Some(track), Some(place)) = (&mut listener.track, &listener.place) else { return };
        let Some(to) = listener.wants.and_then(|wants| self.crowds.get(&wants)) else { return };
        if !track.retune(last, &to.reel) {
            return;
        }
        // What the other crowd has been sent already at this slot is sent now.
        let passed = (to.reel.oldest()..to.reel.next()).filter(|number| to.has_passed(*number, listener.slot));
        for frame in passed.filter_map(|number| to.reel.frame(number)) {
            self.out.add(place.socket, &place.addr, frame.packet.len() + AROUND, |out| track.write(frame, out));
        }
        let (left, slot) = (listener.crowd, listener.slot);
        if let Some(wants) = listener.wants.take() {
            listener.crowd = wants;
            self.leave(left, seat, slot);
        }
    }

    /// Sends again what a listener misses and the window still has.
    pub(super) fn resend(&mut self, seat: Key, missing: &[u16]) {
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        let Some(crowd) = self.crowds.get(&listener.crowd) else { return };
        let mut resent = 0;
        for sequence in missing.iter().take(limits::WHEP_WINDOW_FRAMES_MAX) {
            let frame = listener.track.as_ref().and_then(|track| track.find(&crowd.reel, *sequence));
            let Some(frame) = frame else { continue };
            if !listener.may_resend(&crowd.reel) {
                break;
            }
            let (Some(track), Some(place)) = (&listener.track, &listener.place) else { break };
            self.out.add(place.socket, &place.addr, frame.packet.len() + AROUND, |out| track.write(frame, out));
            resent += 1;
        }
        self.house.counters.nacked.fetch_add(missing.len() as u64, Relaxed);
        self.house.counters.resent.fetch_add(resent, Relaxed);
    }

    /// RTCP BYE and DTLS close_notify, as far as the listener has come.
    pub(super) fn say_goodbye(&mut self, seat: Key) {
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        let Some(place) = &listener.place else { return };
        let out = &mut self.out;
        if let Some(track) = &mut listener.track {
            let mut bye = goodbye(track.ssrc());
            if track.rtcp(&mut bye) {
                out.copy(place.socket, &place.addr, &bye);
            }
        }
        if let Some(handshake) = &mut listener.handshake {
            handshake.close(&mut self.scratch[..], &mut |record| out.copy(place.socket, &place.addr, record));
        }
        self.flush();
    }

    /// Sends what was gathered.
    pub(super) fn flush(&mut self) {
        let sent = self.out.flush();
        let counters = &self.house.counters;
        counters.datagrams_out.fetch_add(sent.datagrams, Relaxed);
        counters.bytes_out.fetch_add(sent.bytes, Relaxed);
        counters.unsent.fetch_add(sent.unsent, Relaxed);
    }
}

/// Wall-clock time as NTP counts it (RFC 3550, section 4).
fn ntp(now: SystemTime) -> u64 {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    (since.as_secs() + NTP_1970) << 32 | fraction
}
