//! The panel's opinion on the desk: a sheet per issue, who has filed, who reads it out; for the chair the count once
//! it has been read.

use crate::kit::see::{For, See, Show, memo};
use leptos::prelude::*;
use procedure::{
    Command, SeatId,
    hearing::{
        opinion::{self, Position},
        plan::Issue,
    },
};

use super::{
    act::{Act, Write},
    roll::{initial, name},
    room,
};
use crate::{
    clerk::Room,
    kit::{
        button::Button,
        choice::OneOf,
        select::Select,
        tag::{Tag, Tone},
    },
    words::{Told, Words, language, say, tell, words},
};

pub mod tally;

const ISSUE: Words = words("听证事项 {n} / {of}", "Issue {n} of {of}");
const PROPOSED: Words = words("拟处理意见：{text}", "Proposed handling: {text}");
const POSITION: Words = words("您的意见", "Your position");
const REASON: Words = words("理由", "Reasons");
const FILE: Words = words("提交本项意见", "File this sheet");
const CHANGE: Words = words("修改本项意见", "Change this sheet");
const FILED: Words = words("已提交", "Filed");
const FILED_NOTE: Words = words(
    "全体提交前，别人看不到您的意见；代表宣读前可以修改，以最后提交的为准。",
    "Nobody else sees your sheet until all are in. Until the opinion is read out it can be changed; the last one counts.",
);
const OPEN_NOTE: Words = words(
    "全体提交前，别人看不到您的意见；代表宣读前可以修改。",
    "Nobody else sees your sheet until all are in; it can be changed until the opinion is read out.",
);
const COUNT: Words =
    words("第 {n} 项：{of} 人中已有 {have} 人提交", "Issue {n}: {have} of {of} sheets are in");
const RECEIVED: Words = words("意见提交情况", "Sheets filed");
const IN: Words = words("已交", "in");
const OUT: Words = words("待交", "waiting");
const SPEAKER: Words = words("推选宣读代表", "Who reads the opinion");
const CHOOSE: Words = words("请选择", "Choose");
const CHOOSE_DO: Words = words("推选", "Choose");
const CHOSEN: Words = words("已推选 {name} 宣读听证意见。", "{name} was chosen to read the opinion.");
const READ: Words = words("听证意见", "The panel's opinion");
const READ_DO: Words = words("宣读听证意见", "Read the opinion");
const READ_WHY: Words = words(
    "宣读后全场可见，各意见表移交本院，不能再修改。",
    "Once read, everybody hears it, the sheets go to the office, and nothing can be changed.",
);
/// That a sheet already filed is being changed.
const CHANGES: &str = "yes";
const COLON: Words = words("：", ": ");

fn position(name: &str) -> Option<Position> {
    Position::ALL.into_iter().find(|known| value(*known) == name)
}

const fn value(position: Position) -> &'static str {
    match position {
        Position::Agree => "agree",
        Position::Disagree => "disagree",
        Position::Other => "other",
        Position::CannotSay => "cannot-say",
    }
}

/// One sheet for each issue.
#[component]
pub fn Sheets() -> impl IntoView {
    let room = room();
    let issues = move || room.plan.see(|plan| plan.issues.iter().cloned().enumerate().collect::<Vec<_>>());
    view! {
        <For each=issues key=|(_, issue)| issue.id.clone() let((at, issue))>
            <Sheet at issue />
        </For>
    }
    .into_any()
}

