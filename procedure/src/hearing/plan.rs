//! The hearing plan: the case, the issues to be heard, mode, openness, place and time, who sits where, the chief
//! prosecutor's approval, the notices and the panellists' declarations (Arts. 4, 5, 7, 10, 12, 13).
//!
//! ```text
//! Nothing ──register──▶ Registered ──approve──▶ Approved ──notify──▶ Notified ──publish (if public)──▶ Ready
//!                           ▲  └──seat, unseat, draw      ▲                                              │
//!                           │     (until the panel        └──────────────── postpone ────────────────────┤
//!                           │     deliberates)                                                           │
//!                           └───────────────────────────────── amend ────────────────────────────────────┘
//! ```
//!
//! An approval covers the plan that was approved: an amended one is approved, notified and published anew. Doors that
//! are closed stay closed; a hearing becomes closed by an amendment, or when the chair grants a motion.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{Capacity, Office, SeatId, Side},
};

mod decide;
mod preparation;
mod types;

pub(super) use decide::{decide, decide_at_seat};
pub use preparation::Step;
pub use types::{Case, ClosedBecause, Draw, Issue, Kind, Mode, Openness, Place, Seating, Setting};

/// What the office wants done with the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Registers the hearing of a case.
    Register {
        /// The case.
        case: Case,
        /// Mode, openness, place and time.
        hearing: Setting,
    },
    /// Gives somebody a seat.
    Seat(Seating),
    /// Takes a seat back before the hearing opens.
    Unseat {
        /// Whose.
        seat: SeatId,
    },
    /// Records how the panel was drawn from the pool.
    Draw(Draw),
    /// The chief prosecutor approves (Art. 4).
    Approve {
        /// Remarks.
        #[serde(default)]
        note: String,
    },
    /// The participants are told cause, time, place and names (Art. 10).
    Notify {
        /// Why the notice is shorter than the rules ask for.
        #[serde(default)]
        reason: Option<String>,
    },
    /// The public notice is published (Art. 10).
    Publish {},
    /// A panellist declares to have no interest in the case and to keep its secrets (Art. 7).
    Declare {},
    /// Moves the hearing to another day; participants and public must be told again.
    Postpone {
        /// The new time, RFC 3339.
        scheduled: String,
        /// Why.
        reason: String,
    },
    /// Changes mode, openness, place or time before the opening; the plan must be approved again.
    Amend {
        /// The new ones.
        hearing: Setting,
        /// Why.
        reason: String,
    },
}

/// What happened to the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The hearing of a case was registered.
    Registered {
        /// Number of the case.
        number: String,
        /// Kind of the case.
        kind: Kind,
        /// Cause of the case.
        cause: String,
        /// Mode, openness, place and time.
        hearing: Setting,
        /// The time, parsed.
        scheduled: Moment,
    },
    /// What is to be heard: for those who take part or watch.
    Outlined {
        /// Summary of the case.
        summary: String,
        /// Issues.
        issues: Vec<Issue>,
    },
    /// What the office proposes to do on each issue: for the panel and the office.
    Proposed {
        /// By issue.
        proposed: BTreeMap<String, String>,
    },
    /// Somebody was given a seat.
    Placed(Place),
    /// Who sits in it.
    Named {
        /// The seat.
        seat: SeatId,
        /// Name.
        name: String,
        /// Post or trade.
        post: Option<String>,
    },
    /// A seat was taken back.
    Unplaced {
        /// Whose.
        seat: SeatId,
    },
    /// The panel was drawn from the pool.
    Drawn(Draw),
    /// The chief prosecutor approved.
    Approved {
        /// Empty: remarks are an event of their own, which is the office's.
        note: String,
    },
    /// The chief prosecutor's remarks on the approval.
    ApprovalNoted {
        /// Remarks.
        note: String,
    },
    /// The participants were told.
    Notified {
        /// None: why it was short is an event of its own, which is the office's.
        reason: Option<String>,
    },
    /// Why the notice was shorter than the rules ask for.
    NoticeShortened {
        /// Why.
        reason: String,
    },
    /// The public notice was published.
    Published {},
    /// A panellist declared to have no interest.
    Declared {
        /// Who.
        seat: SeatId,
    },
    /// The hearing was moved.
    Postponed {
        /// The new time.
        scheduled: Moment,
        /// Why.
        reason: String,
    },
    /// Mode, openness, place or time were changed before the opening.
    Amended {
        /// The new ones.
        hearing: Setting,
        /// The time, parsed.
        scheduled: Moment,
        /// Why.
        reason: String,
    },
    /// The chair had the doors closed: the public gallery sees nothing more.
    DoorsClosed {},
}

