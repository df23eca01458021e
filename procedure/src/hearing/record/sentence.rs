//! How a line of the record reads, in both languages: the same words on every screen and in the case file.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Line, Said};
use crate::{
    hearing::{
        decision::When,
        motion::Kind,
        phase::{BreakKind, Phase},
        plan::Plan,
        settlement::{self, Term},
    },
    seat::{Office, SeatId},
};

/// A line as it reads: in Chinese and in English. What people said is in their own words in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Words {
    fn of(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

impl Plan {
    /// What a seat is called where its name may be known: `陈某某（申请人）`; else its capacity alone: `申请人`.
    #[must_use]
    pub fn label(&self, seat: &SeatId) -> Words {
        let capacity = self.capacity(seat).map(crate::seat::Capacity::words);
        match (self.names.get(seat), capacity) {
            (Some(name), Some((zh, en))) => {
                Words::of(format!("{}（{zh}）", name.name), format!("{} ({en})", name.name))
            }
            (Some(name), None) => Words::of(name.name.clone(), name.name.clone()),
            (None, Some((zh, en))) => Words::of(zh, en),
            (None, None) => Words::of(seat.to_string(), seat.to_string()),
        }
    }
}

impl Line {
    /// How the line reads after the name of its speaker.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table: one sentence for each kind of line")]
    pub fn words(&self, plan: &Plan) -> Words {
        match &self.said {
            Said::Statement(text) | Said::Note(text) => Words::of(text.clone(), text.clone()),
            Said::Question { number, to, text } => {
                let to = plan.label(to);
                Words::of(
                    format!("（第{number}问，问{}）{text}", to.zh),
                    format!("(question {number}, to {}) {text}", to.en),
                )
            }
            Said::Answer { number, text } => Words::of(
                format!("（答第{number}问）{text}"),
                format!("(answer to question {number}) {text}"),
            ),
            Said::Opinion(text) => {
                Words::of(format!("（宣读听证意见）{text}"), format!("(reads the panel's opinion) {text}"))
            }
            Said::Motion { kind, whom, text } => motion(plan, *kind, whom.as_ref(), text),
            Said::Ruling { kind, granted, text, by } => ruling(*kind, *granted, text, *by),
            Said::Decision { when, text, reasons } => decision(*when, text, reasons),
            Said::Exhibit { number, title, page } => Words::of(
                format!("〔出示证据{number}〕《{title}》第{page}页"),
                format!("[exhibit {number} shown] {title}, page {page}"),
            ),
            Said::Excluded { number, title, text } => Words::of(
                format!("〔证据{number}《{title}》不予出示〕{text}"),
                format!("[exhibit {number}, {title}, excluded] {text}"),
            ),
            Said::Lapsed { number } => Words::of(
                format!("〔第{number}问未作回答〕"),
                format!("[question {number} was not answered]"),
            ),
            Said::Step { to, waived } => step(*to, waived.as_deref()),
            Said::Interrupted { kind, reason } => interrupted(*kind, reason.as_deref()),
            Said::Opened => Words::of(
                "〔听证开始：已核对到席人员，宣布听证程序、纪律和权利义务，询问是否申请回避〕",
                "[the hearing opens: presence checked, procedure, discipline and rights told, recusal asked]",
            ),
            Said::Resumed => Words::of("〔听证继续〕", "[the hearing goes on]"),
            Said::CameIn => Words::of("〔入席〕", "[comes in]"),
            Said::LeftRoom => Words::of("〔离席〕", "[leaves]"),
            Said::SentOut(reason) => {
                Words::of(format!("〔被责令退出听证：{reason}〕"), format!("[is sent out: {reason}]"))
            }
            Said::Absent(reason) => {
                Words::of(format!("〔未到席：{reason}〕"), format!("[is absent: {reason}]"))
            }
            Said::Recused => Words::of("〔回避，不再参加听证〕", "[is recused and takes no further part]"),
            Said::Gap { .. } => Words::of("〔网络中断〕", "[connection lost]"),
            Said::GapOver { away_ms } => {
                let seconds = away_ms.saturating_add(999) / 1000;
                Words::of(
                    format!("〔网络恢复，中断{seconds}秒〕"),
                    format!("[connection restored after {seconds} s]"),
                )
            }
            Said::VideoGap { .. } => Words::of("〔视频连线中断〕", "[video link lost]"),
            Said::VideoGapOver { away_ms } => {
                let seconds = away_ms.saturating_add(999) / 1000;
                Words::of(
                    format!("〔视频连线恢复，中断{seconds}秒〕"),
                    format!("[video link restored after {seconds} s]"),
                )
            }
            Said::DeputyPresides => Words::of("〔代为主持〕", "[presides as deputy]"),
            Said::ChairPresides => Words::of("〔主持人恢复主持〕", "[the chair presides again]"),
            Said::Shielded { voice: false } => Words::of(
                "〔经主持人决定，不露面参加听证〕",
                "[takes part without being seen, as the chair decides]",
            ),
            Said::Shielded { voice: true } => Words::of(
                "〔经主持人决定，不暴露外貌、真实声音参加听证〕",
                "[takes part without being seen and with another voice, as the chair decides]",
            ),
            Said::Unshielded => Words::of(
                "〔解除保护，照常参加听证〕",
                "[is protected no more, and takes part as the others do]",
            ),
            Said::GalleryCutOff => Words::of(
                "〔主持人切断旁听席的声音和画面〕",
                "[the chair cuts sound and picture off from the gallery]",
            ),
            Said::GalleryRestored => {
                Words::of("〔旁听席的声音和画面恢复〕", "[sound and picture of the gallery are restored]")
            }
            Said::Remote { given: true } => Words::of("〔同意远程听证〕", "[agrees to a remote hearing]"),
            Said::Remote { given: false } => Words::of("〔不同意远程听证〕", "[refuses a remote hearing]"),
            Said::MediationOpened => Words::of(
                "〔经双方当事人同意，开始调解；调解过程不公开，不记入笔录〕",
                "[with the consent of both sides mediation begins; it is not public and not part of the record]",
            ),
            Said::MediationEnded { outcome } => {
                let (zh, en) = outcome.words();
                Words::of(format!("〔调解结束：{zh}〕"), format!("[mediation ends: {en}]"))
            }
            Said::Agreement { between, terms, .. } => agreement(plan, between, terms),
        }
    }
}

fn motion(plan: &Plan, kind: Kind, whom: Option<&SeatId>, text: &str) -> Words {
    let (zh, en) = kind.words();
    let label = whom.map(|seat| plan.label(seat));
    let (of_zh, of_en) = label.map_or((String::new(), String::new()), |whom| {
        (format!("：{}", whom.zh), format!(" of {}", whom.en))
    });
    Words::of(format!("（{zh}{of_zh}）{text}"), format!("({en}{of_en}) {text}"))
}

fn ruling(kind: Kind, granted: bool, text: &str, by: Option<Office>) -> Words {
    let (zh, en) = kind.words();
    let (said_zh, said_en) = match (granted, kind) {
        (true, Kind::CloseDoors) => ("准许，以下不公开，旁听人员退席", "granted; the gallery withdraws"),
        (true, _) => ("准许", "granted"),
        (false, _) => ("不予准许", "denied"),
    };
    // A leader of the office enters what the procuratorial committee decided.
    let (by_zh, by_en) = match by {
        None => ("主持人", "the chair"),
        Some(Office::Leader) => ("检察委员会", "the procuratorial committee"),
        Some(_) => ("检察长", "the chief prosecutor"),
    };
    Words::of(
        format!("〔{by_zh}决定：{zh}，{said_zh}〕{text}"),
        format!("[{by_en} rules: {en}, {said_en}] {text}"),
    )
}

fn agreement(plan: &Plan, between: &BTreeSet<SeatId>, terms: &[Term]) -> Words {
    let (zh, en): (Vec<_>, Vec<_>) =
        between.iter().map(|seat| plan.label(seat)).map(|label| (label.zh, label.en)).unzip();
    let (zh, en) = (zh.join("、"), en.join(", "));
    let head = Words::of(
        format!("〔和解协议经{zh}签名，已经生效"),
        format!("[agreement, signed by {en}, is effective"),
    );
    if terms.is_empty() {
        return Words::of(head.zh + "；内容不公开〕", head.en + "; what it says is not public]");
    }
    let told = settlement::told(terms);
    Words::of(
        format!("{}〕{}", head.zh, ended(&told.zh, '。')),
        format!("{}] {}", head.en, ended(&told.en, '.')),
    )
}

/// A sentence that ends, whoever wrote it.
fn ended(text: &str, stop: char) -> String {
    let ends = text.trim_end().ends_with(['。', '！', '？', '；', '.', '!', '?', ';', '…', '”', '』', '」']);
    if ends || text.is_empty() { text.into() } else { format!("{text}{stop}") }
}

fn decision(when: When, text: &str, reasons: &str) -> Words {
    let (zh, en) = match when {
        When::Now => ("当场宣布决定", "decision announced"),
        When::Later => ("另行作出决定", "decision to follow"),
    };
    let because = |word: &str| if reasons.is_empty() { String::new() } else { format!("{word}{reasons}") };
    Words::of(
        format!("〔{zh}〕{}{}", ended(text, '。'), because("理由：")),
        format!("[{en}] {} {}", ended(text, '.'), because("Reasons: ")),
    )
}

fn step(to: Phase, waived: Option<&str>) -> Words {
    let (zh, en) = to.words();
    let (given_zh, given_en) = match to {
        Phase::Signing => (
            "：笔录交到席人员阅读核对，有遗漏或者差错的可以申请更正",
            ": the record is given to all to read and to correct",
        ),
        _ => ("", ""),
    };
    let because =
        |word: &str, end: &str| waived.map_or(String::new(), |reason| format!("{word}{reason}{end}"));
    Words::of(
        format!("〔进入{zh}{given_zh}{}〕", because("；说明：", "")),
        format!("[{en} begins{given_en}{}]", because("; reason: ", "")),
    )
}

fn interrupted(kind: BreakKind, reason: Option<&str>) -> Words {
    let (zh, en) = match kind {
        BreakKind::Recess => ("休会", "recess"),
        BreakKind::Suspended => ("听证中止", "the hearing is suspended"),
        BreakKind::ChairAbsent => {
            ("主持人不在席，听证自动暂停", "the chair is away; the hearing pauses by itself")
        }
    };
    let because = |word: &str| reason.map_or(String::new(), |reason| format!("{word}{reason}"));
    Words::of(format!("〔{zh}{}〕", because("：")), format!("[{en}{}]", because(": ")))
}
