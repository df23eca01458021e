//! What the present step still lacks before the next may begin, each with its article and whether it can be waived.

use alloc::{format, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Hearing, Phase};
use crate::{
    hearing::{
        plan::{Mode, Plan},
        roll::{Entry, Standing},
    },
    rulebook::Rulebook,
    seat::{Capacity, Id, SeatId, Side},
};

/// Something that must be done, or waived with a reason, before the next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lacking {
    /// The chair or the clerk is not here (Art. 14).
    Seat(Capacity),
    /// The panel is too small (Art. 7).
    Panel {
        /// Admitted.
        have: u32,
        /// Needed by the mode.
        need: u32,
    },
    /// A party that is here refuses to be heard remotely.
    RemoteConsent(SeatId),
    /// The case has not been presented (Art. 15, step 1).
    Introduction,
    /// A side that is present has not had the floor in this step (steps 2 and 6).
    SideUnheard(Side),
    /// An admitted question is unanswered (step 3).
    Unanswered {
        /// Its number.
        number: u32,
    },
    /// Opinion sheets are missing (step 4).
    Sheets {
        /// How many.
        missing: u32,
    },
    /// The panel has not chosen who reads its opinion (step 5).
    Speaker,
    /// The opinion has not been read out (step 5).
    OpinionUnread,
    /// No decision is on the record (Art. 17).
    Decision,
    /// Somebody who took part has neither signed nor refused (Art. 18).
    Signature(SeatId),
    /// A request for correction has not been ruled on (Art. 18).
    Correction(Id),
}

impl Lacking {
    /// Stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Seat(_) => "phase.lacking-seat",
            Self::Panel { .. } => "phase.lacking-panel",
            Self::RemoteConsent(_) => "phase.lacking-remote-consent",
            Self::Introduction => "phase.lacking-introduction",
            Self::SideUnheard(_) => "phase.lacking-side-unheard",
            Self::Unanswered { .. } => "phase.lacking-answer",
            Self::Sheets { .. } => "phase.lacking-sheets",
            Self::Speaker => "phase.lacking-speaker",
            Self::OpinionUnread => "phase.lacking-opinion",
            Self::Decision => "phase.lacking-decision",
            Self::Signature(_) => "phase.lacking-signature",
            Self::Correction(_) => "phase.lacking-correction",
        }
    }

    /// Key of the article in the rulebook.
    #[must_use]
    pub const fn article(&self) -> &'static str {
        match self {
            Self::Seat(_) => "14",
            Self::Panel { .. } => "7",
            Self::RemoteConsent(_) => "office",
            Self::Introduction => "15-1",
            Self::SideUnheard(_) => "15-2",
            Self::Unanswered { .. } => "15-3",
            Self::Sheets { .. } => "15-4",
            Self::Speaker | Self::OpinionUnread => "15-5",
            Self::Decision => "17",
            Self::Signature(_) | Self::Correction(_) => "18",
        }
    }

    /// Whether the chair may waive it with a reason.
    #[must_use]
    pub const fn is_waivable(&self) -> bool {
        match self {
            Self::Introduction
            | Self::SideUnheard(_)
            | Self::Unanswered { .. }
            | Self::OpinionUnread
            | Self::Signature(_) => true,
            Self::Seat(_)
            | Self::Panel { .. }
            | Self::RemoteConsent(_)
            | Self::Sheets { .. }
            | Self::Speaker
            | Self::Decision
            | Self::Correction(_) => false,
        }
    }

    /// The sentence in Chinese, without a full stop. People are called as `plan` calls them: that of the reader.
    #[must_use]
    pub fn zh(&self, plan: &Plan) -> String {
        match self {
            Self::Seat(capacity) => format!("{}尚未到席", capacity.words().0),
            Self::Panel { have, need } => format!("已入席听证员{have}人，至少应有{need}人"),
            Self::RemoteConsent(seat) => format!("{}不同意远程听证，应当改为现场听证", plan.label(seat).zh),
            Self::Introduction => "承办检察官尚未介绍案情".into(),
            Self::SideUnheard(side) => format!("{}尚未陈述", side.words().0),
            Self::Unanswered { number } => format!("第{number}问尚未回答"),
            Self::Sheets { missing } => format!("还有{missing}份听证意见没有提交"),
            Self::Speaker => "听证员尚未推选宣读意见的代表".into(),
            Self::OpinionUnread => "听证意见尚未宣读".into(),
            Self::Decision => "尚未宣布处理决定，也未说明另行决定".into(),
            Self::Signature(seat) => format!("{}尚未签名，也未表示拒绝签名", plan.label(seat).zh),
            Self::Correction(_) => "还有笔录更正申请没有处理".into(),
        }
    }

    /// The sentence in English, without a full stop.
    #[must_use]
    pub fn en(&self, plan: &Plan) -> String {
        match self {
            Self::Seat(capacity) => format!("{} is not here yet", capacity.words().1),
            Self::Panel { have, need } => {
                format!("{have} panellists are present, at least {need} are needed")
            }
            Self::RemoteConsent(seat) => {
                format!("{} refuses a remote hearing; hold it in one room instead", plan.label(seat).en)
            }
            Self::Introduction => "The case has not been presented".into(),
            Self::SideUnheard(side) => format!("The floor has not yet been given to {}", side.words().1),
            Self::Unanswered { number } => format!("Question {number} has not been answered"),
            Self::Sheets { missing } => format!("{missing} opinion sheets are missing"),
            Self::Speaker => "The panel has not chosen who reads its opinion".into(),
            Self::OpinionUnread => "The opinion has not been read out".into(),
            Self::Decision => "Neither a decision nor its postponement is on the record".into(),
            Self::Signature(seat) => format!("{} has neither signed nor refused", plan.label(seat).en),
            Self::Correction(_) => "A request for correction has not been ruled on".into(),
        }
    }
}

