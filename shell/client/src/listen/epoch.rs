//! The wall-clock time of media time 0, from the snapshot that begins every response of `/events`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::http::Http;
use crate::{Address, Trust};

/// How long the snapshot may take.
const SNAPSHOT: Duration = Duration::from_secs(5);
/// Bytes up to the end of the snapshot: 64 speakers with long names.
const SNAPSHOT_BYTES_MAX: usize = 128 * 1024;

/// The epoch of a conversation, which is asked for once by all who share it.
#[derive(Debug, Clone, Default)]
pub struct Epoch(Arc<OnceCell<Option<u64>>>);

impl Epoch {
    /// Milliseconds since 1970 at media time 0; `None` if the server does not say.
    pub async fn of(url: &str, trust: &Trust) -> Option<u64> {
        ask(url.parse().ok()?, trust.clone()).await
    }

    pub(super) async fn get(&self, address: Address, trust: Trust) -> Option<u64> {
        *self.0.get_or_init(|| ask(address, trust)).await
    }
}

/// Asks for it; `None` if the server does not say.
async fn ask(address: Address, trust: Trust) -> Option<u64> {
    tokio::time::timeout(SNAPSHOT, async {
        let mut answer = Http::for_one_request(&trust).ok()?.get(address.below("events")).await.ok()?;
        let mut text = Vec::new();
        while let Some(chunk) = answer.chunk().await.ok()? {
            text.extend_from_slice(&chunk);
            if let Some(epoch) = find(&String::from_utf8_lossy(&text)) {
                return Some(epoch);
            }
            if text.len() > SNAPSHOT_BYTES_MAX {
                return None;
            }
        }
        None
    })
    .await
    .ok()?
}

/// The epoch in the first snapshot of a stream of server-sent events.
fn find(text: &str) -> Option<u64> {
    let whole = &text[..text.rfind('\n')?];
    let data = whole.lines().filter_map(|l| l.strip_prefix("data:"));
    data.filter_map(|d| serde_json::from_str::<serde_json::Value>(d.trim()).ok())
        .find_map(|v| v.get("epoch_ms")?.as_u64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snapshot_names_the_epoch_once_its_line_is_whole() {
        let text =
            "retry: 2000\n\nevent: snapshot\nid: 1.1\ndata: {\"t\":5,\"title\":\"x\",\"epoch_ms\":1700000000123}\n\n";
        assert_eq!(find(text), Some(1_700_000_000_123));
        assert_eq!(find(&text[..60]), None);
        assert_eq!(find("data: {}\n"), None);
        assert_eq!(find(""), None);
    }
}
