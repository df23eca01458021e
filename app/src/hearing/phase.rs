//! The steps of the hearing on the desk: the bar of steps for everyone, and for the chair the one button to the next,
//! with what still blocks it and by which article.

use crate::kit::see::{See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Command,
    hearing::phase::{self, Lacking, Phase},
};

use super::{
    act::{Act, WithReason, Write},
    roll::name,
    room,
};
use crate::{
    clerk::{RULES, Room},
    kit::{
        button::{Button, Look},
        clock::{about, minutes},
        dialog::Dialog,
        select::Select,
    },
    words::{Told, Words, say, tell, words},
};

const STEPS: Words = words("听证步骤", "Steps of the hearing");
const OPEN: Words = words("宣布听证开始", "Open the hearing");
const NEXT: Words = words("下一步：{step}", "Next: {step}");
const DONE: Words = words("听证已经结束", "The hearing is closed");
const BLOCKS: Words = words("还差 {n} 项", "{n} still missing");
const WAIVE: Words = words("说明理由后跳过", "Go on with a reason");
const WAIVE_WHY: Words = words(
    "上述事项没有完成。跳过的理由写入笔录，各方都能看到。",
    "The above has not been done. The reason for going on stands in the record for all to see.",
);
const UNSIGNED: Words = words("{name}尚未签名，也未表示拒绝签名", "Neither signed nor refused: {name}");
const NOT_REMOTE: Words = words(
    "{name}不同意远程听证，应当改为现场听证",
    "{name} refuses a remote hearing; hold it in one room instead",
);
const RECESS: Words = words("休会", "Recess");
const RECESS_WHY: Words = words("休会理由写入笔录。", "The reason stands in the record.");
const RESUME: Words = words("继续听证", "Resume");
const SUSPEND: Words = words("中止", "Suspend");
const SUSPEND_WHY: Words = words(
    "中止听证、择日继续的理由写入笔录。",
    "Why the hearing breaks off to go on another day; it stands in the record.",
);
const REOPEN: Words = words("重新陈述或提问", "Reopen a step");
const REOPEN_TO: Words = words("重新进行哪一步", "Which step");
const REOPEN_REASON: Words = words("理由", "Reason");
const REOPEN_DO: Words = words("重新进行", "Go back");
const STEP_OF: Words = words("第 {n} 步，共 7 步", "Step {n} of 7");
const STATE_DONE: Words = words("已完成", "done");
const STATE_NOW: Words = words("进行中", "now");

/// The steps on the bar, with the sign of each.
const BAR: [(Phase, &str, &str); 9] = [
    (Phase::RollCall, "点", "R"),
    (Phase::Introduction, "1", "1"),
    (Phase::Statements, "2", "2"),
    (Phase::Questions, "3", "3"),
    (Phase::Deliberation, "4", "4"),
    (Phase::Opinion, "5", "5"),
    (Phase::FinalStatements, "6", "6"),
    (Phase::Summary, "7", "7"),
    (Phase::Signing, "签", "S"),
];

/// The name of a step.
#[must_use]
pub fn step(phase: Phase) -> Words {
    phase.words().into()
}

/// The present step.
#[must_use]
pub fn current(room: Room) -> Memo<Phase> {
    memo(move || room.course.see(|course| course.current))
}

/// How long a step has taken in all, in milliseconds.
fn taken(room: Room, step: Phase) -> i64 {
    room.course.see(|course| {
        let ends = course.history.iter().skip(1).map(|began| began.at).chain(std::iter::once(room.now.get()));
        course
            .history
            .iter()
            .zip(ends)
            .filter(|(began, _)| began.phase == step)
            .map(|(began, end)| end.ms_since(began.at))
            .sum()
    })
}

