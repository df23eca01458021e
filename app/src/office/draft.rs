//! What was typed and not sent yet, kept in this browser: by account and case, until it is done, one signs out or
//! somebody else signs in.

use serde::{Serialize, de::DeserializeOwned};

use crate::browser::storage;

/// How the names of all drafts of the office begin.
const OFFICE: &str = "fengqiao.office.";
/// Under which name a draft stood before each account and case had its own.
const BEFORE: &str = "fengqiao.draft.hearing";

/// The name under which a draft of a hearing is kept.
pub(super) fn name(account: &str, case: &str) -> String {
    format!("{}{case}", of(account))
}

/// How the names of an account's drafts begin. No account has a slash in its name.
fn of(account: &str) -> String {
    format!("{OFFICE}hearing.{account}/")
}

/// What is kept under that name.
pub(super) fn kept<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_str(&storage::kept(name)?).ok()
}

/// Keeps it.
pub(super) fn keep(name: &str, what: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(what) {
        storage::keep(name, &text);
    }
}

/// The cases of which this account has drafts.
pub(super) fn cases(account: &str) -> Vec<String> {
    let beginning = of(account);
    let cases = storage::names(&beginning);
    cases.iter().filter_map(|name| name.strip_prefix(&beginning)).map(str::to_string).collect()
}

/// Forgets every draft of the office, when one signs out.
pub(super) fn forget_all() {
    storage::names(OFFICE).iter().for_each(|name| storage::forget(name));
    storage::forget(BEFORE);
}

/// Forgets everybody else's, when an account signs in: whoever was here before may never have signed out.
pub(super) fn forget_others(account: &str) {
    let own = of(account);
    let others = storage::names(OFFICE).into_iter().filter(|name| !name.starts_with(&own));
    others.for_each(|name| storage::forget(&name));
    storage::forget(BEFORE);
}
