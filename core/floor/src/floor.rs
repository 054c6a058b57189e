//! The floor of one conversation.
//!
//! A command is checked whole before anything of it happens, and costs credit only if it is carried out: who is refused may
//! mend it and try at once. Those who run the conversation write without slow mode and are not filtered.

use hustings_vocab::event::What;
use hustings_vocab::floor::{ChatLine, FloorNow, Note, Pinned, Question, QuestionState, Questions};
use hustings_vocab::{Role, limits};

use crate::chat::Lines;
use crate::command::{By, Change, Command, Settings};
use crate::pace::{Act, NoCredit, OF_PERSON, OF_SOURCE, Paces};
use crate::polls::Polls;
use crate::questions::Queue;
use crate::reactions::Counts;
use crate::refusal::Refusal;
use crate::text;

/// What the audience is told, once a second, and what is to be written down.
#[derive(Debug, Default, PartialEq)]
pub struct Told {
    /// Events.
    pub events: Vec<What>,
    /// What changed by time, or is written down only when it is told.
    pub changes: Vec<Change>,
}

/// The floor of one conversation.
#[derive(Debug)]
pub struct Floor {
    pub(crate) settings: Settings,
    pub(crate) note: Option<Note>,
    pub(crate) lines: Lines,
    pub(crate) questions: Queue,
    pub(crate) polls: Polls,
    reactions: Counts,
    people: Paces,
    sources: Paces,
    /// The last number that was given to anything.
    pub(crate) number: u64,
    note_changed: bool,
    settings_changed: bool,
    /// Everything is told, because nobody has been told anything.
    pub(crate) fresh: bool,
}

impl Default for Floor {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            note: None,
            lines: Lines::default(),
            questions: Queue::default(),
            polls: Polls::default(),
            reactions: Counts::default(),
            people: Paces::new(OF_PERSON),
            sources: Paces::new(OF_SOURCE),
            number: 0,
            note_changed: false,
            settings_changed: false,
            fresh: true,
        }
    }
}

/// What of taking part is given up while the machine or the line has too much to do; nothing, by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ease {
    /// Pages send one reaction in at least so many, a power of two.
    pub one_in: Option<u32>,
    /// At most so many lines of the audience are shown of a second.
    pub lines: Option<usize>,
}

impl Floor {
    /// What is given up from now on. What the stage writes is always shown.
    pub fn ease(&mut self, ease: Ease) {
        self.reactions.at_least(ease.one_in.unwrap_or(1));
        self.lines.fewer = ease.lines;
    }

    /// Carries out a command, at `now_ms` since 1970. `lot` is drawn evenly from all numbers.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing has changed.
    pub fn handle(&mut self, by: &By, command: Command, now_ms: u64, lot: u64) -> Result<Vec<Change>, Refusal> {
        match command {
            Command::React(kind, one_in) => {
                self.reactions.may_stand_for(one_in)?;
                self.spend(by, Act::React, one_in, now_ms)?;
                self.reactions.count(kind, one_in);
                Ok(Vec::new())
            }
            Command::Say(said) => self.say(by, &said, now_ms, lot),
            Command::Ask(asked) => self.ask(by, &asked, now_ms),
            Command::Want(id) => {
                self.questions.may_vote(id, by.person, self.settings.rules.moderated && !by.runs)?;
                self.spend(by, Act::Vote, 1, now_ms)?;
                self.questions.vote(id, by.person);
                Ok(vec![Change::Voted { item: id, person: by.person, choice: 0 }])
            }
            Command::Choose(id, choice) => {
                self.polls.may_choose(id, by.person, choice)?;
                self.spend(by, Act::Vote, 1, now_ms)?;
                self.polls.choose(by.person, choice);
                Ok(vec![Change::Voted { item: id, person: by.person, choice }])
            }
            host if by.runs => self.run(host, now_ms),
            _ => Err(Refusal::NotYours),
        }
    }

