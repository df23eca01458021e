//! A band across the page: something everybody must notice.

use leptos::prelude::*;

use super::tag::Tone;

/// A band across the page.
#[component]
pub fn Band(
    /// What kind of news.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// Whether it interrupts a screen reader.
    #[prop(optional)]
    urgent: bool,
    /// Name for tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let class = move || match tone.get() {
        Tone::Plain => "band",
        Tone::Good => "band good",
        Tone::Wait => "band wait",
        Tone::Alert => "band alert",
        Tone::Info => "band info",
    };
    view! {
        <div class=class role=if urgent { "alert" } else { "status" } data-testid=testid>
            {children()}
        </div>
    }
    .into_any()
}
