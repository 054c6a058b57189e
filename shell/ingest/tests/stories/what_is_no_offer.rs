//! Offers that cannot be answered, tokens that open nothing, requests that make no sense: each has one clear answer.

use crate::support::{Client, House, LOOPBACK, Reply, house, post_offer, request, send};
use http::{Method, StatusCode};
use hustings_ingest::sdp::SdpError;
use hustings_ingest::{parse_offer, parse_sdpfrag};
use hustings_vocab::limits;

const TOKEN: Option<&str> = Some("ada/speaker/talk");

/// What Chromium offers for one microphone, shortened by its addresses.
const CHROMIUM: &str = "v=0\r
o=- 4611731400430051336 2 IN IP4 127.0.0.1\r
s=-\r
t=0 0\r
a=group:BUNDLE 0\r
a=extmap-allow-mixed\r
a=msid-semantic: WMS 2e3b\r
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r
c=IN IP4 0.0.0.0\r
a=rtcp:9 IN IP4 0.0.0.0\r
a=candidate:1 1 udp 2113937151 5a9b2c1e-0000-4000-8000-000000000000.local 50128 typ host generation 0 network-cost 999\r
a=ice-ufrag:S4Xy\r
a=ice-pwd:0a1B2c3D4e5F6g7H8i9J0k1L\r
a=ice-options:trickle\r
a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08\r
a=setup:actpass\r
a=mid:0\r
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r
a=sendrecv\r
a=msid:2e3b 9f1c\r
a=rtcp-mux\r
a=rtcp-rsize\r
a=rtpmap:111 opus/48000/2\r
a=rtcp-fb:111 transport-cc\r
a=rtcp-fb:111 nack\r
a=fmtp:111 minptime=10;useinbandfec=1\r
a=rtpmap:63 red/48000/2\r
a=fmtp:63 111/111\r
a=rtpmap:9 G722/8000\r
a=rtpmap:0 PCMU/8000\r
a=rtpmap:8 PCMA/8000\r
a=rtpmap:13 CN/8000\r
a=rtpmap:110 telephone-event/48000\r
a=rtpmap:126 telephone-event/8000\r
a=ssrc:2904173017 cname:Zq\r
";

fn stage() -> House {
    house(&[LOOPBACK], &[LOOPBACK])
}

async fn offered(house: &House, offer: impl Into<axum::body::Body>) -> Reply {
    post_offer(&house.router, "/c/talk/whip", TOKEN, offer).await
}

#[tokio::test]
async fn a_browser_is_asked_for_redundant_full_band_opus() {
    let house = stage();
    let reply = offered(&house, CHROMIUM).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/sdp");
    assert!(reply.header("location").starts_with("/c/talk/whip/"));
    assert_eq!(reply.header("location").rsplit('/').next().map(str::len), Some(32));
    assert_eq!(reply.header("accept-patch"), "application/trickle-ice-sdpfrag");
    assert!(reply.header("etag").starts_with('"'));
    assert_eq!(reply.header("link"), "<stun:stun.example.org>; rel=\"ice-server\"");
    assert!(reply.header("access-control-expose-headers").contains("Location"));
    let lines: Vec<_> = reply.body.lines().collect();
    for expected in [
        "a=ice-lite",
        "m=audio 9 UDP/TLS/RTP/SAVPF 63 111",
        "a=fmtp:111 minptime=10;useinbandfec=0;stereo=0;maxaveragebitrate=96000",
        "a=rtcp-fb:111 nack",
        "a=fmtp:63 111/111",
        "a=setup:passive",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=end-of-candidates",
    ] {
        assert!(lines.contains(&expected), "{expected} is missing in\n{}", reply.body);
    }
    let candidates: Vec<_> = lines.iter().filter(|l| l.starts_with("a=candidate:")).collect();
    assert_eq!(candidates.len(), 2);
    assert!(candidates[0].contains(" udp ") && candidates[1].contains("tcptype passive"), "{candidates:?}");
}

#[tokio::test]
async fn what_else_is_offered_is_declined_in_its_place() {
    let house = stage();
    let video =
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:v\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n";
    let channel = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:d\r\n";
    let offer = CHROMIUM.replacen("m=audio", &format!("{video}m=audio"), 1) + channel;
    let reply = offered(&house, offer).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{reply:?}");
    let sections: Vec<_> = reply.body.lines().filter(|l| l.starts_with("m=")).collect();
    assert_eq!(sections[0], "m=video 0 UDP/TLS/RTP/SAVPF 96");
    assert!(sections[1].starts_with("m=audio 9 "));
    assert_eq!(sections[2], "m=application 0 UDP/DTLS/SCTP webrtc-datachannel");
    assert!(reply.body.contains("a=group:BUNDLE 0\r\n"), "only what is taken is bundled");
}

