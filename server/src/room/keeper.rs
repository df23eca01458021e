//! The one task of a live hearing. It takes everything that waits, decides each in turn, appends all that follows
//! as one, and only when that is on disk tells the seats and acknowledges.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use procedure::{
    By, Command, Event, Hearing, Id, Moment, SeatId, Viewer,
    hearing::{Act, phase},
    wire::{FromRoom, Happened, close},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{
    Ask, Door, Ground, Join, Via, Whom,
    desk::Desk,
    feed::{Round, plain},
    presence, stream,
};
use crate::{Error, Failure, Refused, clock, config::Limits, log::Draft, sfu::Table};

mod air;
mod seal;

/// Shortest wait before an alarm that changed nothing is looked at again.
const ALARM_PAUSE: Duration = Duration::from_millis(250);
/// How many times in the length of a lease presence is looked at.
const LOOKS_PER_LEASE: u64 = 10;

struct Keeper {
    id: String,
    ground: Arc<Ground>,
    hearing: Hearing,
    /// Number of the last entry of the log.
    head: i64,
    /// Moment of the last event: the clock never goes back in a record.
    last: Moment,
    /// Commands that have been done, and whose they were.
    done: HashMap<String, By>,
    desks: BTreeMap<SeatId, Desk>,
    connections: u64,
    /// How the seats stand with sound and picture, as the video link was told.
    told_on_air: Table,
    /// Whether this task ends, and speaks for the room no more.
    leaving: bool,
    /// Not before this is the next alarm looked at.
    alarm_from: Instant,
    /// When something was last asked.
    asked: Instant,
    /// How long a seal that was asked for waits at the most.
    seal_by: Option<Instant>,
    /// Where what is put off is asked again.
    again: mpsc::WeakSender<Ask>,
    /// Whether the log could not be read again after a failure. Then this task ends; whoever comes next wakes another.
    broken: bool,
}

/// An answer that waits for the commit.
struct Answer {
    id: Id,
    by: By,
    via: Via,
    result: Result<(), Failure>,
}

/// Reads the log of a hearing and starts its task.
pub(super) async fn wake(ground: Arc<Ground>, id: String, new: bool) -> Result<Door, Failure> {
    let (queue, asks) = mpsc::channel(Limits::count(ground.limits.room_queue_max));
    let mut keeper = Keeper::empty(ground, id, queue.downgrade());
    keeper.read_log().await?;
    if keeper.head == 0 && !new {
        return Err(Refused::HearingUnknown.into());
    }
    if keeper.head > 0 {
        keeper.note_gap().await?;
        keeper.ground.pulse.noted(&keeper.id);
        keeper.list().await?;
    }
    tokio::spawn(keeper.run(asks));
    Ok(Door { queue })
}

impl Keeper {
    fn empty(ground: Arc<Ground>, id: String, again: mpsc::WeakSender<Ask>) -> Self {
        Self {
            id,
            ground,
            hearing: Hearing::default(),
            head: 0,
            last: Moment::default(),
            done: HashMap::new(),
            desks: BTreeMap::new(),
            connections: 0,
            told_on_air: Table::new(),
            leaving: false,
            alarm_from: Instant::now(),
            asked: Instant::now(),
            seal_by: None,
            again,
            broken: false,
        }
    }

    /// Makes the state anew from the log.
    async fn read_log(&mut self) -> Result<(), Error> {
        self.hearing = Hearing::default();
        self.done.clear();
        for desk in self.desks.values_mut() {
            desk.cut_all(close::STOPPING);
        }
        self.desks.clear();
        self.head = 0;
        let woken = clock::ticks();
        for entry in self.ground.log.read(&stream(&self.id), 1).await? {
            let happened: Happened = serde_json::from_str(&entry.content)?;
            self.done.insert(entry.command, serde_json::from_str(&entry.author)?);
            self.head = entry.number;
            self.take_in(&happened, &entry.content.into(), woken);
        }
        self.desks.values_mut().for_each(Desk::settle);
        Ok(())
    }

    /// Puts on the record, before anybody comes back, that everybody was cut off while no server was there.
    async fn note_gap(&mut self) -> Result<(), Failure> {
        let since = self.ground.pulse.kept(&self.id).map_or(self.last, |kept| kept.max(self.last));
        let mut drafts = Vec::new();
        for command in presence::all_lost(&self.hearing, since) {
            self.decide(&clock_id(), &By::Clock, command, &Via::Nobody, &mut drafts)?;
        }
        let mut noted = [Answer { id: clock_id(), by: By::Clock, via: Via::Nobody, result: Ok(()) }];
        self.commit(drafts, &mut noted).await;
        let [Answer { result, .. }] = noted;
        result
    }

