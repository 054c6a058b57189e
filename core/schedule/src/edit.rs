//! An edit of what is announced, as a function of what was announced.
//!
//! A time in an edit is what the wall shows in the conversation's zone; another zone alone keeps what the wall shows. Absent:
//! whether somebody else was quicker, which the records decide by the version.

use hustings_vocab::plan::{Guest, Plan, Visibility};

use crate::zone::{BadTime, Local, Written, Zone};

/// What can be edited of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Its title.
    pub title: String,
    /// When it starts, in milliseconds since 1970.
    pub starts_ms: Option<u64>,
    /// The rest.
    pub plan: Plan,
}

/// What somebody changes; what is absent stays. Texts are cleaned already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// Another title.
    pub title: Option<String>,
    /// Another start, as the wall of the zone shows it.
    pub starts_at: Option<Written>,
    /// Another start in milliseconds since 1970, for programs; `starts_at` is taken first.
    pub starts_ms: Option<u64>,
    /// Another zone, by its name.
    pub zone: Option<String>,
    /// Another length in minutes; 0 is none.
    pub length_min: Option<u32>,
    /// Another description.
    pub description: Option<String>,
    /// Another language; empty is none.
    pub language: Option<String>,
    /// Other tags.
    pub tags: Option<Vec<String>>,
    /// Other guests.
    pub guests: Option<Vec<Guest>>,
    /// Others may come.
    pub visibility: Option<Visibility>,
    /// Why it begins later; empty takes that back.
    pub delay: Option<String>,
}

impl Edit {
    /// Whether it changes when the conversation starts.
    #[must_use]
    pub const fn moves(&self) -> bool {
        self.starts_at.is_some() || self.starts_ms.is_some() || self.zone.is_some()
    }

    /// What is announced after it.
    ///
    /// # Errors
    /// [`BadTime`].
    pub fn of(&self, was: &Announced) -> Result<Announced, BadTime> {
        let zone = self.zone_of(was)?;
        let starts_ms = match (self.starts_at, self.starts_ms, was.starts_ms) {
            (Some(written), ..) => Some(zone.moment(written)?),
            (None, Some(ms), _) => Some(ms),
            // The wall shows the same in the other zone.
            (None, None, Some(ms)) if self.zone.is_some() => Some(zone.moment(old_zone(was).shows(ms).into())?),
            (None, None, kept) => kept,
        };
        Ok(self.rest(was, starts_ms, &zone))
    }

    /// The same for one that follows in the series: it is moved by as many days and to the same time of day as `first` was.
    ///
    /// # Errors
    /// [`BadTime`], if there is no such time on its day or there are two.
    pub fn of_follower(&self, was: &Announced, first: &Announced, then: &Announced) -> Result<Announced, BadTime> {
        let zone = self.zone_of(was)?;
        let starts_ms = match (first.starts_ms, then.starts_ms, was.starts_ms) {
            (Some(from), Some(to), Some(own)) if self.moves() => {
                let shown = |ms| old_zone(was).shows(ms);
                let moved: Local = shown(own).moved(shown(from), zone.shows(to));
                Some(zone.moment(moved.into())?)
            }
            (.., kept) => kept,
        };
        Ok(self.rest(was, starts_ms, &zone))
    }

    fn zone_of(&self, was: &Announced) -> Result<Zone, BadTime> {
        self.zone.as_deref().map_or_else(|| Ok(old_zone(was)), Zone::named)
    }

    fn rest(&self, was: &Announced, starts_ms: Option<u64>, zone: &Zone) -> Announced {
        let mut plan = was.plan.clone();
        if starts_ms != was.starts_ms {
            // Moved back to where it was is not moved.
            plan.moved_from_ms = was.starts_ms.filter(|_| plan.moved_from_ms != starts_ms);
        }
        if starts_ms.is_some() && (self.moves() || plan.zone.is_some()) {
            plan.zone = Some(zone.name().to_owned());
        }
        if let Some(minutes) = self.length_min {
            plan.length_min = (minutes > 0).then_some(minutes);
        }
        if let Some(language) = &self.language {
            plan.language = Some(language.clone()).filter(|l| !l.is_empty());
        }
        plan.description = self.description.clone().unwrap_or(plan.description);
        plan.tags = self.tags.clone().unwrap_or(plan.tags);
        plan.guests = self.guests.clone().unwrap_or(plan.guests);
        plan.visibility = self.visibility.unwrap_or(plan.visibility);
        plan.delay = self.delay.clone().unwrap_or(plan.delay);
        let title = self.title.clone().unwrap_or_else(|| was.title.clone());
        Announced { title, starts_ms, plan }
    }
}

/// The zone in which it was announced. One that the table no longer knows is read as UTC.
#[must_use]
pub fn old_zone(was: &Announced) -> Zone {
    was.plan.zone.as_deref().and_then(|name| Zone::named(name).ok()).unwrap_or_else(Zone::utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(text: &str) -> Announced {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let starts_ms = Some(zone.moment(Written::read(text).unwrap()).unwrap());
        let plan = Plan { zone: Some("Europe/Berlin".into()), version: 1, ..Plan::default() };
        Announced { title: "An evening".into(), starts_ms, plan }
    }

    fn shown(one: &Announced) -> String {
        old_zone(one).written(one.starts_ms.unwrap())
    }

    #[test]
    fn an_edit_means_the_wall_of_the_zone() {
        let was = berlin("2026-10-20T20:00");
        let edit =
            Edit { starts_at: Some(Written::read("2026-10-27T20:00").unwrap()), ..Edit::default() }.of(&was).unwrap();
        assert_eq!(shown(&edit), "2026-10-27T20:00+01:00");
        assert_eq!(edit.plan.moved_from_ms, was.starts_ms);
        let elsewhere = Edit { zone: Some("America/New_York".into()), ..Edit::default() }.of(&was).unwrap();
        assert_eq!(shown(&elsewhere), "2026-10-20T20:00-04:00");
        let back = Edit { starts_ms: was.starts_ms, ..Edit::default() }.of(&edit).unwrap();
        assert_eq!(back.plan.moved_from_ms, None, "it is where it was");
        let text = Edit { title: Some("Another".into()), ..Edit::default() }.of(&was).unwrap();
        assert_eq!((text.starts_ms, text.plan.moved_from_ms), (was.starts_ms, None));
    }

    #[test]
    fn those_that_follow_are_moved_as_the_first_was() {
        let (first, next) = (berlin("2026-10-20T20:00"), berlin("2026-10-27T20:00"));
        let edit = Edit { starts_at: Some(Written::read("2026-10-21T19:30").unwrap()), ..Edit::default() };
        let then = edit.of(&first).unwrap();
        assert_eq!(shown(&edit.of_follower(&next, &first, &then).unwrap()), "2026-10-28T19:30+01:00");
        let into_the_gap = berlin("2026-03-22T01:00");
        let edit = Edit { starts_at: Some(Written::read("2026-03-22T02:30").unwrap()), ..Edit::default() };
        let then = edit.of(&into_the_gap).unwrap();
        let follower = berlin("2026-03-29T01:00");
        assert!(matches!(edit.of_follower(&follower, &into_the_gap, &then), Err(BadTime::Skipped { .. })));
    }

    #[test]
    fn nothing_given_is_nothing_changed() {
        let was = berlin("2026-10-20T20:00");
        assert_eq!(Edit::default().of(&was), Ok(was.clone()));
        let bare = Announced { title: "x".into(), starts_ms: None, plan: Plan::default() };
        assert_eq!(Edit::default().of(&bare), Ok(bare.clone()));
    }
}
