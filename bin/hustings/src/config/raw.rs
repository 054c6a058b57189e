//! Raw configuration: every key optional, from a file and from variables. Unknown keys are refused here, with the line
//! and the nearest valid name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ConfigError;

/// The keys as they stand in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Raw {
    pub(crate) data: Option<PathBuf>,
    pub(crate) listen: Option<String>,
    pub(crate) store: RawStore,
    pub(crate) public: RawPublic,
    pub(crate) tls: RawTls,
    pub(crate) stage: RawStage,
    pub(crate) audience: RawAudience,
    pub(crate) private: RawPrivate,
    pub(crate) webhooks: RawWebhooks,
    pub(crate) mail: RawMail,
    pub(crate) signin: RawSignin,
    pub(crate) gate: RawGate,
    pub(crate) line: RawLine,
    pub(crate) evidence: RawEvidence,
    pub(crate) guard: RawGuard,
    pub(crate) runbook: RawRunbook,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawWebhooks {
    pub(crate) allow_private: Option<Truth>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawSignin {
    pub(crate) oidc: Vec<RawProvider>,
}

#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawProvider {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<String>,
    pub(crate) client_secret_file: Option<PathBuf>,
    pub(crate) domains: Vec<String>,
    pub(crate) trust_email: Option<Truth>,
    pub(crate) creates: Option<String>,
    pub(crate) allow_private: Option<Truth>,
}

