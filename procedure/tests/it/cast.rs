//! A cast for the scenarios: a court of seats, a clock that is turned by hand, and what each seat sees live.

use std::collections::{BTreeMap, BTreeSet};

use procedure::{
    Act, By, Capacity, Clearance, Command, Disclosed, Event, Hearing, Id, Moment, Office, Refusal, Rulebook,
    SeatId, Side, Viewer,
    hearing::{
        decision, deliberation, floor, opinion, phase, phase::Phase, plan, question, record, roll, statement,
    },
};

/// A court in session, with everybody's live view beside the true state.
pub(crate) struct Court {
    pub(crate) hearing: Hearing,
    pub(crate) rules: Rulebook,
    pub(crate) now: Moment,
    pub(crate) log: Vec<(Moment, Event)>,
    /// What was done: when, by whom, and under which id.
    pub(crate) did: Vec<(Moment, By, Command, Id)>,
    /// Everything that was ever sent to each seat, as text.
    received: BTreeMap<SeatId, String>,
    live: BTreeMap<SeatId, (Clearance, Hearing)>,
    made: u32,
}

pub(crate) fn seat(name: &str) -> SeatId {
    name.into()
}

/// What a panellist says on a sheet.
pub(crate) fn sheet(issue: &str, position: opinion::Position, reason: &str) -> Command {
    Command::Opinion(opinion::Command::Opine { issue: issue.into(), position, reason: reason.into() })
}

pub(crate) fn say(text: &str) -> Command {
    Command::Statement(statement::Command::Say { text: text.into() })
}

pub(crate) fn give(to: &str) -> Command {
    Command::Floor(floor::Command::Give { seat: seat(to), seconds: None })
}

pub(crate) fn advance(to: Phase) -> Command {
    Command::Phase(phase::Command::Advance { to, waive: None })
}

pub(crate) fn waive(to: Phase, reason: &str) -> Command {
    Command::Phase(phase::Command::Advance { to, waive: Some(reason.into()) })
}

pub(crate) fn admit(whom: &str) -> Command {
    Command::Roll(roll::Command::Admit { seat: seat(whom) })
}

pub(crate) fn ask(to: &str, text: &str) -> Command {
    Command::Question(question::Command::Ask { to: seat(to), text: text.into() })
}

pub(crate) fn discuss(text: &str) -> Command {
    Command::Deliberation(deliberation::Command::Discuss { text: text.into() })
}

pub(crate) fn choose(whom: &str) -> Command {
    Command::Opinion(opinion::Command::ChooseSpeaker { seat: seat(whom) })
}

pub(crate) fn deliver(text: &str) -> Command {
    Command::Opinion(opinion::Command::Deliver { text: text.into() })
}

pub(crate) fn decide_now(adopts_majority: bool) -> Command {
    Command::Decision(decision::Command::Decide {
        when: decision::When::Now,
        adopts_majority,
        text: "采纳听证员意见。".into(),
        reasons: "证据充分。".into(),
    })
}

pub(crate) const APPROVE: plan::Command = plan::Command::Approve { note: String::new() };
pub(crate) const NOTIFY: plan::Command = plan::Command::Notify { reason: None };
pub(crate) const LEAVE: Command = Command::Roll(roll::Command::Leave {});
pub(crate) const ARRIVE: Command = Command::Roll(roll::Command::Arrive {});
pub(crate) const OPEN: Command = Command::Phase(phase::Command::Open {});

/// Drawn on the signer's own device. Whether the key fits is not the rules' to find out.
pub(crate) fn drawn() -> record::Way {
    let (key, signature) = (format!("04{}", "ab".repeat(64)), "cd".repeat(64));
    record::Way::Device { drawing: "M 10 20 L 30 40 L 50 20 M 60 10 L 60 90".into(), key, signature }
}

/// Signs the record of that digest.
pub(crate) fn sign(digest: &str) -> Command {
    Command::Record(record::Command::Sign { digest: digest.into(), way: drawn(), whose: None })
}

pub(crate) fn setting(openness: plan::Openness) -> plan::Setting {
    plan::Setting {
        mode: plan::Mode::Ordinary,
        openness,
        closed_because: (openness == plan::Openness::Closed).then_some(plan::ClosedBecause::Minor),
        place: "市人民检察院检察听证室".into(),
        scheduled: "2026-12-08T09:00:00+08:00".into(),
        turn_seconds: 600,
    }
}

