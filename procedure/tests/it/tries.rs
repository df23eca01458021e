//! What people try: a random act of somebody, now and then the next thing that a court would sensibly do.

use procedure::{
    By, Capacity, Command, Id, Moment, Office, SeatId,
    hearing::{
        decision, deliberation, exhibit, floor, motion, opinion, phase, phase::Phase, plan, question, record,
        roll, statement,
    },
};
use proptest::prelude::*;

use crate::cast::{APPROVE, ARRIVE, Court, LEAVE, OPEN, admit, advance, choose, seat, seating, sign, waive};

mod media;
mod mediation;

/// What somebody tries: who, and which of the things one can try.
#[derive(Clone, Debug)]
pub(crate) struct Try {
    who: usize,
    what: u8,
    whom: usize,
    which: usize,
    flag: bool,
    /// How long after the one before, in seconds.
    after: i64,
}

pub(crate) fn tries(most: usize) -> impl Strategy<Value = Vec<Try>> {
    let after = prop_oneof![8 => Just(0i64), 2 => 0i64..90, 1 => 0i64..4000];
    let one = (0usize..64, 0u8..85, 0usize..64, 0usize..8, any::<bool>(), after)
        .prop_map(|(who, what, whom, which, flag, after)| Try { who, what, whom, which, flag, after });
    prop::collection::vec(one, most / 3..most)
}

/// The seats by which commands can be tried: those that are, and some that could be.
fn known(court: &Court) -> Vec<SeatId> {
    let mut seats = court.everybody();
    seats.extend((0..3).map(|number| SeatId(format!("x{number}"))));
    seats
}

fn of<T: Clone>(ids: Vec<T>, which: usize, none: T) -> T {
    if ids.is_empty() { none } else { ids[which % ids.len()].clone() }
}

fn office(office: Office, command: plan::Command) -> (By, Command) {
    (By::Office(office), Command::Plan(command))
}

/// What is worth trying in a step, beside everything else.
const fn worth_trying(phase: Phase) -> &'static [u8] {
    match phase {
        Phase::Waiting => &[0, 1, 2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 7, 8, 9, 10, 17, 51, 62],
        Phase::RollCall | Phase::Introduction | Phase::Statements | Phase::FinalStatements => &[
            5, 6, 7, 9, 10, 11, 14, 15, 19, 20, 22, 23, 24, 24, 25, 26, 33, 33, 34, 34, 35, 36, 36, 37, 37,
            38, 51, 65, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76,
        ],
        Phase::Questions => &[9, 10, 13, 29, 29, 29, 30, 30, 31, 32, 32, 33, 34, 35, 36, 37, 38, 51],
        Phase::Deliberation => &[8, 9, 10, 13, 37, 38, 40, 41, 41, 42, 42, 43, 43, 51, 65, 67, 68],
        Phase::Opinion => &[8, 13, 38, 41, 42, 43, 44, 44, 51],
        Phase::Summary => &[13, 26, 45, 45, 45, 51, 65, 67, 69, 70, 74],
        Phase::Signing => &[9, 10, 15, 46, 46, 46, 47, 47, 48, 49, 50, 51],
        Phase::Closed => &[5, 8, 51],
    }
}

impl Try {
    /// Turns the clock and gives what is done, one act after the other.
    pub(crate) fn acts(&self, court: &mut Court) -> Vec<(By, Command)> {
        court.wait(self.after);
        let seats = known(court);
        let (who, whom) = (of(seats.clone(), self.who, seat("chair")), of(seats, self.whom, seat("a1")));
        let chair = court.hearing.presiding().cloned().unwrap_or_else(|| seat("chair"));
        // Most of what only the chair may do the chair does, or a random hearing would stand still.
        let by_chair = By::Seat(if self.which == 7 { who.clone() } else { chair });
        let by_clerk = By::Seat(if self.which == 7 { who.clone() } else { seat("clerk") });
        let by_who = By::Seat(who);
        let reconciled = court.hearing.mediation.open.is_some();
        let worth = if reconciled { mediation::WORTH } else { worth_trying(court.hearing.phase.current) };
        let what =
            if self.who.is_multiple_of(3) { self.what } else { worth[self.what as usize % worth.len()] };
        let one = Self { what, ..self.clone() };
        let act = match what {
            0..=11 => one.outside(court, whom, by_who, by_chair),
            12..=25 => one.course_and_floor(court, whom, by_who, by_chair),
            26..=36 => one.words(court, whom, by_who, by_chair, by_clerk),
            37..=50 => one.panel_and_record(court, whom, by_who, by_chair, by_clerk),
            58..=63 => one.recording(court, whom),
            64 => one.equipment(by_who),
            65..=76 => return mediation::acts(&one, court, &whom, &by_who, &by_chair),
            77..=80 => one.shield(court, whom, by_chair),
            81..=84 => one.line(court, whom),
            _ => return sensible(court, self.flag),
        };
        vec![act]
    }

