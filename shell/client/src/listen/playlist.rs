//! Playlists of LL-HLS (RFC 8216bis) as a player reads them: as much as is needed to fetch part after part.

/// A media playlist.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Playlist {
    /// `EXT-X-MAP`.
    pub(super) map: Option<String>,
    /// Seconds to stay behind the edge.
    pub(super) hold_back: f64,
    /// `CAN-BLOCK-RELOAD`.
    pub(super) blocking: bool,
    /// Seconds of the longest segment.
    pub(super) target: f64,
    /// Parts where they are listed, segments where they are not, oldest first.
    pub(super) pieces: Vec<Piece>,
    /// What comes next: media sequence number and part.
    pub(super) next: (u64, u64),
    /// `EXT-X-ENDLIST`.
    pub(super) ended: bool,
}

/// Something to fetch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) msn: u64,
    /// The part; `None` for a whole segment.
    pub(super) part: Option<u64>,
    pub(super) seconds: f64,
    pub(super) uri: String,
}

/// Reads a media playlist.
pub(super) fn media(text: &str) -> Result<Playlist, String> {
    if !text.starts_with("#EXTM3U") {
        return Err("it does not begin with #EXTM3U".to_owned());
    }
    let mut out = Playlist::default();
    let (mut msn, mut parts, mut seconds) = (0, 0, 0.0);
    for line in text.lines().map(str::trim) {
        let (tag, value) = line.split_once(':').unwrap_or((line, ""));
        match tag {
            "#EXT-X-TARGETDURATION" => out.target = number(value)?,
            "#EXT-X-MEDIA-SEQUENCE" => msn = number::<u64>(value)?,
            "#EXT-X-SERVER-CONTROL" => {
                out.blocking = attribute(value, "CAN-BLOCK-RELOAD") == Some("YES");
                let back = attribute(value, "PART-HOLD-BACK").or_else(|| attribute(value, "HOLD-BACK"));
                out.hold_back = back.map_or(Ok(0.0), number)?;
            }
            "#EXT-X-MAP" => out.map = attribute(value, "URI").map(str::to_owned),
            "#EXT-X-SKIP" => return Err("it leaves out segments, which was not asked for".to_owned()),
            "#EXT-X-PART" => {
                let uri = attribute(value, "URI").ok_or("a part has no URI")?.to_owned();
                let seconds = number(attribute(value, "DURATION").ok_or("a part has no duration")?)?;
                out.pieces.push(Piece { msn, part: Some(parts), seconds, uri });
                parts += 1;
            }
            "#EXTINF" => seconds = number(value.split(',').next().unwrap_or(value))?,
            "#EXT-X-ENDLIST" => out.ended = true,
            _ if !line.is_empty() && !line.starts_with('#') => {
                if parts == 0 {
                    out.pieces.push(Piece { msn, part: None, seconds, uri: line.to_owned() });
                }
                (msn, parts) = (msn + 1, 0);
            }
            _ => {}
        }
    }
    out.next = (msn, parts);
    Ok(out)
}

/// The media playlist in a multivariant playlist: the one whose address names `rendition`, or the first.
pub(super) fn variant(text: &str, rendition: Option<&str>) -> Option<String> {
    let uris = || text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    match rendition {
        Some(name) => uris().find(|u| u.contains(name)),
        None => uris().next(),
    }
    .map(str::to_owned)
}

impl Playlist {
    /// The index of the piece at which to begin: the last one that is at least the hold-back from the edge.
    pub(super) fn beginning(&self) -> usize {
        let mut behind = 0.0;
        for (i, piece) in self.pieces.iter().enumerate().rev() {
            behind += piece.seconds;
            if behind >= self.hold_back {
                return i;
            }
        }
        0
    }
}

fn number<T: core::str::FromStr>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("{text:?} is not a number"))
}

/// An attribute of an attribute list (RFC 8216bis, section 4.2), without quotes.
fn attribute<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = list;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, next) = quoted.split_once('"')?;
                (value, next.strip_prefix(',').unwrap_or(next))
            }
            None => after.split_once(',').unwrap_or((after, "")),
        };
        if key.trim() == name {
            return Some(value);
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n#EXT-X-PART-INF:PART-TARGET=0.200\n\
        #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.5,HOLD-BACK=6.0\n#EXT-X-MEDIA-SEQUENCE:7\n\
        #EXT-X-MAP:URI=\"opus-96/init.mp4\"\n#EXTINF:1.92000,\nopus-96/7.m4s\n\
        #EXT-X-PART:DURATION=0.20000,URI=\"opus-96/8.0.m4s\",INDEPENDENT=YES\n\
        #EXT-X-PART:DURATION=0.18000,URI=\"opus-96/8.1.m4s\",INDEPENDENT=YES\n#EXTINF:0.38,\nopus-96/8.m4s\n\
        #EXT-X-PART:DURATION=0.20000,URI=\"opus-96/9.0.m4s\",INDEPENDENT=YES\n\
        #EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"opus-96/9.1.m4s\"\n";

    #[test]
    fn parts_are_preferred_to_their_segments_and_the_next_one_is_known() {
        let p = media(TEXT).unwrap();
        let uris: Vec<&str> = p.pieces.iter().map(|p| p.uri.as_str()).collect();
        assert_eq!(uris, ["opus-96/7.m4s", "opus-96/8.0.m4s", "opus-96/8.1.m4s", "opus-96/9.0.m4s"]);
        assert_eq!((p.next, p.blocking, p.hold_back), ((9, 1), true, 0.5));
        assert_eq!(p.map.as_deref(), Some("opus-96/init.mp4"));
        assert_eq!(p.pieces[p.beginning()].uri, "opus-96/8.0.m4s");
        assert!(!p.ended);
    }

    #[test]
    fn a_rendition_is_chosen_by_name() {
        let text = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\naac-96.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1\nopus-48.m3u8\n";
        assert_eq!(variant(text, Some("opus-48")).as_deref(), Some("opus-48.m3u8"));
        assert_eq!(variant(text, None).as_deref(), Some("aac-96.m3u8"));
        assert_eq!(variant(text, Some("opus-96")), None);
    }

    #[test]
    fn what_is_no_playlist_is_refused() {
        for text in ["", "<html>", "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:x", "#EXTM3U\n#EXT-X-PART:DURATION=1"] {
            assert!(media(text).is_err(), "{text:?}");
        }
    }
}
