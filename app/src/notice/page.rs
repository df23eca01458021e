//! One notice as it hangs on the board: cause, time, place, names, how to come and watch; on paper as a document.

use leptos::prelude::*;
use procedure::{Capacity, hearing::phase::Phase};

use super::{Announced, Named, Stand, TheOffice, fixed};
use crate::{
    browser, calendar,
    hearing::arrival::rules::RECORDED,
    kit::{
        band::Band,
        button::{Button, Look},
        tag::Tone,
    },
    words::{Told, Words, say, words},
};

const PUBLISHED: Words = words("{office} · 发布于 {day}", "{office} · published {day}");
const NUMBER: Words = words("案号", "Case number");
const KIND: Words = words("案件类型", "Kind of case");
const TIME: Words = words("时间", "Time");
const PLACE: Words = words("地点", "Place");
const MODE: Words = words("听证方式", "Form");
const ISSUES: Words = words("听证事项", "To be heard");
const PANEL: Words = words("{n} 人，从听证员名册中产生", "{n}, from the pool of panellists");
const LIVE: Words = words("听证正在进行：{step}", "The hearing is under way: {step}");
const CALLED_OFF: Words = words("本次听证已经取消。", "This hearing has been called off.");
const CLOSED: Words = words("本次听证已经结束。", "This hearing is closed.");
const WATCH: Words = words("想旁听？", "Do you want to watch?");
const WATCH_HOW: Words = words(
    "公民可以申请旁听。请在听证举行前拨打 {phone}，或者到本院接待场所申请；席位有限，是否准许以本院答复为准，不收取任何费用。",
    "Anybody may apply to watch. Call {phone} before the hearing, or ask at the office's reception. Seats are few; the office tells you whether you have one. It costs nothing.",
);
const WATCH_LATE: Words = words(
    "听证就在今天或者已经开始，是否还可以旁听，请拨打 {phone} 询问。",
    "The hearing is today or has begun. Call {phone} to ask whether you can still watch.",
);
const WATCH_HALTED: Words = words(
    "听证中止，何时恢复、是否可以旁听，请拨打 {phone} 询问。",
    "The hearing is suspended. Call {phone} to ask when it goes on and whether you can watch.",
);
const WATCH_OVER: Words = words("本次听证不再接受旁听报名。", "This hearing takes no more applications.");
const HAVE_CODE: Words = words("我有入席码", "I have a code");
const CONTACT: Words = words("咨询电话：{phone}", "Questions: {phone}");
const RULES: Words = words("旁听须知", "For those who watch");
const RULE: [Words; 5] = [
    RECORDED,
    words(
        "到场旁听的，请携带身份证件，提前十五分钟到达。",
        "If you come in person, bring your identity card and be there fifteen minutes early.",
    ),
    words(
        "服从主持人指挥，不得发言、提问、鼓掌或者随意走动。",
        "Follow the chair; do not speak, ask, applaud or walk about.",
    ),
    words(
        "未经许可，不得录音、录像、拍照或者传播听证内容。",
        "Do not record, film, photograph or spread the hearing without leave.",
    ),
    words(
        "违反纪律的，主持人可以警告或者责令退出。",
        "Whoever breaks these rules may be warned or sent out by the chair.",
    ),
];
const AFTER: Words = words("听证以后", "After the hearing");
const AFTER_HOW: Words = words(
    "听证结束后案卷封存。取得案卷副本的，可以在自己的设备上核对每一页是否与封存时一致。",
    "After the hearing the file is sealed. Whoever has a copy can check on the own device that every page is as it was sealed.",
);
const VERIFY: Words = words("核验案卷", "Verify a case file");
const PRINT: Words = words("打印公告", "Print this notice");
const BACK: Words = words("全部公告", "All notices");

