//! The roll: who is here, who waits, who is gone, who has been recused, and who presides when the chair is gone
//! (Arts. 13, 14).
//!
//! ```text
//! Expected ──arrive──▶ Waiting ──admit──▶ Present ──leave──▶ Left
//!                         │                  ├──remove──▶ Removed
//!                         └──turn away──▶ Expected    └──recused──▶ Recused
//! ```
//!
//! Chair and clerk go from Expected to Present when they arrive. A lost connection changes `lost`, nothing else. When
//! whoever presides leaves, is recused or stays lost, the hearing stands still until a named deputy, or a chair seated
//! anew, goes on. Once the doors are closed an observer sees nothing, wherever it stands on the roll.

use alloc::{collections::BTreeMap, string::String};
use serde::{Deserialize, Serialize};

use super::{Event as HearingEvent, plan::Plan};
use crate::{
    disclosed::{Clearance, Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{Capacity, SeatId},
};

mod decide;

pub(super) use decide::{decide, without};

/// What somebody wants done with the roll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Comes in: identity confirmed, rights and discipline read and accepted.
    Arrive {},
    /// Clerk or chair lets a waiting seat in. Twice is as good as once.
    Admit {
        /// Whom.
        seat: SeatId,
    },
    /// Clerk or chair sends a waiting seat away; it may come back.
    TurnAway {
        /// Whom.
        seat: SeatId,
        /// Why.
        reason: String,
    },
    /// Leaves for good.
    Leave {},
    /// The chair has somebody leave who disturbs the order (Art. 14).
    Remove {
        /// Whom.
        seat: SeatId,
        /// Why.
        reason: String,
    },
    /// Clerk or chair notes why somebody has not come.
    NoteAbsence {
        /// Whom.
        seat: SeatId,
        /// Why.
        reason: String,
    },
    /// The server lost a seat's connection.
    Lost {
        /// Whose.
        seat: SeatId,
        /// When it was last heard.
        since: Moment,
    },
    /// The server has the connection back.
    Regained {
        /// Whose.
        seat: SeatId,
    },
    /// The chair, or the chief prosecutor when the chair cannot, names who may take over when the chair is gone.
    NameDeputy {
        /// Whom.
        seat: SeatId,
    },
    /// The named deputy takes over.
    TakeChair {},
    /// The chair, back again, presides again.
    ReturnChair {},
    /// A party says whether it agrees to a remote hearing. Coming in agrees; who has refused is not heard so.
    AnswerRemote {
        /// Whether it agrees.
        given: bool,
    },
}

/// What happened to the roll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Somebody came and waits.
    Arrived {
        /// Who.
        seat: SeatId,
    },
    /// Somebody was let in.
    Admitted {
        /// Who.
        seat: SeatId,
    },
    /// Somebody was sent away.
    TurnedAway {
        /// Who.
        seat: SeatId,
        /// Why.
        reason: String,
    },
    /// Somebody left for good.
    Left {
        /// Who.
        seat: SeatId,
    },
    /// Somebody was removed.
    Removed {
        /// Who.
        seat: SeatId,
        /// Why.
        reason: String,
    },
    /// Somebody's absence was noted.
    AbsenceNoted {
        /// Who.
        seat: SeatId,
        /// Why.
        reason: String,
    },
    /// A panellist, or somebody else who can be, was recused.
    Recused {
        /// Who.
        seat: SeatId,
    },
    /// A connection was lost.
    Lost {
        /// Whose.
        seat: SeatId,
        /// Since when.
        since: Moment,
        /// Whether that was known, and is only noticed anew after a restart; the record has it already.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        again: bool,
    },
    /// A connection is back.
    Regained {
        /// Whose.
        seat: SeatId,
        /// How long it was away, in milliseconds.
        away_ms: i64,
    },
    /// A deputy was named.
    DeputyNamed {
        /// Whom.
        seat: SeatId,
    },
    /// The deputy presides.
    ChairTaken {
        /// Who.
        seat: SeatId,
    },
    /// The chair presides again.
    ChairReturned {},
    /// A party agreed to a remote hearing, or refused it.
    RemoteAnswered {
        /// Who.
        seat: SeatId,
        /// Whether it agreed.
        given: bool,
    },
}

