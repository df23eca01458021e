//! The equipment check: whether camera, microphone and network of a seat were tried before the hearing, and what came of it.
//!
//! ```text
//! not checked ──report──▶ checked ──report──▶ checked again: the last one counts
//! ```
//!
//! Everybody who may speak can check, days ahead or at the door, and nobody must: who has no camera, or no device at all,
//! takes part all the same. What is reported is what was measured and what failed; how good that is follows from it
//! ([`Check::verdict`]). It is no part of the record of what was said. It is for that seat and for those who prepare and
//! lead the hearing: chair, handling prosecutor and clerk.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::{
    Act, Event as HearingEvent, Hearing,
    phase::Phase,
    plan::{self, Plan},
};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    rulebook::Rulebook,
    seat::{Capacity, SeatId},
};

/// What a seat says of its equipment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// The check is over.
    Report {
        /// What came of it.
        check: Check,
    },
}

/// What is known of a seat's equipment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A seat has checked.
    Reported {
        /// Whose.
        seat: SeatId,
        /// What came of it.
        check: Check,
    },
}

/// What came of a check. The numbers are those of the own sound and picture on their way to the server and back, over some
/// seconds; they are 0 where nothing came back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What is missing or does not work.
    pub failed: Vec<Trouble>,
    /// Of a thousand packets so many did not come back.
    pub loss_permille: u32,
    /// There and back, in milliseconds.
    pub round_trip_ms: u32,
    /// By how much packets come early or late, in milliseconds.
    pub jitter_ms: u32,
    /// What the line bears outwards: what was sent, or more where the browser found that more would go; in thousands of
    /// bits a second.
    pub sends_kbps: u32,
}

/// What is missing or does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// There is no microphone.
    NoMicrophone,
    /// There is no camera.
    NoCamera,
    /// The person, or the browser, did not allow the use of them.
    Denied,
    /// Another program has them.
    Busy,
    /// This browser has no way to them, as that inside another program.
    Unsupported,
    /// Sound and picture do not reach the server or do not come back.
    NoLine,
    /// The person did not see itself.
    NotSeen,
    /// The person heard neither itself nor the test sound.
    NotHeard,
    /// The person saw or heard it falter.
    NotSmooth,
}

/// How good the equipment is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing is in the way.
    Good,
    /// One can take part with it.
    Usable,
    /// One will not be heard, or not be understood.
    Poor,
}

/// Up to so much, one who listens notices nothing; above the second number it is hard to follow.
type Bounds = (u32, u32);
/// Lost packets, of a thousand: ITU-T G.1010 takes conversation to bear 3 %, and G.113 calls a tenth lost unusable.
const LOSS_PERMILLE: Bounds = (30, 100);
/// There and back, in milliseconds: twice the 150 and 400 ms one way of ITU-T G.114.
const ROUND_TRIP_MS: Bounds = (300, 800);
/// Unevenness, in milliseconds: 50 is what ITU-T Y.1541 allows a network for conversation; what a browser buffers of sound evens out
/// about twice as much.
const JITTER_MS: Bounds = (50, 100);
/// Too little for a face that moves, and too little for sound alone (Opus with its packets), in thousands of bits a second.
const SENDS_KBPS: Bounds = (150, 24);

impl Check {
    /// How good it is: as good as the worst of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let troubles = self.failed.iter().map(|trouble| trouble.verdict());
        let worst = troubles.max().unwrap_or(Verdict::Good);
        if !self.is_measured() {
            return worst;
        }
        let above = |value: u32, (good, usable): Bounds| match value {
            value if value <= good => Verdict::Good,
            value if value <= usable => Verdict::Usable,
            _ => Verdict::Poor,
        };
        let sends = match self.sends_kbps {
            least if least >= SENDS_KBPS.0 => Verdict::Good,
            // Without a camera there is only sound to be sent.
            least if least >= SENDS_KBPS.1 && self.failed.contains(&Trouble::NoCamera) => Verdict::Good,
            least if least >= SENDS_KBPS.1 => Verdict::Usable,
            _ => Verdict::Poor,
        };
        let measured = [
            above(self.loss_permille, LOSS_PERMILLE),
            above(self.round_trip_ms, ROUND_TRIP_MS),
            above(self.jitter_ms, JITTER_MS),
            sends,
        ];
        measured.into_iter().fold(worst, Verdict::max)
    }

    /// Whether anything of it was measured.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        let neither =
            [Trouble::NoMicrophone, Trouble::NoCamera].iter().all(|none| self.failed.contains(none));
        !neither && !self.failed.iter().any(|trouble| trouble.leaves_nothing_measured())
    }

    /// Whether the numbers can be those of a check.
    fn is_sound(&self, rules: &Rulebook) -> bool {
        let mut seen = Vec::new();
        let once = self.failed.iter().all(|trouble| {
            let new = !seen.contains(trouble);
            seen.push(*trouble);
            new
        });
        let most = self.round_trip_ms.max(self.jitter_ms).max(self.sends_kbps);
        once && self.loss_permille <= 1_000 && most <= rules.check_number_max
    }
}

impl Trouble {
    /// How much it is in the way.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::NoCamera | Self::NotSeen | Self::NotSmooth => Verdict::Usable,
            Self::NoMicrophone
            | Self::Denied
            | Self::Busy
            | Self::Unsupported
            | Self::NoLine
            | Self::NotHeard => Verdict::Poor,
        }
    }

    /// Whether nothing can have been sent.
    const fn leaves_nothing_measured(self) -> bool {
        match self {
            Self::Denied | Self::Busy | Self::Unsupported | Self::NoLine => true,
            Self::NoMicrophone | Self::NoCamera | Self::NotSeen | Self::NotHeard | Self::NotSmooth => false,
        }
    }
}