    /// Takes in an event: the hearing first, then each desk.
    fn take_in(&mut self, happened: &Happened, content: &Arc<str>, heard: i64) {
        let Happened { at, event } = happened;
        self.hearing.evolve(*at, event);
        self.last = self.last.max(*at);
        for (seat, desk) in &mut self.desks {
            desk.take_in(&self.hearing, &self.hearing.viewer(seat), event, content);
        }
        for seat in self.hearing.plan.places.keys() {
            if !self.desks.contains_key(seat) {
                self.desks.insert(seat.clone(), Desk::new(self.hearing.clearance(seat), heard));
            }
        }
    }

    async fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        self.ground.gauges.rooms.up();
        self.attend(&mut asks).await;
        if self.broken {
            self.ground.pulse.broke_off(&self.id);
        }
        // Before the door closes: whoever wakes the room next says who is on air.
        if let Some(sfu) = &self.ground.sfu {
            sfu.obey(&self.id, Table::new());
        }
        self.leaving = true;
        // Whoever asked at the last moment is still answered; whoever came in at the last moment comes back.
        asks.close();
        while let Some(ask) = asks.recv().await.filter(|_| !self.broken) {
            let mut next = Some(ask);
            while let Some(ask) = next {
                next = self.handle(ask, &mut asks).await;
            }
        }
        for desk in self.desks.values_mut() {
            desk.cut_all(close::STOPPING);
        }
        self.ground.gauges.rooms.down();
    }

    /// Does what is asked, until nobody can ask any more or nobody has for long.
    async fn attend(&mut self, asks: &mut mpsc::Receiver<Ask>) {
        let look_ms = (self.ground.limits.lease_ms / LOOKS_PER_LEASE).max(1);
        let mut looks = interval(Duration::from_millis(look_ms));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next = None;
        while !self.broken {
            let alarm = self.alarm();
            let idle_ms = self.ground.limits.room_idle_ms;
            let left_alone = alarm.is_none() && self.desks.values().all(|desk| desk.windows.is_empty());
            let ask = match next.take() {
                Some(ask) => Some(ask),
                None => tokio::select! {
                    ask = asks.recv() => match ask { Some(ask) => Some(ask), None => break },
                    () = sleep_until(alarm.unwrap_or_else(Instant::now)), if alarm.is_some() => Some(self.tick()),
                    () = sleep_until(self.asked + Limits::span(idle_ms)), if left_alone => break,
                    _ = looks.tick() => { self.look(asks).await; None }
                },
            };
            if let Some(ask) = ask {
                self.asked = Instant::now();
                next = self.handle(ask, asks).await;
            }
        }
    }

    /// When the next alarm rings.
    fn alarm(&self) -> Option<Instant> {
        let (due, _) = self.hearing.next_alarm(&self.ground.rules)?;
        let wait = u64::try_from(due.ms_since(clock::now())).unwrap_or(0);
        Some((Instant::now() + Duration::from_millis(wait)).max(self.alarm_from))
    }

    fn tick(&mut self) -> Ask {
        self.alarm_from = Instant::now() + ALARM_PAUSE;
        clockwork(Command::Phase(phase::Command::Tick {}))
    }

    /// Looks who has not been heard.
    async fn look(&mut self, asks: &mut mpsc::Receiver<Ask>) {
        let (now, lease) = (clock::now(), Limits::ms(self.ground.limits.lease_ms));
        let mut commands = Vec::new();
        for (seat, desk) in &mut self.desks {
            let silent = clock::ticks().saturating_sub(desk.last_heard());
            commands.extend(presence::lost(&self.hearing, seat, silent, now, lease));
        }
        self.on_air();
        for command in commands {
            let mut next = Some(clockwork(command));
            while let Some(ask) = next {
                next = self.handle(ask, asks).await;
            }
        }
    }

    /// Handles what was asked together with the commands that wait behind it. Gives back the first ask that is not
    /// a command, so that the order of what one seat asks is kept.
    async fn handle(&mut self, first: Ask, asks: &mut mpsc::Receiver<Ask>) -> Option<Ask> {
        let (mut drafts, mut answers) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(Ask::Do { id, by, command, via }) = next {
            if self.waits(&command) {
                self.put_off(Ask::Do { id, by, command, via });
            } else {
                let result = self.decide(&id, &by, *command, &via, &mut drafts);
                answers.push(Answer { id, by, via, result });
            }
            next = (answers.len() < Limits::count(self.ground.limits.room_group_max))
                .then(|| asks.try_recv().ok())
                .flatten();
        }
        if !answers.is_empty() {
            self.commit(drafts, &mut answers).await;
            self.answer(answers);
        }
        match next {
            Some(Ask::Join(join)) => self.join(join).await,
            Some(Ask::Take { seat, connection }) => self.take(&seat, connection),
            Some(Ask::Part { seat, connection }) => {
                self.part(&seat, connection);
                self.on_air();
            }
            Some(Ask::Link { seat, connection, check, reply }) => {
                self.on_air();
                // Whoever asked may have gone.
                let _ = reply.send(self.may_link(&seat, connection, check));
            }
            Some(Ask::View { whom, reply }) => {
                let viewer = match whom {
                    Whom::Viewer(viewer) => viewer,
                    Whom::Seat(seat) => self.hearing.viewer(&seat),
                };
                // Whoever asked may have gone.
                let _ = reply.send(procedure::Disclosed::view(&self.hearing, &viewer));
            }
            Some(Ask::Clearance { seat, reply }) => {
                let _ = reply.send(self.hearing.clearance(&seat));
            }
            ask @ (Some(Ask::Do { .. }) | None) => return ask,
        }
        None
    }

    /// Asks the rules, and takes in what follows. It counts only once it is committed.
    fn decide(
        &mut self,
        id: &Id,
        by: &By,
        command: Command,
        via: &Via,
        drafts: &mut Vec<Draft>,
    ) -> Result<(), Failure> {
        if let Some(author) = self.done.get(&id.0) {
            return if author == by { Ok(()) } else { Err(Refused::IdTaken.into()) };
        }
        if let (By::Seat(seat), Via::Connection(connection)) = (by, via) {
            let acts = |desk: &Desk| desk.windows.iter().any(|w| w.connection == *connection && w.active);
            if !self.desks.get(seat).is_some_and(acts) {
                return Err(Refused::PassiveTab.into());
            }
        }
        let at = clock::now().max(self.last);
        let act = Act { id, by, at, rules: &self.ground.rules };
        let events = self.hearing.decide(command, &act).map_err(|no| {
            let viewer = if let By::Seat(seat) = by { self.hearing.viewer(seat) } else { Viewer::office() };
            Failure::by_rule(&no, &self.ground.rules, &self.hearing.plan.seen_by(&viewer))
        })?;
        let author = serde_json::to_string(by)?;
        let contents = events
            .into_iter()
            .map(|event| {
                let happened = Happened { at, event };
                Ok((serde_json::to_string(&happened)?, happened))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        for (content, happened) in contents {
            self.take_in(&happened, &content.as_str().into(), clock::ticks());
            drafts.push(Draft { at, author: author.clone(), command: id.0.clone(), content });
        }
        self.done.insert(id.0.clone(), by.clone());
        Ok(())
    }

    /// Writes the group, then tells the seats. When it cannot be written nothing has happened: the state is made
    /// anew from the log and everybody is told to try again.
    async fn commit(&mut self, drafts: Vec<Draft>, answers: &mut [Answer]) {
        if drafts.is_empty() {
            return;
        }
        let count = drafts.len();
        let listed = drafts.iter().any(|draft| is_listed(&draft.content));
        let written = self.ground.log.append(&stream(&self.id), self.head, drafts).await;
        let told = match written {
            Ok(entries) => {
                self.head = entries.last().map_or(self.head, |entry| entry.number);
                self.ground.gauges.groups_total.up();
                self.ground.gauges.events_total.add(u64::try_from(count).unwrap_or(0));
                self.on_air();
                if listed && let Err(error) = self.list().await {
                    tracing::error!(hearing = self.id, code = error.code(), %error, "the list is behind");
                }
                self.tell()
            }
            Err(error) => {
                tracing::error!(hearing = self.id, %error, "not written; reading the log again");
                for answer in answers.iter_mut().filter(|answer| answer.result.is_ok()) {
                    answer.result = Err(Failure::Error(Error::Stopping));
                }
                let read = self.read_log().await;
                self.broken = read.is_err();
                read
            }
        };
        if let Err(error) = told {
            tracing::error!(hearing = self.id, code = error.code(), %error, "the seats could not be told");
        }
    }

    /// Sends each seat what is new for it.
    fn tell(&mut self) -> Result<(), Error> {
        let mut round = Round::at(clock::now());
        let gauges = &self.ground.gauges;
        for (seat, desk) in &mut self.desks {
            gauges.frames_out_total.add(desk.send_new(&self.hearing, seat, &mut round)?);
            if !self.hearing.plan.places.contains_key(seat) {
                desk.cut_all(close::REVOKED);
            }
        }
        Ok(())
    }

    fn answer(&self, answers: Vec<Answer>) {
        for Answer { id, by, via, result } in answers {
            match &result {
                Ok(()) => self.ground.gauges.commands_total.up(),
                Err(Failure::Refused(..)) => self.ground.gauges.commands_refused_total.up(),
                Err(Failure::Error(_)) => self.ground.gauges.commands_failed_total.up(),
            }
            match (via, by) {
                (Via::Waiting(reply), _) => {
                    // Whoever asked may have gone; what is done stays done.
                    let _ = reply.send(result);
                }
                (Via::Connection(connection), By::Seat(seat)) => {
                    self.answer_seat(&seat, connection, id, result)
                }
                (Via::Connection(_) | Via::Nobody, _) => {}
            }
        }
    }

    fn answer_seat(&self, seat: &SeatId, connection: u64, id: Id, result: Result<(), Failure>) {
        let message = match result {
            Ok(()) => FromRoom::Ack { id },
            Err(failure) => FromRoom::Refused { id, refusal: failure.into_sentence() },
        };
        let window =
            self.desks.get(seat).and_then(|desk| desk.windows.iter().find(|w| w.connection == connection));
        if let (Some(window), Ok(text)) = (window, plain(&message)) {
            self.ground.gauges.frames_out_total.up();
            window.send(text);
        }
    }

    async fn join(&mut self, join: Join) {
        let Join { seat, after, passive, line, reply } = join;
        if !self.hearing.plan.places.contains_key(&seat) {
            // Whoever asked may have gone.
            let _ = reply.send(Err(close::REVOKED));
            return;
        }
        self.connections += 1;
        let connection = self.connections;
        if let Err(error) = self.seat_window(&seat, connection, after, passive, line) {
            tracing::error!(hearing = self.id, code = error.code(), %error, "a seat could not be welcomed");
        }
        // Only now: what the connection says by itself comes after the welcome and the view.
        if reply.send(Ok(connection)).is_err() {
            self.part(&seat, connection);
            return;
        }
        if let Some(command) = presence::regained(&self.hearing, &seat) {
            let (mut drafts, id) = (Vec::new(), clock_id());
            let result = self.decide(&id, &By::Clock, command, &Via::Nobody, &mut drafts);
            let mut answers = vec![Answer { id, by: By::Clock, via: Via::Nobody, result }];
            self.commit(drafts, &mut answers).await;
        }
    }

    fn seat_window(
        &mut self,
        seat: &SeatId,
        connection: u64,
        after: Option<u64>,
        passive: bool,
        line: super::Line,
    ) -> Result<(), Error> {
        let now = clock::now();
        let Some(desk) = self.desks.get_mut(seat) else {
            return Ok(());
        };
        let limits = &self.ground.limits;
        let welcome = FromRoom::Welcome {
            seat: seat.clone(),
            active: !passive,
            now,
            lease_ms: u32::try_from(limits.lease_ms).unwrap_or(u32::MAX),
            rules: self.ground.rules.version.clone(),
            link: self.ground.sfu.is_some(),
            gallery_delay_ms: u32::try_from(limits.link_gallery_delay_ms).unwrap_or(u32::MAX),
            relays: self.ground.relay.as_ref().map(|relay| relay.servers(seat, now)).unwrap_or_default(),
        };
        let first = desk.catch_up(&self.hearing, seat, after, &mut Round::at(now))?;
        let most = Limits::count(limits.seat_connections_max);
        desk.open(connection, !passive, line, most)?;
        if let Some(window) = desk.windows.iter().find(|window| window.connection == connection) {
            window.send(plain(&welcome)?);
            window.send(first);
        }
        Ok(())
    }

    fn take(&mut self, seat: &SeatId, connection: u64) {
        if let Some(desk) = self.desks.get_mut(seat)
            && let Err(error) = desk.activate(connection)
        {
            tracing::error!(hearing = self.id, code = error.code(), %error, "a window could not be activated");
        }
    }

    fn part(&mut self, seat: &SeatId, connection: u64) {
        if let Some(desk) = self.desks.get_mut(seat) {
            desk.close(connection);
        }
    }

    async fn list(&self) -> Result<(), Error> {
        self.ground.docket.keep_hearing(&self.id, &self.hearing, self.head).await
    }
}

/// Whether an entry changes how the hearing stands in the lists.
fn is_listed(content: &str) -> bool {
    serde_json::from_str::<Happened>(content).is_ok_and(|happened| match happened.event {
        Event::Plan(_) | Event::Phase(_) | Event::Motion(_) => true,
        Event::Record(event) => event.name() == "sealed",
        _ => false,
    })
}

fn clock_id() -> Id {
    Id(format!("clock-{}", uuid::Uuid::now_v7()))
}

fn clockwork(command: Command) -> Ask {
    Ask::Do { id: clock_id(), by: By::Clock, command: Box::new(command), via: Via::Nobody }
}
