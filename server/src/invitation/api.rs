//! Issuing, looking at, accepting and revoking invitations, by HTTP.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use procedure::{Capacity, Moment, Office, SeatId};
use qrcode::{EcLevel, QrCode, render::svg};
use serde::{Deserialize, Serialize};

use super::{Holder, Invitation, Sent, Shown};
use crate::{
    Error, Failure, Refused, Site, account::api::Staff, archive::exchange::foreign, clock, guard::Caller,
    router::Body,
};

/// Whom to invite.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// To which seat.
    #[schema(value_type = String)]
    seat: SeatId,
    /// Last four digits of the person's phone number.
    phone_tail: String,
}

/// A fresh invitation. Link and code are shown once.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Invited {
    /// The page where the person comes in.
    pub link: String,
    /// The link as a QR code: an SVG image.
    pub qr: String,
    /// The same for reading out.
    pub code: String,
    /// Until when, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub expires: Moment,
}

/// What an invitation is for.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Outlook {
    /// Which hearing.
    hearing: String,
    /// Which seat.
    #[schema(value_type = String)]
    seat: SeatId,
    /// What the person is in it.
    #[schema(value_type = String)]
    capacity: Capacity,
    /// Where it is held.
    place: String,
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    scheduled: Moment,
    /// Wrong checks that are left.
    attempts_left: usize,
}

/// Link or code, and the check.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// The secret of the link.
    #[serde(default)]
    token: Option<String>,
    /// Or the code.
    #[serde(default)]
    code: Option<String>,
    /// Last four digits of the phone number.
    phone_tail: String,
}

/// The seat and its key.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct Accepted {
    /// Which hearing.
    pub hearing: String,
    /// Which seat.
    #[schema(value_type = String)]
    pub seat: SeatId,
    /// The seat key, for hello and for `Authorization: Bearer`.
    pub key: String,
}

impl FromRequestParts<Arc<Site>> for Holder {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Failure> {
        let key = bearer(&parts.headers).ok_or(Refused::KeyUnknown)?;
        site.invitations.holder(key).await?.ok_or_else(|| Refused::KeyUnknown.into())
    }
}

