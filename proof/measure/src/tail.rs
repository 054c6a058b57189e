//! What a distribution says of those who fared worst.
//!
//! Averages are deliberately absent: nobody is the average listener.

use serde::Serialize;

/// Points of the curve: every percent, with both ends.
const CURVE: usize = 100;

/// The tail of a distribution, in the unit of its values; a percentile is the smallest value that so many do not exceed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tail {
    /// How many values there are.
    pub count: usize,
    /// The median.
    pub p50: f64,
    /// Of ten, all but one.
    pub p90: f64,
    /// Of a hundred, all but one.
    pub p99: f64,
    /// Of a thousand, all but one.
    pub p999: f64,
    /// The largest.
    pub max: f64,
    /// For each bound that was asked about, how many exceed it.
    pub over: Vec<usize>,
    /// The smallest value, then each percentile up to the largest: 101 points, for a plot.
    pub curve: Vec<f64>,
}

impl Tail {
    /// The tail of so many values, if there is one.
    #[must_use]
    pub fn of(mut values: Vec<f64>, bounds: &[f64]) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let at = |per_mille: usize| values.get((values.len() * per_mille).div_ceil(1000).saturating_sub(1)).copied();
        let curve = (0..=CURVE).map(|percent| at(percent * 1000 / CURVE)).collect::<Option<_>>()?;
        let over = bounds.iter().map(|bound| values.iter().filter(|v| *v > bound).count()).collect();
        Some(Self {
            count: values.len(),
            p50: at(500)?,
            p90: at(900)?,
            p99: at(990)?,
            p999: at(999)?,
            max: at(1000)?,
            over,
            curve,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_smallest_value_that_so_many_do_not_exceed() {
        let tail = Tail::of((1..=200).rev().map(f64::from).collect(), &[198.0, 500.0]).unwrap();
        assert_eq!((tail.p50, tail.p90, tail.p99, tail.p999, tail.max), (100.0, 180.0, 198.0, 200.0, 200.0));
        assert_eq!((tail.over, tail.curve.len(), tail.curve[0], tail.curve[100]), (vec![2, 0], 101, 1.0, 200.0));
    }

    #[test]
    fn of_nothing_there_is_no_tail() {
        assert_eq!(Tail::of(Vec::new(), &[]), None);
    }
}
