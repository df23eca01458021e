//! What an allowed command changes.

use procedure::{
    By, Capacity, Command, Id, Moment, SeatId, Side,
    hearing::{
        decision, exhibit, floor, line, motion, opinion, phase, phase::Phase, plan, question, record,
        recording, roll, shield, statement,
    },
};

use super::{Asked, Exhibit, Model, Motion, Person, Question, Stand, Turn, is_gone, smallest_panel};

impl Model {
    /// Takes in an allowed command.
    pub(crate) fn apply(&mut self, by: &By, command: &Command, id: &Id, at: Moment) {
        self.pass_time(at);
        let nobody = SeatId::default();
        let seat = if let By::Seat(seat) = by { seat } else { &nobody };
        match command {
            Command::Plan(command) => self.apply_plan(seat, command),
            Command::Roll(command) => self.apply_roll(seat, command),
            Command::Phase(command) => self.apply_phase(command),
            Command::Floor(command) => self.apply_floor(seat, command),
            Command::Statement(command) => self.apply_statement(command, seat),
            Command::Question(command) => self.apply_question(seat, command, id),
            Command::Exhibit(command) => self.apply_exhibit(seat, command, id),
            Command::Motion(command) => self.apply_motion(seat, command, id),
            Command::Deliberation(_) => {}
            Command::Opinion(command) => self.apply_opinion(seat, command),
            Command::Decision(decision::Command::Consent { .. }) => self.consented = true,
            Command::Decision(decision::Command::Decide { when, .. }) => self.decided = Some(*when),
            Command::Mediation(command) => self.apply_mediation(seat, command),
            Command::Settlement(command) => self.apply_settlement(seat, command, id),
            Command::Record(command) => self.apply_record(seat, command, id),
            Command::Recording(recording::Command::Note { segments }) => {
                let last = segments.iter().map(|one| (one.seat.clone(), (one.part, one.number)));
                self.recorded.extend(last);
            }
            Command::Recording(_) => {}
            Command::Shield(command) => self.apply_shield(command),
            Command::Line(command) => self.apply_line(command, at),
            Command::Equipment(_) => *self.checks.entry(seat.clone()).or_default() += 1,
        }
    }

    /// A line that opens while it is broken was away for so long.
    fn apply_line(&mut self, command: &line::Command, at: Moment) {
        match command {
            line::Command::Opened { seat } => {
                if self.person(seat).what == Capacity::Observer {
                    return;
                }
                let line = self.lines.entry(seat.clone()).or_default();
                if let Some(since) = line.broken.take() {
                    line.missed_ms += (at.0 - since.0).max(0);
                }
                line.open = true;
            }
            line::Command::Broken { seat, since } => {
                let person = self.people.get(seat);
                let (lost, inside) =
                    person.map_or((false, false), |it| (it.lost.is_some(), it.stand == Stand::In));
                let misses = inside && self.step != Phase::Waiting;
                if let Some(line) = self.lines.get_mut(seat).filter(|line| line.open && !lost) {
                    (line.open, line.broken) = (false, misses.then(|| (*since).min(at)));
                }
            }
            line::Command::Closed { seat } => {
                if let Some(line) = self.lines.get_mut(seat) {
                    line.open = false;
                }
            }
            line::Command::Rated { .. } => {}
        }
    }

    fn apply_shield(&mut self, command: &shield::Command) {
        match command {
            shield::Command::Shield { seat, voice } => drop(self.shielded.insert(seat.clone(), *voice)),
            shield::Command::Unshield { seat } => drop(self.shielded.remove(seat)),
            shield::Command::CutOff {} => self.cut_off = true,
            shield::Command::Restore {} => self.cut_off = false,
        }
    }

    /// A turn's clock runs while nothing stands.
    fn pass_time(&mut self, at: Moment) {
        let passed = at.0 - self.now.0;
        self.now = at;
        let runs = self.goes_on();
        if let Some(turn) = self.turn.as_mut().filter(|turn| runs && self.people[&turn.whose].lost.is_none())
        {
            turn.used_ms += passed;
        }
    }

    pub(super) fn restart_clock(&mut self) {
        let now = self.now;
        if let Some(turn) = &mut self.turn {
            turn.runs_from = now;
        }
    }

