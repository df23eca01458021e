//! The check's own connection to the room: hello, the offer of a line, the report, and what the seat may know. It reads only
//! what it needs; everything else it passes over.
//!
//! ```text
//! Starting ──welcome──▶ Open ◀──▶ Passive (another window acts)
//!     ▲                   └──loss──▶ Lost ──after a pause──▶ Starting
//!     └──no key, key unknown──▶ Ended
//! ```

use std::{cell::RefCell, time::Duration};

use leptos::prelude::*;
use procedure::{
    Command, Id, Moment, SeatId,
    hearing::{
        equipment::{self, Check, Equipment, Known},
        plan::Plan,
    },
    refusal::Sentence,
    wire::{ToRoom, VERSION, close},
};
use serde::Deserialize;

use crate::{
    browser::{self, socket, storage},
    json,
    words::Told,
};

/// The first pause before another try, in milliseconds; it doubles with every try.
const PAUSE_MIN_MS: u64 = 400;
/// The longest.
const PAUSE_MAX_MS: u64 = 15_000;

/// How the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not yet open.
    Starting,
    /// Open, and this window acts.
    Open,
    /// Open, and another window acts.
    Passive,
    /// Lost; it is tried again.
    Lost,
    /// For good, with the server's code; 0 where this browser holds no key.
    Ended(u16),
}

/// The connection, and what is known through it.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    hearing: StoredValue<String>,
    seat: StoredValue<SeatId>,
    pub(super) state: RwSignal<State>,
    /// What the seat may see of the plan.
    pub(super) plan: RwSignal<Plan>,
    /// The last check of this seat.
    pub(super) known: RwSignal<Option<Known>>,
    /// Whether this office has a video link.
    pub(super) has_link: RwSignal<bool>,
    /// Why the last thing was refused.
    pub(super) refused: RwSignal<Option<Told>>,
    /// Whether a report is on its way.
    pub(super) reporting: RwSignal<bool>,
}

/// What waits for the server.
#[derive(Default)]
struct Waiting {
    /// A report, by its id, as it is sent.
    report: Option<(Id, String)>,
    offer: Option<(Id, Answered)>,
    tries: u32,
}

type Answered = Box<dyn FnOnce(Option<String>)>;

thread_local! {
    static WAITING: RefCell<Waiting> = RefCell::default();
}

fn waiting<T>(look: impl FnOnce(&mut Waiting) -> T) -> T {
    WAITING.with_borrow_mut(look)
}

/// What of a message is read here: one of these.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Heard {
    welcome: Option<Welcome>,
    snapshot: Option<Snapshot>,
    events: Option<Events>,
    ack: Option<Of>,
    refused: Option<Refused>,
    linked: Option<Linked>,
    ping: Option<Nothing>,
    active: Option<Nothing>,
    passive: Option<Nothing>,
}

#[derive(Deserialize)]
struct Welcome {
    active: bool,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    relays: String,
}

#[derive(Deserialize)]
struct Snapshot {
    view: View,
}

#[derive(Deserialize)]
struct View {
    plan: Plan,
    equipment: Equipment,
}

#[derive(Deserialize)]
struct Events {
    events: Vec<Happened>,
}

#[derive(Deserialize)]
struct Happened {
    at: Moment,
    event: OfEquipment,
}

#[derive(Deserialize)]
struct OfEquipment {
    #[serde(default)]
    equipment: Option<equipment::Event>,
}

#[derive(Deserialize)]
struct Of {
    id: Id,
}

#[derive(Deserialize)]
struct Refused {
    id: Id,
    refusal: Sentence,
}

#[derive(Deserialize)]
struct Linked {
    id: Id,
    answer: String,
}

#[derive(Deserialize)]
struct Nothing {}

impl Line {
    pub(super) fn new(hearing: String, seat: SeatId) -> Self {
        Self {
            hearing: StoredValue::new(hearing),
            seat: StoredValue::new(seat),
            state: RwSignal::new(State::Starting),
            plan: RwSignal::default(),
            known: RwSignal::new(None),
            has_link: RwSignal::new(false),
            refused: RwSignal::new(None),
            reporting: RwSignal::new(false),
        }
    }

    /// The seat that checks.
    pub(super) fn me(self) -> SeatId {
        self.seat.get_value()
    }

    /// The address of the room.
    pub(super) fn room_path(self) -> String {
        format!("/hearings/{}/seats/{}", self.hearing.get_value(), self.me())
    }

    fn key(self) -> Option<String> {
        storage::kept(&format!("fengqiao.seat.{}.{}", self.hearing.get_value(), self.me()))
    }

    /// Opens the connection and keeps it open for as long as the page lives. Only in the browser.
    pub(super) fn enter(self) {
        browser::on_window("online", move || {
            if self.state.get_untracked() == State::Lost {
                self.connect();
            }
        });
        self.connect();
    }