    /// Somebody who stands so on the roll, more often than not.
    fn standing(&self, court: &Court, standing: roll::Standing, whom: SeatId) -> SeatId {
        let entries = court.hearing.plan.places.keys();
        let such = entries.filter(|seat| court.hearing.roll.standing(seat) == standing).cloned().collect();
        if self.which == 6 { whom } else { of(such, self.whom, whom) }
    }

    fn outside(&self, court: &Court, whom: SeatId, by_who: By, by_chair: By) -> (By, Command) {
        let reason = || "REASON".to_string();
        let roll = |command| Command::Roll(command);
        let waiting = || self.standing(court, roll::Standing::Waiting, whom.clone());
        match self.what {
            0 => {
                let capacity = Capacity::ALL[self.whom % 14];
                let id = format!("x{}", self.which);
                let chief_prosecutor = self.flag && capacity == Capacity::Chair;
                let seated = plan::Seating { chief_prosecutor, ..seating(&id, capacity, None) };
                office(Office::Handler, plan::Command::Seat(seated))
            }
            1 => office(Office::CaseManagement, plan::Command::Unseat { seat: whom }),
            2 => office(Office::Clerk, plan::Command::Draw(draw())),
            3 => match self.which {
                0 => office(Office::ChiefProsecutor, APPROVE),
                1 => office(Office::ChiefProsecutor, plan::Command::Approve { note: reason() }),
                2 | 3 => office(Office::Handler, plan::Command::Notify { reason: self.flag.then(reason) }),
                4 | 5 => office(Office::Leader, plan::Command::Publish {}),
                6 => office(Office::Handler, postpone(court, self.flag)),
                _ => office(Office::Handler, amend(court, self.whom, self.flag)),
            },
            4 => (by_who, Command::Plan(plan::Command::Declare {})),
            5 => (by_who, ARRIVE),
            6 => (by_chair, admit(&waiting().0)),
            7 if self.flag => (by_chair, roll(roll::Command::TurnAway { seat: waiting(), reason: reason() })),
            7 => {
                let seat = self.standing(court, roll::Standing::Expected, whom);
                (by_chair, roll(roll::Command::NoteAbsence { seat, reason: reason() }))
            }
            8 if self.which < 2 => (by_who, LEAVE),
            8 if self.which == 2 => (by_chair, roll(roll::Command::Remove { seat: whom, reason: reason() })),
            8 => (by_who, roll(roll::Command::AnswerRemote { given: self.flag })),
            9 => {
                let since = court.now.plus_ms(-i64::try_from(self.which).unwrap() * 700);
                // The chair is lost now and then, or a deputy would never preside.
                let seat = if self.flag { whom } else { of(vec![seat("chair"), seat("a1")], self.who, whom) };
                (By::Clock, roll(roll::Command::Lost { seat, since }))
            }
            10 => {
                let lost = court.hearing.roll.entries.iter().filter(|(_, entry)| entry.lost.is_some());
                let seat = of(lost.map(|(seat, _)| seat.clone()).collect(), self.whom, whom);
                (By::Clock, roll(roll::Command::Regained { seat }))
            }
            _ => self.deputies(court, whom, by_who, by_chair),
        }
    }

    /// The next thing about a deputy that could be done, or one that could not.
    fn deputies(&self, court: &Court, whom: SeatId, by_who: By, by_chair: By) -> (By, Command) {
        let (deputy, chair) = (&court.hearing.roll.deputy, seat("chair"));
        let by_chief = By::Office(Office::ChiefProsecutor);
        let (by, command) = match (self.which, deputy, &court.hearing.roll.deputy_acting) {
            (0, ..) => (by_chief, roll::Command::NameDeputy { seat: whom }),
            (1, ..) => (by_who, roll::Command::TakeChair {}),
            (2, ..) => (by_who, roll::Command::ReturnChair {}),
            (_, None, _) => (by_chair, roll::Command::NameDeputy { seat: seat("handler") }),
            (_, Some(_), Some(_)) => (By::Seat(chair), roll::Command::ReturnChair {}),
            (_, Some(_), None) if !court.hearing.roll.is_lost(&chair) => {
                (By::Clock, roll::Command::Lost { seat: chair, since: court.now })
            }
            (_, Some(deputy), None) => (By::Seat(deputy.clone()), roll::Command::TakeChair {}),
        };
        (by, Command::Roll(command))
    }

