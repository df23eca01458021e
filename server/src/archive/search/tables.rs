//! The index in the tables of the database: SQLite finds words of three letters and more by its own full-text search, shorter ones
//! and those of any other database by comparing.

use futures_util::future::BoxFuture;
use sqlx::{AnyPool, AssertSqlSafe, Row, any::AnyRow};

use super::{Found, Hit, Index, Part, Passage, Volume, Wanted, folded};
use crate::{Error, archive::catalogue::Entry, database::Database};

/// So many passages are written at once, so that a hearing that runs meanwhile does not wait for one that is shelved.
const BATCH: usize = 200;
/// Fewer letters than these are found by comparing.
const TRIGRAM: usize = 3;

/// The tables `catalogue`, `passage` and, of SQLite, `passage_words`.
#[derive(Clone, Debug)]
pub struct Tables {
    pool: AnyPool,
    /// Whether there is full-text search by threes of letters.
    trigram: bool,
}

/// A parameter of a statement.
enum Given {
    Text(String),
    Number(i64),
}

/// A condition with its parameters, numbered as they come.
#[derive(Default)]
struct Conditions {
    sql: String,
    given: Vec<Given>,
}

impl Conditions {
    /// One more: `condition` has `$` where the parameter stands.
    fn and(&mut self, condition: &str, given: Given) {
        self.given.push(given);
        let numbered = condition.replace('$', &format!("${}", self.given.len()));
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(&numbered);
    }
}

macro_rules! bound {
    ($sql:expr, $given:expr) => {
        $given.iter().fold(sqlx::query::<sqlx::Any>(AssertSqlSafe($sql)), |query, given| match given {
            Given::Text(text) => query.bind(text.clone()),
            Given::Number(number) => query.bind(*number),
        })
    };
}

