//! A listener in Chromium opens a page over HTTPS: what it plays is served by the audience's engine, which did the handshake
//! itself, over HTTP/1.1, for the engine speaks nothing else.
//!
//! The certificate is a test's own; after a restart the session that Chromium has is resumed.

use std::time::Duration;

use hustings_stories::{Folder, Ports, Running, Sound, Voice, hustings, node, until};

struct House {
    folder: Folder,
    ports: Ports,
    http: reqwest::Client,
}

impl House {
    fn new() -> Self {
        let (folder, ports) = (Folder::fresh(), Ports::free());
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let (cert, key) = (folder.file("cert.pem"), folder.file("key.pem"));
        std::fs::write(&cert, own.cert.pem()).expect("a file");
        std::fs::write(&key, own.key_pair.serialize_pem()).expect("a file");
        let config = format!("{}[tls]\ncert = \"{cert}\"\nkey = \"{key}\"\n", ports.configuration());
        std::fs::write(folder.file("hustings.toml"), config).expect("a file");
        let root = reqwest::Certificate::from_pem(own.cert.pem().as_bytes()).expect("a certificate");
        let http = reqwest::Client::builder().no_proxy().tls_built_in_root_certs(false).add_root_certificate(root);
        // Each request has a connection of its own.
        let http = http.pool_max_idle_per_host(0);
        Self { folder, ports, http: http.build().expect("a client") }
    }

    /// Waits until a metric is at least that: edges report once a second.
    async fn counts(&self, name: &str, least: f64) {
        until(name, Duration::from_secs(5), async || (self.metric(name).await >= least).then_some(())).await;
    }

    async fn serve(&self) -> Running {
        let [config, data] = ["hustings.toml", "data"].map(|name| self.folder.file(name));
        let running = hustings().args(["serve", "--config", &config, "--data", &data]).spawn();
        let ready = format!("http://127.0.0.1:{}/readyz", self.ports.private);
        until("the server is ready", Duration::from_secs(10), async || {
            self.http.get(&ready).send().await.ok().filter(|a| a.status() == 200)
        })
        .await;
        running
    }

    async fn command(&self, args: &[&str]) -> String {
        let outcome =
            hustings().args(args).args(["--data", &self.folder.file("data")]).run(Duration::from_secs(10)).await;
        outcome.ok().stdout.trim().to_owned()
    }

    async fn metric(&self, name: &str) -> f64 {
        let url = format!("http://127.0.0.1:{}/metrics", self.ports.private);
        let text = self.http.get(url).send().await.expect("an answer").text().await.expect("a text");
        let line = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(' ')).expect("the metric is there");
        line.parse().expect("a number")
    }
}

#[tokio::test]
async fn chromium_over_tls_is_served_by_the_engine() {
    let house = House::new();
    let server = house.serve().await;
    house.command(&["conversation", "create", "talk", "--title", "A story"]).await;
    house.command(&["conversation", "start", "talk"]).await;
    let token = house.command(&["token", "talk", "--role", "speaker", "--name", "Guest"]).await;
    let url = format!("https://127.0.0.1:{}/c/talk", house.ports.public);
    let speaker = node("speaker.mjs").args(["--url", &url, "--token", &token, "--via", "page", "--at", "127.0.0.1"]);
    let speaker = speaker.args(["--microphone", &Voice::Tenor.file().await, "--seconds", "25", "--events", "1"]);
    let mut speaker = speaker.spawn();
    speaker.line("\"on\"", Duration::from_secs(20)).await;

    let output = house.folder.file("heard.wav");
    let listener = node("listener.mjs").args(["--url", &url, "--trusting", "1", "--seconds", "12", "--ready", "1"]);
    let mut listener = listener.args(["--output", &output]).spawn();
    listener.line("\"hears\"", Duration::from_secs(40)).await;
    house.counts("hustings_listeners{tier=\"stream\"}", 1.0).await;
    // It is the engine's.
    house.counts("hustings_streams_begun_total{over=\"tls\"}", 1.0).await;
    house.counts("hustings_handshakes_total{outcome=\"full\"}", 1.0).await;
    let outcome = listener.end(Duration::from_secs(60)).await.json();
    assert_eq!(outcome["stalls"], 0, "{outcome}");
    assert!(Sound::wav(&output).last(8.0).holds(Voice::Tenor).await.0, "{outcome}");

    // A client of TLS 1.3 that knows the server from an earlier connection, to whichever process that was.
    let audience = format!("https://127.0.0.1:{}/c/talk/audience", house.ports.audience);
    for _ in 0..2 {
        let answer = house.http.get(&audience).send().await.expect("an answer");
        assert_eq!((answer.version(), answer.status().as_u16()), (reqwest::Version::HTTP_11, 200));
    }
    house.counts("hustings_handshakes_total{outcome=\"resumed\"}", 1.0).await;
    server.signal("TERM");
    server.end(Duration::from_secs(20)).await.done();
}
