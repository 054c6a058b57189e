//! The stream tier: one endless response.

use super::{Container, ListenOptions, Listener};
use crate::http::{Http, describe};
use crate::media::{Adts, Demux, Mp4, Ogg};
use crate::{Address, ClientError};

/// Listens until the end and says whether the server ended it.
pub(super) async fn listen(
    options: &ListenOptions,
    address: &Address,
    listener: &mut Listener,
) -> Result<bool, ClientError> {
    let http = Http::for_one_request(&options.trust)?;
    let (file, mut demux): (_, Box<dyn Demux>) = match options.container {
        Container::Mp4 => ("live.mp4", Box::new(Mp4::default())),
        Container::Ogg => ("live.ogg", Box::new(Ogg::default())),
        Container::Adts => ("live.aac", Box::new(Adts::default())),
    };
    let rendition = options.rendition.map(|r| format!("rendition={r}"));
    let burst = options.burst_seconds.map(|b| format!("burst={b}"));
    let query: Vec<String> = rendition.into_iter().chain(burst).collect();
    let path = if query.is_empty() { file.to_owned() } else { format!("{file}?{}", query.join("&")) };
    let mut answer = http.get(address.below(&path)).await?;
    loop {
        let until = tokio::time::Instant::from_std(listener.end());
        match tokio::time::timeout_at(until, answer.chunk()).await {
            Err(_) => return Ok(false),
            Ok(Ok(None)) => return Ok(demux.ended()),
            Ok(Ok(Some(bytes))) => {
                listener.bytes(&bytes)?;
                demux.push(&bytes);
                while let Some(chunk) = demux.next().map_err(|reason| ClientError::Answer { what: file, reason })? {
                    listener.chunk(&chunk)?;
                }
            }
            Ok(Err(e)) => {
                return Err(ClientError::Unreachable { url: address.below(file).into(), reason: describe(&e) });
            }
        }
    }
}
