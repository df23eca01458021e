//! The lines of the record: which events become lines, and what each line says.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{HearingEvent, Record};
use crate::{
    disclosed::Viewer,
    hearing::{
        decision, exhibit, line, motion, opinion, phase, phase::Phase, question, roll, shield, statement,
    },
    moment::Moment,
    seat::{Id, Office, SeatId},
};

/// A line of the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its number, counted from one.
    pub number: u32,
    /// When.
    pub at: Moment,
    /// The step of the hearing.
    pub phase: Phase,
    /// Id of what made it, where there is one.
    pub id: Option<Id>,
    /// Who spoke or acted; none when the system or the clerk notes something.
    pub speaker: Option<SeatId>,
    /// What the line says.
    pub said: Said,
    /// Earlier versions of the text, and who asked for each change.
    pub earlier: Vec<(String, SeatId)>,
}

/// What a line says. Its words are the reader's language; what people said is kept as they said it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// A statement.
    Statement(String),
    /// A note of the clerk.
    Note(String),
    /// A question of the panel.
    Question {
        /// Its number.
        number: u32,
        /// Whom.
        to: SeatId,
        /// What.
        text: String,
    },
    /// The answer to it.
    Answer {
        /// Of the question.
        number: u32,
        /// What.
        text: String,
    },
    /// A question lapsed unanswered.
    Lapsed {
        /// Of the question.
        number: u32,
    },
    /// An exhibit is on the screens.
    Exhibit {
        /// Its number.
        number: u32,
        /// Its title.
        title: String,
        /// The page.
        page: u32,
    },
    /// An exhibit was excluded.
    Excluded {
        /// Its number.
        number: u32,
        /// Its title.
        title: String,
        /// Why.
        text: String,
    },
    /// A motion.
    Motion {
        /// For what.
        kind: motion::Kind,
        /// Whom a recusal concerns.
        whom: Option<SeatId>,
        /// In these words.
        text: String,
    },
    /// A ruling.
    Ruling {
        /// On what.
        kind: motion::Kind,
        /// Whether it was granted.
        granted: bool,
        /// Why.
        text: String,
        /// Who ruled, if not the chair.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Office>,
    },
    /// The panel's opinion as read out.
    Opinion(String),
    /// The decision.
    Decision {
        /// When it is made.
        when: decision::When,
        /// The decision.
        text: String,
        /// Its reasons.
        reasons: String,
    },
    /// The hearing opened: presence checked, rights and discipline told, recusal asked.
    Opened,
    /// Another step began.
    Step {
        /// Which.
        to: Phase,
        /// Why something was waived or reopened.
        waived: Option<String>,
    },
    /// The hearing stands still.
    Interrupted {
        /// How.
        kind: phase::BreakKind,
        /// Why.
        reason: Option<String>,
    },
    /// It goes on.
    Resumed,
    /// Somebody came in.
    CameIn,
    /// Somebody left.
    LeftRoom,
    /// Somebody was sent out.
    SentOut(String),
    /// Somebody is absent.
    Absent(String),
    /// Somebody was recused and left the panel.
    Recused,
    /// A connection was lost: what follows did not reach that seat.
    Gap {
        /// Since when.
        since: Moment,
    },
    /// The connection is back.
    GapOver {
        /// How long it was away, in milliseconds.
        away_ms: i64,
    },
    /// A video line broke: what follows was not heard and seen there.
    VideoGap {
        /// Since when.
        since: Moment,
    },
    /// The video line is back.
    VideoGapOver {
        /// How long it was away, in milliseconds.
        away_ms: i64,
    },
    /// The deputy presides.
    DeputyPresides,
    /// The chair presides again.
    ChairPresides,
    /// Somebody takes part without being seen.
    Shielded {
        /// Whether also with another voice.
        voice: bool,
    },
    /// Somebody is seen again.
    Unshielded,
    /// The gallery hears and sees nothing for the time being.
    GalleryCutOff,
    /// The gallery hears and sees again.
    GalleryRestored,
    /// A party agreed to a remote hearing, or refused it.
    Remote {
        /// Whether it agreed.
        given: bool,
    },
}

