//! From raw values to a whole configuration: defaults, addresses, and the refusals that save an evening.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use hustings_evidence::note::Verifier;
use hustings_evidence::probe::Prober;
use hustings_vocab::limits;
use hustings_vocab::network::{BadNetwork, Network};
use hustings_vocab::{BadUrl, Place};

use super::gate;
use super::providers::providers;
use super::raw::{RawMail, Truth, Whole};
use super::{Config, ConfigError, Mail, Raw, Runbook, Tls, WitnessAddress};

impl Config {
    /// Makes a whole configuration of raw values. `public_name` is `--public NAME`.
    pub(crate) fn resolve(raw: Raw, public_name: Option<&str>) -> Result<Self, ConfigError> {
        let public = public_name.map(check_name).transpose()?;
        let everywhere = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        let listen_default = match &public {
            Some(_) => SocketAddr::new(everywhere, 443),
            None => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 8080),
        };
        let listen = address("listen", raw.listen.as_deref(), listen_default)?;
        // Privileged 443 has no room beside it: the others stand together at 8443 and above.
        let base = if listen.port() == 443 { 8442 } else { listen.port() };
        let beside = |n: u16| SocketAddr::new(listen.ip(), if base == 0 { 0 } else { base.saturating_add(n) });
        let private_port = beside(4).port();
        let tls = tls(&raw, public.as_deref())?;
        let data = raw.data.unwrap_or_else(|| PathBuf::from("data"));
        let config = Self {
            store: place(raw.store.url.as_deref(), &data)?,
            data,
            stage_listen: address("stage.listen", raw.stage.listen.as_deref(), beside(1))?,
            stage_udp: address("stage.udp", raw.stage.udp.as_deref(), beside(1))?,
            stage_tcp: address("stage.tcp", raw.stage.tcp.as_deref(), beside(2))?,
            advertise: addresses("stage.advertise", &raw.stage.advertise)?,
            ice_servers: ice_servers(raw.stage.ice_servers)?,
            speakers: speakers(raw.stage.speakers.as_ref())?,
            audience_listen: address("audience.listen", raw.audience.listen.as_deref(), beside(3))?,
            audience_udp: address("audience.udp", raw.audience.udp.as_deref(), beside(2))?,
            edges: edges(raw.audience.edges.as_ref())?,
            caches: networks("audience.caches", &raw.audience.caches)?,
            proxies: networks("public.proxies", &raw.public.proxies)?,
            gate: gate::wanted(&raw.gate, &raw.line)?,
            private_listen: address(
                "private.listen",
                raw.private.listen.as_deref(),
                SocketAddr::new(Ipv4Addr::LOCALHOST.into(), private_port),
            )?,
            witnesses: witnesses(&raw.evidence.witnesses)?,
            probers: probers(&raw.evidence.probes)?,
            contact: raw.evidence.contact.unwrap_or_default(),
            kernel: raw.guard.kernel,
            runbook: Runbook {
                provider: raw.runbook.provider.unwrap_or_default(),
                elsewhere: raw.runbook.elsewhere.unwrap_or_default(),
            },
            origin: match (raw.public.origin, public) {
                (Some(origin), _) => Some(check_origin(&origin)?),
                (None, Some(name)) => Some(format!("https://{name}")),
                (None, None) => None,
            },
            webhooks_private: truth("webhooks.allow_private", raw.webhooks.allow_private.as_ref())?,
            tls,
            tls_terminated_by: raw.public.tls_terminated_by,
            mail: mail(raw.mail)?,
            providers: providers(raw.signin.oidc)?,
            listen,
        };
        config.check()?;
        Ok(config)
    }

    /// Refuses what would start and then disappoint everybody: browsers give a microphone only to HTTPS.
    fn check(&self) -> Result<(), ConfigError> {
        let secure = self.tls != Tls::Off || self.tls_terminated_by.is_some();
        let public = self.origin.as_deref().is_some_and(|o| !is_loopback_origin(o));
        if public && !secure {
            return invalid(
                "public.origin",
                "a public origin needs TLS, for browsers give a microphone only to HTTPS: use --public NAME, \
                 set tls.cert and tls.key, or name in public.tls_terminated_by who ends TLS in front of this server",
            );
        }
        if secure && self.origin.as_deref().is_some_and(|o| o.starts_with("http://") && !is_loopback_origin(o)) {
            return invalid("public.origin", "with TLS the origin begins with https://");
        }
        Ok(())
    }
}

