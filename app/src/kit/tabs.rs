//! Tabs: several pieces in one place, the hidden ones kept as they are, so that nothing typed there is lost.

use crate::kit::see::{effect, memo};
use leptos::{ev::KeyboardEvent, prelude::*};

/// One tab.
#[derive(Clone)]
pub struct Tab {
    /// Its short name, unique on the page.
    pub name: &'static str,
    /// What it says.
    pub words: Signal<String>,
    /// How much waits in it.
    pub count: Signal<usize>,
    /// Whether it is there at present.
    pub there: Signal<bool>,
    /// What it holds.
    pub body: ViewFn,
}

impl Tab {
    /// A tab.
    pub fn new(
        name: &'static str,
        words: Signal<String>,
        count: Signal<usize>,
        body: impl Fn() -> AnyView + Send + Sync + 'static,
    ) -> Self {
        Self { name, words, count, there: Signal::stored(true), body: body.into() }
    }

    /// A tab that is there at times only.
    #[must_use]
    pub fn when(self, there: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { there: memo(there).into(), ..self }
    }
}

/// Several pieces in one place; the arrow keys go from one to the next.
#[component]
pub fn Tabs(
    /// What the tabs are about, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The tabs.
    tabs: Vec<Tab>,
    /// Which one is open.
    #[prop(optional)]
    open: Option<RwSignal<usize>>,
) -> impl IntoView {
    let open = open.unwrap_or_else(|| RwSignal::new(0));
    let known: Vec<(&'static str, Signal<bool>)> = tabs.iter().map(|tab| (tab.name, tab.there)).collect();
    let there = known.clone();
    // Whoever stands in a tab that goes away stands in the first that is there.
    effect(move || {
        let is_there = |at: usize| there.get(at).is_some_and(|(_, there)| there.get());
        if !is_there(open.get()) {
            open.set((0..there.len()).find(|at| is_there(*at)).unwrap_or(0));
        }
    });
    let keys = move |event: KeyboardEvent| {
        let there: Vec<usize> = (0..known.len()).filter(|at| known[*at].1.get_untracked()).collect();
        let here = there.iter().position(|at| *at == open.get_untracked()).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => there.get(here + 1).or(there.first()),
            "ArrowLeft" => here.checked_sub(1).map_or(there.last(), |before| there.get(before)),
            "Home" => there.first(),
            "End" => there.last(),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next {
            open.set(*next);
            crate::browser::focus(&format!("tab-{}", known[*next].0));
        }
    };
    let heads: Vec<AnyView> = tabs.iter().enumerate().map(|(at, tab)| head(at, tab, open)).collect();
    let bodies: Vec<AnyView> = tabs.into_iter().enumerate().map(|(at, tab)| body(at, &tab, open)).collect();
    view! {
        <div class="tabs">
            <div role="tablist" aria-label=label on:keydown=keys>{heads}</div>
            {bodies}
        </div>
    }
    .into_any()
}

fn head(at: usize, tab: &Tab, open: RwSignal<usize>) -> AnyView {
    let (name, words, count, there) = (tab.name, tab.words, tab.count, tab.there);
    view! {
        <button
            type="button"
            role="tab"
            hidden=move || !there.get()
            id=format!("tab-{name}")
            data-testid=format!("tab-{name}")
            aria-controls=format!("panel-{name}")
            aria-selected=move || if open.get() == at { "true" } else { "false" }
            tabindex=move || if open.get() == at { "0" } else { "-1" }
            on:click=move |_| open.set(at)
        >
            {words}
            <em hidden=move || count.get() == 0>{count}</em>
        </button>
    }
    .into_any()
}

fn body(at: usize, tab: &Tab, open: RwSignal<usize>) -> AnyView {
    let name = tab.name;
    view! {
        <div
            role="tabpanel"
            tabindex="0"
            id=format!("panel-{name}")
            aria-labelledby=format!("tab-{name}")
            hidden=move || open.get() != at
        >
            {tab.body.run()}
        </div>
    }
    .into_any()
}
