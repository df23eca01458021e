//! What was sent to whom, and what came of it: the people of a hearing with the course of everything that was delivered to
//! each; sending, sending again, and noting what went by post or from hand to hand.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use procedure::{Capacity, Hearing, Moment, SeatId};
use serde::{Deserialize, Serialize};

use super::desk::{Me, Place, all, desk};
use crate::{
    browser::{
        self,
        fetch::{self, Answer, Failure, told},
    },
    kit::{
        asked::why,
        band::Band,
        card::Card,
        rows::{row, rows},
        see::{For, effect, memo},
        sending::Sending,
        tag::Tone,
    },
    missing,
    words::{Words, say, tell, words},
};

mod contact;
mod course;
mod send;

const HEARINGS: Words = words("听证", "Hearings");
const TITLE: Words = words("送达", "Deliveries");
const PEOPLE: Words = words("受送达人和送达情况", "People, and what was sent to them");
const WHO: Words = words("受送达人", "Who");
const REACHED: Words = words("联系方式", "Reached at");
const COURSE: Words = words("送达情况", "What was sent");
const BY_HAND: Words = words("邮寄和当面送达", "By post and by hand");
const FAILED: Words = words(
    "有 {n} 件没有送达，请核对联系方式后重新发送，或者改用其他方式。",
    "{n} did not arrive. Check where the person can be reached and send again, or take another way.",
);
const NOT_TOLD: Words = words(
    "尚未办理告知。办理告知后，在此发送通知书和邀请函。",
    "The participants have not been told yet. After that step notices and invitations are sent from here.",
);
/// How often the page looks how things stand, in milliseconds.
const LOOKS_EVERY_MS: u64 = 15_000;

/// By which way something is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    Mail,
    Sms,
    Post,
    InPerson,
}

impl Way {
    const fn words(self) -> Words {
        match self {
            Self::Mail => words("电子邮件", "Mail"),
            Self::Sms => words("短信", "Text message"),
            Self::Post => words("邮寄", "By post"),
            Self::InPerson => words("当面", "In person"),
        }
    }
}

/// What is delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    Paper { form: String, version: String },
    Reminder { hours: u64 },
    Cancellation {},
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Queued,
    Sending,
    Sent,
    Delivered,
    Read,
    Acknowledged,
    Failed,
    Returned,
    Withdrawn,
}

/// A try that failed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Failed {
    at: Moment,
    because: String,
    said: String,
}

/// Something that the office noted.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Noted {
    on: Moment,
    to: String,
    remark: String,
    by: String,
}

/// A delivery, as the server tells it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Delivery {
    id: String,
    seat: SeatId,
    name: String,
    what: What,
    way: Way,
    state: State,
    address: Option<String>,
    tries: u64,
    queued: Moment,
    sent: Option<Moment>,
    carrier: Option<String>,
    delivered: Option<Moment>,
    read: Option<Moment>,
    acknowledged: Option<Moment>,
    failures: Vec<Failed>,
    notes: Vec<Noted>,
    withdrawn: Option<String>,
}

/// A paper that can be sent.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Sendable {
    form: String,
    zh: String,
    en: String,
    seats: Vec<SeatId>,
    lacks: Option<String>,
    lacks_en: Option<String>,
}

/// What was sent, and what can be.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Listed {
    deliveries: Vec<Delivery>,
    papers: Vec<Sendable>,
}

/// Where somebody can be reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Contact {
    seat: SeatId,
    mobile: String,
    mail: String,
    post: String,
    consent: bool,
}

impl Contact {
    /// Whether something can be sent by that way.
    const fn takes(&self, way: Way) -> bool {
        match way {
            Way::Mail => self.consent && !self.mail.is_empty(),
            Way::Sms => self.consent && !self.mobile.is_empty(),
            Way::Post => !self.post.is_empty(),
            Way::InPerson => true,
        }
    }
}

/// The deliveries of a hearing, as this page knows them.
#[derive(Clone, Copy)]
struct Desk {
    id: StoredValue<String>,
    view: StoredValue<Hearing>,
    listed: RwSignal<Listed>,
    contacts: RwSignal<Vec<Contact>>,
    sending: Sending,
}

impl Desk {
    fn path(self, what: &str) -> String {
        self.id.with_value(|id| format!("/api/hearings/{id}{what}"))
    }

    /// How things stand now.
    async fn look(self) -> Result<(), Failure> {
        // Whoever has left the page while the answer was on its way needs it no more.
        let path = |what: &str| self.id.try_with_value(|id| format!("/api/hearings/{id}/{what}"));
        let (Some(deliveries), Some(contacts)) = (path("deliveries"), path("contacts")) else {
            return Ok(());
        };
        let listed: Listed = fetch::get_unattended(&deliveries).await?;
        let contacts: Vec<Contact> = fetch::get_unattended(&contacts).await?;
        if self.listed.try_with_untracked(|known| *known != listed) == Some(true) {
            self.listed.set(listed);
        }
        if self.contacts.try_with_untracked(|known| *known != contacts) == Some(true) {
            self.contacts.set(contacts);
        }
        Ok(())
    }

