//! The public and the private address, asked as browsers and programs ask them, before a small desk in memory.

mod accounts;
mod api;
mod cases;
mod description;
mod desk;
mod floor;
mod pages;
mod plans;
mod private;
mod production;
mod programs;
mod rights;
mod signing;

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Method, Request, StatusCode};
use hustings_link::peer::{Peer, PeerGuard};
use serde_json::Value;
use tower::ServiceExt;

use super::*;
use accounts::MemoryAccounts;
use desk::{MemoryDesk, SpokenTokens};

const CONVERSATION: &str =
    "<head><title><!--title--></title><!--meta--><!--boot--></head><noscript><!--noscript--></noscript>";

/// An answer, read to its end.
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answered {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Checks that this is a whole problem document and returns its detail.
    fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let document = self.json();
        assert_eq!(document["status"], status);
        assert!(document["title"].is_string());
        document["detail"].as_str().unwrap().to_owned()
    }
}

/// A server, and who asks it.
struct Asker {
    router: Router,
    operator: bool,
    accounts: Arc<MemoryAccounts>,
    desk: Arc<MemoryDesk>,
}

impl Asker {
    fn new() -> Self {
        let links = LinkConfig {
            scheme: Scheme::Http,
            public: Address::Port(8080),
            stage: Address::Port(8081),
            audience: Address::Port(8083),
            aac: true,
            tickets: false,
        };
        Self::with(links)
    }

    fn with(links: LinkConfig) -> Self {
        let accounts = Arc::new(MemoryAccounts::default());
        let desk = Arc::new(MemoryDesk::with_an_evening());
        let programs = Arc::new(programs::MemoryPrograms::default());
        let state = WebState {
            desk: desk.clone(),
            plans: desk.clone(),
            tokens: Arc::new(SpokenTokens),
            people: accounts.clone(),
            accounts: accounts.clone(),
            keys: programs.clone(),
            webhooks: programs,
            floor: Arc::new(floor::MemoryFloor::default()),
            production: Arc::new(production::MemoryProduction::default()),
            cases: Arc::new(cases::MemoryCases::default()),
            gate: None,
            links,
        };
        let files: [(&str, &'static [u8]); 4] = [
            ("index.html", b"<title><!--title--></title><!--boot--><noscript><!--noscript--></noscript>"),
            ("conversation.html", CONVERSATION.as_bytes()),
            ("assets/home-B7x_fQ2k.js", &[b'x'; 4000]),
            ("assets/player.js", b"export {}"),
        ];
        let site = Site::of(files.map(|(name, bytes)| (name.to_owned(), Cow::Borrowed(bytes))));
        Self {
            router: with_site(state.clone(), site).merge(crate::tickets(state.clone())).merge(elsewhere(state)),
            operator: false,
            accounts,
            desk,
        }
    }

    /// The same server, asked over the control socket.
    fn operator() -> Self {
        Self { operator: true, ..Self::new() }
    }

    async fn send(&self, mut request: Request<Body>) -> Answered {
        let (peer, _guard): (Peer, PeerGuard) = Peer::new(([127, 0, 0, 1], 9).into(), self.operator);
        request.extensions_mut().insert(peer);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&self, path: &str) -> Answered {
        self.ask(Method::GET, path, &[]).await
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answered {
        let mut request = Request::builder().method(method).uri(path).header("host", "hall.example:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Posts JSON, with a token of [`SpokenTokens`] unless it is empty.
    async fn post(&self, path: &str, token: &str, json: &str) -> Answered {
        self.method("POST", path, token, json).await
    }

    async fn method(&self, method: &str, path: &str, token: &str, json: &str) -> Answered {
        let mut request = Request::builder().method(method).uri(path).header("host", "hall.example:8080");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.header("content-type", "application/json; charset=utf-8");
        self.send(request.body(Body::from(json.to_owned())).unwrap()).await
    }
}
