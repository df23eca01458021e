//! Who sits where: seats, capacities, sides, the offices of the staff, and the author of an act.

use core::fmt;

use alloc::string::String;
use serde::{Deserialize, Serialize};

/// The name of a seat within one hearing, such as `p1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeatId(pub String);

impl From<&str> for SeatId {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for SeatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of something made in a hearing: the id of the command that made it, chosen by its author, so that a
/// command sent twice makes one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(pub String);

impl From<&str> for Id {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody is in the hearing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// 主持人: presides (Art. 13).
    Chair,
    /// 承办检察官: presents the case (Art. 15, step 1).
    Handler,
    /// 书记员: keeps the record (Art. 18).
    Clerk,
    /// 听证员: asks, deliberates and advises (Art. 7).
    Panellist,
    /// 申请人.
    Applicant,
    /// 被申请人.
    Respondent,
    /// 第三人.
    ThirdParty,
    /// 代理人、辩护人: speaks for a party.
    Agent,
    /// 证人.
    Witness,
    /// 鉴定人.
    Expert,
    /// 办案人员: an officer of the case.
    Officer,
    /// 翻译人员.
    Interpreter,
    /// 人民监督员.
    PeoplesSupervisor,
    /// 旁听人员.
    Observer,
}

impl Capacity {
    /// Every capacity, in the order of the bench.
    pub const ALL: [Self; 14] = [
        Self::Chair,
        Self::Handler,
        Self::Clerk,
        Self::Panellist,
        Self::Applicant,
        Self::Respondent,
        Self::ThirdParty,
        Self::Agent,
        Self::Witness,
        Self::Expert,
        Self::Officer,
        Self::Interpreter,
        Self::PeoplesSupervisor,
        Self::Observer,
    ];

    /// The word of the rules, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Chair => ("主持人", "Chair"),
            Self::Handler => ("承办检察官", "Handling prosecutor"),
            Self::Clerk => ("书记员", "Clerk"),
            Self::Panellist => ("听证员", "Panellist"),
            Self::Applicant => ("申请人", "Applicant"),
            Self::Respondent => ("被申请人", "Respondent"),
            Self::ThirdParty => ("第三人", "Third party"),
            Self::Agent => ("代理人", "Agent"),
            Self::Witness => ("证人", "Witness"),
            Self::Expert => ("鉴定人", "Expert"),
            Self::Officer => ("办案人员", "Case officer"),
            Self::Interpreter => ("翻译人员", "Interpreter"),
            Self::PeoplesSupervisor => ("人民监督员", "People's supervisor"),
            Self::Observer => ("旁听人员", "Observer"),
        }
    }

    /// The staff of the hearing: chair, handling prosecutor, clerk.
    #[must_use]
    pub const fn is_office(self) -> bool {
        matches!(self, Self::Chair | Self::Handler | Self::Clerk)
    }

    /// Applicant, respondent, third party, or the agent of one of them.
    #[must_use]
    pub const fn is_party(self) -> bool {
        matches!(self, Self::Applicant | Self::Respondent | Self::ThirdParty | Self::Agent)
    }

    /// Those whose names stand in the public notice.
    #[must_use]
    pub const fn is_named_in_public(self) -> bool {
        self.is_office() || matches!(self, Self::Panellist)
    }

    /// Those whose face and voice can be kept from the others: who gives evidence, and the parties themselves (Criminal
    /// Procedure Law, Art. 64).
    #[must_use]
    pub const fn can_be_shielded(self) -> bool {
        match self {
            Self::Witness | Self::Expert | Self::Applicant | Self::Respondent | Self::ThirdParty => true,
            Self::Chair
            | Self::Handler
            | Self::Clerk
            | Self::Panellist
            | Self::Agent
            | Self::Officer
            | Self::Interpreter
            | Self::PeoplesSupervisor
            | Self::Observer => false,
        }
    }

    /// Those who sign the record: everyone who took part, not those who only watched (Art. 18).
    #[must_use]
    pub const fn signs(self) -> bool {
        !matches!(self, Self::PeoplesSupervisor | Self::Observer)
    }
}

