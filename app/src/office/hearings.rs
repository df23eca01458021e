//! The list of hearings: today's first, then what is coming, then what is past. What is shown stands in the address.

use crate::kit::see::memo;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use procedure::{
    Moment, Office,
    hearing::{
        phase::{BreakKind, Phase},
        plan::{Kind, Mode, Openness, Step},
    },
};
use serde::Deserialize;

use super::desk::{Me, Place, desk, fixed};
use crate::{
    browser::{encoded, fetch::Answer},
    calendar,
    kit::{
        asked::or_why,
        empty::Empty,
        rows::{row, rows},
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("听证", "Hearings");
const NEW: Words = words("准备听证", "Prepare a hearing");
const SHOWN: Words = words("显示哪些听证", "Which hearings are shown");
const SEARCH: Words = words("案号、案由或者地点", "Number, cause or place");
const FIND: Words = words("查找", "Find");
const CLEAR: Words = words("清除", "Clear");
const NONE: Words = words(
    "还没有听证。承办检察官或者书记员可以从“准备听证”开始。",
    "There is no hearing yet. The handling prosecutor or the clerk begins with “Prepare a hearing”.",
);
const NONE_HERE: Words = words("没有符合条件的听证。", "No hearing matches.");
const TIME: Words = words("时间", "Time");
const CASE: Words = words("案件", "Case");
const WHERE: Words = words("地点和方式", "Place and form");
const STATE: Words = words("进度", "State");
const CALLED_OFF: Words = words("已取消", "Called off");
const SEALED: Words = words("已封卷", "Sealed");
const CLOSED: Words = words("已结束，待封卷", "Closed, to be sealed");
const UNDER_WAY: Words = words("正在进行：{step}", "Now: {step}");
const STANDS: Words = words("{how}：{step}", "{how}: {step}");
pub(super) const READY: Words = words("准备就绪", "Ready");
const MISSED: Words = words("逾期未举行", "Not held on its day");
pub(super) const PREPARING: Words = words("准备中", "In preparation");
const NEXT: Words = words("待{post}{step}", "{step}: {post}");
const NEXT_MINE: Words = words("待您办理：{step}", "For you: {step}");
const RULING: Words = words("待{post}决定回避申请", "Ruling on a recusal: {post}");
const RULING_MINE: Words = words("待您决定回避申请", "For you: rule on a recusal");

/// A hearing in the list, as the server tells it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Face {
    id: String,
    pub(super) number: String,
    kind: Kind,
    cause: String,
    mode: Mode,
    openness: Openness,
    place: String,
    scheduled: Moment,
    phase: Phase,
    standstill: Option<BreakKind>,
    next: Option<Step>,
    ruling: Option<Office>,
    cancelled: bool,
    sealed: bool,
}

/// Which hearings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Show {
    All,
    Mine,
    Today,
    Coming,
    Past,
}

impl Show {
    const ALL: [Self; 5] = [Self::All, Self::Mine, Self::Today, Self::Coming, Self::Past];
    /// In the order in which a whole list tells them.
    const GROUPS: [Self; 3] = [Self::Today, Self::Coming, Self::Past];

    const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mine => "mine",
            Self::Today => "today",
            Self::Coming => "coming",
            Self::Past => "past",
        }
    }

    const fn words(self) -> Words {
        match self {
            Self::All => words("全部", "All"),
            Self::Mine => words("待我办理", "For me"),
            Self::Today => words("今天", "Today"),
            Self::Coming => words("即将召开", "Coming"),
            Self::Past => words("已经结束", "Past"),
        }
    }

    fn named(name: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|show| Some(show.name()) == name).unwrap_or(Self::All)
    }

    fn holds(self, face: &Face, role: Office) -> bool {
        match self {
            Self::All => true,
            Self::Mine => face.is_for(role),
            group => face.group() == group,
        }
    }
}

