//! A connection whose handshake somebody else has done.
//!
//! The session seals and opens, here the bytes wait: a record that the network took in part is kept until it has gone, so
//! that whoever writes is free to write something else next. Deliberately absent: the handshake.

use std::io;
use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hustings_seal::{Alert, Fault, Offer, RECORD_BYTES_MAX, ReadError, Session, TEXT_BYTES_MAX};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection that is sealed with the keys of a session.
pub(crate) struct Sealed<I> {
    io: I,
    session: Box<Session>,
    /// Opened by somebody else before, and to be read again.
    again: Bytes,
    /// Sealed, and gone but for what follows `gone`.
    outbox: Vec<u8>,
    gone: usize,
    /// Where records are opened; its room is given back when there is nothing to open.
    scratch: Vec<u8>,
}

impl<I: AsyncRead + AsyncWrite + Unpin> Sealed<I> {
    /// A connection of which `read` was already read.
    pub(crate) const fn new(io: I, session: Box<Session>, read: Bytes) -> Self {
        Self { io, session, again: read, outbox: Vec::new(), gone: 0, scratch: Vec::new() }
    }

    /// Sends what is sealed.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.gone < self.outbox.len() {
            match ready!(Pin::new(&mut self.io).poll_write(cx, &self.outbox[self.gone..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => self.gone += sent,
            }
        }
        self.outbox = Vec::new();
        self.gone = 0;
        Poll::Ready(Ok(()))
    }

    /// Seals what the two ends owe each other, and one record of text; gives how much of it.
    fn seal(&mut self, text: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut record = Vec::new();
        loop {
            let (from, bytes) = match self.session.offer(text, &mut record).map_err(failed)? {
                Offer::Nothing => return Ok(0),
                Offer::Own { from } => (from, 0),
                Offer::Text { from, bytes } => (from, bytes),
            };
            // It is kept here until it has gone; whoever served the connection before may have begun it.
            self.session.took(record.len() - from);
            self.outbox.extend_from_slice(&record[from..]);
            if bytes > 0 {
                return Ok(bytes);
            }
        }
    }
}

fn failed(fault: Fault) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, fault)
}

impl<I: AsyncRead + AsyncWrite + Unpin> AsyncRead for Sealed<I> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.again.is_empty() {
            // What answers at once must be able to write at once, and the runtime has not yet heard that it may.
            ready!(Pin::new(&mut this.io).poll_write(cx, &[]))?;
            let some = this.again.len().min(buf.remaining());
            buf.put_slice(&this.again.split_to(some));
            return Poll::Ready(Ok(()));
        }
        let mut text = Vec::with_capacity(buf.remaining().min(TEXT_BYTES_MAX));
        if text.capacity() == 0 {
            return Poll::Ready(Ok(()));
        }
        let io = &mut this.io;
        let outcome = this.session.read(&mut text, &mut this.scratch, |scratch| {
            let from = scratch.len();
            scratch.resize(RECORD_BYTES_MAX.max(from + 1), 0);
            let mut room = ReadBuf::new(&mut scratch[from..]);
            let polled = Pin::new(&mut *io).poll_read(cx, &mut room);
            let received = room.filled().len();
            scratch.truncate(from + received);
            match polled {
                Poll::Ready(Ok(())) => Ok(received),
                Poll::Ready(Err(error)) => Err(Some(error)),
                Poll::Pending => Err(None),
            }
        });
        match outcome {
            Ok(_) => {
                buf.put_slice(&text);
                Poll::Ready(Ok(()))
            }
            Err(ReadError::Source(None)) => {
                this.scratch = Vec::new();
                Poll::Pending
            }
            Err(ReadError::Source(Some(error))) => Poll::Ready(Err(error)),
            Err(ReadError::Fault(fault)) => {
                if let Some(alert) = fault.alert() {
                    this.session.end(alert);
                    // Whether it comes to hear of it is its own business.
                    let _ = this.seal(&[]).map(|_| this.poll_send(cx));
                }
                Poll::Ready(Err(failed(fault)))
            }
        }
    }
}

impl<I: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Sealed<I> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        let bytes = this.seal(bufs)?;
        // What does not go now goes with the next call.
        if let Poll::Ready(sent) = this.poll_send(cx) {
            sent?;
        }
        Poll::Ready(Ok(bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.session.end(Alert::CLOSE_NOTIFY);
        this.seal(&[])?;
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.io).poll_shutdown(cx)
    }
}
