//! Motions: what a party asks the chair to rule on, and the ruling (Arts. 7, 13, 15).
//!
//! ```text
//! Moved ──rule──▶ Granted | Denied
//! ```
//!
//! Two rulings take effect at once: who is recused leaves the bench, and doors that are ordered closed are closed. For
//! an adjournment the chair then calls a recess or suspends the hearing, for new evidence it has exhibits laid.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{
    Act, Event as HearingEvent, Hearing,
    plan::{self, Plan},
    roll,
};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{By, Capacity, Id, Office, SeatId},
};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 申请回避.
    Recusal,
    /// 申请延期或者休会.
    Adjournment,
    /// 提交新证据.
    NewEvidence,
    /// 申请不公开.
    CloseDoors,
    /// 提出异议.
    Objection,
}

impl Kind {
    /// The words of the rules, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Recusal => ("申请回避", "Recusal"),
            Self::Adjournment => ("申请延期或者休会", "Adjournment"),
            Self::NewEvidence => ("提交新证据", "New evidence"),
            Self::CloseDoors => ("申请不公开", "Closing the doors"),
            Self::Objection => ("提出异议", "Objection"),
        }
    }
}

/// What somebody wants done with a motion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// A party or agent asks.
    Move {
        /// For what.
        kind: Kind,
        /// In these words.
        text: String,
        /// Whom a recusal concerns.
        #[serde(default)]
        whom: Option<SeatId>,
    },
    /// The chair rules; of the chair's own recusal the chief prosecutor, who may rule on that of the staff as well; of
    /// the chief prosecutor's, the procuratorial committee, whose decision a leader of the office enters.
    Rule {
        /// On which.
        of: Id,
        /// Whether it is granted.
        granted: bool,
        /// Why.
        reason: String,
    },
}

/// What happened to a motion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Somebody asked.
    Moved {
        /// Id.
        id: Id,
        /// Who.
        by: SeatId,
        /// For what.
        kind: Kind,
        /// In these words.
        text: String,
        /// Whom a recusal concerns.
        whom: Option<SeatId>,
    },
    /// It was ruled on.
    Ruled {
        /// Which.
        id: Id,
        /// Of which kind.
        kind: Kind,
        /// Whether it was granted.
        granted: bool,
        /// Why.
        reason: String,
        /// Who ruled, if not the chair.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Office>,
    },
}

/// A motion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// Who.
    pub by: SeatId,
    /// For what.
    pub kind: Kind,
    /// In these words.
    pub text: String,
    /// Whom a recusal concerns.
    pub whom: Option<SeatId>,
    /// When.
    pub at: Moment,
    /// The ruling.
    pub ruling: Option<Ruling>,
}

/// A ruling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ruling {
    /// Whether it was granted.
    pub granted: bool,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
}

/// The motions of a hearing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Motions {
    /// By id.
    pub moved: BTreeMap<Id, Motion>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    match command {
        Command::Move { kind, text, whom } => propose(hearing, kind, &text, whom, act),
        Command::Rule { of, granted, reason } => rule(hearing, of, granted, &reason, act),
    }
}

fn propose(
    hearing: &Hearing,
    kind: Kind,
    text: &str,
    whom: Option<SeatId>,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let (by, capacity) = hearing.admitted(act)?;
    if !capacity.is_party() {
        return Err(Refusal::PartyOnly);
    }
    hearing.phase.opened()?;
    let concerns = whom.as_ref().and_then(|seat| hearing.plan.capacity(seat));
    if kind == Kind::Recusal && !concerns.is_some_and(may_be_recused) {
        return Err(Refusal::MotionTarget);
    }
    let whom = whom.filter(|_| kind == Kind::Recusal);
    let open =
        hearing.motion.moved.values().filter(|motion| &motion.by == by && motion.ruling.is_none()).count();
    if open >= act.rules.motions_open_max {
        return Err(Refusal::TooManyMotions);
    }
    let text = act.text(text)?;
    Ok(alloc::vec![Event::Moved { id: act.id.clone(), by: by.clone(), kind, text, whom }.into()])
}

