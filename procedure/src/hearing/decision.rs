//! The decision: announced now or later, with reasons, and the chief prosecutor's consent where the majority of the
//! panel is not followed (Arts. 16, 17).
//!
//! ```text
//! (none) ──decide now──▶ Announced
//!    ├──decide later──▶ Postponed
//!    └──consent (first, where the majority is not followed)
//! ```

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, phase, phase::Phase, plan::Plan};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{By, Id, Office},
};

/// When the decision is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// 当场宣布.
    Now,
    /// 另行宣告送达.
    Later,
}

/// What somebody wants done with the decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// The chief prosecutor consents to not following the majority.
    Consent {
        /// Why.
        reason: String,
    },
    /// The chair announces.
    Decide {
        /// When.
        when: When,
        /// Whether the panel's majority is followed.
        adopts_majority: bool,
        /// The decision.
        text: String,
        /// Its reasons.
        #[serde(default)]
        reasons: String,
    },
}

/// What happened to the decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The chief prosecutor consented.
    Consented {
        /// Why.
        reason: String,
    },
    /// The chair announced.
    Announced {
        /// Id of the line.
        id: Id,
        /// When the decision is made.
        when: When,
        /// The decision.
        text: String,
        /// Its reasons.
        reasons: String,
    },
    /// Whether the panel's majority was followed: panel and office.
    Answered {
        /// Whether.
        adopts_majority: bool,
    },
}

/// The decision as announced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Announced {
    /// When the decision is made.
    pub when: When,
    /// The decision.
    pub text: String,
    /// Its reasons.
    pub reasons: String,
    /// When it was announced.
    pub at: Moment,
}

/// The decision of a hearing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Decisions {
    /// The chief prosecutor's consent, and why: office only.
    pub consent: Option<String>,
    /// What was announced.
    pub announced: Option<Announced>,
    /// Whether the panel's majority was followed.
    pub adopts_majority: Option<bool>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    match command {
        Command::Consent { reason } => consent(hearing, &reason, act),
        Command::Decide { when, adopts_majority, text, reasons } => {
            hearing.chair(act)?;
            hearing.phase.in_session()?;
            hearing.no_mediation()?;
            if hearing.phase.current != Phase::Summary {
                return Err(Refusal::WrongPhase);
            }
            if hearing.decision.announced.is_some() {
                return Err(Refusal::DecisionMade);
            }
            let text = act.text(&text)?;
            if when == When::Now && reasons.trim().is_empty() {
                return Err(Refusal::ReasonsNeeded);
            }
            if !reasons.is_empty() {
                act.text(&reasons)?;
            }
            let consented = adopts_majority || hearing.decision.consent.is_some();
            if !consented && hearing.opinion.has_majority(hearing, act.rules.majority) {
                return Err(Refusal::ConsentNeeded);
            }
            Ok(alloc::vec![
                Event::Announced { id: act.id.clone(), when, text, reasons }.into(),
                Event::Answered { adopts_majority }.into(),
            ])
        }
    }
}

/// The chief prosecutor consents from the office, or from the chair when presiding.
fn consent(hearing: &Hearing, reason: &str, act: &Act<'_>) -> Result<Vec<HearingEvent>, Refusal> {
    match act.by {
        By::Office(Office::ChiefProsecutor) => {}
        By::Office(_) | By::Clock => return Err(Refusal::ConsentNotYours),
        By::Seat(seat) => {
            hearing.admitted(act)?;
            if !hearing.plan.places.get(seat).is_some_and(|place| place.chief_prosecutor) {
                return Err(Refusal::ConsentNotYours);
            }
        }
    }
    hearing.phase.opened()?;
    let given = hearing.opinion.delivered.is_some() || hearing.phase.current > Phase::Opinion;
    if !given {
        return Err(Refusal::ConsentTooEarly);
    }
    if hearing.decision.announced.is_some() {
        return Err(Refusal::DecisionMade);
    }
    if hearing.decision.consent.is_some() {
        return Err(Refusal::ConsentGiven);
    }
    Ok(alloc::vec![Event::Consented { reason: act.reason(reason)? }.into()])
}

impl Decisions {
    /// Whether a decision was announced that closes the dispute here and now.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.announced.as_ref().is_some_and(|announced| announced.when == When::Now)
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        match event {
            HearingEvent::Decision(Event::Consented { reason }) => self.consent = Some(reason.clone()),
            HearingEvent::Decision(Event::Announced { when, text, reasons, .. }) => {
                self.announced =
                    Some(Announced { when: *when, text: text.clone(), reasons: reasons.clone(), at });
            }
            HearingEvent::Decision(Event::Answered { adopts_majority }) => {
                self.adopts_majority = Some(*adopts_majority);
            }
            // A reopened hearing decides again.
            HearingEvent::Phase(phase::Event::Advanced { to: Phase::Deliberation, .. }) => {
                *self = Self::default()
            }
            _ => {}
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        Self {
            consent: self.consent.clone().filter(|_| Reach::Office.includes(viewer)),
            announced: self.announced.clone().filter(|_| Reach::Everyone.includes(viewer)),
            adopts_majority: self.adopts_majority.filter(|_| Reach::PanelAndOffice.includes(viewer)),
        }
    }
}

names! {
    Consented "consented"
    Announced "announced"
    Answered "answered"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Consented { .. } => Reach::Office,
            Self::Announced { .. } => Reach::Everyone,
            Self::Answered { .. } => Reach::PanelAndOffice,
        }
    }
}
