//! What is written down of taking part: lines, questions, polls, votes, who is muted, what is pinned.
//!
//! Changes come in batches, some times a second for all conversations, and a batch is one transaction: nothing is written for a
//! line by itself, and whoever waits for one waits with all others. Lines and votes, which come in numbers, are written many at once. Deliberately absent: reactions, which
//! are told and forgotten, and lines that nobody was shown.

use hustings_floor::{Change, Kept, KeptPoll, KeptQuestion, KeptVote, PersonId, Settings};
use hustings_vocab::floor::{Answer, ChatLine, FloorRules, Note, Poll, QuestionState};
use hustings_vocab::{Role, Slug, limits};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::error::StoreError;
use crate::row::signed;
use crate::store::Store;

/// Rows in one statement: with seven columns far below the 999 parameters that an old SQLite takes.
const ROWS_MAX: usize = 100;

/// A person as SQL stores it: the same 64 bits.
const fn number_of(person: PersonId) -> i64 {
    person.0.cast_signed()
}

#[derive(Serialize, Deserialize)]
struct WrittenSettings {
    rules: FloorRules,
    words: Vec<String>,
}

impl Store {
    /// Writes a batch of changes, all or none.
    ///
    /// # Errors
    /// [`StoreError::Query`].
    pub async fn write_floors(&self, changes: &[(Slug, Change)]) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let mut lines = Vec::new();
        let mut votes = Vec::new();
        for (slug, change) in changes {
            match change {
                Change::Said(line, person) => lines.push((slug, line, *person)),
                Change::Voted { item, person, choice } => votes.push((slug, *item, *person, *choice)),
                _ => {}
            }
        }
        for some in lines.chunks(ROWS_MAX) {
            let sql = insert("floor_lines (slug, id, person, name, role, text)", 6, some.len());
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (slug, line, person) in some {
                let role = line.role.map_or_else(String::new, |role| role.to_string());
                query = query.bind(slug.as_str()).bind(signed(line.id)).bind(number_of(*person));
                query = query.bind(&line.name).bind(role).bind(&line.text);
            }
            query.execute(&mut *transaction).await?;
        }
        // After the lines, because one may have been hidden in the second in which it was shown.
        for (slug, change) in changes {
            write_one(&mut transaction, slug, change).await?;
        }
        for some in votes.chunks(ROWS_MAX) {
            let sql = insert("floor_votes (slug, item, person, choice)", 4, some.len());
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (slug, item, person, choice) in some {
                query = query.bind(slug.as_str()).bind(signed(*item)).bind(number_of(*person));
                query = query.bind(signed(*choice as u64));
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What was written down of one conversation, as much as it needs to go on.
    ///
    /// # Errors
    /// [`StoreError::Query`], [`StoreError::Damaged`].
    pub async fn floor(&self, slug: &Slug) -> Result<Kept, StoreError> {
        let all = async |sql: &'static str, max: usize| {
            sqlx::query(sql).bind(slug.as_str()).bind(signed(max as u64)).fetch_all(&self.pool).await
        };
        let lines = all(
            "SELECT id, person, name, role, text FROM floor_lines WHERE slug = $1 AND hidden = 0
             ORDER BY slug DESC, id DESC LIMIT $2",
            limits::CHAT_LINES_KEPT_MAX,
        );
        let mut kept =
            Kept { lines: lines.await?.iter().rev().map(line).collect::<Result<_, _>>()?, ..Kept::default() };
        let questions = all(
            "SELECT id, person, name, text, state FROM floor_questions WHERE slug = $1 ORDER BY slug DESC, id DESC LIMIT $2",
            limits::QUESTIONS_MAX,
        );
        kept.questions = questions.await?.iter().map(|row| question(slug, row)).collect::<Result<_, StoreError>>()?;
        let polls = all(
            "SELECT id, question, answers, closes_ms, closed FROM floor_polls WHERE slug = $1
             ORDER BY slug DESC, id DESC LIMIT $2",
            limits::POLLS_MAX,
        );
        let polls = polls.await?;
        kept.polls = polls.len();
        kept.poll = polls.first().map(|row| poll(slug, row)).transpose()?;
        let newest = kept.poll.as_ref().map_or(0, |kept| kept.poll.id);
        let votes = all(
            "SELECT v.item, v.person, v.choice FROM floor_votes v JOIN floor_questions q ON q.slug = v.slug AND q.id = v.item
             WHERE v.slug = $1 LIMIT $2",
            limits::QUESTION_VOTES_MAX,
        );
        kept.votes = votes.await?.iter().map(vote).collect::<Result<_, _>>()?;
        let of_poll =
            sqlx::query("SELECT item, person, choice FROM floor_votes WHERE slug = $1 AND item = $2 LIMIT $3")
                .bind(slug.as_str())
                .bind(signed(newest))
                .bind(signed(limits::POLL_VOTERS_MAX as u64));
        for row in of_poll.fetch_all(&self.pool).await? {
            kept.votes.push(vote(&row)?);
        }
        let muted = all("SELECT person FROM floor_muted WHERE slug = $1 LIMIT $2", limits::MUTED_MAX);
        for row in muted.await? {
            kept.muted.push(person(&row)?);
        }
        let settings = all("SELECT settings, note FROM floor_settings WHERE slug = $1 LIMIT $2", 1);
        if let Some(row) = settings.await?.first() {
            let (settings, note): (Option<String>, Option<String>) = (row.try_get("settings")?, row.try_get("note")?);
            let damaged = |_| StoreError::Damaged { slug: slug.to_string(), what: "settings that are none".into() };
            let settings: Option<WrittenSettings> =
                settings.map(|json| serde_json::from_str(&json)).transpose().map_err(damaged)?;
            kept.settings = settings.map(|WrittenSettings { rules, words }| Settings { rules, words });
            kept.note =
                note.map(|json| serde_json::from_str::<Option<Note>>(&json)).transpose().map_err(damaged)?.flatten();
        }
        Ok(kept)
    }
}

/// A statement that writes several rows and leaves alone what is there.
fn insert(into: &str, columns: usize, rows: usize) -> String {
    let row = |n: usize| {
        let places: Vec<_> = (1..=columns).map(|column| format!("${}", n * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<_> = (0..rows).map(row).collect();
    format!("INSERT INTO {into} VALUES {} ON CONFLICT DO NOTHING", rows.join(", "))
}

/// A change that comes by itself.
async fn write_one(to: &mut AnyConnection, slug: &Slug, change: &Change) -> Result<(), StoreError> {
    let slug = slug.as_str();
    let query = match change {
        Change::Offered(_) | Change::Said(..) | Change::Voted { .. } => return Ok(()),
        Change::Dropped(id) => {
            sqlx::query("DELETE FROM floor_lines WHERE slug = $1 AND id = $2").bind(slug).bind(signed(*id))
        }
        Change::Hid(id, hidden) => sqlx::query("UPDATE floor_lines SET hidden = $3 WHERE slug = $1 AND id = $2")
            .bind(slug)
            .bind(signed(*id))
            .bind(i64::from(*hidden)),
        Change::Muted(person, true) => {
            sqlx::query("INSERT INTO floor_muted (slug, person) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(slug)
                .bind(number_of(*person))
        }
        Change::Muted(person, false) => {
            sqlx::query("DELETE FROM floor_muted WHERE slug = $1 AND person = $2").bind(slug).bind(number_of(*person))
        }
        Change::Asked { id, person, name, text } => sqlx::query(
            "INSERT INTO floor_questions (slug, id, person, name, text, state) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
        )
        .bind(slug)
        .bind(signed(*id))
        .bind(number_of(*person))
        .bind(name.as_str())
        .bind(text.as_str())
        .bind(QuestionState::New.name()),
        Change::Judged(id, state) => sqlx::query("UPDATE floor_questions SET state = $3 WHERE slug = $1 AND id = $2")
            .bind(slug)
            .bind(signed(*id))
            .bind(state.name()),
        Change::Polled { id, question, answers, closes_ms } => sqlx::query(
            "INSERT INTO floor_polls (slug, id, question, answers, closes_ms) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
        )
        .bind(slug)
        .bind(signed(*id))
        .bind(question.as_str())
        .bind(json(answers))
        .bind(closes_ms.map(signed)),
        Change::Closed(id) => {
            sqlx::query("UPDATE floor_polls SET closed = 1 WHERE slug = $1 AND id = $2").bind(slug).bind(signed(*id))
        }
        Change::Pinned(note) => sqlx::query(
            "INSERT INTO floor_settings (slug, note) VALUES ($1, $2) ON CONFLICT (slug) DO UPDATE SET note = $2",
        )
        .bind(slug)
        .bind(note.as_ref().map(json)),
        Change::Settled(Settings { rules, words }) => sqlx::query(
            "INSERT INTO floor_settings (slug, settings) VALUES ($1, $2)
             ON CONFLICT (slug) DO UPDATE SET settings = $2",
        )
        .bind(slug)
        .bind(json(&WrittenSettings { rules: *rules, words: words.clone() })),
    };
    query.execute(to).await?;
    Ok(())
}

fn json(value: &impl Serialize) -> String {
    // None of these has a map whose keys are no text, and nothing else fails.
    serde_json::to_string(value).unwrap_or_default()
}

fn id(row: &AnyRow, column: &str) -> Result<u64, StoreError> {
    Ok(row.try_get::<i64, _>(column)?.cast_unsigned())
}

fn person(row: &AnyRow) -> Result<PersonId, StoreError> {
    Ok(PersonId(id(row, "person")?))
}

fn line(row: &AnyRow) -> Result<(ChatLine, PersonId), StoreError> {
    let role: String = row.try_get("role")?;
    let stage = [Role::Host, Role::CoHost, Role::Speaker, Role::Producer];
    let role = stage.into_iter().find(|known| known.to_string() == role);
    let line = ChatLine { id: id(row, "id")?, name: row.try_get("name")?, role, text: row.try_get("text")? };
    Ok((line, person(row)?))
}

fn question(slug: &Slug, row: &AnyRow) -> Result<KeptQuestion, StoreError> {
    let state: String = row.try_get("state")?;
    let damaged = || StoreError::Damaged { slug: slug.to_string(), what: format!("the question's state {state:?}") };
    let state = QuestionState::named(&state).ok_or_else(damaged)?;
    Ok(KeptQuestion {
        id: id(row, "id")?,
        person: person(row)?,
        name: row.try_get("name")?,
        text: row.try_get("text")?,
        state,
    })
}

fn poll(slug: &Slug, row: &AnyRow) -> Result<KeptPoll, StoreError> {
    let answers: String = row.try_get("answers")?;
    let damaged = |_| StoreError::Damaged { slug: slug.to_string(), what: format!("the answers {answers:?}") };
    let texts: Vec<String> = serde_json::from_str(&answers).map_err(damaged)?;
    let closes_ms: Option<i64> = row.try_get("closes_ms")?;
    Ok(KeptPoll {
        poll: Poll {
            id: id(row, "id")?,
            question: row.try_get("question")?,
            answers: texts.into_iter().map(|text| Answer { text, votes: 0 }).collect(),
            closes_ms: closes_ms.map(i64::cast_unsigned),
            closed: row.try_get::<i64, _>("closed")? != 0,
        },
    })
}

fn vote(row: &AnyRow) -> Result<KeptVote, StoreError> {
    Ok(KeptVote { item: id(row, "item")?, person: person(row)?, choice: id(row, "choice")? as usize })
}

#[cfg(test)]
#[path = "floor_tests.rs"]
mod tests;
