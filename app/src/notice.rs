//! Public notices: which hearings anybody may come and watch.

use leptos::prelude::*;

use crate::{
    kit::page::Page,
    words::{Words, say, words},
};

const TITLE: Words = words("听证公告", "Public hearings");
const BODY: Words = words("目前没有正在公告的公开听证。", "No public hearing is announced at present.");

/// All notices.
#[component]
pub fn Notices() -> impl IntoView {
    view! {
        <Page>
            <h1>{say(TITLE)}</h1>
            <p>{say(BODY)}</p>
        </Page>
    }
    .into_any()
}

/// One notice.
#[component]
pub fn Notice() -> impl IntoView {
    view! { <Notices /> }.into_any()
}
