//! Levels for the score: the loudest tick of every 100 ms of each voice, sent as one batch a second.

use std::collections::BTreeMap;

use hustings_vocab::SeatId;
use hustings_vocab::event::{Levels, Roster, VoiceLevels};

/// Milliseconds that each number stands for.
const STEP_MS: u16 = 100;
/// Ticks in one step.
const TICKS_PER_STEP: usize = 5;
/// Steps in one batch.
const STEPS: usize = 10;
/// Level of silence (RFC 6464).
const SILENCE: u8 = 127;
/// What is quieter than this is not drawn: the noise of an open microphone is not speech.
const AUDIBLE: u8 = 70;
/// What is louder than this in a tick is speech: 20 dB under a normal voice, 20 dB over a quiet room. Pauses between words
/// do not count.
const SPEAKING: u8 = 45;
/// Length of a tick.
const TICK_MS: u64 = 20;

/// Collects the levels of one conversation.
#[derive(Debug, Default)]
pub(crate) struct LevelMeter {
    voices: BTreeMap<SeatId, [u8; STEPS]>,
    ticks: usize,
    /// Ticks on air in which a seat was speaking, since the conversation was opened here.
    spoken: BTreeMap<SeatId, u64>,
}

impl LevelMeter {
    /// Takes in the level of one voice in this tick.
    pub(crate) fn voice(&mut self, seat: &SeatId, dbov: u8) {
        let row = match self.voices.get_mut(seat) {
            Some(row) => row,
            None => self.voices.entry(seat.clone()).or_insert([SILENCE; STEPS]),
        };
        let step = &mut row[self.ticks / TICKS_PER_STEP];
        *step = (*step).min(dbov);
        if dbov <= SPEAKING {
            match self.spoken.get_mut(seat) {
                Some(ticks) => *ticks += 1,
                None => drop(self.spoken.insert(seat.clone(), 1)),
            }
        }
    }

    /// How long a seat has spoken, in milliseconds.
    fn spoke_ms(&self, seat: &SeatId) -> u64 {
        self.spoken.get(seat).map_or(0, |ticks| ticks * TICK_MS)
    }

    /// A roster with everybody's speaking time.
    pub(crate) fn timed(&self, mut roster: Roster) -> Roster {
        for speaker in &mut roster.speakers {
            speaker.spoke_ms = self.spoke_ms(&speaker.seat);
        }
        roster
    }

    /// Ends this tick. Once a second there is a batch, unless all were silent.
    pub(crate) fn end_tick(&mut self) -> Option<Levels> {
        self.ticks += 1;
        if self.ticks < TICKS_PER_STEP * STEPS {
            return None;
        }
        self.ticks = 0;
        let rows = std::mem::take(&mut self.voices).into_iter();
        let voices: Vec<_> = rows
            .filter(|(_, row)| row.iter().any(|level| *level <= AUDIBLE))
            .map(|(seat, row)| VoiceLevels { spoke_ms: self.spoke_ms(&seat), seat, dbov: row.to_vec() })
            .collect();
        (!voices.is_empty()).then_some(Levels { step_ms: STEP_MS, voices })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_speech_is_one_row_of_ten() {
        let mut meter = LevelMeter::default();
        let (ada, bo) = ("ada".parse().unwrap(), "bo".parse().unwrap());
        for tick in 0..50 {
            meter.voice(&ada, if tick == 7 { 20 } else { 60 });
            meter.voice(&bo, 127);
            let batch = meter.end_tick();
            assert_eq!(batch.is_some(), tick == 49);
            if let Some(batch) = batch {
                assert_eq!(batch.voices.len(), 1);
                assert_eq!(batch.voices[0].dbov, [60, 20, 60, 60, 60, 60, 60, 60, 60, 60]);
            }
        }
    }
}
