//! Preparing a hearing from a case: the case, the issues, mode, openness, place and time, and who sits where.
//!
//! Whether it can be registered, and why not, the rules say while one types. What is typed is kept in this browser, a
//! draft for each account and case, until everybody has a seat; whoever comes back half-way goes on with the same
//! hearing.

use crate::kit::see::{derived, effect};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use procedure::{
    Office,
    hearing::plan::{Case, Setting},
};

use super::{
    case_form::{CaseForm, Typed},
    desk::{Me, Place, desk},
    draft,
};
use crate::{
    browser::{encoded, fetch::Answer},
    kit::{asked::or_why, card::Card, select::Select, sending::Sending},
    words::{Told, Words, say, words},
};

mod recall;
mod register;
mod seats;
mod setting;

pub(super) use setting::{SettingForm, Typed as TypedSetting, as_it_is, at};

use recall::{Kept, keep};
use register::Reached;
use seats::Seats;

const BACK: Words = words("听证", "Hearings");
const TITLE: Words = words("准备听证", "Prepare a hearing");
const LEAD: Words = words(
    "登记后，由案件管理部门从名册中抽取听证员，报检察长批准，再告知参加人、发布公告、签发邀请。所填内容按案件自动保存在本机，席位全部安排后清除；退出登录或者他人在本机登录时，草稿一并清除。",
    "Once registered, case management draws the panel, the chief prosecutor approves, then participants are told, the notice published and invitations issued. What you type is kept on this device, a draft for each case, until everybody has a seat; they are cleared when you sign out, or when somebody else signs in on this device.",
);
const DRAFTS: Words = words("其他未完成的草稿：", "Other drafts: ");
const UNNUMBERED: Words = words("未选案件的草稿", "without a case");
const FROM: Words = words("从已登记的案件开始", "Begin from a case that was entered");
const NEW_CASE: Words = words("新的案件", "A new case");
const CASE: Words = words("一、案件和听证问题", "1. The case and the issues");
const SETTING: Words = words("二、听证安排", "2. Form, place and time");
const SEATS: Words = words("三、席位", "3. Seats");
const ELSEWHERE: Words = words(
    "这份草稿已经在另一个窗口办理完毕或者清除。要登记另一次听证，请清空重填。",
    "This draft was finished or cleared in another window. To register another hearing, empty the form.",
);
const SEATS_WHY: Words = words(
    "听证员由名册抽取，登记后安排；其他人员现在可以不填，登记后再补。",
    "Panellists are drawn from the pool after registration; the others may be added later too.",
);

/// The whole form.
#[derive(Clone, Copy)]
struct Form {
    account: StoredValue<String>,
    role: Office,
    /// The number of the case of which this is the draft; empty where none was chosen.
    slot: RwSignal<String>,
    case: CaseForm,
    setting: SettingForm,
    seats: Seats,
    /// How far the registration has come.
    reached: RwSignal<Reached>,
    /// The case as it had been entered when the draft was begun.
    from: RwSignal<Option<Typed>>,
    /// The case as it is entered now, where that has been changed since.
    changed: RwSignal<Option<Typed>>,
    /// What stood in the form before anything was typed.
    begun: StoredValue<Option<Kept>>,
    /// Whether everything is done, and nothing is kept any more.
    over: StoredValue<bool>,
    /// Whether this draft lies in the browser.
    stored: StoredValue<bool>,
    /// Whether another window is done with it.
    elsewhere: RwSignal<bool>,
    sending: Sending,
}

/// The page.
#[component]
pub fn NewHearing() -> impl IntoView {
    desk(Place::Hearings, vec!["/api/cases".into()], draw)
}

fn draw(me: &Me, answers: &[Answer]) -> AnyView {
    let me = me.clone();
    answers.first().map(|answer| or_why(answer, move |cases| page(cases, me))).into_any()
}

