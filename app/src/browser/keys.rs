//! Keys: a key pressed while an input method is choosing a character is no command.

use leptos::ev::KeyboardEvent;

/// Whether the key belongs to an input method. Enter then chooses a character and must do nothing else; some
/// browsers say so only by the old key code 229.
#[must_use]
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// Which digit key was pressed, wherever it stands on the keyboard.
#[must_use]
pub fn digit(event: &KeyboardEvent) -> Option<usize> {
    event.code().strip_prefix("Digit")?.parse().ok()
}

/// Whether the key was pressed in the element of that id.
#[must_use]
pub fn is_in(event: &KeyboardEvent, id: &str) -> bool {
    use wasm_bindgen::JsCast;
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.id() == id)
}

/// Whether the key was pressed inside a field in which one types.
#[must_use]
pub fn is_typing(event: &KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast;
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}
