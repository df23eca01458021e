//! Motions on the desk: what parties ask for, and the chair's ruling.

use crate::kit::see::{For, See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Command, Id, SeatId,
    hearing::motion::{self, Kind, Motion},
};

use super::{
    act::{WithReason, Write},
    room,
};
use crate::{
    clerk::Room,
    kit::{
        button::Look,
        empty::Empty,
        select::Select,
        tag::{Tag, Tone},
    },
    words::{Told, Words, language, say, tell, words},
};

const NONE: Words = words("没有申请。", "No motions.");
const WAITS: Words = words("待决定", "waits for a ruling");
const GRANTED: Words = words("准许", "granted");
const DENIED: Words = words("不准许", "denied");
const GRANT: Words = words("准许", "Grant");
const DENY: Words = words("不准许", "Deny");
const RULE_WHY: Words = words(
    "决定和理由写入笔录。准许回避的，立即生效。",
    "Ruling and reason stand in the record. A recusal takes effect at once.",
);
const KIND: Words = words("申请事项", "What you ask for");
const WHOM: Words = words("申请何人回避", "Whose recusal");
const CHOOSE: Words = words("请选择", "Choose");
const TEXT: Words = words("理由和要求", "Your reasons");
const MOVE: Words = words("提出申请", "Submit");
const MOVED: Words = words("{by}：{kind}{whom}", "{by}: {kind}{whom}");

const KINDS: [(Kind, &str); 5] = [
    (Kind::Recusal, "recusal"),
    (Kind::Adjournment, "adjournment"),
    (Kind::NewEvidence, "new-evidence"),
    (Kind::CloseDoors, "close-doors"),
    (Kind::Objection, "objection"),
];

fn kind_of(name: &str) -> Kind {
    KINDS.iter().find(|(_, known)| *known == name).map_or(Kind::Objection, |(kind, _)| *kind)
}

/// How many motions wait for a ruling.
#[must_use]
pub fn waiting(room: Room) -> usize {
    room.motions.see(|motions| motions.open().count())
}

/// All motions; `rule` adds the chair's ruling.
#[component]
pub fn Motions(
    /// Whether the chair rules here.
    #[prop(optional)]
    rule: bool,
) -> impl IntoView {
    let room = room();
    let all = move || room.motions.see(|motions| motions.moved.keys().rev().cloned().collect::<Vec<_>>());
    view! {
        <div class="motions" data-testid="motions">
            <Show when=move || all().is_empty()>
                <Empty words=say(NONE) />
            </Show>
            <For each=all key=Clone::clone let(id)>
                <Item id rule />
            </For>
        </div>
    }
    .into_any()
}

fn title(room: Room, motion: &Motion) -> Told {
    let whom = motion
        .whom
        .as_ref()
        .map(|seat| Told::from(room.plan.see(|plan| plan.label(seat))))
        .map(|told| Told { zh: format!("（{}）", told.zh), en: format!(" ({})", told.en) });
    Told::from(MOVED)
        .with_told("by", &room.plan.see(|plan| plan.label(&motion.by)).into())
        .with_told("kind", &Words::from(motion.kind.words()).into())
        .with_told("whom", &whom.unwrap_or_default())
}

#[component]
fn Item(id: Id, rule: bool) -> impl IntoView {
    let room = room();
    let motion = {
        let id = id.clone();
        memo(move || room.motions.see(|all| all.moved.get(&id).cloned()))
    };
    let head = tell(move || motion.get().map(|motion| title(room, &motion)).unwrap_or_default());
    let state = move || match motion.get().and_then(|motion| motion.ruling) {
        None => (WAITS, Tone::Wait),
        Some(ruling) if ruling.granted => (GRANTED, Tone::Good),
        Some(_) => (DENIED, Tone::Plain),
    };
    let reason = move || motion.get().and_then(|motion| motion.ruling).map(|ruling| ruling.reason);
    let testid = format!("motion-{id}");
    let (grant, deny) = (id.clone(), id.clone());
    let ruling = move |of: &Id, granted: bool, reason: String| {
        Command::Motion(motion::Command::Rule { of: of.clone(), granted, reason })
    };
    view! {
        <article class="item motion" data-testid=testid>
            <header>
                <strong>{head}</strong>
                <Tag words=tell(move || state().0.into()) tone=derived(move || state().1) />
            </header>
            <p class="text">{move || motion.get().map(|motion| motion.text)}</p>
            <p class="answer" hidden=move || reason().is_none()>{reason}</p>
            {rule.then(|| view! {
                <div class="row" hidden=move || reason().is_some()>
                    <WithReason words=say(GRANT) prompt=say(RULE_WHY) look=Look::Primary testid=format!("grant-{id}")
                        command=move |reason| ruling(&grant, true, reason) />
                    <WithReason words=say(DENY) prompt=say(RULE_WHY) look=Look::Danger explain=false testid=format!("deny-{id}")
                        command=move |reason| ruling(&deny, false, reason) />
                </div>
            })}
        </article>
    }
    .into_any()
}

/// Those whose recusal can be asked for.
fn recusable(room: Room) -> Vec<(String, String)> {
    let language = language();
    let may = |capacity: Capacity| {
        capacity.is_office()
            || matches!(capacity, Capacity::Panellist | Capacity::Expert | Capacity::Interpreter)
    };
    room.plan.see(|plan| {
        plan.places
            .iter()
            .filter(|(_, place)| may(place.capacity))
            .map(|(seat, _)| (seat.0.clone(), Told::from(plan.label(seat)).in_language(language).to_string()))
            .collect()
    })
}

/// The form with which a party asks for something.
#[component]
pub fn Move() -> impl IntoView {
    let room = room();
    let (kind, whom) = (room.chosen("motion.kind", "objection"), room.chosen("motion.whom", ""));
    let draft = room.draft("motion");
    let kinds = derived(move || {
        let language = language();
        KINDS
            .iter()
            .map(|(kind, name)| {
                ((*name).to_string(), Words::from(kind.words()).in_language(language).to_string())
            })
            .collect()
    });
    let people = memo(move || recusable(room));
    let recusal = move || kind.see(|kind| kind == "recusal");
    let command = move |text| {
        let whom = Some(whom.get()).filter(|seat| recusal() && !seat.is_empty()).map(SeatId);
        Command::Motion(motion::Command::Move { kind: kind_of(&kind.get()), text, whom })
    };
    view! {
        <div class="move" data-testid="move">
            <Select label=say(KIND) value=kind options=kinds testid="motion-kind" />
            <div hidden=move || !recusal()>
                <Select label=say(WHOM) value=whom options=people none=say(CHOOSE) testid="motion-whom" />
            </div>
            <Write label=say(TEXT) words=say(MOVE) draft command testid="motion" />
        </div>
    }
    .into_any()
}
