//! The lists of cases, hearings and notices, by HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use procedure::{
    Act, By, Id, Moment, Office,
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

/// `GET /api/cases`. What the office proposes to do is told only to those who may look into the file of a hearing.
#[utoipa::path(get, path = "/api/cases", tag = "docket",
    security(("session" = [])),
    responses((status = 200, body = [Object]), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn cases(State(site): State<Arc<Site>>, staff: Staff) -> Result<Json<Vec<Case>>, Failure> {
    staff.only(Office::reads_lists)?;
    let mut cases = site.docket().cases().await?;
    if !staff.0.role.draws() {
        cases.iter_mut().for_each(|case| case.proposed.clear());
    }
    Ok(Json(cases))
}

/// `POST /api/cases`: enters a case. A number that is taken is refused, unless the case stands there word for word:
/// then the answer had been lost.
#[utoipa::path(post, path = "/api/cases", tag = "docket",
    security(("session" = [])), request_body = Object,
    responses((status = 201, description = "Entered"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn add_case(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Body(case): Body<Case>,
) -> Result<StatusCode, Failure> {
    staff.only(Office::enters_cases)?;
    let at = checked(&site, &staff, &case)?;
    let entered = site.docket().enter_case(&case, at).await?;
    if entered { Ok(StatusCode::CREATED) } else { Err(Refused::CaseKnown.into()) }
}

/// `PATCH /api/cases`: a case that was entered, as it is to read from now on. Hearings that were registered from it stay
/// as they are.
#[utoipa::path(patch, path = "/api/cases", tag = "docket",
    security(("session" = [])), request_body = Object,
    responses((status = 204, description = "Changed"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn change_case(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Body(case): Body<Case>,
) -> Result<StatusCode, Failure> {
    staff.only(Office::prepares)?;
    let at = checked(&site, &staff, &case)?;
    site.docket().case(&case.number).await?.ok_or(Refused::CaseUnknown)?;
    site.docket().keep_case(&case, at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the rules take such a case; the moment at which they were asked.
fn checked(site: &Site, staff: &Staff, case: &Case) -> Result<Moment, Failure> {
    let (rules, at) = (&site.rooms.ground().rules, clock::now());
    let (id, by) = (Id(String::new()), By::Office(staff.0.role));
    let act = Act { id: &id, by: &by, at, rules };
    case.check(&act).map_err(|no| Failure::by_rule(&no, rules, &Plan::default()))?;
    Ok(at)
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
