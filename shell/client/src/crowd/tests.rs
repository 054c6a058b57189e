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
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    let job = Job {
        page: format!("http://{addr}/c/demo"),
        stream: format!("http://{addr}/c/demo/live.mp4?burst=1"),
        number: 0,
        seed: 1,
        begins_ms: unix,
        epoch_ms: None,
        rendition: None,
        trust: None,
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