/// The plan of a hearing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Number, kind and cause of the case, and the setting; none before registration.
    pub registered: Option<Registered>,
    /// Summary of the case.
    pub summary: String,
    /// Issues to be heard.
    pub issues: Vec<Issue>,
    /// What the office proposes, by issue: panel and office only.
    pub proposed: BTreeMap<String, String>,
    /// Who sits where.
    pub places: BTreeMap<SeatId, Place>,
    /// Names, where the viewer may know them.
    pub names: BTreeMap<SeatId, Name>,
    /// How the panel was drawn: those who take part.
    pub draws: Vec<Draw>,
    /// When the chief prosecutor approved.
    pub approved: Option<Moment>,
    /// The chief prosecutor's remarks: office only.
    pub approval_note: String,
    /// When the participants were told.
    pub notified: Option<Moment>,
    /// Why the notice was short: office only.
    pub short_notice: Option<String>,
    /// When the public notice was published.
    pub published: Option<Moment>,
    /// Panellists who declared to have no interest.
    pub declared: BTreeSet<SeatId>,
}

/// The face of a registered hearing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// Number of the case.
    pub number: String,
    /// Kind of the case.
    pub kind: Kind,
    /// Cause of the case.
    pub cause: String,
    /// Mode, openness, place, length of a turn.
    pub hearing: Setting,
    /// When it is to open.
    pub scheduled: Moment,
}

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Name {
    /// Name.
    pub name: String,
    /// Post or trade.
    pub post: Option<String>,
}

impl Plan {
    /// What a seat is.
    #[must_use]
    pub fn capacity(&self, seat: &SeatId) -> Option<Capacity> {
        self.places.get(seat).map(|place| place.capacity)
    }

    /// On which side a seat stands; an agent stands with the party it speaks for.
    #[must_use]
    pub fn side(&self, seat: &SeatId) -> Option<Side> {
        let place = self.places.get(seat)?;
        place.side.or_else(|| self.places.get(place.acts_for.as_ref()?)?.side)
    }

    /// The only seat of a capacity, such as the chair.
    #[must_use]
    pub fn seat_of(&self, capacity: Capacity) -> Option<&SeatId> {
        self.seats_of(capacity).next()
    }

    /// All seats of a capacity.
    pub fn seats_of(&self, capacity: Capacity) -> impl Iterator<Item = &SeatId> {
        self.places.iter().filter(move |(_, place)| place.capacity == capacity).map(|(seat, _)| seat)
    }

    /// Whether the public may watch.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.registered.as_ref().is_some_and(|face| face.hearing.openness == Openness::Public)
    }

    /// Mode of the hearing.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.registered.as_ref().map_or(Mode::Ordinary, |face| face.hearing.mode)
    }

    /// Length of a turn for which the chair names none, in seconds.
    #[must_use]
    pub fn turn_seconds(&self) -> u32 {
        self.registered.as_ref().map_or(0, |face| face.hearing.turn_seconds)
    }

    /// Whether everything is done that must be done before people may come in.
    ///
    /// # Errors
    /// What is missing.
    pub fn ready(&self) -> Result<(), Refusal> {
        if self.registered.is_none() {
            return Err(Refusal::NotRegistered);
        }
        if self.approved.is_none() {
            return Err(Refusal::NotApproved);
        }
        if self.notified.is_none() {
            return Err(Refusal::NotNotified);
        }
        if self.is_public() && self.published.is_none() {
            return Err(Refusal::NotPublished);
        }
        Ok(())
    }

    /// Takes in what happened.
    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        let HearingEvent::Plan(event) = event else { return };
        match event {
            Event::Registered { number, kind, cause, hearing, scheduled } => {
                self.registered = Some(Registered {
                    number: number.clone(),
                    kind: *kind,
                    cause: cause.clone(),
                    hearing: hearing.clone(),
                    scheduled: *scheduled,
                });
            }
            Event::Outlined { summary, issues } => {
                self.summary.clone_from(summary);
                self.issues.clone_from(issues);
            }
            Event::Proposed { proposed } => self.proposed.clone_from(proposed),
            Event::Placed(place) => {
                self.places.insert(place.seat.clone(), place.clone());
            }
            Event::Named { seat, name, post } => {
                self.names.insert(seat.clone(), Name { name: name.clone(), post: post.clone() });
            }
            Event::Unplaced { seat } => {
                self.places.remove(seat);
                self.names.remove(seat);
                self.declared.remove(seat);
            }
            Event::Drawn(draw) => self.draws.push(draw.clone()),
            Event::Approved { .. } => self.approved = Some(at),
            Event::ApprovalNoted { note } => self.approval_note.clone_from(note),
            Event::Notified { reason } => {
                self.notified = Some(at);
                self.short_notice.clone_from(reason);
            }
            Event::NoticeShortened { reason } => self.short_notice = Some(reason.clone()),
            Event::Published {} => self.published = Some(at),
            Event::Declared { seat } => {
                self.declared.insert(seat.clone());
            }
            Event::Postponed { scheduled, .. } => {
                if let Some(face) = &mut self.registered {
                    face.scheduled = *scheduled;
                }
                self.untell();
            }
            Event::Amended { hearing, scheduled, .. } => {
                if let Some(face) = &mut self.registered {
                    face.hearing.clone_from(hearing);
                    face.scheduled = *scheduled;
                }
                self.approved = None;
                self.approval_note.clear();
                self.untell();
            }
            Event::DoorsClosed {} => {
                if let Some(face) = &mut self.registered {
                    face.hearing.openness = Openness::Closed;
                }
            }
        }
    }

    /// What participants and public were told no longer holds.
    fn untell(&mut self) {
        self.notified = None;
        self.short_notice = None;
        self.published = None;
    }

    /// The plan as a viewer may see it: with the names that the viewer may know.
    #[must_use]
    pub fn seen_by(&self, viewer: &Viewer) -> Self {
        self.disclosed_to(&viewer.past_doors(self.is_public()), self)
    }

    /// The plan without what is not the viewer's.
    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Self) -> Self {
        let sees = |reach: Reach| reach.includes(viewer);
        let (everyone, office) = (sees(Reach::Everyone), sees(Reach::Office));
        let keep_place = |seat: &SeatId, place: &Place| sees(place_reach(seat, place.capacity));
        let keep_name =
            |seat: &SeatId| self.capacity(seat).is_some_and(|capacity| sees(name_reach(seat, capacity)));
        Self {
            registered: self.registered.clone(),
            summary: if everyone { self.summary.clone() } else { String::new() },
            issues: if everyone { self.issues.clone() } else { Vec::new() },
            proposed: if sees(Reach::PanelAndOffice) { self.proposed.clone() } else { BTreeMap::new() },
            places: self
                .places
                .iter()
                .filter(|(seat, place)| keep_place(seat, place))
                .map(|(seat, place)| (seat.clone(), place.clone()))
                .collect(),
            names: self
                .names
                .iter()
                .filter(|(seat, _)| keep_name(seat))
                .map(|(seat, name)| (seat.clone(), name.clone()))
                .collect(),
            draws: if sees(Reach::Participants) { self.draws.clone() } else { Vec::new() },
            approved: self.approved,
            approval_note: if office { self.approval_note.clone() } else { String::new() },
            notified: self.notified,
            short_notice: self.short_notice.clone().filter(|_| office),
            published: self.published,
            declared: self.declared.iter().filter(|seat| sees(declaration_reach(seat))).cloned().collect(),
        }
    }
}