pub(crate) fn case(kind: plan::Kind) -> plan::Case {
    plan::Case {
        number: "豫检民监〔2026〕17号".into(),
        kind,
        cause: "机动车交通事故责任纠纷".into(),
        summary: "申请人在交通事故中受伤致残。".into(),
        issues: vec![
            plan::Issue { id: "i1".into(), text: "经常居住地".into() },
            plan::Issue { id: "i2".into(), text: "赔偿标准".into() },
        ],
        proposed: BTreeMap::from([("i1".into(), "PROPOSED-1 认定为城镇".into())]),
    }
}

pub(crate) fn seating(id: &str, capacity: Capacity, side: Option<Side>) -> plan::Seating {
    plan::Seating {
        id: seat(id),
        capacity,
        name: format!("NAME-{id}"),
        post: None,
        side,
        acts_for: (capacity == Capacity::Agent).then(|| seat("a1")),
        age: (capacity == Capacity::Panellist).then_some(40),
        chief_prosecutor: false,
        department_head: false,
    }
}

/// Everybody whom a full court seats.
pub(crate) const CAST: &[(&str, Capacity, Option<Side>)] = &[
    ("chair", Capacity::Chair, None),
    ("handler", Capacity::Handler, None),
    ("clerk", Capacity::Clerk, None),
    ("p1", Capacity::Panellist, None),
    ("p2", Capacity::Panellist, None),
    ("p3", Capacity::Panellist, None),
    ("p4", Capacity::Panellist, None),
    ("a1", Capacity::Applicant, Some(Side::Applicant)),
    ("a2", Capacity::Agent, None),
    ("r1", Capacity::Respondent, Some(Side::Respondent)),
    ("t1", Capacity::ThirdParty, Some(Side::Respondent)),
    ("w1", Capacity::Witness, None),
    ("e1", Capacity::Expert, None),
    ("f1", Capacity::Officer, None),
    ("i1", Capacity::Interpreter, None),
    ("s1", Capacity::PeoplesSupervisor, None),
    ("o1", Capacity::Observer, None),
];

impl Court {
    /// An empty court on 1 December 2026, 09:00 at the office.
    pub(crate) fn new() -> Self {
        Self {
            hearing: Hearing::default(),
            rules: Rulebook::default(),
            now: Moment::parse("2026-12-01T09:00:00+08:00").unwrap(),
            log: Vec::new(),
            did: Vec::new(),
            received: BTreeMap::new(),
            live: BTreeMap::new(),
            made: 0,
        }
    }

    /// A hearing that is registered, and nothing more.
    pub(crate) fn registered(hearing: plan::Setting) -> Self {
        let mut court = Self::new();
        let register = plan::Command::Register { case: case(plan::Kind::CivilSupervision), hearing };
        court.office(Office::Handler, register).unwrap();
        court
    }

    /// A hearing that is registered and where everybody has a seat.
    pub(crate) fn seated(hearing: plan::Setting) -> Self {
        let public = hearing.openness == plan::Openness::Public;
        let mut court = Self::registered(hearing);
        for (id, capacity, side) in CAST.iter().filter(|(_, who, _)| public || *who != Capacity::Observer) {
            court.seats(seating(id, *capacity, *side)).unwrap();
        }
        court
    }

    /// A hearing that is registered, seated, approved, told and, if it is public, published.
    pub(crate) fn planned(openness: plan::Openness) -> Self {
        let mut court = Self::seated(setting(openness));
        court.made_ready();
        court
    }

    /// Has the plan approved, the participants told and the notice published.
    pub(crate) fn made_ready(&mut self) {
        self.office(Office::ChiefProsecutor, APPROVE).unwrap();
        self.office(Office::Handler, NOTIFY).unwrap();
        if self.hearing.plan.is_public() {
            self.office(Office::Handler, plan::Command::Publish {}).unwrap();
        }
    }

    /// Gives somebody a seat.
    pub(crate) fn seats(&mut self, seating: plan::Seating) -> Result<Id, Refusal> {
        self.office(Office::Handler, plan::Command::Seat(seating))
    }

    /// A seat comes, after its declaration if it is a panellist's, and is let in.
    pub(crate) fn comes_in(&mut self, who: &str) {
        if self.hearing.plan.capacity(&seat(who)) == Some(Capacity::Panellist) {
            self.does(who, Command::Plan(plan::Command::Declare {}));
        }
        self.does(who, ARRIVE);
        self.does("clerk", admit(who));
    }

