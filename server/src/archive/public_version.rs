//! The public version (公开版): the record of an open hearing as the public gallery may see it, with the names of private persons
//! and whatever they could be found by masked, prepared by one person and published by another.
//!
//! ```text
//! (none) ──prepare──▶ Draft ──publish, by another who approves──▶ Public ──withdraw──▶ Withdrawn
//!                      ▲ └─prepare─┘                                │                     │
//!                      └──────────────────── prepare ───────────────┴─────────────────────┘
//! ```
//!
//! Closed hearings have none (minors, privacy, secrets: Hearing Rules Arts. 5 and 6). Who is named in the public notice is named here:
//! chair, prosecutor, clerk and panel. What was withdrawn leaves a note that it was there (PIPL 25, 47).

use procedure::{
    Clearance, Disclosed, Hearing, Moment, Viewer,
    hearing::plan::{Kind, Openness},
};
use serde::{Deserialize, Serialize};
use sqlx::{AnyPool, Connection, Row, any::AnyRow};

use crate::{Error, Failure, Refused};

use self::mask::{Masking, What};
use super::catalogue::Entry;

pub mod api;
pub mod list;
pub mod mask;

/// A line of the record as the public reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PublicLine)]
pub struct Line {
    /// Its number in the record.
    pub number: u32,
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub at: Moment,
    /// The step of the hearing, in Chinese.
    pub step: String,
    /// Who spoke; empty where the system or the clerk notes something.
    pub speaker: String,
    /// What was said.
    pub text: String,
}

/// The record as the public reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PublicDocument)]
pub struct Document {
    /// Number of the case.
    pub number: String,
    /// Kind of the case.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// Cause of the case.
    pub cause: String,
    /// The office that held it.
    pub office: String,
    /// When it was held, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub held: Moment,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A place that was masked, for whoever checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = PublicMasked)]
pub struct Masked {
    /// In which line of the record; nought for the face.
    pub line: u32,
    /// What it was.
    pub what: What,
    /// The words that stand in the record.
    pub words: String,
    /// What the public reads.
    pub shown: String,
}

/// Words that stay though their form is that of something to be masked, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicKeep)]
pub struct Keep {
    /// The words.
    pub words: String,
    /// Why they may be read.
    pub reason: String,
}

/// What was done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PublicStep)]
pub struct Step {
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub at: Moment,
    /// Name of the account.
    pub by: String,
    /// `prepared`, `published` or `withdrawn`.
    pub act: String,
    /// Why, where it was withdrawn.
    pub reason: String,
}

/// How it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PublicStanding)]
pub enum Standing {
    /// Nobody has prepared it, or it was not published yet.
    #[default]
    Draft,
    /// The public reads it.
    Public,
    /// It was withdrawn.
    Withdrawn,
}

/// The work on a public version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// How it stands.
    pub standing: Standing,
    /// More words to be masked.
    pub more: Vec<String>,
    /// Words that stay.
    pub keep: Vec<Keep>,
    /// Everything that was done, in order.
    pub steps: Vec<Step>,
    /// What the public reads, or read last.
    pub document: Option<Document>,
}

impl Work {
    /// Who prepared what would be published now.
    #[must_use]
    pub fn prepared_by(&self) -> Option<&str> {
        self.steps.last().filter(|step| step.act == "prepared").map(|step| step.by.as_str())
    }

    /// When what the public reads was published, or withdrawn, in milliseconds since 1970.
    #[must_use]
    pub fn last(&self, act: &str) -> Moment {
        self.steps.iter().rev().find(|step| step.act == act).map(|step| step.at).unwrap_or_default()
    }
}

/// The record for the public, and what was masked in it.
///
/// # Errors
/// [`Refused::NotForThePublic`] for a closed hearing.
pub fn drawn(hearing: &Hearing, entry: &Entry, work: &Work) -> Result<(Document, Vec<Masked>), Refused> {
    let is_public = entry.openness == Openness::Public && hearing.plan.is_public();
    if !is_public {
        return Err(Refused::NotForThePublic);
    }
    let plan = &hearing.plan;
    let private = plan
        .names
        .iter()
        .filter(|(seat, _)| !plan.capacity(seat).is_some_and(procedure::Capacity::is_named_in_public));
    let how = Masking {
        names: mask::names(private.map(|(_, name)| name.name.as_str())),
        more: work.more.clone(),
        keep: work.keep.iter().map(|keep| keep.words.clone()).collect(),
    };
    let gallery = Viewer { seat: None, clearance: Clearance::Gallery };
    let seen = Disclosed::view(hearing, &gallery).into_inner();
    let mut masked = Vec::new();
    let mut through = |line: u32, text: &str| {
        let (shown, spans) = mask::mask(text, &how);
        masked.extend(spans.into_iter().map(|span| Masked {
            line,
            what: span.what,
            words: span.words,
            shown: span.shown,
        }));
        shown
    };
    let (number, cause) = (through(0, &entry.number), through(0, &entry.cause));
    let mut lines = Vec::with_capacity(seen.record.lines.len());
    for line in &seen.record.lines {
        let speaker = line.speaker.as_ref().map(|seat| seen.plan.label(seat).zh).unwrap_or_default();
        lines.push(Line {
            number: line.number,
            at: line.at,
            step: line.phase.words().0.into(),
            speaker: through(line.number, &speaker),
            text: through(line.number, &line.words(&seen.plan).zh),
        });
    }
    let office = entry.office.clone();
    Ok((Document { number, kind: entry.kind, cause, office, held: entry.held, lines }, masked))
}

fn read(row: &AnyRow) -> Result<(i64, Work), Error> {
    Ok((row.try_get(0)?, serde_json::from_str(&row.try_get::<String, _>(1)?)?))
}

/// The work on a hearing's public version, and how often it was changed; nothing done yet where there is none.
///
/// # Errors
/// When the database fails.
pub async fn kept(pool: &AnyPool, hearing: &str) -> Result<(i64, Work), Error> {
    let row = sqlx::query("SELECT revision, content FROM public_version WHERE hearing = $1")
        .bind(hearing.to_string())
        .fetch_optional(pool)
        .await?;
    row.map_or_else(|| Ok((0, Work::default())), |row| read(&row))
}

/// Keeps what was done after revision `known`.
///
/// # Errors
/// When somebody else has changed it meanwhile, or the database fails.
pub async fn keep(pool: &AnyPool, hearing: &str, known: i64, work: &Work) -> Result<(), Failure> {
    let standing = match work.standing {
        Standing::Public => "public",
        Standing::Withdrawn => "withdrawn",
        Standing::Draft => "draft",
    };
    let mut connection = pool.acquire().await?;
    let mut both = connection.begin().await?;
    let done = sqlx::query(
        "INSERT INTO public_version (hearing, revision, standing, published, content) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (hearing) DO UPDATE SET revision = excluded.revision, standing = excluded.standing, \
         published = excluded.published, content = excluded.content \
         WHERE public_version.revision = excluded.revision - 1",
    )
    .bind(hearing.to_string())
    .bind(known + 1)
    .bind(standing)
    .bind(work.last("published").0)
    .bind(serde_json::to_string(work)?)
    .execute(&mut *both)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Refused::ChangedMeanwhile.into());
    }
    list::put(&mut both, hearing, work).await?;
    both.commit().await?;
    Ok(())
}
