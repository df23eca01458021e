//! The papers of a hearing: which there are for the reader, what must come first before each, a look at it as it reads
//! now, and the file to print or to write on in.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_params_map, use_query_map};
use procedure::SeatId;
use serde::Deserialize;

use crate::{
    browser::{
        self,
        fetch::{self, Failure},
        storage,
    },
    front::Front,
    kit::{
        asked::why,
        band::Band,
        button::{Button, Look},
        see::{See, Show, effect, memo},
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("听证文书", "Papers of the hearing");
const LOADING: Words = words("正在加载……", "Loading …");
const SIGN_IN: Words = words(
    "工作人员请先登录；参加听证的，请从听证室进入本页。",
    "Staff: please sign in first. If you take part in the hearing, come here from the hearing room.",
);
const TO_OFFICE: Words = words("工作人员登录", "Staff sign-in");
const TO_ROOM: Words = words("返回听证室", "Back to the hearing room");
const TO_FILE: Words = words("返回听证卷宗", "Back to the hearing's file");
const NONE: Words = words("目前没有给您的文书。", "There is no paper for you yet.");
const LATER: Words = words("以后才有的文书", "Papers that come later");
const LOOK: Words = words("查看", "Look");
const CLOSE: Words = words("收起", "Close");
const STAGES: Words = words("文书分类", "Groups of papers");
const PDF: Words = words("PDF", "PDF");
const WORD: Words = words("Word", "Word");
const PRESS: Words = words(
    "文书按现在的记载制作，内容有变化的，重新打开即可。PDF 用于打印、送达、归档，Word 用于修改。",
    "Papers are drawn up from what stands on the record now; open one again to see what has changed. PDF is for printing, sending and keeping, Word for writing on.",
);
const PREVIEW: Words = words("文书预览", "The paper as it reads now");

/// When a paper is wanted; the groups of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Stage {
    Before,
    At,
    After,
    Volume,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Before, Self::At, Self::After, Self::Volume];

    const fn words(self) -> Words {
        match self {
            Self::Before => words("听证前", "Before the hearing"),
            Self::At => words("听证中", "At the hearing"),
            Self::After => words("听证后", "After the hearing"),
            Self::Volume => words("卷宗", "The volume"),
        }
    }

    /// Where its group stands on the page.
    const fn anchor(self) -> &'static str {
        match self {
            Self::Before => "papers-before",
            Self::At => "papers-at",
            Self::After => "papers-after",
            Self::Volume => "papers-volume",
        }
    }
}

/// A paper that the reader may have, as the server lists it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Listed {
    form: String,
    zh: String,
    en: String,
    to: Option<SeatId>,
    name: Option<String>,
    stage: Stage,
    number: String,
    lacks: Option<String>,
    lacks_en: Option<String>,
}

impl Listed {
    fn words(&self) -> Told {
        Told { zh: self.zh.clone(), en: self.en.clone() }
    }

    fn lacks(&self) -> Option<Told> {
        Some(Told { zh: self.lacks.clone()?, en: self.lacks_en.clone()? })
    }

    /// Its address among those of the hearing.
    fn path(&self, written: &str) -> String {
        let to = self.to.as_ref().map(|to| format!("&to={}", browser::encoded(&to.0))).unwrap_or_default();
        format!("{}?as={written}{to}", self.form)
    }

    /// What its file is called.
    fn file(&self, ending: &str) -> String {
        let name = self.name.as_ref().map(|name| format!("-{name}")).unwrap_or_default();
        format!("{}{name}.{ending}", self.zh)
    }
}

/// Where papers are asked for, and by whom.
#[derive(Clone, Copy)]
struct Desk {
    hearing: StoredValue<String>,
    key: StoredValue<Option<String>>,
    /// The paper that is looked at, and its page.
    shown: RwSignal<Option<(Listed, String)>>,
    failed: RwSignal<Option<Told>>,
    busy: RwSignal<bool>,
}

