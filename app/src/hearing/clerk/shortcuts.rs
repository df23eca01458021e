//! The map of keys of the clerk's desk, beside the keys themselves.

use leptos::prelude::*;

use crate::{
    kit::dialog::Dialog,
    words::{Words, say, words},
};

const DEEDS: Words = words("动作", "Keys");
const TITLE: Words = words("全部快捷键", "All keys");

const KEYS: [(&str, Words); 10] = [
    ("Enter", words("另起一行", "New line")),
    ("Ctrl+Enter", words("提交本行", "Commit the line")),
    ("Alt+1 … 9", words("选择发言人", "Choose the speaker")),
    ("Alt+0", words("旁注，不记发言人", "A note without a speaker")),
    ("Alt+↑ / ↓", words("上一位、下一位发言人", "Speaker before, speaker after")),
    ("Ctrl+;", words("插入时间", "Insert the time")),
    ("F2", words("常用语", "Phrases")),
    ("F6", words("在编辑区和待办事项之间切换", "Between the line and what waits")),
    ("Esc", words("关闭窗口", "Close a dialog")),
    ("? · Ctrl+/", words("本表（光标在文字框时用 Ctrl+/）", "This map (Ctrl+/ inside a text field)")),
];

/// The two that open something.
#[component]
pub fn Deeds(phrases: RwSignal<bool>, map: RwSignal<bool>) -> impl IntoView {
    view! {
        <h2>{say(DEEDS)}</h2>
        <ul>
            <li>
                <button type="button" data-testid="open-phrases" on:click=move |_| phrases.set(true)>
                    <span>{say(KEYS[6].1)}</span>
                    <kbd>"F2"</kbd>
                </button>
            </li>
            <li>
                <button type="button" data-testid="open-map" on:click=move |_| map.set(true)>
                    <span>{say(TITLE)}</span>
                    <kbd>"?"</kbd>
                </button>
            </li>
        </ul>
    }
    .into_any()
}

/// The whole map.
#[component]
pub fn Map(open: RwSignal<bool>) -> impl IntoView {
    let rows: Vec<AnyView> = KEYS
        .iter()
        .map(|(keys, words)| view! { <tr><td><kbd>{*keys}</kbd></td><td>{say(*words)}</td></tr> }.into_any())
        .collect();
    view! {
        <Dialog title=say(TITLE) open testid="key-map">
            <table class="table"><tbody>{rows}</tbody></table>
        </Dialog>
    }
    .into_any()
}
