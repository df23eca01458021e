//! Signing in; and the first administrator, by the one-time link whose secret stands behind the `#` of the address.

use crate::kit::see::{derived, effect};
use leptos::prelude::*;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{
    desk::{Me, first_page},
    draft,
};
use crate::{
    browser::{self, fetch},
    front::Front,
    kit::{
        button::{Button, Look},
        field::Field,
        sending::Sending,
    },
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("工作人员登录", "Staff sign-in");
const LEAD: Words = words(
    "本页面供人民检察院工作人员使用。参加听证的，请使用通知中的链接或者入席码，不需要登录。",
    "This page is for the staff of the procuratorate. To take part in a hearing, use the link or the code of your notice; you need no account.",
);
const NAME: Words = words("用户名", "Name");
const PASSWORD: Words = words("密码", "Password");
const SIGN_IN: Words = words("登录", "Sign in");
const SIGNING_IN: Words = words("正在登录……", "Signing in …");
const NEED_BOTH: Words = words("请填写用户名和密码。", "Please give name and password.");
const LOST: Words = words(
    "忘记密码的，请联系本院系统管理员重新设置。",
    "If you have lost your password, ask your administrator for a new one.",
);
const NO_SCRIPT: Words =
    words("浏览器未启用脚本，无法登录。", "Scripts are off in this browser, so you cannot sign in.");
const SET_UP: Words = words("设置系统管理员", "Make the first administrator");
const SET_UP_LEAD: Words = words(
    "这是首次启动时的一次性链接，设置完成后立即失效。系统管理员管理账户，不查阅案件内容。",
    "This is the one-time link of the first start; it ends with its use. An administrator keeps the accounts and sees no cases.",
);
const NAME_HINT: Words =
    words("2至40个字母、数字、汉字、点或者连字符", "2 to 40 letters, digits, dots or hyphens");
const PASSWORD_HINT: Words = words("10至200个字符", "10 to 200 characters");
const AGAIN: Words = words("再次输入密码", "The password once more");
const UNEQUAL: Words = words("两次输入的密码不一致。", "The two passwords differ.");
const MAKE: Words = words("设置并登录", "Make it and sign in");

/// The form to sign in, or to make the first administrator.
pub(super) fn door() -> AnyView {
    let token = RwSignal::new(String::new());
    // The server never learns what stands behind the `#`, so the page changes only once it is in the browser.
    effect(move || {
        if let Some(secret) = browser::fragment().strip_prefix("setup=") {
            token.set(secret.to_string());
        }
    });
    let body = move || if token.with(String::is_empty) { sign_in() } else { set_up(token) };
    view! { <Front title=say(TITLE) here="/office">{body}</Front> }.into_any()
}

fn sign_in() -> AnyView {
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let sending = Sending::default();
    let dead = derived(move || {
        let empty = name.with(|name| name.trim().is_empty()) || password.with(String::is_empty);
        empty.then(|| Told::from(NEED_BOTH))
    });
    let press = Callback::new(move |()| {
        if dead.get_untracked().is_none() {
            let body = json!({ "name": name.get_untracked().trim(), "password": password.get_untracked() });
            // The same address again, now as whoever has signed in; an administrator reads no lists.
            sending.go(enter(body, false));
        }
    });
    view! {
        <h1>{say(TITLE)}</h1>
        <p class="muted">{say(LEAD)}</p>
        <noscript>
            <p>{say(NO_SCRIPT)}</p>
        </noscript>
        <div class="narrow stack">
            {sending.news()}
            <Field label=say(NAME) value=name fill="username" send=press testid="name" />
            <Field label=say(PASSWORD) value=password kind="password" fill="current-password" send=press testid="password" />
            <Button
                words=tell(move || if sending.busy.get() { SIGNING_IN } else { SIGN_IN }.into())
                look=Look::Primary
                press
                dead
                busy=sending.busy
                testid="sign-in"
            />
        </div>
        <p class="help">{say(LOST)}</p>
    }
    .into_any()
}

async fn enter(body: Value, first: bool) -> Result<(), fetch::Failure> {
    let me: Me = fetch::post("/api/sign-in", None, &body).await?;
    draft::forget_others(&me.name);
    if first || !me.role.reads_lists() {
        browser::go(first_page(me.role));
    } else {
        browser::reload();
    }
    Ok(())
}

fn set_up(token: RwSignal<String>) -> AnyView {
    let (name, password, again) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let sending = Sending::default();
    let dead = derived(move || {
        if name.with(|name| name.trim().is_empty()) || password.with(String::is_empty) {
            Some(Told::from(NEED_BOTH))
        } else if password.get() == again.get() {
            None
        } else {
            Some(UNEQUAL.into())
        }
    });
    let press = Callback::new(move |()| {
        if dead.get_untracked().is_some() {
            return;
        }
        let (name, password) = (name.get_untracked().trim().to_string(), password.get_untracked());
        let body = json!({ "token": token.get_untracked(), "name": name, "password": password });
        sending.go(async move {
            fetch::post::<IgnoredAny>("/api/setup", None, &body).await?;
            enter(json!({ "name": name, "password": password }), true).await
        });
    });
    view! {
        <h1>{say(SET_UP)}</h1>
        <p class="muted">{say(SET_UP_LEAD)}</p>
        <div class="narrow stack">
            {sending.news()}
            <Field label=say(NAME) hint=say(NAME_HINT) value=name fill="username" testid="name" />
            <Field label=say(PASSWORD) hint=say(PASSWORD_HINT) value=password kind="password" fill="new-password" testid="password" />
            <Field label=say(AGAIN) value=again kind="password" fill="new-password" send=press testid="password-again" />
            <Button words=say(MAKE) look=Look::Primary press dead busy=sending.busy testid="set-up" />
        </div>
    }
    .into_any()
}
