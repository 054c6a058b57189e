//! The board of one rendition: what is ready to be sent, and who waits for what.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hustings_fan::{Key, Warmth};
use hustings_hls::{Asked, Decision, Document, Refusal, decide_media, decide_playlist, keep_of};
use hustings_link::hall::{Bell, Hall, Progress, Shelf};
use hustings_pack::PARTS_PER_SEGMENT;
use hustings_pack::request::{Directives, Extent, Media, Until};
use hustings_vocab::Rendition;

use super::bell::{BoardBell, News};
use super::clock::Clock;
use super::ready::Ready;

/// Between two times that the shelf is told that somebody asks; it cools after
/// [`hustings_vocab::limits::RENDITION_COOLING_SECONDS`].
const TOUCH: Duration = Duration::from_secs(1);

/// What is asked of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Playlist(Directives),
    Media(Media),
}

/// What a board says to that.
#[derive(Debug)]
pub(crate) enum Sought {
    Ready(Arc<Ready>),
    Refused(Refusal),
    /// The sound does not flow yet: look again at this moment, or when a part comes.
    Warming(Instant),
    /// Look again when this part has come.
    Wait(u64),
}

/// Somebody who waits. The number tells one wait from the next on the same connection.
pub(crate) type Ticket = (Key, u32);

/// One board.
#[derive(Debug)]
pub(crate) struct Board {
    pub(crate) hall: Arc<Hall>,
    rendition: Rendition,
    bell: Arc<BoardBell>,
    progress: Progress,
    /// Until then what is on the shelf is the live edge.
    warm_until: Instant,
    /// By [`place`], of the version that is on the shelf.
    playlists: [Option<Arc<Ready>>; 8],
    /// Of what is on the shelf: 150 parts and 15 segments at most. They share its sound, so an entry is its head.
    media: HashMap<Media, Arc<Ready>>,
    waiting: BTreeMap<u64, Vec<Ticket>>,
    warming: Vec<Ticket>,
    touched: Option<Instant>,
}

/// Where the answer to a plain request for a playlist is kept.
const fn place(directives: Directives, gzip: bool) -> usize {
    let found = !matches!(directives.until, Until::Any);
    found as usize | (matches!(directives.extent, Extent::Delta) as usize) << 1 | (gzip as usize) << 2
}

impl Board {
    /// The board of a rendition, with a bell that is not hung yet.
    pub(super) fn new(hall: Arc<Hall>, rendition: Rendition, news: Arc<News>, now: Instant) -> Self {
        Self {
            hall,
            rendition,
            bell: BoardBell::new(news),
            progress: Progress::default(),
            warm_until: now,
            playlists: Default::default(),
            media: HashMap::new(),
            waiting: BTreeMap::new(),
            warming: Vec::new(),
            touched: None,
        }
    }

    /// Hangs the bell.
    pub(super) fn open(&mut self, key: Key, now: Instant) {
        self.bell.is_of(key);
        let bell: Arc<dyn Bell> = self.bell.clone();
        self.shelf().hang(&bell);
        self.refresh(now);
    }

    pub(crate) fn shelf(&self) -> &Arc<Shelf> {
        self.hall.shelf(self.rendition)
    }

    /// Somebody asks, so the sound is wanted.
    pub(crate) fn touch(&mut self, now: Instant) {
        if self.touched.is_none_or(|at| now.duration_since(at) >= TOUCH) {
            self.touched = Some(now);
            self.shelf().touch();
        }
    }

    /// Takes over what is new on the shelf, and gives who waited for it.
    pub(crate) fn refresh(&mut self, now: Instant) -> Vec<Ticket> {
        self.bell.heard();
        let (progress, oldest) = self.shelf().look(|w| {
            let progress = Progress { next: w.next(), ended: w.ended() };
            (progress, w.parts().front().map_or(0, |part| part.number))
        });
        self.progress = progress;
        self.playlists = Default::default();
        self.media.retain(|media, _| first_part(*media) >= oldest);
        self.warm_until = now;
        let flow = self.shelf().flow();
        if let (Warmth::Ready, Some(flow)) = (Warmth::look(self.hall.flowing(self.shelf()), now, now), flow) {
            self.warm_until = flow.last + Warmth::PAUSE;
        }
        let next = if progress.ended { u64::MAX } else { progress.next.unwrap_or(0) };
        let later = self.waiting.split_off(&next);
        let come = std::mem::replace(&mut self.waiting, later);
        let warming = std::mem::take(&mut self.warming);
        come.into_values().flatten().chain(warming).collect()
    }

