//! Backups that somebody else has made.

use super::*;

fn mark() -> Mark {
    Mark { format: FORMAT, schema: 1, made_ms: 1_800_000_000_000 }
}

fn rows(number: u32) -> Name {
    Name::Rows { table: "accounts".into(), number }
}

fn written(entries: &[(Name, &[u8])]) -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new(), &mark()).unwrap();
    for (name, bytes) in entries {
        writer.add(name, bytes.len() as u64, *bytes).unwrap();
    }
    writer.finish().unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<(Name, Vec<u8>)>, ArchiveError> {
    let mut found = Vec::new();
    walk(bytes, |_, name, from| {
        let mut text = Vec::new();
        from.read_to_end(&mut text).map_err(ArchiveError::Unreadable)?;
        found.push((name.clone(), text));
        Ok(())
    })?;
    Ok(found)
}

/// A tar file with these headers and contents, compressed.
fn forged(entries: &[(&[u8], tar::EntryType, &[u8])]) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for (name, kind, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_size(bytes.len() as u64);
        header.set_entry_type(*kind);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

const MARKED: &[u8] = br#"{"format":1,"schema":1,"made_ms":5}"#;

fn refusal(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

#[test]
fn what_was_written_is_read() {
    let file = Name::File("keys/token.pem".into());
    let whole = written(&[(rows(0), b"[\"id\"]\n[1]\n"), (rows(1), b""), (file.clone(), b"key")]);
    let expected = vec![(rows(0), b"[\"id\"]\n[1]\n".to_vec()), (rows(1), Vec::new()), (file, b"key".to_vec())];
    assert_eq!(read(&whole).unwrap(), expected);
}

#[test]
fn a_backup_that_was_cut_off_anywhere_is_refused() {
    let noise: Vec<u8> = (0..20_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let whole = written(&[(rows(0), &noise), (Name::File("a".into()), b"b")]);
    for end in (0..whole.len() - 1).step_by(97) {
        assert!(read(&whole[..end]).is_err(), "{end} of {}", whole.len());
    }
}

#[test]
fn a_backup_with_a_byte_that_was_changed_is_refused() {
    let whole = written(&[(rows(0), b"[\"id\"]\n[1]\n"), (Name::File("a".into()), b"b")]);
    // The head of gzip holds a time and a system that nobody reads.
    for at in 10..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        if let Ok(found) = read(&changed) {
            assert_eq!(found, read(&whole).unwrap(), "byte {at}");
        }
    }
}

#[test]
fn a_path_that_leads_elsewhere_is_refused() {
    let plain = tar::EntryType::Regular;
    for path in [
        "files/../../etc/passwd",
        "files//etc/passwd",
        "/etc/passwd",
        "files/.lock",
        "files/keys/.token.pem.new",
        "files/a/",
        "files/",
        "files/a\\b",
        "files/a\nb",
        "files/a/b/c/d/e/f/g/h/i",
        "tables/../x/000000.jsonl",
        "tables/accounts/0.jsonl",
        "tables/accounts/+00000.jsonl",
        "tables/ACCOUNTS/000000.jsonl",
        "tables//000000.jsonl",
        "elsewhere",
        "",
    ] {
        let bytes = forged(&[(MARK.as_bytes(), plain, MARKED), (path.as_bytes(), plain, b"x")]);
        assert!(refusal(&bytes).contains("has a name that none has"), "{path:?}");
    }
}

#[test]
fn what_is_no_plain_file_is_refused() {
    use tar::EntryType as Kind;
    for kind in [
        Kind::Symlink,
        Kind::Link,
        Kind::Directory,
        Kind::Block,
        Kind::Fifo,
        Kind::GNULongName,
        Kind::XHeader,
        Kind::GNUSparse,
    ] {
        let bytes = forged(&[(MARK.as_bytes(), Kind::Regular, MARKED), (b"files/a", kind, b"x")]);
        assert!(refusal(&bytes).contains("is no plain file"), "{kind:?}");
    }
}

#[test]
fn a_length_that_none_has_is_refused_before_anything_is_read() {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    for (name, size) in [(MARK, MARKED.len() as u64), ("tables/accounts/000000.jsonl", 1 << 40)] {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(size);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        tar.append(&header, MARKED).unwrap();
    }
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    assert!(refusal(&bytes).contains("larger than"), "{}", refusal(&bytes));
}

#[test]
fn what_is_twice_or_too_late_or_not_first_is_refused() {
    let plain = tar::EntryType::Regular;
    let (mark, file) = ((MARK.as_bytes(), plain, MARKED), (&b"files/a"[..], plain, &b"x"[..]));
    assert!(refusal(&forged(&[mark, file, file])).contains("is there twice"));
    assert!(refusal(&forged(&[file, mark])).contains("is not where it belongs"));
    assert!(refusal(&forged(&[mark, mark])).contains("is not where it belongs"));
    let list = (MANIFEST.as_bytes(), plain, &br#"{"entries":[]}"#[..]);
    assert!(refusal(&forged(&[mark, list, file])).contains("comes after the end"));
    assert!(refusal(&forged(&[mark, file, list])).contains("were saved"));
    assert!(refusal(&forged(&[mark, file])).contains("no whole backup"));
    assert!(refusal(&forged(&[])).contains("no whole backup"));
    assert!(refusal(b"PK\x03\x04 something else").contains("no whole backup"));
}

#[test]
fn a_newer_form_is_refused_by_its_number() {
    let bytes = forged(&[(MARK.as_bytes(), tar::EntryType::Regular, br#"{"format":2,"other":[]}"#)]);
    assert!(refusal(&bytes).contains("newer version"));
}
