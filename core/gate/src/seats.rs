//! The seats of one conversation: whose each is, who sits, and for whom one is kept.
//!
//! A ticket is a seat. The first who uses it holds it, by a secret of theirs; the same secret finds the same seat, another is
//! refused. Who has a fresh ticket has a minute to come, who has lost its line ten; nobody else is given that room. Whose a
//! seat is outlives all of that, for as long as the conversation: a ticket never seats two.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hustings_vocab::limits;

use crate::{Class, Holder, Tier};

const FRESH: Duration = Duration::from_secs(limits::SEAT_FRESH_SECONDS);
const KEPT: Duration = Duration::from_secs(limits::SEAT_KEPT_SECONDS);

const CLOSED: Duration = Duration::from_secs(limits::SEAT_CLOSED_SECONDS);

/// How somebody says goodbye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bye {
    /// They go: the seat is free at once.
    ForGood,
    /// Their page is closed, or loaded again, which it cannot know: the seat is free unless they are back within seconds.
    Closed,
}

/// What became of a ticket that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seated {
    /// It had not been used before: it is this holder's now.
    First,
    /// It is this holder's, and their seat is still theirs.
    Again,
    /// It is this holder's, but they were away for so long that their room was given to others.
    Late,
    /// It is somebody else's.
    Taken,
}

/// 24 bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Seat {
    /// Zero is nobody.
    holder: u64,
    /// In seconds from the beginning, plus one; zero if no room is kept.
    until: u32,
    /// Connections that hear by it.
    here: u16,
    tier: u8,
    going: Going,
    /// Somebody has heard by it.
    was_here: bool,
}

/// Whether its holder has said goodbye.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Going {
    #[default]
    No,
    /// For good, and the last of its connections is not seen to end yet.
    ForGood,
    /// Its page was closed. While a connection is there, `until` says by when that must end to be the one that was meant.
    Closed,
}

const _: () = assert!(size_of::<Seat>() <= 24, "a seat is small");

/// Every seat of one conversation.
#[derive(Debug, Clone)]
pub struct Seats {
    began: Instant,
    by_class: [Vec<Seat>; Class::ALL.len()],
    /// Seats that are sat on or kept.
    taken: [u64; Tier::ALL.len()],
    /// Seats that are sat on.
    sat: [u64; Tier::ALL.len()],
    /// When rooms that are kept are given up, in order, of the fresh, of those who were there, and of closed pages.
    ends: [VecDeque<(u32, Class, u64)>; 3],
}

