//! Fetching the record of a sealed hearing as Akoma Ntoso, by HTTP: for whoever may fetch a copy, as it may see it.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{Source, document};
use crate::{
    Error, Failure, Refused, Site,
    archive::{
        access::{self, Deed, Reader},
        api,
        exchange::foreign,
    },
};

/// `GET /api/hearings/{id}/akoma-ntoso`: the record, XML.
#[utoipa::path(get, path = "/api/hearings/{id}/akoma-ntoso", tag = "case file",
    security(("seat" = []), ("session" = [])), params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, description = "The record as Akoma Ntoso 3.0, application/akn+xml"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn fetch(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reader: Reader,
) -> Result<Response, Failure> {
    let view = api::record_for(&site, &id, &reader).await?;
    let name = HeaderValue::try_from(format!("attachment; filename=\"hearing-{id}.akn.xml\""))
        .map_err(|_| Refused::HearingUnknown)?;
    let foreign = foreign::kept(&site.database.pool, &id).await?;
    let (writing, written_for) = (site.clone(), id.clone());
    let written = tokio::task::spawn_blocking(move || {
        let rules = &writing.rooms.ground().rules;
        let office = foreign.as_ref().map_or(&writing.config.office, |foreign| &foreign.office);
        document(&Source { id: &written_for, view: &view, rules, office })
    });
    let bytes = written.await.map_err(|_| Error::Stopping)?.map_err(Error::from)?;
    access::note(&site, &reader, Some(&id), Deed::AkomaNtoso {}).await?;
    let kind = HeaderValue::from_static("application/akn+xml");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}
