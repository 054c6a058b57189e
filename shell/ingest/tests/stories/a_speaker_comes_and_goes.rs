//! A speaker comes by WHIP, is heard and hears, and leaves.

use std::time::Duration;

use crate::support::{Client, LOOPBACK, Wire, house, packet_of, request, send};
use bytes::Bytes;
use http::{Method, StatusCode};
use hustings_link::stage::{FromLine, ReturnFrame};
use hustings_vocab::MediaTime;

#[tokio::test]
async fn a_session_carries_sound_both_ways() {
    both_ways(LOOPBACK).await;
}

#[tokio::test]
async fn a_session_carries_sound_over_ipv6() {
    let mut house = house(&["[::1]:0"], &[]);
    let (mut client, offer) = Client::udp(str0m::media::Direction::SendRecv, false).await;
    client.wire = Wire::Udp(std::sync::Arc::new(tokio::net::UdpSocket::bind("[::1]:0").await.unwrap()));
    client.rtc.add_local_candidate(str0m::Candidate::host(client.local(), "udp").unwrap());
    let mut seat = client.enter(&mut house, "ada", offer).await;
    client.until("heard", |_| !seat.packets().is_empty()).await;
}

async fn both_ways(udp: &str) {
    let mut house = house(&[udp], &[]);
    let (mut client, mut seat) = Client::speaker(&mut house, "ada").await;
    client.until("heard", |_| seat.from_line.len() >= 25).await;
    let packets = seat.packets();
    for (number, packet) in packets.iter().enumerate() {
        assert_eq!(packet.payload[..], packet_of(number as u64), "every packet, in order");
        assert_eq!(packet.seq, packets[0].seq + number as u64);
        assert_eq!(packet.rtp_time, packets[0].rtp_time + 960 * number as u64);
    }
    for number in 0..10 {
        let frame = ReturnFrame { t: MediaTime(48_000 + number * 960), packet: Bytes::from(packet_of(1000 + number)) };
        seat.to_line.send(frame).await.unwrap();
    }
    client.until("hearing the mix", |c| c.heard.len() >= 8).await;
    assert_eq!(client.heard[0], (48_000, packet_of(1000)));
    assert_eq!(client.heard[1], (48_960, packet_of(1001)), "RTP time is media time");
    assert_eq!(house.webrtc.stats().sessions, 1);

    let location = client.location.clone();
    let delete = |token: &'static str| request(Method::DELETE, &location, Some(token), None, "");
    let reply = send(&house.router, delete("eve/speaker/talk")).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "only the seat itself may end it");
    let reply = send(&house.router, delete("ada/speaker/talk")).await;
    assert_eq!(reply.status, StatusCode::OK);
    while let Some(said) = seat.from_line.recv().await {
        assert!(matches!(said, FromLine::Packet(_) | FromLine::Left));
    }
    client.until("closed by the server", |c| c.closed).await;
    assert_eq!(house.webrtc.stats().sessions, 0);
    let reply = send(&house.router, delete("ada/speaker/talk")).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn where_udp_is_dropped_a_session_goes_over_tcp() {
    let mut house = house(&[], &[LOOPBACK]);
    let server = house.webrtc.candidates()[0].1;
    let (mut client, offer) = Client::tcp(server).await;
    let mut seat = client.enter(&mut house, "ada", offer).await;
    client.until("heard", |_| seat.from_line.len() >= 20).await;
    assert_eq!(seat.packet().await.payload[..], packet_of(0));
    let frame = ReturnFrame { t: MediaTime(960), packet: Bytes::from(packet_of(7)) };
    seat.to_line.send(frame.clone()).await.unwrap();
    seat.to_line.send(ReturnFrame { t: MediaTime(1920), ..frame }).await.unwrap();
    client.until("hearing the mix", |c| !c.heard.is_empty()).await;
    assert_eq!(house.webrtc.stats().connections, 1);
    drop(client);
    let gone = async {
        while house.webrtc.stats().connections > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.expect("a closed connection is forgotten");
}

#[tokio::test]
async fn the_mixer_ends_a_session_by_closing_its_queue() {
    let mut house = house(&[LOOPBACK], &[]);
    let (mut client, seat) = Client::speaker(&mut house, "ada").await;
    drop(seat.to_line);
    client.until("closed by the server", |c| c.closed).await;
    assert_eq!(house.webrtc.stats().sessions, 0);
}

#[tokio::test]
async fn a_line_that_falls_silent_is_lost_and_comes_back() {
    let mut house = house(&[LOOPBACK], &[]);
    let (mut client, mut seat) = Client::speaker(&mut house, "ada").await;
    client.until("heard", |_| seat.from_line.len() >= 10).await;
    let silent = std::time::Instant::now();
    let lost = async { while !matches!(seat.next().await, FromLine::Lost) {} };
    lost.await;
    assert!(silent.elapsed() < Duration::from_millis(2900), "within 3 s: {:?}", silent.elapsed());
    client.until("heard again", |_| !seat.from_line.is_empty()).await;
    assert!(matches!(seat.next().await, FromLine::Up));
}
