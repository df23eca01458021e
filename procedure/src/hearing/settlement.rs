//! What the sides may agree on: offers to one another, the mediator's proposal answered blind, blind bids, and the agreement
//! that all parties sign on the same text (Civil Procedure Law, Arts. 99, 100; Online Mediation Rules, Arts. 18, 19).
//!
//! ```text
//! offer:     Made ──its addressee──▶ Accepted | Rejected
//! proposal:  Put ──every party accepts──▶ Accepted by all
//!              ├──its time is over, or another is put──▶ Lapsed; who said what nobody learns
//!              └──the mediation ends──▶ answered by nobody any more
//! bids:      demand ≤ offer ──▶ Met in the middle; else nobody learns that there was one
//! agreement: Drafted ──every party signs──▶ Effective; a newer draft takes the place of one that is not
//! ```
//!
//! All of it needs an open mediation. Each thing names those who see it, for ever: nobody who came later, and nobody in the
//! office but the mediator where it is the mediator's. An offer, a bid or an answer binds nobody: only the agreement does,
//! and neither chair nor prosecutor signs it.

use alloc::{collections::BTreeSet, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Event as HearingEvent, mediation, plan::Plan};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    seat::{Id, SeatId, Side},
};

mod decide;
mod draft;
mod terms;

pub(super) use decide::{decide, due, lapse};
pub(super) use terms::told;
pub use terms::{Fen, Term};

/// What somebody wants done for a settlement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// A party, its agent or the mediator offers terms.
    Offer {
        /// To whom.
        to: Addressee,
        /// Which.
        terms: Vec<Term>,
    },
    /// Whoever an offer is for answers it.
    AnswerOffer {
        /// Which.
        of: Id,
        /// Whether it is accepted.
        accept: bool,
    },
    /// The mediator puts the same terms to all parties.
    Propose {
        /// Which.
        terms: Vec<Term>,
        /// How long they may be answered, in seconds.
        deadline_seconds: u32,
    },
    /// A party, or its agent for it, answers the proposal.
    AnswerProposal {
        /// Which.
        of: Id,
        /// Whether it accepts.
        accept: bool,
    },
    /// A side says in secret what it demands or offers.
    Bid {
        /// How much.
        amount: Fen,
    },
    /// The mediator or a party writes down what is to be agreed.
    Draft {
        /// The terms.
        terms: Vec<Term>,
    },
    /// A party signs; its agent where the party itself is not here.
    Sign {
        /// Which draft.
        of: Id,
    },
}

/// Whom an offer is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressee {
    /// The applicant's side.
    Applicant,
    /// The respondent's side.
    Respondent,
    /// One party alone, with its agents.
    Party(SeatId),
    /// Whoever mediates.
    Mediator,
}

/// What happened for a settlement. Each names in `seen_by` those who see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the members are those of the commands; `seen_by` is explained above")]
pub enum Event {
    /// Terms were offered.
    Offered { id: Id, by: SeatId, to: Addressee, terms: Vec<Term>, seen_by: BTreeSet<SeatId> },
    /// An offer was answered.
    OfferAnswered { id: Id, by: SeatId, accept: bool, seen_by: BTreeSet<SeatId> },
    /// The mediator put terms to all parties named in `asked`, to be answered until `due`.
    Proposed {
        id: Id,
        by: SeatId,
        terms: Vec<Term>,
        due: Moment,
        asked: BTreeSet<SeatId>,
        seen_by: BTreeSet<SeatId>,
    },
    /// A party answered: the party and its agents see it.
    ProposalAnswered { id: Id, party: SeatId, by: SeatId, accept: bool, seen_by: BTreeSet<SeatId> },
    /// Every party accepted.
    ProposalAccepted { id: Id, seen_by: BTreeSet<SeatId> },
    /// Not every party accepted in time.
    ProposalLapsed { id: Id, seen_by: BTreeSet<SeatId> },
    /// A side bid: that side sees it.
    BidMade { by: SeatId, side: Side, amount: Fen, seen_by: BTreeSet<SeatId> },
    /// The demand was not above the offer; `amount` lies in the middle.
    BidsMet { amount: Fen, seen_by: BTreeSet<SeatId> },
    /// An agreement was drafted between the parties named, with the SHA-256 of what they would sign.
    Drafted {
        id: Id,
        by: SeatId,
        terms: Vec<Term>,
        between: BTreeSet<SeatId>,
        digest: String,
        seen_by: BTreeSet<SeatId>,
    },
    /// A party signed, itself or by an agent.
    Signed { id: Id, party: SeatId, by: SeatId, digest: String, seen_by: BTreeSet<SeatId> },
    /// All have signed: the agreement is effective. What it says is not public (Interpretation, Art. 146).
    Effective { id: Id, between: BTreeSet<SeatId>, digest: String },
    /// What an effective agreement says: everybody but the gallery.
    TermsTold { id: Id, terms: Vec<Term> },
}

