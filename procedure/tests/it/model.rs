//! The rules told a second time, and as plainly as possible: whether a command is allowed, and what it changes. It
//! shares the words of the commands with the rules and nothing of how they decide, so that both can be compared.

use std::collections::{BTreeMap, BTreeSet};

use procedure::{
    By, Capacity, Command, Id, Moment, Office, SeatId, Side,
    hearing::{decision::When, equipment, motion::Kind, opinion::Position, phase::Phase, plan},
};

mod allows;
mod applies;
mod media;
mod mediation;
mod settlement;

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    Expected,
    Waiting,
    In,
    Gone,
    Recused,
}

/// Somebody with a seat.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) what: Capacity,
    pub(crate) side: Option<Side>,
    acts_for: Option<SeatId>,
    chief: bool,
    pub(crate) stand: Stand,
    was_in: bool,
    on_roll: bool,
    declared: bool,
    refuses_remote: bool,
    lost: Option<Moment>,
    noticed: Option<Moment>,
}

/// Where a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Waits,
    Put,
    Done,
}

#[derive(Clone, Debug)]
struct Question {
    by: SeatId,
    to: SeatId,
    state: Asked,
}

#[derive(Clone, Debug)]
struct Motion {
    by: SeatId,
    kind: Kind,
    whom: Option<SeatId>,
    ruled: bool,
}

#[derive(Clone, Debug, Default)]
struct Exhibit {
    excluded: bool,
    objected: BTreeSet<SeatId>,
}

/// A running turn.
#[derive(Clone, Debug)]
struct Turn {
    whose: SeatId,
    /// When its clock last started.
    runs_from: Moment,
    length_ms: i64,
    used_ms: i64,
}

/// A video line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) open: bool,
    pub(crate) broken: Option<Moment>,
    pub(crate) missed_ms: i64,
}

/// A hearing as somebody would follow it with a pencil.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    registered: bool,
    pub(crate) public: bool,
    remote: bool,
    smallest_panel: usize,
    scheduled: Moment,
    approved: bool,
    notified: bool,
    published: bool,
    pub(crate) people: BTreeMap<SeatId, Person>,
    issues: Vec<String>,
    pub(crate) step: Phase,
    pub(crate) paused: bool,
    now: Moment,
    turn: Option<Turn>,
    pub(crate) used_ms: BTreeMap<Side, i64>,
    heard: BTreeSet<Side>,
    hands: BTreeSet<SeatId>,
    introduced: BTreeSet<SeatId>,
    questions: BTreeMap<Id, Question>,
    exhibits: BTreeMap<Id, Exhibit>,
    shown: Option<Id>,
    motions: BTreeMap<Id, Motion>,
    /// Part and number of the last segment of each seat.
    recorded: BTreeMap<SeatId, (u32, u32)>,
    /// How often each seat has checked its equipment.
    pub(crate) checks: BTreeMap<SeatId, u32>,
    pub(crate) lines: BTreeMap<SeatId, Line>,
    /// Who is not seen, and whether also with another voice.
    pub(crate) shielded: BTreeMap<SeatId, bool>,
    pub(crate) cut_off: bool,
    deputy: Option<SeatId>,
    acting: Option<SeatId>,
    /// Sheets: issue and panellist.
    sheets: BTreeMap<(String, SeatId), Position>,
    /// Issues on which the panel has seen all sheets.
    pub(crate) opened: BTreeSet<String>,
    speaker: Option<SeatId>,
    pub(crate) read: bool,
    /// Positions as they were when the opinion was read.
    at_reading: Vec<(String, Position)>,
    consented: bool,
    decided: Option<When>,
    corrections: BTreeMap<Id, (SeatId, Option<bool>)>,
    /// What the parties said of a mediation.
    pub(crate) consents: BTreeMap<SeatId, bool>,
    pub(crate) mediating: bool,
    /// With whom the chair sits alone, and who that chair is.
    pub(crate) caucus: Option<(Side, SeatId)>,
    settlement: settlement::Table,
    /// Who has signed, and who has refused.
    pub(crate) signed: BTreeMap<SeatId, bool>,
    pub(crate) cancelled: bool,
    pub(crate) sealed: bool,
}

impl Model {
    /// What the hearing became by these acts, all of which must be allowed.
    pub(crate) fn after(acts: &[(Moment, By, Command, Id)]) -> Self {
        let mut model = Self::default();
        for (at, by, command, id) in acts {
            assert!(model.allows(by, command, *at), "the model would refuse {by:?} {command:?}");
            model.apply(by, command, id, *at);
        }
        model
    }

    pub(crate) fn holder(&self) -> Option<&SeatId> {
        self.turn.as_ref().map(|turn| &turn.whose)
    }

