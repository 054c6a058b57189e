//! Handshakes that somebody else begins, certificates that nobody offered, and a speaker who floods: chapter V17 of the OWASP
//! ASVS 5.0 asks for each (docs/webrtc-security.md).

use std::time::{Duration, Instant};

use http::StatusCode;
use hustings_ingest::gate::Refusal;
use hustings_link::stage::FromLine;
use str0m::media::Direction;
use tokio::net::UdpSocket;

use crate::support::{Client, LOOPBACK, house, packet_of, post_offer, value};

/// A DTLS 1.2 ClientHello that offers nothing but the null cipher, as in the published test of the race.
fn null_hello() -> Vec<u8> {
    let mut body = vec![0xfe, 0xfd];
    body.extend([7; 32]);
    // No session, no cookie, one suite (TLS_NULL_WITH_NULL_NULL), no compression.
    body.extend([0, 0, 0, 2, 0, 0, 1, 0]);
    let length = (body.len() as u32).to_be_bytes();
    let mut message = vec![1, length[1], length[2], length[3], 0, 0, 0, 0, 0, length[1], length[2], length[3]];
    message.append(&mut body);
    let mut record = vec![22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
    record.extend((message.len() as u16).to_be_bytes());
    record.append(&mut message);
    record
}

#[tokio::test]
async fn a_stranger_who_says_hello_first_changes_nothing() {
    let mut house = house(&[LOOPBACK], &[]);
    let server = house.webrtc.candidates()[0].1;
    let (mut client, offer) = Client::udp(Direction::SendRecv, false).await;
    let reply = post_offer(&house.router, "/c/talk/whip", Some("ada/speaker/talk"), offer).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    client.answered(&reply);
    let mut seat = house.seats.recv().await.unwrap();
    let stranger = UdpSocket::bind(LOOPBACK).await.unwrap();
    // Before the client's own, and all through its handshake.
    while !client.connected {
        for _ in 0..20 {
            stranger.send_to(&null_hello(), server).await.unwrap();
        }
        client.step().await;
    }
    assert!(matches!(seat.next().await, FromLine::Up));
    assert!(house.webrtc.stats().dropped_for(Refusal::UnvalidatedDtls) >= 20);
}

#[tokio::test]
async fn a_certificate_that_was_not_offered_is_not_heard() {
    let mut house = house(&[LOOPBACK], &[]);
    let (mut client, offer) = Client::udp(Direction::SendRecv, false).await;
    let theirs = value(&offer, "a=fingerprint:sha-256 ");
    let other: String = theirs
        .chars()
        .map(|c| {
            if c == '0' {
                '1'
            } else if c == '1' {
                '0'
            } else {
                c
            }
        })
        .collect();
    assert_ne!(theirs, other);
    let reply =
        post_offer(&house.router, "/c/talk/whip", Some("ada/speaker/talk"), offer.replace(&theirs, &other)).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    client.answered(&reply);
    let mut seat = house.seats.recv().await.unwrap();
    client.speaks = true;
    let end = Instant::now() + Duration::from_secs(4);
    while Instant::now() < end {
        client.step().await;
    }
    assert!(seat.packets().is_empty(), "not a packet of theirs reaches the stage");
    assert_eq!(house.webrtc.stats().sessions, 0, "the session is over");
}

#[tokio::test]
async fn a_speaker_who_floods_is_alone_with_it() {
    let mut house = house(&[LOOPBACK], &[]);
    let (mut loud, mut flooded) = Client::speaker(&mut house, "eve").await;
    let (calm, mut seat) = Client::speaker(&mut house, "ada").await;
    let stop = std::sync::Arc::default();
    let speaker = calm.run_aside(std::sync::Arc::clone(&stop));
    let mut heard = 0;
    for _ in 0..20 {
        // A hundred times as fast as sound is.
        loud.floods(100).await;
        loud.step().await;
        for _ in 0..2 {
            match seat.next().await {
                FromLine::Packet(packet) => assert_eq!(packet.payload[..], packet_of(heard)),
                other => panic!("{other:?}"),
            }
            heard += 1;
        }
    }
    let waiting = flooded.packets().len();
    assert!(waiting <= hustings_vocab::limits::SPEAKER_QUEUE_PACKETS_MAX, "{waiting} wait for the mixer");
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    speaker.await.unwrap();
}
