//! The published records of open hearings, for anybody: the list, and one of them. What was withdrawn says so.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use procedure::{Moment, hearing::plan::Kind};
use serde::Deserialize;

use crate::{
    calendar,
    front::Front,
    kit::{
        asked::{asked, or_why, why},
        band::Band,
        empty::Empty,
        tag::Tone,
    },
    missing,
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("公开笔录", "Public records");
const LEAD: Words = words(
    "公开听证的笔录经核对后在这里公布。当事人等人员的姓名和可以识别个人的信息已经遮盖。",
    "Records of open hearings are published here once they have been checked. Names of parties and whatever could identify a person are masked.",
);
const NONE: Words = words("目前没有公布的笔录。", "No record has been published yet.");
const BEFORE: Words = words("上一页", "Previous page");
const AFTER: Words = words("下一页", "Next page");
const PAGES: Words = words("公开笔录分页", "Pages of public records");
const RECORD: Words = words("听证笔录", "Record of the hearing");
const BACK: Words = words("全部公开笔录", "All public records");
const PUBLISHED: Words = words("公布于{at}", "Published on {at}");
const WITHDRAWN: Words = words("这份笔录已于{at}撤回。", "This record was withdrawn on {at}.");
const TO_RECORDS: Words = words("公开笔录", "Public records");

/// A page of the list.
#[derive(Clone, Debug, Deserialize)]
struct Page {
    page: u64,
    more: bool,
    records: Vec<Listed>,
}

/// A record in the list.
#[derive(Clone, Debug, Deserialize)]
struct Listed {
    id: String,
    number: String,
    kind: Kind,
    cause: String,
    office: String,
    held: Moment,
    published: Moment,
}

/// A record, or the note that there was one.
#[derive(Clone, Debug, Deserialize)]
struct Public {
    published: Moment,
    withdrawn: Option<Moment>,
    document: Option<Document>,
}

#[derive(Clone, Debug, Deserialize)]
struct Document {
    number: String,
    kind: Kind,
    cause: String,
    office: String,
    held: Moment,
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Deserialize)]
struct Line {
    number: u32,
    at: Moment,
    step: String,
    speaker: String,
    text: String,
}

/// A day in words that stay.
fn on(words: Words, at: Moment) -> Signal<String> {
    let day = calendar::day(at);
    tell(move || Told::from(words).with_told("at", &day))
}

/// The way here from other pages.
pub(crate) fn way() -> AnyView {
    view! { <p><a href="/records" data-testid="to-records">{say(TO_RECORDS)}</a></p> }.into_any()
}

/// The list.
#[component]
pub fn Records() -> impl IntoView {
    let query = use_query_map();
    let list = move || {
        let page = query.with(|query| query.get_str("page").and_then(|page| page.parse::<u64>().ok()));
        let turned = page.map(|page| format!("?page={page}")).unwrap_or_default();
        asked(vec![format!("/api/public-records{turned}")], |answers| {
            answers.first().map(|answer| or_why(answer, listed)).into_any()
        })
    };
    view! {
        <Front title=say(TITLE) here="">
            <h1>{say(TITLE)}</h1>
            <p class="lead">{say(LEAD)}</p>
            {list}
        </Front>
    }
    .into_any()
}

fn turn(page: u64, words: Words) -> AnyView {
    view! { <a class="button" href=format!("/records?page={page}")>{say(words)}</a> }.into_any()
}

fn listed(found: Page) -> AnyView {
    let Page { page, more, records } = found;
    if records.is_empty() {
        return view! { <Empty words=say(NONE) /> }.into_any();
    }
    let rows: Vec<AnyView> = records
        .into_iter()
        .map(|record| {
            let day = calendar::day(record.held);
            view! {
                <li data-testid=format!("record-{}", record.id)>
                    <a href=format!("/records/{}", record.id)>{record.cause}</a>
                    <p class="muted small">
                        {record.number} " · " {say(record.kind.words())} " · " {record.office} " · "
                        {tell(move || day.clone())} " · " {on(PUBLISHED, record.published)}
                    </p>
                </li>
            }
            .into_any()
        })
        .collect();
    let before = (page > 1).then(|| turn(page - 1, BEFORE));
    let after = more.then(|| turn(page + 1, AFTER));
    let turns = (page > 1 || more)
        .then(|| view! { <nav class="ways" aria-label=say(PAGES)>{before} {after}</nav> }.into_any());
    view! {
        <ul class="records" data-testid="records">{rows}</ul>
        {turns}
    }
    .into_any()
}

/// One record.
#[component]
pub fn Record() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let record = asked(vec![format!("/api/public-records/{id}")], |answers| {
        let told = answers
            .into_iter()
            .next()
            .map(|answer| answer.and_then(|text| crate::browser::fetch::told(&text)));
        match told {
            Some(Ok(record)) => shown(record),
            Some(Err(failure)) => {
                missing();
                why(&failure)
            }
            None => ().into_any(),
        }
    });
    view! {
        <Front title=say(RECORD) here="">
            <p class="back"><a href="/records">{say(BACK)}</a></p>
            <h1>{say(RECORD)}</h1>
            {record}
        </Front>
    }
    .into_any()
}

fn shown(record: Public) -> AnyView {
    let withdrawn = record.withdrawn.map(|at| {
        view! { <Band tone=Tone::Wait testid="record-withdrawn">{on(WITHDRAWN, at)}</Band> }.into_any()
    });
    let document = record.document.map(|document| {
        let day = calendar::day(document.held);
        let lines: Vec<AnyView> = document.lines.into_iter().map(line).collect();
        view! {
            <p class="muted">
                {document.number} " · " {say(document.kind.words())} "：" {document.cause} " · " {document.office} " · "
                {tell(move || day.clone())}
            </p>
            <p class="muted small">{on(PUBLISHED, record.published)}</p>
            <ol class="records" data-testid="record-lines">{lines}</ol>
        }
        .into_any()
    });
    view! {
        {withdrawn}
        {document}
    }
    .into_any()
}

fn line(line: Line) -> AnyView {
    let speaker = Some(line.speaker).filter(|speaker| !speaker.is_empty());
    let speaker = speaker.map(|speaker| view! { <strong>{speaker} "："</strong> }.into_any());
    view! {
        <li>
            <span class="muted small">{line.number} " · " {line.step} " · " {calendar::hour(line.at)}</span>
            <p>{speaker} {line.text}</p>
        </li>
    }
    .into_any()
}
