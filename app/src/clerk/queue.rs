//! Commands on their way: kept in this browser until the server has said what became of them.

use leptos::prelude::*;
use procedure::{Command, Id, refusal::Sentence};
use serde::{Deserialize, Serialize};

use super::{Line, Room};
use crate::{
    browser::{self, socket, storage},
    json,
    kit::area::returned_as,
};

/// A command not yet acknowledged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// Its id, the same however often it is sent.
    pub id: Id,
    /// What to do, as JSON: it is only sent and compared, never read here.
    pub command: String,
    /// The draft it was made of, name and text, to be put back after a refusal.
    pub draft: Option<(String, String)>,
}

impl Room {
    pub(super) fn queue(self, waiting: Waiting) {
        let message = waiting.message();
        self.waiting.update(|all| all.push(waiting));
        self.keep_queue();
        if (self.line.get_untracked() == Line::Open { active: true }) && !socket::send(&message) {
            self.lost(0);
        }
    }

    /// What waited when the page was last left, or in the tab that acted before this one.
    pub(super) fn recall_queue(self) {
        let kept: Option<Vec<Waiting>> =
            storage::kept(&self.kept_as("queue")).and_then(|json| json::read(json.as_bytes()).ok());
        let known: Vec<Id> =
            self.waiting.with_untracked(|all| all.iter().map(|waiting| waiting.id.clone()).collect());
        let more: Vec<Waiting> =
            kept.unwrap_or_default().into_iter().filter(|waiting| !known.contains(&waiting.id)).collect();
        if !more.is_empty() {
            self.waiting.update(|all| all.splice(0..0, more).for_each(drop));
        }
    }

    /// Everything not acknowledged, again under the same ids.
    pub(super) fn send_again(self) {
        let messages: Vec<String> =
            self.waiting.with_untracked(|all| all.iter().map(Waiting::message).collect());
        for message in messages {
            if !socket::send(&message) {
                break;
            }
        }
    }

    pub(super) fn done(self, id: &Id) {
        self.waiting.update(|all| all.retain(|waiting| &waiting.id != id));
        self.keep_queue();
    }

    pub(super) fn was_refused(self, id: &Id, refusal: Sentence) {
        let draft = self.waiting.with_untracked(|all| {
            all.iter().find(|waiting| &waiting.id == id).and_then(|waiting| waiting.draft.clone())
        });
        if let Some((name, text)) = draft {
            storage::keep(&returned_as(&name), &text);
            self.look_again();
        }
        self.done(id);
        self.refused.set(Some(refusal));
    }

    fn keep_queue(self) {
        let name = self.kept_as("queue");
        self.waiting.with_untracked(|all| match serde_json::to_string(all) {
            Ok(json) if !all.is_empty() => storage::keep(&name, &json),
            _ => storage::forget(&name),
        });
    }
}

impl Waiting {
    /// A command, to be sent under an id of its own.
    pub(super) fn new(command: &Command, draft: Option<(String, String)>) -> Self {
        Self { id: Id(browser::new_id()), command: written(command), draft }
    }

    /// Whether it is that command.
    pub(super) fn is(&self, command: &Command) -> bool {
        self.command == written(command)
    }

    /// As [`ToRoom::Command`](procedure::wire::ToRoom::Command) is written.
    fn message(&self) -> String {
        format!(r#"{{"command":{{"id":"{}","command":{}}}}}"#, self.id.0, self.command)
    }
}

fn written(command: &Command) -> String {
    serde_json::to_string(command).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use procedure::{hearing::floor, wire::ToRoom};

    use super::*;

    #[test]
    fn what_waits_is_sent_as_the_room_reads_it() {
        let command = Command::Floor(floor::Command::RaiseHand {});
        let waiting = Waiting { id: Id("7".into()), command: written(&command), draft: None };
        assert!(waiting.is(&command) && !waiting.is(&Command::Floor(floor::Command::Yield {})));
        let read: Option<ToRoom> = serde_json::from_str(&waiting.message()).ok();
        assert_eq!(read, Some(ToRoom::Command { id: waiting.id, command }));
    }
}