/// Terms that were offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Id.
    pub id: Id,
    /// In which mediation of this hearing, from 1.
    pub round: u32,
    /// Who.
    pub by: SeatId,
    /// To whom.
    pub to: Addressee,
    /// Which.
    pub terms: Vec<Term>,
    /// When.
    pub at: Moment,
    /// Whether it was accepted.
    pub answer: Option<bool>,
    /// Who sees it.
    pub seen_by: BTreeSet<SeatId>,
}

/// The mediator's proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Id.
    pub id: Id,
    /// In which mediation of this hearing, from 1.
    pub round: u32,
    /// Who.
    pub by: SeatId,
    /// The terms.
    pub terms: Vec<Term>,
    /// Until when it can be answered.
    pub due: Moment,
    /// Which parties are asked.
    pub asked: BTreeSet<SeatId>,
    /// Whether all accepted; none while it can be answered, and where the mediation ended before that was known.
    pub accepted: Option<bool>,
    /// Who sees it.
    pub seen_by: BTreeSet<SeatId>,
}

/// What a party answered to a proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Of the proposal.
    pub id: Id,
    /// Which party.
    pub party: SeatId,
    /// Whether it accepts.
    pub accept: bool,
    /// Who sees it.
    pub seen_by: BTreeSet<SeatId>,
}

/// What a side demanded or offered in secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bid {
    /// In which mediation of this hearing, from 1.
    pub round: u32,
    /// Which side.
    pub side: Side,
    /// How much.
    pub amount: Fen,
    /// Who sees it.
    pub seen_by: BTreeSet<SeatId>,
}

/// Bids that met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Met {
    /// In which mediation of this hearing, from 1.
    pub round: u32,
    /// The middle.
    pub amount: Fen,
    /// Who sees it.
    pub seen_by: BTreeSet<SeatId>,
}

/// A draft of the agreement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Id.
    pub id: Id,
    /// In which mediation of this hearing, from 1.
    pub round: u32,
    /// Who wrote it down.
    pub by: SeatId,
    /// The terms.
    pub terms: Vec<Term>,
    /// Between which parties.
    pub between: BTreeSet<SeatId>,
    /// SHA-256 of what is signed, hexadecimal.
    pub digest: String,
    /// Which parties have signed.
    pub signed: BTreeSet<SeatId>,
    /// Who sees it.
    pub seen_by: BTreeSet<SeatId>,
}

/// An agreement that is effective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Id.
    pub id: Id,
    /// In which mediation of this hearing, from 1.
    pub round: u32,
    /// When the last party signed.
    pub at: Moment,
    /// Between which parties.
    pub between: BTreeSet<SeatId>,
    /// SHA-256 of what was signed, hexadecimal.
    pub digest: String,
    /// The terms; empty for the gallery.
    pub terms: Vec<Term>,
}

/// Everything that was tried for a settlement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    /// How many mediations have been opened.
    pub round: u32,
    /// Offers, in order.
    pub offers: Vec<Offer>,
    /// Proposals, in order.
    pub proposals: Vec<Proposal>,
    /// Answers to them, in order.
    pub answers: Vec<Answer>,
    /// Bids, in order.
    pub bids: Vec<Bid>,
    /// Bids that met.
    pub met: Vec<Met>,
    /// Drafts, in order.
    pub drafts: Vec<Draft>,
    /// Agreements that are effective.
    pub agreements: Vec<Agreement>,
}

impl Settlement {
    /// Whether an agreement became effective in the present mediation, or in the last one.
    #[must_use]
    pub fn is_agreed(&self) -> bool {
        self.agreements.iter().any(|agreement| agreement.round == self.round)
    }

    /// The draft that can be signed: the last one of this mediation, while none is effective.
    #[must_use]
    pub fn draft(&self) -> Option<&Draft> {
        self.drafts.last().filter(|draft| draft.round == self.round && !self.is_agreed())
    }

    /// The proposal that can be answered.
    #[must_use]
    pub fn proposal(&self) -> Option<&Proposal> {
        self.proposals.last().filter(|put| put.round == self.round && put.accepted.is_none())
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        match event {
            HearingEvent::Settlement(event) => self.evolve_own(at, event),
            HearingEvent::Mediation(mediation::Event::Opened {}) => self.round = self.round.saturating_add(1),
            _ => {}
        }
    }