/// Those who must have no interest in the case.
const fn may_be_recused(capacity: Capacity) -> bool {
    capacity.is_office() || matches!(capacity, Capacity::Panellist | Capacity::Expert | Capacity::Interpreter)
}

fn rule(
    hearing: &Hearing,
    of: Id,
    granted: bool,
    reason: &str,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let motion = hearing.motion.moved.get(&of);
    may_rule(hearing, motion.and_then(|motion| motion.whom.as_ref()), act)?;
    hearing.phase.opened()?;
    let motion = motion.ok_or(Refusal::MotionUnknown)?;
    if motion.ruling.is_some() {
        return Err(Refusal::MotionRuled);
    }
    let kind = motion.kind;
    let ruled = Event::Ruled { id: of, kind, granted, reason: act.reason(reason)?, by: act.office().ok() };
    let mut events = Vec::new();
    // The doors first: why they are closed is no longer for the gallery.
    if granted && kind == Kind::CloseDoors && hearing.plan.is_public() {
        events.push(plan::Event::DoorsClosed {}.into());
    }
    events.push(ruled.into());
    if let (true, Some(whom)) = (granted, &motion.whom)
        && !hearing.roll.is_gone(whom)
    {
        events.push(roll::Event::Recused { seat: whom.clone() }.into());
        events.extend(roll::without(hearing, whom));
    }
    Ok(events)
}

fn may_rule(hearing: &Hearing, whom: Option<&SeatId>, act: &Act<'_>) -> Result<(), Refusal> {
    let place = whom.and_then(|seat| hearing.plan.places.get(seat));
    let of_chief = place.is_some_and(|place| place.chief_prosecutor);
    let of_staff = place.is_some_and(|place| place.capacity.is_office());
    match act.by {
        By::Office(Office::Leader) if of_chief => return Ok(()),
        By::Office(Office::ChiefProsecutor) if of_chief => return Err(Refusal::MotionCommittee),
        By::Office(Office::ChiefProsecutor) if of_staff => return Ok(()),
        By::Seat(_) | By::Office(_) | By::Clock => hearing.chair(act)?,
    };
    match beyond_chair(hearing, whom) {
        None => Ok(()),
        Some(Office::Leader) => Err(Refusal::MotionCommittee),
        Some(_) => Err(Refusal::MotionChief),
    }
}

/// Who rules in the chair's place: on the recusal of the chief prosecutor a leader, who enters what the committee has
/// decided; on that of the chair, or of whoever presides, the chief prosecutor.
fn beyond_chair(hearing: &Hearing, whom: Option<&SeatId>) -> Option<Office> {
    let place = hearing.plan.places.get(whom?)?;
    let presides = place.capacity == Capacity::Chair || hearing.presiding() == whom;
    if place.chief_prosecutor { Some(Office::Leader) } else { presides.then_some(Office::ChiefProsecutor) }
}

impl Motion {
    /// The post that must rule because the chair may not.
    #[must_use]
    pub fn beyond_chair(&self, hearing: &Hearing) -> Option<Office> {
        beyond_chair(hearing, self.whom.as_ref())
    }
}

impl Motions {
    /// Motions that wait for a ruling.
    pub fn open(&self) -> impl Iterator<Item = (&Id, &Motion)> {
        self.moved.iter().filter(|(_, motion)| motion.ruling.is_none())
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        let HearingEvent::Motion(event) = event else {
            return;
        };
        match event {
            Event::Moved { id, by, kind, text, whom } => {
                let motion = Motion {
                    by: by.clone(),
                    kind: *kind,
                    text: text.clone(),
                    whom: whom.clone(),
                    at,
                    ruling: None,
                };
                self.moved.insert(id.clone(), motion);
            }
            Event::Ruled { id, granted, reason, .. } => {
                if let Some(motion) = self.moved.get_mut(id) {
                    motion.ruling = Some(Ruling { granted: *granted, reason: reason.clone(), at });
                }
            }
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if Reach::Everyone.includes(viewer) { self.clone() } else { Self::default() }
    }
}

names! {
    Moved "moved"
    Ruled "ruled"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Moved { .. } | Self::Ruled { .. } => Reach::Everyone,
        }
    }
}
