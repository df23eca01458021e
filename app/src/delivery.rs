//! A paper at its link: from whom it comes, the last four digits of the mobile number, then the paper, its file, the day for
//! the calendar, and a button that says it has come. Forms that the browser sends by itself, so that no script is needed.

use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::{use_params_map, use_query_map};
use procedure::Moment;
use serde::Deserialize;

use crate::{
    browser::fetch::{Answer, Failure, told},
    calendar,
    front::Front,
    kit::{
        asked::{asked, why},
        band::Band,
        tag::Tone,
    },
    missing,
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("送达的文书", "A paper for you");
const FROM: Words = words(
    "{office}有一份文书送达给您。为确认是您本人，请填写您手机号码的后四位。",
    "{office} sends you a paper. So that it is you who reads it, please give the last four digits of your mobile number.",
);
const TAIL: Words = words("手机号码后四位", "Last four digits of your mobile number");
const OPEN: Words = words("核对并查阅", "Check and read");
const COUNTS: Words = words(
    "核对后查阅的时间会记入送达回证；只打开本页不算查阅。",
    "When you have given the digits, the time is noted as that of your reading; opening this page alone is not.",
);
const WRONG: Words = words(
    "号码后四位不符，请重新填写。",
    "These are not the last four digits that we know. Please try again.",
);
const LEFT: Words = words("还可以尝试 {n} 次。", "{n} tries are left.");
const TO: Words = words("受送达人", "For");
const NUMBER: Words = words("文书编号", "Number");
const TIME: Words = words("听证时间", "Time of the hearing");
const STALE: Words = words(
    "本文书所写的听证安排此后有变更或者已经取消，请以最新的通知为准，或者拨打 {phone}。",
    "What this paper says of the hearing has changed since, or the hearing was called off. The latest notice counts; or call {phone}.",
);
const PDF: Words = words("下载 PDF", "Download as PDF");
const CALENDAR: Words = words("加入日历", "Add to the calendar");
const CONFIRM: Words = words("我已收到", "I have it");
const CONFIRM_HOW: Words = words(
    "确认只表示您收到了文书，不表示同意其中的内容；不确认也不影响送达。",
    "This only says that you have the paper, not that you agree with it. You need not do it.",
);
const CONFIRMED: Words = words("您已于 {time} 确认收到。", "You confirmed on {time} that you have it.");
const READ_HERE: Words = words("文书内容", "The paper");
const HELP: Words = words(
    "打不开、信息不符或者有疑问的，请拨打 {phone}。参加听证不收取任何费用，本院不会索要密码和验证码。",
    "If it does not open, something does not match or you have a question, call {phone}. Taking part costs nothing; we never ask for a password.",
);

/// So few tries left are told.
const FEW_TRIES: usize = 4;

/// What the link leads to, as the server tells it.
#[derive(Clone, Debug, Deserialize)]
struct Outlook {
    office: String,
    phone: String,
    attempts_left: usize,
    opened: Option<Opened>,
}

/// The paper, once it is open.
#[derive(Clone, Debug, Deserialize)]
struct Opened {
    name: String,
    zh: String,
    en: String,
    number: String,
    page: String,
    scheduled: Option<Moment>,
    stale: bool,
    acknowledged: Option<Moment>,
}

/// The page.
#[component]
pub fn DeliveryPage() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").unwrap_or_default();
    let wrong = use_query_map().get_untracked().get("wrong").is_some();
    let address = format!("/api/deliveries/{token}");
    let body = asked(vec![address.clone()], move |answers| drawn(&address, wrong, answers.first()));
    // The browser tells a form's own site where it comes from, and no other.
    view! {
        <Meta name="referrer" content="same-origin" />
        <Meta name="robots" content="noindex" />
        <Front title=say(TITLE) here="" broad=true>{body}</Front>
    }
    .into_any()
}

fn drawn(address: &str, wrong: bool, answer: Option<&Answer>) -> AnyView {
    let answer = answer.cloned().unwrap_or(Err(Failure::Away));
    match answer.and_then(|text| told::<Outlook>(&text)) {
        Ok(Outlook { office, phone, attempts_left, opened }) => {
            let help = fixed(HELP.with("phone", &phone));
            let body = match opened {
                Some(opened) => paper(address, &phone, opened),
                None => check(address, &office, attempts_left, wrong),
            };
            view! {
                {body}
                <p class="help">{help}</p>
            }
            .into_any()
        }
        Err(failure) => {
            missing();
            view! {
                <h1>{say(TITLE)}</h1>
                {why(&failure)}
            }
            .into_any()
        }
    }
}

