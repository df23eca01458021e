//! Registering the hearing, then its seats one by one, each once however often it is tried.
//!
//! ```text
//! Typing ──sent under an id──▶ Sent ──answered──▶ Registered ──each seat likewise──▶ the page of the hearing
//!    ▲─────────refused──────────┘
//! ```

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::{
    Hearing,
    hearing::plan::{Case, Setting},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::json;

use super::Form;
use crate::{
    browser::{
        self,
        fetch::{self, Failure},
    },
    kit::{
        band::Band,
        button::{Button, Look},
        tag::Tone,
    },
    office::desk::not_yours,
    words::{Words, say, tell, words},
};

const REGISTER: Words = words("登记听证", "Register the hearing");
const GO_ON: Words = words("继续安排席位", "Go on with the seats");
const EMPTY: Words = words("清空重填", "Empty the form");
const UNANSWERED: Words = words(
    "登记已经发出，还没有收到答复。再点一次即可，不会重复登记；在此之前案件和听证安排不能修改。要登记另一次听证，请清空重填。",
    "The registration has been sent and not answered yet. Press again; it will not be registered twice. Until then case and plan cannot be changed. To register another hearing, empty the form.",
);
const HALF: Words = words(
    "听证已经登记，案件和听证安排请到听证页面修改；还有席位没有安排，可以在这里继续，也可以到听证页面安排。",
    "The hearing has been registered; case and plan are changed at its page. Not every seat has been given: go on here, or at the page of the hearing.",
);
const GO: Words = words("打开听证页面", "Open the page of the hearing");

/// How far the registration has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Reached {
    /// Nothing was sent.
    #[default]
    Typing,
    /// Sent under this id, and not answered.
    Sent(String),
    /// The hearing of this id is registered.
    Registered(String),
}

/// The buttons, and what is still to be done.
pub(super) fn view(form: Form) -> AnyView {
    let sending = form.sending;
    let yours = not_yours(form.role.prepares());
    let dead = derived(move || yours.get().or_else(|| form.typed().err()));
    let press = move |()| {
        if untrack(|| form.follows()) {
            return;
        }
        if let Ok((case, setting)) = untrack(|| form.typed()) {
            sending.go(send(form, case, setting));
        }
    };
    let empty = move |()| {
        if !sending.busy.get_untracked() {
            sending.failure.set(None);
            form.empty();
        }
    };
    let news = move || {
        let reached = form.reached.get();
        match reached {
            _ if sending.busy.get() => None,
            Reached::Typing => None,
            Reached::Sent(_) => {
                Some(view! { <Band tone=Tone::Wait testid="unanswered">{say(UNANSWERED)}</Band> }.into_any())
            }
            Reached::Registered(id) => {
                let address = format!("/office/hearings/{id}");
                Some(
                    view! {
                        <Band tone=Tone::Wait testid="half">{say(HALF)} " " <a href=address>{say(GO)}</a></Band>
                    }
                    .into_any(),
                )
            }
        }
    };
    let words = tell(move || {
        let registered = form.reached.with(|reached| matches!(reached, Reached::Registered(_)));
        if registered { GO_ON } else { REGISTER }.into()
    });
    view! {
        <div class="stack">
            {sending.news()}
            {news}
            <div class="row">
                <Button words look=Look::Primary press dead busy=sending.busy testid="register" />
                <Button words=say(EMPTY) look=Look::Quiet press=empty testid="empty-form" />
            </div>
        </div>
    }
    .into_any()
}

/// Registers the hearing, then the seats one by one; what is done is not done again.
async fn send(form: Form, case: Case, setting: Setting) -> Result<(), Failure> {
    let id = registered(form, case, setting).await?;
    if form.is_here() {
        form.seats.send(&id, move || form.keep()).await?;
    }
    // Whoever has left the page meanwhile finds in the draft how far it has come, and is left where they are.
    if form.is_here() {
        form.end();
        browser::go(&format!("/office/hearings/{id}"));
    }
    Ok(())
}

/// The id of the hearing, registered now or before.
async fn registered(form: Form, case: Case, setting: Setting) -> Result<String, Failure> {
    let reaches = move |reached: Reached| {
        form.reached.set(reached);
        form.keep();
    };
    let (id, known) = match form.reached.get_untracked() {
        Reached::Registered(id) => {
            taken(form, &id).await?;
            return Ok(id);
        }
        Reached::Sent(id) => (id, true),
        Reached::Typing => (browser::new_id(), false),
    };
    reaches(Reached::Sent(id.clone()));
    let body = json!({ "id": id, "case": case, "hearing": setting });
    let answer = fetch::post::<IgnoredAny>("/api/hearings", None, &body).await;
    match answer {
        Ok(_) => reaches(Reached::Registered(id.clone())),
        Err(failure) => {
            if failure.is_no() {
                reaches(Reached::Typing);
            }
            return Err(failure);
        }
    }
    if known {
        taken(form, &id).await?;
    }
    Ok(id)
}

/// Seats that were given on the page of the hearing meanwhile keep their names.
async fn taken(form: Form, id: &str) -> Result<(), Failure> {
    let view: Hearing = fetch::get(&format!("/api/hearings/{id}/outline"), None).await?;
    form.seats.are_given(view.plan.places.into_keys());
    Ok(())
}
