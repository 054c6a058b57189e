//! What the governor of a line must hold.

use super::*;

/// What so many listeners take, some of them since before the newcomers' cap.
fn sent(line: &Line, cap: Cap, old: u64, new: u64) -> LineSeen {
    let bits = old as f64 * line.bits_of(cap.all) + new as f64 * line.bits_of(cap.of_newcomers());
    LineSeen { bits, listeners: old + new, ..LineSeen::default() }
}

/// A crowd on a line, of which the governor knows as late as edges tell it, and which does what it says as late as renditions
/// begin. Time goes in quarters of a second.
struct Crowd {
    governor: Governor,
    start: Instant,
    looks: u32,
    /// Who heard what: those before a cap of newcomers, and those after.
    old: f64,
    new: f64,
    sent: f64,
    last: LineSeen,
    /// What edges will do, and from which look on.
    told: Vec<(u32, Cap)>,
    heard: Cap,
    over: u32,
}

/// Looks a second.
const LOOKS: u32 = 4;
/// Looks until edges do what they are told: until the first part of a rendition that nobody heard yet, and of one that is there.
const BEGINS: u32 = 9;
const GOES_ON: u32 = 2;

impl Crowd {
    fn on(line: Line) -> Self {
        Self {
            governor: Governor::new(line),
            start: Instant::now(),
            looks: 0,
            old: 0.0,
            new: 0.0,
            sent: 0.0,
            last: LineSeen::default(),
            told: Vec::new(),
            heard: Cap::NONE,
            over: 0,
        }
    }

    fn run(&mut self, seconds: u32, comes: impl Fn(f64) -> f64) {
        for _ in 0..seconds * LOOKS {
            self.look(comes(f64::from(self.looks) / f64::from(LOOKS)));
        }
    }

    /// A look while so many come a second, or leave.
    fn look(&mut self, comes: f64) {
        let line = *self.governor.line();
        if let Some((_, cap)) = self.told.iter().rev().find(|(from, _)| *from <= self.looks) {
            self.heard = *cap;
        }
        let comes = comes / f64::from(LOOKS);
        if comes < 0.0 {
            let stay = 1.0 + comes / (self.old + self.new);
            (self.old, self.new) = (self.old * stay, self.new * stay);
        } else if self.heard.of_newcomers() == self.heard.all {
            (self.old, self.new) = (self.old + self.new + comes, 0.0);
        } else {
            self.new += comes;
        }
        // A second of sound is sent to who comes.
        let bits = self.old * line.bits_of(self.heard.all) + self.new * line.bits_of(self.heard.of_newcomers());
        let burst = comes.max(0.0) * line.bits_of(self.heard.of_newcomers()) * f64::from(LOOKS);
        self.over += u32::from(bits + burst > line.bits as f64);
        self.sent += (bits + burst) / f64::from(LOOKS);
        if self.looks.is_multiple_of(LOOKS) {
            self.last = LineSeen { bits: self.sent, listeners: (self.old + self.new) as u64, ..LineSeen::default() };
            self.sent = 0.0;
        }
        let now = self.start + Duration::from_secs(1) / LOOKS * self.looks;
        if let Some(cap) = self.governor.hear(&self.last, now) {
            let is_new = self.told.iter().all(|(_, told)| told.of_newcomers() != cap.of_newcomers());
            self.told.push((self.looks + if is_new { BEGINS } else { GOES_ON }, cap));
        }
        self.looks += 1;
    }
}

#[test]
fn sixty_megabits_of_listeners_fit_forty_and_rise_when_half_of_them_leave() {
    for seconds in [7.0, 10.0, 20.0, 60.0] {
        let line = Line::of_rate(40_000_000);
        let people = 60_000_000.0 / line.bits_of(Rung::Full);
        let mut crowd = Crowd::on(line);
        crowd.run(90, |at| if at < seconds { people / seconds } else { 0.0 });
        assert_eq!(crowd.over, 0, "who come within {seconds} s make it queue: {:?}", crowd.told);
        let middle = Cap { newcomers: Rung::Middle, all: Rung::Middle };
        assert_eq!(crowd.governor.cap(), middle, "what crowded in ends, and nobody hears less than fits");
        crowd.run(1, |_| -people / 2.0);
        crowd.run(29, |_| 0.0);
        assert_eq!(crowd.governor.cap(), Cap::NONE, "within 30 s");
    }
}

