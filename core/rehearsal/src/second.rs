//! What the listeners of a rehearsal met within one second, by tier, and how the program that plays them fared.

use hustings_gate::Tier;
use serde::{Deserialize, Serialize};

use crate::Spread;

/// One second of a rehearsal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// Which, from 0 on.
    pub second: u32,
    /// In the order of [`Tier::ALL`].
    pub tiers: [TierSecond; 3],
    /// The program that plays the listeners.
    pub own: Own,
}

/// One second of the listeners of one tier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TierSecond {
    /// Came, for the first time or again.
    pub offered: u64,
    /// Were let in: the server began to answer with sound.
    pub admitted: u64,
    /// Were not: an answer that is no sound, or no connection.
    pub refused: u64,
    /// Were in, and lost the line against their will.
    pub lost: u64,
    /// Left because the plan says so.
    pub left: u64,
    /// At the end of the second: have a place in the queue and come back to ask.
    pub waiting: u64,
    /// At the end of the second: asked, and have no answer yet.
    pub asking: u64,
    /// At the end of the second: were let in and have heard something.
    pub hearing: u64,
    /// Of those who were hearing: seconds in which sound that was due had not arrived.
    pub glitch_seconds: u64,
    /// Bytes that came.
    pub bytes: u64,
    /// From the last request that let them in to the first sound from the loudspeaker.
    pub first_audio_ms: Spread,
    /// How far behind the mixer they hear, one sample of each listener.
    pub delay_ms: Spread,
    /// From the first call to being let in, of those who had to wait.
    pub waited_ms: Spread,
}

/// How the program that plays the listeners fared: whether the figures are the server's or its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Own {
    /// Seconds of processor time of all its processes.
    pub cpu_seconds: f64,
    /// Of the busiest process.
    pub busiest: f64,
    /// The longest that one of them did not look at its sockets, in milliseconds.
    pub late_ms: f64,
    /// Connections for which this machine had no address or descriptor.
    pub errors: u64,
    /// What the server's processes took for the audience, where they run on this machine and may be seen.
    pub server_cpu_seconds: Option<f64>,
}

impl Second {
    /// Adds what another process met in the same second.
    pub fn merge(&mut self, other: &Self) {
        self.tiers.iter_mut().zip(&other.tiers).for_each(|(own, other)| own.merge(other));
        self.own.merge(&other.own);
    }

    /// All tiers together.
    #[must_use]
    pub fn all(&self) -> TierSecond {
        let mut sum = TierSecond::default();
        self.tiers.iter().for_each(|tier| sum.merge(tier));
        sum
    }

    /// Those of one tier.
    #[must_use]
    pub fn of(&self, tier: Tier) -> &TierSecond {
        &self.tiers[tier as usize]
    }

    /// Those of one tier.
    pub fn of_mut(&mut self, tier: Tier) -> &mut TierSecond {
        &mut self.tiers[tier as usize]
    }
}

impl TierSecond {
    fn merge(&mut self, other: &Self) {
        self.offered += other.offered;
        self.admitted += other.admitted;
        self.refused += other.refused;
        self.lost += other.lost;
        self.left += other.left;
        self.waiting += other.waiting;
        self.asking += other.asking;
        self.hearing += other.hearing;
        self.glitch_seconds += other.glitch_seconds;
        self.bytes += other.bytes;
        self.first_audio_ms.merge(&other.first_audio_ms);
        self.delay_ms.merge(&other.delay_ms);
        self.waited_ms.merge(&other.waited_ms);
    }
}

impl Own {
    /// Adds another process.
    pub fn merge(&mut self, other: &Self) {
        self.cpu_seconds += other.cpu_seconds;
        self.busiest = self.busiest.max(other.busiest);
        self.late_ms = self.late_ms.max(other.late_ms);
        self.errors += other.errors;
        if let Some(more) = other.server_cpu_seconds {
            *self.server_cpu_seconds.get_or_insert_default() += more;
        }
    }
}
