//! The fader between stage and audience: open while the conversation is on air, closed in the lobby and on a break.

use hustings_vocab::TICK_SAMPLES;

/// Moves within one tick, linearly, so that nothing clicks.
#[derive(Debug, Default)]
pub(crate) struct Fader {
    open: bool,
}

impl Fader {
    /// One tick of the mix as the audience hears it.
    pub(crate) fn pass(&mut self, mix: &[f32; TICK_SAMPLES], on_air: bool) -> [f32; TICK_SAMPLES] {
        let was = std::mem::replace(&mut self.open, on_air);
        let slope = |n: usize| n as f32 / TICK_SAMPLES as f32;
        match (was, on_air) {
            (true, true) => *mix,
            (false, false) => [0.0; TICK_SAMPLES],
            (false, true) => std::array::from_fn(|n| mix[n] * slope(n)),
            (true, false) => std::array::from_fn(|n| mix[n] * (1.0 - slope(n))),
        }
    }
}
