//! The mediation: with the consent of every party who is here the chair tries to reconcile the sides, in one room or with
//! one side alone (Civil Procedure Law, Art. 99; nothing of it is public: Interpretation, Art. 146).
//!
//! ```text
//! (none) ──open, all parties consent──▶ Joint session ◀──caucus over──▶ Caucus with one side
//!                                         └── ended by the chair, by whoever takes its consent back, or when nobody of a
//!                                             side is left ──▶ (none); who wants another must consent again
//! ```
//!
//! It can be held from the statements to the summing up. While it is open turns, steps, questions and evidence stand still;
//! a recess stands over it as over everything else. The record says that it was opened and how it ended, and nothing of
//! what was said. What is confided in a caucus only the chair and those of that side who sat in it ever see.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, listed, phase::Phase, plan::Plan, roll};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{Capacity, SeatId, Side},
};

/// What somebody wants done with the mediation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// A party, or its agent for it, consents or takes its consent back; taken back it ends the mediation.
    Consent {
        /// Whether it consents.
        given: bool,
    },
    /// The chair opens the mediation.
    Open {},
    /// The chair ends it.
    End {
        /// How; where the chair does not say, as it stands.
        #[serde(default)]
        outcome: Option<Outcome>,
    },
    /// The chair sits with one side alone, or with both again.
    Caucus {
        /// With which; with both if none.
        #[serde(default)]
        with: Option<Side>,
    },
    /// Something is said in the caucus.
    Confide {
        /// What.
        text: String,
    },
}

/// What happened to the mediation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A party consented, or took its consent back.
    Consented {
        /// Which party.
        seat: SeatId,
        /// Whether it consents.
        given: bool,
    },
    /// It was opened with the consent of both sides.
    Opened {},
    /// It ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
    /// The chair sits with one side alone.
    CaucusBegun {
        /// Which.
        with: Side,
        /// Who mediates.
        chair: SeatId,
    },
    /// Both sides are in one room again.
    CaucusEnded {},
    /// Something was said in the caucus.
    Confided {
        /// Who.
        by: SeatId,
        /// With which side.
        with: Side,
        /// What.
        text: String,
        /// Who sat in it, and nobody else ever sees it.
        seen_by: BTreeSet<SeatId>,
    },
}

/// How a mediation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// 达成和解协议: an agreement is effective.
    Agreed,
    /// 未达成协议.
    NotAgreed,
    /// 当事人不愿继续: somebody took its consent back.
    Withdrawn,
    /// 当事人离席: nobody of a side is left.
    SideGone,
}

impl Outcome {
    /// The words of the record, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Agreed => ("双方达成和解协议", "the sides have agreed"),
            Self::NotAgreed => ("未达成协议", "without an agreement"),
            Self::Withdrawn => ("当事人不愿继续调解", "a party no longer consents"),
            Self::SideGone => ("一方当事人已离席", "nobody of one side is left"),
        }
    }
}

/// The chair with one side alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Caucus {
    /// Which side.
    pub with: Side,
    /// Who mediates.
    pub chair: SeatId,
    /// Since when.
    pub since: Moment,
}

/// Something that was said in a caucus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confidence {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: SeatId,
    /// With which side.
    pub with: Side,
    /// What.
    pub text: String,
    /// Who sat in it.
    pub seen_by: BTreeSet<SeatId>,
}

/// The mediation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mediation {
    /// What each party last said of it; emptied when a mediation ends.
    pub consents: BTreeMap<SeatId, bool>,
    /// Since when it is open; none while it is not.
    pub open: Option<Moment>,
    /// With whom the chair sits alone.
    pub caucus: Option<Caucus>,
    /// What was said in the caucuses, in order.
    pub confided: Vec<Confidence>,
    /// How the last one ended.
    pub outcome: Option<Outcome>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let event = match command {
        Command::Consent { given } => return consent(hearing, given, act),
        Command::Open {} => open(hearing, act)?,
        Command::End { outcome } => end(hearing, outcome, act)?,
        Command::Caucus { with } => return caucus(hearing, with, act),
        Command::Confide { text } => confide(hearing, &text, act)?,
    };
    Ok(alloc::vec![event.into()])
}

/// Consent is free: it is given and taken back at any time, also in a break, and nobody is asked why.
fn consent(hearing: &Hearing, given: bool, act: &Act<'_>) -> Result<Vec<HearingEvent>, Refusal> {
    let (seat, capacity) = hearing.admitted(act)?;
    if !capacity.is_party() {
        return Err(Refusal::PartyOnly);
    }
    if hearing.phase.is_closed() {
        return Err(Refusal::Closed);
    }
    let party = hearing.plan.party(seat).filter(|_| hearing.plan.side(seat).is_some());
    let party = party.ok_or(Refusal::NoSide)?.clone();
    let before = hearing.mediation.consents.get(&party).copied();
    let mut events = Vec::new();
    if before != Some(given) {
        events.push(Event::Consented { seat: party, given }.into());
    }
    if hearing.mediation.open.is_some() && before == Some(true) && !given {
        events.push(over(hearing, Outcome::Withdrawn));
    }
    Ok(events)
}

