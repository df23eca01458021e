//! The phrase bank: what a clerk writes every day, found by the first letters of its pinyin.

use crate::kit::see::memo;
use leptos::prelude::*;

use super::editor::Pen;
use crate::{
    kit::{dialog::Dialog, field::Field},
    words::{Language, Words, language, say, words},
};

const TITLE: Words = words("常用语", "Phrases");
const FIND: Words =
    words("拼音首字母或者文字；回车取第一条", "First letters of the pinyin, or words; Enter takes the first");

/// Letters and words of each phrase.
const PHRASES: [(&str, Words); 14] = [
    ("hdsf", words("（核对到席人员身份）", "(presence and identity checked)")),
    (
        "gzqlyw",
        words("（告知听证参加人的权利和义务，询问是否申请回避）", "(rights and duties told, recusal asked)"),
    ),
    ("bsqhb", words("不申请回避。", "No recusal is asked for.")),
    ("qxjd", words("（情绪激动，主持人予以安抚）", "(agitated; the chair calms the speaker)")),
    ("cszj", words("（出示证据，交各方查看）", "(the exhibit is shown to all sides)")),
    ("wyy", words("无异议。", "No objection.")),
    (
        "dzsxwyy",
        words("对真实性无异议，对关联性有异议。", "Its authenticity is not disputed, its relevance is."),
    ),
    ("mycbc", words("没有补充。", "Nothing to add.")),
    ("ztsssm", words("（主持人提示围绕听证事项发言）", "(the chair asks to keep to the issues)")),
    ("zcrzz", words("（主持人制止并训诫）", "(the chair stops and admonishes the speaker)")),
    ("xtxx", words("（休会）", "(recess)")),
    ("hfzc", words("（恢复听证）", "(the hearing goes on)")),
    ("yyfdws", words("以上笔录已阅，无误。", "I have read the above record and it is right.")),
    ("fytg", words("（翻译人员现场翻译）", "(the interpreter translates)")),
];

fn matching(wanted: &str, language: Language) -> Vec<&'static str> {
    let wanted = wanted.trim().to_ascii_lowercase();
    PHRASES
        .iter()
        .filter(|(letters, words)| {
            wanted.is_empty()
                || letters.contains(&wanted)
                || words.zh.contains(&wanted)
                || words.en.to_ascii_lowercase().contains(&wanted)
        })
        .map(|(_, words)| words.in_language(language))
        .collect()
}

/// The phrase bank.
#[component]
pub fn Phrases(open: RwSignal<bool>, pen: Pen) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let found = memo(move || matching(&wanted.get(), language()));
    let take = move |phrase: &'static str| {
        open.set(false);
        wanted.set(String::new());
        pen.add(phrase);
    };
    let first = move |()| {
        if let Some(phrase) = found.with_untracked(|found| found.first().copied()) {
            take(phrase);
        }
    };
    let items = move || {
        found
            .get()
            .into_iter()
            .map(|phrase| {
                view! { <li><button type="button" class="button quiet" on:click=move |_| take(phrase)>{phrase}</button></li> }.into_any()
            })
            .collect::<Vec<_>>()
    };
    view! {
        <Dialog title=say(TITLE) open testid="phrases">
            <Field label=say(FIND) value=wanted send=first testid="phrase" />
            <ul class="phrases">{items}</ul>
        </Dialog>
    }
    .into_any()
}
