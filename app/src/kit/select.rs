//! A choice from a list that folds away.

use crate::kit::see::{For, effect};
use leptos::{html, prelude::*};

/// A list that folds away: `options` are pairs of value and words.
#[component]
pub fn Select(
    /// Its label.
    #[prop(into)]
    label: Signal<String>,
    /// The value chosen; empty while nothing is.
    value: RwSignal<String>,
    /// Value and words of each.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// What stands there while nothing is chosen.
    #[prop(optional, into)]
    none: Option<Signal<String>>,
    /// Whether the label is for screen readers only.
    #[prop(optional)]
    bare: bool,
    /// Name for tests, and the id of the field.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    let select: NodeRef<html::Select> = NodeRef::new();
    effect(move || {
        let wanted = value.get();
        options.track();
        if let Some(select) = select.get().filter(|select| select.value() != wanted) {
            select.set_value(&wanted);
        }
    });
    view! {
        <div class="field">
            <label for=testid.clone() class:unseen=bare>{label}</label>
            <select
                id=testid.clone()
                data-testid=testid
                node_ref=select
                on:change=move |event| value.set(event_target_value(&event))
            >
                {none.map(|none| view! { <option value="">{none}</option> })}
                <For each=move || options.get() key=Clone::clone let((name, words))>
                    <option value=name.clone() selected=value.get_untracked() == name>
                        {words}
                    </option>
                </For>
            </select>
        </div>
    }
    .into_any()
}