    fn course_and_floor(&self, court: &Court, whom: SeatId, by_who: By, by_chair: By) -> (By, Command) {
        let next = court.hearing.phase.current.next().unwrap_or(Phase::Closed);
        let reason = || "REASON".to_string();
        let phase = |command| Command::Phase(command);
        let floor = |command| Command::Floor(command);
        match self.what {
            12 => (by_chair, advance(next)),
            13 if self.flag => (by_chair, waive(next, "REASON")),
            13 => (by_chair, waive(Phase::ALL[self.whom % 11], "REASON")),
            14 if self.flag => (by_chair, phase(phase::Command::Recess { reason: None })),
            14 => (by_chair, phase(phase::Command::Suspend { reason: reason() })),
            15 | 16 => (by_chair, phase(phase::Command::Resume {})),
            17 if self.which < 2 => {
                let by = if self.flag { by_chair } else { By::Office(Office::Handler) };
                (by, phase(phase::Command::Cancel { reason: reason() }))
            }
            17 => (by_chair, OPEN),
            18 => (By::Clock, phase(phase::Command::Tick {})),
            19..=21 => {
                let seconds = [None, Some(30), Some(3600), Some(0), Some(u32::MAX)][self.who % 5];
                (by_chair, floor(floor::Command::Give { seat: whom, seconds }))
            }
            22 => (by_chair, floor(floor::Command::Take { seat: self.holder(court).unwrap_or(whom) })),
            23 => (by_chair, floor(floor::Command::Extend { seconds: self.flag.then_some(60) })),
            24 if self.flag => (by_who, floor(floor::Command::RaiseHand {})),
            24 => {
                let up = court.hearing.floor.hands.first().map(|hand| hand.seat.clone());
                (up.map_or(by_who, By::Seat), floor(floor::Command::LowerHand {}))
            }
            _ => (self.holder(court).map_or(by_who, By::Seat), floor(floor::Command::Yield {})),
        }
    }

    /// Who holds the floor, more often than not.
    fn holder(&self, court: &Court) -> Option<SeatId> {
        court.hearing.floor.holder().filter(|_| self.which > 2).cloned()
    }

    fn words(&self, court: &Court, whom: SeatId, by_who: By, by_chair: By, by_clerk: By) -> (By, Command) {
        let text = || format!("TEXT-{}", court.did.len());
        let question = |wanted: question::State| -> Id {
            let such = |one: &question::Question| one.state == wanted || self.which == 6;
            let asked = court.hearing.question.asked.iter().filter(|(_, one)| such(one));
            of(asked.map(|(id, _)| id.clone()).collect(), self.whom, "none".into())
        };
        let party =
            By::Seat(of(["a1", "a2", "r1", "t1", "handler"].map(seat).to_vec(), self.who, whom.clone()));
        let laid = court.hearing.exhibit.laid.values().map(|laid| laid.exhibit.id.clone()).collect();
        let exhibit: Id = of(laid, self.which, "none".into());
        let put = |command| Command::Question(command);
        let show = |command| Command::Exhibit(command);
        match self.what {
            26 | 27 => {
                let say = Command::Statement(statement::Command::Say { text: text() });
                (self.holder(court).map_or(by_who, By::Seat), say)
            }
            28 => {
                let speaker = (self.which > 1).then_some(whom);
                (by_clerk, Command::Statement(statement::Command::Record { speaker, text: text() }))
            }
            29 => {
                let panel = court.hearing.sitting_panel().cloned().collect();
                let by = if self.which == 7 { by_who } else { By::Seat(of(panel, self.who, seat("p1"))) };
                let to =
                    if self.flag { whom } else { of(["a1", "r1", "w1"].map(seat).to_vec(), self.whom, whom) };
                (by, put(question::Command::Ask { to, text: format!("ASKED-{}.", court.did.len()) }))
            }
            30 => (by_chair, put(question::Command::Admit { of: question(question::State::Asked) })),
            31 => {
                let of = question(question::State::Asked);
                (by_chair, put(question::Command::Disallow { of, reason: text() }))
            }
            32 => {
                let of = question(question::State::Put);
                let to = court.hearing.question.asked.get(&of).map(|question| question.to.clone());
                let by = to.filter(|_| self.which < 6).map_or(by_who, By::Seat);
                (by, put(question::Command::Answer { of, text: text() }))
            }
            33 => {
                let content = exhibit::Content::Text(text());
                (
                    if self.flag { by_who } else { party },
                    show(exhibit::Command::Lay { title: text(), content }),
                )
            }
            34 => {
                let by = if self.flag { by_who } else { party };
                (by, show(exhibit::Command::Object { of: exhibit, reason: text() }))
            }
            35 if self.flag => (by_chair, show(exhibit::Command::Exclude { of: exhibit, reason: text() })),
            35 => {
                let shown = court
                    .hearing
                    .exhibit
                    .shown
                    .and_then(|(number, _)| court.hearing.exhibit.laid.get(&number));
                let of = shown.map_or(exhibit, |laid| laid.exhibit.id.clone());
                (by_chair, show(exhibit::Command::Hide { of }))
            }
            _ => {
                let page = self.flag.then_some(u32::try_from(self.who % 3).unwrap());
                (by_chair, show(exhibit::Command::Show { of: exhibit, page }))
            }
        }
    }

