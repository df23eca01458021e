//! The steps of the preparation as a list in sight: what is done, what is next, and who does it.

use std::sync::Arc;

use crate::kit::see::{derived, memo};
use leptos::prelude::*;
use procedure::{
    Command,
    hearing::plan::{self, Plan, Step},
};

use super::{
    File,
    ask::{self, Ask},
};
use crate::{
    calendar,
    clerk::RULES,
    kit::button::{Button, Look},
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("准备进度", "Preparation");
const DONE: Words = words("已完成", "Done");
const NOW: Words = words("现在办理", "Now");
const LATER: Words = words("尚未办理", "Not yet");
const BY: Words = words("由{post}办理", "By: {post}");
const INVITE: Words = words("签发邀请", "Issue the invitations");
const ANYBODY: Words = words("由承办检察官或者书记员办理", "By: handling prosecutor or clerk");
const DRAWN: Words = words("从 {size} 人中随机抽取：{names}", "Drawn at random from {size}: {names}");
const DIRECTED: Words =
    words("指定：{names}（理由：{reason}）", "Named directly: {names} (reason: {reason})");
const LACKS: Words = words("还缺：{seats}", "Still missing: {seats}");
const SEATED: Words = words("共 {n} 个席位", "{n} seats");
const SHORT: Words = words("{at}，提前时间不足，理由：{reason}", "{at}; short notice because: {reason}");
const LEFT: Words =
    words("距听证还有 {days} 日，应当提前 {needed} 日告知", "{days} days are left; {needed} are asked for");
const NO_NOTICE: Words = words("不公开听证不发布公告", "A closed hearing has no public notice");
const SENT: Words =
    words("已签发 {n} / {all} 份，其中 {used} 份已经使用", "{n} of {all} issued, {used} of them used");
const TO_PANEL: Words = words("抽取听证员", "Draw the panel");
const TO_SEATS: Words = words("安排席位", "Assign seats");
const TO_INVITATIONS: Words = words("签发邀请", "Issue invitations");
const TO_NOTICE: Words = words("查看公告", "See the notice");
const APPROVE: Words = words("批准", "Approve");
const APPROVE_WHY: Words = words(
    "批准后可以告知参加人、发布公告。请核对案件、听证问题、听证员和席位。",
    "Once approved, participants can be told and the notice published. Please check case, issues, panel and seats.",
);
const APPROVED: Words = words("{at}。批示：{note}", "{at}. Remarks: {note}");
const OPINION: Words = words("批示意见（可以不填）", "Remarks (may be empty)");
const NOTIFY: Words = words("记录已告知", "Record that they were told");
const NOTIFY_WHY: Words = words(
    "应当在听证{days}日前告知参加人案由、时间、地点，并告知当事人主持人、听证员的姓名和身份。告知办理完毕后，在此记录。",
    "{days} days before, participants are told cause, time and place, and the parties who presides and sits on the panel. Record it here once it is done.",
);
const REASON: Words = words(
    "时间不足的理由（时间足够的，可以不填）",
    "Why the notice is shorter (may be empty where it is not)",
);
const SEND: Words = words("发送通知书和邀请函", "Send notices and invitations");
const PUBLISH: Words = words("发布公告", "Publish the notice");

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Done,
    Now,
    Later,
}

/// The list.
pub(super) fn card(file: File) -> AnyView {
    let steps: Vec<AnyView> =
        Step::ALL.into_iter().enumerate().map(|(at, step)| item(file, at + 1, step)).collect();
    view! {
        <section class="card preparation" aria-label=say(TITLE) data-testid="preparation">
            <h2>{say(TITLE)}</h2>
            <ol>{steps} {invitations(file)}</ol>
        </section>
    }
    .into_any()
}

fn stand(plan: &Plan, step: Step) -> Stand {
    if plan.step_done(step, &RULES) {
        Stand::Done
    } else if plan.next_step(&RULES) == Some(step) {
        Stand::Now
    } else {
        Stand::Later
    }
}

