//! The description of the HTTP API for other programs, at `/api/openapi.json`.

use axum::Json;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::{account, archive, docket, exhibit, invitation, pool, room};

/// Why something may not be done.
#[derive(Serialize, ToSchema)]
pub struct Refusal {
    /// Stable name for programs, such as `floor.not-yours`.
    pub code: String,
    /// The article it rests on, in Chinese.
    pub article: String,
    /// The article it rests on, in English.
    pub article_en: String,
    /// The sentence, in Chinese.
    pub zh: String,
    /// The sentence, in English.
    pub en: String,
}

/// The whole description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "枫桥 Fengqiao",
        description = "检察听证：听证室之外的全部接口。The HTTP API of a hearing office; the room itself is a WebSocket (docs/protocol.md). Refusals are `{code, article, article_en, zh, en}`."
    ),
    paths(
        account::api::set_up,
        account::api::sign_in,
        account::api::sign_out,
        account::api::me,
        account::api::list,
        account::api::add,
        account::api::change,
        pool::api::list,
        pool::api::put,
        pool::api::draw_panel,
        pool::api::redraw,
        docket::api::cases,
        docket::api::add_case,
        docket::api::hearings,
        docket::api::notices,
        docket::api::notice,
        archive::api::seal_key,
        archive::api::fetch,
        room::api::register,
        room::api::view,
        room::api::command,
        room::socket::enter,
        invitation::api::issue,
        invitation::api::revoke,
        invitation::api::look,
        invitation::api::accept,
        exhibit::api::keep,
        exhibit::api::fetch,
    ),
    components(schemas(Refusal))
)]
pub struct Description;

/// `GET /api/openapi.json`
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
