//! What is prepared for conversations and used while they run: clips, the sound of lobbies, covers, words to those on stage.
//!
//! Records are written after the file is there and forgotten before it is thrown away, so that a record always has its file.

mod cues;
mod files;
mod reader;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hustings_link::desk::DeskError;
use hustings_link::hall::Halls;
use hustings_link::production::{BringError, Brought, Cue, LobbyChoice, Prepared, Production, StoredClip, Upload};
use hustings_store::Store;
use hustings_studio::{Clip, CommandError, Studio};
use hustings_vocab::event::Playing;
use hustings_vocab::plan::Cover;
use hustings_vocab::{SeatId, Slug, limits};
use tokio_util::sync::CancellationToken;

use crate::desk::refusal;
use crate::times::now_ms;

use cues::Cues;
pub(crate) use files::Files;

/// Production of a running server.
pub(crate) struct HouseProduction {
    store: Store,
    studio: Arc<Studio>,
    halls: Arc<Halls>,
    files: Arc<Files>,
    cues: Cues,
    /// Nobody is kept waiting any more.
    over: CancellationToken,
}

impl HouseProduction {
    pub(crate) fn new(
        store: Store,
        studio: Arc<Studio>,
        halls: Arc<Halls>,
        files: Arc<Files>,
        over: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self { store, studio, halls, files, cues: Cues::default(), over })
    }

    async fn prepared_now(&self, slug: &Slug) -> Result<Prepared, BringError> {
        self.store.find(slug).await.map_err(refusal)?;
        Ok(self.store.prepared(slug).await.map_err(refusal)?)
    }

    async fn bring_now(&self, slug: Slug, title: String, upload: Upload) -> Result<StoredClip, BringError> {
        let most = limits::CLIPS_PER_CONVERSATION_MAX;
        let full = || {
            let minutes = limits::CLIPS_SECONDS_MAX / 60;
            DeskError::Conflict(format!(
                "a conversation has {most} clips of {minutes} minutes in all; remove one first"
            ))
        };
        if self.prepared_now(&slug).await?.clips.len() >= most as usize {
            return Err(full().into());
        }
        let (id, length_ms) = self.files.take_clip(&slug, upload).await?;
        let clip = StoredClip { id, title, length_ms, added_ms: now_ms() };
        let kept = self.store.add_clip(&slug, &clip).await.map_err(refusal);
        if !matches!(kept, Ok(true)) {
            self.files.remove_clip(&slug, &clip.id).await;
            return Err(kept.err().unwrap_or_else(full).into());
        }
        Ok(clip)
    }

    async fn play_now(&self, slug: Slug, id: Option<String>) -> Result<(), BringError> {
        let prepared = self.prepared_now(&slug).await?;
        let clip = match id {
            None => None,
            Some(id) => {
                let found = prepared.clips.into_iter().find(|clip| clip.id == id).ok_or(BringError::NoSuch)?;
                let seat = StoredClip::lane(&id).ok_or(BringError::NoSuch)?;
                let feed = self.files.read(&slug, &id, false);
                let feed = feed.map_err(|e| DeskError::Conflict(format!("the clip cannot be played: {e}")))?;
                let playing = Playing { seat, title: found.title, length_ms: found.length_ms };
                Some(Clip { playing, feed })
            }
        };
        self.studio.play(&slug, clip).await.map_err(|error| match error {
            CommandError::NotOpen(_) => {
                DeskError::Conflict("the doors are closed; clips are played while they are open".into())
            }
            CommandError::Refused(why) => DeskError::Conflict(why),
            CommandError::ShuttingDown => DeskError::Store(error.to_string()),
        })?;
        Ok(())
    }

    async fn set_lobby_now(&self, slug: Slug, choice: LobbyChoice) -> Result<(), BringError> {
        let prepared = self.prepared_now(&slug).await?;
        if let LobbyChoice::Clip(id) = &choice
            && !prepared.clips.iter().any(|clip| clip.id == *id)
        {
            return Err(BringError::NoSuch);
        }
        self.store.set_lobby_sound(&slug, &choice).await.map_err(refusal)?;
        self.studio.set_lobby_sound(&slug, self.files.lobby(&slug, &choice));
        Ok(())
    }

    fn cue_now(&self, slug: &Slug, to: SeatId, text: String, by: String) -> Result<(), BringError> {
        let hall = self.halls.find(slug).filter(|hall| !hall.has_ended());
        let hall = hall.ok_or_else(|| DeskError::Conflict("the doors are closed, so nobody is on stage".into()))?;
        let here: Vec<_> = hall.events.now().1.roster.speakers.into_iter().map(|speaker| speaker.seat).collect();
        if !here.contains(&to) {
            return Err(DeskError::Conflict(format!("{to} is not on stage")).into());
        }
        self.cues.tell(slug, to, &here, text, by, now_ms());
        Ok(())
    }

    async fn set_cover_now(&self, slug: Slug, upload: Upload) -> Result<Cover, BringError> {
        let before = self.store.find(&slug).await.map_err(refusal)?.plan.cover;
        let cover = self.files.take_cover(&slug, upload).await?;
        if let Err(error) = self.store.set_cover(&slug, Some(&cover)).await {
            self.files.remove_cover(&slug, &cover.tag).await;
            return Err(refusal(error).into());
        }
        if let Some(before) = before {
            self.files.remove_cover(&slug, &before.tag).await;
        }
        Ok(cover)
    }
}

