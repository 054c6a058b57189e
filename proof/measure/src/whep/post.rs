//! The requests by which listeners come, over a few connections that are kept, in threads of their own.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use ring::digest::{SHA256, digest};

use super::Whep;

/// Connections: enough for a thousand requests a second of a few milliseconds each.
const CONNECTIONS: usize = 8;
/// Bytes of an answer.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// How long the server may think.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an answer says.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// When it was asked for.
    pub asked: Instant,
    pub ufrag: String,
    pub pwd: String,
    pub remote: SocketAddr,
    pub ssrc: u32,
}

/// Sends the requests at their pace. Each gives an answer, or `None` if it was refused; when all are there the channel ends.
pub(super) fn post(whep: &Whep, certificate: &[u8]) -> io::Result<Receiver<Option<Answer>>> {
    let (answers, all) = sync_channel(whep.listeners);
    let hex: Vec<_> = digest(&SHA256, certificate).as_ref().iter().map(|b| format!("{b:02X}")).collect();
    let offer = offer(&hex.join(":"));
    let begun = Instant::now();
    for thread in 0..CONNECTIONS {
        let (whep, offer, answers) = (whep.clone(), offer.clone(), answers.clone());
        std::thread::Builder::new().name("post".into()).spawn(move || {
            let mut connection = None;
            for n in (thread..whep.listeners).step_by(CONNECTIONS) {
                let at = begun + Duration::from_secs_f64(n as f64 / whep.per_second);
                std::thread::sleep(at.saturating_duration_since(Instant::now()));
                let asked = Instant::now();
                let answer = ask(&mut connection, &whep, &offer).ok().flatten();
                if answer.is_none() {
                    connection = None;
                }
                let answer = answer.and_then(|text| parse(&text, asked));
                if answers.send(answer).is_err() {
                    return;
                }
            }
        })?;
    }
    Ok(all)
}

fn offer(fingerprint: &str) -> String {
    format!(
        "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:measure\r\n\
         a=ice-pwd:measuremeasuremeasuremeasure\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:active\r\na=mid:0\r\n\
         a=recvonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack\r\n"
    )
}

/// One request over a connection that is kept; `None` if it was refused.
fn ask(connection: &mut Option<TcpStream>, whep: &Whep, offer: &str) -> io::Result<Option<String>> {
    if connection.is_none() {
        let fresh = TcpStream::connect(whep.addr)?;
        fresh.set_nodelay(true)?;
        fresh.set_read_timeout(Some(PATIENCE))?;
        *connection = Some(fresh);
    }
    let Some(stream) = connection else { return Ok(None) };
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/sdp\r\ncontent-length: {}\r\n\r\n{offer}",
        whep.path,
        whep.addr,
        offer.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some((head, length)) = head(&answer)
            && answer.len() >= head + length
        {
            let text = String::from_utf8_lossy(&answer).into_owned();
            return Ok(text.starts_with("HTTP/1.1 201").then_some(text));
        }
        let read = stream.read(&mut piece)?;
        if read == 0 || answer.len() > ANSWER_BYTES_MAX {
            return Ok(None);
        }
        answer.extend_from_slice(&piece[..read]);
    }
}

/// Bytes of the head, and what it says of the body, once it is there.
fn head(answer: &[u8]) -> Option<(usize, usize)> {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&answer[..end]).ok()?.to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    Some((end, length.unwrap_or(0)))
}

fn parse(text: &str, asked: Instant) -> Option<Answer> {
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let candidate: Vec<_> = value("a=candidate:")?.split(' ').collect();
    let remote = format!("{}:{}", candidate.get(4)?, candidate.get(5)?).parse().ok()?;
    let ssrc = value("a=ssrc:")?.split(' ').next()?.parse().ok()?;
    Some(Answer { asked, ufrag: value("a=ice-ufrag:")?.into(), pwd: value("a=ice-pwd:")?.into(), remote, ssrc })
}
