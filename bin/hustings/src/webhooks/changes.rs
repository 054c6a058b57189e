//! What webhooks are told of, found by comparing a stage with what it was before.
//!
//! Stages say what is now: a phase, a roster, hands. An occasion is the difference. Pure, so that every order of messages can be
//! tried.

use std::collections::BTreeMap;

use hustings_vocab::event::{Hands, Roster, Speaker, State, What};
use hustings_vocab::{Occasion, Phase, SeatId};
use serde_json::{Value, json};

/// What is known of one stage.
#[derive(Debug, Default)]
pub(super) struct Stage {
    phase: Option<Phase>,
    /// Those whose line has been up.
    heard: BTreeMap<SeatId, Speaker>,
    hands: Vec<SeatId>,
}

impl Stage {
    /// One of which only the phase is known.
    pub(super) fn in_phase(phase: Phase) -> Self {
        Self { phase: Some(phase), ..Self::default() }
    }

    /// Takes what is said, and gives what happened.
    pub(super) fn now(&mut self, what: What) -> Vec<(Occasion, Value)> {
        match what {
            What::State(state) => self.state(state),
            What::Roster(roster) => self.roster(roster),
            What::Hands(hands) => self.hands(hands),
            _ => Vec::new(),
        }
    }

    /// Whether nothing more can happen.
    pub(super) fn is_over(&self) -> bool {
        self.phase.is_some_and(Phase::is_over)
    }

    fn state(&mut self, State { phase, .. }: State) -> Vec<(Occasion, Value)> {
        if self.phase.replace(phase) == Some(phase) {
            return Vec::new();
        }
        let occasion = match phase {
            Phase::Lobby => Occasion::Opened,
            Phase::Live => Occasion::Started,
            Phase::Held(_) => Occasion::Held,
            Phase::Ended => Occasion::Ended,
            Phase::Scheduled | Phase::Cancelled => return Vec::new(),
        };
        vec![(occasion, json!({ "phase": phase }))]
    }

    fn roster(&mut self, Roster { speakers, .. }: Roster) -> Vec<(Occasion, Value)> {
        let mut happened = Vec::new();
        let gone = |seat: &SeatId| speakers.iter().all(|s| s.seat != *seat);
        self.heard.retain(|seat, speaker| {
            let gone = gone(seat);
            if gone {
                happened.push((Occasion::SpeakerLeft, person(speaker)));
            }
            !gone
        });
        for speaker in speakers.into_iter().filter(|s| s.connected) {
            if !self.heard.contains_key(&speaker.seat) {
                happened.push((Occasion::SpeakerJoined, person(&speaker)));
                self.heard.insert(speaker.seat.clone(), speaker);
            }
        }
        happened
    }

    fn hands(&mut self, Hands { hands, .. }: Hands) -> Vec<(Occasion, Value)> {
        let raised = |h: &&hustings_vocab::event::Hand| !self.hands.contains(&h.seat);
        let new = hands.iter().filter(raised).map(|hand| json!({ "seat": hand.seat, "name": hand.name }));
        let happened = new.map(|data| (Occasion::HandRaised, data)).collect();
        self.hands = hands.into_iter().map(|hand| hand.seat).collect();
        happened
    }
}

fn person(speaker: &Speaker) -> Value {
    json!({ "seat": speaker.seat, "name": speaker.name, "role": speaker.role })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_vocab::event::Hand;
    use hustings_vocab::{HeldReason, MediaTime, Role};

    fn names(happened: Vec<(Occasion, Value)>) -> Vec<&'static str> {
        happened.into_iter().map(|(occasion, _)| occasion.name()).collect()
    }

    fn state(phase: Phase) -> What {
        What::State(State { phase, live_since: None })
    }

    fn roster(of: &[(&str, bool)]) -> What {
        let speaker = |(seat, connected): &(&str, bool)| Speaker {
            seat: seat.parse().unwrap(),
            name: seat.to_uppercase(),
            role: Role::Speaker,
            muted: false,
            muted_by: None,
            asked_to_unmute: false,
            interrupted: false,
            spoke_ms: 0,
            connected: *connected,
        };
        What::Roster(Roster { speakers: of.iter().map(speaker).collect(), ..Roster::default() })
    }

    #[test]
    fn a_phase_is_told_once() {
        let mut stage = Stage::default();
        assert_eq!(names(stage.now(state(Phase::Lobby))), ["conversation.opened"]);
        assert_eq!(names(stage.now(state(Phase::Lobby))), [""; 0]);
        assert_eq!(names(stage.now(state(Phase::Live))), ["conversation.started"]);
        let held = stage.now(state(Phase::Held(HeldReason::LineLost)));
        assert_eq!(held, [(Occasion::Held, json!({ "phase": { "held": "line_lost" } }))]);
        assert_eq!(names(stage.now(state(Phase::Live))), ["conversation.started"]);
        assert!(!stage.is_over());
        assert_eq!(names(stage.now(state(Phase::Ended))), ["conversation.ended"]);
        assert!(stage.is_over());
    }

    #[test]
    fn who_loses_a_line_has_not_left_and_who_never_had_one_has_not_joined() {
        let mut stage = Stage::default();
        assert_eq!(names(stage.now(roster(&[("ann", false)]))), [""; 0]);
        assert_eq!(names(stage.now(roster(&[("ann", true), ("bo", true)]))), ["speaker.joined", "speaker.joined"]);
        assert_eq!(names(stage.now(roster(&[("ann", false), ("bo", true)]))), [""; 0]);
        let left = stage.now(roster(&[("bo", true)]));
        assert_eq!(left, [(Occasion::SpeakerLeft, json!({ "seat": "ann", "name": "ANN", "role": "speaker" }))]);
        assert_eq!(names(stage.now(roster(&[]))), ["speaker.left"]);
    }

    #[test]
    fn a_hand_is_told_when_it_goes_up() {
        let mut stage = Stage::default();
        let hands = |of: &[&str]| {
            let hand = |seat: &&str| Hand {
                seat: seat.parse().unwrap(),
                name: "Ann".into(),
                since: MediaTime(1),
                invited: false,
            };
            What::Hands(Hands { hands: of.iter().map(hand).collect(), raised: of.len() as u64, open: true })
        };
        assert_eq!(names(stage.now(hands(&["ann"]))), ["hand.raised"]);
        assert_eq!(names(stage.now(hands(&["ann", "bo"]))), ["hand.raised"]);
        assert_eq!(names(stage.now(hands(&["bo"]))), [""; 0]);
        assert_eq!(names(stage.now(hands(&["ann", "bo"]))), ["hand.raised"]);
    }
}
