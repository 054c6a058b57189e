//! The stage with somebody who runs it, told as what happens to people.

use hustings_vocab::Phase;
use hustings_vocab::event::State;

use super::*;
use crate::{Grants, Happening};

const NOW: MediaTime = MediaTime(960);

fn seat(name: &str) -> SeatId {
    name.parse().unwrap()
}

fn by(role: Role) -> By {
    By { name: "Hanna".into(), role: Some(role) }
}

fn enter(stage: &mut Stage, name: &str, role: Role, session: u64) -> Result<Vec<Change>, Refusal> {
    let happening = Happening::Entered { seat: seat(name), name: name.into(), role, session };
    let changes = stage.handle(happening, NOW)?;
    stage.handle(Happening::LineUp(session), NOW)?;
    Ok(changes)
}

fn order(stage: &mut Stage, role: Role, name: &str, order: Order) -> Result<Vec<Change>, Refusal> {
    stage.handle(Happening::Ordered { by: by(role), seat: seat(name), order }, NOW)
}

fn raise(stage: &mut Stage, name: &str) -> Result<Vec<Change>, Refusal> {
    stage.handle(Happening::HandRaised { seat: seat(name), name: name.into() }, NOW)
}

/// Host, co-host and a speaker on their lines, live.
fn live() -> Stage {
    let lobby = State { phase: Phase::Lobby, live_since: None };
    let mut stage = Stage::open(lobby, Grants::default(), limits::SPEAKERS_USUAL, MediaTime::ZERO);
    enter(&mut stage, "hanna", Role::Host, 1).unwrap();
    enter(&mut stage, "carl", Role::CoHost, 2).unwrap();
    enter(&mut stage, "ada", Role::Speaker, 3).unwrap();
    stage.handle(Happening::Start, NOW).unwrap();
    stage
}

#[test]
fn a_listener_is_brought_up_speaks_and_goes_back() {
    let mut stage = live();
    assert_eq!(enter(&mut stage, "bo", Role::Listener, 4), Err(Refusal::NotHeard));
    raise(&mut stage, "bo").unwrap();
    raise(&mut stage, "bo").unwrap();
    assert_eq!(stage.hands().raised, 1, "a hand is raised once");
    let changes = order(&mut stage, Role::Host, "bo", Order::BringUp).unwrap();
    assert_eq!(changes[0], Change::Granted(seat("bo"), Some(Grant::Role(Role::Speaker))));
    assert!(stage.hands().hands[0].invited);
    enter(&mut stage, "bo", Role::Listener, 4).unwrap();
    assert_eq!(stage.hands().raised, 0);
    assert_eq!(stage.roster().speakers[3].role, Role::Speaker);
    let changes = order(&mut stage, Role::CoHost, "bo", Order::SendDown).unwrap();
    assert_eq!(changes[0], Change::Dismiss(4));
    assert_eq!(enter(&mut stage, "bo", Role::Listener, 5), Err(Refusal::NotHeard));
    raise(&mut stage, "bo").unwrap();
}

#[test]
fn who_does_not_follow_an_invitation_gives_it_back() {
    let mut stage = live();
    raise(&mut stage, "bo").unwrap();
    order(&mut stage, Role::Host, "bo", Order::BringUp).unwrap();
    let changes = stage.handle(Happening::HandLowered(seat("bo")), NOW).unwrap();
    assert_eq!(changes[1], Change::Granted(seat("bo"), None));
    assert_eq!(enter(&mut stage, "bo", Role::Listener, 4), Err(Refusal::NotHeard));
}

#[test]
fn the_banned_do_not_come_back_and_the_removed_do_not_ask() {
    let mut stage = live();
    let changes = order(&mut stage, Role::CoHost, "ada", Order::Ban).unwrap();
    assert_eq!(changes[0], Change::Dismiss(3));
    assert_eq!(enter(&mut stage, "ada", Role::Speaker, 9), Err(Refusal::Removed));
    assert_eq!(raise(&mut stage, "ada"), Err(Refusal::Removed));
    order(&mut stage, Role::Host, "ada", Order::Pardon).unwrap();
    enter(&mut stage, "ada", Role::Speaker, 9).unwrap();
    order(&mut stage, Role::Host, "ada", Order::Remove).unwrap();
    assert_eq!(enter(&mut stage, "ada", Role::Speaker, 10), Err(Refusal::Removed));
    assert_eq!(raise(&mut stage, "ada"), Err(Refusal::Removed));
}

