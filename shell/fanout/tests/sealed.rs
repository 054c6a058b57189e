//! What is particular to the engine over TLS: handshakes of every kind, what the two ends say to each other beside the
//! words, and bytes that are no TLS.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use std::sync::Arc;

use common::{House, Source, bounded, client, handshake, until};
use hustings_engine::stats;
use hustings_link::hall::Tier;
use hustings_pack::headers;
use hustings_vocab::Rendition;
use rustls::{ClientConfig, HandshakeKind, ProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

const LISTEN: &str = "GET /c/evening/live.ogg?burst=0 HTTP/1.1\r\nHost: x\r\n\r\n";
const UNTIL_CLOSE: &str = "GET /c/evening/live.ogg?burst=0 HTTP/1.0\r\n\r\n";
const AUDIENCE: &str = "GET /c/evening/audience HTTP/1.1\r\nHost: x\r\n\r\n";

async fn connect(house: &House, tls: Arc<ClientConfig>) -> TlsStream<TcpStream> {
    handshake(tls, TcpStream::connect(house.addr).await.unwrap()).await.unwrap()
}

/// A house with sound, and one who listens to it and has heard the beginning.
async fn listening() -> (House, Source, TlsStream<TcpStream>) {
    let house = House::with_sealed_engine().await;
    let mut source = Source::at(Rendition::Opus96, 0);
    house.play(&mut source, 20);
    let mut io = connect(&house, house.tls.clone().unwrap()).await;
    io.write_all(UNTIL_CLOSE.as_bytes()).await.unwrap();
    read_until(&mut io, &headers(Rendition::Opus96, "An evening").raw).await;
    (house, source, io)
}

/// Reads up to and with `end`.
async fn read_until(io: &mut (impl AsyncRead + Unpin), end: &[u8]) -> Vec<u8> {
    let mut heard = Vec::new();
    while !heard.ends_with(end) {
        heard.push(bounded(io.read_u8()).await.expect("the response goes on"));
    }
    heard
}

/// Reads an answer with a body.
async fn answer(io: &mut (impl AsyncRead + Unpin)) -> String {
    let head = String::from_utf8(read_until(io, b"\r\n\r\n").await).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    bounded(io.read_exact(&mut body)).await.unwrap();
    head + &String::from_utf8(body).unwrap()
}

/// What comes in clear until the connection ends, however it ends.
async fn all(mut io: TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    let _ = bounded(io.read_to_end(&mut heard)).await;
    heard
}

#[tokio::test]
async fn a_stream_over_tls_is_the_engines_and_ends_with_a_word() {
    let before = stats().streams_sealed();
    let (house, mut source, mut io) = listening().await;
    assert_eq!(stats().streams_sealed(), before + 1);
    assert_eq!(io.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    let mut heard = Vec::new();
    let mut said = Vec::new();
    for part in house.play(&mut source, 3) {
        said.extend_from_slice(&part.raw);
    }
    house.close();
    bounded(io.read_to_end(&mut heard)).await.expect("the end is announced, for there is no other");
    // The first part was there when the listener came.
    let first = heard.len() - said.len() - hustings_pack::trailer(Rendition::Opus96, 23).len();
    assert_eq!(heard[first..][..said.len()], said);
}

#[tokio::test]
async fn who_comes_again_is_known() {
    let house = House::with_sealed_engine().await;
    let tls = house.tls.clone().unwrap();
    for kind in [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed] {
        let mut io = connect(&house, tls.clone()).await;
        io.write_all(AUDIENCE.as_bytes()).await.unwrap();
        assert!(answer(&mut io).await.starts_with("HTTP/1.1 200 OK"));
        assert_eq!(io.get_ref().1.handshake_kind(), Some(kind));
    }
    assert!(stats().handshakes_resumed() >= 2);
}

#[tokio::test]
async fn what_is_no_stream_is_answered_by_the_general_service_with_the_same_keys() {
    let house = House::with_sealed_engine().await;
    let mut io = connect(&house, house.tls.clone().unwrap()).await;
    let twice = AUDIENCE.repeat(2);
    io.write_all(twice.as_bytes()).await.unwrap();
    for _ in 0..2 {
        assert!(answer(&mut io).await.starts_with("HTTP/1.1 200 OK"));
    }
    // It changes its keys and asks for new ones.
    io.get_mut().1.refresh_traffic_keys().unwrap();
    io.write_all(AUDIENCE.as_bytes()).await.unwrap();
    assert!(answer(&mut io).await.starts_with("HTTP/1.1 200 OK"));
    // A head in two records is one head.
    for piece in [&AUDIENCE[..20], &AUDIENCE[20..]] {
        io.write_all(piece.as_bytes()).await.unwrap();
        io.flush().await.unwrap();
    }
    assert!(answer(&mut io).await.starts_with("HTTP/1.1 200 OK"));
    io.shutdown().await.unwrap();
    assert_eq!(bounded(io.read_to_end(&mut Vec::new())).await.expect("it is announced"), 0);
}

#[tokio::test]
async fn a_client_of_tls_1_2_is_served_by_the_general_service() {
    let house = House::with_sealed_engine().await;
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let old = client(&rustls::version::TLS12).with_root_certificates(house.roots.clone()).with_no_client_auth();
    let mut io = connect(&house, Arc::new(old)).await;
    assert_eq!(io.get_ref().1.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    io.write_all(LISTEN.as_bytes()).await.unwrap();
    assert!(read_until(&mut io, b"\r\n\r\n").await.starts_with(b"HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_listener_may_change_the_keys_and_is_answered() {
    let (house, mut source, mut io) = listening().await;
    for _ in 0..10 {
        io.get_mut().1.refresh_traffic_keys().unwrap();
        io.flush().await.unwrap();
        let part = house.play(&mut source, 1).remove(0);
        read_until(&mut io, &part.raw).await;
    }
}

#[tokio::test]
async fn a_listener_who_changes_the_keys_without_end_is_told_off() {
    let (house, _, mut io) = listening().await;
    for _ in 0..40 {
        io.get_mut().1.refresh_traffic_keys().unwrap();
        let _ = io.flush().await;
    }
    let error = bounded(io.read_to_end(&mut Vec::new())).await.unwrap_err();
    assert!(error.to_string().contains("UnexpectedMessage"), "{error}");
    until("the listener is counted out", async || house.hall().attendance.of(Tier::Stream) == 0).await;
}

#[tokio::test]
async fn a_listener_who_says_goodbye_and_holds_the_line_is_gone() {
    let (house, _, mut io) = listening().await;
    io.get_mut().1.send_close_notify();
    io.flush().await.unwrap();
    until("the listener is counted out", async || house.hall().attendance.of(Tier::Stream) == 0).await;
}

#[tokio::test]
async fn a_listener_who_talks_is_not_listened_to_and_hears_on() {
    let (house, mut source, io) = listening().await;
    let (mut reader, mut writer) = tokio::io::split(io);
    // More than both kernels hold: nobody takes it.
    let talk = tokio::spawn(async move { while writer.write_all(&[b'x'; 50_000]).await.is_ok() {} });
    for _ in 0..20 {
        let part = house.play(&mut source, 1).remove(0);
        read_until(&mut reader, &part.raw).await;
    }
    assert!(!talk.is_finished());
    talk.abort();
}

#[tokio::test]
async fn who_asks_while_it_listens_is_answered_when_the_stream_is_over() {
    let house = House::with_sealed_engine().await;
    let mut source = Source::at(Rendition::Opus96, 0);
    house.play(&mut source, 20);
    let mut io = connect(&house, house.tls.clone().unwrap()).await;
    io.write_all(LISTEN.as_bytes()).await.unwrap();
    read_until(&mut io, &headers(Rendition::Opus96, "An evening").raw).await;
    io.write_all(AUDIENCE.as_bytes()).await.unwrap();
    io.flush().await.unwrap();
    let part = house.play(&mut source, 1).remove(0);
    read_until(&mut io, &part.raw).await;
    house.close();
    read_until(&mut io, b"\r\n0\r\n\r\n").await;
    assert!(answer(&mut io).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn garbage_behind_the_handshake_ends_the_connection() {
    let (house, _, mut io) = listening().await;
    io.get_mut().0.write_all(&[23, 3, 3, 0, 40]).await.unwrap();
    io.get_mut().0.write_all(&[0; 40]).await.unwrap();
    let error = bounded(io.read_to_end(&mut Vec::new())).await.unwrap_err();
    assert!(error.to_string().contains("BadRecordMac"), "{error}");
    until("the listener is counted out", async || house.hall().attendance.of(Tier::Stream) == 0).await;
}

#[tokio::test]
async fn what_is_no_handshake_is_refused_in_words_that_its_sender_knows() {
    let house = House::with_sealed_engine().await;
    let failed = stats().handshakes_failed();
    let mut io = TcpStream::connect(house.addr).await.unwrap();
    io.write_all(LISTEN.as_bytes()).await.unwrap();
    let heard = String::from_utf8(all(io).await).unwrap();
    assert!(heard.starts_with("HTTP/1.1 400 ") && heard.ends_with("https://\r\n"), "{heard}");
    for garbage in
        [&[22, 3, 1, 0, 5, 1, 0, 0, 1, 9][..], &[0x80; 500], &[23, 3, 3, 0, 1, 0], &[22, 3, 1, 0xff, 0xff, 1]]
    {
        let mut io = TcpStream::connect(house.addr).await.unwrap();
        io.write_all(garbage).await.unwrap();
        let heard = all(io).await;
        assert!(heard.starts_with(&[21, 3, 3, 0, 2, 2]), "{garbage:?}: {heard:?}");
    }
    // A hello that never ends.
    let mut io = TcpStream::connect(house.addr).await.unwrap();
    let record = [&[22, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff][..], &[0; 16_380]].concat();
    let endless = async { while io.write_all(&record).await.is_ok() {} };
    bounded(endless).await;
    assert!(stats().handshakes_failed() >= failed + 6);
}

#[tokio::test]
async fn a_handshake_may_come_byte_by_byte_and_the_request_with_its_last() {
    let house = House::with_sealed_engine().await;
    house.play(&mut Source::at(Rendition::Opus96, 0), 20);
    let mut tls = rustls::ClientConnection::new(house.tls.clone().unwrap(), "127.0.0.1".try_into().unwrap()).unwrap();
    let mut io = TcpStream::connect(house.addr).await.unwrap();
    io.set_nodelay(true).unwrap();
    std::io::Write::write_all(&mut tls.writer(), LISTEN.as_bytes()).unwrap();
    let mut heard = Vec::new();
    while !heard.ends_with(b"\r\n\r\n") {
        let mut wire = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut wire).unwrap();
        }
        for byte in wire {
            io.write_u8(byte).await.unwrap();
            tokio::task::yield_now().await;
        }
        tls.read_tls(&mut &[bounded(io.read_u8()).await.unwrap()][..]).unwrap();
        tls.process_new_packets().unwrap();
        let _ = std::io::Read::read_to_end(&mut tls.reader(), &mut heard);
        heard.truncate(heard.windows(4).position(|w| w == b"\r\n\r\n").map_or(heard.len(), |at| at + 4));
    }
    assert!(heard.starts_with(b"HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_handshake_that_stalls_is_given_up() {
    let house = House::with_sealed_engine().await;
    let mut silent = TcpStream::connect(house.addr).await.unwrap();
    let mut half = TcpStream::connect(house.addr).await.unwrap();
    half.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
    for io in [&mut silent, &mut half] {
        assert_eq!(bounded(io.read_to_end(&mut Vec::new())).await.unwrap_or(0), 0);
    }
}
