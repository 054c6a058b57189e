//! A reel: what everybody in a channel is sent, framed once for all who read it.
//!
//! The pieces of a response lie one after the other in one stretch of memory, with the chunked coding around each, so
//! that a delivery is one slice however many pieces have come since the last. A reader without the coding gets the same
//! pieces one by one.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use hustings_pack::Part;
use hustings_vocab::Rendition;

use crate::container::{Container, Framing, chunk};

/// Bytes of the chunked coding after a piece.
const AFTER: usize = 2;
/// Between two deliveries of events where there are many readers.
const EVENTS_CADENCE: Duration = Duration::from_secs(1);

/// What a channel carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// A rendition in a container.
    Sound(Rendition, Container),
    /// Server-sent events.
    Events,
}

/// What is sent to everybody in a channel, as a shard keeps it.
#[derive(Debug)]
pub struct Reel {
    carried: Carried,
    /// Framed pieces, and before them those that have left.
    bytes: Vec<u8>,
    pieces: VecDeque<Piece>,
    /// The number of the first piece held.
    first: u64,
    /// The number of the last that was pushed, in the numbers of who pushes.
    mark: Option<u64>,
    pieces_max: usize,
    ended: bool,
}

/// One piece: where its chunk lies, and what is within.
#[derive(Debug, Clone, Copy)]
struct Piece {
    at: usize,
    /// Bytes of the chunk, of which `lead` go before the body and [`AFTER`] follow it.
    length: u32,
    lead: u8,
    samples: u32,
    mark: u64,
}

/// What a cursor finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A piece.
    Piece,
    /// Nothing yet.
    NotYet,
    /// The reel has left it behind.
    Gone,
    /// The end of the event.
    Ended,
}

impl Reel {
    /// An empty reel of a rendition, of at most `parts_max` parts. Its pieces have the numbers of the parts.
    #[must_use]
    pub const fn new(rendition: Rendition, container: Container, parts_max: usize) -> Self {
        Self::of(Carried::Sound(rendition, container), parts_max)
    }

    /// An empty reel of events, of at most `pieces_max`. Its pieces are numbered from zero.
    #[must_use]
    pub const fn events(pieces_max: usize) -> Self {
        Self::of(Carried::Events, pieces_max)
    }

    const fn of(carried: Carried, pieces_max: usize) -> Self {
        Self { carried, bytes: Vec::new(), pieces: VecDeque::new(), first: 0, mark: None, pieces_max, ended: false }
    }

    /// Between two deliveries where there are many readers.
    #[must_use]
    pub const fn cadence(&self) -> Duration {
        match self.carried {
            Carried::Sound(_, container) => container.cadence(),
            Carried::Events => EVENTS_CADENCE,
        }
    }

