//! Questions on the desk: cards for everyone, the form of the panel, the chair's admission, the answer of the person
//! asked.

use std::collections::BTreeSet;

use crate::kit::see::{For, See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Command, Id, SeatId,
    hearing::question::{self, Question, State},
};

use super::{
    act::{Act, WithReason, Write},
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

const NONE: Words = words("还没有提问。", "No questions yet.");
const ASKS: Words = words("{by} 问 {to}", "{by} asks {to}");
const NUMBER: Words = words("第 {n} 问", "Question {n}");
const WAITS_CHAIR: Words = words("待主持人准许", "waits for the chair");
const WAITS_ANSWER: Words = words("待回答", "waits for the answer");
const ANSWERED: Words = words("已回答", "answered");
const DISALLOWED: Words = words("未准许", "disallowed");
const LAPSED: Words = words("未作回答", "lapsed");
const ADMIT: Words = words("准许提问", "Admit");
const DISALLOW: Words = words("不予准许", "Disallow");
const DISALLOW_WHY: Words =
    words("理由只有听证员和本院人员看到。", "The reason is seen by panel and office alone.");
const ANSWER: Words = words("您的回答", "Your answer");
const SEND_ANSWER: Words = words("提交回答", "Answer");
const ASK: Words = words("向谁提问", "Whom to ask");
const WHOM_FIRST: Words = words("请先选择向谁提问。", "Choose whom to ask first.");
const CHOOSE: Words = words("请选择", "Choose");
const TEXT: Words = words("问题", "Question");
const PUT: Words = words("提交问题", "Ask");
const ASK_NOTE: Words =
    words("经主持人准许后，当事人才能看到。", "The person asked sees it once the chair admits it.");
const TO_YOU: Words = words("请您回答", "Please answer");

fn label(room: Room, seat: &SeatId) -> Told {
    room.plan.see(|plan| plan.label(seat)).into()
}

/// Ids in the order in which they were asked; ids sort by time.
fn ids(room: Room, keep: impl Fn(&Question) -> bool) -> Vec<Id> {
    room.questions.see(|questions| {
        let kept = questions.asked.iter().filter(|(_, question)| keep(question));
        // Put in one by one: a sort of its own is much of what a browser loads.
        let mut all = BTreeSet::new();
        all.extend(kept.map(|(id, question)| (question.number.unwrap_or(u32::MAX), id.clone())));
        all.into_iter().map(|(_, id)| id).collect()
    })
}

/// How many questions wait for the chair.
#[must_use]
pub fn waiting(room: Room) -> usize {
    room.questions
        .see(|questions| questions.asked.values().filter(|question| question.state == State::Asked).count())
}

/// Cards of all questions that this seat may see; `rule` adds the chair's ruling.
#[component]
pub fn Questions(
    /// Whether the chair rules here.
    #[prop(optional)]
    rule: bool,
) -> impl IntoView {
    let room = room();
    let all = move || ids(room, |_| true);
    view! {
        <div class="questions" data-testid="questions">
            <Show when=move || all().is_empty()>
                <Empty words=say(NONE) />
            </Show>
            <For each=all key=Clone::clone let(id)>
                <Card id rule />
            </For>
        </div>
    }
    .into_any()
}

#[component]
fn Card(id: Id, rule: bool) -> impl IntoView {
    let room = room();
    let testid = format!("question-{id}");
    let question = {
        let id = id.clone();
        memo(move || room.questions.see(|all| all.asked.get(&id).cloned()))
    };
    let asks = tell(move || {
        question
            .get()
            .map(|question| {
                Told::from(ASKS)
                    .with_told("by", &label(room, &question.by))
                    .with_told("to", &label(room, &question.to))
            })
            .unwrap_or_default()
    });
    let number = tell(move || {
        question.get().and_then(|question| question.number).map(|n| NUMBER.with("n", n)).unwrap_or_default()
    });
    let state = move || {
        question.get().map_or((LAPSED, Tone::Plain), |question| match question.state {
            State::Asked => (WAITS_CHAIR, Tone::Wait),
            State::Put => (WAITS_ANSWER, Tone::Info),
            State::Disallowed(_) => (DISALLOWED, Tone::Alert),
            State::Answered { .. } => (ANSWERED, Tone::Good),
            State::Lapsed => (LAPSED, Tone::Plain),
        })
    };
    let text = move || question.get().map(|question| question.text);
    let more = move || {
        question.get().and_then(|question| match question.state {
            State::Disallowed(reason) => Some(reason),
            State::Answered { text, .. } => Some(text),
            _ => None,
        })
    };
    let is_asked = memo(move || {
        question.see(|question| question.as_ref().is_some_and(|question| question.state == State::Asked))
    });
    view! {
        <article class="item question" data-testid=testid>
            <header>
                <span class="muted small">{number}" "{asks}</span>
                <Tag words=tell(move || state().0.into()) tone=derived(move || state().1) />
            </header>
            <p class="text">{text}</p>
            <p class="answer" hidden=move || more().is_none()>{more}</p>
            {rule.then(|| view! {
                <Show when=move || is_asked.get()><Rule id=id.clone() /></Show>
            })}
        </article>
    }
    .into_any()
}

#[component]
fn Rule(id: Id) -> impl IntoView {
    let (admit, disallow) = (id.clone(), id.clone());
    view! {
        <div class="row">
            <Act words=say(ADMIT) look=Look::Primary testid=format!("admit-question-{id}")
                command=move |()| Command::Question(question::Command::Admit { of: admit.clone() }) />
            <WithReason words=say(DISALLOW) prompt=say(DISALLOW_WHY) look=Look::Danger testid=format!("disallow-{id}")
                command=move |reason| Command::Question(question::Command::Disallow { of: disallow.clone(), reason }) />
        </div>
    }
    .into_any()
}

/// Who can be asked.
fn askable(room: Room) -> Vec<(String, String)> {
    let language = language();
    let may = |capacity: Capacity| {
        capacity.is_party()
            || matches!(
                capacity,
                Capacity::Handler | Capacity::Witness | Capacity::Expert | Capacity::Officer
            )
    };
    room.plan.see(|plan| {
        room.roll.see(|roll| {
            plan.places
                .iter()
                .filter(|(seat, place)| may(place.capacity) && roll.is_present(seat))
                .map(|(seat, _)| {
                    (seat.0.clone(), Told::from(plan.label(seat)).in_language(language).to_string())
                })
                .collect()
        })
    })
}

/// The form with which a panellist asks.
#[component]
pub fn Ask() -> impl IntoView {
    let room = room();
    let to = room.chosen("ask.to", "");
    let options = memo(move || askable(room));
    let draft = room.draft("ask");
    let command = move |text| Command::Question(question::Command::Ask { to: SeatId(to.get()), text });
    let lacks = derived(move || to.see(String::is_empty).then(|| WHOM_FIRST.into()));
    view! {
        <div class="ask">
            <Select label=say(ASK) value=to options none=say(CHOOSE) testid="ask-to" />
            <Write label=say(TEXT) words=say(PUT) draft command lacks testid="ask">
                <p class="muted small">{say(ASK_NOTE)}</p>
            </Write>
        </div>
    }
    .into_any()
}

/// Questions that wait for this seat's answer, or for that of the party it speaks for.
#[must_use]
pub fn to_me(room: Room) -> Vec<Id> {
    let me = room.me();
    let party = room.plan.see(|plan| plan.places.get(&me).and_then(|place| place.acts_for.clone()));
    ids(room, |question| {
        question.state == State::Put && (question.to == me || Some(&question.to) == party.as_ref())
    })
}

/// The questions put to this seat, each with its answer.
#[component]
pub fn Answers() -> impl IntoView {
    let room = room();
    view! {
        <For each=move || to_me(room) key=Clone::clone let(id)>
            <Answer id />
        </For>
    }
    .into_any()
}

#[component]
fn Answer(id: Id) -> impl IntoView {
    let room = room();
    let question = {
        let id = id.clone();
        move || room.questions.see(|all| all.asked.get(&id).cloned())
    };
    let text = question.clone();
    let asks = tell(move || {
        question()
            .map(|question| {
                Told::from(ASKS)
                    .with_told("by", &label(room, &question.by))
                    .with_told("to", &label(room, &question.to))
            })
            .unwrap_or_default()
    });
    let draft = room.draft(&format!("answer.{id}"));
    let testid = format!("answer-{id}");
    view! {
        <section class="card to-answer" data-testid="to-answer">
            <h2>{say(TO_YOU)}</h2>
            <p class="muted">{asks}</p>
            <p class="text">{move || text().map(|question| question.text)}</p>
            <Write label=say(ANSWER) words=say(SEND_ANSWER) draft testid
                command=move |text| Command::Question(question::Command::Answer { of: id.clone(), text }) />
        </section>
    }
    .into_any()
}