fn tls(raw: &Raw, public: Option<&str>) -> Result<Tls, ConfigError> {
    let acme_name = raw.tls.acme.as_deref().map(check_name).transpose()?;
    match (&raw.tls.cert, &raw.tls.key, acme_name.or_else(|| public.map(str::to_owned))) {
        (Some(cert), Some(key), _) => Ok(Tls::Files { cert: cert.clone(), key: key.clone() }),
        (Some(_), None, _) => invalid("tls.key", "tls.cert is set, so the key is needed too"),
        (None, Some(_), _) => invalid("tls.cert", "tls.key is set, so the certificate is needed too"),
        (None, None, Some(_)) if raw.public.tls_terminated_by.is_some() => Ok(Tls::Off),
        (None, None, Some(name)) => Ok(Tls::Acme {
            name,
            directory: raw.tls.acme_directory.clone(),
            root: raw.tls.acme_root.clone(),
            contact: raw.tls.acme_contact.clone(),
        }),
        (None, None, None) => Ok(Tls::Off),
    }
}

fn mail(raw: RawMail) -> Result<Option<Mail>, ConfigError> {
    let german = match raw.language.as_deref() {
        None | Some("en") => false,
        Some("de") => true,
        Some(_) => return invalid("mail.language", "letters are written in \"en\" or \"de\""),
    };
    match (raw.url, raw.from) {
        (None, None) => Ok(None),
        (Some(url), Some(from)) if url.starts_with("smtp://") || url.starts_with("smtps://") => {
            Ok(Some(Mail { url, from, german }))
        }
        // What was written is not repeated: it may hold a password.
        (Some(_), Some(_)) => {
            invalid("mail.url", "an address such as smtp://USER:PASSWORD@HOST:587?tls=required is needed")
        }
        (Some(_), None) => invalid("mail.from", "mail.url is set, so letters need a sender, such as talk@example.org"),
        (None, Some(_)) => invalid("mail.url", "mail.from is set, so a mail server is needed, such as smtps://HOST"),
    }
}

fn place(url: Option<&str>, data: &Path) -> Result<Place, ConfigError> {
    match url {
        None => Ok(Place::in_folder(data)),
        // What was written is not repeated: it may hold a password.
        Some(url) => url.parse().or_else(|e: BadUrl| invalid("store.url", &e.to_string())),
    }
}

fn address(key: &str, text: Option<&str>, default: SocketAddr) -> Result<SocketAddr, ConfigError> {
    let Some(text) = text else { return Ok(default) };
    text.parse()
        .or_else(|_| invalid(key, &format!("{text:?} is not an address and port, such as 127.0.0.1:8080 or [::]:8080")))
}

fn edges(given: Option<&Whole>) -> Result<Option<u16>, ConfigError> {
    let Some(given) = given else { return Ok(None) };
    match given.number().filter(|number| usize::from(*number) <= limits::EDGES_MAX) {
        Some(number) => Ok(Some(number)),
        None => invalid("audience.edges", &format!("a number of processes from 0 to {} is needed", limits::EDGES_MAX)),
    }
}

fn speakers(given: Option<&Whole>) -> Result<usize, ConfigError> {
    let Some(given) = given else { return Ok(limits::SPEAKERS_USUAL) };
    let most = limits::SPEAKERS_PER_CONVERSATION_MAX;
    match given.number().filter(|number| (1..=most).contains(number)) {
        Some(number) => Ok(number),
        None => invalid("stage.speakers", &format!("a number of people from 1 to {most} is needed")),
    }
}

