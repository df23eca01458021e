//! The recording: which pieces of whose sound and picture are kept, each by its hash, and whose sound is missed.
//!
//! ```text
//! part 1: segment 1, 2, 3 …   part 2: segment 1 …        of each seat, one file a part
//! heard ──nothing comes──▶ missed ──it comes again──▶ heard
//! ```
//!
//! What may be recorded is decided by [`media`](super::media), and only the server knows what was: it alone notes it. All
//! who take part see it, for they are who was recorded, and each copy of the case file then proves each recording. The
//! gallery does not: it hears the court, and has no part in the file.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
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
    /// The sound of a seat that is heard, and whose line is open, does not come.
    SoundLost {
        /// Whose.
        seat: SeatId,
    },
    /// It comes again.
    SoundBack {
        /// Whose.
        seat: SeatId,
    },
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
    /// The sound of somebody who is heard is missing.
    SoundLost {
        /// Whose.
        seat: SeatId,
    },
    /// It is there again.
    SoundBack {
        /// Whose.
        seat: SeatId,
    },
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
    /// The parts of each seat, by number.
    pub parts: BTreeMap<SeatId, BTreeMap<u32, Part>>,
    /// Whose sound is missed, and since when that is known.
    pub missed: BTreeMap<SeatId, Moment>,
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
            let awaited = hearing.on_record(&seat).sound && !missed.contains_key(&seat);
            awaited.then_some(Event::SoundLost { seat })
        }
        Command::SoundBack { seat } => {
            known(&seat)?;
            missed.contains_key(&seat).then_some(Event::SoundBack { seat })
        }
    };
    Ok(event.map(HearingEvent::from).into_iter().collect())
}

impl Recordings {
    /// Whether a segment is the next of its part, or the first of a new one.
    fn follows(&self, segment: &Segment) -> bool {
        let last = self.parts.get(&segment.seat).and_then(BTreeMap::last_key_value);
        let in_place = match last {
            Some((part, known)) if *part == segment.part => {
                known.segments.checked_add(1) == Some(segment.number)
            }
            Some((part, _)) => *part < segment.part && segment.number == 1,
            None => segment.part > 0 && segment.number == 1,
        };
        in_place && segment.from <= segment.to && segment.bytes > 0 && is_sha256(&segment.sha256)
    }

    fn add(&mut self, segment: &Segment) {
        let parts = self.parts.entry(segment.seat.clone()).or_default();
        let part = parts.entry(segment.part).or_insert(Part {
            from: segment.from,
            to: segment.to,
            segments: 0,
            bytes: 0,
        });
        part.to = part.to.max(segment.to);
        part.segments = segment.number;
        part.bytes = part.bytes.saturating_add(segment.bytes);
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        let HearingEvent::Recording(event) = event else { return };
        match event {
            Event::Recorded { segments } => segments.iter().for_each(|segment| self.add(segment)),
            Event::SoundLost { seat } => {
                self.missed.insert(seat.clone(), at);
            }
            Event::SoundBack { seat } => {
                self.missed.remove(seat);
            }
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if Reach::Participants.includes(viewer) { self.clone() } else { Self::default() }
    }
}

impl Hearing {
    /// Whose sound is missed just now: it should be recorded and does not come. Who is no longer heard is not missed.
    pub fn missed(&self) -> impl Iterator<Item = &SeatId> {
        self.recording.missed.keys().filter(|seat| self.on_record(seat).sound)
    }
}

names! {
    Recorded "recorded"
    SoundLost "sound-lost"
    SoundBack "sound-back"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Recorded { .. } | Self::SoundLost { .. } | Self::SoundBack { .. } => Reach::Participants,
        }
    }
}
