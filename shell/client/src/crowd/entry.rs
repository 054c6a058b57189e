//! Coming in where the server gives tickets: asking, waiting without a connection, asking again when it may be one's turn; and
//! leaving with a goodbye.
//!
//! A listener draws a secret, posts it, and is told where to listen or what place it has. Who has a place looks at the one
//! object that all who wait look at, at a random moment within the time that it says, and posts its place when it is called.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use hustings_rehearsal::{Tier, asks_within};
use reqwest::Url;
use serde::Deserialize;

use super::line::Target;
use super::listener::{Place, Standing, Step};
use super::table::{Again, Table};

/// What a poll time is held to, whatever a server says.
const POLL_S: std::ops::RangeInclusive<u64> = 1..=3600;

/// 200.
#[derive(Deserialize)]
struct Admitted {
    tier: Tier,
    address: String,
    #[serde(default)]
    ticket: String,
}

/// 202.
#[derive(Deserialize)]
struct Placed {
    place: String,
    #[serde(default)]
    serial: u64,
    number: Option<u64>,
    poll_s: u64,
    queue: String,
}

/// 428.
#[derive(Deserialize)]
struct Challenged {
    challenge: String,
}

/// What all who wait look at.
#[derive(Deserialize)]
struct Queue {
    admitting_below: u64,
    poll_s: u64,
    drawn: bool,
    #[serde(default)]
    early_below: u64,
    #[serde(default)]
    per_second: f64,
}

