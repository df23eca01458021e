//! The video lines: whose is open, whose is broken and since when, how good each is, and what each has missed.
//!
//! ```text
//! none ──opened──▶ open ──nothing comes through any more──▶ broken ──opened──▶ open: so long was missed
//!                   └──turned off by whoever sits there; broken before the opening──▶ none
//! ```
//!
//! Only the server knows, and it alone notes it. That a line broke, and for how long, stands in the record: who could not
//! hear what was said can make good what it missed (see [`replay`](super::replay)), and nobody can say later that it did not
//! hear. How good a line is, is for those who lead the hearing and for the seat itself. Where a seat has lost the room
//! altogether, that is its [gap](super::roll), and its line went with it.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::{
    Act, Event as HearingEvent, Hearing,
    phase::Phase,
    plan::{self, Plan},
    roll,
};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{By, Capacity, SeatId},
};

/// What the server notes of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Sound and picture go through.
    Opened {
        /// Whose.
        seat: SeatId,
    },
    /// Nothing goes through any more.
    Broken {
        /// Whose.
        seat: SeatId,
        /// Since when.
        since: Moment,
    },
    /// Whoever sits there has turned it off.
    Closed {
        /// Whose.
        seat: SeatId,
    },
    /// How good it is.
    Rated {
        /// Whose.
        seat: SeatId,
        /// How good.
        quality: Quality,
    },
}

/// What is known of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// It is open, and was not broken.
    Opened {
        /// Whose.
        seat: SeatId,
    },
    /// It is broken.
    Broken {
        /// Whose.
        seat: SeatId,
        /// Since when.
        since: Moment,
    },
    /// It is open again.
    Restored {
        /// Whose.
        seat: SeatId,
        /// For how long it was broken, in milliseconds.
        away_ms: i64,
    },
    /// Whoever sits there has turned it off.
    Closed {
        /// Whose.
        seat: SeatId,
    },
    /// It is as good as that.
    Rated {
        /// Whose.
        seat: SeatId,
        /// How good.
        quality: Quality,
    },
}

/// How good a line is, in one word. Where it lies between two is for whoever measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// One who listens notices nothing.
    Good,
    /// Now and then something is lost.
    Fair,
    /// It is hard to follow.
    Poor,
}

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// Sound and picture go through.
    Open,
    /// Nothing does, since then.
    Broken {
        /// Since when.
        since: Moment,
    },
    /// It was turned off.
    Closed,
}

/// A line that there is or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Whose.
    pub seat: SeatId,
    /// How it stands.
    pub stands: Stands,
    /// How good it is; none while that is not known.
    pub quality: Option<Quality>,
    /// How often it broke.
    pub breaks: u32,
    /// What it has missed by that, in milliseconds; what it misses at present is not counted yet.
    pub missed_ms: i64,
}

/// The video lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// In the order in which they were first opened.
    pub known: Vec<Known>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    if *act.by != By::Clock {
        return Err(Refusal::ClockOnly);
    }
    if hearing.phase.is_closed() {
        return Err(Refusal::Closed);
    }
    let event = match command {
        Command::Opened { seat } => hearing.line_opens(seat, act.at)?,
        Command::Broken { seat, since } => {
            let open = hearing.line.of(&seat).is_some_and(|line| line.stands == Stands::Open);
            let since = since.min(act.at);
            // Before the opening, and once it is gone, a seat misses nothing by it.
            let misses = hearing.phase.current != Phase::Waiting && hearing.roll.is_present(&seat);
            let event = if misses {
                Event::Broken { seat: seat.clone(), since }
            } else {
                Event::Closed { seat: seat.clone() }
            };
            (open && !hearing.roll.is_lost(&seat)).then_some(event)
        }
        Command::Closed { seat } => {
            // What was missed lasts until there is a line again.
            let open = hearing.line.of(&seat).is_some_and(|line| line.stands == Stands::Open);
            open.then_some(Event::Closed { seat })
        }
        Command::Rated { seat, quality } => {
            let open = hearing.line.of(&seat).filter(|line| line.stands == Stands::Open);
            open.is_some_and(|line| line.quality != Some(quality)).then_some(Event::Rated { seat, quality })
        }
    };
    Ok(event.map(HearingEvent::from).into_iter().collect())
}

