//! Joining: from the invitation to the door of the hearing room.

use leptos::prelude::*;

use crate::{
    kit::page::Page,
    words::{Words, say, words},
};

const TITLE: Words = words("参加听证", "Join a hearing");
const BODY: Words = words(
    "请使用短信中的链接进入听证。没有收到链接的，请联系承办的人民检察院，或者拨打 12309。",
    "Please use the link in your message to join. If you have none, contact the procuratorate that handles the case, or call 12309.",
);

/// The page.
#[component]
pub fn Entry() -> impl IntoView {
    view! {
        <Page>
            <h1>{say(TITLE)}</h1>
            <p>{say(BODY)}</p>
        </Page>
    }
    .into_any()
}
