//! Hearings by HTTP: registering one, looking at it, and what the office does in it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Request, State},
    http::{StatusCode, request::Parts},
};
use procedure::{
    By, Command, Disclosed, Hearing, Id, Office,
    hearing::{
        motion,
        plan::{self, Case, Setting},
        record::{self, Record},
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    Failure, Refused, Site,
    account::api::Staff,
    archive::access,
    clock,
    guard::Caller,
    invitation::{Holder, api::bearer},
    router::Body,
};

/// The hearing of a case, to be registered.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Chosen by the caller: a UUID. Sent again under the same id it is done once; left out, the server chooses one.
    #[serde(default)]
    id: Option<String>,
    /// The case: number, kind, cause, summary, issues, proposed.
    #[schema(value_type = Object)]
    case: Case,
    /// Mode, openness, place, time, length of a turn.
    #[schema(value_type = Object)]
    hearing: Setting,
}

/// A hearing that was registered.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Registered {
    /// Its id.
    id: String,
}

/// Something that a seat or a member of the staff wants done.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Chosen by the caller: a UUID. Sent again under the same id it is done once.
    #[schema(value_type = String)]
    id: Id,
    /// What, such as `{"plan":{"approve":{}}}`.
    #[schema(value_type = Object)]
    command: Command,
}

/// A command that is on disk.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Done {
    /// Its id.
    #[schema(value_type = String)]
    pub(crate) id: Id,
}