    /// A hearing with everybody in the room, opened.
    pub(crate) fn opened(openness: plan::Openness) -> Self {
        let mut court = Self::planned(openness);
        court.does("clerk", ARRIVE);
        let seats: Vec<SeatId> = court.hearing.plan.places.keys().cloned().collect();
        for seat in &seats {
            court.comes_in(&seat.0);
        }
        court.does("chair", OPEN);
        court
    }

    /// An opened hearing led on to a step by the shortest lawful way.
    pub(crate) fn at(openness: plan::Openness, phase: Phase) -> Self {
        let mut court = Self::opened(openness);
        while court.hearing.phase.current < phase {
            court.step();
        }
        court
    }

    /// Does what the present step requires and goes to the next.
    pub(crate) fn step(&mut self) {
        match self.hearing.phase.current {
            Phase::Introduction => {
                self.does("chair", give("handler"));
                self.does("handler", say("现介绍案件基本情况。"));
            }
            Phase::Statements | Phase::FinalStatements => {
                self.does("chair", give("a1"));
                self.does("chair", give("r1"));
            }
            Phase::Deliberation => {
                let panel: Vec<SeatId> = self.hearing.sitting_panel().cloned().collect();
                for issue in ["i1", "i2"] {
                    for panellist in &panel {
                        self.does(&panellist.0, sheet(issue, opinion::Position::Agree, "理由"));
                    }
                }
                self.does(&panel[0].0, choose(&panel[0].0));
            }
            Phase::Opinion => {
                let speaker = self.hearing.opinion.speaker.clone().unwrap();
                self.does(&speaker.0, deliver("听证员一致同意。"));
            }
            Phase::Summary => self.does("chair", decide_now(true)),
            Phase::Signing => {
                for who in self.everybody() {
                    let signs = self.hearing.plan.capacity(&who).is_some_and(Capacity::signs);
                    if signs && self.hearing.roll.is_present(&who) {
                        self.signs(&who.0);
                    }
                }
            }
            Phase::Waiting | Phase::RollCall | Phase::Questions | Phase::Closed => {}
        }
        let next = self.hearing.phase.current.next().unwrap();
        self.does("chair", advance(next));
    }

    /// A seat does something that must be allowed.
    #[track_caller]
    pub(crate) fn does(&mut self, by: &str, command: Command) {
        if let Err(refusal) = self.tries(by, command.clone()) {
            panic!("{by} was refused {command:?}: {:?}", refusal.sentence(&self.rules, &self.hearing.plan));
        }
    }

    /// A seat does something that must be refused, with that code, and nothing changes.
    #[track_caller]
    /// Signs the record as it stands.
    pub(crate) fn signs(&mut self, who: &str) {
        let command = sign(&self.hearing.record.digest());
        self.does(who, command);
    }

    pub(crate) fn refused(&mut self, by: &str, command: Command, code: &str) {
        let before = self.hearing.clone();
        let refusal =
            self.tries(by, command.clone()).expect_err(&format!("{by} should be refused {command:?}"));
        assert_eq!(refusal.code(), code, "{:?}", refusal.sentence(&self.rules, &self.hearing.plan));
        assert_eq!(before, self.hearing, "a refusal changed the hearing");
    }

    /// A seat tries something.
    pub(crate) fn tries(&mut self, by: &str, command: Command) -> Result<Id, Refusal> {
        self.acts(By::Seat(seat(by)), command)
    }

    /// Somebody of the staff does something with the plan.
    pub(crate) fn office(&mut self, office: Office, command: plan::Command) -> Result<Id, Refusal> {
        self.acts(By::Office(office), Command::Plan(command))
    }

    /// The clock does something.
    pub(crate) fn clock(&mut self, command: Command) -> Result<Id, Refusal> {
        self.acts(By::Clock, command)
    }

