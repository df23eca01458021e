//! Preparing a hearing from a case: the case, the issues, mode, openness, place and time, and who sits where.
//!
//! Whether it can be registered, and why not, the rules say while one types. What is typed is kept in this browser
//! until the hearing is registered.

use crate::kit::see::derived;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use procedure::{
    Office,
    hearing::plan::{Case, Setting},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    case_form::{CaseForm, Typed},
    desk::{Me, Place, desk, not_yours, plan, submit},
};
use crate::{
    browser::{
        self,
        fetch::{self, Answer},
        storage,
    },
    kit::{
        asked::or_why,
        band::Band,
        button::{Button, Look},
        card::Card,
        select::Select,
        sending::Sending,
        tag::Tone,
    },
    words::{Told, Words, say, words},
};

mod seats;
mod setting;

pub(super) use setting::{SettingForm, Typed as TypedSetting, as_it_is, at};

use seats::Seats;

const BACK: Words = words("听证", "Hearings");
const TITLE: Words = words("准备听证", "Prepare a hearing");
const LEAD: Words = words(
    "登记后，由案件管理部门从名册中抽取听证员，报检察长批准，再告知参加人、发布公告、签发邀请。所填内容自动保存在本机，登记后清除。",
    "Once registered, case management draws the panel, the chief prosecutor approves, then participants are told, the notice published and invitations issued. What you type is kept on this device until the hearing is registered.",
);
const FROM: Words = words("从已登记的案件开始", "Begin from a case that was entered");
const NEW_CASE: Words = words("新的案件", "A new case");
const CASE: Words = words("一、案件和听证问题", "1. The case and the issues");
const SETTING: Words = words("二、听证安排", "2. Form, place and time");
const SEATS: Words = words("三、席位", "3. Seats");
const SEATS_WHY: Words = words(
    "听证员由名册抽取，登记后安排；其他人员现在可以不填，登记后再补。",
    "Panellists are drawn from the pool after registration; the others may be added later too.",
);
const REGISTER: Words = words("登记听证", "Register the hearing");
const EMPTY: Words = words("清空重填", "Empty the form");
const HALF: Words = words(
    "听证已经登记，但有的席位没有安排成功。可以再试一次，或者到听证页面继续安排。",
    "The hearing has been registered, but not every seat. Try again, or go on at the page of the hearing.",
);
const GO: Words = words("打开听证页面", "Open the page of the hearing");

/// Under which name the draft is kept in this browser.
const DRAFT: &str = "fengqiao.draft.hearing";

/// What is kept of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    case: Typed,
    setting: setting::Typed,
    seats: Vec<super::seating::Typed>,
}

/// The whole form.
#[derive(Clone, Copy)]
struct Form {
    role: Office,
    case: CaseForm,
    setting: SettingForm,
    seats: Seats,
    /// The hearing, once it is registered, and how many of its seats are done.
    done: RwSignal<Option<(String, usize)>>,
    sending: Sending,
}

/// The page.
#[component]
pub fn NewHearing() -> impl IntoView {
    desk(Place::Hearings, vec!["/api/cases".into()], draw)
}

fn draw(me: &Me, answers: &[Answer]) -> AnyView {
    let role = me.role;
    answers.first().map(|answer| or_why(answer, move |cases| page(cases, role))).into_any()
}

fn page(cases: Vec<Case>, role: Office) -> AnyView {
    let form = Form {
        role,
        case: CaseForm::new(),
        setting: SettingForm::new(),
        seats: Seats::new(),
        done: RwSignal::new(None),
        sending: Sending::default(),
    };
    let wanted = use_query_map().with_untracked(|query| query.get_str("case").map(str::to_string));
    let chosen = RwSignal::new(wanted.clone().unwrap_or_default());
    let begin = move |cases: &[Case], number: &str| {
        if let Some(case) = cases.iter().find(|case| case.number == number) {
            form.case.fill(case.into());
        }
    };
    begin(&cases, &chosen.get_untracked());
    keep(form, wanted);
    let offered =
        cases.iter().map(|case| (case.number.clone(), format!("{} {}", case.number, case.cause))).collect();
    let offered: Signal<Vec<(String, String)>> = Signal::stored(offered);
    Effect::watch(
        move || chosen.get(),
        move |number, before, _: Option<()>| {
            if Some(number) != before && !number.is_empty() {
                begin(&cases, number);
            }
        },
        false,
    );
    let few = offered.with_untracked(Vec::is_empty);
    view! {
        <nav class="crumbs"><a href="/office">{say(BACK)}</a></nav>
        <header class="title">
            <h1>{say(TITLE)}</h1>
        </header>
        <p class="muted">{say(LEAD)}</p>
        <Card title=say(CASE)>
            <div class="narrow" hidden=few>
                <Select label=say(FROM) value=chosen options=offered none=say(NEW_CASE) testid="from-case" />
            </div>
            {form.case.view()}
        </Card>
        <Card title=say(SETTING)>{form.setting.view(derived(move || form.case.kind()))}</Card>
        <Card title=say(SEATS)>
            <p class="muted">{say(SEATS_WHY)}</p>
            {form.seats.view()}
        </Card>
        {register(form)}
    }
    .into_any()
}

