//! `serve --public NAME` and nothing else: the certificate is obtained from an authority that we did not write (Pebble, of
//! Let's Encrypt), a guest opens the page over HTTPS and is on stage with a microphone, and a listener hears them.
//!
//! Only the name's address and the authority are a test's. Ports are the ones of a public machine: 443, and 8443 and above.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use hustings_stories::{Folder, Program, Running, Sound, Voice, hustings, node, until};

const NAME: &str = "talk.example.org";

/// Pebble, and the DNS that it asks.
struct Authority {
    _processes: [Running; 2],
    management: SocketAddr,
    own: String,
}

impl Authority {
    /// Starts both and writes the configuration that names them.
    async fn start(folder: &Folder) -> Self {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        std::fs::write(folder.file("pebble.pem"), own.cert.pem()).expect("a file");
        std::fs::write(folder.file("pebble-key.pem"), own.key_pair.serialize_pem()).expect("a file");
        let [directory, management, dns, dns_management] = [(); 4].map(|()| free());
        let config = serde_json::json!({ "pebble": {
            "listenAddress": directory.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": folder.file("pebble.pem"),
            "privateKey": folder.file("pebble-key.pem"),
            "httpPort": 0,
            "tlsPort": 443,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        std::fs::write(folder.file("pebble.json"), config.to_string()).expect("a file");
        let names = Program::new("pebble-challtestsrv")
            .args(["-dns01", &dns.to_string(), "-management", &dns_management.to_string(), "-defaultIPv6", ""])
            .args(["-http01", "", "-https01", "", "-tlsalpn01", ""]);
        let pebble = Program::new("pebble")
            .args(["-config", &folder.file("pebble.json"), "-dnsserver", &dns.to_string()])
            .env("PEBBLE_VA_NOSLEEP", "1");
        let hustings = format!(
            "[tls]\nacme_directory = \"https://localhost:{}/dir\"\nacme_root = \"{}\"\n",
            directory.port(),
            folder.file("pebble.pem")
        );
        std::fs::write(folder.file("hustings.toml"), hustings).expect("a file");
        let authority = Self { _processes: [names.spawn(), pebble.spawn()], management, own: own.cert.pem() };
        let ready = format!("https://localhost:{}/dir", directory.port());
        let client = trusting(&authority.own);
        until("Pebble is ready", Duration::from_secs(10), async || client.get(&ready).send().await.ok()).await;
        authority
    }

    /// The root that its certificates are checked against.
    async fn root(&self) -> String {
        let address = format!("https://localhost:{}/roots/0", self.management.port());
        let answer = trusting(&self.own).get(address).send().await.expect("the root");
        answer.text().await.expect("the root")
    }
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its address")
}

/// A client that trusts one authority alone and finds the name on this machine.
fn trusting(pem: &str) -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(pem.as_bytes()).expect("a certificate");
    let client = reqwest::Client::builder().no_proxy().tls_built_in_root_certs(false).add_root_certificate(root);
    client.resolve(NAME, SocketAddr::from(([127, 0, 0, 1], 0))).build().expect("a client")
}

#[tokio::test]
async fn one_command_leads_to_a_page_with_a_microphone() {
    let folder = Folder::fresh();
    let authority = Authority::start(&folder).await;
    let data = folder.file("data");
    let serve =
        hustings().args(["serve", "--public", NAME, "--data", &data, "--config", &folder.file("hustings.toml")]);
    let mut server = serve.spawn();
    let firewall = server.line("firewall", Duration::from_secs(10)).await;
    // Each process that serves the audience has a UDP port of its own; there is one for each core.
    let cores = std::thread::available_parallelism().expect("a number of cores").get() as u16;
    let udp: Vec<_> = (8444..8444 + cores).map(|port| port.to_string()).collect();
    let expected = format!("tcp 443 8443 8444 8445 and udp 8443 {}", udp.join(" "));
    assert!(firewall.ends_with(&expected), "{firewall}, not {expected}");
    let client = trusting(&authority.root().await);
    let page = format!("https://{NAME}/");
    until("the page is there with a certificate that holds", Duration::from_secs(60), async || {
        client.get(&page).send().await.ok().filter(|a| a.status() == 200)
    })
    .await;

    let command = async |args: &[&str]| {
        let outcome = hustings().args(args).args(["--data", &data]).run(Duration::from_secs(10)).await;
        outcome.ok().stdout.trim().to_owned()
    };
    command(&["conversation", "create", "talk", "--title", "A first event"]).await;
    command(&["conversation", "start", "talk"]).await;
    let token = command(&["token", "talk", "--role", "speaker", "--name", "Guest"]).await;
    let url = format!("https://{NAME}/c/talk");
    let speaker = node("speaker.mjs").args(["--url", &url, "--token", &token, "--via", "page", "--at", "127.0.0.1"]);
    let speaker = speaker.args(["--microphone", &Voice::Tenor.file().await, "--seconds", "16", "--events", "1"]);
    let mut speaker = speaker.spawn();
    speaker.line("\"on\"", Duration::from_secs(20)).await;

    let mut answer = client.get(format!("{url}/live.ogg?burst=1")).send().await.expect("the stream");
    assert_eq!((answer.status().as_u16(), answer.url().scheme()), (200, "https"), "{}", answer.url());
    let mut stream = Vec::new();
    let listening = async {
        while let Ok(Some(bytes)) = answer.chunk().await {
            stream.extend_from_slice(&bytes);
        }
    };
    // The stream has no end while the conversation is live.
    assert!(tokio::time::timeout(Duration::from_secs(8), listening).await.is_err());
    let recording = folder.file("heard.ogg");
    std::fs::write(&recording, &stream).expect("a file");
    let heard = Sound::read(&recording, 10.0, Duration::from_secs(20)).await;
    assert!(heard.last(5.0).holds(Voice::Tenor).await.0, "{:.1} s, {:.1} loud", heard.seconds(), heard.loud_seconds());
    let outcome = speaker.end(Duration::from_secs(40)).await.json();
    assert_eq!(outcome["transport"], "udp", "{outcome}");
}