    /// Turns the clock.
    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now = self.now.plus_ms(seconds * 1000);
    }

    pub(crate) fn acts(&mut self, by: By, command: Command) -> Result<Id, Refusal> {
        self.made += 1;
        let id = Id(format!("c{:05}", self.made));
        self.now = self.next_moment();
        let act = Act { id: &id, by: &by, at: self.now, rules: &self.rules };
        let events = self.hearing.decide(command.clone(), &act)?;
        for event in events {
            self.takes_in(event);
        }
        self.did.push((self.now, by, command, id.clone()));
        Ok(id)
    }

    /// The moment of the next act.
    pub(crate) fn next_moment(&self) -> Moment {
        self.now.plus_ms(10)
    }

    /// Evolves the true state and every live view, as the room does: events as they are disclosed, and a snapshot
    /// whenever a seat's clearance changes.
    fn takes_in(&mut self, event: Event) {
        self.hearing.evolve(self.now, &event);
        let text = serde_json::to_string(&event).unwrap();
        let everybody = self.everybody();
        // Whoever is seated there again comes with a key of its own, and gets its view anew.
        self.live.retain(|seat, _| everybody.contains(seat));
        for seat in everybody {
            let viewer = self.hearing.viewer(&seat);
            let known = self.live.get_mut(&seat).filter(|(clearance, _)| *clearance == viewer.clearance);
            if let Some((_, view)) = known {
                if let Some(event) = Disclosed::event(&self.hearing, &viewer, &event) {
                    view.evolve(self.now, event.get());
                    let received = self.received.entry(seat).or_default();
                    received.push_str(&text);
                }
            } else {
                let snapshot = Disclosed::view(&self.hearing, &viewer).into_inner();
                let received = self.received.entry(seat.clone()).or_default();
                received.push_str(&serde_json::to_string(&snapshot).unwrap());
                self.live.insert(seat, (viewer.clearance, snapshot));
            }
        }
        self.log.push((self.now, event));
    }

    /// Everybody whom the plan seats or once seated, and an observer whom a closed hearing does not.
    pub(crate) fn everybody(&self) -> Vec<SeatId> {
        let cast = CAST.iter().map(|(id, ..)| seat(id));
        let seats: BTreeSet<SeatId> = cast.chain(self.hearing.plan.places.keys().cloned()).collect();
        seats.into_iter().collect()
    }

    /// What a seat sees at present, folded live.
    pub(crate) fn sees(&self, by: &str) -> &Hearing {
        &self.live[&seat(by)].1
    }

    /// Whether a text was ever sent to a seat.
    pub(crate) fn was_sent(&self, seat: &SeatId, text: &str) -> bool {
        self.received.get(seat).is_some_and(|received| received.contains(text))
    }

    /// Everything that a seat sees, as text.
    pub(crate) fn text_seen_by(&self, by: &str) -> String {
        serde_json::to_string(self.sees(by)).unwrap()
    }

    /// The square: for every seat and every reader outside, folding what was disclosed gives the same as disclosing
    /// what was folded; and the view folded live is that view too.
    #[track_caller]
    pub(crate) fn assert_square(&self) {
        crate::media::is_in_order(self);
        for id in self.everybody() {
            let viewer = self.hearing.viewer(&id);
            let disclosed = self.assert_fold(&viewer);
            if let Some((_, live)) = self.live.get(&id) {
                assert_same(
                    live,
                    &disclosed,
                    &format!("the live view of {id} is not what a fresh one would be"),
                );
            }
        }
        for clearance in [Clearance::Gallery, Clearance::Participant, Clearance::Office] {
            self.assert_fold(&Viewer { seat: None, clearance });
        }
    }

    #[track_caller]
    fn assert_fold(&self, viewer: &Viewer) -> Hearing {
        let disclosed = Disclosed::view(&self.hearing, viewer).into_inner();
        let mut folded = Hearing::default();
        for (at, event) in &self.log {
            if let Some(event) = Disclosed::event(&self.hearing, viewer, event) {
                folded.evolve(*at, event.get());
            }
        }
        assert_same(&folded, &disclosed, &format!("the square does not commute for {viewer:?}"));
        disclosed
    }
}

/// Two views are the same; if not, the first slices that differ are named.
#[track_caller]
fn assert_same(one: &Hearing, other: &Hearing, otherwise: &str) {
    if one == other {
        return;
    }
    let (one, other) = (serde_json::to_value(one).unwrap(), serde_json::to_value(other).unwrap());
    let differ: Vec<String> = one
        .as_object()
        .unwrap()
        .iter()
        .filter(|(slice, state)| other.get(slice.as_str()) != Some(*state))
        .map(|(slice, state)| format!("{slice}:\n  {state}\n  {}", other[slice.as_str()]))
        .collect();
    panic!("{otherwise}:\n{}", differ.join("\n"));
}
