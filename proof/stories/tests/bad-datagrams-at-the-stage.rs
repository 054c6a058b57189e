//! Datagrams that nobody asked for: random ones, STUN with a wrong integrity, DTLS and RTP from sources that ICE has not
//! validated. No session ends, and nobody hears it.

use std::net::UdpSocket;
use std::time::Duration;

use hustings_stories::{Server, Sound, Voice};

/// A small generator with a seed (xorshift64*), so that a run can be told again.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| (self.next() >> 32) as u8).collect()
    }
}

/// What an intruder sends, in turn: noise, and noise behind the first bytes that each protocol looks for (RFC 7983).
fn datagram(chance: &mut Chance, n: u32) -> Vec<u8> {
    let len = (chance.next() % 1_400) as usize;
    let noise = chance.bytes(len);
    let head: &[u8] = match n % 5 {
        0 => &[],
        // A STUN binding request with a user name of nobody and an integrity of zeros (RFC 8489).
        1 => {
            let mut stun = vec![0, 1, 0, 36, 0x21, 0x12, 0xA4, 0x42];
            stun.extend(chance.bytes(12));
            stun.extend([0, 6, 0, 8]);
            stun.extend(b"abcd:efg");
            stun.extend([0, 8, 0, 20]);
            stun.extend([0; 20]);
            return stun;
        }
        // A DTLS handshake record.
        2 => &[22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 1, 0, 0, 88],
        // RTP with payload type 111, and RTCP.
        3 => &[0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1],
        _ => &[0x80, 200, 0, 6, 0, 0, 0, 1],
    };
    [head, &noise].concat()
}

#[tokio::test]
async fn a_hundred_thousand_bad_datagrams_harm_nobody() {
    let server = Server::start().await;
    server.live("talk").await;
    let _speaker = server.speaker("talk", "guest", &Voice::Tenor.file().await).await;
    let url = server.audience("/c/talk/live.ogg?burst=1");
    let listener = tokio::spawn(async move { Sound::read(&url, 16.0, Duration::from_secs(40)).await });
    let ports = [server.ports.stage_udp, server.ports.audience_udp];
    let intruder = tokio::task::spawn_blocking(move || {
        let sockets: Vec<_> = (0..8).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
        let mut chance = Chance(0x5EED);
        for n in 0..100_000 {
            let datagram = datagram(&mut chance, n);
            let socket = &sockets[n as usize % sockets.len()];
            let _ = socket.send_to(&datagram, ("127.0.0.1", ports[n as usize % 2]));
            // 10,000 a second: an attack, not a race for this machine's two cores.
            if n % 100 == 99 {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    });
    intruder.await.unwrap();
    let heard = listener.await.unwrap();
    let gaps = heard.last(14.0).gaps(Voice::Tenor).await;
    assert_eq!(gaps.glitch_seconds, 0, "{gaps:?}");
    server.on_stage("talk", "guest", true, Duration::from_secs(1)).await;
}
