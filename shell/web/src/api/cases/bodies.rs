//! What is asked and answered about cases.

use hustings_cases::{Category, Decision, State};
use hustings_link::cases::{Case, Deed, Done, Reported, Ruled, Ruling, Subject};
use hustings_vocab::{SeatId, limits, text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// A report. It names a seat, a line, or neither: then it is about the conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakeReport {
    /// Who on stage.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(super) seat: Option<SeatId>,
    /// Which line of the chat.
    #[serde(default)]
    pub(super) line: Option<u64>,
    /// What kind of wrong.
    pub(super) category: Category,
    /// In words; at most 500 characters.
    #[serde(default)]
    pub(super) text: Option<String>,
    /// When what was heard was spoken, in milliseconds since 1970: a listener hears it later. Now if absent.
    #[serde(default)]
    pub(super) heard_ms: Option<u64>,
}

/// It is taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportTaken {
    /// Always `true`. Whether others have reported the same is not said.
    pub(super) taken: bool,
}

/// Which cases.
#[derive(Deserialize, IntoParams, Default)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichCases {
    /// Those in which something was ruled, instead of those that wait.
    pub(super) settled: bool,
    /// After so many.
    pub(super) offset: u64,
}

/// A page of cases.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseList {
    /// Those that wait by urgency, then age; the others by when they were ruled.
    pub(super) cases: Vec<CaseView>,
    /// What to give as `offset` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<u64>,
}

/// A case, as moderators see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseView {
    /// Its name.
    id: String,
    /// In which conversation.
    slug: String,
    /// `speaker`, `message` or `conversation`.
    about: &'static str,
    /// Whose seat or which line.
    #[serde(skip_serializing_if = "String::is_empty")]
    subject: String,
    /// The name that was shown of whoever it is about.
    name: String,
    /// Their account.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// The text of the message.
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    /// The moment that is meant, in milliseconds since 1970.
    moment_ms: u64,
    /// The most urgent of what was reported.
    category: Category,
    /// How many reported it; it orders nothing and decides nothing.
    reports: u64,
    /// Where it is: `open`, `ruled`, `appealed` or `closed`.
    #[schema(value_type = String)]
    state: State,
    /// When it was opened.
    opened_ms: u64,
    /// What is kept of the moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pinned: Option<PinnedView>,
    /// When the pinned minute was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    unpinned_ms: Option<u64>,
    /// What was done at once.
    acts: Vec<ActView>,
    /// What was ruled.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruling: Option<RulingView>,
    /// What the person concerned says to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal: Option<AppealView>,
}

/// What is kept of a moment.
#[derive(Serialize, ToSchema)]
pub(crate) struct PinnedView {
    /// Its beginning, in milliseconds since 1970.
    from_ms: u64,
    /// Its end.
    until_ms: u64,
    /// Those who were heard, each with a track.
    tracks: Vec<TrackView>,
}

/// One speaker's track.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrackView {
    /// Whose seat.
    seat: String,
    /// The name that was shown.
    name: String,
    /// Where its sound is: Ogg Opus.
    href: String,
}

/// What was done at once.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActView {
    /// `remove`, `hide`, `warn` or `suspend`.
    act: &'static str,
    /// By whom.
    by: String,
    /// When, in milliseconds since 1970.
    at_ms: u64,
    /// In words that the person may read.
    reason: String,
}

/// What was ruled.
#[derive(Serialize, ToSchema)]
pub(crate) struct RulingView {
    /// What.
    decision: Decision,
    /// Countries that it is said to hold for; empty is everywhere.
    territory: Vec<String>,
    /// When it ceases to hold; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_ms: Option<u64>,
    /// Why, for the record; moderators alone are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<String>,
    /// What the person is told.
    statement: String,
    /// By whom; moderators alone are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// When.
    at_ms: u64,
    /// Until when it can be appealed.
    appeal_until_ms: u64,
}

/// An appeal.
#[derive(Serialize, ToSchema)]
pub(crate) struct AppealView {
    /// In the words of the person concerned.
    text: String,
    /// When it was made.
    at_ms: u64,
    /// Whether the ruling stands; absent until it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    upheld: Option<bool>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<String>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_ms: Option<u64>,
    /// Whoever had ruled decided it, because the site has no other moderator.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_the_same: Option<bool>,
}

