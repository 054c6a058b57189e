//! Fragments of SDP (RFC 8840, section 9): candidates that trickle in, and the credentials of an ICE restart.

use hustings_vocab::limits;

use super::{SdpError, ice_credentials};

/// What a fragment says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SdpFrag {
    /// The sender's user name fragment and password, if both are there.
    pub credentials: Option<(String, String)>,
    /// How many candidates it lists. They are not kept: an ICE-lite agent sends no checks, and learns where its peer is
    /// from the peer's own checks (RFC 8445, section 2.5).
    pub candidates: usize,
    /// No more candidates will follow.
    pub end_of_candidates: bool,
}

/// Parses a fragment.
///
/// # Errors
/// [`SdpError::TooLarge`], [`SdpError::NotText`] or [`SdpError::Malformed`].
pub fn parse_sdpfrag(bytes: &[u8]) -> Result<SdpFrag, SdpError> {
    if bytes.len() > limits::SDP_BYTES_MAX {
        return Err(SdpError::TooLarge(limits::SDP_BYTES_MAX));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| SdpError::NotText)?;
    let mut frag = SdpFrag::default();
    let (mut ufrag, mut pwd) = (None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (kind, value) = line.split_once('=').filter(|(kind, _)| kind.len() == 1).ok_or_else(|| {
            let shown: String = line.chars().take(40).collect();
            SdpError::Malformed(format!("{shown:?} is not of the form x=value"))
        })?;
        if kind != "a" {
            continue;
        }
        match value.split_once(':').unwrap_or((value, "")) {
            ("ice-ufrag", v) => ufrag = ufrag.or(Some(v)),
            ("ice-pwd", v) => pwd = pwd.or(Some(v)),
            ("candidate", _) => frag.candidates += 1,
            ("end-of-candidates", _) => frag.end_of_candidates = true,
            _ => {}
        }
    }
    if ufrag.is_some() && pwd.is_some() {
        let credentials = ice_credentials(ufrag, pwd);
        let malformed = || SdpError::Malformed("a=ice-ufrag or a=ice-pwd is not valid".to_owned());
        frag.credentials = Some(credentials.ok_or_else(malformed)?);
    }
    Ok(frag)
}
