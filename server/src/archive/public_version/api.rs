//! Public versions by HTTP: the desk where one is prepared, checked, published and withdrawn, and what anybody reads.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use procedure::{Moment, Office};
use serde::{Deserialize, Serialize};

use super::{
    Document, Keep, Masked, Standing, Step, Work, drawn, keep, kept,
    list::{Listed, listed},
};
use crate::{
    Error, Failure, Refused, Site,
    archive::{
        access::{self, Deed, Reader},
        api, catalogue,
        exchange::foreign,
        retention::{brief, reason_of},
    },
    clock,
    config::Limits,
    router::Body,
};

/// The work on a public version, for whoever does it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PublicVersion)]
pub struct Desk {
    /// How it stands.
    standing: Standing,
    /// How often it was changed; whoever changes it says what it has seen.
    revision: i64,
    /// Who prepared what would be published now.
    prepared_by: Option<String>,
    /// As it would be published now.
    document: Document,
    /// What is masked in it.
    masked: Vec<Masked>,
    /// More words to be masked.
    more: Vec<String>,
    /// Words that stay, and why.
    keep: Vec<Keep>,
    /// Everything that was done.
    steps: Vec<Step>,
}

/// What is prepared.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicPrepare)]
pub struct Prepare {
    /// The revision that was seen.
    revision: i64,
    /// More words to be masked.
    more: Vec<String>,
    /// Words that stay, and why.
    keep: Vec<Keep>,
}

/// What is published.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicPublish)]
pub struct Publish {
    /// The revision that was checked.
    revision: i64,
}

/// What is withdrawn.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicWithdraw)]
pub struct Withdraw {
    /// The revision that was seen.
    revision: i64,
    /// Why; for the office, not for the public.
    reason: String,
}

/// Which page of the list.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Turned {
    /// The first is 1; left out, the first.
    #[serde(default)]
    page: Option<u64>,
}

/// A page of the list of public records.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PublicList)]
pub struct List {
    /// Which page.
    page: u64,
    /// Whether there is another after it.
    more: bool,
    /// Its records, published last first.
    records: Vec<Listed>,
}

/// A public record, or the note that there was one.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = PublicRecord)]
pub struct Public {
    /// When it was published, in milliseconds since 1970.
    #[schema(value_type = i64)]
    published: Moment,
    /// When it was withdrawn, in milliseconds since 1970; none where it can be read.
    #[schema(value_type = Option<i64>)]
    withdrawn: Option<Moment>,
    /// The record; none where it was withdrawn.
    document: Option<Document>,
}

/// `GET /api/hearings/{id}/public-version`: as it would be published now, and what is masked in it.
#[utoipa::path(get, path = "/api/hearings/{id}/public-version", tag = "archive", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, body = Desk), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn look(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
) -> Result<Json<Desk>, Failure> {
    reader.staff(Office::draws)?;
    let (revision, work) = kept(&site.database.pool, &id).await?;
    let desk = desk(&site, &id, revision, work).await?;
    noted(&site, &reader, &id, "looked").await?;
    Ok(Json(desk))
}