impl Desk {
    async fn bytes(self, path: &str) -> Result<Vec<u8>, Failure> {
        let path = self.hearing.with_value(|hearing| format!("/api/hearings/{hearing}/papers/{path}"));
        fetch::get_bytes(&path, self.key.get_value().as_deref()).await
    }

    /// Looks at a paper, or no longer.
    fn looks(self, paper: Listed) {
        if self.shown.with_untracked(|shown| shown.as_ref().is_some_and(|(other, _)| *other == paper)) {
            self.shown.set(None);
            return;
        }
        self.asks(async move {
            let page =
                String::from_utf8(self.bytes(&paper.path("page")).await?).map_err(|_| Failure::Broken(0))?;
            self.shown.set(Some((paper, page)));
            Ok(())
        });
    }

    /// Gets the file of a paper.
    fn gets(self, paper: Listed, written: &'static str, kind: &'static str) {
        self.asks(async move {
            let bytes = self.bytes(&paper.path(written)).await?;
            browser::offer_file(&paper.file(written), &bytes, kind);
            Ok(())
        });
    }

    fn asks(self, what: impl Future<Output = Result<(), Failure>> + 'static) {
        self.busy.set(true);
        spawn_local(async move {
            self.failed.set(what.await.err().map(|failure| failure.told()));
            self.busy.set(false);
        });
    }
}

