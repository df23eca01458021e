//! What this browser keeps between visits: drafts, commands not yet acknowledged, the keys of seats; and what it keeps for
//! one visit, until the window is closed.

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

/// The names that begin so, in order.
#[must_use]
pub fn names(beginning: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let all = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok()?);
    let mut names: Vec<String> = all.filter(|name| name.starts_with(beginning)).collect();
    names.sort_unstable();
    names
}

/// Forgets it.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

fn visit() -> Option<web_sys::Storage> {
    super::window()?.session_storage().ok()?
}

/// Whether something is noted under that name for this visit.
#[must_use]
pub fn is_noted(name: &str) -> bool {
    visit().and_then(|visit| visit.get_item(name).ok()?).is_some()
}

/// Notes something for this visit, or takes the note away.
pub fn note(name: &str, noted: bool) {
    if let Some(visit) = visit() {
        let _ = if noted { visit.set_item(name, "") } else { visit.remove_item(name) };
    }
}
