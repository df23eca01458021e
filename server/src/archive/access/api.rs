//! Looking at who has read what, by HTTP: for those who supervise the archive.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use procedure::Office;
use serde::Deserialize;

use super::{Deed, Notes, Reader, month, note, notes, of_hearing, of_month};
use crate::{Failure, Refused, Site, archive::catalogue, clock};

/// Of what.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Of the file of this hearing.
    #[serde(default)]
    hearing: Option<String>,
    /// Or of what belongs to no one hearing, in this month, such as `2026-11`; left out, the present one.
    #[serde(default)]
    month: Option<String>,
    /// Of those that came before this number, as the page before told it; left out, the last.
    #[serde(default)]
    before: Option<i64>,
}

/// `GET /api/archive/access`: who has read what, a page of it, the last first. Whoever asks stands there too.
#[utoipa::path(get, path = "/api/archive/access", tag = "archive", security(("session" = [])), params(Asked),
    responses((status = 200, body = Notes), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(
    State(site): State<Arc<Site>>,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Json<Notes>, Failure> {
    reader.staff(Office::supervises_archive)?;
    let stream = match (&asked.hearing, &asked.month) {
        (Some(hearing), None) => {
            catalogue::entry(&site.database.pool, hearing).await?.ok_or(Refused::HearingUnknown)?;
            of_hearing(hearing)
        }
        (None, Some(month)) if is_month(month) => of_month(month),
        (None, None) => of_month(&month(clock::now(), site.rooms.ground().rules.utc_offset_minutes)),
        _ => return Err(Refused::SearchUnreadable.into()),
    };
    note(&site, &reader, asked.hearing.as_deref(), Deed::Access {}).await?;
    let most = i64::try_from(site.config.limits.access_page_max).unwrap_or(i64::MAX);
    Ok(Json(notes(&site, &stream, asked.before, most).await?))
}

fn is_month(text: &str) -> bool {
    let digits =
        |part: &str, most: usize| part.len() == most && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(year, month)| {
        digits(year, 4)
            && digits(month, 2)
            && month.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month))
    })
}
