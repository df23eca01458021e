//! Offers, proposals, bids and the agreement in the model, and who is to see each.

use std::collections::{BTreeMap, BTreeSet};

use procedure::{
    By, Capacity, Command as Any, Id, Moment, SeatId, Side,
    hearing::{
        mediation,
        settlement::{Addressee, Command, Fen},
    },
};

use super::Model;

#[derive(Clone, Debug)]
struct Offer {
    by: SeatId,
    to: Addressee,
    seen: BTreeSet<SeatId>,
    answered: bool,
    now: bool,
}

#[derive(Clone, Debug)]
struct Proposal {
    id: Id,
    due: Moment,
    asked: BTreeSet<SeatId>,
    seen: BTreeSet<SeatId>,
    answers: BTreeMap<SeatId, bool>,
    open: bool,
}

#[derive(Clone, Debug)]
struct Draft {
    id: Id,
    by: SeatId,
    between: BTreeSet<SeatId>,
    seen: BTreeSet<SeatId>,
    signed: BTreeSet<SeatId>,
    now: bool,
}

/// What lies on the table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    offers: BTreeMap<Id, Offer>,
    proposals: Vec<Proposal>,
    bids: Vec<(Side, Fen)>,
    met: bool,
    drafts: Vec<Draft>,
    agreed: bool,
}

impl Table {
    /// Another mediation begins: what was before can be answered no more.
    pub(super) fn open(&mut self) {
        self.offers.values_mut().for_each(|offer| offer.now = false);
        self.drafts.iter_mut().for_each(|draft| draft.now = false);
        self.proposals.iter_mut().for_each(|put| put.open = false);
        self.bids.clear();
        (self.met, self.agreed) = (false, false);
    }
}

const MOST: usize = 50;

impl Model {
    pub(super) fn agreed(&self) -> bool {
        self.settlement.agreed
    }

    fn under_way(&self) -> bool {
        self.in_session() && self.mediating && !self.settlement.agreed
    }

    fn takes_part(&self, by: &By) -> Option<Side> {
        self.acts(by).and_then(|seat| self.mediates(seat)).filter(|_| self.mediating)
    }

    fn at_the_table(&self, by: &By) -> bool {
        self.chairs(by) || self.takes_part(by).is_some()
    }

    fn own(&self, seat: &SeatId) -> BTreeSet<SeatId> {
        let Some(side) = self.mediates(seat) else { return [seat.clone()].into() };
        let party = self.party_of(seat);
        self.reconciled(side).into_iter().filter(|one| self.party_of(one) == party).collect()
    }

    fn addressed(&self, to: &Addressee) -> BTreeSet<SeatId> {
        match to {
            Addressee::Applicant => self.reconciled(Side::Applicant),
            Addressee::Respondent => self.reconciled(Side::Respondent),
            Addressee::Party(party) => {
                let mut both = self.reconciled(Side::Applicant);
                both.extend(self.reconciled(Side::Respondent));
                both.retain(|seat| self.party_of(seat).as_ref() == Some(party));
                both
            }
            Addressee::Mediator => self.presides().cloned().into_iter().collect(),
        }
    }

    fn put(&self) -> Option<&Proposal> {
        self.settlement.proposals.last().filter(|put| put.open)
    }

    /// When the time to answer the proposal is over, in milliseconds.
    pub(super) fn proposal_is_over_at(&self) -> Option<i64> {
        self.put().filter(|_| self.mediating).map(|put| put.due.0)
    }

    /// The proposal can be answered no more.
    pub(super) fn lapse(&mut self) {
        self.settlement.proposals.last_mut().unwrap().open = false;
    }

