//! The panel's opinion: one named sheet for each panellist and issue, sealed until all are in, and what the chosen
//! speaker reads out (Art. 15, steps 4 and 5; Art. 16).
//!
//! ```text
//! sheet:   Filed (author alone) ──all are in──▶ Opened (panel) ──read out──▶ Released (panel and office)
//! opinion: speaker chosen ──deliver──▶ Delivered (everyone hears the text, nobody the sheets)
//! ```

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use super::{
    Act, Event as HearingEvent, Hearing, gathered,
    phase::{self, Phase},
    plan::{Issue, Plan},
};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    rulebook::Majority,
    seat::{Id, SeatId},
};

/// What a panellist thinks of the proposed handling of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// 同意.
    Agree,
    /// 不同意.
    Disagree,
    /// 其他意见.
    Other,
    /// 无法判断.
    CannotSay,
}

impl Position {
    /// Every position, in the order of the sheet.
    pub const ALL: [Self; 4] = [Self::Agree, Self::Disagree, Self::Other, Self::CannotSay];

    /// The words of the sheet, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Agree => ("同意", "Agree"),
            Self::Disagree => ("不同意", "Disagree"),
            Self::Other => ("其他意见", "Other view"),
            Self::CannotSay => ("无法判断", "Cannot say"),
        }
    }
}

/// A panellist's sheet on one issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Position.
    pub position: Position,
    /// Reasons.
    pub reason: String,
}

/// Sheets on one issue, by panellist.
pub type Sheets = BTreeMap<SeatId, Sheet>;

/// What a panellist wants done with the opinion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Files or changes a sheet.
    Opine {
        /// On which issue.
        issue: String,
        /// Position.
        position: Position,
        /// Reasons.
        reason: String,
    },
    /// The panel names who reads its opinion.
    ChooseSpeaker {
        /// Whom.
        seat: SeatId,
    },
    /// The speaker reads it.
    Deliver {
        /// In these words.
        text: String,
    },
}

/// What happened to the opinion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A sheet was filed: its author's alone.
    Filed {
        /// On which issue.
        issue: String,
        /// Whose.
        by: SeatId,
        /// The sheet.
        sheet: Sheet,
    },
    /// That a sheet is in, not what it says.
    Received {
        /// On which issue.
        issue: String,
        /// Whose.
        by: SeatId,
    },
    /// All sheets on an issue are in, and the panel sees them.
    Opened {
        /// Which issue.
        issue: String,
        /// The sheets.
        sheets: Sheets,
    },
    /// A sheet was changed after the panel saw it.
    Changed {
        /// On which issue.
        issue: String,
        /// Whose.
        by: SeatId,
        /// The sheet.
        sheet: Sheet,
    },
    /// The panel chose its speaker.
    SpeakerChosen {
        /// Whom.
        seat: SeatId,
    },
    /// The opinion was read out.
    Delivered {
        /// Id of the line.
        id: Id,
        /// By whom.
        by: SeatId,
        /// In these words.
        text: String,
    },
    /// The office sees the sheets.
    Released {
        /// By issue.
        sheets: BTreeMap<String, Sheets>,
    },
}

/// The sheets and the opinion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Opinions {
    /// Every sheet as its author last filed it, by issue; a panellist sees its own.
    pub filed: BTreeMap<String, Sheets>,
    /// Whose sheets are in, by issue: panel and office.
    pub received: BTreeMap<String, BTreeSet<SeatId>>,
    /// The sheets that the panel sees, by issue.
    pub opened: BTreeMap<String, Sheets>,
    /// The sheets that the office sees, by issue.
    pub released: BTreeMap<String, Sheets>,
    /// Who reads the opinion.
    pub speaker: Option<SeatId>,
    /// The opinion as read out in the present round.
    pub delivered: Option<Delivered>,
}

/// The opinion as it was read out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivered {
    /// By whom.
    pub by: SeatId,
    /// In these words.
    pub text: String,
    /// When.
    pub at: Moment,
}

/// The count of sheets on one issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// By position; positions nobody took are absent.
    pub counts: BTreeMap<Position, u32>,
    /// The majority, if there is one.
    pub majority: Option<Position>,
}

