//! Whether the clock is right: tokens, certificates and the announced time depend on it.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::Finding;

const ABOUT: &str = "clock";
/// The time of an answer has whole seconds, and was written some time on the way.
const WITHIN_S: f64 = 2.0;
/// What says that systemd's service has set it.
const SYNCHRONIZED: &str = "/run/systemd/timesync/synchronized";

pub(super) async fn look(url: Option<&str>) -> Finding {
    let Some(url) = url else {
        return if Path::new(SYNCHRONIZED).exists() {
            Finding::go(ABOUT, "is kept by systemd-timesyncd")
        } else {
            Finding::unknown(
                ABOUT,
                "nothing here says that it is kept right",
                "run chrony or systemd-timesyncd, and name a server whose clock you trust: --clock https://…",
            )
        };
    };
    match offset(url).await {
        Ok(off) if off.abs() <= WITHIN_S => Finding::go(ABOUT, format!("within {WITHIN_S:.0} s of {url}")),
        Ok(off) => Finding::no_go(
            ABOUT,
            format!("{:.0} s {} that of {url}", off.abs(), if off > 0.0 { "ahead of" } else { "behind" }),
            "run chrony or systemd-timesyncd: tokens, certificates and the announced time depend on it",
        ),
        Err(why) => {
            Finding::unknown(ABOUT, format!("{url} was not to be asked: {why}"), "name another one with --clock")
        }
    }
}

/// Seconds that this clock is ahead of a server's.
async fn offset(url: &str) -> Result<f64, String> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().map_err(|e| e.to_string())?;
    let before = SystemTime::now();
    let answer = client.head(url).send().await.map_err(|e| e.without_url().to_string())?;
    let took = before.elapsed().unwrap_or_default();
    let date = answer.headers().get(reqwest::header::DATE).and_then(|d| d.to_str().ok()).ok_or("it says no time")?;
    let theirs = httpdate::parse_http_date(date).map_err(|_| "its time cannot be read".to_owned())?;
    // It was written half-way, and half a second is cut off on average.
    let ours = before + took / 2;
    Ok(match ours.duration_since(theirs) {
        Ok(ahead) => ahead.as_secs_f64() - 0.5,
        Err(behind) => -behind.duration().as_secs_f64() - 0.5,
    })
}
