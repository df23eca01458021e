//! Whether a command is allowed.

use procedure::{
    By, Capacity, Command, Moment, Office,
    hearing::{
        decision, deliberation, equipment, exhibit, floor, motion, opinion, phase, phase::Phase, plan,
        question, record, roll, statement,
    },
};

use super::{Asked, Model, Stand, is_gone, is_party, is_staff, prepares};

/// Steps in which people speak in turn.
const SPEAKING: [Phase; 7] = [
    Phase::RollCall,
    Phase::Introduction,
    Phase::Statements,
    Phase::Questions,
    Phase::Opinion,
    Phase::FinalStatements,
    Phase::Summary,
];

const DAY_MS: i64 = 86_400_000;

impl Model {
    /// Whether somebody may do that. Texts are taken to be well formed.
    pub(crate) fn allows(&self, by: &By, command: &Command, at: Moment) -> bool {
        if self.cancelled || self.sealed {
            return false;
        }
        match command {
            Command::Plan(command) => self.allows_plan(by, command, at),
            Command::Roll(command) => self.allows_roll(by, command),
            Command::Phase(command) => self.allows_phase(by, command, at),
            Command::Floor(command) => self.allows_floor(by, command),
            Command::Statement(command) => self.allows_statement(by, command),
            Command::Question(command) => self.allows_question(by, command),
            Command::Exhibit(command) => self.allows_exhibit(by, command),
            Command::Motion(command) => self.allows_motion(by, command),
            Command::Deliberation(deliberation::Command::Discuss { .. }) => {
                self.sits(by) && self.in_session() && self.step == Phase::Deliberation
            }
            Command::Opinion(command) => self.allows_opinion(by, command),
            Command::Decision(command) => self.allows_decision(by, command),
            Command::Mediation(command) => self.allows_mediation(by, command),
            Command::Settlement(command) => self.allows_settlement(by, command, at),
            Command::Record(command) => self.allows_record(by, command),
            Command::Recording(command) => self.allows_recording(by, command),
            Command::Equipment(equipment::Command::Report { check }) => self.allows_check(by, check),
            Command::Shield(command) => self.allows_shield(by, command),
            Command::Line(command) => self.allows_line(by, command),
        }
    }

    fn allows_plan(&self, by: &By, command: &plan::Command, at: Moment) -> bool {
        let seats = prepares(by) || *by == By::Office(Office::CaseManagement);
        let waiting = self.step == Phase::Waiting;
        match command {
            plan::Command::Register { .. } => prepares(by) && !self.registered,
            plan::Command::Seat(seating) => seats && self.registered && self.may_seat(seating),
            plan::Command::Unseat { seat } => {
                seats && self.people.get(seat).is_some_and(|person| !person.on_roll)
            }
            plan::Command::Draw(_) => seats && self.registered && self.step < Phase::Deliberation,
            plan::Command::Approve { .. } => {
                *by == By::Office(Office::ChiefProsecutor) && self.registered && !self.approved
            }
            plan::Command::Notify { reason } => {
                let named = [Capacity::Chair, Capacity::Panellist];
                let named = named.iter().all(|what| self.all(*what).next().is_some());
                // Days of the calendar eight hours east of Greenwich.
                let day = |at: Moment| (at.0 + DAY_MS / 3).div_euclid(DAY_MS);
                let in_time = day(self.scheduled) - day(at) >= 3;
                prepares(by) && self.approved && waiting && named && (in_time || reason.is_some())
            }
            plan::Command::Publish {} => prepares(by) && self.approved && self.public,
            plan::Command::Declare {} => match by {
                By::Seat(seat) => self.people.get(seat).is_some_and(|person| {
                    person.what == Capacity::Panellist && person.stand != Stand::Recused
                }),
                _ => false,
            },
            plan::Command::Postpone { scheduled, .. } => {
                prepares(by) && self.registered && waiting && Moment::parse(scheduled).unwrap() >= at
            }
            plan::Command::Amend { hearing, .. } => {
                let opens = hearing.openness == plan::Openness::Public && !self.public;
                let scheduled = Moment::parse(&hearing.scheduled).unwrap();
                let past = scheduled != self.scheduled && scheduled < at;
                prepares(by) && self.registered && waiting && !opens && !past
            }
        }
    }

