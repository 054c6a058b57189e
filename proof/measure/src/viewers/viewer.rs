//! One player: what it asks for next, and whether its sound stood still.
//!
//! A low-latency player holds back five parts, asks for the next playlist before it is there and for the part that the
//! playlist hints at, on a second connection. A plain one asks for the playlist once in a target duration and for each new
//! segment. Both ask at `here` as a page does. Pure: answers in, requests out; the wires are the caller's.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::playlist::Playlist;

/// Parts that a low-latency player holds back, and segments that a plain one does.
const PARTS_BACK: usize = 5;
const SEGMENTS_BACK: usize = 3;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ask {
    Playlist(String),
    /// Its address below the playlist's folder, and its seconds; 0 for an initialisation segment.
    Media(String, f64),
    Here,
    Report,
}

/// Which of its connections: playlists of a low-latency player have one for themselves, because they are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Reloads,
    Media,
}

#[derive(Debug)]
pub(super) struct Viewer {
    low_latency: bool,
    /// Drawn once, as a page does.
    pub(super) id: u64,
    queue: VecDeque<Ask>,
    reload: Option<String>,
    begun: bool,
    /// The first part (ten to a segment) or segment that was not asked for yet.
    next: u64,
    asked_at: Option<Instant>,
    pub(super) first: Option<Instant>,
    /// When what it has will have been played.
    dry: Option<Instant>,
    pub(super) media_s: f64,
    pub(super) gaps: u32,
    pub(super) largest_gap: Duration,
}

impl Viewer {
    pub(super) fn new(low_latency: bool, id: u64) -> Self {
        Self {
            low_latency,
            id,
            queue: VecDeque::new(),
            reload: Some(String::new()),
            begun: false,
            next: 0,
            asked_at: None,
            first: None,
            dry: None,
            media_s: 0.0,
            gaps: 0,
            largest_gap: Duration::ZERO,
        }
    }

    /// What a free connection asks for now.
    pub(super) fn ask(&mut self, on: On, now: Instant) -> Option<Ask> {
        if self.low_latency && on == On::Media {
            return self.queue.pop_front();
        }
        if !self.low_latency && on == On::Reloads {
            return None;
        }
        match self.reload.take() {
            Some(query) => {
                self.asked_at = Some(now);
                Some(Ask::Playlist(query))
            }
            None if self.low_latency => None,
            None => self.queue.pop_front(),
        }
    }

    /// It is time for what a page says every some seconds.
    pub(super) fn push(&mut self, ask: Ask) {
        self.queue.push_back(ask);
    }

    /// It shall ask for the playlist.
    pub(super) fn reload(&mut self) {
        self.reload.get_or_insert_default();
    }

    /// A playlist came; gives when the next one is to be asked for, if that is not at once.
    pub(super) fn playlist(&mut self, playlist: &Playlist, now: Instant) -> Option<Instant> {
        let before = self.next;
        if !self.begun {
            self.begin(playlist);
        }
        if self.low_latency {
            for (msn, index, uri, seconds) in &playlist.parts {
                self.want(msn * 10 + index, uri, *seconds);
            }
            let seconds = playlist.parts.last().map_or(0.0, |p| p.3);
            if let Some((msn, index, uri)) = &playlist.next {
                self.want(msn * 10 + index, uri, seconds);
                self.reload = Some(format!("?_HLS_msn={msn}&_HLS_part={index}&_HLS_skip=YES"));
            }
            return None;
        }
        for (msn, uri, seconds) in &playlist.segments {
            self.want(*msn, uri, *seconds);
        }
        // RFC 8216bis, section 6.3.4: a target duration after it was asked for, half of one if nothing was new.
        let wait = Duration::from_secs_f64(playlist.target_s.max(0.5));
        let asked = self.asked_at.unwrap_or(now);
        (!playlist.ended).then(|| asked + if self.next == before { wait / 2 } else { wait })
    }

    /// Media of so many seconds came.
    pub(super) fn heard(&mut self, seconds: f64, now: Instant) {
        if seconds == 0.0 {
            return;
        }
        self.first.get_or_insert(now);
        self.media_s += seconds;
        let mut dry = self.dry.unwrap_or(now);
        if now > dry {
            self.gaps += 1;
            self.largest_gap = self.largest_gap.max(now - dry);
            dry = now;
        }
        self.dry = Some(dry + Duration::from_secs_f64(seconds));
    }

