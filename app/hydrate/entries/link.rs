//! The browser's entry for the video link of the room: what the room calls, and nothing else.

use app::browser::call;
use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs once the WebAssembly is loaded.
#[wasm_bindgen(start)]
pub fn take_over() {
    console_error_panic_hook::set_once();
}

/// Opens the link of seat `me` for so many others; `home` names hearing and seat, `speaks` says whether it has a voice, `shows` whether
/// anybody may see it. What happens is told to `tell` in two words, as [`call::Told`] has them.
#[wasm_bindgen]
pub fn come(home: String, me: String, speaks: bool, shows: bool, slots: u32, tell: Function) {
    call::come(home, me, speaks, shows, slots, tell);
}

/// How the own seat stands and who sits where.
#[wasm_bindgen]
pub fn stands(text: &str) {
    call::stands(text);
}

/// The server's answer to the offer.
#[wasm_bindgen]
pub fn accept(answer: String) {
    call::accept(answer);
}

/// The offer was refused. True where it is tried again by itself.
#[wasm_bindgen]
pub fn refused(code: &str) -> bool {
    call::refused(code)
}

/// Whom the slots carry: a line of text for each, the section and the seat.
#[wasm_bindgen]
pub fn fill(slots: &str) {
    call::fill(slots);
}

/// The line to the room is gone, and the link with it until it is back.
#[wasm_bindgen]
pub fn hang_up() {
    call::hang_up();
}

/// Another window of the seat has the link.
#[wasm_bindgen]
pub fn elsewhere() {
    call::elsewhere();
}

/// Ends the link and lets go of camera and microphone.
#[wasm_bindgen]
pub fn leave() {
    call::leave();
}
