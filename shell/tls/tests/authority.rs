//! A certificate by ACME from an authority that we did not write: Pebble, of Let's Encrypt, installed by
//! `proof/setup/proof`. It proves the name over TLS-ALPN-01, and its certificates live for seconds, so that a renewal can
//! be seen.
#![allow(clippy::unwrap_used, reason = "all of it is test code")]

mod common;

use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use common::{Folder, GET, Server, ask, bounded, client, connect_tls, write_pair};
use hustings_tls::{Acme, ServeOptions, Tls, TlsSource};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// The name that the certificates are for; [`Authority`] answers for it in the DNS.
const NAME: &str = "talk.example.org";
/// How long a certificate lives: it is renewed after two thirds.
const LIFE_SECONDS: u32 = 15;

/// Pebble and the DNS that it asks, stopped when dropped.
struct Authority {
    _processes: [Child; 2],
    directory: SocketAddr,
    management: SocketAddr,
    own: CertificateDer<'static>,
}

impl Authority {
    /// Starts both; names are proved at port `proof` of this machine.
    async fn start(folder: &Folder, proof: u16) -> Self {
        let own = write_pair(&folder.join("authority.pem"), &folder.join("authority-key.pem"));
        let [directory, management, dns, dns_management] = [(); 4].map(|()| free());
        let config = serde_json::json!({ "pebble": {
            "listenAddress": directory.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": folder.join("authority.pem"),
            "privateKey": folder.join("authority-key.pem"),
            "httpPort": 0,
            "tlsPort": proof,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": LIFE_SECONDS,
        }});
        std::fs::write(folder.join("pebble.json"), config.to_string()).unwrap();
        let mut names = Command::new("pebble-challtestsrv");
        names.args(["-dns01", &dns.to_string(), "-management", &dns_management.to_string(), "-defaultIPv6", ""]);
        names.args(["-http01", "", "-https01", "", "-tlsalpn01", ""]);
        let mut pebble = Command::new("pebble");
        pebble.arg("-config").arg(folder.join("pebble.json")).args(["-dnsserver", &dns.to_string()]);
        // Without it, it waits up to 15 s before each proof. That it refuses one nonce in twenty stays on.
        pebble.env("PEBBLE_VA_NOSLEEP", "1");
        let processes = [names, pebble].map(|mut command| {
            command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
            command.spawn().expect("Pebble is installed: run proof/setup/proof")
        });
        let authority = Self { _processes: processes, directory, management, own };
        bounded(async {
            while connect_tls(directory, authority.client(), "localhost").await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
        authority
    }

    fn client(&self) -> Arc<rustls::ClientConfig> {
        client(std::slice::from_ref(&self.own), &[])
    }

    /// The root that its certificates are checked against.
    async fn root(&self) -> CertificateDer<'static> {
        let io = connect_tls(self.management, self.client(), "localhost").await.unwrap();
        let answer = ask(io, "GET /roots/0 HTTP/1.0\r\n\r\n").await;
        CertificateDer::from_pem_slice(answer.as_bytes()).unwrap()
    }
}

/// An address that nobody listens on.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn endless() -> Body {
    Body::from_stream(futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Ok::<_, std::io::Error>("sound"), ()))
    }))
}

#[tokio::test]
async fn a_certificate_is_obtained_and_renewed_while_a_listener_goes_on_and_kept_over_a_restart() {
    let folder = Folder::new("acme");
    let proof = free();
    let authority = Authority::start(&folder, proof.port()).await;
    let acme = Acme {
        names: vec![NAME.into()],
        contact: Some("mailto:ops@example.org".into()),
        directory: format!("https://localhost:{}/dir", authority.directory.port()),
        directory_ca: Some(folder.join("authority.pem")),
        cache: folder.join("data/acme"),
    };
    let tls = Tls::open(TlsSource::Acme(acme.clone())).unwrap();
    let app = Router::new().route("/", get(|| async { "hello" })).route("/live", get(|| async { endless() }));
    let options = ServeOptions { tls: Some(tls.clone()), ..ServeOptions::audience("test") };
    let server = Server::start_at(proof, app, options);
    bounded(tls.ready()).await;

    let trusting = client(&[authority.root().await], &[b"http/1.1"]);
    let mut listener = connect_tls(server.addr, trusting.clone(), NAME).await.unwrap();
    let first = listener.get_ref().1.peer_certificates().unwrap()[0].clone();
    listener.write_all(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();

    let renewed = tokio::time::timeout(Duration::from_secs(4 * u64::from(LIFE_SECONDS)), async {
        loop {
            assert!(listener.read(&mut [0; 4096]).await.unwrap() > 0, "the listener hears without a gap");
            // An expired certificate is no connection; its successor comes.
            let Ok(io) = connect_tls(server.addr, trusting.clone(), NAME).await else { continue };
            if io.get_ref().1.peer_certificates().unwrap()[0] != first {
                return io;
            }
        }
    });
    let renewed = renewed.await.expect("a renewal within four lives");
    assert!(ask(renewed, GET).await.ends_with("hello"));
    assert!(listener.read(&mut [0; 4096]).await.unwrap() > 0);

    // Another start with the same folder needs nobody.
    drop(authority);
    let kept = Tls::open(TlsSource::Acme(acme)).unwrap();
    bounded(kept.ready()).await;
}

#[tokio::test]
async fn a_name_is_needed() {
    let acme = Acme { names: Vec::new(), ..Acme::lets_encrypt("x", Folder::new("nameless").join("acme")) };
    let error = Tls::open(TlsSource::Acme(acme)).unwrap_err().to_string();
    assert!(error.contains("--public"), "{error}");
}
