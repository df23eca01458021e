//! Exhibits on the desk: what has been laid, what stands on every screen, the form to lay one, the chair's showing.

use crate::kit::see::{For, See, Show, memo};
use leptos::{prelude::*, task::spawn_local};
use procedure::{
    Command, Id,
    hearing::{
        exhibit::{self, Content, Laid},
        phase::Phase,
    },
};

use super::{
    act::{Act, WithReason, Write},
    phase::current,
    room,
};
use crate::{
    browser::{self, fetch},
    clerk::Room,
    kit::{
        button::{Button, Look},
        empty::Empty,
        field::Field,
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const NONE: Words = words("还没有出示材料。", "No exhibits yet.");
const ON_SCREEN: Words = words("正在出示", "On every screen");
const BY: Words = words("{by} 提交", "laid by {by}");
const PAGE: Words = words("第 {n} 页", "page {n}");
const EXCLUDED: Words = words("不予出示：{reason}", "excluded: {reason}");
const OBJECTED: Words = words("{by} 提出异议：{reason}", "{by} objects: {reason}");
const SHOW: Words = words("出示", "Show");
const SHOW_PAGE: Words = words("页码", "Page");
const HIDE: Words = words("停止出示", "Take off the screens");
const EXCLUDE: Words = words("不予出示", "Exclude");
const EXCLUDE_WHY: Words = words("理由写入笔录。", "The reason stands in the record.");
const OBJECT: Words = words("提出异议", "Object");
const OBJECT_WHY: Words = words("请写明异议的理由。", "Say why you object.");
const OPEN_FILE: Words = words("下载原件", "Download");
const TITLE: Words = words("材料名称", "Title");
const TEXT: Words = words("内容", "Text");
const LAY: Words = words("提交材料", "Lay before the hearing");
const READ: Words = words("逐页查阅、上传文件", "Read page by page, hand in a file");

/// The exhibit on every screen, if there is one.
#[component]
pub fn Shown() -> impl IntoView {
    let room = room();
    let now = current(room);
    let shown = memo(move || {
        // While the record is read and signed, nothing stands before it.
        if now.get() >= Phase::Signing {
            return None;
        }
        room.exhibits.see(|all| {
            all.shown.and_then(|(number, page)| all.laid.get(&number).map(|laid| (laid.clone(), page)))
        })
    });
    let body = move || {
        shown.get().map(|(laid, page)| {
            let file = laid.exhibit.content.clone();
            view! {
                <section class="shown" data-testid="shown">
                    <header>
                        <Tag words=say(ON_SCREEN) tone=Tone::Info />
                        <strong>{laid.exhibit.number}" · "{laid.exhibit.title.clone()}</strong>
                        <span class="muted">{tell(move || PAGE.with("n", page))}</span>
                    </header>
                    {content(room, &file, &laid.exhibit.title)}
                </section>
            }
        })
    };
    view! { {body} }.into_any()
}

fn content(room: Room, content: &Content, title: &str) -> AnyView {
    match content {
        Content::Text(text) => view! { <p class="exhibit-text">{text.clone()}</p> }.into_any(),
        Content::File { sha256, media_type, .. } => {
            let (sha256, media_type, title) = (sha256.clone(), media_type.clone(), title.to_string());
            let press = move |()| download(room, sha256.clone(), media_type.clone(), title.clone());
            view! { <Button words=say(OPEN_FILE) press testid="open-exhibit" /> }.into_any()
        }
    }
}

fn download(room: Room, sha256: String, media_type: String, title: String) {
    spawn_local(async move {
        let path = room.hearing.with_value(|hearing| format!("/api/hearings/{hearing}/exhibits/{sha256}"));
        if let Ok(bytes) = fetch::get_bytes(&path, room.key().as_deref()).await {
            browser::offer_file(&title, &bytes, &media_type);
        }
    });
}

/// All exhibits. `chair` adds showing and excluding, `party` objecting.
#[component]
pub fn Exhibits(
    /// Whether the chair acts here.
    #[prop(optional)]
    chair: bool,
    /// Whether a party or the handling prosecutor does.
    #[prop(optional)]
    party: bool,
) -> impl IntoView {
    let room = room();
    let numbers = move || room.exhibits.see(|all| all.laid.keys().rev().copied().collect::<Vec<_>>());
    let read = format!("/hearings/{}/exhibits?seat={}", room.hearing.get_value(), room.me());
    view! {
        <div class="exhibits" data-testid="exhibits">
            <a href=read target="_blank" rel="noopener" data-testid="read-exhibits">{say(READ)}</a>
            <Show when=move || numbers().is_empty()>
                <Empty words=say(NONE) />
            </Show>
            <For each=numbers key=|number| *number let(number)>
                <Item number chair party />
            </For>
        </div>
    }
    .into_any()
}

#[component]
fn Item(number: u32, chair: bool, party: bool) -> impl IntoView {
    let room = room();
    let laid = memo(move || room.exhibits.see(|all| all.laid.get(&number).cloned()));
    let on_screen =
        memo(move || room.exhibits.see(|all| all.shown.is_some_and(|(shown, _)| shown == number)));
    let body = move || laid.get().map(|laid| face(room, &laid));
    let id = laid.get_untracked().map(|laid| laid.exhibit.id).unwrap_or_default();
    let object_id = id.clone();
    view! {
        <article class="item exhibit" data-testid=format!("exhibit-{number}")>
            <Show when=move || on_screen.get()>
                <Tag words=say(ON_SCREEN) tone=Tone::Info />
            </Show>
            {body}
            {chair.then(|| view! { <Showing id number on_screen /> })}
            {party.then(|| view! {
                <WithReason words=say(OBJECT) prompt=say(OBJECT_WHY) explain=false look=Look::Quiet testid=format!("object-{number}")
                    command=move |reason| Command::Exhibit(exhibit::Command::Object { of: object_id.clone(), reason }) />
            })}
        </article>
    }
    .into_any()
}

fn face(room: Room, laid: &Laid) -> AnyView {
    let by = laid.exhibit.by.clone();
    let by = tell(move || Told::from(BY).with_told("by", &room.plan.see(|plan| plan.label(&by)).into()));
    let objections: Vec<AnyView> = laid
        .objections
        .iter()
        .cloned()
        .map(|(seat, reason)| {
            let told = tell(move || {
                Told::from(OBJECTED)
                    .with_told("by", &room.plan.see(|plan| plan.label(&seat)).into())
                    .with("reason", &reason)
            });
            view! { <p class="objection">{told}</p> }.into_any()
        })
        .collect();
    let excluded = laid.excluded.clone().map(|reason| {
        view! { <p class="objection">{tell(move || EXCLUDED.with("reason", &reason))}</p> }
    });
    view! {
        <strong>{laid.exhibit.number}" · "{laid.exhibit.title.clone()}</strong>
        <span class="muted small">{by}</span>
        {content(room, &laid.exhibit.content, &laid.exhibit.title)}
        {objections}
        {excluded}
    }
    .into_any()
}

#[component]
fn Showing(id: Id, number: u32, on_screen: Memo<bool>) -> impl IntoView {
    let page = RwSignal::new(String::from("1"));
    let (show, hide, exclude) = (id.clone(), id.clone(), id);
    view! {
        <div class="row">
            <Field label=say(SHOW_PAGE) value=page kind="number" testid=format!("page-{number}") />
            <Act words=say(SHOW) look=Look::Primary explain=false testid=format!("show-{number}")
                command=move |()| Command::Exhibit(exhibit::Command::Show { of: show.clone(), page: page.get().trim().parse().ok() }) />
            <span hidden=move || !on_screen.get()>
                <Act words=say(HIDE) explain=false testid=format!("hide-{number}")
                    command=move |()| Command::Exhibit(exhibit::Command::Hide { of: hide.clone() }) />
            </span>
            <WithReason words=say(EXCLUDE) prompt=say(EXCLUDE_WHY) look=Look::Danger explain=false testid=format!("exclude-{number}")
                command=move |reason| Command::Exhibit(exhibit::Command::Exclude { of: exclude.clone(), reason }) />
        </div>
    }
    .into_any()
}

/// The form with which a text is laid; a file is handed in on the page of the exhibits.
#[component]
pub fn Lay() -> impl IntoView {
    let room = room();
    let title = room.chosen("exhibit.title", "");
    let draft = room.draft("exhibit");
    let command = move |text| {
        // While nothing is written at all, whether one may lay is asked with any title.
        let titled = if draft.is_empty() { "…".to_string() } else { title.get() };
        Command::Exhibit(exhibit::Command::Lay { title: titled, content: Content::Text(text) })
    };
    view! {
        <div class="lay" data-testid="lay">
            <Field label=say(TITLE) value=title testid="lay-title" />
            <Write label=say(TEXT) words=say(LAY) draft command testid="lay-text" sent=move |()| title.set(String::new()) />
        </div>
    }
    .into_any()
}
