//! The lists of cases, hearings and notices, by HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use procedure::{
    Act, By, Id, Office,
    hearing::plan::{Case, Plan},
};
use serde::Serialize;

use super::{Face, Notice};
use crate::{Failure, Refused, Site, account::api::Staff, clock, router::Body};

/// The office that holds the hearings, as its public notices name it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TheOffice {
    /// Its name.
    name: String,
    /// The telephone number for questions.
    phone: String,
}

/// `GET /api/cases`
#[utoipa::path(get, path = "/api/cases", tag = "docket",
    security(("session" = [])),
    responses((status = 200, body = [Object]), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn cases(State(site): State<Arc<Site>>, staff: Staff) -> Result<Json<Vec<Case>>, Failure> {
    staff.only(Office::reads_lists)?;
    Ok(Json(site.docket().cases().await?))
}

/// `POST /api/cases`
#[utoipa::path(post, path = "/api/cases", tag = "docket",
    security(("session" = [])), request_body = Object,
    responses((status = 201, description = "Entered, or changed under the same number"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn add_case(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Body(case): Body<Case>,
) -> Result<StatusCode, Failure> {
    staff.only(Office::enters_cases)?;
    let (rules, at) = (&site.rooms.ground().rules, clock::now());
    let (id, by) = (Id(String::new()), By::Office(staff.0.role));
    case.check(&Act { id: &id, by: &by, at, rules })
        .map_err(|no| Failure::by_rule(&no, rules, &Plan::default()))?;
    site.docket().keep_case(&case, at).await?;
    Ok(StatusCode::CREATED)
}

/// `GET /api/hearings`
#[utoipa::path(get, path = "/api/hearings", tag = "docket",
    security(("session" = [])),
    responses((status = 200, body = [Face]), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn hearings(State(site): State<Arc<Site>>, staff: Staff) -> Result<Json<Vec<Face>>, Failure> {
    staff.only(Office::reads_lists)?;
    Ok(Json(site.docket().hearings().await?))
}

/// `GET /api/office`: who holds the hearings and whom to call.
#[utoipa::path(get, path = "/api/office", tag = "public", responses((status = 200, body = TheOffice),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn office(State(site): State<Arc<Site>>) -> Json<TheOffice> {
    Json(TheOffice { name: site.config.office.clone(), phone: site.config.phone.clone() })
}

/// `GET /api/notices`
#[utoipa::path(get, path = "/api/notices", tag = "public", responses((status = 200, body = [Notice]),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn notices(State(site): State<Arc<Site>>) -> Result<Json<Vec<Notice>>, Failure> {
    Ok(Json(site.docket().notices().await?))
}

/// `GET /api/notices/{id}`
#[utoipa::path(get, path = "/api/notices/{id}", tag = "public",
    params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, body = Notice), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn notice(State(site): State<Arc<Site>>, Path(id): Path<String>) -> Result<Json<Notice>, Failure> {
    site.docket().notice(&id).await?.map(Json).ok_or_else(|| Refused::NoticeUnknown.into())
}