/// The page.
#[component]
pub fn PapersPage() -> impl IntoView {
    let hearing = use_params_map().get_untracked().get("id").unwrap_or_default();
    let me = use_query_map().get_untracked().get("seat").map(SeatId);
    let key = me.as_ref().and_then(|seat| storage::kept(&format!("fengqiao.seat.{hearing}.{seat}")));
    let back = match &me {
        Some(seat) => (format!("/hearings/{hearing}/seats/{seat}"), TO_ROOM),
        None => (format!("/office/hearings/{hearing}"), TO_FILE),
    };
    let loaded = RwSignal::new(None::<Result<Vec<Listed>, Failure>>);
    let desk = Desk {
        hearing: StoredValue::new(hearing),
        key: StoredValue::new(key),
        shown: RwSignal::new(None),
        failed: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    effect(move || {
        spawn_local(async move {
            let path = desk.hearing.with_value(|hearing| format!("/api/hearings/{hearing}/papers"));
            loaded.set(Some(fetch::get(&path, desk.key.get_value().as_deref()).await));
        });
    });
    let papers = move || match loaded.get() {
        None => view! { <p class="loading" role="status">{say(LOADING)}</p> }.into_any(),
        Some(Err(failure)) if failure.is_unauthorised() => view! {
            <Band tone=Tone::Wait testid="papers-signed-out">{say(SIGN_IN)}</Band>
            <p><a class="button" href="/office">{say(TO_OFFICE)}</a></p>
        }
        .into_any(),
        Some(Err(failure)) => why(&failure),
        Some(Ok(papers)) => listed(desk, papers),
    };
    view! {
        <Front title=say(TITLE) here="" broad=true>
            <p class="back"><a href=back.0 rel="external">{say(back.1)}</a></p>
            <h1>{say(TITLE)}</h1>
            {papers}
        </Front>
    }
    .into_any()
}

/// What there is, what is looked at, and what comes later.
fn listed(desk: Desk, papers: Vec<Listed>) -> AnyView {
    let (there, later): (Vec<_>, Vec<_>) = papers.into_iter().partition(|paper| paper.lacks.is_none());
    let none = there.is_empty();
    let groups = grouped(there);
    let ways = (groups.len() > 1).then(|| {
        let way = |stage: Stage| {
            let href = format!("#{}", stage.anchor());
            view! { <a href=href rel="external">{say(stage.words())}</a> }
        };
        let ways: Vec<_> = groups.iter().map(|(stage, _)| way(*stage)).collect();
        view! { <nav class="stages" aria-label=say(STAGES) data-testid="papers-stages">{ways}</nav> }
    });
    let groups: Vec<AnyView> = groups.into_iter().map(|(stage, papers)| group(desk, stage, papers)).collect();
    let coming: Vec<AnyView> = later.into_iter().map(comes).collect();
    let come = !coming.is_empty();
    view! {
        <p class="muted">{say(PRESS)}</p>
        <div role="alert">
            <Show when=move || desk.failed.see(Option::is_some)>
                <Band tone=Tone::Alert testid="paper-failed">{tell(move || desk.failed.get().unwrap_or_default())}</Band>
            </Show>
        </div>
        <div class="papers">
            <div class="stack">
                {none.then(|| view! { <p class="muted">{say(NONE)}</p> })}
                {ways}
                <div class="groups" data-testid="papers">{groups}</div>
                {come.then(|| view! {
                    <details data-testid="papers-later">
                        <summary>{say(LATER)}</summary>
                        <ul class="rows">{coming}</ul>
                    </details>
                })}
            </div>
            {move || desk.shown.get().map(|(paper, page)| looked_at(&paper, page))}
        </div>
    }
    .into_any()
}

/// The papers by when they are wanted; a group in which there is none is left out.
fn grouped(mut papers: Vec<Listed>) -> Vec<(Stage, Vec<Listed>)> {
    let mut groups = Vec::new();
    for stage in Stage::ALL {
        let (of, others): (Vec<_>, Vec<_>) = papers.into_iter().partition(|paper| paper.stage == stage);
        papers = others;
        if !of.is_empty() {
            groups.push((stage, of));
        }
    }
    groups
}

/// The papers of one group, under its heading.
fn group(desk: Desk, stage: Stage, papers: Vec<Listed>) -> AnyView {
    let rows: Vec<AnyView> = papers.into_iter().map(|paper| row(desk, paper)).collect();
    let anchor = stage.anchor();
    view! {
        <section aria-labelledby=anchor>
            <h2 id=anchor tabindex="-1">{say(stage.words())}</h2>
            <ul class="rows">{rows}</ul>
        </section>
    }
    .into_any()
}

/// A paper as it reads now, in a frame of its own in which nothing runs.
fn looked_at(paper: &Listed, page: String) -> AnyView {
    let (words, form) = (paper.words(), paper.form.clone());
    view! {
        <section class="preview" aria-label=say(PREVIEW) data-testid="paper-preview" data-form=form>
            <iframe sandbox="" title=tell(move || words.clone()) srcdoc=page></iframe>
        </section>
    }
    .into_any()
}

fn name(paper: &Listed) -> AnyView {
    let (words, whom) = (paper.words(), paper.name.clone().map(|name| format!("　{name}")));
    view! { <span class="name"><b>{tell(move || words.clone())}</b>{whom}<small>{paper.number.clone()}</small></span> }
        .into_any()
}

fn row(desk: Desk, paper: Listed) -> AnyView {
    let key = [Some(paper.form.clone()), paper.to.as_ref().map(|to| to.0.clone())];
    let testid = key.into_iter().flatten().collect::<Vec<_>>().join("-");
    let of = paper.clone();
    let open = memo(move || desk.shown.see(|shown| shown.as_ref().is_some_and(|(shown, _)| *shown == of)));
    let words = tell(move || if open.get() { CLOSE } else { LOOK }.into());
    let (looks, pdf, word) = (paper.clone(), paper.clone(), paper.clone());
    view! {
        <li data-testid=format!("paper-{testid}")>
            {name(&paper)}
            <span class="ways">
                <Button words look=Look::Quiet press=move |()| desk.looks(looks.clone()) busy=desk.busy testid=format!("look-{testid}") />
                <Button words=say(PDF) look=Look::Quiet press=move |()| desk.gets(pdf.clone(), "pdf", "application/pdf") busy=desk.busy testid=format!("pdf-{testid}") />
                <Button words=say(WORD) look=Look::Quiet press=move |()| desk.gets(word.clone(), "docx", DOCX) busy=desk.busy testid=format!("docx-{testid}") />
            </span>
        </li>
    }
    .into_any()
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

fn comes(paper: Listed) -> AnyView {
    let lacks = paper.lacks();
    view! { <li>{name(&paper)}<small>{lacks.map(|lacks| tell(move || lacks.clone()))}</small></li> }
        .into_any()
}
