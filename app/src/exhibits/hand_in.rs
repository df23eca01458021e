//! Handing in a file: chosen or dropped, checked, sent with its progress to be seen, and laid before the hearing.

use leptos::{ev, html, prelude::*};

use super::{
    Desk,
    sending::{Sending, Stage},
};
use crate::{
    browser::upload::Chosen,
    kit::{
        band::Band,
        button::{Button, Look},
        field::Field,
        progress::Progress,
        see::{See, memo},
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

const HAND_IN: Words = words("提交材料", "Hand in an exhibit");
const CHOOSE: Words = words("选择文件", "Choose a file");
const DROP: Words = words(
    "也可以把文件拖到这里。接受 PDF，PNG、JPEG 图片，docx、xlsx、pptx、odt、ods、odp 和 UTF-8 纯文本。",
    "Or drop it here. PDF, PNG, JPEG, docx, xlsx, pptx, odt, ods, odp and plain text in UTF-8 are taken.",
);
const BEGUN: Words = words(
    "“{name}”上次没有传完。请再选择同一个文件，会从断开的地方接着传。",
    "{name} was not sent to its end. Choose the same file again; it goes on where it stopped.",
);
const KIND: Words = words(
    "不接受“{name}”这种文件。请存为 PDF、图片、docx、xlsx、pptx、odt、ods、odp 或者纯文本后再选。",
    "{name} is no file of a kind that is taken. Please save it as PDF, picture, docx, xlsx, pptx, odt, ods, odp or plain text.",
);
const EMPTY: Words = words("文件“{name}”是空的。", "{name} is empty.");
const SENDS: Words = words("正在上传", "Uploading");
const PAUSED: Words = words("已暂停，可以随时继续。", "Paused; it can go on at any time.");
const AWAY: Words = words(
    "网络断开了，恢复后自动接着上传，已经传完的部分不会丢失。",
    "The network is away. It goes on by itself when it is back; nothing that has come is lost.",
);
const EXAMINED: Words = words("已经传完，正在检查文件……", "It has come whole and is being examined …");
const SO_FAR: Words = words("{sent} / {size}（{percent}%）", "{sent} of {size} ({percent}%)");
const PAUSE: Words = words("暂停", "Pause");
const GO_ON: Words = words("继续上传", "Go on");
const GIVE_UP: Words = words("取消上传", "Give up");
const READY: Words = words(
    "文件已经收到，共 {n} 页。现在还没有人看到；写好名称并提交后，参加听证的人才能查阅。",
    "The file has been taken in: {n} pages. Nobody sees it yet; give it a title and lay it, and those who take part can read it.",
);
const TITLE: Words = words("材料名称", "Title");
const NO_TITLE: Words = words("请填写材料名称。", "Please give it a title.");
const LAY: Words = words("提交给听证", "Lay before the hearing");
const LAID: Words = words("已提交，见材料列表。", "It has been laid; see the list.");
const ANOTHER: Words = words("另选文件", "Choose another file");

/// Endings of the files that are taken.
const ENDINGS: &[&str] = &["pdf", "png", "jpg", "jpeg", "txt", "docx", "xlsx", "pptx", "odt", "ods", "odp"];

/// The same, for the browser's own choice.
const ACCEPT: &str = ".pdf,.png,.jpg,.jpeg,.txt,.docx,.xlsx,.pptx,.odt,.ods,.odp";

/// The way to hand something in.
pub(super) fn hand_in(desk: Desk) -> AnyView {
    let sending = Sending::new(desk);
    let (title, failed) = (RwSignal::new(String::new()), RwSignal::new(None::<Told>));
    // Only when another part is to be shown: the number alone changes often.
    let part = memo(move || sending.stage.see(Part::of));
    let body = move || match part.get() {
        Part::Choice => choice(sending, title),
        Part::Way => way(sending),
        Part::Lay => lay(sending, title, failed),
    };
    view! {
        <section class="hand-in stack" aria-labelledby="hand-in-title" data-testid="hand-in">
            <h2 id="hand-in-title">{say(HAND_IN)}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// What of it is shown.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Choice,
    Way,
    Lay,
}

impl Part {
    const fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Idle | Stage::Laid | Stage::Refused(_) => Self::Choice,
            Stage::Sends | Stage::Paused | Stage::Away | Stage::Examined => Self::Way,
            Stage::Kept(_) | Stage::Lays(_) => Self::Lay,
        }
    }
}

/// Why a file is not sent at all, seen by its name and length; what it is, the server looks at.
fn first_look(file: &Chosen) -> Option<Told> {
    let name = file.name();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    if ending.is_none_or(|ending| !ENDINGS.contains(&ending.as_str())) {
        return Some(KIND.with("name", name));
    }
    (file.size() == 0).then(|| EMPTY.with("name", name))
}

/// The field to choose a file in, and the place to drop it on.
fn choice(sending: Sending, title: RwSignal<String>) -> AnyView {
    let input: NodeRef<html::Input> = NodeRef::new();
    let over = RwSignal::new(false);
    let take = move |file: Option<Chosen>| {
        let Some(file) = file else { return };
        if let Some(why) = first_look(&file) {
            return sending.stage.set(Stage::Refused(why));
        }
        let name = file.name();
        title.set(name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_string()));
        sending.start(file);
    };
    let begun = begun(sending);
    let news = move || match sending.stage.get() {
        Stage::Refused(why) => view! {
            <Band tone=Tone::Alert testid="upload-refused">{tell(move || why.clone())}</Band>
        }
        .into_any(),
        Stage::Laid => view! { <Band tone=Tone::Good testid="exhibit-laid">{say(LAID)}</Band> }.into_any(),
        _ => ().into_any(),
    };
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        take(Chosen::dropped(&event));
    };
    view! {
        <div role="alert">{news}</div>
        {begun}
        <div
            class="drop"
            class:over=move || over.get()
            on:dragover=move |event: ev::DragEvent| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <div class="field">
                <label for="exhibit-file">{say(CHOOSE)}</label>
                <input id="exhibit-file" data-testid="exhibit-file" type="file" accept=ACCEPT node_ref=input
                    aria-describedby="exhibit-file-kinds"
                    on:change=move |_| take(input.get_untracked().and_then(|input| Chosen::in_field(&input))) />
            </div>
            <p class="muted small" id="exhibit-file-kinds">{say(DROP)}</p>
        </div>
    }
    .into_any()
}

