//! The video link of a seat, as the room knows it: turned on by whoever sits there, opened anew whenever the line to the
//! room is, ended with it. What carries sound and picture, and what stands of it on the desk, is an entry of its own, loaded
//! when it is first turned on ([`crate::browser::call`]); the room tells it how the seats stand and passes its messages on.
//!
//! ```text
//! Off ──turned on──▶ Loading ──▶ (the entry's own states) ◀──▶ Lost (the line to the room is gone)
//!  ▲                                    │        ▲
//!  └──turned off, not in the room───────┘        └──▶ Elsewhere (another window of the seat acts)
//! ```

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::Duration,
};

use leptos::{prelude::*, task::spawn_local};
use procedure::{
    Capacity, Hearing, Id, SeatId, Side,
    hearing::{media::Chamber, phase::Phase, roll::Standing},
    refusal::Sentence,
    wire::ToRoom,
};

use super::{Line, Room};
use crate::{
    browser::{
        self,
        call::{State, Told},
        link, storage,
    },
    kit::see::{See, effect, memo},
    words::{self, Words, language},
};

/// Most slots of each kind.
const SLOTS_MAX: usize = 12;

/// The link as this page knows it.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Whether the server has one.
    pub offered: RwSignal<bool>,
    /// So many seconds later than everybody else the gallery hears and sees.
    pub later_s: RwSignal<u32>,
    /// How it stands, in the word of a [`State`].
    pub state: RwSignal<String>,
    /// Whether its part of the page did not come.
    pub unloaded: RwSignal<bool>,
}

thread_local! {
    /// Counts the tries, so that what is loaded knows whether it is still wanted.
    static TURN: Cell<u32> = const { Cell::new(0) };
    /// How the seats stood last, for the entry when it comes.
    static SEATING: RefCell<String> = const { RefCell::new(String::new()) };
    /// The id of the last offer; empty where none is waited for.
    static OFFER: RefCell<String> = const { RefCell::new(String::new()) };
}

impl Link {
    pub(super) fn new() -> Self {
        Self {
            offered: RwSignal::new(false),
            later_s: RwSignal::new(0),
            state: RwSignal::new(State::Off.word().into()),
            unloaded: RwSignal::new(false),
        }
    }

    /// Whether it stands so.
    #[must_use]
    pub fn is(self, state: State) -> bool {
        self.state.see(|now| now == state.word())
    }

    fn stands_at(self, state: State) {
        self.state.set(state.word().into());
    }
}

fn is_last_offer(id: &Id) -> bool {
    OFFER.with_borrow(|last| *last == id.0)
}

