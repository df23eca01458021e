//! The way from the room to its video link, which is loaded when somebody turns it on: the entry `link`, and what it
//! offers.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The entry `link`, as `start.js` loads it.
    #[derive(Clone, Debug)]
    type Entry;
    #[wasm_bindgen(method)]
    fn come(this: &Entry, home: &str, me: &str, speaks: bool, shows: bool, slots: u32, tell: &Function);
    #[wasm_bindgen(method)]
    fn stands(this: &Entry, text: &str);
    #[wasm_bindgen(method)]
    fn accept(this: &Entry, answer: &str);
    #[wasm_bindgen(method)]
    fn refused(this: &Entry, code: &str) -> bool;
    #[wasm_bindgen(method)]
    fn fill(this: &Entry, slots: &str);
    #[wasm_bindgen(method)]
    fn hang_up(this: &Entry);
    #[wasm_bindgen(method)]
    fn elsewhere(this: &Entry);
    #[wasm_bindgen(method)]
    fn leave(this: &Entry);
}

type Tell = Closure<dyn Fn(String, String)>;

thread_local! {
    static ENTRY: RefCell<Option<Entry>> = const { RefCell::new(None) };
    static TELL: RefCell<Option<Tell>> = const { RefCell::new(None) };
    /// How often loading it has failed: a browser remembers that an address failed, so the next try has another one.
    static FAILED: Cell<u32> = const { Cell::new(0) };
}

/// Loads the entry, once. False where it does not come.
pub async fn load() -> bool {
    if ENTRY.with_borrow(Option::is_some) {
        return true;
    }
    let Some(entry) = loaded().await else {
        FAILED.set(FAILED.get() + 1);
        return false;
    };
    ENTRY.set(Some(entry));
    true
}

async fn loaded() -> Option<Entry> {
    let window = super::window()?;
    let load: Function = Reflect::get(&window, &"fengqiaoLink".into()).ok()?.dyn_into().ok()?;
    let entry: Promise = load.call1(&JsValue::NULL, &FAILED.get().into()).ok()?.dyn_into().ok()?;
    Some(JsFuture::from(entry).await.ok()?.unchecked_into())
}

fn with(act: impl FnOnce(&Entry)) {
    let entry = ENTRY.with_borrow(Clone::clone);
    if let Some(entry) = entry {
        act(&entry);
    }
}

/// Opens the link of seat `me` for so many others; `home` names hearing and seat, `voice` says whether it has a voice and
/// whether anybody may see it. What happens is told in two words.
pub fn come(
    home: &str,
    me: &str,
    (speaks, shows): (bool, bool),
    slots: u32,
    tell: impl Fn(String, String) + 'static,
) {
    let tell: Tell = Closure::new(tell);
    let function: Function = tell.as_ref().unchecked_ref::<Function>().clone();
    // The earlier one may still be called.
    if let Some(earlier) = TELL.replace(Some(tell)) {
        earlier.forget();
    }
    with(|entry| entry.come(home, me, speaks, shows, slots, &function));
}

/// How the own seat stands and who sits where: a line of text for each.
pub fn stands(text: &str) {
    with(|entry| entry.stands(text));
}

/// The server's answer to the offer.
pub fn accept(answer: &str) {
    with(|entry| entry.accept(answer));
}

/// The offer was refused. True where it is tried again by itself.
#[must_use]
pub fn refused(code: &str) -> bool {
    ENTRY.with_borrow(Clone::clone).is_some_and(|entry| entry.refused(code))
}

/// Whom the slots carry: a line of text for each, the section and the seat.
pub fn fill(slots: &str) {
    with(|entry| entry.fill(slots));
}

/// The line to the room is gone, and the link with it until it is back.
pub fn hang_up() {
    with(Entry::hang_up);
}

/// Another window of the seat has the link.
pub fn elsewhere() {
    with(Entry::elsewhere);
}

/// Ends the link and lets go of camera and microphone.
pub fn leave() {
    with(Entry::leave);
}
