//! Datagrams that nobody asked for. Each story runs while a speaker speaks, and not one packet of theirs may be lost.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hustings_ingest::gate::{Kind, Refusal};
use hustings_link::stage::FromLine;
use str0m::ice::{StunMessage, TransId};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use crate::support::{Client, House, LOOPBACK, Seat, Wire, house, packet_of, value};

/// A speaker who speaks aside, and what the attacker could have seen of it.
struct Scene {
    house: House,
    seat: Seat,
    speaker: JoinHandle<Client>,
    stop: Arc<AtomicBool>,
    /// Every datagram that the speaker has sent.
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
    /// The speaker's own socket, which an attacker on the same host shares.
    socket: Arc<UdpSocket>,
    answer: String,
    offer: String,
    heard: u64,
}

impl Scene {
    async fn open() -> Self {
        let mut house = house(&[LOOPBACK], &[]);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (mut client, offer) = Client::udp(str0m::media::Direction::SendRecv, false).await;
        client.sent = Some(seen.clone());
        let seat = client.enter(&mut house, "ada", offer).await;
        let Wire::Udp(socket) = &client.wire else { unreachable!("it is UDP") };
        let (socket, answer, offer) = (socket.clone(), client.answer.clone(), client.offer.clone());
        let stop = Arc::new(AtomicBool::new(false));
        let speaker = client.run_aside(stop.clone());
        let mut scene = Self { house, seat, speaker, stop, seen, socket, answer, offer, heard: 0 };
        scene.goes_on(10).await;
        scene
    }

    fn server(&self) -> std::net::SocketAddr {
        self.house.webrtc.candidates()[0].1
    }

    /// The next packets are there, each once and in order.
    async fn goes_on(&mut self, packets: u64) {
        for _ in 0..packets {
            match self.seat.next().await {
                FromLine::Packet(packet) => assert_eq!(packet.payload[..], packet_of(self.heard)),
                other => panic!("{other:?}"),
            }
            self.heard += 1;
        }
    }

    /// Sends datagrams, no faster than they are taken, so that none is lost to a full socket.
    async fn attack(&self, socket: &UdpSocket, datagrams: impl IntoIterator<Item = Vec<u8>>) {
        for datagram in datagrams {
            socket.send_to(&datagram, self.server()).await.unwrap();
            tokio::task::yield_now().await;
        }
    }

    fn dropped(&self, refusal: Refusal) -> u64 {
        self.house.webrtc.stats().dropped_for(refusal)
    }

    /// Waits until so many were dropped.
    async fn until_dropped(&self, refusal: Refusal, count: u64) {
        let dropped = async {
            while self.dropped(refusal) < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), dropped).await;
        waited.unwrap_or_else(|_| panic!("{refusal:?}: {} of {count}", self.dropped(refusal)));
    }

    /// The first datagram of a kind that the speaker has sent.
    fn example(&self, kind: Kind) -> Vec<u8> {
        let seen = self.seen.lock().unwrap();
        seen.iter().find(|d| Kind::of(d) == Some(kind)).expect("the speaker has sent one").clone()
    }

    /// Sound goes on for another half second, on the one session that there is.
    async fn ends_well(mut self) {
        self.goes_on(25).await;
        let stats = self.house.webrtc.stats();
        assert_eq!((stats.sessions, stats.broken), (1, 0));
        self.stop.store(true, Relaxed);
        self.speaker.await.unwrap();
    }
}

async fn stranger() -> UdpSocket {
    UdpSocket::bind(LOOPBACK).await.unwrap()
}

/// A generator that gives the same numbers every time.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn datagram(&mut self, like: &[Vec<u8>]) -> Vec<u8> {
        let len = (self.next() % 600) as usize + 1;
        let mut bytes: Vec<u8> = (0..len).map(|_| self.next() as u8).collect();
        // Half are noise; the others begin like something that the server knows.
        if let Some(like) = like.get((self.next() % (2 * like.len() as u64)) as usize) {
            let head = like.len().min(len).min((self.next() % 40) as usize);
            bytes[..head].copy_from_slice(&like[..head]);
        }
        bytes
    }
}

/// A binding request of the speaker's, but made with this password.
fn check(scene: &Scene, pwd: &str) -> Vec<u8> {
    let user = format!("{}:{}", value(&scene.answer, "a=ice-ufrag:"), value(&scene.offer, "a=ice-ufrag:"));
    let message = StunMessage::binding_request(&user, TransId::new(), true, 1, 1, true);
    let crypto = str0m::crypto::from_feature_flags();
    let hmac = |key: &[u8], payloads: &[&[u8]]| crypto.sha1_hmac_provider.sha1_hmac(key, payloads);
    let mut bytes = vec![0; 500];
    let len = message.to_bytes(Some(pwd.as_bytes()), &mut bytes, hmac).unwrap();
    bytes.truncate(len);
    bytes
}

