//! The office: staff sign in, prepare hearings and read their files.

use leptos::prelude::*;

use crate::{
    kit::page::Page,
    words::{Words, say, words},
};

const TITLE: Words = words("办公室", "Office");
const BODY: Words = words("请登录后办理听证事项。", "Please sign in to prepare hearings.");

/// Sign in and lists.
#[component]
pub fn Office() -> impl IntoView {
    view! {
        <Page>
            <h1>{say(TITLE)}</h1>
            <p>{say(BODY)}</p>
        </Page>
    }
    .into_any()
}

/// The form for a new hearing.
#[component]
pub fn NewHearing() -> impl IntoView {
    view! { <Office /> }.into_any()
}

/// One hearing, as the office sees it.
#[component]
pub fn HearingFile() -> impl IntoView {
    view! { <Office /> }.into_any()
}
