//! The lists: cases, hearings and public notices. What stands here follows from the logs and can be made again.

use std::sync::Arc;

use procedure::{
    Capacity, Disclosed, Hearing, Moment, Office, Rulebook, SeatId, Viewer,
    disclosed::Clearance,
    hearing::{
        phase::{Break, BreakKind, Phase},
        plan::{Case, Issue, Kind, Mode, Openness, Plan, Step},
    },
};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AnyPool, Row};
use tokio::sync::Notify;

use crate::{Error, archive::exchange::foreign};

pub mod api;

/// A hearing as it stands in the list of the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Face {
    /// Id of the hearing.
    pub id: String,
    /// Number of the case.
    pub number: String,
    /// Kind of the case.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// Cause of the case.
    pub cause: String,
    /// How it is held.
    #[schema(value_type = String)]
    pub mode: Mode,
    /// Whether the public may watch.
    #[schema(value_type = String)]
    pub openness: Openness,
    /// Where.
    pub place: String,
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub scheduled: Moment,
    /// The present step.
    #[schema(value_type = String)]
    pub phase: Phase,
    /// Whether it stands still.
    pub interrupted: bool,
    /// How it stands still: recess, suspended, or for the chair's absence.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub standstill: Option<BreakKind>,
    /// How many seats there are.
    pub seats: usize,
    /// What the preparation waits for; none when it is prepared.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub next: Option<Step>,
    /// Who must rule on a motion because the chair may not.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub ruling: Option<Office>,
    /// Whether the chief prosecutor has approved.
    pub approved: bool,
    /// Whether the participants have been told.
    pub notified: bool,
    /// Whether the notice is public.
    pub published: bool,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Whether the case file is sealed.
    pub sealed: bool,
}

/// A public notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Notice {
    /// Id of the hearing.
    pub id: String,
    /// Number of the case.
    pub number: String,
    /// Kind of the case.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// Cause of the case.
    pub cause: String,
    /// How it is held.
    #[schema(value_type = String)]
    pub mode: Mode,
    /// Where; none where it is somebody's home and told only to those who take part.
    pub place: Option<String>,
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub scheduled: Moment,
    /// When the notice was published, in milliseconds since 1970.
    #[serde(default)]
    #[schema(value_type = i64)]
    pub published: Moment,
    /// The present step.
    #[schema(value_type = String)]
    pub phase: Phase,
    /// How it stands still, if it does: recess, suspended, or for the chair's absence.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub standstill: Option<BreakKind>,
    /// Whether it was called off.
    pub cancelled: bool,
    /// What is to be heard.
    #[schema(value_type = Vec<Object>)]
    pub issues: Vec<Issue>,
    /// Those whose names are public: chair, prosecutor, clerk and panel.
    pub seats: Vec<NoticeSeat>,
}

/// Somebody named in a public notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoticeSeat {
    /// The seat.
    #[schema(value_type = String)]
    pub seat: SeatId,
    /// What the person is.
    #[schema(value_type = String)]
    pub capacity: Capacity,
    /// Name.
    pub name: String,
    /// Post or trade.
    pub post: Option<String>,
}

impl Face {
    /// The face of a hearing; none before it is registered.
    #[must_use]
    pub fn of(id: &str, hearing: &Hearing) -> Option<Self> {
        let plan = &hearing.plan;
        let face = plan.registered.as_ref()?;
        Some(Self {
            id: id.into(),
            number: face.number.clone(),
            kind: face.kind,
            cause: face.cause.clone(),
            mode: face.hearing.mode,
            openness: face.hearing.openness,
            place: face.hearing.place.clone(),
            scheduled: face.scheduled,
            phase: hearing.phase.current,
            interrupted: hearing.phase.interrupted.is_some(),
            standstill: standstill(hearing),
            seats: plan.places.len(),
            next: plan.next_step(&Rulebook::default()),
            ruling: hearing.motion.open().find_map(|(_, motion)| motion.beyond_chair(hearing)),
            approved: plan.approved.is_some(),
            notified: plan.notified.is_some(),
            published: plan.published.is_some(),
            cancelled: hearing.phase.cancelled.is_some(),
            sealed: hearing.record.sealed.is_some(),
        })
    }

    /// Whether something may happen in it by itself.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !self.cancelled && !self.sealed && !matches!(self.phase, Phase::Waiting | Phase::Closed)
    }
}

