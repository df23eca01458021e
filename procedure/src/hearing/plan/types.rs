//! What a hearing plan is made of: kinds of case, modes, openness, seats and the draw of the panel.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use crate::seat::{Capacity, SeatId, Side};

/// Kind of the case (Art. 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 刑事申诉.
    CriminalAppeal,
    /// 民事监督.
    CivilSupervision,
    /// 行政监督.
    AdministrativeSupervision,
    /// 公益诉讼.
    PublicInterest,
    /// 拟不起诉.
    NonProsecution,
    /// 羁押必要性审查.
    CustodyNecessity,
    /// 审查逮捕.
    ArrestReview,
    /// 控告.
    Complaint,
    /// 国家赔偿.
    StateCompensation,
}

impl Kind {
    /// Every kind, in the order of Art. 4.
    pub const ALL: [Self; 9] = [
        Self::CriminalAppeal,
        Self::CivilSupervision,
        Self::AdministrativeSupervision,
        Self::PublicInterest,
        Self::NonProsecution,
        Self::CustodyNecessity,
        Self::ArrestReview,
        Self::Complaint,
        Self::StateCompensation,
    ];

    /// The words of the rules, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::CriminalAppeal => ("刑事申诉", "Criminal appeal"),
            Self::CivilSupervision => ("民事诉讼监督", "Civil supervision"),
            Self::AdministrativeSupervision => ("行政诉讼监督", "Administrative supervision"),
            Self::PublicInterest => ("公益诉讼", "Public interest"),
            Self::NonProsecution => ("拟不起诉", "Proposed non-prosecution"),
            Self::CustodyNecessity => ("羁押必要性审查", "Necessity of custody"),
            Self::ArrestReview => ("审查逮捕", "Arrest review"),
            Self::Complaint => ("控告", "Complaint"),
            Self::StateCompensation => ("国家赔偿", "State compensation"),
        }
    }
}

/// How the hearing is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// 普通听证.
    Ordinary,
    /// 简易公开听证.
    Simple,
    /// 上门听证.
    Doorstep,
    /// 远程听证.
    Remote,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Ordinary, Self::Simple, Self::Doorstep, Self::Remote];

    /// The words of the rules, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Ordinary => ("普通听证", "Ordinary hearing"),
            Self::Simple => ("简易公开听证", "Simple hearing"),
            Self::Doorstep => ("上门听证", "Doorstep hearing"),
            Self::Remote => ("远程听证", "Remote hearing"),
        }
    }
}

/// Whether the public may watch (Art. 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Openness {
    /// 公开.
    Public,
    /// 不公开.
    Closed,
}

impl Openness {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Public, Self::Closed];

    /// The words of the rules, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Public => ("公开听证", "Public hearing"),
            Self::Closed => ("不公开听证", "Closed hearing"),
        }
    }
}

/// Why a hearing is closed (Art. 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedBecause {
    /// 未成年人案件.
    Minor,
    /// 个人隐私.
    Privacy,
    /// 国家秘密.
    StateSecret,
    /// 商业秘密.
    TradeSecret,
    /// 审查逮捕.
    Arrest,
    /// 羁押必要性审查.
    Custody,
}

impl ClosedBecause {
    /// Every ground.
    pub const ALL: [Self; 6] =
        [Self::Minor, Self::Privacy, Self::StateSecret, Self::TradeSecret, Self::Arrest, Self::Custody];

    /// The words of the rules, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Minor => ("未成年人案件", "A party is a minor"),
            Self::Privacy => ("涉及个人隐私", "Personal privacy"),
            Self::StateSecret => ("涉及国家秘密", "State secrets"),
            Self::TradeSecret => ("涉及商业秘密", "Business secrets"),
            Self::Arrest => ("审查逮捕案件", "Arrest review"),
            Self::Custody => ("羁押必要性审查案件", "Necessity of custody"),
        }
    }
}

/// A question that the hearing is to hear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// Short id, such as `i1`.
    pub id: String,
    /// The question.
    pub text: String,
}

/// The case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Number of the case.
    pub number: String,
    /// Kind.
    pub kind: Kind,
    /// Cause.
    pub cause: String,
    /// Summary.
    #[serde(default)]
    pub summary: String,
    /// What the hearing is to hear.
    pub issues: Vec<Issue>,
    /// What the office proposes to do, by issue.
    #[serde(default)]
    pub proposed: BTreeMap<String, String>,
}

/// Mode, openness, place and time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// How it is held.
    pub mode: Mode,
    /// Whether the public may watch.
    pub openness: Openness,
    /// Why not.
    #[serde(default)]
    pub closed_because: Option<ClosedBecause>,
    /// Where.
    pub place: String,
    /// When, RFC 3339, as it was asked for. What counts is the moment in the plan, which a postponement moves.
    pub scheduled: String,
    /// Length of a turn, in seconds.
    pub turn_seconds: u32,
}

impl Setting {
    /// The place as the public may be told it. A hearing at the doorstep is held at somebody's home: only those who take
    /// part are told where.
    #[must_use]
    pub fn public_place(&self) -> Option<&str> {
        match self.mode {
            Mode::Doorstep => None,
            Mode::Ordinary | Mode::Simple | Mode::Remote => Some(&self.place),
        }
    }
}

/// Somebody who is to be given a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seating {
    /// Id of the seat.
    pub id: SeatId,
    /// What they are.
    pub capacity: Capacity,
    /// Name.
    pub name: String,
    /// Post or trade.
    #[serde(default)]
    pub post: Option<String>,
    /// Side, of a third party; of applicants, respondents and agents it follows from what they are.
    #[serde(default)]
    pub side: Option<Side>,
    /// The party that an agent speaks for.
    #[serde(default, rename = "for")]
    pub acts_for: Option<SeatId>,
    /// Age in years, where the rules ask for it. Checked, not kept.
    #[serde(default)]
    pub age: Option<u32>,
    /// Whether this is the chief prosecutor.
    #[serde(default)]
    pub chief_prosecutor: bool,
    /// Whether this is a department head. Checked, not kept.
    #[serde(default)]
    pub department_head: bool,
}

/// A seat, without the name of who sits in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Id of the seat.
    pub seat: SeatId,
    /// What they are.
    pub capacity: Capacity,
    /// Side, of parties.
    pub side: Option<Side>,
    /// The party that an agent speaks for.
    #[serde(rename = "for")]
    pub acts_for: Option<SeatId>,
    /// Whether this is the chief prosecutor.
    pub chief_prosecutor: bool,
}

/// How the panel was drawn from the pool: enough to draw again and compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    /// Seed of the draw, 64 hexadecimal digits; none when the panel was named directly.
    #[serde(default)]
    pub seed: Option<String>,
    /// SHA-256 of the pool as it stood, hexadecimal.
    pub pool: String,
    /// How many stood in it.
    pub size: u32,
    /// The class drawn from, if one was asked for.
    #[serde(default)]
    pub class: Option<String>,
    /// Who was drawn, in order, by name.
    pub drawn: Vec<String>,
    /// Why, when the panel was named directly.
    #[serde(default)]
    pub reason: Option<String>,
}
