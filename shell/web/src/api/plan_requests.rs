//! What those who plan send, as values: texts cleaned, times found in their zones.

use hustings_link::plans::{NewInvitation, NewPlan};
use hustings_schedule::edit::Edit;
use hustings_schedule::series;
use hustings_schedule::text::{self, BadText};
use hustings_schedule::zone::{BadTime, MOMENT_MS_MAX, Written, Zone};
use hustings_vocab::plan::{Every, Guest, Plan, Visibility};
use hustings_vocab::{Role, Slug, limits};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A conversation to make. Without a start its lobby opens at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateConversation {
    /// Its name in its address: 1 to 64 of `a-z`, `0-9` and `-`; made of the title if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,64}$")]
    slug: Option<Slug>,
    /// Its title, 1 to 200 characters; the slug if absent.
    #[serde(default)]
    title: Option<String>,
    /// When it starts, in milliseconds since 1970.
    #[serde(default)]
    starts_ms: Option<u64>,
    /// When it starts, as the wall of `zone` shows it: `2026-11-24T20:00`; where that is two moments, with its offset.
    #[serde(default)]
    starts_at: Option<String>,
    /// The host's time zone, an IANA name; UTC if absent.
    #[serde(default)]
    zone: Option<String>,
    /// How long it is planned to be, in minutes, at most a day.
    #[serde(default)]
    length_min: Option<u32>,
    /// Plain text with line breaks, at most 4,000 characters.
    #[serde(default)]
    description: Option<String>,
    /// The language that is spoken (BCP 47).
    #[serde(default)]
    language: Option<String>,
    /// At most 8 words to find it by.
    #[serde(default)]
    tags: Vec<String>,
    /// At most 20 people who are announced.
    #[serde(default)]
    guests: Vec<Guest>,
    /// Who may come; `public` if absent.
    #[serde(default)]
    visibility: Visibility,
    /// It is a room: without a start, opened whenever a host enters.
    #[serde(default)]
    stays: bool,
    /// It comes again. Each occurrence is a conversation of its own, whose name ends with its day.
    #[serde(default)]
    repeats: Option<Repeats>,
}

/// How a conversation comes again.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeats {
    /// How often.
    every: Every,
    /// How many there are, the first included: 2 to 52.
    count: u32,
}

/// What to change; what is absent stays. An empty text, 0 minutes and an empty list take away what was there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditConversation {
    /// Another title, 1 to 200 characters; until the doors open.
    #[serde(default)]
    title: Option<String>,
    /// Another start, in milliseconds since 1970; until it begins.
    #[serde(default)]
    starts_ms: Option<u64>,
    /// Another start, as the wall of its zone shows it; until it begins.
    #[serde(default)]
    starts_at: Option<String>,
    /// Another time zone, an IANA name. Alone, it keeps what the wall shows.
    #[serde(default)]
    zone: Option<String>,
    /// Another length in minutes.
    #[serde(default)]
    length_min: Option<u32>,
    /// Another description.
    #[serde(default)]
    description: Option<String>,
    /// Another language.
    #[serde(default)]
    language: Option<String>,
    /// Other tags.
    #[serde(default)]
    tags: Option<Vec<String>>,
    /// Other guests.
    #[serde(default)]
    guests: Option<Vec<Guest>>,
    /// Others may come.
    #[serde(default)]
    visibility: Option<Visibility>,
    /// Why it begins later, at most 200 characters, for those in the lobby and those who wait; empty takes it back.
    #[serde(default)]
    delay: Option<String>,
    /// What of a series is changed; this one if absent.
    #[serde(default)]
    pub(crate) scope: Scope,
}

/// What of a series is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// This one.
    #[default]
    One,
    /// This one and all that follow.
    Following,
}

/// Why a conversation is called off. The body may be absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallOff {
    /// The reason, at most 500 characters, shown on its page.
    #[serde(default)]
    reason: Option<String>,
    /// What of a series is called off; this one if absent.
    #[serde(default)]
    pub(crate) scope: Scope,
}

/// An invitation to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invite {
    /// What it makes of whoever accepts it. A host is made by a host.
    pub(crate) role: Role,
    /// What you call it, at most 80 characters.
    #[serde(default)]
    label: Option<String>,
    /// The name of whom it is for, at most 80 characters; they are asked for it if absent.
    #[serde(default)]
    name: Option<String>,
    /// People who may accept it. 1, if absent: a guest's own link, the same guest on every device. 0: as many as come.
    #[serde(default)]
    uses_max: Option<u32>,
    /// Seconds until it ends; with the conversation if absent.
    #[serde(default)]
    expires_s: Option<u64>,
    /// A mail address to send the link to, where the server sends mail. They are told by mail of a move, too.
    #[serde(default)]
    email: Option<String>,
}