    fn end_turn(&mut self) {
        let Some(turn) = self.turn.take() else { return };
        if let Some(side) = self.people[&turn.whose].side {
            *self.used_ms.entry(side).or_default() += turn.used_ms.min(turn.length_ms);
        }
    }

    fn apply_plan(&mut self, seat: &SeatId, command: &plan::Command) {
        match command {
            plan::Command::Register { case, hearing } => {
                self.registered = true;
                self.issues = case.issues.iter().map(|issue| issue.id.clone()).collect();
                self.set(hearing);
            }
            plan::Command::Seat(seating) => self.seat(seating),
            plan::Command::Unseat { seat } => {
                self.people.remove(seat);
                self.checks.remove(seat);
            }
            plan::Command::Draw(_) => {}
            plan::Command::Approve { .. } => self.approved = true,
            plan::Command::Notify { .. } => self.notified = true,
            plan::Command::Publish {} => self.published = true,
            plan::Command::Declare {} => self.person(seat).declared = true,
            plan::Command::Postpone { scheduled, .. } => {
                self.scheduled = Moment::parse(scheduled).unwrap();
                (self.notified, self.published) = (false, false);
            }
            plan::Command::Amend { hearing, .. } => {
                self.set(hearing);
                (self.approved, self.notified, self.published) = (false, false, false);
            }
        }
    }

    fn set(&mut self, hearing: &plan::Setting) {
        self.public = hearing.openness == plan::Openness::Public;
        self.remote = hearing.mode == plan::Mode::Remote;
        self.smallest_panel = smallest_panel(hearing.mode);
        self.scheduled = Moment::parse(&hearing.scheduled).unwrap();
    }

    fn seat(&mut self, seating: &plan::Seating) {
        let side = match seating.capacity {
            Capacity::Applicant => Some(Side::Applicant),
            Capacity::Respondent => Some(Side::Respondent),
            Capacity::ThirdParty => seating.side,
            Capacity::Agent => self.people[seating.acts_for.as_ref().unwrap()].side,
            _ => None,
        };
        let person = Person {
            what: seating.capacity,
            side,
            acts_for: seating.acts_for.clone(),
            chief: seating.chief_prosecutor,
            stand: Stand::Expected,
            was_in: false,
            on_roll: false,
            declared: false,
            refuses_remote: false,
            lost: None,
            noticed: None,
        };
        self.people.insert(seating.id.clone(), person);
    }

    fn person(&mut self, seat: &SeatId) -> &mut Person {
        self.people.get_mut(seat).unwrap()
    }

    fn apply_roll(&mut self, by: &SeatId, command: &roll::Command) {
        match command {
            roll::Command::Arrive {} => {
                let person = self.person(by);
                person.on_roll = true;
                if person.stand == Stand::Expected {
                    let enters = matches!(person.what, Capacity::Chair | Capacity::Clerk);
                    person.stand = if enters { Stand::In } else { Stand::Waiting };
                    person.was_in |= enters;
                }
            }
            roll::Command::Admit { seat } => {
                let person = self.person(seat);
                (person.stand, person.was_in) = (Stand::In, true);
            }
            roll::Command::TurnAway { seat, .. } => {
                let person = self.person(seat);
                (person.stand, person.lost) = (Stand::Expected, None);
            }
            roll::Command::Leave {} => self.goes(by, Stand::Gone),
            roll::Command::Remove { seat, .. } => self.goes(seat, Stand::Gone),
            roll::Command::NoteAbsence { seat, .. } => self.person(seat).on_roll = true,
            roll::Command::Lost { seat, since } => self.lose(seat, *since),
            roll::Command::Regained { seat } => {
                if self.people.get_mut(seat).is_some_and(|person| person.lost.take().is_some())
                    && self.holder() == Some(seat)
                {
                    self.restart_clock();
                }
            }
            roll::Command::NameDeputy { seat } => self.deputy = Some(seat.clone()),
            roll::Command::TakeChair {} => (self.acting, self.caucus) = (Some(by.clone()), None),
            roll::Command::ReturnChair {} => {
                if self.acting.take().is_some() {
                    self.caucus = None;
                }
            }
            roll::Command::AnswerRemote { given } => {
                let person = self.person(by);
                (person.on_roll, person.refuses_remote) = (true, !given);
            }
        }
    }

