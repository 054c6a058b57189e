//! What stands in front of a server: Debian's Varnish or nginx as a cache, with the recipe of `deploy/`, of which only addresses
//! are changed; or Debian's HAProxy, which passes connections on.

use std::net::TcpListener;
use std::time::Duration;

use crate::{Folder, Program, Running, Server, root, until};

/// A cache or balancer that serves. It ends with the story.
#[derive(Debug)]
pub struct Cache {
    /// Where it listens on loopback.
    pub port: u16,
    _process: Running,
    _folder: Folder,
}

impl Cache {
    /// Varnish in front of a server's audience listener.
    ///
    /// # Panics
    /// When it does not serve within twenty seconds: it compiles its recipe first.
    pub async fn varnish(server: &Server) -> Self {
        let (folder, port) = (Folder::fresh(), free());
        let recipe = recipe("varnish.vcl", &[("\"8083\"", &format!("\"{}\"", server.ports.audience))]);
        std::fs::write(folder.file("cache.vcl"), recipe).expect("a file");
        let process = Program::new("varnishd")
            .args(["-F", "-j", "none", "-n", &folder.file("work"), "-a", &format!("127.0.0.1:{port}")])
            .args(["-f", &folder.file("cache.vcl"), "-s", "malloc,64m"])
            .spawn();
        Self::when_ready(port, process, folder).await
    }

    /// nginx in front of a server's audience listener.
    ///
    /// # Panics
    /// When it does not serve within twenty seconds.
    pub async fn nginx(server: &Server) -> Self {
        let (folder, port) = (Folder::fresh(), free());
        let recipe = recipe(
            "nginx-cache.conf",
            &[
                ("127.0.0.1:8083", &format!("127.0.0.1:{}", server.ports.audience)),
                ("listen 80;", &format!("listen 127.0.0.1:{port};")),
                ("listen [::]:80;", ""),
                ("/var/cache/nginx/hustings", &folder.file("cache")),
            ],
        );
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {};", folder.file(kind)))
            .concat();
        // One process without a master, whose workers would outlive a story that ends by force.
        let around = format!(
            "daemon off; master_process off; pid {}; error_log stderr error; {}\n\
             events {{ worker_connections 4096; }}\nhttp {{ access_log off; {temporary}\n{recipe}\n}}\n",
            folder.file("pid"),
            // Its worker gives up root's rights, and could not write here then.
            if rights_of_root() { "user root;" } else { "" },
        );
        std::fs::write(folder.file("nginx.conf"), around).expect("a file");
        let prefix = folder.path().to_string_lossy().into_owned();
        let process =
            Program::new("nginx").args(["-p", &prefix, "-c", &folder.file("nginx.conf"), "-e", "stderr"]).spawn();
        Self::when_ready(port, process, folder).await
    }

    /// HAProxy, which is no cache, in front of one of a server's ports: it passes bytes on, from an address of its own, and says
    /// before each connection from where it came.
    ///
    /// # Panics
    /// When it does not listen within twenty seconds.
    pub async fn haproxy(to: u16, from: &str) -> Self {
        let (folder, port) = (Folder::fresh(), free());
        let recipe = format!(
            "global\n  maxconn 200\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n\
             listen all\n  bind 127.0.0.1:{port}\n  server one 127.0.0.1:{to} send-proxy-v2 source {from}\n"
        );
        std::fs::write(folder.file("haproxy.cfg"), recipe).expect("a file");
        let mut process = Program::new("haproxy").args(["-db", "-f", &folder.file("haproxy.cfg")]).spawn();
        until("the balancer listens", Duration::from_secs(20), async || {
            assert!(process.is_running(), "the balancer ended: is it installed? run `make setup`");
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
        Self { port, _process: process, _folder: folder }
    }

    /// An address behind it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn when_ready(port: u16, mut process: Running, folder: Folder) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("a plain client can be made");
        // A conversation that nobody made: the server's own answer, through the cache.
        let ready = format!("http://127.0.0.1:{port}/c/-/audience");
        until("the cache serves", Duration::from_secs(20), async || {
            assert!(process.is_running(), "the cache ended: is it installed? run `make setup`");
            client.get(&ready).send().await.ok().filter(|a| a.status() == 404)
        })
        .await;
        Self { port, _process: process, _folder: folder }
    }
}

/// A recipe with other addresses, each of which must be in it.
fn recipe(name: &str, changes: &[(&str, &str)]) -> String {
    let text = std::fs::read_to_string(root().join("deploy").join(name)).expect("the recipe is in deploy/");
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{name} does not say {from}");
        text.replace(from, to)
    })
}

fn free() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free TCP port").port()
}

fn rights_of_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}
