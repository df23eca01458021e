//! The door of the room: discipline and rights to be read and accepted, the waiting room, and what stands there when
//! one has gone or the line has ended.

use crate::kit::see::{See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Command,
    hearing::{plan, roll, roll::Standing},
    wire::close,
};

use super::{act::Act, room};
use crate::{
    browser,
    clerk::RULES,
    kit::{
        band::Band,
        button::{Button, Look},
        choice::Tick,
        tag::Tone,
    },
    words::{Language, Told, Words, language, say, tell, words},
};

pub mod rules;

use rules::Rules;

const CONNECTING: Words = words("正在进入听证室……", "Entering the hearing room …");
const CONNECTING_WHY: Words =
    words("正在连接服务器，请稍候。", "Connecting to the server, one moment please.");
const STEP_RULES: Words =
    words("第 2 步，共 3 步：听证纪律和权利义务", "Step 2 of 3: discipline, rights and duties");
const STEP_WAIT: Words = words("第 3 步，共 3 步：等候入席", "Step 3 of 3: waiting to be let in");
const CHECK_FIRST: Words = words("先检测摄像头、麦克风和网络", "Check camera, microphone and network first");
const GREETING: Words = words("参加听证之前，请先阅读", "Before you take part, please read");
const ABOUT: Words = words("听证事由", "The hearing");
const WHEN_WHERE: Words = words("时间和地点", "Time and place");
const YOU: Words = words("您的身份", "You take part as");
const ACCEPT: Words = words(
    "我已阅读并愿意遵守听证纪律，知道我的权利和义务。",
    "I have read the discipline and will keep it, and I know my rights and duties.",
);
const NO_INTEREST: Words = words(
    "我声明：我与本案及当事人没有利害关系，不存在应当回避的情形；对在听证和评议中知悉的国家秘密、商业秘密、个人隐私和评议情况予以保密。",
    "I declare that I have no interest in this case or its parties and know of no ground for my recusal, and that I keep secret what I learn of state or trade secrets, of private life and of the deliberation.",
);
const REMOTE: Words = words(
    "本次听证以远程视频方式进行。您入席即表示同意；不同意的，请在这里说明，听证应当改为现场进行。",
    "This hearing is held remotely. Coming in means that you agree. If you do not, say so here; it must then be held in one room.",
);
const REMOTE_REFUSED: Words = words(
    "您已表示不同意远程听证，人民检察院会看到，并另行安排现场听证。",
    "You have refused a remote hearing. The procuratorate sees this and will arrange for one room.",
);
const REFUSE_REMOTE: Words = words("我不同意远程听证", "I do not agree to a remote hearing");
const AGREE_REMOTE: Words = words("改为同意远程听证", "I agree after all");
const COME_IN: Words = words("我已准备好，请求入席", "I am ready, let me in");
const TICK_FIRST: Words = words("请先阅读并勾选上面的内容。", "Please read and tick the above first.");
const WAIT_TITLE: Words =
    words("请稍候，书记员正在核对身份", "Please wait: the clerk is checking who is here");
const WAIT_BODY: Words = words(
    "您已到达听证室门外。书记员准入后，本页会自动进入听证室，您不需要再做任何操作。请不要关闭本页。",
    "You are at the door. Once the clerk lets you in, this page enters the room by itself; there is nothing more to do. Please keep this page open.",
);
const WAITED: Words = words("已等候 {time}", "Waiting for {time}");
const OPENS: Words = words("听证预定于 {time} 开始", "The hearing is due to open at {time}");
const HELP: Words =
    words("需要帮助的，请拨打 12309 或者联系书记员。", "If you need help, call 12309 or ask the clerk.");
const SENT_BACK: Words =
    words("书记员暂未准许您入席：{reason}", "The clerk has not let you in for now: {reason}");
const NO_KEY: Words = words("这台设备上没有本席位的入席凭证", "This device holds no key to this seat");
const NO_KEY_WHY: Words = words(
    "请使用短信中的链接或者入席码重新进入。",
    "Please enter again with the link or the code of your invitation.",
);
const ENTER: Words = words("去填写入席码", "Enter the code");
const UNKNOWN_KEY: Words =
    words("入席凭证无效或者已经过期", "The key to this seat is unknown or has expired");
const REVOKED: Words =
    words("这台设备上的入席凭证已经失效", "This device no longer holds the key to this seat");
const REVOKED_WHY: Words = words(
    "本席位已在另一台设备上进入，或者邀请已经重新签发、撤销。仍由您本人参加的，请用链接或者入席码重新进入；有疑问的，请联系书记员。",
    "The seat was entered on another device, or the invitation was issued again or withdrawn. If it is you who takes part, enter again with the link or the code; if in doubt, ask the clerk.",
);
const OTHER_VERSION: Words = words("系统已经更新", "The system has been updated");
const OTHER_VERSION_WHY: Words =
    words("请重新载入本页，您的草稿不会丢失。", "Please load this page again; your drafts are kept.");
