//! Panel questions: a panellist asks, the chair admits or disallows, the person asked answers (Art. 15, step 3).
//!
//! ```text
//! Asked ──admit──▶ Put ──answer──▶ Answered
//!   ├──disallow──▶ Disallowed   └──the step is over──▶ Lapsed
//!   └──the step is over──▶ Lapsed
//! ```
//!
//! Until the chair admits it, a question is seen by panel and office alone; a disallowed one stays there. Questions
//! are numbered when they are put, so that nobody can count those that were not.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use super::{Act, Event as HearingEvent, Hearing, phase::Phase, plan::Plan};
use crate::{
    disclosed::{Reach, Viewer},
    moment::Moment,
    refusal::Refusal,
    seat::{Capacity, Id, SeatId},
};

/// What somebody wants done with a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// A panellist asks.
    Ask {
        /// Whom.
        to: SeatId,
        /// What.
        text: String,
    },
    /// The chair lets it be put.
    Admit {
        /// Which.
        of: Id,
    },
    /// The chair does not.
    Disallow {
        /// Which.
        of: Id,
        /// Why.
        reason: String,
    },
    /// The person asked, or its agent, answers.
    Answer {
        /// Which.
        of: Id,
        /// What.
        text: String,
    },
}

/// What happened to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A panellist asked; the chair has not admitted it yet.
    Asked {
        /// Which.
        id: Id,
        /// Who asks.
        by: SeatId,
        /// Whom.
        to: SeatId,
        /// What.
        text: String,
    },
    /// The question was put.
    Put {
        /// Which.
        id: Id,
        /// Its number among those put.
        number: u32,
        /// Who asks.
        by: SeatId,
        /// Whom.
        to: SeatId,
        /// What.
        text: String,
    },
    /// The chair disallowed it.
    Disallowed {
        /// Which.
        id: Id,
        /// Why.
        reason: String,
    },
    /// It was answered.
    Answered {
        /// Which.
        id: Id,
        /// Id of the answer's line.
        answer: Id,
        /// Its number.
        number: u32,
        /// Who answered.
        by: SeatId,
        /// What.
        text: String,
    },
    /// The step was over before it was put or answered.
    Lapsed {
        /// Which.
        id: Id,
        /// Its number, if it had been put.
        number: Option<u32>,
    },
}

/// How far a question has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits for the chair.
    Asked,
    /// Waits for the answer.
    Put,
    /// Disallowed, and why.
    Disallowed(String),
    /// Answered, by whom and how.
    Answered {
        /// By whom.
        by: SeatId,
        /// How.
        text: String,
    },
    /// The step was over.
    Lapsed,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its number among those put.
    pub number: Option<u32>,
    /// Who asks.
    pub by: SeatId,
    /// Whom.
    pub to: SeatId,
    /// What.
    pub text: String,
    /// How far it has come.
    pub state: State,
}

impl Question {
    /// Whether a seat may answer: the one that was asked, or its agent.
    #[must_use]
    pub fn may_be_answered_by(&self, seat: &SeatId, plan: &Plan) -> bool {
        let acts_for = plan.places.get(seat).and_then(|place| place.acts_for.as_ref());
        *seat == self.to || acts_for == Some(&self.to)
    }
}

/// The questions of a hearing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Questions {
    /// By id.
    pub asked: BTreeMap<Id, Question>,
    /// How many have been put.
    pub put: u32,
}

pub(super) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let event = match command {
        Command::Ask { to, text } => ask(hearing, to, &text, act)?,
        Command::Admit { of } => {
            hearing.chair(act)?;
            in_questions(hearing)?;
            admit(hearing, of)?
        }
        Command::Disallow { of, reason } => {
            hearing.chair(act)?;
            in_questions(hearing)?;
            waiting(&hearing.question, &of)?;
            Event::Disallowed { id: of, reason: act.reason(&reason)? }
        }
        Command::Answer { of, text } => answer(hearing, of, &text, act)?,
    };
    Ok(alloc::vec![event.into()])
}

fn in_questions(hearing: &Hearing) -> Result<(), Refusal> {
    hearing.phase.in_session()?;
    hearing.no_mediation()?;
    if hearing.phase.current == Phase::Questions { Ok(()) } else { Err(Refusal::WrongPhase) }
}

fn ask(hearing: &Hearing, to: SeatId, text: &str, act: &Act<'_>) -> Result<Event, Refusal> {
    let by = hearing.panellist(act)?.clone();
    in_questions(hearing)?;
    let capacity = hearing.plan.capacity(&to).ok_or(Refusal::QuestionToNobody)?;
    let answers = may_be_asked(capacity) || hearing.handles(&to);
    if !answers || !hearing.roll.is_present(&to) {
        return Err(Refusal::QuestionToNobody);
    }
    let open =
        |question: &&Question| question.by == by && matches!(question.state, State::Asked | State::Put);
    if hearing.question.asked.values().filter(open).count() >= act.rules.questions_open_max {
        return Err(Refusal::TooManyQuestions);
    }
    Ok(Event::Asked { id: act.id.clone(), by, to, text: act.text(text)? })
}

