//! LL-HLS: playlists by blocking reload, part after part, as a player on a phone does it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::Url;

use super::playlist::{Playlist, media, variant};
use super::{ListenOptions, Listener};
use crate::http::{Http, read};
use crate::media::{Demux, Mp4};
use crate::{Address, ClientError};

/// Bytes of a playlist.
const PLAYLIST_BYTES_MAX: usize = 1 << 20;
/// Bytes of a part or segment: 1.92 s at 4 Mbit/s.
const PIECE_BYTES_MAX: usize = 1 << 20;
/// Refusals in a row after which the conversation counts as gone.
const REFUSALS_MAX: u32 = 5;

/// Listens until the end and says whether the server ended it.
pub(super) async fn listen(
    options: &ListenOptions,
    address: &Address,
    listener: &mut Listener,
) -> Result<bool, ClientError> {
    let http = Http::new(&options.trust)?;
    let first = options.at.clone().unwrap_or_else(|| address.below("hls/index.m3u8"));
    let (index, text) = playlist(&http, first, listener).await?;
    let name = options.rendition.map(|r| r.to_string());
    let uri = variant(&text, name.as_deref()).ok_or_else(|| {
        let wanted = name.map_or_else(|| "any rendition".to_owned(), |n| format!("the rendition {n}"));
        ClientError::Answer { what: "the multivariant playlist", reason: format!("it does not name {wanted}") }
    })?;
    let url = join(&index, &uri)?;
    let mut player = Reader { http, url, mp4: Mp4::default(), initialised: false, next: None };
    let mut refusals = 0;
    loop {
        if Instant::now() >= listener.end() {
            return Ok(false);
        }
        match player.step(listener).await {
            Ok(true) => return Ok(true),
            Ok(false) => refusals = 0,
            // A part that left the window, or a server that is being started again: look at the playlist anew.
            Err(ClientError::Refused { .. } | ClientError::Unreachable { .. }) if refusals < REFUSALS_MAX => {
                refusals += 1;
                player.next = None;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(e) => return Err(e),
        }
    }
}

/// The reader of one media playlist.
struct Reader {
    http: Http,
    url: Url,
    mp4: Mp4,
    initialised: bool,
    /// The next piece: media sequence number and part.
    next: Option<(u64, u64)>,
}

impl Reader {
    /// One reload, and everything that it lists and was not fetched yet. True at the end of the list.
    async fn step(&mut self, listener: &mut Listener) -> Result<bool, ClientError> {
        let mut url = self.url.clone();
        if let Some((msn, part)) = self.next {
            url.set_query(Some(&format!("_HLS_msn={msn}&_HLS_part={part}")));
        }
        let (url, text) = playlist(&self.http, url, listener).await?;
        let list = media(&text).map_err(|reason| ClientError::Answer { what: "the media playlist", reason })?;
        if let Some(map) = list.map.as_ref().filter(|_| !self.initialised) {
            let init = self.fetch(join(&url, map)?).await?;
            self.take(&init, listener)?;
            self.initialised = true;
        }
        let from = match self.next {
            None => list.beginning(),
            Some(next) => {
                list.pieces.iter().position(|p| (p.msn, p.part.unwrap_or(0)) >= next).unwrap_or(list.pieces.len())
            }
        };
        for piece in &list.pieces[from..] {
            if Instant::now() >= listener.end() {
                return Ok(false);
            }
            let bytes = self.fetch(join(&url, &piece.uri)?).await?;
            self.take(&bytes, listener)?;
            self.next = Some(piece.part.map_or((piece.msn + 1, 0), |part| (piece.msn, part + 1)));
        }
        self.next = Some(self.next.map_or(list.next, |n| n.max(list.next)));
        self.pause(&list).await;
        Ok(list.ended)
    }

    /// A server that does not block is asked once in half a target duration.
    async fn pause(&self, list: &Playlist) {
        if !list.blocking && !list.ended {
            tokio::time::sleep(Duration::from_secs_f64((list.target / 2.0).clamp(0.2, 5.0))).await;
        }
    }

    async fn fetch(&self, url: Url) -> Result<Bytes, ClientError> {
        read(self.http.get(url).await?, PIECE_BYTES_MAX).await
    }

    fn take(&mut self, bytes: &[u8], listener: &mut Listener) -> Result<(), ClientError> {
        listener.bytes(bytes)?;
        self.mp4.push(bytes);
        while let Some(chunk) = self.mp4.next().map_err(|reason| ClientError::Answer { what: "a part", reason })? {
            listener.chunk(&chunk)?;
        }
        Ok(())
    }
}

/// Fetches a playlist: the address that it came from, after redirects, and its text.
async fn playlist(http: &Http, url: Url, listener: &mut Listener) -> Result<(Url, String), ClientError> {
    let answer = http.get(url).await?;
    let url = answer.url().clone();
    let text = read(answer, PLAYLIST_BYTES_MAX).await?;
    listener.bytes += text.len() as u64;
    let text = String::from_utf8(text.into());
    text.map(|t| (url, t)).map_err(|_| ClientError::Answer { what: "a playlist", reason: "it is not text".to_owned() })
}

fn join(base: &Url, uri: &str) -> Result<Url, ClientError> {
    base.join(uri)
        .map_err(|e| ClientError::Answer { what: "an address in a playlist", reason: format!("{uri:?}: {e}") })
}
