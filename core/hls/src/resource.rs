//! The addresses below `/c/{slug}/hls/`.

use hustings_pack::request::{Directives, Media};
use hustings_vocab::Rendition;

use crate::refusal::Refusal;

/// What an address means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// `index.m3u8`
    Multivariant,
    /// `{rendition}.m3u8`, perhaps with delivery directives.
    Playlist(Rendition, Directives),
    /// `{rendition}/init.mp4`
    Init(Rendition),
    /// `{rendition}/{msn}.m4s` and `{rendition}/{msn}.{part}.m4s`
    Media(Rendition, Media),
}

/// Kinds of what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The multivariant playlist.
    Multivariant,
    /// A media playlist.
    Playlist,
    /// An initialisation segment.
    Init,
    /// A part.
    Part,
    /// A segment.
    Segment,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Multivariant, Self::Playlist, Self::Init, Self::Part, Self::Segment];

    /// Its name in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Multivariant => "multivariant",
            Self::Playlist => "playlist",
            Self::Init => "init",
            Self::Part => "part",
            Self::Segment => "segment",
        }
    }
}

/// The slug and what follows `hls/`, of a path that is one of ours in its plainest form; `None` for everything else,
/// escapes included.
#[must_use]
pub fn split(path: &str) -> Option<(&str, &str)> {
    let (slug, rest) = path.strip_prefix("/c/")?.split_once('/')?;
    let file = rest.strip_prefix("hls/")?;
    let (_, plain) = keyed(file);
    let (folder, name) = plain.split_once('/').unwrap_or(("x", plain));
    let whole = !slug.is_empty() && !folder.is_empty() && !name.is_empty() && !name.contains('/');
    (whole && !file.contains('%')).then_some((slug, file))
}

/// The folder of the invited that a file lies in, if it does (`~FOLDER/…`), and the file.
#[must_use]
pub fn keyed(file: &str) -> (Option<&str>, &str) {
    match file.strip_prefix('~').and_then(|rest| rest.split_once('/')) {
        Some((folder, file)) => (Some(folder), file),
        None => (None, file),
    }
}

impl Resource {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Multivariant => Kind::Multivariant,
            Self::Playlist(..) => Kind::Playlist,
            Self::Init(_) => Kind::Init,
            Self::Media(_, Media::Part(_)) => Kind::Part,
            Self::Media(_, Media::Segment(_)) => Kind::Segment,
        }
    }

    /// Reads what follows `hls/`, and the query without its question mark.
    ///
    /// # Errors
    /// 404 for what names nothing, or a rendition that is not among those `offered`; 400 for directives that cannot be
    /// understood.
    pub fn read(file: &str, query: &str, offered: &[Rendition]) -> Result<Self, Refusal> {
        let rendition = |name: &str| {
            let rendition = name.parse().map_err(|_| Refusal::nothing())?;
            offered.contains(&rendition).then_some(rendition).ok_or_else(|| Refusal::not_offered(rendition))
        };
        match file.split_once('/') {
            None if file == "index.m3u8" => Ok(Self::Multivariant),
            None => {
                let rendition = rendition(file.strip_suffix(".m3u8").ok_or_else(Refusal::nothing)?)?;
                Ok(Self::Playlist(rendition, Directives::parse(query).map_err(|e| Refusal::unreadable(&e))?))
            }
            Some((folder, "init.mp4")) => Ok(Self::Init(rendition(folder)?)),
            Some((folder, name)) => {
                Ok(Self::Media(rendition(folder)?, Media::parse(name).map_err(|e| Refusal::misnamed(&e))?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hustings_pack::request::{Extent, Until};

    use super::*;

    #[test]
    fn addresses_are_those_that_playlists_name() {
        let read = |file, query| Resource::read(file, query, &[Rendition::Opus96]).map_err(|refusal| refusal.status);
        let plain = Directives { until: Until::Any, extent: Extent::Full };
        assert_eq!(read("index.m3u8", "_HLS_part=1"), Ok(Resource::Multivariant));
        assert_eq!(read("opus-96.m3u8", ""), Ok(Resource::Playlist(Rendition::Opus96, plain)));
        assert_eq!(read("opus-96.m3u8", "_HLS_part=1"), Err(400));
        assert_eq!(read("opus-96/init.mp4", ""), Ok(Resource::Init(Rendition::Opus96)));
        assert_eq!(read("opus-96/12.3.m4s", "x"), Ok(Resource::Media(Rendition::Opus96, Media::Part(123))));
        for nothing in ["opus-96", "opus-48.m3u8", "opus-48/1.m4s", "opus-12/1.m4s", "opus-96/1.mp4", "a.m3u8", ""] {
            assert_eq!(read(nothing, ""), Err(404), "{nothing}");
        }
    }

    #[test]
    fn a_path_is_ours_in_its_plainest_form_alone() {
        assert_eq!(split("/c/talk/hls/opus-96/1.m4s"), Some(("talk", "opus-96/1.m4s")));
        assert_eq!(split("/c/talk/hls/x"), Some(("talk", "x")));
        for other in [
            "/c/talk/live.mp4",
            "/c//hls/x",
            "/c/talk/hls/",
            "/c/talk/hls/a/b/c",
            "/c/talk/hls/a/",
            "/c/t/hls/%78",
            "/",
        ] {
            assert_eq!(split(other), None, "{other}");
        }
    }
}
