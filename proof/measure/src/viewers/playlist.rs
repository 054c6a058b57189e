//! A media playlist as a player reads it: what there is, what comes next, how often to ask.

/// What a playlist says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Playlist {
    pub(super) target_s: f64,
    /// Whole segments: media sequence number, address, seconds.
    pub(super) segments: Vec<(u64, String, f64)>,
    /// Parts: media sequence number, index, address, seconds.
    pub(super) parts: Vec<(u64, u64, String, f64)>,
    /// The part that comes next, as far as it is told: number, index, address.
    pub(super) next: Option<(u64, u64, String)>,
    pub(super) ended: bool,
}

impl Playlist {
    /// Reads one; `None` if it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        lines.next().filter(|l| *l == "#EXTM3U")?;
        let mut found = Self::default();
        let (mut msn, mut index, mut seconds) = (0, 0, None);
        for line in lines {
            let (tag, value) = line.split_once(':').unwrap_or((line, ""));
            match tag {
                "#EXT-X-TARGETDURATION" => found.target_s = value.parse().ok()?,
                "#EXT-X-MEDIA-SEQUENCE" => msn = value.parse().ok()?,
                "#EXT-X-SKIP" => msn += attribute(value, "SKIPPED-SEGMENTS")?.parse::<u64>().ok()?,
                "#EXT-X-PART" => {
                    let seconds = attribute(value, "DURATION")?.parse().ok()?;
                    found.parts.push((msn, index, attribute(value, "URI")?.to_owned(), seconds));
                    index += 1;
                }
                "#EXTINF" => seconds = value.split(',').next()?.parse().ok(),
                "#EXT-X-PRELOAD-HINT" => found.next = Some((msn, index, attribute(value, "URI")?.to_owned())),
                "#EXT-X-ENDLIST" => found.ended = true,
                _ if !line.starts_with('#') && !line.is_empty() => {
                    found.segments.push((msn, line.to_owned(), seconds.take()?));
                    (msn, index) = (msn + 1, 0);
                }
                _ => {}
            }
        }
        Some(found)
    }
}

/// The value of an attribute, without its quotes.
fn attribute<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let value = list.split(',').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_playlist_says_what_there_is_and_what_comes() {
        let text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n\
            #EXTINF:1.92000,\no/8.m4s\n#EXT-X-PART:DURATION=0.20000,URI=\"o/9.0.m4s\",INDEPENDENT=YES\n\
            #EXTINF:1.92000,\no/9.m4s\n#EXT-X-PART:DURATION=0.20000,URI=\"o/10.0.m4s\",INDEPENDENT=YES\n\
            #EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"o/10.1.m4s\"\n";
        let read = Playlist::read(text).unwrap();
        assert_eq!(read.segments, [(8, "o/8.m4s".to_owned(), 1.92), (9, "o/9.m4s".to_owned(), 1.92)]);
        assert_eq!(read.parts[1], (10, 0, "o/10.0.m4s".to_owned(), 0.2));
        assert_eq!(read.next, Some((10, 1, "o/10.1.m4s".to_owned())));
        assert!(!read.ended && Playlist::read("<html>").is_none());
    }
}