/// One side of the dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// 申请人一方.
    Applicant,
    /// 被申请人一方.
    Respondent,
}

impl Side {
    /// Both sides.
    pub const ALL: [Self; 2] = [Self::Applicant, Self::Respondent];

    /// The words of the rules, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Applicant => ("申请人一方", "the applicant's side"),
            Self::Respondent => ("被申请人一方", "the respondent's side"),
        }
    }
}

/// A post in the office, for acts outside the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Office {
    /// 检察长: approves hearings and non-adoption.
    ChiefProsecutor,
    /// 院领导.
    Leader,
    /// 部门负责人.
    DepartmentHead,
    /// 承办检察官: prepares the hearing.
    Handler,
    /// 书记员.
    Clerk,
    /// 案管: keeps the panellist pool and draws from it.
    CaseManagement,
    /// 控申、来信办理.
    Petition,
    /// 系统管理: accounts, no case content.
    Administrator,
}

impl Office {
    /// Every post, in the order of rank.
    pub const ALL: [Self; 8] = [
        Self::ChiefProsecutor,
        Self::Leader,
        Self::DepartmentHead,
        Self::Handler,
        Self::Clerk,
        Self::CaseManagement,
        Self::Petition,
        Self::Administrator,
    ];

    /// The words of the office, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ChiefProsecutor => ("检察长", "Chief prosecutor"),
            Self::Leader => ("院领导", "Leader of the office"),
            Self::DepartmentHead => ("部门负责人", "Department head"),
            Self::Handler => ("承办检察官", "Handling prosecutor"),
            Self::Clerk => ("书记员", "Clerk"),
            Self::CaseManagement => ("案件管理", "Case management"),
            Self::Petition => ("控告申诉", "Petitions"),
            Self::Administrator => ("系统管理员", "Administrator"),
        }
    }

    /// Whether this post prepares hearings: registers, seats, notifies, publishes.
    #[must_use]
    pub const fn prepares(self) -> bool {
        matches!(
            self,
            Self::ChiefProsecutor | Self::Leader | Self::DepartmentHead | Self::Handler | Self::Clerk
        )
    }

    /// Whether this post looks into the file of a hearing, draws from the pool and seats whom it drew.
    #[must_use]
    pub const fn draws(self) -> bool {
        self.prepares() || matches!(self, Self::CaseManagement)
    }

    /// Whether this post looks at the lists of cases and hearings.
    #[must_use]
    pub const fn reads_lists(self) -> bool {
        self.draws() || matches!(self, Self::Petition)
    }

    /// Whether this post enters cases.
    #[must_use]
    pub const fn enters_cases(self) -> bool {
        self.prepares() || matches!(self, Self::Petition)
    }

    /// Whether this post keeps the pool of panellists.
    #[must_use]
    pub const fn keeps_pool(self) -> bool {
        matches!(self, Self::CaseManagement)
    }

    /// Whether this post rules from outside the room where the chair may not: recusals, consent, a deputy.
    #[must_use]
    pub const fn rules(self) -> bool {
        matches!(self, Self::ChiefProsecutor | Self::Leader)
    }

    /// Whether this post approves how long a file is kept, and what of it is made public.
    #[must_use]
    pub const fn approves_archive(self) -> bool {
        self.rules()
    }

    /// Whether this post looks at who has read what in the archive.
    #[must_use]
    pub const fn supervises_archive(self) -> bool {
        self.rules() || matches!(self, Self::CaseManagement)
    }

    /// Whether this post keeps the accounts.
    #[must_use]
    pub const fn keeps_accounts(self) -> bool {
        matches!(self, Self::Administrator)
    }
}

/// Who acts. Known from the connection, never taken from a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Somebody in a seat of the hearing.
    Seat(SeatId),
    /// A member of the staff, by post.
    Office(Office),
    /// The server itself: an alarm rang, a connection was lost.
    Clock,
}
