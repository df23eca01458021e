//! The floor: hands, turns and the clock (Art. 15, steps 1, 2, 6). Who holds the floor is heard; nobody else is.
//!
//! ```text
//! (nobody) ──give──▶ Turn running ──extend──▶ Turn running
//!                      │   ├──recess, mediation, connection lost──▶ Turn held ──resume, end, regained──▶ Turn running
//!                      └──yield, take back, give to another, step over, time over──▶ (nobody)
//! ```

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, mediation, phase, phase::Phase, plan::Plan, roll};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{Capacity, SeatId, Side},
};

/// What somebody wants done with the floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Asks for a turn.
    RaiseHand {},
    /// Asks no longer.
    LowerHand {},
    /// The chair gives the floor; whatever turn runs is over.
    Give {
        /// To whom.
        seat: SeatId,
        /// For how long, in seconds; else the length that the plan names.
        #[serde(default)]
        seconds: Option<u32>,
    },
    /// The chair takes the floor back.
    Take {
        /// From whom.
        seat: SeatId,
    },
    /// The chair gives more time.
    Extend {
        /// How much, in seconds; else what the rulebook names.
        #[serde(default)]
        seconds: Option<u32>,
    },
    /// The holder has finished.
    Yield {},
}

/// What happened to the floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A hand went up.
    HandRaised {
        /// Whose.
        seat: SeatId,
    },
    /// A hand went down.
    HandLowered {
        /// Whose.
        seat: SeatId,
    },
    /// Somebody has the floor.
    Given {
        /// Who.
        seat: SeatId,
        /// Its side.
        side: Option<Side>,
        /// For how long, in seconds.
        seconds: u32,
        /// Whether its connection is lost at present, so that the clock waits for it.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        cut_off: bool,
    },
    /// The turn was made longer.
    Extended {
        /// By how much, in seconds.
        seconds: u32,
    },
    /// The turn is over.
    Ended {
        /// Whose.
        seat: SeatId,
        /// Why.
        why: Ending,
    },
}

/// Why a turn is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The holder had finished.
    Yielded,
    /// The chair took the floor back.
    TakenBack,
    /// The floor went to somebody else.
    Passed,
    /// The time was over.
    TimeOver,
    /// The step was over.
    StepOver,
    /// The holder left the room.
    Gone,
}

/// Somebody's turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Whose.
    pub seat: SeatId,
    /// Its side.
    pub side: Option<Side>,
    /// When it began.
    pub began: Moment,
    /// How long it may be, in milliseconds.
    pub length_ms: i64,
    /// What was used before the clock last started, in milliseconds.
    pub used_ms: i64,
    /// When the clock last started; none while it stands.
    pub running_since: Option<Moment>,
    /// Whether the clock stands because the hearing does.
    pub in_break: bool,
    /// Whether the clock stands because the holder's connection is lost.
    pub cut_off: bool,
    /// Whether the clock stands because the sides are being reconciled.
    pub in_mediation: bool,
}

impl Turn {
    /// What is used up at a moment, in milliseconds.
    #[must_use]
    pub fn used_at(&self, now: Moment) -> i64 {
        self.used_ms.saturating_add(self.running_since.map_or(0, |since| now.ms_since(since).max(0)))
    }

    /// What is left at a moment, in milliseconds; never negative.
    #[must_use]
    pub fn left_at(&self, now: Moment) -> i64 {
        self.length_ms.saturating_sub(self.used_at(now)).max(0)
    }

    fn hold(&mut self, at: Moment) {
        self.used_ms = self.used_at(at);
        self.running_since = None;
    }

    fn go_on(&mut self, at: Moment) {
        let stands = self.in_break || self.cut_off || self.in_mediation;
        if !stands && self.running_since.is_none() {
            self.running_since = Some(at);
        }
    }
}

/// A raised hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hand {
    /// Whose.
    pub seat: SeatId,
    /// Since when.
    pub since: Moment,
}