    fn evolve_own(&mut self, at: Moment, event: &Event) {
        let round = self.round;
        match event.clone() {
            Event::Offered { id, by, to, terms, seen_by } => {
                self.offers.push(Offer { id, round, by, to, terms, at, answer: None, seen_by });
            }
            Event::OfferAnswered { id, accept, .. } => {
                if let Some(offer) = self.offers.iter_mut().find(|offer| offer.id == id) {
                    offer.answer = Some(accept);
                }
            }
            Event::Proposed { id, by, terms, due, asked, seen_by } => {
                self.proposals.push(Proposal { id, round, by, terms, due, asked, accepted: None, seen_by });
            }
            Event::ProposalAnswered { id, party, accept, seen_by, .. } => {
                self.answers.push(Answer { id, party, accept, seen_by });
            }
            Event::ProposalAccepted { id, .. } => self.close(&id, true),
            Event::ProposalLapsed { id, .. } => self.close(&id, false),
            Event::BidMade { side, amount, seen_by, .. } => {
                self.bids.push(Bid { round, side, amount, seen_by });
            }
            Event::BidsMet { amount, seen_by } => self.met.push(Met { round, amount, seen_by }),
            Event::Drafted { id, by, terms, between, digest, seen_by } => {
                let signed = BTreeSet::new();
                self.drafts.push(Draft { id, round, by, terms, between, digest, signed, seen_by });
            }
            Event::Signed { id, party, .. } => {
                if let Some(draft) = self.drafts.iter_mut().find(|draft| draft.id == id) {
                    draft.signed.insert(party);
                }
            }
            Event::Effective { id, between, digest } => {
                self.agreements.push(Agreement { id, round, at, between, digest, terms: Vec::new() });
            }
            Event::TermsTold { id, terms } => {
                if let Some(agreement) = self.agreements.iter_mut().find(|agreement| agreement.id == id) {
                    agreement.terms = terms;
                }
            }
        }
    }

    fn close(&mut self, id: &Id, accepted: bool) {
        if let Some(put) = self.proposals.iter_mut().find(|put| put.id == *id) {
            put.accepted = Some(accepted);
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        let inside = Reach::Everyone.includes(viewer);
        let part = Reach::Participants.includes(viewer);
        let agreements = self.agreements.iter().filter(|_| inside).map(|agreement| Agreement {
            terms: if part { agreement.terms.clone() } else { Vec::new() },
            ..agreement.clone()
        });
        Self {
            round: if inside { self.round } else { 0 },
            offers: seen(&self.offers, |offer| &offer.seen_by, viewer),
            proposals: seen(&self.proposals, |put| &put.seen_by, viewer),
            answers: seen(&self.answers, |answer| &answer.seen_by, viewer),
            bids: seen(&self.bids, |bid| &bid.seen_by, viewer),
            met: seen(&self.met, |met| &met.seen_by, viewer),
            drafts: seen(&self.drafts, |draft| &draft.seen_by, viewer),
            agreements: agreements.collect(),
        }
    }
}

/// Those things that the viewer is named as seeing.
fn seen<T: Clone>(things: &[T], by: impl Fn(&T) -> &BTreeSet<SeatId>, viewer: &Viewer) -> Vec<T> {
    things.iter().filter(|thing| Reach::Seats(by(thing).clone()).includes(viewer)).cloned().collect()
}

names! {
    Offered "offered"
    OfferAnswered "offer-answered"
    Proposed "proposed"
    ProposalAnswered "proposal-answered"
    ProposalAccepted "proposal-accepted"
    ProposalLapsed "proposal-lapsed"
    BidMade "bid-made"
    BidsMet "bids-met"
    Drafted "drafted"
    Signed "signed"
    Effective "effective"
    TermsTold "terms-told"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Offered { seen_by, .. }
            | Self::OfferAnswered { seen_by, .. }
            | Self::Proposed { seen_by, .. }
            | Self::ProposalAnswered { seen_by, .. }
            | Self::ProposalAccepted { seen_by, .. }
            | Self::ProposalLapsed { seen_by, .. }
            | Self::BidMade { seen_by, .. }
            | Self::BidsMet { seen_by, .. }
            | Self::Drafted { seen_by, .. }
            | Self::Signed { seen_by, .. } => Reach::Seats(seen_by.clone()),
            Self::Effective { .. } => Reach::Everyone,
            Self::TermsTold { .. } => Reach::Participants,
        }
    }
}
