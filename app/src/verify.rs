//! Verifying: whether a sealed case file is what was sealed.

use leptos::prelude::*;

use crate::{
    kit::page::Page,
    words::{Words, say, words},
};

const TITLE: Words = words("核验案卷", "Verify a case file");
const BODY: Words = words(
    "在本机运行 fengqiao verify 文件名，可以离线核验案卷。",
    "Run fengqiao verify FILE on your own machine to check a case file offline.",
);

/// The page.
#[component]
pub fn Verify() -> impl IntoView {
    view! {
        <Page>
            <h1>{say(TITLE)}</h1>
            <p>{say(BODY)}</p>
        </Page>
    }
    .into_any()
}
