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
