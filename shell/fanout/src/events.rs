//! `GET /c/{slug}/events`: server-sent events (WHATWG HTML, section 9.2), a cursor into the event shelf.
//!
//! Rendered once for everybody. What is this reader's own is the greeting: how long to wait before coming back, spread
//! between one and three seconds, or longer where many are inside, so that a restart is not answered by everybody at once. Readers of events are not
//! listeners and are not counted.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use http_body::Frame;
use hustings_link::hall::{EventFetch, Hall};
use serde::Deserialize;
use tokio::time::{Instant, Sleep};
use tokio_stream::wrappers::WatchStream;

use crate::entry::{self, How};
use crate::problem::Problem;
use crate::room::Room;
use crate::stats::stats;

/// Proxies close connections that are silent for a minute, phones' networks earlier.
const HEARTBEAT: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
struct Asked {
    last_event_id: Option<String>,
}

/// `GET /c/{slug}/events`, with `Last-Event-ID` as a header or `?last_event_id=`.
pub(crate) async fn events(
    State(room): State<Arc<Room>>,
    Path(slug): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hall = room.hall(&slug).await?;
    entry::enter(&room, &hall, How::Looks, &uri, &headers)?;
    let asked: Query<Asked> = Query::try_from_uri(&uri).map_err(|e| Problem::bad_request(e.body_text()))?;
    let header_id = headers.get("last-event-id").and_then(|v| v.to_str().ok());
    let resumed = header_id.or(asked.last_event_id.as_deref()).and_then(|id| hall.events.resume(id));
    if let Some(number) = resumed
        && matches!(hall.events.after(number), EventFetch::Ended)
    {
        // This status tells an EventSource not to come back.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let body = if method == Method::HEAD { Body::empty() } else { Body::new(Reading::new(hall, resumed)) };
    let fields = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((fields, body).into_response())
}

/// One reader of events.
struct Reading {
    hall: Arc<Hall>,
    /// Number of the last event sent or waiting in `ready`.
    last: u64,
    /// Fetched, not yet sent; at most one shelf full.
    ready: VecDeque<Bytes>,
    wake: WatchStream<(u64, bool)>,
    heartbeat: Pin<Box<Sleep>>,
    done: bool,
}

impl Reading {
    fn new(hall: Arc<Hall>, resumed: Option<u64>) -> Self {
        let mut reading = Self {
            wake: WatchStream::new(hall.events.progress()),
            hall,
            last: 0,
            ready: VecDeque::new(),
            heartbeat: Box::pin(tokio::time::sleep(HEARTBEAT)),
            done: false,
        };
        reading.ready.push_back(format!("retry: {}\n\n", reading.hall.entrance.retry_ms()).into());
        match resumed {
            Some(number) => reading.last = number,
            None => reading.catch_up(),
        }
        reading
    }

    /// A snapshot stands for everything before it.
    fn catch_up(&mut self) {
        let snapshot = self.hall.events.snapshot();
        self.last = snapshot.number;
        self.ready.push_back(snapshot.bytes);
    }
}

impl http_body::Body for Reading {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        loop {
            if let Some(bytes) = this.ready.pop_front() {
                this.heartbeat.as_mut().reset(Instant::now() + HEARTBEAT);
                stats().add_event_bytes(bytes.len());
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            if this.done {
                return Poll::Ready(None);
            }
            match this.hall.events.after(this.last) {
                EventFetch::Ready(events) => {
                    for event in events {
                        this.last = event.number;
                        this.ready.push_back(event.bytes);
                    }
                }
                EventFetch::Gone => this.catch_up(),
                EventFetch::Ended => this.done = true,
                EventFetch::NotYet => match this.wake.poll_next_unpin(cx) {
                    Poll::Ready(Some(_)) => {}
                    Poll::Ready(None) => this.done = true,
                    Poll::Pending => {
                        ready!(this.heartbeat.as_mut().poll(cx));
                        this.ready.push_back(Bytes::from_static(b":\n\n"));
                    }
                },
            }
        }
    }
}
