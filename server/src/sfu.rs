//! The video link: sound and picture of a hearing go through this server and are sent on, without being decoded, to whom
//! the rules let hear and see them.
//!
//! ```text
//! seat ──offer (its WebSocket)──▶ Sfu ──▶ port, one task: the sockets ──▶ switchboard: who gets what
//! room ──who is on air, after every event──▶ Sfu ──▶ applied before the next packet
//! ```
//!
//! - [`Sfu`] is how the rooms and the connections of the seats reach the one task that carries everything.
//! - [`switchboard`] decides, without socket or clock; `offer` is what it takes, `doors` is how a datagram finds its line, `line` is one connection of a seat, `budget` what it may
//!   send, `hold` what of it the court must not hear, `audience` where that goes; `run` and `picture` number what is sent on; `port` has the sockets, `bundle` sends what goes out by UDP, `stream` has
//!   those by TCP and `outbox` what waits there; `late` is what waits for the gallery; [`relay`] is for whose network lets neither through; [`report`] tells the rooms
//!   whose line broke.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use procedure::{SeatId, hearing::media::OnAir};
use tokio::sync::{Notify, oneshot, watch};

use crate::{Error, Failure, Refused, config::Limits, gauge::Gauges, recording::Tap};

mod audience;
mod budget;
mod bundle;
mod contain;
mod doors;
mod hold;
mod ladder;
mod late;
mod line;
mod offer;
mod outbox;
mod picture;
mod port;
pub mod relay;
pub mod report;
mod run;
mod stream;
pub mod switchboard;

pub use bundle::Bundle;
pub use port::Reached;
use report::{Ends, Report};
use switchboard::{NoLine, Whose};

/// Which section of a seat's offer carries whom.
pub type Slots = BTreeMap<String, SeatId>;
/// How the seats of a hearing stand.
pub type Table = BTreeMap<SeatId, OnAir>;

/// How the video link is reached.
#[derive(Clone, Debug)]
pub struct Sfu {
    shared: Arc<Shared>,
    report: Arc<Report>,
}

#[derive(Debug)]
struct Shared {
    wishes: Mutex<Wishes>,
    bell: Notify,
    holders: AtomicU64,
    offers_max: usize,
}

/// What the task is to do before it looks at the next packet.
#[derive(Debug, Default)]
struct Wishes {
    /// By hearing; a later table takes the place of an earlier one.
    tables: BTreeMap<String, Table>,
    offers: VecDeque<Offer>,
    /// Whom seats have in front, with the connections that offered their lines; what is said later counts.
    fronts: BTreeMap<(Whose, u64), Option<SeatId>>,
    /// Lines to be ended, with the connections that offered them.
    hung_up: Vec<(Whose, u64, Ends)>,
    /// Whether nothing is carried any more.
    over: bool,
    /// The slots of every seat that has a line, with the number of the line.
    slots: BTreeMap<Whose, (u64, watch::Sender<Slots>)>,
}

#[derive(Debug)]
struct Offer {
    whose: Whose,
    holder: u64,
    offer: String,
    altered: bool,
    answer: oneshot::Sender<Result<String, NoLine>>,
}

impl Sfu {
    /// Opens the sockets, and carries sound and picture until the server stops. `tap` records.
    ///
    /// # Errors
    /// When a socket cannot be opened.
    pub async fn open(
        at: &Reached,
        limits: &Limits,
        gauges: Arc<Gauges>,
        tap: Tap,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, Error> {
        let shared = Arc::new(Shared {
            wishes: Mutex::default(),
            bell: Notify::new(),
            holders: AtomicU64::new(1),
            offers_max: Limits::count(limits.link_offers_max),
        });
        let report = Arc::new(Report::default());
        let port = port::Port::open(at, limits, gauges, tap, report.clone()).await?;
        tokio::spawn(port.carry(shared.clone(), stopping));
        Ok(Self { shared, report })
    }

    /// A number for a connection that may offer lines; no two have the same.
    #[must_use]
    pub fn holder(&self) -> u64 {
        self.shared.holders.fetch_add(1, Ordering::Relaxed)
    }

    /// Ends the line of a seat, if that connection offered it: nobody is on the line without being in the room.
    pub fn hang_up(&self, whose: Whose, holder: u64) {
        self.end(whose, holder, Ends::WithTheRoom);
    }

    fn end(&self, whose: Whose, holder: u64, how: Ends) {
        let mut wishes = self.shared.wishes();
        if !wishes.over {
            wishes.hung_up.push((whose, holder, how));
        }
        drop(wishes);
        self.shared.bell.notify_one();
    }

    /// The owner of a line has turned it off: it ends, and is not missed.
    pub fn turn_off(&self, whose: Whose, holder: u64) {
        self.end(whose, holder, Ends::TurnedOff);
    }

    /// Whom a seat has in front: nobody else is sent to it in large.
    pub fn front(&self, whose: Whose, holder: u64, front: Option<SeatId>) {
        let mut wishes = self.shared.wishes();
        if !wishes.over {
            wishes.fronts.insert((whose, holder), front);
        }
        drop(wishes);
        self.shared.bell.notify_one();
    }

    fn report(&self) -> &Report {
        &self.report
    }

    /// Makes a line for a seat and gives the answer to its offer, and its slots as they are filled. `altered` says that the
    /// voice on it is made unlike that of whoever speaks.
    ///
    /// # Errors
    /// When the offer is not taken.
    pub async fn join(
        &self,
        whose: Whose,
        holder: u64,
        offer: String,
        altered: bool,
    ) -> Result<(String, watch::Receiver<Slots>), Failure> {
        let (answer, answered) = oneshot::channel();
        {
            let mut wishes = self.shared.wishes();
            if wishes.over {
                return Err(Refused::LinkOff.into());
            }
            if wishes.offers.len() >= self.shared.offers_max {
                return Err(Refused::TooFast.into());
            }
            wishes.offers.push_back(Offer { whose: whose.clone(), holder, offer, altered, answer });
        }
        self.shared.bell.notify_one();
        let answer = answered.await.map_err(|_| Error::Stopping)?.map_err(|no| match no {
            NoLine::Unreadable => Refused::LinkUnreadable,
            NoLine::TooLarge => Refused::LinkTooLarge,
            NoLine::Crowded => Refused::TooFast,
        })?;
        Ok((answer, self.slots(&whose).ok_or(Error::Stopping)?))
    }

    /// The slots of a seat's line, if it has one.
    #[must_use]
    pub fn slots(&self, whose: &Whose) -> Option<watch::Receiver<Slots>> {
        let mut slots = self.shared.wishes().slots.get(whose).map(|(_, slots)| slots.subscribe())?;
        // Whoever comes is told how they are filled now.
        slots.mark_changed();
        Some(slots)
    }

    /// Whether sound and picture are carried; once they are not, they never are again before the next start.
    #[must_use]
    pub fn carries(&self) -> bool {
        !self.shared.wishes().over
    }

    /// How the seats of a hearing stand from now on.
    pub fn obey(&self, hearing: &str, table: Table) {
        let mut wishes = self.shared.wishes();
        if !wishes.over {
            wishes.tables.insert(hearing.into(), table);
        }
        drop(wishes);
        self.shared.bell.notify_one();
    }
}

impl Shared {
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
