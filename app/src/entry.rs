//! Joining: from the invitation to the door of the hearing room, one thing at a time.
//!
//! ```text
//! link:  what hearing this is ─▶ last four digits of the phone ─▶ the room
//! code:  the code that was read out, and the digits            ─▶ the room
//! ```
//!
//! Opening the link uses nothing up; only the digits, sent with the button, accept the invitation.

use crate::kit::see::{See, derived};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_params_map;
use procedure::{Capacity, Moment, SeatId};
use serde::{Deserialize, Serialize};

use crate::{
    browser::{self, fetch, fetch::Failure},
    calendar,
    front::Front,
    hearing::arrival::rules::RECORDED,
    kit::{
        asked::asked,
        band::Band,
        button::{Button, Look},
        field::{Field, half_width},
        tag::Tone,
    },
    words::{Words, say, tell, words},
};

const TITLE: Words = words("参加听证", "Join a hearing");
const STEP: Words = words("第 1 步，共 3 步：核对身份", "Step 1 of 3: who you are");
const AS: Words = words("您的身份", "You take part as");
const PLACE: Words = words("地点", "Place");
const TIME: Words = words("时间", "Time");
const BY_LINK: Words = words(
    "请填写您手机号码的后四位，核对无误后进入听证。",
    "Give the last four digits of your phone number to come in.",
);
const BY_CODE: Words = words(
    "请填写通知书上的入席码和您手机号码的后四位。有短信链接的，也可以直接点开链接。",
    "Give the code from your notice and the last four digits of your phone number. If you have a link, you may open that instead.",
);
const CODE: Words = words("入席码", "Code");
const CODE_HINT: Words =
    words("十二位，如 K7QM-2WXA-9RTC", "Twelve letters and digits, such as K7QM-2WXA-9RTC");
const TAIL: Words = words("手机号码后四位", "Last four digits of your phone number");
const TAIL_HINT: Words = words("例如 1234", "For example 1234");
const COME_IN: Words = words("核对并继续", "Check and continue");
const CHECKING: Words = words("正在核对……", "Checking…");
const FOUR: Words = words("请填写四位数字。", "Four digits, please.");
const NO_CODE: Words = words("请填写入席码。", "Please give the code.");
const LEFT: Words = words("还可以尝试 {n} 次。", "{n} tries are left.");
const OTHERWISE: Words = words("改用入席码进入", "Come in by the code instead");
const HELP: Words = words(
    "进不去、信息不符或者没有收到通知的，请拨打 12309，或者联系办理案件的人民检察院。参加听证不收取任何费用。",
    "If you cannot get in, something does not match, or you have no notice, call 12309 or the procuratorate that handles the case. Taking part costs nothing.",
);

/// So few tries left are told.
const FEW_TRIES: usize = 4;
/// Length of the check, in digits.
const TAIL_DIGITS: usize = 4;

/// What an invitation is for, as the server tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Outlook {
    capacity: Capacity,
    place: String,
    scheduled: Moment,
    attempts_left: usize,
}

/// What is sent to accept an invitation.
#[derive(Serialize)]
struct Accept {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    phone_tail: String,
}

/// The seat and its key.
#[derive(Deserialize)]
struct Accepted {
    hearing: String,
    seat: SeatId,
    key: String,
}

/// The page.
#[component]
pub fn Entry() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").filter(|token| !token.is_empty());
    let shown = match token {
        Some(token) => view! { <Invitation token /> }.into_any(),
        None => view! { <p class="lead">{say(BY_CODE)}</p> <Check token=None /> }.into_any(),
    };
    view! {
        <Front title=say(TITLE) here="/enter">
            <p class="step" data-testid="step">{say(STEP)}</p>
            <h1>{say(TITLE)}</h1>
            {shown}
            <p class="help">{say(HELP)}</p>
        </Front>
    }
    .into_any()
}

