//! A private PostgreSQL for a story: an empty database on a free port, which ends with the story.
//!
//! PostgreSQL refuses to run as root, so root gives it to `nobody`. It does not wait for the disk (`-F`): stories end servers of
//! ours and not the machine.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::{Folder, Program, Running, until};

/// A server with one empty database.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    /// Ended before its folder goes.
    _process: Running,
    _folder: Folder,
}

impl Postgres {
    /// Starts one; `None` where PostgreSQL is not installed (`make setup` does that).
    ///
    /// # Panics
    /// When it is installed and does not start.
    pub async fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = Folder::fresh();
        let data = folder.path().join("postgres");
        std::fs::create_dir(&data).expect("the folder can be written");
        if is_root() {
            let given = Command::new("chown").arg("nobody:nogroup").arg(&data).status();
            assert!(given.is_ok_and(|status| status.success()), "a folder can be given away");
        }
        let options = ["--auth=trust", "--username=hustings", "--encoding=UTF8", "--no-sync", "-D"];
        program(&programs, "initdb").args(options).arg(&data).run(Duration::from_secs(60)).await.done();
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a free port").port();
        let own = ["-h", "127.0.0.1", "-k", "", "-F", "-p", &port.to_string(), "-D"];
        let process = program(&programs, "postgres").args(own).arg(&data).spawn();
        until("PostgreSQL is ready", Duration::from_secs(20), async || {
            let said = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            said.contains("ready").then_some(())
        })
        .await;
        Some(Self { port, _process: process, _folder: folder })
    }

    /// The address for `store.url`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://hustings@127.0.0.1:{}/postgres", self.port)
    }
}

fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|v| v.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.chain(std::env::split_paths(&path)).find(|bin| bin.join("postgres").exists() && bin.join("initdb").exists())
}

/// A program of it, run by somebody who is not root.
fn program(programs: &Path, name: &str) -> Program {
    let as_nobody: &[&str] = if is_root() { &["--reuid=nobody", "--regid=nogroup", "--clear-groups"] } else { &[] };
    // The signal is for a story that ends without a word.
    let own = Program::new(programs.join(name)).env("LC_ALL", "C.UTF-8");
    own.within(Program::new("setpriv").args(as_nobody).args(["--pdeathsig", "KILL"])).env("LC_ALL", "C.UTF-8")
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
