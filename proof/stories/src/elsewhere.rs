//! Somebody elsewhere: whose connection comes through a balancer, which says by the PROXY protocol, version 2, for whom it is.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::within;

/// Where the balancer of such a story stands: all of 127/8 is this machine.
pub const BALANCER: &str = "127.0.0.9";

/// Connects to a port of this machine as somebody at that address, and says something.
///
/// # Panics
/// When nobody listens there.
pub async fn say_from(who: Ipv4Addr, port: u16, what: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((BALANCER.parse::<IpAddr>().expect("an address"), 0).into()).expect("all of 127/8 is this machine");
    let mut line = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.expect("somebody listens");
    let mut words = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c".to_vec();
    words.extend_from_slice(&who.octets());
    words.extend_from_slice(&[192, 0, 2, 1, 0x9c, 0x40, 0x01, 0xbb]);
    words.extend_from_slice(what.as_bytes());
    line.write_all(&words).await.expect("it can be said");
    line
}

/// A request with a body of JSON.
#[must_use]
pub fn post(path: &str, body: &str) -> String {
    let fields =
        format!("Host: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}", body.len());
    format!("POST {path} HTTP/1.1\r\n{fields}\r\n\r\n{body}")
}

/// Asks as somebody at that address: the status of the answer.
///
/// # Panics
/// When there is none within ten seconds.
pub async fn ask_from(who: Ipv4Addr, port: u16, request: &str) -> u16 {
    let mut line = say_from(who, port, request).await;
    let mut answer = [0; 64];
    let read = within("an answer", Duration::from_secs(10), line.read(&mut answer)).await.expect("an answer");
    let status = answer[..read].get(9..12).and_then(|status| std::str::from_utf8(status).ok());
    status.and_then(|status| status.parse().ok()).expect("a status")
}