/// What the link is for, and the check; where the link is not good, the way by the code.
#[component]
fn Invitation(token: String) -> impl IntoView {
    let path = format!("/api/invitations/{token}");
    asked(vec![path], move |answers| {
        let answer = answers.into_iter().next().unwrap_or(Err(Failure::Away));
        match answer.and_then(|text| fetch::told::<Outlook>(&text)) {
            Ok(outlook) => view! {
                <Facts outlook />
                <Check token=Some(token.clone()) />
            }
            .into_any(),
            Err(failure) => view! {
                <Refused failure />
                <p><a href="/enter">{say(OTHERWISE)}</a></p>
            }
            .into_any(),
        }
    })
}

/// The hearing in three lines.
#[component]
fn Facts(outlook: Outlook) -> impl IntoView {
    let when = calendar::moment(outlook.scheduled);
    let left = outlook.attempts_left;
    // Told only to those who have been wrong before.
    let left = (left < FEW_TRIES).then(|| tell(move || LEFT.with("n", left)));
    view! {
        <dl class="outlook" data-testid="invitation">
            <dt>{say(AS)}</dt>
            <dd>{say(outlook.capacity.words())}</dd>
            <dt>{say(TIME)}</dt>
            <dd>{tell(move || when.clone())}</dd>
            <dt>{say(PLACE)}</dt>
            <dd>{outlook.place}</dd>
        </dl>
        <p data-testid="told-recorded">{say(RECORDED)}</p>
        <p class="lead">{say(BY_LINK)} " " {left}</p>
    }
    .into_any()
}

/// Why not, in the reader's language.
#[component]
fn Refused(failure: Failure) -> impl IntoView {
    let told = failure.told();
    view! {
        <Band tone=Tone::Alert urgent=true testid="entry-refused">{tell(move || told.clone())}</Band>
    }
    .into_any()
}

/// The digits, the code where there is no link, and the button.
#[component]
fn Check(token: Option<String>) -> impl IntoView {
    let (code, tail) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let needs_code = token.is_none();
    let dead = derived(move || {
        if needs_code && code.see(|code| code.trim().is_empty()) {
            return Some(NO_CODE.into());
        }
        let digits = tail
            .see(|tail| half_width(tail))
            .bytes()
            .map(|byte| byte.is_ascii_digit())
            .eq([true; TAIL_DIGITS]);
        (!digits).then(|| FOUR.into())
    });
    let token = StoredValue::new(token);
    let press = move |()| {
        if dead.with_untracked(Option::is_some) || busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let token = token.get_value();
        let code = token.is_none().then(|| half_width(&code.get_untracked()));
        let accept = Accept { token, code, phone_tail: half_width(&tail.get_untracked()) };
        spawn_local(async move {
            match fetch::post::<Accepted>("/api/invitations/accept", None, &accept).await {
                Ok(accepted) => go_in(&accepted),
                Err(refused) => {
                    busy.set(false);
                    failure.set(Some(refused));
                }
            }
        });
    };
    view! {
        <div class="narrow stack check">
        {needs_code.then(|| view! { <Field label=say(CODE) hint=say(CODE_HINT) value=code testid="entry-code" /> })}
        <Field
            label=say(TAIL)
            hint=say(TAIL_HINT)
            value=tail
            kind="tel"
            send=Callback::new(press)
            testid="phone-tail"
        />
        {move || failure.get().map(|failure| view! { <Refused failure /> })}
        <Button
            words=tell(move || if busy.get() { CHECKING } else { COME_IN }.into())
            look=Look::Primary
            press
            dead
            busy
            testid="accept-invitation"
        />
        </div>
    }
    .into_any()
}

fn go_in(accepted: &Accepted) {
    let Accepted { hearing, seat, key } = accepted;
    browser::storage::keep(&format!("fengqiao.seat.{hearing}.{seat}"), key);
    browser::go(&format!("/hearings/{hearing}/seats/{seat}"));
}
