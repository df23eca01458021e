//! A page of an exhibit by HTTP, for those to whom the exhibit has been disclosed.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path, Query, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Page, WIDTHS};
use crate::{
    Failure, Refused, Site,
    archive::access::Reader,
    exhibit::api::{note, shows},
};

/// How wide a picture is where nothing is said, in pixels.
const WIDTH: u32 = 1_000;

/// How a page is wanted.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// How wide the picture is at least, in pixels: 64 to 4096, 1000 where nothing is said; it is drawn 500, 1000, 2000 or 4096 wide. A photograph is never wider than it is, and one that is very high is narrower.
    #[serde(default)]
    width: Option<u32>,
}

/// `GET /api/hearings/{id}/exhibits/{sha256}/pages/{page}`: a picture of a page, or its text.
#[utoipa::path(get, path = "/api/hearings/{id}/exhibits/{sha256}/pages/{page}", tag = "exhibits",
    params(("id" = String, Path, description = "Id of the hearing"),
           ("sha256" = String, Path, description = "SHA-256 of the file, hexadecimal"),
           ("page" = u32, Path, description = "Which, counted from one"), Wanted),
    security(("seat" = []), ("session" = [])),
    responses((status = 200, description = "PNG or JPEG of a PDF or a picture; the text of anything else"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn fetch(
    State(site): State<Arc<Site>>,
    Path((hearing, sha256, page)): Path<(String, String, u32)>,
    Query(Wanted { width }): Query<Wanted>,
    request: Request,
) -> Result<Response, Failure> {
    let mut head = request.into_parts().0;
    let sealed = shows(&site, &hearing, &sha256, &mut head).await?;
    let width = width.unwrap_or(WIDTH);
    if !WIDTHS.contains(&width) {
        return Err(Refused::PageWidth.into());
    }
    let asker = format!("{:?}", Reader::from_request_parts(&mut head, &site).await?.who);
    let page = site.rooms.ground().exhibits.page(&hearing, &sha256, page, width, &asker).await?;
    site.gauges.exhibit_pages_total.up();
    if sealed {
        note(&site, &hearing, &sha256, &mut head).await?;
    }
    let (media_type, bytes) = match page {
        Page::Picture(media_type, bytes) => (media_type, bytes),
        Page::Text(text) => ("text/plain; charset=utf-8", text.into_bytes()),
    };
    // Who may see it today may not see it tomorrow.
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, bytes).into_response())
}
