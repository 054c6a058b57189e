//! The link within one process: channels, and the tasks that carry messages across.

use std::sync::Arc;
use std::time::Duration;

use hustings_link::down::Down;
use hustings_link::hall::Halls;
use hustings_link::up::Up;
use hustings_studio::Studio;
use tokio::sync::mpsc;

/// Messages that may wait for the audience plane: 512 conversations make at most 60,000 a second, so this is a quarter
/// of a second of a full house. When it is full the studio drops and counts.
pub(crate) const DOWN_QUEUE_MAX: usize = 16_384;
/// Wishes and counts that may wait for the stage. What does not fit is asked again within a second.
pub(crate) const UP_QUEUE_MAX: usize = 4096;
/// Messages taken at once.
const BATCH: usize = 256;

/// Carries messages from the stage plane into the halls.
pub(crate) async fn carry_down(halls: Arc<Halls>, mut down: mpsc::Receiver<Down>) {
    let mut batch = Vec::with_capacity(BATCH);
    while down.recv_many(&mut batch, BATCH).await > 0 {
        batch.drain(..).for_each(|message| halls.apply(message));
    }
}

/// Carries wishes and counts to the studio.
pub(crate) async fn carry_up(studio: Arc<Studio>, mut up: mpsc::Receiver<Up>) {
    while let Some(message) = up.recv().await {
        studio.up(message);
    }
}

/// Looks after the halls once a second.
pub(crate) async fn sweep(halls: Arc<Halls>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    loop {
        second.tick().await;
        halls.sweep();
    }
}