    fn may_seat(&self, seating: &plan::Seating) -> bool {
        if self.people.contains_key(&seating.id) {
            return false;
        }
        if self.step >= Phase::Deliberation && !is_staff(seating.capacity) {
            return false;
        }
        match seating.capacity {
            Capacity::Chair | Capacity::Clerk => self.not_gone(seating.capacity) == 0,
            Capacity::Panellist => self.not_gone(Capacity::Panellist) < 7,
            Capacity::Observer => self.public,
            Capacity::Agent => seating.acts_for.as_ref().is_some_and(|party| {
                self.people
                    .get(party)
                    .is_some_and(|person| is_party(person.what) && person.what != Capacity::Agent)
            }),
            _ => true,
        }
    }

    fn allows_roll(&self, by: &By, command: &roll::Command) -> bool {
        let stands = |seat, stand| self.people.get(seat).is_some_and(|person| person.stand == stand);
        match command {
            roll::Command::Arrive {} => match by {
                By::Seat(seat) => self.may_arrive(seat),
                _ => false,
            },
            roll::Command::Admit { seat } => {
                self.clerk_or_chair(by)
                    && (stands(seat, Stand::In)
                        || (stands(seat, Stand::Waiting) && self.may_come_in(self.people[seat].what)))
            }
            roll::Command::TurnAway { seat, .. } => self.clerk_or_chair(by) && stands(seat, Stand::Waiting),
            roll::Command::Leave {} => match by {
                By::Seat(seat) => stands(seat, Stand::Waiting) || stands(seat, Stand::In),
                _ => false,
            },
            roll::Command::Remove { seat, .. } => {
                self.chairs(by)
                    && self.step != Phase::Closed
                    && stands(seat, Stand::In)
                    && *by != By::Seat(seat.clone())
                    && !self.is(seat, Capacity::Chair)
            }
            roll::Command::NoteAbsence { seat, .. } => {
                self.clerk_or_chair(by) && self.step != Phase::Closed && stands(seat, Stand::Expected)
            }
            roll::Command::Lost { .. } | roll::Command::Regained { .. } => *by == By::Clock,
            roll::Command::NameDeputy { seat } => {
                let names = *by == By::Office(Office::ChiefProsecutor) || self.chairs(by);
                names && self.is(seat, Capacity::Handler) && !is_gone(&self.people[seat])
            }
            roll::Command::TakeChair {} => {
                let here = |seat| stands(seat, Stand::In) && self.people[seat].lost.is_none();
                self.acts(by).is_some_and(|seat| self.deputy.as_ref() == Some(seat))
                    && !self.presides().is_some_and(here)
            }
            roll::Command::ReturnChair {} => self.acts(by).is_some_and(|seat| self.is(seat, Capacity::Chair)),
            roll::Command::AnswerRemote { .. } => match by {
                By::Seat(seat) => {
                    self.step != Phase::Closed
                        && self.people.get(seat).is_some_and(|one| is_party(one.what) && !is_gone(one))
                }
                _ => false,
            },
        }
    }

    fn may_arrive(&self, seat: &procedure::SeatId) -> bool {
        let Some(person) = self.people.get(seat) else { return false };
        let doors = self.public || person.what != Capacity::Observer;
        let late = self.step == Phase::Closed && !is_staff(person.what);
        let declared = person.declared || person.what != Capacity::Panellist;
        self.ready()
            && doors
            && !late
            && match person.stand {
                Stand::Expected => declared,
                Stand::Waiting | Stand::In => true,
                Stand::Gone | Stand::Recused => false,
            }
    }

    fn may_come_in(&self, what: Capacity) -> bool {
        match what {
            staff if is_staff(staff) => true,
            _ if self.step == Phase::Closed => false,
            Capacity::Observer => self.public,
            Capacity::Panellist => self.step < Phase::Deliberation && self.panel().len() < 7,
            _ => true,
        }
    }

    fn allows_phase(&self, by: &By, command: &phase::Command, at: Moment) -> bool {
        match command {
            phase::Command::Open {} => self.chairs(by) && self.step == Phase::Waiting && self.may_open(),
            phase::Command::Advance { to, waive } => {
                self.chairs(by) && self.goes_on() && self.may_go_to(*to, waive.is_some())
            }
            phase::Command::Recess { .. } => self.chairs(by) && self.in_session(),
            phase::Command::Suspend { .. } => self.chairs(by) && self.is_open(),
            phase::Command::Resume {} => self.chairs(by) && self.is_open() && self.paused,
            phase::Command::Cancel { .. } => (prepares(by) || self.chairs(by)) && self.step == Phase::Waiting,
            phase::Command::Tick {} => *by == By::Clock && self.alarm_is_due(at),
        }
    }

