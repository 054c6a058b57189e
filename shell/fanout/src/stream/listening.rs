//! The body of an endless response: a cursor into a shelf.
//!
//! It owns a part number and no sound: what it yields are references to what was packed once. Hyper asks for the next
//! part only when there is room for it, so a listener who is slow holds a cursor that stands still, not a queue that
//! grows; when the window has left the cursor behind, it jumps to where a newcomer would begin.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::StreamExt;
use http_body::{Body, Frame};
use hustings_fan::Container;
use hustings_link::hall::{Hall, Interest, Presence, Progress, Tier};
use hustings_pack::{Fetch, headers};
use tokio_stream::wrappers::WatchStream;

use crate::stats::stats;

/// One stream listener, counted and served as long as it lives.
pub(super) struct Listening {
    container: Container,
    burst_samples: u64,
    /// Sent before the first part, then empty.
    head: Option<Bytes>,
    /// The part to send next.
    next: u64,
    ended: bool,
    /// Keeps the rendition hot; its shelf is what is read.
    interest: Interest,
    wake: WatchStream<Progress>,
    _presence: Presence,
}

impl Listening {
    pub(super) fn new(
        hall: &Hall,
        interest: Interest,
        presence: Presence,
        container: Container,
        burst_samples: u64,
    ) -> Self {
        let shelf = interest.shelf();
        let head = container.header(headers(shelf.rendition(), &hall.title));
        Self {
            container,
            burst_samples,
            head: Some(head).filter(|h| !h.is_empty()),
            next: shelf.look(|w| w.beginning(burst_samples)),
            ended: false,
            wake: WatchStream::new(shelf.progress()),
            interest,
            _presence: presence,
        }
    }

    /// What ends the response properly.
    fn end(&mut self) -> Option<Bytes> {
        self.ended = true;
        Some(self.container.trailer(self.interest.shelf().rendition(), self.next)).filter(|t| !t.is_empty())
    }
}

impl Body for Listening {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = loop {
            if let Some(head) = self.head.take() {
                break Some(head);
            }
            if self.ended {
                break None;
            }
            match self.interest.shelf().part(self.next) {
                Fetch::Ready(part) => {
                    self.next += 1;
                    break Some(self.container.sound(&part).clone());
                }
                Fetch::Gone { .. } => {
                    stats().add_skip();
                    self.next = self.interest.shelf().look(|w| w.beginning(self.burst_samples));
                }
                Fetch::Ended => break self.end(),
                Fetch::NotYet => match self.wake.poll_next_unpin(cx) {
                    Poll::Ready(Some(_)) => {}
                    Poll::Ready(None) => break None,
                    Poll::Pending => return Poll::Pending,
                },
            }
        };
        Poll::Ready(bytes.map(|bytes| {
            stats().add_sent(Tier::Stream, bytes.len());
            Ok(Frame::data(bytes))
        }))
    }
}