    pub(crate) fn is_in(&self, seat: &SeatId) -> bool {
        self.people.get(seat).is_some_and(|person| person.stand == Stand::In)
    }

    fn is(&self, seat: &SeatId, what: Capacity) -> bool {
        self.people.get(seat).is_some_and(|person| person.what == what)
    }

    fn all(&self, what: Capacity) -> impl Iterator<Item = (&SeatId, &Person)> {
        self.people.iter().filter(move |(_, person)| person.what == what)
    }

    fn not_gone(&self, what: Capacity) -> usize {
        self.all(what).filter(|(_, person)| !is_gone(person)).count()
    }

    pub(crate) fn panel(&self) -> Vec<&SeatId> {
        self.all(Capacity::Panellist)
            .filter(|(_, person)| person.stand == Stand::In)
            .map(|(seat, _)| seat)
            .collect()
    }

    fn presides(&self) -> Option<&SeatId> {
        let chairs = || self.all(Capacity::Chair);
        self.acting
            .as_ref()
            .or_else(|| chairs().find(|(_, chair)| !is_gone(chair)).map(|(seat, _)| seat))
            .or_else(|| chairs().next().map(|(seat, _)| seat))
    }

    /// Who presents the case.
    fn handles(&self, seat: &SeatId) -> bool {
        let handler_here = self.all(Capacity::Handler).any(|(_, person)| person.stand == Stand::In);
        self.is(seat, Capacity::Handler) || (!handler_here && self.presides() == Some(seat))
    }

    fn is_open(&self) -> bool {
        self.step != Phase::Waiting && self.step != Phase::Closed
    }

    fn in_session(&self) -> bool {
        self.is_open() && !self.paused
    }

    /// In session, and the sides are not being reconciled.
    fn goes_on(&self) -> bool {
        self.in_session() && !self.mediating
    }

    fn ready(&self) -> bool {
        self.registered && self.approved && self.notified && (self.published || !self.public)
    }

    /// The seat that acts, if it is in the room.
    fn acts<'a>(&self, by: &'a By) -> Option<&'a SeatId> {
        match by {
            By::Seat(seat) if self.is_in(seat) => Some(seat),
            _ => None,
        }
    }

    fn chairs(&self, by: &By) -> bool {
        self.acts(by).is_some_and(|seat| self.presides() == Some(seat))
    }

    fn clerk_or_chair(&self, by: &By) -> bool {
        self.chairs(by) || self.acts(by).is_some_and(|seat| self.is(seat, Capacity::Clerk))
    }

    fn sits(&self, by: &By) -> bool {
        self.acts(by).is_some_and(|seat| self.is(seat, Capacity::Panellist))
    }

    fn party(&self, by: &By) -> bool {
        self.acts(by).is_some_and(|seat| is_party(self.people[seat].what))
    }

    /// Whether somebody may say that of its equipment.
    fn allows_check(&self, by: &By, check: &equipment::Check) -> bool {
        let By::Seat(seat) = by else { return false };
        let speaks = self.people.get(seat).filter(|person| person.what != Capacity::Observer);
        speaks.is_some_and(|person| !is_gone(person))
            && self.step != Phase::Closed
            && check.loss_permille <= 1_000
            && self.checks.get(seat).copied().unwrap_or_default() < 50
    }

    /// Whether there is a majority on some issue.
    fn has_majority(&self) -> bool {
        let panel = self.panel();
        let now = self.sheets.iter().filter(|((_, by), _)| panel.contains(&by));
        let now = now.map(|((issue, _), said)| (issue.clone(), *said)).collect();
        let sheets: Vec<_> = if self.read { self.at_reading.clone() } else { now };
        self.issues.iter().any(|issue| {
            let mut counts = Position::ALL
                .map(|position| sheets.iter().filter(|(on, said)| on == issue && *said == position).count());
            counts.sort_unstable();
            counts[3] > counts[2]
        })
    }
}

fn is_gone(person: &Person) -> bool {
    matches!(person.stand, Stand::Gone | Stand::Recused)
}

fn is_party(what: Capacity) -> bool {
    [Capacity::Applicant, Capacity::Respondent, Capacity::ThirdParty, Capacity::Agent].contains(&what)
}

fn is_staff(what: Capacity) -> bool {
    [Capacity::Chair, Capacity::Handler, Capacity::Clerk].contains(&what)
}

fn prepares(by: &By) -> bool {
    let posts =
        [Office::ChiefProsecutor, Office::Leader, Office::DepartmentHead, Office::Handler, Office::Clerk];
    posts.iter().any(|post| *by == By::Office(*post))
}

fn smallest_panel(mode: plan::Mode) -> usize {
    match mode {
        plan::Mode::Ordinary | plan::Mode::Remote => 3,
        plan::Mode::Simple | plan::Mode::Doorstep => 2,
    }
}