/// An invitation to accept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accept {
    /// What the link carries after `#i=`.
    pub(crate) secret: String,
    /// The name to show, 1 to 80 characters; the one that is known if absent.
    #[serde(default)]
    name: Option<String>,
}

impl CreateConversation {
    pub(crate) fn into_plan(self) -> Result<NewPlan, Problem> {
        let title = self.title.as_deref().map(|t| line("title", t, 1, limits::TITLE_CHARS_MAX)).transpose()?;
        let zone = self.zone.as_deref().map(Zone::named).transpose().map_err(bad_time)?;
        let starts = match (&self.starts_at, self.starts_ms) {
            (Some(text), None) => Some(Written::read(text).map_err(bad_time)?),
            (None, Some(ms)) if ms > MOMENT_MS_MAX => return Err(bad_moment()),
            (Some(_), Some(_)) => return Err(Problem::unprocessable("starts_ms and starts_at are one too many")),
            _ => None,
        };
        let in_zone = zone.clone().unwrap_or_else(Zone::utc);
        let starts_ms = match starts {
            Some(written) => Some(in_zone.moment(written).map_err(bad_time)?),
            None => self.starts_ms,
        };
        if self.stays && starts_ms.is_some() {
            return Err(Problem::unprocessable("a room that stays has no start: leave out starts_at or stays"));
        }
        let repeats = match (self.repeats, starts_ms) {
            (None, _) => Vec::new(),
            (Some(_), None) => {
                return Err(Problem::unprocessable("what repeats needs a start: add starts_at and zone"));
            }
            (Some(Repeats { count, .. }), _) if !(2..=limits::SERIES_OCCURRENCES_MAX).contains(&count) => {
                let max = limits::SERIES_OCCURRENCES_MAX;
                return Err(Problem::unprocessable(format!("count is 2 to {max}, this is {count}")));
            }
            (Some(Repeats { every, count }), Some(ms)) => {
                let first = starts.unwrap_or_else(|| in_zone.shows(ms).into());
                let all = series::occurrences(&in_zone, first, every, count).map_err(bad_time)?;
                all.into_iter().map(|(local, ms)| (local.date(), ms)).collect()
            }
        };
        let language = self.language.filter(|l| !l.trim().is_empty());
        let plan = Plan {
            description: described(self.description.as_deref().unwrap_or_default())?,
            language: language.map(|l| tongue(&l)).transpose()?,
            tags: tags(&self.tags)?,
            guests: guests(self.guests)?,
            zone: zone.map(|z| z.name().to_owned()),
            length_min: self.length_min.map(length).transpose()?.filter(|m| *m > 0),
            visibility: self.visibility,
            stays: self.stays,
            ..Plan::default()
        };
        Ok(NewPlan { slug: self.slug, title, starts_ms, repeats, plan, key: None })
    }
}

impl TryFrom<EditConversation> for Edit {
    type Error = Problem;

    fn try_from(asked: EditConversation) -> Result<Self, Problem> {
        if asked.starts_ms.is_some_and(|ms| ms > MOMENT_MS_MAX) {
            return Err(bad_moment());
        }
        let language = asked.language.map(|l| if l.trim().is_empty() { Ok(String::new()) } else { tongue(&l) });
        let zone = asked.zone.as_deref().map(Zone::named).transpose().map_err(bad_time)?;
        Ok(Self {
            title: asked.title.map(|t| line("title", &t, 1, limits::TITLE_CHARS_MAX)).transpose()?,
            starts_at: asked.starts_at.map(|t| Written::read(&t)).transpose().map_err(bad_time)?,
            starts_ms: asked.starts_ms,
            zone: zone.map(|z| z.name().to_owned()),
            length_min: asked.length_min.map(length).transpose()?,
            description: asked.description.map(|d| described(&d)).transpose()?,
            language: language.transpose()?,
            tags: asked.tags.map(|t| tags(&t)).transpose()?,
            guests: asked.guests.map(guests).transpose()?,
            visibility: asked.visibility,
            delay: asked.delay.map(|d| line("delay", &d, 0, limits::DELAY_CHARS_MAX)).transpose()?,
        })
    }
}