fn page(cases: Vec<Case>, me: Me) -> AnyView {
    let wanted = use_query_map().with_untracked(|query| query.get_str("case").map(str::to_string));
    let form = Form {
        account: StoredValue::new(me.name),
        role: me.role,
        slot: RwSignal::new(wanted.unwrap_or_default()),
        case: CaseForm::new(),
        setting: SettingForm::new(),
        seats: Seats::new(),
        reached: RwSignal::new(Reached::Typing),
        from: RwSignal::new(None),
        changed: RwSignal::new(None),
        begun: StoredValue::new(None),
        over: StoredValue::new(false),
        stored: StoredValue::new(false),
        elsewhere: RwSignal::new(false),
        sending: Sending::default(),
    };
    let offered =
        cases.iter().map(|case| (case.number.clone(), format!("{} {}", case.number, case.cause))).collect();
    let offered: Signal<Vec<(String, String)>> = Signal::stored(offered);
    form.begin(case_of(&cases, &form.slot.get_untracked()));
    keep(form, cases);
    let few = offered.with_untracked(Vec::is_empty);
    let sent = move || form.reached.with(|reached| *reached != Reached::Typing) || form.sending.busy.get();
    view! {
        <nav class="crumbs"><a href="/office">{say(BACK)}</a></nav>
        <header class="title">
            <h1>{say(TITLE)}</h1>
        </header>
        <p class="muted">{say(LEAD)}</p>
        {drafts(form)}
        <Card title=say(CASE)>
            <fieldset class="stack" disabled=sent>
                <div class="narrow" hidden=few>
                    <Select label=say(FROM) value=form.slot options=offered none=say(NEW_CASE) testid="from-case" />
                </div>
                {form.asks()}
                {form.case.view()}
            </fieldset>
        </Card>
        <Card title=say(SETTING)>
            <fieldset class="stack" disabled=sent>{form.setting.view(derived(move || form.case.kind()))}</fieldset>
        </Card>
        <Card title=say(SEATS)>
            <p class="muted">{say(SEATS_WHY)}</p>
            <fieldset class="stack" disabled=move || form.sending.busy.get()>{form.seats.view()}</fieldset>
        </Card>
        {register::view(form)}
    }
    .into_any()
}

/// What is known of a case that was entered; nothing of any other.
fn case_of(cases: &[Case], number: &str) -> Typed {
    cases.iter().find(|case| case.number == number).map(Typed::from).unwrap_or_default()
}

/// The way to the other drafts of this account.
fn drafts(form: Form) -> AnyView {
    let others = RwSignal::new(Vec::<String>::new());
    effect(move || {
        let slot = form.slot.get();
        let mut cases = form.account.with_value(|account| draft::cases(account));
        cases.retain(|case| *case != slot);
        others.set(cases);
    });
    let link = |case: String| {
        let words = if case.is_empty() { say(UNNUMBERED) } else { Signal::stored(case.clone()) };
        let address = match case.as_str() {
            "" => "/office/hearings/new".to_string(),
            case => format!("/office/hearings/new?case={}", encoded(case)),
        };
        view! { <a href=address rel="external">{words}</a> " " }.into_any()
    };
    let links = move || others.get().into_iter().map(link).collect::<Vec<AnyView>>();
    view! {
        <p hidden=move || others.with(Vec::is_empty) data-testid="other-drafts">{say(DRAFTS)} {links}</p>
    }
    .into_any()
}

impl Form {
    fn name(self) -> String {
        self.account.with_value(|account| draft::name(account, &self.slot.get_untracked()))
    }

    /// What is to be registered, and why the rules would refuse it.
    fn typed(self) -> Result<(Case, Setting), Told> {
        if self.elsewhere.get() {
            return Err(ELSEWHERE.into());
        }
        let (case, setting) = (self.case.typed()?, self.setting.typed()?);
        self.seats.check(self.role, &case, &setting)?;
        Ok((case, setting))
    }
}
