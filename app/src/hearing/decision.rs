//! The decision on the desk: the chair's form, with the warning when the panel's majority is not followed.

use crate::kit::see::{See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Command,
    hearing::{
        decision::{self, When},
        phase::Phase,
    },
};

use super::{
    act::{WithReason, Write},
    opinion::tally::Tallies,
    phase::current,
    room,
};
use crate::{
    kit::{area::Area, band::Band, choice::OneOf, tag::Tone},
    words::{Words, say, words},
};

const WHEN: Words = words("何时决定", "When");
const NOW: Words = words("当场宣布", "Announce now");
const LATER: Words = words("另行决定并告知", "Decide later");
const FOLLOWS: Words = words("是否采纳听证员多数意见", "Is the panel's majority followed?");
const YES: Words = words("采纳", "Followed");
const NO: Words = words("不采纳", "Not followed");
const CONSENT: Words = words(
    "不采纳多数意见的，须先报请检察长同意。检察长同意后，才能宣布。",
    "Where the majority is not followed, the chief prosecutor must consent first; only then can the decision be announced.",
);
const CONSENTED: Words = words(
    "检察长已经同意不采纳多数意见。",
    "The chief prosecutor has consented to not following the majority.",
);
const GIVE_CONSENT: Words = words("以检察长身份同意", "Consent as chief prosecutor");
const CONSENT_WHY: Words =
    words("请写明同意不采纳多数意见的理由，存入案卷。", "Say why; it stands in the confidential file.");
const REASONS: Words = words("理由", "Reasons");
const TEXT: Words = words("决定", "Decision");
const ANNOUNCE: Words = words("宣布", "Announce");
const WAIT: Words = words("到主持人总结时宣布决定。", "The decision is announced at the summing up.");
const DONE: Words = words("决定已经宣布。", "The decision has been announced.");

/// The chair's form.
#[component]
pub fn Decision() -> impl IntoView {
    let room = room();
    let now = current(room);
    let announced = memo(move || room.decision.see(|decision| decision.announced.clone()));
    view! {
        <div class="decision" data-testid="decision">
            <Tallies />
            <p class="muted" hidden=move || { now.get() >= Phase::Summary }>{say(WAIT)}</p>
            <div hidden=move || announced.see(Option::is_none)>
                <Band tone=Tone::Good testid="announced">{say(DONE)}</Band>
                <p class="text">{move || announced.get().map(|announced| announced.text)}</p>
                <p class="text muted">{move || announced.get().map(|announced| announced.reasons)}</p>
            </div>
            <Show when=move || now.get() == Phase::Summary && announced.see(Option::is_none)>
                <Announce />
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Announce() -> impl IntoView {
    let room = room();
    let when = room.chosen("decision.when", "now");
    let follows = room.chosen("decision.follows", "yes");
    let (text, reasons) = (room.draft("decision"), room.draft("decision.reasons"));
    let against = move || follows.see(|follows| follows == "no");
    let consent = move || room.decision.see(|decision| decision.consent.is_some());
    let command = move |text| {
        let when = if when.get() == "now" { When::Now } else { When::Later };
        let reasons = reasons.text.get().trim().to_string();
        Command::Decision(decision::Command::Decide { when, adopts_majority: !against(), text, reasons })
    };
    view! {
        <div class="pair">
        <OneOf label=say(WHEN) value=when testid="when"
            options=vec![("now", say(NOW)), ("later", say(LATER))] />
        <OneOf label=say(FOLLOWS) value=follows testid="follows"
            options=vec![("yes", say(YES)), ("no", say(NO))] />
        </div>
        <Show when=against>
            <Band tone=derived(move || if consent() { Tone::Good } else { Tone::Wait }) testid="consent">
                {move || if consent() { CONSENTED.now() } else { CONSENT.now() }}
            </Band>
            <WithReason words=say(GIVE_CONSENT) prompt=say(CONSENT_WHY) testid="give-consent"
                command=|reason| Command::Decision(decision::Command::Consent { reason }) />
        </Show>
        <Area label=say(REASONS) draft=reasons testid="decision-reasons" />
        <Write label=say(TEXT) words=say(ANNOUNCE) draft=text command testid="decision-text"
            sent=move |()| reasons.set(String::new()) />
    }
    .into_any()
}
