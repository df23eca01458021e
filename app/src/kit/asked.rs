//! What a page asks of the server before it can be drawn. When the server has drawn it, the answers come with the page,
//! so that the browser can draw it anew at once.

use std::sync::Arc;

use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::{band::Band, tag::Tone};
use crate::{
    browser::fetch::{self, Answer, Failure},
    words::{Words, say, tell, words},
};

const LOADING: Words = words("正在加载……", "Loading …");

/// Asks for all `paths`, shows that it waits, and draws the answers.
pub fn asked(paths: Vec<String>, draw: impl Fn(Vec<Answer>) -> AnyView + Send + Sync + 'static) -> AnyView {
    waiting(paths, Arc::new(draw))
}

/// Not generic, so that it is built once for all pages.
fn waiting(paths: Vec<String>, draw: Arc<dyn Fn(Vec<Answer>) -> AnyView + Send + Sync>) -> AnyView {
    if let Some(answers) = fetch::carried(&paths) {
        return draw(answers);
    }
    let drawn = move || {
        let (paths, draw) = (paths.clone(), draw.clone());
        Suspend::new(async move {
            let answers = fetch::look_up_all(paths.clone()).await;
            let carried = fetch::to_carry(&paths, &answers);
            let carried =
                carried.map(|carried| view! { <span hidden data-answers=carried></span> }.into_any());
            view! {
                {carried}
                {draw(answers)}
            }
            .into_any()
        })
    };
    view! {
        <Suspense fallback=|| view! { <p class="loading" role="status">{say(LOADING)}</p> }>{drawn}</Suspense>
    }
    .into_any()
}

/// Draws what an answer says, or why there is none.
pub fn or_why<T: DeserializeOwned>(answer: &Answer, draw: impl FnOnce(T) -> AnyView) -> AnyView {
    match answer.as_ref().map_err(Clone::clone).and_then(|text| fetch::told(text)) {
        Ok(told) => draw(told),
        Err(failure) => why(&failure),
    }
}

/// Why there is no answer, in the reader's language.
#[must_use]
pub fn why(failure: &Failure) -> AnyView {
    let told = failure.told();
    view! { <Band tone=Tone::Alert urgent=true testid="refused">{tell(move || told.clone())}</Band> }
        .into_any()
}
