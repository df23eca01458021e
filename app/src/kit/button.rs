//! A button. A dead one stays in reach of the keyboard and says why it is dead.

use crate::kit::see::See;
use leptos::prelude::*;

use crate::words::Told;

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do next.
    Primary,
    /// One of several things.
    #[default]
    Plain,
    /// Something that cannot be taken back.
    Danger,
    /// Something in passing.
    Quiet,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
        }
    }
}

/// A button with its words; `dead` holds the reason for which it does nothing at present.
#[component]
pub fn Button(
    /// What it says.
    #[prop(into)]
    words: Signal<String>,
    /// What it does.
    #[prop(into)]
    press: Callback<()>,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// Why it is dead, while it is.
    #[prop(optional, into)]
    dead: Signal<Option<Told>>,
    /// Whether the reason always stands below the button, or only while the button is pointed at or has the keyboard.
    #[prop(default = true)]
    explain: bool,
    /// Name for tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// Whether something is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether the second press of a double one counts for nothing: what the button does may be the opposite by then.
    #[prop(optional)]
    once: bool,
) -> impl IntoView {
    let reason_id = testid.clone().map(|id| format!("{id}-why"));
    let described = reason_id.clone();
    let is_dead = move || dead.see(Option::is_some);
    let why = move || dead.see(|dead| dead.as_ref().map(Told::now)).unwrap_or_default();
    view! {
        <span class="button-with-reason">
            <button
                type="button"
                class=look.class()
                data-testid=testid
                aria-disabled=move || is_dead().then_some("true")
                aria-describedby=move || described.clone().filter(|_| is_dead())
                aria-busy=move || busy.get().then_some("true")
                on:click=move |event| {
                    if once && event.detail() > 1 {
                        return;
                    }
                    if dead.with_untracked(Option::is_none) && !busy.get_untracked() {
                        press.run(());
                    }
                }
            >
                {words}
            </button>
            <span class=if explain { "reason" } else { "reason brief" } id=reason_id hidden=move || !is_dead()>
                {why}
            </span>
        </span>
    }
    .into_any()
}
