//! Random hearings: whatever people try in whatever order, the square commutes, nobody speaks out of turn, no step is
//! skipped, and nothing of the panel's reaches anybody else.

use procedure::{
    By, Capacity, Command, Event, Office,
    hearing::{
        decision, deliberation, exhibit, floor, motion, opinion, phase, phase::Phase, plan, question, record,
        roll, statement,
    },
};
use proptest::prelude::*;

use crate::cast::{CAST, Court, advance, seat, waive};

/// The expected part: as little of a hearing as is needed to know what must not happen.
#[derive(Default)]
struct Reference {
    phase: Phase,
    in_break: bool,
    holder: Option<String>,
    answered: Vec<String>,
}

impl Reference {
    /// Checks an event that the rules let happen against what may happen.
    fn observe(&mut self, event: &Event) {
        match event {
            Event::Statement(statement::Event::Said { speaker, .. }) => {
                assert_eq!(self.holder.as_deref(), Some(speaker.0.as_str()), "spoke without the floor");
                assert!(
                    !self.in_break && self.phase != Phase::Deliberation,
                    "spoke while all must be silent"
                );
            }
            Event::Floor(floor::Event::Given { seat, .. }) => self.holder = Some(seat.0.clone()),
            Event::Floor(floor::Event::Ended { .. }) => self.holder = None,
            Event::Phase(phase::Event::Opened {}) => self.phase = Phase::RollCall,
            Event::Phase(phase::Event::Advanced { to, waived }) => {
                assert!(!self.in_break, "went on in a recess");
                let reopened = matches!(to, Phase::Statements | Phase::Questions)
                    && *to < self.phase
                    && waived.is_some();
                assert!(self.phase.next() == Some(*to) || reopened, "{:?} to {to:?}", self.phase);
                self.phase = *to;
                self.holder = None;
            }
            Event::Phase(phase::Event::Interrupted { .. }) => self.in_break = true,
            Event::Phase(phase::Event::Resumed {}) => self.in_break = false,
            Event::Roll(
                roll::Event::Left { seat }
                | roll::Event::Removed { seat, .. }
                | roll::Event::Recused { seat },
            ) if self.holder.as_deref() == Some(seat.0.as_str()) => {
                self.holder = None;
            }
            Event::Question(question::Event::Answered { id, .. }) => {
                assert!(!self.answered.contains(&id.0), "answered twice");
                self.answered.push(id.0.clone());
            }
            Event::Deliberation(_) => assert_eq!(self.phase, Phase::Deliberation),
            _ => {}
        }
    }
}

/// What somebody tries: who, and which of the things one can try.
#[derive(Clone, Debug)]
struct Try {
    who: usize,
    what: u8,
    whom: usize,
    which: usize,
    flag: bool,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (0..CAST.len(), 0u8..40, 0..CAST.len(), 0usize..8, any::<bool>())
        .prop_map(|(who, what, whom, which, flag)| Try { who, what, whom, which, flag });
    prop::collection::vec(one, 40..160)
}

fn known<T: Clone>(ids: Vec<T>, which: usize, none: T) -> T {
    if ids.is_empty() { none } else { ids[which % ids.len()].clone() }
}

