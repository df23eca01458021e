//! The number of a paper: the word of the office, the number of the case, which hearing of the case it is where there were
//! others before, what the paper is, and the seat of whom it is written to.
//!
//! ```text
//! 豫检民监〔2026〕17号·通知a1号                          the first hearing of a case
//! 豫检民监〔2026〕17号·听证2·通知a1号                 the second
//! 某检听·豫检民监〔2026〕17号·听证2·通知a1号          of an office with a word of its own (发文机关代字)
//! ```
//!
//! What is numbered once keeps its number: a later hearing of the case names itself and leaves the papers of the first
//! alone, and whoever is invited later changes nobody's.

use procedure::{SeatId, hearing::plan::Plan};

use crate::Form;

/// What the numbers of a hearing's papers say beside the number of its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series<'a> {
    /// The word of the office that stands before the number of what goes out under its name; empty where it has none.
    pub word: &'a str,
    /// Which of the hearings of the case it is, in the order in which they were registered: 1 is the first.
    pub nth: u32,
}

impl Form {
    /// The word in its number, between that of the case and which one it is.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::PublicNotice => "公告",
            Self::Notice => "通知",
            Self::Invitation => "邀请",
            Self::ProofOfService => "送达",
            Self::Feedback => "告知",
            Self::ApplicationDecision => "决定",
            Self::ApprovalSheet => "审批",
            Self::HearingPlan => "方案",
            Self::OpinionPaper => "意见",
            Self::Report => "报告",
            Self::NonAdoptionReport => "不采纳",
            Self::SettlementAgreement => "和解",
            Self::Application
            | Self::Script
            | Self::Discipline
            | Self::Record
            | Self::OpinionSheet
            | Self::DeliberationRecord
            | Self::Undertaking
            | Self::ExhibitList
            | Self::Cover
            | Self::Contents => "",
        }
    }

    /// Its number, so that it stays what it was whoever is invited later; empty where it has none.
    #[must_use]
    pub fn number(self, plan: &Plan, to: Option<&SeatId>, series: Series<'_>) -> String {
        let Some(face) = plan.registered.as_ref().filter(|_| !self.mark().is_empty()) else {
            return String::new();
        };
        let mut number = String::new();
        if self.has_letterhead() && !series.word.is_empty() {
            number = format!("{}·", series.word);
        }
        number.push_str(&face.number);
        if series.nth > 1 {
            number.push_str(&format!("·听证{}", series.nth));
        }
        let which = to.map_or_else(|| "1".to_string(), ToString::to_string);
        format!("{number}·{}{which}号", self.mark())
    }
}
