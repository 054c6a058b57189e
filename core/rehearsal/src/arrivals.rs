//! When a crowd comes: curves over the ramp, each drawn listener by listener.
//!
//! A curve says how likely each moment of the ramp is; the number who come is given. So a ramp is a Poisson process of
//! which the number is known, and two runs with one seed are the same evening.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use crate::Chance;

/// How much faster a flash crowd comes at its beginning than at its end: e to this.
const FLASH: f64 = 4.0;
/// Doublings within a ramp.
const DOUBLINGS: f64 = 6.0;
/// Times that a square wave is on within a ramp.
const SQUARES: f64 = 4.0;
/// Of the ramp: how fast the crowd of one share dies down.
const SHARE_DECAY: f64 = 0.1;
/// Shares at most: more of them are an even crowd.
const SHARES_MAX: u32 = 1000;

/// How a crowd comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Arrivals {
    /// At any moment of the ramp alike.
    #[default]
    Even,
    /// Most at once, when the announced moment has come, and ever fewer.
    Flash,
    /// In four waves with nobody between them.
    Square,
    /// Twice as many in each sixth of the ramp as in the one before.
    Doubling,
    /// Of so many posts that are shared at random moments: each brings its crowd at once, which then dies down.
    Share(u32),
}

/// The text is no curve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no curve of arrivals: there are even, flash, square, doubling and share:N with N from 1 to {SHARES_MAX}"
)]
pub struct BadArrivals(String);

impl Arrivals {
    /// The moments at which `listeners` come, in order, within `ramp`.
    #[must_use]
    pub fn moments(self, listeners: usize, ramp: Duration, chance: &mut Chance) -> Vec<Duration> {
        let posts: Vec<f64> = match self {
            Self::Share(posts) => (0..posts).map(|_| chance.share() * (1.0 - SHARE_DECAY)).collect(),
            _ => Vec::new(),
        };
        let mut moments: Vec<_> = (0..listeners).map(|_| ramp.mul_f64(self.moment(&posts, chance))).collect();
        moments.sort_unstable();
        moments
    }

    /// One moment, as a share of the ramp: the inverse of the curve's distribution at a draw.
    fn moment(self, posts: &[f64], chance: &mut Chance) -> f64 {
        let u = chance.share();
        match self {
            Self::Even => u,
            Self::Flash => -(u * (-FLASH).exp_m1()).ln_1p() / FLASH,
            Self::Square => {
                let wave = u * SQUARES;
                (wave.floor() + wave.fract() / 2.0) / SQUARES
            }
            Self::Doubling => (u * (DOUBLINGS.exp2() - 1.0)).ln_1p() / core::f64::consts::LN_2 / DOUBLINGS,
            Self::Share(_) => {
                let post = posts.get(chance.below(posts.len())).copied().unwrap_or_default();
                (post - SHARE_DECAY * (1.0 - u).ln()).min(1.0)
            }
        }
    }
}

impl FromStr for Arrivals {
    type Err = BadArrivals;

    fn from_str(text: &str) -> Result<Self, BadArrivals> {
        match text {
            "even" => Ok(Self::Even),
            "flash" => Ok(Self::Flash),
            "square" => Ok(Self::Square),
            "doubling" => Ok(Self::Doubling),
            _ => {
                let posts = text.strip_prefix("share:").and_then(|n| n.parse().ok());
                let posts = posts.filter(|n| (1..=SHARES_MAX).contains(n));
                posts.map(Self::Share).ok_or_else(|| BadArrivals(text.to_owned()))
            }
        }
    }
}

impl fmt::Display for Arrivals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Even => f.write_str("even"),
            Self::Flash => f.write_str("flash"),
            Self::Square => f.write_str("square"),
            Self::Doubling => f.write_str("doubling"),
            Self::Share(posts) => write!(f, "share:{posts}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAMP: Duration = Duration::from_secs(60);

    /// How many of 60,000 come in each tenth of the ramp.
    fn tenths(text: &str) -> [usize; 10] {
        let curve: Arrivals = text.parse().unwrap();
        assert_eq!(curve.to_string(), text);
        let moments = curve.moments(60_000, RAMP, &mut Chance::new(7));
        assert!(moments.is_sorted() && moments.iter().all(|m| *m <= RAMP), "{text}");
        assert_eq!(moments, curve.moments(60_000, RAMP, &mut Chance::new(7)));
        let mut out = [0; 10];
        moments.iter().for_each(|m| out[((m.as_secs_f64() / 6.0) as usize).min(9)] += 1);
        out
    }

    #[test]
    fn each_curve_has_its_shape() {
        assert!(tenths("even").iter().all(|n| (5700..6300).contains(n)));
        let flash = tenths("flash");
        assert!(flash[0] > 18_000 && flash.windows(2).all(|w| w[1] < w[0]), "{flash:?}");
        let doubling = tenths("doubling");
        assert!(doubling[9] > 19_000 && doubling.windows(2).all(|w| w[1] > w[0]), "{doubling:?}");
        let on = Arrivals::Square.moments(10_000, RAMP, &mut Chance::new(1));
        assert!(on.iter().all(|m| m.as_secs_f64() % 15.0 <= 7.5), "nobody comes between two waves");
        let share = tenths("share:1");
        assert!(share.iter().max() > Some(&20_000), "one share is one crowd: {share:?}");
    }

    #[test]
    fn what_is_no_curve_is_told_which_there_are() {
        for bad in ["", "flashy", "share:", "share:0", "share:-1", "share:1001"] {
            assert!(bad.parse::<Arrivals>().unwrap_err().to_string().contains("share:N"), "{bad}");
        }
    }
}
