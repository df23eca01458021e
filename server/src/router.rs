//! Every address of the server on one page.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequest, Request, State, rejection::JsonRejection},
    http::{StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{delete, get, patch, post},
};
use serde::de::DeserializeOwned;
use tower_http::compression::CompressionLayer;

use crate::{
    Failure, Refused, Site, account, archive, config::Limits, delivery, docket, exhibit, guard, invitation,
    openapi, pages, papers, pool, recording, room, signature,
};

/// Every address.
pub fn router(site: Arc<Site>) -> Router {
    let limits = &site.config.limits;
    let patience = Limits::span(limits.request_timeout_ms);
    let body_max = Limits::count(limits.body_bytes_max);

    // Anybody.
    let open = Router::new()
        .route("/api/office", get(docket::api::office))
        .route("/api/notices", get(docket::api::notices))
        .route("/api/notices/{id}", get(docket::api::notice))
        .route("/api/public-records", get(archive::public_version::api::list))
        .route("/api/public-records/{id}", get(archive::public_version::api::read))
        .route("/api/seal-key", get(archive::api::seal_key))
        .route("/api/openapi.json", get(openapi::document))
        .route("/healthz", get(healthz));

    // The staff, by session.
    let staff = Router::new()
        .route("/api/setup", post(account::api::set_up))
        .route("/api/sign-in", post(account::api::sign_in))
        .route("/api/sign-out", post(account::api::sign_out))
        .route("/api/me", get(account::api::me))
        .route("/api/me/password", post(account::api::own_password))
        .route("/api/accounts", get(account::api::list).post(account::api::add))
        .route("/api/accounts/{name}", patch(account::api::change))
        .route("/api/pool", get(pool::api::list).post(pool::api::put))
        .route(
            "/api/cases",
            get(docket::api::cases).post(docket::api::add_case).patch(docket::api::change_case),
        )
        .route("/api/hearings", get(docket::api::hearings).post(room::api::register))
        .route("/api/hearings/{id}", get(room::api::view))
        .route("/api/hearings/{id}/outline", get(room::api::outline))
        .route("/api/hearings/{id}/commands", post(room::api::command))
        .route("/api/hearings/{id}/draw", get(pool::api::redraw).post(pool::api::draw_panel))
        .route("/api/hearings/{id}/invitations", get(invitation::api::list).post(invitation::api::issue))
        .route("/api/hearings/{id}/invitations/{seat}", delete(invitation::api::revoke));

    // Whoever holds an invitation or a seat.
    let seats = Router::new()
        .route("/api/invitations/{token}", get(invitation::api::look))
        .route("/api/invitations/accept", post(invitation::api::accept))
        .route("/api/hearings/{id}/signature", post(signature::api::sign))
        .route("/api/hearings/{id}/file", get(archive::api::fetch))
        .route("/api/hearings/{id}/papers", get(papers::api::list))
        .route("/api/hearings/{id}/papers/{form}", get(papers::api::fetch))
        .route("/api/hearings/{id}/recordings", get(recording::api::list));

    // Whoever keeps the server running; served on loopback only.
    let house = Router::new().route("/metrics", get(metrics));

    let kept = archived().merge(deliveries()).merge(exhibits());
    let addresses = open.merge(staff).merge(seats).merge(kept).merge(house).layer(from_fn(
        move |request: Request, next: axum::middleware::Next| async move {
            let answered = tokio::time::timeout(patience, next.run(request)).await;
            answered.unwrap_or_else(|_| Failure::Error(crate::Error::Stopping).into_response())
        },
    ));
    let plain = addresses.clone().with_state(site.clone());
    let folder = site.config.site.as_deref();
    let pages = folder.map(|folder| pages::pages(&site.config, folder, plain));
    let all = addresses.layer(CompressionLayer::new().br(true).gzip(true));
    let all = match pages {
        Some(pages) => all.fallback_service(pages),
        None => all.fallback(nothing),
    };
    // The room is a WebSocket: it lives as long as it likes and is never compressed. Nor is a recording.
    all.route("/api/hearings/{id}/room", get(room::socket::enter))
        .route("/api/hearings/{id}/recordings/{seat}/{part}", get(recording::api::fetch))
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(body_max))
        .layer(from_fn(in_our_words))
        .layer(from_fn_with_state(site.clone(), guard::before))
        .layer(from_fn_with_state(site.clone(), guard::after))
        .with_state(site)
}

/// The archive: what those of the staff who look into files ask it, and what whoever has a copy may fetch beside it.
fn archived() -> Router<Arc<Site>> {
    Router::new()
        .route("/api/archive", get(archive::search::api::search))
        .route("/api/archive/access", get(archive::access::api::list))
        .route("/api/archive/due", get(archive::retention::api::due))
        .route(
            "/api/hearings/{id}/retention",
            get(archive::retention::api::look).post(archive::retention::api::want),
        )
        .route("/api/hearings/{id}/retention/ruling", post(archive::retention::api::rule))
        .route(
            "/api/hearings/{id}/public-version",
            get(archive::public_version::api::look).post(archive::public_version::api::prepare),
        )
        .route("/api/hearings/{id}/public-version/publication", post(archive::public_version::api::publish))
        .route("/api/hearings/{id}/public-version/withdrawal", post(archive::public_version::api::withdraw))
        .route("/api/hearings/{id}/akoma-ntoso", get(archive::akoma_ntoso::api::fetch))
        .route("/api/hearings/{id}/stamp", get(archive::stamp::api::fetch))
}