/// Where somebody stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Invited, not here.
    #[default]
    Expected,
    /// Here, waiting to be let in.
    Waiting,
    /// Let in.
    Present,
    /// Gone for good.
    Left,
    /// Sent out.
    Removed,
    /// Recused.
    Recused,
}

/// Somebody on the roll.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Where they stand.
    pub standing: Standing,
    /// Since when.
    pub since: Moment,
    /// Since when the connection is lost; none while it is well.
    pub lost: Option<Moment>,
    /// When the room noticed it: no sooner than the length of a lease, and after a restart much later.
    pub noticed: Option<Moment>,
    /// How long it has been lost in all, in milliseconds.
    pub missed_ms: i64,
    /// Why they are absent, were sent away or removed.
    pub reason: Option<String>,
    /// Whether they were ever let in.
    pub took_part: bool,
    /// Whether they agreed to a remote hearing; none while they have not said.
    pub remote: Option<bool>,
}

/// The roll.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Roll {
    /// Everybody who has come, or whose absence was noted.
    pub entries: BTreeMap<SeatId, Entry>,
    /// Who may take over.
    pub deputy: Option<SeatId>,
    /// Who has taken over.
    pub deputy_acting: Option<SeatId>,
}

impl Roll {
    /// Where a seat stands.
    #[must_use]
    pub fn standing(&self, seat: &SeatId) -> Standing {
        self.entries.get(seat).map_or(Standing::Expected, |entry| entry.standing)
    }

    /// Whether a seat has been let in and is still in.
    #[must_use]
    pub fn is_present(&self, seat: &SeatId) -> bool {
        self.standing(seat) == Standing::Present
    }

    /// Whether a seat will not come back.
    #[must_use]
    pub fn is_gone(&self, seat: &SeatId) -> bool {
        matches!(self.standing(seat), Standing::Left | Standing::Removed | Standing::Recused)
    }

    /// Whether a seat has been recused.
    #[must_use]
    pub fn is_recused(&self, seat: &SeatId) -> bool {
        self.standing(seat) == Standing::Recused
    }

    /// Whether anything stands on the roll about a seat.
    #[must_use]
    pub fn has_arrived(&self, seat: &SeatId) -> bool {
        self.entries.contains_key(seat)
    }

    /// Whether a seat was let in at some time.
    #[must_use]
    pub fn took_part(&self, seat: &SeatId) -> bool {
        self.entries.get(seat).is_some_and(|entry| entry.took_part)
    }

    /// Whether a seat's connection is lost at present.
    #[must_use]
    pub fn is_lost(&self, seat: &SeatId) -> bool {
        self.entries.get(seat).is_some_and(|entry| entry.lost.is_some())
    }

    pub(super) fn require_present(&self, seat: &SeatId) -> Result<(), Refusal> {
        match self.standing(seat) {
            Standing::Present => Ok(()),
            Standing::Expected | Standing::Waiting => Err(Refusal::NotAdmitted),
            Standing::Left | Standing::Removed => Err(Refusal::HasLeft),
            Standing::Recused => Err(Refusal::Recused),
        }
    }