/// Who may know that a seat exists: everyone; of an observer's seat only the office and the observer.
pub(super) fn place_reach(seat: &SeatId, capacity: Capacity) -> Reach {
    if capacity == Capacity::Observer {
        Reach::OfficeAnd(seat.clone())
    } else {
        Reach::EveryoneAnd(seat.clone())
    }
}

/// Who may know a name: of staff and panel everyone, of observers the office, of others those who take part.
pub(super) fn name_reach(seat: &SeatId, capacity: Capacity) -> Reach {
    if capacity == Capacity::Observer {
        Reach::OfficeAnd(seat.clone())
    } else if capacity.is_named_in_public() {
        Reach::EveryoneAnd(seat.clone())
    } else {
        Reach::ParticipantsAnd(seat.clone())
    }
}

fn declaration_reach(seat: &SeatId) -> Reach {
    Reach::EveryoneAnd(seat.clone())
}

names! {
    Registered "registered"
    Outlined "outlined"
    Proposed "proposed"
    Placed "placed"
    Named "named"
    Unplaced "unplaced"
    Drawn "drawn"
    Approved "approved"
    ApprovalNoted "approval-noted"
    Notified "notified"
    NoticeShortened "notice-shortened"
    Published "published"
    Declared "declared"
    Postponed "postponed"
    Amended "amended"
    DoorsClosed "doors-closed"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub fn reach(&self, plan: &Plan) -> Reach {
        match self {
            Self::Registered { .. }
            | Self::Approved { .. }
            | Self::Notified { .. }
            | Self::Published {}
            | Self::Postponed { .. }
            | Self::Amended { .. }
            | Self::DoorsClosed {} => Reach::Door,
            Self::ApprovalNoted { .. } | Self::NoticeShortened { .. } => Reach::Office,
            Self::Outlined { .. } => Reach::Everyone,
            Self::Drawn(_) => Reach::Participants,
            Self::Proposed { .. } => Reach::PanelAndOffice,
            Self::Placed(place) => place_reach(&place.seat, place.capacity),
            Self::Named { seat, .. } => name_reach(seat, plan.capacity(seat).unwrap_or(Capacity::Observer)),
            Self::Unplaced { seat } => Reach::EveryoneAnd(seat.clone()),
            Self::Declared { seat } => declaration_reach(seat),
        }
    }
}
