//! What is seen: the pages of the site and the desks of the hearing room.
//!
//! - [`words`]: Chinese and English, and the reader's choice of language and size.
//! - [`kit`]: buttons, cards, fields: parts that know nothing of hearings.
//! - [`clerk`]: the one door between a page and the room on the server.
//! - [`hearing`]: the room itself, desk by desk.
//! - [`json`]: reading what the server sends.
//! - [`browser`]: the only place that names the browser.
//! - `entry`, `notice`, `verify`: the pages that anybody reads, in the frame of `front`.
//! - `replay`: a hearing heard and seen again.
//! - `sign`: the record read and signed.
//! - `records`: the published records of open hearings.
//! - `exhibits`: its exhibits, read page by page and handed in.
//! - `papers`: its papers, to be looked at, printed and kept.
//! - `delivery`: a paper at the link by which it was sent.
//! - [`check`]: whether camera, microphone and network are fit for a hearing.
//! - `office`: the pages of the staff.
#![recursion_limit = "512"]

use leptos::prelude::*;
use leptos_meta::{Html, MetaTags, Title, provide_meta_context};
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

pub mod browser;
pub mod calendar;
pub mod check;
pub mod clerk;
pub mod delivery;
pub mod entry;
pub mod exhibits;
pub mod front;
pub mod hearing;
pub mod json;
pub mod kit;
pub mod notice;
pub mod office;
pub mod papers;
pub mod records;
pub mod replay;
pub mod sign;
pub mod verify;
pub mod words;

use kit::see::effect;
use words::{Choice, Words, say, words};

const SITE: Words = words("枫桥 · 检察听证", "Fengqiao · Procuratorial hearings");
const NOT_FOUND: Words = words("没有这个页面", "There is no such page");
const NOT_FOUND_WHY: Words = words(
    "地址可能有误，或者该页面已经撤下。请从首页重新进入，或者使用短信中的链接。",
    "The address may be wrong, or the page was withdrawn. Please start from the first page, or use the link in your message.",
);

/// The whole document at `path`, as the server draws it.
#[must_use]
pub fn shell(options: LeptosOptions, path: &str) -> impl IntoView + use<> {
    let entry = match path.strip_prefix("/hearings/").filter(|path| path.contains("/seats/")) {
        Some(seat) if seat.ends_with("/check") => "check",
        Some(_) => "room",
        None => "pages",
    };
    let now = use_context::<browser::Drawn>().map(|browser::Drawn(now)| now);
    view! {
        <!DOCTYPE html>
        <html data-now=now>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="format-detection" content="telephone=no" />
                <link rel="icon" type="image/svg+xml" href="/mark.svg" />
                <link rel="stylesheet" href=format!("/pkg/{entry}.css") />
                <Takeover options entry />
                <MetaTags />
            </head>
            <body>
                <App
                    seat=|| view! { <hearing::SeatPage /> }.into_any()
                    check=|| view! { <check::CheckPage /> }.into_any()
                />
            </body>
        </html>
    }
}

/// What lets the browser take over the page: a script of ours, for the browser may be too old for what follows.
#[component]
fn Takeover(options: LeptosOptions, entry: &'static str) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce();
    let file = |ending: &str| format!("/{}/{entry}.{ending}", options.site_pkg_dir);
    view! {
        <link rel="modulepreload" href=file("js") nonce=nonce.clone() />
        <link rel="preload" href=file("wasm") r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" src="/start.js" nonce=nonce data-js=file("js") data-wasm=file("wasm")></script>
    }
}