    /// What those who run the conversation do.
    fn run(&mut self, command: Command, now_ms: u64) -> Result<Vec<Change>, Refusal> {
        Ok(match command {
            Command::Judge(id, state) => {
                self.questions.judge(id, state)?;
                vec![Change::Judged(id, state)]
            }
            Command::Poll(new) => {
                let poll = self.polls.may_open(&new, self.next_number(now_ms), now_ms)?;
                self.number = poll.id;
                let answers = poll.answers.iter().map(|answer| answer.text.clone()).collect();
                let (id, question, closes_ms) = (poll.id, poll.question.clone(), poll.closes_ms);
                self.polls.open(poll);
                vec![Change::Polled { id, question, answers, closes_ms }]
            }
            Command::Close(id) => {
                self.polls.close(id)?;
                vec![Change::Closed(id)]
            }
            Command::Pin(note) => {
                let note = note.map(checked_note).transpose()?;
                self.note.clone_from(&note);
                self.note_changed = true;
                vec![Change::Pinned(note)]
            }
            Command::Hide { line, hidden, mute } => self.hide(line, hidden, mute)?,
            Command::Set(settings) => {
                self.settings = checked_settings(settings)?;
                self.settings_changed = true;
                self.questions.touch();
                vec![Change::Settled(self.settings.clone())]
            }
            Command::React(..) | Command::Say(_) | Command::Ask(_) | Command::Want(_) | Command::Choose(..) => {
                Vec::new()
            }
        })
    }

    fn say(&mut self, by: &By, said: &str, now_ms: u64, lot: u64) -> Result<Vec<Change>, Refusal> {
        if !self.settings.rules.chat && !by.runs {
            return Err(Refusal::Off);
        }
        let text = self.filtered(by, "a line", said, limits::CHAT_CHARS_MAX)?;
        let slow_s = if by.runs { 0 } else { self.settings.rules.slow_s };
        self.lines.may_say(by.person, &text, slow_s, now_ms)?;
        self.spend(by, Act::Say, 1, now_ms)?;
        let id = self.next_number(now_ms);
        self.number = id;
        let role = (by.role != Role::Listener).then_some(by.role);
        let drawn = self.lines.say(ChatLine { id, name: by.name.clone(), role, text }, by.person, slow_s, now_ms, lot);
        Ok(std::iter::once(Change::Offered(id)).chain(drawn).collect())
    }

    fn ask(&mut self, by: &By, asked: &str, now_ms: u64) -> Result<Vec<Change>, Refusal> {
        let text = self.filtered(by, "a question", asked, limits::QUESTION_CHARS_MAX)?;
        self.questions.may_ask(by.person)?;
        self.spend(by, Act::Ask, 1, now_ms)?;
        let id = self.next_number(now_ms);
        self.number = id;
        let name = by.name.clone();
        let question = Question { id, name: name.clone(), text: text.clone(), state: QuestionState::New, votes: 0 };
        self.questions.ask(question, by.person);
        Ok(vec![Change::Asked { id, person: by.person, name, text }])
    }

    fn hide(&mut self, line: u64, hidden: bool, mute: bool) -> Result<Vec<Change>, Refusal> {
        let author = self.lines.hide(line, hidden)?;
        let mut changes = vec![Change::Hid(line, hidden)];
        if hidden && mute {
            self.lines.mute(author, true)?;
            changes.push(Change::Muted(author, true));
            changes.extend(self.lines.hide_all_of(author).into_iter().map(|id| Change::Hid(id, true)));
        } else if !hidden && self.lines.muted.contains(&author) {
            self.lines.mute(author, false)?;
            changes.push(Change::Muted(author, false));
        }
        Ok(changes)
    }

    /// A text of somebody, if it is taken.
    fn filtered(&self, by: &By, what: &'static str, given: &str, max: usize) -> Result<String, Refusal> {
        if self.lines.muted.contains(&by.person) {
            return Err(Refusal::Muted);
        }
        let text = text::line(what, given, max)?;
        if !by.runs {
            if !self.settings.rules.links && text::has_link(&text) {
                return Err(Refusal::Link);
            }
            if text::has_word(&text, &self.settings.words) {
                return Err(Refusal::Word);
            }
        }
        Ok(text)
    }

