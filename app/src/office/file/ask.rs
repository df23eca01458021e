//! A button that asks before it has something done: for words, an opinion or a reason; or whether one is sure.

use std::sync::Arc;

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::Command;

use super::File;
use crate::{
    kit::{
        area::{Area, Draft},
        button::{Button, Look},
        dialog::Dialog,
        sending::Sending,
    },
    words::{Told, Words, say, words},
};

const NEED_REASON: Words = words("请写明理由。", "Please give the reason.");

/// What is asked, and what becomes of it.
#[derive(Clone)]
pub(super) struct Ask {
    /// What the button says.
    pub(super) words: Words,
    /// What the dialog says above the field.
    pub(super) prompt: Signal<String>,
    /// The label of the field.
    pub(super) label: Words,
    /// What the button in the dialog says.
    pub(super) send: Words,
    /// Whether something must be written.
    pub(super) needed: Signal<bool>,
    /// How the button looks.
    pub(super) look: Look,
    /// Name for tests: the button is `name`, the field `name-text`, the sending button `name-send`.
    pub(super) testid: String,
    /// The command made of the words.
    pub(super) command: Arc<dyn Fn(String) -> Command + Send + Sync>,
}

/// The button and its dialog.
pub(super) fn button(file: File, ask: Ask) -> AnyView {
    let Ask { words, prompt, label, send, needed, look, testid, command } = ask;
    let (open, text, sending) = (RwSignal::new(false), RwSignal::new(String::new()), Sending::default());
    let tried = command.clone();
    let dead = file.dead(move || tried("…".into()));
    let lacks = derived(move || {
        let empty = needed.get() && text.with(|text| text.trim().is_empty());
        empty.then(|| Told::from(NEED_REASON)).or_else(|| dead.get())
    });
    let press = Callback::new(move |()| {
        if lacks.get_untracked().is_none() {
            let command = command(text.get_untracked().trim().to_string());
            sending.go(async move {
                file.act(command).await?;
                text.set(String::new());
                open.set(false);
                Ok(())
            });
        }
    });
    view! {
        <Button words=say(words) look dead press=move |()| open.set(true) testid=testid.clone() />
        <Dialog title=say(words) open testid=format!("{testid}-dialog")>
            <div class="stack">
                <p>{prompt}</p>
                {sending.news()}
                <Area label=say(label) draft=Draft::unkept(text) send=press testid=format!("{testid}-text") />
                <Button words=say(send) look=Look::Primary press dead=lacks busy=sending.busy testid=format!("{testid}-send") />
            </div>
        </Dialog>
    }
    .into_any()
}

/// A button for what cuts somebody off: it is done once one has read what follows, and pressed again.
pub(super) fn sure(
    words: Words,
    what_follows: Words,
    dead: Signal<Option<Told>>,
    press: Callback<()>,
    testid: String,
) -> AnyView {
    let open = RwSignal::new(false);
    let send = move |()| {
        open.set(false);
        press.run(());
    };
    view! {
        <Button words=say(words) look=Look::Quiet dead explain=false press=move |()| open.set(true) testid=testid.clone() />
        <Dialog title=say(words) open testid=format!("{testid}-dialog")>
            <div class="stack">
                <p>{say(what_follows)}</p>
                <Button words=say(words) look=Look::Danger press=send dead testid=format!("{testid}-send") />
            </div>
        </Dialog>
    }
    .into_any()
}
