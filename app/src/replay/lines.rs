//! The record beside the picture: the line that is being said stands out, and a line that is pressed is heard.

use leptos::prelude::*;
use procedure::hearing::record::{Line, Said};

use super::{Replay, clock, current};
use crate::{
    browser,
    kit::see::{derived, effect},
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("听证笔录", "Record of the hearing");
const PRESS: Words = words("点击任一行，即从该处播放。", "Press a line to hear it.");
const COLON: Words = words("：", ": ");

/// For so long the record does not move under whoever has moved it, in milliseconds.
const LEFT_IN_PEACE_MS: i64 = 10_000;

/// The record. Where nothing can be played it is read.
pub(super) fn lines(replay: Replay, plays: bool) -> AnyView {
    let now = current(replay);
    // Whoever reads elsewhere is left in peace.
    let read = StoredValue::new(0);
    let reads = move || read.set_value(browser::now());
    effect(move || {
        if let Some(line) = now.get()
            && replay.plays.get_untracked()
            && browser::now().saturating_sub(read.get_value()) > LEFT_IN_PEACE_MS
        {
            browser::show_within(&format!("line-{line}"), "replay-lines");
        }
    });
    let rows: Vec<AnyView> = replay.hearing.with_value(|hearing| {
        hearing.record.lines.iter().map(|line| row(replay, line, now, plays)).collect()
    });
    view! {
        <section class="record" aria-label=say(TITLE)>
            <h2>{say(TITLE)}</h2>
            <p class="small muted" hidden=!plays>{say(PRESS)}</p>
            <ol id="replay-lines" class="replay-lines" tabindex="0" data-testid="replay-lines"
                on:wheel=move |_| reads() on:touchmove=move |_| reads() on:keydown=move |_| reads()>{rows}</ol>
        </section>
    }
    .into_any()
}

fn row(replay: Replay, line: &Line, now: Memo<Option<u32>>, plays: bool) -> AnyView {
    let class = match &line.said {
        Said::Gap { .. } | Said::GapOver { .. } | Said::Interrupted { .. } => "gap",
        Said::Step { .. } | Said::Opened => "step",
        _ => "",
    };
    let number = line.number;
    let inside = text(replay, line);
    let time = clock(line.at.0);
    let is_now = derived(move || now.get() == Some(number));
    let inside = if plays && replay.course.with_value(|course| course.is_heard(number)) {
        let press = move |_| {
            if let Some(at) = replay.course.with_value(|course| course.begin(number)) {
                replay.play_from(at);
            }
        };
        view! { <button type="button" on:click=press data-testid=format!("hear-{number}")>{inside}</button> }
            .into_any()
    } else {
        inside
    };
    view! {
        <li id=format!("line-{number}") class=class class:now=is_now aria-current=move || is_now.get().then_some("true") data-at=line.at.0>
            <time>{time}</time>
            {inside}
        </li>
    }
    .into_any()
}

/// What a line says, and who said it.
pub(super) fn text(replay: Replay, line: &Line) -> AnyView {
    let (speaker, said) = replay.hearing.with_value(|hearing| {
        let speaker = line.speaker.as_ref().map(|seat| Told::from(hearing.plan.label(seat)));
        (speaker, Told::from(line.words(&hearing.plan)))
    });
    let speaker =
        speaker.map(|speaker| view! { <b>{tell(move || speaker.clone())}{say(COLON)}</b> }.into_any());
    view! { <span>{speaker} {tell(move || said.clone())}</span> }.into_any()
}
