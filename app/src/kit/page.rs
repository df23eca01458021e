//! The frame of a page outside the room: the mark, the choice of language and size, one column.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    browser::in_head,
    kit::see::derived,
    words::{Choice, Language, Size, Words, say, words},
};

const NAME: Words = words("枫桥", "Fengqiao");
const SKIP: Words = words("跳到正文", "Skip to the content");
const LARGE: Words = words("大字版", "Large text");
const NORMAL: Words = words("标准字号", "Normal text");
const READING: Words = words("语言和字号", "Language and size");

/// A page of one column.
#[component]
pub fn Page(
    /// What the page is called in the browser's own list of pages.
    #[prop(into)]
    title: Signal<String>,
    /// Whether the page needs the full width, as staff lists do.
    #[prop(optional)]
    wide: bool,
    /// Whether the page needs more than one column, as notices do.
    #[prop(optional)]
    broad: bool,
    /// Where one can go from here, beside the mark.
    #[prop(optional)]
    nav: Option<AnyView>,
    /// What stands at the right of the head.
    #[prop(optional)]
    aside: Option<AnyView>,
    /// What stands below the page.
    #[prop(optional)]
    foot: Option<AnyView>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let class = match (wide, broad) {
        (true, _) => "page wide",
        (false, true) => "page broad",
        (false, false) => "page",
    };
    view! {
        <Title text=in_head(derived(move || format!("{} · {}", title.get(), NAME.now()))) />
        <a class="skip" href="#content">{say(SKIP)}</a>
        <header class="head">
            <Mark />
            {nav}
            <span class="space"></span>
            {aside}
            <Reading />
        </header>
        <main id="content" class=class>{children()}</main>
        {foot}
    }
    .into_any()
}

/// The mark and the name of the product.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <a class="mark" href="/">
            <img src="/mark.svg" width="28" height="28" alt="" />
            {say(NAME)}
        </a>
    }
    .into_any()
}

/// The choice of language and size of type.
#[component]
pub fn Reading() -> impl IntoView {
    let choice = expect_context::<Choice>();
    let other = move || match choice.language.get() {
        Language::Chinese => ("English", "en"),
        Language::English => ("中文", "zh-CN"),
    };
    let turn_language = move |_| {
        choice.set_language(match choice.language.get_untracked() {
            Language::Chinese => Language::English,
            Language::English => Language::Chinese,
        });
    };
    let turn_size = move |_| {
        choice.set_size(match choice.size.get_untracked() {
            Size::Normal => Size::Large,
            Size::Large => Size::Normal,
        });
    };
    let size = move || if choice.size.get() == Size::Normal { LARGE.now() } else { NORMAL.now() };
    view! {
        <div class="reading" role="group" aria-label=say(READING)>
            <button type="button" data-testid="size" on:click=turn_size>{size}</button>
            <button type="button" data-testid="language" lang=move || other().1 on:click=turn_language>
                {move || other().0}
            </button>
        </div>
    }
    .into_any()
}
