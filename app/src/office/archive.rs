//! The archive: finding a sealed hearing again by words, case, person, day and office. The address is the search, so that it
//! can be kept and sent to a colleague.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use procedure::{
    Moment,
    hearing::plan::{Kind, Openness},
};
use serde::Deserialize;

use super::desk::{Me, Place, desk, fixed};
use crate::{
    browser::{encoded, fetch::Answer},
    calendar,
    kit::{asked::or_why, empty::Empty},
    words::{Words, say, tell, words},
};

pub mod file;

const TITLE: Words = words("归档", "Archive");
const LEAD: Words = words(
    "已封存的听证都在这里。各项条件可以单独使用，也可以合并使用；每次检索都记入查阅记录。",
    "Every sealed hearing is here. Use one field or several together. Every search is noted in the access log.",
);
const FIND: Words = words("检索", "Search");
const CLEAR: Words = words("清空条件", "Clear");
const COUNT: Words = words("共 {n} 次听证", "{n} hearings");
const NONE: Words = words("没有符合条件的听证。", "No hearing in the archive is like that.");
const MATCHES: Words = words("{n} 处符合", "{n} places match");
const LINE: Words = words("笔录第 {n} 行", "Line {n} of the record");
const DECISION: Words = words("决定，笔录第 {n} 行", "Decision, line {n} of the record");
const EXHIBIT: Words = words("证据 {n}", "Exhibit {n}");
const CASE: Words = words("案件", "Case");
const ISSUE: Words = words("听证问题", "Issue");
const PERSON: Words = words("人员", "Person");
const OFFICE: Words = words("副卷", "Confidential volume");
const BEFORE: Words = words("上一页", "Previous page");
const AFTER: Words = words("下一页", "Next page");
const PAGES: Words = words("检索结果分页", "Pages of results");

/// The fields of the search: name in the address, kind of input, words.
const FIELDS: [(&str, &str, Words); 6] = [
    ("text", "search", words("全文（词语之间用空格隔开）", "Words (with spaces between)")),
    ("case", "text", words("案号或者案由", "Case number or cause")),
    ("person", "text", words("人员姓名", "Name of a person")),
    ("from", "date", words("听证日期自", "Held from")),
    ("to", "date", words("听证日期至", "Held until")),
    ("office", "text", words("办理单位", "Office")),
];

/// A sealed hearing.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) hearing: String,
    pub(super) number: String,
    pub(super) kind: Kind,
    pub(super) cause: String,
    pub(super) office: String,
    pub(super) openness: Openness,
    pub(super) held: Moment,
}

/// The same as it was found.
#[derive(Clone, Debug, Deserialize)]
struct Listed {
    hearing: String,
    number: String,
    kind: Kind,
    cause: String,
    office: String,
    openness: Openness,
    held: Moment,
    matches: u64,
    passages: Vec<Shown>,
}

/// A passage that holds what was looked for.
#[derive(Clone, Debug, Deserialize)]
struct Shown {
    part: String,
    line: u64,
    speaker: String,
    excerpt: Excerpt,
}

/// A piece of it.
#[derive(Clone, Debug, Deserialize)]
struct Excerpt {
    text: String,
    /// Begin and length of each place, in letters.
    marks: Vec<(u64, u64)>,
    cut_before: bool,
    cut_after: bool,
}

/// A page of what was found.
#[derive(Clone, Debug, Deserialize)]
struct Found {
    count: u64,
    page: u64,
    page_max: u64,
    hearings: Vec<Listed>,
}

/// The page.
#[component]
pub fn Archive() -> impl IntoView {
    let query = use_query_map();
    (move || {
        query.track();
        desk(Place::Archive, vec![format!("/api/archive{}", asked(None))], draw)
    })
    .into_any()
}

/// What the address asks for, on another page where one is given: beginning with `?`, or empty.
fn asked(page: Option<u64>) -> String {
    let query = use_query_map().get_untracked();
    let mut given: Vec<String> = FIELDS
        .iter()
        .filter_map(|(name, ..)| {
            let value = query.get_str(name)?.trim().to_string();
            (!value.is_empty()).then(|| format!("{name}={}", encoded(&value)))
        })
        .collect();
    let here = query.get_str("page").and_then(|page| page.parse().ok());
    given.extend(page.or(here).map(|page: u64| format!("page={page}")));
    if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) }
}

fn draw(_: &Me, answers: &[Answer]) -> AnyView {
    let found = answers.first().map(|answer| or_why(answer, results));
    view! {
        <header class="title">
            <h1>{say(TITLE)}</h1>
        </header>
        <p class="muted">{say(LEAD)}</p>
        <div class="archive">
            {form()}
            {found}
        </div>
    }
    .into_any()
}