/// All that is lacking as one sentence of each language, without the full stop; those who have not signed are named
/// together.
pub(crate) fn told(all: &[Lacking], plan: &Plan) -> (String, String) {
    let unsigned: Vec<_> = all
        .iter()
        .filter_map(|item| if let Lacking::Signature(seat) = item { Some(plan.label(seat)) } else { None })
        .collect();
    let single = |item: &&Lacking| unsigned.len() < 2 || !matches!(item, Lacking::Signature(_));
    let mut zh: Vec<String> = all.iter().filter(single).map(|item| item.zh(plan)).collect();
    let mut en: Vec<String> = all.iter().filter(single).map(|item| item.en(plan)).collect();
    if unsigned.len() > 1 {
        let (names_zh, names_en): (Vec<_>, Vec<_>) =
            unsigned.into_iter().map(|label| (label.zh, label.en)).unzip();
        zh.push(format!("{}尚未签名，也未表示拒绝签名", names_zh.join("、")));
        en.push(format!("Neither signed nor refused: {}", names_en.join(", ")));
    }
    (zh.join("；"), en.join("; "))
}

/// What the present step lacks before the next may begin; before the opening, what the opening needs.
#[must_use]
pub fn lacking(hearing: &Hearing, rules: &Rulebook) -> Vec<Lacking> {
    match hearing.phase.current {
        Phase::Waiting => before_opening(hearing, rules),
        Phase::RollCall | Phase::Closed => Vec::new(),
        Phase::Introduction => introduction(hearing),
        Phase::Statements | Phase::FinalStatements => unheard(hearing),
        Phase::Questions => {
            hearing.question.unanswered().map(|number| Lacking::Unanswered { number }).collect()
        }
        Phase::Deliberation => deliberation(hearing, rules),
        Phase::Opinion => {
            if hearing.opinion.delivered.is_none() {
                one(Lacking::OpinionUnread)
            } else {
                Vec::new()
            }
        }
        Phase::Summary => {
            if hearing.decision.announced.is_none() {
                one(Lacking::Decision)
            } else {
                Vec::new()
            }
        }
        Phase::Signing => signing(hearing),
    }
}