/// The bar of steps.
#[component]
pub fn Steps() -> impl IntoView {
    let room = room();
    let now = current(room);
    let item = move |(phase, zh, en): (Phase, &'static str, &'static str)| {
        let class = move || match now.get() {
            here if here == phase => "now",
            here if here > phase => "done",
            _ => "",
        };
        let sign = tell(move || if now.get() > phase { words("✓", "✓") } else { words(zh, en) }.into());
        let state = tell(move || match now.get() {
            here if here == phase => STATE_NOW.into(),
            here if here > phase => STATE_DONE.into(),
            _ => Told::default(),
        });
        let used = move || {
            let ms = (now.get() >= phase).then(|| taken(room, phase)).filter(|ms| *ms > 0)?;
            Some(if now.get() == phase { minutes(ms) } else { about(ms).now() })
        };
        view! {
            <li class=class aria-current=move || (now.get() == phase).then_some("step")>
                <b aria-hidden="true">{sign}</b>
                <span>{say(step(phase))}</span>
                <span class="unseen">{state}</span>
                <small>{used}</small>
            </li>
        }
        .into_any()
    };
    view! {
        <ol class="steps" aria-label=say(STEPS) data-testid="steps" data-phase=move || format!("{:?}", now.get())>
            {BAR.into_iter().map(item).collect::<Vec<_>>()}
        </ol>
    }
    .into_any()
}

/// Where the hearing is, in one line and a track: for narrow desks.
#[component]
pub fn Where() -> impl IntoView {
    let room = room();
    let now = current(room);
    let number = move || {
        BAR.iter().find(|(phase, ..)| *phase == now.get()).and_then(|(_, _, sign)| sign.parse::<u32>().ok())
    };
    let words = tell(move || STEP_OF.with("n", number().unwrap_or_default()));
    let track = (1..=7).map(|n| {
        let phase = Phase::ALL[n + 1];
        let class = move || match now.get() {
            here if here == phase => "now",
            here if here > phase => "done",
            _ => "",
        };
        view! { <i class=class></i> }.into_any()
    });
    view! {
        <div class="where" data-testid="where" data-phase=move || format!("{:?}", now.get())>
            <p>
                <span hidden=move || number().is_none()>{words}</span>
                <b>{move || step(now.get()).now()}</b>
            </p>
            <div class="track" aria-hidden="true">{track.collect::<Vec<_>>()}</div>
        </div>
    }
    .into_any()
}

/// What the chair sends to go on.
fn onward(room: Room) -> Command {
    let now = room.course.see(|course| course.current);
    Command::Phase(match now.next() {
        Some(to) if now != Phase::Waiting => phase::Command::Advance { to, waive: None },
        _ => phase::Command::Open {},
    })
}

/// What still blocks the next step.
fn lacking(room: Room) -> Memo<Vec<Lacking>> {
    memo(move || room.view.see(|view| phase::lacking(view, &RULES)))
}

/// All that blocks, in words, each with its article; whoever has not signed is named in one sentence.
fn blocks(room: Room, lacking: &[Lacking]) -> Vec<Told> {
    let (unsigned, others): (Vec<&Lacking>, Vec<&Lacking>) =
        lacking.iter().partition(|item| matches!(item, Lacking::Signature(_)));
    let mut told: Vec<Told> = others.into_iter().map(|item| cited(item, said(room, item))).collect();
    if let Some(first) = unsigned.first() {
        let names: Vec<Told> = unsigned.iter().map(|item| said(room, item)).collect();
        let joined = |pick: fn(&Told) -> &str, by: &str| names.iter().map(pick).collect::<Vec<_>>().join(by);
        let names = Told { zh: joined(|name| &name.zh, "、"), en: joined(|name| &name.en, ", ") };
        told.push(cited(first, Told::from(UNSIGNED).with_told("name", &names)));
    }
    told
}

/// A blocking item in words, seats by their names; of a signature that is lacking, the name alone.
fn said(room: Room, lacking: &Lacking) -> Told {
    match lacking {
        Lacking::Signature(seat) => name(room, seat),
        Lacking::RemoteConsent(seat) => Told::from(NOT_REMOTE).with_told("name", &name(room, seat)),
        other => room.plan.see(|plan| Told { zh: other.zh(plan), en: other.en(plan) }),
    }
}