/// The page.
pub(super) fn page(notice: Announced, office: &TheOffice) -> AnyView {
    let lead =
        Told::from(PUBLISHED).with("office", &office.name).with_told("day", &calendar::day(notice.published));
    let (signed, dated) = (office.name.clone(), calendar::day(notice.published));
    let name = fixed(notice.name());
    let aside = watch(&notice, office);
    view! {
        <article class="notice">
            <p class="back"><a href="/">{say(BACK)}</a></p>
            <h1>{name}</h1>
            <p class="lead">{fixed(lead)}</p>
            {news(&notice)}
            <div class="columns">
                <div class="stack">
                    {facts(&notice)}
                    <div class="needs-script">
                        <Button words=say(PRINT) look=Look::Plain press=|()| browser::print() testid="print" />
                    </div>
                </div>
                <aside class="stack">{aside}</aside>
            </div>
            <section class="stack">
                <h2>{say(RULES)}</h2>
                <ol class="plain-list">{RULE.map(|rule| view! { <li>{say(rule)}</li> }.into_any())}</ol>
            </section>
            <section class="stack on-screen">
                <h2>{say(AFTER)}</h2>
                <p>{say(AFTER_HOW)} " " <a href="/verify">{say(VERIFY)}</a></p>
            </section>
            <p class="signed paper">{signed} <br /> {fixed(dated)}</p>
        </article>
    }
    .into_any()
}

/// What everybody must notice: that it is under way, over or called off.
fn news(notice: &Announced) -> Option<AnyView> {
    let (words, tone) = match notice.stand() {
        _ if notice.cancelled => (CALLED_OFF.into(), Tone::Alert),
        Stand::Live | Stand::Halted => notice.course(LIVE),
        Stand::Over if notice.phase == Phase::Closed => (CLOSED.into(), Tone::Info),
        Stand::Coming | Stand::Over => return None,
    };
    Some(view! { <Band tone testid="notice-state">{fixed(words)}</Band> }.into_any())
}

fn facts(notice: &Announced) -> AnyView {
    let issues: Vec<AnyView> =
        notice.issues.iter().map(|issue| view! { <li>{issue.text.clone()}</li> }.into_any()).collect();
    let staff = [Capacity::Chair, Capacity::Handler, Capacity::Clerk, Capacity::Panellist];
    let names: Vec<AnyView> =
        staff.into_iter().filter_map(|capacity| named(capacity, &notice.seats)).collect();
    view! {
        <dl class="facts">
            <dt>{say(NUMBER)}</dt>
            <dd>{notice.number.clone()}</dd>
            <dt>{say(KIND)}</dt>
            <dd>{say(notice.kind.words())}</dd>
            <dt>{say(TIME)}</dt>
            <dd><strong>{fixed(calendar::moment(notice.scheduled))}</strong></dd>
            <dt>{say(PLACE)}</dt>
            <dd data-testid="place">{notice.place()}</dd>
            <dt>{say(MODE)}</dt>
            <dd>{say(notice.mode.words())}</dd>
            {names}
            <dt>{say(ISSUES)}</dt>
            <dd><ol class="plain-list">{issues}</ol></dd>
        </dl>
    }
    .into_any()
}

fn named(capacity: Capacity, seats: &[Named]) -> Option<AnyView> {
    let people: Vec<AnyView> = seats.iter().filter(|seat| seat.capacity == capacity).map(person).collect();
    let words = say(capacity.words());
    let many = people.len();
    let whence = (capacity == Capacity::Panellist)
        .then(|| view! { <p class="muted">{fixed(PANEL.with("n", many))}</p> }.into_any());
    (many > 0).then(|| view! { <dt>{words}</dt><dd><ul class="people">{people}</ul>{whence}</dd> }.into_any())
}

fn person(seat: &Named) -> AnyView {
    let post = seat.post.clone().map(|post| view! { <span class="muted">{post}</span> }.into_any());
    view! { <li>{seat.name.clone()} " " {post}</li> }.into_any()
}

fn watch(notice: &Announced, office: &TheOffice) -> AnyView {
    let how = match notice.stand() {
        Stand::Coming if calendar::days_ahead(notice.scheduled) > 0 => WATCH_HOW,
        Stand::Halted => WATCH_HALTED,
        Stand::Coming | Stand::Live => WATCH_LATE,
        Stand::Over => WATCH_OVER,
    };
    let how = how.with("phone", &office.phone);
    let call = format!("tel:{}", office.phone);
    let phone = fixed(CONTACT.with("phone", &office.phone));
    view! {
        <div class="watch">
            <h2>{say(WATCH)}</h2>
            <p>{fixed(how)}</p>
            <a class="button primary on-screen" href="/enter">{say(HAVE_CODE)}</a>
        </div>
        <p class="muted">
            {office.name.clone()} <br />
            <a href=call>{phone}</a>
        </p>
    }
    .into_any()
}
