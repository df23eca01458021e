//! The head of the room: whose seat this is, which case, how the line stands, what has not been delivered yet.

use crate::kit::see::{See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity,
    hearing::{phase::BreakKind, plan::Openness},
};

use super::{Desk, desk, room, statement::has_floor};
use crate::{
    browser,
    clerk::{Line, RULES},
    kit::{
        band::Band,
        clock::minutes,
        page::{Mark, Reading},
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const PUBLIC: Words = words("公开听证", "Public hearing");
const CLOSED: Words = words("不公开听证", "Closed hearing");
const LINE_GOOD: Words = words("连接正常", "Connected");
const LINE_STARTING: Words = words("正在连接", "Connecting");
const LINE_LOST: Words = words("连接已断开，正在重连（第{n}次）", "Connection lost, reconnecting (try {n})");
const LINE_ENDED: Words = words("连接已结束", "Connection closed");
const UNSENT: Words = words("{n} 项待送达", "{n} waiting to be delivered");
const KEPT: Words = words(
    "您写下的内容都保存在本机，恢复连接后自动送达，不会丢失。",
    "All that you have written is kept on this device and is delivered once the line is back.",
);
const ELSEWHERE: Words = words(
    "本席位正在另一个窗口使用，这里只能查看。",
    "This seat is in use in another window; this one only looks on.",
);
const USE_HERE: Words = words("在此使用", "Use here");
const DISMISS: Words = words("知道了", "Understood");
const RECESS: Words = words("现在休会", "The hearing stands in recess");
const SUSPENDED: Words = words("听证中止", "The hearing is suspended");
const CHAIR_AWAY: Words = words(
    "主持人的连接中断，听证自动暂停，计时停止",
    "The chair's connection is lost: the hearing pauses by itself and clocks stand",
);
const SINCE: Words = words("已 {time}", "for {time}");
const SENDING: Words = words("正在送达", "Being delivered");
const YOUR_TURN: Words = words("现在请您发言", "It is your turn to speak");
/// How long a device trembles when its owner's turn comes, in milliseconds.
const VIBRATE_MS: u32 = 400;
const UNHEARD: Words = words("没有收到 {name} 的声音", "No sound comes from {name}");
const UNHEARD_WHY: Words = words(
    "录音里没有这一段声音。请其取消静音或者检查麦克风，也可以打字后由书记员代读。",
    "The recording has none of it. Ask to unmute or to check the microphone, or let the clerk read out what is written.",
);
const YOU_UNHEARD: Words = words(
    "没有收到您的声音：如果静音了，请取消静音；否则请检查麦克风，重新打开视频连线，也可以打字。",
    "Your sound does not arrive: unmute if you are muted; else check your microphone, join again, or write.",
);
const STALLED: Words =
    words("录音录像中断，请通知技术人员", "The recording stands still: have the server looked at");
const CANCELLED: Words = words("听证已经取消", "The hearing has been called off");

/// The head of the room.
#[component]
pub fn Head() -> impl IntoView {
    let room = room();
    let seat = tell(move || room.plan.see(|plan| plan.label(&room.me())).into());
    let face = move || room.plan.see(|plan| plan.registered.clone());
    let openness = move || {
        face().map(|face| {
            let public = face.hearing.openness == Openness::Public;
            view! {
                <span class="openness">
                    <Tag words=say(if public { PUBLIC } else { CLOSED }) tone=if public { Tone::Plain } else { Tone::Wait } />
                </span>
            }
        })
    };
    let title = move || face().map(|face| format!("{} · {}", face.cause, face.number));
    let local = move || room.now.get().local(RULES.utc_offset_minutes);
    let time = tell(move || match room.now.get() {
        now if now.0 > 0 => Told { zh: local().zh(), en: local().to_string() },
        _ => Told::default(),
    });
    view! {
        <header class="head">
            <Mark />
            <span data-testid="whoami" hidden=move || !room.seen.get()>
                <Tag words=seat tone=Tone::Info />
            </span>
            {openness}
            <h1 class="case">{title}</h1>
            <span class="space"></span>
            <LineTag />
            <span class="time">{time}</span>
            <Reading />
        </header>
    }
    .into_any()
}

#[component]
fn LineTag() -> impl IntoView {
    let room = room();
    let said = tell(move || match room.line.get() {
        Line::Starting => LINE_STARTING.into(),
        Line::Open { .. } => LINE_GOOD.into(),
        Line::Lost { tries } => LINE_LOST.with("n", tries),
        Line::Ended(_) => LINE_ENDED.into(),
    });
    let tone = derived(move || match room.line.get() {
        Line::Open { .. } => Tone::Good,
        Line::Starting => Tone::Wait,
        Line::Lost { .. } | Line::Ended(_) => Tone::Alert,
    });
    let unsent = move || room.waiting.see(Vec::len);
    view! {
        <span hidden=move || unsent() == 0>
            <Tag words=tell(move || UNSENT.with("n", unsent())) tone=Tone::Wait testid="unsent" />
        </span>
        <span class="line-state"><Tag words=said tone testid="line" /></span>
    }
    .into_any()
}

/// The one thing that interrupts: it is this seat's turn to speak.
#[component]
fn Summons() -> impl IntoView {
    let mine = has_floor(room());
    Effect::new(move |before: Option<bool>| {
        if mine.get() && before == Some(false) {
            browser::vibrate(VIBRATE_MS);
        }
        mine.get_untracked()
    });
    view! {
        <p class="unseen" role="alert" data-testid="summons">{move || mine.get().then(|| YOUR_TURN.now())}</p>
    }
    .into_any()
}

/// What everybody must notice: the line, another window, a recess, the last refusal.
#[component]
pub fn News() -> impl IntoView {
    let room = room();
    let lost = move || matches!(room.line.get(), Line::Lost { .. });
    let passive = move || room.line.get() == Line::Open { active: false };
    view! {
        <div class="news">
            <Show when=lost>
                <Band tone=Tone::Alert testid="lost">
                    <strong>{tell(move || match room.line.get() {
                        Line::Lost { tries } => LINE_LOST.with("n", tries),
                        _ => Told::default(),
                    })}</strong>
                    <span>{say(KEPT)}</span>
                </Band>
            </Show>
            <Show when=passive>
                <Band tone=Tone::Wait testid="passive">
                    <span>{say(ELSEWHERE)}</span>
                    <button type="button" class="button" data-testid="take" on:click=move |_| room.take()>
                        {say(USE_HERE)}
                    </button>
                </Band>
            </Show>
            <Standstill />
            <Unheard />
            <Refused />
            <progress class="late" aria-label=say(SENDING) hidden=move || room.waiting.see(Vec::is_empty)></progress>
            <Summons />
        </div>
    }
    .into_any()
}

/// Somebody speaks and nothing of it arrives: told to those who lead the hearing, and to whoever it is. Or nothing is
/// recorded of anybody: told to those who lead, and to the handling prosecutor.
#[component]
fn Unheard() -> impl IntoView {
    let room = room();
    let me = room.me();
    // Whose sound; nobody's where all of it stands still.
    let missed = memo(move || {
        let leads = desk(room) == Desk::Chair || desk(room) == Desk::Clerk;
        room.view.see(|view| {
            let told = leads || view.plan.capacity(&me) == Some(Capacity::Handler);
            let stalled = view.stalled().filter(|_| told).map(|_| Vec::new());
            stalled.or_else(|| {
                let missed: Vec<_> = view.missed().filter(|seat| leads || **seat == me).cloned().collect();
                Some(missed).filter(|missed| !missed.is_empty())
            })
        })
    });
    let what = tell(move || match missed.get() {
        Some(seats) => match &seats[..] {
            [] => STALLED.into(),
            [seat] if *seat == room.me() => YOU_UNHEARD.into(),
            seats => {
                let labels =
                    room.plan.see(|plan| seats.iter().map(|seat| plan.label(seat)).collect::<Vec<_>>());
                let zh = labels.iter().map(|label| label.zh.as_str()).collect::<Vec<_>>().join("、");
                let en = labels.iter().map(|label| label.en.as_str()).collect::<Vec<_>>().join(", ");
                let names = Told { zh, en };
                Told::from(UNHEARD).with_told("name", &names)
            }
        },
        None => Told::default(),
    });
    let why = move || {
        missed.see(|missed| missed.as_ref().is_some_and(|seats| seats.iter().any(|seat| *seat != room.me())))
    };
    view! {
        <Show when=move || missed.see(Option::is_some)>
            <Band tone=Tone::Alert urgent=true testid="unheard">
                <strong>{what}</strong>
                <span hidden=move || !why()>{say(UNHEARD_WHY)}</span>
            </Band>
        </Show>
    }
    .into_any()
}

#[component]
fn Standstill() -> impl IntoView {
    let room = room();
    let stands = move || room.course.see(|course| course.interrupted.clone());
    let what = tell(move || match stands().map(|stands| stands.kind) {
        Some(BreakKind::Recess) | None => RECESS.into(),
        Some(BreakKind::Suspended) => SUSPENDED.into(),
        Some(BreakKind::ChairAbsent) => CHAIR_AWAY.into(),
    });
    let since = tell(move || {
        let ms = stands().map_or(0, |stands| room.now.get().ms_since(stands.since));
        SINCE.with("time", minutes(ms))
    });
    let cancelled = move || room.course.see(|course| course.cancelled.clone());
    view! {
        <Show when=move || stands().is_some()>
            <Band tone=Tone::Wait testid="standstill">
                <strong>{what}</strong>
                <span role="timer" aria-live="off">{since}</span>
                <span>{move || stands().and_then(|stands| stands.reason)}</span>
            </Band>
        </Show>
        <Show when=move || cancelled().is_some()>
            <Band tone=Tone::Alert testid="cancelled">
                <strong>{say(CANCELLED)}</strong>
                <span>{cancelled}</span>
            </Band>
        </Show>
    }
    .into_any()
}

#[component]
fn Refused() -> impl IntoView {
    let room = room();
    let told = tell(move || room.refused.get().map(Told::from).unwrap_or_default());
    view! {
        <Show when=move || room.refused.see(Option::is_some)>
            <Band tone=Tone::Alert testid="refused">
                <span>{told}</span>
                <button
                    type="button"
                    class="button"
                    data-testid="refused-dismiss"
                    on:click=move |_| room.refused.set(None)
                >
                    {say(DISMISS)}
                </button>
            </Band>
        </Show>
    }
    .into_any()
}