#[tokio::test]
async fn an_offer_that_cannot_be_answered_is_refused_with_the_remedy() {
    let house = stage();
    let without = |prefix: &str| -> String {
        CHROMIUM.lines().filter(|l| !l.starts_with(prefix)).map(|l| format!("{l}\r\n")).collect()
    };
    let cases = [
        (CHROMIUM[..CHROMIUM.len() / 2].to_owned(), 400, "cut short"),
        (String::new(), 400, "v=0"),
        ("hello\r\n".to_owned(), 400, "v=0"),
        ("v=0\r\nnonsense\r\n".to_owned(), 400, "nonsense"),
        (CHROMIUM.replace("m=audio", "m=video"), 422, "no audio"),
        (CHROMIUM.replace("m=audio 9", "m=audio 0"), 422, "no audio"),
        (without("a=rtpmap:111"), 422, "not Opus"),
        (without("a=ice-ufrag"), 422, "ice-ufrag"),
        (without("a=fingerprint"), 422, "fingerprint"),
        (CHROMIUM.replace("a=sendrecv", "a=recvonly"), 422, "sendrecv or sendonly"),
        (CHROMIUM.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), 422, "not encrypted"),
        (CHROMIUM.replace("t=0 0", "t=0 0\r\na=ice-lite"), 422, "ICE-lite"),
        (CHROMIUM.replace("a=setup:actpass", "a=setup:holdconn"), 422, "setup"),
    ];
    for (offer, status, detail) in cases {
        let reply = offered(&house, offer.clone()).await;
        assert_eq!(reply.status.as_u16(), status, "{detail}: {reply:?}");
        assert!(reply.detail().contains(detail), "{detail:?} in {:?}", reply.detail());
    }
    let reply = offered(&house, vec![b'v', b'=', b'0', 0xff, b'\n']).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(house.webrtc.stats().sessions, 0);
}

#[tokio::test]
async fn a_megabyte_is_refused_without_being_read() {
    let house = stage();
    let reply = offered(&house, "v".repeat(1 << 20)).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(reply.detail().contains("65536 bytes"));
    let (sender, read) = tokio::sync::mpsc::channel::<Result<bytes::Bytes, std::io::Error>>(1);
    let body = axum::body::Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(read));
    let feed = tokio::spawn(async move {
        let mut taken = 0;
        while taken < 1 << 20 && sender.send(Ok(bytes::Bytes::from(vec![b'v'; 1024]))).await.is_ok() {
            taken += 1024;
        }
        taken
    });
    assert_eq!(offered(&house, body).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let taken = feed.await.unwrap();
    assert!(taken <= limits::SDP_BYTES_MAX + 4096, "{taken} bytes were taken");
}

#[tokio::test]
async fn a_token_that_opens_nothing_says_why() {
    let house = stage();
    let cases = [
        (None, 401, "Bearer TOKEN"),
        (Some("nonsense"), 401, "cannot be read"),
        (Some("expired"), 401, "ask for a new link"),
        (Some("ada/speaker/other"), 403, "other"),
        (Some("ada/listener/talk"), 403, "not heard"),
        (Some("ada/producer/talk"), 403, "not heard"),
    ];
    for (token, status, detail) in cases {
        let reply = post_offer(&house.router, "/c/talk/whip", token, CHROMIUM).await;
        assert_eq!(reply.status.as_u16(), status, "{token:?}: {reply:?}");
        assert!(reply.detail().contains(detail), "{detail:?} in {:?}", reply.detail());
        assert_eq!(reply.headers.contains_key("www-authenticate"), status == 401 || detail == "other");
    }
    for (slug, status) in [("none", 404), ("over", 410), ("later", 409), ("full", 503), ("NO", 404)] {
        let token = format!("ada/speaker/{slug}");
        let reply = post_offer(&house.router, &format!("/c/{slug}/whip"), Some(&token), CHROMIUM).await;
        assert_eq!(reply.status.as_u16(), status, "{slug}: {reply:?}");
        assert!(!reply.detail().is_empty());
        assert_eq!(reply.headers.contains_key("retry-after"), status == 503);
    }
    assert_eq!(house.webrtc.stats().sessions, 0);
}

#[tokio::test]
async fn other_methods_and_types_are_refused() {
    let house = stage();
    for (method, path) in
        [(Method::GET, "/c/talk/whip"), (Method::PUT, "/c/talk/whip/x"), (Method::POST, "/c/talk/whip/x")]
    {
        let reply = send(&house.router, request(method, path, TOKEN, None, "")).await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(reply.header("allow").contains("OPTIONS") && !reply.detail().is_empty());
    }
    let reply = send(&house.router, request(Method::POST, "/c/talk/whip", TOKEN, Some("text/plain"), CHROMIUM)).await;
    assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let reply = send(&house.router, request(Method::OPTIONS, "/c/talk/whip", None, None, "")).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert!(reply.header("access-control-allow-headers").contains("Authorization"));
    assert_eq!(reply.header("accept-post"), "application/sdp");
}