/// A plain form: it works before any script does.
fn form() -> AnyView {
    let query = use_query_map().get_untracked();
    let fields: Vec<AnyView> = FIELDS
        .into_iter()
        .map(|(name, kind, words)| {
            let id = format!("archive-{name}");
            let value = query.get_str(name).unwrap_or_default().to_string();
            view! {
                <div class="field">
                    <label for=id.clone()>{say(words)}</label>
                    <input id=id.clone() data-testid=id name=name type=kind value=value autocomplete="off" />
                </div>
            }
            .into_any()
        })
        .collect();
    view! {
        <form method="get" action="/office/archive" role="search" aria-label=say(TITLE)>
            {fields}
            <div class="ways">
                <button class="button primary" type="submit" data-testid="archive-find">{say(FIND)}</button>
                <a href="/office/archive">{say(CLEAR)}</a>
            </div>
        </form>
    }
    .into_any()
}

fn results(found: Found) -> AnyView {
    let Found { count, page, page_max, hearings } = found;
    if hearings.is_empty() {
        return view! { <div role="status" data-testid="archive-none"><Empty words=say(NONE) /></div> }
            .into_any();
    }
    let rows: Vec<AnyView> = hearings.into_iter().map(hit).collect();
    let more = page.saturating_mul(page_max) < count;
    let before = (page > 1).then(|| turn(page - 1, BEFORE));
    let after = more.then(|| turn(page + 1, AFTER));
    view! {
        <p role="status" data-testid="archive-count">{tell(move || COUNT.with("n", count))}</p>
        <ol class="found" data-testid="archive-found">{rows}</ol>
        <nav class="ways" aria-label=say(PAGES)>{before} {after}</nav>
    }
    .into_any()
}

fn turn(page: u64, words: Words) -> AnyView {
    view! { <a class="button" href=format!("/office/archive{}", asked(Some(page)))>{say(words)}</a> }
        .into_any()
}

fn hit(found: Listed) -> AnyView {
    let address = format!("/office/archive/{}", found.hearing);
    let matches = found.matches;
    let counted = (matches > 0).then(|| {
        view! { <span class="muted small">{tell(move || MATCHES.with("n", matches))}</span> }.into_any()
    });
    let lines: Vec<AnyView> = found.passages.into_iter().map(passage).collect();
    view! {
        <li data-testid=format!("archived-{}", found.hearing)>
            <a href=address>{found.cause}</a>
            <p class="muted small">
                {found.number} " · " {say(found.kind.words())} " · " {say(found.openness.words())} " · "
                {fixed(calendar::day(found.held))} " · " {found.office}
            </p>
            {counted}
            <ul>{lines}</ul>
        </li>
    }
    .into_any()
}

fn passage(found: Shown) -> AnyView {
    let line = found.line;
    let place = match found.part.as_str() {
        "line" => tell(move || LINE.with("n", line)),
        "decision" => tell(move || DECISION.with("n", line)),
        "exhibit" => tell(move || EXHIBIT.with("n", line)),
        "case" => say(CASE),
        "issue" => say(ISSUE),
        "person" => say(PERSON),
        _ => say(OFFICE),
    };
    let speaker = Some(found.speaker).filter(|speaker| !speaker.is_empty());
    view! {
        <li>
            <span class="muted small">{place} {speaker.map(|speaker| format!(" · {speaker}"))}</span>
            <br />
            {marked(&found.excerpt)}
        </li>
    }
    .into_any()
}

/// The words, with what was looked for marked.
fn marked(excerpt: &Excerpt) -> Vec<AnyView> {
    let letters: Vec<char> = excerpt.text.chars().collect();
    let piece = |from: usize, to: usize| -> String {
        letters.get(from.min(letters.len())..to.min(letters.len())).unwrap_or_default().iter().collect()
    };
    let mut pieces = Vec::new();
    let mut reached = 0;
    if excerpt.cut_before {
        pieces.push("…".into_any());
    }
    for (at, length) in &excerpt.marks {
        let at = usize::try_from(*at).unwrap_or(usize::MAX);
        let end = at.saturating_add(usize::try_from(*length).unwrap_or(usize::MAX));
        pieces.push(piece(reached, at.max(reached)).into_any());
        pieces.push(view! { <mark>{piece(at.max(reached), end)}</mark> }.into_any());
        reached = end.max(reached);
    }
    pieces.push(piece(reached, letters.len().max(reached)).into_any());
    if excerpt.cut_after {
        pieces.push("…".into_any());
    }
    pieces
}
