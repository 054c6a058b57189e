//! What a sample says: a figure, and the interval in which the true one lies.
//!
//! If one page in `k` is asked, the number of reports is binomial in the number of pages. The interval is the score
//! interval (Wilson 1927) solved for the number of pages: it holds its level for few reports too, and says something
//! after none. Deliberately absent: errors other than the sample's. That a page which vanished is counted for up to
//! [`crate::LIFETIME`] is a matter of definition and age, not of chance.

use std::time::Duration;

/// Of the normal distribution, 95 % lie within.
const Z: f64 = 1.959_964;

/// How many pages the reports stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampled {
    /// Pages: the reports times the rate.
    pub pages: u64,
    /// With `high`, where the true number lies in 95 of 100 cases.
    pub low: u64,
    /// See `low`.
    pub high: u64,
    /// Each report stands for so many pages.
    pub one_in: u32,
    /// One page in so many is asked to report from now on.
    pub stated: u32,
    /// Reports.
    pub reports: u64,
    /// Source addresses that they came from.
    pub sources: u64,
    /// Reports that were left out since the beginning, because their address had too many already.
    pub left_out: u64,
    /// Age of the oldest report.
    pub oldest: Duration,
}

impl Sampled {
    /// Nobody reports.
    pub const NONE: Self = Self {
        pages: 0,
        low: 0,
        high: 0,
        one_in: 1,
        stated: 1,
        reports: 0,
        sources: 0,
        left_out: 0,
        oldest: Duration::ZERO,
    };

    /// What `reports` say when one page in `one_in` was asked.
    #[must_use]
    pub fn of(reports: u64, one_in: u32) -> Self {
        let (x, k) = (reports as f64, f64::from(one_in));
        let missed = 1.0 - 1.0 / k;
        let middle = x + Z * Z * missed / 2.0;
        let half = Z * missed.sqrt() * (x + Z * Z * missed / 4.0).sqrt();
        let low = (k * (middle - half)).floor().max(x) as u64;
        let high = (k * (middle + half)).ceil() as u64;
        Self { pages: reports * u64::from(one_in), low, high, one_in, stated: one_in, reports, ..Self::NONE }
    }

    /// Of two audiences that were asked apart, together. The intervals are added as those of independent figures (method of
    /// variance estimates recovery, Zou and Donner 2008). A page that reports to both in turn counts in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let apart = |a: u64, b: u64, c: u64, d: u64| ((a.abs_diff(b) as f64).hypot(c.abs_diff(d) as f64)).ceil() as u64;
        let sum = u64::saturating_add;
        let pages = sum(self.pages, other.pages);
        let reports = sum(self.reports, other.reports);
        Self {
            pages,
            low: pages.saturating_sub(apart(self.pages, self.low, other.pages, other.low)).max(reports),
            high: pages.saturating_add(apart(self.pages, self.high, other.pages, other.high)),
            one_in: self.one_in.max(other.one_in),
            stated: self.stated.max(other.stated),
            reports,
            sources: sum(self.sources, other.sources),
            left_out: sum(self.left_out, other.left_out),
            oldest: self.oldest.max(other.oldest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_everybody_knows() {
        for reports in [0, 1, 50, 1500] {
            let said = Sampled::of(reports, 1);
            assert_eq!((said.low, said.pages, said.high), (reports, reports, reports));
        }
    }

    #[test]
    fn no_report_is_no_proof_of_absence() {
        let said = Sampled::of(0, 4);
        assert_eq!((said.low, said.pages), (0, 0));
        assert!((3..15).contains(&said.high), "{said:?}");
    }

    #[test]
    fn the_interval_narrows_with_the_reports() {
        let width = |reports| {
            let said = Sampled::of(reports, 8);
            assert!(said.low < said.pages && said.pages < said.high, "{said:?}");
            (said.high - said.low) as f64 / said.pages as f64
        };
        assert!(width(1000) < 0.13 && width(100) < 0.40 && width(100) > width(1000));
    }

    #[test]
    fn two_audiences_add_and_their_errors_add_less() {
        let one = Sampled::of(1000, 8);
        let both = one.and(one);
        assert_eq!((both.pages, both.reports, both.one_in), (16_000, 2000, 8));
        assert!(both.high - both.pages < 2 * (one.high - one.pages) * 3 / 4, "{both:?}");
        assert_eq!(one.and(Sampled::NONE), one);
        let exact = Sampled::of(7, 1);
        assert_eq!((exact.and(exact).low, exact.and(exact).high), (14, 14));
    }
}
