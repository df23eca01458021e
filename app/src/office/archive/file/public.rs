//! The desk of the public version: what is masked and where, words to be masked too, publishing by another than who prepared it,
//! and withdrawing.

use leptos::{prelude::*, task::spawn_local};
use procedure::Office;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    browser::fetch::{self, Failure},
    kit::{
        area::{Area, Draft},
        asked::why,
        button::{Button, Look},
        field::Field,
        see::derived,
        sending::Sending,
    },
    words::{Told, Words, say, tell, words},
};

pub(super) const TITLE: Words = words("公开版", "Public version");
const LEAD: Words = words(
    "公开版是旁听人员可以看到的笔录，不公开姓名的人员、电话、证件号码、住址等已经遮盖。请逐处核对；准备和发布应当由不同人员办理。",
    "The public version is the record as the gallery may see it, with private names, phone and identity numbers and addresses masked. Please check every place; whoever prepares it does not publish it.",
);
const OPEN: Words = words("打开公开版", "Open the public version");
const STANDS: [(&str, Words); 3] = [
    ("draft", words("尚未发布", "Not published")),
    ("public", words("已经发布", "Published")),
    ("withdrawn", words("已经撤回", "Withdrawn")),
];
const MASKED: Words = words("遮盖处（{n}）", "What is masked ({n})");
const LINE: Words = words("第 {n} 行：", "Line {n}: ");
const TEXT: Words = words("公开后的笔录", "The record as the public reads it");
const KEPT: Words = words("予以保留、不遮盖的（{n}）", "What stays unmasked, and why ({n})");
const ANEW: Words = words("重新读取", "Read anew");
const MORE: Words = words("还要遮盖的词语，每行一个", "More words to mask, one on each line");
const PREPARE: Words = words("保存并提请发布", "Keep and put forward");
const PREPARED: Words = words("{by}已提请发布。", "Put forward by {by}.");
const PUBLISH: Words = words("核对无误，发布", "Checked; publish");
const OWN: Words = words(
    "由检察长或者院领导发布，提请发布的人不能自己发布。",
    "Chief prosecutor or a leader publishes, and not whoever put it forward.",
);
const REASON: Words = words("撤回的理由", "Why it is withdrawn");
const WITHDRAW: Words = words("撤回", "Withdraw");
const SAY_WHY: Words = words("请写明理由。", "Give a reason.");

/// The work, as the server tells it.
#[derive(Clone, Debug, Deserialize)]
struct Work {
    standing: String,
    revision: i64,
    prepared_by: Option<String>,
    document: Document,
    masked: Vec<Masked>,
    more: Vec<String>,
    keep: Vec<Keep>,
}