    fn may_open(&self) -> bool {
        let here = |what| self.all(what).any(|(_, person)| person.stand == Stand::In);
        let refused = |what| self.all(what).any(|(_, one)| one.refuses_remote && one.stand == Stand::In);
        let parties = [Capacity::Applicant, Capacity::Respondent, Capacity::ThirdParty, Capacity::Agent];
        self.ready()
            && here(Capacity::Chair)
            && here(Capacity::Clerk)
            && self.panel().len() >= self.smallest_panel
            && !(self.remote && parties.into_iter().any(refused))
    }

    /// What the table of each step asks for.
    fn may_go_to(&self, to: Phase, waived: bool) -> bool {
        if self.step.next() != Some(to) {
            let reopens = to == Phase::Statements || to == Phase::Questions;
            return reopens
                && to < self.step
                && self.step <= Phase::Summary
                && waived
                && self.decided != Some(decision::When::Now);
        }
        match self.step {
            Phase::Introduction => waived || self.introduced.iter().any(|seat| self.handles(seat)),
            Phase::Statements | Phase::FinalStatements => waived || self.all_sides_heard(),
            Phase::Questions => {
                waived || !self.questions.values().any(|question| question.state == Asked::Put)
            }
            Phase::Deliberation => {
                let panel = self.panel();
                let filed = |issue: &String, seat: &procedure::SeatId| {
                    self.sheets.contains_key(&(issue.clone(), seat.clone()))
                };
                self.speaker.as_ref().is_some_and(|speaker| panel.contains(&speaker))
                    && self.issues.iter().all(|issue| panel.iter().all(|seat| filed(issue, seat)))
            }
            Phase::Opinion => waived || self.read,
            Phase::Summary => self.decided.is_some(),
            Phase::Signing => {
                let ruled = self.corrections.values().all(|(_, ruling)| ruling.is_some());
                ruled && (waived || self.people.iter().all(|(seat, one)| self.has_signed_if_due(seat, one)))
            }
            Phase::Waiting | Phase::RollCall | Phase::Closed => true,
        }
    }

    fn all_sides_heard(&self) -> bool {
        let present = |side| {
            self.people
                .values()
                .any(|person| person.side == Some(side) && person.stand == Stand::In && is_party(person.what))
        };
        procedure::Side::ALL.into_iter().all(|side| !present(side) || self.heard.contains(&side))
    }

    fn has_signed_if_due(&self, seat: &procedure::SeatId, person: &super::Person) -> bool {
        let due = match person.what {
            Capacity::PeoplesSupervisor | Capacity::Observer => false,
            Capacity::Panellist => person.stand == Stand::In,
            _ => person.was_in && person.stand != Stand::Recused,
        };
        !due || self.signed.contains_key(seat)
    }

    fn alarm_is_due(&self, at: Moment) -> bool {
        let due = [self.turn_is_over_at(), self.chair_is_absent_at(), self.proposal_is_over_at()];
        self.in_session() && due.into_iter().flatten().any(|due| due <= at.0)
    }

    /// When the running turn is over, in milliseconds.
    pub(super) fn turn_is_over_at(&self) -> Option<i64> {
        let runs = |turn: &&super::Turn| !self.mediating && self.people[&turn.whose].lost.is_none();
        let turn = self.turn.as_ref().filter(runs)?;
        Some(self.now.0 + turn.length_ms - turn.used_ms)
    }

    /// When the chair has been away too long, in milliseconds.
    pub(super) fn chair_is_absent_at(&self) -> Option<i64> {
        let chair = &self.people[self.presides()?];
        Some(chair.lost.and(chair.noticed)?.0 + 60_000)
    }

    fn speaking(&self) -> bool {
        self.goes_on() && SPEAKING.contains(&self.step)
    }

    fn speaks(&self, seat: &procedure::SeatId) -> bool {
        self.is_in(seat) && !self.is(seat, Capacity::Observer) && !self.is(seat, Capacity::Clerk)
    }

