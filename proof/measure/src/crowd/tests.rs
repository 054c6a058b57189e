//! A crowd before a server of a few lines that answers, closes, refuses or says nothing: what it says it met.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use super::*;
use crate::bare::{Bare, Way};

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn crowd(addr: SocketAddr, listeners: usize) -> Crowd {
    Crowd {
        addr,
        path: "/".into(),
        listeners,
        tables: 1,
        arrivals: Arrivals::Even(1000.0),
        seed: 1,
        reading: Reading::Well,
        sound_bytes: 100,
        patience: Duration::from_secs(10),
        hold: Duration::from_millis(500),
        tls: false,
        reconnect: None,
        bounds_ms: vec![60_000.0],
    }
}

fn answer(mut socket: TcpStream, words: &[u8]) -> TcpStream {
    let _ = socket.read(&mut [0; 1000]);
    socket.write_all(words).unwrap();
    socket
}

fn heard_by_all(way: Way) -> Option<Met> {
    let addr = free();
    let hold = Duration::from_secs(30);
    let bare = Bare { addr, listeners: 60, cadence: Duration::from_millis(100), bytes: 500, hold, way };
    let serving = thread::spawn(move || bare.serve());
    let up = (0..500).any(|_| {
        thread::sleep(Duration::from_millis(10));
        // It is asked without connecting, for a connection would be counted.
        serving.is_finished() || TcpListener::bind(addr).is_err()
    });
    assert!(up);
    if serving.is_finished() {
        // The one reason is that there is no io_uring here.
        assert!(way == Way::Ring && serving.join().unwrap().unwrap_err().to_string().contains("--way write"));
        return None;
    }
    let met = Crowd { tables: 3, ..crowd(addr, 60) }.listen(|| {}).unwrap();
    let took = serving.join().unwrap().unwrap();
    assert_eq!((took.listeners, took.short), (60, 0));
    assert!(took.deliveries > 60, "{took:?}");
    Some(met)
}

#[test]
fn everybody_hears_the_bare_loop() {
    for way in [Way::Write, Way::Ring] {
        let Some(met) = heard_by_all(way) else { continue };
        assert_eq!((met.listeners, met.heard, met.lost, met.refused, met.away), (60, 60, 0, 0, 0), "{met:?}");
        assert_eq!((met.first_audio_ms.unwrap().count, met.largest_gap_ms.unwrap().over), (60, vec![0]));
        assert!(met.bytes_per_second > 0.0 && met.own_errors == 0);
    }
}

#[test]
fn who_is_refused_has_heard_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        (0..5).for_each(|_| drop(answer(listener.accept().unwrap().0, b"HTTP/1.1 503 No\r\n\r\n")));
    });
    let met = crowd(addr, 5).listen(|| {}).unwrap();
    serving.join().unwrap();
    assert_eq!((met.heard, met.refused, met.lost, met.away), (0, 5, 0, 5), "{met:?}");
    assert!(met.first_audio_ms.is_none() && met.largest_gap_ms.is_none());
}

#[test]
fn nobody_listens_there() {
    let met = crowd(free(), 3).listen(|| {}).unwrap();
    assert_eq!((met.heard, met.refused, met.own_errors), (0, 3, 0), "{met:?}");
}

#[test]
fn who_loses_the_connection_comes_back_and_says_how_long_it_was_silent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let sound = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &[7; 200]].concat();
    let serving = thread::spawn(move || {
        let accept = || listener.accept().unwrap().0;
        let first = [answer(accept(), &sound), answer(accept(), &sound)];
        // Gaps are being watched when the first line goes.
        thread::sleep(Duration::from_millis(1500));
        drop(first);
        let refused = answer(accept(), b"HTTP/1.1 503 No\r\n\r\n");
        drop(refused);
        [answer(accept(), &sound), answer(accept(), &sound)]
    });
    let back = Some(Duration::from_millis(20));
    let met = Crowd { reconnect: back, hold: Duration::from_secs(2), ..crowd(addr, 2) }.listen(|| {}).unwrap();
    drop(serving.join().unwrap());
    assert_eq!((met.heard, met.lost, met.refused, met.away), (2, 2, 1, 0), "{met:?}");
    assert_eq!(met.sound_again_ms.unwrap().count, 2);
    assert!(met.largest_gap_ms.is_none(), "the gaps of those who left are not those of who stayed");
}

/// How much a server can send to one who does not read as it should.
fn taken_by(reading: Reading) -> (usize, Met) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let sound = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &[7; 200]].concat();
        let mut socket = answer(listener.accept().unwrap().0, &sound);
        socket.set_nonblocking(true).unwrap();
        let mut taken = 0;
        let more = [7; 10_000];
        // Until the crowd has gone.
        loop {
            match socket.write(&more) {
                Ok(n) => taken += n,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(5)),
                Err(_) => return taken,
            }
        }
    });
    let met = Crowd { reading, ..crowd(addr, 1) }.listen(|| {}).unwrap();
    (serving.join().unwrap(), met)
}

#[test]
fn who_does_not_read_takes_what_buffers_hold() {
    let (well, met) = taken_by(Reading::Well);
    assert_eq!((met.heard, met.lost), (1, 0));
    for reading in [Reading::Stop, Reading::Byte] {
        let (taken, met) = taken_by(reading);
        assert_eq!((met.heard, met.lost, met.away), (1, 0, 0), "{reading:?}");
        assert!(taken < well / 2, "{reading:?} took {taken}, who reads well {well}");
    }
}

#[test]
fn a_crowd_that_no_table_can_hold_is_told_how_many_it_needs() {
    let error = crowd(free(), 100_000_000).listen(|| {}).unwrap_err().to_string();
    assert!(error.contains("--tables "), "{error}");
    assert!(Crowd { tables: 0, ..crowd(free(), 1) }.listen(|| {}).is_err());
}