impl Face {
    fn group(&self) -> Show {
        let over = self.cancelled || self.sealed || self.phase == Phase::Closed;
        match calendar::days_ahead(self.scheduled) {
            _ if over => Show::Past,
            _ if self.phase != Phase::Waiting => Show::Today,
            0 => Show::Today,
            days if days > 0 => Show::Coming,
            _ => Show::Past,
        }
    }

    fn is_for(&self, role: Office) -> bool {
        let step = self.next.filter(|_| self.phase == Phase::Waiting);
        !self.cancelled && (self.rules_on() == Some(role) || step.is_some_and(|step| step.is_for(role)))
    }

    /// Who must rule on a motion, while the hearing goes on.
    fn rules_on(&self) -> Option<Office> {
        self.ruling.filter(|_| !self.cancelled && self.phase != Phase::Closed)
    }

    fn matches(&self, sought: &str) -> bool {
        sought.is_empty() || [&self.number, &self.cause, &self.place].iter().any(|text| text.contains(sought))
    }

    fn state(&self) -> (Told, Tone) {
        let step = Told::from(Words::from(self.phase.words()));
        let stands = |how: BreakKind| {
            let how = Told::from(Words::from(how.words()));
            (Told::from(STANDS).with_told("how", &how).with_told("step", &step), Tone::Wait)
        };
        match self.phase {
            _ if self.cancelled => (CALLED_OFF.into(), Tone::Plain),
            _ if self.sealed => (SEALED.into(), Tone::Plain),
            Phase::Closed => (CLOSED.into(), Tone::Wait),
            Phase::Waiting if calendar::days_ahead(self.scheduled) < 0 => (MISSED.into(), Tone::Alert),
            Phase::Waiting if self.next.is_none() => (READY.into(), Tone::Good),
            Phase::Waiting => (PREPARING.into(), Tone::Wait),
            _ => match self.standstill {
                Some(how) => stands(how),
                None => (Told::from(UNDER_WAY).with_told("step", &step), Tone::Info),
            },
        }
    }

    /// What the preparation waits for.
    fn waits_for(&self, role: Office) -> Option<Told> {
        if let Some(post) = self.rules_on() {
            let words = if post == role { RULING_MINE } else { RULING };
            return Some(Told::from(words).with_told("post", &Words::from(post.words()).into()));
        }
        let step = self.next.filter(|_| !self.cancelled && self.phase == Phase::Waiting)?;
        let words = Told::from(Words::from(step.words()));
        if step.is_for(role) {
            return Some(Told::from(NEXT_MINE).with_told("step", &words));
        }
        let post = Told::from(Words::from(step.post().words()));
        // 「待检察长批准」, not 「待检察长检察长批准」.
        let words = Told { zh: words.zh.trim_start_matches(post.zh.as_str()).into(), en: words.en };
        Some(Told::from(NEXT).with_told("post", &post).with_told("step", &words))
    }
}

/// The page.
#[component]
pub fn Hearings() -> impl IntoView {
    desk(Place::Hearings, vec!["/api/hearings".into()], draw)
}

fn draw(me: &Me, answers: &[Answer]) -> AnyView {
    let role = me.role;
    let new = role.prepares().then(
        || view! { <a class="button primary" href="/office/hearings/new" data-testid="new-hearing">{say(NEW)}</a> }.into_any(),
    );
    let list = answers.first().map(|answer| or_why(answer, move |faces| list(faces, role)));
    view! {
        <header class="title">
            <h1>{say(TITLE)}</h1>
            {new}
        </header>
        {list}
    }
    .into_any()
}

fn list(mut faces: Vec<Face>, role: Office) -> AnyView {
    if faces.is_empty() {
        return view! { <Empty words=say(NONE) /> }.into_any();
    }
    faces.sort_by_key(|face| face.scheduled);
    let faces = StoredValue::new(faces);
    let query = use_query_map();
    let show = memo(move || query.with(|query| Show::named(query.get_str("show"))));
    let sought = memo(move || query.with(|query| query.get_str("q").unwrap_or_default().trim().to_string()));
    let groups = move || {
        let (show, sought) = (show.get(), sought.get());
        let mut found = faces.get_value();
        found.retain(|face| face.matches(&sought) && show.holds(face, role));
        if found.is_empty() {
            return view! { <Empty words=say(NONE_HERE) /> }.into_any();
        }
        Show::GROUPS.map(|group| section(group, &found, role)).into_any()
    };
    view! {
        {filters(faces, show, sought, role)}
        {groups}
    }
    .into_any()
}

