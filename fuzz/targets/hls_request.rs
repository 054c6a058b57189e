//! Queries and file names of LL-HLS, and what is decided from them over windows of every kind.
//!
//! Input: two bytes that choose the window, then a query, a line feed and a file name.
#![no_main]

use std::sync::{Arc, LazyLock};

use hustings_pack::request::{Answer, Directives, Media, Reload, media, reload};
use hustings_pack::{PARTS_PER_SEGMENT, Packager, Part, Window, playlist};
use hustings_vocab::{MediaTime, Rendition};
use libfuzzer_sys::fuzz_target;

static PARTS: LazyLock<Vec<Arc<Part>>> = LazyLock::new(|| {
    let mut packager = Packager::new(Rendition::Opus96, true);
    (0..3000).filter_map(|k| packager.push(MediaTime(k * 960), &[k as u8])).map(Arc::new).collect()
});

fuzz_target!(|data: &[u8]| {
    let [first, count, text @ ..] = data else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let (query, name) = text.split_once('\n').unwrap_or((text, ""));

    let mut window = Window::new(156, 0);
    PARTS.iter().skip(usize::from(*first)).take(usize::from(count & 0x3f)).for_each(|p| window.push(p.clone()));
    if count & 0x80 != 0 {
        window.end();
    }

    if let Ok(asked) = Directives::parse(query) {
        let text = playlist::media(&window, Rendition::Opus96, &Rendition::ALL, 0, asked.extent);
        match reload(&window, asked.until) {
            Reload::Now => assert!(text.is_some() || window.ended(), "an answer now is a playlist"),
            Reload::Wait { part_number } => {
                assert!(!window.ended());
                assert!(window.next().is_none_or(|next| (next..next + 4 * PARTS_PER_SEGMENT).contains(&part_number)));
            }
            Reload::TooFar => assert!(window.next().is_some() && !window.ended()),
        }
    }
    if let Ok(asked) = Media::parse(name) {
        match media(&window, asked, 1_000_000) {
            Answer::Ready(parts) => assert!(!parts.is_empty()),
            Answer::Wait { part_number } => assert!(window.next().is_none_or(|next| part_number >= next)),
            Answer::Gone | Answer::NotFound => {}
        }
    }
});
