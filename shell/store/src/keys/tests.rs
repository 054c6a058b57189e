//! Keys and tokens: who is believed, and who is not.

use std::os::unix::fs::PermissionsExt;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePublicKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use hustings_vocab::Role;
use jsonwebtoken::encode;

use super::*;

const NOW: u64 = 1_800_000_000;
const SECRET: &[u8] = b"a secret that has thirty-two bytes";

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hustings-keys-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn claims() -> Claims {
    Claims {
        sub: "anna".parse().unwrap(),
        conversation: "evening".parse().unwrap(),
        role: Role::Host,
        name: Some("Anna \u{1f399}".into()),
        iat: NOW,
        exp: NOW + 3600,
    }
}

fn application() -> (SigningKey, String) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let pem = key.verifying_key().to_public_key_pem(LineEnding::LF).unwrap();
    (key, pem)
}

fn sign_ed(key: &SigningKey, header: &Header, said: &impl serde::Serialize) -> String {
    encode(header, said, &EncodingKey::from_ed_der(key.to_pkcs8_der().unwrap().as_bytes())).unwrap()
}

fn sign_hs(secret: &[u8], said: &impl serde::Serialize) -> String {
    encode(&Header::new(Algorithm::HS256), said, &EncodingKey::from_secret(secret)).unwrap()
}

