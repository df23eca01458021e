//! The chair's script (主持词): what is to be said in each step, ready to be taken into the statement.

use leptos::prelude::*;
use procedure::hearing::phase::Phase;

use super::{phase::current, room};
use crate::{
    kit::area::Draft,
    words::{Words, say, words},
};

const TAKE: Words = words("填入发言", "Take into my statement");
const NOTE: Words =
    words("主持词供参考，请按案情增删。", "A suggestion; add and leave out as the case asks.");

const WAITING: &[Words] = &[words(
    "请书记员核对参加人到场情况，并宣读听证纪律。",
    "The clerk will please check who is present and read out the discipline.",
)];
const ROLL_CALL: &[Words] = &[
    words("现在宣布听证开始。本次听证由我主持。", "The hearing is open. I preside."),
    words(
        "各位参加人是否申请听证员、主持人、书记员回避？需要申请的，请提出并说明理由。",
        "Does anyone ask for the recusal of a panellist, the chair or the clerk? If so, please say so and give your reasons.",
    ),
    words(
        "各位已经阅读听证纪律和权利义务，请遵守。",
        "You have read the discipline and your rights and duties; please keep to them.",
    ),
];
const INTRODUCTION: &[Words] = &[words(
    "下面请承办检察官介绍案情和需要听证的问题。",
    "The handling prosecutor will now present the case and the questions to be heard.",
)];
const STATEMENTS: &[Words] = &[
    words("下面由申请人一方陈述意见。", "The applicant's side will now state its case."),
    words("下面由被申请人一方陈述意见。", "The respondent's side will now state its case."),
];
const QUESTIONS: &[Words] = &[words(
    "下面由听证员提问。被提问的人请围绕问题回答。",
    "The panel will now ask questions. Please answer to the point.",
)];
const DELIBERATION: &[Words] = &[words(
    "现在休会，由听证员进行评议。其他人员请在此等候。",
    "The panel now withdraws to deliberate. Everyone else will please wait here.",
)];
const OPINION: &[Words] = &[words(
    "现在恢复听证，请听证员代表发表听证意见。",
    "The hearing goes on. The panel's speaker will read its opinion.",
)];
const FINAL_STATEMENTS: &[Words] = &[
    words("下面请申请人一方作最后陈述。", "The applicant's side will make its final statement."),
    words("下面请被申请人一方作最后陈述。", "The respondent's side will make its final statement."),
];
const SUMMARY: &[Words] =
    &[words("下面对本次听证进行总结，并宣布处理决定。", "I now sum up and announce the decision.")];
const SIGNING: &[Words] = &[words(
    "请各位核对笔录，有遗漏或者差错的可以申请更正，核对无误后签名。",
    "Please read the record; ask for corrections where needed, then sign.",
)];
const CLOSED: &[Words] = &[words("本次听证到此结束，谢谢各位。", "The hearing is closed. Thank you all.")];

/// What the chair says in a step.
const fn lines(phase: Phase) -> &'static [Words] {
    match phase {
        Phase::Waiting => WAITING,
        Phase::RollCall => ROLL_CALL,
        Phase::Introduction => INTRODUCTION,
        Phase::Statements => STATEMENTS,
        Phase::Questions => QUESTIONS,
        Phase::Deliberation => DELIBERATION,
        Phase::Opinion => OPINION,
        Phase::FinalStatements => FINAL_STATEMENTS,
        Phase::Summary => SUMMARY,
        Phase::Signing => SIGNING,
        Phase::Closed => CLOSED,
    }
}

/// The script of the present step.
#[component]
pub fn Script(
    /// The chair's statement.
    draft: Draft,
) -> impl IntoView {
    let now = current(room());
    let items = move || {
        lines(now.get())
            .iter()
            .map(|line| {
                let line = *line;
                let said = say(line);
                let take = move |_| {
                    let earlier = draft.text.get_untracked();
                    let more = said.get_untracked();
                    draft.set(if earlier.is_empty() { more } else { format!("{earlier}\n{more}") });
                };
                view! {
                    <li class="item">
                        <p>{said}</p>
                        <button type="button" class="button quiet" on:click=take>{say(TAKE)}</button>
                    </li>
                }
                .into_any()
            })
            .collect::<Vec<_>>()
    };
    view! {
        <ol class="script" data-testid="script">{items}</ol>
        <p class="muted small">{say(NOTE)}</p>
    }
    .into_any()
}
