//! The mediation in the model: who takes part, who sits with whom, and when it is over.

use std::collections::BTreeSet;

use procedure::{
    By, Capacity, SeatId, Side,
    hearing::{
        decision::When,
        mediation::{Command, Outcome},
        phase::Phase,
    },
};

use super::{Model, Stand};

impl Model {
    /// The party for which somebody speaks.
    pub(super) fn party_of(&self, seat: &SeatId) -> Option<SeatId> {
        let person = self.people.get(seat)?;
        match person.what {
            Capacity::Applicant | Capacity::Respondent | Capacity::ThirdParty => Some(seat.clone()),
            Capacity::Agent => person.acts_for.clone(),
            _ => None,
        }
    }

    pub(super) fn consents(&self, party: &SeatId) -> bool {
        self.consents.get(party) == Some(&true)
    }

    /// On which side somebody takes part in a mediation.
    pub(crate) fn mediates(&self, seat: &SeatId) -> Option<Side> {
        let party = self.party_of(seat)?;
        let person = &self.people[seat];
        if person.stand == Stand::In && self.consents(&party) { person.side } else { None }
    }

    /// Those who do on a side.
    pub(crate) fn reconciled(&self, side: Side) -> BTreeSet<SeatId> {
        self.people.keys().filter(|seat| self.mediates(seat) == Some(side)).cloned().collect()
    }

    /// Parties of a side who are here, themselves or by an agent.
    pub(super) fn parties_here(&self, side: Side) -> BTreeSet<SeatId> {
        let here = |seat: &&SeatId| self.is_in(seat) && self.people[*seat].side == Some(side);
        self.people.keys().filter(here).filter_map(|seat| self.party_of(seat)).collect()
    }

    /// Everybody who sits in a mediation with both sides.
    pub(super) fn round_the_table(&self) -> BTreeSet<SeatId> {
        let mut all = self.reconciled(Side::Applicant);
        all.extend(self.reconciled(Side::Respondent));
        all.extend(self.presides().cloned());
        all
    }

    /// Whoever heard what is said in the caucus.
    pub(crate) fn in_caucus(&self) -> BTreeSet<SeatId> {
        let Some((with, chair)) = &self.caucus else { return BTreeSet::new() };
        let mut all = self.reconciled(*with);
        all.insert(chair.clone());
        all
    }

    pub(super) fn allows_mediation(&self, by: &By, command: &Command) -> bool {
        match command {
            Command::Consent { .. } => {
                let sided = |seat: &SeatId| self.people[seat].side.is_some();
                self.party(by) && self.acts(by).is_some_and(sided) && self.step != Phase::Closed
            }
            Command::Open {} => {
                let agree = |side| {
                    let parties = self.parties_here(side);
                    !parties.is_empty() && parties.iter().all(|party| self.consents(party))
                };
                self.chairs(by)
                    && self.goes_on()
                    && (Phase::Statements..=Phase::Summary).contains(&self.step)
                    && self.decided != Some(When::Now)
                    && Side::ALL.into_iter().all(agree)
            }
            Command::End { outcome } => {
                let stands = if self.agreed() { Outcome::Agreed } else { Outcome::NotAgreed };
                self.chairs(by)
                    && self.is_open()
                    && self.mediating
                    && outcome.is_none_or(|outcome| outcome == stands)
            }
            Command::Caucus { .. } => self.chairs(by) && self.in_session() && self.mediating,
            Command::Confide { .. } => {
                self.in_session() && self.acts(by).is_some_and(|seat| self.in_caucus().contains(seat))
            }
        }
    }

    pub(super) fn apply_mediation(&mut self, by: &SeatId, command: &Command) {
        match command {
            Command::Consent { given } => {
                let party = self.party_of(by).unwrap();
                let before = self.consents.insert(party, *given);
                if before == Some(true) && !given && self.mediating {
                    self.end_mediation();
                }
            }
            Command::Open {} => {
                self.mediating = true;
                self.settlement.open();
            }
            Command::End { .. } => self.end_mediation(),
            Command::Caucus { with } => {
                let chair = by.clone();
                match with {
                    Some(with) if self.caucus.as_ref().map(|(now, _)| now) == Some(with) => {}
                    with => self.caucus = with.map(|with| (with, chair)),
                }
            }
            Command::Confide { .. } => {}
        }
    }

    fn end_mediation(&mut self) {
        (self.mediating, self.caucus) = (false, None);
        self.consents.clear();
        self.restart_clock();
    }

    /// Somebody who took part on that side is gone.
    pub(super) fn mediation_without(&mut self, gone: &SeatId, side: Option<Side>) {
        if self.caucus.as_ref().is_some_and(|(_, chair)| chair == gone) {
            self.caucus = None;
        }
        if let Some(side) = side.filter(|_| self.mediating)
            && self.reconciled(side).is_empty()
        {
            self.end_mediation();
        }
    }
}
