//! The browser's entry for the video link of the room: what the room calls, and nothing else. It draws nothing itself.

use app::browser::call;
use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs once the WebAssembly is loaded.
#[wasm_bindgen(start)]
pub fn take_over() {
    console_error_panic_hook::set_once();
}

/// Opens a line for seat `me` with so many slots; `sends` says whether it has a voice, `camera` whether it shows itself. What happens is told to
/// `tell` in two words, as [`call::Told`] has them.
#[wasm_bindgen]
pub fn come(me: String, sends: bool, camera: bool, slots: u32, tell: Function) {
    call::come(me, sends, camera, slots, tell);
}

/// The server's answer to the offer.
#[wasm_bindgen]
pub fn accept(answer: String) {
    call::accept(answer);
}

/// Whom the slots carry: a line of text for each, the section and the seat.
#[wasm_bindgen]
pub fn fill(slots: &str) {
    call::fill(slots);
}

/// Opens or closes the own microphone.
#[wasm_bindgen]
pub fn speak(on: bool) {
    call::speak(on);
}

/// Turns the own camera on or off.
#[wasm_bindgen]
pub fn show(on: bool) {
    call::show(on);
}

/// Ends the line and keeps camera and microphone for the next one.
#[wasm_bindgen]
pub fn hang_up() {
    call::hang_up();
}

/// Ends the line and lets go of camera and microphone.
#[wasm_bindgen]
pub fn leave() {
    call::leave();
}
