//! What those who run a conversation are told of its room: the studio's word on lines, and the minutes of its audience.
//!
//! Minutes are kept in memory while the conversation is open. Deliberately absent: a record of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hustings_link::hall::Halls;
use hustings_link::room::{Minutes, Room, Rooms};
use hustings_studio::Studio;
use hustings_vocab::Slug;

/// How often the audience is looked at: a minute is true to so much.
const LOOK: Duration = Duration::from_secs(2);

/// The rooms of this server.
#[derive(Debug)]
pub(crate) struct HouseRooms {
    studio: Arc<Studio>,
    halls: Arc<Halls>,
    minutes: Mutex<HashMap<Slug, Minutes>>,
}

impl HouseRooms {
    pub(crate) fn new(studio: Arc<Studio>, halls: Arc<Halls>) -> Arc<Self> {
        Arc::new(Self { studio, halls, minutes: Mutex::default() })
    }

    /// Looks at every audience, for ever.
    pub(crate) async fn keep_time(self: Arc<Self>) {
        let mut tick = tokio::time::interval(LOOK);
        loop {
            tick.tick().await;
            let now_ms = crate::times::now_ms();
            let halls = self.halls.all();
            let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
            minutes.retain(|slug, _| halls.iter().any(|hall| hall.slug == *slug));
            for hall in halls {
                minutes.entry(hall.slug.clone()).or_default().look(now_ms, &hall.attendance.whole());
            }
        }
    }
}

impl Rooms for HouseRooms {
    fn room(&self, slug: &Slug) -> Room {
        let minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let minutes = minutes.get(slug).map(|minutes| minutes.iter().copied().collect()).unwrap_or_default();
        Room { lines: self.studio.lines(slug), minutes }
    }
}
