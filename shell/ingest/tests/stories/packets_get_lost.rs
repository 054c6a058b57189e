//! Packets get lost on their way to the server, and sound does not.

use std::collections::BTreeSet;

use str0m::media::Direction;

use crate::support::{Client, LOOPBACK, house, packet_of};

/// Which of the spoken packets arrived, of the first `count`.
async fn arrived(red: bool, every: Option<u64>, count: u64) -> BTreeSet<u64> {
    let mut house = house(&[LOOPBACK], &[]);
    let (mut client, offer) = Client::udp(Direction::SendRecv, red).await;
    client.loses_every = every;
    let mut seat = client.enter(&mut house, "ada", offer).await;
    let (mut numbers, mut times) = (BTreeSet::new(), BTreeSet::new());
    client
        .until("heard", |_| {
            for packet in seat.packets() {
                let number = u64::from_be_bytes(packet.payload[1..9].try_into().unwrap());
                assert_eq!(packet.payload[..], packet_of(number), "whole");
                numbers.insert(number);
                times.insert((number, packet.seq, packet.rtp_time));
            }
            numbers.contains(&count)
        })
        .await;
    assert_eq!(numbers.len(), times.len(), "a frame has one sequence number and one time, however it came");
    numbers
}

#[tokio::test]
async fn redundant_audio_heals_every_single_loss() {
    let numbers = arrived(true, Some(5), 60).await;
    assert_eq!(numbers.len(), 61, "{numbers:?}");
}

#[tokio::test]
async fn without_redundancy_a_lost_packet_is_missing_and_the_rest_is_not() {
    let numbers = arrived(false, Some(10), 60).await;
    assert!((50..=60).contains(&numbers.len()), "{numbers:?}");
}
