//! `hustings unpack`: opens one file of a stranger, in a process of its own.
//!
//! A decoder of foreign formats is the largest surface that an upload meets, and a file of a kilobyte can ask it for any amount
//! of memory and time. So it runs where neither matters: the kernel bounds this process's memory and processor time, and what it
//! says is one line of JSON that its parent reads. Absent: anything of the server; it knows two paths and a limit.

mod picture;
mod sound;

use std::path::Path;

use hustings_vocab::limits;
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use crate::args::{Unpack, UnpackKind};
use crate::failure::Failure;

/// What was found in a file.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unpacked {
    /// So much sound.
    Sound {
        /// In milliseconds.
        length_ms: u64,
    },
    /// A picture of this size.
    Picture {
        /// Pixels from left to right.
        width: u32,
        /// Pixels from top to bottom.
        height: u32,
    },
    /// Nothing that can be kept, and why.
    Refused(String),
}

/// Opens the file and says what it was.
pub(crate) fn run(args: &Unpack) -> Result<(), Failure> {
    bound()?;
    let unpacked = match args.kind {
        UnpackKind::Sound => sound::unpack(&args.from, &args.to)?,
        UnpackKind::Picture => picture::unpack(&args.from, &args.to)?,
    };
    crate::say(&serde_json::to_string(&unpacked)?);
    Ok(())
}

/// Gives up memory and time beyond what the largest file needs. It cannot be undone.
fn bound() -> std::io::Result<()> {
    let at_most = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::As, at_most(limits::UNPACK_MEMORY_BYTES_MAX))?;
    setrlimit(Resource::Cpu, at_most(limits::UNPACK_SECONDS_MAX))?;
    setrlimit(Resource::Core, at_most(0))?;
    Ok(())
}

/// Where the smaller size of a cover lies beside the larger.
pub(crate) fn small(large: &Path) -> std::path::PathBuf {
    large.with_extension("small.jpg")
}
