//! The database: one file under the data folder, with the same SQL text that PostgreSQL understands.
//!
//! Columns are BIGINT, TEXT and BLOB (there BYTEA) only and parameters are `$1`, so that an office which outgrows one machine moves
//! without a rewrite. Every commit is on disk before it is acknowledged (WAL, synchronous FULL).

use std::path::Path;

use sqlx::{
    AnyConnection, AnyPool, AssertSqlSafe, Connection,
    any::{AnyPoolOptions, install_default_drivers},
};

use crate::Error;

/// Set on every connection. Checkpoints are made by a task of their own, off the writer.
const PRAGMAS: [&str; 5] = [
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 0",
];

/// The tables. Statements are only added, never changed.
const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS log (stream TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, author TEXT NOT NULL, command TEXT NOT NULL, content TEXT NOT NULL, salt BLOB NOT NULL, commitment BLOB NOT NULL, chain BLOB NOT NULL, PRIMARY KEY (stream, number))",
    "CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, password TEXT NOT NULL, office TEXT NOT NULL, disabled BIGINT NOT NULL, created BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, account TEXT NOT NULL, created BIGINT NOT NULL, seen BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS setup (token TEXT PRIMARY KEY, created BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS invitation (id TEXT PRIMARY KEY, hearing TEXT NOT NULL, seat TEXT NOT NULL, token TEXT NOT NULL UNIQUE, code TEXT NOT NULL UNIQUE, token_check TEXT NOT NULL, code_check TEXT NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL, UNIQUE (hearing, seat))",
    "CREATE TABLE IF NOT EXISTS invitation_wrong (id TEXT PRIMARY KEY, wrong BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS seat_key (token TEXT PRIMARY KEY, hearing TEXT NOT NULL, seat TEXT NOT NULL, created BIGINT NOT NULL, UNIQUE (hearing, seat))",
    "CREATE TABLE IF NOT EXISTS seat_key_check (token TEXT PRIMARY KEY, phone_check TEXT NOT NULL, wrong BIGINT NOT NULL DEFAULT 0)",
    "CREATE TABLE IF NOT EXISTS panellist (id TEXT PRIMARY KEY, name TEXT NOT NULL, post TEXT NOT NULL, class TEXT NOT NULL, birth_year BIGINT NOT NULL, phone_tail TEXT NOT NULL, active BIGINT NOT NULL, barred TEXT)",
    "CREATE TABLE IF NOT EXISTS panellist_field (panellist TEXT PRIMARY KEY, specialty TEXT NOT NULL, region TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS draw (hearing TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (hearing, number))",
    "CREATE TABLE IF NOT EXISTS docket_case (number TEXT PRIMARY KEY, at BIGINT NOT NULL, content TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS docket_hearing (id TEXT PRIMARY KEY, scheduled BIGINT NOT NULL, live BIGINT NOT NULL, published BIGINT NOT NULL, reached BIGINT NOT NULL, face TEXT NOT NULL, notice TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS seal (hearing TEXT PRIMARY KEY, statement BLOB NOT NULL, ed25519 BLOB NOT NULL, sm2 BLOB NOT NULL, ed25519_key BLOB NOT NULL, sm2_key BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS contact (hearing TEXT NOT NULL, seat TEXT NOT NULL, mobile TEXT NOT NULL, mail TEXT NOT NULL, post TEXT NOT NULL, consent BIGINT NOT NULL, changed BIGINT NOT NULL, PRIMARY KEY (hearing, seat))",
    "CREATE TABLE IF NOT EXISTS delivery_link (token TEXT PRIMARY KEY, hearing TEXT NOT NULL, delivery TEXT NOT NULL, seat TEXT NOT NULL, token_check TEXT NOT NULL, expires BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS delivery_wrong (delivery TEXT PRIMARY KEY, wrong BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS delivery_open (token TEXT PRIMARY KEY, hearing TEXT NOT NULL, delivery TEXT NOT NULL, seat TEXT NOT NULL, until BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS pulse (id BIGINT PRIMARY KEY, at BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS catalogue (hearing TEXT PRIMARY KEY, held BIGINT NOT NULL, case_folded TEXT NOT NULL, office_folded TEXT NOT NULL, content TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS passage (hearing TEXT NOT NULL, number BIGINT NOT NULL, volume TEXT NOT NULL, part TEXT NOT NULL, line BIGINT NOT NULL, speaker TEXT NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (hearing, number))",
    "CREATE INDEX IF NOT EXISTS passage_part ON passage (part, hearing)",
    "CREATE TABLE IF NOT EXISTS stamp (hearing TEXT PRIMARY KEY, at BIGINT NOT NULL, reply BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS retention (hearing TEXT NOT NULL, number BIGINT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (hearing, number))",
    "CREATE TABLE IF NOT EXISTS public_version (hearing TEXT PRIMARY KEY, revision BIGINT NOT NULL, standing TEXT NOT NULL, published BIGINT NOT NULL, content TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS foreign_hearing (hearing TEXT PRIMARY KEY, office TEXT NOT NULL, at BIGINT NOT NULL, by_whom TEXT NOT NULL, ed25519 TEXT NOT NULL, sm2 TEXT NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS public_face (hearing TEXT PRIMARY KEY, published BIGINT NOT NULL, face TEXT NOT NULL)",
];