/// Words that do not change, in the reader's language.
fn fixed(told: Told) -> Signal<String> {
    tell(move || told.clone())
}

/// From whom it is, and the digits.
fn check(address: &str, office: &str, left: usize, wrong: bool) -> AnyView {
    let wrong = wrong.then(|| {
        view! { <Band tone=Tone::Alert urgent=true testid="delivery-wrong">{say(WRONG)}</Band> }.into_any()
    });
    // Told only to those who have been wrong before.
    let left = (left < FEW_TRIES).then(|| view! { <p>{fixed(LEFT.with("n", left))}</p> }.into_any());
    view! {
        <div class="delivered">
            <h1>{say(TITLE)}</h1>
            <p class="lead" data-testid="delivery-from">{fixed(FROM.with("office", office))}</p>
            {wrong}
            {left}
            <form class="narrow stack check" method="post" action=address.to_string()>
                <div class="field">
                    <label for="phone_tail">{say(TAIL)}</label>
                    <input
                        id="phone_tail"
                        name="phone_tail"
                        type="tel"
                        inputmode="numeric"
                        autocomplete="off"
                        minlength="4"
                        maxlength="4"
                        required
                        data-testid="phone-tail"
                    />
                </div>
                <button class="button primary" type="submit" data-testid="open-delivery">{say(OPEN)}</button>
            </form>
            <p class="muted">{say(COUNTS)}</p>
        </div>
    }
    .into_any()
}

/// The paper, and what can be done with it.
fn paper(address: &str, phone: &str, opened: Opened) -> AnyView {
    let Opened { name, zh, en, number, page, scheduled, stale, acknowledged } = opened;
    let title = fixed(Told { zh, en });
    let changed = stale.then(|| {
        let words = fixed(STALE.with("phone", phone));
        view! { <Band tone=Tone::Alert testid="delivery-stale">{words}</Band> }.into_any()
    });
    let time = scheduled.map(|at| {
        view! {
            <dt>{say(TIME)}</dt>
            <dd>{fixed(calendar::moment(at))}</dd>
        }
        .into_any()
    });
    let day = (scheduled.is_some() && !stale).then(|| {
        let file = format!("{address}/calendar");
        view! {
            <a class="button" href=file download="hearing.ics" rel="external" data-testid="delivery-calendar">
                {say(CALENDAR)}
            </a>
        }
        .into_any()
    });
    let numbered = (!number.is_empty()).then(|| view! { <dt>{say(NUMBER)}</dt><dd>{number}</dd> }.into_any());
    view! {
        <div class="delivered">
            <h1 data-testid="delivery-paper">{title}</h1>
            {changed}
            <dl class="outlook">
                <dt>{say(TO)}</dt>
                <dd>{name}</dd>
                {numbered}
                {time}
            </dl>
            {confirm(address, acknowledged)}
            <p class="row">
                <a class="button" href=format!("{address}/paper") download="paper.pdf" rel="external" data-testid="delivery-pdf">
                    {say(PDF)}
                </a>
                {day}
            </p>
            <section class="preview" aria-label=say(READ_HERE)>
                <iframe sandbox="" title=title srcdoc=page data-testid="delivery-page"></iframe>
            </section>
        </div>
    }
    .into_any()
}

fn confirm(address: &str, acknowledged: Option<Moment>) -> AnyView {
    match acknowledged {
        Some(at) => {
            let words = fixed(Told::from(CONFIRMED).with_told("time", &calendar::moment(at)));
            view! { <Band tone=Tone::Good testid="delivery-confirmed">{words}</Band> }.into_any()
        }
        None => view! {
            <form class="stack" method="post" action=format!("{address}/acknowledgement")>
                <button class="button primary" type="submit" data-testid="confirm-delivery">{say(CONFIRM)}</button>
                <p class="muted">{say(CONFIRM_HOW)}</p>
            </form>
        }
        .into_any(),
    }
}
