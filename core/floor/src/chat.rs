//! The chat: what was written in this second, what of it is shown, and the last lines for newcomers.
//!
//! Of more lines than can be read in a second some are drawn by chance, each with the same chance, and the audience is told
//! how many there were. Those who are on stage are always shown. A line is written down when it is drawn, so that it outlives whatever
//! ends the process before it is told; one that is not shown is counted and not kept.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hustings_vocab::floor::{Chat, ChatLine};
use hustings_vocab::limits;

use crate::command::{Change, PersonId};
use crate::refusal::Refusal;
use crate::text;

/// A person's same words are taken again after this long.
const REPEATED_MS: u64 = 30_000;

/// A line and its author.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) line: ChatLine,
    pub(crate) by: PersonId,
    pub(crate) hidden: bool,
}

/// The last line of somebody.
#[derive(Debug)]
struct Last {
    words: u64,
    at_ms: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Of this second, drawn by chance.
    drawn: Vec<Written>,
    /// Of this second, from the stage.
    stage: Vec<Written>,
    /// Lines of this second, and those of them that chance decided about.
    offered: u64,
    chanced: u64,
    hidden: Vec<u64>,
    shown_again: Vec<ChatLine>,
    kept: VecDeque<Written>,
    last: BTreeMap<PersonId, Last>,
    pub(crate) muted: BTreeSet<PersonId>,
    /// Fewer lines of a second are drawn than may be.
    pub(crate) fewer: Option<usize>,
}

impl Lines {
    /// Whether this person may write this now.
    pub(crate) fn may_say(&self, by: PersonId, said: &str, slow_s: u32, now_ms: u64) -> Result<(), Refusal> {
        let Some(last) = self.last.get(&by) else { return Ok(()) };
        let since_ms = now_ms.saturating_sub(last.at_ms);
        let slow_ms = u64::from(slow_s) * 1000;
        if since_ms < slow_ms {
            return Err(Refusal::Slow { every_s: slow_s, wait_s: (slow_ms - since_ms).div_ceil(1000) });
        }
        if since_ms < REPEATED_MS && last.words == PersonId::of(&text::folded(said)).0 {
            return Err(Refusal::Repeated);
        }
        Ok(())
    }

    /// Takes a line; gives what is to be written down of it, now that it is one of those that are drawn. `lot` is drawn evenly from
    /// all numbers.
    pub(crate) fn say(&mut self, line: ChatLine, by: PersonId, slow_s: u32, now_ms: u64, lot: u64) -> Vec<Change> {
        if self.last.len() >= limits::FLOOR_PEOPLE_MAX {
            let old_ms = REPEATED_MS.max(u64::from(slow_s) * 1000);
            self.last.retain(|_, last| now_ms.saturating_sub(last.at_ms) < old_ms);
        }
        if self.last.len() < limits::FLOOR_PEOPLE_MAX || self.last.contains_key(&by) {
            self.last.insert(by, Last { words: PersonId::of(&text::folded(&line.text)).0, at_ms: now_ms });
        }
        self.offered += 1;
        let written = Written { line, by, hidden: false };
        let said = Change::Said(written.line.clone(), by);
        if written.line.role.is_some() {
            if self.stage.len() >= limits::CHAT_LINES_PER_SECOND_MAX {
                return Vec::new();
            }
            self.stage.push(written);
            return vec![said];
        }
        // Vitter's algorithm R: each of n lines is among the drawn with the same chance.
        self.chanced += 1;
        if self.drawn.len() < self.most() {
            self.drawn.push(written);
            vec![said]
        } else if let Some(place) = self.drawn.get_mut((lot % self.chanced) as usize) {
            let before = std::mem::replace(place, written);
            vec![said, Change::Dropped(before.line.id)]
        } else {
            Vec::new()
        }
    }

    /// Lines of the audience that are drawn of a second.
    fn most(&self) -> usize {
        self.fewer.unwrap_or(limits::CHAT_LINES_PER_SECOND_MAX).min(limits::CHAT_LINES_PER_SECOND_MAX)
    }

    /// Hides a line or shows it again; gives its author.
    pub(crate) fn hide(&mut self, id: u64, hidden: bool) -> Result<PersonId, Refusal> {
        if let Some(told) = self.kept.iter_mut().find(|w| w.line.id == id) {
            if told.hidden != hidden {
                told.hidden = hidden;
                if hidden {
                    self.hidden.push(id);
                    self.shown_again.retain(|line| line.id != id);
                } else {
                    self.shown_again.push(told.line.clone());
                    self.hidden.retain(|other| *other != id);
                }
            }
            return Ok(told.by);
        }
        let fresh = self.drawn.iter_mut().chain(&mut self.stage).find(|w| w.line.id == id);
        let fresh = fresh.ok_or(Refusal::Unknown("line"))?;
        fresh.hidden = hidden;
        Ok(fresh.by)
    }

    /// Hides all lines of somebody that are still kept.
    pub(crate) fn hide_all_of(&mut self, person: PersonId) -> Vec<u64> {
        let theirs = self.kept.iter().chain(&self.drawn).chain(&self.stage);
        let ids: Vec<_> = theirs.filter(|w| w.by == person && !w.hidden).map(|w| w.line.id).collect();
        ids.iter().for_each(|id| drop(self.hide(*id, true)));
        ids
    }

    /// Mutes somebody, or lets them write again.
    pub(crate) fn mute(&mut self, person: PersonId, muted: bool) -> Result<(), Refusal> {
        if !muted {
            self.muted.remove(&person);
        } else if self.muted.len() >= limits::MUTED_MAX && !self.muted.contains(&person) {
            return Err(Refusal::Full("muted person; switch the chat off"));
        } else {
            self.muted.insert(person);
        }
        Ok(())
    }

    /// The chat of the last second, if there was some, and which of its lines are not shown after all.
    pub(crate) fn tell(&mut self, changes: &mut Vec<Change>) -> Option<Chat> {
        let offered = std::mem::take(&mut self.offered);
        self.chanced = 0;
        let mut shown = std::mem::take(&mut self.stage);
        let room = self.most().saturating_sub(shown.len());
        let left = self.drawn.split_off(room.min(self.drawn.len()));
        changes.extend(left.iter().map(|w| Change::Dropped(w.line.id)));
        shown.append(&mut self.drawn);
        shown.retain(|w| !w.hidden);
        shown.sort_by_key(|w| w.line.id);
        let hidden = std::mem::take(&mut self.hidden);
        let mut lines = std::mem::take(&mut self.shown_again);
        lines.truncate(limits::CHAT_LINES_PER_SECOND_MAX.saturating_sub(shown.len()));
        if offered == 0 && hidden.is_empty() && lines.is_empty() {
            return None;
        }
        lines.extend(shown.iter().map(|w| w.line.clone()));
        shown.into_iter().for_each(|w| self.keep(w));
        Some(Chat { lines, offered, hidden })
    }

    /// A line that was told.
    pub(crate) fn keep(&mut self, written: Written) {
        if self.kept.len() == limits::CHAT_LINES_KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(written);
    }

    /// The last lines that are not hidden, oldest first.
    pub(crate) fn now(&self, max: usize) -> Vec<ChatLine> {
        let shown = self.kept.iter().filter(|w| !w.hidden);
        let skip = shown.clone().count().saturating_sub(max);
        shown.skip(skip).map(|w| w.line.clone()).collect()
    }
}
