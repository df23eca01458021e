//! Service of papers (送达): what the office sends to whom by mail, text message, post or hand, that it arrived, that it was
//! read; and the proof of it.
//!
//! ```text
//! office ──send──▶ the paper is drawn up and kept ──▶ queue (log `delivery/ID`) ──▶ carrier: outbox, mail server, gateway
//!                                                                                       │ link, paper, calendar file
//! proof of service ◀── the course of each delivery ◀── read, confirmed ◀── digits ◀─────┘
//! ```
//!
//! The act of law is `notify` (Art. 10); sending follows it. Who is served by electronic means has agreed to it, what was
//! served is kept as it was, and the first delivery that arrived counts (Online Litigation Rules, Art. 31).

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use procedure::{By, Hearing, Moment, SeatId};
use serde::{Deserialize, Serialize};
use sqlx::{AnyPool, Row};
use tokio::sync::{Mutex as Turn, Notify, OwnedMutexGuard};

use crate::{
    Config, Error,
    config::Limits,
    log::{AppendError, Draft, Log},
};

pub mod api;
pub mod calendar;
pub mod carrier;
pub mod contact;
pub mod course;
pub mod letter;
pub mod link;
pub mod mail;
pub mod outbox;
pub mod proof;
pub mod reading;
pub mod reminder;
pub mod round;
pub mod sending;
pub mod sms;

pub use contact::{Contact, Contacts};
pub use course::{Because, Delivery, Event, Note, State, Way, What};

use carrier::Carrier;
use link::Links;

/// The name of the log of a hearing's deliveries, before the id of the hearing.
const STREAM: &str = "delivery/";

/// A step as it stands in the log.
#[derive(Serialize, Deserialize)]
struct Happened {
    at: Moment,
    delivery: String,
    event: Event,
}

/// All deliveries of a hearing.
#[derive(Debug, Default)]
pub struct Book {
    /// By their ids, which are in the order of time.
    pub deliveries: BTreeMap<String, Delivery>,
    head: i64,
    /// Whether what stands here is what stands in the log.
    read: bool,
}

impl Book {
    fn evolve(&mut self, happened: &Happened) {
        let Happened { at, delivery: id, event } = happened;
        if let Some(begun) = Delivery::begins(id, *at, event) {
            self.deliveries.entry(id.clone()).or_insert(begun);
        } else if let Some(delivery) = self.deliveries.get_mut(id) {
            delivery.evolve(*at, event);
        }
    }

    /// Those to a seat, the first first.
    pub fn of<'a>(&'a self, seat: &'a SeatId) -> impl DoubleEndedIterator<Item = &'a Delivery> {
        self.deliveries.values().filter(move |delivery| delivery.seat == *seat)
    }

    /// The sequence of the calendar entry for a hearing that stands so: one more for each time it was announced anew.
    #[must_use]
    pub fn sequence(&self, hearing: &Hearing) -> u32 {
        let plan = &hearing.plan;
        let Some(last) = self.deliveries.values().next_back() else { return 0 };
        let scheduled = plan.registered.as_ref().map(|face| face.scheduled);
        let same = last.notified == plan.notified && Some(last.scheduled) == scheduled;
        let off = hearing.phase.cancelled.is_some() && !matches!(last.what, What::Cancellation {});
        last.sequence.saturating_add(u32::from(!same || off))
    }
}

/// The deliveries of all hearings.
#[derive(Debug)]
pub struct Deliveries {
    /// Where people can be reached.
    pub contacts: Contacts,
    /// The links by which papers are opened.
    pub links: Links,
    /// Folder of the papers that were served.
    pub folder: PathBuf,
    mail: Arc<dyn Carrier>,
    sms: Arc<dyn Carrier>,
    log: Arc<Log>,
    books: Mutex<HashMap<String, Arc<Turn<Book>>>>,
    /// At which of them the machine failed, by their ids.
    held: Mutex<HashMap<String, round::Held>>,
    /// Held by the one who carries messages away.
    rounds: Turn<()>,
    /// Rung when something waits.
    bell: Notify,
    most: usize,
}

