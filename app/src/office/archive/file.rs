//! One file of the archive: its copies, time stamp and papers, how long it is kept and how that came about, and for those who
//! supervise, who has read it.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_params_map;
use procedure::{Moment, Office, hearing::plan::Openness};
use serde::Deserialize;
use serde_json::json;

use super::Entry;
use crate::{
    browser::fetch::{self, Answer, Failure},
    calendar,
    kit::{
        asked::{or_why, why},
        button::{Button, Look},
        card::Card,
        field::Field,
        see::derived,
        select::Select,
        sending::Sending,
    },
    office::desk::{Me, Place, desk, fixed},
    words::{Told, Words, language, say, tell, words},
};

mod public;

const BACK: Words = words("归档", "Archive");
const FILES: Words = words("案卷", "File");
const WHOLE: Words = words("下载案卷（正卷和副卷）", "Download the case file, both volumes");
const MAIN: Words = words("下载正卷", "Download the main volume");
const AKOMA_NTOSO: Words = words("笔录（Akoma Ntoso）", "The record (Akoma Ntoso)");
const STAMP: Words = words("下载时间戳", "Download the time stamp");
const STAMPED: Words = words("封存记录的时间戳：{at}", "Time stamp of the seal: {at}");
const UNSTAMPED: Words = words("封存记录还没有时间戳。", "The seal has no time stamp yet.");
const TO_PAPERS: Words = words("听证文书", "Papers of the hearing");
const TO_HEARING: Words = words("听证卷宗", "The hearing's file");
const KEPT: Words = words("保管期限", "How long it is kept");
const UNTIL: Words = words("{class}，保管至 {day}", "{class}, until {day}");
const FOR_EVER: Words = words("{class}", "{class}");
const APPRAISED: Words = words(
    "到期后列入鉴定清单，系统不自动销毁。",
    "When the time is over it is listed for appraisal. Nothing is destroyed by itself.",
);
const PENDING: Words = words("{by}申请变更为“{class}”，理由：{reason}", "{by} asks for “{class}”: {reason}");
const CLASS: Words = words("变更为", "Change to");
const CHOOSE: Words = words("请选择", "Please choose");
const REASON: Words = words("理由", "Reason");
const CHANGE: Words = words("变更或者申请变更", "Change, or ask for it");
const HOW: Words = words(
    "检察长、院领导延长保管期限的，即时生效；其他人员申请的，以及缩短期限的，由另一名检察长或者院领导审批。",
    "Chief prosecutor and leaders lengthen it at once. Whatever others ask for, and every shortening, is ruled on by another chief prosecutor or leader.",
);
const GRANT: Words = words("同意", "Grant");
const REFUSE: Words = words("不同意", "Refuse");
const SAY_BOTH: Words = words("请选择期限并写明理由。", "Choose a class and give a reason.");
const SAY_WHY: Words = words("请写明理由。", "Give a reason.");
const STEPS: Words = words("变更经过", "How it came about");
const SET: Words = words("确定为“{class}”：{reason}", "set to “{class}”: {reason}");
const ASKED: Words = words("申请变更为“{class}”：{reason}", "asked for “{class}”: {reason}");
const GRANTED: Words = words("同意：{reason}", "granted: {reason}");
const REFUSED: Words = words("不同意：{reason}", "refused: {reason}");
const SYSTEM: Words = words("系统", "the system");
const READERS: Words = words("查阅记录", "Who has read it");
const SHOW_READERS: Words = words("查看查阅记录", "Show who has read it");
const EARLIER: Words = words("更早的查阅记录", "Show earlier ones");
const NOTED: Words = words("查看本记录也会留下记录。", "Looking at this list is noted too.");

/// A file, and how long it is kept, as the server tells it.
#[derive(Clone, Debug, Deserialize)]
struct Kept {
    entry: Entry,
    stamped: Option<i64>,
    class: String,
    last_day: Option<String>,
    pending: Option<Step>,
    steps: Vec<Step>,
    classes: Vec<Class>,
}

