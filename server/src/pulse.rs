//! The pulse: one row that says when a server last lived on this database.
//!
//! A server that starts reads it before it writes its own, and so knows since when nobody could be heard. The rooms put
//! that on the record, and the clock gives the time back: it was the machine's, not the speaker's.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use procedure::Moment;
use sqlx::{AnyConnection, Row};
use tokio::{sync::watch, time::interval};

use crate::{Error, clock, config::Limits, database::Database};

const READ: &str = "SELECT at FROM pulse WHERE id = 1";
const BEAT: &str =
    "INSERT INTO pulse (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at";

/// What is known of the time before.
#[derive(Debug, Default)]
pub struct Pulse {
    /// The last pulse of the server before this one.
    before: Option<Moment>,
    /// Rooms that broke off under this one, and when.
    broken: Mutex<HashMap<String, Moment>>,
}

impl Pulse {
    /// Reads the pulse of the server before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(database: &Database) -> Result<Self, Error> {
        let row = sqlx::query(READ).fetch_optional(&database.pool).await?;
        let before = row.map(|row| row.try_get(0).map(Moment)).transpose()?;
        Ok(Self { before, broken: Mutex::default() })
    }

    /// The last moment at which something is known to have kept that room; none where nobody wrote it down.
    #[must_use]
    pub fn kept(&self, room: &str) -> Option<Moment> {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner).get(room).copied();
        broken.or(self.before)
    }

    /// Forgets that a room broke off: its record says so by now.
    pub fn noted(&self, room: &str) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).remove(room);
    }

    /// Keeps that a room broke off just now, though the server lives.
    pub fn broke_off(&self, room: &str) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).insert(room.into(), clock::now());
    }
}

/// Writes the pulse until the server begins to stop, and then a last time.
pub async fn beat(database: Database, every_ms: u64, mut stopping: watch::Receiver<bool>) {
    let mut ticks = interval(Limits::span(every_ms));
    let mut connection = None;
    loop {
        let last = tokio::select! {
            _ = ticks.tick() => false,
            // Whoever could say so has gone: so has the server.
            _ = stopping.wait_for(|stopping| *stopping) => true,
        };
        if let Err(error) = write(&database, &mut connection).await {
            tracing::warn!(code = error.code(), %error, "no pulse");
            connection = None;
        }
        if last {
            return;
        }
    }
}

/// Nobody waits for it to be on disk: a pulse that the power takes along was no later than the last entry by much.
async fn write(database: &Database, connection: &mut Option<AnyConnection>) -> Result<(), Error> {
    let connection = match connection {
        Some(connection) => connection,
        none => none.insert(database.connect_loosely().await?),
    };
    sqlx::query(BEAT).bind(clock::now().0).execute(connection).await?;
    Ok(())
}
