//! A crowd before a server of a few lines: what it says it met.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hustings_pack::{Packager, headers};
use hustings_rehearsal::{Act, Summary, Tier, TierSummary};
use hustings_vocab::MediaTime;

use super::*;

/// The headers, and parts of sound.
fn sound(parts: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut packager = Packager::new(Rendition::Opus48, false);
    let frames = (0..).map(|i: u64| packager.push(MediaTime(i * 960), &[i as u8; 60]));
    let parts = frames.flatten().take(parts).map(|part| part.cmaf.to_vec()).collect();
    (headers(Rendition::Opus48, "T").cmaf.to_vec(), parts)
}

fn asked(listener: &TcpListener) -> TcpStream {
    let mut socket = listener.accept().unwrap().0;
    let _ = socket.read(&mut [0; 2000]);
    socket
}

fn free() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}

/// So many listeners of the stream at `addr` for so long.
fn met(addr: SocketAddr, listeners: usize, seconds: f64) -> TierSummary {
    met_with(addr, listeners, seconds, None)
}

fn met_with(addr: SocketAddr, listeners: usize, seconds: f64, tickets: Option<String>) -> TierSummary {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    let job = Job {
        page: format!("http://{addr}/c/demo"),
        stream: format!("http://{addr}/c/demo/live.mp4?burst=1"),
        tickets,
        pass: None,
        number: 0,
        seed: 1,
        begins_ms: unix,
        epoch_ms: None,
        rendition: None,
        trust: None,
        stay_ms: None,
    };
    let (tell, told) = channel();
    tell.send((0..listeners).map(|_| Event { at_ms: 0, act: Act::Come(Tier::Stream) }).collect()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (stop, mut seconds_met) = (AtomicBool::new(false), Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            let until = Instant::now() + Duration::from_secs_f64(seconds);
            thread::sleep(until - Instant::now());
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        play(&job, runtime.handle(), &told, &stop, |second| seconds_met.push(second)).unwrap();
    });
    Summary::of(&seconds_met).all
}

#[test]
fn everybody_hears_a_server_that_sends_in_time() {
    let (listener, addr) = free();
    let serving = thread::spawn(move || {
        let (head, parts) = sound(12);
        let mut sockets = [asked(&listener), asked(&listener)];
        for socket in &mut sockets {
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: audio/mp4\r\n\r\n").unwrap();
            socket.write_all(&[head.clone(), parts[..5].concat()].concat()).unwrap();
        }
        for part in &parts[5..] {
            thread::sleep(Duration::from_millis(150));
            sockets.iter_mut().for_each(|socket| drop(socket.write_all(part)));
        }
        thread::sleep(Duration::from_millis(800));
        sockets
    });
    let met = met(addr, 2, 1.5);
    drop(serving.join().unwrap());
    assert_eq!((met.offered, met.admitted, met.hearing, met.refused, met.lost), (2, 2, 2, 0, 0), "{met:?}");
    assert_eq!((met.glitch_seconds, met.first_audio_ms.unwrap().count), (0, 2));
    assert!(met.bytes > 2000);
}

#[test]
fn sound_that_is_missing_is_a_glitch_and_a_line_that_is_lost_is_taken_up_again() {
    let (listener, addr) = free();
    let serving = thread::spawn(move || {
        let (head, mut parts) = sound(12);
        parts.remove(3);
        let mut socket = asked(&listener);
        let begin = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), head, parts.concat()].concat();
        socket.write_all(&begin).unwrap();
        thread::sleep(Duration::from_millis(1500));
        drop(socket);
        let mut again = asked(&listener);
        again.write_all(b"HTTP/1.1 503 Full\r\ncontent-length: 4\r\n\r\nfull").unwrap();
        thread::sleep(Duration::from_millis(300));
    });
    let met = met(addr, 1, 3.2);
    serving.join().unwrap();
    assert_eq!((met.offered, met.admitted, met.lost, met.refused, met.hearing), (2, 1, 1, 1, 0), "{met:?}");
    assert!(met.glitch_seconds >= 1, "{met:?}");
}