impl Seats {
    /// None.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            began: now,
            by_class: Default::default(),
            taken: Default::default(),
            sat: Default::default(),
            ends: Default::default(),
        }
    }

    fn seconds(&self, now: Instant) -> u32 {
        u32::try_from(now.saturating_duration_since(self.began).as_secs() + 1).unwrap_or(u32::MAX - 1)
    }

    fn at(&self, class: Class, serial: u64) -> Option<&Seat> {
        self.by_class[class.index()].get(usize::try_from(serial).ok()?)
    }

    /// Whose a seat is.
    #[must_use]
    pub fn holder(&self, class: Class, serial: u64) -> Option<Holder> {
        Holder::of_number(self.at(class, serial)?.holder)
    }

    /// What would become of a ticket that `holder` uses now.
    #[must_use]
    pub fn look(&self, class: Class, serial: u64, holder: Holder) -> Seated {
        match self.at(class, serial) {
            Some(seat) if seat.holder == holder.number() && (seat.until != 0 || seat.here != 0) => Seated::Again,
            Some(seat) if seat.holder == holder.number() => Seated::Late,
            Some(seat) if seat.holder != 0 => Seated::Taken,
            _ => Seated::First,
        }
    }

    /// Gives a seat to `holder`, and keeps room for them for a minute, if they sit on it already for as long as they do. Say
    /// first by [`Seats::look`] that it is theirs or nobody's. A serial beyond [`limits::SEATS_MAX`] is nobody's ever.
    pub fn give(&mut self, class: Class, serial: u64, holder: Holder, tier: Tier, now: Instant) {
        self.keep(class, serial, holder, tier, now, 0);
    }

    /// Who held a seat before the process began has ten minutes to come back.
    pub fn restore(&mut self, class: Class, serial: u64, holder: Holder, tier: Tier, now: Instant) {
        self.keep(class, serial, holder, tier, now, 1);
    }

    fn keep(&mut self, class: Class, serial: u64, holder: Holder, tier: Tier, now: Instant, how: usize) {
        if serial >= limits::SEATS_MAX {
            return;
        }
        let until = self.seconds(now + if how == 0 { FRESH } else { KEPT });
        let (seats, n) = (&mut self.by_class[class.index()], serial as usize);
        if seats.len() <= n {
            seats.resize(n + 1, Seat::default());
        }
        let seat = &mut seats[n];
        if seat.until != 0 || seat.here != 0 {
            // They have room already, and a repetition is no reason for more time; but a page that was loaded again stays.
            if std::mem::take(&mut seat.going) == Going::Closed && seat.here == 0 {
                seat.until = until;
                self.ends[how].push_back((until, class, serial));
            }
            return;
        }
        *seat = Seat {
            holder: holder.number(),
            until,
            here: 0,
            tier: tier.index() as u8,
            going: Going::No,
            was_here: how != 0,
        };
        self.taken[tier.index()] += 1;
        self.ends[how].push_back((until, class, serial));
    }

    /// Somebody hears by this seat, on one connection more.
    pub fn arrive(&mut self, class: Class, serial: u64) {
        let Some(seat) = self.by_class[class.index()].get_mut(usize::try_from(serial).unwrap_or(usize::MAX)) else {
            return;
        };
        if seat.here == 0 {
            let tier = usize::from(seat.tier);
            self.taken[tier] += u64::from(seat.until == 0);
            self.sat[tier] += 1;
        }
        seat.here = seat.here.saturating_add(1);
        (seat.until, seat.going, seat.was_here) = (0, Going::No, true);
    }

    /// One of the connections of a seat has ended. After the last the room is kept for ten minutes, unless its holder has said
    /// goodbye.
    pub fn leave(&mut self, class: Class, serial: u64, now: Instant) {
        let (said, kept, closed) = (self.seconds(now), self.seconds(now + KEPT), self.seconds(now + CLOSED));
        let Some(seat) = self.by_class[class.index()].get_mut(usize::try_from(serial).unwrap_or(usize::MAX)) else {
            return;
        };
        if seat.here == 0 {
            return;
        }
        seat.here -= 1;
        let is_closed = seat.going == Going::Closed && said <= seat.until;
        if seat.here > 0 {
            // Another page of the same holder goes on: what was closed is the one that has ended.
            if is_closed {
                (seat.until, seat.going) = (0, Going::No);
            }
            return;
        }
        self.sat[usize::from(seat.tier)] -= 1;
        if seat.going == Going::ForGood {
            self.taken[usize::from(seat.tier)] -= 1;
            (seat.until, seat.going) = (0, Going::No);
            return;
        }
        seat.going = if is_closed { Going::Closed } else { Going::No };
        seat.until = if is_closed { closed } else { kept };
        self.ends[if is_closed { 2 } else { 1 }].push_back((seat.until, class, serial));
    }

    /// Somebody has said goodbye: their room is for others, at once or when their last connection has ended, whose end is often
    /// told later than the goodbye.
    pub fn vacate(&mut self, class: Class, serial: u64, bye: Bye, now: Instant) {
        let closed = self.seconds(now + CLOSED);
        let seat = self.by_class[class.index()].get_mut(usize::try_from(serial).unwrap_or(usize::MAX));
        let Some(seat) = seat else { return };
        if bye == Bye::Closed {
            if seat.here > 0 {
                (seat.until, seat.going) = (closed, Going::Closed);
            } else if seat.until > closed {
                (seat.until, seat.going) = (closed, Going::Closed);
                self.ends[2].push_back((closed, class, serial));
            }
        } else if seat.here > 0 {
            seat.going = Going::ForGood;
        } else if seat.until != 0 {
            seat.until = 0;
            self.taken[usize::from(seat.tier)] -= 1;
        }
    }

    /// Nobody has come with a fresh ticket: its room is for others, unless somebody sits there or was there.
    pub fn give_on(&mut self, class: Class, serial: u64) {
        let fresh = |seat: &&mut Seat| seat.here == 0 && seat.until != 0 && !seat.was_here;
        let seat = self.by_class[class.index()].get_mut(usize::try_from(serial).unwrap_or(usize::MAX));
        if let Some(seat) = seat.filter(fresh) {
            seat.until = 0;
            self.taken[usize::from(seat.tier)] -= 1;
        }
    }

    /// Gives up the room of who has not come in time.
    pub fn sweep(&mut self, now: Instant) {
        let now = self.seconds(now);
        for ends in &mut self.ends {
            while let Some(&(until, class, serial)) = ends.front()
                && until <= now
            {
                ends.pop_front();
                let seat = &mut self.by_class[class.index()][serial as usize];
                if seat.here == 0 && seat.until == until {
                    seat.until = 0;
                    self.taken[usize::from(seat.tier)] -= 1;
                }
            }
        }
    }

    /// Seats that are sat on or kept, by tier.
    #[must_use]
    pub const fn taken(&self) -> &[u64; Tier::ALL.len()] {
        &self.taken
    }

    /// Seats that are sat on, by tier.
    #[must_use]
    pub const fn sat(&self) -> &[u64; Tier::ALL.len()] {
        &self.sat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn holder(n: u64) -> Holder {
        Holder::of_number(n).unwrap()
    }

    #[test]
    fn a_ticket_is_the_first_users_and_a_repetition_costs_nothing() {
        let now = Instant::now();
        let mut seats = Seats::new(now);
        assert_eq!(seats.look(Class::Direct, 7, holder(1)), Seated::First);
        seats.give(Class::Direct, 7, holder(1), Tier::Stream, now);
        assert_eq!(seats.look(Class::Direct, 7, holder(1)), Seated::Again);
        assert_eq!(seats.look(Class::Direct, 7, holder(2)), Seated::Taken);
        assert_eq!(seats.look(Class::Place, 7, holder(2)), Seated::First, "serials of another class are others");
        seats.give(Class::Direct, 7, holder(1), Tier::Stream, now + SECOND);
        assert_eq!(seats.taken(), &[0, 1, 0]);
        seats.give(Class::Direct, u64::MAX, holder(1), Tier::Stream, now);
        assert_eq!(seats.taken(), &[0, 1, 0]);
    }

    #[test]
    fn room_is_kept_for_a_minute_and_for_ten_of_who_was_there() {
        let now = Instant::now();
        let mut seats = Seats::new(now);
        seats.give(Class::Direct, 0, holder(1), Tier::Stream, now);
        seats.give(Class::Direct, 1, holder(2), Tier::Hls, now);
        seats.arrive(Class::Direct, 1);
        seats.arrive(Class::Direct, 1);
        seats.sweep(now + SECOND * 61);
        assert_eq!((seats.taken(), seats.sat()), (&[0, 0, 1], &[0, 0, 1]));
        assert_eq!(seats.look(Class::Direct, 0, holder(1)), Seated::Late);
        assert_eq!(seats.look(Class::Direct, 0, holder(3)), Seated::Taken, "it stays theirs");
        seats.leave(Class::Direct, 1, now + SECOND * 100);
        assert_eq!(seats.sat(), &[0, 0, 1], "another connection is there");
        seats.leave(Class::Direct, 1, now + SECOND * 100);
        seats.sweep(now + SECOND * 699);
        assert_eq!((seats.taken(), seats.sat()), (&[0, 0, 1], &[0, 0, 0]));
        seats.arrive(Class::Direct, 1);
        seats.sweep(now + SECOND * 2000);
        assert_eq!((seats.taken(), seats.sat()), (&[0, 0, 1], &[0, 0, 1]));
        seats.leave(Class::Direct, 1, now + SECOND * 2000);
        seats.vacate(Class::Direct, 1, Bye::ForGood, Instant::now());
        assert_eq!((seats.taken(), seats.sat()), (&[0; 3], &[0; 3]));
        seats.sweep(now + SECOND * 4000);
        assert_eq!(seats.taken(), &[0; 3], "nobody gives up a room twice");
        seats.leave(Class::Link, 3, now);
        seats.arrive(Class::Link, 3);
    }

    #[test]
    fn the_room_of_a_ticket_that_nobody_came_with_is_given_on_and_of_no_other() {
        let now = Instant::now();
        let mut seats = Seats::new(now);
        (0..3).for_each(|n| seats.give(Class::Direct, n, holder(n + 1), Tier::Stream, now));
        seats.restore(Class::Direct, 3, holder(4), Tier::Stream, now);
        seats.arrive(Class::Direct, 1);
        seats.arrive(Class::Direct, 2);
        seats.leave(Class::Direct, 2, now);
        (0..9).for_each(|n| seats.give_on(Class::Direct, n));
        assert_eq!(seats.taken(), &[0, 3, 0], "who sits, who lost the line and who comes back after a restart keep it");
        seats.give_on(Class::Direct, 0);
        seats.sweep(now + SECOND * 61);
        assert_eq!(seats.taken(), &[0, 3, 0], "nobody gives up a room twice");
        seats.give(Class::Direct, 0, holder(1), Tier::Stream, now + SECOND * 61);
        assert_eq!(
            (seats.taken(), seats.look(Class::Direct, 0, holder(1))),
            (&[0, 4, 0], Seated::Again),
            "late is not never"
        );
    }

    #[test]
    fn a_goodbye_before_the_connection_ends_counts_and_a_new_connection_takes_it_back() {
        let now = Instant::now();
        let mut seats = Seats::new(now);
        seats.give(Class::Direct, 0, holder(1), Tier::Stream, now);
        seats.arrive(Class::Direct, 0);
        seats.vacate(Class::Direct, 0, Bye::ForGood, Instant::now());
        assert_eq!(seats.taken(), &[0, 1, 0], "they still hear");
        seats.leave(Class::Direct, 0, now + SECOND);
        assert_eq!((seats.taken(), seats.sat()), (&[0; 3], &[0; 3]));
        assert_eq!(seats.look(Class::Direct, 0, holder(1)), Seated::Late);
        seats.give(Class::Direct, 0, holder(1), Tier::Stream, now + SECOND);
        seats.arrive(Class::Direct, 0);
        seats.vacate(Class::Direct, 0, Bye::ForGood, Instant::now());
        seats.arrive(Class::Direct, 0);
        seats.leave(Class::Direct, 0, now + SECOND);
        seats.leave(Class::Direct, 0, now + SECOND);
        assert_eq!(seats.taken(), &[0, 1, 0], "they came again, and their line was lost");
    }

    #[test]
    fn a_page_that_is_closed_frees_its_seat_and_one_that_is_loaded_again_keeps_it() {
        let (start, me) = (Instant::now(), Holder::of("somebody with a page"));
        let at = |seconds| start + Duration::from_secs(seconds);
        let sits = |seats: &mut Seats| {
            seats.give(Class::Direct, 0, me, Tier::Stream, at(0));
            seats.arrive(Class::Direct, 0);
        };
        // The goodbye may be told before the end of the connection, or after it.
        for before in [true, false] {
            let mut seats = Seats::new(start);
            sits(&mut seats);
            let close = |seats: &mut Seats, now| {
                if before {
                    seats.vacate(Class::Direct, 0, Bye::Closed, now);
                    seats.leave(Class::Direct, 0, now);
                } else {
                    seats.leave(Class::Direct, 0, now);
                    seats.vacate(Class::Direct, 0, Bye::Closed, now);
                }
            };
            close(&mut seats, at(10));
            // Loaded again: the same ticket finds the same seat, and it is not hurried.
            seats.sweep(at(12));
            assert_eq!(seats.look(Class::Direct, 0, me), Seated::Again);
            seats.give(Class::Direct, 0, me, Tier::Stream, at(12));
            seats.sweep(at(30));
            assert_eq!((seats.look(Class::Direct, 0, me), seats.taken()[1]), (Seated::Again, 1));
            seats.arrive(Class::Direct, 0);
            // Closed: it is free five seconds later, and not ten minutes.
            close(&mut seats, at(40));
            seats.sweep(at(44));
            assert_eq!(seats.taken()[1], 1);
            seats.sweep(at(46));
            assert_eq!((seats.look(Class::Direct, 0, me), seats.taken()[1], seats.sat()[1]), (Seated::Late, 0, 0));
            seats.sweep(at(5000));
            assert_eq!(seats.taken()[1], 0, "nobody gives up a room twice");
        }
    }

    #[test]
    fn one_of_two_pages_is_closed_and_the_other_keeps_its_ten_minutes() {
        let (start, me) = (Instant::now(), Holder::of("somebody with two pages"));
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut seats = Seats::new(start);
        seats.give(Class::Direct, 0, me, Tier::Stream, start);
        (0..2).for_each(|_| seats.arrive(Class::Direct, 0));
        seats.vacate(Class::Direct, 0, Bye::Closed, at(1));
        seats.leave(Class::Direct, 0, at(2));
        seats.leave(Class::Direct, 0, at(3));
        seats.sweep(at(500));
        assert_eq!(seats.taken()[1], 1, "the other lost its line");
        // Told late, of a page whose connection had ended: the other is there long after.
        seats.arrive(Class::Direct, 0);
        seats.vacate(Class::Direct, 0, Bye::Closed, at(510));
        seats.leave(Class::Direct, 0, at(560));
        seats.sweep(at(1100));
        assert_eq!(seats.taken()[1], 1);
    }
}
