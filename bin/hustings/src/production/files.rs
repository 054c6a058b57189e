//! Clips and covers as files in the data folder, and how a stranger's file becomes one.
//!
//! An upload is written down as it comes, opened by a process of its own (`unpack`), and what that made gets its name last: a
//! crash leaves nothing that is taken for a clip. Names are drawn here, so none of a stranger's is ever part of a path.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hustings_link::desk::DeskError;
use hustings_link::misuse::Misuse;
use hustings_link::production::{BringError, LobbyChoice, Upload};
use hustings_studio::{Feed, LobbySound};
use hustings_vocab::plan::Cover;
use hustings_vocab::{Slug, limits};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::reader;
use crate::failure::Failure;
use crate::unpack::{Unpacked, small};

/// Beginning of the names of files that are on their way in.
const INCOMING: &str = "incoming-";

/// The files.
pub(crate) struct Files {
    folder: PathBuf,
    /// Clips that may still be read at once.
    readers: Arc<Semaphore>,
    /// Uploads that may still be taken in at once.
    uploads: Semaphore,
    /// Files that may still be opened at once.
    unpacking: Semaphore,
    pad: std::sync::OnceLock<Arc<[f32]>>,
}

/// A file that is gone when this is.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // It has got its name, or was never made.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Files {
    /// Those in a data folder. What was on its way in when the server stopped is thrown away.
    pub(crate) fn open(data: &Path) -> Result<Self, Failure> {
        use std::os::unix::fs::DirBuilderExt;
        let folder = data.join("media");
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        for entry in std::fs::read_dir(&folder)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(INCOMING) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(Self {
            folder,
            readers: Arc::new(Semaphore::new(limits::CLIPS_PLAYING_MAX)),
            uploads: Semaphore::new(limits::UPLOADS_AT_ONCE_MAX),
            unpacking: Semaphore::new(limits::UNPACKED_AT_ONCE_MAX),
            pad: std::sync::OnceLock::new(),
        })
    }

    /// The sound of a clip, read ahead.
    pub(crate) fn read(&self, slug: &Slug, id: &str, again: bool) -> std::io::Result<Feed> {
        reader::read(&self.clip(slug, id), again, &self.readers)
    }

    /// What a lobby sounds of; nothing where the clip cannot be read.
    pub(crate) fn lobby(&self, slug: &Slug, choice: &LobbyChoice) -> Option<LobbySound> {
        match choice {
            LobbyChoice::Off => None,
            LobbyChoice::Default => {
                let pad = self.pad.get_or_init(|| hustings_mix::pad().into());
                Some(LobbySound::Loop(pad.clone()))
            }
            LobbyChoice::Clip(id) => match self.read(slug, id, true) {
                Ok(feed) => Some(LobbySound::Feed(feed)),
                Err(error) => {
                    tracing::error!(%slug, id, %error, "the sound of a lobby cannot be read");
                    None
                }
            },
        }
    }

    /// Takes a clip in; answers with its name and its length.
    pub(crate) async fn take_clip(&self, slug: &Slug, upload: Upload) -> Result<(String, u64), BringError> {
        let id = drawn();
        let to = self.clip(slug, &id);
        match self.take("sound", upload, limits::CLIP_UPLOAD_BYTES_MAX, &[(self.incoming(), to)]).await? {
            Unpacked::Sound { length_ms } => Ok((id, length_ms)),
            other => Err(failed(format!("a clip was opened as {other:?}"))),
        }
    }

    /// Takes a cover in.
    pub(crate) async fn take_cover(&self, slug: &Slug, upload: Upload) -> Result<Cover, BringError> {
        let tag = drawn();
        let made = self.incoming();
        let files = [(made.clone(), self.cover(slug, &tag, false)), (small(&made), self.cover(slug, &tag, true))];
        match self.take("picture", upload, limits::COVER_UPLOAD_BYTES_MAX, &files).await? {
            Unpacked::Picture { width, height } => Ok(Cover { tag, width, height }),
            other => Err(failed(format!("a cover was opened as {other:?}"))),
        }
    }

    /// The bytes of a cover.
    pub(crate) async fn cover_bytes(&self, slug: &Slug, tag: &str, small: bool) -> Result<Bytes, BringError> {
        let path = self.cover(slug, tag, small);
        let length = tokio::fs::metadata(&path).await.map_err(failed)?.len();
        if length > limits::COVER_BYTES_MAX {
            return Err(failed(format!("{} has {length} bytes", path.display())));
        }
        Ok(tokio::fs::read(path).await.map_err(failed)?.into())
    }

    /// Throws a clip's file away.
    pub(crate) async fn remove_clip(&self, slug: &Slug, id: &str) {
        remove(&self.clip(slug, id)).await;
    }

    /// Throws a cover's files away.
    pub(crate) async fn remove_cover(&self, slug: &Slug, tag: &str) {
        remove(&self.cover(slug, tag, false)).await;
        remove(&self.cover(slug, tag, true)).await;
    }

    /// Writes an upload down, opens it, and gives what that made its names.
    async fn take(
        &self,
        kind: &str,
        upload: Upload,
        bytes_max: u64,
        files: &[(PathBuf, PathBuf)],
    ) -> Result<Unpacked, BringError> {
        let _place = self.uploads.try_acquire().map_err(|_| BringError::Busy(5))?;
        let from = Scratch(self.incoming());
        let _made: Vec<_> = files.iter().map(|(made, _)| Scratch(made.clone())).collect();
        let patience = Duration::from_secs(limits::UPLOAD_SECONDS_MAX);
        tokio::time::timeout(patience, write(&from.0, upload, bytes_max)).await.map_err(|_| BringError::BrokeOff)??;
        let unpacked = {
            let _turn = self.unpacking.acquire().await.map_err(failed)?;
            unpack(kind, &from.0, &files[0].0).await.inspect_err(count_refused)?
        };
        if let Unpacked::Refused(why) = unpacked {
            Misuse::Uploads.count();
            return Err(BringError::Refused(why));
        }
        for (made, name) in files {
            tokio::fs::rename(made, name).await.map_err(failed)?;
        }
        Ok(unpacked)
    }

    fn incoming(&self) -> PathBuf {
        self.folder.join(format!("{INCOMING}{}", drawn()))
    }

    fn clip(&self, slug: &Slug, id: &str) -> PathBuf {
        self.folder.join(format!("{slug}.{id}.pcm"))
    }

    fn cover(&self, slug: &Slug, tag: &str, small: bool) -> PathBuf {
        self.folder.join(format!("{slug}.{tag}.{}.jpg", if small { "small" } else { "large" }))
    }
}

