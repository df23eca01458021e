//! The chair's desk: the steps and the one button to the next, the roll, who speaks, what waits for a ruling.

use crate::kit::see::{See, Show, derived, effect, memo};
use leptos::prelude::*;
use procedure::{
    Command,
    hearing::{floor, phase::Phase, roll},
};

use super::{
    act::Act,
    decision::Decision,
    deliberation, exhibit,
    file::File,
    floor::{Hands, Sides, Speaker, Turn},
    motion,
    opinion::{Received, tally::Tallies},
    phase::{Course, Next, Steps, Where, current},
    question,
    record::Record,
    roll::{Door, Roll, at_door},
    room,
    script::Script,
    signing::{self, Corrections, Signing},
    statement::{Statement, has_floor, is_time},
    video::{CutOff, Video},
};
use crate::{
    kit::{
        area::Draft,
        tabs::{Tab, Tabs},
    },
    words::{Words, say, words},
};

const TABS: Words = words("待办事项", "What waits");
const HANDS: Words = words("举手", "Hands");
const DOOR: Words = words("等候", "Door");
const QUESTIONS: Words = words("提问", "Questions");
const EXHIBITS: Words = words("证据", "Exhibits");
const MOTIONS: Words = words("申请", "Motions");
const SCRIPT: Words = words("主持词", "Script");
const TALLY: Words = words("意见统计", "Count");
const CORRECTIONS: Words = words("更正", "Corrections");
const SPEAK: Words = words("主持人发言", "Speak myself");
const RETURN: Words = words("恢复主持", "Preside again");

/// The chair's desk.
#[component]
pub fn Chair() -> impl IntoView {
    let room = room();
    let draft = room.draft("statement");
    let now = current(room);
    let reading = memo(move || now.get() >= Phase::Signing);
    view! {
        <section class="stage">
            <Steps />
            <Where />
            <Next />
        </section>
        <div class="columns">
            <section class="card people" tabindex="0">
                <Roll deeds=true />
            </section>
            <section class="centre">
                <Centre draft />
            </section>
            <section class="side">
                <section class="card what-waits">
                    <Waits draft />
                </section>
                <Show when=move || !reading.get()>
                    <section class="card recorded"><Record /></section>
                </Show>
            </section>
        </div>
        <Show when=move || now.get() != Phase::Closed>
            <Dock />
        </Show>
    }
    .into_any()
}

/// What stands in the middle of the desk: whatever the present step is about.
#[component]
fn Centre(draft: Draft) -> impl IntoView {
    let room = room();
    let (now, speaks) = (current(room), is_time(room));
    let about = move || match now.get() {
        Phase::Deliberation => view! { <deliberation::Outside /><Received /> }.into_any(),
        Phase::Summary => view! { <section class="card"><Decision /></section> }.into_any(),
        Phase::Signing => view! { <Signing /><Record sheet=true /> }.into_any(),
        Phase::Closed => view! { <section class="card"><File /></section><Record sheet=true /> }.into_any(),
        _ => view! { <Speaker /> }.into_any(),
    };
    view! {
        <Video />
        {about}
        <exhibit::Shown />
        <Show when=move || speaks.get()>
            <Sides />
            <section class="card"><Statement draft rows=2 tight=true /></section>
        </Show>
    }
    .into_any()
}

/// Which tab a step begins with.
const fn tab_of(phase: Phase) -> usize {
    match phase {
        Phase::Waiting | Phase::RollCall => 1,
        Phase::Questions => 2,
        Phase::Opinion | Phase::FinalStatements => 6,
        Phase::Signing | Phase::Closed => 7,
        Phase::Introduction | Phase::Statements | Phase::Deliberation | Phase::Summary => 0,
    }
}

#[component]
fn Waits(draft: Draft) -> impl IntoView {
    let room = room();
    let none = Signal::stored(0);
    let now = current(room);
    let open = RwSignal::new(0);
    effect(move || open.set(tab_of(now.get())));
    let tabs = vec![
        Tab::new("hands", say(HANDS), derived(move || room.floor.see(|floor| floor.hands.len())), || {
            view! { <Hands /> }.into_any()
        })
        .when(move || now.get() < Phase::Signing),
        Tab::new("door", say(DOOR), derived(move || at_door(room).len()), || view! { <Door /> }.into_any()),
        Tab::new("questions", say(QUESTIONS), derived(move || question::waiting(room)), || {
            view! { <question::Questions rule=true /> }.into_any()
        }),
        Tab::new("exhibits", say(EXHIBITS), none, || view! { <exhibit::Exhibits chair=true /> }.into_any()),
        Tab::new("motions", say(MOTIONS), derived(move || motion::waiting(room)), || {
            view! { <motion::Motions rule=true /> }.into_any()
        }),
        Tab::new("script", say(SCRIPT), none, move || view! { <Script draft /> }.into_any()),
        Tab::new("tally", say(TALLY), none, || view! { <Tallies /> }.into_any())
            .when(move || now.get() >= Phase::Opinion && now.get() != Phase::Summary),
        Tab::new("corrections", say(CORRECTIONS), derived(move || signing::waiting(room)), || {
            view! { <Corrections rule=true /> }.into_any()
        })
        .when(move || now.get() >= Phase::Signing),
    ];
    view! { <Tabs label=say(TABS) tabs open /> }.into_any()
}

#[component]
fn Dock() -> impl IntoView {
    let room = room();
    let mine = has_floor(room);
    let me = room.me();
    let speak = move |()| Command::Floor(floor::Command::Give { seat: me.clone(), seconds: None });
    view! {
        <footer class="dock">
            <Turn />
            <span hidden=move || mine.get()>
                <Act words=say(SPEAK) command=speak explain=false testid="speak-myself" />
            </span>
            <Return />
            <span class="space"></span>
            <CutOff />
            <Course />
        </footer>
    }
    .into_any()
}

/// Presiding again, after the deputy did.
#[component]
fn Return() -> impl IntoView {
    let room = room();
    let acting = memo(move || room.roll.see(|roll| roll.deputy_acting.is_some()));
    view! {
        <span hidden=move || !acting.get()>
            <Act words=say(RETURN) command=|()| Command::Roll(roll::Command::ReturnChair {}) testid="return-chair" />
        </span>
    }
    .into_any()
}
