//! API keys of accounts ([`ApiKeys`]), over the records.

use hustings_link::accounts::Told;
use hustings_link::api_keys::{ApiKey, ApiKeys, Bearer, NewApiKey, PREFIX};
use hustings_link::people::Person;
use hustings_vocab::AccountId;

use super::{HousePeople, by, itself, refusal};
use crate::times::now_ms;

impl ApiKeys for HousePeople {
    fn bearer(&self, secret: String) -> Told<'_, Option<Bearer>> {
        Box::pin(async move {
            let found = self.store.api_key(&secret, now_ms()).await.map_err(refusal)?;
            Ok(found.map(|(account, key)| Bearer {
                person: Person { id: account.id, name: account.name, role: account.role },
                key: key.id,
                scopes: key.scopes,
            }))
        })
    }

    fn list(&self, account: AccountId) -> Told<'_, Vec<ApiKey>> {
        Box::pin(async move { self.store.api_keys(&account).await.map_err(refusal) })
    }

    fn make(&self, account: AccountId, new: NewApiKey) -> Told<'_, (ApiKey, String)> {
        Box::pin(async move {
            let (now_ms, actor) = (now_ms(), itself(&account));
            let NewApiKey { name, scopes, expires_s } = new;
            let expires_ms = expires_s.map(|s| now_ms.saturating_add(s.saturating_mul(1000)));
            let id = hustings_signin::id();
            let key = ApiKey { id, account, name, scopes, created_ms: now_ms, expires_ms, used_ms: None };
            let secret = format!("{PREFIX}{}", hustings_signin::secret());
            self.store.make_api_key(&key, &secret, by(&actor, now_ms)).await.map_err(refusal)?;
            Ok((key, secret))
        })
    }

    fn revoke(&self, account: AccountId, id: String) -> Told<'_, ()> {
        Box::pin(async move {
            let actor = itself(&account);
            self.store.revoke_api_key(&account, &id, by(&actor, now_ms())).await.map_err(refusal)
        })
    }
}
