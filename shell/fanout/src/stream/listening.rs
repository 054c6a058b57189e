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
use hustings_link::hall::{Hall, Interest, Presence, Progress, Tier};
use hustings_pack::{Fetch, Part, Window, headers, trailer};
use tokio_stream::wrappers::WatchStream;

use super::Container;
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
        let head = headers(shelf.rendition(), &hall.title);
        let head = match container {
            Container::Mp4 => head.cmaf,
            Container::Ogg | Container::Adts => head.raw,
        };
        Self {
            container,
            burst_samples,
            head: Some(head).filter(|h| !h.is_empty()),
            next: shelf.look(|w| beginning(w, burst_samples)),
            ended: false,
            wake: WatchStream::new(shelf.progress()),
            interest,
            _presence: presence,
        }
    }

    fn bytes<'p>(&self, part: &'p Part) -> &'p Bytes {
        match self.container {
            Container::Mp4 => &part.cmaf,
            Container::Ogg | Container::Adts => &part.raw,
        }
    }

    /// What ends the response properly.
    fn end(&mut self) -> Option<Bytes> {
        if std::mem::replace(&mut self.ended, true) || self.container == Container::Mp4 {
            return None;
        }
        Some(trailer(self.interest.shelf().rendition(), self.next)).filter(|t| !t.is_empty())
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
                    break Some(self.bytes(&part).clone());
                }
                Fetch::Gone { .. } => {
                    stats().add_skip();
                    self.next = self.interest.shelf().look(|w| beginning(w, self.burst_samples));
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

/// Where a listener begins who wants at most `burst_samples` of what was already said: the oldest part of those, or the
/// part that comes next.
fn beginning(window: &Window, burst_samples: u64) -> u64 {
    let Some(last) = window.parts().back() else { return window.next().unwrap_or(0) };
    let edge = last.start + u64::from(last.samples);
    let within = window.parts().iter().rev().take_while(|p| edge - p.start <= burst_samples).count();
    last.number + 1 - within as u64
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hustings_vocab::MediaTime;

    use super::*;

    fn window(numbers: std::ops::Range<u64>) -> Window {
        let mut window = Window::new(100, 0);
        for number in numbers {
            let start = MediaTime(number * 9216);
            let (cmaf, raw) = (Bytes::new(), Bytes::new());
            window.push(Arc::new(Part { number, start, samples: 9216, cmaf, raw, discontinuity: false }));
        }
        window
    }

    #[test]
    fn a_listener_begins_at_most_a_burst_behind_and_never_within_a_part() {
        let w = window(10..50);
        assert_eq!(beginning(&w, 0), 50);
        assert_eq!(beginning(&w, 9215), 50);
        assert_eq!(beginning(&w, 9216), 49);
        assert_eq!(beginning(&w, 48_000), 45);
        assert_eq!(beginning(&w, u64::MAX), 10);
        assert_eq!(beginning(&window(0..0), 48_000), 0);
    }
}