impl Production for HouseProduction {
    fn prepared(&self, slug: Slug) -> Brought<'_, Prepared> {
        Box::pin(async move { self.prepared_now(&slug).await })
    }

    fn bring(&self, slug: Slug, title: String, upload: Upload) -> Brought<'_, StoredClip> {
        Box::pin(self.bring_now(slug, title, upload))
    }

    fn rename(&self, slug: Slug, id: String, title: String) -> Brought<'_, ()> {
        Box::pin(async move {
            let renamed = self.store.rename_clip(&slug, &id, &title).await.map_err(refusal)?;
            if renamed { Ok(()) } else { Err(BringError::NoSuch) }
        })
    }

    fn discard(&self, slug: Slug, id: String) -> Brought<'_, ()> {
        Box::pin(async move {
            let was = self.prepared_now(&slug).await?;
            if !self.store.remove_clip(&slug, &id).await.map_err(refusal)? {
                return Err(BringError::NoSuch);
            }
            if was.lobby == LobbyChoice::Clip(id.clone()) {
                self.studio.set_lobby_sound(&slug, None);
            }
            // Whoever reads it reads on: a file without a name ends with its last reader.
            self.files.remove_clip(&slug, &id).await;
            Ok(())
        })
    }

    fn play(&self, slug: Slug, id: Option<String>) -> Brought<'_, ()> {
        Box::pin(self.play_now(slug, id))
    }

    fn set_lobby(&self, slug: Slug, choice: LobbyChoice) -> Brought<'_, ()> {
        Box::pin(self.set_lobby_now(slug, choice))
    }

    fn cue(&self, slug: Slug, to: SeatId, text: String, by: String) -> Brought<'_, ()> {
        Box::pin(async move { self.cue_now(&slug, to, text, by) })
    }

    fn next_cue(&self, slug: Slug, to: SeatId, after: u64) -> Brought<'_, Option<Cue>> {
        Box::pin(async move {
            let patience = Duration::from_secs(limits::CUE_WAIT_SECONDS);
            tokio::select! {
                found = self.cues.next(&slug, &to, after, now_ms(), patience) => found,
                () = self.over.cancelled() => Ok(None),
            }
        })
    }

    fn set_cover(&self, slug: Slug, upload: Upload) -> Brought<'_, Cover> {
        Box::pin(self.set_cover_now(slug, upload))
    }

    fn remove_cover(&self, slug: Slug) -> Brought<'_, ()> {
        Box::pin(async move {
            let before = self.store.find(&slug).await.map_err(refusal)?.plan.cover;
            self.store.set_cover(&slug, None).await.map_err(refusal)?;
            if let Some(before) = before {
                self.files.remove_cover(&slug, &before.tag).await;
            }
            Ok(())
        })
    }

    fn cover(&self, slug: Slug, cover: Cover, small: bool) -> Brought<'_, Bytes> {
        Box::pin(async move { self.files.cover_bytes(&slug, &cover.tag, small).await })
    }
}