fn cited(lacking: &Lacking, told: Told) -> Told {
    let article = RULES.article(lacking.article());
    Told { zh: format!("{}（{}）", told.zh, article.zh), en: format!("{} ({})", told.en, article.en) }
}

/// The button to the next step.
#[component]
pub fn Next() -> impl IntoView {
    let room = room();
    let now = current(room);
    let lacking = lacking(room);
    let words = tell(move || match now.get() {
        Phase::Waiting => OPEN.into(),
        Phase::Closed => DONE.into(),
        here => {
            Told::from(NEXT).with_told("step", &here.next().map(|next| step(next).into()).unwrap_or_default())
        }
    });
    let waivable = move || lacking.see(|all| !all.is_empty() && all.iter().all(Lacking::is_waivable));
    let items = move || {
        let told = blocks(room, &lacking.get());
        told.iter().map(|told| view! { <li>{told.now()}</li> }.into_any()).collect::<Vec<_>>()
    };
    view! {
        <div class="next" data-testid="next-step" data-next=move || now.get().next().map(|next| format!("{next:?}"))>
            <Act words command=move |()| onward(room) look=Look::Primary explain=false testid="next" />
            <div class="blocks" role="status" hidden=move || lacking.see(Vec::is_empty)>
                <strong>{tell(move || BLOCKS.with("n", blocks(room, &lacking.get()).len()))}</strong>
                <ul data-testid="blocks" tabindex="0">{items}</ul>
                <Show when=waivable>
                    <Waiver />
                </Show>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Waiver() -> impl IntoView {
    let room = room();
    let command = move |reason| {
        let now = room.course.see(|course| course.current);
        let to = now.next().unwrap_or(now);
        Command::Phase(phase::Command::Advance { to, waive: Some(reason) })
    };
    view! { <WithReason words=say(WAIVE) prompt=say(WAIVE_WHY) command look=Look::Quiet explain=false testid="waive" /> }
        .into_any()
}

/// Recess, resume, suspend, go back.
#[component]
pub fn Course() -> impl IntoView {
    let room = room();
    let stands = memo(move || room.course.see(|course| course.interrupted.is_some()));
    view! {
        <Show
            when=move || stands.get()
            fallback=move || {
                view! {
                    <WithReason words=say(RECESS) prompt=say(RECESS_WHY) explain=false testid="recess"
                        command=|reason: String| Command::Phase(phase::Command::Recess { reason: Some(reason) }) />
                }
            }
        >
            <Act words=say(RESUME) look=Look::Primary testid="resume" command=|()| Command::Phase(phase::Command::Resume {}) />
        </Show>
        <Reopen />
        <WithReason words=say(SUSPEND) prompt=say(SUSPEND_WHY) look=Look::Danger explain=false testid="suspend"
            command=|reason| Command::Phase(phase::Command::Suspend { reason }) />
    }
    .into_any()
}

#[component]
fn Reopen() -> impl IntoView {
    let room = room();
    let open = RwSignal::new(false);
    let to = RwSignal::new(String::from("questions"));
    let draft = room.draft("reopen");
    let target = move || if to.see(|to| to == "statements") { Phase::Statements } else { Phase::Questions };
    let command = move |reason| Command::Phase(phase::Command::Advance { to: target(), waive: Some(reason) });
    let dead = room
        .dead(move || Command::Phase(phase::Command::Advance { to: target(), waive: Some("…".into()) }));
    let close = Callback::new(move |()| open.set(false));
    let options = derived(move || {
        vec![
            ("statements".to_string(), step(Phase::Statements).now().to_string()),
            ("questions".to_string(), step(Phase::Questions).now().to_string()),
        ]
    });
    view! {
        <Button words=say(REOPEN) press=move |()| open.set(true) dead explain=false testid="reopen" />
        <Dialog title=say(REOPEN) open testid="reopen-dialog">
            <Select label=say(REOPEN_TO) value=to options testid="reopen-to" />
            <Write label=say(REOPEN_REASON) words=say(REOPEN_DO) draft command sent=close testid="reopen-reason" />
        </Dialog>
    }
    .into_any()
}
