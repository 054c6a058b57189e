//! One server of ours: the real binary on ports and a data folder of its own.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use crate::{Folder, Outcome, Ports, Program, Running, children, hustings, python, until};

/// A server that is ready. It dies with the story.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub ports: Ports,
    folder: Folder,
    process: Option<Running>,
    http: reqwest::Client,
    environment: Vec<(&'static str, String)>,
    io_uring: bool,
    /// Of each process, if they are fewer than ours.
    descriptors: Option<usize>,
}

/// The wall clock of one server, which can be set while it runs (libfaketime). Its monotonic clock is the machine's.
#[derive(Debug)]
pub struct WallClock(String);

impl WallClock {
    /// Sets it to so many seconds from the machine's, such as `+3600`.
    ///
    /// # Panics
    /// When the server's folder cannot be written.
    pub fn set(&self, offset: &str) {
        let new = format!("{}.new", self.0);
        std::fs::write(&new, format!("{offset}\n")).expect("the folder can be written");
        std::fs::rename(new, &self.0).expect("the folder can be written");
    }
}

impl Server {
    /// Starts one and waits until it is ready.
    ///
    /// # Panics
    /// When it is not ready within ten seconds, with what it said.
    pub async fn start() -> Self {
        let mut server = Self::new();
        server.resume().await;
        server
    }

    /// Starts one whose audience is served by so many processes.
    ///
    /// # Panics
    /// When it is not ready within ten seconds, with what it said.
    pub async fn start_with_edges(edges: usize) -> Self {
        let mut server = Self::new();
        server.environment = vec![("HUSTINGS_AUDIENCE_EDGES", edges.to_string())];
        server.resume().await;
        server
    }

    /// Starts one that believes balancers at this address, by the PROXY protocol.
    ///
    /// # Panics
    /// When it is not ready within ten seconds, with what it said.
    pub async fn start_behind(balancer: &str) -> Self {
        let mut server = Self::new();
        server.environment = vec![("HUSTINGS_PUBLIC_PROXIES", balancer.to_owned())];
        server.resume().await;
        server
    }

    /// Starts one whose gate lets in so many listeners, and so many a second, with two processes of the audience.
    ///
    /// # Panics
    /// When it is not ready within ten seconds, with what it said.
    pub async fn start_with_a_gate(listeners: usize, joins: usize) -> Self {
        let mut server = Self::new();
        server.environment = vec![
            ("HUSTINGS_AUDIENCE_EDGES", "2".to_owned()),
            ("HUSTINGS_GATE_LISTENERS", listeners.to_string()),
            ("HUSTINGS_GATE_JOINS_PER_SECOND", joins.to_string()),
        ];
        server.resume().await;
        server
    }

    /// Starts one whose line carries so much.
    ///
    /// # Panics
    /// When it is not ready within ten seconds, with what it said.
    pub async fn start_with_a_line(rate: &str) -> Self {
        let mut server = Self::new();
        server.environment = vec![("HUSTINGS_AUDIENCE_EDGES", "2".to_owned()), ("HUSTINGS_LINE_RATE", rate.to_owned())];
        server.resume().await;
        server
    }

    /// The processes that serve its audience, by the numbers that it gave them.
    #[must_use]
    pub fn edges(&self) -> Vec<u32> {
        let own = self.process().pid().expect("the server runs");
        (1..).map_while(|n| children(own, &format!("--number {n} ")).first().copied()).collect()
    }

    /// The UDP ports that its WebRTC listeners send to.
    pub async fn audience_udp(&mut self) -> Vec<u16> {
        let process = self.process.as_mut().expect("the server runs");
        let line = process.line("audience tcp", Duration::from_secs(5)).await;
        let ports = line.rsplit_once("udp ").expect("it names them").1.split(' ').skip(1);
        ports.map(|port| port.parse().expect("a port is a number")).collect()
    }