#[expect(clippy::too_many_lines, reason = "one line for each thing that can be tried")]
fn command(court: &Court, attempt: &Try) -> Command {
    let whom = seat(CAST[attempt.whom].0);
    let hearing = &court.hearing;
    let text = || format!("TEXT-{}", attempt.which);
    let issue = if attempt.flag { "i1" } else { "i2" };
    let question = || known(hearing.question.asked.keys().cloned().collect(), attempt.which, "none".into());
    let motion = || known(hearing.motion.moved.keys().cloned().collect(), attempt.which, "none".into());
    let exhibit = || {
        let ids = hearing.exhibit.laid.values().map(|laid| laid.exhibit.id.clone()).collect();
        known(ids, attempt.which, "none".into())
    };
    let correction = || {
        known(
            hearing.record.corrections.iter().map(|asked| asked.id.clone()).collect(),
            attempt.which,
            "none".into(),
        )
    };
    let next = hearing.phase.current.next().unwrap_or(Phase::Closed);
    match attempt.what {
        0 => Command::Roll(roll::Command::Admit { seat: whom }),
        1 if attempt.which == 0 => Command::Roll(roll::Command::Leave {}),
        1 => Command::Roll(roll::Command::Arrive {}),
        2 if attempt.which == 0 => Command::Roll(roll::Command::Remove { seat: whom, reason: text() }),
        2 => Command::Roll(roll::Command::NameDeputy { seat: whom }),
        3..=6 => advance(next),
        7 | 8 => waive(next, "理由"),
        9 => waive(if attempt.flag { Phase::Statements } else { Phase::Questions }, "重开"),
        10 => Command::Phase(phase::Command::Recess { reason: None }),
        11 => Command::Phase(phase::Command::Resume {}),
        12..=14 => Command::Floor(floor::Command::Give { seat: whom, seconds: Some(30) }),
        15 => Command::Floor(floor::Command::Take { seat: whom }),
        16 => Command::Floor(floor::Command::RaiseHand {}),
        17 => {
            Command::Floor(if attempt.flag { floor::Command::LowerHand {} } else { floor::Command::Yield {} })
        }
        18 | 19 => Command::Statement(statement::Command::Say { text: text() }),
        20 => Command::Statement(statement::Command::Record { speaker: Some(whom), text: text() }),
        21 => Command::Question(question::Command::Ask { to: whom, text: text() }),
        22 => Command::Question(question::Command::Admit { of: question() }),
        23 => Command::Question(question::Command::Answer { of: question(), text: text() }),
        24 => Command::Question(question::Command::Disallow { of: question(), reason: text() }),
        25 => {
            Command::Exhibit(exhibit::Command::Lay { title: text(), content: exhibit::Content::Text(text()) })
        }
        26 => Command::Exhibit(exhibit::Command::Show { of: exhibit(), page: None }),
        27 if attempt.flag => Command::Exhibit(exhibit::Command::Hide { of: exhibit() }),
        27 => Command::Exhibit(exhibit::Command::Exclude { of: exhibit(), reason: text() }),
        28 => {
            let kind = if attempt.flag { motion::Kind::Recusal } else { motion::Kind::Objection };
            Command::Motion(motion::Command::Move { kind, text: text(), whom: Some(whom) })
        }
        29 => Command::Motion(motion::Command::Rule { of: motion(), granted: attempt.flag, reason: text() }),
        30 => Command::Deliberation(deliberation::Command::Discuss { text: "PANEL-ONLY".into() }),
        31..=33 => {
            let position = opinion::Position::ALL[attempt.which % 4];
            let reason = "SHEET-ONLY".into();
            Command::Opinion(opinion::Command::Opine { issue: issue.into(), position, reason })
        }
        34 => Command::Opinion(opinion::Command::ChooseSpeaker { seat: whom }),
        35 => Command::Opinion(opinion::Command::Deliver { text: text() }),
        36 => Command::Decision(decision::Command::Decide {
            when: if attempt.flag { decision::When::Now } else { decision::When::Later },
            adopts_majority: attempt.flag,
            text: text(),
            reasons: text(),
        }),
        37 => {
            let line = u32::try_from(attempt.which).unwrap();
            Command::Record(record::Command::Correct { line, text: text(), reason: text() })
        }
        38 => Command::Record(record::Command::RuleCorrection {
            of: correction(),
            granted: attempt.flag,
            reason: text(),
        }),
        _ => Command::Record(record::Command::Sign {}),
    }
}

/// Chair, clerk and panellists try twice as hard as others, or a random hearing would never leave its first step.
fn author(attempt: &Try) -> &'static str {
    match attempt.what {
        0 | 2..=15 | 22 | 24 | 26 | 27 | 29 | 36 if attempt.which != 7 => "chair",
        20 | 38 if attempt.which != 7 => "clerk",
        _ => CAST[attempt.who].0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_try_the_rules_hold(
        tries in tries(),
        public in any::<bool>(),
        from in prop::sample::select(vec![Phase::RollCall, Phase::Statements, Phase::Questions, Phase::Deliberation, Phase::Signing]),
    ) {
        let openness = if public { plan::Openness::Public } else { plan::Openness::Closed };
        let mut court = Court::at(openness, from);
        let mut reference = Reference::default();
        for (_, event) in court.log.clone() {
            reference.observe(&event);
        }
        for attempt in &tries {
            let before = court.log.len();
            let command = command(&court, attempt);
            let _ = court.tries(author(attempt), command);
            for (_, event) in &court.log[before..] {
                reference.observe(event);
            }
            prop_assert_eq!(reference.phase, court.hearing.phase.current);
            prop_assert_eq!(reference.holder.as_deref(), court.hearing.floor.holder().map(|seat| seat.0.as_str()));
        }
        court.assert_square();
        for (id, capacity, _) in CAST {
            let sees = court.text_seen_by(id);
            if *capacity != Capacity::Panellist {
                prop_assert!(!sees.contains("PANEL-ONLY"), "{} sees the deliberation", id);
            }
            if !capacity.is_office() && *capacity != Capacity::Panellist {
                prop_assert!(!sees.contains("SHEET-ONLY"), "{} sees a sheet", id);
            }
        }
    }

    #[test]
    fn no_words_however_odd_break_the_rules(text in any::<String>(), seat_name in any::<String>()) {
        let mut court = Court::at(plan::Openness::Public, Phase::Statements);
        let _ = court.tries("clerk", Command::Statement(statement::Command::Record {
            speaker: Some(seat_name.as_str().into()), text: text.clone(),
        }));
        let _ = court.tries(&seat_name, Command::Roll(roll::Command::Arrive {}));
        let _ = court.acts(By::Office(Office::Handler), Command::Plan(plan::Command::Unseat { seat: seat_name.as_str().into() }));
        let _ = court.tries("clerk", Command::Statement(statement::Command::Record { speaker: None, text }));
        court.assert_square();
    }
}
