//! Commands on their way: kept in this browser until the server has said what became of them.

use leptos::prelude::*;
use procedure::{Command, Id, refusal::Sentence, wire::ToRoom};
use serde::{Deserialize, Serialize};

use super::{Line, Room};
use crate::{
    browser::{socket, storage},
    kit::area::returned_as,
};

/// A command not yet acknowledged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its id, the same however often it is sent.
    pub id: Id,
    /// What to do.
    pub command: Command,
    /// The draft it was made of, name and text, to be put back after a refusal.
    pub draft: Option<(String, String)>,
}

impl Room {
    pub(super) fn queue(self, waiting: Waiting) {
        let message = self.message(&waiting);
        self.waiting.update(|all| all.push(waiting));
        self.keep_queue();
        if (self.line.get_untracked() == Line::Open { active: true }) && !socket::send(&message) {
            self.lost(0);
        }
    }

    /// What waited when the page was last left, or in the tab that acted before this one.
    pub(super) fn recall_queue(self) {
        let kept: Option<Vec<Waiting>> =
            storage::kept(&self.kept_as("queue")).and_then(|json| serde_json::from_str(&json).ok());
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
            self.waiting.with_untracked(|all| all.iter().map(|waiting| self.message(waiting)).collect());
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

    #[expect(clippy::unused_self, reason = "a message of this room")]
    fn message(self, waiting: &Waiting) -> String {
        let message = ToRoom::Command { id: waiting.id.clone(), command: waiting.command.clone() };
        serde_json::to_string(&message).unwrap_or_default()
    }
}
