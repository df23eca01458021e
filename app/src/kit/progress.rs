//! A bar that shows how much of something is done or used, with the number in words beside it.

use leptos::prelude::*;

/// How much is done or used.
#[component]
pub fn Progress(
    /// Of what.
    #[prop(into)]
    label: Signal<String>,
    /// How much.
    #[prop(into)]
    value: Signal<i64>,
    /// Of how much; none while it cannot be told.
    #[prop(into)]
    of: Signal<Option<i64>>,
    /// The number in words.
    #[prop(into)]
    words: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="progress">
            <span>{label}</span>
            <progress
                aria-label=label
                max=move || of.get()
                value=move || of.get().map(|_| value.get())
            ></progress>
            <span class="number">{words}</span>
        </div>
    }
    .into_any()
}
