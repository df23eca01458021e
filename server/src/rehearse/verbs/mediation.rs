//! The verbs of the mediation. Scripts write amounts in yuan, the room keeps them in fen; a side is named itself or by
//! anybody of it.

use procedure::{
    Command, Side,
    hearing::{
        mediation::{Command as Mediate, Outcome},
        settlement::{Addressee, Command as Settle, Fen, Term},
    },
};
use serde_json::Value;

use super::{Names, need, said};
use crate::rehearse::{
    Why,
    script::{Step, Verb},
};

/// What else than a mediation a party can consent to.
const REMOTE: &str = "remote";
/// How long a proposal can be answered where the script does not say, in seconds.
const PROPOSAL_SECONDS: u32 = 600;

/// Whether a step belongs to the mediation.
#[must_use]
pub fn is_mediation(step: &Step) -> bool {
    if step.verb == Verb::Consent {
        return step.to.as_deref() != Some(REMOTE);
    }
    matches!(
        step.verb,
        Verb::OpenMediation
            | Verb::EndMediation
            | Verb::Caucus
            | Verb::Confide
            | Verb::Offer
            | Verb::AcceptOffer
            | Verb::RejectOffer
            | Verb::Propose
            | Verb::AnswerProposal
            | Verb::Bid
            | Verb::DraftAgreement
            | Verb::SignAgreement
    )
}

/// The command of a step of the mediation.
///
/// # Errors
/// Which key is missing or cannot be read.
pub(super) fn command(step: &Step, names: &dyn Names) -> Result<Command, Why> {
    let of = || need(step, "of", step.of.as_deref()).map(|name| names.made(name));
    Ok(match step.verb {
        Verb::Consent => Mediate::Consent { given: need(step, "given", step.given)? }.into(),
        Verb::OpenMediation => Mediate::Open {}.into(),
        Verb::EndMediation => Mediate::End { outcome: outcome(step) }.into(),
        Verb::Caucus => Mediate::Caucus { with: with(step, names)? }.into(),
        Verb::Confide => Mediate::Confide { text: said(step, "text", step.text.as_ref())? }.into(),
        Verb::Offer => Settle::Offer { to: addressee(step, names)?, terms: terms(step)? }.into(),
        Verb::AcceptOffer => Settle::AnswerOffer { of: of()?, accept: true }.into(),
        Verb::RejectOffer => Settle::AnswerOffer { of: of()?, accept: false }.into(),
        Verb::Propose => Settle::Propose { terms: terms(step)?, deadline_seconds: deadline(step)? }.into(),
        Verb::AnswerProposal => {
            Settle::AnswerProposal { of: of()?, accept: need(step, "accept", step.accept)? }.into()
        }
        Verb::Bid => Settle::Bid { amount: need(step, "amount", step.amount.as_ref().and_then(fen))? }.into(),
        Verb::DraftAgreement => Settle::Draft { terms: terms(step)? }.into(),
        _ => Settle::Sign { of: of()? }.into(),
    })
}

/// The outcome that the script names. In words of its own it is one without an agreement.
fn outcome(step: &Step) -> Option<Outcome> {
    let told = step.outcome.as_ref().filter(|told| !told.is_null())?;
    Some(if told == "agreed" { Outcome::Agreed } else { Outcome::NotAgreed })
}

fn side(name: &str, names: &dyn Names) -> Option<Side> {
    match name {
        "applicant" => Some(Side::Applicant),
        "respondent" => Some(Side::Respondent),
        seat => names.side(&seat.into()),
    }
}

/// With which side the chair sits alone; with both where the script says so.
fn with(step: &Step, names: &dyn Names) -> Result<Option<Side>, Why> {
    match step.with.as_ref() {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(both)) if both == "both" => Ok(None),
        Some(told) => need(step, "with", told.as_str().and_then(|name| side(name, names))).map(Some),
    }
}

fn addressee(step: &Step, names: &dyn Names) -> Result<Addressee, Why> {
    let to = need(step, "to", step.to.as_deref())?;
    if to == "mediator" || names.presides(&to.into()) {
        return Ok(Addressee::Mediator);
    }
    Ok(match to {
        "applicant" => Addressee::Applicant,
        "respondent" => Addressee::Respondent,
        seat => Addressee::Party(need(step, "to", names.party(&seat.into()))?),
    })
}

/// The terms; an amount stands in yuan.
fn terms(step: &Step) -> Result<Vec<Term>, Why> {
    let told = match &step.terms {
        Some(Value::Array(told)) => told.as_slice(),
        None if step.must_be_refused() => &[],
        _ => return need(step, "terms", None),
    };
    let read = |told: &Value| {
        let mut told = told.clone();
        if let Some(amount) = told.get_mut("amount").filter(|amount| !amount.is_null()) {
            *amount = fen(amount)?.0.into();
        }
        serde_json::from_value(told).ok()
    };
    told.iter().map(|told| need(step, "terms", read(told))).collect()
}

/// An amount of yuan as fen: a number, or a text with at most two decimals.
fn fen(yuan: &Value) -> Option<Fen> {
    let text = match yuan {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: u64 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part).map(Fen)
}

/// How long a proposal can be answered; a part of a second counts as a whole one.
fn deadline(step: &Step) -> Result<u32, Why> {
    let Some(seconds) = step.deadline_seconds else { return Ok(PROPOSAL_SECONDS) };
    need(step, "deadline_seconds", format!("{:.0}", seconds.ceil()).parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_in_yuan_are_read_to_the_fen() {
        for (yuan, expected) in [
            (json!(18000), Some(1_800_000)),
            (json!(0.5), Some(50)),
            (json!("26000.05"), Some(2_600_005)),
            (json!("26000."), Some(2_600_000)),
            (json!(0), Some(0)),
            (json!("1.005"), None),
            (json!(-1), None),
            (json!("一万"), None),
            (json!(1e30), None),
            (json!(""), None),
        ] {
            assert_eq!(fen(&yuan), expected.map(Fen), "{yuan}");
        }
    }
}
