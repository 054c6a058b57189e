//! What the gate offers under pressure: bitrates and tiers of newcomers, and how fast a lost audience comes back. Absent: what presses,
//! which [`crate::shed`] judges.

use super::Gate;
use crate::Tier;
use crate::line::{Cap, Governor, Rung};
use crate::shed::Stage;
use crate::spread::spread_seconds;

impl Gate {
    /// What may be heard now.
    #[must_use]
    pub fn cap(&self) -> Cap {
        let cap = self.governor.as_ref().map_or(Cap::NONE, Governor::cap);
        if self.gives_up().gives_up(Stage::Bitrate) {
            return Cap { newcomers: cap.newcomers.min(Rung::Middle), ..cap };
        }
        cap
    }

    /// What is given up now, as of the last [`Gate::tick`].
    #[must_use]
    pub const fn gives_up(&self) -> Stage {
        self.shedding.stage()
    }

    /// Within how many seconds those who lose their line should come back, each at a random moment: see [`spread_seconds`].
    #[must_use]
    pub fn spread_seconds(&self) -> u32 {
        spread_seconds(self.seen.listening.iter().sum(), self.limits.returns_per_second)
    }

    /// What who asks for `tier` is offered: under pressure the next one that costs less. WebRTC costs a packet every 20 ms, so
    /// it is always the dearest; whether pieces of HLS are cheaper than a stream, only a measurement says.
    pub(super) fn offered(&self, tier: Tier) -> Tier {
        if !self.gives_up().gives_up(Stage::Tier) {
            return tier;
        }
        let cost = |tier: Tier| self.limits.costs[tier.index()];
        let cheaper = |other: &Tier| tier == Tier::Whep || cost(*other) < cost(tier);
        tier.below().find(cheaper).unwrap_or(tier)
    }
}
