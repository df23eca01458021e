//! Signing by HTTP: one address, whatever the way.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use procedure::{By, Id, SeatId};
use serde::Deserialize;

use super::{Handed, Sent};
use crate::{
    Failure, Refused, Site, clock,
    invitation::{Holder, api::bearer},
    room::api::Done,
    router::Body,
};

/// A signature, handed in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Chosen by the caller: a UUID. Sent again under the same id it is done once.
    #[schema(value_type = String)]
    id: Id,
    /// SHA-256 of the record as it was read, hexadecimal.
    digest: String,
    /// Which way.
    way: Sent,
    /// Whose it is, where the clerk hands in what somebody signed on paper.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    whose: Option<SeatId>,
    /// Last four digits of the phone number of whoever hands it in, as they were given to come in.
    phone_tail: String,
}

/// `POST /api/hearings/{id}/signature`: signs the record.
#[utoipa::path(post, path = "/api/hearings/{id}/signature", tag = "hearings",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("seat" = [])), request_body = Asked,
    responses((status = 200, body = Done), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn sign(
    State(site): State<Arc<Site>>,
    holder: Holder,
    headers: HeaderMap,
    Path(hearing): Path<String>,
    Body(asked): Body<Asked>,
) -> Result<Json<Done>, Failure> {
    let done = signed(&site, holder, &headers, hearing, asked).await;
    if done.is_err() {
        site.gauges.signatures_refused_total.up();
    }
    done
}

async fn signed(
    site: &Site,
    holder: Holder,
    headers: &HeaderMap,
    hearing: String,
    asked: Asked,
) -> Result<Json<Done>, Failure> {
    if holder.hearing != hearing {
        return Err(Refused::ClosedDoor.into());
    }
    let Asked { id, digest, way, whose, phone_tail } = asked;
    let now = clock::now();
    let key = bearer(headers).ok_or(Refused::KeyUnknown)?;
    identified(site, key, &holder, phone_tail.trim(), now).await?;
    let handed = Handed { hearing: hearing.clone(), by: holder.seat.clone(), digest, whose, way };
    let command = handed.checked(site, &id, now).await?;
    site.rooms.door(&hearing).await?.submit(id.clone(), By::Seat(holder.seat), command).await?;
    Ok(Json(Done { id }))
}

/// The identity is checked again at the moment of signing: whoever found an unlocked phone does not sign for its owner.
async fn identified(
    site: &Site,
    key: &str,
    holder: &Holder,
    tail: &str,
    now: procedure::Moment,
) -> Result<(), Failure> {
    let counted = format!("sign {} {}", holder.hearing, holder.seat);
    if !site.guesses.invitation.take(&counted, now) {
        return Err(Refused::TooManyTries.into());
    }
    match site.invitations.knows(key, tail).await? {
        Some(true) => {
            site.guesses.invitation.right(&counted);
            Ok(())
        }
        Some(false) => {
            site.gauges.invitation_wrong_total.up();
            Err(Refused::NotYourPhone.into())
        }
        None => {
            site.guesses.invitation.right(&counted);
            Err(Refused::ComeInAnew.into())
        }
    }
}
