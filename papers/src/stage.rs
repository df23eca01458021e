//! When in the course of a hearing a paper is wanted: so that a long list can be looked through by whoever knows where the
//! hearing stands.

use crate::Form;

/// A part of the list of papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// 听证前: application, approval, plan, notices.
    Before,
    /// 听证中: what is read, said and shown in the room.
    At,
    /// 听证后: opinion, report, what came of it.
    After,
    /// 卷宗: what holds the volume together.
    Volume,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 4] = [Self::Before, Self::At, Self::After, Self::Volume];

    /// Its name in answers of the server and in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::At => "at",
            Self::After => "after",
            Self::Volume => "volume",
        }
    }
}

impl Form {
    /// When it is wanted.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::Application
            | Self::ApplicationDecision
            | Self::ApprovalSheet
            | Self::HearingPlan
            | Self::PublicNotice
            | Self::Notice
            | Self::Invitation
            | Self::ProofOfService => Stage::Before,
            Self::Script | Self::Discipline | Self::Record | Self::ExhibitList | Self::OpinionSheet => {
                Stage::At
            }
            Self::DeliberationRecord
            | Self::OpinionPaper
            | Self::Report
            | Self::NonAdoptionReport
            | Self::Feedback
            | Self::SettlementAgreement
            | Self::Undertaking => Stage::After,
            Self::Cover | Self::Contents => Stage::Volume,
        }
    }
}
