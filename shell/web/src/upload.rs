//! The body of a request as pieces of a file: bounded in bytes and in silence, and never whole in memory.
//!
//! Whoever takes the pieces may stop at any moment. The rest is then read and thrown away, up to a bound, so that a browser
//! reads the refusal instead of a broken connection.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use hustings_link::production::{BringError, Upload};
use hustings_vocab::limits;
use tokio::sync::mpsc;

/// Pieces that may wait: some hundred kilobytes.
const PIECES_MAX: usize = 8;

/// Begins to read a body of at most so many bytes.
pub(crate) fn upload(body: Body, bytes_max: u64) -> Upload {
    let (pieces, upload) = mpsc::channel(PIECES_MAX);
    tokio::spawn(async move {
        let mut body = body;
        if let Err(error) = pump(&mut body, bytes_max, &pieces).await {
            // Whoever took the pieces may have gone.
            let _ = pieces.send(Err(error)).await;
        }
        drop(pieces);
        drain(&mut body).await;
    });
    upload
}

async fn pump(
    body: &mut Body,
    bytes_max: u64,
    pieces: &mpsc::Sender<Result<bytes::Bytes, BringError>>,
) -> Result<(), BringError> {
    let mut read = 0;
    loop {
        let next = tokio::time::timeout(Duration::from_secs(limits::BODY_SECONDS_MAX), body.frame()).await;
        let Some(frame) = next.map_err(|_| BringError::BrokeOff)? else { return Ok(()) };
        let Ok(piece) = frame.map_err(|_| BringError::BrokeOff)?.into_data() else { continue };
        read += piece.len() as u64;
        if read > bytes_max {
            return Err(BringError::TooLarge(bytes_max));
        }
        if pieces.send(Ok(piece)).await.is_err() {
            return Ok(());
        }
    }
}

async fn drain(body: &mut Body) {
    let rest = async {
        let mut read = 0;
        while read < limits::REFUSED_BODY_BYTES_MAX {
            let Some(Ok(frame)) = body.frame().await else { return };
            read += frame.into_data().map_or(0, |piece| piece.len());
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(limits::BODY_SECONDS_MAX), rest).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_comes_in_pieces_and_one_that_is_too_long_is_cut_off() {
        let mut whole = upload(Body::from(vec![7; 100]), 100);
        assert_eq!(whole.recv().await.unwrap().unwrap().len(), 100);
        assert!(whole.recv().await.is_none());
        let mut long = upload(Body::from(vec![7; 101]), 100);
        assert!(matches!(long.recv().await, Some(Err(BringError::TooLarge(100)))));
        assert!(long.recv().await.is_none());
    }

    #[tokio::test]
    async fn one_that_breaks_off_says_so() {
        let broken =
            futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"x")), Err(std::io::Error::other("gone"))]);
        let mut upload = upload(Body::from_stream(broken), 100);
        assert!(upload.recv().await.unwrap().is_ok());
        assert!(matches!(upload.recv().await, Some(Err(BringError::BrokeOff))));
    }
}