/// `POST /api/hearings`
#[utoipa::path(post, path = "/api/hearings", tag = "hearings",
    security(("session" = [])), request_body = Registration,
    responses((status = 201, body = Registered), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn register(
    State(site): State<Arc<Site>>,
    Staff(account): Staff,
    Body(asked): Body<Registration>,
) -> Result<(StatusCode, Json<Registered>), Failure> {
    let Registration { id, case, hearing } = asked;
    let id = match id {
        Some(id) => uuid::Uuid::try_parse(&id).map_err(|_| Refused::BadId)?.hyphenated().to_string(),
        None => uuid::Uuid::now_v7().to_string(),
    };
    let command = Command::Plan(plan::Command::Register { case: case.clone(), hearing });
    site.rooms.found(&id, By::Office(account.role), command).await?;
    // The case is entered with its first hearing; what stands under its number is changed in the list of cases alone.
    site.docket().enter_case(&case, clock::now()).await?;
    Ok((StatusCode::CREATED, Json(Registered { id })))
}

/// `GET /api/hearings/{id}`: when staff look at a sealed hearing, that is noted first, within an hour once.
#[utoipa::path(get, path = "/api/hearings/{id}", tag = "hearings",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("seat" = []), ("session" = [])),
    responses((status = 200, description = "The hearing as the office, or the seat, may see it"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn view(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Disclosed<Hearing>>, Failure> {
    let mut head = request.into_parts().0;
    let view = reader(&site, &id, &mut head).await?;
    if bearer(&head.headers).is_none() && view.get().record.sealed.is_some() {
        let staff = access::Reader::from_request_parts(&mut head, &site).await?;
        access::note_once(&site, &staff, &id, access::Deed::Record {}).await?;
    }
    Ok(Json(view))
}

/// What whoever asks may see of a hearing: a seat by its key, else the staff who look into files by their session.
///
/// # Errors
/// When it is neither, or there is no such hearing.
pub async fn reader(
    site: &Arc<Site>,
    hearing: &str,
    head: &mut Parts,
) -> Result<Disclosed<Hearing>, Failure> {
    if bearer(&head.headers).is_some() {
        let holder = Holder::from_request_parts(head, site).await?;
        if holder.hearing != hearing {
            return Err(Refused::ClosedDoor.into());
        }
        return site.rooms.seat_view(hearing, &holder.seat).await;
    }
    let staff = Staff::from_request_parts(head, site).await?;
    staff.only(Office::draws)?;
    site.rooms.office_view(hearing).await
}

/// `GET /api/hearings/{id}/outline`: plan, roll, step, signatures and equipment checks, without what was said; to those who rule from
/// outside the room also what they rule on. That somebody looks at a sealed hearing is noted first, within an hour once.
#[utoipa::path(get, path = "/api/hearings/{id}/outline", tag = "hearings",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("session" = [])),
    responses((status = 200, description = "The hearing as the office may see it, without what was said in it; \
                to chief prosecutor and leaders also motions for recusal, the panel's opinion and the decision"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn outline(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Caller(address): Caller,
    Path(id): Path<String>,
) -> Result<Json<Hearing>, Failure> {
    staff.only(Office::draws)?;
    // Less than what the rules disclose, never more.
    let whole = site.rooms.office_view(&id).await?.into_inner();
    if whole.record.sealed.is_some() {
        let who = access::Who::Staff { name: staff.0.name.clone(), role: staff.0.role };
        let reader = access::Reader { who, from: address.to_string() };
        access::note_once(&site, &reader, &id, access::Deed::Record {}).await?;
    }
    let Hearing { plan, roll, phase, record, mut motion, opinion, decision, equipment, .. } = whole;
    let record = Record { signatures: record.signatures, sealed: record.sealed, ..Record::default() };
    let outline = Hearing { plan, roll, phase, record, equipment, ..Hearing::default() };
    if !staff.0.role.rules() {
        return Ok(Json(outline));
    }
    motion.moved.retain(|_, motion| motion.kind == motion::Kind::Recusal);
    Ok(Json(Hearing { motion, opinion, decision, ..outline }))
}

/// `POST /api/hearings/{id}/commands`: something done in a hearing, by a seat with its key or by the staff in their session.
#[utoipa::path(post, path = "/api/hearings/{id}/commands", tag = "hearings",
    params(("id" = String, Path, description = "Id of the hearing")),
    security(("seat" = []), ("session" = [])), request_body = Asked,
    responses((status = 200, body = Done), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn command(
    State(site): State<Arc<Site>>,
    Path(hearing): Path<String>,
    request: Request,
) -> Result<Json<Done>, Failure> {
    let (mut head, body) = request.into_parts();
    if bearer(&head.headers).is_some() {
        let holder = Holder::from_request_parts(&mut head, &site).await?;
        if holder.hearing != hearing {
            return Err(Refused::ClosedDoor.into());
        }
        let Body(Asked { id, command }) = Body::from_request(Request::from_parts(head, body), &site).await?;
        may_come_from_a_seat(&site, &hearing, &command).await?;
        site.rooms.door(&hearing).await?.submit(id.clone(), By::Seat(holder.seat), command).await?;
        return Ok(Json(Done { id }));
    }
    let Staff(account) = Staff::from_request_parts(&mut head, &site).await?;
    let Body(Asked { id, command }) = Body::from_request(Request::from_parts(head, body), &site).await?;
    let unseated = match &command {
        Command::Plan(plan::Command::Unseat { seat }) => Some(seat.clone()),
        _ => None,
    };
    site.rooms.door(&hearing).await?.submit(id.clone(), By::Office(account.role), command).await?;
    // A seat that is no more has no invitation either.
    if let Some(seat) = unseated {
        site.invitations.revoke(&hearing, &seat).await?;
        site.deliveries.unseated(&hearing, &seat).await?;
    }
    Ok(Json(Done { id }))
}

/// What a seat sends goes to the rules, but for what must be looked at before: files that were never taken in, and signatures,
/// which have an address of their own.
///
/// # Errors
/// [`Refused::FileUnknown`], [`Refused::SignsOnItsPage`].
pub async fn may_come_from_a_seat(site: &Site, hearing: &str, command: &Command) -> Result<(), Failure> {
    if matches!(command, Command::Record(record::Command::Sign { .. })) {
        return Err(Refused::SignsOnItsPage.into());
    }
    site.rooms.ground().exhibits.check(hearing, command).await
}