/// What was begun before and not finished: to be gone on with, or given up.
fn begun(sending: Sending) -> AnyView {
    let shown = RwSignal::new(sending.begun());
    let failed = RwSignal::new(None::<Told>);
    let bands = move || {
        let bands = shown.get().into_iter().map(|begun| {
            let name = begun.name.clone();
            let told = tell(move || BEGUN.with("name", &name));
            let press = move |()| sending.forgets(begun.clone(), shown, failed);
            view! {
                <Band tone=Tone::Wait testid="upload-begun">
                    {told} <Button words=say(GIVE_UP) look=Look::Quiet press testid="upload-forget" />
                </Band>
            }
            .into_any()
        });
        bands.collect::<Vec<AnyView>>()
    };
    let news = move || {
        failed.get().map(|told| {
            view! { <Band tone=Tone::Alert testid="upload-not-forgotten">{tell(move || told.clone())}</Band> }
        })
    };
    view! { {bands} <div role="alert">{news}</div> }.into_any()
}

/// How far it is, and the ways to stop it and go on.
fn way(sending: Sending) -> AnyView {
    let size = sending.file.with_untracked(|file| file.as_ref().map_or(0, Chosen::size));
    let name = sending.file.with_untracked(|file| file.as_ref().map(Chosen::name)).unwrap_or_default();
    let whole = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let words = tell(move || {
        let sent = sending.sent.get();
        let percent = sent.saturating_mul(100) / size.max(1);
        SO_FAR.with("sent", measured(sent)).with("size", measured(size)).with("percent", percent)
    });
    let stage = memo(move || sending.stage.get());
    let told = tell(move || {
        match stage.get() {
            Stage::Paused => PAUSED,
            Stage::Away => AWAY,
            Stage::Examined => EXAMINED,
            _ => SENDS,
        }
        .into()
    });
    let ways = move || {
        match stage.get() {
        Stage::Examined => ().into_any(),
        Stage::Paused => view! {
            <Button words=say(GO_ON) look=Look::Primary press=move |()| sending.goes_on() testid="upload-go-on" />
            <Button words=say(GIVE_UP) look=Look::Quiet press=move |()| sending.gives_up() testid="upload-give-up" />
        }
        .into_any(),
        _ => view! {
            <Button words=say(PAUSE) press=move |()| sending.stage.set(Stage::Paused) testid="upload-pause" />
            <Button words=say(GIVE_UP) look=Look::Quiet press=move |()| sending.gives_up() testid="upload-give-up" />
        }
        .into_any(),
    }
    };
    view! {
        <p><b>{name}</b></p>
        <div data-testid="upload-progress">
            <Progress label=say(SENDS) value=Signal::derive(move || whole(sending.sent.get())) of=Signal::derive(move || Some(whole(size.max(1)))) words=words />
        </div>
        <p role="status" data-testid="upload-state">{told}</p>
        <div class="row">{ways}</div>
    }
    .into_any()
}

/// A length as people read it.
fn measured(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes / 1_024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// The title, and the last step.
fn lay(sending: Sending, title: RwSignal<String>, failed: RwSignal<Option<Told>>) -> AnyView {
    let pages = sending.stage.with_untracked(|stage| match stage {
        Stage::Kept(kept) | Stage::Lays(kept) => kept.pages,
        _ => 1,
    });
    let busy = memo(move || sending.stage.see(|stage| matches!(stage, Stage::Lays(_))));
    let press = move |()| {
        let name = title.with_untracked(|title| title.trim().to_string());
        if name.is_empty() {
            return failed.set(Some(NO_TITLE.into()));
        }
        sending.lays(name, failed);
    };
    let news = move || {
        failed.get().map(|told| {
            view! { <Band tone=Tone::Alert testid="lay-refused">{tell(move || told.clone())}</Band> }
        })
    };
    view! {
        <Band tone=Tone::Good testid="upload-kept">{tell(move || READY.with("n", pages))}</Band>
        <Field label=say(TITLE) value=title send=press testid="exhibit-title" />
        <div role="alert">{news}</div>
        <div class="row">
            <Button words=say(LAY) look=Look::Primary press busy testid="exhibit-lay" />
            <Button words=say(ANOTHER) look=Look::Quiet press=move |()| sending.another() testid="upload-another" />
        </div>
    }
    .into_any()
}
