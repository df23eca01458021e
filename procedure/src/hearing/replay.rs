//! The replay: who may hear and see again what of the recordings.
//!
//! The recording belongs to the file (Art. 18). Those who keep the file may have all of it; whoever only takes part may make
//! good what a lost connection took from it, until the record is sealed, so that everybody signs what it knows. Nobody
//! else hears anything again, and who was sent out or recused nothing at all.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::{
    Hearing,
    record::{Line, Said},
    roll::Standing,
};
use crate::{moment::Moment, seat::SeatId};

/// What of the recordings a seat may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// All of them.
    Whole,
    /// What falls into these absences, the earliest first; none: nothing.
    Missed(Vec<Absence>),
}

/// A time for which somebody who takes part was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// When it was last heard of.
    pub from: Moment,
    /// When it was back.
    pub to: Moment,
}

impl Replay {
    /// Whether there is anything to have.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Missed(absences) if absences.is_empty())
    }

    /// Whether it holds what lies between two moments, in whole or in part.
    #[must_use]
    pub fn touches(&self, from: Moment, to: Moment) -> bool {
        match self {
            Self::Whole => true,
            Self::Missed(absences) => absences.iter().any(|absence| absence.from <= to && from <= absence.to),
        }
    }
}

impl Hearing {
    /// What of the recordings a seat may have at present.
    #[must_use]
    pub fn replay(&self, seat: &SeatId) -> Replay {
        let nothing = Replay::Missed(Vec::new());
        let Some(capacity) = self.plan.capacity(seat) else { return nothing };
        match self.roll.standing(seat) {
            Standing::Recused | Standing::Removed => return nothing,
            Standing::Expected | Standing::Waiting | Standing::Present | Standing::Left => {}
        }
        if capacity.is_office() {
            return if self.roll.took_part(seat) { Replay::Whole } else { nothing };
        }
        let takes_part = capacity.signs() && self.roll.is_present(seat);
        if !takes_part || self.record.sealed.is_some() {
            return nothing;
        }
        Replay::Missed(self.absences(seat))
    }

    /// Whether nothing that was recorded of a seat is for those who only make good what they missed: it was shielded at some
    /// time, and what was recorded before that shows it.
    #[must_use]
    pub fn is_kept_back(&self, seat: &SeatId) -> bool {
        let shielded = |line: &Line| matches!(line.said, Said::Shielded { .. });
        self.record.lines.iter().any(|line| line.speaker.as_ref() == Some(seat) && shielded(line))
    }

    /// When a seat was cut off, from the room or from sound and picture, and is back from, as the record tells; times that
    /// touch are one.
    #[must_use]
    pub fn absences(&self, seat: &SeatId) -> Vec<Absence> {
        let (mut since, mut unheard, mut inside) = (None, None, false);
        let mut absences: Vec<Absence> = Vec::new();
        for line in self.record.lines.iter().filter(|line| line.speaker.as_ref() == Some(seat)) {
            let over = match line.said {
                // What went on inside before it was let in is not its own.
                Said::CameIn => {
                    (since, inside) = (since.map(|_| line.at), true);
                    continue;
                }
                Said::LeftRoom | Said::SentOut(_) | Said::Recused => {
                    (since, unheard, inside) = (None, None, false);
                    continue;
                }
                Said::Gap { since: lost } => {
                    since = Some(lost);
                    continue;
                }
                Said::VideoGap { since: lost } => {
                    unheard = Some(lost);
                    continue;
                }
                Said::GapOver { .. } => since.take(),
                Said::VideoGapOver { .. } => unheard.take(),
                _ => continue,
            };
            let Some(from) = over.filter(|_| inside) else { continue };
            let mut absence = Absence { from, to: line.at };
            while let Some(last) = absences.pop_if(|last| last.to >= absence.from) {
                absence.from = absence.from.min(last.from);
            }
            absences.push(absence);
        }
        absences
    }
}
