//! A database for a test, of either kind: `on_both! { one, another }` runs each test on SQLite in a folder of its own, and on a
//! private PostgreSQL where the machine has one (`make setup` installs it).
//!
//! PostgreSQL refuses to run as root, so root gives it to `nobody`. Making its first files takes a second: they are made once
//! for a target folder and copied. A server listens on a free port of this machine and ends with the thread that started it,
//! however that ends.

#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "all of it is test code")]

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hustings_store::Store;
use hustings_vocab::Place;

/// Runs each test, an `async fn(&Database)`, on both databases.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::common::Database::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(database) = super::common::Database::postgres() {
                    super::$name(&database).await;
                }
            })*
        }
    };
}

/// One empty database. It is gone with its test.
pub(crate) struct Database {
    folder: PathBuf,
    place: Place,
    server: Option<Server>,
}

struct Server(Child);

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// A file in a folder of its own.
    pub(crate) fn sqlite() -> Self {
        let folder = fresh();
        Self { place: Place::in_folder(&folder), folder, server: None }
    }

    /// A server of its own; `None` where PostgreSQL is not installed.
    pub(crate) fn postgres() -> Option<Self> {
        let programs = programs()?;
        let folder = fresh();
        fs::create_dir_all(&folder).unwrap();
        let data = folder.join("postgres");
        let first = first_files(&programs);
        assert!(Command::new("cp").arg("-a").args([&first, &data]).status().unwrap().success());
        let (port, child) = serve(&programs, &data);
        let place = format!("postgres://hustings@127.0.0.1:{port}/postgres").parse().unwrap();
        Some(Self { folder, place, server: Some(Server(child)) })
    }

    /// The data folder that belongs to it.
    pub(crate) fn folder(&self) -> PathBuf {
        let folder = if self.server.is_some() { self.folder.join("data") } else { self.folder.clone() };
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Where it is.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Opens it, for the first time or again.
    pub(crate) async fn open(&self) -> Store {
        Store::open_at(&self.folder(), self.place.clone()).await.unwrap()
    }

    /// Sends it SQL that no function of the store would, as somebody with the password could.
    pub(crate) async fn tamper(&self, text: &'static str) {
        sqlx::any::install_default_drivers();
        let url = match &self.place {
            Place::Sqlite(path) => format!("sqlite://{}", path.display()),
            Place::Postgres(url) => url.clone(),
        };
        let pool = sqlx::AnyPool::connect(&url).await.unwrap();
        sqlx::query(text).execute(&pool).await.unwrap();
        pool.close().await;
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(self.server.take());
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where its programs are.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|v| v.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all: Vec<_> = debian.chain(std::env::split_paths(&path)).collect();
    all.retain(|folder| folder.join("postgres").exists() && folder.join("initdb").exists());
    all.into_iter().next()
}

/// A program of it, run by somebody who is not root.
fn program(programs: &Path, name: &str) -> Command {
    let program = programs.join(name);
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]);
    }
    // The group comes with the user; the signal is for whoever ends without a word.
    command.args(["--pdeathsig", "KILL"]).arg(program).env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// The files of an empty server, made by whichever test comes first.
fn first_files(programs: &Path) -> PathBuf {
    let version = programs.to_string_lossy().replace('/', "-");
    let kept = std::env::temp_dir().join(format!("hustings-postgres{version}-{}", u8::from(is_root())));
    fs::create_dir_all(&kept).unwrap();
    let lock = fs::File::create(kept.join("lock")).unwrap();
    lock.lock().unwrap();
    let made = kept.join("made");
    if !made.exists() {
        let making = kept.join("making");
        let _ = fs::remove_dir_all(&making);
        fs::create_dir(&making).unwrap();
        if is_root() {
            assert!(Command::new("chown").arg("nobody:nogroup").arg(&making).status().unwrap().success());
        }
        let options = ["--auth=trust", "--username=hustings", "--encoding=UTF8", "--no-sync", "--wal-segsize=1", "-D"];
        let made_so = program(programs, "initdb").args(options).arg(&making).output().unwrap();
        assert!(made_so.status.success(), "{}", String::from_utf8_lossy(&made_so.stderr));
        fs::rename(&making, &made).unwrap();
    }
    made
}

/// Starts a server on a free port. Somebody else may take the port first: then another one is tried.
fn serve(programs: &Path, data: &Path) -> (u16, Child) {
    for _ in 0..5 {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut child = program(programs, "postgres")
            .args(["-h", "127.0.0.1", "-k", "", "-F", "-c", "shared_buffers=16MB", "-p", &port.to_string(), "-D"])
            .arg(data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let late = Instant::now() + Duration::from_secs(20);
        while child.try_wait().unwrap().is_none() {
            let answers = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
            if answers && fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| text.contains("ready")) {
                return (port, child);
            }
            assert!(Instant::now() < late, "PostgreSQL is not ready after 20 s");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    panic!("PostgreSQL does not start; its programs are in {}", programs.display());
}

fn fresh() -> PathBuf {
    let number = NEXT.fetch_add(1, Relaxed);
    let folder = std::env::temp_dir().join(format!("hustings-records-{}-{number}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
