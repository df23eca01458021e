//! The video link in the browser, from the press that turns it on to the one that turns it off: camera and microphone, one
//! line after another, and what stands of it on the page. The entry `link` is made of it; the room knows it by `link` alone.
//!
//! ```text
//! Off ──come──▶ Asking (camera, microphone) ──answered, or not for a while──▶ Opening ──▶ Open
//!  ▲              ▲                                                             │          │
//!  │              └── after a pause that grows ── Lost ◀── not opened, broken, busy ───────┘
//!  └──leave                    Elsewhere ◀── another window of the seat
//! ```
//!
//! What is sent and received is offered once; nothing is negotiated while a hearing runs. The server sends on what the
//! rules allow; the microphone here follows the same rules, so that nothing is sent in vain.

use std::cell::{Cell, RefCell};

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::storage;
use crate::words::{Words, words};

mod again;
mod end;
mod gauge;
mod heard;
mod line;
mod own;
mod seating;
pub(super) mod section;
mod stage;
mod voice;

use again::{Again, GAP_MS, Why};
use line::{Call, Calls, Ends, Offered};
use own::{Asked, own};
use seating::Seating;

/// How long to wait for an answer to the browser's question before the others are heard and seen without it, in
/// milliseconds.
const PROMPT_MS: i32 = 15_000;
const NONE: Words = words("", "");
const UNANSWERED: Words = words(
    "浏览器还在等您允许使用摄像头和麦克风：请在地址栏旁的提示中点“允许”。您已经能看到、听到大家；允许以后，大家就能听到、看到您。",
    "Your browser still waits for your leave to use camera and microphone: press “Allow” near the address. You see and hear the others already; they hear and see you once you have allowed it.",
);

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
    /// It is gone, and is opened anew after a while, or as soon as the line to the room is back.
    Lost,
    /// Another window of the seat has it.
    Elsewhere,
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
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// What the room is told, each with a second word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The offer.
    Offer,
    /// The offer of a line on which the own voice is changed.
    AlteredOffer,
    /// How the link stands, in the word of a [`State`].
    State,
    /// Whom its owner has in front; empty where nobody is.
    Front,
    /// Its owner has turned it off.
    Off,
    /// Its owner takes it back from another window.
    Take,
}

impl Told {
    /// As it goes from the one entry to the other.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::AlteredOffer => "altered-offer",
            Self::State => "state",
            Self::Front => "front",
            Self::Off => "turned-off",
            Self::Take => "take",
        }
    }
}

/// What the room asked for.
#[derive(Clone, Debug)]
struct Wish {
    /// Hearing and seat, as what is kept in this browser is named.
    home: String,
    me: String,
    /// Whether the seat has a voice in the hearing.
    speaks: bool,
    /// Whether anybody may see it.
    shows: bool,
    /// How many others there may be at a time.
    slots: u32,
    tell: Function,
}

/// What its owner has chosen, kept over a reload of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    /// The own microphone is closed whatever the rules allow.
    Mute,
    /// The own camera is off.
    Dark,
    /// No pictures, neither way.
    SoundOnly,
}

impl Choice {
    const ALL: [Self; 3] = [Self::Mute, Self::Dark, Self::SoundOnly];

    const fn word(self) -> &'static str {
        match self {
            Self::Mute => "mute",
            Self::Dark => "dark",
            Self::SoundOnly => "sound-only",
        }
    }
}

thread_local! {
    /// None while the link is off.
    static WISH: RefCell<Option<Wish>> = const { RefCell::new(None) };
    static CALL: RefCell<Option<Call>> = const { RefCell::new(None) };
    static SEATING: RefCell<Seating> = RefCell::default();
    static STATE: Cell<State> = const { Cell::new(State::Off) };
    static TROUBLE: Cell<Words> = const { Cell::new(NONE) };
    static CHOSEN: Cell<[bool; 3]> = const { Cell::new([false; 3]) };
    static AGAIN: Cell<Again> = Cell::default();
    /// Whom the server takes to be in front on this line, once it was told.
    static FRONT: RefCell<Option<String>> = const { RefCell::new(None) };
    /// Counts the lines, so that what was waited for knows whether it is still meant.
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// What can be pressed on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Press {
    Choose(Choice),
    Hear,
    Off,
    Take,
    Pin(String),
}

