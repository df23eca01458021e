//! A field of several lines whose draft is kept in this browser: it survives a reload, a push and a lost connection.
//!
//! The text is never a child of the `textarea` and is never written while an input method is composing. What comes back
//! because it was refused stands before what has been typed meanwhile.

use crate::kit::see::{See, effect};
use leptos::{ev, html, prelude::*};

use crate::browser::{keys, storage};

/// What is being typed, and where its draft is kept.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The text.
    pub text: RwSignal<String>,
    /// The name under which it is kept.
    pub name: StoredValue<String>,
    /// Whether an input method is composing.
    composing: StoredValue<bool>,
}

impl Copy for Draft {}

impl Draft {
    /// A draft kept under that name.
    #[must_use]
    pub fn new(name: String) -> Self {
        let text = RwSignal::new(String::new());
        let draft = Self { text, name: StoredValue::new(name), composing: StoredValue::new(false) };
        effect(move || draft.recall());
        draft
    }

    /// A text that is kept elsewhere, or nowhere.
    #[must_use]
    pub fn unkept(text: RwSignal<String>) -> Self {
        Self { text, name: StoredValue::new(String::new()), composing: StoredValue::new(false) }
    }

    /// Shows what is kept: after a reload, when another tab has written it, when a command was refused. While an input
    /// method is composing, it waits.
    pub fn recall(self) {
        if self.composing.get_value() {
            return;
        }
        let (kept, returned) =
            self.name.with_value(|name| (storage::kept(name), storage::kept(&returned_as(name))));
        let kept = kept.unwrap_or_default();
        if let Some(returned) = returned {
            self.name.with_value(|name| storage::forget(&returned_as(name)));
            self.set(if kept.is_empty() { returned } else { format!("{returned}\n{kept}") });
        } else if self.text.with_untracked(|text| text != &kept) {
            self.text.set(kept);
        }
    }

    /// Takes what was typed.
    pub fn set(self, text: String) {
        self.name.with_value(|name| {
            if name.is_empty() {
            } else if text.is_empty() {
                storage::forget(name);
            } else {
                storage::keep(name, &text);
            }
        });
        self.text.set(text);
    }

    /// What was typed, leaving the field empty.
    #[must_use]
    pub fn take(self) -> String {
        let text = self.text.get_untracked();
        self.set(String::new());
        text
    }

    /// Whether nothing is typed; follows it where it is read reactively.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.text.see(|text| text.trim().is_empty())
    }
}

/// Where a text of this draft lies that came back refused, until it is shown.
#[must_use]
pub fn returned_as(name: &str) -> String {
    format!("{name}.returned")
}

/// A field of several lines with its label.
#[component]
pub fn Area(
    /// Its label.
    #[prop(into)]
    label: Signal<String>,
    /// What is being typed.
    draft: Draft,
    /// What Ctrl and Enter do.
    #[prop(optional, into)]
    send: Option<Callback<()>>,
    /// Height in lines.
    #[prop(default = 3)]
    rows: u32,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    bare: bool,
    /// Name for tests, and the id of the field.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    let area: NodeRef<html::Textarea> = NodeRef::new();
    effect(move || {
        let wanted = draft.text.get();
        if draft.composing.get_value() {
            return;
        }
        if let Some(area) = area.get().filter(|area| area.value() != wanted) {
            area.set_value(&wanted);
        }
    });
    let pressed = move |event: ev::KeyboardEvent| {
        let asked = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        if asked
            && !keys::is_composing(&event)
            && let Some(send) = send
        {
            event.prevent_default();
            send.run(());
        }
    };
    view! {
        <div class="field area">
            <label for=testid.clone() class:unseen=bare>{label}</label>
            <textarea
                id=testid.clone()
                data-testid=testid
                rows=rows
                placeholder=move || bare.then(|| label.get())
                node_ref=area
                on:compositionstart=move |_| draft.composing.set_value(true)
                on:compositionend=move |event| {
                    draft.composing.set_value(false);
                    draft.set(event_target_value(&event));
                    draft.recall();
                }
                on:input=move |event| draft.set(event_target_value(&event))
                on:keydown=pressed
            ></textarea>
        </div>
    }
    .into_any()
}
