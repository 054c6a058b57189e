//! Providers of identities, from `[[signin.oidc]]`.

use hustings_vocab::{Provider, SiteRole, limits};

use super::ConfigError;
use super::raw::RawProvider;
use super::resolve::{invalid, truth};

/// Reads all of them, with the secrets that files hold.
pub(super) fn providers(raw: Vec<RawProvider>) -> Result<Vec<Provider>, ConfigError> {
    if raw.len() > limits::OIDC_PROVIDERS_MAX {
        return invalid("signin.oidc", &format!("at most {} providers", limits::OIDC_PROVIDERS_MAX));
    }
    let all = raw.into_iter().map(provider).collect::<Result<Vec<_>, _>>()?;
    for (n, one) in all.iter().enumerate() {
        if all[..n].iter().any(|other| other.id == one.id || other.issuer == one.issuer) {
            return invalid("signin.oidc", &format!("two providers have the id {:?}, or its issuer", one.id));
        }
    }
    Ok(all)
}

fn provider(raw: RawProvider) -> Result<Provider, ConfigError> {
    let id = raw.id.unwrap_or_default();
    if id.is_empty() || id.len() > 32 || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        return invalid("signin.oidc.id", "1 to 32 of a-z, 0-9 and - are needed");
    }
    let allow_private = truth("signin.oidc.allow_private", raw.allow_private.as_ref())?;
    let issuer = raw.issuer.unwrap_or_default();
    let rest = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://").filter(|_| allow_private));
    if rest.is_none_or(|rest| rest.is_empty() || rest.contains(['?', '#', '@', ' '])) {
        return invalid(
            "signin.oidc.issuer",
            "an address such as https://id.example.org is needed, as its tokens name it",
        );
    }
    let Some(client_id) = raw.client_id.filter(|id| !id.is_empty()) else {
        return invalid("signin.oidc.client_id", &format!("{id:?} needs what its provider calls this site"));
    };
    let client_secret = match (raw.client_secret, raw.client_secret_file) {
        (None, None) => None,
        // A variable stands over a file.
        (Some(secret), _) => Some(secret),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::Unreadable { path, source })?;
            Some(text.trim().to_owned())
        }
    };
    let creates = match raw.creates.as_deref() {
        None => None,
        Some("member") => Some(SiteRole::Member),
        Some("host") => Some(SiteRole::Host),
        Some(_) => return invalid("signin.oidc.creates", "accounts are made as \"member\" or \"host\""),
    };
    let domain = |domain: &String| !domain.contains('@') && domain.contains('.') && domain.is_ascii();
    if let Some(bad) = raw.domains.iter().find(|one| !domain(one)) {
        return invalid("signin.oidc.domains", &format!("{bad:?} is no domain, such as example.org"));
    }
    Ok(Provider {
        name: raw.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| id.clone()),
        id,
        issuer,
        client_id,
        client_secret,
        domains: raw.domains,
        trust_email: truth("signin.oidc.trust_email", raw.trust_email.as_ref())?,
        creates,
        allow_private,
    })
}
