//! Tabs: several pieces in one place, the hidden ones kept as they are, so that nothing typed there is lost.

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
        Self { name, words, count, body: body.into() }
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
    let names: Vec<&'static str> = tabs.iter().map(|tab| tab.name).collect();
    let keys = move |event: KeyboardEvent| {
        let last = names.len().saturating_sub(1);
        let here = open.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if here == last {
                    0
                } else {
                    here + 1
                }
            }
            "ArrowLeft" => here.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        open.set(next);
        crate::browser::focus(&format!("tab-{}", names[next]));
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
    let (name, words, count) = (tab.name, tab.words, tab.count);
    view! {
        <button
            type="button"
            role="tab"
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
            id=format!("panel-{name}")
            aria-labelledby=format!("tab-{name}")
            hidden=move || open.get() != at
        >
            {tab.body.run()}
        </div>
    }
    .into_any()
}
