//! ICE-TCP (RFC 6544), passive: for guests behind firewalls that drop UDP. Datagrams travel in frames of RFC 4571, two
//! bytes of length before each.
//!
//! A connection that does not soon carry a valid check is closed, and so is one that stops carrying them, or whose frames
//! make no sense. Deliberately absent: TLS around it, and connections that we open.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hustings_vocab::limits;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::gate::{Source, Transport};
use crate::webrtc::Plane;

/// A connection that sends nothing for this long is closed: ICE checks come every few seconds.
const IDLE: Duration = Duration::from_secs(limits::ICE_TCP_SILENT_SECONDS_MAX);
/// Frames in a row that the gate refused, after which the peer is not one of ours.
const REFUSED_MAX: u32 = 16;
/// A frame that takes longer than this to be written is for a peer that has stopped reading.
const STUCK: Duration = Duration::from_secs(5);

/// Accepts connections for as long as the plane lives.
pub(crate) async fn accept(plane: Arc<Plane>, listener: TcpListener, local: SocketAddr, room: Arc<Semaphore>) {
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, remote)) => {
                let plane = plane.clone();
                tokio::spawn(async move {
                    let pair = Source { transport: Transport::Tcp, local, remote };
                    carry(&plane, stream, pair).await;
                    plane.net.disconnected(&pair);
                    drop(permit);
                });
            }
            // Out of descriptors, or the peer is gone already. Waiting lets other connections end.
            Err(error) => {
                tracing::debug!(%error, "an ICE-TCP connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn carry(plane: &Arc<Plane>, stream: TcpStream, pair: Source) {
    // Sound does not wait for more sound.
    let _ = stream.set_nodelay(true);
    let (mut reader, writer) = stream.into_split();
    let (queue, frames) = mpsc::channel(limits::ICE_TCP_QUEUE_FRAMES_MAX);
    let mut queue = Some(queue);
    let writing = tokio::spawn(write(writer, frames));
    let mut buffer = [0; limits::DATAGRAM_BYTES_MAX];
    let mut refused = 0;
    while let Ok(Ok(Some(len))) = timeout(IDLE, read_frame(&mut reader, &mut buffer)).await {
        // Before the gate has seen it: the answer to a first check must find its way back.
        if let Some(queue) = queue.take() {
            plane.net.connected(pair, queue);
        }
        refused = if plane.receive(pair, &buffer[..len], Instant::now()) { 0 } else { refused + 1 };
        if refused == REFUSED_MAX || writing.is_finished() {
            break;
        }
    }
    writing.abort();
}

/// Reads one frame; `None` at the end, or when it is larger than anything that we speak.
pub(crate) async fn read_frame(reader: &mut (impl AsyncRead + Unpin), buffer: &mut [u8]) -> io::Result<Option<usize>> {
    let len = usize::from(reader.read_u16().await?);
    if len > buffer.len() {
        return Ok(None);
    }
    reader.read_exact(&mut buffer[..len]).await?;
    Ok(Some(len))
}

async fn write(mut writer: OwnedWriteHalf, mut frames: mpsc::Receiver<Bytes>) {
    let mut out = Vec::with_capacity(limits::DATAGRAM_BYTES_MAX + 2);
    while let Some(frame) = frames.recv().await {
        let Ok(len) = u16::try_from(frame.len()) else { continue };
        out.clear();
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(&frame);
        if !matches!(timeout(STUCK, writer.write_all(&out)).await, Ok(Ok(()))) {
            return;
        }
    }
}
