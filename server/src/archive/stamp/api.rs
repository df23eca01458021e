//! Fetching the time stamp of a seal, by HTTP: for whoever may fetch a copy of the case file.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{
    Failure, Refused, Site,
    archive::{
        access::{self, Deed, Reader},
        api::may_have_a_copy,
    },
};

/// `GET /api/hearings/{id}/stamp`: the reply of the authority, `seal.tsr`.
#[utoipa::path(get, path = "/api/hearings/{id}/stamp", tag = "case file",
    security(("seat" = []), ("session" = [])), params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, description = "The time stamp (RFC 3161), application/timestamp-reply"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn fetch(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
) -> Result<Response, Failure> {
    may_have_a_copy(&site, &id, &reader).await?;
    let (_, reply) = super::kept(&site.database.pool, &id).await?.ok_or(Refused::StampNotYet)?;
    access::note(&site, &reader, Some(&id), Deed::Stamp {}).await?;
    let name = HeaderValue::try_from(format!("attachment; filename=\"hearing-{id}-seal.tsr\""))
        .map_err(|_| Refused::HearingUnknown)?;
    let kind = HeaderValue::from_static("application/timestamp-reply");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], reply).into_response())
}
