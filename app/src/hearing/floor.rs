//! The floor on the desk: who speaks and for how long yet, who asks for a turn, how much time each side has used.

use crate::kit::see::{For, See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Command, Hearing, SeatId, Side,
    hearing::{floor, media::Chamber},
};

use super::{
    act::Act,
    roll::{initial, name},
    room,
};
use crate::{
    browser::call::State,
    clerk::Room,
    kit::{button::Look, clock::minutes, empty::Empty, field::Field, progress::Progress, select::Select},
    words::{Told, Words, language, say, tell, words},
};

const NOBODY: Words = words("现在没有人发言", "Nobody has the floor");
const LEFT_OF: Words = words("本轮剩余（共 {time}）", "left of {time}");
const STANDS: Words = words("计时暂停", "the clock stands");
const TAKE: Words = words("收回话筒", "Take the floor back");
const EXTEND: Words = words("延长 2 分钟", "Two minutes more");
const NO_HANDS: Words = words("没有人举手。", "No hand is up.");
const HAND_SINCE: Words = words("举手 {time}", "hand up for {time}");
const SIDE_USED: Words = words(" · 本方已用 {time}", " · its side has used {time}");
const GIVE: Words = words("请发言", "Give the floor");
const GIVE_TO: Words = words("请哪位发言", "To whom");
const GIVE_MINUTES: Words = words("时间（分钟）", "Minutes");
const CHOOSE: Words = words("请选择", "Choose");
const DIRECTLY: Words = words("直接请人发言", "Give the floor directly");
const TIME_USED: Words = words("各方用时", "Time used by each side");

/// Whoever presides, while the court is together.
fn speaks_in_court(view: &Hearing) -> Option<SeatId> {
    let chair = view.presiding()?;
    (view.chamber(chair) == Some(Chamber::Court)).then(|| chair.clone())
}

/// Who speaks, large, with the clock of the turn; where the link is open, its picture is larger.
#[component]
pub fn Speaker() -> impl IntoView {
    let room = room();
    let holder = memo(move || room.floor.see(|floor| floor.holder().cloned()));
    // While nobody has the floor, whoever is heard by the link presides; apart from the court there is nobody.
    let front = memo(move || {
        let presides = || room.link.is(State::Open).then(|| room.view.see(speaks_in_court)).flatten();
        holder.get().or_else(presides)
    });
    let who = tell(move || front.get().map_or_else(|| NOBODY.into(), |seat| name(room, &seat)));
    // Who may not know the name reads the capacity in its place, once.
    let what = tell(move || {
        let capacity = front
            .get()
            .and_then(|seat| room.plan.see(|plan| plan.names.get(&seat).and_then(|_| plan.capacity(&seat))));
        capacity.map(|capacity| Told::from(Words::from(capacity.words()))).unwrap_or_default()
    });
    view! {
        <section class="speaker" class:filmed=move || room.link.is(State::Open) class:nobody=move || front.get().is_none() data-testid="speaker" data-holder=move || holder.get().map(|seat| seat.0)>
            <div class="face" aria-hidden="true" hidden=move || front.get().is_none()>{move || front.get().map(|seat| initial(room, &seat))}</div>
            <div class="caption">
                <p>
                    <strong>{who}</strong>
                    <span>{what}</span>
                </p>
                <Remaining />
            </div>
        </section>
    }
    .into_any()
}

/// What is left of the turn.
#[must_use]
pub fn left(room: Room) -> Option<i64> {
    room.floor.see(|floor| floor.turn.as_ref().map(|turn| turn.left_at(room.now.get())))
}

/// The clock of the turn.
#[component]
pub fn Remaining() -> impl IntoView {
    let room = room();
    let turn = move || {
        room.floor.see(|floor| floor.turn.as_ref().map(|turn| (turn.length_ms, turn.running_since.is_some())))
    };
    let note = tell(move || match turn() {
        Some((_, false)) => STANDS.into(),
        Some((length, true)) => LEFT_OF.with("time", minutes(length)),
        None => Told::default(),
    });
    view! {
        <p class="remaining" role="timer" hidden=move || turn().is_none()>
            <span class="clock" data-testid="clock">{move || left(room).map(minutes)}</span>
            <small>{note}</small>
        </p>
    }
    .into_any()
}

/// What the chair does with the running turn.
#[component]
pub fn Turn() -> impl IntoView {
    let room = room();
    let take = move |()| {
        let seat = room.floor.see(|floor| floor.holder().cloned()).unwrap_or_default();
        Command::Floor(floor::Command::Take { seat })
    };
    view! {
        <Act words=say(TAKE) command=take explain=false testid="take-floor" />
        <Act words=say(EXTEND) command=|()| Command::Floor(floor::Command::Extend { seconds: None }) explain=false testid="extend" />
    }
    .into_any()
}