    fn panel_and_record(
        &self,
        court: &Court,
        whom: SeatId,
        by_who: By,
        by_chair: By,
        by_clerk: By,
    ) -> (By, Command) {
        let text = || format!("TEXT-{}", court.did.len());
        let moved = court.hearing.motion.moved.iter();
        let open = moved.filter(|(_, motion)| motion.ruling.is_none() || self.which == 6);
        let motion: Id = of(open.map(|(id, _)| id.clone()).collect(), self.whom, "none".into());
        let asked = court.hearing.record.corrections.iter().map(|asked| asked.id.clone()).collect();
        let correction: Id = of(asked, self.which, "none".into());
        let panel: Vec<SeatId> = court.hearing.sitting_panel().cloned().collect();
        let by_panel = By::Seat(of(panel.clone(), self.who, whom.clone()));
        match self.what {
            37 => {
                let kinds = [
                    motion::Kind::Recusal,
                    motion::Kind::Adjournment,
                    motion::Kind::NewEvidence,
                    motion::Kind::CloseDoors,
                    motion::Kind::Objection,
                ];
                let kind = kinds[self.which % 5];
                let moved = motion::Command::Move { kind, text: text(), whom: Some(whom) };
                let party = By::Seat(of(["a1", "a2", "r1"].map(seat).to_vec(), self.who, seat("t1")));
                (if self.flag { by_who } else { party }, Command::Motion(moved))
            }
            38 | 39 => {
                let rule = motion::Command::Rule { of: motion, granted: self.flag, reason: text() };
                let by = match self.which {
                    0 => By::Office(Office::ChiefProsecutor),
                    1 => By::Office(Office::Leader),
                    _ => by_chair,
                };
                (by, Command::Motion(rule))
            }
            40 => {
                let text = format!("TALK-{}.", court.did.len());
                (by_panel, Command::Deliberation(deliberation::Command::Discuss { text }))
            }
            41 | 42 => {
                let issue = if self.flag { "i1" } else { "i2" };
                let command = opine(court, &of(panel, self.who, whom), issue, self.which);
                (if self.which == 7 { by_who } else { by_panel }, command)
            }
            43 => (by_panel, choose(&whom.0)),
            44 => {
                let speaker = court.hearing.opinion.speaker.clone().filter(|_| self.flag);
                let deliver = opinion::Command::Deliver { text: text() };
                (speaker.map_or(by_panel, By::Seat), Command::Opinion(deliver))
            }
            45 if self.flag => {
                let by = if self.which < 6 { By::Office(Office::ChiefProsecutor) } else { by_chair };
                (by, Command::Decision(decision::Command::Consent { reason: text() }))
            }
            45 => (by_chair, decide(self.which > 5, self.whom.is_multiple_of(2))),
            46 => {
                let lines = &court.hearing.record.lines;
                let said =
                    lines.iter().filter(|line| line.text().is_some()).map(|line| line.number).collect();
                let line = of(said, self.whom, 9999);
                let correct = record::Command::Correct { line, text: text(), reason: text() };
                (by_who, Command::Record(correct))
            }
            47 => {
                let of = correction;
                let rule = record::Command::RuleCorrection { of, granted: self.flag, reason: text() };
                (by_clerk, Command::Record(rule))
            }
            48 | 49 => (by_who, sign(&court.hearing.record.digest())),
            _ => (by_who, Command::Record(record::Command::RefuseToSign { reason: text() })),
        }
    }
}

const DAY_MS: i64 = 86_400_000;

fn draw() -> plan::Draw {
    let (seed, pool) = (Some("0a".repeat(32)), "0b".repeat(32));
    plan::Draw { seed, pool, size: 9, class: None, drawn: vec!["甲".into()], reason: None }
}

fn postpone(court: &Court, past: bool) -> plan::Command {
    let ahead = if past { -DAY_MS } else { DAY_MS };
    plan::Command::Postpone { scheduled: rfc3339(court.now.plus_ms(ahead)), reason: "REASON".into() }
}

