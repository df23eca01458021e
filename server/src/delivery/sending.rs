//! Having something sent: who may have it, whether it is time, by which ways the addressee can be reached; then the paper is
//! drawn up and kept, and the delivery waits in the queue.

use std::sync::Arc;

use papers::Form;
use procedure::{By, Hearing, Moment, SeatId, Viewer};
use sha2::{Digest, Sha256};

use super::{
    Book, Contact, Delivery, Event, State, Way, What,
    calendar::{Day, People},
    letter::{self, Letter},
    outbox::write_whole,
};
use crate::{
    Error, Failure, Refused, Site,
    papers::{Copies, Order},
    token,
};

/// The papers that are served on somebody.
pub const SERVED: [Form; 4] = [Form::Notice, Form::Invitation, Form::ApplicationDecision, Form::Feedback];

/// What is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which paper.
    pub form: Form,
    /// To which seats.
    pub seats: Vec<SeatId>,
    /// By which ways.
    pub ways: Vec<Way>,
}

/// Who wants it, and when.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The post, for the log.
    pub author: By,
    /// Name of the account; none where it is the server.
    pub name: Option<String>,
    /// When.
    pub at: Moment,
}

/// Puts deliveries into the queue, for each seat and way one. What stands there already, the same version of the same paper
/// by the same way, is not sent again: an answer that was lost does no harm.
///
/// # Errors
/// When one of them cannot be sent; then none is.
pub async fn queue(
    site: &Arc<Site>,
    hearing: &str,
    wanted: &Wanted,
    asked: &Asked,
) -> Result<Vec<String>, Failure> {
    let view = site.rooms.office_view(hearing).await?;
    let mut contacts = Vec::with_capacity(wanted.seats.len());
    for seat in &wanted.seats {
        may_have(view.get(), wanted.form, seat)?;
        let contact = site.deliveries.contacts.of(hearing, seat).await?;
        for way in &wanted.ways {
            contact.reached_by(*way)?;
        }
        contacts.push(contact);
    }
    {
        let book = site.deliveries.book(hearing).await?;
        if !site.deliveries.has_room(&book, wanted.seats.len().saturating_mul(wanted.ways.len())) {
            return Err(Refused::DeliveriesFull.into());
        }
    }
    let mut all = Vec::new();
    for contact in &contacts {
        // What was drawn up for the same seat before serves again where the same words stand in it.
        let had: Vec<What> = {
            let book = site.deliveries.book(hearing).await?;
            let of_form = |known: &&Delivery| known.what.form() == Some(wanted.form.name());
            book.of(&contact.seat).filter(of_form).map(|known| known.what.clone()).collect()
        };
        let what = drawn(site, hearing, (wanted.form, &contact.seat), had, asked.at).await?;
        all.extend(put(site, hearing, (view.get(), contact), (&what, &wanted.ways), asked).await?);
    }
    site.deliveries.ring();
    Ok(all)
}

/// Whether a paper is written to that seat and it is time to send it.
///
/// # Errors
/// Why not.
pub fn may_have(hearing: &Hearing, form: Form, seat: &SeatId) -> Result<(), Failure> {
    if !SERVED.contains(&form) {
        return Err(Refused::NotServed.into());
    }
    let capacity = hearing.plan.capacity(seat).ok_or(Refused::SeatUnknown)?;
    if !form.is_for(capacity) || !form.is_due(hearing, seat) {
        return Err(Refused::PaperUnknown.into());
    }
    if form.lacks(hearing, &Viewer::office()).is_some() {
        return Err(Refused::PaperNotYet.into());
    }
    // Sending follows the act of law (Art. 10).
    let of_the_day = matches!(form, Form::Notice | Form::Invitation);
    if of_the_day && (hearing.plan.notified.is_none() || hearing.phase.cancelled.is_some()) {
        return Err(Refused::NotNotified.into());
    }
    Ok(())
}

