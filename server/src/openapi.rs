//! The description of the HTTP API for other programs, at `/api/openapi.json`.

use axum::Json;
use serde::Serialize;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{account, archive, delivery, docket, exhibit, invitation, pool, recording, room, router};

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
        account::api::own_password,
        account::api::list,
        account::api::add,
        account::api::change,
        pool::api::list,
        pool::api::put,
        pool::api::draw_panel,
        pool::api::redraw,
        docket::api::cases,
        docket::api::add_case,
        docket::api::change_case,
        docket::api::hearings,
        docket::api::office,
        docket::api::notices,
        docket::api::notice,
        archive::api::seal_key,
        archive::api::fetch,
        archive::stamp::api::fetch,
        archive::akoma_ntoso::api::fetch,
        archive::public_version::api::look,
        archive::public_version::api::prepare,
        archive::public_version::api::publish,
        archive::public_version::api::withdraw,
        archive::public_version::api::list,
        archive::public_version::api::read,
        archive::search::api::search,
        archive::access::api::list,
        archive::retention::api::look,
        archive::retention::api::want,
        archive::retention::api::rule,
        archive::retention::api::due,
        crate::papers::api::list,
        crate::papers::api::fetch,
        room::api::register,
        room::api::view,
        room::api::outline,
        room::api::command,
        crate::signature::api::sign,
        room::socket::enter,
        invitation::api::list,
        invitation::api::issue,
        invitation::api::revoke,
        invitation::api::look,
        invitation::api::accept,
        delivery::api::contacts,
        delivery::api::contact,
        delivery::api::keep_contact,
        delivery::api::list,
        delivery::api::send,
        delivery::api::preview,
        delivery::api::note,
        delivery::api::again,
        delivery::reading::short,
        delivery::reading::look,
        delivery::reading::open,
        delivery::reading::paper,
        delivery::reading::calendar,
        delivery::reading::acknowledge,
        exhibit::api::keep,
        exhibit::api::fetch,
        exhibit::page::api::fetch,
        exhibit::upload::api::begin,
        exhibit::upload::api::progress,
        exhibit::upload::api::take,
        exhibit::upload::api::finish,
        exhibit::upload::api::give_up,
        recording::api::list,
        recording::api::fetch,
        document,
        router::healthz,
        router::metrics,
    ),
    components(schemas(Refusal)),
    modifiers(&Proofs)
)]
pub struct Description;

/// How somebody shows who they are.
struct Proofs;

impl Modify for Proofs {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        let cookie = "The session of a member of the staff, set by /api/sign-in; `__Host-session` where the server is https";
        let session = ApiKey::Cookie(ApiKeyValue::with_description("session", cookie));
        components.add_security_scheme("session", SecurityScheme::ApiKey(session));
        let key = "The key of a seat, given by /api/invitations/accept";
        let seat = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(key)).build();
        components.add_security_scheme("seat", SecurityScheme::Http(seat));
    }
}

/// `GET /api/openapi.json`
#[utoipa::path(get, path = "/api/openapi.json", tag = "public",
    responses((status = 200, description = "This description"), (status = "4XX", body = Refusal)))]
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