    fn spend(&mut self, by: &By, act: Act, weight: u32, now_ms: u64) -> Result<(), Refusal> {
        self.people.allows(by.person.0, act, now_ms).map_err(|no| match no {
            NoCredit::Wait(s) => Refusal::TooSoon(s),
            NoCredit::Full => Refusal::Busy,
        })?;
        self.sources.allows(by.source, act, now_ms).map_err(|no| match no {
            NoCredit::Wait(s) => Refusal::Crowded(s),
            NoCredit::Full => Refusal::Busy,
        })?;
        self.people.spend(by.person.0, act, weight, now_ms);
        self.sources.spend(by.source, act, weight, now_ms);
        Ok(())
    }

    /// Numbers follow time, so that none is given twice although not everything was written down before a restart. They stay
    /// below 2^53, which is as far as a page can count.
    fn next_number(&self, now_ms: u64) -> u64 {
        (self.number + 1).max(now_ms.saturating_mul(1000))
    }

    /// Once a second: what the audience is told.
    pub fn tell(&mut self, now_ms: u64) -> Told {
        let mut told = Told::default();
        let fresh = std::mem::replace(&mut self.fresh, false);
        if let Some(id) = self.polls.close_what_is_due(now_ms) {
            told.changes.push(Change::Closed(id));
        }
        if std::mem::replace(&mut self.settings_changed, false) || fresh {
            told.events.push(What::Floor(self.settings.rules));
        }
        if std::mem::replace(&mut self.note_changed, false) || (fresh && self.note.is_some()) {
            told.events.push(What::Pinned(Pinned { note: self.note.clone() }));
        }
        told.events.extend(self.reactions.tell().map(What::Reactions));
        told.events.extend(self.lines.tell(&mut told.changes).map(What::Chat));
        if self.questions.news() {
            let moderated = self.settings.rules.moderated;
            let questions = self.questions.top(moderated, false, limits::QUESTIONS_TOLD_MAX);
            told.events.push(What::Questions(Questions { questions }));
        }
        told.events.extend(self.polls.tell().map(What::Poll));
        self.people.sweep(now_ms);
        self.sources.sweep(now_ms);
        told
    }

    /// Everything as it stands: what the audience sees, or with `runs` also what waits.
    #[must_use]
    pub fn now(&self, runs: bool, lines: usize) -> FloorNow {
        let max = if runs { limits::QUESTIONS_MAX } else { limits::QUESTIONS_TOLD_MAX };
        FloorNow {
            rules: self.settings.rules,
            note: self.note.clone(),
            poll: self.polls.now().cloned(),
            questions: self.questions.top(self.settings.rules.moderated, runs, max),
            lines: self.lines.now(lines),
            one_in: self.reactions.one_in(),
        }
    }

    /// The words that are refused.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.settings.words
    }
}

fn checked_note(note: Note) -> Result<Note, Refusal> {
    let text = text::line("a pinned note", &note.text, limits::NOTE_CHARS_MAX)?;
    let link = note.link.filter(|link| !link.trim().is_empty()).map(|link| text::link(&link)).transpose()?;
    Ok(Note { text, link })
}

fn checked_settings(settings: Settings) -> Result<Settings, Refusal> {
    let Settings { rules, words } = settings;
    if rules.slow_s > limits::CHAT_SLOW_SECONDS_MAX {
        return Err(Refusal::Range("slow_s is 0 to 600 seconds; to stop the chat, switch it off"));
    }
    if words.len() > limits::WORDS_REFUSED_MAX {
        return Err(Refusal::Full("refused word"));
    }
    let checked = |word: &String| Ok(text::folded(&text::line("a refused word", word, limits::WORD_CHARS_MAX)?));
    Ok(Settings { rules, words: words.iter().map(checked).collect::<Result<_, Refusal>>()? })
}

#[cfg(test)]
#[path = "floor_tests.rs"]
mod tests;
