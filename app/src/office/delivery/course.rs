//! The course of everything that was delivered to one person: how each stands, in words and shape, when it was sent and read,
//! what failed; sending again, taking back, and what is noted of letters and of what is handed over.

use leptos::prelude::*;
use procedure::{Moment, SeatId};
use serde::de::IgnoredAny;
use serde_json::json;

use super::{Delivery, Desk, State, Way, What};
use crate::{
    browser::fetch,
    calendar,
    kit::{
        button::{Button, Look},
        dialog::Dialog,
        field::Field,
        see::{For, derived, memo},
        select::Select,
        sending::Sending,
        tag::{Tag, Tone},
    },
    office::{
        desk::{fixed, options},
        new::at,
    },
    words::{Told, Words, say, tell, words},
};

const NOTHING: Words = words("尚未发送", "Nothing was sent");
const REMINDER: Words = words("听证前 {hours} 小时提醒", "Reminder, {hours} hours before");
const CANCELLATION: Words = words("听证取消告知", "Word that the hearing is off");
const OUTBOX: Words = words("已放入发件箱", "In the outbox");
const SENT_AT: Words = words("发出：{time}", "Sent: {time}");
const DELIVERED_AT: Words = words("送交：{time}", "Handed over: {time}");
const READ_AT: Words = words("查阅：{time}", "Read: {time}");
const CONFIRMED_AT: Words = words("确认收到：{time}", "Confirmed: {time}");
const FAILED_AT: Words = words("未发出：{time}，{why}", "Did not go out: {time}, {why}");
const NOTED: Words = words("{time}：{to} {remark}（{by}记）", "{time}: {to} {remark} (noted by {by})");
const WITHDRAWN: Words = words("撤回：{why}", "Taken back: {why}");
const VERSION: Words = words("版本 {version}", "version {version}");
const AGAIN: Words = words("重新发送", "Send again");
const WITHDRAW: Words = words("撤回", "Take back");
const WITHDRAW_WHY: Words = words("撤回理由", "Why it is taken back");
const WITHDRAW_HOW: Words = words(
    "撤回后，尚未发出的不再发送，链接立即失效；已经记载的时间保留。",
    "What has not gone out does not, and its link stops working; what was noted stays.",
);
const POSTED: Words = words("已交邮", "Given to the post");
const HANDED: Words = words("已签收", "Received");
const CAME_BACK: Words = words("退回或者拒收", "Came back, or refused");
const ON: Words = words("时间", "When");
const ON_HOW: Words = words("不填即为现在。", "Leave it empty for now.");
const TO: Words = words("签收人；交邮的填邮件号", "Received by; of a letter, its number at the post");
const REMARK: Words = words("备注（代收理由、留置情况等）", "Remarks");
const NOTE: Words = words("记载", "Note");
const NEW: Words = words("记载邮寄、当面送达", "Post or hand over");
const NEW_HOW: Words = words(
    "选择文书和方式后，文书按现在的版本定稿并登记；送出、签收后，再在送达情况中记载。",
    "Choose the paper and the way. The paper is kept as it reads now; note in its course when it was posted or received.",
);
const WHICH: Words = words("文书", "Paper");
const HOW: Words = words("方式", "Way");
const REGISTER: Words = words("登记", "Enter");
const CHOOSE: Words = words("请选择文书和方式。", "Choose the paper and the way.");

/// The words and the shape of a state.
fn stand(delivery: &Delivery) -> (Words, Tone) {
    match delivery.state {
        State::Queued if delivery.way == Way::Post || delivery.way == Way::InPerson => {
            (words("待送", "To be served"), Tone::Wait)
        }
        State::Queued => (words("待发送", "Waits"), Tone::Wait),
        State::Sending => (words("正在发送", "Being sent"), Tone::Wait),
        State::Sent if delivery.carrier.as_deref() == Some("outbox") => (OUTBOX, Tone::Info),
        State::Sent => (words("已发出", "Sent"), Tone::Info),
        State::Delivered => (words("已送交", "Handed over"), Tone::Good),
        State::Read => (words("已查阅", "Read"), Tone::Good),
        State::Acknowledged => (words("已确认收到", "Confirmed"), Tone::Good),
        State::Failed => (words("未送达", "Did not arrive"), Tone::Alert),
        State::Returned => (words("退回", "Came back"), Tone::Alert),
        State::Withdrawn => (words("已撤回", "Taken back"), Tone::Plain),
    }
}