const RELOAD: Words = words("重新载入", "Load again");
const TOO_MANY: Words = words("本席位打开的窗口过多", "This seat is open in too many windows");
const TOO_MANY_WHY: Words = words(
    "请关闭不用的窗口，再重新载入本页。",
    "Close the windows that you do not need, then load this page again.",
);
const LEFT: Words = words("您已离席", "You have left the hearing");
const REMOVED: Words = words("您已被责令退出听证", "You were sent out of the hearing");
const RECUSED: Words = words("您已回避，不再参加本次听证", "You have been recused and take no further part");
const SHUT: Words = words("听证已改为不公开", "The hearing is now closed");
const SHUT_WHY: Words =
    words("依照规定，以下内容不再公开，旁听到此结束。", "What follows is not public; observing ends here.");
const GONE_WHY: Words = words(
    "感谢您的参加。有疑问的，请联系承办的人民检察院，或者拨打 12309。",
    "Thank you for taking part. For questions contact the procuratorate, or call 12309.",
);

/// Nothing is known yet.
#[component]
pub fn Connecting() -> impl IntoView {
    view! {
        <section class="doorway" aria-busy="true" data-testid="connecting">
            <h1>{say(CONNECTING)}</h1>
            <p>{say(CONNECTING_WHY)}</p>
            <progress aria-label=say(CONNECTING)></progress>
        </section>
    }
    .into_any()
}

/// The line is closed for good.
#[component]
pub fn Ended(
    /// The server's code.
    code: u16,
) -> impl IntoView {
    let (title, why) = match code {
        close::REVOKED => (REVOKED, REVOKED_WHY),
        close::WRONG_VERSION => (OTHER_VERSION, OTHER_VERSION_WHY),
        close::TOO_MANY => (TOO_MANY, TOO_MANY_WHY),
        close::NOT_AUTHORISED => (UNKNOWN_KEY, NO_KEY_WHY),
        _ => (NO_KEY, NO_KEY_WHY),
    };
    let next = if matches!(code, close::WRONG_VERSION | close::TOO_MANY) {
        view! { <Button words=say(RELOAD) press=|()| browser::reload() look=Look::Primary testid="reload" /> }
            .into_any()
    } else {
        view! { <a class="button primary" href="/enter" data-testid="to-enter">{say(ENTER)}</a> }.into_any()
    };
    view! {
        <section class="doorway" data-testid="ended">
            <h1>{say(title)}</h1>
            <p>{say(why)}</p>
            {next}
            <p class="muted">{say(HELP)}</p>
        </section>
    }
    .into_any()
}

/// Discipline and rights, to be read and accepted before coming in.
#[component]
pub fn Arrival() -> impl IntoView {
    let room = room();
    let me = room.me();
    let panellist = {
        let me = me.clone();
        memo(move || room.plan.see(|plan| plan.capacity(&me)) == Some(Capacity::Panellist))
    };
    let (accepted, declared) = (RwSignal::new(false), RwSignal::new(false));
    let arrive = || Command::Roll(roll::Command::Arrive {});
    let dead = derived(move || {
        let ticked = accepted.get() && (declared.get() || !panellist.get());
        if !ticked {
            return Some(Told::from(TICK_FIRST));
        }
        // A panellist's declaration goes first; only then would the arrival be allowed.
        let mine = room.me();
        let to_declare = panellist.get() && !room.plan.see(|plan| plan.declared.contains(&mine));
        room.why_not(if to_declare { Command::Plan(plan::Command::Declare {}) } else { arrive() })
    });
    let press = move |()| {
        let mine = room.me();
        if panellist.get_untracked() && !room.plan.with_untracked(|plan| plan.declared.contains(&mine)) {
            room.send(Command::Plan(plan::Command::Declare {}));
            room.send_after(arrive());
        } else {
            room.send(arrive());
        }
    };
    let sent_back =
        move || room.roll.see(|roll| roll.entries.get(&me).and_then(|entry| entry.reason.clone()));
    view! {
        <section class="doorway arrival" data-testid="arrival">
            {move || sent_back().map(|reason| view! {
                <Band tone=Tone::Wait testid="sent-back">{tell(move || SENT_BACK.with("reason", &reason))}</Band>
            })}
            <p class="step">{say(STEP_RULES)}</p>
            <h1>{say(GREETING)}</h1>
            <Face />
            <CheckFirst />
            <Rules />
            <Remote />
            <Tick label=say(ACCEPT) value=accepted testid="accept" />
            <Show when=move || panellist.get()>
                <Tick label=say(NO_INTEREST) value=declared testid="declare" />
            </Show>
            <Button words=say(COME_IN) press look=Look::Primary dead testid="arrive" />
            <p class="muted">{say(HELP)}</p>
        </section>
    }
    .into_any()
}