#[derive(Clone, Debug, Deserialize)]
struct Document {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Deserialize)]
struct Line {
    number: u32,
    speaker: String,
    text: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Masked {
    line: u32,
    words: String,
    shown: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Keep {
    words: String,
    reason: String,
}

/// Who works on what.
#[derive(Clone, Copy)]
struct Desk {
    id: StoredValue<String>,
    name: StoredValue<String>,
    role: Office,
    work: RwSignal<Option<Work>>,
    sending: Sending,
    failed: RwSignal<Option<Failure>>,
}

impl Desk {
    fn path(self, what: &str) -> String {
        self.id.with_value(|id| format!("/api/hearings/{id}/public-version{what}"))
    }

    /// Reads how it stands now; that is noted.
    fn read(self) {
        spawn_local(async move {
            match fetch::get(&self.path(""), None).await {
                Ok(work) => {
                    self.failed.set(None);
                    self.work.set(Some(work));
                }
                Err(failure) => self.failed.set(Some(failure)),
            }
        });
    }

    /// Does something with what was seen.
    fn act(self, what: &'static str, mut body: Value) {
        let revision = self.work.with_untracked(|work| work.as_ref().map_or(0, |work| work.revision));
        if let Some(body) = body.as_object_mut() {
            body.insert("revision".into(), revision.into());
        }
        self.sending.go(async move {
            self.work.set(Some(fetch::post(&self.path(what), None, &body).await?));
            self.failed.set(None);
            Ok(())
        });
    }
}

/// The desk: opened by a button, because looking at it is noted.
pub(super) fn desk(id: StoredValue<String>, role: Office, name: String) -> AnyView {
    let desk = Desk {
        id,
        name: StoredValue::new(name),
        role,
        work: RwSignal::new(None),
        sending: Sending::default(),
        failed: RwSignal::new(None),
    };
    let press = move |()| desk.read();
    let opened = move || desk.work.get().map(|work| opened(desk, work));
    view! {
        <p class="muted">{say(LEAD)}</p>
        {move || desk.failed.with(|failed| failed.as_ref().map(why))}
        {desk.sending.news()}
        <div hidden=move || desk.work.with(Option::is_some)>
            <Button words=say(OPEN) press testid="open-public-version" />
        </div>
        // Somebody else may have changed it meanwhile.
        <div hidden=move || desk.work.with(Option::is_none)>
            <Button words=say(ANEW) press testid="read-public-version" />
        </div>
        <div aria-live="polite">{opened}</div>
    }
    .into_any()
}

fn opened(desk: Desk, work: Work) -> AnyView {
    let stands = STANDS.into_iter().find(|(name, _)| *name == work.standing);
    let count = work.masked.len();
    let masked: Vec<AnyView> = work.masked.iter().map(place).collect();
    let kept_count = work.keep.len();
    let any_kept = kept_count > 0;
    let kept: Vec<AnyView> = work.keep.iter().map(stays).collect();
    let lines: Vec<AnyView> = work
        .document
        .lines
        .iter()
        .map(|line| {
            let speaker = Some(&line.speaker).filter(|speaker| !speaker.is_empty());
            let speaker = speaker.map(|speaker| format!("{speaker}："));
            view! { <li><span class="muted small">{line.number}</span> " " {speaker} {line.text.clone()}</li> }.into_any()
        })
        .collect();
    view! {
        <p><strong data-testid="public-standing">{stands.map(|(_, words)| say(words))}</strong></p>
        <details>
            <summary>{tell(move || MASKED.with("n", count))}</summary>
            <ul class="steps" data-testid="public-masked">{masked}</ul>
        </details>
        // Open: whoever publishes answers for what was kept too.
        <details open=any_kept>
            <summary>{tell(move || KEPT.with("n", kept_count))}</summary>
            <ul class="steps" data-testid="public-kept">{kept}</ul>
        </details>
        <details>
            <summary>{say(TEXT)}</summary>
            <ol class="steps" data-testid="public-text">{lines}</ol>
        </details>
        {prepare(desk, &work)}
        {publish(desk, &work)}
        {withdraw(desk, &work)}
    }
    .into_any()
}

fn place(masked: &Masked) -> AnyView {
    let line = masked.line;
    let (words, shown) = (masked.words.clone(), masked.shown.clone());
    view! { <li>{tell(move || LINE.with("n", line))} <del>{words}</del> " → " <ins>{shown}</ins></li> }
        .into_any()
}

fn stays(keep: &Keep) -> AnyView {
    let (words, reason) = (keep.words.clone(), keep.reason.clone());
    view! { <li><strong>{words}</strong> " · " {reason}</li> }.into_any()
}

fn prepare(desk: Desk, work: &Work) -> AnyView {
    let draft = Draft::unkept(RwSignal::new(work.more.join("\n")));
    let keep: Vec<Value> =
        work.keep.iter().map(|keep| json!({"words": keep.words, "reason": keep.reason})).collect();
    let press = move |()| {
        let text = draft.text.get_untracked();
        let more: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        desk.act("", json!({"more": more, "keep": keep.clone()}));
    };
    view! {
        <div class="narrow stack">
            <Area label=say(MORE) draft testid="public-more" />
            <Button words=say(PREPARE) press busy=desk.sending.busy testid="public-prepare" />
        </div>
    }
    .into_any()
}

fn publish(desk: Desk, work: &Work) -> Option<AnyView> {
    let by = work.prepared_by.clone()?;
    let mine = desk.role.approves_archive() && desk.name.with_value(|name| *name != by);
    let dead = derived(move || (!mine).then(|| Told::from(OWN)));
    let press = move |()| {
        if mine {
            desk.act("/publication", json!({}));
        }
    };
    Some(
        view! {
            <p role="status">{tell(move || PREPARED.with("by", &by))}</p>
            <Button words=say(PUBLISH) look=Look::Primary press dead busy=desk.sending.busy testid="public-publish" />
        }
        .into_any(),
    )
}

fn withdraw(desk: Desk, work: &Work) -> Option<AnyView> {
    let may = work.standing == "public" && desk.role.approves_archive();
    let reason = RwSignal::new(String::new());
    let dead = derived(move || reason.with(|reason| reason.trim().is_empty()).then(|| Told::from(SAY_WHY)));
    let press = move |()| {
        if dead.with_untracked(Option::is_none) {
            desk.act("/withdrawal", json!({"reason": reason.get_untracked()}));
        }
    };
    may.then(|| {
        view! {
            <div class="narrow stack">
                <Field label=say(REASON) value=reason testid="withdraw-reason" />
                <Button words=say(WITHDRAW) press dead busy=desk.sending.busy testid="public-withdraw" />
            </div>
        }
        .into_any()
    })
}
