//! The chair's desk: the steps and the one button to the next, the roll, who speaks, what waits for a ruling.

use leptos::prelude::*;
use procedure::{
    Capacity, Command, SeatId,
    hearing::{floor, roll},
};

use super::{
    act::Act,
    decision::Decision,
    deliberation, exhibit,
    floor::{Hands, Sides, Speaker, Turn},
    motion,
    opinion::Received,
    phase::{Course, Next, Steps},
    question,
    record::Record,
    roll::{Door, Roll, at_door},
    room,
    script::Script,
    signing::{self, Corrections, Signing},
    statement::{Statement, has_floor},
};
use crate::{
    kit::tabs::{Tab, Tabs},
    words::{Told, Words, say, tell, words},
};

const TABS: Words = words("待办事项", "What waits");
const HANDS: Words = words("举手", "Hands");
const DOOR: Words = words("等候", "Door");
const QUESTIONS: Words = words("提问", "Questions");
const EXHIBITS: Words = words("证据", "Exhibits");
const MOTIONS: Words = words("申请", "Motions");
const SCRIPT: Words = words("主持词", "Script");
const DECISION: Words = words("决定", "Decision");
const CORRECTIONS: Words = words("更正", "Corrections");
const SPEAK: Words = words("主持人发言", "Speak myself");
const DEPUTY: Words = words("指定 {name} 为代为主持人", "Name {name} as deputy");
const RETURN: Words = words("恢复主持", "Preside again");

/// The chair's desk.
#[component]
pub fn Chair() -> impl IntoView {
    let room = room();
    let draft = room.draft("statement");
    let deliberates = deliberation::is_on(room);
    view! {
        <section class="stage">
            <Steps />
            <Next />
        </section>
        <div class="columns">
            <section class="card people">
                <Roll deeds=true />
            </section>
            <section class="centre">
                <Show when=move || deliberates.get() fallback=|| view! { <Speaker /> }>
                    <deliberation::Outside />
                    <Received />
                </Show>
                <exhibit::Shown />
                <Signing />
                <Sides />
                <section class="card">
                    <Statement draft rows=3 />
                </section>
            </section>
            <section class="side">
                <section class="card what-waits">
                    <Waits draft />
                </section>
                <section class="card recorded">
                    <Record />
                </section>
            </section>
        </div>
        <Dock />
    }
    .into_any()
}

#[component]
fn Waits(draft: crate::kit::area::Draft) -> impl IntoView {
    let room = room();
    let none = Signal::derive(|| 0);
    let tabs = vec![
        Tab::new(
            "hands",
            say(HANDS),
            Signal::derive(move || room.floor.with(|floor| floor.hands.len())),
            || view! { <Hands /> }.into_any(),
        ),
        Tab::new("door", say(DOOR), Signal::derive(move || at_door(room).len()), || {
            view! { <Door /> }.into_any()
        }),
        Tab::new("questions", say(QUESTIONS), Signal::derive(move || question::waiting(room)), || {
            view! { <question::Questions rule=true /> }.into_any()
        }),
        Tab::new("exhibits", say(EXHIBITS), none, || view! { <exhibit::Exhibits chair=true /> }.into_any()),
        Tab::new("motions", say(MOTIONS), Signal::derive(move || motion::waiting(room)), || {
            view! { <motion::Motions rule=true /> }.into_any()
        }),
        Tab::new("script", say(SCRIPT), none, move || view! { <Script draft /> }.into_any()),
        Tab::new("decision", say(DECISION), none, || view! { <Decision /> }.into_any()),
        Tab::new("corrections", say(CORRECTIONS), Signal::derive(move || signing::waiting(room)), || {
            view! { <Corrections rule=true /> }.into_any()
        }),
    ];
    view! { <Tabs label=say(TABS) tabs /> }.into_any()
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
            <Deputy />
            <span class="space"></span>
            <Course />
        </footer>
    }
    .into_any()
}

/// Naming who presides when the chair is gone, and presiding again.
#[component]
fn Deputy() -> impl IntoView {
    let room = room();
    let handler = Memo::new(move |_| room.plan.with(|plan| plan.seat_of(Capacity::Handler).cloned()));
    let named = move || handler.with(|seat| seat.is_some() && room.roll.with(|roll| &roll.deputy == seat));
    let acting = Memo::new(move |_| room.roll.with(|roll| roll.deputy_acting.is_some()));
    let words = tell(move || {
        let name = handler.get().map(|seat| super::roll::name(room, &seat)).unwrap_or_default();
        Told::from(DEPUTY).with_told("name", &name)
    });
    let name = move |()| {
        let seat: SeatId = handler.get().unwrap_or_default();
        Command::Roll(roll::Command::NameDeputy { seat })
    };
    view! {
        <span hidden=move || handler.with(Option::is_none) || named()>
            <Act words command=name explain=false testid="name-deputy" />
        </span>
        <span hidden=move || !acting.get()>
            <Act words=say(RETURN) command=|()| Command::Roll(roll::Command::ReturnChair {}) testid="return-chair" />
        </span>
    }
    .into_any()
}
