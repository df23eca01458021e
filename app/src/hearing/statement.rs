//! One's own words: the hand, the statement while one has the floor, and the end of the turn.

use crate::kit::see::{See, memo};
use leptos::prelude::*;
use procedure::{
    Command,
    hearing::{floor, phase::Phase, statement},
};

use super::{
    act::{Act, Write},
    room,
};
use crate::{
    clerk::Room,
    kit::{area::Draft, button::Look},
    words::{Words, say, words},
};

const SAY: Words = words("您的发言", "What you say");
const SAY_DRAFT: Words = words(
    "可以先写好草稿，轮到您发言时再提交。草稿只保存在本机。",
    "You can prepare a draft now and send it when it is your turn. Drafts stay on this device.",
);
const SEND: Words = words("记入笔录", "Put on the record");
const RAISE: Words = words("举手发言", "Raise my hand");
const LOWER: Words = words("放下举手", "Lower my hand");
const YIELD: Words = words("我说完了", "I have finished");

/// Whether this seat holds the floor.
#[must_use]
pub fn has_floor(room: Room) -> Memo<bool> {
    let me = room.me();
    memo(move || room.floor.see(|floor| floor.holder() == Some(&me)))
}

/// Whether statements are made in the present step at all.
#[must_use]
pub fn is_time(room: Room) -> Memo<bool> {
    memo(move || {
        room.course.see(|course| course.current != Phase::Deliberation && course.current < Phase::Signing)
    })
}

/// The statement and its draft.
#[component]
pub fn Statement(
    /// The draft.
    draft: Draft,
    /// Height in lines.
    #[prop(default = 4)]
    rows: u32,
    /// Whether it must do with little height: no words around it.
    #[prop(optional)]
    tight: bool,
) -> impl IntoView {
    let room = room();
    let mine = has_floor(room);
    view! {
        <div class=if tight { "statement tight" } else { "statement" }>
            <Write
                label=say(SAY)
                words=say(SEND)
                draft
                rows
                bare=tight
                explain=!tight
                command=|text| Command::Statement(statement::Command::Say { text })
                testid="say"
            />
            {(!tight).then(|| view! { <p class="muted small" hidden=move || mine.get()>{say(SAY_DRAFT)}</p> })}
        </div>
    }
    .into_any()
}

/// Hand up, hand down, or the end of the turn: whichever it is time for.
#[component]
pub fn Hand(
    /// How the button that raises the hand looks.
    #[prop(default = Look::Primary)]
    look: Look,
) -> impl IntoView {
    let room = room();
    let me = room.me();
    let mine = has_floor(room);
    let up = memo(move || room.floor.see(|floor| floor.has_hand_up(&me)));
    move || {
        if mine.get() {
            view! { <Act words=say(YIELD) look=Look::Primary testid="yield" command=|()| Command::Floor(floor::Command::Yield {}) /> }.into_any()
        } else if up.get() {
            view! { <Act words=say(LOWER) testid="lower-hand" command=|()| Command::Floor(floor::Command::LowerHand {}) /> }.into_any()
        } else {
            view! { <Act words=say(RAISE) look testid="raise-hand" command=|()| Command::Floor(floor::Command::RaiseHand {}) /> }.into_any()
        }
    }
}
