//! The gatehouse as pages ask it.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use hustings_gate::challenge::Met;
use hustings_gate::{Bye, Class, Decision, Holder, Tier, Waiting};
use hustings_guard::Source;
use hustings_link::entrance::seat_number;
use hustings_link::gatekeeper::{Asked, Gatekeeper, LotteryState, NoRecords, QueueState, Told};
use hustings_vocab::event::News;
use hustings_vocab::{Phase, Slug, limits};

use super::{Gatehouse, State, ledger};
use crate::times;

impl State {
    /// Whether a rehearsal of the operator's asks, from wherever.
    fn is_rehearsal(&self, asked: &Asked, now_s: u64) -> bool {
        asked.pass.as_ref().is_some_and(|pass| self.gate.keys().pass(pass, now_s).is_ok())
    }

    /// Remembers what somebody of a network was given, until it is used.
    fn given(&mut self, slug: &Slug, decision: &Decision, is_new: bool, to: Source, now: Instant) {
        let seat = match decision {
            Decision::Admit(entry) | Decision::StepDown(entry) => seat_number(entry.ticket.class, entry.ticket.serial),
            Decision::Wait(waiting) if is_new => seat_number(Class::Place, waiting.number),
            // Who asks again with a place is there, and waits.
            Decision::Wait(_) | Decision::Refuse(_) => return,
        };
        self.unused.give((slug.clone(), seat), to, now);
    }
}

impl Gatekeeper for Gatehouse {
    fn is_on(&self) -> bool {
        self.on
    }

    fn is_sealed(&self, slug: &Slug) -> bool {
        self.halls.entrance.is_sealed(slug)
    }

    fn ask(&self, slug: &Slug, asked: &Asked) -> Result<Told, NoRecords> {
        let (now, now_s) = (Instant::now(), times::now_ms() / 1000);
        let holder = Holder::of(&asked.secret);
        let mut state = self.lock();
        if let Some(hall) = self.halls.find(slug) {
            self.enter(&mut state, &hall, now);
        }
        let network = asked.network.filter(|_| !asked.on_stage && !state.is_rehearsal(asked, now_s));
        let is_new = asked.ticket.is_none() && asked.place.is_none();
        if let Some(network) = network.filter(|_| is_new && self.on) {
            let State { gate, door, unused, .. } = &mut *state;
            let shown = asked.challenge.as_ref().map(|(text, solution)| (text.as_str(), solution.as_slice()));
            let wary = self.wary.load(Relaxed);
            let calm = if wary { limits::ASKS_WARY_PER_SECOND } else { limits::ASKS_CALM_PER_SECOND };
            // Who comes from where tickets are hoarded makes nobody else's coming strict.
            let met = if shown.is_none() && unused.is_crowded(network, !wary && gate.has_plenty(slug, now)) {
                Met::Challenge(gate.keys().seal_challenge(slug, holder, now_s))
            } else {
                door.meet(gate.keys(), slug, holder, shown, calm, (now_s, now))
            };
            self.tally.challenge(&met);
            match met {
                Met::Nothing | Met::Passed => {}
                Met::Challenge(text) => return Ok(Told::Challenge(text)),
                Met::Failed(why) => return Ok(Told::Unsolved(why)),
            }
        }
        let gate = &mut state.gate;
        let decision = match (&asked.ticket, &asked.place) {
            _ if asked.on_stage => gate.pass(slug, asked.tier, holder, now_s),
            (Some(ticket), _) => gate.claim(slug, ticket, holder, now_s, now),
            (None, Some(place)) => gate.come(slug, place, asked.tier, holder, now_s, now),
            (None, None) => gate.ask(slug, asked.tier, holder, now_s, now),
        };
        if let Some(network) = network {
            state.given(slug, &decision, is_new, network, now);
        }
        let expected = match &decision {
            Decision::Wait(waiting) => {
                let queue = state.gate.queue(slug);
                waiting.rank.and_then(|rank| queue.and_then(|queue| queue.expected(rank)))
            }
            _ => None,
        };
        if !state.write_down() {
            return Err(NoRecords);
        }
        if !asked.on_stage {
            self.tally.count(asked, &decision);
        }
        Ok(match decision {
            Decision::Admit(entry) | Decision::StepDown(entry) => {
                Told::In { tier: entry.ticket.tier, ticket: entry.text, kbit: entry.rung.kbit() }
            }
            Decision::Wait(wait) => {
                let Waiting { text: place, number: serial, rank, poll_seconds: poll_s } = wait;
                Told::Wait { place, serial, rank, poll_s, expected }
            }
            Decision::Refuse(refusal) => Told::No(refusal),
        })
    }

    fn queue(&self, slug: &Slug) -> Option<QueueState> {
        let hall = self.halls.find(slug)?;
        let mut state = self.lock();
        self.enter(&mut state, &hall, Instant::now());
        let News { starts_ms, moved_from_ms, delay } = hall.news();
        state.gate.look(slug);
        let polls = state.gate.limits().polls_per_second;
        let queue = state.gate.queue(slug)?;
        Some(QueueState {
            phase: hall.phase(),
            starts_ms,
            moved_from_ms,
            delay,
            below: queue.below(),
            early: queue.early(),
            waiting: queue.waiting(),
            per_second: queue.pace(),
            poll_s: queue.poll_seconds(polls),
            drawn: !queue.is_to_be_drawn(),
        })
    }

    fn lottery(&self, slug: &Slug) -> Option<LotteryState> {
        let hall = self.halls.find(slug)?;
        let state = self.lock();
        let event = state.gate.event(slug)?;
        let commitment = event.commitment()?;
        let (seed, lottery) = (event.revealed(), event.queue.lottery().cloned());
        drop(state);
        let root = lottery.as_ref().map(|lottery| *lottery.root());
        let places = match &lottery {
            Some(_) => {
                let path = self.folder.join(format!("{slug}-{}.log", hall.epoch_ms));
                ledger::places(&path).inspect_err(|error| tracing::error!(%error, "places cannot be read")).ok()?
            }
            None => Vec::new(),
        };
        Some(LotteryState { commitment, root, seed, places })
    }

    fn draw_secret(&self) -> String {
        format!("{:032x}", rand::random::<u128>())
    }

    fn bye(&self, slug: &Slug, ticket: &str, secret: &str, bye: Bye) {
        let now_s = times::now_ms() / 1000;
        self.lock().gate.bye(slug, ticket, Holder::of(secret), bye, now_s, Instant::now());
    }

    fn pass(&self) -> (String, u64) {
        let expires_s = times::now_ms() / 1000 + limits::PASS_SECONDS;
        (self.lock().gate.keys().seal_pass(expires_s), limits::PASS_SECONDS)
    }

    fn link(&self, slug: &Slug, tier: Tier, seconds: u64) -> Result<Option<String>, NoRecords> {
        let Some(hall) = self.halls.find(slug).filter(|hall| hall.phase() != Phase::Ended) else { return Ok(None) };
        let mut state = self.lock();
        self.enter(&mut state, &hall, Instant::now());
        let ticket = state.gate.link(slug, tier, seconds, times::now_ms() / 1000);
        if state.write_down() { Ok(ticket) } else { Err(NoRecords) }
    }
}