impl Table<'_> {
    /// Asks for a ticket, with its place if it has one.
    pub(super) fn ask_ticket(&mut self, n: usize) {
        let place = self.all[n].place.as_ref().map(|place| serde_json::json!({ "place": place.text }));
        self.ask_showing(n, place.unwrap_or_default());
    }

    /// Asks for a ticket and shows what it has: `shown` is an object of JSON or null.
    fn ask_showing(&mut self, n: usize, shown: serde_json::Value) {
        let Some(tickets) = self.tickets.clone() else { return self.call(n) };
        let listener = &mut self.all[n];
        let mut body = serde_json::json!({ "tier": listener.tier.name(), "secret": listener.secret });
        if let (Some(body), serde_json::Value::Object(shown)) = (body.as_object_mut(), shown) {
            body.extend(shown);
        }
        if let (Some(body), Some(pass)) = (body.as_object_mut(), &self.job.pass) {
            body.insert("rehearsal".to_owned(), pass.as_str().into());
        }
        listener.step = Step::Ticket;
        let target = self.target(&tickets, Some(&body.to_string()));
        self.call_at(n, target);
    }

    /// Solves a challenge, as a page does. A player's processor does it in some milliseconds.
    fn solve(&mut self, n: usize, challenge: &str) {
        let solution = hustings_gate::challenge::solve(challenge);
        self.ask_showing(n, serde_json::json!({ "challenge": challenge, "solution": solution }));
    }

    /// Looks whether it may be its turn.
    pub(super) fn look_at_queue(&mut self, n: usize) {
        let Some(queue) = self.all[n].place.as_ref().map(|place| place.queue.clone()) else { return };
        self.all[n].step = Step::Queue;
        let target = self.target(&queue, None);
        self.call_at(n, target);
    }

    fn call_at(&mut self, n: usize, target: Option<Target>) {
        let listener = &mut self.all[n];
        listener.asked = Instant::now();
        listener.led_to = target.map(Box::new);
        if listener.led_to.is_some() { self.call(n) } else { self.lose(n) }
    }

    /// The whole answer to what was asked has come.
    pub(super) fn answered(&mut self, n: usize, status: u16, words: &[u8]) {
        let step = self.all[n].step;
        self.hang_up(n);
        match (step, status) {
            (Step::Ticket, 200) => match serde_json::from_slice::<Admitted>(words) {
                Ok(admitted) => self.go_in(n, admitted),
                Err(_) => self.refuse(n),
            },
            (Step::Ticket, 202) => match serde_json::from_slice::<Placed>(words) {
                Ok(placed) => self.wait(n, placed),
                Err(_) => self.refuse(n),
            },
            (Step::Ticket, 428) => match serde_json::from_slice::<Challenged>(words) {
                Ok(challenged) => self.solve(n, &challenged.challenge),
                Err(_) => self.refuse(n),
            },
            (Step::Queue, 200) => match serde_json::from_slice::<Queue>(words) {
                Ok(queue) => {
                    let place = self.all[n].place.as_ref();
                    let (serial, number) = place.map_or((0, None), |place| (place.serial, place.number));
                    match number {
                        _ if serial < queue.early_below => self.ask_ticket(n),
                        Some(number) if number <= queue.admitting_below => self.ask_ticket(n),
                        None if queue.drawn => self.ask_ticket(n),
                        Some(number) => {
                            let ahead = number - queue.admitting_below;
                            self.poll_within(n, asks_within(queue.poll_s, ahead, queue.per_second));
                        }
                        None => {
                            let ahead = serial + 1 - queue.early_below;
                            self.poll_within(n, asks_within(queue.poll_s, ahead, queue.per_second));
                        }
                    }
                }
                Err(_) => self.poll_within(n, 0),
            },
            (Step::Queue, _) => self.poll_within(n, 0),
            (Step::Goodbye, _) => self.lose(n),
            _ => self.refuse(n),
        }
    }

    fn go_in(&mut self, n: usize, admitted: Admitted) {
        let Admitted { tier, address, ticket } = admitted;
        let now = Instant::now();
        let listener = &mut self.all[n];
        if listener.place.take().is_some() {
            let (tier, waited) = (listener.tier, now.saturating_duration_since(listener.came));
            self.tally.of(tier).waited_ms.add(waited.as_secs_f64() * 1000.0);
        }
        // Whom the gate gives a cheaper tier is one of that tier from here on.
        self.stand(n, Standing::Away);
        (self.all[n].tier, self.all[n].step, self.all[n].ticket) = (tier, Step::Sound, ticket);
        self.stand(n, Standing::Asking);
        if tier != Tier::Stream {
            return self.begin(n, tier, address.parse().ok());
        }
        let rendition = self.job.rendition.map_or_else(String::new, |r| format!("&rendition={r}"));
        let url = format!("{address}&burst=1{rendition}").parse::<Url>().ok();
        // First audio is reckoned from the request that let it in, which was the one before.
        let asked = self.all[n].asked;
        let target = url.and_then(|url| self.target(&url, None));
        self.call_at(n, target);
        self.all[n].asked = asked;
    }

    /// Somebody who hears has heard enough.
    pub(super) fn leave_for_good(&mut self, n: usize) {
        if self.all[n].standing != Standing::Hearing {
            return;
        }
        self.tally.of(self.all[n].tier).left += 1;
        self.go(n);
        if !self.say_goodbye(n) {
            self.free.push(n);
        }
    }

    /// Tells the gate that it has left, as a listener does who means it; whether there was anything to say.
    pub(super) fn say_goodbye(&mut self, n: usize) -> bool {
        let (ticket, secret) = (std::mem::take(&mut self.all[n].ticket), &self.all[n].secret);
        let Some(tickets) = self.tickets.as_ref().filter(|_| !ticket.is_empty()) else { return false };
        let body = serde_json::json!({ "ticket": ticket, "secret": secret }).to_string();
        let Ok(url) = format!("{tickets}/goodbye").parse::<Url>() else { return false };
        let Some(target) = self.target(&url, Some(&body)) else { return false };
        self.all[n].step = Step::Goodbye;
        self.call_at(n, Some(target));
        true
    }

    fn wait(&mut self, n: usize, placed: Placed) {
        let queue = self.tickets.as_ref().and_then(|from| from.join(&placed.queue).ok());
        let Some(queue) = queue else { return self.refuse(n) };
        self.all[n].place =
            Some(Box::new(Place { text: placed.place, serial: placed.serial, number: placed.number, queue }));
        self.stand(n, Standing::Waiting);
        self.poll_within(n, placed.poll_s);
    }

    /// At a random moment within so many seconds: full jitter.
    pub(super) fn poll_within(&mut self, n: usize, seconds: u64) {
        let within = Duration::from_secs(seconds.clamp(*POLL_S.start(), *POLL_S.end()));
        let moment = self.looked + within.mul_f64(self.chance.share());
        self.later.push(Reverse((moment, n, Again::Poll)));
    }
}
