//! Taking part under load: people who react and write over connections that they keep, and others who read what is told.
//!
//! Each reader adds up what the events say and knows how old it was when it came: its media time against the wall clock, by
//! the conversation's epoch. So a sum that is not true, or is told late, is seen at every client and not on average.
//! Deliberately absent: sound, which `measure crowd` hears beside this.

mod people;
mod reader;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use people::{Share, offer};
use reader::{Read, read};
use serde::Serialize;

/// Threads that act, each with connections of its own from addresses of its own.
const ACTORS: usize = 8;
/// What readers still wait for after the last act: two seconds in which it is told, with room.
const AFTERWARDS: Duration = Duration::from_secs(4);
/// A reader's thread holds a few buffers.
const STACK_BYTES: usize = 256 * 1024;

/// Who takes part, and how.
#[derive(Debug, Clone)]
pub struct Floor {
    /// The pages' listener, where acts are sent.
    pub pages: SocketAddr,
    /// The audience's listener, where events are read.
    pub audience: SocketAddr,
    /// The conversation.
    pub slug: String,
    /// A token for each person.
    pub tokens: Vec<String>,
    /// Acts a second: half of them reactions, half of them lines. 0: nobody acts.
    pub per_second: f64,
    /// For so long.
    pub seconds: Duration,
    /// How many read events.
    pub readers: usize,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Took {
    /// Acts that were sent.
    pub offered: u64,
    /// Reactions that were taken.
    pub reactions: u64,
    /// Lines that were taken.
    pub lines: u64,
    /// Acts that were refused for their rate.
    pub refused: u64,
    /// Acts that were answered with anything else, or not at all.
    pub failed: u64,
    /// How long an act took to be answered, in milliseconds: median, 99 % and the longest.
    pub answered_ms: Option<[f64; 3]>,
    /// Readers whose sums are those of what was taken.
    pub true_readers: usize,
    /// Readers.
    pub readers: usize,
    /// Sums of the first reader: reactions and lines.
    pub told: [u64; 2],
    /// Lines of the chat that were shown to the first reader.
    pub shown: u64,
    /// How old what was told was when it came, in milliseconds, over all readers: median, 99 % and the oldest.
    pub age_ms: Option<[f64; 3]>,
}

impl Floor {
    /// Reads, acts and counts; `steady` is called when every reader has its snapshot.
    ///
    /// # Errors
    /// When a connection cannot be made.
    pub fn measure(&self, steady: impl FnOnce()) -> io::Result<Took> {
        let over = Arc::new(AtomicBool::new(false));
        let mut readers = Vec::new();
        for _ in 0..self.readers {
            let (over, addr, slug) = (over.clone(), self.audience, self.slug.clone());
            let (ready_tx, ready) = std::sync::mpsc::channel();
            let body = move || read(addr, &slug, &over, &ready_tx);
            readers.push((thread::Builder::new().stack_size(STACK_BYTES).spawn(body)?, ready));
        }
        for (_, ready) in &readers {
            // A reader that failed says so when it is joined.
            let _ = ready.recv_timeout(Duration::from_secs(10));
        }
        steady();
        let acts = self.act()?;
        thread::sleep(AFTERWARDS);
        over.store(true, Relaxed);
        let mut read = Vec::new();
        for (reader, _) in readers {
            read.push(reader.join().map_err(|_| io::Error::other("a reader failed"))??);
        }
        Ok(self.sum_up(&acts, &read))
    }

    fn act(&self) -> io::Result<Share> {
        if self.per_second <= 0.0 {
            thread::sleep(self.seconds);
            return Ok(Share::default());
        }
        let mut actors = Vec::new();
        for actor in 0..ACTORS {
            let tokens: Vec<_> = self.tokens.iter().skip(actor).step_by(ACTORS).cloned().collect();
            let every = Duration::from_secs_f64(ACTORS as f64 / self.per_second);
            let (addr, slug, seconds) = (self.pages, self.slug.clone(), self.seconds);
            actors.push(thread::Builder::new().spawn(move || offer(actor, addr, &slug, &tokens, every, seconds))?);
        }
        let mut all = Share::default();
        for actor in actors {
            all.add(actor.join().map_err(|_| io::Error::other("an actor failed"))??);
        }
        Ok(all)
    }

    fn sum_up(&self, acts: &Share, read: &[Read]) -> Took {
        let is_true = |read: &&Read| read.reactions == acts.reactions && read.lines == acts.lines;
        let first = read.first();
        Took {
            offered: acts.offered,
            reactions: acts.reactions,
            lines: acts.lines,
            refused: acts.refused,
            failed: acts.failed,
            answered_ms: parts(acts.answered_ms.clone()),
            true_readers: read.iter().filter(is_true).count(),
            readers: read.len(),
            told: first.map_or([0, 0], |read| [read.reactions, read.lines]),
            shown: first.map_or(0, |read| read.shown),
            age_ms: parts(read.iter().flat_map(|read| read.ages_ms.iter().copied()).collect()),
        }
    }
}

/// Median, 99 % and the largest.
fn parts(mut of: Vec<f64>) -> Option<[f64; 3]> {
    of.sort_by(f64::total_cmp);
    let last = of.len().checked_sub(1)?;
    let at = |part: f64| (of[(last as f64 * part).round() as usize] * 10.0).round() / 10.0;
    Some([at(0.5), at(0.99), at(1.0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_has_three_parts() {
        assert_eq!(parts(Vec::new()), None);
        assert_eq!(parts((0..=100).rev().map(f64::from).collect()), Some([50.0, 99.0, 100.0]));
    }
}
