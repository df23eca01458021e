//! The written record: lines by speaker with step and time, gaps that the system writes itself, corrections asked for
//! and ruled on with both versions kept, signing, refusal to sign, sealing (Art. 18).
//!
//! ```text
//! correction: Asked ──rule──▶ Granted (the line keeps both versions; those who signed are asked again) | Refused
//! signature:  (none) ──sign, in one of three ways──▶ Signed over the digest of the record ──correction granted──▶ (none)
//!                └──refuse──▶ Refused with a reason
//! record:     Open ──closed, then seal──▶ Sealed
//! ```
//!
//! Every line follows from an event that everyone in the room saw, so that all sign the same record. What an agreement says
//! is written into its line for all but the gallery.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, phase::Phase, plan, plan::Plan, settlement};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{Capacity, Id, SeatId},
};

mod digest;
mod lines;
mod sentence;
mod signature;

pub use self::{
    lines::{Line, Said},
    sentence::Words,
    signature::{FIELD_HEIGHT, FIELD_WIDTH, Given, SCANS_MAX, Scan, Signers, Way, strokes},
};

/// What somebody wants done with the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Asks for the correction of a line.
    Correct {
        /// Number of the line.
        line: u32,
        /// What it should say.
        text: String,
        /// Why.
        reason: String,
    },
    /// Clerk or chair rules on the request.
    RuleCorrection {
        /// Which.
        of: Id,
        /// Whether it is granted.
        granted: bool,
        /// Why.
        reason: String,
    },
    /// Signs the record.
    Sign {
        /// SHA-256 of the record as the signer read it, hexadecimal: another record is not signed.
        digest: String,
        /// Which way.
        way: Way,
        /// Whose signature it is, where the clerk hands in what somebody signed on paper.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        whose: Option<SeatId>,
    },
    /// Refuses to sign.
    RefuseToSign {
        /// Why.
        reason: String,
    },
    /// The clerk seals the case file.
    Seal {},
}

/// What happened to the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Somebody asked for a correction.
    CorrectionAsked {
        /// Id of the request.
        id: Id,
        /// Who.
        by: SeatId,
        /// Number of the line.
        line: u32,
        /// What it should say.
        text: String,
        /// Why.
        reason: String,
    },
    /// The request was ruled on.
    CorrectionRuled {
        /// Which.
        id: Id,
        /// Whether it was granted.
        granted: bool,
        /// Why.
        reason: String,
    },
    /// A line was corrected.
    Corrected {
        /// Number of the line.
        line: u32,
        /// What it now says.
        text: String,
        /// Who asked.
        by: SeatId,
        /// Why.
        reason: String,
    },
    /// Somebody signed.
    Signed {
        /// Who.
        seat: SeatId,
        /// SHA-256 of the record as it was signed, hexadecimal.
        digest: String,
    },
    /// The signature itself: for those who take part, as it would be on paper.
    SignatureGiven {
        /// Whose.
        seat: SeatId,
        /// Who handed it in.
        by: SeatId,
        /// SHA-256 of the record as it was signed, hexadecimal.
        digest: String,
        /// Which way.
        way: Way,
    },
    /// Somebody refused to sign.
    RefusedToSign {
        /// Who.
        seat: SeatId,
        /// Why.
        reason: String,
    },
    /// The clerk sealed the file.
    Sealed {
        /// SHA-256 of the record, hexadecimal.
        digest: String,
    },
}

/// A request for correction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Id.
    pub id: Id,
    /// Who asked.
    pub by: SeatId,
    /// Number of the line.
    pub line: u32,
    /// What it should say.
    pub text: String,
    /// Why.
    pub reason: String,
    /// Whether it was granted, and why.
    pub ruling: Option<(bool, String)>,
}

/// A signature, or the refusal of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// Signed the record of that digest.
    Signed {
        /// SHA-256, hexadecimal.
        digest: String,
        /// When.
        at: Moment,
    },
    /// Refused.
    Refused {
        /// Why.
        reason: String,
        /// When.
        at: Moment,
    },
}

/// The record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The lines, in order; line n stands at n - 1.
    pub lines: Vec<Line>,
    /// The step in which the next line falls.
    pub phase: Phase,
    /// Requests for correction, in order: those who take part.
    pub corrections: Vec<Correction>,
    /// Signatures and refusals.
    pub signatures: BTreeMap<SeatId, Signature>,
    /// How those who signed did: those who take part.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: Signers,
    /// What belonged to signatures that a correction took back: it stays in the file. Those who take part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Scan>,
    /// When the file was sealed.
    pub sealed: Option<Moment>,
    /// Observers: their coming and going is no part of the record.
    pub unlisted: BTreeSet<SeatId>,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    match command {
        Command::Sign { digest, way, whose } => sign(hearing, digest, way, whose, act),
        other => decide_with(hearing, other, act, Record::digest),
    }
}

/// The same, but for signing, which has a page of its own and the server alone answers for, and for the digest of what is sealed.
pub(super) fn decide_at_seat(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    decide_with(hearing, command, act, |_| String::new())
}

