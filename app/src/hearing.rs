//! The hearing room in the browser: the page of one seat.

use leptos::prelude::*;

use crate::{
    kit::page::Page,
    words::{Words, say, words},
};

const CONNECTING: Words = words("正在进入听证室……", "Entering the hearing room …");

/// The page of one seat.
#[component]
pub fn Room() -> impl IntoView {
    view! {
        <Page>
            <h1>{say(CONNECTING)}</h1>
        </Page>
    }
    .into_any()
}