/// A step: its number or a tick, what it is, who does it or what came of it, and what can be done.
fn shell(
    number: usize,
    words: (&'static str, &'static str),
    stand: Memo<Stand>,
    detail: Signal<String>,
    act: AnyView,
    testid: &'static str,
) -> AnyView {
    let class = move || match stand.get() {
        Stand::Done => "done",
        Stand::Now => "now",
        Stand::Later => "later",
    };
    let state = tell(move || {
        match stand.get() {
            Stand::Done => DONE,
            Stand::Now => NOW,
            Stand::Later => LATER,
        }
        .into()
    });
    let mark = move || if stand.get() == Stand::Done { "✓".to_string() } else { number.to_string() };
    view! {
        <li class=class data-testid=testid data-stand=class>
            <span class="mark-of-step" aria-hidden="true">{mark}</span>
            <div>
                <h3>{say(words)} " " <span class="state">{state}</span></h3>
                <p class="muted">{detail}</p>
            </div>
            <div class="act-of-step">{act}</div>
        </li>
    }
    .into_any()
}

fn item(file: File, number: usize, step: Step) -> AnyView {
    let stand = memo(move || file.view.with(|view| stand(&view.plan, step)));
    let detail = tell(move || file.view.with(|view| detail(&view.plan, step)));
    let testid = match step {
        Step::Register => "step-register",
        Step::Panel => "step-panel",
        Step::Seats => "step-seats",
        Step::Approval => "step-approval",
        Step::Notices => "step-notices",
        Step::Publication => "step-publication",
    };
    shell(number, step.words(), stand, detail, act(file, step, stand), testid)
}

/// What came of a step; who does it while it is not done.
fn detail(plan: &Plan, step: Step) -> Told {
    let by = || Told::from(BY).with_told("post", &Words::from(step.post().words()).into());
    let at = |moment: Option<procedure::Moment>| moment.map(calendar::moment);
    match step {
        Step::Register => plan.registered.as_ref().map_or_else(by, |face| same(&face.number)),
        Step::Panel => plan.draws.last().map_or_else(by, drawn),
        Step::Seats => lacking(plan).unwrap_or_else(|| SEATED.with("n", plan.places.len())),
        Step::Approval => approved_when(plan).unwrap_or_else(by),
        Step::Notices => told_when(plan).or_else(|| days_left(plan)).unwrap_or_else(by),
        Step::Publication if !plan.is_public() => NO_NOTICE.into(),
        Step::Publication => at(plan.published).unwrap_or_else(by),
    }
}

/// A name or a number, which is the same in both languages.
fn same(text: &str) -> Told {
    Told { zh: text.into(), en: text.into() }
}

fn drawn(draw: &plan::Draw) -> Told {
    let names = Told { zh: draw.drawn.join("、"), en: draw.drawn.join(", ") };
    match &draw.reason {
        Some(reason) => Told::from(DIRECTED).with_told("names", &names).with("reason", reason),
        None => DRAWN.with("size", draw.size).with_told("names", &names),
    }
}

fn lacking(plan: &Plan) -> Option<Told> {
    let lacking = plan.seats_lacking(&RULES);
    let zh = |(capacity, number): &(procedure::Capacity, u32)| match number {
        1 => capacity.words().0.to_string(),
        more => format!("{}{more}人", capacity.words().0),
    };
    let en = |(capacity, number): &(procedure::Capacity, u32)| format!("{} ×{number}", capacity.words().1);
    let seats = Told {
        zh: lacking.iter().map(zh).collect::<Vec<_>>().join("、"),
        en: lacking.iter().map(en).collect::<Vec<_>>().join(", "),
    };
    (!lacking.is_empty()).then(|| Told::from(LACKS).with_told("seats", &seats))
}

fn approved_when(plan: &Plan) -> Option<Told> {
    let at = calendar::moment(plan.approved?);
    let note = &plan.approval_note;
    Some(if note.is_empty() { at } else { Told::from(APPROVED).with_told("at", &at).with("note", note) })
}

fn told_when(plan: &Plan) -> Option<Told> {
    let at = calendar::moment(plan.notified?);
    Some(match &plan.short_notice {
        Some(reason) => Told::from(SHORT).with_told("at", &at).with("reason", reason),
        None => at,
    })
}

fn days_left(plan: &Plan) -> Option<Told> {
    let days = calendar::days_ahead(plan.registered.as_ref()?.scheduled);
    Some(LEFT.with("days", days.max(0)).with("needed", RULES.notice_days))
}

