//! What this browser keeps between visits: drafts, commands not yet acknowledged, the keys of seats.

fn storage() -> Option<web_sys::Storage> {
    super::window()?.local_storage().ok()?
}

/// What is kept under that name.
#[must_use]
pub fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps it.
pub fn keep(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, value);
    }
}

/// Forgets it.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}
