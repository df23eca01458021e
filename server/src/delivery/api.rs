//! Deliveries by HTTP, for the staff who prepare hearings: where people can be reached, what was sent and what came of it,
//! sending, sending again, and what is noted of letters and of what is handed over.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use papers::Form;
use procedure::{By, Moment, Office, SeatId};
use serde::{Deserialize, Serialize};

use super::{
    Contact, Delivery, Event, Note, Way, What,
    sending::{self, Asked, SERVED, Wanted},
};
use crate::{Failure, Refused, Site, account::api::Staff, archive::exchange::foreign, clock, router::Body};

/// Longest remark, in characters.
const REMARK_CHARS_MAX: usize = 500;

/// What is to be sent to whom.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// Name of the form: `notice`, `invitation`, `application-decision` or `feedback`.
    form: String,
    /// To which seats.
    #[schema(value_type = Vec<String>)]
    seats: Vec<SeatId>,
    /// By which ways, each for every seat.
    ways: Vec<Way>,
}

/// What is noted of a delivery.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// `posted`, `delivered`, `returned` or `withdrawn`.
    note: Noting,
    /// When that was, in milliseconds since 1970; now where nothing is said. Never before the day on which the delivery was
    /// entered, or went to the post.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    on: Option<Moment>,
    /// To whom it was handed, or its number at the post.
    #[serde(default)]
    to: String,
    /// Remarks; why, where it is taken back. What the office has noted something of is not taken back without it.
    #[serde(default)]
    remark: String,
}

/// What can be noted.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Noting {
    /// It was given to the post.
    Posted,
    /// It was handed over, or the post has brought it.
    Delivered,
    /// It came back, or was refused.
    Returned,
    /// It is taken back.
    Withdrawn,
}

/// Which message is to be looked at before it is sent.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Preview {
    /// Name of the form.
    form: String,
    /// To which seat.
    #[param(value_type = String)]
    seat: SeatId,
}

/// A message as it will be, without its link.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Previewed {
    /// The line above the letter.
    subject: String,
    /// The letter.
    text: String,
    /// The text message.
    sms: String,
}

/// What a paper is called, and to whom it can be sent now.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Sendable {
    /// Name of the form.
    form: &'static str,
    /// What it is called, in Chinese.
    zh: &'static str,
    /// The same in English.
    en: &'static str,
    /// To which seats it is written.
    #[schema(value_type = Vec<String>)]
    seats: Vec<SeatId>,
    /// Why it cannot be sent yet, in Chinese; none where it can.
    lacks: Option<String>,
    /// The same in English.
    lacks_en: Option<String>,
}

/// What was sent, and what can be.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Overview {
    /// What was sent, the last first.
    deliveries: Vec<Delivery>,
    /// What can be.
    papers: Vec<Sendable>,
}

/// What was put into the queue.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Queued {
    /// Ids of the deliveries; of what had been sent before, the one that there was.
    deliveries: Vec<String>,
}

fn asked(staff: &Staff) -> Asked {
    Asked { author: By::Office(staff.0.role), name: Some(staff.0.name.clone()), at: clock::now() }
}

/// `GET /api/hearings/{id}/deliveries`
#[utoipa::path(get, path = "/api/hearings/{id}/deliveries", tag = "deliveries", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, body = Overview), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn list(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
) -> Result<Json<Overview>, Failure> {
    staff.only(Office::prepares)?;
    let view = site.rooms.office_view(&hearing).await?;
    let view = view.get();
    let paper = |form: Form| {
        let written = |seat: &&SeatId| {
            let capacity = view.plan.capacity(seat);
            capacity.is_some_and(|capacity| form.is_for(capacity)) && form.is_due(view, seat)
        };
        let seats: Vec<SeatId> = view.plan.places.keys().filter(written).cloned().collect();
        let no = seats.first().and_then(|seat| sending::may_have(view, form, seat).err());
        let no = no.map(Failure::into_sentence);
        let (zh, en) = form.words();
        let (lacks, lacks_en) = no.map(|no| (no.zh, no.en)).unzip();
        Sendable { form: form.name(), zh, en, seats, lacks, lacks_en }
    };
    let papers = SERVED.into_iter().map(paper).collect();
    let book = site.deliveries.book(&hearing).await?;
    let deliveries = book.deliveries.values().rev().cloned().collect();
    Ok(Json(Overview { deliveries, papers }))
}

