//! The script: one file that holds a whole hearing. It is read and checked as a whole before anything is played, so that
//! a slip of the pen is found at once and not in the middle of a hearing.

use std::{collections::BTreeMap, path::Path};

use procedure::{
    Capacity, SeatId, Side,
    hearing::{
        decision::When,
        motion,
        opinion::Position,
        phase::Phase,
        plan::{Case, ClosedBecause, Mode, Openness, Seating, Setting},
    },
};
use serde::Deserialize;
use serde_json::Value;

use super::{Trouble, Why, verbs};

/// Length of a turn where the script names none, in seconds.
const TURN_SECONDS: u32 = 300;
/// The account that consents where the chair is not the chief prosecutor.
pub const CHIEF: &str = "chief";

/// A script as it is played.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What it is about, in one line.
    #[serde(default)]
    pub title: String,
    /// A remark for whoever reads the script.
    #[serde(default, alias = "note", alias = "description")]
    pub comment: Option<String>,
    /// The case.
    pub case: Case,
    /// Mode, openness, place and time.
    pub hearing: Plan,
    /// Who sits where.
    pub seats: Vec<Seating>,
    /// Who does what, in order.
    pub steps: Vec<Step>,
    /// What must hold at the end.
    #[serde(default)]
    pub expect: Expect,
}

/// The hearing as the script tells it; what it leaves out has a default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    mode: Mode,
    openness: Openness,
    #[serde(default)]
    closed_because: Option<ClosedBecause>,
    #[serde(default)]
    place: Option<String>,
    scheduled: String,
    #[serde(default)]
    turn_seconds: Option<u32>,
}

impl Plan {
    /// The setting as the office registers it.
    #[must_use]
    pub fn setting(&self) -> Setting {
        Setting {
            mode: self.mode,
            openness: self.openness,
            closed_because: self.closed_because,
            place: self.place.clone().unwrap_or_else(|| "检察听证室".into()),
            scheduled: self.scheduled.clone(),
            turn_seconds: self.turn_seconds.unwrap_or(TURN_SECONDS),
        }
    }
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    Arrive,
    Admit,
    Leave,
    Drop,
    Rejoin,
    Open,
    Advance,
    Recess,
    Resume,
    GiveFloor,
    TakeFloor,
    RaiseHand,
    LowerHand,
    Say,
    Record,
    Ask,
    AdmitQuestion,
    DisallowQuestion,
    Answer,
    Exhibit,
    Show,
    Hide,
    Move,
    Rule,
    Discuss,
    Opine,
    ChooseSpeaker,
    DeliverOpinion,
    Decide,
    ConsentNonAdoption,
    OpenMediation,
    EndMediation,
    Consent,
    Caucus,
    Confide,
    Offer,
    AcceptOffer,
    RejectOffer,
    Propose,
    AnswerProposal,
    Bid,
    DraftAgreement,
    SignAgreement,
    Correct,
    RuleCorrection,
    SignRecord,
    RefuseToSign,
    Seal,
    Wait,
}

/// Whether the server must refuse a step.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Refused {
    /// It must, or must not.
    Must(bool),
    /// It must, with a code that begins so.
    With(String),
}

/// One step. Which keys belong to which verb is told by `verbs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(default)]
    pub by: SeatId,
    #[serde(rename = "do")]
    pub verb: Verb,
    #[serde(default)]
    pub refused: Option<Refused>,
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    pub of: Option<String>,
    /// How long to wait before this step at the pace of life, in seconds.
    #[serde(default)]
    pub after: f64,
    pub seat: Option<SeatId>,
    pub to: Option<String>,
    pub waive: Option<String>,
    pub reason: Option<String>,
    pub seconds: Option<f64>,
    pub speaker: Option<SeatId>,
    pub text: Option<String>,
    pub title: Option<String>,
    pub content: Option<String>,
    pub file: Option<String>,
    pub kind: Option<motion::Kind>,
    pub granted: Option<bool>,
    pub issue: Option<String>,
    pub position: Option<Position>,
    pub when: Option<When>,
    pub adopts_majority: Option<bool>,
    pub reasons: Option<String>,
    pub line: Option<String>,
    pub outcome: Option<Value>,
    pub given: Option<bool>,
    pub with: Option<Value>,
    pub terms: Option<Value>,
    pub deadline_seconds: Option<f64>,
    pub accept: Option<bool>,
    pub amount: Option<Value>,
    /// A remark for whoever reads the script.
    #[serde(alias = "note")]
    pub comment: Option<String>,
}

impl Step {
    /// Whether the server must refuse it.
    #[must_use]
    pub const fn must_be_refused(&self) -> bool {
        matches!(self.refused, Some(Refused::Must(true) | Refused::With(_)))
    }
}

