//! The line to the room while somebody reads and signs: whoever reads is still there for everybody else, and what changes is
//! seen at once. It only listens.

use std::time::Duration;

use leptos::{leptos_dom::helpers::set_timeout, prelude::*, task::spawn_local};
use procedure::wire::{FromRoom, ToRoom, VERSION};

use super::Signing;
use crate::{browser::socket, json};

/// How long after a loss it is tried again.
const PAUSE: Duration = Duration::from_secs(2);

/// Holds the line as long as the page is there.
pub(super) fn hold(signing: Signing) {
    let gone = StoredValue::new(false);
    on_cleanup(move || {
        gone.set_value(true);
        socket::close();
    });
    open(signing, gone);
}

fn open(signing: Signing, gone: StoredValue<bool>) {
    let Some(key) = signing.key.try_get_value().flatten() else { return };
    let path = signing.path("/room");
    let hello = ToRoom::Hello { version: VERSION, key, after: None, passive: true };
    let again = move || {
        let tries = move || {
            if gone.try_get_value() == Some(false) {
                open(signing, gone);
            }
        };
        set_timeout(tries, PAUSE);
    };
    let opened = socket::open(
        &path,
        move || say(&hello),
        move |text| match json::read::<FromRoom>(text.as_bytes()) {
            Ok(FromRoom::Ping { .. }) => say(&ToRoom::Pong {}),
            Ok(FromRoom::Snapshot { .. } | FromRoom::Events { .. }) => spawn_local(signing.look()),
            _ => {}
        },
        move |_| again(),
    );
    if !opened {
        again();
    }
}

fn say(message: &ToRoom) {
    if let Ok(text) = serde_json::to_string(message) {
        // Where the line is gone, its end is told of that and tries again.
        let _ = socket::send(&text);
    }
}
