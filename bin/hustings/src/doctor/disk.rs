//! Whether the disk has room, and takes what must be written before it is acknowledged.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use super::Finding;

const ABOUT: &str = "disk";
/// An evening of records, seats and places: a million places are 64 MB.
const FREE_MIB_LEAST: u64 = 512;
const FREE_MIB_FEW: u64 = 4096;
/// Writes that are timed, of so many bytes each.
const WRITES: usize = 16;
const WRITE_BYTES: usize = 4096;
/// Milliseconds of the slowest: above the first who acts waits noticeably, above the second an act seems lost.
const SLOW_MS: f64 = 100.0;
const TOO_SLOW_MS: f64 = 1000.0;

pub(super) fn look(data: &Path) -> Vec<Finding> {
    // A folder that is not there yet will be made in the nearest that is.
    let folder = data.ancestors().find(|at| at.is_dir()).unwrap_or(Path::new("."));
    vec![free(folder), writes(folder)]
}

fn free(folder: &Path) -> Finding {
    let Ok(found) = rustix::fs::statvfs(folder) else {
        return Finding::unknown(ABOUT, format!("the room at {} cannot be seen", folder.display()), "look at df");
    };
    let mib = found.f_bavail.saturating_mul(found.f_frsize) >> 20;
    let says = format!("{mib} MiB free at {}", folder.display());
    match mib {
        0..FREE_MIB_LEAST => Finding::no_go(ABOUT, says, format!("make room: {FREE_MIB_LEAST} MiB at least")),
        FREE_MIB_LEAST..FREE_MIB_FEW => Finding::mind(ABOUT, says, "make room, for recordings above all"),
        _ => Finding::go(ABOUT, says),
    }
}

fn writes(folder: &Path) -> Finding {
    let path = folder.join(format!(".doctor-{}", std::process::id()));
    let timed = (|| {
        let mut file = File::create(&path)?;
        let mut took = Vec::with_capacity(WRITES);
        for _ in 0..WRITES {
            let began = Instant::now();
            file.write_all(&[0x5a; WRITE_BYTES])?;
            file.sync_data()?;
            took.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        Ok::<_, std::io::Error>(took)
    })();
    let _ = fs::remove_file(&path);
    let took = match timed {
        Ok(took) => took,
        Err(error) => {
            let says = format!("{} cannot be written: {error}", folder.display());
            return Finding::no_go(ABOUT, says, "give the server's user the folder, or name another with --data");
        }
    };
    let slowest = took.iter().copied().fold(0.0, f64::max);
    let mean = took.iter().sum::<f64>() / took.len() as f64;
    let says = format!("a write that must stay takes {mean:.1} ms, {slowest:.1} ms at most");
    let remedy = "end what else writes there, or move --data to a faster disk";
    if slowest > TOO_SLOW_MS {
        Finding::no_go(ABOUT, says, remedy)
    } else if slowest > SLOW_MS {
        Finding::mind(ABOUT, says, remedy)
    } else {
        Finding::go(ABOUT, says)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_folder_that_can_be_written_is_timed_and_left_as_it_was() {
        let folder = std::env::temp_dir().join(format!("hustings-doctor-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let found = look(&folder.join("not/there/yet"));
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|f| f.verdict != Verdict::Unknown), "{found:?}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::remove_dir_all(&folder).unwrap();
    }
}