/// The floor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Whose turn it is.
    pub turn: Option<Turn>,
    /// Raised hands, the longest first.
    pub hands: Vec<Hand>,
    /// Time used by each side in all, in milliseconds.
    pub used_ms: BTreeMap<Side, i64>,
    /// Sides that have had the floor in the present step.
    pub heard: BTreeSet<Side>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    match command {
        Command::RaiseHand {} => raise(hearing, act),
        Command::LowerHand {} => {
            let (seat, _) = hearing.admitted(act)?;
            if !hearing.floor.has_hand_up(seat) {
                return Err(Refusal::HandDown);
            }
            Ok(alloc::vec![Event::HandLowered { seat: seat.clone() }.into()])
        }
        Command::Give { seat, seconds } => {
            hearing.chair(act)?;
            give(hearing, seat, seconds, act)
        }
        Command::Take { seat } => {
            hearing.chair(act)?;
            hearing.phase.in_session()?;
            hearing.no_mediation()?;
            if hearing.floor.holder() != Some(&seat) {
                return Err(Refusal::NotHolder);
            }
            Ok(end_turn(hearing, Ending::TakenBack).into_iter().collect())
        }
        Command::Extend { seconds } => {
            hearing.chair(act)?;
            hearing.phase.opened()?;
            if hearing.floor.turn.is_none() {
                return Err(Refusal::NotHolder);
            }
            let seconds = length(seconds.unwrap_or(act.rules.extension_seconds), act)?;
            Ok(alloc::vec![Event::Extended { seconds }.into()])
        }
        Command::Yield {} => {
            let (seat, _) = hearing.admitted(act)?;
            if hearing.floor.holder() != Some(seat) {
                return Err(Refusal::NoFloor);
            }
            Ok(end_turn(hearing, Ending::Yielded).into_iter().collect())
        }
    }
}

