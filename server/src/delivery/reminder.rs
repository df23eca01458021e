//! Reminders before the day, and word to those who were told when a hearing is called off. Both follow from how the hearing
//! stands and from what was sent before, so nothing is forgotten over a restart and nothing is sent twice.

use std::sync::Arc;

use procedure::{By, Hearing, Moment, SeatId, hearing::phase::Phase};

use super::{
    Book, Contact, Way, What,
    letter::is_of_the_day,
    sending::{self, Asked},
};
use crate::{Failure, Site, docket::Face};

/// Milliseconds of an hour.
const HOUR_MS: i64 = 60 * 60 * 1000;

/// Puts every reminder that is due at that moment into the queue, and word to those who need not come.
pub async fn remind(site: &Arc<Site>, now: Moment) {
    let faces = match site.docket().hearings().await {
        Ok(faces) => faces,
        Err(error) => {
            tracing::error!(code = error.code(), %error, "nobody can be reminded");
            return;
        }
    };
    for face in faces {
        let due = if face.cancelled { face.scheduled > now } else { reminder(site, &face, now).is_some() };
        if !due {
            continue;
        }
        if let Err(Failure::Error(error)) = of(site, &face, now).await {
            tracing::error!(hearing = face.id, code = error.code(), %error, "nobody can be reminded");
        }
    }
}

/// Which reminder a hearing waits for: that of the fewest hours whose time has come.
fn reminder(site: &Site, face: &Face, now: Moment) -> Option<u64> {
    if face.cancelled || !face.notified || face.phase != Phase::Waiting || face.scheduled <= now {
        return None;
    }
    let come = |hours: &&u64| began(face.scheduled, **hours) <= now;
    site.config.post.reminder_hours.iter().filter(come).min().copied()
}

/// The moment so many hours before.
fn began(scheduled: Moment, hours: u64) -> Moment {
    let ms = i64::try_from(hours).unwrap_or(i64::MAX).saturating_mul(HOUR_MS);
    scheduled.plus_ms(ms.saturating_neg())
}

async fn of(site: &Arc<Site>, face: &Face, now: Moment) -> Result<(), Failure> {
    let id = face.id.as_str();
    let contacts = site.deliveries.contacts.all(id).await?;
    if contacts.is_empty() {
        return Ok(());
    }
    let view = site.rooms.office_view(id).await?;
    let view = view.get();
    let asked = Asked { author: By::Clock, name: None, at: now };
    // The list may be behind the hearing by a moment: what counts is the hearing.
    let what = match Face::of(id, view).and_then(|face| reminder(site, &face, now)) {
        Some(hours) => What::Reminder { hours },
        None if view.phase.cancelled.is_some() => What::Cancellation {},
        None => return Ok(()),
    };
    let mut rung = false;
    for contact in contacts.iter().filter(|contact| view.plan.names.contains_key(&contact.seat)) {
        let ways = ways(contact, &what);
        let wanted = {
            let book = site.deliveries.book(id).await?;
            site.deliveries.has_room(&book, ways.len())
                && match what {
                    What::Reminder { hours } => wants(&book, view, &contact.seat, hours),
                    What::Cancellation {} | What::Paper { .. } => was_told(&book, &contact.seat),
                }
        };
        if wanted && !ways.is_empty() {
            sending::put(site, id, (view, contact), (&what, &ways), &asked).await?;
            rung = true;
        }
    }
    if rung {
        site.deliveries.ring();
    }
    Ok(())
}

/// By which way somebody is reminded: a text message, which is read at once. That a hearing is called off is told by every way.
fn ways(contact: &Contact, what: &What) -> Vec<Way> {
    let reached = [Way::Sms, Way::Mail].into_iter().filter(|way| contact.reached_by(*way).is_ok());
    let all = matches!(what, What::Cancellation {});
    reached.take(if all { 2 } else { 1 }).collect()
}

/// Whether a seat is still to be reminded: it was not, for this day, and was not told of the day since the reminder's time
/// had come. A reminder that was given up is not tried without end.
fn wants(book: &Book, view: &Hearing, seat: &SeatId, hours: u64) -> bool {
    let Some(face) = view.plan.registered.as_ref() else { return false };
    let from = began(face.scheduled, hours);
    !book.of(seat).any(|known| match known.what {
        What::Reminder { hours: other } => {
            known.scheduled == face.scheduled && known.notified == view.plan.notified && other <= hours
        }
        What::Paper { .. } => {
            is_of_the_day(&known.what)
                && known.stands()
                && known.scheduled == face.scheduled
                && known.queued >= from
        }
        What::Cancellation {} => false,
    })
}

/// Whether a seat was told of the day, by whichever way, and not yet that it is off.
fn was_told(book: &Book, seat: &SeatId) -> bool {
    let told =
        book.of(seat).any(|known| known.stands() && is_of_the_day(&known.what) && sending::went(known));
    told && !book.of(seat).any(|known| matches!(known.what, What::Cancellation {}))
}
