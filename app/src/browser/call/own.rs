//! The own camera and microphone: asked for once, kept from one line to the next, let go of when they are not wanted.
//! Whatever comes later than it was wanted is let go of at once.

use std::cell::{Cell, RefCell};

use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

use super::{line::is_over, stage, with_call};
use crate::{
    browser::devices::{self, Own},
    words::Words,
};

/// How it stands with the browser's question for camera and microphone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asked {
    #[default]
    Not,
    Waiting,
    Answered,
}

thread_local! {
    static OWN: RefCell<Own> = RefCell::default();
    static ASKED: Cell<Asked> = const { Cell::new(Asked::Not) };
    /// Whether the microphone is open, and whether the camera is wanted.
    static WANTED: Cell<(bool, bool)> = const { Cell::new((false, false)) };
    /// Counts how often the devices were let go of, so that what comes later knows whether it is still meant.
    static LEFT: Cell<u32> = const { Cell::new(0) };
    /// Counts what was decided about the camera, for the same end.
    static DECIDED: Cell<u32> = const { Cell::new(0) };
}

/// What there is of them.
pub(super) fn own() -> Own {
    OWN.with_borrow(Clone::clone)
}

/// How it stands with the browser's question.
pub(super) fn asked() -> Asked {
    ASKED.get()
}

/// Whether a picture of the own camera comes.
pub(super) fn is_shown() -> bool {
    own().picture.is_some_and(|picture| !is_over(&picture))
}

/// Asks for what is wanted, once. How it went and whether there is anything is told to `came`, unless all was let go of.
pub(super) fn ask(came: impl FnOnce(Words, bool) + 'static) {
    if ASKED.get() != Asked::Not {
        return;
    }
    ASKED.set(Asked::Waiting);
    let left = LEFT.get();
    spawn_local(async move {
        let (mut taken, how) = devices::ask(WANTED.get().1).await;
        if LEFT.get() != left {
            return taken.stop();
        }
        // Turned off meanwhile.
        if !WANTED.get().1
            && let Some(picture) = taken.picture.take()
        {
            picture.stop();
        }
        for track in [&taken.sound, &taken.picture].into_iter().flatten() {
            comes_back(track);
        }
        let anything = taken.sound.is_some() || taken.picture.is_some();
        OWN.set(taken);
        ASKED.set(Asked::Answered);
        speak(WANTED.get().0);
        came(how.words(), anything);
    });
}

/// Opens or closes the microphone.
pub(super) fn speak(on: bool) {
    WANTED.set((on, WANTED.get().1));
    if let Some(sound) = own().sound {
        sound.set_enabled(on);
    }
}

/// Turns the camera on or off; off, its light goes out.
pub(super) fn show(on: bool) {
    DECIDED.set(DECIDED.get() + 1);
    WANTED.set((WANTED.get().0, on));
    if on {
        // What was asked for at first is still to come.
        if ASKED.get() == Asked::Answered && !is_shown() {
            takes(false);
        }
        return;
    }
    if let Some(picture) = OWN.with_borrow_mut(|own| own.picture.take()) {
        let_go(&picture);
    }
    with_call(|call| call.sends(false, None));
}

/// Lets go of both; they are asked for again when they are wanted again.
pub(super) fn leave() {
    LEFT.set(LEFT.get() + 1);
    DECIDED.set(DECIDED.get() + 1);
    ASKED.set(Asked::Not);
    let own = OWN.take();
    for track in [&own.sound, &own.picture].into_iter().flatten() {
        let_go(track);
    }
}

fn let_go(track: &MediaStreamTrack) {
    track.set_onended(None);
    track.stop();
}

/// When a device is pulled out, another takes its place.
fn comes_back(track: &MediaStreamTrack) {
    let is_sound = track.kind() == "audio";
    let ended = Closure::once_into_js(move || takes(is_sound));
    track.set_onended(Some(ended.unchecked_ref()));
}

/// Takes a camera, or a microphone, and sends what it gives, unless something else was decided while it came.
fn takes(is_sound: bool) {
    let (left, decided) = (LEFT.get(), DECIDED.get());
    spawn_local(async move {
        let track = if is_sound { devices::microphone().await } else { devices::camera().await };
        let Some(track) = track else { return };
        if LEFT.get() != left || !is_sound && (DECIDED.get() != decided || !WANTED.get().1) {
            return track.stop();
        }
        comes_back(&track);
        with_call(|call| call.sends(is_sound, Some(&track)));
        let before = OWN.with_borrow_mut(|own| {
            let place = if is_sound { &mut own.sound } else { &mut own.picture };
            place.replace(track)
        });
        if let Some(before) = before {
            let_go(&before);
        }
        speak(WANTED.get().0);
        stage::draw();
    });
}
