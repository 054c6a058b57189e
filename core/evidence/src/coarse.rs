//! Counts where few are present: in steps, so that the coming and going of one person is not told.

use hustings_vocab::limits::evidence::COARSE_STEP;

/// Up to the next step; nothing stays nothing.
pub(crate) const fn coarse(count: i64) -> i64 {
    if count <= 0 { 0 } else { (count.saturating_add(COARSE_STEP - 1) / COARSE_STEP) * COARSE_STEP }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_more_is_mostly_not_seen() {
        assert_eq!([0, 1, 4, 5, 6, 20, 21].map(coarse), [0, 5, 5, 5, 10, 20, 25]);
        assert!(coarse(i64::MAX) > 0);
    }
}
