//! The hearing record as a page: who was there, every line with its number and time, corrections with both versions,
//! signatures (Art. 18).

use maud::{Markup, html};
use procedure::{
    Hearing, Moment, Rulebook,
    hearing::{
        plan::{Openness, Registered},
        record::{Line, Signature},
        roll::{Entry, Standing},
    },
};

use super::page;
use crate::recording::Shelf;

/// The record as `view` shows it.
pub(super) fn page(view: &Hearing, rules: &Rulebook) -> String {
    let body = html! {
        h1 { "听证笔录" }
        @if let Some(face) = &view.plan.registered { (head(view, face, rules)) }
        h2 { "到席情况" }
        (roll(view, rules))
        h2 { "笔录" }
        ol.lines { @for line in &view.record.lines { (row(line, view, rules)) } }
        h2 { "证据材料" }
        (exhibits(view))
        @if !view.recording.parts.is_empty() {
            h2 { "录音录像" }
            (recordings(view, rules))
        }
        h2 { "核对签名" }
        (signatures(view, rules))
        p { "签名所确认的笔录摘要（SHA-256，自听证开始至主持人总结的各行）：" }
        p.digest { (view.record.digest()) }
    };
    page::frame("听证笔录", &body)
}

fn when(at: Moment, rules: &Rulebook) -> String {
    at.local(rules.utc_offset_minutes).zh()
}

fn clock(at: Moment, rules: &Rulebook) -> String {
    at.local(rules.utc_offset_minutes).clock()
}

fn head(view: &Hearing, face: &Registered, rules: &Rulebook) -> Markup {
    let openness = match face.hearing.openness {
        Openness::Public => "公开听证",
        Openness::Closed => "不公开听证",
    };
    let opened = view.phase.history.first().map_or_else(|| "未开始".into(), |began| when(began.at, rules));
    let closed = view.phase.history.last().map_or_else(|| "未结束".into(), |began| when(began.at, rules));
    html! {
        table {
            tr { th { "案号" } td { (face.number) } }
            tr { th { "案由" } td { (face.kind.words().0) "：" (face.cause) } }
            tr { th { "方式" } td { (openness) } }
            tr { th { "地点" } td { (face.hearing.place) } }
            tr { th { "时间" } td { (opened) " 至 " (closed) } }
            @for (number, issue) in (1..).zip(&view.plan.issues) {
                tr { th { "听证问题" (number) } td { (issue.text) } }
            }
        }
    }
}

fn roll(view: &Hearing, rules: &Rulebook) -> Markup {
    let never_came = Entry::default();
    html! {
        table {
            @for seat in view.plan.places.keys() {
                @let entry = view.roll.entries.get(seat).unwrap_or(&never_came);
                tr {
                    td { (view.plan.label(seat).zh) }
                    td { (standing(entry, rules)) }
                }
            }
        }
    }
}

fn standing(entry: &Entry, rules: &Rulebook) -> String {
    let reason = entry.reason.as_ref().map_or_else(String::new, |reason| format!("：{reason}"));
    let missed = if entry.missed_ms > 0 {
        format!("，网络中断共{}秒", (entry.missed_ms + 999) / 1000)
    } else {
        String::new()
    };
    match entry.standing {
        Standing::Expected => format!("未到席{reason}"),
        Standing::Waiting => "等候入席".into(),
        Standing::Present => format!("到席{missed}"),
        Standing::Left => format!("{}离席{missed}", clock(entry.since, rules)),
        Standing::Removed => format!("被责令退出{reason}"),
        Standing::Recused => "回避".into(),
    }
}

fn row(line: &Line, view: &Hearing, rules: &Rulebook) -> Markup {
    let speaker = line.speaker.as_ref().map(|seat| view.plan.label(seat).zh);
    html! {
        li id={ "line-" (line.number) } {
            span.n { (line.number) }
            time { (clock(line.at, rules)) }
            span {
                @if let Some(speaker) = speaker { strong { (speaker) "：" } }
                @for (earlier, by) in &line.earlier {
                    del { (earlier) } " "
                    small { "（经" (view.plan.label(by).zh) "申请更正）" } " "
                }
                @if line.earlier.is_empty() { (line.words(&view.plan).zh) } @else { ins { (line.words(&view.plan).zh) } }
            }
        }
    }
}

fn exhibits(view: &Hearing) -> Markup {
    html! {
        @if view.exhibit.laid.is_empty() { p { "无。" } } @else {
            table {
                @for laid in view.exhibit.laid.values() {
                    tr {
                        td { (laid.exhibit.number) }
                        td { "《" (laid.exhibit.title) "》" }
                        td { (view.plan.label(&laid.exhibit.by).zh) }
                        td {
                            @if let Some(reason) = &laid.excluded { "不予出示：" (reason) }
                            @for (by, reason) in &laid.objections { (view.plan.label(by).zh) "提出异议：" (reason) " " }
                        }
                    }
                }
            }
        }
    }
}

/// The files of the recordings; the hash of each of their segments stands in the entries.
fn recordings(view: &Hearing, rules: &Rulebook) -> Markup {
    html! {
        table {
            @for part in &view.recording.parts {
                tr {
                    td { (view.plan.label(&part.seat).zh) }
                    td { (Shelf::name(&part.seat, part.part)) }
                    td { (when(part.from, rules)) " 至 " (when(part.to, rules)) }
                    td { (part.segments) "段，" (part.bytes) "字节" }
                }
            }
        }
        p { "每段的散列值（SHA-256）载于卷宗条目，可用 fengqiao verify --recordings 核验。" }
    }
}

fn signatures(view: &Hearing, rules: &Rulebook) -> Markup {
    html! {
        table {
            @for (seat, signature) in &view.record.signatures {
                tr {
                    td { (view.plan.label(seat).zh) }
                    td {
                        @match signature {
                            Signature::Signed { at, .. } => { "已核对签名，" (when(*at, rules)) }
                            Signature::Refused { reason, at } => { "拒绝签名，" (when(*at, rules)) "，理由：" (reason) }
                        }
                    }
                }
            }
        }
    }
}
