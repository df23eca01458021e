//! Handing in and fetching the files of exhibits, by HTTP.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use procedure::{disclosed::Clearance, hearing::exhibit::Content};

use super::Kept;
use crate::{Failure, Refused, Site, config::Limits, invitation::Holder, room::api::reader};

/// `POST /api/hearings/{id}/exhibits`: the bytes are the body.
#[utoipa::path(post, path = "/api/hearings/{id}/exhibits", tag = "exhibits",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("seat" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Kept), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn keep(
    State(site): State<Arc<Site>>,
    holder: Holder,
    Path(hearing): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Kept>), Failure> {
    if holder.hearing != hearing {
        return Err(Refused::ClosedDoor.into());
    }
    let door = site.rooms.door(&hearing).await?;
    if door.clearance(&holder.seat).await? < Clearance::Participant {
        return Err(Refused::NotLetIn.into());
    }
    let _place = site.files.acquire().await.map_err(|_| crate::Error::Stopping)?;
    let largest = Limits::count(site.config.limits.exhibit_bytes_max);
    let bytes: Bytes =
        axum::body::to_bytes(request.into_body(), largest).await.map_err(|_| Refused::FileTooLarge)?;
    Ok((StatusCode::CREATED, Json(site.rooms.ground().exhibits.keep(&hearing, &bytes).await?)))
}

/// `GET /api/hearings/{id}/exhibits/{sha256}`: for those to whom an exhibit with this file has been disclosed.
#[utoipa::path(get, path = "/api/hearings/{id}/exhibits/{sha256}", tag = "exhibits",
    params(("id" = String, Path, description = "Id of the hearing"), ("sha256" = String, Path, description = "SHA-256 of the file, hexadecimal")),
    security(("seat" = []), ("session" = [])),
    responses((status = 200, description = "The file"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn fetch(
    State(site): State<Arc<Site>>,
    Path((hearing, sha256)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Failure> {
    let view = reader(&site, &hearing, &mut request.into_parts().0).await?;
    let shown = view.get().exhibit.laid.values().any(|laid| match &laid.exhibit.content {
        Content::File { sha256: own, .. } => *own == sha256,
        Content::Text(_) => false,
    });
    let given = view.get().record.given.values().flat_map(|given| given.way.scans());
    let shown = shown || given.into_iter().any(|scan| scan.sha256 == sha256);
    // The same answer for what is not there and what is not shown.
    if !shown {
        return Err(Refused::FileUnknown.into());
    }
    let (kept, bytes) = site.rooms.ground().exhibits.read(&hearing, &sha256).await?;
    let media_type = match kept.media_type.as_str() {
        "text/plain" => "text/plain; charset=utf-8",
        other => other,
    };
    let media_type = HeaderValue::try_from(media_type).map_err(|_| Refused::FileUnknown)?;
    let disposition = HeaderValue::from_static("inline");
    Ok(([(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}
