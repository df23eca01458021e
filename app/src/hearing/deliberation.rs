//! The deliberation on the desk: the panel's own room, and what stands before the door for everybody else.

use crate::kit::see::{For, See, Show, memo};
use leptos::prelude::*;
use procedure::{
    Command,
    hearing::{deliberation, deliberation::Talk, phase::Phase},
};

use super::{act::Write, roll::name, room};
use crate::{
    clerk::Room,
    kit::{clock::minutes, empty::Empty},
    words::{Words, say, tell, words},
};

const SEALED: Words =
    words("评议室 · 只有 {n} 名听证员能看见", "Deliberation room · seen by the {n} panellists alone");
const SEALED_WHY: Words = words(
    "主持人、承办人、书记员、各方和旁听人员都看不到这里；讨论不写入笔录。已评议 {time}",
    "Chair, prosecutor, clerk, parties and public cannot see this room; the talk is not in the record. {time} so far",
);
const OUTSIDE: Words = words("听证员正在评议，不公开", "The panel is deliberating in private");
const OUTSIDE_WHY: Words = words(
    "评议结束后，主持人会宣布继续听证。请在此等候，本页会自动更新。已评议 {time}",
    "The chair will go on when the panel is ready. Please wait; this page follows by itself. {time} so far",
);
const YOU: Words = words("（您）", " (you)");
const COLON: Words = words("：", ": ");
const TALK: Words = words("讨论", "Talk");
const NO_TALK: Words = words("还没有人发言。", "Nobody has spoken yet.");
const SPEAK: Words = words("对其他听证员说", "Say to the other panellists");
const SEND: Words = words("发送", "Send");

fn since(room: Room) -> i64 {
    let began = room.course.see(|course| course.history.last().map(|began| began.at));
    began.map_or(0, |at| room.now.get().ms_since(at))
}

/// Whether the panel deliberates.
#[must_use]
pub fn is_on(room: Room) -> Memo<bool> {
    memo(move || room.course.see(|course| course.current == Phase::Deliberation))
}

/// The head of the panel's room.
#[component]
pub fn Sealed() -> impl IntoView {
    let room = room();
    let panel = memo(move || room.view.see(|view| view.sitting_panel().cloned().collect::<Vec<_>>()));
    let title = tell(move || SEALED.with("n", panel.see(Vec::len)));
    let why = tell(move || SEALED_WHY.with("time", minutes(since(room))));
    let people = move || {
        panel
            .get()
            .into_iter()
            .map(|seat| {
                let you = if seat == room.me() { YOU.now() } else { "" };
                view! { <li>{name(room, &seat).now()}{you}</li> }.into_any()
            })
            .collect::<Vec<_>>()
    };
    view! {
        <section class="sealed" data-testid="sealed">
            <span class="lock" aria-hidden="true"></span>
            <div>
                <strong>{title}</strong>
                <p>{why}</p>
            </div>
            <ul>{people}</ul>
        </section>
    }
    .into_any()
}

/// What everybody else sees meanwhile.
#[component]
pub fn Outside() -> impl IntoView {
    let room = room();
    view! {
        <section class="sealed outside" data-testid="deliberating">
            <span class="lock" aria-hidden="true"></span>
            <div>
                <strong>{say(OUTSIDE)}</strong>
                <p>{tell(move || OUTSIDE_WHY.with("time", minutes(since(room))))}</p>
            </div>
        </section>
    }
    .into_any()
}

/// What the panel says among itself.
#[component]
pub fn Discussion() -> impl IntoView {
    let room = room();
    let draft = room.draft("discuss");
    let talk =
        move || room.deliberation.see(|room| room.talk.iter().cloned().enumerate().collect::<Vec<_>>());
    let line = move |(_, talk): (usize, Talk)| {
        let by = talk.by;
        view! { <p><b>{tell(move || name(room, &by))}</b>{say(COLON)}{talk.text}</p> }.into_any()
    };
    view! {
        <section class="card discussion" aria-label=say(TALK)>
            <h2>{say(TALK)}</h2>
            <div class="talk" role="log" data-testid="talk" tabindex="0">
                <Show when=move || talk().is_empty()>
                    <Empty words=say(NO_TALK) />
                </Show>
                <For each=talk key=|(at, _)| *at children=line />
            </div>
            <Write label=say(SPEAK) words=say(SEND) draft rows=2 bare=true testid="discuss"
                command=|text| Command::Deliberation(deliberation::Command::Discuss { text }) />
        </section>
    }
    .into_any()
}
