//! How long a file is kept: a class set at sealing, raised with a reason, lowered only with a reason and the approval of another
//! (《人民检察院诉讼档案管理办法》, 2016). Nothing is ever destroyed here: what is due is listed for appraisal (鉴定).
//!
//! ```text
//! sealed ──▶ default class ──raised by whoever approves──▶ another class
//!                 └──asked for by anybody else, or lower──▶ Asked ──ruled on by another──▶ another class | the same
//! ```
//!
//! The classes are data (`retention.toml`), with their source. Every step is kept, with who and when; none is changed.

use std::path::Path;

use procedure::{Moment, Office};
use serde::{Deserialize, Serialize};
use sqlx::{AnyPool, Row};

use crate::{Error, Failure, Refused, config::Limits};

pub mod api;

/// The classes of the program.
const OURS: &str = include_str!("retention.toml");

/// A class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetentionClass)]
pub struct Class {
    /// Its name for programs.
    pub id: String,
    /// How many years; for ever where none is given.
    #[serde(default)]
    pub years: Option<i32>,
    /// What it is called, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The rule it rests on.
    pub source: String,
}

/// The classes of an office.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// That of a file that was just sealed.
    default: String,
    /// All of them, the longest first.
    #[serde(rename = "class")]
    pub classes: Vec<Class>,
}

impl Schedule {
    /// The classes in a file, else those of the program.
    ///
    /// # Errors
    /// When the file cannot be read, or does not make sense.
    pub fn open(file: Option<&Path>) -> Result<Self, Error> {
        let wrong = |why: String| {
            Error::Config(format!("{}: {why}", file.unwrap_or(Path::new("retention.toml")).display()))
        };
        let text = match file {
            Some(file) => std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?,
            None => OURS.into(),
        };
        let schedule: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if schedule.class(&schedule.default).is_none() {
            return Err(wrong(format!("default: {}?", schedule.default)));
        }
        let years = schedule.classes.iter().map(|class| class.years.unwrap_or(i32::MAX));
        if !years.clone().all(|years| years > 0) || !years.is_sorted_by(|long, short| long > short) {
            return Err(wrong("class.years: the longest first".into()));
        }
        Ok(schedule)
    }

    /// A class by its name.
    #[must_use]
    pub fn class(&self, id: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// Whether one class is longer than another. One that there is no longer is the shortest.
    fn is_longer(&self, one: &str, other: &str) -> bool {
        let place = |id: &str| self.classes.iter().position(|class| class.id == id).unwrap_or(usize::MAX);
        place(one) < place(other)
    }
}

/// Something that was done about how long a file is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = RetentionAct)]
pub enum Act {
    /// The class was set.
    Set {
        /// Which.
        class: String,
        /// Why.
        reason: String,
    },
    /// Another class was asked for.
    Asked {
        /// Which.
        class: String,
        /// Why.
        reason: String,
    },
    /// What was asked for was ruled on.
    Ruled {
        /// Whether it is so from now on.
        granted: bool,
        /// Why.
        reason: String,
    },
}

/// A step, with who and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RetentionStep)]
pub struct Step {
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub at: Moment,
    /// Name of the account; empty where the program did it at sealing.
    pub by: String,
    /// What was done.
    pub act: Act,
}

/// How long a file is kept, and how that came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Every step, in order.
    pub steps: Vec<Step>,
}

impl Retention {
    /// The class at present; none before sealing.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        let mut class = None;
        let mut asked = None;
        for step in &self.steps {
            match &step.act {
                Act::Set { class: set, .. } => class = Some(set.as_str()),
                Act::Asked { class: wanted, .. } => asked = Some(wanted.as_str()),
                Act::Ruled { granted: true, .. } => class = asked.take().or(class),
                Act::Ruled { granted: false, .. } => asked = None,
            }
        }
        class
    }

    /// What was asked for and has not been ruled on.
    #[must_use]
    pub fn pending(&self) -> Option<&Step> {
        self.steps
            .iter()
            .rev()
            .find(|step| !matches!(step.act, Act::Set { .. }))
            .filter(|step| matches!(step.act, Act::Asked { .. }))
    }

    /// The step that follows when somebody wants another class.
    ///
    /// # Errors
    /// When there is no such class, it is the present one, another is waited for, or the reason will not do.
    pub fn want(
        &self,
        schedule: &Schedule,
        class: &str,
        reason: &str,
        may_approve: bool,
    ) -> Result<Act, Refused> {
        let class = &schedule.class(class).ok_or(Refused::RetentionUnknown)?.id;
        let present = self.class().ok_or(Refused::HearingUnknown)?;
        let reason = reason_of(reason)?;
        if class == present {
            return Err(Refused::RetentionSame);
        }
        if self.pending().is_some() {
            return Err(Refused::RetentionPending);
        }
        let class = class.clone();
        let at_once = may_approve && schedule.is_longer(&class, present);
        Ok(if at_once { Act::Set { class, reason } } else { Act::Asked { class, reason } })
    }

    /// The step that follows when somebody who approves rules on what was asked for.
    ///
    /// # Errors
    /// When nothing was, or by the same person.
    pub fn rule(&self, by: &str, granted: bool, reason: &str) -> Result<Act, Refused> {
        let pending = self.pending().ok_or(Refused::RetentionNothingAsked)?;
        if pending.by == by {
            return Err(Refused::OwnRequest);
        }
        Ok(Act::Ruled { granted, reason: reason_of(reason)? })
    }
}

/// A reason that says something.
///
/// # Errors
/// [`Refused::ReasonMissing`].
pub fn reason_of(text: &str) -> Result<String, Refused> {
    let text = text.trim();
    if text.is_empty() { Err(Refused::ReasonMissing) } else { Ok(text.into()) }
}

