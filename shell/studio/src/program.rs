//! The program sound of one conversation on its way out: into the ring, through the hot renditions, onto the link.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use hustings_link::down::{Down, OpusFrame};
use hustings_vocab::{Codec, MediaTime, Rendition, Slug, TICK_SAMPLES};
use tokio::sync::mpsc;

use crate::backfill::{self, Backfilled};
use crate::rendition::{Hot, Made};
use crate::ring::PcmRing;
use crate::stats::Stats;
use crate::worker::Inbox;

/// What a rendition is doing.
enum Heat {
    Cold,
    /// Being back-filled; `wanted` turns false if everybody left meanwhile.
    Warming {
        wanted: bool,
    },
    Hot(Box<Hot>),
}

/// The way out.
pub(crate) struct Program {
    slug: Slug,
    ring: PcmRing,
    renditions: [Heat; Rendition::ALL.len()],
    /// The media before the first part of a rendition was lost in a restart. Told once: a rendition that cools and is
    /// wanted again has lost nothing more.
    resumed: [bool; Rendition::ALL.len()],
    /// Somebody wants each frame as soon as it is made.
    frames: [bool; Rendition::ALL.len()],
    down: mpsc::Sender<Down>,
    stats: Arc<Stats>,
}

impl Program {
    pub(crate) fn new(slug: Slug, now: MediaTime, resumed: bool, down: mpsc::Sender<Down>, stats: Arc<Stats>) -> Self {
        let renditions = Rendition::ALL.map(|_| Heat::Cold);
        Self {
            slug,
            ring: if resumed { PcmRing::from_now(now) } else { PcmRing::silent_until(now) },
            renditions,
            resumed: [resumed; Rendition::ALL.len()],
            frames: [false; Rendition::ALL.len()],
            down,
            stats,
        }
    }

    /// Somebody wants a rendition: back-fill it and keep it hot.
    pub(crate) fn want(&mut self, rendition: Rendition, inbox: &Sender<Inbox>) {
        match &mut self.renditions[rendition.index()] {
            Heat::Warming { wanted } => *wanted = true,
            Heat::Hot(_) => {}
            cold @ Heat::Cold => {
                let Some(encoder) = hustings_codec::encoder(rendition) else { return };
                let resumed = std::mem::take(&mut self.resumed[rendition.index()]);
                let hot = Hot::begin(rendition, encoder, &self.ring, resumed);
                let ring = self.ring.copy_from(hot.reads_from());
                *cold = Heat::Warming { wanted: true };
                backfill::start(self.slug.clone(), hot, ring, inbox.clone());
            }
        }
    }

    /// Whether frames of a rendition go out one by one. Each wakes the audience plane, fifty times a second.
    pub(crate) const fn send_frames(&mut self, rendition: Rendition, wanted: bool) {
        self.frames[rendition.index()] = wanted;
    }

    /// Nobody wants it any more.
    pub(crate) fn release(&mut self, rendition: Rendition) {
        match &mut self.renditions[rendition.index()] {
            Heat::Warming { wanted } => *wanted = false,
            other => *other = Heat::Cold,
        }
    }

    /// A rendition has caught up: publish what it made, and go on with it on the tick.
    pub(crate) fn backfilled(&mut self, done: Backfilled) {
        let Backfilled { mut hot, made } = done;
        let rendition = hot.rendition();
        // Parts only: the frames are long past for those who want them live.
        for made in made {
            if let Made::Part(part) = made {
                self.send(rendition, Made::Part(part));
            }
        }
        let index = rendition.index();
        if matches!(self.renditions[index], Heat::Warming { wanted: true }) {
            self.catch_up(&mut hot);
            self.renditions[index] = Heat::Hot(Box::new(hot));
        } else {
            self.renditions[index] = Heat::Cold;
        }
    }

    /// Takes in one tick of program sound.
    pub(crate) fn push(&mut self, tick: &[f32; TICK_SAMPLES]) {
        self.ring.push(tick);
        for index in 0..self.renditions.len() {
            // Taken out for the moment, for a rendition and the ring it reads belong to the same program.
            let mut heat = std::mem::replace(&mut self.renditions[index], Heat::Cold);
            if let Heat::Hot(hot) = &mut heat {
                self.catch_up(hot);
            }
            self.renditions[index] = heat;
        }
    }

    /// Publishes what is pending and says goodbye.
    pub(crate) fn finish(&mut self) {
        for index in 0..self.renditions.len() {
            if let Heat::Hot(mut hot) = std::mem::replace(&mut self.renditions[index], Heat::Cold)
                && let Some(part) = hot.finish()
            {
                self.send(hot.rendition(), Made::Part(part));
            }
        }
        self.post(Down::Closed { slug: self.slug.clone() });
    }

    /// Sends a message to the audience plane; never waits.
    pub(crate) fn post(&self, down: Down) {
        if self.down.try_send(down).is_err() {
            self.stats.drop_one();
        }
    }

    fn catch_up(&self, hot: &mut Hot) {
        let rendition = hot.rendition();
        let before = hot.spent;
        hot.catch_up(&self.ring, |made| self.send(rendition, made));
        self.stats.encoded(rendition, hot.spent - before);
    }

    fn send(&self, rendition: Rendition, made: Made) {
        let slug = self.slug.clone();
        match made {
            Made::Part(part) => self.post(Down::Part { slug, rendition, part: Arc::new(part) }),
            Made::Frame(t, packet) if rendition.codec() == Codec::Opus && self.frames[rendition.index()] => {
                self.post(Down::Frame { slug, rendition, frame: OpusFrame { t, packet: packet.into() } });
            }
            Made::Frame(..) => {}
        }
    }
}
