//! The list of cases, and entering one; from a case a hearing is prepared.

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::{Office, hearing::plan::Case};
use serde::de::IgnoredAny;

use super::{
    case_form::CaseForm,
    desk::{Me, Place, all, desk, not_yours},
    hearings::Face,
};
use crate::{
    browser::{
        self,
        fetch::{self, Answer, told},
    },
    kit::{
        asked::why,
        button::{Button, Look},
        dialog::Dialog,
        empty::Empty,
        rows::{row, rows},
        sending::Sending,
    },
    words::{Words, say, tell, words},
};

const TITLE: Words = words("案件", "Cases");
const ENTER: Words = words("登记案件", "Enter a case");
const NUMBER: Words = words("案号", "Case number");
const CAUSE: Words = words("案由", "Cause");
const ISSUES: Words = words("听证问题", "Issues");
const HEARINGS: Words = words("听证", "Hearings");
const ACT: Words = words("操作", "Do");
const PREPARE: Words = words("准备听证", "Prepare a hearing");
const COUNT: Words = words("{n} 项", "{n}");
const TIMES: Words = words("{n} 次", "{n}");
const SAVE: Words = words("登记", "Enter");
const KNOWN: Words = words("该案号已经登记。", "This case number has been entered already.");
const NONE: Words = words(
    "还没有案件。登记案件以后，可以由此准备听证。",
    "There is no case yet. Once one is entered, a hearing can be prepared from it.",
);

/// The page.
#[component]
pub fn Cases() -> impl IntoView {
    desk(Place::Cases, vec!["/api/cases".into(), "/api/hearings".into()], draw)
}

fn draw(me: &Me, answers: &[Answer]) -> AnyView {
    let read = || -> Result<(Vec<Case>, Vec<Face>), fetch::Failure> {
        let [cases, faces] = all(answers)?;
        Ok((told(cases)?, told(faces)?))
    };
    match read() {
        Ok((cases, faces)) => page(cases, faces, me.role),
        Err(failure) => why(&failure),
    }
}

fn page(cases: Vec<Case>, faces: Vec<Face>, role: Office) -> AnyView {
    let cases = RwSignal::new(cases);
    let held = StoredValue::new(faces.into_iter().map(|face| face.number).collect::<Vec<_>>());
    let entering = RwSignal::new(false);
    let columns = [NUMBER, CAUSE, ISSUES, HEARINGS, ACT].map(say).to_vec();
    let times =
        move |number: &str| held.with_value(|held| held.iter().filter(|held| *held == number).count());
    let body = move || {
        let line = |case: Case| {
            let times = times(&case.number);
            line(case, times, role)
        };
        cases.get().into_iter().map(line).collect()
    };
    view! {
        <header class="title">
            <h1>{say(TITLE)}</h1>
            <Button
                words=say(ENTER)
                look=Look::Primary
                press=move |()| entering.set(true)
                dead=not_yours(role.enters_cases())
                testid="enter-case"
            />
        </header>
        {move || cases.with(Vec::is_empty).then(|| view! { <Empty words=say(NONE) /> })}
        {rows(say(TITLE), "cases", columns, body)}
        <Dialog title=say(ENTER) open=entering testid="case-dialog">{enter(cases, entering)}</Dialog>
    }
    .into_any()
}

fn line(case: Case, times: usize, role: Office) -> AnyView {
    let issues = case.issues.len();
    let address = format!("/office/hearings/new?case={}", browser::encoded(&case.number));
    let prepare = role.prepares().then(|| view! { <a href=address>{say(PREPARE)}</a> }.into_any());
    let cells = vec![
        view! { <strong>{case.number.clone()}</strong> }.into_any(),
        view! { <span>{case.cause}</span> <span class="muted small">{say(case.kind.words())}</span> }
            .into_any(),
        view! { <span>{tell(move || COUNT.with("n", issues))}</span> }.into_any(),
        view! { <span>{tell(move || TIMES.with("n", times))}</span> }.into_any(),
        prepare.into_any(),
    ];
    row(format!("case-{}", case.number), "", cells)
}

fn enter(cases: RwSignal<Vec<Case>>, open: RwSignal<bool>) -> AnyView {
    let form = CaseForm::new();
    let sending = Sending::default();
    let dead = derived(move || match form.typed() {
        Ok(case) if cases.with(|cases| cases.iter().any(|known| known.number == case.number)) => {
            Some(KNOWN.into())
        }
        typed => typed.err(),
    });
    let press = move |()| {
        if let (None, Ok(case)) = (dead.get_untracked(), untrack(|| form.typed())) {
            sending.go(async move {
                fetch::post::<IgnoredAny>("/api/cases", None, &case).await?;
                open.set(false);
                cases.set(fetch::get("/api/cases", None).await?);
                Ok(())
            });
        }
    };
    view! {
        <div class="stack">
            {sending.news()}
            {form.view()}
            <Button words=say(SAVE) look=Look::Primary press dead busy=sending.busy testid="save-case" />
        </div>
    }
    .into_any()
}