/// Opens the link of a seat; `home` names hearing and seat. What happens is told to `tell` in two words.
pub fn come(home: String, me: String, speaks: bool, shows: bool, slots: u32, tell: Function) {
    stage::begins();
    let wish = Wish { home, me, speaks, shows, slots, tell };
    let comes_back = is_on();
    // Chosen in this page already, or before it was loaded.
    if !comes_back {
        CHOSEN.set(Choice::ALL.map(|choice| storage::is_noted(&kept_as(&wish, choice))));
    }
    WISH.set(Some(wish));
    if !comes_back {
        own::show(is_camera_wanted());
    }
    microphone_follows();
    AGAIN.set(Again::default());
    opens();
}

/// How the own seat stands and who sits where, as [`seating`] reads it.
pub fn stands(text: &str) {
    let seating = Seating::read(text);
    let before = SEATING.replace(seating);
    if is_on() && SEATING.with_borrow(|seating| seating.comes_out_of_a_room(&before)) {
        choose(Choice::Mute, true);
    }
    microphone_follows();
    if SEATING.with_borrow(|seating| seating.shielded) != before.shielded {
        own::show(is_camera_wanted());
    }
    // Another voice is another line; the server lets nothing of this one be heard meanwhile.
    if with_call(|call| call.altered).is_some_and(|altered| altered != is_voice_altered()) {
        opens();
    }
    stage::draw();
}

/// The server's answer to the offer.
pub fn accept(answer: String) {
    let turn = TURN.get();
    if let Some(connection) = CALL.with_borrow(|call| Some(call.as_ref()?.connection.clone())) {
        line::accept(connection, answer, move || fails(turn, Why::Unopened));
    }
}

/// The offer was refused. True where it is tried again by itself.
pub fn refused(code: &str) -> bool {
    let passes = again::passes(code);
    if passes {
        fails(TURN.get(), Why::Busy);
    }
    passes
}

/// Whom the slots carry: a line of text for each, the section and the seat.
pub fn fill(slots: &str) {
    with_call(|call| call.fill(slots));
    stage::draw();
}

/// The line to the room is gone, and the link with it; camera and microphone are kept for the next one.
pub fn hang_up() {
    hangs();
    if is_on() {
        stands_at(State::Lost);
    }
}

/// Another window of the seat has the link; this one lets go of camera and microphone, and can take it back.
pub fn elsewhere() {
    if !is_on() {
        return;
    }
    hangs();
    own::leave();
    TROUBLE.set(NONE);
    stands_at(State::Elsewhere);
}

/// Ends the link, lets go of camera and microphone, and forgets what was chosen.
pub fn leave() {
    hangs();
    own::leave();
    TROUBLE.set(NONE);
    for choice in Choice::ALL {
        choose(choice, false);
    }
    STATE.set(State::Off);
    WISH.set(None);
    stage::draw();
}

fn kept_as(wish: &Wish, choice: Choice) -> String {
    format!("fengqiao.{}.{}", choice.word(), wish.home)
}

fn wish() -> Option<Wish> {
    WISH.with_borrow(Clone::clone)
}

fn is_on() -> bool {
    WISH.with_borrow(Option::is_some)
}

fn has_chosen(choice: Choice) -> bool {
    Choice::ALL.into_iter().zip(CHOSEN.get()).any(|(which, chosen)| which == choice && chosen)
}

fn choose(choice: Choice, on: bool) {
    let mut chosen = CHOSEN.get();
    for (which, chosen) in Choice::ALL.into_iter().zip(&mut chosen) {
        if which == choice {
            *chosen = on;
        }
    }
    CHOSEN.set(chosen);
    if let Some(wish) = wish() {
        storage::note(&kept_as(&wish, choice), on);
    }
}

/// Whether the own camera is to be on.
fn is_camera_wanted() -> bool {
    let may = WISH.with_borrow(|wish| wish.as_ref().is_some_and(|wish| wish.shows));
    may && !SEATING.with_borrow(|seating| seating.shielded)
        && !has_chosen(Choice::Dark)
        && !has_chosen(Choice::SoundOnly)
}

/// Whether the own voice is to be changed.
fn is_voice_altered() -> bool {
    SEATING.with_borrow(|seating| seating.altered)
}

fn say(what: Told, more: &str) {
    if let Some(wish) = wish() {
        let _ = wish.tell.call2(&JsValue::NULL, &what.word().into(), &more.into());
    }
}

fn stands_at(state: State) {
    STATE.set(state);
    say(Told::State, state.word());
    stage::draw();
}

/// That seat is in front on the page, or nobody: the server sends nobody else in large.
fn fronts(seat: &str) {
    let known = FRONT.with_borrow(|front| front.as_deref() == Some(seat));
    if STATE.get() == State::Open && !known {
        FRONT.set(Some(seat.into()));
        say(Told::Front, seat);
    }
}

fn with_call<T>(act: impl FnOnce(&mut Call) -> T) -> Option<T> {
    CALL.with(|call| Some(act(call.try_borrow_mut().ok()?.as_mut()?)))
}

