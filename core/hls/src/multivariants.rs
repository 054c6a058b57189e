//! The multivariant playlists: one for each bitrate that the line may leave to who comes.
//!
//! Where the line is narrow, newcomers are offered what fits it. Who is inside has chosen already and goes on: an address never
//! names other bytes, so what the governor takes from listeners of streams it cannot take from players of HLS. Deliberately
//! absent: a playlist for a single player.

use hustings_vocab::Rendition;

use crate::Document;

/// All of them, the narrowest first.
#[derive(Debug)]
pub struct Multivariants(Vec<(u32, Document)>);

impl Multivariants {
    /// Of what is offered.
    #[must_use]
    pub fn new(offered: &[Rendition]) -> Self {
        let mut rates: Vec<u32> = offered.iter().map(|r| r.bitrate() / 1000).collect();
        rates.sort_unstable();
        rates.dedup();
        let fitting = |kbit| offered.iter().copied().filter(|r| r.at_most(kbit) == *r).collect::<Vec<_>>();
        Self(rates.into_iter().map(|kbit| (kbit, Document::multivariant(&fitting(kbit)))).collect())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Nothing is offered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Which of them names nothing above so many kbit/s, where there is anything of a codec that low.
    #[must_use]
    pub fn at_most(&self, kbit: u32) -> usize {
        self.0.partition_point(|(rate, _)| *rate <= kbit).saturating_sub(1)
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, which: usize) -> Option<&Document> {
        self.0.get(which).map(|(_, document)| document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Asked;

    #[test]
    fn who_comes_to_a_narrow_line_is_offered_what_fits_of_each_codec() {
        let all = Multivariants::new(&Rendition::ALL);
        let text = |kbit| {
            let document = all.get(all.at_most(kbit)).unwrap();
            String::from_utf8(document.reply(&Asked::default()).body.concat()).unwrap()
        };
        let wide = text(96);
        assert!(Rendition::ALL.iter().all(|r| wide.contains(r.name())), "{wide}");
        assert_eq!(text(u32::MAX), wide);
        let narrow = text(48);
        assert!(narrow.contains("opus-48") && !narrow.contains("opus-96"), "{narrow}");
        assert!(narrow.contains("aac-48") && !narrow.contains("aac-96"), "{narrow}");
        let least = text(24);
        assert!(least.contains("opus-24") && !least.contains("opus-48"), "{least}");
        assert!(least.contains("aac-48"), "there is no lower one");
    }
}