impl Hearing {
    /// A line opens: of whoever is in the room and does not only watch.
    fn line_opens(&self, seat: SeatId, at: Moment) -> Result<Option<Event>, Refusal> {
        match self.plan.capacity(&seat) {
            None => return Err(Refusal::NotASeat),
            Some(Capacity::Observer) => return Ok(None),
            Some(_) => self.roll.require_present(&seat)?,
        }
        Ok(match self.line.of(&seat).map(|line| line.stands) {
            Some(Stands::Open) => None,
            Some(Stands::Broken { since }) => {
                Some(Event::Restored { seat, away_ms: at.ms_since(since).max(0) })
            }
            Some(Stands::Closed) | None => Some(Event::Opened { seat }),
        })
    }
}

impl Lines {
    /// The line of a seat, if it has, or had, one.
    #[must_use]
    pub fn of(&self, seat: &SeatId) -> Option<&Known> {
        self.known.iter().find(|line| line.seat == *seat)
    }

    pub(super) fn evolve(&mut self, _: Moment, event: &HearingEvent) {
        // Whoever sits there next is somebody else.
        if let HearingEvent::Plan(plan::Event::Unplaced { seat }) = event {
            self.known.retain(|line| line.seat != *seat);
        }
        // Whoever loses the room loses the line with it.
        if let HearingEvent::Roll(roll::Event::Lost { seat, .. }) = event
            && let Some(line) = self.known.iter_mut().find(|line| line.seat == *seat)
            && line.stands == Stands::Open
        {
            (line.stands, line.quality) = (Stands::Closed, None);
        }
        let HearingEvent::Line(event) = event else { return };
        if let Event::Opened { seat } = event
            && self.of(seat).is_none()
        {
            let (stands, seat) = (Stands::Open, seat.clone());
            return self.known.push(Known { seat, stands, quality: None, breaks: 0, missed_ms: 0 });
        }
        // Of others' lines whoever only takes part knows no more than what stands in the record.
        let Some(line) = self.known.iter_mut().find(|line| line.seat == *event.seat()) else { return };
        match event {
            Event::Opened { .. } => (line.stands, line.quality) = (Stands::Open, None),
            Event::Broken { since, .. } => {
                (line.stands, line.quality) = (Stands::Broken { since: *since }, None);
                line.breaks = line.breaks.saturating_add(1);
            }
            Event::Restored { away_ms, .. } => {
                line.stands = Stands::Open;
                line.missed_ms = line.missed_ms.saturating_add(*away_ms);
            }
            Event::Closed { .. } => (line.stands, line.quality) = (Stands::Closed, None),
            Event::Rated { quality, .. } => line.quality = Some(*quality),
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        let seen = self.known.iter().filter(|line| Reach::OfficeAnd(line.seat.clone()).includes(viewer));
        Self { known: seen.cloned().collect() }
    }
}

names! {
    Opened "opened"
    Broken "broken"
    Restored "restored"
    Closed "closed"
    Rated "rated"
}

impl Event {
    fn seat(&self) -> &SeatId {
        match self {
            Self::Opened { seat }
            | Self::Broken { seat, .. }
            | Self::Restored { seat, .. }
            | Self::Closed { seat }
            | Self::Rated { seat, .. } => seat,
        }
    }

    /// Who may see the event.
    #[must_use]
    pub fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Broken { seat, .. } | Self::Restored { seat, .. } => Reach::EveryoneAnd(seat.clone()),
            Self::Opened { seat } | Self::Closed { seat } | Self::Rated { seat, .. } => {
                Reach::OfficeAnd(seat.clone())
            }
        }
    }
}
