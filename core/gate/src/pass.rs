//! A rehearsal's pass: the operator's word that this flood of newcomers is their own.
//!
//! From the machine itself anybody may rehearse who can run a program there. From another one the same crowd looks like an attack,
//! and would meet challenges instead of the gate that it is there to measure. Who shows a pass is not challenged; in all else they
//! are newcomers like others, with the same budgets and the same queue. It is signed, so that looking at it costs one hash and no
//! question to the records, and holds for every conversation of this server.

use crate::statement::{BadStatement, Keys, Kind, in_time};

impl Keys {
    /// A pass that holds until then, in seconds since 1970, and no longer than the keys do.
    #[must_use]
    pub fn seal_pass(&self, expires_s: u64) -> String {
        self.seal(Kind::Pass, &[&expires_s.to_be_bytes()])
    }

    /// Looks at a pass at `now_s`.
    ///
    /// # Errors
    /// [`BadStatement`].
    pub fn pass(&self, text: &str, now_s: u64) -> Result<(), BadStatement> {
        self.read(Kind::Pass, text, |fields| in_time(fields.number()?, now_s))
    }
}

#[cfg(test)]
mod tests {
    use hustings_vocab::limits;

    use super::*;
    use crate::Holder;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn a_pass_holds_for_its_time_and_nothing_else_is_one() {
        let keys = Keys::of(&[7; 32], NOW);
        let pass = keys.seal_pass(NOW + 60);
        assert_eq!(keys.pass(&pass, NOW), Ok(()));
        let late = NOW + 61 + limits::TOKEN_LEEWAY_SECONDS;
        assert_eq!(keys.pass(&pass, late), Err(BadStatement::Expired));
        assert_eq!(Keys::of(&[8; 32], NOW).pass(&pass, NOW), Err(BadStatement::Forged));
        let challenge = keys.seal_challenge(&"talk".parse().unwrap(), Holder::of("a"), NOW);
        for text in ["", "A", &challenge, &"x".repeat(10_000)] {
            assert_eq!(keys.pass(text, NOW), Err(BadStatement::Text));
        }
        let cut = &pass[..pass.len() - 1];
        assert!(keys.pass(cut, NOW).is_err());
    }
}
