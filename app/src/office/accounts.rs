//! The accounts of the staff: who signs in with which post. Kept by an administrator, who sees no cases.

use crate::kit::see::{derived, effect};
use leptos::prelude::*;
use procedure::Office;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::desk::{Me, Place, desk, fixed, name_of, options};
use crate::{
    browser::{
        self,
        fetch::{self, Answer},
    },
    kit::{
        asked::or_why,
        band::Band,
        button::{Button, Look},
        dialog::Dialog,
        field::Field,
        rows::{row, rows},
        select::Select,
        sending::Sending,
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("账户", "Accounts");
const LEAD: Words = words(
    "每名工作人员一个账户、一个职务；职务决定能够办理的事项。密码由您告知本人，本人登录后可以自行修改。",
    "One account and one post for each member of the staff; the post decides what they do. You tell them the password; they can change it once signed in.",
);
const MISSING: Words = words("还没有这些职务的账户：{posts}。", "No account has these posts yet: {posts}.");
const NEW: Words = words("新建账户", "New account");
const CHANGE: Words = words("修改", "Change");
const CHANGE_OF: Words = words("修改账户：{name}", "Change the account {name}");
const NAME: Words = words("用户名", "Name");
const NAME_HINT: Words =
    words("2至40个字母、数字、汉字、点或者连字符", "2 to 40 letters, digits, dots or hyphens");
const POST: Words = words("职务", "Post");
const STATE: Words = words("状态", "State");
const ACT: Words = words("操作", "Do");
const GOOD: Words = words("可以登录", "Can sign in");
const DISABLED: Words = words("已停用", "Disabled");
const PASSWORD: Words = words("密码", "Password");
const PASSWORD_HINT: Words = words("10至200个字符", "10 to 200 characters");
const NEW_PASSWORD: Words = words("新密码（不改则留空）", "New password (empty: as it is)");
const SUGGEST: Words = words("生成密码", "Make one up");
const MAKE: Words = words("建立账户", "Make the account");
const SAVE: Words = words("保存", "Save");
const ENDS: Words = words(
    "保存后，该账户现有的登录立即失效，须重新登录。",
    "Once saved, the account is signed out everywhere and must sign in again.",
);
const DISABLE: Words = words("停用账户", "Disable");
const ENABLE: Words = words("恢复账户", "Enable again");
const NEED_ALL: Words = words("请填写用户名、密码并选择职务。", "Please give name, password and post.");
const CHOOSE: Words = words("请选择", "Please choose");

/// An account, as the server tells it.
#[derive(Clone, Debug, Deserialize)]
struct Account {
    name: String,
    role: Office,
    disabled: bool,
}

/// Posts without which no hearing can be prepared.
const NEEDED: [Office; 4] = [Office::ChiefProsecutor, Office::Handler, Office::Clerk, Office::CaseManagement];

/// The page.
#[component]
pub fn Accounts() -> impl IntoView {
    desk(Place::Accounts, vec!["/api/accounts".into()], draw)
}

fn draw(_: &Me, answers: &[Answer]) -> AnyView {
    answers.first().map(|answer| or_why(answer, page)).into_any()
}

fn page(accounts: Vec<Account>) -> AnyView {
    let accounts = RwSignal::new(accounts);
    let (adding, changing) = (RwSignal::new(false), RwSignal::new(None::<Account>));
    let columns = [NAME, POST, STATE, ACT].map(say).to_vec();
    let body = move || accounts.get().into_iter().map(|account| line(account, changing)).collect();
    let missing = tell(move || {
        let there = accounts.get();
        let lacks = |post: &Office| !there.iter().any(|account| account.role == *post && !account.disabled);
        let posts: Vec<Office> = NEEDED.into_iter().filter(lacks).collect();
        if posts.is_empty() {
            return Told::default();
        }
        let named = |english: bool, between: &str| {
            let words = posts.iter().map(|post| if english { post.words().1 } else { post.words().0 });
            words.collect::<Vec<_>>().join(between)
        };
        let posts = Told { zh: named(false, "、"), en: named(true, ", ") };
        Told::from(MISSING).with_told("posts", &posts)
    });
    let any_missing = move || !missing.with(String::is_empty);
    view! {
        <header class="title">
            <h1>{say(TITLE)}</h1>
            <Button words=say(NEW) look=Look::Primary press=move |()| adding.set(true) testid="new-account" />
        </header>
        <p class="muted">{say(LEAD)}</p>
        {move || any_missing().then(|| view! { <Band tone=Tone::Wait testid="missing-posts">{missing}</Band> })}
        {rows(say(TITLE), "accounts", columns, body)}
        <Dialog title=say(NEW) open=adding testid="new-account-dialog">{add(accounts, adding)}</Dialog>
        {change(accounts, changing)}
    }
    .into_any()
}

fn line(account: Account, changing: RwSignal<Option<Account>>) -> AnyView {
    let name = account.name.clone();
    let (words, tone) = if account.disabled { (DISABLED, Tone::Wait) } else { (GOOD, Tone::Good) };
    let testid = format!("change-{name}");
    let post = say(account.role.words());
    let press = move |()| changing.set(Some(account.clone()));
    let cells = vec![
        view! { <strong>{name.clone()}</strong> }.into_any(),
        view! { <span>{post}</span> }.into_any(),
        view! { <Tag words=say(words) tone /> }.into_any(),
        view! { <Button words=say(CHANGE) look=Look::Quiet press testid /> }.into_any(),
    ];
    row(format!("account-{name}"), "", cells)
}

/// The list anew.
async fn refresh(accounts: RwSignal<Vec<Account>>) -> Result<(), fetch::Failure> {
    accounts.set(fetch::get("/api/accounts", None).await?);
    Ok(())
}

fn posts() -> Signal<Vec<(String, String)>> {
    options(Office::ALL.map(|post| (name_of(&post), Words::from(post.words()))).to_vec())
}

fn add(accounts: RwSignal<Vec<Account>>, open: RwSignal<bool>) -> AnyView {
    let [name, password, post] = [(); 3].map(|()| RwSignal::new(String::new()));
    let sending = Sending::default();
    let dead = derived(move || {
        let empty = [name, password, post].iter().any(|field| field.with(|text| text.trim().is_empty()));
        empty.then(|| Told::from(NEED_ALL))
    });
    let press = Callback::new(move |()| {
        if dead.get_untracked().is_some() {
            return;
        }
        let body = json!({
            "name": name.get_untracked().trim(), "password": password.get_untracked(), "role": post.get_untracked(),
        });
        sending.go(async move {
            fetch::post::<IgnoredAny>("/api/accounts", None, &body).await?;
            [name, password, post].iter().for_each(|field| field.set(String::new()));
            open.set(false);
            refresh(accounts).await
        });
    });
    view! {
        <div class="stack">
            {sending.news()}
            <Field label=say(NAME) hint=say(NAME_HINT) value=name testid="account-name" />
            <Select label=say(POST) value=post options=posts() none=say(CHOOSE) testid="account-post" />
            {secret(PASSWORD, password, "account-password")}
            <Button words=say(MAKE) look=Look::Primary press dead busy=sending.busy testid="make-account" />
        </div>
    }
    .into_any()
}

/// A password in sight, because it must be told to somebody.
fn secret(label: Words, password: RwSignal<String>, testid: &'static str) -> AnyView {
    let suggest = move |()| password.set(browser::new_password());
    view! {
        <div class="with-button">
            <Field label=say(label) hint=say(PASSWORD_HINT) value=password testid />
            <Button words=say(SUGGEST) press=suggest testid=format!("{testid}-suggest") />
        </div>
    }
    .into_any()
}

fn change(accounts: RwSignal<Vec<Account>>, changing: RwSignal<Option<Account>>) -> AnyView {
    let open = RwSignal::new(false);
    effect(move || open.set(changing.with(Option::is_some)));
    effect(move || {
        if !open.get() && changing.with_untracked(Option::is_some) {
            changing.set(None);
        }
    });
    let title =
        tell(move || CHANGE_OF.with("name", changing.get().map(|account| account.name).unwrap_or_default()));
    let body = move || changing.get().map(|account| change_form(account, accounts, open));
    view! { <Dialog title open testid="change-account-dialog">{body}</Dialog> }.into_any()
}

fn change_form(account: Account, accounts: RwSignal<Vec<Account>>, open: RwSignal<bool>) -> AnyView {
    let post = RwSignal::new(name_of(&account.role));
    let password = RwSignal::new(String::new());
    let sending = Sending::default();
    let path = StoredValue::new(format!("/api/accounts/{}", browser::encoded(&account.name)));
    let send = move |body: Value| {
        sending.go(async move {
            fetch::patch(&path.get_value(), &body).await?;
            open.set(false);
            refresh(accounts).await
        });
    };
    let save = move |()| {
        let mut body = json!({ "role": post.get_untracked() });
        if !password.with_untracked(String::is_empty) {
            body["password"] = password.get_untracked().into();
        }
        send(body);
    };
    let disabled = account.disabled;
    let turn = move |()| send(json!({ "disabled": !disabled }));
    let (words, look) = if disabled { (ENABLE, Look::Plain) } else { (DISABLE, Look::Danger) };
    view! {
        <div class="stack">
            {sending.news()}
            <Select label=say(POST) value=post options=posts() testid="account-post-new" />
            {secret(NEW_PASSWORD, password, "account-password-new")}
            <p class="muted small">{fixed(ENDS)}</p>
            <div class="row">
                <Button words=say(SAVE) look=Look::Primary press=save busy=sending.busy testid="save-account" />
                <Button words=say(words) look press=turn busy=sending.busy testid="turn-account" />
            </div>
        </div>
    }
    .into_any()
}