    /// What is known of a seat's addresses.
    fn contact(self, seat: &SeatId) -> Contact {
        let known = self.contacts.with(|all| all.iter().find(|contact| contact.seat == *seat).cloned());
        known.unwrap_or_else(|| Contact { seat: seat.clone(), ..Contact::default() })
    }

    /// Who sits there, and as what.
    fn who(self, seat: &SeatId) -> (String, Option<Capacity>) {
        self.view.with_value(|view| {
            let name = view.plan.names.get(seat).map(|name| name.name.clone());
            (name.unwrap_or_default(), view.plan.capacity(seat))
        })
    }
}

/// The page.
#[component]
pub fn HearingDeliveries() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let path = |what: &str| format!("/api/hearings/{id}/{what}");
    desk(Place::Hearings, vec![path("outline"), path("deliveries"), path("contacts")], draw)
}

fn draw(_: &Me, answers: &[Answer]) -> AnyView {
    let read = || -> Result<(Hearing, Listed, Vec<Contact>), Failure> {
        let [view, listed, contacts] = all(answers)?;
        Ok((told(view)?, told(listed)?, told(contacts)?))
    };
    let (view, listed, contacts) = match read() {
        Ok(read) => read,
        Err(failure) => {
            missing();
            return why(&failure);
        }
    };
    let desk = Desk {
        id: StoredValue::new(use_params_map().get_untracked().get("id").unwrap_or_default()),
        view: StoredValue::new(view),
        listed: RwSignal::new(listed),
        contacts: RwSignal::new(contacts),
        sending: Sending::default(),
    };
    look_now_and_then(desk);
    page(desk)
}

fn look_now_and_then(desk: Desk) {
    effect(move || {
        let look = move || {
            leptos::task::spawn_local(async move {
                // A look that fails is followed by the next one.
                if desk.look().await.is_err_and(|failure| failure.is_unauthorised()) {
                    browser::reload();
                }
            });
        };
        let every = std::time::Duration::from_millis(LOOKS_EVERY_MS);
        if let Ok(clock) = set_interval_with_handle(look, every) {
            on_cleanup(move || clock.clear());
        }
    });
}

fn page(desk: Desk) -> AnyView {
    let (number, notified) = desk.view.with_value(|view| {
        let number = view.plan.registered.as_ref().map(|face| face.number.clone()).unwrap_or_default();
        (number, view.plan.notified.is_some())
    });
    let back = desk.id.with_value(|id| format!("/office/hearings/{id}"));
    let not_told = (!notified)
        .then(|| view! { <Band tone=Tone::Wait testid="not-told">{say(NOT_TOLD)}</Band> }.into_any());
    view! {
        <div class="hearing-file">
            <nav class="crumbs"><a href="/office">{say(HEARINGS)}</a> " / " <a href=back>{number}</a> " / " <span>{say(TITLE)}</span></nav>
            <header class="title"><h1>{say(TITLE)}</h1></header>
            {not_told}
            {failures(desk)}
            {desk.sending.news()}
            {send::card(desk)}
            <Card title=say(PEOPLE) testid="deliveries">{people(desk)}</Card>
        </div>
    }
    .into_any()
}

/// What did not arrive, before anything else.
fn failures(desk: Desk) -> AnyView {
    let count = memo(move || {
        let bad = |known: &&Delivery| matches!(known.state, State::Failed | State::Returned);
        // What was sent again since is no longer news.
        let mended = |all: &[Delivery], known: &Delivery| {
            all.iter().any(|other| {
                other.seat == known.seat && other.queued > known.queued && other.what == known.what
            })
        };
        desk.listed.with(|listed| {
            let all = &listed.deliveries;
            all.iter().filter(bad).filter(|known| !mended(all, known)).count()
        })
    });
    (move || {
        let n = count.get();
        (n > 0).then(|| {
            view! { <Band tone=Tone::Alert testid="delivery-failures">{tell(move || FAILED.with("n", n))}</Band> }
        })
    })
    .into_any()
}

fn people(desk: Desk) -> AnyView {
    let seats = desk.view.with_value(|view| {
        let mut seats: Vec<(Capacity, SeatId)> =
            view.plan.places.iter().map(|(seat, place)| (place.capacity, seat.clone())).collect();
        seats.sort();
        seats.into_iter().map(|(_, seat)| seat).collect::<Vec<_>>()
    });
    let seats = StoredValue::new(seats);
    let body = move || {
        let each = view! {
            <For each=move || seats.get_value() key=Clone::clone let(seat)>{line(desk, &seat)}</For>
        };
        vec![each.into_any()]
    };
    let columns = [WHO, REACHED, COURSE, BY_HAND].map(say).to_vec();
    rows(say(PEOPLE), "deliveries", columns, body)
}

fn line(desk: Desk, seat: &SeatId) -> AnyView {
    let (name, capacity) = desk.who(seat);
    let capacity = capacity.map(|capacity| say(capacity.words()));
    let cells = vec![
        view! { <strong>{name}</strong> <span class="muted small">{capacity}</span> }.into_any(),
        contact::cell(desk, seat.clone()),
        course::cell(desk, seat.clone()),
        course::by_hand(desk, seat.clone()),
    ];
    row(format!("deliveries-{seat}"), "", cells)
}
