//! The clerk's desk: the record line by line from the keyboard alone, who may come in, corrections, the sealing.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{
    deliberation,
    exhibit::{Exhibits, Shown},
    file::File,
    phase::Steps,
    record::Record,
    roll::{Door, Roll, at_door},
    room,
    signing::{self, Corrections, Signing},
};
use crate::{
    browser::keys,
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
    let pressed = move |event: KeyboardEvent| {
        if keys::is_composing(&event) {
            return;
        }
        let done = match event.key().as_str() {
            "F2" => {
                phrases.set(true);
                true
            }
            "?" if !keys::is_typing(&event) => {
                map.set(true);
                true
            }
            ";" if event.ctrl_key() => {
                pen.mark_time();
                true
            }
            "ArrowUp" if event.alt_key() => pen.step(-1),
            "ArrowDown" if event.alt_key() => pen.step(1),
            _ if event.alt_key() => keys::digit(&event).is_some_and(|digit| pen.choose(digit)),
            _ => false,
        };
        if done {
            event.prevent_default();
        }
    };
    let deliberates = deliberation::is_on(room);
    view! {
        <div class="clerk-keys" on:keydown=pressed>
            <Steps />
            <div class="three">
                <nav class="keys card">
                    <Speakers pen />
                    <shortcuts::Deeds phrases map />
                </nav>
                <section class="centre">
                    <Show when=move || deliberates.get()>
                        <deliberation::Outside />
                    </Show>
                    <Signing />
                    <Record sheet=true />
                    <Editor pen />
                </section>
                <aside class="card what-waits"><Waits /></aside>
            </div>
            <phrases::Phrases open=phrases pen />
            <shortcuts::Map open=map />
        </div>
    }
    .into_any()
}

#[component]
fn Waits() -> impl IntoView {
    let room = room();
    let none = Signal::derive(|| 0);
    let tabs = vec![
        Tab::new("door", say(DOOR), Signal::derive(move || at_door(room).len()), || {
            view! { <Door /> }.into_any()
        }),
        Tab::new("corrections", say(CORRECTIONS), Signal::derive(move || signing::waiting(room)), || {
            view! { <Corrections rule=true /> }.into_any()
        }),
        Tab::new("roll", say(ROLL), none, || view! { <Roll deeds=true /> }.into_any()),
        Tab::new("exhibits", say(EXHIBITS), none, || view! { <Shown /><Exhibits /> }.into_any()),
        Tab::new("file", say(FILE), none, || view! { <File seals=true /> }.into_any()),
    ];
    view! { <Tabs label=say(TABS) tabs /> }.into_any()
}