/// A party's word on being heard remotely, where that is planned. Coming in agrees.
#[component]
fn Remote() -> impl IntoView {
    let room = room();
    let me = room.me();
    let asked = {
        let me = me.clone();
        memo(move || {
            room.plan.see(|plan| {
                plan.mode() == plan::Mode::Remote && plan.capacity(&me).is_some_and(Capacity::is_party)
            })
        })
    };
    let refuses = memo(move || {
        room.roll.see(|roll| roll.entries.get(&me).and_then(|entry| entry.remote)) == Some(false)
    });
    let told = tell(move || if refuses.get() { REMOTE_REFUSED } else { REMOTE }.into());
    let words = tell(move || if refuses.get() { AGREE_REMOTE } else { REFUSE_REMOTE }.into());
    let command = move |()| Command::Roll(roll::Command::AnswerRemote { given: refuses.get() });
    view! {
        <Show when=move || asked.get()>
            <section class="card" data-testid="remote">
                <p>{told}</p>
                <Act words command testid="answer-remote" />
            </section>
        </Show>
    }
    .into_any()
}

/// The way to the equipment check, a page of its own.
#[component]
fn CheckFirst() -> impl IntoView {
    let room = room();
    let none = move || !room.link.offered.get();
    view! { <p hidden=none><a href=format!("{}/check", room.me()) data-testid="check-first">{say(CHECK_FIRST)}</a></p> }
        .into_any()
}

/// What is heard, when and where, and as what one takes part.
#[component]
fn Face() -> impl IntoView {
    let room = room();
    let face = move || room.plan.see(|plan| plan.registered.clone());
    let cause = move || face().map(|face| format!("{}（{}）", face.cause, face.number));
    let when = move || face().map(|face| format!("{} · {}", time_of(face.scheduled), face.hearing.place));
    let label = tell(move || room.plan.see(|plan| plan.label(&room.me())).into());
    view! {
        <dl class="face">
            <dt>{say(ABOUT)}</dt>
            <dd>{cause}</dd>
            <dt>{say(WHEN_WHERE)}</dt>
            <dd>{when}</dd>
            <dt>{say(YOU)}</dt>
            <dd>{label}</dd>
        </dl>
    }
    .into_any()
}

fn time_of(at: procedure::Moment) -> String {
    let local = at.local(RULES.utc_offset_minutes);
    match language() {
        Language::Chinese => local.zh(),
        Language::English => local.to_string(),
    }
}

/// The waiting room.
#[component]
pub fn WaitingRoom() -> impl IntoView {
    let room = room();
    let waited = tell(move || {
        let me = room.me();
        let since = room.roll.see(|roll| roll.entries.get(&me).map(|entry| entry.since));
        let ms = since.map_or(0, |since| room.now.get().ms_since(since));
        WAITED.with("time", crate::kit::clock::minutes(ms))
    });
    let opens = tell(move || {
        let at = room.plan.see(|plan| plan.registered.as_ref().map(|face| face.scheduled));
        at.map(|at| OPENS.with("time", time_of(at))).unwrap_or_default()
    });
    view! {
        <section class="doorway" data-testid="waiting-room">
            <p class="step">{say(STEP_WAIT)}</p>
            <h1>{say(WAIT_TITLE)}</h1>
            <p>{say(WAIT_BODY)}</p>
            <progress aria-label=say(WAIT_TITLE)></progress>
            <p class="waited">{waited}</p>
            <p>{opens}</p>
            <Face />
            <CheckFirst />
            <Act
                words=say(words("离开", "Leave"))
                command=|()| Command::Roll(roll::Command::Leave {})
                look=Look::Quiet
                testid="leave"
            />
            <p class="muted">{say(HELP)}</p>
        </section>
    }
    .into_any()
}

/// For an observer when the doors have been closed.
#[component]
pub fn Shut() -> impl IntoView {
    view! {
        <section class="doorway" data-testid="shut">
            <h1>{say(SHUT)}</h1>
            <p>{say(SHUT_WHY)}</p>
            <p>{say(GONE_WHY)}</p>
        </section>
    }
    .into_any()
}

/// Gone for good.
#[component]
pub fn Gone(
    /// How.
    standing: Standing,
) -> impl IntoView {
    let room = room();
    let title = match standing {
        Standing::Removed => REMOVED,
        Standing::Recused => RECUSED,
        _ => LEFT,
    };
    let reason = move || {
        let me = room.me();
        room.roll.see(|roll| roll.entries.get(&me).and_then(|entry| entry.reason.clone()))
    };
    view! {
        <section class="doorway" data-testid="gone">
            <h1>{say(title)}</h1>
            <p>{reason}</p>
            <p>{say(GONE_WHY)}</p>
        </section>
    }
    .into_any()
}
