//! The listeners of one driver, by the hall and rendition that they hear: each group reads the hall's frames once,
//! however many are in it.

use std::sync::Arc;

use futures_util::stream::{AbortHandle, BoxStream, SelectAll, StreamExt, abortable};
use hustings_link::down::OpusFrame;
use hustings_link::hall::Hall;
use hustings_vocab::Rendition;
use tokio_stream::wrappers::BroadcastStream;

use crate::gate::SessionKey;

/// What a listener hears.
#[derive(Clone)]
pub(crate) struct Audience {
    pub hall: Arc<Hall>,
    pub rendition: Rendition,
}

/// The groups of one driver.
#[derive(Default)]
pub(crate) struct House {
    groups: Vec<Group>,
    frames: SelectAll<BoxStream<'static, (u64, OpusFrame)>>,
    next: u64,
}

/// Those who hear the same.
struct Group {
    id: u64,
    audience: Audience,
    members: Vec<SessionKey>,
    reading: AbortHandle,
}

impl House {
    /// Whether nobody listens here.
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// The next frame of any group.
    pub(crate) async fn next(&mut self) -> Option<(u64, OpusFrame)> {
        self.frames.next().await
    }

    /// Who is in a group.
    pub(crate) fn members(&self, group: u64) -> Vec<SessionKey> {
        self.groups.iter().find(|g| g.id == group).map_or_else(Vec::new, |g| g.members.clone())
    }

    /// Adds a listener.
    pub(crate) fn enter(&mut self, audience: Audience, key: SessionKey) {
        let same = |g: &&mut Group| {
            Arc::ptr_eq(&g.audience.hall, &audience.hall) && g.audience.rendition == audience.rendition
        };
        if let Some(group) = self.groups.iter_mut().find(same) {
            return group.members.push(key);
        }
        self.next += 1;
        let id = self.next;
        let frames = BroadcastStream::new(audience.hall.frames(audience.rendition));
        // Who lags skips: the frames that were missed are old.
        let (frames, reading) = abortable(frames.filter_map(|frame| std::future::ready(frame.ok())));
        self.frames.push(frames.map(move |frame| (id, frame)).boxed());
        self.groups.push(Group { id, audience, members: vec![key], reading });
    }

    /// Takes a listener out.
    pub(crate) fn leave(&mut self, key: SessionKey) {
        for group in &mut self.groups {
            group.members.retain(|member| *member != key);
            if group.members.is_empty() {
                group.reading.abort();
            }
        }
        self.groups.retain(|group| !group.members.is_empty());
    }

    /// Those whose hall has ended.
    pub(crate) fn over(&self) -> Vec<SessionKey> {
        let ended = |g: &&Group| g.audience.hall.shelf(g.audience.rendition).progress().borrow().ended;
        self.groups.iter().filter(ended).flat_map(|g| g.members.iter().copied()).collect()
    }
}