    /// The number of the part that comes next; `None` before the first.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        (!self.pieces.is_empty()).then(|| self.end_number())
    }

    /// The number of the last event that it has taken.
    #[must_use]
    pub const fn mark(&self) -> Option<u64> {
        self.mark
    }

    /// Takes a part; one that is not newer than the last is ignored, one that does not follow it begins the reel anew.
    pub fn push(&mut self, part: &Part) {
        let Carried::Sound(_, container) = self.carried else { return };
        match self.next() {
            Some(next) if part.number < next => return,
            Some(next) if part.number > next => self.clear(),
            _ => {}
        }
        if self.pieces.is_empty() {
            self.first = part.number;
        }
        self.append(container.sound(part), part.samples, part.number);
    }

    /// Takes an event, or several, that end with event number `mark`; empty bytes are ignored.
    pub fn push_event(&mut self, mark: u64, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.append(bytes, 0, mark);
        }
    }

    /// The number of the first piece after event `mark`, or of the piece that comes next.
    #[must_use]
    pub fn after(&self, mark: u64) -> u64 {
        self.first + self.pieces.partition_point(|p| p.mark <= mark) as u64
    }

    /// No piece will follow.
    pub const fn end(&mut self) {
        self.ended = true;
    }

    fn clear(&mut self) {
        self.pieces.clear();
        self.bytes.clear();
    }

    fn append(&mut self, body: &[u8], samples: u32, mark: u64) {
        self.mark = Some(mark);
        if self.pieces.len() == self.pieces_max && self.pieces.pop_front().is_some() {
            self.first += 1;
        }
        // What has left is thrown away when it is as much as what is left: each byte is moved once.
        let left = self.pieces.front().map_or(self.bytes.len(), |p| p.at);
        if left * 2 > self.bytes.len() {
            self.bytes.drain(..left);
            self.pieces.iter_mut().for_each(|p| p.at -= left);
        }
        let at = self.bytes.len();
        let lead = chunk(&mut self.bytes, body);
        let length = (self.bytes.len() - at) as u32;
        self.pieces.push_back(Piece { at, length, lead, samples, mark });
    }

    /// How far it has come: the number of the piece that comes next, and whether none will.
    pub(crate) fn edge(&self) -> (u64, bool) {
        (self.end_number(), self.ended)
    }

    fn end_number(&self) -> u64 {
        self.first + self.pieces.len() as u64
    }

    pub(crate) fn find(&self, number: u64) -> Found {
        if number < self.first && !self.pieces.is_empty() {
            Found::Gone
        } else if number < self.end_number() {
            Found::Piece
        } else if self.ended {
            Found::Ended
        } else {
            Found::NotYet
        }
    }

    /// Where a reader begins who wants at most `burst_samples` of what was already said: the oldest part of those, or the
    /// piece that comes next.
    pub(crate) fn beginning(&self, burst_samples: u64) -> u64 {
        let mut left = burst_samples;
        let within = self.pieces.iter().rev().take_while(|p| {
            let fits = p.samples > 0 && u64::from(p.samples) <= left;
            left = left.saturating_sub(u64::from(p.samples));
            fits
        });
        self.end_number() - within.count() as u64
    }

    /// Who has missed a piece may go on with a later one.
    pub(crate) const fn may_skip(&self) -> bool {
        matches!(self.carried, Carried::Sound(..))
    }

    /// What there is from `number` on, as it goes over the line.
    pub(crate) fn from(&self, number: u64, framing: Framing) -> Slices<'_> {
        let place = self.place(number);
        match framing {
            Framing::Chunked => {
                let at = self.pieces.get(place).map_or(self.bytes.len(), |p| p.at);
                Slices { reel: self, run: Some(&self.bytes[at..]), place: usize::MAX }
            }
            Framing::UntilClose => Slices { reel: self, run: None, place },
        }
    }

    /// Bytes of a piece on the line, and bytes of its body.
    pub(crate) fn lengths(&self, number: u64, framing: Framing) -> (usize, usize) {
        let piece = self.pieces.get(self.place(number));
        piece.map_or((0, 0), |p| {
            let body = p.length as usize - usize::from(p.lead) - AFTER;
            (if framing == Framing::Chunked { p.length as usize } else { body }, body)
        })
    }

    /// What is left of a piece after its first `taken` bytes.
    pub(crate) fn rest(&self, number: u64, framing: Framing, taken: usize) -> Bytes {
        let piece = self.pieces.get(self.place(number));
        let bytes = piece.map_or(&[][..], |p| self.piece(p, framing));
        Bytes::copy_from_slice(bytes.get(taken..).unwrap_or_default())
    }

    fn piece(&self, piece: &Piece, framing: Framing) -> &[u8] {
        let (at, length) = (piece.at, piece.length as usize);
        match framing {
            Framing::Chunked => &self.bytes[at..at + length],
            Framing::UntilClose => &self.bytes[at + usize::from(piece.lead)..at + length - AFTER],
        }
    }

    /// What ends a response in which part `next` would have come.
    pub(crate) fn close(&self, next: u64, framing: Framing) -> Bytes {
        let trailer = match self.carried {
            Carried::Sound(rendition, container) => framing.frame(&container.trailer(rendition, next)),
            Carried::Events => Bytes::new(),
        };
        [trailer.as_ref(), framing.end()].concat().into()
    }

    /// Where in the ring a piece is; its end, if it is not there.
    fn place(&self, number: u64) -> usize {
        number.checked_sub(self.first).map_or(self.pieces.len(), |n| self.pieces.len().min(n as usize))
    }
}