pub(super) fn truth(key: &str, given: Option<&Truth>) -> Result<bool, ConfigError> {
    match given {
        None => Ok(false),
        Some(Truth::Of(truth)) => Ok(*truth),
        Some(Truth::Text(text)) => {
            text.trim().parse().or_else(|_| invalid(key, &format!("{text:?} is neither true nor false")))
        }
    }
}

fn addresses(key: &str, texts: &[String]) -> Result<Vec<IpAddr>, ConfigError> {
    let parse = |text: &String| text.parse().or_else(|_| invalid(key, &format!("{text:?} is not an IP address")));
    texts.iter().map(parse).collect()
}

fn networks(key: &str, texts: &[String]) -> Result<Vec<Network>, ConfigError> {
    if texts.len() > limits::CACHE_NETWORKS_MAX {
        return invalid(key, &format!("more than {} networks", limits::CACHE_NETWORKS_MAX));
    }
    texts.iter().map(|text| text.parse().or_else(|e: BadNetwork| invalid(key, &e.to_string()))).collect()
}

fn ice_servers(urls: Vec<String>) -> Result<Vec<String>, ConfigError> {
    let plain = |u: &str| u.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"'));
    let known = |u: &str| ["stun:", "stuns:", "turn:", "turns:"].iter().any(|s| u.starts_with(s));
    match urls.iter().find(|u| !known(u) || !plain(u)) {
        Some(bad) => invalid("stage.ice_servers", &format!("{bad:?} is not a stun:, stuns:, turn: or turns: URL")),
        None => Ok(urls),
    }
}

fn check_name(name: &str) -> Result<String, ConfigError> {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if name.len() <= 253 && name.split('.').all(label) {
        return Ok(name.to_ascii_lowercase());
    }
    invalid("public name", &format!("{name:?} is not a host name, such as talk.example"))
}

/// Each prober is its key, a space, and the origin by which it calls this server.
fn probers(texts: &[String]) -> Result<Vec<Prober>, ConfigError> {
    if texts.len() > limits::evidence::PROBERS_MAX {
        return invalid("evidence.probes", &format!("at most {} probers", limits::evidence::PROBERS_MAX));
    }
    let one = |text: &String| {
        let (key, origin) = text.split_once(' ').ok_or("a prober is its key, a space and the origin that it calls")?;
        let key = Verifier::parse(key).map_err(|error| format!("{key:?} is {error}"))?;
        Ok(Prober { key, origin: origin.trim_end_matches('/').to_owned(), last: 0 })
    };
    texts.iter().map(|text| one(text).or_else(|why: String| invalid("evidence.probes", &why))).collect()
}

fn witnesses(texts: &[String]) -> Result<Vec<WitnessAddress>, ConfigError> {
    if texts.len() > limits::evidence::WITNESSES_MAX {
        return invalid("evidence.witnesses", &format!("at most {} witnesses", limits::evidence::WITNESSES_MAX));
    }
    texts.iter().map(|text| witness(text).or_else(|why| invalid("evidence.witnesses", &why))).collect()
}

/// Reads `KEY URL`.
fn witness(text: &str) -> Result<WitnessAddress, String> {
    let (key, url) = text.split_once(' ').ok_or("a witness is its key, a space and its address")?;
    let key = Verifier::parse(key).map_err(|error| error.to_string())?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(format!("{url:?} is not the address of a witness, such as https://witness.example"));
    }
    Ok((key, url.trim_end_matches('/').to_owned()))
}

fn check_origin(origin: &str) -> Result<String, ConfigError> {
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b)) => {
            Ok(origin.to_owned())
        }
        _ => invalid("public.origin", &format!("{origin:?} is not an origin, such as https://talk.example")),
    }
}

fn is_loopback_origin(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    ["localhost", "127.", "[::1]"].iter().any(|l| host.starts_with(l))
}

pub(super) fn invalid<T>(place: &str, reason: &str) -> Result<T, ConfigError> {
    Err(ConfigError::Invalid { place: place.into(), reason: reason.into() })
}
