//! Levels for the score: the loudest tick of every 100 ms of each voice, sent as one batch a second.

use std::collections::BTreeMap;

use hustings_vocab::SeatId;
use hustings_vocab::event::{Levels, VoiceLevels};

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

/// Collects the levels of one conversation.
#[derive(Debug, Default)]
pub(crate) struct LevelMeter {
    voices: BTreeMap<SeatId, [u8; STEPS]>,
    ticks: usize,
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
            .map(|(seat, row)| VoiceLevels { seat, dbov: row.to_vec() })
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
