//! The video link of a seat: turned on by whoever sits there, opened anew whenever the line to the room is, ended with it.
//!
//! ```text
//! Off ──turned on──▶ Loading ──▶ Asking (camera, microphone) ──offer──▶ Opening ──▶ Open
//!  ▲                   ▲                                                     │        │ lost, or the room's line is
//!  └──turned off       └─────────────────────────── Lost ◀───────────────────┴────────┘
//! ```
//!
//! The server sends on what the rules allow; the microphone here follows the same rules, so that nothing is sent in vain.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::Duration,
};

use leptos::{prelude::*, task::spawn_local};
use procedure::{
    Capacity, Id, SeatId,
    hearing::{media::Chamber, phase::Phase, roll::Standing},
    refusal::Sentence,
    wire::ToRoom,
};

use super::{Line, Room};
use crate::{
    browser::{self, call::Told, link, storage},
    kit::see::{See, effect, memo},
    words::{self, Words, words},
};

const UNLOADED: Words = words(
    "视频连线没有加载完整，请检查网络后再试。",
    "The video link did not load fully. Please check the network and try again.",
);

/// Most slots of each kind.
const SLOTS_MAX: usize = 12;
/// How long to wait before a lost link is opened anew.
const AGAIN: Duration = Duration::from_secs(2);

/// How the link stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Not turned on.
    #[default]
    Off,
    /// Its part of the page is loaded.
    Loading,
    /// Camera and microphone are asked for.
    Asking,
    /// The two ends look for one another.
    Opening,
    /// Sound and picture come and go.
    Open,
    /// It is gone, and is opened anew: at once, or as soon as the line to the room is back.
    Lost,
}

impl State {
    /// In one word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Loading => "loading",
            Self::Asking => "asking",
            Self::Opening => "opening",
            Self::Open => "open",
            Self::Lost => "lost",
        }
    }
}

/// The link as this page knows it.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Whether the server has one.
    pub offered: RwSignal<bool>,
    /// How it stands.
    pub state: RwSignal<State>,
    /// What is wrong with camera, microphone or the link itself, and what to do; empty while nothing is.
    pub trouble: RwSignal<words::Told>,
    /// Who is received, as the server says.
    pub received: RwSignal<Vec<SeatId>>,
    /// Whose pictures move.
    pub live: RwSignal<Vec<SeatId>>,
    /// How good it is: `good`, `fair`, `poor`.
    pub quality: RwSignal<String>,
    /// Whether this seat has closed its own microphone.
    pub mute: RwSignal<bool>,
    /// Whether this seat shows itself.
    pub camera: RwSignal<bool>,
}

thread_local! {
    /// Counts the tries, so that a pause knows whether it is still meant.
    static TURN: Cell<u32> = const { Cell::new(0) };
    /// The id of the last offer.
    static OFFER: RefCell<String> = const { RefCell::new(String::new()) };
}

impl Link {
    pub(super) fn new() -> Self {
        Self {
            offered: RwSignal::new(false),
            state: RwSignal::new(State::Off),
            trouble: RwSignal::new(words::Told::default()),
            received: RwSignal::new(Vec::new()),
            live: RwSignal::new(Vec::new()),
            quality: RwSignal::new("good".into()),
            mute: RwSignal::new(false),
            camera: RwSignal::new(true),
        }
    }

    /// Whether it is turned on, be it open or not.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.state.get() != State::Off
    }
}

fn is_last_offer(id: &Id) -> bool {
    OFFER.with_borrow(|last| *last == id.0)
}

impl Room {
    /// Whether this seat has a voice in the hearing; others only watch.
    #[must_use]
    pub fn takes_part(self) -> bool {
        let me = self.me();
        self.plan.see(|plan| plan.capacity(&me).is_some_and(|capacity| capacity != Capacity::Observer))
    }

    /// Whether there is a link for this seat now: it is in the room, and the hearing goes on.
    #[must_use]
    pub fn may_link(self) -> bool {
        let me = self.me();
        self.link.offered.get()
            && self.roll.see(|roll| roll.standing(&me)) == Standing::Present
            && self.course.see(|course| course.current != Phase::Closed && course.cancelled.is_none())
    }

    /// The link follows the room for as long as the page lives.
    pub(super) fn follow_link(self) {
        let stands =
            memo(move || (self.seen.get(), self.may_link(), self.line.get() == Line::Open { active: true }));
        effect(move || {
            let stands = stands.get();
            untrack(move || match stands {
                (true, true, true) if self.was_on() => self.open_link(),
                // Another window has the seat, and its camera.
                (_, true, false) => match self.line.get() {
                    Line::Open { .. } | Line::Ended(_) => self.turn_link_off(),
                    Line::Starting | Line::Lost { .. } => self.close_link(),
                },
                (true, false, _) => self.turn_link_off(),
                (_, true, true) | (false, false, _) => {}
            });
        });
        // Words said among a few may not be finished when all hear again: the microphone is opened by a press.
        let chamber = memo(move || self.view.see(|view| view.chamber(&self.me())));
        Effect::new(move |before: Option<Option<Chamber>>| {
            let now = chamber.get();
            let was_private = before.flatten().is_some_and(|before| before != Chamber::Court);
            if was_private && now == Some(Chamber::Court) && !untrack(|| self.presides()) {
                self.mute_own(true);
            }
            now
        });
        let speaks = memo(move || self.is_heard() && !self.link.mute.get());
        effect(move || link::speak(speaks.get()));
    }