    /// Starts one whose wall clock can be set.
    ///
    /// # Panics
    /// When it is not ready within ten seconds, or `make setup` did not install libfaketime.
    pub async fn start_with_a_clock() -> (Self, WallClock) {
        let mut server = Self::new();
        let clock = WallClock(server.folder.file("clock"));
        clock.set("+0");
        server.environment = vec![
            ("LD_PRELOAD", preloaded("libfaketime.so.1")),
            ("FAKETIME_TIMESTAMP_FILE", clock.0.clone()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
        ];
        server.resume().await;
        (server, clock)
    }

    /// Starts one to which the kernel forbids io_uring.
    ///
    /// # Panics
    /// When it is not ready within ten seconds.
    pub async fn start_without_io_uring() -> Self {
        let mut server = Self { io_uring: false, ..Self::new() };
        server.resume().await;
        server
    }

    /// Starts one whose processes may have so many descriptors each, with so many edges; 0: all in one process.
    ///
    /// # Panics
    /// When it is not ready within ten seconds.
    pub async fn start_with_descriptors(most: usize, edges: usize) -> Self {
        let environment = vec![("HUSTINGS_AUDIENCE_EDGES", edges.to_string())];
        let mut server = Self { descriptors: Some(most), environment, ..Self::new() };
        server.resume().await;
        server
    }

    fn new() -> Self {
        let folder = Folder::fresh();
        let ports = Ports::free();
        std::fs::write(folder.path().join("hustings.toml"), ports.configuration()).expect("the folder can be written");
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build();
        let http = http.expect("a plain client can be made");
        Self { ports, folder, process: None, http, environment: Vec::new(), io_uring: true, descriptors: None }
    }

    /// One with a key of its configuration set by its variable, which was not started yet.
    #[must_use]
    pub fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.environment.push((variable, value.to_owned()));
        self
    }

    /// One on the records at an address, or in its data folder, that was not started yet.
    #[must_use]
    pub fn on_records(url: Option<String>) -> Self {
        Self::configured(url.map(|url| ("HUSTINGS_STORE_URL", url)).into_iter().collect())
    }

    /// One with these settings, that was not started yet.
    #[must_use]
    pub fn configured(environment: Vec<(&'static str, String)>) -> Self {
        Self { environment, ..Self::new() }
    }

    /// Starts it and does not wait for anything.
    pub fn launch(&mut self) {
        let config = self.folder.file("hustings.toml");
        let program = if self.io_uring { hustings() } else { hustings().within(python("without_io_uring.py")) };
        let limit = |most: usize| Program::new("prlimit").arg(format!("--nofile={most}:{most}"));
        let program = program.args(["serve", "--config", &config, "--data", &self.data()]);
        let program = match self.descriptors {
            Some(most) => program.within(limit(most)),
            None => program,
        };
        let program = self.environment.iter().fold(program, |program, (key, value)| program.env(key, value));
        self.process = Some(program.spawn());
    }

    /// Waits until it has said that it is ready.
    ///
    /// # Panics
    /// When that takes longer than `bound`, or it has ended.
    pub async fn said_ready(&mut self, bound: Duration) {
        self.process.as_mut().expect("the server was launched").line("ready", bound).await;
    }

    /// Starts it again on the same ports and data.
    ///
    /// # Panics
    /// When it is not ready within ten seconds.
    pub async fn resume(&mut self) {
        self.launch();
        let ready = self.private("/readyz");
        let http = self.http.clone();
        let process = self.process.as_mut().expect("it was started above");
        // Whichever comes first: it answers, or it has ended and said why.
        until("the server is ready", Duration::from_secs(10), async || {
            if !process.is_running() {
                return Some(());
            }
            http.get(&ready).send().await.ok().filter(|a| a.status() == StatusCode::OK).map(drop)
        })
        .await;
        if !process.is_running() {
            let outcome = self.process.take().expect("it was started above").end(Duration::from_secs(2)).await;
            panic!("the server ended with {:?}\n{}{}", outcome.code, outcome.stdout, outcome.stderr);
        }
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> String {
        self.folder.file("data")
    }

    /// The path of a file beside its data, for what a story records.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        self.folder.file(name)
    }

    /// An address on its public listener.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.ports.public)
    }

