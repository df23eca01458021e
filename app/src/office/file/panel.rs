//! The panel: drawn at random from the pool, or named directly with a reason; every draw with its seed and its pool, to
//! be run again by anybody.

use crate::kit::see::{derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Command, Moment, SeatId,
    hearing::plan::{self, Seating},
};
use serde::Deserialize;

use super::File;
use crate::{
    browser::fetch,
    calendar,
    kit::{
        band::Band,
        button::{Button, Look},
        card::Card,
        empty::Empty,
        sending::Sending,
        tag::Tone,
    },
    office::{desk::fixed, pool::Panellist, seating::free_id},
    words::{Told, Words, say, tell, words},
};

mod draw;
mod who;

pub(super) use who::sits;

const TITLE: Words = words("听证员", "The panel");
const NONE: Words = words("还没有抽取听证员。", "Nobody has been drawn yet.");
const RANDOM: Words = words("随机抽取 {n} 人", "{n} drawn at random");
const DIRECTED: Words = words("指定 {n} 人", "{n} named directly");
const REASON: Words = words("指定的理由", "Reason");
const NAMES: Words = words("抽取结果", "Drawn");
const NAMED: Words = words("指定的听证员", "Named");
const LIMITS: Words = words("抽取范围", "Drawn from");
const WHOLE: Words = words("全部名册", "the whole pool");
const LEFT_OUT: Words = words("排除有利害关系的人员", "Left out for an interest");
const SEED: Words = words("种子", "Seed");
const SIZE: Words = words("名册人数（符合条件）", "Pool (who qualify)");
const HASH: Words = words("名册摘要（SHA-256）", "Digest of the pool (SHA-256)");
const AGAIN: Words = words("重新计算核对", "Run it again");
const SAME: Words =
    words("重新计算的结果：{names}。与记录一致。", "Run again: {names}. The same as recorded.");
const DIFFERS: Words = words(
    "重新计算的结果：{names}。与记录不一致，请立即报告。",
    "Run again: {names}. This is not what was recorded; report it at once.",
);
const SEAT: Words = words("安排为听证员（{n} 人）", "Give them seats ({n})");
const STRANGERS: Words = words(
    "抽中的听证员中有 {n} 人不在本页载入的名册中，请重新打开本页后再安排。",
    "{n} of those drawn are not in the pool as this page knows it; please open the page again to give them seats.",
);
const SEATED: Words = words("均已安排席位", "All have their seats");

/// A draw, as the server tells it, and what came out when it was run again just now.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Redrawn {
    at: Moment,
    draw: Drawn,
    again: Vec<String>,
    holds: bool,
}

/// What was written down of a draw.
#[derive(Clone, Debug, Deserialize)]
struct Drawn {
    id: Option<String>,
    seed: Option<String>,
    class: Option<String>,
    specialty: Option<String>,
    region: Option<String>,
    conflicts: Vec<String>,
    pool: Vec<Candidate>,
    pool_hash: String,
    drawn: Vec<String>,
    reason: Option<String>,
}

/// Somebody who stood in the pool.
#[derive(Clone, Debug, Deserialize)]
struct Candidate {
    id: String,
    name: String,
}

impl Redrawn {
    /// Whether somebody was drawn, by the id in the pool.
    pub(super) fn has_drawn(&self, id: &str) -> bool {
        self.draw.drawn.iter().any(|drawn| drawn == id)
    }
}

impl Drawn {
    fn names(&self, ids: &[String]) -> String {
        let name = |id: &String| self.pool.iter().find(|one| one.id == *id).map(|one| one.name.as_str());
        ids.iter().filter_map(name).collect::<Vec<_>>().join("、")
    }
}

/// The card.
pub(super) fn card(file: File) -> AnyView {
    let draws = move || {
        let draws = file.draws.get();
        if draws.is_empty() {
            return view! { <Empty words=say(NONE) /> }.into_any();
        }
        // The last one counts.
        let last = draws.len() - 1;
        draws
            .into_iter()
            .enumerate()
            .rev()
            .map(|(at, draw)| one(file, at, draw, at == last))
            .collect::<Vec<_>>()
            .into_any()
    };
    view! {
        <div id="panel">
            <Card title=say(TITLE) testid="panel">
                {draws}
                {draw::form(file)}
            </Card>
        </div>
    }
    .into_any()
}

fn one(file: File, number: usize, redrawn: Redrawn, last: bool) -> AnyView {
    let Redrawn { at, draw, .. } = redrawn;
    let many = draw.drawn.len();
    let (title, whom) = if draw.seed.is_some() { (RANDOM, NAMES) } else { (DIRECTED, NAMED) };
    let title = title.with("n", many);
    let names = draw.names(&draw.drawn);
    let seat = last.then(|| seat(file, &draw.drawn));
    let check = draw.seed.is_some().then(|| check(file, number));
    view! {
        <article class="draw" data-testid=format!("draw-{}", number + 1)>
            <h3>{fixed(title)} " " <span class="muted small">{fixed(calendar::moment(at))}</span></h3>
            <dl class="facts">
                <dt>{say(whom)}</dt>
                <dd><strong data-testid="drawn">{names}</strong></dd>
                {source(&draw)}
            </dl>
            <div class="row">{seat} {check}</div>
        </article>
    }
    .into_any()
}

