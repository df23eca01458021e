//! Handing in and fetching the files of exhibits, by HTTP.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequestParts, Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use procedure::{Refusal, disclosed::Clearance, hearing::plan::Plan};

use super::{
    Kept,
    examine::{JPEG, PDF, PNG, TEXT},
    is_shown,
};
use crate::{
    Failure, Refused, Site,
    archive::access::{self, Deed, Reader},
    config::Limits,
    invitation::Holder,
    room::api::reader,
};

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
    hands_in(&site, &holder, &hearing).await?;
    let place = site.files.clone().acquire_owned().await.map_err(|_| crate::Error::Stopping)?;
    let largest = Limits::count(site.config.limits.exhibit_bytes_max);
    let bytes: Bytes =
        axum::body::to_bytes(request.into_body(), largest).await.map_err(|_| Refused::FileTooLarge)?;
    let kept = site.rooms.ground().exhibits.keep(&hearing, bytes, place).await;
    site.gauges.exhibit(&kept);
    Ok((StatusCode::CREATED, Json(kept?)))
}

/// Refuses whoever may not hand anything in, and everybody once the file is sealed: nothing can be laid any more (Art. 18).
///
/// # Errors
/// [`Refused::ClosedDoor`], [`Refused::NotLetIn`], [`Refusal::Sealed`].
pub(super) async fn hands_in(site: &Site, holder: &Holder, hearing: &str) -> Result<(), Failure> {
    takes_part(site, holder, hearing).await?;
    let view = site.rooms.office_view(hearing).await?;
    if view.get().record.sealed.is_some() {
        return Err(Failure::by_rule(&Refusal::Sealed, &site.rooms.ground().rules, &Plan::default()));
    }
    Ok(())
}

/// Refuses whoever has no seat in this hearing, or was not let in but to the gallery.
///
/// # Errors
/// [`Refused::ClosedDoor`], [`Refused::NotLetIn`].
pub(super) async fn takes_part(site: &Site, holder: &Holder, hearing: &str) -> Result<(), Failure> {
    if holder.hearing != hearing {
        return Err(Refused::ClosedDoor.into());
    }
    let door = site.rooms.door(hearing).await?;
    if door.clearance(&holder.seat).await? < Clearance::Participant {
        return Err(Refused::NotLetIn.into());
    }
    Ok(())
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
    let mut head = request.into_parts().0;
    let sealed = shows(&site, &hearing, &sha256, &mut head).await?;
    let (kept, bytes) = site.rooms.ground().exhibits.read(&hearing, &sha256).await?;
    if sealed {
        note(&site, &hearing, &sha256, &mut head).await?;
    }
    let media_type = match kept.media_type.as_str() {
        TEXT => "text/plain; charset=utf-8",
        other => other,
    };
    let media_type = HeaderValue::try_from(media_type).map_err(|_| Refused::FileUnknown)?;
    // Office files are opened by a program, not by the browser.
    let looked_at = matches!(kept.media_type.as_str(), PDF | PNG | JPEG | TEXT);
    let disposition = HeaderValue::from_static(if looked_at { "inline" } else { "attachment" });
    Ok(([(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}

/// Refuses whoever is not shown that file; tells whether the hearing is sealed, so that reading it is noted.
///
/// # Errors
/// [`Refused::FileUnknown`], the same for what is not there and what is not shown.
pub(super) async fn shows(
    site: &Arc<Site>,
    hearing: &str,
    sha256: &str,
    head: &mut Parts,
) -> Result<bool, Failure> {
    let view = reader(site, hearing, head).await?;
    if is_shown(view.get(), sha256) {
        return Ok(view.get().record.sealed.is_some());
    }
    Err(Refused::FileUnknown.into())
}

/// Notes that a file of a sealed hearing is read. Only when this has returned may it be handed out.
///
/// # Errors
/// When the note is not on disk.
pub(super) async fn note(
    site: &Arc<Site>,
    hearing: &str,
    sha256: &str,
    head: &mut Parts,
) -> Result<(), Failure> {
    let reader = Reader::from_request_parts(head, site).await?;
    access::note_once(site, &reader, hearing, Deed::Exhibit { sha256: sha256.into() }).await
}