fn drawn() -> String {
    format!("{:016x}", rand::random::<u64>())
}

fn failed(error: impl std::fmt::Display) -> BringError {
    BringError::Desk(DeskError::Store(error.to_string()))
}

async fn remove(path: &Path) {
    if let Err(error) = tokio::fs::remove_file(path).await {
        tracing::warn!(path = %path.display(), %error, "a file was not removed");
    }
}

async fn write(to: &Path, mut upload: Upload, bytes_max: u64) -> Result<(), BringError> {
    let mut file = tokio::fs::File::create(to).await.map_err(failed)?;
    let mut written = 0;
    while let Some(piece) = upload.recv().await {
        let piece = piece?;
        written += piece.len() as u64;
        if written > bytes_max {
            return Err(BringError::TooLarge(bytes_max));
        }
        file.write_all(&piece).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)
}

fn count_refused(error: &BringError) {
    if matches!(error, BringError::Refused(_)) {
        Misuse::Uploads.count();
    }
}

/// Opens a file in a process that the kernel bounds. One that ends without a word was ended by a bound.
async fn unpack(kind: &str, from: &Path, to: &Path) -> Result<Unpacked, BringError> {
    let mut command = Command::new("/proc/self/exe");
    command.arg0("hustings").args(["unpack", kind]).arg(from).arg(to);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let patience = Duration::from_secs(limits::UNPACK_SECONDS_MAX);
    let refused =
        || BringError::Refused("the file is damaged or takes too much to open; save it anew in another program".into());
    let ended = tokio::time::timeout(patience, command.output()).await.map_err(|_| refused())?.map_err(failed)?;
    if !ended.status.success() {
        tracing::info!(kind, status = %ended.status, "a file could not be opened within its bounds");
        return Err(refused());
    }
    serde_json::from_slice(&ended.stdout).map_err(failed)
}
