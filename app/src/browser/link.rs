//! The way from the room to its video link, which is loaded when somebody turns it on: the entry `link`, and what it
//! offers.

use std::cell::RefCell;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The entry `link`, as `start.js` loads it.
    #[derive(Clone, Debug)]
    type Entry;
    #[wasm_bindgen(method)]
    fn come(this: &Entry, me: &str, sends: bool, camera: bool, slots: u32, tell: &Function);
    #[wasm_bindgen(method)]
    fn accept(this: &Entry, answer: &str);
    #[wasm_bindgen(method)]
    fn fill(this: &Entry, slots: &str);
    #[wasm_bindgen(method)]
    fn speak(this: &Entry, on: bool);
    #[wasm_bindgen(method)]
    fn show(this: &Entry, on: bool);
    #[wasm_bindgen(method)]
    fn hang_up(this: &Entry);
    #[wasm_bindgen(method)]
    fn leave(this: &Entry);
}

type Tell = Closure<dyn FnMut(String, String)>;

thread_local! {
    static ENTRY: RefCell<Option<Entry>> = const { RefCell::new(None) };
    static TELL: RefCell<Option<Tell>> = const { RefCell::new(None) };
}

/// Loads the entry, once. False where it does not come.
pub async fn load() -> bool {
    if ENTRY.with_borrow(Option::is_some) {
        return true;
    }
    let Some(entry) = loaded().await else { return false };
    ENTRY.set(Some(entry));
    true
}

async fn loaded() -> Option<Entry> {
    let window = super::window()?;
    let load: Function = Reflect::get(&window, &"fengqiaoLink".into()).ok()?.dyn_into().ok()?;
    let entry: Promise = load.call0(&JsValue::NULL).ok()?.dyn_into().ok()?;
    Some(JsFuture::from(entry).await.ok()?.unchecked_into())
}

fn with(act: impl FnOnce(&Entry)) {
    let entry = ENTRY.with_borrow(Clone::clone);
    if let Some(entry) = entry {
        act(&entry);
    }
}

/// Opens a line for seat `me` with so many slots. What happens is told in two words.
pub fn come(me: &str, sends: bool, camera: bool, slots: u32, tell: impl FnMut(String, String) + 'static) {
    let tell: Tell = Closure::new(tell);
    let function: Function = tell.as_ref().unchecked_ref::<Function>().clone();
    // The earlier one may still be called.
    if let Some(earlier) = TELL.replace(Some(tell)) {
        earlier.forget();
    }
    with(|entry| entry.come(me, sends, camera, slots, &function));
}

/// The server's answer to the offer.
pub fn accept(answer: &str) {
    with(|entry| entry.accept(answer));
}

/// Whom the slots carry: a line of text for each, the section and the seat.
pub fn fill(slots: &str) {
    with(|entry| entry.fill(slots));
}

/// Opens or closes the own microphone.
pub fn speak(on: bool) {
    with(|entry| entry.speak(on));
}

/// Turns the own camera on or off.
pub fn show(on: bool) {
    with(|entry| entry.show(on));
}

/// Ends the line and keeps camera and microphone for the next one.
pub fn hang_up() {
    with(Entry::hang_up);
}

/// Ends the line and lets go of camera and microphone.
pub fn leave() {
    with(Entry::leave);
}
