//! The recording: which pieces of whose sound and picture are kept, each by its hash, whose sound is missed, and whether
//! it stands still.
//!
//! ```text
//! part 1: segment 1, 2, 3 …   part 2: segment 1 …        of each seat, one file a part
//! heard ──nothing comes, or of whoever has the floor nothing but silence──▶ missed ──it comes again──▶ heard
//! recorded ──nothing can be written──▶ stalled ──a segment is on disk──▶ recorded
//! ```
//!
//! What may be recorded is decided by [`media`](super::media), and only the server knows what was: it alone notes it. All
//! who take part see it, for they are who was recorded, and each copy of the case file then proves each recording. The
//! gallery does not: it hears the court, and has no part in the file.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, is_sha256, phase::Phase, plan::Plan};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{By, SeatId},
};

/// What the server notes of the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Segments are on disk.
    Note {
        /// Which, in the order of each part.
        segments: Vec<Segment>,
    },
    /// The sound of a seat that is heard, and whose line is open, does not come; or it has the floor and is silent to the
    /// last sample.
    SoundLost {
        /// Whose.
        seat: SeatId,
    },
    /// It comes again.
    SoundBack {
        /// Whose.
        seat: SeatId,
    },
    /// Nothing can be written, of anybody: the disk is full or fails.
    Stalled {
        /// Since when.
        since: Moment,
    },
    /// It is written again.
    Resumed {},
}

/// What is known of the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Segments were recorded.
    Recorded {
        /// Which.
        segments: Vec<Segment>,
    },
    /// The sound of somebody who is heard is missing, or is nothing but silence though it is its turn to speak.
    SoundLost {
        /// Whose.
        seat: SeatId,
    },
    /// It is there again.
    SoundBack {
        /// Whose.
        seat: SeatId,
    },
    /// The recording stands still.
    Stalled {
        /// Since when.
        since: Moment,
    },
    /// It goes on.
    Resumed {},
}

/// A piece of the file of a part. It begins where the one before ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Whose sound and picture.
    pub seat: SeatId,
    /// Number of the part, from 1: a file begins anew after every break, and after a stop of the server.
    pub part: u32,
    /// Number within the part, from 1.
    pub number: u32,
    /// When it begins.
    pub from: Moment,
    /// When it ends.
    pub to: Moment,
    /// How many bytes it is.
    pub bytes: u64,
    /// SHA-256 of these bytes, hexadecimal.
    pub sha256: String,
}

/// What is known of a part. The segments themselves stand in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Whose sound and picture.
    pub seat: SeatId,
    /// Its number among those of the seat, from 1.
    pub part: u32,
    /// When it begins.
    pub from: Moment,
    /// Until when it is recorded.
    pub to: Moment,
    /// How many segments it has.
    pub segments: u32,
    /// How many bytes they are.
    pub bytes: u64,
}

/// The recordings of a hearing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recordings {
    /// The parts, as they were begun.
    pub parts: Vec<Part>,
    /// Whose sound is missed.
    pub missed: Vec<SeatId>,
    /// Since when nothing is written.
    #[serde(default)]
    pub stalled: Option<Moment>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    if *act.by != By::Clock {
        return Err(Refusal::ClockOnly);
    }
    let known = |seat: &SeatId| hearing.plan.capacity(seat).map(|_| ()).ok_or(Refusal::NotASeat);
    let missed = &hearing.recording.missed;
    let event = match command {
        Command::Note { segments } => {
            if hearing.phase.current == Phase::Waiting {
                return Err(Refusal::NotOpen);
            }
            let mut after = hearing.recording.clone();
            for segment in &segments {
                known(&segment.seat)?;
                if !after.follows(segment) {
                    return Err(Refusal::SegmentOutOfPlace);
                }
                after.add(segment);
            }
            (!segments.is_empty()).then_some(Event::Recorded { segments })
        }
        Command::SoundLost { seat } => {
            known(&seat)?;
            let awaited = hearing.on_record(&seat).sound && !missed.contains(&seat);
            awaited.then_some(Event::SoundLost { seat })
        }
        Command::SoundBack { seat } => {
            known(&seat)?;
            missed.contains(&seat).then_some(Event::SoundBack { seat })
        }
        Command::Stalled { since } => {
            let first = hearing.recording.stalled.is_none();
            first.then_some(Event::Stalled { since: since.min(act.at) })
        }
        Command::Resumed {} => hearing.recording.stalled.map(|_| Event::Resumed {}),
    };
    Ok(event.map(HearingEvent::from).into_iter().collect())
}

impl Recordings {
    /// A part of a seat, by its number.
    #[must_use]
    pub fn part(&self, seat: &SeatId, part: u32) -> Option<&Part> {
        self.parts.iter().find(|known| known.part == part && known.seat == *seat)
    }

    /// The last part of a seat.
    #[must_use]
    pub fn last(&self, seat: &SeatId) -> Option<&Part> {
        self.parts.iter().rfind(|known| known.seat == *seat)
    }

    /// Whether a segment is the next of its part, or the first of a new one.
    fn follows(&self, segment: &Segment) -> bool {
        let in_place = match self.last(&segment.seat) {
            Some(last) if last.part == segment.part => last.segments.checked_add(1) == Some(segment.number),
            Some(last) => last.part < segment.part && segment.number == 1,
            None => segment.part > 0 && segment.number == 1,
        };
        in_place && segment.from <= segment.to && segment.bytes > 0 && is_sha256(&segment.sha256)
    }

    fn add(&mut self, segment: &Segment) {
        let Segment { seat, part, number, from, to, bytes, .. } = segment;
        let known = self.parts.iter_mut().find(|known| known.part == *part && known.seat == *seat);
        if let Some(known) = known {
            known.to = known.to.max(*to);
            known.segments = *number;
            known.bytes = known.bytes.saturating_add(*bytes);
            return;
        }
        let (seat, segments) = (seat.clone(), *number);
        self.parts.push(Part { seat, part: *part, from: *from, to: *to, segments, bytes: *bytes });
    }

    pub(super) fn evolve(&mut self, _: Moment, event: &HearingEvent) {
        let HearingEvent::Recording(event) = event else { return };
        match event {
            Event::Recorded { segments } => segments.iter().for_each(|segment| self.add(segment)),
            Event::SoundLost { seat } => {
                self.missed.push(seat.clone());
            }
            Event::SoundBack { seat } => {
                self.missed.retain(|missed| missed != seat);
            }
            Event::Stalled { since } => self.stalled = Some(*since),
            Event::Resumed {} => self.stalled = None,
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if Reach::Participants.includes(viewer) { self.clone() } else { Self::default() }
    }
}

impl Hearing {
    /// Whose sound is missed just now: it should be recorded and does not come. Who is no longer heard is not missed.
    pub fn missed(&self) -> impl Iterator<Item = &SeatId> {
        self.recording.missed.iter().filter(|seat| self.on_record(seat).sound)
    }
}

impl Hearing {
    /// Since when the recording stands still though the court sits; none while nothing is to be recorded.
    #[must_use]
    pub fn stalled(&self) -> Option<Moment> {
        let awaited = || self.plan.places.keys().any(|seat| self.on_record(seat).anything());
        self.recording.stalled.filter(|_| awaited())
    }
}

names! {
    Recorded "recorded"
    SoundLost "sound-lost"
    SoundBack "sound-back"
    Stalled "stalled"
    Resumed "resumed"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Recorded { .. }
            | Self::SoundLost { .. }
            | Self::SoundBack { .. }
            | Self::Stalled { .. }
            | Self::Resumed {} => Reach::Participants,
        }
    }
}
