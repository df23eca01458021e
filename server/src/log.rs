//! The append-only log: whatever has been acknowledged is on disk, in order, and cannot be changed without notice.
//!
//! One log for each stream (`hearing/ID`). Entry *n* commits to its content by
//! `commitment = SHA-256(salt || content)` with a salt of its own, and the chain hashes the commitments, so that an
//! entry can be withheld from a copy and the chain still verifies. The content's bytes are exactly what is sent to
//! those who may see the entry: `{"at":…,"event":{…}}`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use casefile::{Digest, chain, chain_start, commitment};
use procedure::Moment;
use sqlx::{AnyConnection, AnyPool};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

use crate::{Error, database::Database};

mod sqlite;

/// Writes a stream as it was written elsewhere, within a transaction of whoever calls: where no server runs. Whether it holds
/// together is for whoever calls to know.
///
/// # Errors
/// When the database fails, or the stream is there already.
pub async fn take_over(connection: &mut AnyConnection, stream: &str, entries: &[Entry]) -> Result<(), Error> {
    for entry in entries {
        sqlite::insert(connection, stream, entry).await?;
    }
    Ok(())
}

/// Appends one entry within a transaction of whoever calls: where no server runs.
///
/// # Errors
/// When the database fails.
pub async fn append_alone(connection: &mut AnyConnection, stream: &str, draft: Draft) -> Result<(), Error> {
    sqlite::append(connection, stream, draft).await
}

/// Whether anything stands in a stream.
///
/// # Errors
/// When the database fails.
pub async fn has(pool: &AnyPool, stream: &str) -> Result<bool, Error> {
    Ok(sqlite::head(pool, stream).await?.is_some())
}

/// Something to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The moment of the act.
    pub at: Moment,
    /// The author, as JSON.
    pub author: String,
    /// Id of the command that it follows from.
    pub command: String,
    /// The content, as canonical JSON.
    pub content: String,
}

/// Something that has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the stream, from one.
    pub number: i64,
    /// The moment of the act.
    pub at: Moment,
    /// The author, as JSON.
    pub author: String,
    /// Id of the command that it follows from.
    pub command: String,
    /// The content, as canonical JSON.
    pub content: String,
    /// Its salt.
    pub salt: [u8; 32],
    /// What commits to salt and content.
    pub commitment: Digest,
    /// What commits to this and every earlier commitment.
    pub chain: Digest,
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else wrote first; the stream now ends at `head`.
    #[error("the stream ends at {head}")]
    Conflict {
        /// Number of its last entry.
        head: i64,
    },
    /// The machine failed.
    #[error(transparent)]
    Error(#[from] Error),
}

struct Append {
    stream: String,
    expected: i64,
    drafts: Vec<Draft>,
    reply: oneshot::Sender<Result<Vec<Entry>, AppendError>>,
}

/// Numbers of the last entries, for those who watch.
type Heads = Arc<Mutex<HashMap<String, watch::Sender<i64>>>>;

/// The log.
#[derive(Debug)]
pub struct Log {
    queue: mpsc::Sender<Append>,
    database: Database,
    heads: Heads,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Log {
    /// Opens the log and starts its writer. `queue_max` appends may wait; `group_max` are committed together.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn open(database: Database, queue_max: usize, group_max: usize) -> Result<Self, Error> {
        let connection = database.connect().await?;
        let (queue, waiting) = mpsc::channel(queue_max);
        let heads = Heads::default();
        let writer = tokio::spawn(sqlite::write(connection, waiting, group_max, heads.clone()));
        Ok(Self { queue, database, heads, writer: Mutex::new(Some(writer)) })
    }

    /// Appends after entry `expected` (nought for an empty stream) and returns once it is on disk.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] when the stream does not end there; then nothing was written.
    pub async fn append(
        &self,
        stream: &str,
        expected: i64,
        drafts: Vec<Draft>,
    ) -> Result<Vec<Entry>, AppendError> {
        let (reply, answer) = oneshot::channel();
        let append = Append { stream: stream.into(), expected, drafts, reply };
        self.queue.send(append).await.map_err(|_| Error::Stopping)?;
        answer.await.map_err(|_| Error::Stopping)?
    }

    /// The entries of a stream from number `from` on. Each is checked against the chain as it is read.
    ///
    /// # Errors
    /// When the database fails, or the chain does not hold.
    pub async fn read(&self, stream: &str, from: i64) -> Result<Vec<Entry>, Error> {
        self.read_between(stream, from, i64::MAX).await
    }

    /// So many entries of a stream before number `before`, or the last ones, in order. Each is checked against the chain as it is
    /// read.
    ///
    /// # Errors
    /// When the database fails, or the chain does not hold.
    pub async fn read_before(
        &self,
        stream: &str,
        before: Option<i64>,
        most: i64,
    ) -> Result<Vec<Entry>, Error> {
        let last = match before {
            Some(before) => before.saturating_sub(1),
            None => sqlite::head(&self.database.pool, stream).await?.map_or(0, |(number, _)| number),
        };
        self.read_between(stream, last.saturating_sub(most).saturating_add(1), last).await
    }

    async fn read_between(&self, stream: &str, from: i64, to: i64) -> Result<Vec<Entry>, Error> {
        let entries = sqlite::read(&self.database.pool, stream, from, to).await?;
        let mut before = if from <= 1 { Some(chain_start(stream)) } else { None };
        for entry in &entries {
            let made = commitment(&entry.salt, entry.content.as_bytes());
            let chained = before.is_none_or(|previous| chain(&previous, &made) == entry.chain);
            if made != entry.commitment || !chained {
                return Err(Error::Broken { stream: stream.into(), number: entry.number });
            }
            before = Some(entry.chain);
        }
        Ok(entries)
    }

    /// Number of the last entry, and every later one as it comes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch(&self, stream: &str) -> Result<watch::Receiver<i64>, Error> {
        let head = sqlite::head(&self.database.pool, stream).await?.map_or(0, |(number, _)| number);
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = heads.entry(stream.into()).or_insert_with(|| watch::channel(head).0);
        Ok(sender.subscribe())
    }

    /// Whether its writer still takes what is handed in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Waits until everything handed in has been written; nothing more is taken after that.
    pub async fn close(self) {
        let Self { queue, writer, .. } = self;
        drop(queue);
        let writer = writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = writer {
            // A writer that panicked has written nothing more; there is nobody left to tell.
            let _ = writer.await;
        }
    }
}
