//! What stands where there is nothing yet: one sentence that says so and what will come.

use leptos::prelude::*;

/// Nothing yet.
#[component]
pub fn Empty(
    /// The sentence.
    #[prop(into)]
    words: Signal<String>,
) -> impl IntoView {
    view! { <p class="empty">{words}</p> }.into_any()
}
