//! Attacks, as the server counts them. Rates for each machine are from reports of real ones where there are any; how many
//! machines there are is scaled to a self-hosted server, down to a single one.

use hustings_evidence::{Count, Gauge};

use crate::scene::{LINE_KBIT, Scene};

/// An attack.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) in_a_crowd: &'static str,
    /// One minute of it, on an audience of this size, with this strength from 1 to 20.
    pub(crate) strike: fn(&mut Scene, f64, f64),
}

/// Machines: from three of a small group to some thousands. 5,256 made 46 million requests a second (Google Cloud, August
/// 2022); roughly 20,000 made 201 million (Cloudflare, "HTTP/2 Rapid Reset", October 2023).
fn machines(scene: &mut Scene, strength: f64) -> u64 {
    scene.dice.scale(3.0, 250.0 * strength) as u64 + 3
}

pub(crate) const ATTACKS: &[Attack] = &[
    Attack {
        name: "connection flood",
        in_a_crowd: "connection flood in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let connections = (audience * strength * 6.0) as u64 + many * 20;
            scene.machines(many, connections / many, 1, false);
            scene.sketch.count(Count::Connections, connections);
            scene.sketch.count(Count::GateDropped, connections / 2);
        },
    },
    Attack {
        name: "requests for sound",
        in_a_crowd: "requests for sound in a crowd",
        // 46 million a second from 5,256 machines are 8,750 from each; a self-hosted server is thought worth a hundredth.
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let requests = many * 87 * 60 + (audience * 3000.0) as u64;
            scene.machines(many, requests / many, 2, true);
            scene.sketch.count(Count::Connections, many * 3);
            scene.sketch.count(Count::TlsFull, many * 3);
            scene.sketch.count(Count::Requests, requests);
            scene.sketch.count(Count::Playlists, requests / 2);
        },
    },
    Attack {
        name: "slow heads",
        in_a_crowd: "slow heads in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let connections = (audience * strength) as u64 + many * 30;
            scene.machines(many, connections / many, 1, false);
            scene.sketch.count(Count::Connections, connections);
            scene.sketch.count(Count::AbuseHeads, connections);
        },
    },
    Attack {
        name: "HTTP/2 rapid reset",
        in_a_crowd: "HTTP/2 rapid reset in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let resets = many * 1000 + audience as u64;
            scene.machines(many, 100, 1, true);
            scene.sketch.count(Count::Connections, many * 10);
            scene.sketch.count(Count::TlsFull, many * 10);
            scene.sketch.count(Count::AbuseHttp2, resets);
        },
    },
    Attack {
        name: "the line flooded",
        in_a_crowd: "the line flooded in a crowd",
        strike: |scene, _, _| scene.line_in = LINE_KBIT as f64 * scene.dice.between(0.85, 3.0),
    },
    Attack {
        name: "tickets taken and not used",
        in_a_crowd: "tickets taken and not used in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let tickets = (audience * 8.0 * strength) as u64 + many * 40;
            scene.machines(many, tickets / many, 2, true);
            scene.sketch.count(Count::Connections, many * 4);
            scene.sketch.count(Count::Tickets, tickets);
            scene.sketch.count(Count::Asked, tickets);
        },
    },
    Attack {
        name: "TLS handshake flood",
        in_a_crowd: "TLS handshake flood in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let handshakes = (audience * strength * 8.0) as u64 + many * 50;
            scene.machines(many, handshakes / many, 1, false);
            scene.sketch.count(Count::Connections, handshakes);
            scene.sketch.count(Count::TlsFailed, handshakes * 9 / 10);
        },
    },
    Attack {
        name: "slow readers",
        in_a_crowd: "slow readers in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let streams = (audience * strength) as u64 + many * 20;
            scene.machines(many, streams / many, 1, true);
            scene.sketch.count(Count::Connections, streams);
            scene.sketch.count(Count::Requests, streams);
            scene.sketch.count(Count::FirstAudio, streams / 10);
            scene.sketch.count(Count::AbuseStalled, streams);
        },
    },
    Attack {
        name: "held LL-HLS reloads",
        in_a_crowd: "held LL-HLS reloads in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let held = (audience * strength * 4.0) as u64 + many * 100;
            scene.machines(many, held / many, 1, true);
            scene.sketch.count(Count::Connections, held);
            scene.sketch.count(Count::Requests, held * 30);
            scene.sketch.count(Count::Playlists, held * 30);
        },
    },
    Attack {
        name: "STUN and DTLS floods",
        in_a_crowd: "STUN and DTLS floods in a crowd",
        // Sources are forged as a rule, so none is counted; what no session knows is dropped and counted.
        strike: |scene, audience, strength| {
            let packets = (audience * 50.0 * strength) as u64 + 200_000;
            scene.sketch.count(Count::AbuseDatagrams, packets);
            scene.line_in += packets as f64 / 60.0;
        },
    },
    Attack {
        name: "counter inflation",
        in_a_crowd: "counter inflation in a crowd",
        // Streams that are opened, counted, and left after a few seconds.
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let streams = (audience * 4.0 * strength) as u64 + many * 20;
            scene.machines(many, streams / many, 1, true);
            scene.sketch.count(Count::Connections, streams);
            scene.sketch.count(Count::Tickets, streams);
            scene.sketch.count(Count::Requests, streams);
            scene.sketch.count(Count::FirstAudio, streams);
            scene.sketch.count(Count::Came30s, streams);
            scene.sketch.count(Count::Dwell30s, streams / 100);
        },
    },
    Attack {
        name: "passwords tried",
        in_a_crowd: "passwords tried in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let tries = many * 120 + (audience * 10.0) as u64;
            scene.machines(many, tries / many, 1, true);
            scene.sketch.count(Count::Connections, many * 5);
            scene.sketch.count(Count::AbuseApi, tries);
            scene.sketch.count(Count::Asked, tries);
        },
    },
    Attack {
        name: "malformed and oversized bodies",
        in_a_crowd: "malformed and oversized bodies in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let bodies = many * 60 + (audience * 4.0) as u64;
            scene.machines(many, bodies / many, 3, true);
            scene.sketch.count(Count::Connections, bodies);
            scene.sketch.count(Count::AbuseBodies, bodies);
            scene.sketch.count(Count::Asked, bodies);
        },
    },
    Attack {
        name: "audio bombs",
        in_a_crowd: "audio bombs in a crowd",
        // They are opened one after the other (`UNPACKED_AT_ONCE_MAX`), each within a second or so, whoever brings them.
        strike: |scene, _, strength| {
            let bombs = scene.dice.scale(40.0, 60.0 + 30.0 * strength) as u64;
            let many = machines(scene, strength).min(bombs);
            scene.machines(many, bombs / many, 1, true);
            scene.sketch.count(Count::Connections, bombs);
            scene.sketch.count(Count::AbuseUploads, bombs);
            scene.sketch.count(Count::AbuseBodies, bombs);
            scene.sketch.count(Count::Asked, bombs);
        },
    },
    Attack {
        name: "event streams opened and left",
        in_a_crowd: "event streams opened and left in a crowd",
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let streams = (audience * 8.0 * strength) as u64 + many * 60;
            scene.machines(many, streams / many, 1, true);
            scene.sketch.count(Count::Connections, streams);
            scene.sketch.count(Count::Following, streams);
        },
    },
    Attack {
        name: "API flood",
        in_a_crowd: "API flood in a crowd",
        // As many requests of each machine as in a flood of requests for sound.
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let asked = many * 87 * 60 + (audience * 3000.0) as u64;
            scene.machines(many, asked / many, 2, true);
            scene.sketch.count(Count::Connections, many * 3);
            scene.sketch.count(Count::TlsFull, many * 3);
            scene.sketch.count(Count::Asked, asked);
        },
    },
    Attack {
        name: "SYN flood of forged sources",
        in_a_crowd: "SYN flood of forged sources in a crowd",
        // No address of it comes to be a connection; the kernel answers by cookies once its queue is full.
        strike: |scene, _, strength| {
            let packets = scene.dice.scale(200_000.0, 2_000_000.0) * strength;
            scene.gauges.insert(Gauge::SynCookies, (packets * 0.9) as i64);
            scene.line_in += packets * 0.5 / 60.0;
        },
    },
    Attack {
        name: "HTTP/2 frames without end",
        in_a_crowd: "HTTP/2 frames without end in a crowd",
        // Each connection is ended for it, and the next is made.
        strike: |scene, audience, strength| {
            let many = machines(scene, strength);
            let connections = many * 30 + (audience * strength) as u64;
            scene.machines(many, connections / many, 1, false);
            scene.sketch.count(Count::Connections, connections);
            scene.sketch.count(Count::TlsFull, connections);
            scene.sketch.count(Count::AbuseHttp2, connections * 9 / 10);
        },
    },
];
