//! What the desk tells by mail: an invitation, a move, that it was called off.

use std::collections::BTreeSet;

use hustings_schedule::edit::Announced;
use hustings_schedule::zone::Zone;
use hustings_vocab::Slug;

use super::HouseDesk;
use crate::mail::About;

/// When it starts, as the wall of its zone shows it; nothing for a room.
fn when(of: &Announced) -> String {
    let zone = of.plan.zone.as_deref().unwrap_or("UTC");
    let shown = of.starts_ms.zip(Zone::named(zone).ok()).map(|(ms, zone)| zone.written(ms));
    shown.map(|text| format!("{} ({zone})", text.replace('T', " "))).unwrap_or_default()
}

impl HouseDesk {
    pub(super) async fn tell_guest(&self, email: &str, of: &Announced, slug: &Slug, secret: &str) {
        let (when, link) = (when(of), self.letters.link(&format!("/c/{slug}#i={secret}")));
        self.letters.write(email, &About::Invited { title: &of.title, when: &when, link: &link }).await;
    }

    pub(super) async fn tell_of_move(&self, slug: &Slug, was: &Announced, now: &Announced) {
        let (from, when) = (when(was), when(now));
        let link = self.letters.link(&format!("/c/{slug}"));
        self.tell_all(slug, &About::Moved { title: &now.title, from: &from, when: &when, link: &link }).await;
    }

    /// Tells everybody of conversations that were called off together, each person once: of the first that they were to come to.
    pub(super) async fn tell_of_end(&self, all: &[(&Slug, Announced)], reason: &str) {
        let mut told = BTreeSet::new();
        for (slug, of) in all {
            let (when, link) = (when(of), self.letters.link(&format!("/c/{slug}")));
            let about = About::CalledOff { title: &of.title, when: &when, reason, link: &link };
            self.tell_all_but(slug, &about, &mut told).await;
        }
    }

    async fn tell_all(&self, slug: &Slug, about: &About<'_>) {
        self.tell_all_but(slug, about, &mut BTreeSet::new()).await;
    }

    /// Tells those of a conversation who were not told yet.
    async fn tell_all_but(&self, slug: &Slug, about: &About<'_>, told: &mut BTreeSet<String>) {
        if !self.letters.are_sent() {
            return;
        }
        match self.store.addresses_of(slug).await {
            Ok(all) => {
                for email in all {
                    if told.insert(email.clone()) {
                        self.letters.write(&email, about).await;
                    }
                }
            }
            Err(error) => tracing::error!(%slug, %error, "those who were invited are not told by mail"),
        }
    }
}