/// Those who can be asked, beside whoever handles the case.
const fn may_be_asked(capacity: Capacity) -> bool {
    capacity.is_party() || matches!(capacity, Capacity::Witness | Capacity::Expert | Capacity::Officer)
}

fn waiting<'a>(questions: &'a Questions, of: &Id) -> Result<&'a Question, Refusal> {
    let question = questions.asked.get(of).ok_or(Refusal::QuestionUnknown)?;
    if question.state == State::Asked { Ok(question) } else { Err(Refusal::QuestionNotWaiting) }
}

fn admit(hearing: &Hearing, of: Id) -> Result<Event, Refusal> {
    let question = waiting(&hearing.question, &of)?;
    if hearing.roll.is_recused(&question.by) {
        return Err(Refusal::QuestionOfRecused);
    }
    Ok(Event::Put {
        id: of,
        number: hearing.question.put.saturating_add(1),
        by: question.by.clone(),
        to: question.to.clone(),
        text: question.text.clone(),
    })
}

fn answer(hearing: &Hearing, of: Id, text: &str, act: &Act<'_>) -> Result<Event, Refusal> {
    let (seat, _) = hearing.admitted(act)?;
    in_questions(hearing)?;
    let question = hearing.question.asked.get(&of).ok_or(Refusal::QuestionUnknown)?;
    match question.state {
        State::Asked | State::Disallowed(_) | State::Lapsed => return Err(Refusal::QuestionNotAdmitted),
        State::Answered { .. } => return Err(Refusal::QuestionAnswered),
        State::Put => {}
    }
    if !question.may_be_answered_by(seat, &hearing.plan) {
        return Err(Refusal::QuestionNotToYou);
    }
    let number = question.number.unwrap_or_default();
    Ok(Event::Answered { id: of, answer: act.id.clone(), number, by: seat.clone(), text: act.text(text)? })
}

/// What becomes of the questions that are still open when the step ends.
pub(super) fn lapse_all(hearing: &Hearing) -> Vec<HearingEvent> {
    hearing
        .question
        .asked
        .iter()
        .filter(|(_, question)| matches!(question.state, State::Asked | State::Put))
        .map(|(id, question)| Event::Lapsed { id: id.clone(), number: question.number }.into())
        .collect()
}

impl Questions {
    /// Numbers of the questions that were put and wait for an answer.
    pub fn unanswered(&self) -> impl Iterator<Item = u32> {
        self.asked
            .values()
            .filter(|question| question.state == State::Put)
            .filter_map(|question| question.number)
    }

    pub(super) fn evolve(&mut self, _: Moment, event: &HearingEvent) {
        let HearingEvent::Question(event) = event else {
            return;
        };
        match event {
            Event::Asked { id, by, to, text } => {
                let question = Question {
                    number: None,
                    by: by.clone(),
                    to: to.clone(),
                    text: text.clone(),
                    state: State::Asked,
                };
                self.asked.insert(id.clone(), question);
            }
            Event::Put { id, number, by, to, text } => {
                let question = Question {
                    number: Some(*number),
                    by: by.clone(),
                    to: to.clone(),
                    text: text.clone(),
                    state: State::Put,
                };
                self.asked.insert(id.clone(), question);
                self.put = *number;
            }
            Event::Disallowed { id, reason } => self.set(id, State::Disallowed(reason.clone())),
            Event::Answered { id, by, text, .. } => {
                self.set(id, State::Answered { by: by.clone(), text: text.clone() });
            }
            Event::Lapsed { id, .. } => self.set(id, State::Lapsed),
        }
    }

    fn set(&mut self, id: &Id, state: State) {
        if let Some(question) = self.asked.get_mut(id) {
            question.state = state;
        }
    }

    pub(super) fn disclosed_to(&self, viewer: &Viewer, _: &Plan) -> Self {
        if !Reach::Everyone.includes(viewer) {
            return Self::default();
        }
        let all = Reach::PanelAndOffice.includes(viewer);
        let asked = self
            .asked
            .iter()
            .filter(|(_, question)| all || question.number.is_some())
            .map(|(id, question)| (id.clone(), question.clone()))
            .collect();
        Self { asked, put: self.put }
    }
}

names! {
    Asked "asked"
    Put "put"
    Disallowed "disallowed"
    Answered "answered"
    Lapsed "lapsed"
}

impl Event {
    /// Who may see the event.
    #[must_use]
    pub const fn reach(&self, _: &Plan) -> Reach {
        match self {
            Self::Asked { .. } | Self::Disallowed { .. } | Self::Lapsed { number: None, .. } => {
                Reach::PanelAndOffice
            }
            Self::Put { .. } | Self::Answered { .. } | Self::Lapsed { number: Some(_), .. } => {
                Reach::Everyone
            }
        }
    }
}
