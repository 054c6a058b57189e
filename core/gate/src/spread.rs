//! Over how long those who have lost their line spread their return.
//!
//! When a server or a line fails everybody comes back. Each draws a moment between nothing and a bound; with a bound in which the
//! machine can take in all of them, at the rate that was measured, they come as fast as they are let in. So the server says
//! the bound, from who is inside. A small audience is not told to wait.

use hustings_vocab::limits;

/// Joins a second, where nothing was measured: a quarter of the handshakes that resume, of one core.
const JOINS_USUAL: f64 = 1000.0;
/// Of the joins, what those who return may take: others come for the first time.
const RETURNS: f64 = 0.8;

/// Seconds within which those who were inside should come back, each at a random moment; 0 where they are so few that it
/// does not matter.
#[must_use]
pub fn spread_seconds(inside: u64, joins_per_second: Option<f64>) -> u32 {
    let rate = joins_per_second.unwrap_or(JOINS_USUAL).max(1.0) * RETURNS;
    let seconds = inside as f64 / rate;
    // Below a second the first wait of every client is as long.
    if seconds <= 1.0 { 0 } else { (seconds.ceil() as u32).min(limits::SPREAD_SECONDS_MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_audience_comes_back_at_once_and_a_large_one_as_fast_as_it_is_let_in() {
        assert_eq!(spread_seconds(0, None), 0);
        assert_eq!(spread_seconds(800, None), 0);
        assert_eq!(spread_seconds(40, Some(50.0)), 0);
        assert_eq!(spread_seconds(4_000, Some(500.0)), 10);
        assert_eq!(spread_seconds(20_000, None), 25);
        assert_eq!(spread_seconds(u64::MAX, Some(0.0)), limits::SPREAD_SECONDS_MAX);
    }

    #[test]
    fn more_people_never_wait_less_and_more_joins_never_more() {
        for inside in (0..200_000).step_by(977) {
            for joins in [1.0, 30.0, 900.0, 12_000.0] {
                let here = spread_seconds(inside, Some(joins));
                assert!(spread_seconds(inside + 977, Some(joins)) >= here);
                assert!(spread_seconds(inside, Some(joins * 2.0)) <= here);
                let bounded = here == 0 || here == limits::SPREAD_SECONDS_MAX;
                assert!(bounded || inside as f64 / f64::from(here) <= joins * RETURNS + 1e-9);
            }
        }
    }
}
