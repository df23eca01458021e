//! The steps of a hearing, in the order of Art. 15, and what each requires before the next.
//!
//! ```text
//! Waiting ──open──▶ RollCall ─▶ Introduction ─▶ Statements ─▶ Questions ─▶ Deliberation ─▶ Opinion
//!                                                  ▲             ▲                          │
//!                                                  └── reopened with a reason, up to Summary ─┤
//!                              Closed ◀─ Signing ◀─ Summary ◀─ FinalStatements ◀─────────────┘
//! recess, suspension and a missing chair stand over any of them; a hearing can be cancelled before it opens. A mediation
//! stands over those from Statements to Summary.
//! ```
//!
//! Calling the roll, telling rights and discipline and asking about recusal are one act, the opening, and one line of
//! the record. What else a step requires is listed in [`lacking`].

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, plan::Plan};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    rulebook::Rulebook,
    seat::By,
};

mod lacking;

pub(crate) use lacking::told;
pub use lacking::{Lacking, lacking};

/// A step of the hearing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before the opening.
    #[default]
    Waiting,
    /// 点名告知: who is here, rights, discipline (Art. 14).
    RollCall,
    /// 介绍案情 (Art. 15, step 1).
    Introduction,
    /// 各方陈述 (step 2).
    Statements,
    /// 听证员提问 (step 3).
    Questions,
    /// 休会评议 (step 4).
    Deliberation,
    /// 发表意见 (step 5).
    Opinion,
    /// 最后陈述 (step 6).
    FinalStatements,
    /// 主持人总结 (step 7).
    Summary,
    /// 核对签名 (Art. 18).
    Signing,
    /// 结束.
    Closed,
}

impl Phase {
    /// Every step, in order.
    pub const ALL: [Self; 11] = [
        Self::Waiting,
        Self::RollCall,
        Self::Introduction,
        Self::Statements,
        Self::Questions,
        Self::Deliberation,
        Self::Opinion,
        Self::FinalStatements,
        Self::Summary,
        Self::Signing,
        Self::Closed,
    ];

    /// The step after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let here = Self::ALL.iter().position(|phase| *phase == self)?;
        Self::ALL.get(here + 1).copied()
    }

    /// The name of the step, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Waiting => ("等候开始", "Waiting"),
            Self::RollCall => ("点名告知", "Roll call"),
            Self::Introduction => ("介绍案情", "Introduction"),
            Self::Statements => ("各方陈述", "Statements"),
            Self::Questions => ("听证员提问", "Panel questions"),
            Self::Deliberation => ("休会评议", "Deliberation"),
            Self::Opinion => ("发表意见", "Panel opinion"),
            Self::FinalStatements => ("最后陈述", "Final statements"),
            Self::Summary => ("主持人总结", "Summing up"),
            Self::Signing => ("核对签名", "Signing"),
            Self::Closed => ("听证结束", "Closed"),
        }
    }
}

/// What somebody wants done with the course of the hearing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// The chair calls the roll, tells rights and discipline, asks about recusal and opens (Art. 14).
    Open {},
    /// The chair goes to another step.
    Advance {
        /// Which.
        to: Phase,
        /// Why what the present step lacks is waived, or why an earlier step is reopened.
        #[serde(default)]
        waive: Option<String>,
    },
    /// The chair interrupts.
    Recess {
        /// Why.
        #[serde(default)]
        reason: Option<String>,
    },
    /// The chair breaks off, to go on another day (中止).
    Suspend {
        /// Why.
        reason: String,
    },
    /// The chair goes on.
    Resume {},
    /// The chair, or the office, calls the hearing off before it opens.
    Cancel {
        /// Why.
        reason: String,
    },
    /// An alarm rang.
    Tick {},
}

/// What happened to the course of the hearing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The hearing opened.
    Opened {},
    /// Another step began.
    Advanced {
        /// Which.
        to: Phase,
        /// What was waived, and why.
        #[serde(default)]
        waived: Option<Waived>,
    },
    /// The hearing was interrupted.
    Interrupted {
        /// How.
        kind: BreakKind,
        /// Why.
        reason: Option<String>,
    },
    /// The hearing goes on.
    Resumed {},
    /// The hearing was called off.
    Cancelled {
        /// Why.
        reason: String,
    },
}

/// What was waived, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waived {
    /// The reason, as the chair gave it.
    pub reason: String,
    /// What was lacking; empty when an earlier step was reopened.
    pub lacking: Vec<Lacking>,
}

