//! What people try in a mediation: consents, caucuses, offers, bids, signatures, alone and all together.

use procedure::{
    By, Command, Id, SeatId, Side,
    hearing::{
        mediation::{Command as Mediate, Outcome},
        settlement::{Addressee, Command as Settle, Fen, Term},
    },
};

use super::{Try, of};
use crate::cast::{Court, seat};

/// The chair ends it as it stands.
pub(super) const END: Command = Command::Mediation(Mediate::End { outcome: None });

/// What is worth trying while the sides are being reconciled.
pub(super) const WORTH: &[u8] = &[
    9, 10, 11, 14, 15, 18, 37, 38, 38, 51, 66, 67, 68, 68, 69, 69, 70, 70, 71, 71, 72, 72, 73, 73, 73, 74,
    74, 75, 76, 76,
];

fn parties() -> Vec<SeatId> {
    ["a1", "a2", "r1", "t1"].map(seat).to_vec()
}

/// The same by each of them.
fn by_all(command: &Command) -> Vec<(By, Command)> {
    parties().into_iter().map(|party| (By::Seat(party), command.clone())).collect()
}

fn terms(court: &Court, tried: &Try) -> Vec<Term> {
    let text = format!("SECRET-{}.", court.did.len());
    let amount = tried.flag.then_some(Fen(tried.whom as u64 * 1_000 + 1));
    vec![Term { text, amount, due: tried.flag.then(|| "2026-12-31".into()) }]
}

/// One act, or some that belong together.
pub(super) fn acts(
    tried: &Try,
    court: &Court,
    whom: &SeatId,
    by_who: &By,
    by_chair: &By,
) -> Vec<(By, Command)> {
    // Mostly somebody of a side, now and then anybody.
    let by_party =
        if tried.which == 7 { by_who.clone() } else { By::Seat(of(parties(), tried.who, whom.clone())) };
    let by_either = if tried.flag { by_chair.clone() } else { by_party.clone() };
    match tried.what {
        65..=69 => together(tried, court, &by_party, by_chair, &by_either),
        _ => for_a_settlement(tried, court, whom, [&by_party, by_chair, &by_either]),
    }
}

fn together(tried: &Try, court: &Court, by_party: &By, by_chair: &By, by_either: &By) -> Vec<(By, Command)> {
    let one = |by: &By, command| vec![(by.clone(), Command::Mediation(command))];
    match tried.what {
        65 if tried.which < 6 => {
            let mut acts = by_all(&Command::Mediation(Mediate::Consent { given: true }));
            acts.push((by_chair.clone(), Command::Mediation(Mediate::Open {})));
            acts
        }
        65 => one(by_chair, Mediate::Open {}),
        66 => one(by_party, Mediate::Consent { given: tried.flag || tried.which > 2 }),
        67 if tried.which < 4 => vec![(by_chair.clone(), END)],
        67 => {
            let outcome = if tried.flag { Outcome::Agreed } else { Outcome::NotAgreed };
            one(by_chair, Mediate::End { outcome: Some(outcome) })
        }
        68 => {
            let with = [Some(Side::Applicant), Some(Side::Respondent), None][tried.whom % 3];
            one(by_chair, Mediate::Caucus { with })
        }
        _ => one(by_either, Mediate::Confide { text: format!("SECRET-{}.", court.did.len()) }),
    }
}

fn for_a_settlement(
    tried: &Try,
    court: &Court,
    whom: &SeatId,
    [by_party, by_chair, by_either]: [&By; 3],
) -> Vec<(By, Command)> {
    let one = |by: &By, command| vec![(by.clone(), Command::Settlement(command))];
    let all = |command| by_all(&Command::Settlement(command));
    let settlement = &court.hearing.settlement;
    let last = |ids: Vec<Id>| {
        if tried.which == 6 {
            of(ids, tried.whom, "none".into())
        } else {
            ids.last().cloned().unwrap_or_default()
        }
    };
    match tried.what {
        70 => {
            let to = match tried.whom % 4 {
                0 => Addressee::Applicant,
                1 => Addressee::Respondent,
                2 => Addressee::Party(whom.clone()),
                _ => Addressee::Mediator,
            };
            one(by_either, Settle::Offer { to, terms: terms(court, tried) })
        }
        71 => {
            let of = last(settlement.offers.iter().map(|offer| offer.id.clone()).collect());
            // Mostly somebody who sees it.
            let known = settlement.offers.iter().rfind(|offer| offer.id == of).filter(|_| tried.flag);
            let seen = known.map(|offer| offer.seen_by.iter().cloned().collect()).unwrap_or_default();
            let by =
                if tried.flag { By::Seat(super::of(seen, tried.who, seat("r1"))) } else { by_either.clone() };
            one(&by, Settle::AnswerOffer { of, accept: tried.which > 3 })
        }
        72 => {
            let deadline_seconds = [0, 30, 600, 86_400, 86_401][tried.who % 5];
            one(by_chair, Settle::Propose { terms: terms(court, tried), deadline_seconds })
        }
        73 => {
            let of = last(settlement.proposals.iter().map(|put| put.id.clone()).collect());
            if tried.flag {
                all(Settle::AnswerProposal { of, accept: true })
            } else {
                one(by_party, Settle::AnswerProposal { of, accept: tried.which > 3 })
            }
        }
        74 => {
            let amount = Fen(1 + tried.whom as u64 % 7);
            if tried.flag { all(Settle::Bid { amount }) } else { one(by_party, Settle::Bid { amount }) }
        }
        75 => one(by_either, Settle::Draft { terms: terms(court, tried) }),
        _ => {
            let of = last(settlement.drafts.iter().map(|draft| draft.id.clone()).collect());
            if tried.flag { all(Settle::Sign { of }) } else { one(by_party, Settle::Sign { of }) }
        }
    }
}