impl Tally {
    /// Counts the sheets of an issue. On a tie there is no majority (Art. 16).
    #[must_use]
    pub fn of(sheets: &Sheets, rule: Majority) -> Self {
        let mut counts: BTreeMap<Position, u32> = BTreeMap::new();
        for sheet in sheets.values() {
            *counts.entry(sheet.position).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or(0);
        let mut leaders = counts.iter().filter(|(_, count)| **count == most).map(|(position, _)| *position);
        let alone = leaders.next().filter(|_| leaders.next().is_none());
        let majority = match rule {
            Majority::Largest => alone,
            Majority::MoreThanHalf => alone.filter(|_| most as usize * 2 > sheets.len()),
        };
        Self { counts, majority }
    }
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let events = match command {
        Command::Opine { issue, position, reason } => opine(hearing, issue, position, &reason, act)?,
        Command::ChooseSpeaker { seat } => {
            hearing.panellist(act)?;
            in_opinion_steps(hearing)?;
            if !hearing.sitting_panel().any(|panellist| panellist == &seat) {
                return Err(Refusal::SpeakerNotSitting);
            }
            alloc::vec![Event::SpeakerChosen { seat }]
        }
        Command::Deliver { text } => deliver(hearing, &text, act)?,
    };
    Ok(events.into_iter().map(HearingEvent::Opinion).collect())
}

/// Sheets are taken in the deliberation, and in the next step until the opinion is read out.
fn in_opinion_steps(hearing: &Hearing) -> Result<(), Refusal> {
    hearing.phase.in_session()?;
    match hearing.phase.current {
        Phase::Deliberation => Ok(()),
        Phase::Opinion if hearing.opinion.delivered.is_some() => Err(Refusal::OpinionRead),
        Phase::Opinion => Ok(()),
        Phase::Waiting
        | Phase::RollCall
        | Phase::Introduction
        | Phase::Statements
        | Phase::Questions
        | Phase::FinalStatements
        | Phase::Summary
        | Phase::Signing
        | Phase::Closed => Err(Refusal::OpinionNotNow),
    }
}

fn opine(
    hearing: &Hearing,
    issue: String,
    position: Position,
    reason: &str,
    act: &Act<'_>,
) -> Result<Vec<Event>, Refusal> {
    let by = hearing.panellist(act)?.clone();
    in_opinion_steps(hearing)?;
    if !hearing.plan.issues.iter().any(|known| known.id == issue) {
        return Err(Refusal::IssueUnknown);
    }
    let sheet = Sheet { position, reason: act.reason(reason)? };
    let opinion = &hearing.opinion;
    let mut events = alloc::vec![Event::Filed { issue: issue.clone(), by: by.clone(), sheet: sheet.clone() }];
    if !opinion.has_filed(&issue, &by) {
        events.push(Event::Received { issue: issue.clone(), by: by.clone() });
    }
    if opinion.opened.contains_key(&issue) {
        events.push(Event::Changed { issue, by, sheet });
    } else {
        let mut sheets = opinion.sheets_of_panel(hearing, &issue, None);
        sheets.insert(by, sheet);
        if sheets.len() == hearing.sitting_panel().count() {
            events.push(Event::Opened { issue, sheets });
        }
    }
    Ok(events)
}

/// Issues whose last missing sheet was that of a panellist who now leaves the panel.
pub(super) fn opened_without(hearing: &Hearing, gone: &SeatId) -> Vec<HearingEvent> {
    let opinion = &hearing.opinion;
    let sitting = hearing.sitting_panel().filter(|seat| *seat != gone).count();
    let complete = |issue: &String| {
        let sheets = opinion.sheets_of_panel(hearing, issue, Some(gone));
        (sheets.len() == sitting && sitting > 0)
            .then(|| Event::Opened { issue: issue.clone(), sheets }.into())
    };
    hearing
        .plan
        .issues
        .iter()
        .map(|issue| &issue.id)
        .filter(|issue| !opinion.opened.contains_key(*issue))
        .filter_map(complete)
        .collect()
}

fn deliver(hearing: &Hearing, text: &str, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let by = hearing.panellist(act)?.clone();
    hearing.phase.in_session()?;
    if hearing.phase.current != Phase::Opinion {
        return Err(Refusal::WrongPhase);
    }
    if hearing.opinion.speaker.as_ref() != Some(&by) {
        return Err(Refusal::NotSpeaker);
    }
    if hearing.opinion.delivered.is_some() {
        return Err(Refusal::OpinionRead);
    }
    let sheets_on =
        |issue: &Issue| (issue.id.clone(), hearing.opinion.sheets_of_panel(hearing, &issue.id, None));
    let sheets = gathered(hearing.plan.issues.iter().map(sheets_on));
    Ok(alloc::vec![
        Event::Delivered { id: act.id.clone(), by, text: act.text(text)? },
        Event::Released { sheets },
    ])
}

impl Opinions {
    /// Whether a panellist's sheet on an issue is in.
    #[must_use]
    pub fn has_filed(&self, issue: &str, seat: &SeatId) -> bool {
        self.received.get(issue).is_some_and(|seats| seats.contains(seat))
    }

