//! The link's socket: frames over a Unix stream, and the descriptor that comes with the first one.

use std::io::{self, IoSlice, IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use bytes::{Bytes, BytesMut};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::wire::{self, HEAD_BYTES};

/// The name of the socket in the data folder.
pub const NAME: &str = "link.sock";

/// Reads the body of the next frame; `None` at the end.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidData`] for a frame that is too long.
pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Bytes>> {
    let mut head = [0; HEAD_BYTES];
    match from.read_exact(&mut head).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    };
    let len = wire::body_len(head).map_err(invalid)?;
    let mut body = BytesMut::zeroed(len);
    from.read_exact(&mut body).await?;
    Ok(Some(body.freeze()))
}

/// Sends the frame of a body together with a descriptor. It must fit what an empty socket takes at once.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidData`] for a body that is too long.
pub fn send_with(to: BorrowedFd<'_>, body: &[u8], descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let mut frame = Vec::with_capacity(HEAD_BYTES + body.len());
    wire::put_body(body, &mut frame).map_err(invalid)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    let sent = rustix::net::sendmsg(to, &[IoSlice::new(&frame)], &mut control, SendFlags::NOSIGNAL)?;
    if sent < frame.len() {
        return Err(io::Error::new(io::ErrorKind::WriteZero, "the link took less than one frame"));
    }
    Ok(())
}

/// Waits for what [`send_with`] sent.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidData`] if there was no descriptor.
pub fn receive_with(mut from: &UnixStream) -> io::Result<(Bytes, OwnedFd)> {
    let mut head = [0; HEAD_BYTES];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let parts = &mut [IoSliceMut::new(&mut head)];
    let got = rustix::net::recvmsg(from, parts, &mut control, RecvFlags::CMSG_CLOEXEC)?.bytes;
    let descriptor = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    if got == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    from.read_exact(&mut head[got..])?;
    let mut body = vec![0; wire::body_len(head).map_err(invalid)?];
    from.read_exact(&mut body)?;
    let descriptor = descriptor.ok_or_else(|| invalid("a frame without its descriptor"))?;
    Ok((body.into(), descriptor))
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::os::fd::AsFd;

    use super::*;

    #[tokio::test]
    async fn frames_come_one_by_one_and_a_long_one_is_refused() {
        let mut bytes = Vec::new();
        wire::put_body(b"one", &mut bytes).unwrap();
        wire::put_body(b"", &mut bytes).unwrap();
        let mut from = &bytes[..];
        assert_eq!(read(&mut from).await.unwrap().unwrap(), "one");
        assert_eq!(read(&mut from).await.unwrap().unwrap(), "");
        assert!(read(&mut from).await.unwrap().is_none());
        assert_eq!(read(&mut &[255u8; 8][..]).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(read(&mut &bytes[..5]).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_listener_crosses_with_the_first_frame() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (ours, theirs) = UnixStream::pair().unwrap();
        send_with(ours.as_fd(), b"welcome", listener.as_fd()).unwrap();
        drop(listener);
        let (body, descriptor) = receive_with(&theirs).unwrap();
        assert_eq!(body, "welcome");
        let listener = TcpListener::from(descriptor);
        let (_client, accepted) = (std::net::TcpStream::connect(addr).unwrap(), listener.accept().unwrap());
        assert_eq!(accepted.0.local_addr().unwrap(), addr);
    }

    #[test]
    fn a_frame_without_a_descriptor_is_refused() {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let mut frame = Vec::new();
        wire::put_body(b"welcome", &mut frame).unwrap();
        ours.write_all(&frame).unwrap();
        assert_eq!(receive_with(&theirs).unwrap_err().kind(), io::ErrorKind::InvalidData);
        drop(ours);
        assert_eq!(receive_with(&theirs).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