fn because(name: &str) -> Words {
    match name {
        "later" => words("对方系统暂时不可用", "not taken for the time being"),
        "refused" => words("对方系统拒收", "refused"),
        "outbox-full" => words("发件箱已满", "the outbox is full"),
        "no-address" => words("没有地址或者未同意电子送达", "no address, or no consent"),
        _ => words("本院系统故障", "a fault of the machine"),
    }
}

/// Everything to one seat, the last first.
pub(super) fn cell(desk: Desk, seat: SeatId) -> AnyView {
    let own = memo(move || {
        desk.listed.with(|listed| {
            let own = listed.deliveries.iter().filter(|known| known.seat == seat);
            own.map(|known| known.id.clone()).collect::<Vec<_>>()
        })
    });
    let none = memo(move || own.with(Vec::is_empty));
    view! {
        <span class="muted" hidden=move || !none.get()>{say(NOTHING)}</span>
        <ul class="course" hidden=move || none.get()>
            <For each=move || own.get() key=Clone::clone let(id)>{one(desk, id)}</For>
        </ul>
    }
    .into_any()
}

/// What it is called.
fn name(desk: Desk, what: &What) -> (Told, Option<Told>) {
    match what {
        What::Paper { form, version } => {
            let told = desk.listed.with_untracked(|listed| {
                let paper = listed.papers.iter().find(|paper| paper.form == *form);
                paper.map(|paper| Told { zh: paper.zh.clone(), en: paper.en.clone() })
            });
            (told.unwrap_or_default(), Some(VERSION.with("version", version)))
        }
        What::Reminder { hours } => (REMINDER.with("hours", hours), None),
        What::Cancellation {} => (CANCELLATION.into(), None),
    }
}

/// One delivery. Drawn once: how it stands is followed, so that nothing typed into its dialogs is lost when it changes.
fn one(desk: Desk, id: String) -> AnyView {
    let known = memo(move || {
        desk.listed.with(|listed| listed.deliveries.iter().find(|known| known.id == id).cloned())
    });
    let Some(delivery) = known.get_untracked() else { return ().into_any() };
    let (what, version) = name(desk, &delivery.what);
    let stands = move || known.with(|known| known.as_ref().map_or((NOTHING, Tone::Plain), stand));
    let version =
        version.map(|version| view! { <span class="muted small">{fixed(version)}</span> }.into_any());
    let address = move || known.with(|known| known.as_ref().and_then(|known| known.address.clone()));
    let lines = move || {
        let lines = known.with(|known| known.as_ref().map(told)).unwrap_or_default().into_iter();
        lines
            .map(|line| view! { <span class="small">{fixed(line)}</span> }.into_any())
            .collect::<Vec<AnyView>>()
    };
    let way = say(delivery.way.words());
    let testid = format!("delivery-{}", delivery.seat);
    view! {
        <li data-testid=testid data-state=move || stands().0.en>
            <span><strong>{fixed(what)}</strong> " " {way} " " <span class="muted">{address}</span></span>
            <Tag words=tell(move || stands().0.into()) tone=derived(move || stands().1) />
            {version}
            {lines}
            {acts(desk, &delivery, known)}
        </li>
    }
    .into_any()
}

