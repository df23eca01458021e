//! For whoever was cut off: what was said meanwhile to read, then to hear, somewhat faster.

use leptos::prelude::*;
use procedure::hearing::{record::Said, replay::Absence};

use super::{Replay, clock, lines::text};
use crate::{
    kit::{
        button::{Button, Look},
        card::Card,
    },
    words::{Told, Words, say, tell, words},
};

/// How fast it is heard.
pub(super) const RATE: f64 = 1.5;

const TITLE: Words = words("您网络中断期间", "While you were cut off");
const SPAN: Words = words("{from} 至 {to}，共 {length}", "{from} to {to}: {length}");
const LENGTH: Words = words("{m} 分 {s} 秒", "{m} min {s} s");
const NOTHING: Words = words("这段时间笔录没有新的内容。", "Nothing was added to the record in this time.");
const HEAR: Words = words("补听这一段（1.5 倍速）", "Hear it (1.5×)");
const SOUND_ALONE: Words =
    words("补听只有声音，没有画面。", "There is sound to hear, and no picture to see.");
const BEING_WRITTEN: Words = words(
    "这段时间的录音录像正在写入，请稍候刷新本页。",
    "What was recorded in this time is being written; please reload this page in a moment.",
);
const NO_SOUND: Words = words("这段时间没有录音录像。", "Nothing was recorded in this time.");

/// One card for each absence; none where there was none.
pub(super) fn cards(replay: Replay) -> Vec<AnyView> {
    let absences = replay.course.with_value(|course| course.absences.clone());
    absences.into_iter().map(|absence| card(replay, absence)).collect()
}

fn card(replay: Replay, absence: Absence) -> AnyView {
    let Absence { from, to } = absence;
    let seconds = to.0.saturating_sub(from.0).max(0) / 1_000;
    let length = LENGTH.with("m", seconds / 60).with("s", seconds % 60);
    let span: Told = SPAN.with("from", clock(from.0)).with("to", clock(to.0)).with_told("length", &length);
    let missed: Vec<AnyView> = replay.hearing.with_value(|hearing| {
        let within = hearing.record.lines.iter().filter(|line| line.at >= from && line.at <= to);
        // That one was cut off is told by the title.
        let told = within.filter(|line| !matches!(line.said, Said::Gap { .. } | Said::GapOver { .. }));
        told.map(|line| view! { <li>{text(replay, line)}</li> }.into_any()).collect()
    });
    let heard = replay
        .course
        .with_value(|course| course.pieces.iter().any(|piece| piece.from < to.0 && from.0 < piece.to));
    let read = if missed.is_empty() {
        view! { <p class="muted">{say(NOTHING)}</p> }.into_any()
    } else {
        view! { <ul class="missed">{missed}</ul> }.into_any()
    };
    let hear = if heard {
        view! {
            <Button words=say(HEAR) look=Look::Primary press=move |()| replay.catch_up(absence) testid="catch-up" />
            <p class="small muted">{say(SOUND_ALONE)}</p>
        }
        .into_any()
    } else {
        // A piece is told of once it is on disk and in the log.
        let last = replay.course.with_value(|course| course.pieces.iter().map(|piece| piece.to).max());
        let closed = replay.hearing.with_value(|hearing| hearing.phase.is_closed());
        let coming = !closed && last.is_none_or(|last| last < to.0);
        let words = if coming { BEING_WRITTEN } else { NO_SOUND };
        view! { <p class="muted" data-testid="unheard-absence">{say(words)}</p> }.into_any()
    };
    view! {
        <Card title=say(TITLE) class="missing" testid="absence">
            <p>{tell(move || span.clone())}</p>
            {read}
            {hear}
        </Card>
    }
    .into_any()
}