impl Tables {
    /// The index of a database.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        Self { pool: database.pool.clone(), trigram: database.is_sqlite() }
    }

    async fn write(&self, entry: &Entry, passages: &[Passage]) -> Result<(), Error> {
        self.take_out(&entry.hearing).await?;
        for (batch, numbers) in passages.chunks(BATCH).zip((1_i64..).step_by(BATCH)) {
            // What is written first takes the place of the writer: nothing is read before it.
            let mut writing = self.pool.begin().await?;
            for (passage, number) in batch.iter().zip(numbers..) {
                let words = folded(&passage.text);
                sqlx::query(
                    "INSERT INTO passage (hearing, number, volume, part, line, speaker, text, folded) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(entry.hearing.clone())
                .bind(number)
                .bind(passage.volume.name())
                .bind(passage.part.name())
                .bind(passage.line)
                .bind(passage.speaker.clone())
                .bind(passage.text.clone())
                .bind(words.clone())
                .execute(&mut *writing)
                .await?;
                if self.trigram {
                    sqlx::query("INSERT INTO passage_words (folded, hearing, volume) VALUES ($1, $2, $3)")
                        .bind(words)
                        .bind(entry.hearing.clone())
                        .bind(passage.volume.name())
                        .execute(&mut *writing)
                        .await?;
                }
            }
            writing.commit().await?;
        }
        // Last: what is not in the catalogue is not found.
        sqlx::query(
            "INSERT INTO catalogue (hearing, held, case_folded, office_folded, content) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (hearing) DO UPDATE SET held = excluded.held, case_folded = excluded.case_folded, \
             office_folded = excluded.office_folded, content = excluded.content",
        )
        .bind(entry.hearing.clone())
        .bind(entry.held.0)
        .bind(folded(&format!("{} {}", entry.number, entry.cause)))
        .bind(folded(&entry.office))
        .bind(serde_json::to_string(entry)?)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn take_out(&self, hearing: &str) -> Result<(), Error> {
        let mut writing = self.pool.begin().await?;
        sqlx::query("DELETE FROM catalogue WHERE hearing = $1")
            .bind(hearing.to_string())
            .execute(&mut *writing)
            .await?;
        let gone = sqlx::query("DELETE FROM passage WHERE hearing = $1")
            .bind(hearing.to_string())
            .execute(&mut *writing)
            .await?;
        if self.trigram && gone.rows_affected() > 0 {
            sqlx::query("DELETE FROM passage_words WHERE hearing = $1")
                .bind(hearing.to_string())
                .execute(&mut *writing)
                .await?;
        }
        writing.commit().await?;
        Ok(())
    }

    fn conditions(&self, wanted: &Wanted) -> Conditions {
        let mut all = Conditions::default();
        let volume = if wanted.main_alone { " AND volume = 'main'" } else { "" };
        for word in wanted.words.iter().map(|word| folded(word)) {
            let (condition, given) = if self.trigram && word.chars().count() >= TRIGRAM {
                ("passage_words WHERE passage_words MATCH $", quoted(&word))
            } else {
                ("passage WHERE folded LIKE $ ESCAPE '!'", within(&word))
            };
            all.and(&format!("hearing IN (SELECT hearing FROM {condition}{volume})"), Given::Text(given));
        }
        if let Some(person) = &wanted.person {
            let person = Given::Text(within(&folded(person)));
            let named =
                "hearing IN (SELECT hearing FROM passage WHERE part = 'person' AND folded LIKE $ ESCAPE '!'";
            all.and(&format!("{named}{volume})"), person);
        }
        for (column, part) in [("case_folded", &wanted.case), ("office_folded", &wanted.office)] {
            if let Some(part) = part {
                all.and(&format!("{column} LIKE $ ESCAPE '!'"), Given::Text(within(&folded(part))));
            }
        }
        for (condition, moment) in [("held >= $", wanted.from), ("held < $", wanted.before)] {
            if let Some(moment) = moment {
                all.and(condition, Given::Number(moment.0));
            }
        }
        all
    }

    async fn look(&self, wanted: &Wanted) -> Result<Found, Error> {
        let conditions = self.conditions(wanted);
        let (sql, given) = (&conditions.sql, &conditions.given);
        let counted = format!("SELECT COUNT(*) FROM catalogue{sql}");
        let count: i64 = bound!(counted, given).fetch_one(&self.pool).await?.try_get(0)?;
        let (most, skip) = (given.len() + 1, given.len() + 2);
        let page = format!(
            "SELECT content FROM catalogue{sql} ORDER BY held DESC, hearing LIMIT ${most} OFFSET ${skip}"
        );
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let rows = bound!(page, given)
            .bind(number(wanted.most))
            .bind(number(wanted.skip))
            .fetch_all(&self.pool)
            .await?;
        let mut hearings = Vec::with_capacity(rows.len());
        for row in rows {
            let entry: Entry = serde_json::from_str(&row.try_get::<String, _>(0)?)?;
            let (matches, passages) = self.passages(&entry.hearing, wanted).await?;
            hearings.push(Hit { entry, matches, passages });
        }
        Ok(Found { count: u64::try_from(count).unwrap_or_default(), hearings })
    }

    /// The passages of one hearing that hold one of the words, or the person.
    async fn passages(&self, hearing: &str, wanted: &Wanted) -> Result<(u64, Vec<Passage>), Error> {
        let mut given = vec![Given::Text(hearing.into())];
        let mut any = Vec::new();
        for word in &wanted.words {
            given.push(Given::Text(within(&folded(word))));
            any.push(format!("folded LIKE ${} ESCAPE '!'", given.len()));
        }
        if let Some(person) = &wanted.person {
            given.push(Given::Text(within(&folded(person))));
            any.push(format!("(part = 'person' AND folded LIKE ${} ESCAPE '!')", given.len()));
        }
        if any.is_empty() {
            return Ok((0, Vec::new()));
        }
        let volume = if wanted.main_alone { " AND volume = 'main'" } else { "" };
        let condition = format!("FROM passage WHERE hearing = $1 AND ({}){volume}", any.join(" OR "));
        let counted = format!("SELECT COUNT(*) {condition}");
        let count: i64 = bound!(counted, given).fetch_one(&self.pool).await?.try_get(0)?;
        let most = i64::try_from(wanted.passages_most).unwrap_or(i64::MAX);
        let first = format!(
            "SELECT volume, part, line, speaker, text {condition} ORDER BY number LIMIT ${}",
            given.len() + 1
        );
        let rows = bound!(first, given).bind(most).fetch_all(&self.pool).await?;
        let passages = rows.iter().map(passage).collect::<Result<_, _>>()?;
        Ok((u64::try_from(count).unwrap_or_default(), passages))
    }
}

fn passage(row: &AnyRow) -> Result<Passage, Error> {
    let (volume, part): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Passage {
        volume: if volume == Volume::Main.name() { Volume::Main } else { Volume::Confidential },
        part: Part::named(&part).unwrap_or(Part::Office),
        line: row.try_get(2)?,
        speaker: row.try_get(3)?,
        text: row.try_get(4)?,
    })
}

/// Words as one phrase of the full-text search, whose signs mean nothing within it.
fn quoted(words: &str) -> String {
    format!("\"{}\"", words.replace('"', "\"\""))
}

/// Anything with the words in it, to be compared with `ESCAPE '!'`.
fn within(words: &str) -> String {
    let mut pattern = String::from("%");
    for letter in words.chars() {
        if matches!(letter, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

impl Index for Tables {
    fn put<'a>(&'a self, entry: &'a Entry, passages: &'a [Passage]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.write(entry, passages))
    }

    fn find<'a>(&'a self, wanted: &'a Wanted) -> BoxFuture<'a, Result<Found, Error>> {
        Box::pin(self.look(wanted))
    }

    fn forget<'a>(&'a self, hearing: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(self.take_out(hearing))
    }
}