fn sign(
    hearing: &Hearing,
    read: String,
    way: Way,
    whose: Option<SeatId>,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let record = &hearing.record;
    let (seat, by) = whose_signature(hearing, whose, &way, act)?;
    if record.has_signed(&seat) {
        // The same once more, because the answer was lost, is no second signature; anything else would be.
        let same = record.given.get(&seat).is_some_and(|given| given.way == way);
        return if same { Ok(Vec::new()) } else { Err(Refusal::AlreadySigned) };
    }
    if read != record.digest() {
        return Err(Refusal::RecordChanged);
    }
    way.check(act)?;
    let events = [
        Event::Signed { seat: seat.clone(), digest: read.clone() },
        Event::SignatureGiven { seat, by, digest: read, way },
    ];
    Ok(events.into_iter().map(HearingEvent::Record).collect())
}

fn decide_with(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
    digest: impl Fn(&Record) -> String,
) -> Result<Vec<HearingEvent>, Refusal> {
    let record = &hearing.record;
    let events = match command {
        Command::Correct { line, text, reason } => {
            let seat = signer(hearing, act)?;
            if record.has_signed(&seat) {
                return Err(Refusal::AlreadySigned);
            }
            record.line(line).ok_or(Refusal::LineUnknown)?.text().ok_or(Refusal::LineFixed)?;
            let open = record.open_corrections().filter(|correction| correction.by == seat).count();
            if open >= act.rules.corrections_open_max {
                return Err(Refusal::TooManyCorrections);
            }
            let (text, reason) = (act.text(&text)?, act.reason(&reason)?);
            alloc::vec![Event::CorrectionAsked { id: act.id.clone(), by: seat, line, text, reason }]
        }
        Command::RuleCorrection { of, granted, reason } => {
            hearing.clerk_or_chair(act)?;
            in_signing(hearing)?;
            rule(record, of, granted, act.reason(&reason)?)?
        }
        Command::Sign { .. } => Vec::new(),
        Command::RefuseToSign { reason } => {
            let seat = signer(hearing, act)?;
            if record.has_signed(&seat) {
                return Err(Refusal::AlreadySigned);
            }
            alloc::vec![Event::RefusedToSign { seat, reason: act.reason(&reason)? }]
        }
        Command::Seal {} => {
            let (_, capacity) = hearing.admitted(act)?;
            if capacity != Capacity::Clerk {
                return Err(Refusal::ClerkOnly);
            }
            if hearing.phase.current != Phase::Closed {
                return Err(Refusal::NotClosed);
            }
            alloc::vec![Event::Sealed { digest: digest(record) }]
        }
    };
    Ok(events.into_iter().map(HearingEvent::Record).collect())
}

fn in_signing(hearing: &Hearing) -> Result<(), Refusal> {
    hearing.phase.in_session()?;
    if hearing.phase.current == Phase::Signing { Ok(()) } else { Err(Refusal::NotSigning) }
}

/// The acting seat, if it is one of those who sign.
fn signer(hearing: &Hearing, act: &Act<'_>) -> Result<SeatId, Refusal> {
    let (seat, capacity) = hearing.admitted(act)?;
    in_signing(hearing)?;
    if capacity.signs() { Ok(seat.clone()) } else { Err(Refusal::NoSignature) }
}

/// Whose signature is handed in, and by whom: one's own, or, on paper, somebody's whose pages the clerk has scanned.
fn whose_signature(
    hearing: &Hearing,
    whose: Option<SeatId>,
    way: &Way,
    act: &Act<'_>,
) -> Result<(SeatId, SeatId), Refusal> {
    let Some(seat) = whose.filter(|seat| act.seat().ok() != Some(seat)) else {
        let seat = signer(hearing, act)?;
        return Ok((seat.clone(), seat));
    };
    let (by, capacity) = hearing.admitted(act)?;
    in_signing(hearing)?;
    if capacity != Capacity::Clerk || !matches!(way, Way::Paper { .. }) {
        return Err(Refusal::SignsForItself);
    }
    let signs = hearing.plan.capacity(&seat).is_some_and(Capacity::signs);
    if !signs || !hearing.roll.took_part(&seat) || hearing.roll.is_recused(&seat) {
        return Err(Refusal::NoSignature);
    }
    // Whoever hands in scans must not believe that they were taken when they were not.
    if hearing.record.has_signed(&seat) { Err(Refusal::AlreadySigned) } else { Ok((seat, by.clone())) }
}

fn rule(record: &Record, of: Id, granted: bool, reason: String) -> Result<Vec<Event>, Refusal> {
    let asked =
        record.corrections.iter().find(|correction| correction.id == of).ok_or(Refusal::CorrectionUnknown)?;
    if asked.ruling.is_some() {
        return Err(Refusal::CorrectionRuled);
    }
    let mut events = alloc::vec![Event::CorrectionRuled { id: of, granted, reason }];
    if granted {
        let Correction { line, text, by, reason, .. } = asked.clone();
        events.push(Event::Corrected { line, text, by, reason });
    }
    Ok(events)
}