/// The last check of a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Whose.
    pub seat: SeatId,
    /// When.
    pub at: Moment,
    /// How often it has checked.
    pub times: u32,
    /// What came of it.
    pub check: Check,
}

/// What is known of everybody's equipment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Equipment {
    /// Of those who have checked, in the order of their first check.
    pub checked: Vec<Known>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let seat = act.seat()?;
    hearing.has_equipment(seat)?;
    let Command::Report { check } = command;
    if !check.is_sound(act.rules) {
        return Err(Refusal::CheckUnsound);
    }
    let times = hearing.equipment.of(seat).map_or(0, |known| known.times);
    if times >= act.rules.checks_max {
        return Err(Refusal::TooManyChecks);
    }
    Ok([Event::Reported { seat: seat.clone(), check }.into()].into())
}

impl Hearing {
    /// Whether a seat has equipment to check: it may speak, is still expected or here, and the hearing is not over.
    fn has_equipment(&self, seat: &SeatId) -> Result<(), Refusal> {
        match self.plan.capacity(seat) {
            None => return Err(Refusal::NotASeat),
            Some(Capacity::Observer) => return Err(Refusal::NothingToCheck),
            Some(_) => {}
        }
        if self.roll.is_recused(seat) {
            return Err(Refusal::Recused);
        }
        if self.roll.is_gone(seat) {
            return Err(Refusal::HasLeft);
        }
        if self.phase.is_closed() { Err(Refusal::Closed) } else { Ok(()) }
    }

    /// Whether a seat may have its own sound and picture sent back to it: not while it sits in a hearing in session, where
    /// its line is that of the hearing.
    ///
    /// # Errors
    /// Why not.
    pub fn may_check(&self, seat: &SeatId) -> Result<(), Refusal> {
        self.has_equipment(seat)?;
        let apart = self.phase.current == Phase::Waiting || self.phase.interrupted.is_some();
        if apart || !self.roll.is_present(seat) { Ok(()) } else { Err(Refusal::CheckNotNow) }
    }
}

impl Equipment {
    /// The last check of a seat.
    #[must_use]
    pub fn of(&self, seat: &SeatId) -> Option<&Known> {
        self.checked.iter().find(|known| known.seat == *seat)
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        if let HearingEvent::Equipment(Event::Reported { seat, check }) = event {
            let check = check.clone();
            match self.checked.iter_mut().find(|known| known.seat == *seat) {
                Some(known) => {
                    (known.at, known.check) = (at, check);
                    known.times = known.times.saturating_add(1);
                }
                None => self.checked.push(Known { seat: seat.clone(), at, times: 1, check }),
            }
        }
        // Whoever sits there next is somebody else.
        if let HearingEvent::Plan(plan::Event::Unplaced { seat }) = event {
            self.checked.retain(|known| known.seat != *seat);
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        let seen = self.checked.iter().filter(|known| reach(&known.seat).includes(viewer));
        Self { checked: seen.cloned().collect() }
    }
}

/// Who may know of a seat's equipment: those who prepare and lead the hearing, and the seat itself.
fn reach(seat: &SeatId) -> Reach {
    Reach::OfficeAnd(seat.clone())
}

names! {
    Reported "reported"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Reported { seat, .. } => reach(seat),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(loss_permille: u32, round_trip_ms: u32, jitter_ms: u32, sends_kbps: u32) -> Check {
        Check { failed: Vec::new(), loss_permille, round_trip_ms, jitter_ms, sends_kbps }
    }

    #[test]
    fn a_check_is_as_good_as_the_worst_of_it() {
        assert_eq!(measured(0, 40, 5, 400).verdict(), Verdict::Good);
        assert_eq!(measured(31, 40, 5, 400).verdict(), Verdict::Usable, "loss");
        assert_eq!(measured(0, 301, 5, 400).verdict(), Verdict::Usable, "delay");
        assert_eq!(measured(0, 40, 51, 400).verdict(), Verdict::Usable, "unevenness");
        assert_eq!(measured(0, 40, 5, 149).verdict(), Verdict::Usable, "no room for a picture");
        assert_eq!(measured(101, 301, 5, 400).verdict(), Verdict::Poor);
        assert_eq!(measured(0, 801, 5, 400).verdict(), Verdict::Poor);
        assert_eq!(measured(0, 40, 101, 400).verdict(), Verdict::Poor);
        assert_eq!(measured(0, 40, 5, 23).verdict(), Verdict::Poor, "not even for sound");
    }

    #[test]
    fn without_a_camera_one_can_take_part_and_without_a_microphone_one_is_not_heard() {
        let without = |trouble, kbps| Check { failed: [trouble].into(), ..measured(0, 40, 5, kbps) };
        assert_eq!(without(Trouble::NoCamera, 40).verdict(), Verdict::Usable);
        assert_eq!(without(Trouble::NoMicrophone, 400).verdict(), Verdict::Poor);
        assert_eq!(without(Trouble::NotSmooth, 400).verdict(), Verdict::Usable, "who saw it counts");
        let nothing = Check { failed: [Trouble::Denied].into(), ..Check::default() };
        assert_eq!((nothing.verdict(), nothing.is_measured()), (Verdict::Poor, false));
    }
}