    /// From now on gaps count.
    pub(super) fn watch(&mut self) {
        (self.media_s, self.gaps, self.largest_gap) = (0.0, 0, Duration::ZERO);
    }

    fn begin(&mut self, playlist: &Playlist) {
        self.begun = true;
        let from = if self.low_latency {
            playlist.parts.iter().rev().nth(PARTS_BACK - 1).or(playlist.parts.first()).map(|p| p.0 * 10 + p.1)
        } else {
            playlist.segments.iter().rev().nth(SEGMENTS_BACK - 1).or(playlist.segments.first()).map(|s| s.0)
        };
        self.next = from.unwrap_or(0);
        if let Some((_, uri, _)) = playlist.segments.first() {
            let folder = uri.rsplit_once('/').map_or("", |(folder, _)| folder);
            self.queue.push_back(Ask::Media(format!("{folder}/init.mp4"), 0.0));
        }
    }

    fn want(&mut self, number: u64, uri: &str, seconds: f64) {
        if number >= self.next {
            self.next = number + 1;
            self.queue.push_back(Ask::Media(uri.to_owned(), seconds));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(viewer: &mut Viewer, on: On, now: Instant) -> Vec<Ask> {
        std::iter::from_fn(|| viewer.ask(on, now)).collect()
    }

    #[test]
    fn a_low_latency_player_waits_for_the_playlist_and_the_hinted_part() {
        let now = Instant::now();
        let mut viewer = Viewer::new(true, 1);
        assert_eq!(asked(&mut viewer, On::Reloads, now), [Ask::Playlist(String::new())]);
        let part = |n: u64| (n / 10, n % 10, format!("o/{}.{}.m4s", n / 10, n % 10), 0.2);
        let mut playlist = Playlist { segments: vec![(6, "o/6.m4s".into(), 1.92)], ..Playlist::default() };
        playlist.parts = (60..74).map(part).collect();
        playlist.next = Some((7, 4, "o/7.4.m4s".into()));
        assert_eq!(viewer.playlist(&playlist, now), None);
        let media = asked(&mut viewer, On::Media, now);
        assert_eq!(media.len(), 7, "{media:?}");
        assert_eq!(media[0], Ask::Media("o/init.mp4".into(), 0.0));
        assert_eq!(media[6], Ask::Media("o/7.4.m4s".into(), 0.2));
        assert_eq!(
            asked(&mut viewer, On::Reloads, now),
            [Ask::Playlist("?_HLS_msn=7&_HLS_part=4&_HLS_skip=YES".into())]
        );
        playlist.parts.push(part(74));
        playlist.next = Some((7, 5, "o/7.5.m4s".into()));
        viewer.playlist(&playlist, now);
        assert_eq!(asked(&mut viewer, On::Media, now), [Ask::Media("o/7.5.m4s".into(), 0.2)]);
    }

    #[test]
    fn a_plain_player_asks_once_in_a_target_duration_and_sooner_when_nothing_was_new() {
        let now = Instant::now();
        let mut viewer = Viewer::new(false, 1);
        let segments = (1..7).map(|n| (n, format!("o/{n}.m4s"), 1.92)).collect();
        let playlist = Playlist { target_s: 2.0, segments, ..Playlist::default() };
        assert_eq!(asked(&mut viewer, On::Media, now).len(), 1);
        assert_eq!(viewer.playlist(&playlist, now), Some(now + Duration::from_secs(2)));
        assert_eq!(asked(&mut viewer, On::Media, now).len(), 4);
        assert_eq!(viewer.playlist(&playlist, now), Some(now + Duration::from_secs(1)));
        assert!(asked(&mut viewer, On::Reloads, now).is_empty());
    }

    #[test]
    fn sound_that_comes_after_the_last_was_played_is_a_gap() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut viewer = Viewer::new(true, 1);
        viewer.heard(0.0, at(0));
        for ms in [0, 100, 400] {
            viewer.heard(0.2, at(ms));
        }
        assert_eq!(viewer.gaps, 0);
        viewer.heard(0.2, at(650));
        assert_eq!((viewer.gaps, viewer.largest_gap), (1, Duration::from_millis(50)));
    }
}