fn raise(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<HearingEvent>, Refusal> {
    let (seat, capacity) = hearing.admitted(act)?;
    speaking_step(hearing)?;
    if !may_hold(capacity) {
        return Err(Refusal::CannotHoldFloor);
    }
    if hearing.floor.has_hand_up(seat) || hearing.floor.holder() == Some(seat) {
        return Err(Refusal::HandUp);
    }
    Ok(alloc::vec![Event::HandRaised { seat: seat.clone() }.into()])
}

fn give(
    hearing: &Hearing,
    seat: SeatId,
    seconds: Option<u32>,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    speaking_step(hearing)?;
    let capacity = hearing.plan.capacity(&seat).ok_or(Refusal::NotASeat)?;
    hearing.roll.require_present(&seat)?;
    if !may_hold(capacity) {
        return Err(Refusal::CannotHoldFloor);
    }
    let seconds = length(seconds.unwrap_or_else(|| hearing.plan.turn_seconds()), act)?;
    let mut events: Vec<HearingEvent> = end_turn(hearing, Ending::Passed).into_iter().collect();
    let (side, cut_off) = (hearing.plan.side(&seat), hearing.roll.is_lost(&seat));
    events.push(Event::Given { seat, side, seconds, cut_off }.into());
    Ok(events)
}

fn length(seconds: u32, act: &Act<'_>) -> Result<u32, Refusal> {
    if seconds == 0 || seconds > act.rules.turn_seconds_max { Err(Refusal::TurnTooLong) } else { Ok(seconds) }
}

/// Steps in which people speak in turn. In the deliberation the panel is alone; at the signing nothing new is said; turns
/// stand still while the sides are being reconciled.
pub(super) fn speaking_step(hearing: &Hearing) -> Result<(), Refusal> {
    hearing.phase.in_session()?;
    hearing.no_mediation()?;
    match hearing.phase.current {
        Phase::Deliberation | Phase::Signing | Phase::Waiting | Phase::Closed => Err(Refusal::NoFloorNow),
        Phase::RollCall
        | Phase::Introduction
        | Phase::Statements
        | Phase::Questions
        | Phase::Opinion
        | Phase::FinalStatements
        | Phase::Summary => Ok(()),
    }
}

const fn may_hold(capacity: Capacity) -> bool {
    !matches!(capacity, Capacity::Observer | Capacity::Clerk)
}

/// The end of the running turn, if there is one.
pub(super) fn end_turn(hearing: &Hearing, why: Ending) -> Option<HearingEvent> {
    hearing.floor.holder().map(|seat| Event::Ended { seat: seat.clone(), why }.into())
}

impl Floor {
    /// Who holds the floor.
    #[must_use]
    pub fn holder(&self) -> Option<&SeatId> {
        self.turn.as_ref().map(|turn| &turn.seat)
    }

    /// Whether a hand is up.
    #[must_use]
    pub fn has_hand_up(&self, seat: &SeatId) -> bool {
        self.hands.iter().any(|hand| &hand.seat == seat)
    }

    /// When the running turn is over; none while its clock stands.
    #[must_use]
    pub fn runs_out(&self) -> Option<Moment> {
        let turn = self.turn.as_ref()?;
        turn.running_since.map(|since| since.plus_ms(turn.length_ms.saturating_sub(turn.used_ms)))
    }

    fn end(&mut self, at: Moment) {
        let Some(turn) = self.turn.take() else { return };
        if let Some(side) = turn.side {
            let used = self.used_ms.entry(side).or_default();
            *used = used.saturating_add(turn.used_at(at).min(turn.length_ms));
        }
    }

    fn lower(&mut self, seat: &SeatId) {
        self.hands.retain(|hand| &hand.seat != seat);
    }

    fn gone(&mut self, seat: &SeatId, at: Moment) {
        self.lower(seat);
        if self.holder() == Some(seat) {
            self.end(at);
        }
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        match event {
            HearingEvent::Floor(event) => self.evolve_own(at, event),
            HearingEvent::Phase(event) => self.hear_phase(at, event),
            HearingEvent::Roll(event) => self.hear_roll(at, event),
            HearingEvent::Mediation(event) => self.hear_mediation(at, event),
            HearingEvent::Plan(_)
            | HearingEvent::Statement(_)
            | HearingEvent::Question(_)
            | HearingEvent::Exhibit(_)
            | HearingEvent::Motion(_)
            | HearingEvent::Deliberation(_)
            | HearingEvent::Opinion(_)
            | HearingEvent::Decision(_)
            | HearingEvent::Settlement(_)
            | HearingEvent::Record(_)
            | HearingEvent::Recording(_)
            | HearingEvent::Shield(_)
            | HearingEvent::Line(_)
            | HearingEvent::Equipment(_) => {}
        }
    }

    fn evolve_own(&mut self, at: Moment, event: &Event) {
        match event {
            Event::HandRaised { seat } => self.hands.push(Hand { seat: seat.clone(), since: at }),
            Event::HandLowered { seat } => self.lower(seat),
            Event::Given { seat, side, seconds, cut_off } => {
                self.lower(seat);
                self.heard.extend(*side);
                self.turn = Some(Turn {
                    seat: seat.clone(),
                    side: *side,
                    began: at,
                    length_ms: i64::from(*seconds) * 1000,
                    used_ms: 0,
                    running_since: Some(at).filter(|_| !cut_off),
                    in_break: false,
                    cut_off: *cut_off,
                    in_mediation: false,
                });
            }
            Event::Extended { seconds } => {
                if let Some(turn) = &mut self.turn {
                    turn.length_ms = turn.length_ms.saturating_add(i64::from(*seconds) * 1000);
                }
            }
            Event::Ended { .. } => self.end(at),
        }
    }

    fn hear_phase(&mut self, at: Moment, event: &phase::Event) {
        match event {
            phase::Event::Opened {} | phase::Event::Advanced { .. } => {
                self.end(at);
                self.heard.clear();
                self.hands.clear();
            }
            phase::Event::Interrupted { .. } => {
                if let Some(turn) = &mut self.turn {
                    turn.hold(at);
                    turn.in_break = true;
                }
            }
            phase::Event::Resumed {} => {
                if let Some(turn) = &mut self.turn {
                    turn.in_break = false;
                    turn.go_on(at);
                }
            }
            phase::Event::Cancelled { .. } => {}
        }
    }

    fn hear_mediation(&mut self, at: Moment, event: &mediation::Event) {
        let Some(turn) = &mut self.turn else { return };
        match event {
            mediation::Event::Opened {} => {
                turn.hold(at);
                turn.in_mediation = true;
            }
            mediation::Event::Ended { .. } => {
                turn.in_mediation = false;
                turn.go_on(at);
            }
            mediation::Event::Consented { .. }
            | mediation::Event::CaucusBegun { .. }
            | mediation::Event::CaucusEnded {}
            | mediation::Event::Confided { .. } => {}
        }
    }

    /// Time that the network took is given back: the clock stands from the moment the holder was last heard.
    fn hear_roll(&mut self, at: Moment, event: &roll::Event) {
        match event {
            roll::Event::Lost { seat, since, .. } => {
                if let Some(turn) = self.turn.as_mut().filter(|turn| &turn.seat == seat) {
                    let since = turn.running_since.map_or(*since, |running| running.max(*since));
                    turn.hold(since);
                    turn.cut_off = true;
                }
            }
            roll::Event::Regained { seat, .. } => {
                if let Some(turn) = self.turn.as_mut().filter(|turn| &turn.seat == seat) {
                    turn.cut_off = false;
                    turn.go_on(at);
                }
            }
            roll::Event::Left { seat }
            | roll::Event::Removed { seat, .. }
            | roll::Event::Recused { seat } => {
                self.gone(seat, at);
            }
            roll::Event::Arrived { .. }
            | roll::Event::Admitted { .. }
            | roll::Event::TurnedAway { .. }
            | roll::Event::AbsenceNoted { .. }
            | roll::Event::DeputyNamed { .. }
            | roll::Event::ChairTaken { .. }
            | roll::Event::ChairReturned {}
            | roll::Event::RemoteAnswered { .. } => {}
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if Reach::Everyone.includes(viewer) { self.clone() } else { Self::default() }
    }
}

names! {
    HandRaised "hand-raised"
    HandLowered "hand-lowered"
    Given "given"
    Extended "extended"
    Ended "ended"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::HandRaised { .. }
            | Self::HandLowered { .. }
            | Self::Given { .. }
            | Self::Extended { .. }
            | Self::Ended { .. } => Reach::Everyone,
        }
    }
}