/// What must hold at the end.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// The step in which the hearing stands.
    pub phase: Option<Phase>,
    /// How long the record is.
    pub record_lines: Option<Lines>,
    /// The count of sheets by issue.
    pub tally: BTreeMap<String, Tally>,
    /// Who signed and who refused.
    pub signatures: Signatures,
    /// What only some may have received.
    pub secrets: Vec<Secret>,
    /// Whether what each seat folded equals what a fresh connection shows.
    pub equal_views: bool,
    /// What the case file holds.
    pub file: Option<CaseFile>,
}

/// How long the record is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// At least so many lines.
    pub at_least: usize,
}

/// The count of sheets on one issue; a position that is left out is not looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tally {
    pub agree: Option<u32>,
    pub disagree: Option<u32>,
    pub other: Option<u32>,
    pub cannot_say: Option<u32>,
    /// A position, or `none`.
    pub majority: Option<Majority>,
}

/// The majority, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Majority {
    Agree,
    Disagree,
    Other,
    CannotSay,
    /// A tie, or no sheets.
    None,
}

impl Majority {
    /// The position that has it.
    #[must_use]
    pub const fn position(self) -> Option<Position> {
        match self {
            Self::Agree => Some(Position::Agree),
            Self::Disagree => Some(Position::Disagree),
            Self::Other => Some(Position::Other),
            Self::CannotSay => Some(Position::CannotSay),
            Self::None => None,
        }
    }
}

/// Who signed and who refused. Seats in neither list are not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signatures {
    pub signed: Vec<SeatId>,
    pub refused: Vec<SeatId>,
}

/// A text that occurs in what some seats received and in nothing that any other received.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    pub text: String,
    pub seen_by: Vec<SeatId>,
}

/// What the sealed case file holds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseFile {
    pub verifies: Option<bool>,
    pub main_volume_has: Vec<String>,
    pub main_volume_lacks: Vec<String>,
    pub confidential_volume_has: Vec<String>,
}

impl Script {
    /// Reads a script and checks that it can be played.
    ///
    /// # Errors
    /// [`Trouble::Unreadable`], with the place.
    pub fn read(file: &Path) -> Result<Self, Trouble> {
        let shown = file.display();
        let bytes = std::fs::read(file)
            .map_err(|error| unreadable(&format!("无法读取脚本{shown}。"), &format!("{shown}: {error}")))?;
        // Some editors put a mark of the encoding before it.
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let script: Self = serde_json::from_slice(text).map_err(|error| {
            unreadable(
                &format!("脚本{shown}无法识别。"),
                &format!("{shown} cannot be read as a script: {error}"),
            )
        })?;
        script.check().map_err(Trouble::Unreadable)?;
        Ok(script)
    }

    fn check(&self) -> Result<(), Why> {
        for (number, step) in (1..).zip(&self.steps) {
            let at = |why: Why| {
                Why::new(
                    format!("脚本第{number}步：{}", why.zh),
                    format!("step {number} of the script: {}", why.en),
                )
            };
            let nobody = step.verb != Verb::Wait
                && !self.sits(&step.by)
                && !(step.verb == Verb::ConsentNonAdoption && step.by.0 == CHIEF);
            if nobody {
                let by = &step.by;
                return Err(at(Why::new(format!("没有席位“{by}”。"), format!("there is no seat “{by}”."))));
            }
            if !step.after.is_finite() || step.after < 0.0 {
                return Err(at(Why::new("`after`不是秒数。", "`after` is no number of seconds.")));
            }
            verbs::check(step).map_err(at)?;
        }
        let expected = self.expect.signatures.signed.iter().chain(&self.expect.signatures.refused);
        let seen = self.expect.secrets.iter().flat_map(|secret| &secret.seen_by);
        for seat in expected.chain(seen) {
            if !self.sits(seat) {
                return Err(Why::new(
                    format!("脚本的期望提到不存在的席位“{seat}”。"),
                    format!("the expectations name a seat “{seat}” that is not there."),
                ));
            }
        }
        Ok(())
    }

    /// The side of a seat: its own, that of its capacity, or that of the party for which it acts.
    #[must_use]
    pub fn side(&self, seat: &SeatId) -> Option<Side> {
        let of = |id: &SeatId| self.seats.iter().find(|seating| seating.id == *id);
        let own = |seating: &Seating| match seating.capacity {
            Capacity::Applicant => Some(Side::Applicant),
            Capacity::Respondent => Some(Side::Respondent),
            _ => seating.side,
        };
        let seating = of(seat)?;
        own(seating).or_else(|| seating.acts_for.as_ref().and_then(of).and_then(own))
    }

    /// Whether there is a seat of that name.
    #[must_use]
    pub fn sits(&self, seat: &SeatId) -> bool {
        self.seats.iter().any(|seating| &seating.id == seat)
    }
}

fn unreadable(zh: &str, en: &str) -> Trouble {
    Trouble::Unreadable(Why::new(zh, en))
}
