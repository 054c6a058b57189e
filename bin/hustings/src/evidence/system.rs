//! What the kernel says of the whole machine: CPU, the line, segments sent again, open files. What cannot be read is not told.

use std::fs;

use hustings_evidence::{Gauge, Gauges};

/// Readings of the last second and of the beginning of the minute.
pub(super) struct System {
    /// What the line carries, if it was said.
    line_kbit: Option<i64>,
    in_full: i64,
    out_full: i64,
    cookies: Option<u64>,
    cpu: Option<(u64, u64)>,
    cpu_second: Option<(u64, u64)>,
    cpu_peak: i64,
    line: Option<(u64, u64)>,
    line_second: Option<(u64, u64)>,
    in_peak: i64,
    out_peak: i64,
    silent: i64,
    /// Something has come over the line this evening: only then its silence says something.
    has_heard: bool,
    segments: Option<(u64, u64)>,
    seconds: i64,
}

impl System {
    pub(super) fn begin(line_kbit: Option<i64>) -> Self {
        Self {
            line_kbit,
            in_full: 0,
            out_full: 0,
            cookies: cookies(),
            cpu: cpu(),
            cpu_second: cpu(),
            cpu_peak: 0,
            line: line(),
            line_second: line(),
            in_peak: 0,
            out_peak: 0,
            silent: 0,
            has_heard: false,
            segments: segments(),
            seconds: 0,
        }
    }

    pub(super) fn second(&mut self, listening: u64) {
        self.seconds += 1;
        let now = cpu();
        if let (Some(now), Some(was)) = (now, self.cpu_second) {
            self.cpu_peak = self.cpu_peak.max(busy(was, now));
        }
        self.cpu_second = now;
        let now = line();
        if let (Some(now), Some(was)) = (now, self.line_second) {
            let (came, went) = (now.0.saturating_sub(was.0), now.1.saturating_sub(was.1));
            let (came_kbit, went_kbit) = ((came * 8 / 1000) as i64, (went * 8 / 1000) as i64);
            self.in_peak = self.in_peak.max(came_kbit);
            self.out_peak = self.out_peak.max(went_kbit);
            let is_full = |kbit: i64| i64::from(self.line_kbit.is_some_and(|rate| kbit * 10 > rate * 9));
            (self.in_full, self.out_full) = (self.in_full + is_full(came_kbit), self.out_full + is_full(went_kbit));
            self.silent += i64::from(came == 0 && listening > 0 && self.has_heard);
            self.has_heard |= came > 0;
        }
        self.line_second = now;
    }

    pub(super) fn minute(&mut self) -> Gauges {
        let mut gauges = Gauges::new();
        let seconds = std::mem::take(&mut self.seconds).max(1);
        let now = cpu();
        if let (Some(now), Some(was)) = (now, self.cpu) {
            gauges.extend([(Gauge::Cpu, busy(was, now)), (Gauge::CpuPeak, std::mem::take(&mut self.cpu_peak))]);
        }
        self.cpu = now;
        let now = line();
        if let (Some(now), Some(was)) = (now, self.line) {
            let rate = |now: u64, was: u64| (now.saturating_sub(was) * 8 / 1000) as i64 / seconds;
            gauges.extend([
                (Gauge::LineIn, rate(now.0, was.0)),
                (Gauge::LineOut, rate(now.1, was.1)),
                (Gauge::LineInPeak, std::mem::take(&mut self.in_peak)),
                (Gauge::LineOutPeak, std::mem::take(&mut self.out_peak)),
                (Gauge::LineSilent, std::mem::take(&mut self.silent)),
            ]);
            if let Some(rate) = self.line_kbit {
                gauges.extend([
                    (Gauge::LineRate, rate),
                    (Gauge::LineInFull, std::mem::take(&mut self.in_full)),
                    (Gauge::LineOutFull, std::mem::take(&mut self.out_full)),
                ]);
            }
        }
        self.line = now;
        let now = segments();
        if let (Some(now), Some(was)) = (now, self.segments) {
            let sent = now.0.saturating_sub(was.0);
            // Of a handful a share says nothing.
            if sent >= 1000 {
                gauges.insert(Gauge::Retransmitted, (now.1.saturating_sub(was.1) * 1000 / sent) as i64);
            }
        }
        self.segments = now;
        let now = cookies();
        if let (Some(now), Some(was)) = (now, self.cookies) {
            gauges.insert(Gauge::SynCookies, now.saturating_sub(was) as i64);
        }
        self.cookies = now;
        if let Some(permille) = descriptors() {
            gauges.insert(Gauge::Descriptors, permille);
        }
        gauges
    }
}

fn busy(was: (u64, u64), now: (u64, u64)) -> i64 {
    let (busy, all) = (now.0.saturating_sub(was.0), now.1.saturating_sub(was.1));
    (busy * 1000).checked_div(all).unwrap_or_default() as i64
}

/// Busy and all ticks of all processors.
fn cpu() -> Option<(u64, u64)> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let ticks: Vec<u64> =
        stat.lines().next()?.split_whitespace().skip(1).map_while(|n| n.parse().ok()).take(8).collect();
    let all = ticks.iter().sum::<u64>();
    Some((all - ticks.get(3)? - ticks.get(4)?, all))
}

/// Bytes in and out of every interface but the loopback.
fn line() -> Option<(u64, u64)> {
    let table = fs::read_to_string("/proc/net/dev").ok()?;
    let interfaces = table.lines().skip(2).filter_map(|line| line.split_once(':'));
    let of = |(name, fields): (&str, &str)| {
        let fields: Vec<u64> = fields.split_whitespace().map_while(|n| n.parse().ok()).collect();
        (name.trim() != "lo").then_some((*fields.first()?, *fields.get(8)?))
    };
    Some(interfaces.filter_map(of).fold((0, 0), |sum, (came, went)| (sum.0 + came, sum.1 + went)))
}

/// TCP segments sent, and sent again.
fn segments() -> Option<(u64, u64)> {
    let table = fs::read_to_string("/proc/net/snmp").ok()?;
    Some((of_table(&table, "Tcp:", "OutSegs")?, of_table(&table, "Tcp:", "RetransSegs")?))
}

/// SYN cookies sent: connections that were asked for while the queue of half-open ones was full.
fn cookies() -> Option<u64> {
    of_table(&fs::read_to_string("/proc/net/netstat").ok()?, "TcpExt:", "SyncookiesSent")
}

/// A figure of a table whose rows come in pairs, names and values.
fn of_table(table: &str, rows: &str, wanted: &str) -> Option<u64> {
    let mut rows = table.lines().filter_map(|line| line.strip_prefix(rows));
    let (names, values) = (rows.next()?.split_whitespace(), rows.next()?.split_whitespace());
    names.zip(values).find(|(name, _)| *name == wanted)?.1.parse().ok()
}

/// Open files of this process, of those it may have, in thousandths.
fn descriptors() -> Option<i64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count() as u64;
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current?;
    Some((open * 1000 / limit.max(1)) as i64)
}