/// The seat key of a request.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// `POST /api/hearings/{id}/invitations`
#[utoipa::path(post, path = "/api/hearings/{id}/invitations", tag = "invitations",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("session" = [])), request_body = Invite,
    responses((status = 201, body = Invited), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn issue(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
    Body(asked): Body<Invite>,
) -> Result<(StatusCode, Json<Invited>), Failure> {
    staff.only(invites)?;
    check_tail(&asked.phone_tail)?;
    foreign::none_but_ours(&site.database.pool, &hearing).await?;
    place_of(&site, &hearing, &asked.seat).await?;
    let issued = site.invitations.issue(&hearing, &asked.seat, &asked.phone_tail, clock::now()).await?;
    let link = format!("{}/enter/{}", site.config.public, issued.token);
    let qr = drawn(&link)?;
    Ok((StatusCode::CREATED, Json(Invited { link, qr, code: issued.code, expires: issued.expires })))
}

/// A link as a QR code, for the camera of a phone; a quarter of it may be spoilt in print.
fn drawn(link: &str) -> Result<String, Error> {
    let code =
        QrCode::with_error_correction_level(link, EcLevel::Q).map_err(|_| Error::Config("public".into()))?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

/// `GET /api/hearings/{id}/invitations`: how the invitation of each seat stands; no secret is told again.
#[utoipa::path(get, path = "/api/hearings/{id}/invitations", tag = "invitations",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("session" = [])),
    responses((status = 200, body = [Sent]), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
) -> Result<Json<Vec<Sent>>, Failure> {
    staff.only(invites)?;
    site.rooms.door(&hearing).await?;
    Ok(Json(site.invitations.sent(&hearing, clock::now()).await?))
}

/// `DELETE /api/hearings/{id}/invitations/{seat}`
#[utoipa::path(delete, path = "/api/hearings/{id}/invitations/{seat}", tag = "invitations",
    params(("id" = String, Path, description = "Id of the hearing"), ("seat" = String, Path, description = "The seat")),
    security(("session" = [])),
    responses((status = 204, description = "Revoked; its live connections are closed"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn revoke(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path((hearing, seat)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    staff.only(invites)?;
    if site.invitations.revoke(&hearing, &SeatId(seat)).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refused::SeatUnknown.into())
    }
}

/// `GET /api/invitations/{token}`: uses nothing up.
#[utoipa::path(get, path = "/api/invitations/{token}", tag = "invitations",
    params(("token" = String, Path, description = "The secret of the link")),
    responses((status = 200, body = Outlook), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn look(
    State(site): State<Arc<Site>>,
    Caller(address): Caller,
    Path(token): Path<String>,
) -> Result<Json<Outlook>, Failure> {
    let now = clock::now();
    let Some(found) = site.invitations.find(Shown::Link(&token), now).await? else {
        let may_guess = site.guesses.address.take(&format!("seat {address}"), now);
        return Err(if may_guess { Refused::InvitationUnknown } else { Refused::TooManyTries }.into());
    };
    let (capacity, place, scheduled) = place_of(&site, &found.hearing, &found.seat).await?;
    let attempts_left = site.guesses.invitation.left(&found.id, now);
    Ok(Json(Outlook { hearing: found.hearing, seat: found.seat, capacity, place, scheduled, attempts_left }))
}

/// `POST /api/invitations/accept`
#[utoipa::path(post, path = "/api/invitations/accept", tag = "invitations", request_body = Accept,
    responses((status = 200, body = Accepted), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn accept(
    State(site): State<Arc<Site>>,
    Caller(address): Caller,
    Body(asked): Body<Accept>,
) -> Result<Json<Accepted>, Failure> {
    let now = clock::now();
    let shown = match (&asked.token, &asked.code) {
        (Some(token), None) => Shown::Link(token),
        (None, Some(code)) => Shown::Code(code),
        _ => return Err(Refused::Unreadable.into()),
    };
    let address = format!("seat {address}");
    let found = site.invitations.find(shown, now).await?;
    // Whoever shows a link that exists is not guessing at links: others at the same address cannot shut them out.
    let may_guess = site.guesses.address.take(&address, now);
    if !may_guess && (found.is_none() || asked.token.is_none()) {
        return Err(Refused::TooManyTries.into());
    }
    // One answer for every way to be wrong, so that the answer helps nobody to guess.
    let Some(found) = checked(&site, found, shown, &asked.phone_tail, now).await? else {
        site.gauges.invitation_wrong_total.up();
        return Err(Refused::InvitationUnknown.into());
    };
    if may_guess {
        site.guesses.address.right(&address);
    }
    let key = site
        .invitations
        .accept(&found, asked.phone_tail.trim(), now)
        .await?
        .ok_or(Refused::InvitationUnknown)?;
    Ok(Json(Accepted { hearing: found.hearing, seat: found.seat, key }))
}

/// The invitation, if the check is right. A wrong one counts.
async fn checked(
    site: &Site,
    found: Option<Invitation>,
    shown: Shown<'_>,
    phone_tail: &str,
    now: Moment,
) -> Result<Option<Invitation>, Failure> {
    let Some(found) = found.filter(|found| site.guesses.invitation.take(&found.id, now)) else {
        return Ok(None);
    };
    if found.matches(shown, phone_tail.trim()) {
        site.guesses.invitation.right(&found.id);
        return Ok(Some(found));
    }
    site.invitations.checked_wrongly(&found).await?;
    Ok(None)
}

const fn invites(office: Office) -> bool {
    office.prepares()
}

/// Four digits.
///
/// # Errors
/// [`Refused::BadPhoneTail`].
pub fn check_tail(tail: &str) -> Result<(), Refused> {
    let digits = tail.len() == 4 && tail.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(()) } else { Err(Refused::BadPhoneTail) }
}

/// What a seat is, and where and when its hearing is held.
async fn place_of(site: &Site, hearing: &str, seat: &SeatId) -> Result<(Capacity, String, Moment), Failure> {
    let view = site.rooms.office_view(hearing).await?;
    let plan = &view.get().plan;
    let capacity = plan.capacity(seat).ok_or(Refused::SeatUnknown)?;
    let face = plan.registered.as_ref().ok_or(Refused::HearingUnknown)?;
    Ok((capacity, face.hearing.place.clone(), face.scheduled))
}
