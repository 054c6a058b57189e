//! The WebRTC tier.

use std::time::Instant;

use str0m::media::Direction;
use tokio::sync::watch;

use super::{ListenOptions, Listener};
use crate::speak::chunk_of;
use crate::webrtc::{Happened, Session};
use crate::{Address, ClientError};

/// The RTP clock runs with media time, modulo 2^32 (25 h).
const RTP_WRAP: u64 = 1 << 32;
/// A listener by WebRTC is not further behind than this; whatever seems so runs on another clock.
const BEHIND_MS_MAX: u64 = 30_000;

/// Listens until the end and says whether the server ended it.
pub(super) async fn listen(
    options: &ListenOptions,
    address: &Address,
    listener: &mut Listener,
) -> Result<bool, ClientError> {
    let at = options.at.clone().unwrap_or_else(|| address.below("whep"));
    let mut session = Session::open(at, address.token(), Direction::RecvOnly, options.route, &options.trust).await?;
    let mut base = None;
    let mut leave = options.leave.clone();
    let outcome = loop {
        let end = listener.end();
        let happened = tokio::select! {
            happened = session.wait(end) => happened,
            () = told_to(&mut leave) => break Ok(false),
        };
        match happened {
            Ok(Happened::Media(data)) => {
                let mut chunk = chunk_of(&data);
                let offset = match base {
                    Some(offset) => offset,
                    None => {
                        let epoch = listener.epoch().await;
                        let now = listener.wall.ms(Instant::now());
                        *base.insert(epoch.map_or(0, |e| wraps(chunk.start, e, now)))
                    }
                };
                chunk.start += offset;
                listener.bytes += data.data.len() as u64;
                listener.chunk(&chunk)?;
            }
            Ok(Happened::Deadline) if Instant::now() >= end => break Ok(false),
            Ok(Happened::Deadline) => {}
            Ok(Happened::Closed) => break Ok(true),
            Err(e) => break Err(e),
        }
    };
    session.close().await;
    outcome
}

/// Returns when the listener is told to leave.
async fn told_to(leave: &mut Option<watch::Receiver<bool>>) {
    if let Some(leave) = leave
        && leave.wait_for(|leave| *leave).await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// What must be added to an RTP time to make it media time: whole wraps of the clock. If it runs on a clock of its own,
/// the delay cannot be told, and an absurd offset would be worse than none.
fn wraps(rtp: u64, epoch_ms: u64, now_ms: f64) -> u64 {
    let now = ((now_ms - epoch_ms as f64).max(0.0) * 48.0) as u64;
    let behind = now.wrapping_sub(rtp) % RTP_WRAP;
    if behind <= BEHIND_MS_MAX * 48 { (now - behind.min(now)).saturating_sub(rtp) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rtp_clock_that_wrapped_is_put_back_on_the_timeline() {
        let media = 3 * RTP_WRAP + 123_456;
        let now_ms = 1_000_000.0 + (media + 48 * 300) as f64 / 48.0;
        assert_eq!(123_456 + wraps(123_456, 1_000_000, now_ms), media);
        assert_eq!(wraps(media, 1_000_000, now_ms), 0);
        assert_eq!(wraps(99_999_999, 1_000_000, now_ms), 0, "another clock");
    }
}
