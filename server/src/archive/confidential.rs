//! The confidential volume as a page: proposals, notices, opinion sheets and their count, questions that were not put,
//! the answer to the panel's opinion (Arts. 16, 17).

use maud::{Markup, html};
use procedure::{
    Hearing, Rulebook,
    hearing::{
        opinion::{Position, Sheets, Tally},
        question::State,
    },
};

use super::page;

/// The confidential volume as the office sees it.
pub(super) fn page(view: &Hearing, rules: &Rulebook) -> String {
    let body = html! {
        h1 { "听证副卷" }
        @if let Some(face) = &view.plan.registered { p { "案号：" (face.number) } }
        h2 { "审批与告知" }
        (approval(view, rules))
        h2 { "听证员意见表" }
        @for (number, issue) in (1..).zip(&view.plan.issues) {
            h3 { "问题" (number) "：" (issue.text) }
            @if let Some(proposal) = view.plan.proposed.get(&issue.id) { p { "拟处理意见：" (proposal) } }
            @if let Some(sheets) = view.opinion.released.get(&issue.id) { (opinion_sheets(view, sheets, rules)) }
        }
        h2 { "未予提出的问题" }
        (unput_questions(view))
        h2 { "对听证意见的处理" }
        (answer(view))
    };
    page::frame("听证副卷", &body)
}

fn approval(view: &Hearing, rules: &Rulebook) -> Markup {
    let when = |at: Option<procedure::Moment>| {
        at.map_or_else(|| "无".into(), |at| at.local(rules.utc_offset_minutes).zh())
    };
    html! {
        table {
            tr { th { "检察长批准" } td { (when(view.plan.approved)) } }
            @if !view.plan.approval_note.is_empty() { tr { th { "批准意见" } td { (view.plan.approval_note) } } }
            tr { th { "告知参加人" } td { (when(view.plan.notified)) } }
            @if let Some(reason) = &view.plan.short_notice { tr { th { "告知时间不足的理由" } td { (reason) } } }
            tr { th { "发布公告" } td { (when(view.plan.published)) } }
            @for draw in &view.plan.draws {
                tr {
                    th { "听证员产生方式" }
                    td {
                        @if let Some(seed) = &draw.seed { "随机抽取，种子" (seed) } @else { "直接确定" }
                        "；名册" (draw.size) "人；结果：" (draw.drawn.join("、"))
                        @if let Some(reason) = &draw.reason { "；理由：" (reason) }
                    }
                }
            }
        }
    }
}

fn opinion_sheets(view: &Hearing, sheets: &Sheets, rules: &Rulebook) -> Markup {
    let tally = Tally::of(sheets, rules.majority);
    html! {
        table {
            @for (seat, sheet) in sheets {
                tr {
                    td { (view.plan.label(seat).zh) }
                    td { (sheet.position.words().0) }
                    td { (sheet.reason) }
                }
            }
        }
        p {
            "计票："
            @for position in Position::ALL {
                (position.words().0) (tally.counts.get(&position).copied().unwrap_or(0)) "人 "
            }
            @match tally.majority {
                Some(majority) => { "；多数意见：" (majority.words().0) }
                None => { "；没有形成多数意见" }
            }
        }
    }
}

fn unput_questions(view: &Hearing) -> Markup {
    let unput: Vec<_> = view.question.asked.values().filter(|question| question.number.is_none()).collect();
    html! {
        @if unput.is_empty() { p { "无。" } }
        @for question in unput {
            p {
                (view.plan.label(&question.by).zh) "问" (view.plan.label(&question.to).zh) "：" (question.text)
                @if let State::Disallowed(reason) = &question.state { "（主持人不予准许：" (reason) "）" }
            }
        }
    }
}

fn answer(view: &Hearing) -> Markup {
    html! {
        @match view.decision.adopts_majority {
            Some(true) => { p { "采纳听证员多数意见。" } }
            Some(false) => { p { "未采纳听证员多数意见，或者没有形成多数意见。" } }
            None => { p { "尚未作出。" } }
        }
        @if let Some(reason) = &view.decision.consent { p { "检察长同意不采纳多数意见，理由：" (reason) } }
    }
}