/// Every page of the site.
#[component]
pub fn App(
    /// What stands at the address of a seat: the room, or where the room is another entry, the way there.
    seat: fn() -> AnyView,
    /// What stands at the address of a seat's equipment check, likewise.
    check: fn() -> AnyView,
) -> impl IntoView {
    provide_meta_context();
    let choice = Choice::provide();
    view! {
        <Html attr:lang=move || choice.language.get().tag() attr:data-size=move || choice.size.get().tag() />
        <Title text=browser::in_head(say(SITE)) />
        <Router>
            <Routes fallback=|| view! { <NotFound /> }.into_any()>
                <Route path=path!("/") view=notice::Notices />
                <Route path=path!("/notices/:id") view=notice::Notice />
                <Route path=path!("/records") view=records::Records />
                <Route path=path!("/records/:id") view=records::Record />
                <Route path=path!("/enter") view=entry::Entry />
                <Route path=path!("/enter/:token") view=entry::Entry />
                <Route path=path!("/hearings/:id/seats/:seat") view=seat />
                <Route path=path!("/hearings/:id/replay") view=replay::ReplayPage />
                <Route path=path!("/hearings/:id/papers") view=papers::PapersPage />
                <Route path=path!("/hearings/:id/sign") view=sign::SignPage />
                <Route path=path!("/hearings/:id/exhibits") view=exhibits::ExhibitsPage />
                <Route path=path!("/hearings/:id/seats/:seat/check") view=check />
                <Route path=path!("/deliveries/:token") view=delivery::DeliveryPage />
                <Route path=path!("/office") view=office::hearings::Hearings />
                <Route path=path!("/office/cases") view=office::cases::Cases />
                <Route path=path!("/office/archive") view=office::archive::Archive />
                <Route path=path!("/office/archive/:id") view=office::archive::file::ArchiveFile />
                <Route path=path!("/office/pool") view=office::pool::Pool />
                <Route path=path!("/office/accounts") view=office::accounts::Accounts />
                <Route path=path!("/office/me") view=office::me::OwnAccount />
                <Route path=path!("/office/hearings/new") view=office::new::NewHearing />
                <Route path=path!("/office/hearings/:id") view=office::file::HearingFile />
                <Route path=path!("/office/hearings/:id/deliveries") view=office::delivery::HearingDeliveries />
                <Route path=path!("/verify") view=verify::Verify />
            </Routes>
        </Router>
    }
}

/// The room alone, without the other pages: what the browser's entry `room` brings.
#[component]
fn RoomAlone() -> impl IntoView {
    let choice = Choice::provide();
    effect(move || browser::mark_document(choice.language.get().tag(), choice.size.get().tag()));
    let path = browser::path();
    let mut parts = path.split('/').skip(2).step_by(2).map(str::to_string);
    let (hearing, seat) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    view! { <hearing::Seat hearing seat /> }.into_any()
}

/// Takes over the page of a seat from the server's drawing: called once, by the browser's entry `room`.
pub fn take_over_room() {
    take_over(|| view! { <RoomAlone /> }.into_any());
}

/// Takes over the page of an equipment check from the server's drawing: called once, by the browser's entry `check`.
pub fn take_over_check() {
    take_over(|| view! { <check::CheckAlone /> }.into_any());
}

/// Takes over any other page from the server's drawing: called once, by the browser's entry `pages`.
pub fn take_over_pages() {
    browser::fetch::carry_over();
    let draw = || view! { <App seat=elsewhere check=elsewhere /> }.into_any();
    browser::handover::take_over(draw, browser::handover::TURNS);
}

/// The room is brought by an entry of its own: the page of a seat is loaded anew, and this entry brings nothing of it.
fn elsewhere() -> AnyView {
    effect(browser::reload);
    ().into_any()
}

/// The page is drawn anew and put in the place of the server's: much less code than to adopt what stands there.
fn take_over(draw: fn() -> AnyView) {
    browser::handover::clear_page();
    leptos::mount::mount_to_body(draw);
    browser::handover::say_ready();
}

/// How a page tells the server that draws it that there is nothing at its address.
#[derive(Clone)]
pub struct Missing(pub std::sync::Arc<dyn Fn() + Send + Sync>);

/// Says that there is nothing at this address; of no consequence in the browser.
pub fn missing() {
    if let Some(Missing(say_so)) = use_context() {
        say_so();
    }
}

#[component]
fn NotFound() -> impl IntoView {
    missing();
    view! {
        <front::Front title=say(NOT_FOUND) here="">
            <h1>{say(NOT_FOUND)}</h1>
            <p>{say(NOT_FOUND_WHY)}</p>
        </front::Front>
    }
}