impl Notice {
    /// The notice of a hearing, made of what the public gallery may see; none unless it is published and the doors are open.
    #[must_use]
    pub fn of(id: &str, hearing: &Hearing) -> Option<Self> {
        let public = Viewer { seat: None, clearance: Clearance::Gallery };
        let seen = Disclosed::view(hearing, &public).into_inner();
        let plan = &seen.plan;
        let published = plan.published.filter(|_| plan.is_public())?;
        let face = plan.registered.as_ref()?;
        let seats = plan.names.iter().filter_map(|(seat, name)| {
            let capacity = plan.capacity(seat).filter(|capacity| capacity.is_named_in_public())?;
            Some(NoticeSeat {
                seat: seat.clone(),
                capacity,
                name: name.name.clone(),
                post: name.post.clone(),
            })
        });
        Some(Self {
            id: id.into(),
            number: face.number.clone(),
            kind: face.kind,
            cause: face.cause.clone(),
            mode: face.hearing.mode,
            place: face.hearing.public_place().map(Into::into),
            scheduled: face.scheduled,
            published,
            phase: seen.phase.current,
            standstill: standstill(&seen),
            cancelled: seen.phase.cancelled.is_some(),
            issues: plan.issues.clone(),
            seats: seats.collect(),
        })
    }
}

fn standstill(hearing: &Hearing) -> Option<BreakKind> {
    hearing.phase.interrupted.as_ref().map(|Break { kind, .. }| *kind)
}

impl Notice {
    /// A notice as it stands in the list. One that was entered when notices still named every place names no home.
    fn read(text: &str) -> Result<Self, Error> {
        let mut notice: Self = serde_json::from_str(text)?;
        notice.place = notice.place.filter(|_| notice.mode != Mode::Doorstep);
        Ok(notice)
    }
}