/// One case with what was reported.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseFile {
    /// It.
    pub(super) case: CaseView,
    /// What was reported, the first first. Who did is not told.
    pub(super) reports: Vec<ReportView>,
}

/// One report.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportView {
    /// What kind of wrong.
    category: Category,
    /// In words.
    text: String,
    /// When, in milliseconds since 1970.
    at_ms: u64,
}

/// What to do at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActNow {
    /// What: off the stage, hide the message, warn or suspend the account.
    #[schema(value_type = String, pattern = "^(remove|hide|warn|suspend)$")]
    pub(super) act: Deed,
    /// In words that the person may read, 1 to 500 characters.
    pub(super) reason: String,
}

/// A ruling.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakeRuling {
    /// What.
    decision: Decision,
    /// Countries that it is said to hold for, as two letters (ISO 3166-1); everywhere if empty. It is told and recorded; sound
    /// is not withheld by it.
    #[serde(default)]
    territory: Vec<String>,
    /// For how many days, 1 to 730; for ever if absent. A suspension is lifted when they are over.
    #[serde(default)]
    days: Option<u32>,
    /// Why, for the record, 1 to 2,000 characters.
    reasons: String,
    /// What the person is told, 1 to 2,000 characters.
    statement: String,
}

/// A ruling that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct RulingMade {
    /// The case.
    pub(super) case: CaseView,
    /// A link by which the person concerned can read the ruling and appeal without signing in. It is shown this once.
    pub(super) link: String,
}

/// What becomes of an appeal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideAppeal {
    /// The ruling stands. If not, what was done by it is taken back.
    pub(super) upheld: bool,
    /// Why, in words that the person reads, 1 to 2,000 characters.
    pub(super) reasons: String,
}

/// What was decided about somebody.
#[derive(Serialize, ToSchema)]
pub(crate) struct AboutMe {
    /// The latest first.
    pub(super) rulings: Vec<ConcernedView>,
}

/// What was decided about somebody, as they read it: not who reported, and not who ruled.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConcernedView {
    /// The name of the case.
    id: String,
    /// In which conversation.
    slug: String,
    /// `speaker`, `message` or `conversation`.
    about: &'static str,
    /// The text of the message.
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    /// The moment that is meant, in milliseconds since 1970.
    moment_ms: u64,
    /// What was done at once.
    acts: Vec<ActView>,
    /// What was ruled.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruling: Option<RulingView>,
    /// Whether it can be appealed now.
    may_appeal: bool,
    /// The appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal: Option<AppealView>,
}

/// An appeal to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakeAppeal {
    /// Why the ruling should not stand, 1 to 2,000 characters.
    pub(super) text: String,
}

/// The secret of a link to a ruling.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadRuling {
    /// It.
    pub(super) secret: String,
}

/// An appeal by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppealByLink {
    /// The secret of the link.
    pub(super) secret: String,
    /// Which case.
    pub(super) id: String,
    /// Why the ruling should not stand, 1 to 2,000 characters.
    pub(super) text: String,
}

/// Names whose lines one does not want to see.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlockedNames {
    /// At most 190 of at most 80 characters.
    pub(super) names: Vec<String>,
}

impl MakeReport {
    pub(super) fn subject(&self) -> Result<Subject, Problem> {
        match (&self.seat, self.line) {
            (Some(seat), None) => Ok(Subject::Speaker(seat.clone())),
            (None, Some(line)) => Ok(Subject::Line(line)),
            (None, None) => Ok(Subject::Conversation),
            (Some(_), Some(_)) => Err(Problem::unprocessable("name a seat or a line, not both")),
        }
    }
}

