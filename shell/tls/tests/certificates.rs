//! Certificates from files: read again while connections go on, and refused when they do not fit.

mod common;

use axum::Router;
use axum::routing::get;
use common::{Folder, Server, ask, bounded, client, connect_tls, write_pair};
use hustings_tls::{ServeOptions, Tls, TlsError, TlsSource};
use rustls::HandshakeKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

fn source(folder: &Folder) -> TlsSource {
    TlsSource::Files { cert: folder.join("cert.pem"), key: folder.join("key.pem") }
}

fn options(tls: Tls, http2: bool) -> ServeOptions {
    ServeOptions { tls: Some(tls), http2, ..ServeOptions::new("test") }
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_restart_and_open_connections_go_on() {
    let folder = Folder::new("reload");
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let old = write_pair(&cert, &key);
    let tls = Tls::open(source(&folder)).unwrap();
    bounded(tls.ready()).await;
    let server = Server::start(hello(), options(tls, false));
    let mut open = connect_tls(server.addr, client(&[old], &[]), "localhost").await.unwrap();

    // A certificate without its key is left alone until the key is there.
    std::fs::write(&key, "not yet").unwrap();
    let new = write_pair(&cert, &folder.join("next.pem"));
    std::fs::rename(folder.join("next.pem"), &key).unwrap();
    let trusting = client(&[new], &[]);
    let renewed = bounded(async {
        loop {
            if let Ok(io) = connect_tls(server.addr, trusting.clone(), "localhost").await {
                return io;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    assert!(ask(renewed.await, common::GET).await.ends_with("hello"));

    open.write_all(common::GET.as_bytes()).await.unwrap();
    let mut answer = String::new();
    bounded(open.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.ends_with("hello"), "{answer:?}");
}

#[tokio::test]
async fn files_that_do_not_fit_are_refused_with_their_names() {
    let folder = Folder::new("misfit");
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    assert!(matches!(Tls::open(source(&folder)), Err(TlsError::Unreadable { path, .. }) if path == cert));
    write_pair(&cert, &key);
    write_pair(&folder.join("other.pem"), &key);
    let error = Tls::open(source(&folder)).unwrap_err();
    assert!(matches!(error, TlsError::Unusable { .. }), "{error}");
    assert!(error.to_string().contains("cert.pem") && error.to_string().contains("key.pem"), "{error}");
    std::fs::write(&cert, "no certificate in here").unwrap();
    assert!(matches!(Tls::open(source(&folder)), Err(TlsError::NoCertificate(_))));
}

#[tokio::test]
async fn http_2_is_offered_where_it_was_asked_for_and_sessions_resume_everywhere() {
    let folder = Folder::new("alpn");
    let cert = write_pair(&folder.join("cert.pem"), &folder.join("key.pem"));
    let tls = Tls::open(source(&folder)).unwrap();
    let pages = Server::start(hello(), options(tls.clone(), true));
    let audience = Server::start(hello(), options(tls, false));
    let config = client(&[cert], &[b"h2", b"http/1.1"]);
    let io = connect_tls(pages.addr, config.clone(), "localhost").await.unwrap();
    assert_eq!(io.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));

    let mut first = connect_tls(audience.addr, config.clone(), "localhost").await.unwrap();
    assert_eq!(first.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    // Tickets come after the handshake, with the first bytes that are read.
    first.write_all(common::GET.as_bytes()).await.unwrap();
    bounded(first.read_to_end(&mut Vec::new())).await.unwrap();
    let second = connect_tls(audience.addr, config, "localhost").await.unwrap();
    assert_eq!(second.get_ref().1.handshake_kind(), Some(HandshakeKind::Resumed));
}