impl Line {
    /// The words that can be corrected, if the line has any.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.said {
            Said::Statement(text) | Said::Note(text) | Said::Opinion(text) => Some(text),
            Said::Question { text, .. }
            | Said::Answer { text, .. }
            | Said::Motion { text, .. }
            | Said::Ruling { text, .. }
            | Said::Excluded { text, .. }
            | Said::Decision { text, .. } => Some(text),
            Said::Lapsed { .. }
            | Said::Exhibit { .. }
            | Said::Opened
            | Said::Step { .. }
            | Said::Interrupted { .. }
            | Said::Resumed
            | Said::CameIn
            | Said::LeftRoom
            | Said::SentOut(_)
            | Said::Absent(_)
            | Said::Recused
            | Said::Gap { .. }
            | Said::GapOver { .. }
            | Said::VideoGap { .. }
            | Said::VideoGapOver { .. }
            | Said::DeputyPresides
            | Said::ChairPresides
            | Said::Shielded { .. }
            | Said::Unshielded
            | Said::GalleryCutOff
            | Said::GalleryRestored
            | Said::Remote { .. } => None,
        }
    }

    /// Whether the line says where the viewer's own seat stands, which it knows even from outside.
    pub(super) fn is_own_coming_and_going(&self, viewer: &Viewer) -> bool {
        let coming_or_going = matches!(
            self.said,
            Said::CameIn
                | Said::LeftRoom
                | Said::SentOut(_)
                | Said::Absent(_)
                | Said::Recused
                | Said::Gap { .. }
                | Said::GapOver { .. }
                | Said::VideoGap { .. }
                | Said::VideoGapOver { .. }
                | Said::Remote { .. }
                | Said::Shielded { .. }
                | Said::Unshielded
        );
        coming_or_going && self.speaker.as_ref().is_some_and(|seat| viewer.is(seat))
    }

    /// Puts a corrected text in the place of the present one, which is kept.
    pub(super) fn correct(&mut self, corrected: &str, by: &SeatId) {
        let present = match &mut self.said {
            Said::Statement(text) | Said::Note(text) | Said::Opinion(text) => text,
            Said::Question { text, .. }
            | Said::Answer { text, .. }
            | Said::Motion { text, .. }
            | Said::Ruling { text, .. }
            | Said::Excluded { text, .. }
            | Said::Decision { text, .. } => text,
            _ => return,
        };
        let earlier = core::mem::replace(present, corrected.into());
        self.earlier.push((earlier, by.clone()));
    }
}

/// Lines as somebody outside would have numbered them, knowing no step.
pub(super) fn renumbered<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<Line> {
    (1..).zip(lines).map(|(number, line)| Line { number, phase: Phase::Waiting, ..line.clone() }).collect()
}

