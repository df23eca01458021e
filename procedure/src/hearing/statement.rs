//! Statements: what the holder of the floor puts on the record, and what the clerk takes down of what was said aloud
//! (Art. 15; Art. 18).

use alloc::{collections::BTreeSet, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, floor, phase, phase::Phase, plan::Plan};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{Capacity, Id, SeatId},
};

/// What somebody wants to put on the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// The holder of the floor says something.
    Say {
        /// What.
        text: String,
    },
    /// The clerk takes down what somebody said aloud, or, without a speaker, what happened.
    Record {
        /// Who spoke.
        #[serde(default)]
        speaker: Option<SeatId>,
        /// What.
        text: String,
    },
}

/// What was put on the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Somebody said something.
    Said {
        /// Id of the line.
        id: Id,
        /// Who.
        speaker: SeatId,
        /// The step in which it was said.
        phase: Phase,
        /// What.
        text: String,
    },
    /// The clerk took something down.
    Recorded {
        /// Id of the line.
        id: Id,
        /// Who spoke.
        speaker: Option<SeatId>,
        /// The step in which it was said.
        phase: Phase,
        /// What.
        text: String,
    },
}

/// What the rules need to remember of statements; their texts are lines of the record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statements {
    /// Who spoke in the introduction of the case.
    pub introduced_by: BTreeSet<SeatId>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let phase = hearing.phase.current;
    let event = match command {
        Command::Say { text } => {
            let (seat, _) = hearing.admitted(act)?;
            floor::speaking_step(hearing)?;
            if hearing.floor.holder() != Some(seat) {
                return Err(Refusal::NoFloor);
            }
            Event::Said { id: act.id.clone(), speaker: seat.clone(), phase, text: act.text(&text)? }
        }
        Command::Record { speaker, text } => {
            let (_, capacity) = hearing.admitted(act)?;
            if capacity != Capacity::Clerk {
                return Err(Refusal::ClerkOnly);
            }
            recordable(hearing, speaker.as_ref())?;
            Event::Recorded { id: act.id.clone(), speaker, phase, text: act.text(&text)? }
        }
    };
    Ok(alloc::vec![event.into()])
}

/// The clerk is out of the room while the panel deliberates; in a recess nobody speaks and of a mediation nothing is put on
/// record, but what happens is noted.
fn recordable(hearing: &Hearing, speaker: Option<&SeatId>) -> Result<(), Refusal> {
    hearing.phase.opened()?;
    if hearing.phase.current == Phase::Deliberation {
        return Err(Refusal::WrongPhase);
    }
    let Some(speaker) = speaker else { return Ok(()) };
    hearing.phase.in_session()?;
    hearing.no_mediation()?;
    // Who has just left has still said what it said.
    let silent = hearing.plan.capacity(speaker).is_none_or(|capacity| capacity == Capacity::Observer);
    if silent || !hearing.roll.took_part(speaker) { Err(Refusal::SpeakerUnknown) } else { Ok(()) }
}

impl Statements {
    pub(super) fn evolve(&mut self, _: Moment, event: &HearingEvent) {
        match event {
            HearingEvent::Statement(Event::Said { speaker, phase: Phase::Introduction, .. })
            | HearingEvent::Statement(Event::Recorded {
                speaker: Some(speaker),
                phase: Phase::Introduction,
                ..
            }) => {
                self.introduced_by.insert(speaker.clone());
            }
            HearingEvent::Phase(phase::Event::Opened {}) => self.introduced_by.clear(),
            _ => {}
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if Reach::Everyone.includes(viewer) { self.clone() } else { Self::default() }
    }
}

names! {
    Said "said"
    Recorded "recorded"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Said { .. } | Self::Recorded { .. } => Reach::Everyone,
        }
    }
}
