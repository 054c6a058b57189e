//! What a stream listener may ask for: `?rendition=` and `?burst=`.

use std::borrow::Cow;

use hustings_vocab::limits::BURST_SECONDS_MAX;
use hustings_vocab::{Rendition, SAMPLE_RATE, UnknownRendition};

use crate::Container;

/// Why a query cannot be met. The status is 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    /// No rendition has this name.
    #[error(transparent)]
    Rendition(#[from] UnknownRendition),
    /// A rendition whose codec the container cannot hold.
    #[error("{} does not carry {rendition}", container.name())]
    Carries {
        /// The container.
        container: Container,
        /// The rendition.
        rendition: Rendition,
    },
    /// Not a number, or out of range.
    #[error("burst is 0 to {BURST_SECONDS_MAX} seconds")]
    Burst,
    /// Given twice.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// What is percent-encoded is not UTF-8.
    #[error("the query is not UTF-8")]
    Encoding,
}

/// A request that can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// In which quality.
    pub rendition: Rendition,
    /// How much of what was already said, at most.
    pub burst_samples: u64,
}

impl Asked {
    /// Reads a query string, without its question mark; empty if there is none. Unknown keys are ignored.
    ///
    /// # Errors
    /// [`BadQuery`].
    pub fn parse(query: &str, container: Container) -> Result<Self, BadQuery> {
        let (mut rendition, mut burst) = (None, None);
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (slot, key) = match decode(key)?.as_ref() {
                "rendition" => (&mut rendition, "rendition"),
                "burst" => (&mut burst, "burst"),
                _ => continue,
            };
            if slot.replace(decode(value)?).is_some() {
                return Err(BadQuery::Twice(key));
            }
        }
        let rendition = match rendition {
            None => container.rendition(),
            Some(name) => name.parse()?,
        };
        if !container.carries(Rendition::codec(rendition)) {
            return Err(BadQuery::Carries { container, rendition });
        }
        let burst = match burst {
            None => container.burst_seconds(),
            Some(seconds) => seconds.parse().map_err(|_| BadQuery::Burst)?,
        };
        if !(0.0..=BURST_SECONDS_MAX).contains(&burst) {
            return Err(BadQuery::Burst);
        }
        Ok(Self { rendition, burst_samples: (burst * f64::from(SAMPLE_RATE)) as u64 })
    }
}

/// Undoes `application/x-www-form-urlencoded`. A percent sign without two digits stands for itself.
fn decode(text: &str) -> Result<Cow<'_, str>, BadQuery> {
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    let digit = |at: usize| text.as_bytes().get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(*byte),
        }
        at += 1;
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| BadQuery::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(container: Container, query: &str) -> Option<(Rendition, u64)> {
        Asked::parse(query, container).ok().map(|a| (a.rendition, a.burst_samples))
    }

    #[test]
    fn each_container_has_a_default_and_refuses_what_it_cannot_carry() {
        assert_eq!(ask(Container::Mp4, ""), Some((Rendition::Opus96, 38_400)));
        assert_eq!(ask(Container::Ogg, "rendition=opus-48&burst=0"), Some((Rendition::Opus48, 0)));
        assert_eq!(ask(Container::Adts, "burst=10"), Some((Rendition::Aac96, 480_000)));
        assert_eq!(ask(Container::Mp4, "rendition=aac-96&burst=0.5"), Some((Rendition::Aac96, 24_000)));
        assert_eq!(ask(Container::Mp4, "a&&b=%&%72endition=opus%2D48&=+"), Some((Rendition::Opus48, 38_400)));
        for (container, query) in [
            (Container::Ogg, "rendition=aac-96"),
            (Container::Adts, "rendition=opus-96"),
            (Container::Mp4, "rendition=opus-97"),
            (Container::Mp4, "burst=-1"),
            (Container::Mp4, "burst=NaN"),
            (Container::Mp4, "burst=10.1"),
            (Container::Mp4, "burst=soon"),
            (Container::Mp4, "burst="),
            (Container::Mp4, "burst=1&burst=1"),
            (Container::Mp4, "rendition=%ff"),
        ] {
            assert_eq!(ask(container, query), None, "{container:?} {query}");
        }
    }
}
