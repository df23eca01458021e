//! The deliberation room: the panel alone. Chair, handling prosecutor, clerk, parties and public neither see nor
//! hear what is said there (Art. 15, step 4).

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, phase::Phase, plan::Plan};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::SeatId,
};

/// What a panellist wants to say among the panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Says something.
    Discuss {
        /// What.
        text: String,
    },
}

/// What was said among the panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Something was said.
    Discussed {
        /// Who.
        by: SeatId,
        /// What.
        text: String,
    },
}

/// Something said among the panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Talk {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: SeatId,
    /// What.
    pub text: String,
}

/// The deliberation room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deliberation {
    /// What was said, in order.
    pub talk: Vec<Talk>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    match command {
        Command::Discuss { text } => {
            let by = hearing.panellist(act)?.clone();
            hearing.phase.in_session()?;
            if hearing.phase.current != Phase::Deliberation {
                return Err(Refusal::NotDeliberating);
            }
            if hearing.deliberation.talk.len() >= act.rules.talk_max {
                return Err(Refusal::TooMuchTalk);
            }
            Ok(alloc::vec![Event::Discussed { by, text: act.text(&text)? }.into()])
        }
    }
}

impl Deliberation {
    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        let HearingEvent::Deliberation(Event::Discussed { by, text }) = event else {
            return;
        };
        self.talk.push(Talk { at, by: by.clone(), text: text.clone() });
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if Reach::Panel.includes(viewer) { self.clone() } else { Self::default() }
    }
}

names! {
    Discussed "discussed"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Discussed { .. } => Reach::Panel,
        }
    }
}
