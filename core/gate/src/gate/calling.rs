//! Who of those who wait may come now, in every conversation in which somebody does.

use std::time::Instant;

use hustings_vocab::Slug;

use super::Gate;
use crate::record::Record;
use crate::tier::Tier;

impl Gate {
    /// Calls all of a queue whose people have vanished.
    pub(super) fn pass_over(&mut self, now: Instant) {
        let Some(joins) = self.limits.joins_per_second.map(|rate| rate * self.load.factor()) else { return };
        for (slug, event) in self.events.iter_mut().filter(|(_, event)| event.may_call()) {
            if event.queue.pass_over(self.limits.polls_per_second, joins, now) {
                self.records.push((slug.clone(), Record::Called(event.queue.called_below())));
            }
        }
    }

    /// Calls as many as may come, in turn from each conversation in which somebody waits.
    pub(super) fn call(&mut self, now: Instant) {
        let waiting: Vec<Slug> =
            self.events.iter().filter(|(_, e)| e.may_call()).map(|(slug, _)| slug.clone()).collect();
        if waiting.is_empty() {
            return;
        }
        let may = self.joins_available(now).unwrap_or(u64::MAX).min(self.room(Tier::Stream));
        self.turn = (self.turn + 1) % waiting.len();
        let mut left = may;
        for n in 0..waiting.len() {
            let slug = &waiting[(self.turn + n) % waiting.len()];
            let share = left.div_ceil((waiting.len() - n) as u64);
            let Some(event) = self.events.get_mut(slug) else { continue };
            let called = event.queue.call(share, now);
            if called > 0 {
                left -= called;
                self.records.push((slug.clone(), Record::Called(event.queue.called_below())));
            }
        }
        self.joins.take(may - left);
    }
}
