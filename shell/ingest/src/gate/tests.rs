//! What the gate lets through, datagram by datagram.

use super::*;
use str0m::ice::TransId;

const ADA: SessionKey = SessionKey(1);
const EVE: SessionKey = SessionKey(2);
const DTLS: &[u8] = &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const SOUND: &[u8] = &[0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 9, 9];

fn credentials(name: &str) -> Credentials {
    Credentials { ufrag: name.to_owned(), pwd: format!("the-password-of-{name}-is-long") }
}

fn gate() -> Gate {
    let mut gate = Gate::new(str0m::crypto::from_feature_flags().sha1_hmac_provider);
    gate.admit(ADA, credentials("ada"));
    gate.admit(EVE, credentials("eve"));
    gate
}

fn at(port: u16) -> Source {
    let local = ([127, 0, 0, 1], 3478).into();
    Source { transport: Transport::Udp, local, remote: ([192, 0, 2, 1], port).into() }
}

fn check(name: &str) -> Vec<u8> {
    check_with(&credentials(name))
}

fn check_with(credentials: &Credentials) -> Vec<u8> {
    let user = format!("{}:peer", credentials.ufrag);
    let message = StunMessage::binding_request(&user, TransId::new(), true, 1, 1, false);
    let crypto = str0m::crypto::from_feature_flags();
    let hmac = |key: &[u8], payloads: &[&[u8]]| crypto.sha1_hmac_provider.sha1_hmac(key, payloads);
    let mut bytes = vec![0; 500];
    let len = message.to_bytes(Some(credentials.pwd.as_bytes()), &mut bytes, hmac).unwrap();
    bytes.truncate(len);
    bytes
}

#[test]
fn dtls_and_sound_pass_from_an_address_that_a_check_came_from() {
    let (mut gate, now) = (gate(), Instant::now());
    assert_eq!(gate.judge(at(1), DTLS, now), Err(Refusal::UnvalidatedDtls));
    assert_eq!(gate.judge(at(1), SOUND, now), Err(Refusal::UnvalidatedMedia));
    assert_eq!(gate.judge(at(1), &check("ada"), now), Ok(ADA));
    assert_eq!(gate.judge(at(1), DTLS, now), Ok(ADA));
    assert_eq!(gate.judge(at(1), SOUND, now), Ok(ADA));
    assert_eq!(gate.judge(at(2), SOUND, now), Err(Refusal::UnvalidatedMedia), "not from another port");
    let elsewhere = Source { transport: Transport::Tcp, ..at(1) };
    assert_eq!(gate.judge(elsewhere, SOUND, now), Err(Refusal::UnvalidatedMedia), "nor over another transport");
}

#[test]
fn a_check_must_be_a_request_for_a_known_user_made_with_the_password() {
    let (mut gate, now) = (gate(), Instant::now());
    assert_eq!(gate.judge(at(1), &check("bob"), now), Err(Refusal::UnknownUser));
    let wrong = Credentials { pwd: "guessed".into(), ..credentials("ada") };
    assert_eq!(gate.judge(at(1), &check_with(&wrong), now), Err(Refusal::BadIntegrity));
    let mut changed = check("ada");
    changed[10] ^= 1;
    assert_eq!(gate.judge(at(1), &changed, now), Err(Refusal::BadIntegrity), "a check of another transaction");
    let mut response = check("ada");
    response[0] = 1;
    assert!(matches!(gate.judge(at(1), &response, now), Err(Refusal::NotARequest | Refusal::MalformedStun)));
    assert_eq!(gate.judge(at(1), &[], now), Err(Refusal::Unknown));
    assert_eq!(gate.judge(at(1), &[0; 30], now), Err(Refusal::MalformedStun));
    assert_eq!(gate.judge(at(1), &[0x80; limits::DATAGRAM_BYTES_MAX + 1], now), Err(Refusal::Unknown));
    assert_eq!(gate.owner(&at(1)), None);
}

#[test]
fn an_address_in_use_cannot_be_taken_over_by_another_session() {
    let (mut gate, now) = (gate(), Instant::now());
    gate.judge(at(1), &check("ada"), now).unwrap();
    let soon = now + Duration::from_secs(3);
    assert_eq!(gate.judge(at(1), &check("eve"), soon), Err(Refusal::AddressTaken));
    assert_eq!(gate.judge(at(1), SOUND, soon), Ok(ADA));
    let later = now + Duration::from_secs(7);
    assert_eq!(gate.judge(at(1), &check("eve"), later), Ok(EVE), "a NAT may give it to somebody else");
    gate.forget(ADA);
    assert_eq!(gate.judge(at(1), SOUND, later), Ok(EVE), "what a session has lost does not go with it");
}

#[test]
fn a_session_that_is_forgotten_leaves_nothing_behind() {
    let (mut gate, now) = (gate(), Instant::now());
    gate.judge(at(1), &check("ada"), now).unwrap();
    gate.forget(ADA);
    assert_eq!(gate.judge(at(1), SOUND, now), Err(Refusal::UnvalidatedMedia));
    assert_eq!(gate.judge(at(1), &check("ada"), now), Err(Refusal::UnknownUser));
    gate.forget(EVE);
    assert!(gate.users.is_empty() && gate.sessions.is_empty() && gate.sources.is_empty());
}

#[test]
fn an_ice_restart_changes_the_password_and_keeps_the_addresses() {
    let (mut gate, now) = (gate(), Instant::now());
    gate.judge(at(1), &check("ada"), now).unwrap();
    gate.admit(ADA, credentials("ada2"));
    assert_eq!(gate.judge(at(1), SOUND, now), Ok(ADA));
    assert_eq!(gate.judge(at(2), &check("ada"), now), Err(Refusal::UnknownUser));
    assert_eq!(gate.judge(at(2), &check("ada2"), now), Ok(ADA));
}

#[test]
fn a_session_has_a_bounded_number_of_addresses() {
    let (mut gate, start) = (gate(), Instant::now());
    for port in 0..limits::ICE_SOURCES_SEEN_MAX as u16 {
        let now = start + Duration::from_millis(u64::from(port));
        assert_eq!(gate.judge(at(port), &check("ada"), now), Ok(ADA));
        assert_eq!(gate.judge(at(0), &check("ada"), now), Ok(ADA), "one that is in use stays");
        assert!(gate.sources.len() <= limits::ICE_SOURCES_MAX);
    }
    assert_eq!(gate.judge(at(9999), &check("ada"), start), Err(Refusal::TooManyAddresses));
    gate.admit(ADA, credentials("ada2"));
    assert_eq!(gate.judge(at(9999), &check("ada2"), start), Ok(ADA));
}
