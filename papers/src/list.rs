//! Which papers there are, whose they are, and what must have happened before each can be drawn up.

use procedure::{
    Capacity, Hearing, SeatId,
    disclosed::{Clearance, Reach, Viewer},
    hearing::{phase::Phase, roll::Standing},
};

/// A paper of a hearing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// 听证申请书: of one party, to be filled in by it (Art. 9).
    Application,
    /// 听证申请审查决定书: to one party whose application was granted (Art. 9).
    ApplicationDecision,
    /// 听证审批表 (Art. 4).
    ApprovalSheet,
    /// 听证方案 (Art. 10).
    HearingPlan,
    /// 听证公告 (Art. 10).
    PublicNotice,
    /// 听证通知书: to one who takes part (Art. 10).
    Notice,
    /// 听证员邀请函 (Art. 11).
    Invitation,
    /// 送达回证.
    ProofOfService,
    /// 听证主持词 (Arts. 14, 15).
    Script,
    /// 听证纪律 (Art. 14).
    Discipline,
    /// 听证笔录 (Art. 18).
    Record,
    /// 听证员意见表: of one panellist.
    OpinionSheet,
    /// 听证评议记录 (Art. 15, step 4).
    DeliberationRecord,
    /// 听证意见书 (Art. 16).
    OpinionPaper,
    /// 听证报告.
    Report,
    /// 不采纳听证员多数意见报告 (Art. 16).
    NonAdoptionReport,
    /// 听证结果告知书: to one panellist (Art. 17).
    Feedback,
    /// 和解协议书.
    SettlementAgreement,
    /// 息诉罢访承诺书: of one party.
    Undertaking,
    /// 证据材料目录.
    ExhibitList,
    /// 卷宗封面.
    Cover,
    /// 卷内文件目录.
    Contents,
}

/// To whom a paper is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// There is one of it.
    All,
    /// One to everybody who takes part but the office and the panel.
    EachParticipant,
    /// One to every panellist.
    EachPanellist,
    /// One to every party, not its agent.
    EachParty,
}

/// What must have happened first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The hearing is registered.
    Registration,
    /// The chief prosecutor has approved.
    Approval,
    /// The participants have been told.
    Notification,
    /// The hearing is public.
    Publicity,
    /// The public notice has been published.
    Publication,
    /// It has opened.
    Opening,
    /// The panel's opinion has been read out.
    Opinion,
    /// The decision has been announced.
    Decision,
    /// The opinion has been read out, or the decision announced without it.
    Outcome,
    /// The office does not follow the majority.
    NonAdoption,
    /// An agreement is effective.
    Agreement,
}

impl Lacking {
    /// What is to come first, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Registration => ("听证登记后制作", "once the hearing is registered"),
            Self::Approval => ("检察长批准后制作", "once the chief prosecutor has approved"),
            Self::Notification => ("告知参加人后可取", "once the participants have been told"),
            Self::Publicity => ("公开听证才有", "of public hearings only"),
            Self::Publication => ("公告后可取", "once it has been published"),
            Self::Opening => ("听证开始后制作", "once the hearing has opened"),
            Self::Opinion => ("宣读听证意见后制作", "once the panel's opinion has been read"),
            Self::Decision => ("宣布决定后制作", "once the decision is announced"),
            Self::Outcome => {
                ("宣读听证意见或者宣布决定后制作", "once the opinion has been read or the decision announced")
            }
            Self::NonAdoption => ("未采纳多数意见时制作", "where the majority is not followed"),
            Self::Agreement => ("和解协议生效后制作", "once an agreement is effective"),
        }
    }
}

impl Form {
    /// Every form, in the order of the volume.
    pub const ALL: [Self; 22] = [
        Self::Cover,
        Self::Contents,
        Self::Application,
        Self::ApplicationDecision,
        Self::ApprovalSheet,
        Self::HearingPlan,
        Self::PublicNotice,
        Self::Notice,
        Self::Invitation,
        Self::ProofOfService,
        Self::Script,
        Self::Discipline,
        Self::Record,
        Self::ExhibitList,
        Self::OpinionSheet,
        Self::DeliberationRecord,
        Self::OpinionPaper,
        Self::Report,
        Self::NonAdoptionReport,
        Self::Feedback,
        Self::SettlementAgreement,
        Self::Undertaking,
    ];

