//! Whether terms may be offered, proposed, answered or bid, and who is to see it.

use alloc::{collections::BTreeSet, vec::Vec};

use super::{Addressee, Command, Event, Fen, Term, draft, terms};
use crate::{
    hearing::{Act, Event as HearingEvent, Hearing},
    moment::Moment,
    refusal::Refusal,
    seat::{Id, SeatId, Side},
};

pub(in crate::hearing) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let events = match command {
        Command::Offer { to, terms } => alloc::vec![offer(hearing, to, terms, act)?],
        Command::AnswerOffer { of, accept } => alloc::vec![answer_offer(hearing, of, accept, act)?],
        Command::Propose { terms, deadline_seconds } => propose(hearing, terms, deadline_seconds, act)?,
        Command::AnswerProposal { of, accept } => answer_proposal(hearing, of, accept, act)?,
        Command::Bid { amount } => bid(hearing, amount, act)?,
        Command::Draft { terms } => alloc::vec![draft::draft(hearing, terms, act)?],
        Command::Sign { of } => draft::sign(hearing, of, act)?,
    };
    Ok(events.into_iter().map(HearingEvent::Settlement).collect())
}

/// Refuses what needs a mediation under way in which nothing has been agreed yet.
pub(super) fn under_way(hearing: &Hearing) -> Result<(), Refusal> {
    hearing.phase.in_session()?;
    hearing.mediation.require_open()?;
    if hearing.settlement.is_agreed() { Err(Refusal::AlreadyAgreed) } else { Ok(()) }
}

/// The acting seat with its side, if it takes part in the mediation.
fn party<'a>(hearing: &Hearing, act: &'a Act<'_>) -> Result<(&'a SeatId, Side), Refusal> {
    let (seat, capacity) = hearing.admitted(act)?;
    if !capacity.is_party() {
        return Err(Refusal::PartyOnly);
    }
    hearing.plan.side(seat).ok_or(Refusal::NoSide)?;
    hearing.mediation.require_open()?;
    Ok((seat, hearing.mediates(seat).ok_or(Refusal::NotConsented)?))
}

/// The acting seat, if it mediates or takes part in the mediation.
pub(super) fn mediator_or_party<'a>(hearing: &Hearing, act: &'a Act<'_>) -> Result<&'a SeatId, Refusal> {
    match hearing.chair(act) {
        Ok(chair) => Ok(chair),
        Err(Refusal::ChairOnly) => party(hearing, act).map(|(seat, _)| seat),
        Err(refusal) => Err(refusal),
    }
}

/// The parties of both sides who take part in the mediation.
pub(super) fn parties(hearing: &Hearing) -> BTreeSet<SeatId> {
    let here = Side::ALL.into_iter().flat_map(|side| hearing.parties_here(side));
    here.filter(|party| hearing.mediation.has_consent_of(party)).cloned().collect()
}

/// The mediator and everybody of both sides.
pub(super) fn all(hearing: &Hearing) -> BTreeSet<SeatId> {
    let sides = Side::ALL.into_iter().flat_map(|side| hearing.seats_in_mediation(side));
    sides.chain(hearing.presiding().cloned()).collect()
}

/// A party and those who act for it, as far as they take part in the mediation.
fn of_party(hearing: &Hearing, party: &SeatId) -> BTreeSet<SeatId> {
    let sides = Side::ALL.into_iter().flat_map(|side| hearing.seats_in_mediation(side));
    sides.filter(|seat| hearing.plan.party(seat) == Some(party)).collect()
}

/// Those for whom a seat speaks or who speak for the same party; of the mediator the seat alone.
fn own(hearing: &Hearing, seat: &SeatId) -> BTreeSet<SeatId> {
    match hearing.plan.party(seat) {
        Some(party) => of_party(hearing, party),
        None => [seat.clone()].into(),
    }
}

/// Those to whom something is offered.
fn addressed(hearing: &Hearing, to: &Addressee) -> BTreeSet<SeatId> {
    match to {
        Addressee::Applicant => hearing.seats_in_mediation(Side::Applicant),
        Addressee::Respondent => hearing.seats_in_mediation(Side::Respondent),
        Addressee::Party(party) => of_party(hearing, party),
        Addressee::Mediator => hearing.presiding().cloned().into_iter().collect(),
    }
}

fn offer(hearing: &Hearing, to: Addressee, told: Vec<Term>, act: &Act<'_>) -> Result<Event, Refusal> {
    let by = mediator_or_party(hearing, act)?;
    under_way(hearing)?;
    terms::checked(&told, act)?;
    let mut seen_by = addressed(hearing, &to);
    if seen_by.contains(by) {
        return Err(Refusal::OfferToOwnSide);
    }
    if seen_by.is_empty() {
        return Err(Refusal::OfferToNobody);
    }
    if hearing.settlement.offers.iter().filter(|offer| offer.by == *by).count() >= act.rules.offers_max {
        return Err(Refusal::TooManyOffers);
    }
    seen_by.extend(own(hearing, by));
    Ok(Event::Offered { id: act.id.clone(), by: by.clone(), to, terms: told, seen_by })
}