fn amend(court: &Court, which: usize, close: bool) -> plan::Command {
    let mut hearing = court.hearing.plan.registered.as_ref().unwrap().hearing.clone();
    hearing.mode = [plan::Mode::Ordinary, plan::Mode::Simple, plan::Mode::Remote][which % 3];
    if close {
        hearing.openness = plan::Openness::Closed;
        hearing.closed_because = Some(plan::ClosedBecause::Privacy);
    } else if which.is_multiple_of(5) {
        hearing.openness = plan::Openness::Public;
        hearing.closed_because = None;
    }
    hearing.scheduled = rfc3339(court.now.plus_ms(DAY_MS * (1 + which as i64 % 4)));
    plan::Command::Amend { hearing, reason: "REASON".into() }
}

fn rfc3339(at: Moment) -> String {
    let local = at.local(480);
    format!("{}T{}+08:00", local.date, local.clock())
}

pub(crate) fn opine(court: &Court, by: &SeatId, issue: &str, which: usize) -> Command {
    let position = opinion::Position::ALL[which % 4];
    let reason = format!("SHEET-{}-{by}-{issue}.", court.did.len());
    Command::Opinion(opinion::Command::Opine { issue: issue.into(), position, reason })
}

pub(crate) fn decide(now: bool, adopts_majority: bool) -> Command {
    let when = if now { decision::When::Now } else { decision::When::Later };
    let (text, reasons) = ("DECISION".into(), "REASONS".into());
    Command::Decision(decision::Command::Decide { when, adopts_majority, text, reasons })
}

/// What a court would do next, as far as it can be seen from the step that it is in.
fn sensible(court: &Court, flag: bool) -> Vec<(By, Command)> {
    let hearing = &court.hearing;
    let chair = By::Seat(hearing.presiding().cloned().unwrap_or_else(|| seat("chair")));
    let mut acts = vec![(chair.clone(), Command::Phase(phase::Command::Resume {}))];
    if hearing.mediation.open.is_some() {
        acts.push((chair.clone(), mediation::END));
    }
    let give = |to: &str| Command::Floor(floor::Command::Give { seat: seat(to), seconds: Some(60) });
    match hearing.phase.current {
        Phase::Waiting => {
            acts.push(office(Office::ChiefProsecutor, APPROVE));
            let reason = Some("REASON".into());
            acts.push(office(Office::Handler, plan::Command::Notify { reason }));
            acts.push(office(Office::Handler, plan::Command::Publish {}));
            for who in ["chair", "clerk", "p1", "p2", "p3", "a1"] {
                acts.push((By::Seat(seat(who)), Command::Plan(plan::Command::Declare {})));
                acts.push((By::Seat(seat(who)), ARRIVE));
                acts.push((By::Seat(seat("clerk")), admit(who)));
            }
            acts.push((chair, OPEN));
            return acts;
        }
        Phase::Introduction => {
            acts.push((chair.clone(), give("handler")));
            let text = "INTRODUCTION".into();
            acts.push((By::Seat(seat("handler")), Command::Statement(statement::Command::Say { text })));
        }
        Phase::Statements | Phase::FinalStatements => {
            acts.extend([(chair.clone(), give("a1")), (chair.clone(), give("r1"))]);
        }
        Phase::Deliberation => {
            for panellist in hearing.sitting_panel() {
                for (which, issue) in ["i1", "i2"].into_iter().enumerate() {
                    acts.push((
                        By::Seat(panellist.clone()),
                        opine(court, panellist, issue, which + usize::from(flag)),
                    ));
                }
                acts.push((By::Seat(panellist.clone()), choose(&panellist.0)));
            }
        }
        Phase::Opinion => {
            let speaker = hearing.opinion.speaker.clone().unwrap_or_else(|| seat("p1"));
            let text = "OPINION".into();
            acts.push((By::Seat(speaker), Command::Opinion(opinion::Command::Deliver { text })));
        }
        Phase::Summary => acts.push((chair.clone(), decide(flag, true))),
        Phase::Signing => {
            let command = sign(&hearing.record.digest());
            acts.extend(court.everybody().into_iter().map(|who| (By::Seat(who), command.clone())));
        }
        Phase::Closed => {
            acts.push((By::Seat(seat("clerk")), Command::Record(record::Command::Seal {})));
        }
        Phase::RollCall | Phase::Questions => {}
    }
    if let Some(next) = hearing.phase.current.next() {
        acts.push((chair, if flag { waive(next, "REASON") } else { advance(next) }));
    }
    acts
}
