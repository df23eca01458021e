//! What is seen and heard: whoever speaks in the large, the others beside; below it the line of time and what moves along
//! it.

use leptos::prelude::*;
use procedure::{
    SeatId,
    hearing::{phase::Phase, record::Said},
};

use super::{
    Replay, clock,
    course::{Course, Mark, element},
    current, place,
};
use crate::{
    kit::{
        button::{Button, Look},
        see::{For, derived, memo},
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const STAGE: Words = words("画面", "Picture");
const TIMELINE: Words = words("时间轴", "Line of time");
const PLAY: Words = words("播放", "Play");
const PAUSE: Words = words("暂停", "Pause");
const BACK: Words = words("后退 10 秒", "Back 10 s");
const ON: Words = words("前进 10 秒", "On 10 s");
const SPEED: Words = words("速度", "Speed");
const TIMES: Words = words("{n} 倍", "{n}×");
const LOADING: Words = words("正在加载录音录像……", "Getting sound and picture …");
const SHOWN: Words =
    words("正在出示：证据 {n} {title}，第 {page} 页", "On the screens: exhibit {n}, {title}, page {page}");
const BREAK: Words = words("休会期间（不录音录像）", "Break (not recorded)");
const ABSENT: Words = words("您网络中断期间", "You were cut off");
const QUESTION: Words = words("提问", "Question");
const EXHIBIT: Words = words("出示证据", "Exhibit");
const OPINION: Words = words("评议意见、决定", "Opinion, decision");

/// What a press moves, in milliseconds.
const STEP_MS: i64 = 10_000;
/// In how many strides a key goes along the line of time.
const STRIDES: i64 = 400;
/// How fast it can go.
const RATES: [f64; 4] = [1.0, 1.25, 1.5, 2.0];

/// The pictures.
pub(super) fn stage(replay: Replay) -> AnyView {
    let seats = replay.course.with_value(Course::seats);
    let front = in_front(replay);
    let tiles: Vec<AnyView> = seats.into_iter().map(|seat| tile(replay, seat, front)).collect();
    let shown = memo(move || {
        let current = current(replay).get();
        replay.hearing.with_value(|hearing| {
            let lines = &hearing.record.lines;
            let upto = lines.iter().take_while(|line| Some(line.number) <= current);
            let phase = upto.clone().last().map(|line| line.phase);
            let last = upto.filter(|line| Some(line.phase) == phase).filter_map(|line| match &line.said {
                Said::Exhibit { number, title, page } => {
                    Some(SHOWN.with("n", number).with("title", title).with("page", page))
                }
                _ => None,
            });
            last.last()
        })
    });
    view! {
        <div class="stage" role="group" aria-label=say(STAGE) data-testid="stage">{tiles}</div>
        <p class="showing" data-testid="showing" hidden=move || shown.with(Option::is_none)>
            {tell(move || shown.get().unwrap_or_default())}
        </p>
    }
    .into_any()
}

/// Who is shown in the large: whoever's line it is, if something of it can be played; else whoever of them comes first.
fn in_front(replay: Replay) -> Memo<Option<SeatId>> {
    let current = current(replay);
    memo(move || {
        let at = replay.at.get();
        let on: Vec<SeatId> = replay.course.with_value(|course| {
            let on = course.seats().into_iter().zip(course.cues(at));
            on.filter(|(_, cue)| cue.reel.is_some()).map(|(seat, _)| seat).collect()
        });
        let speaker = replay.hearing.with_value(|hearing| {
            let line = hearing.record.lines.iter().find(|line| Some(line.number) == current.get())?;
            let presides = hearing.presiding().cloned();
            line.speaker.clone().filter(|seat| on.contains(seat)).or(presides)
        });
        speaker.filter(|seat| on.contains(seat)).or_else(|| on.first().cloned())
    })
}

fn tile(replay: Replay, seat: SeatId, front: Memo<Option<SeatId>>) -> AnyView {
    let (name, initial) = replay.hearing.with_value(|hearing| {
        let name = Told::from(hearing.plan.label(&seat));
        (name.clone(), name.zh.chars().next().map(String::from))
    });
    let id = element(&seat);
    let testid = format!("reel-of-{seat}");
    let on = {
        let seat = seat.clone();
        memo(move || {
            let at = replay.at.get();
            replay.course.with_value(|course| {
                let mut cues = course.seats().into_iter().zip(course.cues(at));
                cues.any(|(of, cue)| of == seat && cue.reel.is_some())
            })
        })
    };
    let is_front = {
        let seat = seat.clone();
        derived(move || front.with(|front| front.as_ref() == Some(&seat)))
    };
    let moves = derived(move || replay.seen.with(|seen| seen.contains(&seat)));
    view! {
        <figure class="reel" class:front=is_front class:on=on class:live=moves data-testid=testid>
            <video id=id playsinline preload="none" tabindex="-1"></video>
            <span class="face" aria-hidden="true">{initial}</span>
            <figcaption>{tell(move || name.clone())}</figcaption>
        </figure>
    }
    .into_any()
}

fn percent(place: f64) -> String {
    format!("{:.3}%", place * 100.0)
}

/// Where a span lies on the line of time: where it begins, and how long it is.
fn span(course: &Course, from: i64, to: i64) -> (String, String) {
    let (from, to) = (course.place(from), course.place(to));
    (percent(from), percent(to - from))
}

fn steps(course: &Course) -> Vec<AnyView> {
    let ends = course.steps.iter().skip(1).map(|(at, _)| *at).chain([course.to]);
    let step = |((from, step), to): (&(i64, Phase), i64)| {
        let name = Words::from(step.words());
        let (left, width) = span(course, *from, to);
        view! { <span class="step" style:left=left style:width=width title=say(name)><b>{say(name)}</b></span> }
            .into_any()
    };
    course.steps.iter().zip(ends).map(step).collect()
}

/// Breaks, absences and marks.
fn between(course: &Course) -> Vec<AnyView> {
    let breaks = course.breaks.iter().map(|(from, to)| {
        let (left, width) = span(course, *from, *to);
        view! { <span class="break" style:left=left style:width=width title=say(BREAK)></span> }.into_any()
    });
    let absences = course.absences.iter().map(|absence| {
        let (left, width) = span(course, absence.from.0, absence.to.0);
        view! { <span class="absence" style:left=left style:width=width title=say(ABSENT)></span> }.into_any()
    });
    let marks = course.marks.iter().map(|(at, mark)| {
        let (class, words) = told(*mark);
        let left = percent(course.place(*at));
        view! { <span class=format!("mark {class}") style:left=left title=say(words)></span> }.into_any()
    });
    breaks.chain(absences).chain(marks).collect()
}

/// What the signs on the line of time mean, of those that are on it.
fn legend(course: &Course) -> Vec<AnyView> {
    let marks = [Mark::Question, Mark::Exhibit, Mark::Opinion].into_iter().map(|mark| {
        let (class, words) = told(mark);
        (course.marks.iter().any(|(_, there)| *there == mark), format!("mark {class}"), words)
    });
    let spans = [
        (!course.breaks.is_empty(), "break".to_string(), BREAK),
        (!course.absences.is_empty(), "absence".to_string(), ABSENT),
    ];
    let there = marks.chain(spans).filter(|(there, ..)| *there);
    there
        .map(|(_, class, words)| view! { <span><i class=class></i> {say(words)}</span> }.into_any())
        .collect()
}

/// The line of time: steps, breaks, absences and marks, and where one is.
pub(super) fn timeline(replay: Replay) -> AnyView {
    let course = replay.course.get_value();
    let (steps, between, legend) = (steps(&course), between(&course), legend(&course));
    let here = place(replay);
    let step = memo(move || {
        let at = replay.at.get();
        replay.course.with_value(|course| course.step_at(at))
    });
    // Told now and then, not with every step of the clock.
    let told_at = memo(move || replay.at.get().div_euclid(STEP_MS) * STEP_MS);
    let reads = move || {
        let step = step.get().map(|step| Words::from(step.words()).now()).unwrap_or_default();
        format!("{} {step}", clock(told_at.get()))
    };
    let (from, to) = (course.from, course.to);
    let stride = (to.saturating_sub(from) / STRIDES).max(500);
    view! {
        <div class="timeline" data-testid="timeline">
            <div class="bar" aria-hidden="true">
                <div class="steps">{steps}</div>
                {between}
                <span class="here" style:left=move || percent(here.get())></span>
            </div>
            <input
                type="range"
                min=from.to_string()
                max=to.to_string()
                step=stride.to_string()
                aria-label=say(TIMELINE)
                aria-valuetext=reads
                data-testid="seek"
                prop:value=move || replay.at.get().to_string()
                on:input=move |event| {
                    if let Ok(at) = event_target_value(&event).parse::<f64>() {
                        #[expect(clippy::cast_possible_truncation, reason = "a moment that the field was given as a whole number")]
                        replay.go(at as i64);
                    }
                }
            />
            <p class="legend small muted">{legend}</p>
        </div>
    }
    .into_any()
}

const fn told(mark: Mark) -> (&'static str, Words) {
    match mark {
        Mark::Question => ("question", QUESTION),
        Mark::Exhibit => ("exhibit", EXHIBIT),
        Mark::Opinion => ("opinion", OPINION),
    }
}

/// Playing, stopping, back and on, how fast, and where one is.
pub(super) fn transport(replay: Replay) -> AnyView {
    let press = tell(move || if replay.plays.get() { PAUSE } else { PLAY }.into());
    let step = memo(move || {
        let at = replay.at.get();
        replay.course.with_value(|course| course.step_at(at))
    });
    let by = move |by: i64| replay.go(replay.at.get_untracked().saturating_add(by));
    let rates = move || RATES.to_vec();
    view! {
        <div class="transport" data-testid="transport" data-plays=move || replay.plays.get().to_string() data-at=move || replay.at.get().to_string()>
            <Button words=press look=Look::Primary press=move |()| replay.play(!replay.plays.get_untracked()) testid="play" />
            <Button words=say(BACK) press=move |()| by(-STEP_MS) testid="back" />
            <Button words=say(ON) press=move |()| by(STEP_MS) testid="on" />
            <span class="now">
                <b data-testid="clock">{move || clock(replay.at.get())}</b>
                <span hidden=move || step.get().is_none()>
                    <Tag words=tell(move || step.get().map(|step| Words::from(step.words()).into()).unwrap_or_default()) tone=Tone::Info />
                </span>
            </span>
            <fieldset class="rates">
                <legend class="unseen">{say(SPEED)}</legend>
                <For each=rates key=|rate| rate.to_bits() let(rate)>
                    <label>
                        <input type="radio" name="rate" data-testid=format!("rate-{rate}")
                            prop:checked=move || (replay.rate.get() - rate).abs() < f64::EPSILON
                            on:change=move |_| replay.rate.set(rate) />
                        <span>{tell(move || TIMES.with("n", rate))}</span>
                    </label>
                </For>
            </fieldset>
            <p class="small muted loading" role="status" hidden=move || !(replay.waits.get() && replay.plays.get())>{say(LOADING)}</p>
        </div>
    }
    .into_any()
}
