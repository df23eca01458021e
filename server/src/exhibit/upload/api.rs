//! Uploads by HTTP: begun, gone on with, asked after, finished, given up. Only for the seat that began one.

use std::sync::Arc;

use axum::{
    Json,
    body::Body as Sent,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::{Progress, Taken};
use crate::{
    Failure, Refused, Site,
    config::Limits,
    exhibit::{
        Kept,
        api::{hands_in, takes_part},
    },
    invitation::Holder,
    router::Body,
};

/// Where an upload goes on, in requests and in answers.
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// How long the file will be.
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// A file that somebody is going to hand in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// How long it is, in bytes.
    size: u64,
    /// What its owner calls it; what it is, is seen by what is in it.
    name: String,
}

/// The end of an upload.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// SHA-256 of the file as its owner has it, hexadecimal; compared where it is said.
    #[serde(default)]
    sha256: Option<String>,
}

/// `POST /api/hearings/{id}/uploads`: a file is going to come; a size that will not be taken is refused now.
#[utoipa::path(post, path = "/api/hearings/{id}/uploads", tag = "exhibits",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("seat" = [])), request_body = Announced,
    responses((status = 201, body = Progress), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn begin(
    State(site): State<Arc<Site>>,
    holder: Holder,
    Path(hearing): Path<String>,
    Body(Announced { size, name }): Body<Announced>,
) -> Result<(StatusCode, Json<Progress>), Failure> {
    hands_in(&site, &holder, &hearing).await?;
    let begun = site.rooms.ground().exhibits.begin(&hearing, &holder.seat, size, name).await?;
    Ok((StatusCode::CREATED, Json(begun)))
}

/// `GET` and `HEAD /api/hearings/{id}/uploads/{upload}`: how far it is.
#[utoipa::path(get, path = "/api/hearings/{id}/uploads/{upload}", tag = "exhibits",
    params(("id" = String, Path, description = "Id of the hearing"), ("upload" = String, Path, description = "Id of the upload")),
    security(("seat" = [])),
    responses((status = 200, body = Progress, description = "How far it is; `Upload-Offset` and `Upload-Length` say it too"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn progress(
    State(site): State<Arc<Site>>,
    holder: Holder,
    Path((hearing, upload)): Path<(String, String)>,
) -> Result<Response, Failure> {
    takes_part(&site, &holder, &hearing).await?;
    let progress = site.rooms.ground().exhibits.progress(&hearing, &holder.seat, &upload).await?;
    Ok(told(progress))
}

/// `PATCH /api/hearings/{id}/uploads/{upload}`: the bytes that come next, with `Upload-Offset`.
#[utoipa::path(patch, path = "/api/hearings/{id}/uploads/{upload}", tag = "exhibits",
    params(("id" = String, Path, description = "Id of the hearing"), ("upload" = String, Path, description = "Id of the upload"),
           ("Upload-Offset" = u64, Header, description = "Where the bytes belong: as many as are there already")),
    security(("seat" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Progress), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn take(
    State(site): State<Arc<Site>>,
    holder: Holder,
    Path((hearing, upload)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Failure> {
    hands_in(&site, &holder, &hearing).await?;
    let at = offset(request.headers()).ok_or(Refused::Unreadable)?;
    let exhibits = &site.rooms.ground().exhibits;
    // Who is not its owner, or comes at the wrong place, is told before anything is read.
    let before = exhibits.progress(&hearing, &holder.seat, &upload).await?;
    if before.offset != at {
        return Ok(elsewhere(before.offset));
    }
    let bytes = received(&site, request.into_body()).await?;
    match exhibits.take(&hearing, &holder.seat, &upload, at, bytes).await? {
        Taken::Now(progress) => Ok(told(progress)),
        Taken::Elsewhere(offset) => Ok(elsewhere(offset)),
    }
}

/// `POST /api/hearings/{id}/uploads/{upload}/done`: the file is examined and kept.
#[utoipa::path(post, path = "/api/hearings/{id}/uploads/{upload}/done", tag = "exhibits",
    params(("id" = String, Path, description = "Id of the hearing"), ("upload" = String, Path, description = "Id of the upload")),
    security(("seat" = [])), request_body = Finished,
    responses((status = 201, body = Kept), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn finish(
    State(site): State<Arc<Site>>,
    holder: Holder,
    Path((hearing, upload)): Path<(String, String)>,
    Body(Finished { sha256 }): Body<Finished>,
) -> Result<(StatusCode, Json<Kept>), Failure> {
    hands_in(&site, &holder, &hearing).await?;
    let place = site.files.clone().acquire_owned().await.map_err(|_| crate::Error::Stopping)?;
    let exhibits = &site.rooms.ground().exhibits;
    let kept = exhibits.finish(&hearing, &holder.seat, &upload, sha256.as_deref(), place).await;
    site.gauges.exhibit(&kept);
    Ok((StatusCode::CREATED, Json(kept?)))
}

/// `DELETE /api/hearings/{id}/uploads/{upload}`: nothing of it stays.
#[utoipa::path(delete, path = "/api/hearings/{id}/uploads/{upload}", tag = "exhibits",
    params(("id" = String, Path, description = "Id of the hearing"), ("upload" = String, Path, description = "Id of the upload")),
    security(("seat" = [])),
    responses((status = 204, description = "Given up"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn give_up(
    State(site): State<Arc<Site>>,
    holder: Holder,
    Path((hearing, upload)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    takes_part(&site, &holder, &hearing).await?;
    site.rooms.ground().exhibits.give_up(&hearing, &holder.seat, &upload).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// As much of a piece as comes: whole, or up to where the network broke or was too slow.
async fn received(site: &Site, body: Sent) -> Result<Bytes, Failure> {
    let limits = &site.config.limits;
    let most = Limits::count(limits.upload_chunk_bytes_max);
    // So much earlier than the request is given up that what has come can be written.
    let deadline = Instant::now() + Limits::span(limits.request_timeout_ms) * 2 / 3;
    let mut pieces = body.into_data_stream();
    let mut bytes = BytesMut::new();
    while let Ok(Some(Ok(piece))) = timeout_at(deadline, pieces.next()).await {
        if bytes.len() + piece.len() > most {
            return Err(Refused::UploadPiece.into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

fn offset(headers: &HeaderMap) -> Option<u64> {
    headers.get(OFFSET)?.to_str().ok()?.parse().ok()
}

fn told(progress: Progress) -> Response {
    let headers = [(OFFSET, HeaderValue::from(progress.offset)), (LENGTH, HeaderValue::from(progress.size))];
    (headers, Json(progress)).into_response()
}

/// The refusal that tells where the upload goes on, in words and in its header.
fn elsewhere(offset: u64) -> Response {
    let (status, ..) = Refused::UploadOffset.parts();
    let mut sentence = Refused::UploadOffset.sentence();
    sentence.zh = format!("{}应从第{offset}字节继续。", sentence.zh);
    sentence.en = format!("{} It goes on at byte {offset}.", sentence.en);
    let answer = Failure::Refused(status, Box::new(sentence)).into_response();
    ([(OFFSET, HeaderValue::from(offset))], answer).into_response()
}
