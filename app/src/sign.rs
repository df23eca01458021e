//! Signing the record: reading it line by line, asking for a correction or refusing, then signing by hand on this device, on
//! paper or with a certificate. One thing at a time; what is signed is what was read, and nothing else.
//!
//! ```text
//! read ──▶ who you are ──▶ sign, in one of three ways ──▶ done
//!  │  ▲                      │
//!  │  └── corrected meanwhile ┘
//!  └─ ask for a correction, refuse with a reason
//! ```

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_params_map, use_query_map};
use procedure::{
    Capacity, Command, Hearing, Moment, SeatId,
    hearing::{
        phase::Phase,
        record::{Signature, Way},
    },
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    browser::{self, fetch, fetch::Failure, storage},
    calendar,
    clerk::RULES,
    front::Front,
    kit::{
        band::Band,
        button::{Button, Look},
        see::{See, Show, effect, memo},
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

mod line;
mod pad;
mod read;
mod ways;

const TITLE: Words = words("签署笔录", "Sign the record");
const STEPS: [Words; 3] = [
    words("第 1 步，共 3 步：核对笔录", "Step 1 of 3: read the record"),
    words("第 2 步，共 3 步：核对身份", "Step 2 of 3: who you are"),
    words("第 3 步，共 3 步：签名", "Step 3 of 3: sign"),
];
const LOADING: Words = words("正在加载……", "Loading …");
const FROM_ROOM: Words = words("请从听证室进入本页。", "Please come here from the hearing room.");
const BACK: Words = words("返回听证室", "Back to the hearing room");
const EARLIER: Words = words("上一步", "Back");
const NOT_NOW: Words = words(
    "现在还没有核对签名。主持人宣布核对笔录后，请再打开本页。",
    "The record is not being signed now. Please come back when the chair has it read.",
);
const NOT_YOU: Words = words("您的席位不需要在笔录上签名。", "Your seat does not sign the record.");
const SIGNED: Words = words("您已签名", "You have signed");
const REFUSED: Words = words("您已拒绝签名", "You have refused to sign");
const REASON: Words = words("理由", "Reason");
const WHEN: Words = words("时间", "Time");
const WAY: Words = words("方式", "How");
const BOUND: Words = words("所签笔录的校验码", "Code of the record signed");
const DEVICE_KEY: Words = words("本机签名密钥", "Key made on this device");
const ON_DEVICE: Words = words("在本机手写签名", "By hand on a device");
const ON_PAPER: Words = words("在纸上签名，扫描交回", "On paper, scanned");
const BY_CERTIFICATE: Words = words("数字证书签名", "With a certificate");
const NEXT: Words = words(
    "其他人签完以后，书记员封存案卷。届时您可以下载自己的副本，随时核验。笔录如有更正，会再请您核对签名。",
    "When the others have signed, the clerk seals the file. You can then take your own copy and verify it at any time. If the record is corrected you will be asked to read and sign again.",
);
const STILL: Words =
    words("改变主意的，现在仍可以核对后签名。", "If you change your mind you can still read and sign now.");
const SIGN_AFTER_ALL: Words = words("重新核对并签名", "Read again and sign");
const CHANGED: Words = words(
    "笔录有更正，请核对现在的内容，再签名。",
    "The record was corrected. Please read it as it stands now, then sign.",
);

/// Digits of a digest that a person compares by eye.
const SHORT: usize = 16;

/// Where somebody is with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Read,
    Identity,
    Sign,
}

/// Everything that the steps share.
#[derive(Clone, Copy)]
struct Signing {
    hearing: StoredValue<String>,
    me: StoredValue<SeatId>,
    key: StoredValue<Option<String>>,
    /// The hearing as this seat may see it.
    view: RwSignal<Option<Result<Hearing, Failure>>>,
    at: RwSignal<At>,
    /// Whether a seat that has refused reads again.
    again: RwSignal<bool>,
    /// Last four digits of the phone number.
    tail: RwSignal<String>,
    /// Which way.
    way: RwSignal<String>,
    failed: RwSignal<Option<Told>>,
    busy: RwSignal<bool>,
}

/// What is sent to sign.
#[derive(Serialize)]
struct Sent {
    id: String,
    digest: String,
    way: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    whose: Option<SeatId>,
    phone_tail: String,
}

impl Signing {
    fn path(self, rest: &str) -> String {
        self.hearing.with_value(|hearing| format!("/api/hearings/{hearing}{rest}"))
    }

    /// The name of what this seat keeps on this device while it reads and signs.
    fn own(self, what: &str) -> String {
        let seat = self.me.with_value(|seat| seat.0.clone());
        self.hearing.with_value(|hearing| format!("fengqiao.sign.{hearing}.{seat}.{what}"))
    }

    /// Reads the record as it stands now.
    async fn look(self) {
        let read = fetch::get(&self.path(""), self.key.get_value().as_deref()).await;
        // Where the line is broken, what was read stays.
        if read.is_ok() || self.view.with_untracked(Option::is_none) {
            self.view.set(Some(read));
        }
    }

    /// What `look` makes of the hearing, where it has been read.
    fn of<T>(self, look: impl FnOnce(&Hearing) -> T) -> Option<T> {
        self.view.see(|view| view.as_ref()?.as_ref().ok().map(look))
    }

    fn digest(self) -> String {
        self.of(|hearing| hearing.record.digest()).unwrap_or_default()
    }

    /// Has something done, then reads anew.
    fn does(self, command: &Command, then: impl FnOnce() + 'static) {
        let body = json!({"id": browser::new_id(), "command": command});
        self.asks(async move {
            let path = self.path("/commands");
            fetch::post::<Value>(&path, self.key.get_value().as_deref(), &body).await?;
            then();
            Ok(())
        });
    }

    /// Hands a signature in. If the record was corrected meanwhile, it is read again first.
    async fn signs(self, way: Value, digest: String, whose: Option<SeatId>) -> Result<(), Failure> {
        let phone_tail = crate::kit::field::half_width(&self.tail.get_untracked());
        let sent = Sent { id: browser::new_id(), digest: digest.clone(), way, whose, phone_tail };
        let done =
            fetch::post::<Value>(&self.path("/signature"), self.key.get_value().as_deref(), &sent).await;
        self.look().await;
        // Whoever signs again, after a correction, begins by reading.
        if done.is_ok() || self.digest() != digest {
            self.at.set(At::Read);
        }
        done.map(|_| ())
    }

    /// Does what takes a moment, says why it failed, and reads the record anew.
    fn asks(self, what: impl Future<Output = Result<(), Failure>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            self.failed.set(what.await.err().map(|failure| failure.told()));
            self.look().await;
            self.busy.set(false);
        });
    }

    /// Goes to a step, and to the top of it.
    fn goes(self, to: At) {
        self.failed.set(None);
        self.at.set(to);
        browser::focus("sign-title");
    }
}