    /// Whether the rules let this seat be heard now.
    #[must_use]
    pub fn is_heard(self) -> bool {
        let me = self.me();
        self.view.see(|view| view.is_heard(&me))
    }

    fn presides(self) -> bool {
        self.view.see(|view| view.presiding() == Some(&self.me()))
    }

    /// Closes the own microphone, or opens it as far as the rules do.
    pub fn mute_own(self, mute: bool) {
        storage::note(&self.kept_as("mute"), mute);
        self.link.mute.set(mute);
    }

    /// A press on the button: loads the link and opens it.
    pub fn turn_link_on(self) {
        storage::note(&self.kept_as("link"), true);
        self.open_link();
    }

    /// Ends the link, and lets go of camera and microphone.
    pub fn turn_link_off(self) {
        storage::note(&self.kept_as("link"), false);
        TURN.set(TURN.get() + 1);
        self.link.state.set(State::Off);
        self.nobody();
        self.mute_own(false);
        storage::note(&self.kept_as("dark"), false);
        link::leave();
    }

    /// Turns the own camera on or off.
    pub fn show_own(self, on: bool) {
        storage::note(&self.kept_as("dark"), !on);
        self.link.camera.set(on);
        link::show(on);
    }

    fn was_on(self) -> bool {
        storage::is_noted(&self.kept_as("link"))
    }

    fn nobody(self) {
        self.link.received.set(Vec::new());
        self.link.live.set(Vec::new());
    }

    fn open_link(self) {
        if !matches!(self.link.state.get_untracked(), State::Off | State::Lost) {
            return;
        }
        TURN.set(TURN.get() + 1);
        let turn = TURN.get();
        self.link.state.set(State::Loading);
        self.link.quality.set(String::new());
        self.link.trouble.set(words::Told::default());
        self.link.mute.set(storage::is_noted(&self.kept_as("mute")));
        self.link.camera.set(!storage::is_noted(&self.kept_as("dark")));
        spawn_local(async move {
            let loaded = link::load().await;
            if TURN.get() != turn {
                return;
            }
            if !loaded {
                self.link.trouble.set(UNLOADED.into());
                self.link.state.set(State::Off);
                return;
            }
            let me = self.me();
            let others = self.plan.with_untracked(|plan| {
                let faces = plan.places.iter().filter(|(seat, place)| **seat != me && place.capacity.signs());
                faces.count()
            });
            let sends = untrack(|| self.takes_part());
            self.link.state.set(if sends { State::Asking } else { State::Opening });
            let slots = u32::try_from(others.clamp(1, SLOTS_MAX)).unwrap_or(1);
            link::come(&me.0, sends, self.link.camera.get_untracked(), slots, move |what, more| {
                if TURN.get() == turn {
                    self.was_told(Told::read(&what), more);
                }
            });
            link::speak(untrack(|| self.is_heard() && !self.link.mute.get()));
        });
    }

    /// The line to the room is gone, and the link with it.
    fn close_link(self) {
        if self.link.state.get_untracked() != State::Off {
            TURN.set(TURN.get() + 1);
            link::hang_up();
            self.nobody();
            self.link.state.set(State::Lost);
        }
    }

    fn was_told(self, what: Option<Told>, more: String) {
        let link = self.link;
        match what {
            Some(Told::Trouble) => {
                let (zh, en) = more.split_once('\n').unwrap_or_default();
                link.trouble.set(words::Told { zh: zh.into(), en: en.into() });
            }
            Some(Told::Offer) => {
                link.state.set(State::Opening);
                let id = browser::new_id();
                OFFER.set(id.clone());
                super::line::say_to_room(&ToRoom::Link { id: Id(id), offer: more });
            }
            Some(Told::Open) => link.state.set(State::Open),
            Some(Told::Lost) => {
                self.close_link();
                let turn = TURN.get();
                let again = move || {
                    if TURN.get() == turn && self.line.get_untracked() == (Line::Open { active: true }) {
                        self.open_link();
                    }
                };
                set_timeout(again, AGAIN);
            }
            Some(Told::Live) => link.live.set(more.split_whitespace().map(SeatId::from).collect()),
            Some(Told::Quality) => link.quality.set(more),
            None => {}
        }
    }

    pub(super) fn was_linked(self, id: &Id, answer: &str) {
        if is_last_offer(id) {
            link::accept(answer);
        }
    }

    pub(super) fn slots_are(self, slots: &BTreeMap<String, SeatId>) {
        let lines: Vec<String> = slots.iter().map(|(mid, seat)| format!("{mid} {seat}")).collect();
        link::fill(&lines.join("\n"));
        let mut seats: Vec<SeatId> = Vec::new();
        for seat in slots.values() {
            if !seats.contains(seat) {
                seats.push(seat.clone());
            }
        }
        self.link.received.set(seats);
    }

    /// Whether it was an offer that was refused; then the link is off, and it is told why.
    pub(super) fn was_offer(self, id: &Id, refusal: &Sentence) -> bool {
        if !is_last_offer(id) {
            return false;
        }
        self.refused.set(Some(refusal.clone()));
        self.turn_link_off();
        true
    }
}
