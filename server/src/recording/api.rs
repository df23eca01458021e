//! Looking at recordings, by HTTP: for whom the confidential volume is too.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{FromRequestParts, Path, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use procedure::{Capacity, Disclosed, Hearing, Office, SeatId};
use serde::Serialize;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{Kept, Shelf};
use crate::{Error, Failure, Refused, Site, account::api::Staff, invitation::Holder};

/// A part of a recording.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// Whose sound and picture.
    #[schema(value_type = String)]
    seat: SeatId,
    /// Number of the part, from 1.
    part: u32,
    /// Name of its file.
    name: String,
    /// How many bytes it has by now.
    bytes: u64,
    /// How many of them have their hash in the log.
    noted_bytes: u64,
    /// When it begins, in milliseconds since 1970; none before the first hash is in the log.
    from: Option<i64>,
    /// Until when it is recorded, in milliseconds since 1970.
    to: Option<i64>,
}

/// `GET /api/hearings/{id}/recordings`: the files that there are.
#[utoipa::path(get, path = "/api/hearings/{id}/recordings", tag = "recordings",
    security(("seat" = []), ("session" = [])), params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, body = Vec<Listed>), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Vec<Listed>>, Failure> {
    let view = entitled(&site, &id, &mut request.into_parts().0).await?;
    let recording = &view.get().recording;
    let listed = files(&site, &id).await?.into_iter().map(|file| {
        let known = recording.part(&file.seat, file.part);
        Listed {
            name: Shelf::name(&file.seat, file.part),
            bytes: file.bytes,
            noted_bytes: known.map_or(0, |known| known.bytes),
            from: known.map(|known| known.from.0),
            to: known.map(|known| known.to.0),
            part: file.part,
            seat: file.seat,
        }
    });
    Ok(Json(listed.collect()))
}

/// `GET /api/hearings/{id}/recordings/{seat}/{part}`: one file, or the bytes of it that `Range` asks for.
#[utoipa::path(get, path = "/api/hearings/{id}/recordings/{seat}/{part}", tag = "recordings",
    security(("seat" = []), ("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing"), ("seat" = String, Path, description = "Whose"),
           ("part" = u32, Path, description = "Number of the part")),
    responses((status = 200, description = "The recording, WebM"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn fetch(
    State(site): State<Arc<Site>>,
    Path((id, seat, part)): Path<(String, String, u32)>,
    request: Request,
) -> Result<Response, Failure> {
    let (mut head, _) = request.into_parts();
    entitled(&site, &id, &mut head).await?;
    // By what lies there, never by what is asked for.
    let found = files(&site, &id).await?.into_iter().find(|file| file.seat.0 == seat && file.part == part);
    let file = found.ok_or(Refused::FileUnknown)?;
    let name = format!("attachment; filename=\"hearing-{id}-{}\"", Shelf::name(&file.seat, file.part));
    let place = site.downloads.place()?;
    let served = ServeFile::new(&file.path).oneshot(Request::from_parts(head, Body::empty()));
    let Ok(mut served) = served.await;
    let headers = served.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("video/webm"));
    let name = HeaderValue::try_from(name).map_err(|_| Refused::FileUnknown)?;
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(site.downloads.hand_out(served.into_response(), place))
}

async fn files(site: &Arc<Site>, hearing: &str) -> Result<Vec<Kept>, Error> {
    let folder = site.config.recordings().of(hearing);
    let files = tokio::task::spawn_blocking(move || Shelf::files(&folder));
    Ok(files.await.map_err(|_| Error::Stopping)??)
}

/// The hearing as the office sees it, if whoever asks may have its confidential volume: the staff who look into files, by
/// their session; chair, handler and clerk, by the key of their seat.
async fn entitled(
    site: &Arc<Site>,
    id: &str,
    head: &mut axum::http::request::Parts,
) -> Result<Disclosed<Hearing>, Failure> {
    if crate::invitation::api::bearer(&head.headers).is_none() {
        let staff = Staff::from_request_parts(head, site).await?;
        staff.only(Office::draws)?;
        return site.rooms.office_view(id).await;
    }
    let holder = Holder::from_request_parts(head, site).await?;
    if holder.hearing != id {
        return Err(Refused::ClosedDoor.into());
    }
    let view = site.rooms.office_view(id).await?;
    let hearing = view.get();
    let office = hearing.plan.capacity(&holder.seat).is_some_and(Capacity::is_office)
        && hearing.roll.took_part(&holder.seat)
        && !hearing.roll.is_recused(&holder.seat);
    if office { Ok(view) } else { Err(Refused::ClosedDoor.into()) }
}