fn answer_offer(hearing: &Hearing, of: Id, accept: bool, act: &Act<'_>) -> Result<Event, Refusal> {
    let by = mediator_or_party(hearing, act)?;
    hearing.phase.in_session()?;
    hearing.mediation.require_open()?;
    let settlement = &hearing.settlement;
    // Whoever does not see an offer learns nothing of it: it is as if there were none.
    let known = settlement.offers.iter().find(|offer| offer.id == of && offer.seen_by.contains(by));
    let offer = known.filter(|offer| offer.round == settlement.round);
    let offer = offer.filter(|offer| addressed(hearing, &offer.to).contains(by));
    let offer = offer.ok_or(Refusal::OfferUnknown)?;
    if offer.answer.is_some() {
        return Err(Refusal::OfferAnswered);
    }
    Ok(Event::OfferAnswered { id: of, by: by.clone(), accept, seen_by: offer.seen_by.clone() })
}

fn propose(hearing: &Hearing, told: Vec<Term>, seconds: u32, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let by = hearing.chair(act)?.clone();
    under_way(hearing)?;
    terms::checked(&told, act)?;
    if seconds == 0 || seconds > act.rules.proposal_seconds_max {
        return Err(Refusal::ProposalDeadline);
    }
    if hearing.settlement.proposals.len() >= act.rules.offers_max {
        return Err(Refusal::TooManyOffers);
    }
    let due = act.at.plus_ms(i64::from(seconds) * 1000);
    let (asked, seen_by) = (parties(hearing), all(hearing));
    let mut events: Vec<Event> = lapsed(hearing).into_iter().collect();
    events.push(Event::Proposed { id: act.id.clone(), by, terms: told, due, asked, seen_by });
    Ok(events)
}

fn answer_proposal(hearing: &Hearing, of: Id, accept: bool, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let (by, _) = party(hearing, act)?;
    hearing.phase.in_session()?;
    let settlement = &hearing.settlement;
    let known = settlement.proposals.iter().find(|put| put.id == of && put.seen_by.contains(by));
    let known = known.filter(|put| hearing.plan.party(by).is_some_and(|party| put.asked.contains(party)));
    known.ok_or(Refusal::OfferUnknown)?;
    let put = settlement.proposal().filter(|put| put.id == of && act.at < put.due);
    let put = put.ok_or(Refusal::ProposalOver)?;
    let party = hearing.plan.party(by).unwrap_or(by);
    let answers = || settlement.answers.iter().filter(|answer| answer.id == of);
    if answers().any(|answer| answer.party == *party) {
        return Err(Refusal::OfferAnswered);
    }
    let seen_by = own(hearing, by);
    let (by, party) = (by.clone(), party.clone());
    let accepts = |one: &SeatId| {
        if *one == party { accept } else { answers().any(|answer| answer.party == *one && answer.accept) }
    };
    let all_accept = put.asked.iter().all(accepts);
    let mut events = alloc::vec![Event::ProposalAnswered { id: of.clone(), party, by, accept, seen_by }];
    if all_accept {
        events.push(Event::ProposalAccepted { id: of, seen_by: put.seen_by.clone() });
    }
    Ok(events)
}

/// A bid counts with the last one of the other side. Few are allowed, or the limit of the other side could be felt out.
fn bid(hearing: &Hearing, amount: Fen, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let (by, side) = party(hearing, act)?;
    under_way(hearing)?;
    let settlement = &hearing.settlement;
    if settlement.met.iter().any(|met| met.round == settlement.round) {
        return Err(Refusal::BidsHaveMet);
    }
    let bids =
        |side| settlement.bids.iter().filter(move |bid| bid.round == settlement.round && bid.side == side);
    if bids(side).count() >= act.rules.bids_max {
        return Err(Refusal::TooManyBids);
    }
    let amount = amount.checked(act)?;
    let seen_by = hearing.seats_in_mediation(side);
    let mut events = alloc::vec![Event::BidMade { by: by.clone(), side, amount, seen_by }];
    let last = |one| if one == side { Some(amount) } else { bids(one).next_back().map(|bid| bid.amount) };
    if let Some((demand, offered)) = last(Side::Applicant).zip(last(Side::Respondent))
        && demand <= offered
    {
        events.push(Event::BidsMet { amount: demand.middle(offered), seen_by: all(hearing) });
    }
    Ok(events)
}

fn lapsed(hearing: &Hearing) -> Option<Event> {
    let put = hearing.settlement.proposal()?;
    Some(Event::ProposalLapsed { id: put.id.clone(), seen_by: put.seen_by.clone() })
}

/// When the time to answer a proposal is over; none where there is none to answer.
pub(in crate::hearing) fn due(hearing: &Hearing) -> Option<Moment> {
    hearing.mediation.open?;
    hearing.settlement.proposal().map(|put| put.due)
}

/// What becomes of the proposal whose time is over.
pub(in crate::hearing) fn lapse(hearing: &Hearing) -> Option<HearingEvent> {
    lapsed(hearing).map(HearingEvent::from)
}