/// What can be shown, with counts, and the search: plain links and a plain form, so that the address is the state.
fn filters(faces: StoredValue<Vec<Face>>, show: Memo<Show>, sought: Memo<String>, role: Office) -> AnyView {
    let tabs: Vec<AnyView> = Show::ALL
        .into_iter()
        .map(|tab| {
            let count = move || {
                let sought = sought.get();
                let holds = |face: &&Face| face.matches(&sought) && tab.holds(face, role);
                faces.with_value(|faces| faces.iter().filter(holds).count())
            };
            let address = move || match sought.get() {
                none if none.is_empty() => format!("/office?show={}", tab.name()),
                sought => format!("/office?show={}&q={}", tab.name(), encoded(&sought)),
            };
            let current = move || (show.get() == tab).then_some("true");
            view! {
                <a href=address aria-current=current data-testid=format!("show-{}", tab.name())>
                    {say(tab.words())} " " <span class="count">{count}</span>
                </a>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="filters">
            <nav aria-label=say(SHOWN)>{tabs}</nav>
            <form method="get" action="/office" role="search">
                <input type="hidden" name="show" value=move || show.get().name() />
                <label class="unseen" for="sought">{say(SEARCH)}</label>
                <input id="sought" name="q" type="search" data-testid="sought" placeholder=say(SEARCH) value=sought />
                <button class="button" type="submit">{say(FIND)}</button>
                <a hidden=move || sought.with(String::is_empty) href=move || format!("/office?show={}", show.get().name())>
                    {say(CLEAR)}
                </a>
            </form>
        </div>
    }
    .into_any()
}

fn section(group: Show, faces: &[Face], role: Office) -> Option<AnyView> {
    let mut faces: Vec<Face> = faces.iter().filter(|face| face.group() == group).cloned().collect();
    if group == Show::Past {
        faces.reverse();
    }
    if faces.is_empty() {
        return None;
    }
    let count = faces.len();
    let columns = [TIME, CASE, WHERE, STATE].map(say).to_vec();
    let body = move || faces.iter().map(|face| line(face, role)).collect();
    Some(
        view! {
            <section class="group" data-testid=format!("group-{}", group.name())>
                <h2>{say(group.words())} " " <span class="count">{count}</span></h2>
                {rows(say(group.words()), "hearings", columns, body)}
            </section>
        }
        .into_any(),
    )
}

fn line(face: &Face, role: Office) -> AnyView {
    let (state, tone) = face.state();
    let address = format!("/office/hearings/{}", face.id);
    let mine = face.is_for(role);
    let waits = face.waits_for(role).map(|told| {
        view! { <span class=if mine { "waits mine" } else { "waits" }>{fixed(told)}</span> }.into_any()
    });
    let (day, weekday) = (calendar::day(face.scheduled), calendar::weekday(face.scheduled));
    let day = tell(move || Told {
        zh: format!("{} {}", day.zh, weekday.zh),
        en: format!("{} {}", weekday.en, day.en),
    });
    let cells = vec![
        view! { <strong>{calendar::hour(face.scheduled)}</strong> <span class="muted small">{day}</span> }
            .into_any(),
        view! {
            <a href=address>{face.cause.clone()}</a>
            <span class="muted small">{face.number.clone()} " · " {say(face.kind.words())}</span>
        }
        .into_any(),
        view! {
            <span>{face.place.clone()}</span>
            <span class="muted small">{say(face.mode.words())} " · " {say(face.openness.words())}</span>
        }
        .into_any(),
        view! { <Tag words=fixed(state) tone /> {waits} }.into_any(),
    ];
    row(format!("hearing-{}", face.id), "", cells)
}