/// The page.
#[component]
pub fn SignPage() -> impl IntoView {
    let hearing = use_params_map().get_untracked().get("id").unwrap_or_default();
    let me = use_query_map().get_untracked().get("seat").map(SeatId).unwrap_or_default();
    let key = storage::kept(&format!("fengqiao.seat.{hearing}.{me}"));
    let back = format!("/hearings/{hearing}/seats/{me}");
    let signing = Signing {
        hearing: StoredValue::new(hearing),
        me: StoredValue::new(me),
        key: StoredValue::new(key),
        view: RwSignal::new(None),
        at: RwSignal::new(At::Read),
        again: RwSignal::new(false),
        tail: RwSignal::new(String::new()),
        way: RwSignal::new("device".into()),
        failed: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    effect(move || {
        spawn_local(signing.look());
        line::hold(signing);
    });
    let what = memo(move || shown(signing));
    view! {
        <Front title=say(TITLE) here="">
            <p class="back"><a href=back rel="external" data-testid="to-room">{say(BACK)}</a></p>
            <h1 id="sign-title" tabindex="-1">{say(TITLE)}</h1>
            {move || drawn(signing, what.get())}
        </Front>
    }
    .into_any()
}

/// What the page shows; drawn anew only when it is another.
#[derive(Clone, Debug, PartialEq)]
enum Shown {
    Loading,
    SignedOut,
    Failed(Told),
    Done { digest: String, at: Moment },
    Refused { reason: String, at: Moment, open: bool },
    NotYou,
    NotNow,
    Steps,
}

fn shown(signing: Signing) -> Shown {
    let failure = signing.view.see(|view| view.as_ref().map(|view| view.as_ref().err().cloned()));
    match failure {
        None => return Shown::Loading,
        Some(Some(failure)) if failure.is_unauthorised() => return Shown::SignedOut,
        Some(Some(failure)) => return Shown::Failed(failure.told()),
        Some(None) => {}
    }
    let me = signing.me.get_value();
    let known = signing.of(|hearing| {
        let signs = hearing.plan.capacity(&me).is_some_and(Capacity::signs);
        (hearing.phase.current == Phase::Signing, signs, hearing.record.signatures.get(&me).cloned())
    });
    let (open, signs, answer) = known.unwrap_or_default();
    match answer {
        Some(Signature::Signed { digest, at }) => Shown::Done { digest, at },
        Some(Signature::Refused { reason, at }) if !signing.again.get() => {
            Shown::Refused { reason, at, open }
        }
        _ if !signs => Shown::NotYou,
        _ if !open => Shown::NotNow,
        _ => Shown::Steps,
    }
}

/// Why it cannot be signed here and now, that it has been, or the steps.
fn drawn(signing: Signing, shown: Shown) -> AnyView {
    match shown {
        Shown::Loading => view! { <p class="loading" role="status">{say(LOADING)}</p> }.into_any(),
        Shown::SignedOut => {
            view! { <Band tone=Tone::Wait testid="sign-signed-out">{say(FROM_ROOM)}</Band> }.into_any()
        }
        Shown::Failed(told) => {
            view! { <Band tone=Tone::Alert urgent=true testid="refused">{tell(move || told.clone())}</Band> }
                .into_any()
        }
        Shown::Done { digest, at } => done(signing, &digest, at),
        Shown::Refused { reason, at, open } => refused(signing, reason, at, open),
        Shown::NotYou => {
            view! { <Band tone=Tone::Plain testid="sign-not-you">{say(NOT_YOU)}</Band> }.into_any()
        }
        Shown::NotNow => {
            view! { <Band tone=Tone::Wait testid="sign-not-now">{say(NOT_NOW)}</Band> }.into_any()
        }
        Shown::Steps => view! { <Steps signing /> }.into_any(),
    }
}

/// The steps, with what went wrong above them.
#[component]
fn Steps(signing: Signing) -> impl IntoView {
    let number = move || match signing.at.get() {
        At::Read => 0,
        At::Identity => 1,
        At::Sign => 2,
    };
    let step = tell(move || STEPS[number()].into());
    // Whoever was about to sign another record than the one that stands now reads it first.
    let digest = memo(move || signing.digest());
    let read = StoredValue::new(String::new());
    let corrected = RwSignal::new(signing.of(is_corrected).unwrap_or(false));
    effect(move || {
        let now = digest.get();
        let before = read.get_value();
        read.set_value(now.clone());
        if !before.is_empty() && before != now {
            corrected.set(true);
            // Whoever reads already, and may be writing, goes on: the lines change by themselves.
            if signing.at.get_untracked() != At::Read {
                signing.goes(At::Read);
            }
        }
    });
    view! {
        <p class="step" data-testid="sign-step">{step}</p>
        {trouble(signing)}
        <Show when=move || signing.at.get() == At::Read && corrected.get()>
            <Band tone=Tone::Wait testid="sign-corrected">{say(CHANGED)}</Band>
        </Show>
        {move || match signing.at.get() {
            At::Read => read::read(signing),
            At::Identity => ways::identity(signing),
            At::Sign => ways::sign(signing),
        }}
        <Show when=move || signing.at.get() != At::Read>
            <p><Button words=say(EARLIER) look=Look::Quiet testid="sign-back"
                press=move |()| signing.goes(if signing.at.get_untracked() == At::Sign { At::Identity } else { At::Read }) /></p>
        </Show>
    }
    .into_any()
}

/// What went wrong, told where it happened.
fn trouble(signing: Signing) -> AnyView {
    view! {
        <div role="alert">
            <Show when=move || signing.failed.see(Option::is_some)>
                <Band tone=Tone::Alert testid="sign-failed">{tell(move || signing.failed.get().unwrap_or_default())}</Band>
            </Show>
        </div>
    }
    .into_any()
}

fn is_corrected(hearing: &Hearing) -> bool {
    hearing.record.lines.iter().any(|line| !line.earlier.is_empty())
}

fn moment(at: Moment) -> Signal<String> {
    let when = calendar::moment(at);
    tell(move || when.clone())
}

/// The signature as it was taken, and what comes next.
fn done(signing: Signing, digest: &str, at: Moment) -> AnyView {
    let me = signing.me.get_value();
    let way = untrack(|| signing.of(|hearing| hearing.record.given.get(&me).map(|given| given.way.clone())))
        .flatten();
    let (how, key, drawing) = match &way {
        Some(Way::Device { key, drawing, .. }) => {
            (Some(ON_DEVICE), Some(short(&digest_of(key))), Some(pad::shown(drawing)))
        }
        Some(Way::Paper { .. }) => (Some(ON_PAPER), None, None),
        Some(Way::Certificate { .. }) => (Some(BY_CERTIFICATE), None, None),
        None => (None, None, None),
    };
    let others = memo(move || ways::others(signing));
    view! {
        <Band tone=Tone::Good testid="sign-done">{say(SIGNED)}</Band>
        {drawing}
        <dl class="outlook">
            <dt>{say(WHEN)}</dt><dd>{moment(at)}</dd>
            {how.map(|how| view! { <dt>{say(WAY)}</dt><dd data-testid="sign-way">{say(how)}</dd> })}
            <dt>{say(BOUND)}</dt><dd><code data-testid="sign-digest">{short(digest)}</code></dd>
            {key.map(|key| view! { <dt>{say(DEVICE_KEY)}</dt><dd><code>{key}</code></dd> })}
        </dl>
        <p>{say(NEXT)}</p>
        <Show when=move || !others.see(Vec::is_empty)>{ways::for_others(signing, others)}</Show>
    }
    .into_any()
}

/// The refusal as it stands on the record, and the way back from it.
fn refused(signing: Signing, reason: String, at: Moment, open: bool) -> AnyView {
    view! {
        <Band tone=Tone::Wait testid="sign-refused">{say(REFUSED)}</Band>
        <dl class="outlook">
            <dt>{say(WHEN)}</dt><dd>{moment(at)}</dd>
            <dt>{say(REASON)}</dt><dd>{reason}</dd>
        </dl>
        {open.then(|| view! {
            <p>{say(STILL)}</p>
            <Button words=say(SIGN_AFTER_ALL) testid="sign-after-all" press=move |()| { signing.again.set(true); signing.goes(At::Read); } />
        })}
    }
    .into_any()
}

/// SHA-256 of a text, hexadecimal.
fn digest_of(text: &str) -> String {
    casefile::Digest::of(text.as_bytes()).to_string()
}

/// The first digits, in fours.
fn short(digest: &str) -> String {
    let digits: Vec<char> = digest.chars().take(SHORT).collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The office's wall clock, to the minute.
fn clock(at: Moment) -> String {
    at.local(RULES.utc_offset_minutes).clock().chars().take(5).collect()
}