/// Does something after a while, if nothing has changed meanwhile.
fn later(turn: u32, ms: i32, act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(move || {
        if TURN.get() == turn {
            act();
        }
    });
    if let Some(window) = super::window() {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), ms);
    }
}

fn hangs() {
    TURN.set(TURN.get() + 1);
    let call = CALL.take();
    drop(call);
    FRONT.set(None);
}

/// Opens a line, once camera and microphone have been asked for; whoever leaves that question open hears and sees the
/// others meanwhile.
fn opens() {
    hangs();
    let Some(wish) = wish() else { return };
    if !wish.speaks || own::asked() == Asked::Answered || TROUBLE.get() == UNANSWERED {
        return begins();
    }
    stands_at(State::Asking);
    own::ask(|trouble, anything| {
        TROUBLE.set(trouble);
        // Whoever has nothing to send goes on as before.
        if anything || with_call(|_| ()).is_none() {
            opens();
        }
        stage::draw();
    });
    later(TURN.get(), PROMPT_MS, || {
        TROUBLE.set(UNANSWERED);
        begins();
    });
}

fn begins() {
    let Some(wish) = wish() else { return };
    let turn = TURN.get();
    stands_at(State::Opening);
    let pictures = !has_chosen(Choice::SoundOnly);
    let offered = Offered {
        speaks: wish.speaks,
        shows: wish.speaks && wish.shows && pictures,
        sounds: wish.slots,
        pictures: if pictures { wish.slots } else { 0 },
        altered: is_voice_altered(),
    };
    let calls = Calls { changed, measured: || spawn_local(measure()) };
    let Ok(call) = Call::begins(&own(), offered, calls) else {
        return fails(turn, Why::Unopened);
    };
    call.heard.play(stage::draw);
    let connection = call.connection.clone();
    CALL.set(Some(call));
    spawn_local(async move {
        match line::offer(connection).await {
            Ok(text) if TURN.get() == turn => {
                say(if offered.altered { Told::AlteredOffer } else { Told::Offer }, &text);
            }
            Ok(_) => {}
            Err(_) => fails(turn, Why::Unopened),
        }
    });
    later(turn, AGAIN.get().patience_ms(), move || {
        if STATE.get() != State::Open {
            fails(turn, Why::Unopened);
        }
    });
}

/// That line has come to nothing: another one after a while.
fn fails(turn: u32, why: Why) {
    if TURN.get() != turn || !is_on() {
        return;
    }
    hangs();
    let mut again = AGAIN.get();
    let pause_ms = again.failed(why, super::chance());
    AGAIN.set(again);
    stands_at(State::Lost);
    later(TURN.get(), pause_ms, opens);
}

fn changed() {
    let turn = TURN.get();
    match with_call(|call| call.ends()) {
        Some(Ends::Joined) => {
            AGAIN.set(Again::default());
            stands_at(State::Open);
        }
        Some(Ends::Silent) => later(turn, GAP_MS, move || {
            if with_call(|call| call.ends()) == Some(Ends::Silent) {
                gives_up(turn);
            }
        }),
        Some(Ends::Apart) => gives_up(turn),
        Some(Ends::Looking) | None => {}
    }
}

fn gives_up(turn: u32) {
    fails(turn, if STATE.get() == State::Open { Why::Broken } else { Why::Unopened });
}

async fn measure() {
    let turn = TURN.get();
    let Some(connection) = with_call(|call| call.connection.clone()) else { return };
    if let Ok(report) = JsFuture::from(connection.get_stats()).await
        && TURN.get() == turn
    {
        with_call(|call| call.measured(&report));
        stage::draw();
    }
}

/// What is said here leaves this browser where the rules allow it and its owner has not closed the microphone.
fn microphone_follows() {
    own::speak(SEATING.with_borrow(|seating| seating.heard) && !has_chosen(Choice::Mute));
}

fn pressed(press: Press) {
    match press {
        Press::Choose(choice) => {
            choose(choice, !has_chosen(choice));
            match choice {
                Choice::Mute => microphone_follows(),
                Choice::Dark => own::show(is_camera_wanted()),
                Choice::SoundOnly => {
                    own::show(is_camera_wanted());
                    opens();
                }
            }
        }
        Press::Hear => {
            with_call(|call| {
                call.heard.play(stage::draw);
                call.wakes();
            });
            stage::plays();
        }
        Press::Off => return say(Told::Off, ""),
        Press::Take => return say(Told::Take, ""),
        Press::Pin(seat) => stage::pins(seat),
    }
    stage::draw();
}