impl std::fmt::Debug for RawProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawProvider").field("id", &self.id).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Yes or no: of itself in a file, as text in a variable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Truth {
    Of(bool),
    Text(String),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawStore {
    pub(crate) url: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawPublic {
    pub(crate) origin: Option<String>,
    pub(crate) tls_terminated_by: Option<String>,
    pub(crate) proxies: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawTls {
    pub(crate) cert: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) acme: Option<String>,
    pub(crate) acme_directory: Option<String>,
    pub(crate) acme_root: Option<PathBuf>,
    pub(crate) acme_contact: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawStage {
    pub(crate) listen: Option<String>,
    pub(crate) udp: Option<String>,
    pub(crate) tcp: Option<String>,
    pub(crate) advertise: Vec<String>,
    pub(crate) ice_servers: Vec<String>,
    pub(crate) speakers: Option<Whole>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawAudience {
    pub(crate) listen: Option<String>,
    pub(crate) udp: Option<String>,
    pub(crate) edges: Option<Whole>,
    pub(crate) caches: Vec<String>,
}

/// A number: of itself in a file, as text in a variable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Whole {
    Number(i64),
    Text(String),
}

impl Whole {
    /// The number, if it is one of that kind.
    pub(crate) fn number<N: TryFrom<i64> + FromStr>(&self) -> Option<N> {
        match self {
            Self::Number(number) => N::try_from(*number).ok(),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawPrivate {
    pub(crate) listen: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawMail {
    pub(crate) url: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) language: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawGate {
    pub(crate) listeners: Option<Whole>,
    pub(crate) joins_per_second: Option<Whole>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawLine {
    pub(crate) rate: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawEvidence {
    pub(crate) witnesses: Vec<String>,
    pub(crate) probes: Vec<String>,
    pub(crate) contact: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawRunbook {
    pub(crate) provider: Option<String>,
    pub(crate) elsewhere: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawGuard {
    pub(crate) kernel: Option<PathBuf>,
}

/// Every key by its path, for variables and for the nearest valid name.
const PATHS: &[&str] = &[
    "data",
    "listen",
    "store.url",
    "public.origin",
    "public.tls_terminated_by",
    "public.proxies",
    "tls.cert",
    "tls.key",
    "tls.acme",
    "tls.acme_directory",
    "tls.acme_root",
    "tls.acme_contact",
    "stage.listen",
    "stage.udp",
    "stage.tcp",
    "stage.advertise",
    "stage.ice_servers",
    "stage.speakers",
    "audience.listen",
    "audience.udp",
    "audience.caches",
    "audience.edges",
    "private.listen",
    "webhooks.allow_private",
    "mail.url",
    "mail.from",
    "mail.language",
    "gate.listeners",
    "gate.joins_per_second",
    "line.rate",
    "evidence.witnesses",
    "evidence.probes",
    "evidence.contact",
    "guard.kernel",
    "runbook.provider",
    "runbook.elsewhere",
];

/// Keys of each `[[signin.oidc]]`, which are in files alone; their secrets may be variables ([`SECRET`]).
const OF_PROVIDERS: &[&str] = &[
    "signin.oidc.id",
    "signin.oidc.name",
    "signin.oidc.issuer",
    "signin.oidc.client_id",
    "signin.oidc.client_secret",
    "signin.oidc.client_secret_file",
    "signin.oidc.domains",
    "signin.oidc.trust_email",
    "signin.oidc.creates",
    "signin.oidc.allow_private",
];

/// What precedes a provider's id in the name of the variable that holds its client secret.
const SECRET: &str = "OIDC_SECRET_";

const LISTS: &[&str] = &[
    "public.proxies",
    "stage.advertise",
    "stage.ice_servers",
    "audience.caches",
    "evidence.witnesses",
    "evidence.probes",
];

impl Raw {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<toml::Table, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Parses a file's text, checking every key; `place` is the file's name for errors.
    pub(crate) fn parse(text: &str, place: &str) -> Result<toml::Table, ConfigError> {
        // Twice: once for typed errors with their line, once as a table that variables can be laid over.
        checked::<Self>(text, place)?;
        checked(text, place)
    }

    /// Lays `HUSTINGS_…` variables over a file's table.
    pub(crate) fn overlay(
        mut table: toml::Table,
        variables: &BTreeMap<String, String>,
    ) -> Result<toml::Table, ConfigError> {
        for (name, value) in variables {
            let Some(key) = name.strip_prefix("HUSTINGS_") else { continue };
            if let Some(id) = key.strip_prefix(SECRET) {
                // Edges and commands have no providers, and the variables of their server.
                if !table.contains_key("signin") {
                    continue;
                }
                secret_of(&mut table, id, value).ok_or_else(|| ConfigError::Invalid {
                    place: format!("variable {name}"),
                    reason: "no [[signin.oidc]] of the configuration has that id".into(),
                })?;
                continue;
            }
            let path = PATHS.iter().find(|p| p.replace('.', "_").eq_ignore_ascii_case(key));
            let Some(path) = path else {
                let nearest = nearest(&key.to_lowercase()).replace('.', "_").to_uppercase();
                return Err(ConfigError::Invalid {
                    place: format!("variable {name}"),
                    reason: format!("there is no such key; did you mean HUSTINGS_{nearest}?"),
                });
            };
            let list = || value.split(',').map(|v| toml::Value::String(v.trim().into())).collect();
            let value =
                if LISTS.contains(path) { toml::Value::Array(list()) } else { toml::Value::String(value.clone()) };
            match path.split_once('.') {
                None => drop(table.insert((*path).into(), value)),
                Some((section, key)) => {
                    let entry = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
                    if let toml::Value::Table(section) = entry {
                        section.insert(key.into(), value);
                    }
                }
            }
        }
        Ok(table)
    }

    /// The keys of a table that was checked.
    pub(crate) fn from_table(table: toml::Table) -> Result<Self, ConfigError> {
        table
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError::Invalid { place: "configuration".into(), reason: e.to_string() })
    }
}

/// Lays a client secret over the provider whose id it names, with `_` for `-`.
fn secret_of(table: &mut toml::Table, id: &str, secret: &str) -> Option<()> {
    let all = table.get_mut("signin")?.get_mut("oidc")?.as_array_mut()?;
    let is_it = |one: &toml::Value| {
        let known = one.get("id").and_then(toml::Value::as_str);
        known.is_some_and(|known| known.replace('-', "_").eq_ignore_ascii_case(id))
    };
    let one = all.iter_mut().find(|one| is_it(one))?.as_table_mut()?;
    one.insert("client_secret".into(), toml::Value::String(secret.into()));
    Some(())
}

fn checked<T: DeserializeOwned>(text: &str, place: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|e| {
        let before = e.span().and_then(|s| text.get(..s.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let message = e.message().replace('\n', " ");
        let reason = match message.strip_prefix("unknown field `").and_then(|m| m.split_once('`')) {
            Some((key, _)) => {
                let path = section(before).map_or_else(|| key.to_owned(), |section| format!("{section}.{key}"));
                format!("there is no key {key:?} here; did you mean {:?}?", nearest(&path))
            }
            None => message,
        };
        ConfigError::Invalid { place: format!("{place}, line {line}"), reason }
    })
}

/// The section that a place in a file lies in.
fn section(before: &str) -> Option<&str> {
    let headers = before.lines().rev().map(str::trim);
    headers
        .filter_map(|line| line.strip_prefix('[')?.trim_start_matches('[').split_once(']'))
        .map(|(name, _)| name.trim())
        .next()
}

/// The key whose path is most like `wanted`, or whose last name is: the section may be the mistake.
fn nearest(wanted: &str) -> &'static str {
    let last_of = |path: &str| path.rsplit(['.', '_']).next().unwrap_or(path).to_owned();
    let (wanted, wanted_last) = (wanted.replace('.', "_"), last_of(wanted));
    let likeness = |path: &str| {
        let whole = strsim::jaro_winkler(&wanted, &path.replace('.', "_"));
        whole.max(0.9 * strsim::jaro_winkler(&wanted_last, &last_of(path)))
    };
    PATHS.iter().chain(OF_PROVIDERS).copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or("listen")
}