    /// The count on each issue, from the sheets that the office sees.
    #[must_use]
    pub fn tallies(&self, rule: Majority) -> BTreeMap<String, Tally> {
        gathered(self.released.iter().map(|(issue, sheets)| (issue.clone(), Tally::of(sheets, rule))))
    }

    /// Whether there is a majority to follow or to depart from: of the sheets as they were when the opinion was read
    /// out, or, where the reading was waived, of the sitting panel's sheets, which the office does not see (Art. 16).
    pub(super) fn has_majority(&self, hearing: &Hearing, rule: Majority) -> bool {
        let on_issue = |issue: &Issue| match &self.delivered {
            Some(_) => self.released.get(&issue.id).cloned().unwrap_or_default(),
            None => self.sheets_of_panel(hearing, &issue.id, None),
        };
        hearing.plan.issues.iter().any(|issue| Tally::of(&on_issue(issue), rule).majority.is_some())
    }

    fn sheets_of_panel(&self, hearing: &Hearing, issue: &str, without: Option<&SeatId>) -> Sheets {
        let Some(filed) = self.filed.get(issue) else {
            return Sheets::new();
        };
        let sitting = hearing.sitting_panel().filter(|seat| Some(*seat) != without);
        gathered(sitting.filter_map(|seat| filed.get(seat).map(|sheet| (seat.clone(), sheet.clone()))))
    }

    pub(super) fn evolve(&mut self, at: Moment, event: &HearingEvent) {
        match event {
            HearingEvent::Opinion(event) => self.evolve_own(at, event),
            // A reopened hearing deliberates again, and its opinion is read again.
            HearingEvent::Phase(phase::Event::Advanced { to: Phase::Deliberation, .. }) => {
                self.delivered = None
            }
            _ => {}
        }
    }

    fn evolve_own(&mut self, at: Moment, event: &Event) {
        match event {
            Event::Filed { issue, by, sheet } => {
                self.filed.entry(issue.clone()).or_default().insert(by.clone(), sheet.clone());
            }
            Event::Received { issue, by } => {
                self.received.entry(issue.clone()).or_default().insert(by.clone());
            }
            Event::Opened { issue, sheets } => {
                self.opened.insert(issue.clone(), sheets.clone());
            }
            Event::Changed { issue, by, sheet } => {
                self.opened.entry(issue.clone()).or_default().insert(by.clone(), sheet.clone());
            }
            Event::SpeakerChosen { seat } => self.speaker = Some(seat.clone()),
            Event::Delivered { by, text, .. } => {
                self.delivered = Some(Delivered { by: by.clone(), text: text.clone(), at });
            }
            Event::Released { sheets } => self.released.clone_from(sheets),
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        let panel = Reach::Panel.includes(viewer);
        let within = Reach::PanelAndOffice.includes(viewer);
        let own = |sheets: &Sheets| -> Sheets {
            sheets
                .iter()
                .filter(|(seat, _)| Reach::Panellist((*seat).clone()).includes(viewer))
                .map(|(seat, sheet)| (seat.clone(), sheet.clone()))
                .collect()
        };
        Self {
            filed: self
                .filed
                .iter()
                .map(|(issue, sheets)| (issue.clone(), own(sheets)))
                .filter(|(_, sheets)| !sheets.is_empty())
                .collect(),
            received: if within { self.received.clone() } else { BTreeMap::new() },
            opened: if panel { self.opened.clone() } else { BTreeMap::new() },
            released: if within { self.released.clone() } else { BTreeMap::new() },
            speaker: self.speaker.clone().filter(|_| within),
            delivered: self.delivered.clone().filter(|_| Reach::Everyone.includes(viewer)),
        }
    }
}

names! {
    Filed "filed"
    Received "received"
    Opened "opened"
    Changed "changed"
    SpeakerChosen "speaker-chosen"
    Delivered "delivered"
    Released "released"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Filed { by, .. } => Reach::Panellist(by.clone()),
            Self::Received { .. } | Self::SpeakerChosen { .. } | Self::Released { .. } => {
                Reach::PanelAndOffice
            }
            Self::Opened { .. } | Self::Changed { .. } => Reach::Panel,
            Self::Delivered { .. } => Reach::Everyone,
        }
    }
}
