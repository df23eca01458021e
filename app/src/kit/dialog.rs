//! A dialog: the browser's own, so that the keyboard stays inside and Escape closes it.

use crate::kit::see::effect;
use leptos::{html, prelude::*};

use crate::{
    browser,
    words::{Words, say, words},
};

const CLOSE: Words = words("关闭", "Close");

/// A dialog that is open while `open` says so.
#[component]
pub fn Dialog(
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Name for tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
            browser::focus_first_field(&dialog);
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog class="dialog" node_ref=dialog data-testid=testid aria-label=title on:close=move |_| open.set(false)>
            <header>
                <h2>{title}</h2>
                <button type="button" class="close" aria-label=say(CLOSE) on:click=move |_| open.set(false)>
                    "×"
                </button>
            </header>
            {children()}
        </dialog>
    }
    .into_any()
}
