//! A speaker against a small WHIP server that echoes: redirect, token, both routes, recording, goodbye.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{delete, post};
use hustings_client::{ClientError, Route, Sound, SpeakOptions, decode_file, encode, speak};
use str0m::change::SdpOffer;
use str0m::media::Mid;
use str0m::net::{Protocol, Receive, TcpType};
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

#[derive(Clone, Default)]
struct Echo {
    tcp: bool,
    mute: bool,
    deleted: Arc<AtomicBool>,
}

/// Answers offers on an address of its own, to which the page's address redirects.
async fn serve(echo: Echo) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stage = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (page_at, stage_at) = (listener.local_addr().unwrap(), stage.local_addr().unwrap());
    let to = format!("http://{stage_at}/c/talk/whip");
    let page = Router::new().route("/c/talk/whip", post(move || async move { Redirect::temporary(&to) }));
    let gone = |State(echo): State<Echo>| async move { echo.deleted.store(true, Ordering::SeqCst) };
    let stage_routes =
        Router::new().route("/c/talk/whip", post(answer)).route("/session/1", delete(gone)).with_state(echo);
    tokio::spawn(async move { axum::serve(listener, page).await });
    tokio::spawn(async move { axum::serve(stage, stage_routes).await });
    page_at
}

async fn answer(State(echo): State<Echo>, headers: axum::http::HeaderMap, offer: String) -> impl IntoResponse {
    if headers.get("authorization").is_none_or(|a| a != "Bearer letmein") {
        let problem = "{\"status\":401,\"detail\":\"the token is not known\"}";
        return (axum::http::StatusCode::UNAUTHORIZED, problem.to_owned()).into_response();
    }
    let offer = SdpOffer::from_sdp_string(&offer).unwrap();
    let mut rtc = Rtc::builder().set_ice_lite(true).clear_codecs().enable_opus(true, true).build(Instant::now());
    let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = if echo.tcp { tcp.local_addr().unwrap() } else { udp.local_addr().unwrap() };
    let candidate = if echo.tcp {
        Candidate::builder().tcp().host(at).tcptype(TcpType::Passive).build().unwrap()
    } else {
        Candidate::host(at, "udp").unwrap()
    };
    rtc.add_local_candidate(candidate);
    let sdp = rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string();
    if echo.tcp {
        tokio::spawn(async move {
            let (stream, from) = tcp.accept().await.unwrap();
            repeat(rtc, Wire::Tcp(stream, from, at), echo.mute).await;
        });
    } else {
        tokio::spawn(repeat(rtc, Wire::Udp(udp, at), echo.mute));
    }
    let fields = [("location", "/session/1"), ("content-type", "application/sdp")];
    (axum::http::StatusCode::CREATED, fields, sdp).into_response()
}

enum Wire {
    Udp(UdpSocket, SocketAddr),
    Tcp(TcpStream, SocketAddr, SocketAddr),
}

impl Wire {
    async fn send(&mut self, bytes: &[u8], to: SocketAddr) {
        match self {
            Self::Udp(socket, _) => drop(socket.send_to(bytes, to).await),
            Self::Tcp(stream, ..) => {
                let frame = [&(bytes.len() as u16).to_be_bytes(), bytes].concat();
                let _ = stream.write_all(&frame).await;
            }
        }
    }

    /// Bounded by `wait`; a frame that has begun on TCP is waited for.
    async fn receive(&mut self, wait: Duration, into: &mut [u8]) -> Option<(Protocol, SocketAddr, SocketAddr, usize)> {
        match self {
            Self::Udp(socket, at) => {
                let (n, from) = tokio::time::timeout(wait, socket.recv_from(into)).await.ok()?.ok()?;
                Some((Protocol::Udp, from, *at, n))
            }
            Self::Tcp(stream, from, at) => {
                tokio::time::timeout(wait, stream.readable()).await.ok()?.ok()?;
                let n = usize::from(stream.read_u16().await.ok()?);
                stream.read_exact(&mut into[..n]).await.ok()?;
                Some((Protocol::Tcp, *from, *at, n))
            }
        }
    }
}