#[test]
fn nobody_decides_about_somebody_above_them() {
    let mut stage = live();
    for order_ in [Order::Ban, Order::Mute, Order::SendDown, Order::Appoint(Role::Speaker)] {
        assert_eq!(order(&mut stage, Role::CoHost, "hanna", order_), Err(Refusal::Above(seat("hanna"))));
    }
    assert!(
        order(&mut stage, Role::CoHost, "carl", Order::Appoint(Role::Host)).is_err(),
        "nor makes themselves a host"
    );
    let site = By { name: "the site".into(), role: None };
    stage.handle(Happening::Ordered { by: site, seat: seat("hanna"), order: Order::Ban }, NOW).unwrap();
}

#[test]
fn muting_names_who_did_it_until_they_unmute_themselves() {
    let mut stage = live();
    stage.handle(Happening::AllMuted(by(Role::Host)), NOW).unwrap();
    let muted: Vec<_> = stage.roster().speakers.into_iter().map(|s| (s.muted, s.muted_by)).collect();
    assert_eq!(muted, [(false, None), (false, None), (true, Some("Hanna".into()))]);
    order(&mut stage, Role::Host, "ada", Order::AskToUnmute).unwrap();
    assert!(stage.roster().speakers[2].asked_to_unmute);
    // A new line of hers is muted still.
    enter(&mut stage, "ada", Role::Speaker, 7).unwrap();
    assert!(stage.roster().speakers[2].muted_by.is_some());
    stage.handle(Happening::Muted(seat("ada"), false), NOW).unwrap();
    let ada = &stage.roster().speakers[2];
    assert_eq!((ada.muted, ada.asked_to_unmute, &ada.muted_by), (false, false, &None));
}

#[test]
fn the_co_host_leads_while_the_hosts_line_is_lost_and_the_conversation_goes_on() {
    let mut stage = live();
    assert_eq!(stage.roster().lead, Some(seat("hanna")));
    stage.handle(Happening::LineLost(1), NOW).unwrap();
    assert_eq!(stage.roster().lead, Some(seat("carl")));
    stage.handle(Happening::TimePassed, MediaTime(960_000)).unwrap();
    assert_eq!(stage.state().phase, Phase::Live);
    stage.handle(Happening::LineUp(1), NOW).unwrap();
    assert_eq!(stage.roster().lead, Some(seat("hanna")));
}

#[test]
fn a_locked_stage_lets_those_back_who_were_there_or_were_asked() {
    let mut stage = live();
    raise(&mut stage, "bo").unwrap();
    order(&mut stage, Role::Host, "bo", Order::BringUp).unwrap();
    stage.handle(Happening::Locked(true), NOW).unwrap();
    assert_eq!(raise(&mut stage, "eve"), Err(Refusal::Locked));
    assert_eq!(enter(&mut stage, "eve", Role::Speaker, 8), Err(Refusal::Locked));
    enter(&mut stage, "ada", Role::Speaker, 9).unwrap();
    enter(&mut stage, "bo", Role::Listener, 10).unwrap();
}

#[test]
fn the_queue_is_the_hosts_to_order_and_ends() {
    let mut stage = live();
    for n in 0..limits::HANDS_MAX {
        raise(&mut stage, &format!("l{n}")).unwrap();
    }
    assert_eq!(raise(&mut stage, "late"), Err(Refusal::HandsFull(limits::HANDS_MAX)));
    order(&mut stage, Role::Host, "l7", Order::PlaceHand(0)).unwrap();
    order(&mut stage, Role::Host, "l0", Order::PlaceHand(usize::MAX)).unwrap();
    let hands = stage.hands();
    assert_eq!(hands.hands.len(), limits::HANDS_TOLD_MAX);
    assert_eq!((&hands.hands[0].seat, hands.raised), (&seat("l7"), limits::HANDS_MAX as u64));
    stage.handle(Happening::HandsOpen(false), NOW).unwrap();
    order(&mut stage, Role::Host, "l3", Order::LowerHand).unwrap();
    assert_eq!(raise(&mut stage, "l3"), Err(Refusal::HandsClosed));
}

#[test]
fn a_turn_is_told_and_ends_with_its_owner() {
    let mut stage = live();
    order(&mut stage, Role::Host, "ada", Order::GiveTurn(90)).unwrap();
    assert_eq!(stage.roster().turn, Some(Turn { seat: seat("ada"), until: NOW + 90 * 48_000 }));
    order(&mut stage, Role::Host, "ada", Order::SendDown).unwrap();
    assert_eq!(stage.roster().turn, None);
}
