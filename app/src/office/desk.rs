//! The frame of the staff's pages: who is signed in, where one can go, and the page itself.

use std::sync::Arc;

use crate::kit::see::derived;
use leptos::prelude::*;
use procedure::{
    Act, By, Command, Hearing, Id, Moment, Office, Refusal,
    hearing::plan::{self, Plan},
};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Value, json};

use super::{draft, once::once, sign_in};
use crate::{
    browser::{
        self,
        fetch::{self, Answer, Failure},
    },
    clerk::RULES,
    kit::{
        asked::{asked, why},
        button::{Button, Look},
        page::Page,
        sending::Sending,
    },
    words::{Told, Words, language, say, tell, words},
};

const PAGES: Words = words("办公室", "Office");
const SIGN_OUT: Words = words("退出登录", "Sign out");

/// Who reads the page.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Me {
    /// Name of the account.
    pub name: String,
    /// Post in the office.
    pub role: Office,
}

/// A page of the staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Hearings,
    Cases,
    Archive,
    Pool,
    Accounts,
    Me,
}

impl Place {
    const ALL: [Self; 6] = [Self::Hearings, Self::Cases, Self::Archive, Self::Pool, Self::Accounts, Self::Me];

    const fn address(self) -> &'static str {
        match self {
            Self::Hearings => "/office",
            Self::Cases => "/office/cases",
            Self::Archive => "/office/archive",
            Self::Pool => "/office/pool",
            Self::Accounts => "/office/accounts",
            Self::Me => "/office/me",
        }
    }

    const fn words(self) -> Words {
        match self {
            Self::Hearings => words("听证", "Hearings"),
            Self::Cases => words("案件", "Cases"),
            Self::Archive => words("归档", "Archive"),
            Self::Pool => words("听证员名册", "Panellists"),
            Self::Accounts => words("账户", "Accounts"),
            Self::Me => words("我的账户", "My account"),
        }
    }

    const fn is_for(self, office: Office) -> bool {
        match self {
            Self::Hearings | Self::Cases => office.reads_lists(),
            Self::Archive | Self::Pool => office.draws(),
            Self::Accounts => office.keeps_accounts(),
            Self::Me => true,
        }
    }
}

/// The first page of a post.
pub(super) fn first_page(office: Office) -> &'static str {
    if Place::Hearings.is_for(office) { Place::Hearings.address() } else { Place::Accounts.address() }
}

/// What a page of the staff is drawn from: who reads it, and what was answered to what it asks.
pub(super) type Draw = fn(&Me, &[Answer]) -> AnyView;

/// A page of the staff: signs in whoever is not, else asks for `paths` and draws the answers.
pub(super) fn desk(place: Place, paths: Vec<String>, draw: Draw) -> AnyView {
    let paths = std::iter::once("/api/me".to_string()).chain(paths).collect();
    asked(paths, move |answers| {
        let Some((me, others)) = answers.split_first() else { return why(&Failure::Away) };
        match me.as_ref().map_err(Clone::clone).and_then(|text| fetch::told::<Me>(text)) {
            Ok(me) => framed(place, &me, draw(&me, others)),
            Err(failure) if failure.is_unauthorised() => sign_in::door(),
            Err(failure) => view! { <Page title=say(PAGES)>{why(&failure)}</Page> }.into_any(),
        }
    })
}

fn framed(place: Place, me: &Me, body: AnyView) -> AnyView {
    let role = me.role;
    let links: Vec<AnyView> =
        Place::ALL.into_iter().filter(|other| other.is_for(role)).map(|other| link(other, place)).collect();
    view! {
        <Page title=say(place.words()) wide=true aside=who(me)>
            <div class="office">
                <nav aria-label=say(PAGES)>{links}</nav>
                <div class="desk">{body}</div>
            </div>
        </Page>
    }
    .into_any()
}

fn link(place: Place, here: Place) -> AnyView {
    let current = (place == here).then_some("page");
    view! { <a href=place.address() aria-current=current>{say(place.words())}</a> }.into_any()
}

fn who(me: &Me) -> AnyView {
    let sending = Sending::default();
    let press = move |()| {
        sending.go(async {
            fetch::post::<IgnoredAny>("/api/sign-out", None, &Value::Null).await?;
            // Whoever uses this computer next does not read what was typed.
            draft::forget_all();
            browser::go("/office");
            Ok(())
        });
    };
    let (name, role) = (me.name.clone(), say(me.role.words()));
    view! {
        <p class="signed-in" data-testid="who"><strong>{name}</strong> " " <span class="muted">{role}</span></p>
        <Button words=say(SIGN_OUT) press look=Look::Quiet busy=sending.busy testid="sign-out" />
    }
    .into_any()
}

/// Several answers that are all needed, or why there is one missing.
pub(super) fn all<const N: usize>(answers: &[Answer]) -> Result<[&str; N], Failure> {
    let texts: Vec<&str> = answers
        .iter()
        .map(|answer| answer.as_deref().map_err(Clone::clone))
        .collect::<Result<_, Failure>>()?;
    texts.try_into().map_err(|_| Failure::Away)
}

/// Words made at run time that do not change, in the reader's language.
pub(super) fn fixed(told: impl Into<Told>) -> Signal<String> {
    let told = Arc::new(told.into());
    tell(move || (*told).clone())
}

/// What the rules say to a command of this post on the plan of a hearing.
pub(super) fn tries(hearing: &Hearing, role: Office, command: impl Into<Command>) -> Result<Hearing, Told> {
    let (id, by) = (Id("-".into()), By::Office(role));
    let act = Act { id: &id, by: &by, at: Moment(browser::office_now()), rules: &RULES };
    let events = hearing.decide(command.into(), &act).map_err(|no| no.sentence(&RULES, &hearing.plan))?;
    let mut after = hearing.clone();
    for event in &events {
        after.evolve(act.at, event);
    }
    Ok(after)
}

/// Why the rules refuse it, for the reader.
pub(super) fn why_not(hearing: &Hearing, role: Office, command: impl Into<Command>) -> Option<Told> {
    tries(hearing, role, command).err()
}

/// Why this post does not do it, if it does not.
pub(super) fn not_yours(yours: bool) -> Signal<Option<Told>> {
    let why = (!yours).then(|| Refusal::NotYourOffice.sentence(&RULES, &Plan::default()).into());
    derived(move || why.clone())
}

/// The word under which something travels, such as `civil-supervision`.
pub(super) fn name_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// What travels under that word.
pub(super) fn of_name<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::String(name.into())).ok()
}

/// What a list to choose from offers, in the reader's language.
pub(super) fn options(all: Vec<(String, Words)>) -> Signal<Vec<(String, String)>> {
    derived(move || {
        let language = language();
        all.iter().map(|(name, words)| (name.clone(), words.in_language(language).to_string())).collect()
    })
}

/// Has a command done in a hearing and waits until it is on disk. Tried again because no answer came, it is done once.
pub(super) async fn submit(hearing: &str, command: Command) -> Result<(), Failure> {
    let path = format!("/api/hearings/{hearing}/commands");
    once::<IgnoredAny>(&path, json!({ "command": command })).await.map(|_| ())
}

/// The same under an id that the page keeps itself.
pub(super) async fn submit_as(id: &str, hearing: &str, command: Command) -> Result<(), Failure> {
    let path = format!("/api/hearings/{hearing}/commands");
    let body = json!({ "id": id, "command": command });
    fetch::post::<IgnoredAny>(&path, None, &body).await.map(|_| ())
}

/// A command on the plan.
pub(super) fn plan(command: plan::Command) -> Command {
    Command::Plan(command)
}
