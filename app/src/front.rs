//! The frame of the pages that anybody reads: where one can go from here, and whom to ask.

use leptos::prelude::*;

use crate::{
    kit::page::Page,
    words::{Words, say, words},
};

const PAGES: Words = words("本站页面", "Pages of this site");
const NOTICES: Words = words("听证公告", "Public hearings");
const ENTER: Words = words("参加听证", "Join a hearing");
const VERIFY: Words = words("核验案卷", "Verify a file");
const OFFICE: Words = words("工作人员登录", "Staff sign-in");
const HELP: Words = words(
    "检察服务热线 12309。参加听证不收取任何费用。",
    "Procuratorial helpline: 12309. Taking part in a hearing costs nothing.",
);

/// The addresses of the public pages, in the order of the navigation.
const LINKS: [(&str, Words); 3] = [("/", NOTICES), ("/enter", ENTER), ("/verify", VERIFY)];

/// A page that anybody reads. `here` is the address of the navigation that the page belongs to.
#[component]
pub fn Front(
    /// What the page is called.
    #[prop(into)]
    title: Signal<String>,
    /// Which of the links is this page's.
    here: &'static str,
    /// Whether the page needs more than one column.
    #[prop(optional)]
    broad: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    let links: Vec<AnyView> = LINKS.iter().map(|(address, words)| link(address, *words, here)).collect();
    let nav = view! { <nav class="links" aria-label=say(PAGES)>{links}</nav> }.into_any();
    let foot = view! {
        <footer class="foot">
            <p>{say(HELP)}</p>
            <a href="/office">{say(OFFICE)}</a>
        </footer>
    }
    .into_any();
    view! { <Page title nav foot broad>{children()}</Page> }.into_any()
}

fn link(address: &'static str, words: Words, here: &str) -> AnyView {
    view! { <a href=address aria-current=(address == here).then_some("page")>{say(words)}</a> }.into_any()
}