#[component]
fn Sheet(at: usize, issue: Issue) -> impl IntoView {
    let room = room();
    let me = room.me();
    let id = issue.id.clone();
    let filed = {
        let id = id.clone();
        memo(move || room.opinions.see(|all| all.filed.get(&id).and_then(|sheets| sheets.get(&me)).cloned()))
    };
    let chosen = room.chosen(&format!("sheet.{id}.position"), "");
    let draft = room.draft(&format!("sheet.{id}"));
    // A sheet just filed is a receipt; to change it is a deed of its own.
    let changes = room.chosen(&format!("sheet.{id}.changes"), "");
    let is_receipt =
        memo(move || filed.see(Option::is_some) && changes.see(String::is_empty) && draft.is_empty());
    let change = move |()| {
        if let Some(sheet) = filed.get_untracked() {
            chosen.set(value(sheet.position).to_string());
            draft.set(sheet.reason);
        }
        changes.set(CHANGES.to_string());
    };
    let total = move || room.plan.see(|plan| plan.issues.len());
    let proposed = {
        let id = id.clone();
        move || room.plan.see(|plan| plan.proposed.get(&id).cloned())
    };
    let options =
        Position::ALL.map(|position| (value(position), say(Words::from(position.words())))).to_vec();
    let (testid, changed) = (format!("sheet-{id}"), id.clone());
    let (card, group, receipt) = (format!("issue-{id}"), format!("position-{id}"), format!("filed-{id}"));
    let command = move |reason| {
        let position = position(&chosen.get()).unwrap_or(Position::CannotSay);
        Command::Opinion(opinion::Command::Opine { issue: id.clone(), position, reason })
    };
    view! {
        <article class="card issue" data-testid=card>
            <span class="small muted">
                {tell(move || ISSUE.with("n", at + 1).with("of", total()))}
                {move || proposed().map(|text| format!(" · {}", PROPOSED.with("text", text).now()))}
            </span>
            <h2>{issue.text.clone()}</h2>
            <div class="stack" hidden=move || is_receipt.get()>
                <OneOf label=say(POSITION) value=chosen options bare=true testid=group />
                <Reasoned chosen changes draft testid command=Callback::new(command) filed />
            </div>
            <div data-testid=receipt data-filed=move || filed.see(Option::is_some).to_string()>
                <p class="small muted" hidden=move || is_receipt.get()>{say(OPEN_NOTE)}</p>
                <Show when=move || is_receipt.get()>
                    <Receipt filed change=Callback::new(change) issue=changed.clone() />
                </Show>
            </div>
            <Opened issue=issue.id />
        </article>
    }
    .into_any()
}

/// What was filed, and the button to change it while that is allowed.
#[component]
fn Receipt(filed: Memo<Option<opinion::Sheet>>, change: Callback<()>, issue: String) -> impl IntoView {
    let room = room();
    let position = tell(move || {
        filed.get().map(|sheet| Told::from(Words::from(sheet.position.words()))).unwrap_or_default()
    });
    let testid = format!("change-{issue}");
    let dead = room.dead(move || {
        let (position, reason) = (Position::CannotSay, "…".to_string());
        Command::Opinion(opinion::Command::Opine { issue: issue.clone(), position, reason })
    });
    view! {
        <div class="receipt">
            <p>
                <Tag words=say(FILED) tone=Tone::Good />
                <strong>{position}</strong>
            </p>
            <p class="text">{move || filed.get().map(|sheet| sheet.reason)}</p>
            <p class="small muted">{say(FILED_NOTE)}</p>
            <Button words=say(CHANGE) press=change dead explain=false testid />
        </div>
    }
    .into_any()
}

/// The reasons, which can be written once a position is chosen.
#[component]
fn Reasoned(
    chosen: RwSignal<String>,
    changes: RwSignal<String>,
    draft: crate::kit::area::Draft,
    testid: String,
    command: Callback<String, Command>,
    filed: Memo<Option<opinion::Sheet>>,
) -> impl IntoView {
    let words = tell(move || if filed.see(Option::is_some) { CHANGE } else { FILE }.into());
    view! {
        <div hidden=move || chosen.see(String::is_empty)>
            <Write label=say(REASON) words draft command sent=move |()| changes.set(String::new()) testid />
        </div>
    }
    .into_any()
}

/// The sheets of an issue once the panel may see them.
#[component]
fn Opened(issue: String) -> impl IntoView {
    let room = room();
    let sheets = move || room.opinions.see(|all| all.opened.get(&issue).cloned()).unwrap_or_default();
    let row = move |(seat, sheet): (SeatId, opinion::Sheet)| {
        view! {
            <li>
                <b>{tell(move || name(room, &seat))}</b>
                " · "
                {say(Words::from(sheet.position.words()))}
                {say(COLON)}
                {sheet.reason}
            </li>
        }
        .into_any()
    };
    view! { <ul class="opened">{move || sheets().into_iter().map(row).collect::<Vec<_>>()}</ul> }.into_any()
}

