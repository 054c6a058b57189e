//! Playlists as they stand: each version is rendered once, and shared by everybody in this process who waited for it.

use std::sync::{Arc, Mutex, PoisonError};

use hustings_hls::Document;
use hustings_pack::playlist;
use hustings_pack::request::Extent;
use hustings_vocab::Rendition;

use super::shelf::{Progress, Shelf};

/// The newest version of each playlist of a conversation that was asked for. Each is behind a lock of its own, so that
/// rendering one holds up nobody who wants another.
#[derive(Debug, Default)]
pub(super) struct Playlists([Mutex<Rendered>; Rendition::ALL.len()]);

/// One version, in both extents.
#[derive(Debug, Default)]
struct Rendered {
    progress: Progress,
    full: Option<Arc<Document>>,
    delta: Option<Arc<Document>>,
}

impl Playlists {
    pub(super) fn of(
        &self,
        shelf: &Shelf,
        extent: Extent,
        offered: &[Rendition],
        epoch_ms: u64,
    ) -> Option<Arc<Document>> {
        // Held while it is rendered, so that the others who want this version get it instead of rendering it too.
        let mut rendered = self.0[shelf.rendition().index()].lock().unwrap_or_else(PoisonError::into_inner);
        let progress = shelf.look(|w| Progress { next: w.next(), ended: w.ended() });
        if rendered.progress != progress {
            *rendered = Rendered { progress, full: None, delta: None };
        }
        let slot = match extent {
            Extent::Full => &mut rendered.full,
            Extent::Delta => &mut rendered.delta,
        };
        if slot.is_none() {
            // Pointers are copied while the writer waits; rendering takes its time afterwards.
            let window = shelf.look(Clone::clone);
            let text = playlist::media(&window, shelf.rendition(), offered, epoch_ms, extent);
            *slot = text.map(|text| Arc::new(Document::playlist(text)));
        }
        slot.clone()
    }
}
