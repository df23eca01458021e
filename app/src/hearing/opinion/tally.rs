//! The count of the sheets, for the office, once the opinion has been read out.

use crate::kit::see::{See, Show};
use leptos::prelude::*;
use procedure::hearing::opinion;

use crate::{
    clerk::{RULES, Room},
    hearing::room,
    kit::empty::Empty,
    words::{Told, Words, say, tell, words},
};

const TALLY: Words = words("各项意见统计", "Count of the sheets");
const MAJORITY: Words = words("多数意见：{position}", "Majority: {position}");
const TIE: Words = words("没有多数意见", "No majority");
const NOT_READ: Words =
    words("听证意见宣读后，这里显示统计。", "The count appears here once the opinion has been read out.");

/// The count on each issue, for the office, once the opinion has been read.
#[component]
pub fn Tallies() -> impl IntoView {
    let room = room();
    let rows = move || {
        let tallies = room.opinions.see(|all| all.tallies(RULES.majority));
        tallies.into_iter().map(|(issue, tally)| tallied(room, issue, tally)).collect::<Vec<_>>()
    };
    let none = move || room.opinions.see(|all| all.released.is_empty());
    view! {
        <section class="tallies" data-testid="tallies" aria-label=say(TALLY)>
            <h3>{say(TALLY)}</h3>
            <Show when=none>
                <Empty words=say(NOT_READ) />
            </Show>
            <dl>{rows}</dl>
        </section>
    }
    .into_any()
}

fn tallied(room: Room, issue: String, tally: opinion::Tally) -> AnyView {
    let counts = tell(move || {
        let part = |pick: fn((&'static str, &'static str)) -> &'static str| {
            tally
                .counts
                .iter()
                .map(|(position, n)| format!("{} {n}", pick(position.words())))
                .collect::<Vec<_>>()
        };
        let majority = tally.majority.map_or_else(
            || Told::from(TIE),
            |position| Told::from(MAJORITY).with_told("position", &Words::from(position.words()).into()),
        );
        Told {
            zh: format!("{}。{}", part(|(zh, _)| zh).join("，"), majority.zh),
            en: format!("{}. {}", part(|(_, en)| en).join(", "), majority.en),
        }
    });
    let text = move || {
        room.plan
            .see(|plan| plan.issues.iter().find(|known| known.id == issue).map(|known| known.text.clone()))
    };
    view! {
        <dt>{text}</dt>
        <dd>{counts}</dd>
    }
    .into_any()
}