/// Sends every packet back, for at most ten seconds.
async fn repeat(mut rtc: Rtc, mut wire: Wire, mute: bool) {
    let end = Instant::now() + Duration::from_secs(10);
    let mut buffer = [0; 2048];
    let mut mid: Option<Mid> = None;
    while Instant::now() < end && rtc.is_alive() {
        match rtc.poll_output().unwrap() {
            Output::Transmit(t) => wire.send(&t.contents, t.destination).await,
            Output::Event(Event::MediaAdded(m)) => mid = Some(m.mid),
            Output::Event(Event::MediaData(data)) if !mute => {
                let writer = rtc.writer(mid.unwrap()).unwrap();
                let pt = writer.payload_params().next().unwrap().pt();
                writer.write(pt, Instant::now(), data.time, data.data).unwrap();
            }
            Output::Event(_) => {}
            Output::Timeout(at) => {
                let wait = at.saturating_duration_since(Instant::now()).min(Duration::from_millis(5));
                let received = wire.receive(wait, &mut buffer).await;
                let now = Instant::now();
                match received {
                    Some((proto, from, to, n)) => {
                        let Ok(receive) = Receive::new(proto, from, to, &buffer[..n]) else { continue };
                        rtc.handle_input(Input::Receive(now, receive)).unwrap();
                    }
                    None => rtc.handle_input(Input::Timeout(now)).unwrap(),
                }
            }
        }
    }
}

fn tone(samples: usize) -> Vec<f32> {
    (0..samples).map(|i| (i as f32 * 0.0576).sin() * 0.5).collect()
}

fn options(at: SocketAddr, sound: Sound) -> SpeakOptions {
    let mut options = SpeakOptions::new(format!("http://{at}/c/talk"), sound);
    options.token = Some("letmein".to_owned());
    options
}

#[tokio::test(flavor = "multi_thread")]
async fn a_speaker_is_redirected_speaks_hears_itself_echoed_and_says_goodbye() {
    let echo = Echo::default();
    let at = serve(echo.clone()).await;
    let output = std::env::temp_dir().join(format!("hustings-echo-{}.wav", std::process::id()));
    let mut options = options(at, Sound::Pcm(tone(48_000).into()));
    options.output = Some(output.clone());
    let report = speak(options, std::future::pending()).await.unwrap();
    assert_eq!((report.packets, report.route), (50, "udp"));
    let heard = report.heard.unwrap();
    assert!(heard.packets >= 40 && heard.gaps == 0, "{heard:?}");
    assert!(heard.at_ms >= report.spoke_at_ms, "{report:?}");
    assert!(echo.deleted.load(Ordering::SeqCst), "the session was deleted");
    let sound = decode_file(&output).unwrap();
    std::fs::remove_file(&output).unwrap();
    assert!(sound.len() >= 40 * 960, "{}", sound.len());
    let power = sound[9600..28_800].iter().map(|s| s * s).sum::<f32>() / 19_200.0;
    assert!((power - 0.125).abs() < 0.02, "a sine of 0.5 has a power of 0.125, not {power}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_speaker_behind_a_firewall_without_udp_goes_by_tcp() {
    let at = serve(Echo { tcp: true, ..Echo::default() }).await;
    for route in [Route::Tcp, Route::Any] {
        let mut options = options(at, Sound::Packets(encode(&tone(24_000), 64_000).unwrap()));
        options.route = route;
        let report = speak(options, std::future::pending()).await.unwrap();
        assert_eq!((report.packets, report.route), (25, "tcp"));
        assert!(report.heard.unwrap().packets >= 15, "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_goes_on_until_it_is_told_to_stop() {
    let at = serve(Echo { mute: true, ..Echo::default() }).await;
    let mut options = options(at, Sound::Pcm(tone(4800).into()));
    options.repeat = true;
    let report = speak(options, tokio::time::sleep(Duration::from_secs(1))).await.unwrap();
    assert!(report.packets > 10 && report.heard.is_none(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_one_line_with_the_servers_reason() {
    let at = serve(Echo::default()).await;
    let mut options = options(at, Sound::Pcm(tone(4800).into()));
    options.token = Some("wrong".to_owned());
    let error = speak(options, std::future::pending()).await.unwrap_err();
    assert!(matches!(error, ClientError::Refused { status: 401, .. }), "{error:?}");
    assert!(error.to_string().contains("the token is not known"), "{error}");
    let nobody = SpeakOptions::new("http://127.0.0.1:9/c/talk", Sound::Pcm(tone(4800).into()));
    assert!(matches!(speak(nobody, std::future::pending()).await, Err(ClientError::Unreachable { .. })));
}
