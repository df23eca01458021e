//! The table of verbs: what each verb of a script asks of the room, and which keys it needs for that.
//!
//! What is more than one command stands in `play`; the verbs of the mediation are a family of their own in `mediation`.

use procedure::{
    Command, Id, SeatId, Side,
    hearing::{
        decision, deliberation, exhibit, floor, motion, opinion, phase, question, record, roll, statement,
    },
};
use serde::{Deserialize, de::value::StrDeserializer};

use super::{
    Why,
    script::{Step, Verb},
};

mod mediation;

pub use mediation::is_mediation;

/// Why a question is disallowed where the script gives no reason.
const DISALLOWED: &str = "与听证的问题无关。";

/// What the names of a script stand for.
pub trait Names {
    /// The id of what the step of that name made.
    fn made(&self, name: &str) -> Id;
    /// The number of the line that the step of that name put on the record.
    fn line(&self, name: &str) -> u32;
    /// Whom a motion for recusal concerns.
    fn whom(&self, step: &Step) -> Option<SeatId>;
    /// Who holds the floor.
    fn holder(&self) -> SeatId;
    /// The side of a seat.
    fn side(&self, seat: &SeatId) -> Option<Side>;
    /// The party for which a seat speaks.
    fn party(&self, seat: &SeatId) -> Option<SeatId>;
    /// Whether a seat is that of the chair.
    fn presides(&self, seat: &SeatId) -> bool;
}

/// Nothing has been made yet: for the check before the play.
struct Nothing;

impl Names for Nothing {
    fn made(&self, _: &str) -> Id {
        Id::default()
    }
    fn line(&self, _: &str) -> u32 {
        0
    }
    fn whom(&self, _: &Step) -> Option<SeatId> {
        None
    }
    fn holder(&self) -> SeatId {
        SeatId::default()
    }
    fn side(&self, _: &SeatId) -> Option<Side> {
        // Who sits where is not known here; any side will do.
        Some(Side::Applicant)
    }
    fn party(&self, seat: &SeatId) -> Option<SeatId> {
        Some(seat.clone())
    }
    fn presides(&self, _: &SeatId) -> bool {
        false
    }
}

/// Whether a step has the keys that its verb needs.
///
/// # Errors
/// Which one is missing.
pub fn check(step: &Step) -> Result<(), Why> {
    match step.verb {
        Verb::Wait => need(step, "seconds", step.seconds.filter(|s| s.is_finite() && *s >= 0.0)).map(drop),
        Verb::Exhibit if step.file.is_some() => need(step, "title", step.title.as_ref()).map(drop),
        _ => command(step, &Nothing).map(drop),
    }
}

/// The one command that a step asks for; none where there is more to it, or nothing.
///
/// # Errors
/// Which key is missing.
pub fn command(step: &Step, names: &dyn Names) -> Result<Option<Command>, Why> {
    if is_mediation(step) {
        return mediation::command(step, names).map(Some);
    }
    let of = || need(step, "of", step.of.as_deref()).map(|name| names.made(name));
    let seat = || need(step, "seat", step.seat.clone());
    let text = || said(step, "text", step.text.as_ref());
    let reason = || said(step, "reason", step.reason.as_ref());
    Ok(Some(match step.verb {
        Verb::Admit => roll::Command::Admit { seat: seat()? }.into(),
        Verb::Leave => roll::Command::Leave {}.into(),
        Verb::Consent => {
            // Whether to hear the party remotely; a consent to the mediation has been told apart above.
            roll::Command::AnswerRemote { given: need(step, "given", step.given)? }.into()
        }
        Verb::Open | Verb::Advance | Verb::Recess | Verb::Resume => course(step)?.into(),
        Verb::GiveFloor => floor::Command::Give { seat: seat()?, seconds: turn(step)? }.into(),
        Verb::TakeFloor => {
            floor::Command::Take { seat: step.seat.clone().unwrap_or_else(|| names.holder()) }.into()
        }
        Verb::RaiseHand => floor::Command::RaiseHand {}.into(),
        Verb::LowerHand => floor::Command::LowerHand {}.into(),
        Verb::Say => statement::Command::Say { text: text()? }.into(),
        Verb::Record => statement::Command::Record { speaker: step.speaker.clone(), text: text()? }.into(),
        Verb::Ask => question::Command::Ask { to: addressee(step)?, text: text()? }.into(),
        Verb::AdmitQuestion => question::Command::Admit { of: of()? }.into(),
        Verb::DisallowQuestion => {
            let reason = match (&step.reason, step.must_be_refused()) {
                (Some(reason), _) => reason.clone(),
                (None, true) => String::new(),
                (None, false) => DISALLOWED.into(),
            };
            question::Command::Disallow { of: of()?, reason }.into()
        }
        Verb::Answer => question::Command::Answer { of: of()?, text: text()? }.into(),
        Verb::Exhibit => {
            let content = exhibit::Content::Text(said(step, "content", step.content.as_ref())?);
            exhibit::Command::Lay { title: said(step, "title", step.title.as_ref())?, content }.into()
        }
        Verb::Show => exhibit::Command::Show { of: of()?, page: None }.into(),
        Verb::Hide => exhibit::Command::Hide { of: of()? }.into(),
        Verb::Move => {
            let kind = need(step, "kind", step.kind)?;
            let whom = if kind == motion::Kind::Recusal { names.whom(step) } else { None };
            motion::Command::Move { kind, text: text()?, whom }.into()
        }
        Verb::Rule => {
            let granted = need(step, "granted", step.granted)?;
            motion::Command::Rule { of: of()?, granted, reason: reason()? }.into()
        }
        Verb::Discuss => deliberation::Command::Discuss { text: text()? }.into(),
        Verb::Opine | Verb::ChooseSpeaker | Verb::DeliverOpinion => opinion_of(step)?.into(),
        Verb::Decide => announcement(step)?.into(),
        Verb::ConsentNonAdoption => decision::Command::Consent { reason: reason()? }.into(),
        Verb::Correct => {
            let line = names.line(need(step, "line", step.line.as_deref())?);
            record::Command::Correct { line, text: text()?, reason: reason()? }.into()
        }
        Verb::RuleCorrection => {
            let granted = need(step, "granted", step.granted)?;
            record::Command::RuleCorrection { of: of()?, granted, reason: reason()? }.into()
        }
        Verb::RefuseToSign => record::Command::RefuseToSign { reason: reason()? }.into(),
        Verb::Seal => record::Command::Seal {}.into(),
        _ => return Ok(None),
    }))
}

