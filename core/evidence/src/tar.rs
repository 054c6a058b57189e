//! A small part of ustar (POSIX.1-1988): regular files with short, plain names, in any order, and nothing else.
//!
//! Every `tar` opens what this writes. What it reads is refused where it is anything that this could not have written: links,
//! long names, sparse files, paths that lead elsewhere, sizes beyond [`BUNDLE_BYTES_MAX`].

use std::collections::BTreeMap;

use hustings_vocab::limits::evidence::{BUNDLE_BYTES_MAX, BUNDLE_FILES_MAX};

/// Files by path.
pub type Files = BTreeMap<String, Vec<u8>>;

const BLOCK: usize = 512;

/// Why bytes are no archive of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTar {
    /// It is too long.
    #[error("{0} bytes, where {BUNDLE_BYTES_MAX} are the most")]
    TooLong(usize),
    /// It has too many files.
    #[error("more than {BUNDLE_FILES_MAX} files")]
    TooMany,
    /// It ends within a file, or before its end is marked.
    #[error("it is cut short: it ends within a file or before the two empty blocks at the end")]
    Short,
    /// A header is damaged, or of a kind that is not taken.
    #[error("the header at byte {0} is damaged, or of another kind than a plain file")]
    Header(usize),
    /// A name that is not taken.
    #[error("the file name {0:?} is not taken: a-z, 0-9 and -_. in parts of a relative path, each once")]
    Name(String),
    /// Something follows its end.
    #[error("something follows the end of the archive")]
    Long,
}

/// Writes an archive. Names that reading would not take are left out; there are none among ours.
#[must_use]
pub fn write(files: &Files) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| is_name(name)) {
        let mut header = [0; BLOCK];
        let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, name);
        put(100, "0000644\0");
        put(108, "0000000\0");
        put(116, "0000000\0");
        put(124, &format!("{:011o}\0", bytes.len()));
        put(136, "00000000000\0");
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\0");
        put(263, "00");
        let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend_from_slice(&header);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    out
}

/// Reads an archive.
///
/// # Errors
/// [`BadTar`], for the first thing that is not as it is written here.
pub fn read(bytes: &[u8]) -> Result<Files, BadTar> {
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(BadTar::TooLong(bytes.len()));
    }
    let mut files = Files::new();
    let mut at = 0;
    loop {
        let header = bytes.get(at..at + BLOCK).ok_or(BadTar::Short)?;
        if header.iter().all(|b| *b == 0) {
            break;
        }
        let (name, size) = header_of(header).ok_or(BadTar::Header(at))?;
        if !is_name(&name) || files.contains_key(&name) {
            return Err(BadTar::Name(name));
        }
        if files.len() >= BUNDLE_FILES_MAX {
            return Err(BadTar::TooMany);
        }
        at += BLOCK;
        let file = bytes.get(at..at + size).ok_or(BadTar::Short)?;
        files.insert(name, file.to_vec());
        at += size.next_multiple_of(BLOCK);
    }
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.len() < 2 * BLOCK {
        return Err(BadTar::Short);
    }
    if rest.iter().any(|b| *b != 0) { Err(BadTar::Long) } else { Ok(files) }
}

fn header_of(header: &[u8]) -> Option<(String, usize)> {
    let octal = |field: &[u8]| {
        let text = std::str::from_utf8(field).ok()?.trim_end_matches(['\0', ' ']);
        let digits = !text.is_empty() && text.bytes().all(|b| matches!(b, b'0'..=b'7'));
        digits.then(|| usize::from_str_radix(text, 8).ok()).flatten()
    };
    let sum: usize =
        header.iter().enumerate().map(|(n, b)| if (148..156).contains(&n) { 32 } else { (*b).into() }).sum();
    let is_plain = header[156] == b'0' && &header[257..263] == b"ustar\0" && header[345..].iter().all(|b| *b == 0);
    if !is_plain || octal(&header[148..156])? != sum {
        return None;
    }
    let name = &header[..100];
    let end = name.iter().position(|b| *b == 0)?;
    if name[end..].iter().any(|b| *b != 0) {
        return None;
    }
    let size = octal(&header[124..136]).filter(|size| *size <= BUNDLE_BYTES_MAX)?;
    // Bytes that are no text are shown as such in the refusal of the name.
    Some((String::from_utf8_lossy(&name[..end]).into_owned(), size))
}

fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'))
    };
    name.len() < 100 && name.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Vec<u8> {
        write(&Files::from([("a/b.p/1".into(), vec![1; 513]), ("c".into(), Vec::new()), ("d".into(), b"x".to_vec())]))
    }

    #[test]
    fn there_and_back() {
        let bytes = good();
        assert_eq!(bytes.len() % BLOCK, 0);
        assert_eq!(write(&read(&bytes).unwrap()), bytes);
        assert_eq!(read(&write(&Files::new())).unwrap(), Files::new());
    }

    #[test]
    fn what_is_cut_damaged_or_hostile_is_refused() {
        let bytes = good();
        for cut in [0, 1, 511, 512, 700, 1536, 2000, bytes.len() - 1024, bytes.len() - 512, bytes.len() - 1] {
            assert!(read(&bytes[..cut]).is_err(), "{cut}");
        }
        let with = |name: &str| {
            let mut bytes = write(&Files::from([("x".repeat(name.len()), Vec::new())]));
            bytes[..name.len()].copy_from_slice(name.as_bytes());
            let sum: u32 = bytes[..512]
                .iter()
                .enumerate()
                .map(|(n, b)| if (148..156).contains(&n) { 32 } else { (*b).into() })
                .sum();
            bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            read(&bytes)
        };
        assert!(with("ok").is_ok());
        for bad in ["../x", "/x", "a//b", "a/../b", ".x", "a/", "A", "a b", "a\\b"] {
            assert_eq!(with(bad), Err(BadTar::Name(bad.into())));
        }
        let mut link = bytes.clone();
        link[156] = b'2';
        assert_eq!(read(&link), Err(BadTar::Header(0)));
        let mut twice = bytes[..bytes.len() - 1024].to_vec();
        twice.extend_from_slice(&bytes);
        assert!(matches!(read(&twice), Err(BadTar::Name(_))));
        let mut longer = bytes;
        longer.push(1);
        assert_eq!(read(&longer), Err(BadTar::Long));
    }
}
