//! The record as everybody reads it: numbered lines, corrections with both versions, gaps that the system wrote.

use crate::kit::see::{For, See, Show, effect, memo};
use leptos::prelude::*;
use procedure::{
    SeatId,
    hearing::record::{Line, Said},
};

use super::room;
use crate::{
    browser,
    clerk::{RULES, Room},
    kit::empty::Empty,
    words::{Told, Words, say, tell, words},
};

pub mod paper;

const TITLE: Words = words("听证笔录", "Record of the hearing");
const YOU: Words = words("您", "You");
const HEAR: Words = words("补看、补听", "See what you missed");
const COLON: Words = words("：", ": ");
const NOTHING: Words =
    words("听证开始后，笔录会实时显示在这里。", "The record appears here as the hearing goes on.");
const EARLIER: Words = words("显示更早的 {n} 行", "Show {n} earlier lines");

/// How many of the last lines are drawn at first; the others on demand.
const DRAWN: usize = 150;

/// The record.
#[component]
pub fn Record(
    /// Whether it is set as the sheet of paper that it will be.
    #[prop(optional)]
    sheet: bool,
    /// Whether the reader's own lines are told as "you".
    #[prop(optional)]
    own: bool,
) -> impl IntoView {
    let room = room();
    let you = own.then(|| room.me());
    let count = memo(move || room.record.see(|record| record.lines.len()));
    let all = RwSignal::new(false);
    let hidden = move || if all.get() { 0 } else { count.get().saturating_sub(DRAWN) };
    let lines =
        move || room.record.see(|record| record.lines.iter().skip(hidden()).cloned().collect::<Vec<_>>());
    // On paper stands the whole record.
    browser::on_window("beforeprint", move || {
        let _ = all.try_set(true);
    });
    // Whoever reads at the end stays at the end; whoever has scrolled up to read is left in peace.
    let at_end = StoredValue::new(true);
    effect(move || {
        count.track();
        if at_end.get_value() {
            request_animation_frame(|| browser::scroll_to_end("record"));
        }
    });
    view! {
        <section class=if sheet { "record sheet" } else { "record" } aria-label=say(TITLE)>
            <h2>{say(TITLE)}</h2>
            <paper::Heading />
            <div id="record" class="lines" role="log" aria-label=say(TITLE) aria-live="polite" tabindex="0" data-testid="record"
                on:scroll=move |_| at_end.set_value(browser::is_at_end("record"))>
                <Show when=move || count.get() == 0>
                    <Empty words=say(NOTHING) />
                </Show>
                <button type="button" class="button quiet" hidden=move || hidden() == 0 on:click=move |_| all.set(true)>
                    {tell(move || EARLIER.with("n", hidden()))}
                </button>
                <For each=lines key=|line| (line.number, line.earlier.len()) let(line)>
                    {row(room, line, you.as_ref())}
                </For>
            </div>
            <paper::Signatures />
        </section>
    }
    .into_any()
}

fn row(room: Room, line: Line, you: Option<&SeatId>) -> AnyView {
    let class = match &line.said {
        Said::Statement(_) | Said::Question { .. } | Said::Answer { .. } | Said::Opinion(_) => "line",
        Said::Gap { .. } | Said::GapOver { .. } | Said::Interrupted { .. } => "line gap",
        Said::Step { .. } | Said::Opened => "line step",
        _ => "line note",
    };
    let time = line.at.local(RULES.utc_offset_minutes).clock();
    let number = line.number;
    let speaker = line.speaker.clone().map(|seat| {
        let is_own = you == Some(&seat);
        let label = tell(move || room.plan.see(|plan| plan.label(&seat)).into());
        // On paper everybody is told by name.
        let you = is_own.then(|| view! { <b class="on-screen">{say(YOU)}{say(COLON)}</b> }.into_any());
        view! { {you} <b class=is_own.then_some("paper")>{label}{say(COLON)}</b> }
    });
    // Whoever was cut off can make good what it missed.
    let missed = matches!(line.said, Said::GapOver { .. }) && line.speaker == Some(room.me());
    let again = missed.then(|| {
        let replay = super::replay(room);
        view! { " " <a class="on-screen" href=replay target="_blank" data-testid="missed">{say(HEAR)}</a> }
    });
    let earlier: Vec<AnyView> =
        line.earlier.iter().map(|(text, _)| view! { <del>{text.clone()}</del> }.into_any()).collect();
    let corrected = !line.earlier.is_empty();
    let said = tell(move || room.plan.see(|plan| Told::from(line.words(plan))));
    let said = if corrected {
        view! { <ins>{said}</ins> }.into_any()
    } else {
        view! { <span>{said}</span> }.into_any()
    };
    view! {
        <div class=class data-line=number>
            <i title=time.clone()>{number}</i>
            <p>
                {speaker}
                {earlier}
                {said}
                {again}
            </p>
            <time>{time.get(..5).map(str::to_string)}</time>
        </div>
    }
    .into_any()
}