#[derive(Clone, Debug, Deserialize)]
struct Class {
    id: String,
    zh: String,
    en: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Step {
    at: Moment,
    by: String,
    act: Act,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Act {
    Set { class: String, reason: String },
    Asked { class: String, reason: String },
    Ruled { granted: bool, reason: String },
}

/// A page of the access log.
#[derive(Clone, Debug, Deserialize)]
struct Notes {
    notes: Vec<Note>,
    earlier: Option<i64>,
}

/// A note of the access log.
#[derive(Clone, Debug, Deserialize)]
struct Note {
    at: Moment,
    who: Who,
    from: String,
    deed: Done,
}

/// What was done; the server may know of more than this page does.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Done {
    Known(Deed),
    Other {},
}

impl Done {
    fn told(&self) -> Told {
        const OTHER: Words = words("其他查阅", "read something else");
        match self {
            Self::Known(deed) => deed.told(),
            Self::Other {} => OTHER.into(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Who {
    Staff { name: String, role: Office },
    Seat { seat: String },
    Operator { name: String },
}

/// What was done, as far as it is shown here.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Deed {
    File { name: String },
    Record {},
    Paper { form: String },
    Recording { name: String },
    Exhibit { sha256: String },
    Stamp {},
    AkomaNtoso {},
    PublicVersion { act: String },
    Retention { act: String },
    Import { office: String },
    Access {},
}

impl Deed {
    fn told(&self) -> Told {
        const FILE: Words = words("下载案卷 {name}", "fetched the file {name}");
        const RECORD: Words = words("查阅笔录和卷宗", "read the record and the hearing's file");
        const PAPER: Words = words("查阅文书 {name}", "read the paper {name}");
        const RECORDING: Words = words("查阅录音录像 {name}", "read the recording {name}");
        const EXHIBIT: Words =
            words("查阅证据材料（SHA-256 {digest}）", "read the exhibit with SHA-256 {digest}");
        const TSR: Words = words("下载时间戳", "fetched the time stamp");
        const AKN: Words = words("导出笔录（Akoma Ntoso）", "fetched the record as Akoma Ntoso");
        const PUBLIC: Words = words("办理公开版（{name}）", "public version ({name})");
        const RETENTION: Words = words("办理保管期限（{name}）", "retention ({name})");
        const IMPORT: Words = words("从{name}导入案卷", "imported the file from {name}");
        const LOOKED: Words = words("查看查阅记录", "looked at this list");
        match self {
            Self::File { name } => FILE.with("name", name),
            Self::Record {} => RECORD.into(),
            Self::Paper { form } => PAPER.with("name", form),
            Self::Recording { name } => RECORDING.with("name", name),
            Self::Exhibit { sha256 } => EXHIBIT.with("digest", sha256.chars().take(12).collect::<String>()),
            Self::Stamp {} => TSR.into(),
            Self::AkomaNtoso {} => AKN.into(),
            Self::PublicVersion { act } => PUBLIC.with("name", act),
            Self::Retention { act } => RETENTION.with("name", act),
            Self::Import { office } => IMPORT.with("name", office),
            Self::Access {} => LOOKED.into(),
        }
    }
}

impl Kept {
    fn class(&self, id: &str) -> Told {
        let class = self.classes.iter().find(|class| class.id == id);
        class.map_or_else(
            || Told { zh: id.into(), en: id.into() },
            |class| Told { zh: class.zh.clone(), en: class.en.clone() },
        )
    }
}

/// The page.
#[component]
pub fn ArchiveFile() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    desk(Place::Archive, vec![format!("/api/hearings/{id}/retention")], draw)
}

fn draw(me: &Me, answers: &[Answer]) -> AnyView {
    let (role, name) = (me.role, me.name.clone());
    let page = answers.first().map(|answer| or_why(answer, move |kept: Kept| page(kept, role, name)));
    view! {
        <p class="back"><a href="/office/archive">{say(BACK)}</a></p>
        {page}
    }
    .into_any()
}

fn page(kept: Kept, role: Office, name: String) -> AnyView {
    let entry = kept.entry.clone();
    let id = StoredValue::new(entry.hearing.clone());
    let shown = RwSignal::new(kept);
    let open = entry.openness == Openness::Public;
    let by = name.clone();
    let published =
        open.then(|| view! { <Card title=say(public::TITLE)>{public::desk(id, role, by)}</Card> }.into_any());
    let readers =
        role.supervises_archive().then(|| view! { <Card title=say(READERS)>{readers(id)}</Card> }.into_any());
    view! {
        <header class="title">
            <h1>{entry.cause.clone()}</h1>
        </header>
        <p class="muted">
            {entry.number.clone()} " · " {say(entry.kind.words())} " · " {say(entry.openness.words())} " · "
            {fixed(calendar::moment(entry.held))} " · " {entry.office.clone()}
        </p>
        <div class="archive">
            <Card title=say(FILES)>{move || shown.with(files)}</Card>
            <Card title=say(KEPT)>{retention(id, shown, role, name)}</Card>
            {published}
            {readers}
        </div>
    }
    .into_any()
}

/// Plain links: the browser fetches the files itself.
fn files(kept: &Kept) -> AnyView {
    let id = &kept.entry.hearing;
    let stamp = kept.stamped.map(|at| {
        let told = Told::from(STAMPED).with_told("at", &calendar::moment(Moment(at)));
        view! {
            <p>{fixed(told)}</p>
            <a class="button" href=format!("/api/hearings/{id}/stamp") download="seal.tsr" rel="external" data-testid="archive-stamp">
                {say(STAMP)}
            </a>
        }
        .into_any()
    });
    let unstamped =
        kept.stamped.is_none().then(|| view! { <p class="muted">{say(UNSTAMPED)}</p> }.into_any());
    view! {
        <div class="ways">
            <a class="button primary" href=format!("/api/hearings/{id}/file") download="" rel="external" data-testid="archive-whole">{say(WHOLE)}</a>
            <a class="button" href=format!("/api/hearings/{id}/file?volume=main") download="" rel="external" data-testid="archive-main">{say(MAIN)}</a>
            <a class="button" href=format!("/api/hearings/{id}/akoma-ntoso") download="" rel="external" data-testid="archive-akoma-ntoso">{say(AKOMA_NTOSO)}</a>
            <a href=format!("/hearings/{id}/papers")>{say(TO_PAPERS)}</a>
            <a href=format!("/office/hearings/{id}")>{say(TO_HEARING)}</a>
        </div>
        {stamp}
        {unstamped}
    }
    .into_any()
}

fn retention(id: StoredValue<String>, shown: RwSignal<Kept>, role: Office, name: String) -> AnyView {
    let state = tell(move || {
        shown.with(|kept| {
            let class = kept.class(&kept.class);
            match &kept.last_day {
                Some(day) => Told::from(UNTIL).with_told("class", &class).with("day", day),
                None => Told::from(FOR_EVER).with_told("class", &class),
            }
        })
    });
    let waits = move || shown.with(|kept| kept.pending.clone());
    let mine = name.clone();
    let acts = move || match waits() {
        Some(step) if role.approves_archive() && step.by != mine => ruling(id, shown, &step),
        Some(step) => asked(shown, &step),
        None => want(id, shown),
    };
    view! {
        <p data-testid="retention">{state}</p>
        <p class="muted">{say(APPRAISED)}</p>
        {acts}
        <h3>{say(STEPS)}</h3>
        <ul class="retention-steps">{move || shown.with(|kept| kept.steps.iter().map(|step| line(kept, step)).collect::<Vec<_>>())}</ul>
    }
    .into_any()
}

fn asked(shown: RwSignal<Kept>, step: &Step) -> AnyView {
    let Act::Asked { class, reason } = &step.act else { return ().into_any() };
    let class = shown.with_untracked(|kept| kept.class(class));
    let told = Told::from(PENDING).with_told("class", &class).with("by", &step.by).with("reason", reason);
    view! { <p role="status" data-testid="retention-pending">{fixed(told)}</p> }.into_any()
}

/// Sends something about how long the file is kept, and shows what came of it.
fn send(sending: Sending, shown: RwSignal<Kept>, path: String, body: serde_json::Value) {
    sending.go(async move {
        shown.set(fetch::post(&path, None, &body).await?);
        Ok(())
    });
}

fn want(id: StoredValue<String>, shown: RwSignal<Kept>) -> AnyView {
    let (class, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let sending = Sending::default();
    let offered = derived(move || {
        let language = language();
        shown.with(|kept| {
            let others = kept.classes.iter().filter(|class| class.id != kept.class);
            let offered = others
                .map(|class| (class.id.clone(), kept.class(&class.id).in_language(language).to_string()));
            offered.collect::<Vec<_>>()
        })
    });
    let dead = derived(move || {
        let lacks = class.with(String::is_empty) || reason.with(|reason| reason.trim().is_empty());
        lacks.then(|| Told::from(SAY_BOTH))
    });
    let press = move |()| {
        let path = id.with_value(|id| format!("/api/hearings/{id}/retention"));
        send(sending, shown, path, json!({"class": class.get_untracked(), "reason": reason.get_untracked()}));
    };
    view! {
        <div class="narrow stack">
            <p class="muted">{say(HOW)}</p>
            {sending.news()}
            <Select label=say(CLASS) value=class options=offered none=say(CHOOSE) testid="retention-class" />
            <Field label=say(REASON) value=reason testid="retention-reason" />
            <Button words=say(CHANGE) press dead busy=sending.busy testid="retention-change" />
        </div>
    }
    .into_any()
}

fn ruling(id: StoredValue<String>, shown: RwSignal<Kept>, step: &Step) -> AnyView {
    let reason = RwSignal::new(String::new());
    let sending = Sending::default();
    let dead = derived(move || reason.with(|reason| reason.trim().is_empty()).then(|| Told::from(SAY_WHY)));
    let steps = shown.with_untracked(|kept| kept.steps.len());
    let rules = move |granted: bool| {
        let path = id.with_value(|id| format!("/api/hearings/{id}/retention/ruling"));
        send(
            sending,
            shown,
            path,
            json!({"granted": granted, "reason": reason.get_untracked(), "steps": steps}),
        );
    };
    view! {
        {asked(shown, step)}
        <div class="narrow stack">
            {sending.news()}
            <Field label=say(REASON) value=reason testid="ruling-reason" />
            <div class="ways">
                <Button words=say(GRANT) look=Look::Primary press=move |()| rules(true) dead busy=sending.busy testid="retention-grant" />
                <Button words=say(REFUSE) press=move |()| rules(false) dead busy=sending.busy testid="retention-refuse" />
            </div>
        </div>
    }
    .into_any()
}

fn line(kept: &Kept, step: &Step) -> AnyView {
    let told = match &step.act {
        Act::Set { class, reason } => {
            Told::from(SET).with_told("class", &kept.class(class)).with("reason", reason)
        }
        Act::Asked { class, reason } => {
            Told::from(ASKED).with_told("class", &kept.class(class)).with("reason", reason)
        }
        Act::Ruled { granted: true, reason } => GRANTED.with("reason", reason),
        Act::Ruled { granted: false, reason } => REFUSED.with("reason", reason),
    };
    let by = if step.by.is_empty() {
        say(SYSTEM)
    } else {
        fixed(Told { zh: step.by.clone(), en: step.by.clone() })
    };
    view! { <li><span class="muted small">{fixed(calendar::moment(step.at))} " · " {by}</span> <br /> {fixed(told)}</li> }
        .into_any()
}

/// Asked for only when somebody wants to see it, because that is noted.
fn readers(id: StoredValue<String>) -> AnyView {
    let (notes, earlier) = (RwSignal::new(Vec::<Note>::new()), RwSignal::new(None::<i64>));
    let (read, failed) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let ask = move |before: Option<i64>| {
        spawn_local(async move {
            let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
            let path = id.with_value(|id| format!("/api/archive/access?hearing={id}{before}"));
            match fetch::get::<Notes>(&path, None).await {
                Ok(page) => {
                    if before.is_empty() {
                        notes.set(page.notes);
                    } else {
                        notes.update(|notes| notes.extend(page.notes));
                    }
                    earlier.set(page.earlier);
                    failed.set(None);
                    read.set(true);
                }
                Err(failure) => failed.set(Some(failure)),
            }
        });
    };
    let listed = move || {
        let lines: Vec<AnyView> = notes.with(|notes| notes.iter().map(reader).collect());
        read.get().then(|| view! { <ul class="steps" data-testid="readers">{lines}</ul> }.into_any())
    };
    view! {
        <p class="muted">{say(NOTED)}</p>
        <Button words=say(SHOW_READERS) press=move |()| ask(None) testid="show-readers" />
        {move || failed.with(|failed| failed.as_ref().map(why))}
        <div aria-live="polite">{listed}</div>
        <div hidden=move || earlier.with(Option::is_none)>
            <Button words=say(EARLIER) press=move |()| ask(earlier.get_untracked()) testid="earlier-readers" />
        </div>
    }
    .into_any()
}

fn reader(note: &Note) -> AnyView {
    let who = match &note.who {
        Who::Staff { name, role } => {
            let (zh, en) = role.words();
            Told { zh: format!("{name}（{zh}）"), en: format!("{name} ({en})") }
        }
        Who::Seat { seat } => Told { zh: format!("席位 {seat}"), en: format!("seat {seat}") },
        Who::Operator { name } => {
            Told { zh: format!("服务器管理人员 {name}"), en: format!("operator of the server {name}") }
        }
    };
    view! {
        <li>
            <span class="muted small">{fixed(calendar::moment(note.at))} " · " {note.from.clone()}</span>
            <br />
            {fixed(who)} " · " {fixed(note.deed.told())}
        </li>
    }
    .into_any()
}