    /// What the network took of a running turn is given back.
    fn lose(&mut self, seat: &SeatId, since: Moment) {
        let (now, runs, turns) = (self.now, self.in_session(), self.goes_on());
        let (ended, presides) = (self.step == Phase::Closed, self.presides() == Some(seat));
        let Some(person) = self.people.get_mut(seat) else { return };
        let here = matches!(person.stand, Stand::Waiting | Stand::In);
        if !here || ended {
            return;
        }
        if person.lost.is_some() {
            if presides && runs {
                person.noticed = Some(now);
                self.lines.entry(seat.clone()).and_modify(|line| line.open = false);
            }
            return;
        }
        let since = since.min(now);
        (person.lost, person.noticed) = (Some(since), Some(now));
        if let Some(line) = self.lines.get_mut(seat) {
            line.open = false;
        }
        if let Some(turn) = self.turn.as_mut().filter(|turn| turn.whose == *seat && turns) {
            turn.used_ms -= now.0 - since.max(turn.runs_from).0;
        }
    }

    /// Somebody is no longer there.
    fn goes(&mut self, seat: &SeatId, stand: Stand) {
        let presided = self.presides() == Some(seat);
        let in_session = self.in_session();
        if self.holder() == Some(seat) {
            self.end_turn();
        }
        self.hands.remove(seat);
        let side = self.mediates(seat);
        let person = self.person(seat);
        (person.stand, person.lost) = (stand, None);
        self.mediation_without(seat, side);
        for deputy in [&mut self.deputy, &mut self.acting] {
            if deputy.as_ref() == Some(seat) {
                *deputy = None;
            }
        }
        self.paused |= presided && in_session;
        self.open_complete();
    }

    /// The panel sees the sheets on an issue once every sitting panellist has filed.
    fn open_complete(&mut self) {
        let panel: Vec<SeatId> = self.panel().into_iter().cloned().collect();
        for issue in self.issues.clone() {
            let all = panel.iter().all(|seat| self.sheets.contains_key(&(issue.clone(), seat.clone())));
            if all && !panel.is_empty() {
                self.opened.insert(issue);
            }
        }
    }

    fn apply_phase(&mut self, command: &phase::Command) {
        match command {
            phase::Command::Open {} => self.enter(Phase::RollCall),
            phase::Command::Advance { to, .. } => self.enter(*to),
            phase::Command::Recess { .. } | phase::Command::Suspend { .. } => self.paused = true,
            phase::Command::Resume {} => {
                self.paused = false;
                self.restart_clock();
            }
            phase::Command::Cancel { .. } => self.cancelled = true,
            phase::Command::Tick {} => {
                // Of the alarms that are due, the one that was due first.
                let alarms = [self.turn_is_over_at(), self.chair_is_absent_at(), self.proposal_is_over_at()];
                let first = alarms.into_iter().flatten().min();
                match alarms.into_iter().position(|alarm| alarm == first) {
                    Some(0) => self.end_turn(),
                    Some(1) => self.paused = true,
                    _ => self.lapse(),
                }
            }
        }
    }

    fn enter(&mut self, step: Phase) {
        self.end_turn();
        self.step = step;
        self.heard.clear();
        self.hands.clear();
        for question in self.questions.values_mut() {
            question.state = Asked::Done;
        }
        if step == Phase::Deliberation {
            (self.read, self.decided, self.consented) = (false, None, false);
        }
    }

    fn apply_floor(&mut self, by: &SeatId, command: &floor::Command) {
        match command {
            floor::Command::RaiseHand {} => {
                self.hands.insert(by.clone());
            }
            floor::Command::LowerHand {} => {
                self.hands.remove(by);
            }
            floor::Command::Give { seat, seconds } => {
                self.end_turn();
                self.hands.remove(seat);
                self.heard.extend(self.people[seat].side);
                let length_ms = i64::from(seconds.unwrap_or(600)) * 1000;
                let runs_from = self.now;
                self.turn = Some(Turn { whose: seat.clone(), runs_from, length_ms, used_ms: 0 });
            }
            floor::Command::Extend { seconds } => {
                let turn = self.turn.as_mut().unwrap();
                turn.length_ms += i64::from(seconds.unwrap_or(120)) * 1000;
            }
            floor::Command::Take { .. } | floor::Command::Yield {} => self.end_turn(),
        }
    }

