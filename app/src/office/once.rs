//! What is sent goes out under an id, and under the same id again until the server has answered: what is tried again
//! because its answer was lost is done once.

use std::{cell::RefCell, collections::BTreeMap};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::browser::{
    self,
    fetch::{self, Failure},
};

/// Ids of what was sent and not answered yet, by address and content.
type Unanswered = BTreeMap<(String, String), String>;

thread_local! {
    static UNANSWERED: RefCell<Unanswered> = const { RefCell::new(BTreeMap::new()) };
}

/// Sends a JSON object to an address, with the id under which it is done once.
pub(super) async fn once<T: DeserializeOwned>(path: &str, body: Value) -> Result<T, Failure> {
    let sent = (path.to_string(), body.to_string());
    let id = UNANSWERED.with_borrow_mut(|all| id_of(all, &sent, browser::new_id));
    let answer = fetch::post(path, None, &with_id(body, id)).await;
    let said = answer.as_ref().map(|_: &T| ()).map_err(Failure::is_no);
    UNANSWERED.with_borrow_mut(|all| answered(all, &sent, said));
    answer
}

fn with_id(mut body: Value, id: String) -> Value {
    if let Value::Object(members) = &mut body {
        members.insert("id".into(), id.into());
    }
    body
}

fn id_of(all: &mut Unanswered, sent: &(String, String), new: impl FnOnce() -> String) -> String {
    all.entry(sent.clone()).or_insert_with(new).clone()
}

/// Done ends everything at that address: whoever has gone on, and then wants an earlier thing again, wants it anew.
fn answered(all: &mut Unanswered, sent: &(String, String), said: Result<(), bool>) {
    match said {
        Ok(()) => all.retain(|(path, _), _| *path != sent.0),
        Err(true) => {
            all.remove(sent);
        }
        Err(false) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_until_the_server_has_answered() {
        let mut all = Unanswered::new();
        let (seat, unseat) =
            (("/h".to_string(), "seat".to_string()), ("/h".to_string(), "unseat".to_string()));
        let first = id_of(&mut all, &seat, || "1".into());
        answered(&mut all, &seat, Err(false));
        assert_eq!(id_of(&mut all, &seat, || "2".into()), first, "no answer: the same again");
        answered(&mut all, &seat, Err(true));
        let second = id_of(&mut all, &seat, || "3".into());
        assert_ne!(second, first, "refused: another command");
        answered(&mut all, &seat, Err(false));
        let _ = id_of(&mut all, &unseat, || "4".into());
        answered(&mut all, &unseat, Ok(()));
        assert_ne!(id_of(&mut all, &seat, || "5".into()), second, "whoever went on wants it anew");
    }

    #[test]
    fn the_id_goes_with_the_body() {
        assert_eq!(with_id(serde_json::json!({"a": 1}), "x".into()), serde_json::json!({"a": 1, "id": "x"}));
    }
}