    fn allows_floor(&self, by: &By, command: &floor::Command) -> bool {
        let fits = |seconds: Option<u32>| seconds.is_none_or(|seconds| (1..=3600).contains(&seconds));
        let Some(seat) = self.acts(by) else { return false };
        match command {
            floor::Command::RaiseHand {} => {
                self.speaking()
                    && self.speaks(seat)
                    && !self.hands.contains(seat)
                    && self.holder() != Some(seat)
            }
            floor::Command::LowerHand {} => self.hands.contains(seat),
            floor::Command::Give { seat, seconds } => {
                self.chairs(by) && self.speaking() && self.speaks(seat) && fits(*seconds)
            }
            floor::Command::Take { seat } => self.chairs(by) && self.goes_on() && self.holder() == Some(seat),
            floor::Command::Extend { seconds } => {
                self.chairs(by) && self.is_open() && self.turn.is_some() && fits(*seconds)
            }
            floor::Command::Yield {} => self.holder() == Some(seat),
        }
    }

    fn allows_statement(&self, by: &By, command: &statement::Command) -> bool {
        let Some(seat) = self.acts(by) else { return false };
        match command {
            statement::Command::Say { .. } => self.speaking() && self.holder() == Some(seat),
            statement::Command::Record { speaker, .. } => {
                let heard = |speaker: &procedure::SeatId| {
                    self.goes_on()
                        && self
                            .people
                            .get(speaker)
                            .is_some_and(|one| one.was_in && one.what != Capacity::Observer)
                };
                self.is(seat, Capacity::Clerk)
                    && self.is_open()
                    && self.step != Phase::Deliberation
                    && speaker.as_ref().is_none_or(heard)
            }
        }
    }

    fn allows_question(&self, by: &By, command: &question::Command) -> bool {
        let now = self.goes_on() && self.step == Phase::Questions;
        let state = |of| self.questions.get(of).map(|question| question.state);
        match command {
            question::Command::Ask { to, .. } => {
                let open = |question: &&super::Question| {
                    By::Seat(question.by.clone()) == *by && question.state != Asked::Done
                };
                let answers = self.people.get(to).is_some_and(|person| {
                    let others = [Capacity::Witness, Capacity::Expert, Capacity::Officer];
                    is_party(person.what) || others.contains(&person.what) || self.handles(to)
                });
                let waiting = self.questions.values().filter(open).count();
                self.sits(by) && now && answers && self.is_in(to) && waiting < 10
            }
            question::Command::Admit { of } => {
                let recused = |question: &super::Question| {
                    self.people.get(&question.by).is_some_and(|person| person.stand == Stand::Recused)
                };
                self.chairs(by)
                    && now
                    && state(of) == Some(Asked::Waits)
                    && !self.questions.get(of).is_some_and(recused)
            }
            question::Command::Disallow { of, .. } => {
                self.chairs(by) && now && state(of) == Some(Asked::Waits)
            }
            question::Command::Answer { of, .. } => {
                let Some(seat) = self.acts(by) else { return false };
                let mine = |question: &super::Question| {
                    question.to == *seat || self.people[seat].acts_for.as_ref() == Some(&question.to)
                };
                now && state(of) == Some(Asked::Put) && self.questions.get(of).is_some_and(mine)
            }
        }
    }

    fn allows_exhibit(&self, by: &By, command: &exhibit::Command) -> bool {
        let steps = [Phase::Introduction, Phase::Statements, Phase::Questions];
        let evidence = self.goes_on() && steps.contains(&self.step);
        let lays = self.party(by) || self.acts(by).is_some_and(|seat| self.handles(seat));
        match command {
            exhibit::Command::Lay { .. } => lays && evidence && self.exhibits.len() < 200,
            exhibit::Command::Object { of, .. } => {
                let twice = |exhibit: &super::Exhibit| {
                    self.acts(by).is_some_and(|seat| exhibit.objected.contains(seat))
                };
                lays && evidence && self.exhibits.get(of).is_some_and(|exhibit| !twice(exhibit))
            }
            exhibit::Command::Exclude { of, .. } => {
                self.chairs(by) && evidence && self.exhibits.get(of).is_some_and(|one| !one.excluded)
            }
            exhibit::Command::Show { of, page } => {
                let good = self.exhibits.get(of).is_some_and(|one| !one.excluded);
                self.chairs(by) && self.goes_on() && good && page.is_none_or(|page| page == 1)
            }
            exhibit::Command::Hide { of } => {
                self.chairs(by) && self.is_open() && self.shown.as_ref() == Some(of)
            }
        }
    }

