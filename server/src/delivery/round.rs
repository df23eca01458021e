//! The round of whoever carries messages away: what is due is given to its carrier, so many at once; what was not taken is
//! tried again after a pause that grows, and given up after so many tries. What was being given away when the server stopped
//! is given away again under the same id.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use procedure::{By, Hearing, Moment};

use super::{
    Because, Book, Contact, Delivery, Event, State, Way, What,
    calendar::People,
    carrier::{Body, Message, Undelivered},
    contact::masked,
    mail, reminder, sending,
};
use crate::{Error, Failure, Site, clock, config::Limits};

/// The pause before the next try grows no longer after so many.
const DOUBLED_MAX: u32 = 12;
/// Longest pause before the next try, in milliseconds: six hours.
const PAUSE_MAX_MS: i64 = 6 * 60 * 60 * 1000;
/// How often what is of no use any more is forgotten.
const TIDIED_EVERY: Duration = Duration::from_secs(60 * 60);
/// Why something was taken back by the server.
const MOVED: &str = "听证时间有变更或者已经取消，原送达不再发送 the hearing was moved or called off";
const UNSEATED: &str = "席位已经撤回 the seat was taken back";

/// A delivery at which the machine failed: it is left alone for a while, so that nothing goes round and round.
#[derive(Debug)]
pub(super) struct Held {
    until: Moment,
    /// What is still to be written down of a message that its carrier has taken.
    taken: Option<Event>,
}

