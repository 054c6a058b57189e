//! From bytes to claims: what a token must be, in the order in which it costs least to refuse it.
//!
//! The library checks signatures; the times are checked here, because here time is an argument. Until a signature was
//! found good, nothing of what the token says gets into an error.

use hustings_link::token::TokenError;
use hustings_vocab::{Claims, limits};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;

use super::Trusted;

/// The claims as they travel: ours, and the registered one (RFC 7519, section 4.1.5) that applications may add.
#[derive(Deserialize)]
struct Wire {
    #[serde(flatten)]
    claims: Claims,
    nbf: Option<u64>,
}

pub(super) fn claims(trusted: &[Trusted], token: &[u8], now_s: u64) -> Result<Claims, TokenError> {
    if token.len() > limits::TOKEN_BYTES_MAX {
        return malformed(format!("it is longer than {} bytes", limits::TOKEN_BYTES_MAX));
    }
    let Ok(header) = jsonwebtoken::decode_header(token) else {
        return malformed("it is not a JWT signed with EdDSA or HS256");
    };
    if !matches!(header.alg, Algorithm::EdDSA | Algorithm::HS256) {
        return malformed("its algorithm is neither EdDSA nor HS256");
    }
    // RFC 7515, section 4.1.11: extensions that are marked critical and not understood make it invalid.
    if header.crit.is_some() {
        return malformed("it has critical extensions, and this server knows none");
    }
    let named = |t: &&Trusted| header.kid.as_ref().is_none_or(|kid| *kid == t.kid);
    let mut candidates = trusted.iter().filter(|t| t.algorithm == header.alg).filter(named);
    let said = candidates.find_map(|t| signed_by(t, token).transpose()).unwrap_or(Err(TokenError::BadSignature))?;
    let wire = Wire::deserialize(said).or_else(|e| malformed(format!("its claims do not parse: {e}")))?;
    in_time(&wire, now_s)?;
    printable(wire.claims)
}

/// What the token says if this key signed it, `None` if it did not.
fn signed_by(trusted: &Trusted, token: &[u8]) -> Result<Option<serde_json::Value>, TokenError> {
    let mut rules = Validation::new(trusted.algorithm);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    match jsonwebtoken::decode(token, &trusted.key, &rules) {
        Ok(signed) => Ok(Some(signed.claims)),
        Err(e) => match e.kind() {
            ErrorKind::InvalidSignature => Ok(None),
            ErrorKind::Json(_) | ErrorKind::Utf8(_) => malformed("its claims are not a JSON object"),
            _ => malformed("it is not in the compact form of RFC 7515"),
        },
    }
}

fn in_time(wire: &Wire, now_s: u64) -> Result<(), TokenError> {
    let Claims { iat, exp, .. } = wire.claims;
    if exp.saturating_add(limits::TOKEN_LEEWAY_SECONDS) <= now_s {
        return Err(TokenError::Expired);
    }
    if iat > now_s.saturating_add(limits::TOKEN_ISSUED_AHEAD_SECONDS_MAX) {
        return malformed("its iat is more than a day ahead; compare the clocks of its issuer and of this server");
    }
    if wire.nbf.is_some_and(|nbf| nbf > now_s.saturating_add(limits::TOKEN_LEEWAY_SECONDS)) {
        return malformed("its nbf lies ahead; it does not hold yet");
    }
    Ok(())
}

/// Refuses a name that could not be shown on one line.
fn printable(claims: Claims) -> Result<Claims, TokenError> {
    let name = claims.name.as_deref().unwrap_or_default();
    if name.chars().count() > limits::NAME_CHARS_MAX {
        return malformed(format!("its name has more than {} characters", limits::NAME_CHARS_MAX));
    }
    if name.chars().any(char::is_control) {
        return malformed("its name holds a control character");
    }
    Ok(claims)
}

fn malformed<T>(why: impl Into<String>) -> Result<T, TokenError> {
    Err(TokenError::Malformed(why.into()))
}
