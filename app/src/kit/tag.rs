//! A tag: a state in one or two words, told by word and shape, never by colour alone.

use leptos::prelude::*;

/// What kind of state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Just so.
    #[default]
    Plain,
    /// Well.
    Good,
    /// Waits for something.
    Wait,
    /// Live, or wrong.
    Alert,
    /// Worth knowing.
    Info,
}

impl Tone {
    /// The class and the shape before the words.
    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Plain => ("tag", ""),
            Self::Good => ("tag good", "●"),
            Self::Wait => ("tag wait", "◐"),
            Self::Alert => ("tag alert", "▲"),
            Self::Info => ("tag info", ""),
        }
    }
}

/// A state in one or two words.
#[component]
pub fn Tag(
    /// The words.
    #[prop(into)]
    words: Signal<String>,
    /// What kind of state.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// Name for tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    view! {
        <span class=move || tone.get().parts().0 data-testid=testid>
            <span aria-hidden="true" hidden=move || tone.get().parts().1.is_empty()>{move || tone.get().parts().1}</span>
            {words}
        </span>
    }
    .into_any()
}
