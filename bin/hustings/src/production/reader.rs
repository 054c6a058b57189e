//! A clip is read by a thread beside the tick, a second ahead, into a bounded queue that the tick takes from.
//!
//! The thread ends with the file, or when nobody takes any more. Absent: gains and fades, which belong to the tick.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use hustings_studio::Feed;
use hustings_vocab::{TICK_SAMPLES, limits};
use tokio::sync::Semaphore;

type Frame = [f32; TICK_SAMPLES];

/// Begins to read a clip, once or over and over. `readers` says how many more may be read.
pub(crate) fn read(path: &Path, again: bool, readers: &Arc<Semaphore>) -> std::io::Result<Feed> {
    let file = BufReader::with_capacity(32 * 1024, File::open(path)?);
    let permit = readers.clone().try_acquire_owned();
    let permit = permit.map_err(|_| std::io::Error::other("as many clips are played as can be"))?;
    let (ahead, feed) = sync_channel(limits::CLIP_AHEAD_TICKS_MAX);
    std::thread::Builder::new().name("clip".into()).spawn(move || {
        if let Err(error) = send(file, again, &ahead) {
            tracing::error!(%error, "a clip cannot be read on");
        }
        drop(permit);
    })?;
    Ok(feed)
}

/// Sends tick after tick; the last one is filled up with silence.
fn send(mut file: impl Read + Seek, again: bool, ahead: &SyncSender<Box<Frame>>) -> std::io::Result<()> {
    let mut bytes = [0_u8; TICK_SAMPLES * 2];
    loop {
        let read = fill(&mut file, &mut bytes)?;
        if read > 0 {
            bytes[read..].fill(0);
            let mut frame = Box::new([0.0; TICK_SAMPLES]);
            for (sample, pair) in frame.iter_mut().zip(bytes.chunks_exact(2)) {
                *sample = f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0;
            }
            // Nobody takes any more: it was stopped.
            if ahead.send(frame).is_err() {
                return Ok(());
            }
        }
        if read < bytes.len() {
            if !again || file.seek(SeekFrom::End(0))? == 0 {
                return Ok(());
            }
            file.seek(SeekFrom::Start(0))?;
        }
    }
}

fn fill(file: &mut impl Read, bytes: &mut [u8]) -> std::io::Result<usize> {
    let mut read = 0;
    while read < bytes.len() {
        match file.read(&mut bytes[read..])? {
            0 => break,
            n => read += n,
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_clip_is_all_its_ticks_and_ends() {
        let pcm: Vec<u8> = (0..1000_i16).flat_map(|n| (n * 30).to_le_bytes()).collect();
        let (ahead, feed) = sync_channel(8);
        send(Cursor::new(&pcm), false, &ahead).unwrap();
        drop(ahead);
        let frames: Vec<_> = feed.iter().collect();
        assert_eq!(frames.len(), 2);
        assert_eq!((frames[1][39], frames[1][40]), (999.0 * 30.0 / 32_768.0, 0.0));
    }

    #[test]
    fn who_stops_listening_ends_a_clip_that_would_go_on_for_ever() {
        let (ahead, feed) = sync_channel(2);
        let reader = std::thread::spawn(move || send(Cursor::new(vec![1_u8; 4000]), true, &ahead));
        assert!(feed.iter().take(9).count() == 9);
        drop(feed);
        reader.join().unwrap().unwrap();
        let (ahead, feed) = sync_channel(2);
        send(Cursor::new(Vec::<u8>::new()), true, &ahead).unwrap();
        drop(ahead);
        assert!(feed.recv().is_err(), "an empty file is no endless one");
    }
}