fn open(hearing: &Hearing, act: &Act<'_>) -> Result<Event, Refusal> {
    hearing.chair(act)?;
    hearing.phase.in_session()?;
    match hearing.phase.current {
        Phase::Statements
        | Phase::Questions
        | Phase::Deliberation
        | Phase::Opinion
        | Phase::FinalStatements
        | Phase::Summary => {}
        Phase::Waiting | Phase::RollCall | Phase::Introduction | Phase::Signing | Phase::Closed => {
            return Err(Refusal::MediationNotNow);
        }
    }
    if hearing.decision.is_final() {
        return Err(Refusal::DecisionMade);
    }
    if hearing.mediation.open.is_some() {
        return Err(Refusal::MediationOpen);
    }
    for side in Side::ALL {
        let parties = hearing.parties_here(side);
        if parties.is_empty() {
            return Err(Refusal::SideAbsent);
        }
        if !parties.into_iter().all(|party| hearing.mediation.has_consent_of(party)) {
            return Err(Refusal::NotConsented);
        }
    }
    Ok(Event::Opened {})
}

fn end(hearing: &Hearing, outcome: Option<Outcome>, act: &Act<'_>) -> Result<Event, Refusal> {
    hearing.chair(act)?;
    hearing.phase.opened()?;
    hearing.mediation.require_open()?;
    let agreed = hearing.settlement.is_agreed();
    let stands = if agreed { Outcome::Agreed } else { Outcome::NotAgreed };
    match outcome {
        None => Ok(Event::Ended { outcome: stands }),
        Some(told) if told == stands => Ok(Event::Ended { outcome: stands }),
        Some(_) => Err(Refusal::OutcomeUntrue),
    }
}

/// The end that nobody announces; an agreement that is effective by then remains so.
fn over(hearing: &Hearing, otherwise: Outcome) -> HearingEvent {
    let outcome = if hearing.settlement.is_agreed() { Outcome::Agreed } else { otherwise };
    Event::Ended { outcome }.into()
}

/// The end of a mediation of which one side has nobody left when somebody goes.
pub(super) fn ended_without(hearing: &Hearing, gone: &SeatId) -> Option<HearingEvent> {
    let side = hearing.mediates(gone)?;
    let left = hearing.seats_in_mediation(side).into_iter().any(|seat| seat != *gone);
    (hearing.mediation.open.is_some() && !left).then(|| over(hearing, Outcome::SideGone))
}

fn caucus(hearing: &Hearing, with: Option<Side>, act: &Act<'_>) -> Result<Vec<HearingEvent>, Refusal> {
    let chair = hearing.chair(act)?.clone();
    hearing.phase.in_session()?;
    hearing.mediation.require_open()?;
    let now = hearing.mediation.caucus.as_ref().map(|caucus| caucus.with);
    Ok(match with {
        _ if with == now => Vec::new(),
        Some(with) => alloc::vec![Event::CaucusBegun { with, chair }.into()],
        None => alloc::vec![Event::CaucusEnded {}.into()],
    })
}

fn confide(hearing: &Hearing, text: &str, act: &Act<'_>) -> Result<Event, Refusal> {
    let (by, _) = hearing.admitted(act)?;
    hearing.phase.in_session()?;
    let caucus = hearing.mediation.caucus.as_ref().ok_or(Refusal::NotInCaucus)?;
    let with = caucus.with;
    let mut seen_by = hearing.seats_in_mediation(with);
    seen_by.insert(caucus.chair.clone());
    if !seen_by.contains(by) {
        return Err(Refusal::NotInCaucus);
    }
    let said = hearing.mediation.confided.iter().filter(|said| said.with == with).count();
    if said >= act.rules.confided_max {
        return Err(Refusal::TooMuchConfided);
    }
    Ok(Event::Confided { by: by.clone(), with, text: act.text(text)?, seen_by })
}

