//! The gate as pages and programs ask it: for a ticket, for the state of a queue, for the draw.

use hustings_gate::challenge::Unsolved;
use hustings_gate::lottery::{Hash, Leaf};
use hustings_gate::{Bye, Expected, Refusal, Tier};
use hustings_guard::Source;
use hustings_vocab::{Phase, Slug};

/// What somebody brings who wants to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// At which tier.
    pub tier: Tier,
    /// By which they are known again.
    pub secret: String,
    /// A place that they have.
    pub place: Option<String>,
    /// A ticket that they have.
    pub ticket: Option<String>,
    /// A challenge that they were given, and the numbers that solve it; none of who has only waited.
    pub challenge: Option<(String, Vec<u32>)>,
    /// They have shown that they are on stage: they wait for nobody.
    pub on_stage: bool,
    /// The network that they ask from; none of who asks from this machine itself, as a rehearsal does, who is not challenged.
    pub network: Option<Source>,
    /// The pass of a rehearsal: who has one is not challenged.
    pub pass: Option<String>,
}

/// What they are told.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Come in.
    In {
        /// At this tier.
        tier: Tier,
        /// With this ticket.
        ticket: String,
        /// At most at so many kbit/s.
        kbit: u32,
    },
    /// Wait.
    Wait {
        /// With this place.
        place: String,
        /// The number that it was given, from 0 on.
        serial: u64,
        /// Its rank from 0 on, if the order is known.
        rank: Option<u64>,
        /// Ask again at a random time within so many seconds.
        poll_s: u64,
        /// How long it will take.
        expected: Option<Expected>,
    },
    /// Too many come at once: solve this, or wait, and ask again.
    Challenge(String),
    /// What was shown for a challenge lets nobody in.
    Unsolved(Unsolved),
    /// No.
    No(Refusal),
}

/// How a queue stands. It is the same for everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueState {
    /// Where the conversation is in its life.
    pub phase: Phase,
    /// When it starts, in milliseconds since 1970.
    pub starts_ms: Option<u64>,
    /// When it was to start before it was moved.
    pub moved_from_ms: Option<u64>,
    /// Why it begins later, in the host's own words; empty if nothing is said.
    pub delay: String,
    /// Now admitting below this rank.
    pub below: u64,
    /// Before the order is drawn: now admitting numbers below this.
    pub early: u64,
    /// Who was not called yet.
    pub waiting: u64,
    /// How many come in a second, lately.
    pub per_second: f64,
    /// Ask again at a random time within so many seconds.
    pub poll_s: u64,
    /// Whether the order of those who came before the start is known, or none is drawn.
    pub drawn: bool,
}

/// What is published of a lottery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotteryState {
    /// The hash of the seed.
    pub commitment: Hash,
    /// The root of the places that took part, once they are known.
    pub root: Option<Hash>,
    /// The seed, once it is drawn.
    pub seed: Option<Hash>,
    /// The places, once it is drawn.
    pub places: Vec<Leaf>,
}

/// The gate cannot write down what it decides: it decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the gate cannot keep its records at the moment: try again")]
pub struct NoRecords;

/// The gate. Nothing here waits for more than a disk that takes 56 bytes.
pub trait Gatekeeper: Send + Sync + 'static {
    /// Whether there are limits, so that a page asks for a ticket before it listens.
    fn is_on(&self) -> bool;
    /// Whether a conversation is open and for the invited alone.
    fn is_sealed(&self, slug: &Slug) -> bool;
    /// Somebody wants to listen.
    ///
    /// # Errors
    /// [`NoRecords`].
    fn ask(&self, slug: &Slug, asked: &Asked) -> Result<Told, NoRecords>;
    /// How the queue stands; none, if the doors of the conversation are closed.
    fn queue(&self, slug: &Slug) -> Option<QueueState>;
    /// What is published of the lottery, if there is or was one.
    fn lottery(&self, slug: &Slug) -> Option<LotteryState>;
    /// A secret that nobody guesses, for who has drawn none.
    fn draw_secret(&self) -> String;
    /// Somebody goes.
    fn bye(&self, slug: &Slug, ticket: &str, secret: &str, bye: Bye);
    /// A pass for a rehearsal, and for how many seconds it holds.
    fn pass(&self) -> (String, u64);
    /// A ticket for whoever uses it first, within so many seconds; none, if the doors are closed.
    ///
    /// # Errors
    /// [`NoRecords`].
    fn link(&self, slug: &Slug, tier: Tier, seconds: u64) -> Result<Option<String>, NoRecords>;
}
