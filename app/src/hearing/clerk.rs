//! The clerk's desk: the record line by line from the keyboard alone, who may come in, corrections, the sealing.

use crate::kit::see::{Show, derived, effect};
use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
};

use procedure::hearing::phase::Phase;

use super::{
    deliberation,
    exhibit::{Exhibits, Shown},
    file::File,
    phase::{Steps, Where, current},
    record::Record,
    roll::{Door, Roll, at_door},
    room,
    signing::{self, Corrections, Signing},
    video::Video,
};
use crate::{
    browser::{self, keys},
    kit::tabs::{Tab, Tabs},
    words::{Words, say, words},
};

pub mod editor;
pub mod phrases;
pub mod shortcuts;

use editor::{Editor, Pen, Speakers};

const TABS: Words = words("待办事项", "What waits");
const DOOR: Words = words("等候入席", "At the door");
const CORRECTIONS: Words = words("更正", "Corrections");
const ROLL: Words = words("名单", "Roll");
const EXHIBITS: Words = words("证据", "Exhibits");
const FILE: Words = words("案卷", "File");

/// The clerk's desk.
#[component]
pub fn Clerk() -> impl IntoView {
    let room = room();
    let pen = Pen::new(room);
    let (phrases, map) = (RwSignal::new(false), RwSignal::new(false));
    effect(move || {
        let keyboard = window_event_listener(ev::keydown, move |event| {
            let is_free = !phrases.get_untracked() && !map.get_untracked();
            if is_free && !keys::is_composing(&event) && pressed(&event, pen, phrases, map) {
                event.prevent_default();
            }
        });
        on_cleanup(move || keyboard.remove());
        request_animation_frame(|| browser::focus("editor"));
    });
    let (deliberates, now) = (deliberation::is_on(room), current(room));
    view! {
        <div class="clerk-keys">
            <Steps />
            <Where />
            <div class="three">
                <nav class="keys card">
                    <Speakers pen />
                    <shortcuts::Deeds phrases map />
                </nav>
                <section class="centre">
                    <Video />
                    <Show when=move || deliberates.get()>
                        <deliberation::Outside />
                    </Show>
                    <Signing />
                    <Record sheet=true />
                    <Show when=move || now.get() != Phase::Closed>
                        <Editor pen />
                    </Show>
                </section>
                <aside class="card what-waits"><Waits /></aside>
            </div>
            <phrases::Phrases open=phrases pen />
            <shortcuts::Map open=map />
        </div>
    }
    .into_any()
}

/// Does what a key of the desk asks for. False where it is no key of the desk.
fn pressed(event: &KeyboardEvent, pen: Pen, phrases: RwSignal<bool>, map: RwSignal<bool>) -> bool {
    match event.key().as_str() {
        "F2" => phrases.set(true),
        "F6" => browser::focus(if keys::is_in(event, "editor") { "tab-door" } else { "editor" }),
        "?" | "？" if !keys::is_typing(event) => map.set(true),
        "/" if event.ctrl_key() => map.set(true),
        "ArrowUp" if event.alt_key() => return pen.step(-1),
        "ArrowDown" if event.alt_key() => return pen.step(1),
        _ if event.ctrl_key() && event.code() == "Semicolon" => pen.mark_time(),
        _ if event.alt_key() => return keys::digit(event).is_some_and(|digit| pen.choose(digit)),
        _ => return false,
    }
    true
}

#[component]
fn Waits() -> impl IntoView {
    let room = room();
    let none = derived(|| 0);
    let tabs = vec![
        Tab::new("door", say(DOOR), derived(move || at_door(room).len()), || view! { <Door /> }.into_any()),
        Tab::new("corrections", say(CORRECTIONS), derived(move || signing::waiting(room)), || {
            view! { <Corrections rule=true /> }.into_any()
        }),
        Tab::new("roll", say(ROLL), none, || view! { <Roll deeds=true /> }.into_any()),
        Tab::new("exhibits", say(EXHIBITS), none, || view! { <Shown /><Exhibits /> }.into_any()),
        Tab::new("file", say(FILE), none, || view! { <File seals=true /> }.into_any()),
    ];
    // The end has its own: corrections while the record is signed, then the file.
    let (now, open) = (current(room), RwSignal::new(0));
    effect(move || match now.get() {
        Phase::Signing => open.set(1),
        Phase::Closed => open.set(4),
        _ => {}
    });
    view! { <Tabs label=say(TABS) tabs open /> }.into_any()
}
