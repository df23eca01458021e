//! What is decided from outside the room because the chair may not: a recusal of the chair or of the chief prosecutor,
//! consent to not following the panel's majority, who presides when the chair is gone. Shown to those who decide it.

use std::sync::Arc;

use crate::kit::see::{For, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Command, Hearing, Id, Office, SeatId,
    hearing::{decision, motion, opinion::Tally, phase::Phase, roll},
};

use super::{
    File,
    ask::{self, Ask},
};
use crate::{
    clerk::RULES,
    kit::{
        button::{Button, Look},
        card::Card,
        empty::Empty,
        tag::{Tag, Tone},
    },
    office::desk::fixed,
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("须由院领导决定的事项", "For the leaders to decide");
const LEAD: Words = words(
    "主持人不能自行决定的事项，由检察长决定；检察长的回避，由检察委员会决定，院领导在此录入。决定立即生效，写入笔录。",
    "What the chair may not decide the chief prosecutor does; on the recusal of the chief prosecutor the committee decides, and a leader enters it here. A decision takes effect at once and stands in the record.",
);
const RECUSALS: Words = words("申请回避", "Motions for recusal");
const NO_RECUSAL: Words = words("没有申请办案人员回避。", "No recusal of the staff has been asked for.");
const ASKED: Words = words("{by}申请{whom}回避", "{by} asks for the recusal of {whom}");
const WAITS: Words = words("待决定", "waits for a ruling");
const GRANTED: Words = words("准许", "granted");
const DENIED: Words = words("不准许", "denied");
const GRANT: Words = words("准许回避", "Grant");
const DENY: Words = words("不准许", "Deny");
const RULE_WHY: Words = words(
    "请写明理由。检察长的回避，请写明检察委员会的决定。",
    "Please give the reason; on the chief prosecutor, what the committee decided.",
);
const CONSENT: Words = words("不采纳听证员多数意见", "Not following the panel's majority");
const NOT_READ: Words = words(
    "听证员发表意见以后，这里显示听证意见和各项意见统计。",
    "The opinion and its count appear here once the panel has given it.",
);
const OPINION: Words = words("听证意见", "The panel's opinion");
const MAJORITY: Words = words("{counts}。多数意见：{position}", "{counts}. Majority: {position}");
const NO_MAJORITY: Words = words("{counts}。没有多数意见", "{counts}. No majority");
const CONSENTED: Words = words("检察长已经同意。理由：{reason}", "Consent was given: {reason}");
const GIVE_CONSENT: Words = words("同意不采纳多数意见", "Consent to not following it");
const CONSENT_WHY: Words =
    words("请写明同意不采纳多数意见的理由，存入副卷。", "Say why; it stands in the confidential volume.");
const REASON: Words = words("理由", "Reason");
const DEPUTY: Words = words("主持人因故离开时代为主持", "Who presides when the chair is gone");
const NO_HANDLER: Words = words("还没有安排承办检察官。", "No handling prosecutor has a seat yet.");
const NAMED: Words = words("已指定{name}。", "{name} has been named.");
const NOT_NAMED: Words = words(
    "还没有指定。主持人离开而没有人代为主持的，听证会暂停。",
    "Nobody has been named; without a deputy the hearing stands still while the chair is gone.",
);
const NAME_DEPUTY: Words = words("指定{name}", "Name {name}");

/// The card; nothing for posts that decide none of this.
pub(super) fn card(file: File) -> Option<AnyView> {
    file.role.rules().then(|| {
        let chief = file.role == Office::ChiefProsecutor;
        let (consent, deputy) = (chief.then(|| consent(file)), chief.then(|| deputy(file)));
        // Before the opening there is nothing to rule on; who is to stand in for the chair can be named.
        let waits = move || file.view.with(|view| view.phase.current == Phase::Waiting);
        let is_over = move || {
            file.view.with(|view| {
                let early = view.phase.current == Phase::Waiting && !chief;
                early || view.phase.current == Phase::Closed || view.phase.cancelled.is_some()
            })
        };
        view! {
            <div hidden=is_over>
                <Card title=say(TITLE) class="ruling" testid="ruling">
                    <p class="muted">{say(LEAD)}</p>
                    <div class="stack" hidden=waits>{recusals(file)} {consent}</div>
                    {deputy}
                </Card>
            </div>
        }
        .into_any()
    })
}

fn recusals(file: File) -> AnyView {
    let of_staff = |view: &Hearing, motion: &motion::Motion| {
        let whom = motion.whom.as_ref().and_then(|seat| view.plan.capacity(seat));
        whom.is_some_and(Capacity::is_office)
    };
    let all = memo(move || {
        file.view.with(|view| {
            let moved = view.motion.moved.iter().filter(|(_, motion)| of_staff(view, motion));
            moved.map(|(id, _)| id.clone()).collect::<Vec<Id>>()
        })
    });
    view! {
        <section class="stack" aria-label=say(RECUSALS)>
            <h3>{say(RECUSALS)}</h3>
            <div hidden=move || !all.with(Vec::is_empty)>
                <Empty words=say(NO_RECUSAL) />
            </div>
            <For each=move || all.get() key=Clone::clone let(id)>
                {recusal(file, id)}
            </For>
        </section>
    }
    .into_any()
}

fn recusal(file: File, id: Id) -> AnyView {
    let asked = file.view.with_untracked(|view| {
        let motion = view.motion.moved.get(&id)?;
        let label = |seat: &SeatId| Told::from(view.plan.label(seat));
        let whom = motion.whom.as_ref().map(label).unwrap_or_default();
        let head = Told::from(ASKED).with_told("by", &label(&motion.by)).with_told("whom", &whom);
        Some((head, motion.text.clone()))
    });
    let Some((head, text)) = asked else { return ().into_any() };
    let known = id.clone();
    let ruling = memo(move || {
        file.view.with(|view| view.motion.moved.get(&known).and_then(|motion| motion.ruling.clone()))
    });
    let state = move || match ruling.get() {
        None => (WAITS, Tone::Wait),
        Some(ruling) if ruling.granted => (GRANTED, Tone::Good),
        Some(_) => (DENIED, Tone::Plain),
    };
    let button = |words: Words, granted: bool, look: Look, name: &str| {
        let of = id.clone();
        let rule =
            move |reason: String| Command::Motion(motion::Command::Rule { of: of.clone(), granted, reason });
        ask::button(
            file,
            Ask {
                words,
                prompt: say(RULE_WHY),
                label: REASON,
                send: words,
                needed: Signal::stored(true),
                look,
                testid: format!("{name}-{id}"),
                command: Arc::new(rule),
            },
        )
    };
    let buttons = [button(GRANT, true, Look::Primary, "grant"), button(DENY, false, Look::Plain, "deny")];
    view! {
        <article class="asked" data-testid=format!("motion-{id}")>
            <p>
                <strong>{fixed(head)}</strong> " "
                <Tag words=tell(move || state().0.into()) tone=derived(move || state().1) />
            </p>
            <p class="text">{text}</p>
            <p class="muted" hidden=move || ruling.with(Option::is_none)>
                {move || ruling.get().map(|ruling| ruling.reason)}
            </p>
            <div class="row" hidden=move || ruling.with(Option::is_some)>{buttons}</div>
        </article>
    }
    .into_any()
}

fn consent(file: File) -> AnyView {
    let opinion = memo(move || {
        file.view.with(|view| view.opinion.delivered.as_ref().map(|opinion| opinion.text.clone()))
    });
    let given = memo(move || file.view.with(|view| view.decision.consent.clone()));
    let given_why =
        tell(move || given.get().map(|reason| CONSENTED.with("reason", reason)).unwrap_or_default());
    let counts = move || {
        let rows = file.view.with(|view| {
            let tallies = view.opinion.tallies(RULES.majority);
            let issue = |id: &String| view.plan.issues.iter().find(|issue| issue.id == *id);
            tallies.iter().filter_map(|(id, tally)| Some((issue(id)?.text.clone(), counted(tally)))).collect()
        });
        let rows: Vec<(String, Told)> = rows;
        rows.into_iter()
            .map(|(issue, told)| view! { <dt>{issue}</dt><dd>{fixed(told)}</dd> }.into_any())
            .collect::<Vec<AnyView>>()
    };
    let button = ask::button(
        file,
        Ask {
            words: GIVE_CONSENT,
            prompt: say(CONSENT_WHY),
            label: REASON,
            send: GIVE_CONSENT,
            needed: Signal::stored(true),
            look: Look::Plain,
            testid: "consent".into(),
            command: Arc::new(|reason| Command::Decision(decision::Command::Consent { reason })),
        },
    );
    view! {
        <section class="stack" aria-label=say(CONSENT)>
            <h3>{say(CONSENT)}</h3>
            <p class="empty" hidden=move || opinion.with(Option::is_some)>{say(NOT_READ)}</p>
            <dl class="facts" hidden=move || opinion.with(Option::is_none) data-testid="opinion-read">
                <dt>{say(OPINION)}</dt>
                <dd class="text">{move || opinion.get()}</dd>
                {counts}
            </dl>
            <p hidden=move || given.with(Option::is_none) data-testid="consent-given">{given_why}</p>
            <div hidden=move || given.with(Option::is_some)>{button}</div>
        </section>
    }
    .into_any()
}

fn counted(tally: &Tally) -> Told {
    let part = |pick: fn((&'static str, &'static str)) -> &'static str, between: &str| {
        let each = tally.counts.iter().map(|(position, n)| format!("{} {n}", pick(position.words())));
        each.collect::<Vec<_>>().join(between)
    };
    let counts = Told { zh: part(|(zh, _)| zh, "，"), en: part(|(_, en)| en, ", ") };
    let told = match tally.majority {
        Some(position) => Told::from(MAJORITY).with_told("position", &Words::from(position.words()).into()),
        None => NO_MAJORITY.into(),
    };
    told.with_told("counts", &counts)
}

