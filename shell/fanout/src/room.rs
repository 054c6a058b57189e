//! The room that handlers share: the halls, and what is the same for all of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use hustings_hls::{Keep, Multivariants, Refusal};
use hustings_link::desk::DeskError;
use hustings_link::hall::{Hall, Halls};
use hustings_vocab::{Phase, Rendition, Slug};

use crate::FanoutConfig;
use crate::problem::Problem;

/// Goodbyes show in the count within two seconds: a session's grace of one second, and two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What a refusal that is the same for everybody may be kept for by a cache.
const REFUSED: Keep = Keep::For(1);

/// What every handler sees.
pub(crate) struct Room {
    pub(crate) halls: Arc<Halls>,
    pub(crate) config: FanoutConfig,
    pub(crate) multivariants: Multivariants,
}

impl Room {
    pub(crate) fn new(halls: Arc<Halls>, config: FanoutConfig) -> Self {
        let multivariants = Multivariants::new(&config.offered);
        Self { halls, config, multivariants }
    }

    /// Whether this build can make a rendition.
    ///
    /// # Errors
    /// 404 if it cannot.
    pub(crate) fn offers(&self, rendition: Rendition) -> Result<(), Problem> {
        let offered = self.config.offered.contains(&rendition);
        offered.then_some(()).ok_or_else(|| Refusal::not_offered(rendition).into())
    }

    /// The hall of a conversation that can be listened to, or has just ended.
    ///
    /// # Errors
    /// 404 if there is none of that name, 409 with `Retry-After` if its doors are closed, 410 if it is over.
    pub(crate) async fn hall(&self, slug: &str) -> Result<Arc<Hall>, Problem> {
        let unknown = || Problem::not_found(format!("there is no conversation {slug:.64}")).kept(REFUSED);
        let slug: Slug = slug.parse().map_err(|_| unknown())?;
        if let Some(hall) = self.halls.find(&slug) {
            return Ok(hall);
        }
        let Some(desk) = &self.config.desk else { return Err(unknown()) };
        match desk.find(slug.clone()).await.map(|c| c.phase) {
            Ok(Phase::Ended) => Err(over()),
            Ok(Phase::Cancelled) => {
                Err(Problem::new(StatusCode::GONE, "this conversation was called off").kept(REFUSED))
            }
            Ok(_) => {
                let closed =
                    Problem::unavailable("the doors of this conversation are not open yet", Duration::from_secs(10));
                Err(closed.with_status(StatusCode::CONFLICT).kept(REFUSED))
            }
            Err(DeskError::Unknown(_)) => Err(unknown()),
            Err(error) => {
                tracing::warn!(%slug, %error, "the desk does not answer for a listener");
                Err(Problem::unavailable(
                    "the records of this conversation cannot be read; try again",
                    Duration::from_secs(2),
                )
                .kept(REFUSED))
            }
        }
    }
}

/// 410: the conversation is over.
pub(crate) fn over() -> Problem {
    Problem::new(StatusCode::GONE, "this conversation has ended").kept(REFUSED)
}

/// Looks twice a second for HLS listeners who have left, until the room is dropped.
pub(crate) fn keep_counting(room: &Arc<Room>) {
    let room = Arc::downgrade(room);
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let Some(room) = room.upgrade() else { return };
            room.halls.roll.sweep(Instant::now());
        }
    });
}