/// Pieces one after the other, those that lie together in one slice.
pub(crate) struct Slices<'a> {
    reel: &'a Reel,
    run: Option<&'a [u8]>,
    place: usize,
}

impl<'a> Iterator for Slices<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if let Some(run) = self.run.take() {
            return Some(run).filter(|run| !run.is_empty());
        }
        let piece = self.reel.pieces.get(self.place)?;
        self.place += 1;
        Some(self.reel.piece(piece, Framing::UntilClose))
    }
}

#[cfg(test)]
mod tests {
    use hustings_vocab::MediaTime;

    use super::*;

    fn part(number: u64) -> Part {
        let raw = Bytes::from(format!("part {number}"));
        let start = MediaTime(number * 9216);
        Part { number, start, samples: 9216, cmaf: Bytes::new(), raw, discontinuity: false }
    }

    fn sound(reel: &Reel, from: u64) -> Vec<u8> {
        reel.from(from, Framing::UntilClose).collect::<Vec<_>>().concat()
    }

    #[test]
    fn it_holds_the_newest_parts_each_once() {
        let mut reel = Reel::new(Rendition::Opus96, Container::Ogg, 3);
        for number in [5, 6, 7, 8, 8, 2] {
            reel.push(&part(number));
        }
        assert_eq!(sound(&reel, 6), b"part 6part 7part 8");
        assert_eq!((reel.find(5), reel.find(6), reel.find(9)), (Found::Gone, Found::Piece, Found::NotYet));
        assert_eq!(reel.rest(8, Framing::UntilClose, 4), " 8");
        assert_eq!(reel.rest(8, Framing::Chunked, 4), "art 8\r\n");
        reel.push(&part(20));
        assert_eq!((sound(&reel, 20).as_slice(), reel.find(8)), (&b"part 20"[..], Found::Gone));
        reel.end();
        assert_eq!(reel.find(21), Found::Ended);
        assert!(reel.close(21, Framing::Chunked).ends_with(b"\r\n0\r\n\r\n"));
    }

    #[test]
    fn chunks_that_follow_each_other_are_one_slice_however_many_have_left() {
        let mut reel = Reel::new(Rendition::Opus96, Container::Ogg, 40);
        for number in 0..1000 {
            reel.push(&part(number));
            let run: Vec<_> = reel.from(number.saturating_sub(1), Framing::Chunked).collect();
            assert_eq!(run.len(), 1);
            assert!(run[0].ends_with(format!("part {number}\r\n").as_bytes()));
        }
        assert!(reel.bytes.len() < 2500, "{} bytes are kept", reel.bytes.len());
        assert_eq!(reel.from(1000, Framing::Chunked).count(), 0);
        assert_eq!(reel.lengths(999, Framing::Chunked), (13, 8));
    }

    #[test]
    fn a_reader_begins_at_most_a_burst_behind_and_never_within_a_part() {
        let mut reel = Reel::new(Rendition::Opus96, Container::Ogg, 100);
        assert_eq!(reel.beginning(48_000), 0);
        (10..50).for_each(|number| reel.push(&part(number)));
        let begins = [0, 9215, 9216, 48_000, u64::MAX].map(|burst| reel.beginning(burst));
        assert_eq!(begins, [50, 50, 49, 45, 10]);
    }

    #[test]
    fn a_reader_of_events_goes_on_after_the_event_that_it_knows() {
        let mut reel = Reel::events(3);
        assert_eq!((reel.after(7), reel.mark()), (0, None));
        for mark in [7, 8, 8, 9] {
            reel.push_event(mark, b"x");
        }
        assert_eq!([6, 7, 8, 9].map(|mark| reel.after(mark)), [1, 1, 3, 4], "8 is there twice, 7 has left");
        assert_eq!((reel.find(0), reel.mark()), (Found::Gone, Some(9)));
        assert_eq!(reel.beginning(u64::MAX), 4, "events are no burst");
    }
}
