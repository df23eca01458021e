//! The browser's entry for the equipment check.

/// Runs once the WebAssembly is loaded.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn take_over() {
    console_error_panic_hook::set_once();
    app::take_over_check();
}