impl MakeRuling {
    pub(super) fn ruling(self) -> Result<Ruling, Problem> {
        let Self { decision, territory, days, reasons, statement } = self;
        if territory.len() > limits::TERRITORIES_MAX {
            let max = limits::TERRITORIES_MAX;
            return Err(Problem::unprocessable(format!("at most {max} countries; for more, leave it empty")));
        }
        if let Some(bad) = territory.iter().find(|t| t.len() != 2 || !t.bytes().all(|b| b.is_ascii_uppercase())) {
            let shown: String = bad.chars().take(16).filter(|c| !text::is_hidden(*c)).collect();
            return Err(Problem::unprocessable(format!(
                "a country has two capital letters, as DE has; {shown:?} has not"
            )));
        }
        if days.is_some_and(|days| !(1..=limits::RULING_DAYS_MAX).contains(&days)) {
            let max = limits::RULING_DAYS_MAX;
            return Err(Problem::unprocessable(format!("days are 1 to {max}; leave them out for ever")));
        }
        let max = limits::RULING_CHARS_MAX;
        let (reasons, statement) = (text::line("reasons", &reasons, max)?, text::line("a statement", &statement, max)?);
        Ok(Ruling { decision, territory, days, reasons, statement })
    }
}

impl CaseView {
    pub(super) fn of(case: Case) -> Self {
        let (about, subject) = case.subject.parts();
        let id = case.id;
        let pinned = case.pinned.map(|pinned| PinnedView {
            from_ms: pinned.from_ms,
            until_ms: pinned.until_ms,
            tracks: (pinned.tracks.into_iter().enumerate())
                .map(|(number, track)| TrackView {
                    seat: track.seat.to_string(),
                    name: track.name,
                    href: format!("/api/v1/cases/{id}/tracks/{number}"),
                })
                .collect(),
        });
        Self {
            slug: case.slug.to_string(),
            about,
            subject,
            name: case.name,
            account: case.account.map(|account| account.to_string()),
            text: case.text,
            moment_ms: case.moment_ms,
            category: case.category,
            reports: case.reports,
            state: case.state,
            opened_ms: case.opened_ms,
            pinned,
            unpinned_ms: case.unpinned_ms,
            acts: case.deeds.into_iter().map(|done| act(done, true)).collect(),
            ruling: case.ruled.map(|ruled| ruling(ruled, true)),
            appeal: case.appeal.map(appeal),
            id,
        }
    }
}

impl ConcernedView {
    pub(super) fn of(case: Case, now_ms: u64) -> Self {
        let until = case.ruled.as_ref().map(|ruled| ruled.appeal_until_ms);
        let (about, _) = case.subject.parts();
        Self {
            may_appeal: case.state == State::Ruled && until.is_some_and(|until| until > now_ms),
            id: case.id,
            slug: case.slug.to_string(),
            about,
            text: case.text,
            moment_ms: case.moment_ms,
            acts: case.deeds.into_iter().map(|done| act(done, false)).collect(),
            ruling: case.ruled.map(|ruled| ruling(ruled, false)),
            appeal: case.appeal.map(appeal),
        }
    }
}

impl From<Reported> for ReportView {
    fn from(Reported { category, said, at_ms }: Reported) -> Self {
        Self { category, text: said, at_ms }
    }
}

fn act(done: Done, named: bool) -> ActView {
    let by = if named { done.by } else { String::new() };
    ActView { act: done.deed.name(), by, at_ms: done.at_ms, reason: done.reason }
}

fn ruling(ruled: Ruled, whole: bool) -> RulingView {
    let Ruled { ruling, by, at_ms, ends_ms, appeal_until_ms } = ruled;
    RulingView {
        decision: ruling.decision,
        territory: ruling.territory,
        ends_ms,
        reasons: whole.then_some(ruling.reasons),
        statement: ruling.statement,
        by: whole.then_some(by),
        at_ms,
        appeal_until_ms,
    }
}

fn appeal(made: hustings_link::cases::Appeal) -> AppealView {
    let verdict = made.verdict.as_ref();
    AppealView {
        upheld: verdict.map(|v| v.upheld),
        reasons: verdict.map(|v| v.reasons.clone()),
        decided_ms: verdict.map(|v| v.at_ms),
        by_the_same: verdict.map(|v| v.alone),
        text: made.text,
        at_ms: made.at_ms,
    }
}
