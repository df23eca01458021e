//! Moving the hearing to another day, and calling it off.

use std::sync::Arc;

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::{
    Command,
    hearing::{phase, plan},
};

use super::{
    File,
    ask::{self, Ask},
};
use crate::{
    kit::{
        area::{Area, Draft},
        button::{Button, Look},
        card::Card,
        dialog::Dialog,
        field::Field,
        sending::Sending,
    },
    office::{
        desk::why_not,
        new::{SettingForm, TypedSetting, as_it_is, at},
    },
    words::{Told, Words, say, words},
};

const TITLE: Words = words("改期和取消", "Another day, or none");
const WHY: Words = words(
    "改期后须重新告知参加人。听证开始以后不能改期或者取消。",
    "After a change of day the participants must be told again. Once open, a hearing can be neither moved nor called off.",
);
const POSTPONE: Words = words("改期", "Postpone");
const DATE: Words = words("新的日期", "New day");
const TIME: Words = words("新的时间", "New hour");
const REASON: Words = words("理由", "Reason");
const NEED_TIME: Words = words("请填写新的日期和时间。", "Please give the new day and hour.");
const NEED_REASON: Words = words("请写明理由。", "Please give the reason.");
const CANCEL: Words = words("取消听证", "Call it off");
const CANCEL_WHY: Words = words(
    "取消后不能恢复，需要时须重新登记。已发布的公告会注明听证已经取消。",
    "This cannot be taken back; a new hearing would have to be registered. A published notice will say that it was called off.",
);

const AMEND: Words = words("修改听证安排", "Change the plan");
const AMEND_WHY: Words = words(
    "修改方式、公开与否、地点或者时间后，须重新报检察长批准，再重新告知、公告。",
    "After a change of form, openness, place or time the plan is approved, told and published anew.",
);

/// The card.
pub(super) fn card(file: File) -> AnyView {
    let cancel = ask::button(
        file,
        Ask {
            words: CANCEL,
            prompt: say(CANCEL_WHY),
            label: REASON,
            send: CANCEL,
            needed: Signal::stored(true),
            look: Look::Danger,
            testid: "cancel".into(),
            command: Arc::new(|reason| Command::Phase(phase::Command::Cancel { reason })),
        },
    );
    view! {
        <Card title=say(TITLE) testid="change">
            <p class="muted">{say(WHY)}</p>
            <div class="row">{postpone(file)} {amend(file)} {cancel}</div>
        </Card>
    }
    .into_any()
}

fn postpone(file: File) -> AnyView {
    let (open, sending) = (RwSignal::new(false), Sending::default());
    let (date, time) = (RwSignal::new(String::new()), RwSignal::new(String::from("09:00")));
    let reason = RwSignal::new(String::new());
    let command = move || {
        let scheduled = at(&date.get(), &time.get())?;
        let reason = reason.with(|reason| reason.trim().to_string());
        Some(Command::Plan(plan::Command::Postpone { scheduled, reason }))
    };
    // Whether it can be moved at all: to a day that lies far ahead.
    let dead = file.dead(|| {
        let scheduled = "9999-12-31T09:00:00+08:00".into();
        Command::Plan(plan::Command::Postpone { scheduled, reason: "…".into() })
    });
    let role = file.role;
    let lacks = derived(move || {
        let Some(command) = command() else { return Some(Told::from(NEED_TIME)) };
        if reason.with(|reason| reason.trim().is_empty()) {
            return Some(NEED_REASON.into());
        }
        file.view.with(|view| why_not(view, role, command))
    });
    let press = Callback::new(move |()| {
        if let (None, Some(command)) = (lacks.get_untracked(), untrack(command)) {
            sending.go(async move {
                file.act(command).await?;
                open.set(false);
                reason.set(String::new());
                Ok(())
            });
        }
    });
    view! {
        <Button words=say(POSTPONE) dead press=move |()| open.set(true) testid="postpone" />
        <Dialog title=say(POSTPONE) open testid="postpone-dialog">
            <div class="stack">
                {sending.news()}
                <div class="form">
                    <Field label=say(DATE) value=date kind="date" testid="postpone-date" />
                    <Field label=say(TIME) value=time kind="time" testid="postpone-time" />
                </div>
                <Area label=say(REASON) draft=Draft::unkept(reason) send=press testid="postpone-reason" />
                <Button words=say(POSTPONE) look=Look::Primary press dead=lacks busy=sending.busy testid="postpone-send" />
            </div>
        </Dialog>
    }
    .into_any()
}

fn amend(file: File) -> AnyView {
    let (open, sending) = (RwSignal::new(false), Sending::default());
    let (form, reason) = (SettingForm::new(), RwSignal::new(String::new()));
    let face = move || file.view.with(|view| view.plan.registered.clone());
    let fill = move || {
        if let Some(face) = untrack(face) {
            form.fill(TypedSetting::of(&face.hearing, face.scheduled));
        }
    };
    fill();
    // Whether anything can be changed at all: into what it is already.
    let dead = file.dead(move || {
        let reason = "…".into();
        let same = |face: plan::Registered| {
            let hearing = as_it_is(face.hearing, face.scheduled);
            Command::Plan(plan::Command::Amend { hearing, reason })
        };
        face().map_or(Command::Plan(plan::Command::Publish {}), same)
    });
    let role = file.role;
    let command = move || -> Result<Command, Told> {
        let hearing = form.typed()?;
        let reason = reason.with(|reason| reason.trim().to_string());
        if reason.is_empty() {
            return Err(NEED_REASON.into());
        }
        Ok(Command::Plan(plan::Command::Amend { hearing, reason }))
    };
    let lacks = derived(move || match command() {
        Ok(command) => file.view.with(|view| why_not(view, role, command)),
        Err(why) => Some(why),
    });
    let press = Callback::new(move |()| {
        if let (None, Ok(command)) = (lacks.get_untracked(), untrack(command)) {
            sending.go(async move {
                file.act(command).await?;
                open.set(false);
                reason.set(String::new());
                Ok(())
            });
        }
    });
    let begin = move |()| {
        fill();
        open.set(true);
    };
    let kind = derived(move || face().map(|face| face.kind));
    view! {
        <Button words=say(AMEND) dead press=begin testid="amend" />
        <Dialog title=say(AMEND) open testid="amend-dialog">
            <div class="stack">
                <p>{say(AMEND_WHY)}</p>
                {sending.news()}
                {form.view(kind)}
                <Area label=say(REASON) draft=Draft::unkept(reason) send=press testid="amend-reason" />
                <Button words=say(AMEND) look=Look::Primary press dead=lacks busy=sending.busy testid="amend-send" />
            </div>
        </Dialog>
    }
    .into_any()
}
