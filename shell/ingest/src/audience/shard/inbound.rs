//! What comes to a shard: checks, handshakes and RTCP.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use hustings_fan::Key;
use hustings_vocab::limits;
use hustings_whep::Heard;

use super::{Ended, Shard};
use crate::audience::handshake::{Handshake, Progress};
use crate::gate::{Kind, Refusal, STUN_ANSWER_BYTES_MAX, Source, Transport};

/// Datagrams taken from a socket in one go: a millisecond's worth of 4,000 a second, a hundred times over.
const BATCH: usize = 256;

impl Shard {
    /// Takes in what has come to a socket, but no longer than until the next slot is due.
    pub(super) fn receive(&mut self, socket: usize) {
        // One byte more than may come, to tell what was cut short.
        let mut buffer = [0; limits::DATAGRAM_BYTES_MAX + 1];
        let due = self.crowds.values_mut().filter_map(super::Crowd::due).min();
        for taken in 0..BATCH {
            match self.out.sockets[socket].recv_from(&mut buffer) {
                Ok((len, remote)) => {
                    let source = Source { transport: Transport::Udp, local: self.locals[socket], remote };
                    let now = Instant::now();
                    self.datagram(source, &mut buffer[..len], now);
                    // However busy, a few are taken each time, or nobody could ever leave.
                    if taken >= 8 && due.is_some_and(|due| due <= now) {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // An earlier datagram could not be delivered; the next one may.
                Err(error) => tracing::debug!(%error, "UDP"),
            }
        }
        self.flush();
    }

    fn datagram(&mut self, source: Source, datagram: &mut [u8], now: Instant) {
        let counters = &self.house.counters;
        counters.datagrams_in.fetch_add(1, Relaxed);
        counters.bytes_in.fetch_add(datagram.len() as u64, Relaxed);
        if let Err(refusal) = self.take(source, datagram, now) {
            self.house.counters.refuse(refusal);
        }
    }

    fn take(&mut self, source: Source, datagram: &mut [u8], now: Instant) -> Result<(), Refusal> {
        if datagram.len() > limits::DATAGRAM_BYTES_MAX {
            return Err(Refusal::Unknown);
        }
        match Kind::of(datagram).ok_or(Refusal::Unknown)? {
            Kind::Stun => self.check(source, datagram, now),
            Kind::Dtls => {
                let seat = self.owner(&source).ok_or(Refusal::UnvalidatedDtls)?;
                self.record(seat, datagram, now);
                Ok(())
            }
            Kind::Media => {
                let seat = self.owner(&source).ok_or(Refusal::UnvalidatedMedia)?;
                self.rtcp(seat, datagram)
            }
        }
    }

    /// Who is validated there.
    fn owner(&self, source: &Source) -> Option<Key> {
        self.by_session.get(&self.gate.owner(source)?).copied()
    }

    fn check(&mut self, source: Source, datagram: &[u8], now: Instant) -> Result<(), Refusal> {
        let mut answer = [0; STUN_ANSWER_BYTES_MAX];
        let checked = self.gate.answer(source, datagram, now, &mut answer)?;
        let seat = *self.by_session.get(&checked.session).ok_or(Refusal::UnknownUser)?;
        let socket = self.locals.iter().position(|local| *local == source.local).unwrap_or(0);
        self.out.copy(socket, &source.remote.into(), &answer[..checked.bytes]);
        let Some(listener) = self.listeners.find_mut(seat) else { return Ok(()) };
        listener.checked(source, checked.nominated, &self.locals, now);
        if listener.handshake.is_none() && listener.track.is_none() {
            let active = listener.offer.setup == crate::sdp::Setup::Passive;
            let fingerprint = listener.offer.fingerprint.clone();
            let Some(handshake) = Handshake::new(&self.house.certificate, fingerprint, active, now) else {
                self.end(seat, Ended::Broken);
                return Ok(());
            };
            listener.handshake = Some(Box::new(handshake));
            if active {
                self.tick(seat, now);
            }
            self.set_timer(seat, now);
        }
        Ok(())
    }

    fn record(&mut self, seat: Key, record: &[u8], now: Instant) {
        self.drive(seat, now, |handshake, scratch, out| handshake.packet(record, now, scratch, out));
        self.set_timer(seat, now);
    }

    /// Moves a handshake on that waits.
    pub(super) fn tick(&mut self, seat: Key, now: Instant) {
        self.drive(
            seat,
            now,
            |handshake, scratch, out| {
                if handshake.is_done() { Progress::Going } else { handshake.tick(now, scratch, out) }
            },
        );
    }

    fn drive(
        &mut self,
        seat: Key,
        now: Instant,
        turn: impl FnOnce(&mut Handshake, &mut [u8], &mut dyn FnMut(&[u8])) -> Progress,
    ) {
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        let (Some(handshake), Some(place)) = (&mut listener.handshake, &listener.place) else { return };
        let outlets = &mut self.out;
        let mut out = |record: &[u8]| outlets.copy(place.socket, &place.addr, record);
        // A state machine that panics over a record is one session's end and nobody else's.
        let progress = catch_unwind(AssertUnwindSafe(|| turn(handshake, &mut self.scratch[..], &mut out)));
        match progress {
            Ok(Progress::Going) => {}
            Ok(Progress::Done) => self.connected(seat, now),
            Ok(Progress::Goodbye) => self.end(seat, Ended::Left),
            Ok(Progress::Failed) => self.end(seat, Ended::Broken),
            Err(_) => {
                tracing::error!("the DTLS of a listener panicked and is ended");
                if let Some(listener) = self.listeners.find_mut(seat) {
                    listener.handshake = None;
                }
                self.end(seat, Ended::Broken);
            }
        }
    }

    fn connected(&mut self, seat: Key, now: Instant) {
        let Some(listener) = self.listeners.find_mut(seat) else { return };
        let Some(crowd) = self.crowds.get(&listener.crowd) else { return };
        // Within the first half of 16 bits; see `Track::new`.
        listener.connected(&crowd.reel, rand::random::<u16>() >> 1, &crowd.audience.hall.attendance);
        listener.timer = None;
        tracing::trace!(session = listener.key.0, ?now, "a WebRTC listener hears");
    }

    fn rtcp(&mut self, seat: Key, datagram: &mut [u8]) -> Result<(), Refusal> {
        // A listener sends no sound (RFC 5761, section 4).
        if !matches!(datagram.get(1).map(|b| b & 0x7f), Some(64..=95)) {
            return Err(Refusal::ForeignSsrc);
        }
        let Some(listener) = self.listeners.find_mut(seat) else { return Ok(()) };
        let Heard { report, missing, goodbye } = listener.hear(datagram)?;
        if let Some(report) = report {
            self.house.counters.reported(report.fraction_lost);
        }
        if goodbye {
            self.end(seat, Ended::Left);
        } else {
            self.resend(seat, &missing);
        }
        Ok(())
    }
}
