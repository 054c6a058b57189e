//! The files of the `keys` folder.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use hustings_vocab::limits;
use rand::TryRng;
use rand::rngs::SysRng;

use super::{ApplicationKey, KeyError};
use crate::error::FolderError;
use crate::folder::{self, FolderLock, failed};

const OWN: &str = "token.pem";
const PUBLIC_KEY: &str = ".pub.pem";
const SECRET: &str = ".hs256";

/// The server's own key, made if it is absent. A process that finds the file finds a whole key in it: the key is written
/// under another name, flushed, and renamed while no other process can do the same.
pub(super) fn own_key(data_dir: &Path, folder: &Path) -> Result<SigningKey, KeyError> {
    folder::make(data_dir)?;
    folder::make(folder)?;
    let path = folder.join(OWN);
    let pem = match read_text(&path) {
        Err(e) if e.source.kind() == ErrorKind::NotFound => {
            let _alone = FolderLock::take(folder)?;
            if !path.try_exists().map_err(failed("look for", &path))? {
                write_key(folder, &path)?;
            }
            read_text(&path)?
        }
        read => read?,
    };
    SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| KeyError::NotAKey {
        path,
        expected: "an Ed25519 private key in PKCS #8 PEM",
        remedy: "restore it from a backup, or delete it: a new one is made, and every token issued so far ends",
    })
}

fn write_key(folder: &Path, path: &Path) -> Result<(), KeyError> {
    let mut seed = [0; 32];
    SysRng.try_fill_bytes(&mut seed).map_err(|e| KeyError::Randomness(e.to_string()))?;
    let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF).expect("an Ed25519 key has a PEM form");
    let draft = folder.join(".token.pem.new");
    // What a process that died here left behind is half a key.
    if let Err(e) = fs::remove_file(&draft)
        && e.kind() != ErrorKind::NotFound
    {
        return Err(failed("remove", &draft)(e).into());
    }
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(failed("create", &draft))?;
    file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).map_err(failed("write", &draft))?;
    fs::rename(&draft, path).map_err(failed("create", path))?;
    fs::File::open(folder).and_then(|f| f.sync_all()).map_err(failed("flush", folder))?;
    Ok(())
}

/// An application's key, as found in its file.
pub(super) struct KeyFile {
    pub(super) kid: String,
    content: Content,
}

enum Content {
    PublicKey(String),
    Secret(String),
}

impl KeyFile {
    pub(super) fn key(&self) -> ApplicationKey<'_> {
        match &self.content {
            Content::PublicKey(pem) => ApplicationKey::EdDsaPem(pem),
            Content::Secret(text) => ApplicationKey::Hs256(text.trim_end_matches(['\r', '\n']).as_bytes()),
        }
    }
}

/// The applications' keys, in the order of their names. Other files are not looked at.
pub(super) fn application_keys(folder: &Path) -> Result<Vec<KeyFile>, KeyError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("list", folder))? {
        let path = entry.map_err(failed("list", folder))?.path();
        let Some(name) = path.file_name().and_then(|n| n.to_str()) else { continue };
        if let Some(kid) = name.strip_suffix(PUBLIC_KEY) {
            found.push(KeyFile { kid: kid.to_owned(), content: Content::PublicKey(read_text(&path)?) });
        } else if let Some(kid) = name.strip_suffix(SECRET) {
            found.push(KeyFile { kid: kid.to_owned(), content: Content::Secret(read_text(&path)?) });
        }
    }
    found.sort_by(|a, b| a.kid.cmp(&b.kid));
    Ok(found)
}

/// The text of a key file, at most [`limits::KEY_FILE_BYTES_MAX`] of it.
fn read_text(path: &Path) -> Result<String, FolderError> {
    let file = fs::File::open(path).map_err(failed("read", path))?;
    let mut text = String::new();
    file.take(limits::KEY_FILE_BYTES_MAX).read_to_string(&mut text).map_err(failed("read", path))?;
    Ok(text)
}
