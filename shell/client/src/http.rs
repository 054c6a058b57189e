//! HTTP as the clients need it: bounded waits, redirects that keep method, body and token, refusals in words.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use reqwest::{Certificate, Client, ClientBuilder, Method, Response, Url};

use crate::ClientError;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the head of an answer may take: a blocking playlist reload is held for up to three target durations of 2 s.
const ANSWER: Duration = Duration::from_secs(10);
/// Redirects in a row: page to stage, or public to audience, with one to spare for each of scheme and name.
const REDIRECTS_MAX: usize = 4;
/// Bytes of a refusal that are read for its detail.
const DETAIL_BYTES_MAX: usize = 16 * 1024;

/// Whom to trust beside the public certificate authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// Nobody.
    #[default]
    Public,
    /// The certificates in this PEM file.
    Also(PathBuf),
}

/// A client. Two listeners never share a connection.
#[derive(Debug, Clone)]
pub(crate) struct Http(Client);

/// What is sent beside method and address.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

impl Http {
    /// A client that keeps its connections for its next requests.
    pub(crate) fn new(trust: &Trust) -> Result<Self, ClientError> {
        Self::build(Client::builder(), trust)
    }

    /// A client with a connection for each request. All of a process are one, because making the first of them reads the
    /// certificates of every public authority, which for hundreds of listeners at once is what they would wait for.
    pub(crate) fn for_one_request(trust: &Trust) -> Result<Self, ClientError> {
        static PUBLIC: OnceLock<Http> = OnceLock::new();
        if let (Trust::Public, Some(made)) = (trust, PUBLIC.get()) {
            return Ok(made.clone());
        }
        let made = Self::build(Client::builder().pool_max_idle_per_host(0), trust)?;
        Ok(if *trust == Trust::Public { PUBLIC.get_or_init(|| made).clone() } else { made })
    }

    fn build(builder: ClientBuilder, trust: &Trust) -> Result<Self, ClientError> {
        let mut builder = builder
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .user_agent(concat!("hustings/", env!("CARGO_PKG_VERSION")));
        if let Trust::Also(path) = trust {
            let pem = std::fs::read(path).map_err(|source| ClientError::File { path: path.clone(), source })?;
            for c in Certificate::from_pem_bundle(&pem).map_err(|e| ClientError::Setup(describe(&e)))? {
                builder = builder.add_root_certificate(c);
            }
        }
        builder.build().map(Self).map_err(|e| ClientError::Setup(describe(&e)))
    }

    /// Fetches `url`.
    pub(crate) async fn get(&self, url: Url) -> Result<Response, ClientError> {
        self.ask(Method::GET, url, None, None).await
    }

    /// Sends a request and follows redirects. The token goes along to wherever the conversation's own server points,
    /// because the stage has an address of its own; but never from HTTPS to HTTP.
    pub(crate) async fn ask(
        &self,
        method: Method,
        mut url: Url,
        token: Option<&str>,
        body: Option<Body>,
    ) -> Result<Response, ClientError> {
        for _ in 0..=REDIRECTS_MAX {
            let mut request = self.0.request(method.clone(), url.clone());
            if let Some(token) = token {
                request = request.header(AUTHORIZATION, format!("Bearer {token}"));
            }
            if let Some(body) = &body {
                request = request.header(CONTENT_TYPE, body.content_type).body(body.bytes.clone());
            }
            let answer = tokio::time::timeout(ANSWER, request.send()).await;
            let answer = match answer {
                Ok(Ok(answer)) => answer,
                Ok(Err(e)) => return Err(ClientError::Unreachable { url: plain(&url), reason: describe(&e) }),
                Err(_) => {
                    let reason = format!("nothing within {} s", ANSWER.as_secs());
                    return Err(ClientError::Unreachable { url: plain(&url), reason });
                }
            };
            if !answer.status().is_redirection() || answer.status() == 304 {
                return if answer.status().is_success() { Ok(answer) } else { Err(refused(answer).await) };
            }
            let to = answer.headers().get(LOCATION).and_then(|l| l.to_str().ok());
            let to = to.and_then(|l| url.join(l).ok()).ok_or_else(|| ClientError::Answer {
                what: "a redirect",
                reason: format!("{} points nowhere", plain(&url)),
            })?;
            if url.scheme() == "https" && to.scheme() != "https" && token.is_some() {
                let reason = format!("{} leads from HTTPS to {}", plain(&url), plain(&to));
                return Err(ClientError::Answer { what: "a redirect", reason });
            }
            url = to;
        }
        Err(ClientError::Answer { what: "a redirect", reason: format!("{} goes round in circles", plain(&url)) })
    }
}

/// Reads a whole body of at most `max` bytes.
pub(crate) async fn read(mut answer: Response, max: usize) -> Result<Bytes, ClientError> {
    let url = answer.url().clone();
    let mut out = Vec::new();
    loop {
        match tokio::time::timeout(ANSWER, answer.chunk()).await {
            Ok(Ok(Some(chunk))) if out.len() + chunk.len() <= max => out.extend_from_slice(&chunk),
            Ok(Ok(Some(_))) => {
                let reason = format!("{} is larger than {max} bytes", plain(&url));
                return Err(ClientError::Answer { what: "an answer", reason });
            }
            Ok(Ok(None)) => return Ok(out.into()),
            Ok(Err(e)) => return Err(ClientError::Unreachable { url: plain(&url), reason: describe(&e) }),
            Err(_) => {
                let reason = format!("it stopped sending for {} s", ANSWER.as_secs());
                return Err(ClientError::Unreachable { url: plain(&url), reason });
            }
        }
    }
}

async fn refused(answer: Response) -> ClientError {
    let (url, status) = (plain(answer.url()), answer.status());
    let body = read(answer, DETAIL_BYTES_MAX).await.unwrap_or_default();
    let problem = serde_json::from_slice::<serde_json::Value>(&body).ok();
    let of = |key: &str| problem.as_ref()?.get(key)?.as_str().map(str::to_owned);
    let first_line = || String::from_utf8_lossy(&body).lines().next().map(|l| l.chars().take(200).collect());
    let detail = of("detail").or_else(|| of("title")).or_else(first_line).filter(|d: &String| !d.trim().is_empty());
    let detail = detail.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason given").to_owned());
    ClientError::Refused { url, status: status.as_u16(), detail }
}

/// TLS 1.3 or 1.2 over a socket of one's own, with the same trust.
pub(crate) fn tls(trust: &Trust) -> Result<std::sync::Arc<rustls::ClientConfig>, ClientError> {
    use rustls_pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    if let Trust::Also(path) = trust {
        let bad = |e: &dyn std::fmt::Display| ClientError::Setup(format!("{}: {e}", path.display()));
        for certificate in rustls_pki_types::CertificateDer::pem_file_iter(path).map_err(|e| bad(&e))? {
            roots.add(certificate.map_err(|e| bad(&e))?).map_err(|e| bad(&e))?;
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| ClientError::Setup(e.to_string()))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Strangers have no session to resume.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(std::sync::Arc::new(config))
}

/// An address without what may be secret.
fn plain(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// The innermost cause, which is the one that says something.
pub(crate) fn describe(e: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = e;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
