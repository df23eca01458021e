//! What is read before coming in: the discipline of the hearing, and everybody's rights and duties.

use leptos::prelude::*;

use crate::words::{Words, say, words};

const DISCIPLINE: Words = words("听证纪律", "Discipline");
/// Told to everybody before they come in: that, and by which article, the hearing is recorded (Art. 18).
pub const RECORDED: Words = words(
    "听证全程同步录音录像，录音录像存入案卷（《人民检察院审查案件听证工作规定》第十八条）。评议、休会和各方单独商谈不录。",
    "The whole hearing is recorded in sound and picture, and the recording is kept with the file (Hearing Rules (2020), Art. 18). Deliberation, breaks and private talks are not recorded.",
);
const RIGHTS: Words = words("您的权利和义务", "Your rights and duties");

const DISCIPLINE_LINES: &[Words] = &[
    words(
        "听从主持人的安排，发言前先举手，经主持人准许后发言。",
        "Follow the chair. Raise your hand before you speak, and speak when the chair gives you the floor.",
    ),
    words(
        "不得鼓掌、喧哗、打断他人发言，不得侮辱、诽谤、威胁他人。",
        "No applause, noise or interruption; no insult, slander or threat.",
    ),
    words(
        "未经准许，不得录音、录像、拍照，不得转播或者传播听证内容。",
        "Without leave, no sound or video recording, no photographs, no broadcast.",
    ),
    words(
        "违反纪律的，主持人可以制止、训诫，情节严重的责令退出听证。",
        "The chair may stop or admonish whoever breaks the discipline, and in grave cases send them out.",
    ),
];

const RIGHTS_LINES: &[Words] = &[
    words(
        "当事人有权陈述意见、出示证据、回答或者拒绝回答提问、申请有关人员回避、作最后陈述。",
        "Parties may state their case, lay exhibits, answer or decline to answer questions, ask for a recusal, and make a final statement.",
    ),
    words(
        "所有参加人应当如实陈述，尊重他人，保守国家秘密、商业秘密和个人隐私。",
        "Everyone speaks the truth, respects the others, and keeps state and trade secrets and private life secret.",
    ),
    words(
        "听证结束后，参加人核对笔录；有遗漏或者差错的，可以申请更正；可以签名，也可以说明理由拒绝签名。",
        "Afterwards those who took part read the record; they may ask for corrections, and sign it or refuse to sign with a reason.",
    ),
];

/// Discipline, rights and duties.
#[component]
pub fn Rules() -> impl IntoView {
    let lines = |all: &'static [Words]| {
        all.iter().map(|line| view! { <li>{say(*line)}</li> }.into_any()).collect::<Vec<_>>()
    };
    view! {
        <p class="recorded" data-testid="told-recorded">{say(RECORDED)}</p>
        <h2>{say(DISCIPLINE)}</h2>
        <ol class="rules">{lines(DISCIPLINE_LINES)}</ol>
        <h2>{say(RIGHTS)}</h2>
        <ol class="rules">{lines(RIGHTS_LINES)}</ol>
    }
    .into_any()
}