/// Who has filed, issue by issue, as the seats of the panel.
#[component]
pub fn Received() -> impl IntoView {
    let room = room();
    let issues = move || room.plan.see(|plan| plan.issues.iter().cloned().enumerate().collect::<Vec<_>>());
    view! {
        <section class="card received" aria-label=say(RECEIVED)>
            <For each=issues key=|(_, issue)| issue.id.clone() let((at, issue))>
                <Seats at issue=issue.id />
            </For>
        </section>
    }
    .into_any()
}

#[component]
fn Seats(at: usize, issue: String) -> impl IntoView {
    let room = room();
    let panel = memo(move || room.view.see(|view| view.sitting_panel().cloned().collect::<Vec<_>>()));
    let has = {
        let issue = issue.clone();
        move |seat: &SeatId| room.opinions.see(|all| all.has_filed(&issue, seat))
    };
    let have = {
        let has = has.clone();
        move || panel.see(|panel| panel.iter().filter(|seat| has(seat)).count())
    };
    let title = tell(move || COUNT.with("n", at + 1).with("of", panel.see(Vec::len)).with("have", have()));
    let seats = move || {
        panel
            .get()
            .into_iter()
            .map(|seat| {
                let filed = has(&seat);
                let who = name(room, &seat).now();
                view! {
                    <li class=if filed { "in" } else { "" }>
                        <b aria-hidden="true">{initial(room, &seat)}</b>
                        <span class="unseen">{who}</span>
                        {if filed { IN.now() } else { OUT.now() }}
                    </li>
                }
                .into_any()
            })
            .collect::<Vec<_>>()
    };
    view! {
        <div data-testid=format!("received-{issue}")>
            <h2>{title}</h2>
            <ul class="bench">{seats}</ul>
        </div>
    }
    .into_any()
}

/// Choosing who reads the opinion.
#[component]
pub fn Speaker() -> impl IntoView {
    let room = room();
    let whom = RwSignal::new(String::new());
    let options = memo(move || {
        let language = language();
        room.view.see(|view| {
            view.sitting_panel()
                .map(|seat| {
                    (seat.0.clone(), Told::from(view.plan.label(seat)).in_language(language).to_string())
                })
                .collect::<Vec<_>>()
        })
    });
    let chosen = move || room.opinions.see(|all| all.speaker.clone());
    view! {
        <section class="card" aria-label=say(SPEAKER)>
            <h2>{say(SPEAKER)}</h2>
            <p data-testid="chosen" hidden=move || chosen().is_none()>
                {tell(move || chosen().map(|seat| Told::from(CHOSEN).with_told("name", &name(room, &seat))).unwrap_or_default())}
            </p>
            <div class="beside">
                <Select label=say(SPEAKER) value=whom options none=say(CHOOSE) bare=true testid="speaker-whom" />
                <Act words=say(CHOOSE_DO) explain=false testid="choose-speaker"
                    command=move |()| Command::Opinion(opinion::Command::ChooseSpeaker { seat: SeatId(whom.get()) }) />
            </div>
        </section>
    }
    .into_any()
}

/// Reading the opinion, for the panellist chosen to.
#[component]
pub fn Deliver() -> impl IntoView {
    let room = room();
    let draft = room.draft("deliver");
    view! {
        <section class="card" aria-label=say(READ)>
            <h2>{say(READ)}</h2>
            <p class="small muted">{say(READ_WHY)}</p>
            <Write label=say(READ) words=say(READ_DO) draft rows=6 bare=true testid="deliver"
                command=|text| Command::Opinion(opinion::Command::Deliver { text }) />
        </section>
    }
    .into_any()
}

/// Whether this seat reads the opinion.
#[must_use]
pub fn reads(room: Room) -> bool {
    let me = room.me();
    room.opinions.see(|all| all.speaker.as_ref() == Some(&me))
}
