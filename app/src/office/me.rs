//! The own account: who I am, and another password.

use crate::kit::see::derived;
use leptos::prelude::*;
use serde::de::IgnoredAny;
use serde_json::json;

use super::desk::{Me, Place, desk};
use crate::{
    browser::fetch::{self, Answer},
    kit::{
        band::Band,
        button::{Button, Look},
        card::Card,
        field::Field,
        sending::Sending,
        tag::Tone,
    },
    words::{Told, Words, say, words},
};

const TITLE: Words = words("我的账户", "My account");
const NAME: Words = words("用户名", "Name");
const POST: Words = words("职务", "Post");
const PASSWORD: Words = words("修改密码", "Change the password");
const WHY: Words = words(
    "修改后，您在其他电脑和手机上的登录全部失效。",
    "After the change you are signed out everywhere else.",
);
const OLD: Words = words("现在的密码", "Present password");
const NEW: Words = words("新密码", "New password");
const NEW_HINT: Words = words("10至200个字符", "10 to 200 characters");
const AGAIN: Words = words("再次输入新密码", "The new password once more");
const CHANGE: Words = words("修改密码", "Change the password");
const CHANGED: Words = words("密码已经修改。", "The password has been changed.");
const NEED_ALL: Words = words("请填写三项密码。", "Please fill in all three.");
const UNEQUAL: Words = words("两次输入的新密码不一致。", "The two new passwords differ.");

/// The page.
#[component]
pub fn OwnAccount() -> impl IntoView {
    desk(Place::Me, Vec::new(), draw)
}

fn draw(me: &Me, _: &[Answer]) -> AnyView {
    view! {
        <header class="title">
            <h1>{say(TITLE)}</h1>
        </header>
        <dl class="facts">
            <dt>{say(NAME)}</dt>
            <dd>{me.name.clone()}</dd>
            <dt>{say(POST)}</dt>
            <dd>{say(me.role.words())}</dd>
        </dl>
        <Card title=say(PASSWORD)>{password()}</Card>
    }
    .into_any()
}

fn password() -> AnyView {
    let [old, new, again] = [(); 3].map(|()| RwSignal::new(String::new()));
    let (sending, changed) = (Sending::default(), RwSignal::new(false));
    let dead = derived(move || {
        if [old, new, again].iter().any(|field| field.with(String::is_empty)) {
            Some(Told::from(NEED_ALL))
        } else if new.get() == again.get() {
            None
        } else {
            Some(UNEQUAL.into())
        }
    });
    let press = Callback::new(move |()| {
        if dead.get_untracked().is_some() {
            return;
        }
        changed.set(false);
        let body = json!({ "old": old.get_untracked(), "new": new.get_untracked() });
        sending.go(async move {
            fetch::post::<IgnoredAny>("/api/me/password", None, &body).await?;
            [old, new, again].iter().for_each(|field| field.set(String::new()));
            changed.set(true);
            Ok(())
        });
    });
    view! {
        <p class="muted">{say(WHY)}</p>
        <div class="narrow stack">
            {sending.news()}
            {move || changed.get().then(|| view! { <Band tone=Tone::Good testid="changed">{say(CHANGED)}</Band> })}
            <Field label=say(OLD) value=old kind="password" fill="current-password" testid="old-password" />
            <Field label=say(NEW) hint=say(NEW_HINT) value=new kind="password" fill="new-password" testid="new-password" />
            <Field label=say(AGAIN) value=again kind="password" fill="new-password" send=press testid="password-again" />
            <Button words=say(CHANGE) look=Look::Primary press dead busy=sending.busy testid="change-password" />
        </div>
    }
    .into_any()
}
