//! One who reads what is told, adds it up, and knows how old it was when it came.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::Sender;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// What one reader was told.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) reactions: u64,
    pub(super) lines: u64,
    pub(super) shown: u64,
    pub(super) ages_ms: Vec<f64>,
}

/// Reads until it is over; says when the snapshot is there.
pub(super) fn read(addr: SocketAddr, slug: &str, over: &AtomicBool, ready: &Sender<()>) -> io::Result<Read> {
    let mut line = TcpStream::connect(addr)?;
    // Levels come every second at the latest while somebody speaks.
    line.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(line, "GET /c/{slug}/events HTTP/1.1\r\nHost: measure\r\nAccept: text/event-stream\r\n\r\n")?;
    let mut found = Read::default();
    let mut epoch_ms = 0.0;
    let mut text = Vec::new();
    let mut lines = BufReader::new(line);
    while !over.load(Relaxed) {
        text.clear();
        if lines.read_until(b'\n', &mut text)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // Chunks of the answer begin at lines: their sizes are no data.
        let Some(data) = text.strip_prefix(b"data: ") else { continue };
        let Ok(event) = serde_json::from_slice::<Value>(data) else { continue };
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64() * 1000.0);
        match event["event"].as_str() {
            Some("snapshot") => {
                epoch_ms = event["epoch_ms"].as_f64().unwrap_or_default();
                // Nobody waits any more where the reader came late.
                let _ = ready.send(());
            }
            Some("reactions") => {
                let counts = event["counts"].as_array().map_or(&[][..], Vec::as_slice);
                found.reactions += counts.iter().filter_map(|one| one["count"].as_u64()).sum::<u64>();
            }
            Some("chat") => {
                found.lines += event["offered"].as_u64().unwrap_or_default();
                found.shown += event["lines"].as_array().map_or(0, |lines| lines.len() as u64);
            }
            _ => continue,
        }
        if event["event"] != "snapshot" {
            found.ages_ms.push(now_ms - epoch_ms - event["t"].as_f64().unwrap_or_default() / 48.0);
        }
    }
    Ok(found)
}
