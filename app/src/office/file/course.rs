//! How the hearing goes and what remains of it: the step, who is there, the signatures, the sealed volumes.

use crate::kit::see::memo;
use leptos::prelude::*;
use procedure::hearing::{phase::Phase, record::Signature, roll::Standing};

use super::File;
use crate::{
    calendar,
    kit::{band::Band, card::Card, tag::Tone},
    office::desk::fixed,
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("听证情况和案卷", "The hearing and its file");
const NOT_YET: Words = words(
    "听证开始后，这里显示进行到哪一步、何人在席；案卷封存后，可以在此下载。",
    "Once the hearing is open, its step and who is there are shown here; once sealed, the file can be downloaded.",
);
const CALLED_OFF: Words = words("听证已经取消。理由：{reason}", "The hearing has been called off: {reason}");
const STEP: Words = words("现在步骤", "Step");
const IN_BREAK: Words = words("{step}（{how}）", "{step} ({how})");
const PRESENT: Words = words("在席", "Present");
const WAITING: Words = words("等候入席", "Waiting");
const LOST: Words = words("掉线", "Line lost");
const AWAY: Words = words("未到", "Not here");
const SIGNED: Words = words("签名", "Signatures");
const SIGNED_HOW: Words = words("已签 {n} 人，拒签 {m} 人", "{n} signed, {m} refused");
const SEALED: Words = words("封卷时间", "Sealed");
const SEALED_NOTE: Words =
    words("案卷已经封存，任何改动都能被发现。", "The file is sealed; any change can be detected.");
const WHOLE: Words = words("下载全部案卷（含副卷，保密）", "Download both volumes (confidential)");
const MAIN: Words = words("下载正卷", "Download the main volume");
const REPLAY: Words = words("听证回放", "Replay the hearing");
const PAPERS: Words = words("听证文书", "Papers of the hearing");
const DELIVERIES: Words = words("送达", "Deliveries");
const VERIFY: Words = words("核验案卷", "Verify a case file");

/// The card.
pub(super) fn card(file: File) -> AnyView {
    let body = move || {
        file.view.with(|view| {
            if let Some(reason) = &view.phase.cancelled {
                let told = CALLED_OFF.with("reason", reason);
                return view! { <Band tone=Tone::Alert testid="called-off">{fixed(told)}</Band> }.into_any();
            }
            if view.phase.current == Phase::Waiting && view.roll.entries.is_empty() {
                return view! { <p class="muted">{say(NOT_YET)}</p> }.into_any();
            }
            course(view)
        })
    };
    let sealed = memo(move || file.view.with(|view| view.record.sealed));
    let opened = memo(move || file.view.with(|view| view.phase.current != Phase::Waiting));
    let replay = file.id.with_value(|id| format!("/hearings/{id}/replay"));
    let replay = view! {
        <p hidden=move || !opened.get()><a class="button" href=replay data-testid="replay-link">{say(REPLAY)}</a></p>
    }
    .into_any();
    let papers = file.id.with_value(|id| format!("/hearings/{id}/papers"));
    let deliveries = file.id.with_value(|id| format!("/office/hearings/{id}/deliveries"));
    // Who prepares hearings has papers served; others do not see where people can be reached.
    let deliveries = file.role.prepares().then(|| {
        view! { <a class="button" href=deliveries data-testid="deliveries-link">{say(DELIVERIES)}</a> }
            .into_any()
    });
    let papers = view! {
        <p class="row"><a class="button" href=papers data-testid="papers-link">{say(PAPERS)}</a> {deliveries}</p>
    }
    .into_any();
    let volumes = move || sealed.get().map(|at| volumes(file, at));
    view! { <Card title=say(TITLE) testid="course">{body} {papers} {replay} {volumes}</Card> }.into_any()
}

fn course(view: &procedure::Hearing) -> AnyView {
    let step = Told::from(Words::from(view.phase.current.words()));
    let step = match &view.phase.interrupted {
        Some(stands) => {
            let how = Told::from(Words::from(stands.kind.words()));
            Told::from(IN_BREAK).with_told("step", &step).with_told("how", &how)
        }
        None => step,
    };
    let who = |words: Words, stands: &dyn Fn(&procedure::SeatId) -> bool| {
        let named = |seat: &procedure::SeatId| Some(view.plan.names.get(seat)?.name.clone());
        let names: Vec<String> =
            view.plan.places.keys().filter(|seat| stands(seat)).filter_map(named).collect();
        let many = names.len();
        (many > 0).then(|| {
            view! { <dt>{say(words)} " " <span class="count">{many}</span></dt><dd>{names.join("、")}</dd> }.into_any()
        })
    };
    let roll = &view.roll;
    let rows = [
        who(PRESENT, &|seat| roll.is_present(seat) && !roll.is_lost(seat)),
        who(LOST, &|seat| roll.is_present(seat) && roll.is_lost(seat)),
        who(WAITING, &|seat| roll.standing(seat) == Standing::Waiting),
        who(AWAY, &|seat| roll.standing(seat) == Standing::Expected),
    ];
    let signed =
        view.record.signatures.values().filter(|sign| matches!(sign, Signature::Signed { .. })).count();
    let refused = view.record.signatures.len() - signed;
    let signatures = (signed + refused > 0).then(|| {
        let told = SIGNED_HOW.with("n", signed).with("m", refused);
        view! { <dt>{say(SIGNED)}</dt><dd>{fixed(told)}</dd> }.into_any()
    });
    view! {
        <dl class="facts">
            <dt>{say(STEP)}</dt>
            <dd><strong>{fixed(step)}</strong></dd>
            {rows.into_iter().flatten().collect::<Vec<_>>()}
            {signatures}
        </dl>
    }
    .into_any()
}

fn volumes(file: File, sealed: procedure::Moment) -> AnyView {
    let address = |volume: &str| file.path(&format!("/file?volume={volume}"));
    let at = calendar::moment(sealed);
    view! {
        <Band tone=Tone::Good testid="sealed">
            {say(SEALED_NOTE)} " " {say(SEALED)} " " {tell(move || at.clone())}
        </Band>
        <p class="row">
            <a class="button" href=address("main") download="" rel="external" data-testid="download-main">{say(MAIN)}</a>
            <a class="button" href=address("whole") download="" rel="external" data-testid="download-whole">{say(WHOLE)}</a>
            <a class="button quiet" href="/verify">{say(VERIFY)}</a>
        </p>
    }
    .into_any()
}
