//! One exhibit, a page at a time: a picture of the page or its text, notes that stay in this browser, and a reference
//! that names the file by its hash, so that it means the same page for ever.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use procedure::hearing::exhibit::{Content, Laid};

use super::{Desk, digest};
use crate::{
    browser::{self, fetch, upload::Picture},
    kit::{
        area::{Area, Draft},
        band::Band,
        button::{Button, Look},
        field::Field,
        see::{See, effect, memo},
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

const PREVIOUS: Words = words("上一页", "Previous page");
const NEXT: Words = words("下一页", "Next page");
const WHICH: Words = words("第 {n} 页，共 {of} 页", "Page {n} of {of}");
const GO: Words = words("转到第几页", "Go to page");
const LARGER: Words = words("放大", "Larger");
const SMALLER: Words = words("缩小", "Smaller");
const LOADING: Words = words("正在取这一页……", "Fetching this page …");
const PICTURE: Words = words("《{title}》第 {n} 页的图像", "Picture of page {n} of {title}");
const AS_TEXT: Words = words(
    "以下是文件中的文字，不含图片和版式；需要看原样的，请下载原件。",
    "This is the text of the file, without its pictures and layout; download the file to see it as it is.",
);
const DOWNLOAD: Words = words("下载原件", "Download the file");
const CLOSE: Words = words("关闭", "Close");
const NOTE: Words = words("我在这一页的笔记", "My notes on this page");
const OWN: Words = words(
    "笔记只保存在这台设备的浏览器里，不会提交，别人看不到；清除浏览器数据会一并删除。",
    "Notes stay in the browser of this device. They are not sent, and nobody else sees them; clearing the browser's data removes them.",
);
const CITE: Words = words("引用这一页", "Cite this page");
const COPY: Words = words("复制引用", "Copy the reference");
const COPIED: Words = words("已复制。", "Copied.");
const REFERENCE: Words = words("证据{number}《{title}》第{n}页", "Exhibit {number}, {title}, page {n}");
const BY_HASH: Words = words("（SHA-256 {digest}）", " (SHA-256 {digest})");

/// How wide the picture of a page is, in pixels; and when it is to be larger.
const WIDTHS: (u32, u32) = (1_000, 2_000);

/// A page as it is shown.
#[derive(Clone)]
enum Face {
    Coming,
    Picture(Arc<Picture>),
    Text(String),
    Failed(Told),
}

/// What is read.
#[derive(Clone, Copy)]
struct Reading {
    desk: Desk,
    number: u32,
    laid: StoredValue<Laid>,
    face: RwSignal<Face>,
    large: RwSignal<bool>,
    copied: RwSignal<bool>,
    /// Which page, and how large, was asked for last: what comes later of another is not shown.
    asked: StoredValue<(u32, bool)>,
}

impl Reading {
    fn page(self) -> u32 {
        self.desk.open.see(|open| open.map_or(1, |(_, page)| page))
    }

    fn pages(self) -> u32 {
        self.laid.with_value(|laid| laid.exhibit.content.pages())
    }

    fn go(self, page: u32) {
        self.copied.set(false);
        self.desk.open.set(Some((self.number, page.clamp(1, self.pages()))));
    }

    fn title(self) -> String {
        self.laid.with_value(|laid| laid.exhibit.title.clone())
    }

    /// Fetches the page that is open.
    fn fetch(self) {
        // Another exhibit has been opened, and this one is about to go.
        if self.desk.open.see(|open| open.is_none_or(|(number, _)| number != self.number)) {
            return;
        }
        let wanted = (self.page(), self.large.get());
        self.asked.set_value(wanted);
        let (sha256, media_type) = match self.laid.with_value(|laid| laid.exhibit.content.clone()) {
            Content::Text(text) => return self.face.set(Face::Text(text)),
            Content::File { sha256, media_type, .. } => (sha256, media_type),
        };
        self.face.set(Face::Coming);
        let width = if wanted.1 { WIDTHS.1 } else { WIDTHS.0 };
        let path = self.desk.path(&format!("/exhibits/{sha256}/pages/{}?width={width}", wanted.0));
        let key = self.desk.key.get_value();
        spawn_local(async move {
            let bytes = fetch::get_bytes(&path, key.as_deref()).await;
            if self.asked.try_get_value() != Some(wanted) {
                return;
            }
            self.face.set(match bytes {
                Err(failure) => Face::Failed(failure.told()),
                Ok(bytes) if is_picture(&media_type) => {
                    Picture::new(&bytes).map_or(Face::Coming, |picture| Face::Picture(Arc::new(picture)))
                }
                Ok(bytes) => Face::Text(String::from_utf8_lossy(&bytes).into_owned()),
            });
        });
    }

    /// Offers the file itself.
    fn download(self) {
        let (title, content) =
            self.laid.with_value(|laid| (laid.exhibit.title.clone(), laid.exhibit.content.clone()));
        let Content::File { sha256, media_type, .. } = content else { return };
        let (path, key) = (self.desk.path(&format!("/exhibits/{sha256}")), self.desk.key.get_value());
        spawn_local(async move {
            match fetch::get_bytes(&path, key.as_deref()).await {
                Ok(bytes) => {
                    browser::offer_file(&format!("{title}{}", ending(&media_type)), &bytes, &media_type);
                }
                Err(failure) => {
                    self.face.try_set(Face::Failed(failure.told()));
                }
            }
        });
    }

    /// What names the page that is open, whatever comes later.
    fn reference(self) -> Told {
        let page = self.page();
        let reference = REFERENCE.with("number", self.number).with("n", page).with("title", self.title());
        match self.laid.with_value(|laid| digest(&laid.exhibit.content)) {
            Some(digest) => {
                let by_hash = BY_HASH.with("digest", digest);
                Told { zh: reference.zh + &by_hash.zh, en: reference.en + &by_hash.en }
            }
            None => reference,
        }
    }
}

fn is_picture(media_type: &str) -> bool {
    matches!(media_type, "application/pdf" | "image/png" | "image/jpeg")
}

fn ending(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => ".pdf",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "text/plain" => ".txt",
        "application/vnd.oasis.opendocument.text" => ".odt",
        "application/vnd.oasis.opendocument.spreadsheet" => ".ods",
        "application/vnd.oasis.opendocument.presentation" => ".odp",
        other if other.ends_with("wordprocessingml.document") => ".docx",
        other if other.ends_with("spreadsheetml.sheet") => ".xlsx",
        other if other.ends_with("presentationml.presentation") => ".pptx",
        _ => "",
    }
}

/// The exhibit of that number, if the reader may see it.
pub(super) fn reading(desk: Desk, number: u32) -> Option<AnyView> {
    let laid = untrack(|| desk.laid(number))?;
    let reading = Reading {
        desk,
        number,
        laid: StoredValue::new(laid),
        face: RwSignal::new(Face::Coming),
        large: RwSignal::new(false),
        copied: RwSignal::new(false),
        asked: StoredValue::new((0, false)),
    };
    effect(move || reading.fetch());
    let (title, heading) = (reading.title(), reading.title());
    let page = memo(move || reading.page());
    Some(
        view! {
            <section class="exhibit-reading" aria-label=title data-testid="reading">
                <header>
                    <h2>{number}" · "{heading}</h2>
                    <Button words=say(CLOSE) look=Look::Quiet press=move |()| desk.open.set(None) testid="close-reading" />
                </header>
                {turning(reading)}
                {shown(reading)}
                {move || below(reading, page.get())}
            </section>
        }
        .into_any(),
    )
}

/// To the page before, the next one, or any.
fn turning(reading: Reading) -> AnyView {
    let wanted = RwSignal::new(String::new());
    let go = move |()| {
        if let Ok(page) = wanted.with_untracked(|wanted| wanted.trim().parse()) {
            reading.go(page);
            wanted.set(String::new());
        }
    };
    let which = tell(move || WHICH.with("n", reading.page()).with("of", reading.pages()));
    let large = tell(move || if reading.large.get() { SMALLER } else { LARGER }.into());
    let one = reading.pages() == 1;
    let file = reading.laid.with_value(|laid| digest(&laid.exhibit.content).is_some());
    let paged = (!one).then(|| {
        view! {
            <button type="button" class="button" data-testid="previous-page" disabled=move || reading.page() == 1
                on:click=move |_| reading.go(reading.page() - 1)>{say(PREVIOUS)}</button>
            <button type="button" class="button" data-testid="next-page" disabled=move || reading.page() == reading.pages()
                on:click=move |_| reading.go(reading.page() + 1)>{say(NEXT)}</button>
            <Field label=say(GO) value=wanted kind="number" send=go testid="go-to-page" />
        }
    });
    view! {
        <div class="turning">
            <span role="status" data-testid="which-page">{which}</span>
            {paged}
            <Button words=large look=Look::Quiet press=move |()| reading.large.update(|large| *large = !*large) testid="larger" />
            {file.then(|| view! {
                <Button words=say(DOWNLOAD) look=Look::Quiet press=move |()| reading.download() testid="download" />
            })}
        </div>
    }
    .into_any()
}

fn shown(reading: Reading) -> AnyView {
    let office = reading.laid.with_value(|laid| match &laid.exhibit.content {
        Content::File { media_type, .. } => !is_picture(media_type) && media_type != "text/plain",
        Content::Text(_) => false,
    });
    let face = move || {
        match reading.face.get() {
        Face::Coming => view! { <p class="loading" role="status">{say(LOADING)}</p> }.into_any(),
        Face::Failed(told) => {
            view! { <Band tone=Tone::Alert urgent=true testid="page-failed">{tell(move || told.clone())}</Band> }
                .into_any()
        }
        Face::Text(text) => view! {
            {office.then(|| view! { <p class="muted">{say(AS_TEXT)}</p> })}
            <p class="page-text" data-testid="page-text">{text}</p>
        }
        .into_any(),
        Face::Picture(picture) => {
            let (title, page) = (reading.title(), untrack(move || reading.page()));
            let words = tell(move || PICTURE.with("title", &title).with("n", page));
            // The address is good for as long as the picture is held.
            let address = picture.address();
            let held = StoredValue::new(picture);
            on_cleanup(move || held.dispose());
            view! { <img src=address alt=words data-testid="page-picture" /> }.into_any()
        }
    }
    };
    // What is larger than its frame is scrolled, by the keyboard too.
    view! {
        <div class="page-face" class:large=move || reading.large.get() tabindex="0" role="group" aria-label=reading.title()>
            {face}
        </div>
    }
    .into_any()
}

/// The reference to a page, and the notes on it.
fn below(reading: Reading, page: u32) -> AnyView {
    let id = reading.laid.with_value(|laid| laid.exhibit.id.0.clone());
    let draft = Draft::new(format!("{}{id}.{page}", reading.desk.own("note")));
    let press = move |()| {
        browser::copy(&untrack(|| reading.reference().now()));
        reading.copied.set(true);
    };
    view! {
        <div class="cite">
            <b>{say(CITE)}</b>
            <output data-testid="reference">{tell(move || reading.reference())}</output>
            <Button words=say(COPY) press testid="copy-reference" />
            <span role="status" class="muted">{move || reading.copied.get().then(|| COPIED.now())}</span>
        </div>
        <Area label=say(NOTE) draft rows=4 testid="note" />
        <p class="muted small" data-testid="note-own">{say(OWN)}</p>
    }
    .into_any()
}
