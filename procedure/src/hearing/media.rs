//! The video link: who is heard and seen by whom. The rules are asked for every two seats after every event, and whoever
//! carries sound and picture obeys: the floor is the microphone.
//!
//! ```text
//!                           in one room                      heard there
//! before the opening        everybody let in                 chair, clerk
//! in session                everybody let in                 chair, holder of the floor, interpreter; who asked and who
//!                                                            answers a question that was put; the panel's speaker at the
//!                                                            opinion; the clerk at roll call and signing
//! deliberation, any break   the panel | the office |         everybody in it
//!                           each party with its agents
//! mediation                 chair, both sides, interpreter | everybody in it
//!                           or chair and one side in caucus;
//!                           the others as in a break
//! closed, called off        nobody
//! ```
//!
//! Whoever only watches (Art. 19) hears and sees the court outside its breaks and is neither heard nor seen; a people's
//! supervisor is heard with the floor. Nobody is in two rooms.
//!
//! Whoever is [shielded](super::shield) is not seen, and where another voice was ordered is heard only with that. While the
//! gallery is cut off it hears and sees nothing.
//!
//! In the mediation turns stand still and the chair leads, so that whoever is in its room is heard there. The panel, which is
//! to advise on the case, and the prosecutor hear nothing of what is conceded; whoever has not consented is not in it.
//!
//! Recorded is what is heard and seen in court while the court sits: nothing before the opening, nothing of a deliberation,
//! of a mediation, of a break or of any room of its own, nothing once the hearing is closed.

use super::{Hearing, phase::Phase, question::State};
use crate::{
    disclosed::Clearance,
    seat::{Capacity, SeatId, Side},
};

/// Where a seat is, for sound and picture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chamber {
    /// The hearing itself.
    Court,
    /// The panel among itself (Art. 15, step 4).
    Panel,
    /// Chair, handling prosecutor and clerk.
    Office,
    /// A party with its agents.
    Party(SeatId),
    /// Chair and both sides, being reconciled.
    Mediation,
    /// The chair with one side alone.
    Caucus(Side),
}

/// How a seat stands with sound and picture. Of two seats it says everything, so that a hearing with many listeners is
/// asked once for each of them and not for every two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnAir {
    /// Where it is.
    pub chamber: Option<Chamber>,
    /// Whether it is heard there.
    pub heard: bool,
    /// Whether it is seen there.
    pub seen: bool,
    /// Whether it is heard only with another voice than its own.
    pub altered: bool,
    /// Where it only watches, so that what it hears and sees may reach it later than the others: how often the gallery was
    /// cut off.
    pub gallery: Option<u32>,
    /// Whether the court sits, so that what is heard and seen of it goes on record.
    pub sitting: bool,
    /// Whether it has the floor, so that it is its turn to speak.
    pub floor: bool,
}

/// What of a seat goes on record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnRecord {
    /// Its sound.
    pub sound: bool,
    /// Its picture.
    pub picture: bool,
    /// Whether its sound is awaited to be more than silence: it has the floor.
    pub speaks: bool,
}

impl OnRecord {
    /// Whether anything does.
    #[must_use]
    pub const fn anything(self) -> bool {
        self.sound || self.picture
    }
}

impl OnAir {
    /// Whether this seat hears the other one.
    #[must_use]
    pub fn hears(&self, other: &Self) -> bool {
        other.heard && self.is_with(other)
    }

    /// Whether this seat sees the other one.
    #[must_use]
    pub fn sees(&self, other: &Self) -> bool {
        other.seen && self.is_with(other)
    }

    /// What of this seat goes on record: what is heard and seen in court, and only while it sits.
    #[must_use]
    pub fn on_record(&self) -> OnRecord {
        let court = self.sitting && self.chamber == Some(Chamber::Court);
        let sound = court && self.heard;
        OnRecord { sound, picture: court && self.seen, speaks: sound && self.floor }
    }

    fn is_with(&self, other: &Self) -> bool {
        self.chamber.is_some() && self.chamber == other.chamber
    }
}