/// From whom and how it was drawn.
fn source(draw: &Drawn) -> AnyView {
    let limits: Vec<String> =
        [&draw.class, &draw.specialty, &draw.region].into_iter().flatten().cloned().collect();
    let limits = if limits.is_empty() {
        say(WHOLE)
    } else {
        fixed(Told { zh: limits.join("、"), en: limits.join(", ") })
    };
    let pair = |words: Words, value: AnyView| view! { <dt>{say(words)}</dt><dd>{value}</dd> }.into_any();
    let left_out = (!draw.conflicts.is_empty()).then(|| pair(LEFT_OUT, draw.conflicts.len().into_any()));
    let reason = draw.reason.clone().map(|reason| pair(REASON, reason.into_any()));
    let seed = draw.seed.clone().map(|seed| {
        let seed = view! { <span class="fingerprint" data-testid="seed">{seed}</span> }.into_any();
        let hash = view! { <span class="fingerprint">{draw.pool_hash.clone()}</span> }.into_any();
        let size = view! { <span data-testid="pool-size">{draw.pool.len()}</span> }.into_any();
        let limits = pair(LIMITS, limits.into_any());
        view! { {limits} {left_out} {pair(SIZE, size)} {pair(SEED, seed)} {pair(HASH, hash)} }.into_any()
    });
    view! { {reason} {seed} }.into_any()
}

/// Runs the draw again, on the server and now, and shows what comes out beside what was recorded.
fn check(file: File, number: usize) -> AnyView {
    let (sending, checked) = (Sending::default(), RwSignal::new(None::<Redrawn>));
    let press = move |()| {
        checked.set(None);
        sending.go(async move {
            let draws: Vec<Redrawn> = fetch::get(&file.path("/draw"), None).await?;
            checked.set(draws.into_iter().nth(number));
            Ok(())
        });
    };
    let verdict = move || {
        checked.get().map(|Redrawn { draw, again, holds, .. }| {
            let (words, tone) = if holds { (SAME, Tone::Good) } else { (DIFFERS, Tone::Alert) };
            let told = words.with("names", draw.names(&again));
            view! { <Band tone testid="redrawn">{fixed(told)}</Band> }.into_any()
        })
    };
    view! {
        <Button words=say(AGAIN) press busy=sending.busy testid=format!("redraw-{}", number + 1) />
        {sending.news()}
        {verdict}
    }
    .into_any()
}

/// Those drawn who have no seat yet, and how many more of them this page does not know.
fn standing(file: File, drawn: &[String]) -> (Vec<Panellist>, usize) {
    file.people.with(|people| {
        let unseated = file.view.with(|view| who::unseated(&view.plan, people, drawn));
        let person = |id: &String| people.iter().find(|person| person.id == *id).cloned();
        let known: Vec<Panellist> = unseated.iter().filter_map(person).collect();
        let strangers = unseated.len() - known.len();
        (known, strangers)
    })
}

/// Gives seats to those drawn who have none yet.
fn seat(file: File, drawn: &[String]) -> AnyView {
    let drawn = StoredValue::new(drawn.to_vec());
    let standing = move || drawn.with_value(|drawn| standing(file, drawn));
    let seatings = move || {
        let (known, _) = standing();
        file.view.with(|view| {
            let mut taken = view.plan.places.keys().cloned().collect();
            let seated = |person: &Panellist| {
                let id: SeatId = free_id(Capacity::Panellist, &taken);
                taken.insert(id.clone());
                Seating {
                    id,
                    capacity: Capacity::Panellist,
                    name: person.name.clone(),
                    post: Some(person.post.clone()),
                    side: None,
                    acts_for: None,
                    age: u32::try_from(person.age()).ok(),
                    chief_prosecutor: false,
                    department_head: false,
                }
            };
            known.iter().map(seated).collect::<Vec<Seating>>()
        })
    };
    let strangers = memo(move || standing().1);
    let count = memo(move || seatings().len());
    let first = move || {
        let seating = seatings().into_iter().next();
        seating.map(|seating| Command::Plan(plan::Command::Seat(seating)))
    };
    let role = file.role;
    let dead = derived(move || {
        let command = first()?;
        file.view.with(|view| crate::office::desk::why_not(view, role, command))
    });
    let sending = Sending::default();
    let press = move |()| {
        let seatings = untrack(seatings);
        sending.go(async move {
            for seating in seatings {
                file.act(Command::Plan(plan::Command::Seat(seating))).await?;
            }
            Ok(())
        });
    };
    view! {
        <div hidden=move || count.get() == 0>
            <Button
                words=tell(move || SEAT.with("n", count.get()))
                look=Look::Primary
                press
                dead
                busy=sending.busy
                testid="seat-panel"
            />
            {sending.news()}
        </div>
        <p class="reason" hidden=move || strangers.get() == 0 data-testid="strangers">
            {tell(move || STRANGERS.with("n", strangers.get()))}
        </p>
        <p class="muted" hidden=move || { count.get() + strangers.get() > 0 }>{say(SEATED)}</p>
    }
    .into_any()
}