    fn connect(self) {
        if self.key().is_none() {
            return self.state.set(State::Ended(0));
        }
        let path = format!("/api/hearings/{}/room", self.hearing.get_value());
        let opened = socket::open(
            &path,
            move || self.hello(),
            move |text| self.hear(&text),
            move |code| self.lost(code),
        );
        if !opened {
            self.lost(0);
        }
    }

    fn hello(self) {
        let Some(key) = self.key() else { return };
        say(&ToRoom::Hello { version: VERSION, key, after: None, passive: false });
    }

    fn hear(self, text: &str) {
        let Ok(heard) = json::read::<Heard>(text.as_bytes()) else { return };
        if heard.ping.is_some() {
            say(&ToRoom::Pong {});
        }
        if let Some(Welcome { active, link, relays }) = heard.welcome {
            browser::relays::keep(&relays);
            self.has_link.set(link);
            self.acts(active);
        }
        if heard.active.is_some() {
            self.acts(true);
        }
        if heard.passive.is_some() {
            self.acts(false);
        }
        if let Some(Snapshot { view: View { plan, equipment } }) = heard.snapshot {
            self.known.set(equipment.of(&self.me()).cloned());
            self.plan.set(plan);
        }
        for Happened { at, event } in heard.events.map(|events| events.events).unwrap_or_default() {
            self.happened(at, event.equipment);
        }
        if let Some(Of { id }) = heard.ack {
            self.reported(&id);
        }
        if let Some(Linked { id, answer }) = heard.linked {
            answered(&id, Some(answer));
        }
        if let Some(Refused { id, refusal }) = heard.refused {
            if !answered(&id, None) {
                self.reported(&id);
            }
            self.refused.set(Some(refusal.into()));
        }
    }

    fn acts(self, active: bool) {
        self.state.set(if active { State::Open } else { State::Passive });
        waiting(|waiting| waiting.tries = 0);
        if active && let Some(text) = waiting(|waiting| waiting.report.as_ref().map(|(_, text)| text.clone()))
        {
            let _ = socket::send(&text);
        }
    }

    fn happened(self, at: Moment, event: Option<equipment::Event>) {
        if let Some(equipment::Event::Reported { seat, check }) = event
            && seat == self.me()
        {
            self.known.update(|known| {
                let times = known.as_ref().map_or(0, |known| known.times) + 1;
                *known = Some(Known { seat, at, times, check });
            });
        }
    }

    /// Offers the line on which the own sound and picture come back; `then` gets the answer, or nothing where there is none.
    pub(super) fn offer(self, offer: String, then: impl FnOnce(Option<String>) + 'static) {
        let id = Id(browser::new_id());
        if say(&ToRoom::Check { id: id.clone(), offer }) {
            waiting(|waiting| waiting.offer = Some((id, Box::new(then))));
        } else {
            then(None);
        }
    }

    /// Tells the server what came of the check; once, also over a loss of the connection.
    pub(super) fn report(self, check: &Check) {
        let id = Id(browser::new_id());
        let command = Command::Equipment(equipment::Command::Report { check: check.clone() });
        let Ok(text) = serde_json::to_string(&ToRoom::Command { id: id.clone(), command }) else { return };
        let _ = socket::send(&text);
        waiting(|waiting| waiting.report = Some((id, text)));
        self.reporting.set(true);
    }

    fn reported(self, id: &Id) {
        let known = waiting(|waiting| waiting.report.take_if(|(waits, _)| waits == id).is_some());
        if known {
            self.reporting.set(false);
        }
    }

    /// Makes this window the one that acts.
    pub(super) fn take(self) {
        say(&ToRoom::Take {});
    }

    fn lost(self, code: u16) {
        socket::close();
        let offer = waiting(|waiting| waiting.offer.take());
        if let Some((_, then)) = offer {
            then(None);
        }
        if [close::NOT_AUTHORISED, close::REVOKED, close::WRONG_VERSION, close::TOO_MANY].contains(&code) {
            return self.state.set(State::Ended(code));
        }
        self.state.set(State::Lost);
        let tries = waiting(|waiting| {
            waiting.tries += 1;
            waiting.tries
        });
        let pause = (PAUSE_MIN_MS << tries.min(6)).min(PAUSE_MAX_MS);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "small"
        )]
        let pause = (pause as f64 * (0.5 + browser::chance())) as u64;
        let again = move || {
            if self.state.get_untracked() == State::Lost {
                self.connect();
            }
        };
        set_timeout(again, Duration::from_millis(pause));
    }
}

/// Gives the answer to whoever offered; false where nobody did under that id.
fn answered(id: &Id, answer: Option<String>) -> bool {
    let offer = waiting(|waiting| waiting.offer.take_if(|(waits, _)| waits == id));
    let Some((_, then)) = offer else { return false };
    then(answer);
    true
}

fn say(message: &ToRoom) -> bool {
    serde_json::to_string(message).is_ok_and(|text| socket::send(&text))
}