impl Record {
    /// The line of that number, counted from one.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<&Line> {
        self.lines.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// Requests for correction that wait for a ruling.
    pub fn open_corrections(&self) -> impl Iterator<Item = &Correction> {
        self.corrections.iter().filter(|correction| correction.ruling.is_none())
    }

    /// Whether a seat has signed the record as it stands.
    #[must_use]
    pub fn has_signed(&self, seat: &SeatId) -> bool {
        matches!(self.signatures.get(seat), Some(Signature::Signed { .. }))
    }

    /// Whether a seat has signed or refused.
    #[must_use]
    pub fn has_answered(&self, seat: &SeatId) -> bool {
        self.signatures.contains_key(seat)
    }

    /// SHA-256 over the lines from the opening to the summing up as they stand, hexadecimal: what a signature binds.
    #[must_use]
    pub fn digest(&self) -> String {
        digest::of(&self.lines)
    }

    /// The files of all signatures that were ever given.
    pub fn scans(&self) -> impl Iterator<Item = &Scan> {
        self.given.values().flat_map(|given| given.way.scans()).chain(&self.former)
    }

    /// The very text that the digest is over: each line from the opening to the summing up as JSON, ended by a line feed.
    #[must_use]
    pub fn signed_text(&self) -> String {
        digest::text(&self.lines)
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        match event {
            HearingEvent::Record(event) => self.evolve_own(at, event),
            HearingEvent::Plan(plan::Event::Placed(place)) if place.capacity == Capacity::Observer => {
                self.unlisted.insert(place.seat.clone());
            }
            HearingEvent::Plan(plan::Event::Unplaced { seat }) => {
                self.unlisted.remove(seat);
            }
            HearingEvent::Settlement(settlement::Event::TermsTold { id, terms }) => {
                if let Some(line) = self.lines.iter_mut().rfind(|line| line.id.as_ref() == Some(id)) {
                    line.set_terms(terms);
                }
            }
            _ => {}
        }
        self.write_down(at, event);
    }

    fn evolve_own(&mut self, at: Moment, event: &Event) {
        match event {
            Event::CorrectionAsked { id, by, line, text, reason } => self.corrections.push(Correction {
                id: id.clone(),
                by: by.clone(),
                line: *line,
                text: text.clone(),
                reason: reason.clone(),
                ruling: None,
            }),
            Event::CorrectionRuled { id, granted, reason } => {
                if let Some(asked) = self.corrections.iter_mut().find(|correction| &correction.id == id) {
                    asked.ruling = Some((*granted, reason.clone()));
                }
            }
            Event::Corrected { line, text, by, .. } => {
                let index = usize::try_from(*line).ok().and_then(|number| number.checked_sub(1));
                if let Some(line) = index.and_then(|index| self.lines.get_mut(index)) {
                    line.correct(text, by);
                }
                self.signatures.retain(|_, signature| matches!(signature, Signature::Refused { .. }));
                let taken_back = core::mem::take(&mut self.given);
                self.former.extend(taken_back.values().flat_map(|given| given.way.scans()).cloned());
            }
            Event::Signed { seat, digest } => {
                self.signatures.insert(seat.clone(), Signature::Signed { digest: digest.clone(), at });
            }
            Event::SignatureGiven { seat, by, way, .. } => {
                self.given.insert(seat.clone(), Given { way: way.clone(), by: by.clone() });
            }
            Event::RefusedToSign { seat, reason } => {
                self.signatures.insert(seat.clone(), Signature::Refused { reason: reason.to_string(), at });
            }
            Event::Sealed { .. } => self.sealed = Some(at),
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        let unlisted: BTreeSet<SeatId> = self
            .unlisted
            .iter()
            .filter(|seat| Reach::OfficeAnd((*seat).clone()).includes(viewer))
            .cloned()
            .collect();
        if !Reach::Everyone.includes(viewer) {
            let lines = self.lines.iter().filter(|line| line.is_own_coming_and_going(viewer));
            return Self { unlisted, lines: lines::renumbered(lines), ..Self::default() };
        }
        let mut view = Self { unlisted, ..self.clone() };
        if !Reach::Participants.includes(viewer) {
            view.corrections.clear();
            view.given.clear();
            view.former.clear();
            view.lines.iter_mut().for_each(|line| line.set_terms(&[]));
        }
        view
    }
}

names! {
    CorrectionAsked "correction-asked"
    CorrectionRuled "correction-ruled"
    Corrected "corrected"
    Signed "signed"
    SignatureGiven "signature-given"
    RefusedToSign "refused-to-sign"
    Sealed "sealed"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::CorrectionAsked { .. } | Self::CorrectionRuled { .. } | Self::SignatureGiven { .. } => {
                Reach::Participants
            }
            Self::Corrected { .. }
            | Self::Signed { .. }
            | Self::RefusedToSign { .. }
            | Self::Sealed { .. } => Reach::Everyone,
        }
    }
}
