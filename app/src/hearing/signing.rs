//! Signing on the desk: the way to the page where the record is read and signed, and for clerk and chair the requests for
//! correction to rule on.

use crate::kit::see::{For, See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Command, Id,
    hearing::{
        phase::Phase,
        record::{self, Correction, Signature},
    },
};

use super::{act::WithReason, phase::current, room};
use crate::{
    clerk::Room,
    kit::{
        button::Look,
        empty::Empty,
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("核对笔录并签名", "Read the record and sign");
const SIGN: Words = words("核对并签名", "Read and sign");
const SIGNED: Words = words("您已签名", "You have signed");
const REFUSED: Words = words("您已拒绝签名", "You have refused to sign");
const NOTHING: Words = words("没有更正申请。", "No corrections asked for.");
const ASKED: Words = words("{by} 申请更正第 {n} 行", "{by} asks to correct line {n}");
const GRANT: Words = words("同意更正", "Grant");
const DENY: Words = words("不同意", "Refuse");
const RULE_WHY: Words = words(
    "请写明理由。同意后两个版本都保留，已签名的人重新核对签名。",
    "Say why. If granted, both versions are kept and those who signed are asked again.",
);
const GRANTED: Words = words("已更正", "granted");
const DENIED: Words = words("未更正", "refused");
const WAITS: Words = words("待处理", "waiting");

/// What this seat does at the signing.
#[component]
pub fn Signing() -> impl IntoView {
    let room = room();
    let now = current(room);
    let me = room.me();
    let signs = {
        let me = me.clone();
        memo(move || room.plan.see(|plan| plan.capacity(&me).is_some_and(procedure::Capacity::signs)))
    };
    let mine = memo(move || room.record.see(|record| record.signatures.get(&me).cloned()));
    let told = tell(move || match mine.get() {
        Some(Signature::Signed { .. }) => SIGNED.into(),
        Some(Signature::Refused { .. }) => REFUSED.into(),
        None => Told::default(),
    });
    let tone =
        derived(
            move || {
                if matches!(mine.get(), Some(Signature::Signed { .. })) { Tone::Good } else { Tone::Wait }
            },
        );
    view! {
        <Show when=move || now.get() == Phase::Signing && signs.get()>
            <section class="card signing" aria-label=say(TITLE) data-testid="signing">
                <h2>{say(TITLE)}</h2>
                <span hidden=move || mine.see(Option::is_none)>
                    <Tag words=told tone testid="signature" />
                </span>
                <a class="button primary" href=super::sign(room) data-testid="to-sign"
                    hidden=move || matches!(mine.get(), Some(Signature::Signed { .. }))>{say(SIGN)}</a>
            </section>
        </Show>
    }
    .into_any()
}

/// How many requests wait.
#[must_use]
pub fn waiting(room: Room) -> usize {
    room.record.see(|record| record.open_corrections().count())
}

/// Requests for correction; `rule` adds the ruling.
#[component]
pub fn Corrections(
    /// Whether clerk or chair rules here.
    #[prop(optional)]
    rule: bool,
) -> impl IntoView {
    let room = room();
    let ids = move || {
        room.record.see(|record| {
            record.corrections.iter().rev().map(|correction| correction.id.clone()).collect::<Vec<_>>()
        })
    };
    view! {
        <div class="corrections" data-testid="corrections">
            <Show when=move || ids().is_empty()>
                <Empty words=say(NOTHING) />
            </Show>
            <For each=ids key=Clone::clone let(id)>
                <Item id rule />
            </For>
        </div>
    }
    .into_any()
}

fn find(room: Room, id: &Id) -> Option<Correction> {
    room.record.see(|record| record.corrections.iter().find(|correction| &correction.id == id).cloned())
}

#[component]
fn Item(id: Id, rule: bool) -> impl IntoView {
    let room = room();
    let correction = {
        let id = id.clone();
        memo(move || find(room, &id))
    };
    let head = tell(move || {
        correction
            .get()
            .map(|correction| {
                Told::from(ASKED)
                    .with_told("by", &room.plan.see(|plan| plan.label(&correction.by)).into())
                    .with("n", correction.line)
            })
            .unwrap_or_default()
    });
    let open = move || {
        correction.see(|correction| correction.as_ref().is_some_and(|correction| correction.ruling.is_none()))
    };
    let state = move || match correction.get().and_then(|correction| correction.ruling) {
        None => (WAITS, Tone::Wait),
        Some((true, _)) => (GRANTED, Tone::Good),
        Some((false, _)) => (DENIED, Tone::Plain),
    };
    let line = correction.get_untracked().map_or(0, |correction| correction.line);
    let (grant, deny, name) = (id.clone(), id.clone(), id.clone());
    let ruling = |of: &Id, granted, reason| {
        Command::Record(record::Command::RuleCorrection { of: of.clone(), granted, reason })
    };
    view! {
        <article class="item" data-testid=format!("correction-{line}")>
            <header>
                <strong>{head}</strong>
                <Tag words=tell(move || state().0.into()) tone=derived(move || state().1) />
            </header>
            <p class="text">{move || correction.get().map(|correction| correction.text)}</p>
            <p class="muted small">{move || correction.get().map(|correction| correction.reason)}</p>
            {rule.then(|| view! {
                <div class="row" hidden=move || !open() data-correction=name.0>
                    <WithReason words=say(GRANT) prompt=say(RULE_WHY) look=Look::Primary testid=format!("grant-correction-{line}")
                        command=move |reason| ruling(&grant, true, reason) />
                    <WithReason words=say(DENY) prompt=say(RULE_WHY) look=Look::Danger explain=false testid=format!("deny-correction-{line}")
                        command=move |reason| ruling(&deny, false, reason) />
                </div>
            })}
        </article>
    }
    .into_any()
}