impl Plan {
    /// The party for which a seat speaks: a party for itself, an agent for whom it acts; none for anybody else.
    #[must_use]
    pub fn party<'a>(&'a self, seat: &'a SeatId) -> Option<&'a SeatId> {
        let place = self.places.get(seat)?;
        match place.capacity {
            Capacity::Agent => place.acts_for.as_ref(),
            Capacity::Applicant | Capacity::Respondent | Capacity::ThirdParty => Some(seat),
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

impl Hearing {
    /// Refuses what stands still while the sides are being reconciled.
    pub(super) fn no_mediation(&self) -> Result<(), Refusal> {
        if self.mediation.open.is_some() { Err(Refusal::InMediation) } else { Ok(()) }
    }

    /// The parties of a side who are in the room, themselves or by an agent.
    #[must_use]
    pub fn parties_here(&self, side: Side) -> BTreeSet<&SeatId> {
        let here = self.plan.places.keys().filter(|seat| self.roll.is_present(seat));
        let of_side = here.filter(|seat| self.plan.side(seat) == Some(side));
        listed(of_side.filter_map(|seat| self.plan.party(seat)))
    }

    /// The side on which a seat takes part in the mediation: it is here and its party consents.
    #[must_use]
    pub fn mediates(&self, seat: &SeatId) -> Option<Side> {
        let party = self.plan.party(seat).filter(|_| self.roll.is_present(seat))?;
        self.plan.side(seat).filter(|_| self.mediation.has_consent_of(party))
    }

    /// Those of a side who take part in the mediation.
    #[must_use]
    pub fn seats_in_mediation(&self, side: Side) -> BTreeSet<SeatId> {
        listed(self.plan.places.keys().filter(|seat| self.mediates(seat) == Some(side)).cloned())
    }
}

impl Mediation {
    /// Whether a party consents.
    #[must_use]
    pub fn has_consent_of(&self, party: &SeatId) -> bool {
        self.consents.get(party).copied().unwrap_or(false)
    }

    pub(super) fn require_open(&self) -> Result<(), Refusal> {
        if self.open.is_some() { Ok(()) } else { Err(Refusal::NotMediating) }
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        match event {
            HearingEvent::Mediation(event) => self.evolve_own(at, event),
            HearingEvent::Roll(event) => self.hear_roll(event),
            HearingEvent::Plan(_)
            | HearingEvent::Phase(_)
            | HearingEvent::Floor(_)
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
            Event::Consented { seat, given } => {
                self.consents.insert(seat.clone(), *given);
            }
            Event::Opened {} => (self.open, self.outcome) = (Some(at), None),
            Event::Ended { outcome } => {
                (self.open, self.caucus, self.outcome) = (None, None, Some(*outcome));
                self.consents.clear();
            }
            Event::CaucusBegun { with, chair } => {
                self.caucus = Some(Caucus { with: *with, chair: chair.clone(), since: at });
            }
            Event::CaucusEnded {} => self.caucus = None,
            Event::Confided { by, with, text, seen_by } => self.confided.push(Confidence {
                at,
                by: by.clone(),
                with: *with,
                text: text.clone(),
                seen_by: seen_by.clone(),
            }),
        }
    }

    /// A caucus is with the person who mediates: with another in the chair both sides are in one room again.
    fn hear_roll(&mut self, event: &roll::Event) {
        match event {
            roll::Event::ChairTaken { .. } | roll::Event::ChairReturned {} => self.caucus = None,
            roll::Event::Left { seat }
            | roll::Event::Removed { seat, .. }
            | roll::Event::Recused { seat } => {
                self.caucus.take_if(|caucus| caucus.chair == *seat);
            }
            roll::Event::Arrived { .. }
            | roll::Event::Admitted { .. }
            | roll::Event::TurnedAway { .. }
            | roll::Event::AbsenceNoted { .. }
            | roll::Event::Lost { .. }
            | roll::Event::Regained { .. }
            | roll::Event::DeputyNamed { .. }
            | roll::Event::RemoteAnswered { .. } => {}
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        let inside = Reach::Everyone.includes(viewer);
        let part = Reach::Participants.includes(viewer);
        let was_in = |said: &&Confidence| Reach::Seats(said.seen_by.clone()).includes(viewer);
        Self {
            consents: if part { self.consents.clone() } else { BTreeMap::new() },
            open: self.open.filter(|_| inside),
            caucus: self.caucus.clone().filter(|_| part),
            confided: self.confided.iter().filter(was_in).cloned().collect(),
            outcome: self.outcome.filter(|_| inside),
        }
    }
}

names! {
    Consented "consented"
    Opened "opened"
    Ended "ended"
    CaucusBegun "caucus-begun"
    CaucusEnded "caucus-ended"
    Confided "confided"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Opened {} | Self::Ended { .. } => Reach::Everyone,
            Self::Consented { .. } | Self::CaucusBegun { .. } | Self::CaucusEnded {} => Reach::Participants,
            Self::Confided { seen_by, .. } => Reach::Seats(seen_by.clone()),
        }
    }
}