impl Hearing {
    /// Where a seat is; none while it is not let in, is alone for the time being, or the hearing is over.
    #[must_use]
    pub fn chamber(&self, seat: &SeatId) -> Option<Chamber> {
        let course = &self.phase;
        let clearance = self.clearance(seat);
        if clearance == Clearance::Outside || course.is_closed() || self.record.sealed.is_some() {
            return None;
        }
        let mediation = self.mediation.open.is_some();
        if mediation
            && course.interrupted.is_none()
            && let Some(room) = self.room_of_mediation(seat)
        {
            return Some(room);
        }
        let apart = course.interrupted.is_some() || course.current == Phase::Deliberation || mediation;
        if !apart {
            let cut_off = clearance == Clearance::Gallery && self.shield.cut_off;
            return (!cut_off).then_some(Chamber::Court);
        }
        match clearance {
            Clearance::Outside | Clearance::Gallery => None,
            Clearance::Panel => Some(Chamber::Panel),
            Clearance::Office => Some(Chamber::Office),
            Clearance::Participant => {
                let place = self.plan.places.get(seat)?;
                match place.capacity {
                    Capacity::Applicant | Capacity::Respondent | Capacity::ThirdParty => {
                        Some(Chamber::Party(seat.clone()))
                    }
                    Capacity::Agent => place.acts_for.clone().map(Chamber::Party),
                    Capacity::Chair
                    | Capacity::Handler
                    | Capacity::Clerk
                    | Capacity::Panellist
                    | Capacity::Witness
                    | Capacity::Expert
                    | Capacity::Officer
                    | Capacity::Interpreter
                    | Capacity::PeoplesSupervisor
                    | Capacity::Observer => None,
                }
            }
        }
    }

    /// The room of an open mediation in which a seat is; none for those who are apart from it.
    fn room_of_mediation(&self, seat: &SeatId) -> Option<Chamber> {
        let mediates = self.presiding() == Some(seat);
        let side = self.mediates(seat);
        match self.mediation.caucus.as_ref().map(|caucus| caucus.with) {
            Some(with) => (mediates || side == Some(with)).then_some(Chamber::Caucus(with)),
            None => {
                let interprets = self.plan.capacity(seat) == Some(Capacity::Interpreter);
                (mediates || side.is_some() || interprets).then_some(Chamber::Mediation)
            }
        }
    }

    /// Whether a seat is heard by those in its room. A raised hand opens no microphone.
    #[must_use]
    pub fn is_heard(&self, seat: &SeatId) -> bool {
        match self.chamber(seat) {
            None => false,
            Some(
                Chamber::Panel
                | Chamber::Office
                | Chamber::Party(_)
                | Chamber::Mediation
                | Chamber::Caucus(_),
            ) => true,
            Some(Chamber::Court) => self.roll.is_present(seat) && self.has_voice_in_court(seat),
        }
    }

    fn has_voice_in_court(&self, seat: &SeatId) -> bool {
        let step = self.phase.current;
        let called_on = self.presiding() == Some(seat) || self.floor.holder() == Some(seat);
        let asked = || {
            self.question.asked.values().any(|question| {
                let concerns = question.by == *seat || question.may_be_answered_by(seat, &self.plan);
                question.state == State::Put && concerns
            })
        };
        let by_capacity = match self.plan.capacity(seat) {
            Some(Capacity::Clerk) => matches!(step, Phase::Waiting | Phase::RollCall | Phase::Signing),
            Some(Capacity::Interpreter) => step > Phase::Waiting,
            Some(Capacity::Panellist) => {
                step == Phase::Opinion && self.opinion.speaker.as_ref() == Some(seat)
            }
            Some(
                Capacity::Chair
                | Capacity::Handler
                | Capacity::Applicant
                | Capacity::Respondent
                | Capacity::ThirdParty
                | Capacity::Agent
                | Capacity::Witness
                | Capacity::Expert
                | Capacity::Officer
                | Capacity::PeoplesSupervisor
                | Capacity::Observer,
            )
            | None => false,
        };
        called_on || by_capacity || asked()
    }

    /// How a seat stands with sound and picture.
    #[must_use]
    pub fn on_air(&self, seat: &SeatId) -> OnAir {
        let takes_part = self.plan.capacity(seat).is_some_and(Capacity::signs) && self.roll.is_present(seat);
        let apart = self.phase.current == Phase::Deliberation || self.mediation.open.is_some();
        let sitting = self.phase.in_session().is_ok() && !apart;
        let shielded = self.shield.of(seat);
        OnAir {
            chamber: self.chamber(seat),
            heard: self.is_heard(seat),
            seen: takes_part && shielded.is_none(),
            altered: shielded.is_some_and(|shielded| shielded.voice),
            gallery: (self.clearance(seat) == Clearance::Gallery && !self.shield.cut_off)
                .then_some(self.shield.cuts),
            sitting,
            floor: self.floor.holder() == Some(seat),
        }
    }

    /// What of a seat goes on record at present.
    #[must_use]
    pub fn on_record(&self, seat: &SeatId) -> OnRecord {
        self.on_air(seat).on_record()
    }

    /// Whether what `speaker` says reaches `listener`.
    #[must_use]
    pub fn may_hear(&self, listener: &SeatId, speaker: &SeatId) -> bool {
        listener != speaker && self.on_air(listener).hears(&self.on_air(speaker))
    }

    /// Whether the picture of `shown` reaches `watcher`. In court everybody who takes part is seen.
    #[must_use]
    pub fn may_see(&self, watcher: &SeatId, shown: &SeatId) -> bool {
        watcher != shown && self.on_air(watcher).sees(&self.on_air(shown))
    }
}
