//! The first step: the record as it is signed, line by line, with corrections to be asked for, and the refusal.

use leptos::prelude::*;
use procedure::{
    Command,
    hearing::{
        phase::Phase,
        record::{self, Correction, Line},
    },
};

use super::{At, Signing, clock, short, trouble};
use crate::{
    kit::{
        area::{Area, Draft},
        button::{Button, Look},
        dialog::Dialog,
        empty::Empty,
        see::{For, See, Show, derived, effect, memo},
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const READ: Words = words(
    "请逐行核对。记错、漏记的，在该行申请更正；核对无误的，到末尾进入下一步。",
    "Please read every line. Where something is wrong or missing, ask for a correction of that line; if all is right, go on at the end.",
);
const RECORD: Words = words("听证笔录", "Record of the hearing");
const EMPTY: Words = words("笔录中还没有内容。", "The record is empty.");
const CORRECT: Words = words("申请更正", "Ask for a correction");
const CORRECT_LINE: Words = words("申请更正第 {n} 行", "Ask to correct line {n}");
const STANDS: Words = words("现在记为", "It says");
const SHOULD: Words = words("应当记为", "It should say");
const WHY: Words = words("理由", "Reason");
const ASK: Words = words("提交更正申请", "Ask");
const MISSING: Words = words("请写明应当记为什么和理由。", "Please write what it should say, and why.");
const ASKED: Words = words("更正申请", "Corrections asked for");
const OF_LINE: Words = words("第 {n} 行", "Line {n}");
const WAITS: Words = words("待处理", "waiting");
const GRANTED: Words = words("已更正", "granted");
const DENIED: Words = words("未更正", "refused");
const WAIT_FIRST: Words = words(
    "还有更正申请待处理。现在签名也可以，更正后会再请您核对签名。",
    "A correction is still waiting. You may sign now; if it is granted you will be asked to read and sign again.",
);
const CODE: Words = words("本笔录的校验码", "Code of this record");
const CODE_WHY: Words = words("签名只对这份内容有效。", "Your signature stands on these words alone.");
const ON: Words = words("核对无误，下一步", "It is right: go on");
const REFUSE: Words = words("拒绝签名", "Refuse to sign");
const REFUSE_WHY: Words = words(
    "拒绝签名不影响您的其他权利，理由会如实记入笔录。",
    "Refusing takes nothing from your other rights. Your reason stands in the record as you give it.",
);
const NO_REASON: Words = words("请写明理由。", "Please give your reason.");
const AGAIN: Words = words("重新读取", "Read anew");

/// What is read and what can be done.
pub(super) fn read(signing: Signing) -> AnyView {
    let (correcting, refusing) = (RwSignal::new(None::<u32>), RwSignal::new(false));
    let lines = memo(move || {
        let before = |line: &&Line| line.phase < Phase::Signing;
        signing
            .of(|hearing| hearing.record.lines.iter().filter(before).cloned().collect::<Vec<_>>())
            .unwrap_or_default()
    });
    let corrections =
        memo(move || signing.of(|hearing| hearing.record.corrections.clone()).unwrap_or_default());
    let digest = memo(move || short(&signing.digest()));
    view! {
        <p>{say(READ)}</p>
        <section class="to-sign" aria-label=say(RECORD) tabindex="0" data-testid="record-to-sign">
            {heading(signing)}
            <Show when=move || lines.see(Vec::is_empty)><Empty words=say(EMPTY) /></Show>
            <For each=move || lines.get() key=|line| (line.number, line.earlier.len()) let(line)>
                {row(signing, &line, correcting)}
            </For>
        </section>
        <p class="code"><span>{say(CODE)}</span> <code data-testid="read-digest">{move || digest.get()}</code> <small>{say(CODE_WHY)}</small></p>
        {move || asked(signing, corrections.get())}
        <div class="row">
            <Button words=say(ON) look=Look::Primary testid="sign-next" press=move |()| signing.goes(At::Identity) />
            <Button words=say(REFUSE) look=Look::Danger testid="sign-refuse" press=move |()| refusing.set(true) />
            <Button words=say(AGAIN) look=Look::Quiet busy=signing.busy testid="sign-reload" press=move |()| signing.asks(async { Ok(()) }) />
        </div>
        {correction(signing, correcting)}
        {refusal(signing, refusing)}
    }
    .into_any()
}

fn heading(signing: Signing) -> AnyView {
    let face = untrack(|| signing.of(|hearing| hearing.plan.registered.clone())).flatten();
    face.map(|face| {
        view! { <header><h2>{say(RECORD)}</h2><p>{face.cause}"　"{face.number}</p></header> }.into_any()
    })
    .into_any()
}

/// A line, as it stands in the record and on paper.
fn row(signing: Signing, line: &Line, correcting: RwSignal<Option<u32>>) -> AnyView {
    let said = untrack(|| signing.of(|hearing| Told::from(line.words(&hearing.plan)))).unwrap_or_default();
    let label = |seat| untrack(|| signing.of(|hearing| Told::from(hearing.plan.label(seat))));
    let speaker = line.speaker.as_ref().and_then(label);
    let speaker = speaker.map(|label| view! { <b>{tell(move || label.clone())}"："</b> }.into_any());
    let earlier: Vec<AnyView> =
        line.earlier.iter().map(|(text, _)| view! { <del>{text.clone()}</del> }.into_any()).collect();
    let number = line.number;
    let mends = line.text().is_some().then(|| {
        let label = tell(move || CORRECT_LINE.with("n", number));
        view! {
            <button type="button" class="button quiet small" aria-label=label data-testid=format!("correct-{number}")
                on:click=move |_| correcting.set(Some(number))>{say(CORRECT)}</button>
        }
    });
    view! {
        <div class="line" data-line=number>
            <i>{number}</i>
            <p>{speaker}{earlier}<span>{tell(move || said.clone())}</span></p>
            <time>{clock(line.at)}</time>
            {mends}
        </div>
    }
    .into_any()
}

/// The corrections that were asked for, and what became of them.
fn asked(signing: Signing, corrections: Vec<Correction>) -> AnyView {
    if corrections.is_empty() {
        return ().into_any();
    }
    let waits = corrections.iter().any(|correction| correction.ruling.is_none());
    let items: Vec<AnyView> = corrections
        .into_iter()
        .map(|correction| {
            let by = untrack(|| signing.of(|hearing| Told::from(hearing.plan.label(&correction.by))));
            let by = by.unwrap_or_default();
            let (state, tone) = match &correction.ruling {
                None => (WAITS, Tone::Wait),
                Some((true, _)) => (GRANTED, Tone::Good),
                Some((false, _)) => (DENIED, Tone::Plain),
            };
            let ruling = correction.ruling.map(|(_, why)| view! { <small>{why}</small> });
            view! {
                <li>
                    <span>{tell(move || OF_LINE.with("n", correction.line))}" · "{tell(move || by.clone())}" · "{correction.text}</span>
                    <Tag words=say(state) tone=derived(move || tone) />
                    {ruling}
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="asked-for" data-testid="asked-for">
            <h2>{say(ASKED)}</h2>
            <ul>{items}</ul>
            {waits.then(|| view! { <p class="muted">{say(WAIT_FIRST)}</p> })}
        </section>
    }
    .into_any()
}

/// Asking for a correction of one line.
fn correction(signing: Signing, correcting: RwSignal<Option<u32>>) -> AnyView {
    let (text, reason) =
        (Draft::unkept(RwSignal::new(String::new())), Draft::unkept(RwSignal::new(String::new())));
    let recall = move |draft: Draft, what: &str| {
        draft
            .name
            .set_value(signing.own(&format!("{what}.{}", correcting.get_untracked().unwrap_or_default())));
        draft.recall();
    };
    let open = RwSignal::new(false);
    let line = move || correcting.get().unwrap_or_default();
    let stands = move || {
        signing
            .of(|hearing| hearing.record.line(line()).and_then(|line| line.text().map(str::to_string)))
            .flatten()
    };
    effect(move || {
        if correcting.get().is_none() {
            return;
        }
        // What was begun for this line before a reload is gone on with.
        recall(text, "correct");
        recall(reason, "correct-reason");
        if untrack(|| text.is_empty()) {
            text.text.set(untrack(stands).unwrap_or_default());
        }
        open.set(true);
    });
    effect(move || {
        if !open.get() {
            correcting.set(None);
        }
    });
    let dead = derived(move || (text.is_empty() || reason.is_empty()).then(|| MISSING.into()));
    let press = move |()| {
        let command = record::Command::Correct {
            line: correcting.get_untracked().unwrap_or_default(),
            text: text.text.get_untracked(),
            reason: reason.text.get_untracked(),
        };
        signing.does(&Command::Record(command), move || {
            text.set(String::new());
            reason.set(String::new());
            open.set(false);
        });
    };
    view! {
        <Dialog title=tell(move || CORRECT_LINE.with("n", line())) open testid="correct-dialog">
            <p class="muted">{say(STANDS)}</p>
            <blockquote>{stands}</blockquote>
            <Area label=say(SHOULD) draft=text rows=3 testid="correct-text" />
            <Area label=say(WHY) draft=reason rows=2 testid="correct-reason" />
            {trouble(signing)}
            <Button words=say(ASK) look=Look::Primary dead busy=signing.busy press testid="correct-send" />
        </Dialog>
    }
    .into_any()
}

/// Refusing, with a reason.
fn refusal(signing: Signing, refusing: RwSignal<bool>) -> AnyView {
    let reason = Draft::new(signing.own("refuse"));
    let dead = derived(move || reason.is_empty().then(|| NO_REASON.into()));
    let press = move |()| {
        let command = record::Command::RefuseToSign { reason: reason.text.get_untracked() };
        signing.does(&Command::Record(command), move || {
            reason.set(String::new());
            refusing.set(false);
            signing.again.set(false);
        });
    };
    view! {
        <Dialog title=say(REFUSE) open=refusing testid="refuse-dialog">
            <p>{say(REFUSE_WHY)}</p>
            <Area label=say(WHY) draft=reason rows=3 testid="refuse-reason" />
            {trouble(signing)}
            <Button words=say(REFUSE) look=Look::Danger dead busy=signing.busy press testid="refuse-send" />
        </Dialog>
    }
    .into_any()
}