    /// An address on its audience listener.
    #[must_use]
    pub fn audience(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.ports.audience)
    }

    /// An address on its private listener.
    #[must_use]
    pub fn private(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.ports.private)
    }

    /// A client for plain requests.
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The process, for signals.
    ///
    /// # Panics
    /// When the story has ended it.
    #[must_use]
    pub fn process(&self) -> &Running {
        self.process.as_ref().expect("the server runs")
    }

    /// Sends a signal and waits for the end.
    ///
    /// # Panics
    /// When it takes longer than `bound`.
    pub async fn stop(&mut self, signal: &str, bound: Duration) -> Outcome {
        let process = self.process.take().expect("the server runs");
        process.signal(signal);
        process.end(bound).await
    }

    /// Runs a command of ours on this server's data folder.
    ///
    /// # Panics
    /// When it takes longer than ten seconds.
    pub async fn command(&self, args: &[&str]) -> Outcome {
        hustings().args(args).args(["--data", &self.data()]).run(Duration::from_secs(10)).await
    }

    /// Makes a conversation and goes live; gives its address.
    ///
    /// # Panics
    /// When a command fails.
    pub async fn live(&self, slug: &str) -> String {
        self.command(&["conversation", "create", slug, "--title", "A story"]).await.done();
        self.command(&["conversation", "start", slug]).await.done();
        self.url(&format!("/c/{slug}"))
    }

    /// A token for a role and a seat.
    ///
    /// # Panics
    /// When the command fails.
    pub async fn token(&self, slug: &str, role: &str, seat: &str) -> String {
        let outcome = self.command(&["token", slug, "--role", role, "--seat", seat, "--name", seat]).await.ok();
        outcome.stdout.trim().to_owned()
    }

    /// Starts a speaker of ours, which sends a file in a loop, and waits until the stage has it.
    ///
    /// # Panics
    /// When it is not on stage within ten seconds.
    pub async fn speaker(&self, slug: &str, seat: &str, file: &str) -> Running {
        let token = self.token(slug, "speaker", seat).await;
        let url = self.url(&format!("/c/{slug}"));
        let running = hustings().args(["speak", &url, file, "--token", &token, "--loop"]).spawn();
        self.on_stage(slug, seat, true, Duration::from_secs(10)).await;
        running
    }

    /// Waits until a seat's line is up, or down.
    ///
    /// # Panics
    /// When that takes longer than `bound`.
    pub async fn on_stage(&self, slug: &str, seat: &str, connected: bool, bound: Duration) {
        let what = format!("{seat} is {} stage", if connected { "on" } else { "off" });
        until(&what, bound, async || {
            let snapshot = self.snapshot(slug).await?;
            let speakers = snapshot["roster"]["speakers"].as_array()?;
            let found = speakers.iter().any(|s| s["seat"] == seat && s["connected"] == true);
            (found == connected).then_some(())
        })
        .await;
    }

    /// The snapshot with which the events of a conversation begin.
    pub async fn snapshot(&self, slug: &str) -> Option<Value> {
        snapshot(&self.audience(&format!("/c/{slug}/events"))).await
    }

    /// A sample of `/metrics`, named with its labels as it stands there.
    pub async fn metric(&self, name: &str) -> Option<f64> {
        let text = self.http.get(self.private("/metrics")).send().await.ok()?.text().await.ok()?;
        let line = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(' '))?;
        line.split(' ').next()?.parse().ok()
    }

    /// The phase of a conversation, such as `"live"` or `{"held":"line_lost"}`.
    pub async fn phase(&self, slug: &str) -> Option<Value> {
        Some(self.snapshot(slug).await?["state"]["phase"].take())
    }

    /// Waits for a phase by its name: `lobby`, `live`, `held`, `ended`.
    ///
    /// # Panics
    /// When that takes longer than `bound`.
    pub async fn reaches(&self, slug: &str, name: &str, bound: Duration) {
        until(&format!("{slug} is {name}"), bound, async || {
            let phase = self.phase(slug).await?;
            (phase == name || phase.get(name).is_some()).then_some(())
        })
        .await;
    }

    /// How many `/audience` says are listening.
    pub async fn listening(&self, slug: &str) -> Option<u64> {
        self.count(slug).await?["listening"].as_u64()
    }

    /// What `/audience` says.
    pub async fn count(&self, slug: &str) -> Option<Value> {
        let url = self.audience(&format!("/c/{slug}/audience"));
        self.http.get(url).send().await.ok()?.json().await.ok()
    }
}

/// A library of Debian's `libfaketime`, whatever the machine's architecture.
fn preloaded(name: &str) -> String {
    let folders = std::fs::read_dir("/usr/lib").expect("a system has libraries");
    let mut found = folders.filter_map(|f| Some(f.ok()?.path().join("faketime").join(name))).filter(|p| p.exists());
    found.next().expect("libfaketime is installed: run `make setup`").to_string_lossy().into_owned()
}

/// The snapshot with which the events at an address begin.
pub async fn snapshot(url: &str) -> Option<Value> {
    let mut answer = reqwest::get(url).await.ok()?;
    let mut text = String::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        text.push_str(&String::from_utf8_lossy(&chunk));
        // What comes before the first event, such as `retry:`, holds no data.
        let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
        let mut data =
            whole.split("\n\n").map(|e| e.lines().filter_map(|l| l.strip_prefix("data:")).collect::<String>());
        if let Some(data) = data.find(|d| !d.is_empty()) {
            return serde_json::from_str(&data).ok();
        }
    }
    None
}