/// Draws a paper up and keeps it as it is served, unless it is one that was kept before.
async fn drawn(
    site: &Arc<Site>,
    hearing: &str,
    (form, seat): (Form, &SeatId),
    had: Vec<What>,
    at: Moment,
) -> Result<What, Failure> {
    let place = site.press.places.clone().acquire_owned().await.map_err(|_| Error::Stopping)?;
    let view = site.rooms.viewed(hearing, form.reader(Some(seat), &Viewer::office())).await?;
    let nth = site.docket().nth(hearing, &view.get().plan, &site.config.office).await?;
    let order = Order {
        form,
        to: Some(seat.clone()),
        nth,
        view,
        rules: site.rooms.ground().rules.clone(),
        served: Vec::new(),
        at,
    };
    let press = site.press.clone();
    let copies = tokio::task::spawn_blocking(move || {
        let copies = press.version(&order).and_then(|now| {
            let same = |known: &What| matches!(known, What::Paper { version, .. } if *version == now);
            had.into_iter().find(same).map_or_else(|| press.copies(&order).map(Err), |known| Ok(Ok(known)))
        });
        drop(place);
        copies
    });
    let drawn = copies.await.map_err(|_| Error::Stopping)?.map_err(|error| {
        tracing::error!(hearing, form = form.name(), %error, "a paper could not be drawn up");
        Error::Paper(error.to_string())
    })?;
    let Copies { page, pdf, number, version } = match drawn {
        Ok(known) => return Ok(known),
        Err(copies) => copies,
    };
    site.gauges.papers_total.up();
    let sha256 = token::hex(&Sha256::digest(&pdf));
    let folder = site.deliveries.folder.join(hearing);
    write_whole(&folder, &format!("{sha256}.pdf"), &pdf).await.map_err(Error::from)?;
    write_whole(&folder, &format!("{sha256}.html"), page.as_bytes()).await.map_err(Error::from)?;
    Ok(What::Paper { form: form.name().into(), number, version, sha256 })
}

/// Puts something for one seat into the queue, by each way unless it stands there; gives the ids.
///
/// # Errors
/// When the machine fails.
pub async fn put(
    site: &Arc<Site>,
    hearing: &str,
    (view, contact): (&Hearing, &Contact),
    (what, ways): (&What, &[Way]),
    asked: &Asked,
) -> Result<Vec<String>, Failure> {
    let seat = &contact.seat;
    let face = view.plan.registered.as_ref().ok_or(Refused::HearingUnknown)?;
    let name = view.plan.names.get(seat).map(|name| name.name.clone()).unwrap_or_default();
    let mut book = site.deliveries.book(hearing).await?;
    let (mut ids, mut steps) = (Vec::new(), Vec::new());
    for way in ways {
        let same = |known: &&Delivery| {
            known.way == *way
                && known.stands()
                && known.name == name
                && is_same(&known.what, what, known, view)
        };
        if let Some(known) = book.of(seat).rfind(same) {
            ids.push(known.id.clone());
            continue;
        }
        let id = uuid::Uuid::now_v7().to_string();
        let event = Event::Queued {
            seat: seat.clone(),
            name: name.clone(),
            what: what.clone(),
            way: *way,
            scheduled: face.scheduled,
            notified: view.plan.notified,
            sequence: book.sequence(view),
            again: None,
            by: asked.name.clone(),
        };
        ids.push(id.clone());
        steps.push((id, event));
    }
    if !steps.is_empty() {
        site.deliveries.write(hearing, &mut book, &asked.author, asked.at, steps).await?;
    }
    Ok(ids)
}

/// Whether it is the same thing for the same day. Two papers are the same when the same words stand in them.
fn is_same(known: &What, what: &What, delivery: &Delivery, view: &Hearing) -> bool {
    let same_day = view.plan.registered.as_ref().is_some_and(|face| face.scheduled == delivery.scheduled);
    match (known, what) {
        (What::Paper { form, version, .. }, What::Paper { form: other, version: later, .. }) => {
            form == other && version == later
        }
        (What::Reminder { hours }, What::Reminder { hours: other }) => hours == other && same_day,
        (What::Cancellation {}, What::Cancellation {}) => true,
        _ => false,
    }
}