/// When it was sent, handed over, read and confirmed; what failed; what was noted.
fn told(delivery: &Delivery) -> Vec<Told> {
    let at = |words: Words, at: Option<Moment>| {
        at.map(|at| Told::from(words).with_told("time", &calendar::moment(at)))
    };
    let mut lines: Vec<Told> = [
        at(SENT_AT, delivery.sent),
        at(DELIVERED_AT, delivery.delivered),
        at(READ_AT, delivery.read),
        at(CONFIRMED_AT, delivery.acknowledged),
    ]
    .into_iter()
    .flatten()
    .collect();
    lines.extend(delivery.failures.iter().map(|failed| {
        let time = calendar::moment(failed.at);
        Told::from(FAILED_AT).with_told("time", &time).with_told("why", &because(&failed.because).into())
    }));
    let noted = delivery.notes.iter().filter(|note| !(note.to.is_empty() && note.remark.is_empty()));
    lines.extend(noted.map(|note| {
        let told = Told::from(NOTED).with_told("time", &calendar::moment(note.on));
        told.with("to", &note.to).with("remark", &note.remark).with("by", &note.by)
    }));
    lines.extend(delivery.withdrawn.as_ref().map(|why| WITHDRAWN.with("why", why)));
    lines
}

/// What can be done with it.
fn acts(desk: Desk, delivery: &Delivery, known: Memo<Option<Delivery>>) -> AnyView {
    let path = StoredValue::new(desk.path(&format!("/deliveries/{}/again", delivery.id)));
    let testid = StoredValue::new(format!("again-{}", delivery.seat));
    let sends_again = memo(move || known.with(|known| known.as_ref().is_some_and(can_go_again)));
    let again = move || {
        let press = move |()| {
            let path = path.get_value();
            desk.sending.go(async move {
                let _: IgnoredAny = fetch::post(&path, None, &json!({})).await?;
                desk.look().await
            });
        };
        sends_again.get().then(|| {
            view! { <Button words=say(AGAIN) look=Look::Quiet press busy=desk.sending.busy testid=testid.get_value() /> }
                .into_any()
        })
    };
    let names: &[(&'static str, Words)] = match delivery.way {
        Way::Post => &[("posted", POSTED), ("delivered", HANDED), ("returned", CAME_BACK)],
        Way::InPerson => &[("delivered", HANDED), ("returned", CAME_BACK)],
        Way::Mail | Way::Sms => &[],
    };
    let notes: Vec<AnyView> = names
        .iter()
        .chain(&[("withdrawn", WITHDRAW)])
        .map(|&(name, words)| {
            let may =
                memo(move || known.with(|known| known.as_ref().is_some_and(|known| takes(known, name))));
            note(desk, delivery, (name, words), may)
        })
        .collect();
    view! { <span class="acts">{again} {notes}</span> }.into_any()
}

/// Whether it can be sent once more.
const fn can_go_again(known: &Delivery) -> bool {
    let waits = matches!(known.state, State::Queued | State::Sending);
    matches!(known.way, Way::Mail | Way::Sms) && !waits && known.withdrawn.is_none()
}

/// Whether that can be noted of it as it stands.
fn takes(known: &Delivery, name: &str) -> bool {
    if name == "withdrawn" {
        return known.withdrawn.is_none() && known.read.is_none() && known.acknowledged.is_none();
    }
    matches!(
        (name, known.way, known.state),
        ("posted", Way::Post, State::Queued)
            | ("delivered" | "returned", Way::Post, State::Sent)
            | ("delivered" | "returned", Way::InPerson, State::Queued)
    )
}

/// A button whose dialog asks what is to be noted; the button is there while that may be noted.
fn note(desk: Desk, delivery: &Delivery, (name, title): (&'static str, Words), may: Memo<bool>) -> AnyView {
    let (open, on, to, remark) = (
        RwSignal::new(false),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let sending = Sending::default();
    let path = desk.path(&format!("/deliveries/{}", delivery.id));
    let press = move |()| {
        // An hour on the clock of the office; where none is told, now.
        let on = on.get_untracked();
        let on = on.split_once('T').and_then(|(date, time)| Moment::parse(&at(date, time)?));
        let (to, remark) = (to.get_untracked(), remark.get_untracked());
        let body = json!({"note": name, "on": on, "to": to.trim(), "remark": remark.trim()});
        let path = path.clone();
        sending.go(async move {
            let _: IgnoredAny = fetch::post(&path, None, &body).await?;
            open.set(false);
            desk.look().await
        });
    };
    let withdraws = name == "withdrawn";
    let testid = StoredValue::new(format!("{name}-{}", delivery.seat));
    let of_form = format!("{name}-{}", delivery.id);
    let id = move |what: &str| format!("{of_form}-{what}");
    let label = if withdraws { WITHDRAW_WHY } else { REMARK };
    let how = withdraws.then(|| view! { <p>{say(WITHDRAW_HOW)}</p> }.into_any());
    let whom = (!withdraws && name != "returned")
        .then(|| view! { <Field label=say(TO) value=to testid=id("to") /> }.into_any());
    let when = (!withdraws).then(|| {
        view! { <Field label=say(ON) hint=say(ON_HOW) value=on kind="datetime-local" testid=id("on") /> }
            .into_any()
    });
    let button = move || {
        may.get().then(|| {
            view! { <Button words=say(title) look=Look::Quiet press=move |()| open.set(true) testid=testid.get_value() /> }
                .into_any()
        })
    };
    view! {
        {button}
        <Dialog title=say(title) open testid=id("dialog")>
            <div class="stack">
                {how}
                {sending.news()}
                {when}
                {whom}
                <Field label=say(label) value=remark testid=id("remark") />
                <Button words=say(if withdraws { WITHDRAW } else { NOTE }) look=Look::Primary press busy=sending.busy testid=id("send") />
            </div>
        </Dialog>
    }
    .into_any()
}

/// Entering what goes by post or from hand to hand.
pub(super) fn by_hand(desk: Desk, seat: SeatId) -> AnyView {
    let (open, form, way) =
        (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let sending = Sending::default();
    let of = StoredValue::new(seat);
    let papers = derived(move || {
        desk.listed.with(|listed| {
            let own = listed
                .papers
                .iter()
                .filter(|paper| paper.lacks.is_none() && of.with_value(|seat| paper.seats.contains(seat)));
            own.map(|paper| {
                let told = Told { zh: paper.zh.clone(), en: paper.en.clone() };
                (paper.form.clone(), told.now())
            })
            .collect::<Vec<_>>()
        })
    });
    let none = memo(move || papers.get().is_empty());
    let ways = options(vec![
        ("in-person".to_string(), Way::InPerson.words()),
        ("post".to_string(), Way::Post.words()),
    ]);
    let dead = derived(move || {
        let chosen = form.with(|form| !form.is_empty()) && way.with(|way| !way.is_empty());
        (!chosen).then(|| Told::from(CHOOSE))
    });
    let press = move |()| {
        let path = desk.path("/deliveries");
        let body =
            json!({"form": form.get_untracked(), "seats": [of.get_value()], "ways": [way.get_untracked()]});
        sending.go(async move {
            let _: IgnoredAny = fetch::post(&path, None, &body).await?;
            open.set(false);
            desk.look().await
        });
    };
    let testid = of.with_value(|seat| format!("by-hand-{seat}"));
    let of_form = testid.clone();
    let id = move |what: &str| format!("{of_form}-{what}");
    view! {
        <span hidden=move || none.get()>
            <Button words=say(NEW) look=Look::Quiet press=move |()| open.set(true) testid=testid.clone() />
        </span>
        <Dialog title=say(NEW) open testid=id("dialog")>
            <div class="stack">
                <p>{say(NEW_HOW)}</p>
                {sending.news()}
                <Select label=say(WHICH) value=form options=papers none=tell(|| CHOOSE.into()) testid=id("form") />
                <Select label=say(HOW) value=way options=ways none=tell(|| CHOOSE.into()) testid=id("way") />
                <Button words=say(REGISTER) look=Look::Primary press dead busy=sending.busy testid=id("send") />
            </div>
        </Dialog>
    }
    .into_any()
}
