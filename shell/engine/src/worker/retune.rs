//! Bitrates that follow the line: everybody goes on with another rendition at a part, without a gap, when the gate says so.
//!
//! Renditions of one codec share their headers and the numbers of their parts, so a listener changes its reel and nothing
//! else. Deliberately absent: players of LL-HLS, which choose from their playlist by themselves.

use hustings_vocab::limits;

use super::Worker;

impl Worker {
    /// Brings everybody to what may be heard now, if that has changed; and where a part for all at once would queue on the
    /// line, spreads them over the cadence.
    pub(super) fn retune(&mut self) {
        let entrance = &self.house.config.halls.entrance;
        self.shard.serve_at_once(limits::STREAM_CROWD.min(entrance.at_once()));
        let cap = entrance.cap();
        if cap == self.cap {
            return;
        }
        self.cap = cap;
        let mut keys = std::mem::take(&mut self.keys);
        self.shard.all(&mut keys);
        for key in keys.drain(..) {
            let Some(hears) = self.shard.held(key).and_then(|held| held.hears.as_ref()) else { continue };
            let most = if hears.newcomer { cap.of_newcomers() } else { cap.all };
            let wanted = hears.asked.at_most(most.kbit());
            if wanted == hears.now || !self.house.config.offered.contains(&wanted) {
                continue;
            }
            let (shelf, container) = (hears.hall.shelf(wanted).clone(), hears.container);
            let channel = self.channels.open(&mut self.shard, &self.belfry, &shelf, container, self.now);
            self.shard.turn(key, channel);
            if let Some(hears) = self.shard.held_mut(key).and_then(|held| held.hears.as_mut()) {
                hears.now = wanted;
            }
        }
        self.keys = keys;
    }
}