/// What was sent as a reason, where it is not longer than `most` letters.
///
/// # Errors
/// [`Refused::ReasonMissing`].
pub fn brief(text: &str, most: u64) -> Result<&str, Refused> {
    if text.chars().count() > Limits::count(most) { Err(Refused::ReasonMissing) } else { Ok(text) }
}

/// The last day on which a file of that class is kept, such as `2056-12-31`: years are counted from the year after the one in
/// which it was closed. None where it is kept for ever.
#[must_use]
pub fn last_day(class: &Class, closed: Moment, utc_offset_minutes: i16) -> Option<String> {
    let year = closed.local(utc_offset_minutes).date.year().checked_add(class.years?)?;
    Some(format!("{year:04}-12-31"))
}

/// How long a file is kept.
///
/// # Errors
/// When the database fails.
pub async fn kept(pool: &AnyPool, hearing: &str) -> Result<Retention, Error> {
    let rows = sqlx::query("SELECT content FROM retention WHERE hearing = $1 ORDER BY number")
        .bind(hearing.to_string())
        .fetch_all(pool)
        .await?;
    let steps = rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>(0)?)?));
    Ok(Retention { steps: steps.collect::<Result<_, Error>>()? })
}

/// Keeps the next step after those that are known.
///
/// # Errors
/// When another came first, or the database fails.
pub async fn keep(pool: &AnyPool, hearing: &str, known: &Retention, step: &Step) -> Result<(), Failure> {
    let number = i64::try_from(known.steps.len()).unwrap_or(i64::MAX).saturating_add(1);
    if put(pool, hearing, number, step).await? { Ok(()) } else { Err(Refused::RetentionPending.into()) }
}

/// Keeps a step under its number, unless there is one; says whether there was none.
pub(super) async fn put<'c, E>(executor: E, hearing: &str, number: i64, step: &Step) -> Result<bool, Error>
where
    E: sqlx::Executor<'c, Database = sqlx::Any>,
{
    let done = sqlx::query(
        "INSERT INTO retention (hearing, number, content) VALUES ($1, $2, $3) ON CONFLICT (hearing, number) DO NOTHING",
    )
    .bind(hearing.to_string())
    .bind(number)
    .bind(serde_json::to_string(step)?)
    .execute(executor)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Sets the default class of a file that was just sealed, where it has none.
///
/// # Errors
/// When the database fails.
pub async fn begin(pool: &AnyPool, schedule: &Schedule, hearing: &str, at: Moment) -> Result<(), Error> {
    let known = kept(pool, hearing).await?;
    if !known.steps.is_empty() {
        return Ok(());
    }
    let reason = "封存时按默认期限确定 set at sealing".into();
    let step = Step { at, by: String::new(), act: Act::Set { class: schedule.default.clone(), reason } };
    match keep(pool, hearing, &known, &step).await {
        Err(Failure::Error(error)) => Err(error),
        // Somebody else has set it in the same moment.
        Ok(()) | Err(Failure::Refused(..)) => Ok(()),
    }
}

/// What must be asked before a post sets a class by itself.
#[must_use]
pub const fn may_approve(office: Office) -> bool {
    office.approves_archive()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_sealing() -> Retention {
        let act = Act::Set { class: "30-years".into(), reason: "封存".into() };
        Retention { steps: vec![Step { at: Moment(0), by: String::new(), act }] }
    }

    fn after(retention: &Retention, by: &str, act: Act) -> Retention {
        let mut steps = retention.steps.clone();
        steps.push(Step { at: Moment(1), by: by.into(), act });
        Retention { steps }
    }

    #[test]
    fn whoever_approves_raises_at_once_and_lowers_only_with_another() {
        let schedule = Schedule::open(None).unwrap();
        let raised = at_sealing().want(&schedule, "permanent", "影响重大", true).unwrap();
        let raised = after(&at_sealing(), "chief", raised);
        assert_eq!((raised.class(), raised.pending()), (Some("permanent"), None));
        let lower = raised.want(&schedule, "60-years", "更正", true).unwrap();
        assert!(matches!(lower, Act::Asked { .. }), "{lower:?}");
        let asked = after(&raised, "chief", lower);
        assert_eq!(asked.class(), Some("permanent"), "nothing has changed yet");
        assert_eq!(asked.rule("chief", true, "同意"), Err(Refused::OwnRequest));
        let ruled = after(&asked, "leader", asked.rule("leader", true, "同意").unwrap());
        assert_eq!((ruled.class(), ruled.pending()), (Some("60-years"), None));
    }

    #[test]
    fn anybody_else_asks_and_what_was_refused_changes_nothing() {
        let schedule = Schedule::open(None).unwrap();
        let asked =
            after(&at_sealing(), "handler", at_sealing().want(&schedule, "60-years", "重大", false).unwrap());
        assert_eq!(asked.want(&schedule, "permanent", "重大", true), Err(Refused::RetentionPending));
        let refused = after(&asked, "chief", asked.rule("chief", false, "没有必要").unwrap());
        assert_eq!((refused.class(), refused.pending()), (Some("30-years"), None));
        for (class, reason, why) in [
            ("100-years", "重大", Refused::RetentionUnknown),
            ("30-years", "重大", Refused::RetentionSame),
            ("60-years", " ", Refused::ReasonMissing),
        ] {
            assert_eq!(refused.want(&schedule, class, reason, true), Err(why));
        }
    }

    #[test]
    fn years_are_counted_from_the_year_after_closing() {
        let schedule = Schedule::open(None).unwrap();
        let day = |id: &str| last_day(schedule.class(id).unwrap(), Moment(1_795_000_000_000), 480);
        assert_eq!(day("30-years"), Some("2056-12-31".into()));
        assert_eq!(day("permanent"), None);
    }
}