/// Goes round until the server stops.
pub async fn keep(site: Arc<Site>) {
    let mut stopping = site.stopping.subscribe();
    let pause = Limits::span(site.config.limits.delivery_look_ms);
    if let Err(Failure::Error(error)) = forget_unseated(&site).await {
        tracing::error!(code = error.code(), %error, "contacts of seats that are no more are still kept");
    }
    let mut tidied: Option<Instant> = None;
    loop {
        if *stopping.borrow_and_update() {
            return;
        }
        if tidied.is_none_or(|at| at.elapsed() >= TIDIED_EVERY) {
            tidied = Some(Instant::now());
            if let Err(error) = tidy(&site, clock::now()).await {
                tracing::error!(code = error.code(), %error, "old contacts and links are still kept");
            }
        }
        reminder::remind(&site, clock::now()).await;
        let next = go(&site, clock::now()).await;
        let wait = next.map_or(pause, |due| {
            let ms = u64::try_from(due.ms_since(clock::now())).unwrap_or_default();
            Duration::from_millis(ms.max(1)).min(pause)
        });
        tokio::select! {
            () = site.deliveries.bell.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// Forgets where people can be reached whose seats were taken back just before the server stopped: whoever sits there next
/// has agreed to nothing yet.
///
/// # Errors
/// When the machine fails.
pub async fn forget_unseated(site: &Arc<Site>) -> Result<(), Failure> {
    for (hearing, seat) in site.deliveries.contacts.seats().await? {
        let view = match site.rooms.office_view(&hearing).await {
            Ok(view) => view,
            Err(Failure::Error(error)) => return Err(Failure::Error(error)),
            Err(Failure::Refused(..)) => continue,
        };
        if !view.get().plan.places.contains_key(&seat) {
            site.deliveries.unseated(&hearing, &seat).await?;
        }
    }
    Ok(())
}

/// Forgets where people can be reached when their hearing is long over, and links that have expired.
///
/// # Errors
/// When the database fails.
pub async fn tidy(site: &Arc<Site>, now: Moment) -> Result<(), Error> {
    let days = Limits::ms(site.config.limits.delivery_days);
    let span = days.saturating_mul(24 * 60 * 60 * 1000);
    site.deliveries.contacts.forget_before(now.plus_ms(span.saturating_neg())).await?;
    site.deliveries.links.forget_expired(now).await
}

/// Carries away what is due at that moment; says when something is due next.
pub async fn go(site: &Arc<Site>, now: Moment) -> Option<Moment> {
    let _round = site.deliveries.rounds.lock().await;
    let begun = Instant::now();
    let mut due = Vec::new();
    for hearing in site.deliveries.hearings() {
        match site.deliveries.book(&hearing).await {
            Ok(book) => {
                let held = site.deliveries.held();
                let free = |id: &str| held.get(id).is_none_or(|held| held.until <= now);
                let ids = book.deliveries.values();
                let ids = ids.filter(|delivery| delivery.is_due(now) && free(&delivery.id));
                due.extend(ids.map(|delivery| (hearing.clone(), delivery.id.clone())));
            }
            Err(error) => broken(&hearing, &error),
        }
    }
    let many = Limits::count(site.config.limits.deliveries_at_once);
    let each = futures_util::stream::iter(due).for_each_concurrent(many, |(hearing, id)| async move {
        let at = || now.plus_ms(i64::try_from(begun.elapsed().as_millis()).unwrap_or_default());
        let Err(failure) = carry(site, &hearing, &id, &at).await else {
            site.deliveries.held().remove(&id);
            return;
        };
        let until = at().plus_ms(Limits::ms(site.config.limits.delivery_look_ms));
        site.deliveries.held().entry(id).or_insert(Held { until, taken: None }).until = until;
        if let Failure::Error(error) = failure {
            broken(&hearing, &error);
        }
    });
    each.await;
    next(site).await
}

fn broken(hearing: &str, error: &Error) {
    tracing::error!(hearing, code = error.code(), %error, "a delivery could not be carried away");
}

/// The first moment at which something is due.
async fn next(site: &Arc<Site>) -> Option<Moment> {
    let mut first = None;
    for hearing in site.deliveries.hearings() {
        if let Ok(book) = site.deliveries.book(&hearing).await {
            let held = site.deliveries.held();
            let due = book.deliveries.values().filter(|delivery| delivery.is_due(Moment(i64::MAX)));
            let due = due.filter_map(|delivery| {
                let until = held.get(&delivery.id).map(|held| held.until);
                delivery.due.max(until)
            });
            let due = due.min();
            first = [first, due].into_iter().flatten().min();
        }
    }
    first
}

/// Gives one message to its carrier and writes down what came of it.
async fn carry(
    site: &Arc<Site>,
    hearing: &str,
    id: &str,
    at: &(dyn Fn() -> Moment + Send + Sync),
) -> Result<(), Failure> {
    let deliveries = &site.deliveries;
    let view = site.rooms.office_view(hearing).await?;
    let (message, time, way) = {
        let mut book = deliveries.book(hearing).await?;
        let Some(delivery) = book.deliveries.get(id).filter(|known| known.is_due(at())).cloned() else {
            return Ok(());
        };
        let taken = deliveries.held().get(id).and_then(|held| held.taken.clone());
        if let Some(event) = taken {
            return Ok(deliveries.step(hearing, &mut book, &By::Clock, at(), (id, event)).await?);
        }
        if let Some(because) = no_longer(&delivery, view.get()) {
            let event = Event::Withdrawn { because: because.into(), by: None };
            deliveries.step(hearing, &mut book, &By::Clock, at(), (id, event)).await?;
            return Ok(deliveries.links.close(id).await?);
        }
        let contact = deliveries.contacts.of(hearing, &delivery.seat).await?;
        let Ok(address) = contact.reached_by(delivery.way) else {
            let said = Undelivered::new(Because::NoAddress, "");
            return failed(site, hearing, &mut book, (&delivery, delivery.tries), said, at()).await;
        };
        let written = write(site, hearing, (view.get(), &book), (&delivery, &contact, address), at()).await;
        let message = match written {
            Ok(message) => message,
            Err(error) => {
                broken(hearing, &error);
                let said = Undelivered::new(Because::Machine, error.code());
                let failures = u64::try_from(delivery.failures.len()).unwrap_or(u64::MAX);
                let tries = failures.saturating_add(1);
                return failed(site, hearing, &mut book, (&delivery, tries), said, at()).await;
            }
        };
        let time = delivery.tries + 1;
        let resumed = delivery.state == State::Sending;
        let event = Event::Sending { time, address: masked(delivery.way, address), resumed };
        deliveries.step(hearing, &mut book, &By::Clock, at(), (id, event)).await?;
        (message, time, delivery.way)
    };
    let carrier = deliveries.carrier(way);
    let answer = carrier.send(&message).await;
    let mut book = deliveries.book(hearing).await?;
    match answer {
        Ok(receipt) => {
            site.gauges.deliveries_total.up();
            let event = Event::Sent { carrier: carrier.name().into(), receipt: receipt.0 };
            // Should that not be written now, it is written later; the message does not go out for it a second time.
            deliveries.held().insert(id.into(), Held { until: at(), taken: Some(event.clone()) });
            Ok(deliveries.step(hearing, &mut book, &By::Clock, at(), (id, event)).await?)
        }
        Err(said) => {
            let Some(delivery) = book.deliveries.get(id).cloned() else { return Ok(()) };
            failed(site, hearing, &mut book, (&delivery, time), said, at()).await
        }
    }
}

/// Why something does not go out any more, if it does not.
fn no_longer(delivery: &Delivery, view: &Hearing) -> Option<&'static str> {
    let plan = &view.plan;
    if plan.names.get(&delivery.seat).is_none_or(|name| name.name != delivery.name) {
        return Some(UNSEATED);
    }
    sending::stale(delivery, view).then_some(MOVED)
}

async fn failed(
    site: &Arc<Site>,
    hearing: &str,
    book: &mut Book,
    (delivery, tries): (&Delivery, u64),
    said: Undelivered,
    at: Moment,
) -> Result<(), Failure> {
    let limits = &site.config.limits;
    // What was taken back or read meanwhile waits no more.
    let waits = matches!(delivery.state, State::Queued | State::Sending);
    let over = said.is_final() || tries >= limits.delivery_tries_max;
    let pause = pause(Limits::ms(limits.delivery_retry_ms), tries);
    let again = (waits && !over).then(|| at.plus_ms(pause));
    match (waits, over) {
        (true, true) => site.gauges.deliveries_failed_total.up(),
        (true, false) => site.gauges.deliveries_tried_again_total.up(),
        (false, _) => {}
    }
    let event = Event::Failed { because: said.because, said: said.said, again };
    Ok(site.deliveries.step(hearing, book, &By::Clock, at, (&delivery.id, event)).await?)
}

/// How long to wait after so many tries, in milliseconds.
fn pause(first: i64, tries: u64) -> i64 {
    let doubled = u32::try_from(tries.saturating_sub(1)).unwrap_or(DOUBLED_MAX).min(DOUBLED_MAX);
    first.saturating_mul(1 << doubled).min(PAUSE_MAX_MS.max(first))
}

/// The message of a delivery, with a link of its own.
async fn write(
    site: &Arc<Site>,
    hearing: &str,
    (view, book): (&Hearing, &Book),
    (delivery, contact, address): (&Delivery, &Contact, &str),
    at: Moment,
) -> Result<Message, Error> {
    let paper = match &delivery.what {
        What::Paper { form, sha256, .. } => {
            let path = site.deliveries.folder.join(hearing).join(format!("{sha256}.pdf"));
            Some((format!("{form}.pdf"), tokio::fs::read(path).await?))
        }
        What::Reminder { .. } | What::Cancellation {} => None,
    };
    let link = match &paper {
        Some(_) => {
            let tail = contact.tail().unwrap_or_default();
            let whose = (delivery.id.as_str(), &delivery.seat);
            let token = site.deliveries.links.issue(hearing, whose, tail, at).await?;
            Some(format!("{}/d/{token}", site.config.public))
        }
        None => None,
    };
    let anew = sending::is_anew(book, delivery);
    let about = (&delivery.what, delivery.name.as_str());
    let letter = sending::letter(site, view, about, anew, link.as_deref());
    let letter = letter.ok_or_else(|| Error::Paper("letter: no hearing".into()))?;
    let body = if delivery.way == Way::Sms {
        Body::Sms(letter.sms())
    } else {
        let cancels = matches!(delivery.what, What::Cancellation {});
        let host = host(&site.config.public);
        let from = site.config.post.mail.as_ref().map(|server| server.from.clone());
        let from = from.unwrap_or_else(|| format!("noreply@{}", domain(host)));
        let people = People { from: &from, to: (&delivery.name, address) };
        let calendar = sending::calendar(site, hearing, view, delivery, Some(people))?;
        let written = mail::written(mail::Parts {
            id: &delivery.id,
            host,
            from: (&site.config.office, &from),
            to: (&delivery.name, address),
            subject: &letter.subject(),
            text: letter.text(),
            html: letter.html(),
            paper,
            calendar: calendar.map(|calendar| (calendar, cancels)),
            at: delivery.queued,
        })?;
        Body::Mail(Box::new(written))
    };
    Ok(Message { id: delivery.id.clone(), to: address.into(), body })
}

/// The host by which people reach the server, without its port.
fn host(public: &str) -> &str {
    let rest = public.split_once("://").map_or(public, |(_, rest)| rest);
    let end = rest.find(['/', ':']).unwrap_or(rest.len());
    if rest.starts_with('[') { "fengqiao.invalid" } else { &rest[..end] }
}

/// The part of a mail address behind the @, for letters that no mail server of ours sends.
fn domain(host: &str) -> &str {
    if host.parse::<std::net::IpAddr>().is_ok() || host.is_empty() { "fengqiao.invalid" } else { host }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        assert_eq!([1, 2, 3].map(|tries| pause(60_000, tries)), [60_000, 120_000, 240_000]);
        assert_eq!(pause(60_000, 500), PAUSE_MAX_MS);
        assert_eq!(pause(i64::MAX, 9), i64::MAX);
    }

    #[test]
    fn the_id_of_a_letter_names_the_host() {
        assert_eq!(host("https://tingzheng.example:8443/x"), "tingzheng.example");
        assert_eq!(host("http://127.0.0.1:3000"), "127.0.0.1");
        assert_eq!(host("http://[::1]:3000"), "fengqiao.invalid");
        assert_eq!(domain(host("http://127.0.0.1:3000")), "fengqiao.invalid");
    }
}
