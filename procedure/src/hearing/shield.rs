//! What is kept from being seen or heard over the video link: the face, and where ordered the voice, of somebody who needs
//! protection; and from the gallery, for a while, everything.
//!
//! ```text
//! seen ──shield──▶ without picture ──unshield──▶ seen        on the air ──cut off──▶ cut off ──restore──▶ on the air
//!                  (and with another voice)                              (the gallery alone)
//! ```
//!
//! The chair decides both, before the hearing or in it. The face of whoever is shielded reaches nobody and goes on no
//! record; its voice, where another one is ordered, is changed in its own browser, and the server sends on and records
//! nothing of it before that is so (as for witnesses Criminal Procedure Law, Art. 64). Cutting off takes sound and picture from those who
//! only watch, as when somebody says aloud what is not for the public: they hear and see a while later than the others, so
//! that it does not reach them. What is written on the record they still read. Both stand in the record.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::{
    Act, Event as HearingEvent, Hearing,
    plan::{self, Plan},
};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::SeatId,
};

/// What the chair decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// A seat takes part without being seen.
    Shield {
        /// Which.
        seat: SeatId,
        /// Whether its voice is to be changed, too.
        voice: bool,
    },
    /// It is seen again, and heard as it is.
    Unshield {
        /// Which.
        seat: SeatId,
    },
    /// The gallery hears and sees nothing for the time being.
    CutOff {},
    /// The gallery hears and sees again.
    Restore {},
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A seat takes part without being seen.
    Shielded {
        /// Which.
        seat: SeatId,
        /// Whether its voice is to be changed, too.
        voice: bool,
    },
    /// It is seen again, and heard as it is.
    Unshielded {
        /// Which.
        seat: SeatId,
    },
    /// The gallery hears and sees nothing for the time being.
    CutOff {},
    /// The gallery hears and sees again.
    Restored {},
}

/// Somebody who takes part without being seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shielded {
    /// Who.
    pub seat: SeatId,
    /// Whether also with another voice.
    pub voice: bool,
}

/// What is kept from being seen or heard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shield {
    /// Who takes part without being seen, in the order in which it was decided.
    pub shielded: Vec<Shielded>,
    /// Whether the gallery is cut off.
    pub cut_off: bool,
    /// How often it was.
    pub cuts: u32,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    hearing.chair(act)?;
    if hearing.phase.is_closed() {
        return Err(Refusal::Closed);
    }
    let shield = &hearing.shield;
    let event = match command {
        Command::Shield { seat, voice } => {
            hearing.may_be_shielded(&seat)?;
            (shield.of(&seat).map(|known| known.voice) != Some(voice))
                .then_some(Event::Shielded { seat, voice })
        }
        Command::Unshield { seat } => shield.of(&seat).is_some().then_some(Event::Unshielded { seat }),
        Command::CutOff {} => (!shield.cut_off).then_some(Event::CutOff {}),
        Command::Restore {} => shield.cut_off.then_some(Event::Restored {}),
    };
    event.map(|event| [event.into()].into()).ok_or(Refusal::ShieldUnchanged)
}

impl Hearing {
    /// Whether a seat can take part without being seen: who gives evidence, and the parties themselves.
    fn may_be_shielded(&self, seat: &SeatId) -> Result<(), Refusal> {
        if !self.plan.capacity(seat).ok_or(Refusal::NotASeat)?.can_be_shielded() {
            return Err(Refusal::NotShielded);
        }
        if self.roll.is_gone(seat) { Err(Refusal::HasLeft) } else { Ok(()) }
    }
}

impl Shield {
    /// How a seat is shielded, if it is.
    #[must_use]
    pub fn of(&self, seat: &SeatId) -> Option<&Shielded> {
        self.shielded.iter().find(|known| known.seat == *seat)
    }

    pub(super) fn evolve(&mut self, _: Moment, event: &HearingEvent) {
        match event {
            HearingEvent::Shield(Event::Shielded { seat, voice }) => {
                match self.shielded.iter_mut().find(|known| known.seat == *seat) {
                    Some(known) => known.voice = *voice,
                    None => self.shielded.push(Shielded { seat: seat.clone(), voice: *voice }),
                }
            }
            HearingEvent::Shield(Event::Unshielded { seat }) => {
                self.shielded.retain(|known| known.seat != *seat);
            }
            HearingEvent::Shield(Event::CutOff {}) => {
                self.cut_off = true;
                self.cuts = self.cuts.saturating_add(1);
            }
            HearingEvent::Shield(Event::Restored {}) => self.cut_off = false,
            // Whoever sits there next is somebody else.
            HearingEvent::Plan(plan::Event::Unplaced { seat }) => {
                self.shielded.retain(|known| known.seat != *seat);
            }
            _ => {}
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        let seen = self.shielded.iter().filter(|known| reach(&known.seat).includes(viewer));
        let inside = Reach::Everyone.includes(viewer);
        Self {
            shielded: seen.cloned().collect(),
            cut_off: self.cut_off && inside,
            cuts: if inside { self.cuts } else { 0 },
        }
    }
}

/// Who knows that a seat is shielded: everybody let in, who sees it anyway, and the seat itself.
fn reach(seat: &SeatId) -> Reach {
    Reach::EveryoneAnd(seat.clone())
}

names! {
    Shielded "shielded"
    Unshielded "unshielded"
    CutOff "cut-off"
    Restored "restored"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Shielded { seat, .. } | Self::Unshielded { seat } => reach(seat),
            Self::CutOff {} | Self::Restored {} => Reach::Everyone,
        }
    }
}