/// What can be done for a step.
fn act(file: File, step: Step, stand: Memo<Stand>) -> AnyView {
    let undone = move || stand.get() != Stand::Done;
    let act = match step {
        Step::Register => return ().into_any(),
        Step::Panel => link("#panel", TO_PANEL),
        Step::Seats => link("#seats", TO_SEATS),
        Step::Approval => approve(file),
        Step::Notices => return notices(file, stand),
        Step::Publication => return publish(file, stand),
    };
    view! { <div hidden=move || !undone()>{act}</div> }.into_any()
}

fn link(address: &'static str, words: Words) -> AnyView {
    view! { <a href=address>{say(words)}</a> }.into_any()
}

fn approve(file: File) -> AnyView {
    ask::button(
        file,
        Ask {
            words: APPROVE,
            prompt: say(APPROVE_WHY),
            label: OPINION,
            send: APPROVE,
            needed: Signal::stored(false),
            look: Look::Primary,
            testid: "approve".into(),
            command: Arc::new(|note| Command::Plan(plan::Command::Approve { note })),
        },
    )
}

/// The act of law, and once it is done the way to sending what tells of it.
fn notices(file: File, stand: Memo<Stand>) -> AnyView {
    let address = file.id.with_value(|id| format!("/office/hearings/{id}/deliveries"));
    let sends = file.role.prepares();
    view! {
        <div hidden=move || stand.get() == Stand::Done>{notify(file)}</div>
        <a hidden=move || !sends || stand.get() != Stand::Done href=address data-testid="send-notices">{say(SEND)}</a>
    }
    .into_any()
}

fn notify(file: File) -> AnyView {
    let short = move || {
        let at = file.view.with(|view| view.plan.registered.as_ref().map(|face| face.scheduled));
        let needed = RULES.notice_days + i64::from(RULES.notice_clear_days);
        at.is_some_and(|at| calendar::days_ahead(at) < needed)
    };
    ask::button(
        file,
        Ask {
            words: NOTIFY,
            prompt: tell(|| NOTIFY_WHY.with("days", RULES.notice_days)),
            label: REASON,
            send: NOTIFY,
            needed: derived(short),
            look: Look::Primary,
            testid: "notify".into(),
            command: Arc::new(|reason| {
                let reason = Some(reason).filter(|reason| !reason.is_empty());
                Command::Plan(plan::Command::Notify { reason })
            }),
        },
    )
}

fn publish(file: File, stand: Memo<Stand>) -> AnyView {
    let command = || Command::Plan(plan::Command::Publish {});
    let press = move |()| file.sending.go(file.act(command()));
    let dead = file.dead(command);
    let published = move || file.view.with(|view| view.plan.published.is_some());
    let address = file.id.with_value(|id| format!("/notices/{id}"));
    view! {
        <div hidden=move || stand.get() == Stand::Done>
            <Button words=say(PUBLISH) look=Look::Primary press dead busy=file.sending.busy testid="publish" />
        </div>
        <a hidden=move || !published() href=address>{say(TO_NOTICE)}</a>
    }
    .into_any()
}

/// The last step is not one of the rules: links and codes for everybody who has a seat.
fn invitations(file: File) -> AnyView {
    let counts = move || {
        let all = file.view.with(|view| view.plan.places.len());
        file.sent.with(|sent| {
            let good = sent.iter().filter(|sent| !sent.expired && !sent.spent).count();
            (all, good, sent.iter().filter(|sent| sent.used.is_some()).count())
        })
    };
    let stand = memo(move || {
        let (all, good, _) = counts();
        if all > 0 && good >= all {
            Stand::Done
        } else if file.view.with(|view| view.plan.next_step(&RULES).is_none()) {
            Stand::Now
        } else {
            Stand::Later
        }
    });
    let detail = tell(move || match counts() {
        (_, 0, _) => ANYBODY.into(),
        (all, good, used) => SENT.with("n", good).with("all", all).with("used", used),
    });
    let act = link("#seats", TO_INVITATIONS);
    shell(Step::ALL.len() + 1, (INVITE.zh, INVITE.en), stand, detail, act, "step-invitations")
}