fn why(result: Result<Claims, TokenError>) -> String {
    match result.unwrap_err() {
        TokenError::Malformed(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_survives_a_restart_and_says_what_was_issued() {
    let scratch = Scratch::new("restart");
    let token = Keys::open(&scratch.0).unwrap().issue(&claims());
    let again = Keys::open(&scratch.0).unwrap();
    assert_eq!(again.verify(token.as_bytes(), NOW), Ok(claims()));
    let text = format!("{again:?}");
    assert!(!text.contains("PRIVATE") && !text.contains(&token), "{text}");
}

#[test]
fn the_key_is_readable_by_its_user_alone() {
    let scratch = Scratch::new("mode");
    let _ = Keys::open(&scratch.0).unwrap();
    let mode = |path: &str| std::fs::metadata(scratch.0.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("keys"), mode("keys/token.pem")), (0o700, 0o700, 0o600));
    assert!(!scratch.0.join("keys/.token.pem.new").exists());
}

#[test]
fn processes_that_start_together_make_one_key() {
    let scratch = Scratch::new("together");
    std::thread::scope(|s| {
        let starts: Vec<_> = (0..8).map(|_| s.spawn(|| Keys::open(&scratch.0).unwrap())).collect();
        let all: Vec<Keys> = starts.into_iter().map(|t| t.join().unwrap()).collect();
        let token = all[0].issue(&claims());
        assert!(all.iter().all(|k| k.verify(token.as_bytes(), NOW).is_ok()));
    });
}

#[test]
fn a_key_of_another_server_is_not_believed() {
    let (here, there) = (Scratch::new("here"), Scratch::new("there"));
    let token = Keys::open(&there.0).unwrap().issue(&claims());
    assert_eq!(Keys::open(&here.0).unwrap().verify(token.as_bytes(), NOW), Err(TokenError::BadSignature));
}

#[test]
fn a_token_with_any_character_changed_is_not_believed() {
    let scratch = Scratch::new("changed");
    let keys = Keys::open(&scratch.0).unwrap();
    let token = keys.issue(&claims()).into_bytes();
    for i in 0..token.len() {
        let mut changed = token.clone();
        changed[i] = if changed[i] == b'A' { b'B' } else { b'A' };
        // The last character of a part may hold bits that encode nothing; then the decoder refuses them.
        assert!(keys.verify(&changed, NOW).is_err(), "byte {i}");
    }
}

#[test]
fn no_algorithm_is_no_signature() {
    let scratch = Scratch::new("none");
    let keys = Keys::open(&scratch.0).unwrap();
    let token = keys.issue(&claims());
    let payload = token.split('.').nth(1).unwrap();
    // {"alg":"none"}
    for bare in [format!("eyJhbGciOiJub25lIn0.{payload}."), format!("eyJhbGciOiJub25lIn0.{payload}")] {
        assert!(matches!(keys.verify(bare.as_bytes(), NOW), Err(TokenError::Malformed(_))));
    }
}

#[test]
fn a_public_key_is_never_used_as_a_secret() {
    let scratch = Scratch::new("confusion");
    let mut keys = Keys::open(&scratch.0).unwrap();
    let (key, pem) = application();
    keys.trust("app", ApplicationKey::EdDsaPem(&pem)).unwrap();
    for secret in [pem.as_bytes(), pem.trim().as_bytes(), key.verifying_key().as_bytes()] {
        assert_eq!(keys.verify(sign_hs(secret, &claims()).as_bytes(), NOW), Err(TokenError::BadSignature));
        let mut named = Header::new(Algorithm::HS256);
        named.kid = Some("app".into());
        let token = encode(&named, &claims(), &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(keys.verify(token.as_bytes(), NOW), Err(TokenError::BadSignature));
    }
}

#[test]
fn an_application_issues_tokens_with_a_key_of_its_own() {
    let scratch = Scratch::new("application");
    let (key, pem) = application();
    std::fs::create_dir_all(scratch.0.join("keys")).unwrap();
    std::fs::write(scratch.0.join("keys/shop.pub.pem"), &pem).unwrap();
    std::fs::write(scratch.0.join("keys/club.hs256"), [SECRET, b"\n"].concat()).unwrap();
    let keys = Keys::open(&scratch.0).unwrap();
    let mut header = Header::new(Algorithm::EdDSA);
    assert_eq!(keys.verify(sign_ed(&key, &header, &claims()).as_bytes(), NOW), Ok(claims()));
    header.kid = Some("shop".into());
    assert_eq!(keys.verify(sign_ed(&key, &header, &claims()).as_bytes(), NOW), Ok(claims()));
    header.kid = Some("club".into());
    assert_eq!(keys.verify(sign_ed(&key, &header, &claims()).as_bytes(), NOW), Err(TokenError::BadSignature));
    assert_eq!(keys.verify(sign_hs(SECRET, &claims()).as_bytes(), NOW), Ok(claims()));
    assert_eq!(keys.verify(sign_hs(b"another", &claims()).as_bytes(), NOW), Err(TokenError::BadSignature));
}

#[test]
fn times_hold_with_half_a_minute_of_leeway() {
    let scratch = Scratch::new("times");
    let keys = Keys::open(&scratch.0).unwrap();
    let token = keys.issue(&claims());
    let at = |now| keys.verify(token.as_bytes(), now);
    assert!(at(NOW + 3600 + 29).is_ok());
    assert_eq!(at(NOW + 3600 + 30), Err(TokenError::Expired));
    assert_eq!(at(u64::MAX), Err(TokenError::Expired));
    assert!(at(NOW - 86_400).is_ok(), "a clock that was set back");
    assert!(why(at(NOW - 86_401)).contains("iat"));
    assert!(why(at(0)).contains("iat"));
    let forever = keys.issue(&Claims { exp: u64::MAX, ..claims() });
    assert!(keys.verify(forever.as_bytes(), NOW).is_ok());
}

#[test]
fn claims_are_complete_or_the_missing_one_is_named() {
    let scratch = Scratch::new("claims");
    let mut keys = Keys::open(&scratch.0).unwrap();
    keys.trust("app", ApplicationKey::Hs256(SECRET)).unwrap();
    let whole = serde_json::to_value(claims()).unwrap();
    for missing in ["sub", "conversation", "role", "iat", "exp"] {
        let mut said = whole.clone();
        said.as_object_mut().unwrap().remove(missing);
        let text = why(keys.verify(sign_hs(SECRET, &said).as_bytes(), NOW));
        assert!(text.contains(missing), "{text}");
    }
    for (claim, value) in [
        ("role", "emperor".into()),
        ("sub", "a b".into()),
        ("conversation", "../etc".into()),
        ("exp", "tomorrow".into()),
        ("exp", serde_json::json!(-1)),
        ("name", "x".repeat(81).into()),
        ("name", "two\nlines".into()),
        ("nbf", (NOW + 31).into()),
    ] {
        let mut said = whole.clone();
        said[claim] = value;
        why(keys.verify(sign_hs(SECRET, &said).as_bytes(), NOW));
    }
    let mut said = whole;
    said["aud"] = "somebody".into();
    said["nbf"] = (NOW + 30).into();
    assert!(keys.verify(sign_hs(SECRET, &said).as_bytes(), NOW).is_ok(), "other claims are the application's own");
}

#[test]
fn what_is_no_token_is_refused_without_being_repeated() {
    let scratch = Scratch::new("malformed");
    let keys = Keys::open(&scratch.0).unwrap();
    let huge = "A".repeat(1_000_000);
    for bad in ["", ".", "..", "...", "a.b.c", "secret-of-mine", "\u{0}\u{1f600}.é.", &huge] {
        let text = why(keys.verify(bad.as_bytes(), NOW));
        assert!(bad.len() < 5 || !text.contains(bad), "{text}");
    }
    why(keys.verify(&[0xff; 300], NOW));
    let mut header = Header::new(Algorithm::EdDSA);
    header.crit = Some(vec!["exp".into()]);
    let (key, _) = application();
    assert!(why(keys.verify(sign_ed(&key, &header, &claims()).as_bytes(), NOW)).contains("critical"));
}

#[test]
fn a_key_that_cannot_be_used_stops_the_start_with_its_name() {
    let scratch = Scratch::new("unusable");
    let folder = scratch.0.join("keys");
    let _ = Keys::open(&scratch.0).unwrap();
    for (name, content, expected) in [
        ("app.hs256", "too short", "at least 32 bytes"),
        ("app.pub.pem", "not a pem", "openssl"),
        ("a b.hs256", "a secret that has thirty-two bytes", "key's name"),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
        let text = Keys::open(&scratch.0).unwrap_err().to_string();
        assert!(text.contains(expected) && !text.contains(content), "{text}");
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    std::fs::write(folder.join("token.pem"), "half a k").unwrap();
    let text = Keys::open(&scratch.0).unwrap_err().to_string();
    assert!(text.contains("token.pem") && text.contains("backup"), "{text}");
}

#[test]
fn a_weak_key_and_a_name_that_is_taken_are_refused() {
    let scratch = Scratch::new("weak");
    let mut keys = Keys::open(&scratch.0).unwrap();
    let mut identity = [0; 32];
    identity[0] = 1;
    let weak = VerifyingKey::from_bytes(&identity).unwrap().to_public_key_pem(LineEnding::LF).unwrap();
    let text = keys.trust("weak", ApplicationKey::EdDsaPem(&weak)).unwrap_err().to_string();
    assert!(text.contains("weak"), "{text}");
    keys.trust("app", ApplicationKey::Hs256(SECRET)).unwrap();
    let text = keys.trust("app", ApplicationKey::Hs256(SECRET)).unwrap_err().to_string();
    assert!(text.contains("already"), "{text}");
    for i in 1..limits::APPLICATION_KEYS_MAX {
        keys.trust(&format!("app-{i}"), ApplicationKey::Hs256(SECRET)).unwrap();
    }
    assert!(keys.trust("one-more", ApplicationKey::Hs256(SECRET)).is_err());
}