/// `POST /api/hearings/{id}/deliveries`: done once, however often it is asked: the same version of the same paper is not
/// sent twice by the same way.
#[utoipa::path(post, path = "/api/hearings/{id}/deliveries", tag = "deliveries", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")), request_body = Send,
    responses((status = 201, body = Queued), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn send(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
    Body(wanted): Body<Send>,
) -> Result<(StatusCode, Json<Queued>), Failure> {
    staff.only(Office::prepares)?;
    foreign::none_but_ours(&site.database.pool, &hearing).await?;
    let Send { form, mut seats, mut ways } = wanted;
    let form = Form::named(&form).ok_or(Refused::PaperUnknown)?;
    seats.sort();
    seats.dedup();
    ways.sort();
    ways.dedup();
    let most = site.rooms.ground().rules.seats_max;
    if seats.is_empty() || ways.is_empty() || seats.len() > most {
        return Err(Refused::Unreadable.into());
    }
    let wanted = Wanted { form, seats, ways };
    let deliveries = sending::queue(&site, &hearing, &wanted, &asked(&staff)).await?;
    Ok((StatusCode::CREATED, Json(Queued { deliveries })))
}

/// `GET /api/hearings/{id}/deliveries/preview`: a message as it will be, without its link.
#[utoipa::path(get, path = "/api/hearings/{id}/deliveries/preview", tag = "deliveries", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing"), Preview),
    responses((status = 200, body = Previewed), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn preview(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
    Query(Preview { form, seat }): Query<Preview>,
) -> Result<Json<Previewed>, Failure> {
    staff.only(Office::prepares)?;
    let view = site.rooms.office_view(&hearing).await?;
    let view = view.get();
    let form = Form::named(&form).ok_or(Refused::PaperUnknown)?;
    sending::may_have(view, form, &seat)?;
    let name = view.plan.names.get(&seat).map(|name| name.name.clone()).unwrap_or_default();
    let nothing = String::new;
    let what =
        What::Paper { form: form.name().into(), number: nothing(), version: nothing(), sha256: nothing() };
    let anew = {
        let book = site.deliveries.book(&hearing).await?;
        let sequence = book.sequence(view);
        book.of(&seat).any(|known| sending::went(known) && known.sequence < sequence)
    };
    let link = format!("{}/d/…", site.config.public);
    let letter = sending::letter(&site, view, (&what, &name), anew, Some(&link));
    let letter = letter.ok_or(Refused::HearingUnknown)?;
    Ok(Json(Previewed { subject: letter.subject(), text: letter.text(), sms: letter.sms() }))
}

/// `POST /api/hearings/{id}/deliveries/{delivery}`: what came of a letter or of what was handed over; or it is taken back.
#[utoipa::path(post, path = "/api/hearings/{id}/deliveries/{delivery}", tag = "deliveries", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing"), ("delivery" = String, Path, description = "The delivery")),
    request_body = Entry,
    responses((status = 200, body = Delivery), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn note(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path((hearing, delivery)): Path<(String, String)>,
    Body(entry): Body<Entry>,
) -> Result<Json<Delivery>, Failure> {
    staff.only(Office::prepares)?;
    site.rooms.door(&hearing).await?;
    let now = clock::now();
    let texts = [&entry.to, &entry.remark];
    let long = texts.into_iter().any(|text| text.chars().count() > REMARK_CHARS_MAX);
    if long || texts.into_iter().any(|text| text.chars().any(char::is_control)) {
        return Err(Refused::Unreadable.into());
    }
    let withdraws = entry.note == Noting::Withdrawn;
    let minutes = site.rooms.ground().rules.utc_offset_minutes;
    let mut book = site.deliveries.book(&hearing).await?;
    let known = book.deliveries.get(&delivery).ok_or(Refused::DeliveryUnknown)?;
    let event = noted(known, entry, &staff.0.name, (now, minutes))?;
    let author = By::Office(staff.0.role);
    site.deliveries.step(&hearing, &mut book, &author, now, (&delivery, event)).await?;
    if withdraws {
        site.deliveries.links.close(&delivery).await?;
    }
    let known = book.deliveries.get(&delivery).cloned();
    known.map(Json).ok_or_else(|| Refused::DeliveryUnknown.into())
}

/// What is written down of a note; `minutes` is how far the clock of the office is from UTC.
fn noted(known: &Delivery, entry: Entry, by: &str, (now, minutes): (Moment, i16)) -> Result<Event, Refused> {
    let Entry { note, on, to, remark } = entry;
    let note = match note {
        Noting::Posted => Note::Posted,
        Noting::Delivered => Note::Delivered,
        Noting::Returned => Note::Returned,
        Noting::Withdrawn => return taken_back(known, remark, by),
    };
    let on = on.unwrap_or(now);
    // Nobody notes what has not happened yet.
    if !known.takes(note) || on > now {
        return Err(Refused::DeliveryNotSo);
    }
    // Nor what came of it before it was on its way. The day counts: of the hour an office may know less.
    let since = known.sent.map_or(known.queued, |sent| sent.max(known.queued));
    if since.days_until(on, minutes) < 0 {
        return Err(Refused::DeliveryTooEarly);
    }
    Ok(Event::Noted { note, on, to, remark, by: by.into() })
}

/// What is written down where a delivery is taken back. What was opened with the digits has arrived and stays so; what somebody
/// noted may be a mistake, and taking it back, with the reason, is how that is set right.
fn taken_back(known: &Delivery, because: String, by: &str) -> Result<Event, Refused> {
    if known.withdrawn.is_some() {
        return Err(Refused::DeliveryNotSo);
    }
    if known.read.is_some() || known.acknowledged.is_some() {
        return Err(Refused::DeliveryArrived);
    }
    if !known.notes.is_empty() && because.trim().is_empty() {
        return Err(Refused::DeliveryReasonMissing);
    }
    Ok(Event::Withdrawn { because, by: Some(by.into()) })
}

/// `POST /api/hearings/{id}/deliveries/{delivery}/again`: the same once more, as a delivery of its own.
#[utoipa::path(post, path = "/api/hearings/{id}/deliveries/{delivery}/again", tag = "deliveries", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing"), ("delivery" = String, Path, description = "The delivery")),
    responses((status = 201, body = Delivery), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn again(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path((hearing, delivery)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Delivery>), Failure> {
    staff.only(Office::prepares)?;
    let again = sending::again(&site, &hearing, &delivery, &asked(&staff)).await?;
    Ok((StatusCode::CREATED, Json(again)))
}

/// `GET /api/hearings/{id}/contacts`: where people can be reached, masked.
#[utoipa::path(get, path = "/api/hearings/{id}/contacts", tag = "deliveries", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")),
    responses((status = 200, body = [Contact]), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn contacts(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
) -> Result<Json<Vec<Contact>>, Failure> {
    staff.only(Office::prepares)?;
    site.rooms.door(&hearing).await?;
    let all = site.deliveries.contacts.all(&hearing).await?;
    Ok(Json(all.iter().map(Contact::masked).collect()))
}

/// `GET /api/hearings/{id}/contacts/{seat}`: where one can be reached, as it is, to be changed.
#[utoipa::path(get, path = "/api/hearings/{id}/contacts/{seat}", tag = "deliveries", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing"), ("seat" = String, Path, description = "The seat")),
    responses((status = 200, body = Contact), (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn contact(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path((hearing, seat)): Path<(String, String)>,
) -> Result<Json<Contact>, Failure> {
    staff.only(Office::prepares)?;
    let seat = SeatId(seat);
    seated(&site, &hearing, &seat).await?;
    Ok(Json(site.deliveries.contacts.of(&hearing, &seat).await?))
}

/// `PUT /api/hearings/{id}/contacts`: where one can be reached, in the place of what was known; with nothing in it, it is
/// forgotten.
#[utoipa::path(put, path = "/api/hearings/{id}/contacts", tag = "deliveries", security(("session" = [])),
    params(("id" = String, Path, description = "Id of the hearing")), request_body = Contact,
    responses((status = 200, body = Contact, description = "The contact, masked"),
              (status = "4XX", body = crate::openapi::Refusal)))]
pub async fn keep_contact(
    State(site): State<Arc<Site>>,
    staff: Staff,
    Path(hearing): Path<String>,
    Body(contact): Body<Contact>,
) -> Result<Json<Contact>, Failure> {
    staff.only(Office::prepares)?;
    foreign::none_but_ours(&site.database.pool, &hearing).await?;
    seated(&site, &hearing, &contact.seat).await?;
    let kept = site.deliveries.contacts.keep(&hearing, contact, clock::now()).await?;
    Ok(Json(kept.masked()))
}

async fn seated(site: &Arc<Site>, hearing: &str, seat: &SeatId) -> Result<(), Failure> {
    let view = site.rooms.office_view(hearing).await?;
    if view.get().plan.places.contains_key(seat) { Ok(()) } else { Err(Refused::SeatUnknown.into()) }
}