#[test]
fn a_redirect_is_followed_and_nobody_goes_in_circles() {
    let (listener, addr) = free();
    let (other, led_to) = free();
    let serving = thread::spawn(move || {
        let to = format!("HTTP/1.1 307 x\r\nlocation: http://{led_to}/there\r\ncontent-length: 0\r\n\r\n");
        asked(&listener).write_all(to.as_bytes()).unwrap();
        let (head, parts) = sound(10);
        let mut socket = asked(&other);
        socket.write_all(&[b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), head, parts.concat()].concat()).unwrap();
        thread::sleep(Duration::from_millis(900));
    });
    let found = met(addr, 1, 0.7);
    serving.join().unwrap();
    assert_eq!((found.offered, found.admitted, found.hearing), (1, 1, 1), "{found:?}");
    let (listener, addr) = free();
    let serving = thread::spawn(move || {
        let round = format!("HTTP/1.1 302 x\r\nlocation: http://{addr}/\r\ncontent-length: 0\r\n\r\n");
        (0..5).for_each(|_| drop(asked(&listener).write_all(round.as_bytes())));
    });
    let found = met(addr, 1, 0.7);
    serving.join().unwrap();
    assert_eq!((found.admitted, found.refused), (0, 1), "{found:?}");
}

/// Reads a request and answers it with JSON.
fn say(listener: &TcpListener, expected: &str, status: u16, body: &str) -> String {
    let mut socket = listener.accept().unwrap().0;
    let mut bytes = [0; 2000];
    let read = socket.read(&mut bytes).unwrap();
    let request = String::from_utf8_lossy(&bytes[..read]).into_owned();
    assert!(request.starts_with(expected), "{request}");
    let head =
        format!("HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    socket.write_all(format!("{head}{body}").as_bytes()).unwrap();
    request
}

#[test]
fn who_has_a_place_waits_without_a_connection_and_comes_in_when_called() {
    let (listener, addr) = free();
    let serving = thread::spawn(move || {
        let placed = r#"{"place":"PLACE","number":3,"secret":"s","poll_s":1,"queue":"/c/demo/queue.json"}"#;
        let first = say(&listener, "POST /c/demo/tickets ", 202, placed);
        let queue = |below: u64| format!(r#"{{"admitting_below":{below},"poll_s":1,"drawn":true,"waiting":1}}"#);
        say(&listener, "GET /c/demo/queue.json ", 200, &queue(2));
        say(&listener, "GET /c/demo/queue.json ", 200, &queue(3));
        let admitted = format!(r#"{{"tier":"stream","address":"http://{addr}/c/demo/live.mp4?ticket=T&secret=s"}}"#);
        let second = say(&listener, "POST /c/demo/tickets ", 200, &admitted);
        let secret = |request: &str| request.split(r#""secret":""#).nth(1).unwrap()[..32].to_owned();
        assert_eq!(secret(&first), secret(&second), "it is the same somebody");
        assert!(second.contains("PLACE") && !first.contains("PLACE"));
        let (head, parts) = sound(10);
        let mut socket = listener.accept().unwrap().0;
        let mut bytes = [0; 2000];
        let read = socket.read(&mut bytes).unwrap();
        assert!(String::from_utf8_lossy(&bytes[..read]).starts_with("GET /c/demo/live.mp4?ticket=T&secret=s&burst=1 "));
        socket.write_all(&[b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), head, parts.concat()].concat()).unwrap();
        // For longer than it is listened to.
        thread::sleep(Duration::from_millis(3700));
    });
    let found = met_with(addr, 1, 3.6, Some(format!("http://{addr}/c/demo/tickets")));
    serving.join().unwrap();
    assert_eq!((found.offered, found.admitted, found.refused, found.waiting), (1, 1, 0, 0), "{found:?}");
    assert_eq!((found.waited_ms.unwrap().count, found.first_audio_ms.unwrap().count), (1, 1));
}
