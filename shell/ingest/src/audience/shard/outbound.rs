//! What a shard sends: frames in their slots, reports, what was asked for again, and goodbyes.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant, SystemTime};

use hustings_fan::Key;
use hustings_vocab::{SAMPLE_RATE, limits};
use hustings_whep::{SenderReport, goodbye};
use rustix::net::SocketAddrAny;

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

    fn send_step(&mut self, crowd: u32, step: Step) {
        let Some(crowd) = self.crowds.get(&crowd) else { return };
        let Some(frame) = crowd.reel.frame(step.frame) else { return };
        let mut reports = Vec::new();
        let mut sent = super::Sent::default();
        let mut packets = 0;
        for key in crowd.members(step.slot) {
            let Some(listener) = self.listeners.find(*key) else { continue };
            let (Some(track), Some(place)) = (&listener.track, &listener.place) else { continue };
            let batch = &mut self.batches[place.socket];
            if !batch.fits(frame.packet.len() + AROUND) {
                sent += batch.flush(&self.sockets[place.socket]);
            }
            batch.add(&place.addr, |out| track.write(frame, out));
            packets += 1;
            if (frame.number + listener.key.0) % REPORT_EVERY == 0 {
                reports.push(*key);
            }
        }
        let (t, reel_key) = (frame.t, crowd);
        let now = Instant::now();
        if now.saturating_duration_since(step.due) > LATE {
            self.house.counters.late.fetch_add(packets, Relaxed);
        }
        // The moment of the frame's slot and its media time belong together.
        let ahead = now.saturating_duration_since(step.due).as_micros() as u64 * u64::from(SAMPLE_RATE) / 1_000_000;
        let rtp_time = (t.0 + ahead) as u32;
        let ntp = ntp(SystemTime::now());
        for key in reports {
            let Some(listener) = self.listeners.find_mut(key) else { continue };
            let (Some(track), Some(place)) = (&mut listener.track, &listener.place) else { continue };
            let (packets, octets) = track.sent(&reel_key.reel);
            let (packets, octets) = (packets as u32, octets as u32);
            let mut report = SenderReport { ssrc: track.ssrc(), ntp, rtp_time, packets, octets }.compound();
            if track.rtcp(&mut report) {
                let batch = &mut self.batches[place.socket];
                if !batch.fits(report.len()) {
                    sent += batch.flush(&self.sockets[place.socket]);
                }
                batch.add(&place.addr, |out| copy(&report, out));
            }
        }
        self.count(sent);
    }

    /// Sends again what a listener misses and the window still has.
    pub(super) fn resend(&mut self, seat: Key, missing: &[u16]) {
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        let Some(crowd) = self.crowds.get(&listener.crowd) else { return };
        let mut resent = 0;
        let mut sent = super::Sent::default();
        for sequence in missing.iter().take(limits::WHEP_WINDOW_FRAMES_MAX) {
            let Some(track) = &listener.track else { break };
            let Some(frame) = track.find(&crowd.reel, *sequence) else { continue };
            if !listener.may_resend(&crowd.reel) {
                break;
            }
            let (Some(track), Some(place)) = (&listener.track, &listener.place) else { break };
            let batch = &mut self.batches[place.socket];
            if !batch.fits(frame.packet.len() + AROUND) {
                sent += batch.flush(&self.sockets[place.socket]);
            }
            batch.add(&place.addr, |out| track.write(frame, out));
            resent += 1;
        }
        self.count(sent);
        self.house.counters.nacked.fetch_add(missing.len() as u64, Relaxed);
        self.house.counters.resent.fetch_add(resent, Relaxed);
    }

    /// RTCP BYE and DTLS close_notify, as far as the listener has come.
    pub(super) fn say_goodbye(&mut self, seat: Key) {
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        let Some(place) = &listener.place else { return };
        let mut datagrams = Vec::new();
        if let Some(track) = &mut listener.track {
            let mut bye = goodbye(track.ssrc());
            if track.rtcp(&mut bye) {
                datagrams.push(bye);
            }
        }
        if let Some(handshake) = &mut listener.handshake {
            handshake.close(&mut self.scratch[..], &mut |record| datagrams.push(record.to_vec()));
        }
        let (socket, addr) = (place.socket, place.addr.clone());
        datagrams.iter().for_each(|datagram| self.send(socket, &addr, datagram));
        self.flush();
    }

    /// Adds a datagram to what is sent next.
    pub(super) fn send(&mut self, socket: usize, to: &SocketAddrAny, datagram: &[u8]) {
        if !self.batches[socket].fits(datagram.len()) {
            self.flush();
        }
        self.batches[socket].add(to, |out| copy(datagram, out));
    }

    /// Sends what was gathered.
    pub(super) fn flush(&mut self) {
        for (batch, socket) in self.batches.iter_mut().zip(&self.sockets) {
            let sent = batch.flush(socket);
            let counters = &self.house.counters;
            counters.datagrams_out.fetch_add(sent.datagrams, Relaxed);
            counters.bytes_out.fetch_add(sent.bytes, Relaxed);
            counters.unsent.fetch_add(sent.unsent, Relaxed);
        }
    }
}

fn copy(datagram: &[u8], out: &mut [u8]) -> Option<usize> {
    out.get_mut(..datagram.len())?.copy_from_slice(datagram);
    Some(datagram.len())
}

/// Wall-clock time as NTP counts it (RFC 3550, section 4).
fn ntp(now: SystemTime) -> u64 {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    (since.as_secs() + NTP_1970) << 32 | fraction
}
