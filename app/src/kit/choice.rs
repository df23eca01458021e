//! A choice of one among a few, all in sight.

use crate::kit::see::See;
use leptos::prelude::*;

/// One among a few: `options` are pairs of value and words.
#[component]
pub fn OneOf(
    /// What is asked.
    #[prop(into)]
    label: Signal<String>,
    /// The value chosen; empty while nothing is.
    value: RwSignal<String>,
    /// Value and words of each.
    options: Vec<(&'static str, Signal<String>)>,
    /// Whether the question is for screen readers only.
    #[prop(optional)]
    bare: bool,
    /// Name for tests and of the group; each choice is `name-value`.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    let choices: Vec<AnyView> = options
        .into_iter()
        .map(|(name, words)| {
            let id = format!("{testid}-{name}");
            view! {
                <label class:chosen=move || value.see(|value| value == name)>
                    <input
                        type="radio"
                        name=testid.clone()
                        value=name
                        data-testid=id
                        prop:checked=move || value.see(|value| value == name)
                        on:change=move |_| value.set(name.to_string())
                    />
                    {words}
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="one-of">
            <legend class:unseen=bare>{label}</legend>
            <div>{choices}</div>
        </fieldset>
    }
    .into_any()
}

/// A box to tick.
#[component]
pub fn Tick(
    /// What one agrees to.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is ticked.
    value: RwSignal<bool>,
    /// Name for tests.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    view! {
        <label class="tick">
            <input
                type="checkbox"
                data-testid=testid
                prop:checked=value
                on:change=move |event| value.set(event_target_checked(&event))
            />
            <span>{label}</span>
        </label>
    }
    .into_any()
}
