//! Pinned minutes: written at once as far as they have come, and whole ten seconds later.

use std::sync::Arc;
use std::time::Duration;

use hustings_cases::Pin;
use hustings_floor::PersonId;
use hustings_link::accounts::Actor;
use hustings_link::cases::{CasesError, Pinned, PinnedTrack};
use hustings_store::{By, FolderError, NewCase, PinFiles, Store, StoreError};
use hustings_vocab::{AccountId, Slug, limits};

use super::{HouseCases, refusal};
use crate::recent::LastMinutes;
use crate::times::now_ms;

/// What is on its way from the stage has come after this.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// What writes one case's minute.
struct Writing {
    id: String,
    slug: Slug,
    pin: Pin,
    recent: Arc<LastMinutes>,
    files: Arc<PinFiles>,
    store: Store,
}

impl Writing {
    /// Writes what there is of it. `before` are those who must be in it.
    async fn write(&self, before: &[PinnedTrack]) -> Result<Vec<PinnedTrack>, CasesError> {
        let (recent, files) = (self.recent.clone(), self.files.clone());
        let (id, slug, pin) = (self.id.clone(), self.slug.clone(), self.pin);
        let until_ms = pin.until_ms.min(now_ms());
        let before = before.to_vec();
        let written = tokio::task::spawn_blocking(move || -> Result<_, FolderError> {
            let mut tracks = recent.tracks(&slug, pin.from_ms, until_ms);
            tracks.truncate(limits::PINNED_TRACKS_MAX);
            // What was written once is not replaced by less.
            if before.iter().any(|old| tracks.iter().all(|track| track.seat != old.seat)) {
                return Ok(None);
            }
            for track in &tracks {
                files.write(&id, &track.seat, &track.ogg(&track.name, pin.from_ms, until_ms))?;
            }
            let named = |track: hustings_cases::Track| PinnedTrack { seat: track.seat, name: track.name };
            Ok(Some(tracks.into_iter().map(named).collect::<Vec<_>>()))
        });
        let failed = |error: FolderError| CasesError::Store(error.to_string());
        let written = written.await.map_err(|error| CasesError::Store(error.to_string()))?.map_err(failed)?;
        let Some(tracks) = written else { return Ok(Vec::new()) };
        if !tracks.is_empty() {
            let pinned = Pinned { from_ms: self.pin.from_ms, until_ms, tracks: tracks.clone() };
            self.store.pin_case(&self.id, &pinned).await.map_err(refusal)?;
        }
        Ok(tracks)
    }
}

impl HouseCases {
    /// Pins the minute of a new case: it is on the disk before the report is answered.
    pub(super) async fn pin(&self, new: &NewCase) -> Result<(), CasesError> {
        let writing = Writing {
            id: new.id.clone(),
            slug: new.slug.clone(),
            pin: Pin::of(new.moment_ms),
            recent: self.recent.clone(),
            files: self.files.clone(),
            store: self.store.clone(),
        };
        let first = writing.write(&[]).await?;
        let person = new.person;
        tokio::spawn(async move {
            if let Some(person) = person
                && let Err(error) = name_author(&writing.store, &writing.id, person).await
            {
                tracing::error!(case = writing.id, %error, "the author of a reported message was not looked up");
            }
            let ahead = Duration::from_millis(writing.pin.until_ms.saturating_sub(now_ms()));
            tokio::time::sleep(ahead + ON_ITS_WAY).await;
            if let Err(error) = writing.write(&first).await {
                tracing::error!(case = writing.id, %error, "the end of a pinned minute was not written down");
            }
        });
        Ok(())
    }

    /// One track, and its row in the log.
    pub(super) async fn listen(&self, id: String, number: usize, by: Actor) -> Result<Vec<u8>, CasesError> {
        let case = self.store.case(&id).await.map_err(refusal)?;
        let unknown = || CasesError::Unknown("track of that number; the pinned minute may have been deleted".into());
        let pinned = case.pinned.ok_or_else(unknown)?;
        let seat = pinned.tracks.get(number).ok_or_else(unknown)?.seat.clone();
        let row = By { actor: &by.name, reason: "", now_ms: now_ms() };
        self.store.heard_track(&id, number, row).await.map_err(refusal)?;
        let files = self.files.clone();
        let read = tokio::task::spawn_blocking(move || files.read(&id, &seat)).await;
        let failed = |error: &dyn std::fmt::Display| CasesError::Store(error.to_string());
        read.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
    }

    /// Deletes a case's pinned minute.
    pub(super) async fn unpin(&self, id: &str) -> Result<(), StoreError> {
        for track in self.store.case(id).await?.pinned.map(|pinned| pinned.tracks).unwrap_or_default() {
            self.files.remove(id, &track.seat)?;
        }
        self.store.unpin_case(id, now_ms()).await
    }
}

/// Finds whose account wrote a message: lines have a number for their author, and no name that could be looked up.
async fn name_author(store: &Store, id: &str, person: u64) -> Result<(), StoreError> {
    let number = |account: &AccountId| PersonId::of(&format!("account:{account}")).0;
    match store.account_numbered(person, number).await? {
        Some(account) => store.set_case_account(id, &account).await,
        None => Ok(()),
    }
}
