//! The one door out: who may see an event or a state, and the only type that the server can send.
//!
//! An event is seen whole or not at all, so that an entry of the record that somebody was shown can later be proved
//! to them by its commitment. Where two audiences see different things, the rules make two events.

use alloc::collections::BTreeSet;
use serde::{Serialize, Serializer};

use crate::{
    hearing::{Event, Hearing},
    seat::SeatId,
};

/// How far into the hearing somebody has been let. It follows from the roll alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clearance {
    /// Not let in, or no longer in: the own invitation and nothing of the hearing.
    Outside,
    /// The public gallery: what is said in public, no names beyond the notice.
    Gallery,
    /// Parties, agents, witnesses and the like.
    Participant,
    /// A sitting panellist.
    Panel,
    /// Chair, handling prosecutor, clerk, and the staff who may read the file.
    Office,
}

/// Somebody who looks: which seat, if any, and how far it has been let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The seat; none for staff outside the room.
    pub seat: Option<SeatId>,
    /// How far in.
    pub clearance: Clearance,
}

impl Viewer {
    /// A member of the staff who reads the file outside the room.
    #[must_use]
    pub const fn office() -> Self {
        Self { seat: None, clearance: Clearance::Office }
    }

    /// The same viewer past doors that are open or closed: where they are closed, the public gallery is outside.
    #[must_use]
    pub fn past_doors(&self, open: bool) -> Self {
        let clearance = match self.clearance {
            Clearance::Gallery if !open => Clearance::Outside,
            clearance @ (Clearance::Outside
            | Clearance::Gallery
            | Clearance::Participant
            | Clearance::Panel
            | Clearance::Office) => clearance,
        };
        Self { seat: self.seat.clone(), clearance }
    }

    /// Whether this is that seat.
    #[must_use]
    pub fn is(&self, seat: &SeatId) -> bool {
        self.seat.as_ref() == Some(seat)
    }
}

/// Who may see an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everyone who has a seat, even before being let in.
    Door,
    /// Everyone let in, the public gallery included.
    Everyone,
    /// Everyone let in, and that seat itself wherever it stands.
    EveryoneAnd(SeatId),
    /// Everyone let in but the gallery, and that seat itself wherever it stands.
    ParticipantsAnd(SeatId),
    /// Everyone let in but the gallery.
    Participants,
    /// The sitting panel and the office.
    PanelAndOffice,
    /// The sitting panel alone: chair, handler and clerk do not see it (Art. 15, step 4).
    Panel,
    /// One panellist, while it sits.
    Panellist(SeatId),
    /// Chair, handling prosecutor, clerk.
    Office,
    /// The office, and that seat itself wherever it stands.
    OfficeAnd(SeatId),
    /// These seats alone, while they take part: those to whom something was said in the mediation.
    Seats(BTreeSet<SeatId>),
}

impl Reach {
    /// Whether `viewer` is among those who may see.
    #[must_use]
    pub fn includes(&self, viewer: &Viewer) -> bool {
        use Clearance::{Gallery, Office, Outside, Panel, Participant};
        let clearance = viewer.clearance;
        match self {
            Self::Door => true,
            Self::Everyone => clearance >= Gallery,
            Self::EveryoneAnd(seat) => clearance >= Gallery || viewer.is(seat),
            Self::Participants => clearance >= Participant,
            Self::ParticipantsAnd(seat) => clearance >= Participant || viewer.is(seat),
            Self::PanelAndOffice => match clearance {
                Panel | Office => true,
                Outside | Gallery | Participant => false,
            },
            Self::Panel => clearance == Panel,
            Self::Panellist(seat) => clearance == Panel && viewer.is(seat),
            Self::Office => clearance == Office,
            Self::OfficeAnd(seat) => clearance == Office || viewer.is(seat),
            Self::Seats(seats) => match clearance {
                Participant | Panel | Office => viewer.seat.as_ref().is_some_and(|seat| seats.contains(seat)),
                Outside | Gallery => false,
            },
        }
    }
}

/// Something that may be sent to the viewer it was made for. There is no other way to make one than by asking the
/// rules, so a leak does not compile.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosed<T>(T);

impl Disclosed<Event> {
    /// The event, if `viewer` may see it. `hearing` is the hearing that the event belongs to.
    #[must_use]
    pub fn event(hearing: &Hearing, viewer: &Viewer, event: &Event) -> Option<Self> {
        let viewer = viewer.past_doors(hearing.plan.is_public());
        event.reach(&hearing.plan).includes(&viewer).then(|| Self(event.clone()))
    }
}

impl Disclosed<Hearing> {
    /// The hearing as `viewer` may see it.
    #[must_use]
    pub fn view(hearing: &Hearing, viewer: &Viewer) -> Self {
        Self(hearing.disclosed_to(viewer))
    }
}

impl<T> Disclosed<T> {
    /// What was disclosed.
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// What was disclosed.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Serialize> Serialize for Disclosed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