/// How a hearing stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakKind {
    /// 休会.
    Recess,
    /// 中止.
    Suspended,
    /// Whoever presides has lost the connection, has left or was recused.
    ChairAbsent,
}

impl BreakKind {
    /// How a hearing that stands still so is told of, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Recess => ("休会", "In recess"),
            Self::Suspended => ("听证中止", "Suspended"),
            Self::ChairAbsent => ("主持人离席，听证暂停", "Pausing, the chair is away"),
        }
    }
}

/// A hearing that stands still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Break {
    /// How.
    pub kind: BreakKind,
    /// Since when.
    pub since: Moment,
    /// Why.
    pub reason: Option<String>,
}

/// Where the hearing is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// The present step.
    pub current: Phase,
    /// When each step began, in order of time.
    pub history: Vec<Began>,
    /// Whether it stands still.
    pub interrupted: Option<Break>,
    /// Why it was called off.
    pub cancelled: Option<String>,
}

/// The beginning of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Began {
    /// Which.
    pub phase: Phase,
    /// When.
    pub at: Moment,
}

/// Why an alarm rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A turn is over.
    TurnOver,
    /// The chair has been away too long.
    ChairAbsent,
    /// The time to answer the mediator's proposal is over.
    ProposalOver,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let course = &hearing.phase;
    match command {
        Command::Open {} => open(hearing, act),
        Command::Advance { to, waive } => {
            hearing.chair(act)?;
            advance(hearing, to, waive.as_deref(), act)
        }
        Command::Recess { reason } => {
            hearing.chair(act)?;
            course.in_session()?;
            let reason = reason.map(|text| act.reason(&text)).transpose()?;
            one(Event::Interrupted { kind: BreakKind::Recess, reason })
        }
        Command::Suspend { reason } => {
            hearing.chair(act)?;
            course.opened()?;
            one(Event::Interrupted { kind: BreakKind::Suspended, reason: Some(act.reason(&reason)?) })
        }
        Command::Resume {} => {
            hearing.chair(act)?;
            course.opened()?;
            if course.interrupted.is_none() {
                return Err(Refusal::NotInBreak);
            }
            one(Event::Resumed {})
        }
        Command::Cancel { reason } => {
            if !act.office().is_ok_and(crate::seat::Office::prepares) {
                hearing.chair(act)?;
            }
            if course.current != Phase::Waiting {
                return Err(Refusal::AlreadyOpen);
            }
            one(Event::Cancelled { reason: act.reason(&reason)? })
        }
        Command::Tick {} => tick(hearing, act),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the arms of decide end in it")]
fn one(event: Event) -> Result<Vec<HearingEvent>, Refusal> {
    Ok(alloc::vec![event.into()])
}

fn open(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<HearingEvent>, Refusal> {
    hearing.chair(act)?;
    if hearing.phase.current != Phase::Waiting {
        return Err(Refusal::AlreadyOpen);
    }
    hearing.plan.ready()?;
    let missing = lacking(hearing, act.rules);
    if !missing.is_empty() {
        return Err(Refusal::Lacking(missing));
    }
    one(Event::Opened {})
}

fn advance(
    hearing: &Hearing,
    to: Phase,
    waive: Option<&str>,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let course = &hearing.phase;
    course.in_session()?;
    hearing.no_mediation()?;
    let reason = waive.map(|text| act.reason(text)).transpose()?;
    if course.current.next() != Some(to) {
        return reopen(hearing, to, reason);
    }
    let missing = lacking(hearing, act.rules);
    let (waivable, hard): (Vec<_>, Vec<_>) = missing.into_iter().partition(Lacking::is_waivable);
    if !hard.is_empty() {
        return Err(Refusal::Lacking(hard));
    }
    let waived = match (waivable.is_empty(), reason) {
        (true, _) => None,
        (false, Some(reason)) => Some(Waived { reason, lacking: waivable }),
        (false, None) => return Err(Refusal::Lacking(waivable)),
    };
    let mut events = super::question::lapse_all(hearing);
    events.extend(super::floor::end_turn(hearing, super::floor::Ending::StepOver));
    events.push(Event::Advanced { to, waived }.into());
    Ok(events)
}

/// Statements or questions may be reopened from a later step, up to the summing up, with a reason.
fn reopen(hearing: &Hearing, to: Phase, reason: Option<String>) -> Result<Vec<HearingEvent>, Refusal> {
    let from = hearing.phase.current;
    if to >= from {
        return Err(Refusal::NotNext);
    }
    if !matches!(to, Phase::Statements | Phase::Questions) || from > Phase::Summary {
        return Err(Refusal::NotReopenable);
    }
    if hearing.decision.is_final() {
        return Err(Refusal::DecisionMade);
    }
    let Some(reason) = reason else {
        return Err(Refusal::ReopenNeedsReason);
    };
    let mut events = super::question::lapse_all(hearing);
    events.extend(super::floor::end_turn(hearing, super::floor::Ending::StepOver));
    events.push(Event::Advanced { to, waived: Some(Waived { reason, lacking: Vec::new() }) }.into());
    Ok(events)
}

fn tick(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<HearingEvent>, Refusal> {
    if *act.by != By::Clock {
        return Err(Refusal::ClockOnly);
    }
    match next_alarm(hearing, act.rules) {
        Some((due, Why::TurnOver)) if due <= act.at => {
            Ok(super::floor::end_turn(hearing, super::floor::Ending::TimeOver).into_iter().collect())
        }
        Some((due, Why::ChairAbsent)) if due <= act.at => {
            one(Event::Interrupted { kind: BreakKind::ChairAbsent, reason: None })
        }
        Some((due, Why::ProposalOver)) if due <= act.at => {
            Ok(super::settlement::lapse(hearing).into_iter().collect())
        }
        _ => Err(Refusal::NoAlarm),
    }
}

/// The next thing that happens by itself: a turn runs out, a hearing without its chair pauses, or the time to answer a
/// proposal is over. For the chair one
/// waits from when the loss was noticed, after a restart anew: while no server was there it could not have come back.
pub(super) fn next_alarm(hearing: &Hearing, rules: &Rulebook) -> Option<(Moment, Why)> {
    if hearing.phase.in_session().is_err() {
        return None;
    }
    let turn = hearing.floor.runs_out().map(|at| (at, Why::TurnOver));
    let absent = hearing
        .presiding()
        .and_then(|seat| hearing.roll.entries.get(seat))
        .and_then(|entry| entry.noticed)
        .map(|noticed| (noticed.plus_ms(i64::from(rules.chair_absence_seconds) * 1000), Why::ChairAbsent));
    let proposal = super::settlement::due(hearing).map(|at| (at, Why::ProposalOver));
    [turn, absent, proposal].into_iter().flatten().min_by_key(|(at, _)| *at)
}

impl Course {
    /// Whether the hearing has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.current == Phase::Closed || self.cancelled.is_some()
    }

    /// Refuses what needs an open hearing.
    pub(super) fn opened(&self) -> Result<(), Refusal> {
        match self.current {
            Phase::Waiting => Err(Refusal::NotOpen),
            Phase::Closed => Err(Refusal::Closed),
            _ => Ok(()),
        }
    }

    /// Refuses what needs a hearing that is open and does not stand still.
    pub(super) fn in_session(&self) -> Result<(), Refusal> {
        self.opened()?;
        if self.interrupted.is_some() { Err(Refusal::InBreak) } else { Ok(()) }
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        let HearingEvent::Phase(event) = event else { return };
        match event {
            Event::Opened {} => self.begin(Phase::RollCall, at),
            Event::Advanced { to, .. } => self.begin(*to, at),
            Event::Interrupted { kind, reason } => {
                self.interrupted = Some(Break { kind: *kind, since: at, reason: reason.clone() });
            }
            Event::Resumed {} => self.interrupted = None,
            Event::Cancelled { reason } => self.cancelled = Some(reason.clone()),
        }
    }

    fn begin(&mut self, phase: Phase, at: Moment) {
        self.current = phase;
        self.history.push(Began { phase, at });
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if Reach::Everyone.includes(viewer) {
            self.clone()
        } else {
            Self { cancelled: self.cancelled.clone(), ..Self::default() }
        }
    }
}

names! {
    Opened "opened"
    Advanced "advanced"
    Interrupted "interrupted"
    Resumed "resumed"
    Cancelled "cancelled"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Opened {} | Self::Advanced { .. } | Self::Interrupted { .. } | Self::Resumed {} => {
                Reach::Everyone
            }
            Self::Cancelled { .. } => Reach::Door,
        }
    }
}