#[tokio::test]
async fn a_hundred_thousand_random_datagrams_reach_nobody() {
    let mut scene = Scene::open().await;
    let (socket, mut seeded) = (stranger().await, Seeded(0x5eed));
    let like = [scene.example(Kind::Stun), scene.example(Kind::Dtls), scene.example(Kind::Media)];
    let mut sent = 0;
    while sent < 100_000 {
        let batch: Vec<_> = (0..200).map(|_| seeded.datagram(&like)).collect();
        sent += batch.len() as u64;
        scene.attack(&socket, batch).await;
        // What the socket cannot hold would be lost to the speaker too; that is the line's limit, and not ours.
        let taken = async {
            while Refusal::ALL.iter().map(|r| scene.dropped(*r)).sum::<u64>() < sent {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), taken).await.expect("every one is dropped and counted");
        let waiting = scene.seat.from_line.len() as u64;
        scene.goes_on(waiting).await;
    }
    scene.ends_well().await;
}

#[tokio::test]
async fn a_check_with_the_wrong_password_validates_nothing() {
    let scene = Scene::open().await;
    let socket = stranger().await;
    let forged = check(&scene, "wrong-password-wrong-password");
    scene.attack(&socket, [forged]).await;
    scene.until_dropped(Refusal::BadIntegrity, 1).await;
    scene.attack(&socket, [scene.example(Kind::Dtls)]).await;
    scene.until_dropped(Refusal::UnvalidatedDtls, 1).await;
    let nobody = scene.example(Kind::Stun).iter().map(|b| if *b == b':' { b'x' } else { *b }).collect();
    scene.attack(&socket, [nobody]).await;
    scene.until_dropped(Refusal::MalformedStun, 1).await;
    scene.ends_well().await;
}

#[tokio::test]
async fn dtls_and_rtp_from_an_address_that_was_not_validated_are_dropped() {
    let scene = Scene::open().await;
    let socket = stranger().await;
    let (dtls, sound) = (scene.example(Kind::Dtls), scene.example(Kind::Media));
    for count in 1..=20 {
        scene.attack(&socket, [dtls.clone(), sound.clone()]).await;
        scene.until_dropped(Refusal::UnvalidatedDtls, count).await;
        scene.until_dropped(Refusal::UnvalidatedMedia, count).await;
    }
    scene.ends_well().await;
}

#[tokio::test]
async fn replayed_srtp_is_heard_once() {
    let scene = Scene::open().await;
    let replay: Vec<_> =
        scene.seen.lock().unwrap().iter().filter(|d| Kind::of(d) == Some(Kind::Media)).cloned().collect();
    for _ in 0..5 {
        scene.attack(&scene.socket.clone(), replay.clone()).await;
    }
    // Any packet that is heard twice breaks the order that is asserted here.
    scene.ends_well().await;
}

#[tokio::test]
async fn rtp_that_was_forged_at_the_speakers_own_address_changes_nothing() {
    let scene = Scene::open().await;
    let sound = scene.example(Kind::Media);
    let mut seeded = Seeded(7);
    let forged = (0..200u32).map(|n| {
        let mut packet = sound.clone();
        // Sequence numbers far ahead, and now and then another source.
        packet[2..4].copy_from_slice(&(seeded.next() as u16).to_be_bytes());
        if n.is_multiple_of(2) {
            packet[8..12].copy_from_slice(&n.to_be_bytes());
        }
        packet
    });
    let forged: Vec<_> = forged.collect();
    scene.attack(&scene.socket.clone(), forged).await;
    scene.until_dropped(Refusal::ForeignSsrc, 100).await;
    scene.ends_well().await;
}

#[tokio::test]
async fn noise_from_the_speakers_own_address_does_not_end_the_session() {
    let scene = Scene::open().await;
    let like = [scene.example(Kind::Stun), scene.example(Kind::Dtls), scene.example(Kind::Media)];
    let mut seeded = Seeded(11);
    for _ in 0..20 {
        let batch: Vec<_> = (0..50).map(|_| seeded.datagram(&like)).collect();
        scene.attack(&scene.socket.clone(), batch).await;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    scene.ends_well().await;
}