fn deputy(file: File) -> AnyView {
    let handlers = memo(move || {
        file.view.with(|view| view.plan.seats_of(Capacity::Handler).cloned().collect::<Vec<_>>())
    });
    let named = tell(move || {
        file.view.with(|view| {
            let name = view.roll.deputy.as_ref().and_then(|seat| view.plan.names.get(seat));
            name.map_or_else(|| NOT_NAMED.into(), |name| NAMED.with("name", &name.name))
        })
    });
    view! {
        <section class="stack" aria-label=say(DEPUTY)>
            <h3>{say(DEPUTY)}</h3>
            <p data-testid="deputy">{named}</p>
            <div hidden=move || !handlers.with(Vec::is_empty)>
                <Empty words=say(NO_HANDLER) />
            </div>
            <div class="row">
                <For each=move || handlers.get() key=Clone::clone let(seat)>
                    {name_deputy(file, seat)}
                </For>
            </div>
        </section>
    }
    .into_any()
}

fn name_deputy(file: File, seat: SeatId) -> AnyView {
    let name = file.view.with_untracked(|view| view.plan.names.get(&seat).map(|name| name.name.clone()));
    let (words, id) = (NAME_DEPUTY.with("name", name.unwrap_or_default()), seat.0.clone());
    let known = seat.clone();
    let is_named = move || file.view.with(|view| view.roll.deputy.as_ref() == Some(&known));
    let command = move || Command::Roll(roll::Command::NameDeputy { seat: seat.clone() });
    let (dead, sending) = (file.dead(command.clone()), file.sending);
    let press = move |()| sending.go(file.act(command()));
    view! {
        <span hidden=is_named>
            <Button words=fixed(words) press dead busy=sending.busy testid=format!("name-deputy-{id}") />
        </span>
    }
    .into_any()
}