    /// Its name in addresses and of its file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::ApplicationDecision => "application-decision",
            Self::ApprovalSheet => "approval-sheet",
            Self::HearingPlan => "hearing-plan",
            Self::PublicNotice => "public-notice",
            Self::Notice => "notice",
            Self::Invitation => "invitation",
            Self::ProofOfService => "proof-of-delivery",
            Self::Script => "script",
            Self::Discipline => "discipline",
            Self::Record => "record",
            Self::OpinionSheet => "opinion-sheet",
            Self::DeliberationRecord => "deliberation-record",
            Self::OpinionPaper => "opinion-paper",
            Self::Report => "report",
            Self::NonAdoptionReport => "non-adoption-report",
            Self::Feedback => "feedback",
            Self::SettlementAgreement => "settlement-agreement",
            Self::Undertaking => "undertaking",
            Self::ExhibitList => "exhibit-list",
            Self::Cover => "cover",
            Self::Contents => "contents",
        }
    }

    /// The form of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// What it is called, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Application => ("听证申请书", "Application for a hearing"),
            Self::ApplicationDecision => ("听证申请审查决定书", "Decision on the application"),
            Self::ApprovalSheet => ("听证审批表", "Approval sheet"),
            Self::HearingPlan => ("听证方案", "Hearing plan"),
            Self::PublicNotice => ("听证公告", "Public notice"),
            Self::Notice => ("听证通知书", "Notice of hearing"),
            Self::Invitation => ("听证员邀请函", "Invitation to a panellist"),
            Self::ProofOfService => ("送达回证", "Proof of service"),
            Self::Script => ("听证主持词", "Chair's script"),
            Self::Discipline => ("听证纪律", "Discipline of the hearing"),
            Self::Record => ("听证笔录", "Hearing record"),
            Self::OpinionSheet => ("听证员意见表", "Opinion sheet"),
            Self::DeliberationRecord => ("听证评议记录", "Record of the deliberation"),
            Self::OpinionPaper => ("听证意见书", "Opinion of the panel"),
            Self::Report => ("听证报告", "Hearing report"),
            Self::NonAdoptionReport => ("不采纳听证员多数意见报告", "Report on not following the majority"),
            Self::Feedback => ("听证结果告知书", "Feedback to a panellist"),
            Self::SettlementAgreement => ("和解协议书", "Settlement agreement"),
            Self::Undertaking => ("息诉罢访承诺书", "Undertaking to end the petition"),
            Self::ExhibitList => ("证据材料目录", "List of exhibits"),
            Self::Cover => ("卷宗封面", "Cover of the volume"),
            Self::Contents => ("卷内文件目录", "Contents of the volume"),
        }
    }

    /// Whether a seat to which it is written has it: what came of the hearing is for those who took part in it and were
    /// neither recused nor removed. An invitation and a notice are had wherever one stands.
    #[must_use]
    pub fn is_due(self, hearing: &Hearing, to: &SeatId) -> bool {
        match self {
            Self::OpinionSheet | Self::Feedback | Self::Undertaking => {
                let out = matches!(hearing.roll.standing(to), Standing::Removed | Standing::Recused);
                hearing.roll.took_part(to) && !out
            }
            Self::Application
            | Self::ApplicationDecision
            | Self::ApprovalSheet
            | Self::HearingPlan
            | Self::PublicNotice
            | Self::Notice
            | Self::Invitation
            | Self::ProofOfService
            | Self::Script
            | Self::Discipline
            | Self::Record
            | Self::DeliberationRecord
            | Self::OpinionPaper
            | Self::Report
            | Self::NonAdoptionReport
            | Self::SettlementAgreement
            | Self::ExhibitList
            | Self::Cover
            | Self::Contents => true,
        }
    }

    /// Its wording where a site has none of its own.
    pub(crate) const fn wording(self) -> &'static str {
        match self {
            Self::Application => include_str!("../forms/application.md"),
            Self::ApplicationDecision => include_str!("../forms/application-decision.md"),
            Self::ApprovalSheet => include_str!("../forms/approval-sheet.md"),
            Self::HearingPlan => include_str!("../forms/hearing-plan.md"),
            Self::PublicNotice => include_str!("../forms/public-notice.md"),
            Self::Notice => include_str!("../forms/notice.md"),
            Self::Invitation => include_str!("../forms/invitation.md"),
            Self::ProofOfService => include_str!("../forms/proof-of-delivery.md"),
            Self::Script => include_str!("../forms/script.md"),
            Self::Discipline => include_str!("../forms/discipline.md"),
            Self::Record => include_str!("../forms/record.md"),
            Self::OpinionSheet => include_str!("../forms/opinion-sheet.md"),
            Self::DeliberationRecord => include_str!("../forms/deliberation-record.md"),
            Self::OpinionPaper => include_str!("../forms/opinion-paper.md"),
            Self::Report => include_str!("../forms/report.md"),
            Self::NonAdoptionReport => include_str!("../forms/non-adoption-report.md"),
            Self::Feedback => include_str!("../forms/feedback.md"),
            Self::SettlementAgreement => include_str!("../forms/settlement-agreement.md"),
            Self::Undertaking => include_str!("../forms/undertaking.md"),
            Self::ExhibitList => include_str!("../forms/exhibit-list.md"),
            Self::Cover => include_str!("../forms/cover.md"),
            Self::Contents => include_str!("../forms/contents.md"),
        }
    }

    /// Whether it goes out under the name of the office in red.
    #[must_use]
    pub const fn has_letterhead(self) -> bool {
        matches!(
            self,
            Self::ApplicationDecision | Self::PublicNotice | Self::Notice | Self::Invitation | Self::Feedback
        )
    }

    /// Whether the office puts its seal to it. What others sign, and what they agree on among themselves, it does not.
    #[must_use]
    pub const fn is_sealed(self) -> bool {
        self.has_letterhead() || matches!(self, Self::ProofOfService)
    }

    /// Whether every page of it is signed.
    #[must_use]
    pub const fn is_signed_by_page(self) -> bool {
        matches!(self, Self::Record | Self::DeliberationRecord)
    }

    /// To whom it is written.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::Notice | Self::ProofOfService => Audience::EachParticipant,
            Self::Invitation | Self::OpinionSheet | Self::Feedback => Audience::EachPanellist,
            Self::Application | Self::ApplicationDecision | Self::Undertaking => Audience::EachParty,
            Self::ApprovalSheet
            | Self::HearingPlan
            | Self::PublicNotice
            | Self::Script
            | Self::Discipline
            | Self::Record
            | Self::DeliberationRecord
            | Self::OpinionPaper
            | Self::Report
            | Self::NonAdoptionReport
            | Self::SettlementAgreement
            | Self::ExhibitList
            | Self::Cover
            | Self::Contents => Audience::All,
        }
    }

    /// Whether a seat is one to which it is written.
    #[must_use]
    pub const fn is_for(self, capacity: Capacity) -> bool {
        match self.audience() {
            Audience::All => false,
            Audience::EachParticipant => {
                !capacity.is_office() && !matches!(capacity, Capacity::Panellist | Capacity::Observer)
            }
            Audience::EachPanellist => matches!(capacity, Capacity::Panellist),
            // Only whoever petitioned can promise to petition no more.
            Audience::EachParty if matches!(self, Self::Undertaking) => {
                matches!(capacity, Capacity::Applicant)
            }
            Audience::EachParty => {
                matches!(capacity, Capacity::Applicant | Capacity::Respondent | Capacity::ThirdParty)
            }
        }
    }

    /// Who may have it; `to` is whom it is written to.
    #[must_use]
    pub fn reach(self, to: Option<&SeatId>) -> Reach {
        let written_to = || to.map_or(Reach::Office, |to| Reach::OfficeAnd(to.clone()));
        match self {
            // Handed out by the office, where there was an application.
            Self::ApplicationDecision
            | Self::ApprovalSheet
            | Self::HearingPlan
            | Self::Script
            | Self::Report
            | Self::NonAdoptionReport
            | Self::Cover
            | Self::Contents => Reach::Office,
            Self::Application
            | Self::Notice
            | Self::Invitation
            | Self::ProofOfService
            | Self::OpinionSheet
            | Self::Feedback
            | Self::Undertaking => written_to(),
            Self::PublicNotice | Self::Discipline => Reach::Door,
            Self::Record | Self::SettlementAgreement | Self::ExhibitList => Reach::Participants,
            Self::DeliberationRecord | Self::OpinionPaper => Reach::PanelAndOffice,
        }
    }

    /// As whose eyes see the hearing it is drawn up: of whom it is written for, whoever prints it. A notice tells what the
    /// rules have told its addressee (Art. 10), the record what those who take part may know, the notice on the board what
    /// the public may. What is the panel's and the office's is drawn up as whoever `asks` sees it.
    #[must_use]
    pub fn reader(self, to: Option<&SeatId>, asks: &Viewer) -> Viewer {
        let seen = |clearance| Viewer { seat: to.cloned(), clearance };
        match self {
            Self::PublicNotice | Self::Discipline => seen(Clearance::Gallery),
            Self::Application
            | Self::ApplicationDecision
            | Self::Notice
            | Self::ProofOfService
            | Self::Undertaking
            | Self::Record
            | Self::SettlementAgreement
            | Self::ExhibitList => seen(Clearance::Participant),
            Self::Invitation | Self::OpinionSheet | Self::Feedback => seen(Clearance::Panel),
            Self::ApprovalSheet
            | Self::HearingPlan
            | Self::Script
            | Self::Report
            | Self::NonAdoptionReport
            | Self::Cover
            | Self::Contents
            | Self::DeliberationRecord
            | Self::OpinionPaper => asks.clone(),
        }
    }

    /// What is still lacking before `asks` can have it.
    #[must_use]
    pub fn lacks(self, hearing: &Hearing, asks: &Viewer) -> Option<Lacking> {
        let wants = |has: bool, lacking| if has { None } else { Some(lacking) };
        let plan = &hearing.plan;
        if plan.registered.is_none() {
            return Some(Lacking::Registration);
        }
        let opened = hearing.phase.current > Phase::Waiting;
        let spoken = hearing.opinion.delivered.is_some();
        match self {
            Self::Application
            | Self::ApprovalSheet
            | Self::HearingPlan
            | Self::Script
            | Self::Discipline
            | Self::Cover => None,
            Self::PublicNotice if !plan.is_public() => Some(Lacking::Publicity),
            Self::PublicNotice if asks.clearance == Clearance::Office => {
                wants(plan.approved.is_some(), Lacking::Approval)
            }
            Self::PublicNotice => wants(plan.published.is_some(), Lacking::Publication),
            Self::ApplicationDecision => wants(plan.approved.is_some(), Lacking::Approval),
            Self::Notice | Self::Invitation | Self::ProofOfService if asks.clearance == Clearance::Office => {
                wants(plan.approved.is_some(), Lacking::Approval)
            }
            // Whom it is written to reads it when it has been told.
            Self::Notice | Self::Invitation | Self::ProofOfService => {
                wants(plan.notified.is_some(), Lacking::Notification)
            }
            Self::Record | Self::ExhibitList | Self::Contents => wants(opened, Lacking::Opening),
            Self::DeliberationRecord | Self::OpinionPaper => wants(spoken, Lacking::Opinion),
            // The reading can be left out (Art. 15, step 5); then each of the panel has its own sheet, and nobody another's.
            Self::OpinionSheet if asks.clearance == Clearance::Office => wants(spoken, Lacking::Opinion),
            Self::OpinionSheet | Self::Report => {
                wants(spoken || hearing.decision.announced.is_some(), Lacking::Outcome)
            }
            Self::NonAdoptionReport => {
                let differs =
                    hearing.decision.consent.is_some() || hearing.decision.adopts_majority == Some(false);
                wants(differs, Lacking::NonAdoption)
            }
            Self::Feedback => wants(hearing.decision.announced.is_some(), Lacking::Decision),
            // Nobody accepts a result that there is not yet.
            Self::Undertaking => wants(hearing.decision.is_final(), Lacking::Decision),
            Self::SettlementAgreement => wants(!hearing.settlement.agreements.is_empty(), Lacking::Agreement),
        }
    }
}
