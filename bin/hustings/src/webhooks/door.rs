//! The door to webhooks ([`Webhooks`]), over the records.

use std::sync::atomic::Ordering::Relaxed;

use hustings_link::accounts::{AccountsError, Told};
use hustings_link::webhooks::{Delivery, NewWebhook, Owner, Webhook, Webhooks};
use hustings_store::By;
use hustings_vocab::Occasion;
use hustings_webhooks::{Secret, address};
use serde_json::json;

use super::{HouseWebhooks, message_id, said};
use crate::people::refusal;
use crate::times::now_ms;

impl Webhooks for HouseWebhooks {
    fn list(&self, owner: Owner) -> Told<'_, Vec<Webhook>> {
        Box::pin(async move { self.store.webhooks(&owner).await.map_err(refusal) })
    }

    fn make(&self, new: NewWebhook, by: String) -> Told<'_, (Webhook, String)> {
        Box::pin(async move {
            let NewWebhook { owner, url, occasions } = new;
            let url = address(&url, self.private).map_err(|bad| AccountsError::Invalid(bad.to_string()))?;
            let (secret, now_ms) = (Secret::of(rand::random()).text(), now_ms());
            let made = Webhook {
                id: hustings_signin::id(),
                owner,
                url: url.into(),
                occasions,
                created_ms: now_ms,
                waiting: 0,
                dropped: 0,
            };
            let by = By { actor: &by, reason: "", now_ms };
            self.store.make_webhook(&made, &secret, by).await.map_err(refusal)?;
            self.any.store(true, Relaxed);
            Ok((made, secret))
        })
    }

    fn find(&self, id: String) -> Told<'_, Webhook> {
        Box::pin(async move { self.store.webhook(&id).await.map_err(refusal) })
    }

    fn remove(&self, id: String, by: String) -> Told<'_, ()> {
        Box::pin(async move {
            let by = By { actor: &by, reason: "", now_ms: now_ms() };
            self.store.remove_webhook(&id, by).await.map_err(refusal)
        })
    }

    fn deliveries(&self, id: String) -> Told<'_, Vec<Delivery>> {
        Box::pin(async move { self.store.deliveries(&id).await.map_err(refusal) })
    }

    fn again(&self, id: String, delivery: String) -> Told<'_, Delivery> {
        Box::pin(async move {
            let waits = self.store.deliver_again(&id, &delivery, now_ms()).await.map_err(refusal)?;
            self.bell.notify_one();
            Ok(waits)
        })
    }

    fn test(&self, id: String) -> Told<'_, Delivery> {
        Box::pin(async move {
            let now_ms = now_ms();
            let message = format!("{}_{id}", message_id());
            let body = said(Occasion::Test, &json!({ "webhook": id }), now_ms);
            let body = body.ok_or_else(|| AccountsError::Store("a message is longer than it may be".into()))?;
            let waits = self.store.tell_webhook(&id, &message, Occasion::Test, &body, now_ms).await.map_err(refusal)?;
            self.bell.notify_one();
            Ok(waits)
        })
    }
}