#[tokio::test]
async fn a_patch_without_the_right_condition_changes_nothing() {
    let house = stage();
    let opened = offered(&house, CHROMIUM).await;
    let (path, etag) = (opened.header("location").to_owned(), opened.header("etag").to_owned());
    let patch = async |condition: Option<&str>, frag: &str| {
        let kind = Some("application/trickle-ice-sdpfrag");
        let mut patch = request(Method::PATCH, &path, TOKEN, kind, frag.to_owned());
        if let Some(condition) = condition {
            patch.headers_mut().insert("if-match", condition.parse().unwrap());
        }
        send(&house.router, patch).await.status.as_u16()
    };
    let trickled = "a=ice-ufrag:S4Xy\r\na=ice-pwd:0a1B2c3D4e5F6g7H8i9J0k1L\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n\
                    a=candidate:1 1 udp 2113937151 192.0.2.1 50128 typ host\r\na=end-of-candidates\r\n";
    assert_eq!(patch(None, trickled).await, 428);
    assert_eq!(patch(Some("\"stale\""), trickled).await, 412);
    assert_eq!(patch(Some(&etag), trickled).await, 204);
    assert_eq!(patch(Some("*"), "nonsense").await, 400);
    assert_eq!(patch(Some("*"), "a=ice-ufrag:x\r\na=ice-pwd:y\r\n").await, 400);
    assert_eq!(patch(Some("*"), "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n").await, 200);
    assert_eq!(patch(Some(&etag), trickled).await, 412, "the tag has changed");
    let reply = send(&house.router, request(Method::PATCH, &path, Some("eve/speaker/talk"), None, "")).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

/// A generator that gives the same numbers every time.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

fn mutated(seeded: &mut Seeded, text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=seeded.below(8) {
        let at = seeded.below(bytes.len());
        match seeded.below(5) {
            0 => bytes[at] = seeded.below(256) as u8,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, b"\r\n=: 0a1-/\xff"[seeded.below(11)]),
            3 => bytes.truncate(at.max(1)),
            _ => {
                let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
                let (a, b) = (seeded.below(lines.len()), seeded.below(lines.len()));
                lines.swap(a, b);
                bytes = lines.join(&b'\n');
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

#[tokio::test]
async fn mutated_documents_are_refused_or_answered_and_break_nothing() {
    let (house, mut seeded) = (stage(), Seeded(2));
    let mut answered = 0;
    for round in 0..20_000 {
        let bytes = mutated(&mut seeded, CHROMIUM);
        let _ = parse_sdpfrag(&bytes);
        let parsed = parse_offer(&bytes);
        if let Err(error) = &parsed {
            assert!((400..500).contains(&error.status()) && error.to_string().len() < 300, "{error}");
        }
        if parsed.is_ok() && round % 40 == 0 {
            let reply = offered(&house, bytes).await;
            assert!(reply.status == StatusCode::CREATED || reply.status.is_client_error() || reply.status == 503);
            answered += usize::from(reply.status == StatusCode::CREATED);
        }
    }
    assert!(answered > 0);
}

#[test]
fn the_parser_keeps_what_it_needs_and_nothing_that_could_break_an_answer() {
    let offer = parse_offer(CHROMIUM.as_bytes()).unwrap();
    assert_eq!((offer.opus, offer.red, offer.nack), (111, Some(63), true));
    assert_eq!(offer.mid.as_deref(), Some("0"));
    let odd = CHROMIUM.replace("a=mid:0", "a=mid:a b");
    assert_eq!(parse_offer(odd.as_bytes()).unwrap().mid, None, "no token, not repeated");
    let same = CHROMIUM.replace("63", "111");
    assert_eq!(parse_offer(same.as_bytes()).unwrap().red, None);
    let large = vec![b'a'; limits::SDP_BYTES_MAX + 1];
    assert_eq!(parse_offer(&large), Err(SdpError::TooLarge(limits::SDP_BYTES_MAX)));
}

#[tokio::test]
async fn a_client_that_offers_only_to_send_gets_nothing_back() {
    let mut house = stage();
    let (mut client, offer) = Client::udp(str0m::media::Direction::SendOnly, false).await;
    let mut seat = client.enter(&mut house, "ada", offer).await;
    client.until("heard", |_| !seat.packets().is_empty()).await;
}