    fn apply_statement(&mut self, command: &statement::Command, by: &SeatId) {
        let speaker = match command {
            statement::Command::Say { .. } => Some(by),
            statement::Command::Record { speaker, .. } => speaker.as_ref(),
        };
        if self.step == Phase::Introduction {
            self.introduced.extend(speaker.cloned());
        }
    }

    fn apply_question(&mut self, by: &SeatId, command: &question::Command, id: &Id) {
        let (of, state) = match command {
            question::Command::Ask { to, .. } => {
                let question = Question { by: by.clone(), to: to.clone(), state: Asked::Waits };
                self.questions.insert(id.clone(), question);
                return;
            }
            question::Command::Admit { of } => (of, Asked::Put),
            question::Command::Disallow { of, .. } | question::Command::Answer { of, .. } => {
                (of, Asked::Done)
            }
        };
        self.questions.get_mut(of).unwrap().state = state;
    }

    fn apply_exhibit(&mut self, by: &SeatId, command: &exhibit::Command, id: &Id) {
        match command {
            exhibit::Command::Lay { .. } => {
                self.exhibits.insert(id.clone(), Exhibit::default());
            }
            exhibit::Command::Object { of, .. } => {
                self.exhibits.get_mut(of).unwrap().objected.insert(by.clone());
            }
            exhibit::Command::Exclude { of, .. } => {
                self.exhibits.get_mut(of).unwrap().excluded = true;
                self.shown.take_if(|shown| shown == of);
            }
            exhibit::Command::Show { of, .. } => self.shown = Some(of.clone()),
            exhibit::Command::Hide { .. } => self.shown = None,
        }
    }

    fn apply_motion(&mut self, by: &SeatId, command: &motion::Command, id: &Id) {
        match command {
            motion::Command::Move { kind, whom, .. } => {
                let whom = whom.clone().filter(|_| *kind == motion::Kind::Recusal);
                let motion = Motion { by: by.clone(), kind: *kind, whom, ruled: false };
                self.motions.insert(id.clone(), motion);
            }
            motion::Command::Rule { of, granted, .. } => {
                let motion = self.motions.get_mut(of).unwrap();
                motion.ruled = true;
                let (kind, whom) = (motion.kind, motion.whom.clone());
                self.public &= !(*granted && kind == motion::Kind::CloseDoors);
                if let Some(whom) = whom.filter(|whom| *granted && !is_gone(&self.people[whom])) {
                    self.goes(&whom, Stand::Recused);
                }
            }
        }
    }

    fn apply_opinion(&mut self, by: &SeatId, command: &opinion::Command) {
        match command {
            opinion::Command::Opine { issue, position, .. } => {
                self.sheets.insert((issue.clone(), by.clone()), *position);
                self.open_complete();
            }
            opinion::Command::ChooseSpeaker { seat } => self.speaker = Some(seat.clone()),
            opinion::Command::Deliver { .. } => {
                self.read = true;
                let panel = self.panel();
                let sitting = |((issue, by), said): (&(String, SeatId), &_)| {
                    panel.contains(&by).then(|| (issue.clone(), *said))
                };
                self.at_reading = self.sheets.iter().filter_map(sitting).collect();
            }
        }
    }

    fn apply_record(&mut self, by: &SeatId, command: &record::Command, id: &Id) {
        match command {
            record::Command::Correct { .. } => {
                self.corrections.insert(id.clone(), (by.clone(), None));
            }
            record::Command::RuleCorrection { of, granted, .. } => {
                self.corrections.get_mut(of).unwrap().1 = Some(*granted);
                if *granted {
                    self.signed.retain(|_, signed| !*signed);
                }
            }
            record::Command::Sign { .. } => {
                self.signed.insert(by.clone(), true);
            }
            record::Command::RefuseToSign { .. } => {
                self.signed.insert(by.clone(), false);
            }
            record::Command::Seal {} => self.sealed = true,
        }
    }
}