#[test]
fn who_fits_is_let_in_while_everybody_is_brought_down() {
    // 86 fit at 24 kbit/s, 49 at 48; seventy come within four seconds.
    let mut crowd = Crowd::on(Line::of_rate(4_000_000));
    for n in 0..40 {
        crowd.look(if n < 17 { 16.7 } else { 0.0 });
        assert!(crowd.governor.room(&crowd.last) > 0, "at look {n}: {:?}", crowd.told);
    }
    assert_eq!(crowd.governor.cap().all, Rung::Low);
}

#[test]
fn a_crowd_that_fits_is_not_mistaken_for_one_that_does_not() {
    let line = Line::of_rate(40_000_000);
    let mut crowd = Crowd::on(line);
    // A third of the line within ten seconds, and four fifths within two minutes.
    let fits = line.share() / line.bits_of(Rung::Full);
    crowd.run(20, |at| if at < 10.0 { fits / 30.0 } else { 0.0 });
    assert_eq!(crowd.told, [], "a crowd of a third");
    crowd.run(120, |_| fits * (0.8 - 1.0 / 3.0) / 120.0);
    assert_eq!(crowd.told, [], "and of four fifths");
}

#[test]
fn a_crowd_at_the_border_does_not_make_it_flap() {
    let line = Line::of_rate(20_000_000);
    let (mut governor, start) = (Governor::new(line), Instant::now());
    let fits = line.share() * DOWN / line.bits_of(Rung::Full);
    let mut moves = 0;
    for n in 0..1200_u32 {
        // A wave of a tenth around what just fits, over ten minutes.
        let people = fits * (1.0 + 0.1 * f64::from(n % 60 - (n % 60).min(30)) / 30.0 - 0.02);
        let seen = sent(&line, governor.cap(), people as u64, 0);
        moves += u32::from(governor.hear(&seen, start + Duration::from_millis(500) * n).is_some());
    }
    assert!(moves <= 6, "{moves} moves in ten minutes");
}

#[test]
fn what_is_sent_at_once_is_a_moment_of_the_line() {
    assert_eq!(Line::of_rate(40_000_000).at_once(), 18);
    assert_eq!(Line::of_rate(1_000_000_000).at_once(), 456);
    assert_eq!(Line::of_rate(1_000_000).at_once(), 1);
}

#[test]
fn nothing_is_lower_than_the_lowest() {
    let line = Line { lowest: Rung::Middle, ..Line::of_rate(10_000_000) };
    let (mut governor, start) = (Governor::new(line), Instant::now());
    let seen = LineSeen { bits: 20_000_000.0, listeners: 200, ..LineSeen::default() };
    for n in 0..10 {
        governor.hear(&seen, start + SETTLE * n);
    }
    assert_eq!(governor.cap(), STEPS[2]);
    assert_eq!(governor.room(&LineSeen::default()), (line.share() * DOWN / line.bits_of(Rung::Middle)) as u64);
}

#[test]
fn packets_that_wait_are_a_queue_whatever_the_figures_say() {
    let (mut governor, start) = (Governor::new(Line::of_rate(10_000_000)), Instant::now());
    let seen = LineSeen { waits: Duration::from_millis(40), listeners: 10, ..LineSeen::default() };
    assert!(governor.hear(&seen, start).is_some_and(|cap| cap.newcomers == Rung::Middle));
    assert_eq!(governor.hear(&seen, start + Duration::from_millis(100)), None, "a step must have worked");
    for n in 1..10 {
        governor.hear(&seen, start + SETTLE * n);
    }
    assert_eq!(governor.cap().all, Rung::Low);
    assert!(governor.room(&seen) > 0);
}