    /// Those who wait for the sound to flow.
    pub(crate) fn take_warming(&mut self) -> Vec<Ticket> {
        std::mem::take(&mut self.warming)
    }

    pub(crate) fn wait(&mut self, ticket: Ticket, part_number: u64) {
        self.waiting.entry(part_number).or_default().push(ticket);
    }

    pub(crate) fn warm(&mut self, ticket: Ticket) {
        self.warming.push(ticket);
    }

    /// Forgets those who wait no more.
    pub(crate) fn forget(&mut self, waits: impl Fn(Ticket) -> bool) {
        self.waiting.retain(|_, tickets| {
            tickets.retain(|ticket| waits(*ticket));
            !tickets.is_empty()
        });
        self.warming.retain(|ticket| waits(*ticket));
    }

    pub(crate) fn is_waited_at(&self) -> bool {
        !self.waiting.is_empty() || !self.warming.is_empty()
    }

    pub(crate) const fn has_ended(&self) -> bool {
        self.progress.ended
    }

    /// The answer that is kept for everybody who asks plainly, if there is one and it is still true.
    pub(crate) fn kept(&mut self, wanted: Wanted, gzip: bool, now: Instant, clock: &Clock) -> Option<Arc<Ready>> {
        let kept = match wanted {
            Wanted::Playlist(directives) => {
                let next = self.progress.next.unwrap_or(0);
                let has = match directives.until {
                    Until::Any => true,
                    Until::Segment(msn) => (msn + 1) * PARTS_PER_SEGMENT <= next,
                    Until::Part(number) => number < next,
                };
                let flows = self.progress.ended || (has && now < self.warm_until);
                self.playlists[place(directives, gzip)].as_mut().filter(|_| flows)?
            }
            Wanted::Media(media) => self.media.get_mut(&media)?,
        };
        if !kept.is_dated(clock) {
            Arc::make_mut(kept).date(clock);
        }
        Some(kept.clone())
    }

    /// What the shelf has for somebody who has waited for its sound to flow since `begun`; if that is `None`, it flowed
    /// before.
    pub(crate) fn seek(
        &mut self,
        wanted: Wanted,
        asked: &Asked,
        begun: Option<Instant>,
        now: Instant,
        clock: &Clock,
        offered: &[Rendition],
    ) -> Sought {
        if asked.is_plain()
            && let Some(ready) = self.kept(wanted, asked.gzip, now, clock)
        {
            return Sought::Ready(ready);
        }
        let reply = match wanted {
            Wanted::Playlist(directives) => {
                if let Some(begun) = begun {
                    match Warmth::look(self.hall.flowing(self.shelf()), begun, now) {
                        Warmth::Ready => {}
                        Warmth::Wait(until) => return Sought::Warming(until),
                        Warmth::Cold => {
                            let refusal = Refusal::unavailable(Warmth::COLD, Warmth::RETRY_AFTER.as_secs());
                            return Sought::Refused(refusal);
                        }
                    }
                }
                match self.shelf().look(|w| decide_playlist(w, directives)) {
                    Decision::Now(()) => {}
                    Decision::Wait { part_number } => return Sought::Wait(part_number),
                    Decision::Refuse(refusal) => return Sought::Refused(refusal),
                }
                let Some(document) = self.hall.playlist(self.rendition, directives.extent, offered) else {
                    return Sought::Refused(Refusal::nothing());
                };
                let keep = self.shelf().look(|w| keep_of(w, directives.until));
                document.reply_kept(asked, keep)
            }
            Wanted::Media(media) => {
                match self.shelf().look(|w| decide_media(w, media, self.hall.elapsed_s(clock.second))) {
                    Decision::Now(parts) => Document::media(self.rendition, self.hall.epoch_ms, &parts).reply(asked),
                    Decision::Wait { part_number } => return Sought::Wait(part_number),
                    Decision::Refuse(refusal) => return Sought::Refused(refusal),
                }
            }
        };
        let ready = Arc::new(Ready::new(reply, clock));
        if asked.is_plain() {
            match wanted {
                Wanted::Playlist(directives) => self.playlists[place(directives, asked.gzip)] = Some(ready.clone()),
                Wanted::Media(media) => {
                    self.media.insert(media, ready.clone());
                }
            }
        }
        Sought::Ready(ready)
    }
}

const fn first_part(media: Media) -> u64 {
    match media {
        Media::Segment(msn) => msn * PARTS_PER_SEGMENT,
        Media::Part(number) => number,
    }
}