/// What SQLite has beside them: the words of the archive by threes of letters, for its own search.
const SQLITE_TABLES: &[&str] = &[
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_words USING fts5(folded, hearing UNINDEXED, volume UNINDEXED, tokenize = 'trigram case_sensitive 1')",
];

/// The open database.
#[derive(Clone, Debug)]
pub struct Database {
    /// Connections for everything except the log's writer.
    pub pool: AnyPool,
    address: String,
}

impl Database {
    /// Opens the database in a data folder and makes what is missing.
    ///
    /// # Errors
    /// When the folder or the database cannot be used.
    pub async fn open(folder: &Path, connections_max: u32) -> Result<Self, Error> {
        let address = format!("sqlite://{}?mode=rwc", folder.join("fengqiao.db").display());
        Self::at(address, connections_max).await
    }

    /// Opens the database at an address, `sqlite://…` or `postgres://…`, and makes what is missing.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn at(address: String, connections_max: u32) -> Result<Self, Error> {
        install_default_drivers();
        let mut first = connect(&address).await?;
        for table in TABLES {
            let table = if is_sqlite(&first) { (*table).into() } else { table.replace(" BLOB ", " BYTEA ") };
            sqlx::query(AssertSqlSafe(table)).execute(&mut first).await?;
        }
        let own = if is_sqlite(&first) { SQLITE_TABLES } else { &[] };
        for table in own {
            sqlx::query(*table).execute(&mut first).await?;
        }
        first.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(connections_max)
            .after_connect(|connection, _| Box::pin(prepare(connection)))
            .connect(&address)
            .await?;
        Ok(Self { pool, address })
    }

    /// Whether it is SQLite, which has its own search.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.address.starts_with("sqlite:")
    }

    /// A connection of one's own.
    ///
    /// # Errors
    /// When there is none to be had.
    pub async fn connect(&self) -> Result<AnyConnection, Error> {
        connect(&self.address).await
    }

    /// A connection of one's own whose commits do not wait for the disk: for what may be lost with the power.
    ///
    /// # Errors
    /// When there is none to be had.
    pub async fn connect_loosely(&self) -> Result<AnyConnection, Error> {
        let mut connection = self.connect().await?;
        let loosely = if is_sqlite(&connection) {
            "PRAGMA synchronous = NORMAL"
        } else {
            "SET synchronous_commit = off"
        };
        sqlx::query(loosely).execute(&mut connection).await?;
        Ok(connection)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn answers(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Moves what has been committed from the write-ahead file into the database file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint(&self) -> Result<(), Error> {
        if !self.is_sqlite() {
            return Ok(()); // others do it by themselves
        }
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&self.pool).await?;
        Ok(())
    }
}

async fn connect(address: &str) -> Result<AnyConnection, Error> {
    let mut connection = AnyConnection::connect(address).await?;
    prepare(&mut connection).await?;
    Ok(connection)
}

fn is_sqlite(connection: &AnyConnection) -> bool {
    connection.backend_name() == "SQLite"
}

async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    if !is_sqlite(connection) {
        return Ok(());
    }
    for pragma in PRAGMAS {
        sqlx::query(pragma).execute(&mut *connection).await?;
    }
    Ok(())
}
