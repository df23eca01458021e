//! Public notices: which hearings anybody may come and watch. They are read without a script as well.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use procedure::{
    Capacity, Moment,
    hearing::{
        phase::{BreakKind, Phase},
        plan::{Issue, Kind, Mode},
    },
};
use serde::Deserialize;

use crate::{
    browser::fetch::{Answer, Failure, told},
    calendar,
    front::Front,
    kit::{
        asked::{asked, or_why, why},
        empty::Empty,
        tag::{Tag, Tone},
    },
    missing,
    words::{Told, Words, say, tell, words},
};

mod page;

const TITLE: Words = words("听证公告", "Public hearings");
const LEAD: Words = words(
    "人民检察院审查案件，可以召开公开听证会，听取听证员和其他参加人的意见。以下听证公开举行，公民可以申请旁听。",
    "A procuratorate that examines a case may hold a public hearing to hear the panel and all who take part. Anybody may apply to watch the hearings below.",
);
const NONE: Words = words(
    "目前没有正在公告的公开听证。收到听证通知的，请从“参加听证”进入。",
    "No public hearing is announced at present. If you have an invitation, go to “Join a hearing”.",
);
const LIVE: Words = words("正在进行", "Now");
const HALTED: Words = words("已经中止", "Suspended");
const COMING: Words = words("即将召开", "Coming");
const OVER: Words = words("已经结束", "Past");
const CALLED_OFF: Words = words("已取消", "Called off");
const CLOSED: Words = words("已结束", "Closed");
const MISSED: Words = words("未举行", "Not held");
const TODAY: Words = words("今天", "Today");
const TOMORROW: Words = words("明天", "Tomorrow");
const IN_DAYS: Words = words("{n} 天后", "In {n} days");
const STANDS: Words = words("{how}：{step}", "{how}: {step}");
const UNDER_WAY: Words = words("正在进行：{step}", "Now: {step}");
const PLACE_TOLD: Words = words("地点由本院通知参加人", "The office tells the participants the place");
const NAME: Words = words("{cause}公开听证", "Public hearing: {cause}");

/// A public notice, as the server tells it.
#[derive(Clone, Debug, Deserialize)]
struct Announced {
    id: String,
    number: String,
    kind: Kind,
    cause: String,
    mode: Mode,
    place: Option<String>,
    scheduled: Moment,
    published: Moment,
    phase: Phase,
    standstill: Option<BreakKind>,
    cancelled: bool,
    issues: Vec<Issue>,
    seats: Vec<Named>,
}

/// Somebody named in it.
#[derive(Clone, Debug, Deserialize)]
struct Named {
    capacity: Capacity,
    name: String,
    post: Option<String>,
}

/// Who holds the hearing.
#[derive(Clone, Debug, Deserialize)]
struct TheOffice {
    name: String,
    phone: String,
}

/// Where a hearing stands, for whoever wants to watch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Live,
    /// Broken off, to go on another day (中止).
    Halted,
    Coming,
    Over,
}

impl Announced {
    fn name(&self) -> Told {
        NAME.with("cause", &self.cause)
    }

    fn stand(&self) -> Stand {
        match self.phase {
            _ if self.cancelled => Stand::Over,
            Phase::Waiting if calendar::days_ahead(self.scheduled) >= 0 => Stand::Coming,
            Phase::Waiting | Phase::Closed => Stand::Over,
            _ if self.standstill == Some(BreakKind::Suspended) => Stand::Halted,
            _ => Stand::Live,
        }
    }

    /// Where, or that only those who take part are told.
    fn place(&self) -> Signal<String> {
        self.place.clone().map_or_else(|| say(PLACE_TOLD), Signal::stored)
    }

    /// The step of a hearing that goes on, in these words, or how it stands still.
    fn course(&self, under_way: Words) -> (Told, Tone) {
        let step = Told::from(Words::from(self.phase.words()));
        match self.standstill {
            None => (Told::from(under_way).with_told("step", &step), Tone::Good),
            Some(how) => {
                let how = Told::from(Words::from(how.words()));
                (Told::from(STANDS).with_told("how", &how).with_told("step", &step), Tone::Wait)
            }
        }
    }