/// What is sent to whom: the staff by session, whoever was sent a paper by the link of it.
fn deliveries() -> Router<Arc<Site>> {
    Router::new()
        .route("/api/hearings/{id}/contacts", get(delivery::api::contacts).put(delivery::api::keep_contact))
        .route("/api/hearings/{id}/contacts/{seat}", get(delivery::api::contact))
        .route("/api/hearings/{id}/deliveries", get(delivery::api::list).post(delivery::api::send))
        .route("/api/hearings/{id}/deliveries/preview", get(delivery::api::preview))
        .route("/api/hearings/{id}/deliveries/{delivery}", post(delivery::api::note))
        .route("/api/hearings/{id}/deliveries/{delivery}/again", post(delivery::api::again))
        .route("/d/{token}", get(delivery::reading::short))
        .route("/api/deliveries/{token}", get(delivery::reading::look).post(delivery::reading::open))
        .route("/api/deliveries/{token}/paper", get(delivery::reading::paper))
        .route("/api/deliveries/{token}/calendar", get(delivery::reading::calendar))
        .route("/api/deliveries/{token}/acknowledgement", post(delivery::reading::acknowledge))
}

/// Exhibits, for whoever holds a seat: handed in at once or in pieces, fetched whole or page by page.
fn exhibits() -> Router<Arc<Site>> {
    Router::new()
        .route("/api/hearings/{id}/exhibits", post(exhibit::api::keep).layer(DefaultBodyLimit::disable()))
        .route("/api/hearings/{id}/exhibits/{sha256}", get(exhibit::api::fetch))
        .route("/api/hearings/{id}/exhibits/{sha256}/pages/{page}", get(exhibit::page::api::fetch))
        .route("/api/hearings/{id}/uploads", post(exhibit::upload::api::begin))
        .route(
            "/api/hearings/{id}/uploads/{upload}",
            get(exhibit::upload::api::progress)
                .patch(exhibit::upload::api::take)
                .delete(exhibit::upload::api::give_up),
        )
        .route("/api/hearings/{id}/uploads/{upload}/done", post(exhibit::upload::api::finish))
}

/// What the library under us refuses before we see it, an address or a query that cannot be read, in our own words.
async fn in_our_words(request: Request, next: axum::middleware::Next) -> Response {
    let answer = next.run(request).await;
    let plain = |kind: &axum::http::HeaderValue| kind.as_bytes().starts_with(b"text/plain");
    let foreign = answer.headers().get(header::CONTENT_TYPE).is_some_and(plain);
    if answer.status().is_client_error() && foreign { Refused::Unreadable.into_response() } else { answer }
}

async fn nothing() -> Refused {
    Refused::NoSuchPage
}

async fn wrong_method() -> Refused {
    Refused::WrongMethod
}

/// `GET /healthz`: whether the database answers, the log is written, and the video link, where there is one, carries.
#[utoipa::path(get, path = "/healthz", tag = "house",
    responses((status = 200, description = "Well"), (status = "4XX", body = crate::openapi::Refusal),
              (status = "5XX", body = crate::openapi::Refusal)))]
pub async fn healthz(State(site): State<Arc<Site>>) -> Result<&'static str, Failure> {
    tokio::time::timeout(Duration::from_secs(5), site.database.answers())
        .await
        .map_err(|_| crate::Error::Stopping)??;
    let carries = site.sfu.as_ref().is_none_or(crate::sfu::Sfu::carries);
    if site.rooms.ground().log.is_open() && carries { Ok("ok\n") } else { Err(crate::Error::Stopping.into()) }
}

/// `GET /metrics`: counters in the form of Prometheus, for callers on the same machine.
#[utoipa::path(get, path = "/metrics", tag = "house",
    responses((status = 200, description = "Counters"), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn metrics(State(site): State<Arc<Site>>, request: Request) -> Response {
    let peer =
        request.extensions().get::<axum::extract::ConnectInfo<std::net::SocketAddr>>().map(|peer| peer.0);
    let proxied = request.headers().contains_key("x-forwarded-for");
    if proxied || !peer.is_some_and(|peer| peer.ip().is_loopback()) {
        return Refused::NoSuchPage.into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], site.gauges.text()).into_response()
}

/// The JSON body of a request. What cannot be read is refused like everything else.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Refused::TooLarge.into())
            }
            Err(rejection) => Err(unreadable(&rejection)),
        }
    }
}

/// Says what could not be read, for whoever writes the program that sent it.
fn unreadable(rejection: &JsonRejection) -> Failure {
    let mut sentence = Refused::Unreadable.sentence();
    sentence.en = format!("{} {}", sentence.en, rejection.body_text());
    Failure::Refused(StatusCode::UNPROCESSABLE_ENTITY, Box::new(sentence))
}
