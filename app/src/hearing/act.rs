//! Acts: buttons and forms that send a command. Whether one is live, and why not, the rules themselves say.

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::Command;

use super::room;
use crate::{
    browser,
    kit::{
        area::{Area, Draft},
        button::{Button, Look},
        dialog::Dialog,
    },
    words::{Told, Words, say, words},
};

const REASON: Words = words("理由", "Reason");
const BACK: Words = words("返回", "Back");

/// A button that sends a command.
#[component]
pub fn Act(
    /// What it says.
    #[prop(into)]
    words: Signal<String>,
    /// The command.
    #[prop(into)]
    command: Callback<(), Command>,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// Whether the reason for being dead is told below it.
    #[prop(default = true)]
    explain: bool,
    /// Name for tests.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    let room = room();
    let dead = room.dead(move || command.run(()));
    let busy = room.busy(move || command.run(()));
    let press = move |()| room.send(untrack(|| command.run(())));
    view! { <Button words press look dead busy explain testid once=true /> }.into_any()
}

/// A field of several lines and the button that sends it.
#[component]
pub fn Write(
    /// Label of the field.
    #[prop(into)]
    label: Signal<String>,
    /// What the button says.
    #[prop(into)]
    words: Signal<String>,
    /// The draft.
    draft: Draft,
    /// The command made of the text.
    #[prop(into)]
    command: Callback<String, Command>,
    /// Height in lines.
    #[prop(default = 3)]
    rows: u32,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    bare: bool,
    /// How the button looks.
    #[prop(default = Look::Primary)]
    look: Look,
    /// What is lacking here before the rules are asked.
    #[prop(optional, into)]
    lacks: Signal<Option<Told>>,
    /// Whether the reason for being dead always stands below the button.
    #[prop(default = true)]
    explain: bool,
    /// What follows once it is on its way.
    #[prop(optional, into)]
    sent: Option<Callback<()>>,
    /// Name for tests: the field is `name`, the button `name-send`.
    #[prop(into)]
    testid: String,
    /// What stands beside the button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let room = room();
    let refused = room.dead(move || {
        let empty = draft.is_empty();
        command.run(if empty { "…".into() } else { draft.text.get() })
    });
    let dead = derived(move || lacks.get().or_else(|| refused.get()));
    let field = StoredValue::new(testid.clone());
    let send = Callback::new(move |()| {
        if untrack(|| draft.is_empty()) {
            field.with_value(|field| browser::focus(field));
        }
        if dead.with_untracked(Option::is_none)
            && room.send_draft(draft, |text| untrack(|| command.run(text)))
            && let Some(sent) = sent
        {
            sent.run(());
        }
    });
    view! {
        <div class="write">
            <Area label draft rows bare send testid=testid.clone() />
            <div class="row">
                <Button words press=send look dead explain testid=format!("{testid}-send") />
                {children.map(|children| children())}
            </div>
        </div>
    }
    .into_any()
}

/// A button that asks for a reason before it sends.
#[component]
pub fn WithReason(
    /// What the button says.
    #[prop(into)]
    words: Signal<String>,
    /// What the dialog says above the field.
    #[prop(into)]
    prompt: Signal<String>,
    /// The command made of the reason.
    #[prop(into)]
    command: Callback<String, Command>,
    /// How the button looks.
    #[prop(optional)]
    look: Look,
    /// Whether the reason for being dead is told below the button.
    #[prop(default = true)]
    explain: bool,
    /// Name for tests: the button is `name`, the field `name-reason`, the sending button `name-reason-send`.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    let room = room();
    let open = RwSignal::new(false);
    let draft = room.draft(&testid);
    let dead = room.dead(move || command.run("…".into()));
    let close = Callback::new(move |()| open.set(false));
    view! {
        <Button words press=move |()| open.set(true) look dead explain testid=testid.clone() />
        <Dialog title=words open testid=format!("{testid}-dialog")>
            <p>{prompt}</p>
            <Write label=say(REASON) words draft command sent=close testid=format!("{testid}-reason")>
                <Button words=say(BACK) press=close testid=format!("{testid}-back") />
            </Write>
        </Dialog>
    }
    .into_any()
}
