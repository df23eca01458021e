//! The pool of panellists: who can be drawn, by class, field and region; kept by the case-management department.

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::Office;
use serde::{Deserialize, Serialize};

use super::desk::{Me, Place, desk};
use crate::{
    browser::fetch::{self, Answer},
    calendar,
    kit::{
        asked::or_why,
        button::{Button, Look},
        dialog::Dialog,
        empty::Empty,
        rows::{row, rows},
        select::Select,
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

mod edit;
mod import;

const TITLE: Words = words("听证员名册", "Panellists");
const LEAD: Words = words(
    "听证员一般从名册中抽取（《人民检察院审查案件听证工作规定》第七条）。名册由案件管理部门维护。",
    "Panellists are normally drawn from this pool (Hearing Rules (2020), Art. 7). The case-management department keeps it.",
);
const ADD: Words = words("添加听证员", "Add a panellist");
const IMPORT: Words = words("批量导入", "Import several");
const CHANGE: Words = words("修改", "Change");
const NAME: Words = words("姓名", "Name");
const CLASS: Words = words("界别", "Class");
const FIELD: Words = words("专业领域和地区", "Field and region");
const AGE: Words = words("年龄", "Age");
const STATE: Words = words("状态", "State");
const ACT: Words = words("操作", "Do");
const YEARS: Words = words("{n} 岁", "{n}");
const CAN: Words = words("可以抽取", "Can be drawn");
const RESTS: Words = words("暂停抽取", "Not drawn at present");
const BARRED: Words = words("不得担任", "Barred");
const ALL_CLASSES: Words = words("全部界别", "All classes");
const COUNT: Words =
    words("名册共 {all} 人，其中 {can} 人可以抽取。", "{all} in the pool, {can} of whom can be drawn.");
const NONE: Words = words(
    "名册还是空的。案件管理部门添加听证员以后，才能抽取。",
    "The pool is empty. Panellists can be drawn once the case-management department has entered them.",
);

/// A panellist of the pool, as it travels.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(super) struct Panellist {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) post: String,
    pub(super) class: String,
    pub(super) specialty: String,
    pub(super) region: String,
    pub(super) birth_year: i64,
    pub(super) phone_tail: String,
    pub(super) active: bool,
    pub(super) barred: Option<String>,
}

impl Panellist {
    /// Whether the person can be drawn.
    pub(super) fn can_be_drawn(&self) -> bool {
        self.active && self.barred.is_none()
    }

    /// Years by the calendar: the day of birth is not known, so the person may be a year younger.
    pub(super) fn age(&self) -> i64 {
        (calendar::year() - self.birth_year).max(0)
    }
}

/// The classes of a pool, in the order of their names.
pub(super) fn classes(people: &[Panellist], of: fn(&Panellist) -> &String) -> Vec<(String, String)> {
    let mut found: Vec<String> = people.iter().map(of).filter(|name| !name.is_empty()).cloned().collect();
    found.sort();
    found.dedup();
    found.into_iter().map(|name| (name.clone(), name)).collect()
}

/// The page.
#[component]
pub fn Pool() -> impl IntoView {
    desk(Place::Pool, vec!["/api/pool".into()], draw)
}

fn draw(me: &Me, answers: &[Answer]) -> AnyView {
    let role = me.role;
    answers.first().map(|answer| or_why(answer, move |people| page(people, role))).into_any()
}

/// What is being edited: nobody, somebody new, or somebody known.
type Edited = RwSignal<Option<Panellist>>;

fn page(people: Vec<Panellist>, role: Office) -> AnyView {
    let people = RwSignal::new(people);
    let (edited, importing) = (Edited::new(None), RwSignal::new(false));
    let class = RwSignal::new(String::new());
    let keeps = role.keeps_pool();
    let add = move |()| edited.set(Some(Panellist { active: true, ..Panellist::default() }));
    let count = tell(move || {
        people.with(|people| {
            let can = people.iter().filter(|person| person.can_be_drawn()).count();
            COUNT.with("all", people.len()).with("can", can)
        })
    });
    let shown = move || {
        let class = class.get();
        let mut people = people.get();
        people.retain(|person| class.is_empty() || person.class == class);
        people
    };
    // Others are told above who keeps the pool.
    let keep = keeps.then(|| {
        view! {
            <Button words=say(IMPORT) press=move |()| importing.set(true) testid="import" />
            <Button words=say(ADD) look=Look::Primary press=add testid="add-panellist" />
        }
        .into_any()
    });
    let mut columns = [NAME, CLASS, FIELD, AGE, STATE, ACT].map(say).to_vec();
    columns.truncate(if keeps { 6 } else { 5 });
    let body = move || shown().into_iter().map(|person| line(person, edited, keeps)).collect();
    let offered = derived(move || people.with(|people| classes(people, |person| &person.class)));
    view! {
        <header class="title">
            <h1>{say(TITLE)}</h1>
            {keep}
        </header>
        <p class="muted">{say(LEAD)}</p>
        <div class="filters">
            <Select label=say(CLASS) value=class options=offered none=say(ALL_CLASSES) testid="class" />
            <p class="muted" data-testid="pool-count">{count}</p>
        </div>
        {move || people.with(Vec::is_empty).then(|| view! { <Empty words=say(NONE) /> })}
        {rows(say(TITLE), "pool", columns, body)}
        {edit::dialog(edited, people)}
        <Dialog title=say(IMPORT) open=importing testid="import-dialog">{import::form(people, importing)}</Dialog>
    }
    .into_any()
}

fn line(person: Panellist, edited: Edited, keeps: bool) -> AnyView {
    let (words, tone) = match (&person.barred, person.active) {
        (Some(_), _) => (BARRED, Tone::Alert),
        (None, true) => (CAN, Tone::Good),
        (None, false) => (RESTS, Tone::Wait),
    };
    let age = person.age();
    let name = person.name.clone();
    let known = person.clone();
    let press = move |()| edited.set(Some(known.clone()));
    let fields: Vec<String> =
        [person.specialty, person.region].into_iter().filter(|text| !text.is_empty()).collect();
    let change = keeps.then(|| {
        let testid = format!("change-{}", person.id);
        view! { <Button words=say(CHANGE) look=Look::Quiet press testid /> }.into_any()
    });
    let cells = vec![
        view! { <strong>{name.clone()}</strong> <span class="muted small">{person.post}</span> }.into_any(),
        view! { <span>{person.class}</span> }.into_any(),
        view! { <span class="muted">{fields.join(" · ")}</span> }.into_any(),
        view! { <span>{tell(move || YEARS.with("n", age))}</span> }.into_any(),
        view! { <Tag words=say(words) tone /> <span class="muted small">{person.barred}</span> }.into_any(),
    ];
    let cells = cells.into_iter().chain(change).collect();
    row(format!("panellist-{name}"), "", cells)
}

/// The list anew.
async fn refresh(people: RwSignal<Vec<Panellist>>) -> Result<(), fetch::Failure> {
    people.set(fetch::get("/api/pool", None).await?);
    Ok(())
}

/// What is wrong with an entry, before the server is asked.
fn lacking(person: &Panellist) -> Option<Told> {
    const NEED: Words = words(
        "请填写姓名、身份、界别、出生年份和手机号码后四位。",
        "Please give name, post, class, year of birth and the last four digits of the phone number.",
    );
    const YEAR: Words = words("出生年份应为四位数字。", "The year of birth has four digits.");
    const TAIL: Words = words("手机号码后四位应为四位数字。", "The end of the phone number has four digits.");
    let texts = [&person.name, &person.post, &person.class];
    if texts.iter().any(|text| text.trim().is_empty()) {
        return Some(NEED.into());
    }
    if !(1900..=calendar::year()).contains(&person.birth_year) {
        return Some(YEAR.into());
    }
    let four = person.phone_tail.len() == 4 && person.phone_tail.bytes().all(|byte| byte.is_ascii_digit());
    (!four).then(|| TAIL.into())
}