    /// The state in a word or two.
    fn state(&self) -> (Told, Tone) {
        match (self.stand(), calendar::days_ahead(self.scheduled)) {
            _ if self.cancelled => (CALLED_OFF.into(), Tone::Alert),
            (Stand::Live | Stand::Halted, _) => self.course(UNDER_WAY),
            (Stand::Coming, 0) => (TODAY.into(), Tone::Info),
            (Stand::Coming, 1) => (TOMORROW.into(), Tone::Info),
            (Stand::Coming, days) => (IN_DAYS.with("n", days), Tone::Plain),
            (Stand::Over, _) if self.phase == Phase::Closed => (CLOSED.into(), Tone::Plain),
            (Stand::Over, _) => (MISSED.into(), Tone::Wait),
        }
    }
}

/// Words that do not change, in the reader's language.
fn fixed(told: Told) -> Signal<String> {
    tell(move || told.clone())
}

/// All notices.
#[component]
pub fn Notices() -> impl IntoView {
    let list = asked(vec!["/api/notices".into()], |answers| {
        answers.first().map(|answer| or_why(answer, listed)).into_any()
    });
    view! {
        <Front title=say(TITLE) here="/">
            <h1>{say(TITLE)}</h1>
            <p class="muted">{say(LEAD)}</p>
            {list}
            {crate::records::way()}
        </Front>
    }
    .into_any()
}

fn listed(mut notices: Vec<Announced>) -> AnyView {
    if notices.is_empty() {
        return view! { <Empty words=say(NONE) /> }.into_any();
    }
    // The server tells the latest first; what is coming is read from the next one on.
    let over: Vec<Announced> = notices.extract_if(.., |notice| notice.stand() == Stand::Over).collect();
    notices.reverse();
    let live: Vec<Announced> = notices.extract_if(.., |notice| notice.stand() == Stand::Live).collect();
    let halted: Vec<Announced> = notices.extract_if(.., |notice| notice.stand() == Stand::Halted).collect();
    [(LIVE, live), (HALTED, halted), (COMING, notices), (OVER, over)]
        .map(|(title, notices)| section(title, notices))
        .into_any()
}

fn section(title: Words, notices: Vec<Announced>) -> Option<AnyView> {
    if notices.is_empty() {
        return None;
    }
    let count = notices.len();
    let lines: Vec<AnyView> = notices.into_iter().map(line).collect();
    Some(
        view! {
            <section class="notices">
                <h2>{say(title)} " " <span class="count">{count}</span></h2>
                <ul>{lines}</ul>
            </section>
        }
        .into_any(),
    )
}

fn line(notice: Announced) -> AnyView {
    let (state, tone) = notice.state();
    let address = format!("/notices/{}", notice.id);
    let place = notice.place();
    view! {
        <li data-testid="notice">
            <p class="when">
                <time>{fixed(calendar::moment(notice.scheduled))}</time>
                <Tag words=fixed(state) tone />
            </p>
            <h3>
                <a href=address>{fixed(notice.name())}</a>
            </h3>
            <p class="muted">{notice.number} " · " {say(notice.kind.words())} " · " {place}</p>
        </li>
    }
    .into_any()
}

/// One notice.
#[component]
pub fn Notice() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let paths = vec![format!("/api/notices/{id}"), "/api/office".into()];
    let body = asked(paths, |answers| whole(&answers));
    view! { <Front title=say(TITLE) here="/" broad=true>{body}</Front> }.into_any()
}

fn whole(answers: &[Answer]) -> AnyView {
    let [notice, office] = answers else { return why(&Failure::Away) };
    let read = || -> Result<(Announced, TheOffice), Failure> {
        Ok((told(notice.as_ref().map_err(Clone::clone)?)?, told(office.as_ref().map_err(Clone::clone)?)?))
    };
    match read() {
        Ok((notice, office)) => page::page(notice, &office),
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
