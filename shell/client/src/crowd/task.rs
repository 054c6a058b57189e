//! Listeners of LL-HLS and WebRTC: the clients of [`crate::listen()`], each a task, looked at once a second.

use std::time::Duration;

use hustings_rehearsal::Tier;
use reqwest::Url;

use super::ears::Ears;
use super::listener::{BUFFER, BUFFER_WHEP, Reception, Standing};
use super::table::Table;
use crate::listen::{ListenOptions, listen};
use crate::{ClientError, Tier as Way};

/// Longer than any rehearsal.
const EVENING: Duration = Duration::from_secs(86_400);

impl Table<'_> {
    /// Starts a client of another task, at the address with its ticket, if it has one.
    pub(super) fn begin(&mut self, n: usize, tier: Tier, at: Option<Url>) {
        let (way, buffer) = if tier == Tier::Hls { (Way::Hls, BUFFER) } else { (Way::Whep, BUFFER_WHEP) };
        let ears = Ears::new(buffer);
        let (leave, told) = tokio::sync::watch::channel(false);
        let options = ListenOptions {
            duration: EVENING,
            rendition: if way == Way::Hls { self.job.rendition } else { None },
            epoch: self.epoch.clone(),
            trust: self.job.trust(),
            leave: Some(told.clone()),
            ears: Some(ears.clone()),
            at,
            ..ListenOptions::new(&self.job.page, way)
        };
        let (own, mut told) = (ears.clone(), told);
        self.runtime.spawn(async move {
            let outcome = if way == Way::Whep {
                listen(options).await
            } else {
                // LL-HLS has no goodbye: its connections are closed.
                tokio::select! {
                    outcome = listen(options) => outcome,
                    _ = told.wait_for(|leave| *leave) => Err(ClientError::Ended),
                }
            };
            own.ended(outcome.as_ref().err());
        });
        self.all[n].reception = Reception::Task(ears, leave);
    }

    /// What has become of a client of another task.
    pub(super) fn visit_task(&mut self, n: usize, ears: &Ears) {
        let tier = self.all[n].tier;
        let (any, first, over, own_error) = {
            let mut heard = ears.lock();
            self.tally.of(tier).bytes += std::mem::take(&mut heard.bytes);
            (heard.any, heard.player.first(), heard.over, std::mem::take(&mut heard.own_error))
        };
        if own_error {
            self.tally.own_error();
        }
        if any && self.all[n].standing == Standing::Asking {
            self.admit(n);
        }
        if let Some((first, _)) = first
            && self.all[n].standing == Standing::Admitted
        {
            let ms = first.saturating_duration_since(self.all[n].asked).as_secs_f64() * 1000.0;
            self.tally.of(tier).first_audio_ms.add(ms);
            self.stays(n);
        }
        if over {
            self.lose(n);
        }
    }
}