/// Enters a hearing that another office held, within a transaction: no notice of ours announces it, and nothing in it happens by
/// itself. `reached` is the number of the last entry of its log.
///
/// # Errors
/// When the database fails.
pub async fn keep_foreign(connection: &mut AnyConnection, face: &Face, reached: i64) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO docket_hearing (id, scheduled, live, published, reached, face, notice) \
         VALUES ($1, $2, 0, 0, $3, $4, $5)",
    )
    .bind(face.id.clone())
    .bind(face.scheduled.0)
    .bind(reached)
    .bind(serde_json::to_string(face)?)
    .bind(serde_json::to_string(&None::<Notice>)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// The lists.
#[derive(Clone, Debug)]
pub struct Docket {
    pool: AnyPool,
    sealed: Arc<Notify>,
}

impl Docket {
    /// The lists in a database.
    #[must_use]
    pub fn new(pool: AnyPool) -> Self {
        Self { pool, sealed: Arc::default() }
    }

    /// Waits until a hearing is entered as sealed. One that was entered before somebody waited is not missed.
    pub async fn sealed(&self) {
        self.sealed.notified().await;
    }

    /// Enters a case under a number that is not taken; says whether it now stands there as it was given. What another
    /// has entered under the same number is left alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enter_case(&self, case: &Case, now: Moment) -> Result<bool, Error> {
        sqlx::query(
            "INSERT INTO docket_case (number, at, content) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING",
        )
        .bind(case.number.clone())
        .bind(now.0)
        .bind(serde_json::to_string(case)?)
        .execute(&self.pool)
        .await?;
        Ok(self.case(&case.number).await?.as_ref() == Some(case))
    }

    /// A case by its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn case(&self, number: &str) -> Result<Option<Case>, Error> {
        let row = sqlx::query("SELECT content FROM docket_case WHERE number = $1")
            .bind(number.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>(0)?)?)).transpose()
    }

    /// Enters a case, or what has changed in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_case(&self, case: &Case, now: Moment) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO docket_case (number, at, content) VALUES ($1, $2, $3) \
             ON CONFLICT (number) DO UPDATE SET content = excluded.content",
        )
        .bind(case.number.clone())
        .bind(now.0)
        .bind(serde_json::to_string(case)?)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// All cases, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cases(&self) -> Result<Vec<Case>, Error> {
        let rows = sqlx::query("SELECT content FROM docket_case ORDER BY at DESC, number")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>(0)?)?)).collect()
    }

    /// Enters where a hearing stands; `reached` is the number of the last entry of its log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_hearing(&self, id: &str, hearing: &Hearing, reached: i64) -> Result<(), Error> {
        let Some(face) = Face::of(id, hearing) else {
            return Ok(());
        };
        // One that was imported is announced by the office that held it.
        let is_foreign = foreign::kept(&self.pool, id).await?.is_some();
        let notice = Notice::of(id, hearing).filter(|_| !is_foreign);
        sqlx::query(
            "INSERT INTO docket_hearing (id, scheduled, live, published, reached, face, notice) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET scheduled = excluded.scheduled, \
             live = excluded.live, published = excluded.published, reached = excluded.reached, \
             face = excluded.face, notice = excluded.notice",
        )
        .bind(id.to_string())
        .bind(face.scheduled.0)
        .bind(i64::from(face.is_live()))
        .bind(i64::from(notice.is_some()))
        .bind(reached)
        .bind(serde_json::to_string(&face)?)
        .bind(serde_json::to_string(&notice)?)
        .execute(&self.pool)
        .await?;
        if face.sealed {
            self.sealed.notify_one();
        }
        Ok(())
    }

    /// All hearings, by the day they are held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hearings(&self) -> Result<Vec<Face>, Error> {
        let rows = sqlx::query("SELECT face FROM docket_hearing ORDER BY scheduled DESC, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>(0)?)?)).collect()
    }

    /// Which of that office's hearings of its case a hearing is, in the order in which they were registered by the clock of
    /// the machine: 1 is the first, called off or not. Those that another office held and that were imported do not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nth(&self, id: &str, plan: &Plan, office: &str) -> Result<u32, Error> {
        const OF_CASE: &str = "SELECT docket_hearing.id, docket_hearing.face, log.at FROM docket_hearing \
             JOIN log ON log.stream = 'hearing/' || docket_hearing.id AND log.number = 1 \
             WHERE docket_hearing.face LIKE $1 ESCAPE '!' \
             AND docket_hearing.id NOT IN (SELECT hearing FROM foreign_hearing WHERE office <> $2)";
        let Some(case) = plan.registered.as_ref().map(|face| &face.number) else { return Ok(1) };
        // Those in whose face the number stands somewhere; which of them are of this case is seen when it is read.
        let mut pattern = String::from("%");
        for letter in serde_json::to_string(case)?.chars() {
            if matches!(letter, '!' | '%' | '_') {
                pattern.push('!');
            }
            pattern.push(letter);
        }
        pattern.push('%');
        let rows = sqlx::query(OF_CASE).bind(pattern).bind(office).fetch_all(&self.pool).await?;
        let mut registered: Vec<(i64, String)> = Vec::with_capacity(rows.len());
        for row in &rows {
            let face: Face = serde_json::from_str(&row.try_get::<String, _>(1)?)?;
            if face.number == *case {
                registered.push((row.try_get(2)?, row.try_get(0)?));
            }
        }
        registered.sort();
        let before = registered.iter().position(|(_, other)| other == id).unwrap_or(registered.len());
        Ok(u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// All public notices, by the day of the hearing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notices(&self) -> Result<Vec<Notice>, Error> {
        let rows =
            sqlx::query("SELECT notice FROM docket_hearing WHERE published = 1 ORDER BY scheduled DESC, id")
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(|row| Notice::read(&row.try_get::<String, _>(0)?)).collect()
    }

    /// One public notice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notice(&self, id: &str) -> Result<Option<Notice>, Error> {
        let row = sqlx::query("SELECT notice FROM docket_hearing WHERE published = 1 AND id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Notice::read(&row.try_get::<String, _>(0)?)).transpose()
    }

    /// Hearings that must be woken after a restart: those under way, and those whose log has gone further than the
    /// list knows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn to_wake(&self) -> Result<Vec<String>, Error> {
        let mut ids: Vec<String> = sqlx::query("SELECT id FROM docket_hearing WHERE live = 1")
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?;
        let behind = sqlx::query(
            "SELECT log.stream, MAX(log.number), COALESCE(MAX(docket_hearing.reached), 0) FROM log \
             LEFT JOIN docket_hearing ON log.stream = 'hearing/' || docket_hearing.id GROUP BY log.stream",
        )
        .fetch_all(&self.pool)
        .await?;
        for row in &behind {
            let (stream, head, reached): (String, i64, i64) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            if let (Some(id), true) = (stream.strip_prefix("hearing/"), head > reached) {
                ids.push(id.into());
            }
        }
        ids.sort();
        ids.dedup();
        Ok(ids)
    }
}
