//! What a crowd met: sums of one table, and the report that is made of all of them.

use std::time::Instant;

use serde::Serialize;

use super::listener::{Line, Listener};
use crate::tail::Tail;

/// Of a core: a thread that takes more may be the limit itself.
const BUSY: f64 = 0.8;
/// Milliseconds between two looks at the sockets from which on the gaps that were seen may be the crowd's own: a tenth of
/// the bar for the gap of a listener who is served twice a second.
const BLIND_MS: f64 = 75.0;

/// What one table saw.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) listeners: usize,
    pub(super) connects: Vec<f64>,
    pub(super) firsts: Vec<f64>,
    pub(super) agains: Vec<f64>,
    gaps: Vec<f64>,
    away: usize,
    pub(super) lost: usize,
    pub(super) refused: usize,
    pub(super) slow_connects: usize,
    pub(super) own_errors: usize,
    pub(super) deliveries: u64,
    pub(super) bytes: u64,
    pub(super) joining_seconds: f64,
    pub(super) seconds: f64,
    pub(super) own_seconds: f64,
    pub(super) own_user_seconds: f64,
    pub(super) own_cpu: f64,
    pub(super) own_cpu_joining: f64,
    pub(super) stall_ms: f64,
    pub(super) stall_joining_ms: f64,
}

impl Sums {
    /// Takes from everybody what is known at the end.
    pub(super) fn remember(&mut self, all: &[Listener], now: Instant) {
        self.away = all.iter().filter(|l| !matches!(l.line, Line::Hearing(_))).count();
        let stayed = all.iter().filter(|l| matches!(l.line, Line::Hearing(_)) && !l.left);
        self.gaps = stayed.map(|l| l.gap.max(now - l.last).as_secs_f64() * 1000.0).collect();
    }
}

/// What a crowd met.
#[derive(Debug, Clone, Serialize)]
pub struct Met {
    /// Those who came.
    pub listeners: usize,
    /// Those who heard something.
    pub heard: usize,
    /// Connections that ended after the first sound.
    pub lost: usize,
    /// Connections that were not let in.
    pub refused: usize,
    /// Those who hear nothing at the end.
    pub away: usize,
    /// From the call of `connect` to the connection.
    pub connect_ms: Option<Tail>,
    /// Connections whose first packet was dropped, so that they took a second or more.
    pub slow_connects: usize,
    /// From the first call of `connect` to the first sound.
    pub first_audio_ms: Option<Tail>,
    /// Of those who stayed: each one's largest gap between two deliveries while everybody was there.
    pub largest_gap_ms: Option<Tail>,
    /// From the loss of a connection to sound on another.
    pub sound_again_ms: Option<Tail>,
    /// Deliveries to a listener in a second.
    pub deliveries_per_second: f64,
    /// Bytes to a listener in a second.
    pub bytes_per_second: f64,
    /// Seconds until the last had called.
    pub joining_seconds: f64,
    /// Seconds during which gaps were watched.
    pub seconds: f64,
    /// Of a core, by all threads of this process while gaps were watched.
    pub own_cpu: f64,
    /// Likewise while listeners came.
    pub own_cpu_joining: f64,
    /// Of this process, for a delivery.
    pub own_us_per_delivery: f64,
    /// Of that, outside the kernel.
    pub own_user_us_per_delivery: f64,
    /// The longest that this process did not look while gaps were watched.
    pub own_stall_ms: f64,
    /// Likewise while listeners came.
    pub own_stall_joining_ms: f64,
    /// Connections for which this machine had no address or descriptor.
    pub own_errors: usize,
    /// This process may have been the limit itself.
    pub limited: bool,
}

impl Met {
    /// Adds up the tables; `bounds` in milliseconds, `cores` that this process may run on.
    pub(super) fn of(tables: &[Sums], bounds: &[f64], cores: usize) -> Self {
        let sum = |of: fn(&Sums) -> f64| tables.iter().map(of).sum::<f64>();
        let count = |of: fn(&Sums) -> usize| tables.iter().map(of).sum::<usize>();
        let largest = |of: fn(&Sums) -> f64| tables.iter().map(of).fold(0.0, f64::max);
        let all = |of: fn(&Sums) -> &Vec<f64>| Tail::of(tables.iter().flat_map(of).copied().collect(), bounds);
        let (heard, seconds) = (count(|t| t.firsts.len()), largest(|t| t.seconds));
        let deliveries = sum(|t| t.deliveries as f64);
        let each = |n: f64| n / seconds.max(f64::EPSILON) / heard.max(1) as f64;
        let room = BUSY * cores as f64;
        let busy = |sum: f64, one: f64| sum > room || one > BUSY;
        let busy = busy(sum(|t| t.own_cpu), largest(|t| t.own_cpu))
            || busy(sum(|t| t.own_cpu_joining), largest(|t| t.own_cpu_joining));
        let blind = largest(|t| t.stall_ms).max(largest(|t| t.stall_joining_ms)) > BLIND_MS;
        Self {
            listeners: count(|t| t.listeners),
            heard,
            lost: count(|t| t.lost),
            refused: count(|t| t.refused),
            away: count(|t| t.away),
            connect_ms: all(|t| &t.connects),
            slow_connects: count(|t| t.slow_connects),
            first_audio_ms: all(|t| &t.firsts),
            largest_gap_ms: all(|t| &t.gaps),
            sound_again_ms: all(|t| &t.agains),
            deliveries_per_second: each(deliveries),
            bytes_per_second: each(sum(|t| t.bytes as f64)),
            joining_seconds: largest(|t| t.joining_seconds),
            seconds,
            own_cpu: sum(|t| t.own_cpu),
            own_cpu_joining: sum(|t| t.own_cpu_joining),
            own_us_per_delivery: sum(|t| t.own_seconds) * 1e6 / deliveries.max(1.0),
            own_user_us_per_delivery: sum(|t| t.own_user_seconds) * 1e6 / deliveries.max(1.0),
            own_stall_ms: largest(|t| t.stall_ms),
            own_stall_joining_ms: largest(|t| t.stall_joining_ms),
            own_errors: count(|t| t.own_errors),
            limited: busy || blind || count(|t| t.own_errors) > 0,
        }
    }
}