fn side_used(room: Room, side: Side) -> i64 {
    room.floor.see(|floor| {
        let running = floor
            .turn
            .as_ref()
            .filter(|turn| turn.side == Some(side))
            .map_or(0, |turn| turn.used_at(room.now.get()));
        floor.used_ms.get(&side).copied().unwrap_or(0) + running
    })
}

/// How much time each side has used, to the same scale.
#[component]
pub fn Sides() -> impl IntoView {
    let room = room();
    let most = move || Side::ALL.into_iter().map(|side| side_used(room, side)).max().unwrap_or(0).max(60_000);
    let bars = Side::ALL.map(move |side| {
        view! {
            <Progress
                label=say(Words::from(side.words()))
                value=derived(move || side_used(room, side))
                of=derived(move || Some(most()))
                words=derived(move || minutes(side_used(room, side)))
            />
        }
        .into_any()
    });
    view! { <section class="card sides" aria-label=say(TIME_USED) data-testid="sides">{bars.into_iter().collect::<Vec<_>>()}</section> }
        .into_any()
}

/// Raised hands, the longest first, each with the button that gives the floor.
#[component]
pub fn Hands() -> impl IntoView {
    let room = room();
    let hands =
        move || room.floor.see(|floor| floor.hands.iter().map(|hand| hand.seat.clone()).collect::<Vec<_>>());
    view! {
        <div class="hands" data-testid="hands">
            <Show when=move || hands().is_empty()>
                <Empty words=say(NO_HANDS) />
            </Show>
            <ul>
                <For each=hands key=Clone::clone let(seat)>
                    <Hand seat />
                </For>
            </ul>
            <GiveDirectly />
        </div>
    }
    .into_any()
}

#[component]
fn Hand(seat: SeatId) -> impl IntoView {
    let room = room();
    let who = {
        let seat = seat.clone();
        tell(move || room.plan.see(|plan| plan.label(&seat)).into())
    };
    let since = {
        let seat = seat.clone();
        tell(move || {
            let since = room
                .floor
                .see(|floor| floor.hands.iter().find(|hand| hand.seat == seat).map(|hand| hand.since));
            HAND_SINCE.with("time", minutes(since.map_or(0, |since| room.now.get().ms_since(since))))
        })
    };
    let used = {
        let seat = seat.clone();
        tell(move || {
            let side = room.plan.see(|plan| plan.side(&seat));
            side.map(|side| SIDE_USED.with("time", minutes(side_used(room, side)))).unwrap_or_default()
        })
    };
    let testid = format!("give-{seat}");
    view! {
        <li>
            <span>
                <strong>{who}</strong>
                <small>{since}{used}</small>
            </span>
            <Act words=say(GIVE) look=Look::Primary explain=false testid
                command=move |()| Command::Floor(floor::Command::Give { seat: seat.clone(), seconds: None }) />
        </li>
    }
    .into_any()
}

/// Seats that can be given the floor, as a list to choose from.
fn speakers(room: Room) -> Vec<(String, String)> {
    let language = language();
    room.plan.see(|plan| {
        room.roll.see(|roll| {
            plan.places
                .keys()
                .filter(|seat| roll.is_present(seat))
                .filter(|seat| {
                    plan.capacity(seat).is_some_and(|capacity| {
                        !matches!(capacity, procedure::Capacity::Observer | procedure::Capacity::Clerk)
                    })
                })
                .map(|seat| (seat.0.clone(), Told::from(plan.label(seat)).in_language(language).to_string()))
                .collect()
        })
    })
}

#[component]
fn GiveDirectly() -> impl IntoView {
    let room = room();
    let (to, minutes) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let options = memo(move || speakers(room));
    let command = move |()| {
        let seconds = minutes
            .see(|minutes| minutes.trim().parse::<u32>().ok())
            .map(|minutes| minutes.saturating_mul(60));
        Command::Floor(floor::Command::Give { seat: SeatId(to.get()), seconds })
    };
    view! {
        <details class="give" data-testid="give-directly">
            <summary>{say(DIRECTLY)}</summary>
            <Select label=say(GIVE_TO) value=to options none=say(CHOOSE) testid="give-to" />
            <Field label=say(GIVE_MINUTES) value=minutes kind="number" testid="give-minutes" />
            <Act words=say(GIVE) command testid="give" />
        </details>
    }
    .into_any()
}