impl Record {
    /// Writes down what everyone in the room saw happen.
    pub(super) fn write_down(&mut self, at: Moment, event: &HearingEvent) {
        if let HearingEvent::Phase(phase::Event::Advanced { to, .. }) = event {
            self.phase = *to;
        }
        if let HearingEvent::Phase(phase::Event::Opened {}) = event {
            self.phase = Phase::RollCall;
        }
        let Some((id, speaker, said)) = line_of(event) else {
            return;
        };
        if speaker.as_ref().is_some_and(|seat| self.unlisted.contains(seat)) {
            return;
        }
        let number = u32::try_from(self.lines.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.lines.push(Line { number, at, phase: self.phase, id, speaker, said, earlier: Vec::new() });
    }
}

type Parts = (Option<Id>, Option<SeatId>, Said);

fn line_of(event: &HearingEvent) -> Option<Parts> {
    match event {
        HearingEvent::Statement(event) => Some(of_statement(event)),
        HearingEvent::Question(event) => of_question(event),
        HearingEvent::Exhibit(event) => of_exhibit(event),
        HearingEvent::Motion(event) => Some(of_motion(event)),
        HearingEvent::Phase(event) => of_phase(event),
        HearingEvent::Roll(event) => of_roll(event),
        HearingEvent::Shield(event) => Some(of_shield(event)),
        HearingEvent::Line(event) => of_line(event),
        HearingEvent::Opinion(opinion::Event::Delivered { id, by, text }) => {
            Some((Some(id.clone()), Some(by.clone()), Said::Opinion(text.clone())))
        }
        HearingEvent::Decision(decision::Event::Announced { id, when, text, reasons }) => {
            let said = Said::Decision { when: *when, text: text.clone(), reasons: reasons.clone() };
            Some((Some(id.clone()), None, said))
        }
        HearingEvent::Opinion(_)
        | HearingEvent::Decision(_)
        | HearingEvent::Plan(_)
        | HearingEvent::Floor(_)
        | HearingEvent::Deliberation(_)
        | HearingEvent::Record(_)
        | HearingEvent::Recording(_)
        | HearingEvent::Equipment(_) => None,
    }
}

fn of_statement(event: &statement::Event) -> Parts {
    match event {
        statement::Event::Said { id, speaker, text, .. } => {
            (Some(id.clone()), Some(speaker.clone()), Said::Statement(text.clone()))
        }
        statement::Event::Recorded { id, speaker: Some(speaker), text, .. } => {
            (Some(id.clone()), Some(speaker.clone()), Said::Statement(text.clone()))
        }
        statement::Event::Recorded { id, speaker: None, text, .. } => {
            (Some(id.clone()), None, Said::Note(text.clone()))
        }
    }
}

fn of_question(event: &question::Event) -> Option<Parts> {
    match event {
        question::Event::Put { id, number, by, to, text } => {
            let said = Said::Question { number: *number, to: to.clone(), text: text.clone() };
            Some((Some(id.clone()), Some(by.clone()), said))
        }
        question::Event::Answered { answer, number, by, text, .. } => {
            let said = Said::Answer { number: *number, text: text.clone() };
            Some((Some(answer.clone()), Some(by.clone()), said))
        }
        question::Event::Lapsed { number, .. } => number.map(|number| (None, None, Said::Lapsed { number })),
        question::Event::Asked { .. } | question::Event::Disallowed { .. } => None,
    }
}

fn of_exhibit(event: &exhibit::Event) -> Option<Parts> {
    match event {
        exhibit::Event::Shown { exhibit, page } => {
            let said = Said::Exhibit { number: exhibit.number, title: exhibit.title.clone(), page: *page };
            Some((None, Some(exhibit.by.clone()), said))
        }
        exhibit::Event::Excluded { number, title, reason } => {
            Some((None, None, Said::Excluded { number: *number, title: title.clone(), text: reason.clone() }))
        }
        exhibit::Event::Laid(_) | exhibit::Event::ObjectedTo { .. } | exhibit::Event::Hidden { .. } => None,
    }
}

fn of_motion(event: &motion::Event) -> Parts {
    match event {
        motion::Event::Moved { id, by, kind, text, whom } => {
            let said = Said::Motion { kind: *kind, whom: whom.clone(), text: text.clone() };
            (Some(id.clone()), Some(by.clone()), said)
        }
        motion::Event::Ruled { kind, granted, reason, by, .. } => {
            (None, None, Said::Ruling { kind: *kind, granted: *granted, text: reason.clone(), by: *by })
        }
    }
}

fn of_phase(event: &phase::Event) -> Option<Parts> {
    let said = match event {
        phase::Event::Opened {} => Said::Opened,
        phase::Event::Advanced { to, waived } => {
            Said::Step { to: *to, waived: waived.as_ref().map(|waived| waived.reason.clone()) }
        }
        phase::Event::Interrupted { kind, reason } => {
            Said::Interrupted { kind: *kind, reason: reason.clone() }
        }
        phase::Event::Resumed {} => Said::Resumed,
        phase::Event::Cancelled { .. } => return None,
    };
    Some((None, None, said))
}

/// Comings, goings and gaps.
fn of_roll(event: &roll::Event) -> Option<Parts> {
    let (seat, said) = match event {
        roll::Event::Admitted { seat } => (seat, Said::CameIn),
        roll::Event::Left { seat } => (seat, Said::LeftRoom),
        roll::Event::Removed { seat, reason } => (seat, Said::SentOut(reason.clone())),
        roll::Event::AbsenceNoted { seat, reason } => (seat, Said::Absent(reason.clone())),
        roll::Event::Recused { seat } => (seat, Said::Recused),
        roll::Event::Lost { seat, since, again: false } => (seat, Said::Gap { since: *since }),
        roll::Event::Regained { seat, away_ms } => (seat, Said::GapOver { away_ms: *away_ms }),
        roll::Event::ChairTaken { seat } => (seat, Said::DeputyPresides),
        roll::Event::RemoteAnswered { seat, given } => (seat, Said::Remote { given: *given }),
        roll::Event::ChairReturned {} => return Some((None, None, Said::ChairPresides)),
        roll::Event::Lost { again: true, .. }
        | roll::Event::Arrived { .. }
        | roll::Event::TurnedAway { .. }
        | roll::Event::DeputyNamed { .. } => return None,
    };
    Some((None, Some(seat.clone()), said))
}

fn of_shield(event: &shield::Event) -> Parts {
    let (seat, said) = match event {
        shield::Event::Shielded { seat, voice } => (Some(seat.clone()), Said::Shielded { voice: *voice }),
        shield::Event::Unshielded { seat } => (Some(seat.clone()), Said::Unshielded),
        shield::Event::CutOff {} => (None, Said::GalleryCutOff),
        shield::Event::Restored {} => (None, Said::GalleryRestored),
    };
    (None, seat, said)
}

fn of_line(event: &line::Event) -> Option<Parts> {
    let (seat, said) = match event {
        line::Event::Broken { seat, since } => (seat, Said::VideoGap { since: *since }),
        line::Event::Restored { seat, away_ms } => (seat, Said::VideoGapOver { away_ms: *away_ms }),
        line::Event::Opened { .. } | line::Event::Closed { .. } | line::Event::Rated { .. } => return None,
    };
    Some((None, Some(seat.clone()), said))
}
