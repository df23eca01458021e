//! How long files are kept, by HTTP: looking, asking for another class, ruling on it, and the list of what is due for appraisal.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use procedure::Office;
use serde::{Deserialize, Serialize};

use super::{Act, Class, Retention, Step, brief, keep, kept, last_day, may_approve};
use crate::{
    Error, Failure, Refused, Site,
    archive::{
        access::{self, Deed, Reader},
        catalogue::{self, Entry},
        stamp,
    },
    clock,
    router::Body,
};

/// Another class that is wanted.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetentionWant)]
pub struct Want {
    /// Which.
    class: String,
    /// Why.
    reason: String,
}

/// A ruling on what was asked for.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetentionRuling)]
pub struct Ruling {
    /// How many steps were seen: it is on the last of them that is ruled.
    steps: usize,
    /// Whether it is granted.
    granted: bool,
    /// Why.
    reason: String,
}

/// A file, and how long it is kept.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Retention)]
pub struct Kept {
    /// Which.
    entry: Entry,
    /// When its seal was stamped by an authority, in milliseconds since 1970; none where it was not yet.
    stamped: Option<i64>,
    /// The class at present.
    class: String,
    /// The last day on which it is kept, such as `2056-12-31`; none where it is kept for ever.
    last_day: Option<String>,
    /// What was asked for and not ruled on.
    pending: Option<Step>,
    /// Every step until now.
    steps: Vec<Step>,
    /// The classes that there are, the longest first.
    classes: Vec<Class>,
}

/// A file whose time is over.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RetentionDue)]
pub struct Due {
    /// Which.
    #[serde(flatten)]
    entry: Entry,
    /// The class at present.
    class: String,
    /// The last day on which it was to be kept; empty where its class is no longer one of the office's, so that nobody can tell.
    last_day: String,
}

/// `GET /api/hearings/{id}/retention`
#[utoipa::path(get, path = "/api/hearings/{id}/retention", tag = "archive", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, body = Kept), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn look(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
) -> Result<Json<Kept>, Failure> {
    reader.staff(Office::draws)?;
    let (entry, retention) = found(&site, &id).await?;
    Ok(Json(shown(&site, entry, retention).await?))
}

/// `POST /api/hearings/{id}/retention`: another class. Whoever approves raises it at once; everything else waits for the
/// ruling of another who approves.
#[utoipa::path(post, path = "/api/hearings/{id}/retention", tag = "archive", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")), request_body = Want,
    responses((status = 200, body = Kept), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn want(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
    Body(want): Body<Want>,
) -> Result<Json<Kept>, Failure> {
    let (name, office) = reader.staff(Office::draws)?;
    let (entry, known) = found(&site, &id).await?;
    let reason = brief(&want.reason, site.config.limits.archive_reason_chars_max)?;
    let act = known.want(&site.archive.schedule, &want.class, reason, may_approve(office))?;
    done(&site, &reader, entry, known, Step { at: clock::now(), by: name.into(), act }).await
}

/// `POST /api/hearings/{id}/retention/ruling`: rules on what was asked for, by another than who asked.
#[utoipa::path(post, path = "/api/hearings/{id}/retention/ruling", tag = "archive", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")), request_body = Ruling,
    responses((status = 200, body = Kept), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn rule(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
    Body(ruling): Body<Ruling>,
) -> Result<Json<Kept>, Failure> {
    let (name, _) = reader.staff(may_approve)?;
    let (entry, known) = found(&site, &id).await?;
    if known.steps.len() != ruling.steps {
        return Err(Refused::ChangedMeanwhile.into());
    }
    let reason = brief(&ruling.reason, site.config.limits.archive_reason_chars_max)?;
    let act = known.rule(name, ruling.granted, reason)?;
    done(&site, &reader, entry, known, Step { at: clock::now(), by: name.into(), act }).await
}

/// `GET /api/archive/due`: files whose time is over, or whose class there is no longer, for appraisal (鉴定). Nothing is destroyed
/// by the program.
#[utoipa::path(get, path = "/api/archive/due", tag = "archive", security(("session" = [])),
    responses((status = 200, body = Vec<Due>), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn due(State(site): State<Arc<Site>>, reader: Reader) -> Result<Json<Vec<Due>>, Failure> {
    reader.staff(Office::draws)?;
    let offset = site.rooms.ground().rules.utc_offset_minutes;
    let today = clock::now().local(offset).date;
    let today = format!("{:04}-{:02}-{:02}", today.year(), u8::from(today.month()), today.day());
    let mut all = Vec::new();
    for entry in catalogue::all(&site.database.pool).await? {
        let retention = kept(&site.database.pool, &entry.hearing).await?;
        let Some(class) = retention.class().map(String::from) else { continue };
        let last_day = match site.archive.schedule.class(&class) {
            Some(known) => last_day(known, entry.sealed, offset).filter(|last| *last < today),
            None => Some(String::new()),
        };
        if let Some(last_day) = last_day {
            all.push(Due { class, last_day, entry });
        }
    }
    Ok(Json(all))
}

async fn found(site: &Site, id: &str) -> Result<(Entry, Retention), Failure> {
    let entry = catalogue::entry(&site.database.pool, id).await?.ok_or(Refused::HearingUnknown)?;
    Ok((entry, kept(&site.database.pool, id).await?))
}

async fn shown(site: &Site, entry: Entry, retention: Retention) -> Result<Kept, Error> {
    let class = retention.class().unwrap_or_default().to_string();
    let offset = site.rooms.ground().rules.utc_offset_minutes;
    let stamped = stamp::kept(&site.database.pool, &entry.hearing).await?.map(|(at, _)| at);
    Ok(Kept {
        last_day: site.archive.schedule.class(&class).and_then(|class| last_day(class, entry.sealed, offset)),
        pending: retention.pending().cloned(),
        classes: site.archive.schedule.classes.clone(),
        steps: retention.steps,
        class,
        entry,
        stamped,
    })
}

async fn noted(site: &Site, reader: &Reader, hearing: &str, act: &str) -> Result<(), Failure> {
    access::note(site, reader, Some(hearing), Deed::Retention { act: act.into() }).await
}

async fn done(
    site: &Site,
    reader: &Reader,
    entry: Entry,
    mut known: Retention,
    step: Step,
) -> Result<Json<Kept>, Failure> {
    let act = match &step.act {
        Act::Set { .. } => "set",
        Act::Asked { .. } => "asked",
        Act::Ruled { .. } => "ruled",
    };
    // Noted before it is done, so that nothing is done that is not noted; and noted again where it could not be done.
    noted(site, reader, &entry.hearing, act).await?;
    if let Err(failure) = keep(&site.database.pool, &entry.hearing, &known, &step).await {
        noted(site, reader, &entry.hearing, "not-done").await?;
        return Err(failure);
    }
    known.steps.push(step);
    Ok(Json(shown(site, entry, known).await?))
}
