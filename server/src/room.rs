//! The room of a hearing: everything that happens in it goes through one door, in one order.
//!
//! ```text
//! seats (WebSocket) ─┐                       ┌─▶ log (on disk) ─▶ each seat: what is its own to see
//! staff (HTTP) ──────┼─▶ queue ─▶ the rules ─┤
//! alarms, presence ──┘                       └─▶ refused: the reason, nothing changed
//! ```
//!
//! - [`Rooms`] finds the room of a hearing and wakes it from the log.
//! - `keeper` is the one task of a live hearing: takes everything that waits, decides, appends as one, discloses.
//! - `desk` is what a seat has been shown, with its own numbers; `feed` is the only maker of messages.
//! - `presence` knows who is still there; `socket` is one connection of one seat, `upgrade` how it comes about and writes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicI64},
};

use procedure::{By, Command, Disclosed, Hearing, Id, Rulebook, SeatId, Viewer, disclosed::Clearance};
use tokio::sync::{OnceCell, mpsc, oneshot, watch};
use tungstenite::Utf8Bytes;

use crate::{
    Error, Failure, Refused,
    config::Limits,
    docket::Docket,
    exhibit::Exhibits,
    gauge::Gauges,
    log::Log,
    pulse::Pulse,
    recording::Outstanding,
    sfu::{Sfu, relay::Relay},
};

pub mod api;
mod desk;
mod feed;
mod keeper;
mod presence;
pub mod socket;
mod upgrade;

/// What a room stands on.
#[derive(Debug)]
pub struct Ground {
    /// The log of events.
    pub log: Arc<Log>,
    /// The lists.
    pub docket: Docket,
    /// The files of exhibits.
    pub exhibits: Exhibits,
    /// Until when somebody kept the rooms before.
    pub pulse: Pulse,
    /// The video link, which obeys the rooms.
    pub sfu: Option<Sfu>,
    /// The relay of the video link, where there is one.
    pub relay: Option<Relay>,
    /// What is recorded and not noted yet, where there is a video link.
    pub recording: Option<Arc<Outstanding>>,
    /// Limits.
    pub limits: Limits,
    /// Counters.
    pub gauges: Arc<Gauges>,
    /// The rules in force.
    pub rules: Rulebook,
}

/// Through whom a command came, and so to whom its answer goes.
#[derive(Debug)]
enum Via {
    /// A connection of a seat.
    Connection(u64),
    /// Somebody who waits for the answer.
    Waiting(oneshot::Sender<Result<(), Failure>>),
    /// Nobody: the clock.
    Nobody,
}

/// A connection that wants in.
#[derive(Debug)]
struct Join {
    seat: SeatId,
    after: Option<u64>,
    passive: bool,
    line: Line,
    reply: oneshot::Sender<Result<u64, u16>>,
}

/// The room's end of a connection.
#[derive(Debug)]
struct Line {
    /// Messages to the seat.
    outbox: mpsc::Sender<Utf8Bytes>,
    /// Closes the connection with a code.
    cut: Arc<watch::Sender<u16>>,
    /// When the seat was last heard, by [`clock::ticks`](crate::clock::ticks).
    heard: Arc<AtomicI64>,
}

/// What a room can be asked.
#[derive(Debug)]
enum Ask {
    Do {
        id: Id,
        by: By,
        command: Box<Command>,
        via: Via,
    },
    Join(Join),
    Take {
        seat: SeatId,
        connection: u64,
    },
    Part {
        seat: SeatId,
        connection: u64,
    },
    /// Whether a connection may open a video line for its seat, or a line to check its equipment.
    Link {
        seat: SeatId,
        connection: u64,
        check: bool,
        reply: oneshot::Sender<Result<(), Failure>>,
    },
    View {
        whom: Whom,
        reply: oneshot::Sender<Disclosed<Hearing>>,
    },
    Clearance {
        seat: SeatId,
        reply: oneshot::Sender<Clearance>,
    },
}

/// Whose view.
#[derive(Debug)]
enum Whom {
    Viewer(Viewer),
    Seat(SeatId),
}

/// A door to a live room.
#[derive(Clone, Debug)]
pub struct Door {
    queue: mpsc::Sender<Ask>,
}

impl Door {
    async fn ask(&self, ask: Ask) -> Result<(), Error> {
        self.queue.send(ask).await.map_err(|_| Error::Stopping)
    }

    /// Has something done and waits until it is on disk.
    ///
    /// # Errors
    /// When it is refused, or the machine fails.
    pub async fn submit(&self, id: Id, by: By, command: Command) -> Result<(), Failure> {
        check_id(&id)?;
        let (reply, answer) = oneshot::channel();
        self.ask(Ask::Do { id, by, command: Box::new(command), via: Via::Waiting(reply) }).await?;
        answer.await.map_err(|_| Error::Stopping)?
    }

