//! News of the start: what a host announces before it begins is told to those in the lobby and to those who wait.
//!
//! The records are asked when somebody edits a conversation, and every two seconds for those whose lobby is open, so that what
//! another process wrote is seen too. What differs from what was told goes the way of every event, and stays in the
//! snapshot: the queue, the status page and every process of the audience read it there. Absent: whom it concerns otherwise,
//! which letters and webhooks tell.

use std::sync::Arc;
use std::time::Duration;

use hustings_link::desk::Desk;
use hustings_link::hall::{Hall, Halls};
use hustings_vocab::event::{Event, News, What};
use hustings_vocab::{MediaTime, Phase};

use crate::desk::HouseDesk;
use crate::hub::Hub;
use crate::times::now_ms;

/// How often the records are asked although nobody rang.
const LOOK: Duration = Duration::from_secs(2);

/// Tells news for as long as the server runs.
pub(crate) async fn keep(halls: Arc<Halls>, hub: Arc<Hub>, desk: Arc<HouseDesk>) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = look.tick() => {}
            () = desk.edited.notified() => {}
        }
        for hall in halls.all() {
            // What has begun is not moved any more; after a restart it is told once when it was to begin.
            if hall.phase() == Phase::Lobby || hall.news() == News::default() && !hall.has_ended() {
                tell(&hall, &hub, &*desk).await;
            }
        }
    }
}

async fn tell(hall: &Hall, hub: &Hub, desk: &dyn Desk) {
    let Ok(found) = desk.find(hall.slug.clone()).await else { return };
    let news = News { starts_ms: found.starts_ms, moved_from_ms: found.plan.moved_from_ms, delay: found.plan.delay };
    if news != hall.news() {
        let t = MediaTime::at_wall(hall.epoch_ms, now_ms());
        hub.announce(&hall.slug, Event { t, what: What::News(news) });
    }
}
