//! The writer of the log: takes everything that waits, commits it as one, and only then answers.
//!
//! While one commit waits for the disk the next group gathers by itself; there is no timer, so a lone append is
//! never held back. The SQL is the portable kind, so the same text serves PostgreSQL.

use std::{collections::HashMap, sync::PoisonError};

use casefile::{Digest, chain, chain_start, commitment};
use procedure::Moment;
use sqlx::{AnyConnection, AnyPool, Connection, Row, any::AnyRow};
use tokio::sync::mpsc;

use super::{Append, AppendError, Draft, Entry, Heads};
use crate::{Error, token};

const INSERT: &str = "INSERT INTO log (stream, number, at, author, command, content, salt, commitment, chain) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const HEAD: &str = "SELECT number, chain FROM log WHERE stream = $1 ORDER BY number DESC LIMIT 1";
const READ: &str = "SELECT number, at, author, command, content, salt, commitment, chain FROM log \
                    WHERE stream = $1 AND number >= $2 AND number <= $3 ORDER BY number";

/// Number and chain of the last entry of each stream that the writer has touched.
type Ends = HashMap<String, (i64, Digest)>;

pub(super) async fn write(
    mut connection: AnyConnection,
    mut waiting: mpsc::Receiver<Append>,
    group_max: usize,
    heads: Heads,
) {
    let mut ends = Ends::new();
    while let Some(first) = waiting.recv().await {
        let mut group = vec![first];
        while group.len() < group_max {
            let Ok(next) = waiting.try_recv() else { break };
            group.push(next);
        }
        write_group(&mut connection, group, &mut ends, &heads).await;
    }
    // Everything acknowledged is on disk already; closing only tidies up.
    let _ = connection.close().await;
}

/// Commits a group and answers each of its appends.
async fn write_group(connection: &mut AnyConnection, group: Vec<Append>, ends: &mut Ends, heads: &Heads) {
    let mut ready = Vec::with_capacity(group.len());
    // What the streams end with if this group is committed.
    let mut ahead = Ends::new();
    for append in group {
        match prepare(connection, &append, ends, &mut ahead).await {
            Ok(entries) => ready.push((append, entries)),
            Err(error) => answer(append, Err(error)),
        }
    }
    if ready.is_empty() {
        return;
    }
    match commit(connection, &ready).await {
        Ok(()) => {
            tell(heads, &ahead);
            ends.extend(ahead);
            for (append, entries) in ready {
                answer(append, Ok(entries));
            }
        }
        Err(error) => {
            tracing::error!(%error, appends = ready.len(), "the group was not committed");
            ends.clear();
            for (append, _) in ready {
                let again =
                    Error::Database(sqlx::Error::Io(std::io::Error::other("the group was not committed")));
                answer(append, Err(again.into()));
            }
        }
    }
}

fn answer(append: Append, result: Result<Vec<Entry>, AppendError>) {
    // Whoever asked may have gone; what is written stays written.
    let _ = append.reply.send(result);
}

/// Numbers, salts and chains the drafts of one append.
async fn prepare(
    connection: &mut AnyConnection,
    append: &Append,
    ends: &mut Ends,
    ahead: &mut Ends,
) -> Result<Vec<Entry>, AppendError> {
    let stream = &append.stream;
    let known = ahead.get(stream).or_else(|| ends.get(stream)).copied();
    let (mut number, mut last) = match known {
        Some(end) => end,
        None => head(&mut *connection, stream).await?.unwrap_or_else(|| (0, chain_start(stream))),
    };
    if number != append.expected {
        return Err(AppendError::Conflict { head: number });
    }
    let mut entries = Vec::with_capacity(append.drafts.len());
    for draft in append.drafts.iter().cloned() {
        let entry = next(draft, number, &last)?;
        (number, last) = (entry.number, entry.chain);
        entries.push(entry);
    }
    ahead.insert(stream.clone(), (number, last));
    Ok(entries)
}

/// The entry that follows the one with this number and chain.
fn next(draft: Draft, number: i64, last: &Digest) -> Result<Entry, Error> {
    let Draft { at, author, command, content } = draft;
    let salt = token::random()?;
    let commitment = commitment(&salt, content.as_bytes());
    let chain = chain(last, &commitment);
    Ok(Entry { number: number + 1, at, author, command, content, salt, commitment, chain })
}

/// Appends an entry within a transaction, where no writer runs.
pub(super) async fn append(connection: &mut AnyConnection, stream: &str, draft: Draft) -> Result<(), Error> {
    let (number, last) = head(&mut *connection, stream).await?.unwrap_or_else(|| (0, chain_start(stream)));
    insert(connection, stream, &next(draft, number, &last)?).await
}

/// Writes an entry as it is.
pub(super) async fn insert(connection: &mut AnyConnection, stream: &str, entry: &Entry) -> Result<(), Error> {
    sqlx::query(INSERT)
        .bind(stream.to_string())
        .bind(entry.number)
        .bind(entry.at.0)
        .bind(entry.author.clone())
        .bind(entry.command.clone())
        .bind(entry.content.clone())
        .bind(entry.salt.to_vec())
        .bind(entry.commitment.0.to_vec())
        .bind(entry.chain.0.to_vec())
        .execute(connection)
        .await?;
    Ok(())
}

async fn commit(connection: &mut AnyConnection, ready: &[(Append, Vec<Entry>)]) -> Result<(), Error> {
    let mut transaction = connection.begin().await?;
    for (append, entries) in ready {
        for entry in entries {
            insert(&mut transaction, &append.stream, entry).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

fn tell(heads: &Heads, ahead: &Ends) {
    let heads = heads.lock().unwrap_or_else(PoisonError::into_inner);
    for (stream, (number, _)) in ahead {
        if let Some(sender) = heads.get(stream) {
            sender.send_replace(*number);
        }
    }
}

pub(super) async fn head<'c, E>(executor: E, stream: &str) -> Result<Option<(i64, Digest)>, Error>
where
    E: sqlx::Executor<'c, Database = sqlx::Any>,
{
    let row = sqlx::query(HEAD).bind(stream.to_string()).fetch_optional(executor).await?;
    row.map(|row| {
        let number = row.try_get(0)?;
        Ok((number, Digest(bytes(&row, 1, stream, number)?)))
    })
    .transpose()
}

pub(super) async fn read(pool: &AnyPool, stream: &str, from: i64, to: i64) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query(READ).bind(stream.to_string()).bind(from).bind(to).fetch_all(pool).await?;
    rows.iter()
        .map(|row| {
            let number = row.try_get(0)?;
            Ok(Entry {
                number,
                at: Moment(row.try_get(1)?),
                author: row.try_get(2)?,
                command: row.try_get(3)?,
                content: row.try_get(4)?,
                salt: bytes(row, 5, stream, number)?,
                commitment: Digest(bytes(row, 6, stream, number)?),
                chain: Digest(bytes(row, 7, stream, number)?),
            })
        })
        .collect()
}

fn bytes(row: &AnyRow, column: usize, stream: &str, number: i64) -> Result<[u8; 32], Error> {
    let bytes: Vec<u8> = row.try_get(column)?;
    bytes.try_into().map_err(|_| Error::Broken { stream: stream.into(), number })
}
