//! How long a message waits after a try that failed: each pause is four times the one before, and blurred, so that receivers
//! that come back are not met by everything at once. Chance is an argument.

use std::time::Duration;

use hustings_vocab::limits;

/// The pause after so many tries, `None` when there is no further one. `chance` is any number, drawn anew each time.
#[must_use]
pub fn pause(tries: u32, chance: u32) -> Option<Duration> {
    if tries == 0 || tries >= limits::WEBHOOK_TRIES_MAX {
        return None;
    }
    let whole = 1000 * limits::WEBHOOK_PAUSE_SECONDS * 4_u64.pow(tries - 1);
    // Between three quarters and five quarters of it.
    let blur = whole / 2 * u64::from(chance) / u64::from(u32::MAX);
    Some(Duration::from_millis(whole * 3 / 4 + blur))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_quadruple_around_their_middle_and_end() {
        assert_eq!(pause(1, 0), Some(Duration::from_millis(3750)));
        assert_eq!(pause(1, u32::MAX), Some(Duration::from_millis(6250)));
        for tries in 2..limits::WEBHOOK_TRIES_MAX {
            let (shortest, longest) = (pause(tries, 0).unwrap(), pause(tries, u32::MAX).unwrap());
            assert_eq!(shortest, pause(tries - 1, 0).unwrap() * 4);
            assert!(longest > shortest && longest < shortest * 2);
        }
        assert_eq!(pause(limits::WEBHOOK_TRIES_MAX, 7), None);
        let all: Duration = (1..limits::WEBHOOK_TRIES_MAX).filter_map(|n| pause(n, u32::MAX / 2)).sum();
        assert!((29..32).contains(&(all.as_secs() / 3600)), "{} h", all.as_secs() / 3600);
    }
}