/// Recalls what was kept in this browser, unless it is of another case than the one asked for; keeps what is typed.
fn keep(form: Form, wanted: Option<String>) {
    Effect::new(move |_| {
        let kept = storage::kept(DRAFT).and_then(|kept| serde_json::from_str::<Kept>(&kept).ok());
        if let Some(kept) =
            kept.filter(|kept| wanted.as_ref().is_none_or(|number| *number == kept.case.number))
        {
            untrack(|| form.fill(kept));
        }
    });
    Effect::new(move |_| {
        let kept = form.so_far();
        if form.done.with_untracked(Option::is_none)
            && let Ok(kept) = serde_json::to_string(&kept)
        {
            storage::keep(DRAFT, &kept);
        }
    });
}

impl Form {
    fn so_far(self) -> Kept {
        Kept { case: self.case.so_far(), setting: self.setting.so_far(), seats: self.seats.so_far() }
    }

    fn fill(self, kept: Kept) {
        self.case.fill(kept.case);
        self.setting.fill(kept.setting);
        self.seats.fill(kept.seats);
    }

    /// What is to be registered, and why the rules would refuse it.
    fn typed(self) -> Result<(Case, Setting), Told> {
        let (case, setting) = (self.case.typed()?, self.setting.typed()?);
        self.seats.check(self.role, &case, &setting)?;
        Ok((case, setting))
    }
}

fn register(form: Form) -> AnyView {
    let sending = form.sending;
    let yours = not_yours(form.role.prepares());
    let dead = derived(move || yours.get().or_else(|| form.typed().err()));
    let press = move |()| {
        if let Ok((case, setting)) = untrack(|| form.typed()) {
            sending.go(send(form, case, setting));
        }
    };
    let empty = move |()| form.fill(Kept::default());
    let half = move || {
        let (id, _) = form.done.get().filter(|_| sending.failure.with(Option::is_some))?;
        let address = format!("/office/hearings/{id}");
        Some(view! { <Band tone=Tone::Wait>{say(HALF)} " " <a href=address>{say(GO)}</a></Band> }.into_any())
    };
    view! {
        <div class="stack">
            {sending.news()}
            {half}
            <div class="row">
                <Button words=say(REGISTER) look=Look::Primary press dead busy=sending.busy testid="register" />
                <Button words=say(EMPTY) look=Look::Quiet press=empty testid="empty-form" />
            </div>
        </div>
    }
    .into_any()
}

/// Registers the hearing, then the seats one by one; what is done is not done again after a failure.
async fn send(form: Form, case: Case, setting: Setting) -> Result<(), fetch::Failure> {
    #[derive(Deserialize)]
    struct Registered {
        id: String,
    }
    let (id, seated) = match form.done.get_untracked() {
        Some(done) => done,
        None => {
            let body = json!({ "case": case, "hearing": setting });
            let registered: Registered = fetch::post("/api/hearings", None, &body).await?;
            form.done.set(Some((registered.id.clone(), 0)));
            storage::forget(DRAFT);
            (registered.id, 0)
        }
    };
    for (at, seating) in untrack(|| form.seats.typed()).into_iter().enumerate().skip(seated) {
        submit(&id, plan(procedure::hearing::plan::Command::Seat(seating))).await?;
        form.done.set(Some((id.clone(), at + 1)));
    }
    browser::go(&format!("/office/hearings/{id}"));
    Ok(())
}