fn forget_offer() {
    OFFER.with_borrow_mut(String::clear);
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
                (_, true, false) => match self.line.get() {
                    // What its owner wants is kept for when this window acts again.
                    Line::Open { .. } => self.close_link(link::elsewhere),
                    Line::Starting | Line::Lost { .. } => self.close_link(link::hang_up),
                    Line::Ended(_) => self.turn_link_off(),
                },
                (true, false, _) => self.turn_link_off(),
                (_, true, true) | (false, false, _) => {}
            });
        });
        let seating = memo(move || self.seating());
        effect(move || {
            let seating = seating.get();
            let known = !SEATING.with_borrow(String::is_empty);
            // Whoever hears and sees later is told later who speaks.
            let later_s =
                if known && !untrack(|| self.takes_part()) { self.link.later_s.get_untracked() } else { 0 };
            let stands = move || {
                link::stands(&seating);
                SEATING.set(seating);
            };
            if later_s == 0 {
                stands();
            } else {
                set_timeout(stands, Duration::from_secs(later_s.into()));
            }
        });
    }

    /// Who is to be seen in the large: whoever has the floor, and while nobody has, or this seat itself, whoever presides.
    /// Apart from the court nobody is.
    fn in_front(view: &Hearing, me: &SeatId) -> Option<SeatId> {
        let seen = |seat: &&SeatId| view.chamber(me) == Some(Chamber::Court) && view.may_see(me, seat);
        view.floor.holder().filter(seen).or_else(|| view.presiding().filter(seen)).cloned()
    }

    /// How this seat stands and who sits where, as [`crate::browser::call`] reads it.
    fn seating(self) -> String {
        let (me, language) = (self.me(), language());
        self.view.see(|view| {
            let own = view.on_air(&me);
            let chamber = match own.chamber {
                Some(Chamber::Court) => "court",
                Some(Chamber::Panel) => "panel",
                Some(Chamber::Office) => "office",
                Some(Chamber::Party(_)) => "party",
                Some(Chamber::Mediation) => "mediation",
                Some(Chamber::Caucus(_)) => "caucus",
                None => "nowhere",
            };
            let heard = |heard: bool| if heard { "heard" } else { "" };
            let chair = if view.presiding() == Some(&me) { "chair" } else { "" };
            let front = Self::in_front(view, &me).unwrap_or_default();
            let shield = view.shield.of(&me);
            let shielded = if shield.is_some() { "shielded" } else { "" };
            let altered = if own.altered { "altered" } else { "" };
            let mut text =
                [language.tag(), chamber, heard(own.heard), chair, &front.0, shielded, altered].join("\t");
            for (seat, place) in &view.plan.places {
                let other = view.on_air(seat);
                if *seat != me && !own.sees(&other) || place.capacity == Capacity::Observer {
                    continue;
                }
                let post = words::Told::from(Words::from(place.capacity.words()));
                let name = match view.plan.names.get(seat) {
                    Some(name) => name.name.clone(),
                    None => words::Told::from(view.plan.label(seat)).in_language(language).to_string(),
                };
                let sits = match (place.capacity, view.plan.side(seat)) {
                    (_, Some(Side::Applicant)) => "left",
                    (_, Some(Side::Respondent)) => "right",
                    (capacity, None) if capacity.is_office() => "bench",
                    (_, None) => "panel",
                };
                let sign: String = view.plan.label(seat).zh.chars().take(1).collect();
                text.push('\n');
                let words = [&*seat.0, &name, post.in_language(language), &sign, sits, heard(other.heard)];
                text.push_str(&words.map(|word| word.replace(char::is_control, " ")).join("\t"));
            }
            text
        })
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
        forget_offer();
        link::leave();
        if !self.link.is(State::Off) {
            super::line::say_to_room(&ToRoom::HangUp {});
        }
        self.link.stands_at(State::Off);
    }

    fn was_on(self) -> bool {
        storage::is_noted(&self.kept_as("link"))
    }

    fn open_link(self) {
        TURN.set(TURN.get() + 1);
        let turn = TURN.get();
        self.link.unloaded.set(false);
        self.link.stands_at(State::Loading);
        spawn_local(async move {
            let loaded = link::load().await;
            if TURN.get() != turn {
                return;
            }
            if !loaded {
                self.link.unloaded.set(true);
                self.link.stands_at(State::Off);
                return;
            }
            let me = self.me();
            let (others, shows) = self.plan.with_untracked(|plan| {
                let signs = |seat: &SeatId| plan.capacity(seat).is_some_and(Capacity::signs);
                (plan.places.keys().filter(|seat| **seat != me && signs(seat)).count(), signs(&me))
            });
            let voice = (untrack(|| self.takes_part()), shows);
            let slots = u32::try_from(others.clamp(1, SLOTS_MAX)).unwrap_or(1);
            let home = self.hearing.with_value(|hearing| format!("{hearing}.{me}"));
            SEATING.with_borrow(|seating| link::stands(seating));
            link::come(&home, &me.0, voice, slots, move |what, more| self.was_told(&what, more));
        });
    }

    /// The link ends here for the time being, in one way or the other.
    fn close_link(self, close: fn()) {
        TURN.set(TURN.get() + 1);
        forget_offer();
        close();
        if self.link.is(State::Loading) {
            self.link.stands_at(State::Lost);
        }
    }

    fn was_told(self, what: &str, more: String) {
        let is = |told: Told| told.word() == what;
        let altered = is(Told::AlteredOffer);
        if altered || is(Told::Offer) {
            let id = browser::new_id();
            OFFER.set(id.clone());
            super::line::say_to_room(&ToRoom::Link { id: Id(id), offer: more, altered });
        } else if is(Told::State) {
            self.link.state.set(more);
        } else if is(Told::Front) {
            let seat = (!more.is_empty()).then_some(SeatId(more));
            super::line::say_to_room(&ToRoom::Front { seat });
        } else if is(Told::Off) {
            self.turn_link_off();
        } else if is(Told::Take) {
            self.take();
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
    }

    /// Whether it was an offer that was refused. What passes by itself is tried again; else the link is off, and it is
    /// told why.
    pub(super) fn was_offer(self, id: &Id, refusal: &Sentence) -> bool {
        if !is_last_offer(id) {
            return false;
        }
        forget_offer();
        if !link::refused(&refusal.code) {
            self.refused.set(Some(refusal.clone()));
            self.turn_link_off();
        }
        true
    }
}