    /// How far into the hearing a seat has been let.
    ///
    /// # Errors
    /// When the server is stopping.
    pub async fn clearance(&self, seat: &SeatId) -> Result<Clearance, Error> {
        let (reply, answer) = oneshot::channel();
        self.ask(Ask::Clearance { seat: seat.clone(), reply }).await?;
        answer.await.map_err(|_| Error::Stopping)
    }

    async fn view(&self, whom: Whom) -> Result<Disclosed<Hearing>, Error> {
        let (reply, answer) = oneshot::channel();
        self.ask(Ask::View { whom, reply }).await?;
        answer.await.map_err(|_| Error::Stopping)
    }
}

/// All rooms.
#[derive(Debug)]
pub struct Rooms {
    ground: Arc<Ground>,
    live: Mutex<HashMap<String, Arc<OnceCell<Door>>>>,
}

impl Rooms {
    /// No room awake yet.
    #[must_use]
    pub fn new(ground: Ground) -> Self {
        Self { ground: Arc::new(ground), live: Mutex::default() }
    }

    /// What the rooms stand on.
    #[must_use]
    pub fn ground(&self) -> &Ground {
        &self.ground
    }

    /// The room of a hearing, woken from the log if it sleeps or its task has ended.
    ///
    /// # Errors
    /// When there is no such hearing, or its log cannot be read.
    pub async fn door(&self, id: &str) -> Result<Door, Failure> {
        if !is_hearing_id(id) {
            return Err(Refused::HearingUnknown.into());
        }
        let mut cell = self.cell(id);
        if cell.get().is_some_and(|door| door.queue.is_closed()) {
            self.forget(id, &cell);
            cell = self.cell(id);
        }
        let opened = cell.get_or_try_init(|| keeper::wake(self.ground.clone(), id.into(), false)).await;
        if opened.is_err() {
            self.forget(id, &cell);
        }
        opened.cloned()
    }

    /// Opens the room of a new hearing with its first command; when that is refused there is no hearing.
    ///
    /// # Errors
    /// When the command is refused.
    pub async fn found(&self, id: &str, by: By, command: Command) -> Result<(), Failure> {
        let cell = self.cell(id);
        let door = cell.get_or_try_init(|| keeper::wake(self.ground.clone(), id.into(), true)).await?.clone();
        let done = door.submit(Id(id.into()), by, command).await;
        // The id may be that of a hearing that there is; its room stays.
        if done.is_err() && door.view(Whom::Viewer(Viewer::office())).await?.get().plan.registered.is_none() {
            self.forget(id, &cell);
        }
        done
    }

    /// Wakes the rooms in which something may happen by itself.
    ///
    /// # Errors
    /// When the list or a log cannot be read.
    pub async fn wake(&self) -> Result<(), Failure> {
        for id in self.ground.docket.to_wake().await? {
            if let Err(Failure::Error(error)) = self.door(&id).await {
                tracing::error!(hearing = id, code = error.code(), %error, "a hearing could not be woken");
            }
        }
        Ok(())
    }

    /// What the office may see of a hearing.
    ///
    /// # Errors
    /// When there is no such hearing.
    pub async fn office_view(&self, id: &str) -> Result<Disclosed<Hearing>, Failure> {
        Ok(self.door(id).await?.view(Whom::Viewer(Viewer::office())).await?)
    }

    /// What a seat may see of its hearing at present.
    ///
    /// # Errors
    /// When there is no such hearing.
    pub async fn seat_view(&self, id: &str, seat: &SeatId) -> Result<Disclosed<Hearing>, Failure> {
        Ok(self.door(id).await?.view(Whom::Seat(seat.clone())).await?)
    }

    /// What a viewer may see of a hearing: for papers, which are drawn up for their reader.
    ///
    /// # Errors
    /// When there is no such hearing.
    pub async fn viewed(&self, id: &str, viewer: Viewer) -> Result<Disclosed<Hearing>, Failure> {
        Ok(self.door(id).await?.view(Whom::Viewer(viewer)).await?)
    }

    fn cell(&self, id: &str) -> Arc<OnceCell<Door>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).entry(id.into()).or_default().clone()
    }

    fn forget(&self, id: &str, cell: &Arc<OnceCell<Door>>) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if live.get(id).is_some_and(|known| Arc::ptr_eq(known, cell)) {
            live.remove(id);
        }
    }
}

/// The name of a hearing's log.
#[must_use]
pub fn stream(hearing: &str) -> String {
    format!("hearing/{hearing}")
}

pub(crate) fn is_hearing_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Letters, digits, hyphens: what a command may be called.
///
/// # Errors
/// [`Refused::BadId`].
pub fn check_id(id: &Id) -> Result<(), Refused> {
    if is_hearing_id(&id.0) { Ok(()) } else { Err(Refused::BadId) }
}
