//! The agreement itself: who drafts it, who signs it, and when it is effective (Online Mediation Rules, Art. 19; Rules of
//! Criminal Procedure for Procuratorates, Art. 498: prosecutors do not sign).

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use core::fmt::Write as _;
use sha2::{Digest, Sha256};

use super::{Draft, Event, Term, decide, terms};
use crate::{
    hearing::{Act, Hearing},
    refusal::Refusal,
    seat::{Capacity, Id, SeatId},
};

/// SHA-256 of what is signed: the parties and the terms as JSON, each on a line of its own, hexadecimal.
fn digest(between: &BTreeSet<SeatId>, terms: &[Term]) -> String {
    let mut hash = Sha256::new();
    // Strings and numbers only; writing them as JSON cannot fail.
    hash.update(serde_json::to_string(between).unwrap_or_else(|_| format!("{between:?}")));
    hash.update(b"\n");
    hash.update(serde_json::to_string(terms).unwrap_or_else(|_| format!("{terms:?}")));
    hash.update(b"\n");
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The agreement is between all parties who take part in the mediation when it is drafted.
pub(super) fn draft(hearing: &Hearing, told: Vec<Term>, act: &Act<'_>) -> Result<Event, Refusal> {
    let by = decide::mediator_or_party(hearing, act)?.clone();
    decide::under_way(hearing)?;
    terms::checked(&told, act)?;
    let drafted = hearing.settlement.drafts.iter().filter(|draft| draft.by == by).count();
    if drafted >= act.rules.offers_max {
        return Err(Refusal::TooManyOffers);
    }
    let between = decide::parties(hearing);
    let digest = digest(&between, &told);
    let seen_by = decide::all(hearing);
    Ok(Event::Drafted { id: act.id.clone(), by, terms: told, between, digest, seen_by })
}

pub(super) fn sign(hearing: &Hearing, of: Id, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let (by, capacity) = hearing.admitted(act)?;
    if !capacity.is_party() {
        return Err(Refusal::NotSigner);
    }
    hearing.phase.in_session()?;
    hearing.mediation.require_open()?;
    let settlement = &hearing.settlement;
    let known = settlement.drafts.iter().find(|draft| draft.id == of && draft.seen_by.contains(by));
    known.ok_or(Refusal::OfferUnknown)?;
    if settlement.is_agreed() {
        return Err(Refusal::AlreadyAgreed);
    }
    let draft = settlement.draft().filter(|draft| draft.id == of).ok_or(Refusal::DraftSuperseded)?;
    let Draft { id, between, digest, signed, seen_by, terms, .. } = draft;
    let party = hearing.plan.party(by).filter(|party| between.contains(*party));
    let party = party.ok_or(Refusal::NotSigner)?;
    if capacity == Capacity::Agent && hearing.roll.is_present(party) {
        return Err(Refusal::SignsItself);
    }
    if signed.contains(party) {
        return Ok(Vec::new());
    }
    let mut events = alloc::vec![Event::Signed {
        id: id.clone(),
        party: party.clone(),
        by: by.clone(),
        digest: digest.clone(),
        seen_by: seen_by.clone(),
    }];
    if between.iter().all(|one| one == party || signed.contains(one)) {
        let (between, digest) = (between.clone(), digest.clone());
        events.push(Event::Effective { id: id.clone(), between, digest });
        events.push(Event::TermsTold { id: id.clone(), terms: terms.clone() });
    }
    Ok(events)
}