fn course(step: &Step) -> Result<phase::Command, Why> {
    Ok(match step.verb {
        Verb::Advance => {
            let to = need(step, "to", step.to.as_deref())?;
            let known = phase::Phase::deserialize(StrDeserializer::<serde_json::Error>::new(to));
            let to = known.map_err(|_| {
                Why::new(format!("没有“{to}”这个阶段。"), format!("there is no step “{to}” of a hearing."))
            })?;
            phase::Command::Advance { to, waive: step.waive.clone() }
        }
        Verb::Recess => phase::Command::Recess { reason: step.reason.clone() },
        Verb::Resume => phase::Command::Resume {},
        _ => phase::Command::Open {},
    })
}

fn opinion_of(step: &Step) -> Result<opinion::Command, Why> {
    Ok(match step.verb {
        Verb::Opine => opinion::Command::Opine {
            issue: need(step, "issue", step.issue.clone())?,
            position: need(step, "position", step.position)?,
            reason: said(step, "reason", step.reason.as_ref())?,
        },
        Verb::ChooseSpeaker => {
            opinion::Command::ChooseSpeaker { seat: need(step, "seat", step.seat.clone())? }
        }
        _ => opinion::Command::Deliver { text: said(step, "text", step.text.as_ref())? },
    })
}

fn announcement(step: &Step) -> Result<decision::Command, Why> {
    Ok(decision::Command::Decide {
        when: need(step, "when", step.when)?,
        adopts_majority: need(step, "adopts_majority", step.adopts_majority)?,
        text: said(step, "text", step.text.as_ref())?,
        reasons: step.reasons.clone().unwrap_or_default(),
    })
}

/// Whom a question is put to.
fn addressee(step: &Step) -> Result<SeatId, Why> {
    need(step, "to", step.to.as_deref()).map(SeatId::from)
}

/// Length of a turn; a part of a second counts as a whole one.
fn turn(step: &Step) -> Result<Option<u32>, Why> {
    let Some(seconds) = step.seconds else { return Ok(None) };
    let whole = format!("{:.0}", seconds.ceil()).parse().ok();
    need(step, "seconds", whole).map(Some)
}

/// Words that a verb needs. Where the server must refuse, they may be missing: nothing is said then.
fn said(step: &Step, key: &str, words: Option<&String>) -> Result<String, Why> {
    if step.must_be_refused() {
        return Ok(words.cloned().unwrap_or_default());
    }
    need(step, key, words.cloned())
}

fn need<T>(step: &Step, key: &str, value: Option<T>) -> Result<T, Why> {
    value.ok_or_else(|| {
        let verb = name(step.verb);
        Why::new(format!("“{verb}”缺少`{key}`，或者无法识别。"), format!("`{verb}` lacks a usable `{key}`."))
    })
}

/// The name of a verb, as scripts write it.
#[must_use]
pub fn name(verb: Verb) -> String {
    let mut name = String::new();
    for letter in format!("{verb:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
