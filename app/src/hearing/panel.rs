//! The panellist's desk: reading along, asking, exhibits and private notes; during the deliberation the panel's own
//! room with its sheets.

use crate::kit::see::{See, Show, memo};
use leptos::prelude::*;
use procedure::hearing::phase::Phase;

use super::{
    deliberation::{self, Discussion, Sealed},
    exhibit::{Exhibits, Shown},
    file::File,
    floor::Speaker,
    opinion::{self, Deliver, Received, Sheets},
    phase::{Where, current},
    question::{Ask, Questions},
    record::Record,
    room,
    signing::Signing,
    statement::{Hand, Statement, has_floor},
    video::Video,
};
use crate::{
    clerk::Room,
    kit::{
        area::Area,
        button::Look,
        tabs::{Tab, Tabs},
    },
    words::{Words, say, words},
};

const TABS: Words = words("听证员席", "The panellist's desk");
const ASK: Words = words("提问", "Questions");
const EXHIBITS: Words = words("证据", "Exhibits");
const NOTES: Words = words("私人笔记", "My notes");
const NOTES_WHY: Words = words(
    "笔记只保存在本机，不上传，不归档。",
    "Notes stay on this device; they are neither sent nor filed.",
);
const RECORD: Words = words("笔录", "Record");
const ASKED: Words = words("问答", "Questions");
const PAPERS: Words = words("评议材料", "Papers of the deliberation");
const FILE: Words = words("案卷", "File");
const ISSUES: Words = words("听证事项", "Issues");

/// The panellist's desk.
#[component]
pub fn Panel() -> impl IntoView {
    let room = room();
    let deliberates = deliberation::is_on(room);
    view! {
        <Show when=move || deliberates.get() fallback=|| view! { <InSession /> }>
            <Sealed />
            <div class="deliberating">
                <section class="sheets">
                    <Video />
                    <Sheets />
                    <section class="card what-waits"><Papers /></section>
                </section>
                <aside>
                    <Received />
                    <opinion::Speaker />
                    <Discussion />
                </aside>
            </div>
        </Show>
    }
    .into_any()
}

#[component]
fn InSession() -> impl IntoView {
    let room = room();
    let now = current(room);
    let mine = has_floor(room);
    let draft = room.draft("statement");
    let reads = memo(move || {
        now.get() == Phase::Opinion
            && opinion::reads(room)
            && room.opinions.see(|all| all.delivered.is_none())
    });
    let changes =
        memo(move || now.get() == Phase::Opinion && room.opinions.see(|all| all.delivered.is_none()));
    view! {
        <Where />
        <div class="two">
            <section class="centre">
                <Video />
                <Show when=move || reads.get()>
                    <Deliver />
                </Show>
                <Signing />
                <Speaker />
                <Show when=move || mine.get()>
                    <section class="card"><Statement draft /></section>
                </Show>
                <Shown />
                <Show when=move || changes.get()>
                    <opinion::Speaker />
                    <Sheets />
                </Show>
                <section class="card recorded"><Record /></section>
            </section>
            <aside class="card what-waits">
                <Desk />
                <Hand look=Look::Plain />
            </aside>
        </div>
    }
    .into_any()
}

/// The panellist's own notes.
fn notes(room: Room) -> Tab {
    let notes = room.draft("notes");
    Tab::new("notes", say(NOTES), Signal::stored(0), move || {
        view! {
            <Area label=say(NOTES) draft=notes rows=8 bare=true testid="notes" />
            <p class="muted small">{say(NOTES_WHY)}</p>
        }
        .into_any()
    })
}

/// What the panel has before it while it deliberates.
#[component]
fn Papers() -> impl IntoView {
    let none = Signal::stored(0);
    let tabs = vec![
        Tab::new("exhibits", say(EXHIBITS), none, || view! { <Exhibits /> }.into_any()),
        Tab::new("record", say(RECORD), none, || view! { <Record /> }.into_any()),
        Tab::new("questions", say(ASKED), none, || view! { <Questions /> }.into_any()),
        notes(room()),
    ];
    view! { <Tabs label=say(PAPERS) tabs /> }.into_any()
}

#[component]
fn Desk() -> impl IntoView {
    let room = room();
    let none = Signal::stored(0);
    let now = current(room);
    let issues = move || {
        room.plan
            .see(|plan| plan.issues.clone())
            .into_iter()
            .map(|issue| view! { <li class="item">{issue.text}</li> }.into_any())
            .collect::<Vec<_>>()
    };
    let tabs = vec![
        Tab::new("ask", say(ASK), none, || view! { <Ask /><Questions /> }.into_any()),
        Tab::new("exhibits", say(EXHIBITS), none, || view! { <Exhibits /> }.into_any()),
        notes(room),
        Tab::new("issues", say(ISSUES), none, move || view! { <ol>{issues}</ol> }.into_any()),
        Tab::new("file", say(FILE), none, || view! { <File /> }.into_any())
            .when(move || now.get() >= Phase::Signing),
    ];
    view! { <Tabs label=say(TABS) tabs /> }.into_any()
}
