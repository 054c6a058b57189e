//! Notes against the example of the specification, and against hostile bytes.

use super::*;

fn signer() -> Signer {
    Signer::new("log.example/evidence", &[7; 32]).unwrap()
}

#[test]
fn the_example_of_the_specification_is_read_and_holds() {
    // golang.org/x/mod/sumdb/note, the example that c2sp.org/signed-note took over.
    let key = Verifier::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let note = Note::parse(text.as_bytes()).unwrap();
    assert_eq!(note.signed_by(&key), Ok(()));
    assert_eq!(note.encode(), text);
    assert_eq!(Verifier::parse(&key.encode()).unwrap(), key);
    let mut other = note;
    other.text = other.text.replace("problem is", "Problem is");
    assert_eq!(other.signed_by(&key), Err(BadNote::Signature));
}

#[test]
fn a_witness_says_when() {
    let (log, witness) = (signer(), Signer::new("witness.example", &[8; 32]).unwrap());
    let checkpoint = Checkpoint { origin: log.name().to_owned(), size: 12, root: [5; 32] };
    assert_eq!(Checkpoint::parse(&checkpoint.text()).unwrap(), checkpoint);
    let mut note = log.sign(&checkpoint.text());
    assert_eq!(note.cosigned_by(&witness.witness()), Err(BadNote::Unsigned));
    note.signatures.push(witness.cosign(&note.text, 1_800_000_000));
    let mut note = Note::parse(note.encode().as_bytes()).unwrap();
    assert_eq!(note.signed_by(&log.verifier()), Ok(()));
    assert_eq!(note.cosigned_by(&witness.witness()), Ok(1_800_000_000));
    // A witness's line is no log's signature, and the other way round.
    assert_eq!(note.signed_by(&witness.verifier()), Err(BadNote::Unsigned));
    note.signatures[1].bytes[7] ^= 1;
    assert_eq!(note.cosigned_by(&witness.witness()), Err(BadNote::Signature));
}

#[test]
fn what_is_no_note_is_refused() {
    let good = signer().sign("a\n1\nAAAA\n").encode();
    assert!(Note::parse(good.as_bytes()).is_ok());
    for bad in [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— \n",
        "text\n\n— a b\n",
        "text\n\n— a+b AAAAAAAAAAAA\n",
        "t\r\n\n— a AAAAAAAAAAAA\n",
    ] {
        assert!(Note::parse(bad.as_bytes()).is_err(), "{bad:?}");
    }
    assert!(Note::parse(good.trim_end().as_bytes()).is_err());
    assert!(Note::parse(&vec![b'a'; 1 << 20]).is_err());
    let many = good.clone() + &good[good.rfind('—').unwrap()..].repeat(70);
    assert!(Note::parse(many.as_bytes()).is_err());
    for bad in [
        "a+b",
        "a+00000000+AAAA",
        "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ] {
        assert!(Verifier::parse(bad).is_err(), "{bad}");
    }
    for bad in ["a\n-1\nAA==\n", "a\n01\n", "\n1\nAAAA\n", "a\n1\nAAAA\n"] {
        assert!(Checkpoint::parse(bad).is_err());
    }
}