/// Sends once more what did not arrive, as it was; a delivery of its own. While one such waits, that is the one: an answer
/// that was lost does no harm.
///
/// # Errors
/// When it is on its way still, or can no longer be sent.
pub async fn again(
    site: &Arc<Site>,
    hearing: &str,
    delivery: &str,
    asked: &Asked,
) -> Result<Delivery, Failure> {
    let view = site.rooms.office_view(hearing).await?;
    let view = view.get();
    let mut book = site.deliveries.book(hearing).await?;
    let known = book.deliveries.get(delivery).ok_or(Refused::DeliveryUnknown)?.clone();
    let waits = |known: &Delivery| matches!(known.state, State::Queued | State::Sending);
    let same = |other: &&Delivery| waits(other) && other.again.as_deref() == Some(delivery);
    if let Some(other) = book.deliveries.values().find(same) {
        return Ok(other.clone());
    }
    let there = view.plan.names.get(&known.seat).is_some_and(|name| name.name == known.name);
    if waits(&known) || !there || known.withdrawn.is_some() || stale(&known, view) {
        return Err(Refused::DeliveryNotSo.into());
    }
    site.deliveries.contacts.of(hearing, &known.seat).await?.reached_by(known.way)?;
    if !site.deliveries.has_room(&book, 1) {
        return Err(Refused::DeliveriesFull.into());
    }
    let id = uuid::Uuid::now_v7().to_string();
    let Delivery { seat, name, what, way, scheduled, notified, sequence, .. } = known;
    let (again, by) = (Some(delivery.to_string()), asked.name.clone());
    let event = Event::Queued { seat, name, what, way, scheduled, notified, sequence, again, by };
    site.deliveries.step(hearing, &mut book, &asked.author, asked.at, (&id, event)).await?;
    site.deliveries.ring();
    book.deliveries.get(&id).cloned().ok_or_else(|| Refused::DeliveryUnknown.into())
}

/// Whether what it says of the day no longer holds.
#[must_use]
pub fn stale(delivery: &Delivery, view: &Hearing) -> bool {
    if !letter::is_of_the_day(&delivery.what) {
        return false;
    }
    let off = view.phase.cancelled.is_some();
    let moved = view.plan.registered.as_ref().is_none_or(|face| face.scheduled != delivery.scheduled);
    match delivery.what {
        What::Cancellation {} => !off,
        What::Paper { .. } | What::Reminder { .. } => off || moved || view.plan.notified != delivery.notified,
    }
}

/// What a letter about a delivery says; none where there is no such hearing.
#[must_use]
pub fn letter<'a>(
    site: &'a Site,
    view: &'a Hearing,
    (what, name): (&'a What, &'a str),
    anew: bool,
    link: Option<&'a str>,
) -> Option<Letter<'a>> {
    let paper = what.form().and_then(Form::named).map_or(("", ""), Form::words);
    Some(Letter {
        office: &site.config.office,
        phone: &site.config.phone,
        name,
        what,
        paper,
        face: view.plan.registered.as_ref()?,
        link,
        anew,
        rules: &site.rooms.ground().rules,
    })
}

/// The calendar file of a delivery, to those people where it goes by mail; none where it tells no day.
///
/// # Errors
/// When it cannot be written.
pub fn calendar(
    site: &Site,
    hearing: &str,
    view: &Hearing,
    delivery: &Delivery,
    people: Option<People<'_>>,
) -> Result<Option<String>, Error> {
    let Some(face) = view.plan.registered.as_ref().filter(|_| letter::is_of_the_day(&delivery.what)) else {
        return Ok(None);
    };
    let day = Day {
        hearing,
        face,
        office: &site.config.office,
        sequence: delivery.sequence,
        cancelled: matches!(delivery.what, What::Cancellation {}),
        at: delivery.queued,
        people,
    };
    day.write().map(Some)
}

/// Whether it has gone to its addressee: a carrier or the post took it, or it was handed over.
#[must_use]
pub const fn went(delivery: &Delivery) -> bool {
    delivery.sent.is_some() || delivery.delivered.is_some()
}

/// Whether an earlier notice told the addressee another day.
#[must_use]
pub fn is_anew(book: &Book, delivery: &Delivery) -> bool {
    let earlier = |known: &Delivery| {
        known.id < delivery.id
            && went(known)
            && letter::is_of_the_day(&known.what)
            && known.sequence < delivery.sequence
    };
    book.of(&delivery.seat).any(earlier)
}