impl CallOff {
    pub(crate) fn reason(&self) -> Result<String, Problem> {
        let reason = self.reason.as_deref().unwrap_or_default();
        text::paragraphs(reason, limits::REASON_CHARS_MAX).map_err(|e| bad_text("reason", &e))
    }
}

impl Invite {
    pub(crate) fn by(self, by: String) -> Result<NewInvitation, Problem> {
        let named =
            |field, text: Option<String>| line(field, text.as_deref().unwrap_or_default(), 0, limits::NAME_CHARS_MAX);
        if self.uses_max.is_some_and(|n| n > limits::INVITATION_USES_MAX) {
            let max = limits::INVITATION_USES_MAX;
            return Err(Problem::unprocessable(format!("uses_max is 1 to {max}, or 0 for as many as come")));
        }
        if self.expires_s.is_some_and(|s| !(1..=limits::TOKEN_EXPIRES_SECONDS_MAX).contains(&s)) {
            let max = limits::TOKEN_EXPIRES_SECONDS_MAX;
            return Err(Problem::unprocessable(format!("expires_s is 1 to {max} seconds")));
        }
        Ok(NewInvitation {
            role: self.role,
            label: named("label", self.label)?,
            name: named("name", self.name)?,
            uses_max: Some(self.uses_max.unwrap_or(1)).filter(|n| *n > 0),
            expires_s: self.expires_s,
            email: address(self.email.as_deref())?,
            by,
        })
    }
}

impl Accept {
    pub(crate) fn name(&self) -> Result<Option<String>, Problem> {
        let name = self.name.as_deref().filter(|n| !n.trim().is_empty());
        name.map(|n| line("name", n, 1, limits::NAME_CHARS_MAX)).transpose()
    }
}

fn address(text: Option<&str>) -> Result<Option<String>, Problem> {
    let refused = |error| Problem::unprocessable(format!("email: {error}"));
    text.map(|text| hustings_vocab::text::email(text).map_err(refused)).transpose()
}

fn line(field: &str, text: &str, min: usize, max: usize) -> Result<String, Problem> {
    text::line(text, min, max).map_err(|e| bad_text(field, &e))
}

fn described(text: &str) -> Result<String, Problem> {
    text::paragraphs(text, limits::DESCRIPTION_CHARS_MAX).map_err(|e| bad_text("description", &e))
}

fn tongue(text: &str) -> Result<String, Problem> {
    text::language(text, limits::LANGUAGE_CHARS_MAX).map_err(|e| bad_text("language", &e))
}

fn length(minutes: u32) -> Result<u32, Problem> {
    let max = limits::LENGTH_MINUTES_MAX;
    if minutes <= max {
        return Ok(minutes);
    }
    Err(Problem::unprocessable(format!("length_min is at most {max}, this is {minutes}")))
}

fn tags(all: &[String]) -> Result<Vec<String>, Problem> {
    if all.len() > limits::TAGS_MAX {
        return Err(Problem::unprocessable(format!(
            "there are at most {} tags, these are {}",
            limits::TAGS_MAX,
            all.len()
        )));
    }
    let mut kept: Vec<String> = Vec::new();
    for tag in all {
        let tag = line("tag", tag, 1, limits::TAG_CHARS_MAX)?;
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    Ok(kept)
}

fn guests(all: Vec<Guest>) -> Result<Vec<Guest>, Problem> {
    if all.len() > limits::GUESTS_MAX {
        let (max, n) = (limits::GUESTS_MAX, all.len());
        return Err(Problem::unprocessable(format!("there are at most {max} guests, these are {n}")));
    }
    let guest = |g: Guest| {
        Ok(Guest {
            name: line("a guest's name", &g.name, 1, limits::NAME_CHARS_MAX)?,
            affiliation: line("affiliation", &g.affiliation, 0, limits::GUEST_LINE_CHARS_MAX)?,
            interests: line("interests", &g.interests, 0, limits::GUEST_LINE_CHARS_MAX)?,
        })
    };
    all.into_iter().map(guest).collect()
}

fn bad_text(field: &str, error: &BadText) -> Problem {
    Problem::unprocessable(format!("{field} {error}"))
}

#[expect(clippy::needless_pass_by_value, reason = "it is a function for map_err")]
fn bad_time(error: BadTime) -> Problem {
    Problem::unprocessable(error.to_string())
}

fn bad_moment() -> Problem {
    Problem::unprocessable("starts_ms is milliseconds since 1970, at most the year 9999")
}