/// `POST /api/hearings/{id}/public-version`: prepares it. What the public reads stays until it is published anew.
#[utoipa::path(post, path = "/api/hearings/{id}/public-version", tag = "archive", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")), request_body = Prepare,
    responses((status = 200, body = Desk), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn prepare(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
    Body(asked): Body<Prepare>,
) -> Result<Json<Desk>, Failure> {
    let (name, _) = reader.staff(Office::draws)?;
    foreign::none_but_ours(&site.database.pool, &id).await?;
    let limits = &site.config.limits;
    let short = |words: &str| {
        (1..=Limits::count(limits.mask_word_chars_max)).contains(&words.chars().count())
            && words.chars().any(char::is_alphanumeric)
    };
    let few = asked.more.len().max(asked.keep.len()) <= Limits::count(limits.mask_words_max);
    if !few || !asked.more.iter().chain(asked.keep.iter().map(|keep| &keep.words)).all(|words| short(words)) {
        return Err(Refused::MaskUnreadable.into());
    }
    for keep in &asked.keep {
        reason_of(brief(&keep.reason, limits.archive_reason_chars_max)?)?;
    }
    let mut work = at(&site, &id, asked.revision).await?;
    (work.more, work.keep) = (asked.more, asked.keep);
    done(&site, &reader, &id, asked.revision, work, step(name, "prepared", "")).await
}

/// `POST /api/hearings/{id}/public-version/publication`: publishes what was prepared, by another than who prepared it.
#[utoipa::path(post, path = "/api/hearings/{id}/public-version/publication", tag = "archive",
    security(("session" = [])), params(("id" = String, Path, description = "Id of the hearing")),
    request_body = Publish,
    responses((status = 200, body = Desk), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn publish(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
    Body(asked): Body<Publish>,
) -> Result<Json<Desk>, Failure> {
    let (name, _) = reader.staff(Office::approves_archive)?;
    let mut work = at(&site, &id, asked.revision).await?;
    match work.prepared_by() {
        None => return Err(Refused::NotPrepared.into()),
        Some(by) if by == name => return Err(Refused::OwnRequest.into()),
        Some(_) => {}
    }
    let desk = desk(&site, &id, asked.revision, work.clone()).await?;
    (work.document, work.standing) = (Some(desk.document), Standing::Public);
    done(&site, &reader, &id, asked.revision, work, step(name, "published", "")).await
}

/// `POST /api/hearings/{id}/public-version/withdrawal`: withdraws it. A note stays that it was there.
#[utoipa::path(post, path = "/api/hearings/{id}/public-version/withdrawal", tag = "archive",
    security(("session" = [])), params(("id" = String, Path, description = "Id of the hearing")),
    request_body = Withdraw,
    responses((status = 200, body = Desk), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
    Body(asked): Body<Withdraw>,
) -> Result<Json<Desk>, Failure> {
    let (name, _) = reader.staff(Office::approves_archive)?;
    let mut work = at(&site, &id, asked.revision).await?;
    match work.standing {
        Standing::Public => {}
        Standing::Withdrawn => return Err(Refused::WithdrawnAlready.into()),
        Standing::Draft => return Err(Refused::RecordUnknown.into()),
    }
    let reason = reason_of(brief(&asked.reason, site.config.limits.archive_reason_chars_max)?)?;
    (work.document, work.standing) = (None, Standing::Withdrawn);
    done(&site, &reader, &id, asked.revision, work, step(name, "withdrawn", &reason)).await
}

/// `GET /api/public-records`: the records that anybody may read, published last first.
#[utoipa::path(get, path = "/api/public-records", tag = "public", params(Turned),
    responses((status = 200, body = List), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(
    State(site): State<Arc<Site>>,
    Query(turned): Query<Turned>,
) -> Result<Json<List>, Failure> {
    let (page, most) = (turned.page.unwrap_or(1), site.config.limits.public_page_max);
    let skip = page.checked_sub(1).and_then(|before| i64::try_from(before.checked_mul(most)?).ok());
    let skip = skip.ok_or(Refused::SearchUnreadable)?;
    // One more than the page has tells whether there is another.
    let mut records =
        listed(&site.database.pool, skip, i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)).await?;
    let more = records.len() > Limits::count(most);
    records.truncate(Limits::count(most));
    Ok(Json(List { page, more, records }))
}

/// `GET /api/public-records/{id}`: one of them, or the note that it was withdrawn.
#[utoipa::path(get, path = "/api/public-records/{id}", tag = "public",
    params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, body = Public), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn read(State(site): State<Arc<Site>>, Path(id): Path<String>) -> Result<Json<Public>, Failure> {
    let (_, work) = kept(&site.database.pool, &id).await?;
    let withdrawn = match work.standing {
        Standing::Draft => return Err(Refused::RecordUnknown.into()),
        Standing::Public => None,
        Standing::Withdrawn => Some(work.last("withdrawn")),
    };
    Ok(Json(Public { published: work.last("published"), withdrawn, document: work.document }))
}

/// The work as whoever acts has seen it.
async fn at(site: &Site, id: &str, revision: i64) -> Result<Work, Failure> {
    let (known, work) = kept(&site.database.pool, id).await?;
    if known == revision { Ok(work) } else { Err(Refused::ChangedMeanwhile.into()) }
}

fn step(by: &str, act: &str, reason: &str) -> Step {
    Step { at: clock::now(), by: by.into(), act: act.into(), reason: reason.into() }
}

async fn noted(site: &Site, reader: &Reader, id: &str, act: &str) -> Result<(), Failure> {
    access::note(site, reader, Some(id), Deed::PublicVersion { act: act.into() }).await
}

async fn done(
    site: &Arc<Site>,
    reader: &Reader,
    id: &str,
    known: i64,
    mut work: Work,
    step: Step,
) -> Result<Json<Desk>, Failure> {
    let act = step.act.clone();
    work.steps.push(step);
    // Drawn first: a hearing that is not for the public is refused before anything is kept.
    let desk = desk(site, id, known + 1, work.clone()).await?;
    // Noted before it is done, so that nothing is done that is not noted; and noted again where it could not be done.
    noted(site, reader, id, &act).await?;
    if let Err(failure) = keep(&site.database.pool, id, known, &work).await {
        noted(site, reader, id, "not-done").await?;
        return Err(failure);
    }
    Ok(Json(desk))
}

/// As it would be published now.
async fn desk(site: &Arc<Site>, id: &str, revision: i64, work: Work) -> Result<Desk, Failure> {
    let entry = catalogue::entry(&site.database.pool, id).await?.ok_or(Refused::HearingUnknown)?;
    let hearing = api::sealed(site, id).await?;
    let drawing =
        tokio::task::spawn_blocking(move || drawn(&hearing, &entry, &work).map(|drawn| (drawn, work)));
    let ((document, masked), work) = drawing.await.map_err(|_| Error::Stopping)??;
    Ok(Desk {
        standing: work.standing,
        revision,
        prepared_by: work.prepared_by().map(Into::into),
        document,
        masked,
        more: work.more,
        keep: work.keep,
        steps: work.steps,
    })
}
