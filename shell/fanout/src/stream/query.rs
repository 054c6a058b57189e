//! What a stream listener may ask for: `?rendition=` and `?burst=`.

use axum::extract::Query;
use http::Uri;
use hustings_vocab::limits::BURST_SECONDS_MAX;
use hustings_vocab::{Rendition, SAMPLE_RATE};
use serde::Deserialize;

use super::Container;
use crate::problem::Problem;

#[derive(Deserialize)]
struct Raw {
    rendition: Option<String>,
    burst: Option<f64>,
}

/// A request that can be met.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) rendition: Rendition,
    pub(super) burst_samples: u64,
}

impl Asked {
    /// Reads the query.
    ///
    /// # Errors
    /// 400 if a value does not parse, is out of range, or names a rendition that the container does not carry.
    pub(super) fn parse(uri: &Uri, container: Container) -> Result<Self, Problem> {
        let Query(raw): Query<Raw> = Query::try_from_uri(uri).map_err(|e| Problem::bad_request(e.body_text()))?;
        let rendition = match raw.rendition {
            None => container.rendition(),
            Some(name) => name.parse().map_err(|e| Problem::bad_request(format!("{e}")))?,
        };
        if !container.carries(Rendition::codec(rendition)) {
            return Err(Problem::bad_request(format!("{} does not carry {rendition}", container.name())));
        }
        let burst = raw.burst.unwrap_or(container.burst_seconds());
        if !(0.0..=BURST_SECONDS_MAX).contains(&burst) {
            return Err(Problem::bad_request(format!("burst is 0 to {BURST_SECONDS_MAX} seconds")));
        }
        Ok(Self { rendition, burst_samples: (burst * f64::from(SAMPLE_RATE)) as u64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(container: Container, query: &str) -> Option<(Rendition, u64)> {
        let uri: Uri = format!("/c/x/live?{query}").parse().unwrap();
        Asked::parse(&uri, container).ok().map(|a| (a.rendition, a.burst_samples))
    }

    #[test]
    fn each_container_has_a_default_and_refuses_what_it_cannot_carry() {
        assert_eq!(ask(Container::Mp4, ""), Some((Rendition::Opus96, 38_400)));
        assert_eq!(ask(Container::Ogg, "rendition=opus-48&burst=0"), Some((Rendition::Opus48, 0)));
        assert_eq!(ask(Container::Adts, "burst=10"), Some((Rendition::Aac96, 480_000)));
        assert_eq!(ask(Container::Mp4, "rendition=aac-96&burst=0.5"), Some((Rendition::Aac96, 24_000)));
        for (container, query) in [
            (Container::Ogg, "rendition=aac-96"),
            (Container::Adts, "rendition=opus-96"),
            (Container::Mp4, "rendition=opus-97"),
            (Container::Mp4, "burst=-1"),
            (Container::Mp4, "burst=NaN"),
            (Container::Mp4, "burst=10.1"),
            (Container::Mp4, "burst=soon"),
        ] {
            assert_eq!(ask(container, query), None, "{container:?} {query}");
        }
    }
}