    fn allows_motion(&self, by: &By, command: &motion::Command) -> bool {
        match command {
            motion::Command::Move { kind, whom, .. } => {
                let others = [Capacity::Panellist, Capacity::Expert, Capacity::Interpreter];
                let target = whom.as_ref().and_then(|seat| self.people.get(seat));
                let meets = target.is_some_and(|one| is_staff(one.what) || others.contains(&one.what));
                let mine = |motion: &&super::Motion| By::Seat(motion.by.clone()) == *by && !motion.ruled;
                let waiting = self.motions.values().filter(mine).count();
                self.party(by) && self.is_open() && (*kind != motion::Kind::Recusal || meets) && waiting < 5
            }
            motion::Command::Rule { of, .. } => {
                let Some(motion) = self.motions.get(of) else { return false };
                let target = motion.whom.as_ref().and_then(|seat| self.people.get(seat));
                let of_chief = target.is_some_and(|one| one.chief);
                let of_staff = target.is_some_and(|one| is_staff(one.what));
                let of_chair = target.is_some_and(|one| one.what == Capacity::Chair)
                    || (motion.whom.is_some() && motion.whom.as_ref() == self.presides());
                let rules = match by {
                    By::Office(Office::Leader) => of_chief,
                    By::Office(Office::ChiefProsecutor) => of_staff && !of_chief,
                    _ => self.chairs(by) && !of_chair && !of_chief,
                };
                rules && self.is_open() && !motion.ruled
            }
        }
    }

    fn allows_opinion(&self, by: &By, command: &opinion::Command) -> bool {
        let now = self.in_session()
            && (self.step == Phase::Deliberation || (self.step == Phase::Opinion && !self.read));
        match command {
            opinion::Command::Opine { issue, .. } => self.sits(by) && now && self.issues.contains(issue),
            opinion::Command::ChooseSpeaker { seat } => self.sits(by) && now && self.panel().contains(&seat),
            opinion::Command::Deliver { .. } => {
                self.sits(by)
                    && self.goes_on()
                    && self.step == Phase::Opinion
                    && !self.read
                    && self.acts(by) == self.speaker.as_ref()
            }
        }
    }

    fn allows_decision(&self, by: &By, command: &decision::Command) -> bool {
        match command {
            decision::Command::Consent { .. } => {
                let chief = *by == By::Office(Office::ChiefProsecutor)
                    || self.acts(by).is_some_and(|seat| self.people[seat].chief);
                let given = self.read || self.step > Phase::Opinion;
                chief && self.is_open() && given && self.decided.is_none() && !self.consented
            }
            decision::Command::Decide { adopts_majority, .. } => {
                self.chairs(by)
                    && self.goes_on()
                    && self.step == Phase::Summary
                    && self.decided.is_none()
                    && (*adopts_majority || self.consented || !self.has_majority())
            }
        }
    }

    fn allows_record(&self, by: &By, command: &record::Command) -> bool {
        let signing = self.in_session() && self.step == Phase::Signing;
        let watches = |seat| self.is(seat, Capacity::Observer) || self.is(seat, Capacity::PeoplesSupervisor);
        let Some(seat) = self.acts(by) else { return false };
        let signed = self.signed.get(seat) == Some(&true);
        match command {
            // Whether the line holds words is the caller's to know.
            record::Command::Correct { .. } => {
                let waits =
                    |(by, ruling): &&(procedure::SeatId, Option<bool>)| by == seat && ruling.is_none();
                signing && !watches(seat) && !signed && self.corrections.values().filter(waits).count() < 20
            }
            record::Command::RuleCorrection { of, .. } => {
                let waits = self.corrections.get(of).is_some_and(|(_, ruling)| ruling.is_none());
                self.clerk_or_chair(by) && signing && waits
            }
            record::Command::Sign { .. } => signing && !watches(seat),
            record::Command::RefuseToSign { .. } => signing && !watches(seat) && !signed,
            record::Command::Seal {} => self.is(seat, Capacity::Clerk) && self.step == Phase::Closed,
        }
    }
}
