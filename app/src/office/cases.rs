//! The list of cases, entering one and changing what was entered; from a case a hearing is prepared.

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::{Office, hearing::plan::Case};
use serde::de::IgnoredAny;

use super::{
    case_form::{CaseForm, Typed},
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
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("案件", "Cases");
const ENTER: Words = words("登记案件", "Enter a case");
const NUMBER: Words = words("案号", "Case number");
const CAUSE: Words = words("案由", "Cause");
const ISSUES: Words = words("听证问题", "Issues");
const HEARINGS: Words = words("听证", "Hearings");
const ACT: Words = words("操作", "Do");
const PREPARE: Words = words("准备听证", "Prepare a hearing");
const CHANGE: Words = words("修改", "Change");
const CHANGE_TITLE: Words = words("修改案件", "Change the case");
const CHANGE_WHY: Words = words(
    "已经登记的听证不受影响；以后准备听证时，按修改后的内容填写。",
    "Hearings already registered stay as they are; the next one prepared begins from the new text.",
);
const KEEP: Words = words("保存", "Save");
const COUNT: Words = words("{n} 个问题", "Issues: {n}");
const TIMES: Words = words("已登记 {n} 次", "Hearings: {n}");
const SAVE: Words = words("登记", "Enter");
const KNOWN: Words = words("该案号已经登记。", "This case number has been entered already.");
const FIXED: Words = words("案号不能修改：{number}。", "The case number stays as it is: {number}.");
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
    let list = List { cases, role, opened: RwSignal::new(false), changed: RwSignal::new(None) };
    let form = CaseForm::new();
    let columns = [NUMBER, CAUSE, ISSUES, HEARINGS, ACT].map(say).to_vec();
    let times =
        move |number: &str| held.with_value(|held| held.iter().filter(|held| *held == number).count());
    let body = move || {
        let line = |case: Case| {
            let times = times(&case.number);
            list.line(case, times, form)
        };
        cases.get().into_iter().map(line).collect()
    };
    view! {
        <header class="title">
            <h1>{say(TITLE)}</h1>
            <Button
                words=say(ENTER)
                look=Look::Primary
                press=move |()| list.open(None, form)
                dead=not_yours(role.enters_cases())
                testid="enter-case"
            />
        </header>
        {move || cases.with(Vec::is_empty).then(|| view! { <Empty words=say(NONE) /> })}
        {rows(say(TITLE), "cases", columns, body)}
        <Dialog title=list.title() open=list.opened testid="case-dialog">{list.dialog(form)}</Dialog>
    }
    .into_any()
}

/// The list, and the case in the dialog.
#[derive(Clone, Copy)]
struct List {
    cases: RwSignal<Vec<Case>>,
    role: Office,
    /// Whether the dialog is open.
    opened: RwSignal<bool>,
    /// The number of the case that is being changed; none while a new one is entered.
    changed: RwSignal<Option<String>>,
}

impl List {
    /// Opens the dialog for a case of the list, or for a new one.
    fn open(self, case: Option<&Case>, form: CaseForm) {
        let number = case.map(|case| case.number.clone());
        // What was typed of a new case is still there when the dialog is opened again.
        if number.is_some() || self.changed.with_untracked(Option::is_some) {
            form.fill(case.map(Typed::from).unwrap_or_default());
        }
        self.changed.set(number);
        self.opened.set(true);
    }

    fn title(self) -> Signal<String> {
        tell(move || if self.changed.with(Option::is_some) { CHANGE_TITLE } else { ENTER }.into())
    }

    fn line(self, case: Case, times: usize, form: CaseForm) -> AnyView {
        let issues = case.issues.len();
        let address = format!("/office/hearings/new?case={}", browser::encoded(&case.number));
        let (number, cause, kind) = (case.number.clone(), case.cause.clone(), case.kind);
        let act = self.role.prepares().then(|| {
            let press = move |()| self.open(Some(&case), form);
            view! {
                <div class="row">
                    <a href=address>{say(PREPARE)}</a>
                    <Button words=say(CHANGE) look=Look::Quiet press testid="change-case" />
                </div>
            }
            .into_any()
        });
        let cells = vec![
            view! { <strong>{number.clone()}</strong> }.into_any(),
            view! { <span>{cause}</span> <span class="muted small">{say(kind.words())}</span> }.into_any(),
            view! { <span>{tell(move || COUNT.with("n", issues))}</span> }.into_any(),
            view! { <span>{tell(move || TIMES.with("n", times))}</span> }.into_any(),
            act.into_any(),
        ];
        row(format!("case-{number}"), "", cells)
    }

    /// Why what was typed is not sent.
    fn lacks(self, typed: Result<Case, Told>) -> Option<Told> {
        let case = match typed {
            Ok(case) => case,
            Err(lacks) => return Some(lacks),
        };
        match self.changed.get() {
            Some(number) => (number != case.number).then(|| FIXED.with("number", number)),
            None => {
                let known = self.cases.with(|cases| cases.iter().any(|known| known.number == case.number));
                known.then(|| KNOWN.into())
            }
        }
    }

    fn dialog(self, form: CaseForm) -> AnyView {
        let sending = Sending::default();
        let dead = derived(move || self.lacks(form.typed()));
        let press = move |()| {
            if let (None, Ok(case)) = (dead.get_untracked(), untrack(|| form.typed())) {
                let sent = self.changed.get_untracked();
                sending.go(async move {
                    if sent.is_some() {
                        fetch::patch("/api/cases", &case).await?;
                    } else {
                        fetch::post::<IgnoredAny>("/api/cases", None, &case).await?;
                    }
                    // Meanwhile another case may have been opened.
                    if self.changed.try_get_untracked() == Some(sent) {
                        self.opened.set(false);
                        form.fill(Typed::default());
                    }
                    self.cases.set(fetch::get("/api/cases", None).await?);
                    Ok(())
                });
            }
        };
        let changing = move || self.changed.with(Option::is_some);
        let save = tell(move || if changing() { KEEP } else { SAVE }.into());
        view! {
            <div class="stack">
                <p class="muted" hidden=move || !changing()>{say(CHANGE_WHY)}</p>
                {sending.news()}
                {form.view()}
                <Button words=save look=Look::Primary press dead busy=sending.busy testid="save-case" />
            </div>
        }
        .into_any()
    }
}