impl Deliveries {
    /// The deliveries in a data folder, with the carriers of the set-up.
    ///
    /// # Errors
    /// When the database fails, or a carrier cannot be used.
    pub async fn open(config: &Config, pool: AnyPool, log: Arc<Log>) -> Result<Self, Error> {
        let limits = &config.limits;
        let patience = Limits::span(limits.delivery_timeout_ms);
        let outbox: Arc<dyn Carrier> =
            Arc::new(outbox::Outbox::new(config.data.join("outbox"), limits.outbox_bytes_max));
        let mail: Arc<dyn Carrier> = match &config.post.mail {
            Some(server) => Arc::new(mail::Mail::open(server, patience)?),
            None => outbox.clone(),
        };
        let sms: Arc<dyn Carrier> = match &config.post.sms {
            Some(gateway) => Arc::new(sms::Sms::open(gateway, patience)?),
            None => outbox,
        };
        let rows = sqlx::query("SELECT DISTINCT stream FROM log WHERE stream LIKE 'delivery/%'")
            .fetch_all(&pool)
            .await?;
        let mut books = HashMap::new();
        for row in rows {
            let stream: String = row.try_get(0)?;
            if let Some(hearing) = stream.strip_prefix(STREAM) {
                books.insert(hearing.to_string(), Arc::default());
            }
        }
        Ok(Self {
            contacts: Contacts::new(pool.clone()),
            links: Links::new(pool, limits),
            folder: config.data.join("deliveries"),
            mail,
            sms,
            log,
            books: Mutex::new(books),
            held: Mutex::default(),
            rounds: Turn::default(),
            bell: Notify::new(),
            most: Limits::count(limits.deliveries_hearing_max),
        })
    }

    /// Who carries messages of that kind.
    #[must_use]
    pub fn carrier(&self, way: Way) -> &Arc<dyn Carrier> {
        if way == Way::Sms { &self.sms } else { &self.mail }
    }

    /// The hearings of which something was ever delivered.
    #[must_use]
    pub fn hearings(&self) -> Vec<String> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// The deliveries of a hearing, for nobody else meanwhile. Whoever asks has made sure that there is the hearing.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn book(&self, hearing: &str) -> Result<OwnedMutexGuard<Book>, Error> {
        let book = {
            let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
            books.entry(hearing.into()).or_default().clone()
        };
        let mut book = book.lock_owned().await;
        if !book.read {
            let mut fresh = Book { read: true, ..Book::default() };
            for entry in self.log.read(&stream(hearing), 1).await? {
                fresh.head = entry.number;
                fresh.evolve(&serde_json::from_str(&entry.content)?);
            }
            *book = fresh;
        }
        Ok(book)
    }

    /// Writes steps down, on disk, and takes them in.
    ///
    /// # Errors
    /// When the log fails; then the book is read anew before it is used again.
    pub async fn write(
        &self,
        hearing: &str,
        book: &mut Book,
        author: &By,
        at: Moment,
        steps: Vec<(String, Event)>,
    ) -> Result<(), Error> {
        let author = serde_json::to_string(author)?;
        let mut happened = Vec::with_capacity(steps.len());
        let mut drafts = Vec::with_capacity(steps.len());
        for (delivery, event) in steps {
            let step = Happened { at, delivery, event };
            let content = serde_json::to_string(&step)?;
            let command = uuid::Uuid::now_v7().to_string();
            drafts.push(Draft { at, author: author.clone(), command, content });
            happened.push(step);
        }
        book.read = false;
        let entries = match self.log.append(&stream(hearing), book.head, drafts).await {
            Ok(entries) => entries,
            Err(AppendError::Error(error)) => return Err(error),
            Err(AppendError::Conflict { head }) => {
                return Err(Error::Broken { stream: stream(hearing), number: head });
            }
        };
        book.read = true;
        book.head = entries.last().map_or(book.head, |entry| entry.number);
        happened.iter().for_each(|step| book.evolve(step));
        Ok(())
    }

    /// Writes one step of a delivery down.
    ///
    /// # Errors
    /// When the log fails.
    pub async fn step(
        &self,
        hearing: &str,
        book: &mut Book,
        author: &By,
        at: Moment,
        step: (&str, Event),
    ) -> Result<(), Error> {
        let (delivery, event) = step;
        self.write(hearing, book, author, at, vec![(delivery.into(), event)]).await
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, round::Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a hearing may have so many deliveries more.
    #[must_use]
    pub fn has_room(&self, book: &Book, more: usize) -> bool {
        book.deliveries.len().saturating_add(more) <= self.most
    }

    /// Something waits to go out.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Forgets where somebody can be reached whose seat was taken back; links to it open nothing more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unseated(&self, hearing: &str, seat: &SeatId) -> Result<(), Error> {
        self.contacts.forget(hearing, seat).await?;
        self.links.close_seat(hearing, seat).await
    }
}

fn stream(hearing: &str) -> String {
    format!("{STREAM}{hearing}")
}