    pub(super) fn allows_settlement(&self, by: &By, command: &Command, at: Moment) -> bool {
        let table = &self.settlement;
        let Some(seat) = self.acts(by) else { return false };
        match command {
            Command::Offer { to, .. } => {
                let made = table.offers.values().filter(|offer| offer.by == *seat).count();
                let own = match to {
                    Addressee::Applicant => self.mediates(seat) == Some(Side::Applicant),
                    Addressee::Respondent => self.mediates(seat) == Some(Side::Respondent),
                    Addressee::Party(party) => {
                        self.party_of(seat).as_ref() == Some(party) || self.addressed(to).is_empty()
                    }
                    Addressee::Mediator => self.chairs(by),
                };
                self.at_the_table(by) && self.under_way() && !own && made < MOST
            }
            Command::AnswerOffer { of, .. } => {
                let mine = |offer: &Offer| {
                    offer.now
                        && !offer.answered
                        && offer.seen.contains(seat)
                        && self.addressed(&offer.to).contains(seat)
                };
                self.at_the_table(by)
                    && self.in_session()
                    && self.mediating
                    && table.offers.get(of).is_some_and(mine)
            }
            Command::Propose { deadline_seconds, .. } => {
                self.chairs(by)
                    && self.under_way()
                    && (1..=86_400).contains(deadline_seconds)
                    && table.proposals.len() < MOST
            }
            Command::AnswerProposal { of, .. } => {
                let party = self.party_of(seat);
                let waits = |put: &Proposal| {
                    party.is_some_and(|party| put.asked.contains(&party) && !put.answers.contains_key(&party))
                };
                let put = self.put().filter(|put| put.id == *of && put.seen.contains(seat) && at < put.due);
                self.takes_part(by).is_some() && self.in_session() && put.is_some_and(waits)
            }
            Command::Bid { .. } => {
                let bids = |side| table.bids.iter().filter(|(one, _)| *one == side).count();
                self.under_way() && !table.met && self.takes_part(by).is_some_and(|side| bids(side) < 3)
            }
            Command::Draft { .. } => {
                let drafted = table.drafts.iter().filter(|draft| draft.by == *seat).count();
                self.at_the_table(by) && self.under_way() && drafted < MOST
            }
            Command::Sign { of } => {
                let party = self.party_of(seat);
                let agent = self.is(seat, Capacity::Agent);
                let last = table.drafts.last().filter(|draft| draft.id == *of && draft.now);
                let itself = |party: &SeatId| !(agent && self.is_in(party));
                self.under_way()
                    && last.is_some_and(|draft| {
                        let mine = |party: SeatId| draft.between.contains(&party) && itself(&party);
                        draft.seen.contains(seat) && party.is_some_and(mine)
                    })
            }
        }
    }

    pub(super) fn apply_settlement(&mut self, by: &SeatId, command: &Command, id: &Id) {
        let party = self.party_of(by).unwrap_or_default();
        match command {
            Command::Offer { to, .. } => {
                let mut seen = self.own(by);
                seen.extend(self.addressed(to));
                let offer = Offer { by: by.clone(), to: to.clone(), seen, answered: false, now: true };
                self.settlement.offers.insert(id.clone(), offer);
            }
            Command::AnswerOffer { of, .. } => {
                self.settlement.offers.get_mut(of).unwrap().answered = true;
            }
            Command::Propose { deadline_seconds, .. } => {
                let mut asked = self.parties_here(Side::Applicant);
                asked.extend(self.parties_here(Side::Respondent));
                asked.retain(|party| self.consents(party));
                let due = self.now.plus_ms(i64::from(*deadline_seconds) * 1000);
                let (seen, answers) = (self.round_the_table(), BTreeMap::new());
                self.settlement.proposals.iter_mut().for_each(|put| put.open = false);
                let put = Proposal { id: id.clone(), due, asked, seen, answers, open: true };
                self.settlement.proposals.push(put);
            }
            Command::AnswerProposal { accept, .. } => {
                let put = self.settlement.proposals.last_mut().unwrap();
                put.answers.insert(party, *accept);
                put.open = !put.asked.iter().all(|one| put.answers.get(one) == Some(&true));
            }
            Command::Bid { amount } => {
                let side = self.people[by].side.unwrap();
                self.settlement.bids.push((side, *amount));
                let bids = &self.settlement.bids;
                let last = |side| bids.iter().rev().find(|(one, _)| *one == side).map(|(_, amount)| *amount);
                let both = last(Side::Applicant).zip(last(Side::Respondent));
                self.settlement.met = both.is_some_and(|(demand, offer)| demand <= offer);
            }
            Command::Draft { .. } => {
                let mut between = self.parties_here(Side::Applicant);
                between.extend(self.parties_here(Side::Respondent));
                between.retain(|party| self.consents(party));
                let (seen, signed) = (self.round_the_table(), BTreeSet::new());
                let draft = Draft { id: id.clone(), by: by.clone(), between, seen, signed, now: true };
                self.settlement.drafts.push(draft);
            }
            Command::Sign { .. } => {
                let draft = self.settlement.drafts.last_mut().unwrap();
                draft.signed.insert(party);
                self.settlement.agreed = draft.between.is_subset(&draft.signed);
            }
        }
    }

    /// Who is to see what such a command makes, where only some are.
    pub(crate) fn confidants(&self, by: &By, command: &Any) -> Option<BTreeSet<SeatId>> {
        let By::Seat(seat) = by else { return None };
        match command {
            Any::Mediation(mediation::Command::Confide { .. }) => Some(self.in_caucus()),
            Any::Settlement(command) => Some(match command {
                Command::Offer { to, .. } => {
                    let mut seen = self.own(seat);
                    seen.extend(self.addressed(to));
                    seen
                }
                Command::AnswerOffer { of, .. } => self.settlement.offers.get(of)?.seen.clone(),
                Command::AnswerProposal { .. } => self.own(seat),
                Command::Bid { .. } => self.reconciled(self.mediates(seat)?),
                Command::Propose { .. } | Command::Draft { .. } => self.round_the_table(),
                Command::Sign { of } => {
                    let drafts = &self.settlement.drafts;
                    drafts.iter().find(|draft| draft.id == *of)?.seen.clone()
                }
            }),
            _ => None,
        }
    }
}
