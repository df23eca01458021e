//! A card: a titled piece of a page.

use leptos::prelude::*;

/// A titled piece of a page.
#[component]
pub fn Card(
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// A further class, named as the noun it shows.
    #[prop(optional)]
    class: &'static str,
    /// Name for tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("card {class}") data-testid=testid aria-label=title>
            <h2>{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}
