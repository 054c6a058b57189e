//! Probes from outside: what another instance saw of a server, signed by it.
//!
//! A probe is a signed note of five lines: what it is, which server was called, when (in seconds since 1970), whether it answered as it
//! should, and after how many milliseconds. A prober keeps what it could not deliver, and delivers it when the server is there again.

use hustings_vocab::limits::evidence::{PROBE_AGE_SECONDS_MAX, PROBE_ORIGIN_CHARS_MAX, WITNESS_SKEW_SECONDS_MAX};

use crate::note::{BadNote, Note, Verifier};

/// The first line.
const KIND: &str = "hustings probe v1";

/// One probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Which server: the origin by which it was called.
    pub origin: String,
    /// When, in seconds since 1970.
    pub time: i64,
    /// Whether it answered as it should.
    pub reached: bool,
    /// After how many milliseconds that was known.
    pub ms: i64,
}

/// Why a probe is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadProbe {
    /// It is no signed note.
    #[error(transparent)]
    Note(#[from] BadNote),
    /// It is a note of something else.
    #[error("the note is no probe")]
    Form,
    /// Nobody who is known has signed it, or for another server.
    #[error("no prober that is known here has signed it, or it is of another server")]
    Unknown,
    /// It is older than the last of its prober, too old, or of a time that has not come.
    #[error("its time is before that of the last probe of the same prober, too long ago, or yet to come")]
    Time,
}

impl Probe {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let word = if self.reached { "reached" } else { "not reached" };
        format!("{KIND}\n{}\n{}\n{word}\n{}\n", self.origin, self.time, self.ms)
    }

    /// Reads such a text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lines: Vec<_> = text.strip_suffix('\n')?.split('\n').collect();
        let [kind, origin, time, word, ms] = lines[..] else { return None };
        let is_origin = !origin.is_empty() && origin.chars().count() <= PROBE_ORIGIN_CHARS_MAX;
        let reached = match word {
            "reached" => true,
            "not reached" => false,
            _ => return None,
        };
        let probe = Self { origin: origin.to_owned(), time: time.parse().ok()?, reached, ms: ms.parse().ok()? };
        // As it is written, and no other way.
        (kind == KIND && is_origin && probe.text() == text).then_some(probe)
    }
}

/// A prober that is known to a server: its key, the origin by which it calls, and the time of its last probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prober {
    /// Its key.
    pub key: Verifier,
    /// By which origin it calls this server.
    pub origin: String,
    /// The time of the last probe that was taken.
    pub last: i64,
}

/// Takes a probe if one of these probers has signed it, and gives it with the prober's key.
///
/// # Errors
/// [`BadProbe`].
pub fn take(probers: &mut [Prober], bytes: &[u8], now: i64) -> Result<(Probe, Verifier), BadProbe> {
    let note = Note::parse(bytes)?;
    let probe = Probe::parse(&note.text).ok_or(BadProbe::Form)?;
    let known = |prober: &&mut Prober| prober.origin == probe.origin && note.signed_by(&prober.key).is_ok();
    let prober = probers.iter_mut().find(known).ok_or(BadProbe::Unknown)?;
    let earliest = prober.last.max(now.saturating_sub(PROBE_AGE_SECONDS_MAX));
    if probe.time <= earliest || probe.time > now.saturating_add(WITNESS_SKEW_SECONDS_MAX) {
        return Err(BadProbe::Time);
    }
    prober.last = probe.time;
    Ok((probe, prober.key.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Signer;

    const NOW: i64 = 1_800_000_000;

    fn probe(time: i64) -> Probe {
        Probe { origin: "https://talk.example".into(), time, reached: true, ms: 87 }
    }

    #[test]
    fn a_text_is_read_only_as_it_is_written() {
        let text = probe(NOW).text();
        assert_eq!(Probe::parse(&text), Some(probe(NOW)));
        for bad in [
            text.replace("v1", "v2"),
            text.replace(" ", ""),
            text.replace("87", "+87"),
            format!("{text}\n"),
            String::new(),
        ] {
            assert_eq!(Probe::parse(&bad), None, "{bad:?}");
        }
        let long = Probe { origin: "x".repeat(PROBE_ORIGIN_CHARS_MAX + 1), ..probe(NOW) };
        assert_eq!(Probe::parse(&long.text()), None);
    }

    #[test]
    fn probes_of_known_probers_are_taken_once_and_in_order() {
        let signer = Signer::new("prober.example", &[3; 32]).unwrap();
        let mut probers = [Prober { key: signer.verifier(), origin: "https://talk.example".into(), last: 0 }];
        let mut take = |signer: &Signer, probe: &Probe| {
            super::take(&mut probers, signer.sign(&probe.text()).encode().as_bytes(), NOW).map(|(probe, _)| probe)
        };
        assert_eq!(take(&signer, &probe(NOW - 60)), Ok(probe(NOW - 60)));
        assert_eq!(take(&signer, &probe(NOW - 60)), Err(BadProbe::Time), "it was taken before");
        assert_eq!(take(&signer, &probe(NOW - 90)), Err(BadProbe::Time));
        assert_eq!(take(&signer, &probe(NOW + WITNESS_SKEW_SECONDS_MAX + 1)), Err(BadProbe::Time));
        let elsewhere = Probe { origin: "https://other.example".into(), ..probe(NOW) };
        assert_eq!(take(&signer, &elsewhere), Err(BadProbe::Unknown));
        let stranger = Signer::new("prober.example", &[4; 32]).unwrap();
        assert_eq!(take(&stranger, &probe(NOW)), Err(BadProbe::Unknown));
        assert_eq!(take(&signer, &probe(NOW)), Ok(probe(NOW)));
        let mut none = [];
        assert!(matches!(super::take(&mut none, b"hello", NOW), Err(BadProbe::Note(_))));
    }
}