    /// How far in a seat is. A recused panellist sees what an observer of the hearing sees: nothing, if it is closed.
    pub(super) fn clearance(&self, seat: &SeatId, plan: &Plan) -> Clearance {
        let Some(capacity) = plan.capacity(seat) else {
            return Clearance::Outside;
        };
        let gallery = if plan.is_public() { Clearance::Gallery } else { Clearance::Outside };
        match self.standing(seat) {
            Standing::Recused => gallery,
            Standing::Expected | Standing::Waiting | Standing::Left | Standing::Removed => Clearance::Outside,
            Standing::Present => match capacity {
                Capacity::Chair | Capacity::Handler | Capacity::Clerk => Clearance::Office,
                Capacity::Panellist => Clearance::Panel,
                Capacity::Observer => gallery,
                Capacity::Applicant
                | Capacity::Respondent
                | Capacity::ThirdParty
                | Capacity::Agent
                | Capacity::Witness
                | Capacity::Expert
                | Capacity::Officer
                | Capacity::Interpreter
                | Capacity::PeoplesSupervisor => Clearance::Participant,
            },
        }
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        let HearingEvent::Roll(event) = event else { return };
        match event {
            Event::Arrived { seat } => self.stand(seat, Standing::Waiting, at, None),
            Event::Admitted { seat } => {
                self.stand(seat, Standing::Present, at, None);
                self.entry(seat).took_part = true;
            }
            Event::TurnedAway { seat, reason } => self.stand(seat, Standing::Expected, at, Some(reason)),
            Event::Left { seat } => self.stand(seat, Standing::Left, at, None),
            Event::Removed { seat, reason } => self.stand(seat, Standing::Removed, at, Some(reason)),
            Event::AbsenceNoted { seat, reason } => self.stand(seat, Standing::Expected, at, Some(reason)),
            Event::Recused { seat } => self.stand(seat, Standing::Recused, at, None),
            Event::Lost { seat, since, .. } => {
                let entry = self.entry(seat);
                (entry.lost, entry.noticed) = (Some(*since), Some(at));
            }
            Event::Regained { seat, away_ms } => {
                let entry = self.entry(seat);
                (entry.lost, entry.noticed) = (None, None);
                entry.missed_ms = entry.missed_ms.saturating_add(*away_ms);
            }
            Event::DeputyNamed { seat } => self.deputy = Some(seat.clone()),
            Event::ChairTaken { seat } => self.deputy_acting = Some(seat.clone()),
            Event::ChairReturned {} => self.deputy_acting = None,
            Event::RemoteAnswered { seat, given } => self.entry(seat).remote = Some(*given),
        }
    }

    fn entry(&mut self, seat: &SeatId) -> &mut Entry {
        self.entries.entry(seat.clone()).or_default()
    }

    fn stand(&mut self, seat: &SeatId, standing: Standing, at: Moment, reason: Option<&String>) {
        let entry = self.entry(seat);
        entry.standing = standing;
        entry.since = at;
        entry.reason = reason.cloned();
        if standing != Standing::Present && standing != Standing::Waiting {
            (entry.lost, entry.noticed) = (None, None);
        }
        // A deputy who has gone is no deputy.
        if self.is_gone(seat) {
            self.deputy.take_if(|deputy| deputy == seat);
            self.deputy_acting.take_if(|deputy| deputy == seat);
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, plan: &Plan) -> Self {
        let inside = Reach::Everyone.includes(viewer);
        Self {
            entries: self
                .entries
                .iter()
                .filter(|(seat, _)| reach(seat, plan).includes(viewer))
                .map(|(seat, entry)| (seat.clone(), entry.clone()))
                .collect(),
            deputy: self.deputy.clone().filter(|_| inside),
            deputy_acting: self.deputy_acting.clone().filter(|_| inside),
        }
    }
}

/// Who may know where a seat stands: everyone let in; of an observer only the office and the observer.
fn reach(seat: &SeatId, plan: &Plan) -> Reach {
    match plan.capacity(seat) {
        None | Some(Capacity::Observer) => Reach::OfficeAnd(seat.clone()),
        Some(_) => Reach::EveryoneAnd(seat.clone()),
    }
}

names! {
    Arrived "arrived"
    Admitted "admitted"
    TurnedAway "turned-away"
    Left "left"
    Removed "removed"
    AbsenceNoted "absence-noted"
    Recused "recused"
    Lost "lost"
    Regained "regained"
    DeputyNamed "deputy-named"
    ChairTaken "chair-taken"
    ChairReturned "chair-returned"
    RemoteAnswered "remote-answered"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub fn reach(&self, plan: &Plan) -> Reach {
        match self {
            Self::Arrived { seat }
            | Self::Admitted { seat }
            | Self::TurnedAway { seat, .. }
            | Self::Left { seat }
            | Self::Removed { seat, .. }
            | Self::AbsenceNoted { seat, .. }
            | Self::Recused { seat }
            | Self::Lost { seat, .. }
            | Self::Regained { seat, .. }
            | Self::RemoteAnswered { seat, .. } => reach(seat, plan),
            Self::DeputyNamed { .. } | Self::ChairTaken { .. } | Self::ChairReturned {} => Reach::Everyone,
        }
    }
}