fn one(lacking: Lacking) -> Vec<Lacking> {
    alloc::vec![lacking]
}

fn before_opening(hearing: &Hearing, rules: &Rulebook) -> Vec<Lacking> {
    let roll = &hearing.roll;
    let here = |capacity| hearing.plan.seats_of(capacity).any(|seat| roll.is_present(seat));
    let mut missing: Vec<Lacking> = [Capacity::Chair, Capacity::Clerk]
        .into_iter()
        .filter(|capacity| !here(*capacity))
        .map(Lacking::Seat)
        .collect();
    let have = u32::try_from(hearing.sitting_panel().count()).unwrap_or(u32::MAX);
    let need = rules.panel_min(hearing.plan.mode());
    if have < need {
        missing.push(Lacking::Panel { have, need });
    }
    if hearing.plan.mode() == Mode::Remote {
        let refuses = |entry: &Entry| entry.standing == Standing::Present && entry.remote == Some(false);
        let refusing = roll.entries.iter().filter(|(_, entry)| refuses(entry));
        missing.extend(refusing.map(|(seat, _)| Lacking::RemoteConsent(seat.clone())));
    }
    missing
}

fn introduction(hearing: &Hearing) -> Vec<Lacking> {
    let presented = hearing.statement.introduced_by.iter().any(|seat| hearing.handles(seat));
    if presented { Vec::new() } else { one(Lacking::Introduction) }
}

/// Sides with somebody in the room that have not had the floor in this step.
fn unheard(hearing: &Hearing) -> Vec<Lacking> {
    let present = |side| {
        hearing.roll.entries.keys().any(|seat| {
            hearing.roll.is_present(seat)
                && hearing.plan.side(seat) == Some(side)
                && hearing.plan.capacity(seat).is_some_and(Capacity::is_party)
        })
    };
    Side::ALL
        .into_iter()
        .filter(|side| present(*side) && !hearing.floor.heard.contains(side))
        .map(Lacking::SideUnheard)
        .collect()
}

fn deliberation(hearing: &Hearing, rules: &Rulebook) -> Vec<Lacking> {
    let mut lacking = Vec::new();
    let panel: Vec<&SeatId> = hearing.sitting_panel().collect();
    if panel.is_empty() {
        return one(Lacking::Panel { have: 0, need: rules.panel_min(hearing.plan.mode()) });
    }
    let missing: usize = hearing
        .plan
        .issues
        .iter()
        .map(|issue| panel.iter().filter(|seat| !hearing.opinion.has_filed(&issue.id, seat)).count())
        .sum();
    if missing > 0 {
        lacking.push(Lacking::Sheets { missing: u32::try_from(missing).unwrap_or(u32::MAX) });
    }
    let chosen = hearing.opinion.speaker.as_ref().is_some_and(|seat| panel.contains(&seat));
    if !chosen {
        lacking.push(Lacking::Speaker);
    }
    lacking
}

fn signing(hearing: &Hearing) -> Vec<Lacking> {
    let mut lacking: Vec<Lacking> = hearing
        .record
        .open_corrections()
        .map(|correction| Lacking::Correction(correction.id.clone()))
        .collect();
    lacking.extend(
        hearing
            .plan
            .places
            .iter()
            .filter(|(seat, place)| {
                took_part(hearing, seat, place.capacity) && !hearing.record.has_answered(seat)
            })
            .map(|(seat, _)| Lacking::Signature(seat.clone())),
    );
    lacking
}

/// Who must sign: everyone who took part and was not recused; of the panel, those who still sit.
fn took_part(hearing: &Hearing, seat: &SeatId, capacity: Capacity) -> bool {
    let roll = &hearing.roll;
    let sits = capacity != Capacity::Panellist || roll.is_present(seat);
    capacity.signs() && sits && roll.took_part(seat) && !roll.is_recused(seat)
}
