//! Who has read what: every look into the archive is noted before anything is handed out (accountability of whoever handles
//! personal information, PIPL 51; whole process traceable, Archives Law 39).
//!
//! ```text
//! asked ──▶ may it? ──▶ noted in the log `access/…`, on disk ──▶ handed out
//!                          └──cannot be noted──▶ nothing is handed out
//! ```
//!
//! The notes stand in the same append-only log as the hearings, with salts and a chain: one stream for each hearing
//! (`access/hearing/ID`), and one a month for what belongs to no one hearing (`access/archive/2026-11`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{extract::FromRequestParts, http::request::Parts};
use procedure::{Moment, Office, SeatId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Failure, Refused, Site,
    account::api::Staff,
    clock,
    config::Limits,
    guard::Caller,
    invitation::{Holder, api::bearer},
    log::{AppendError, Draft},
};

pub mod api;

/// Somebody else may have written a note in the same moment; then it is tried again, so many times.
const TRIES: usize = 32;
/// So many who play or read are remembered; of more the oldest are noted anew.
const KNOWN_MAX: usize = 10_000;

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = AccessWho)]
pub enum Who {
    /// A member of the staff.
    Staff {
        /// Name of the account.
        name: String,
        /// Post at the time.
        #[schema(value_type = String)]
        role: Office,
    },
    /// Somebody with a seat in the hearing.
    Seat {
        /// Which hearing.
        hearing: String,
        /// Which seat.
        #[schema(value_type = String)]
        seat: SeatId,
    },
    /// Whoever runs the machine, at its command line while the server is stopped.
    Operator {
        /// The name that was given; empty where none was.
        name: String,
    },
}

/// What was read or done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = AccessDeed)]
pub enum Deed {
    /// A copy of the case file was fetched.
    File {
        /// Which copy, as its file is called.
        name: String,
    },
    /// The record of a sealed hearing, and all that the office may see of it, was looked at; within an hour it is noted once.
    Record {},
    /// A paper of a sealed hearing was fetched.
    Paper {
        /// Name of the form.
        form: String,
        /// To whose seat it is written.
        #[schema(value_type = Option<String>)]
        to: Option<SeatId>,
    },
    /// A recording of a sealed hearing was fetched or played; within an hour it is noted once.
    Recording {
        /// Name of the file.
        name: String,
    },
    /// An exhibit of a sealed hearing, or signed pages of its record, were read; within an hour it is noted once.
    Exhibit {
        /// SHA-256 of the file, hexadecimal.
        sha256: String,
    },
    /// The archive was searched.
    Search {
        /// For what.
        #[schema(value_type = Object)]
        query: serde_json::Value,
    },
    /// The time stamp was fetched.
    Stamp {},
    /// The record was fetched as Akoma Ntoso.
    AkomaNtoso {},
    /// The public version was prepared, looked at, published or withdrawn.
    PublicVersion {
        /// Which of these, noted before it is done; `not-done` follows where it could not be.
        act: String,
    },
    /// How long the file is kept was changed, or that was asked for or ruled on.
    Retention {
        /// Which of these, noted before it is done; `not-done` follows where it could not be.
        act: String,
    },
    /// The hearing was imported from another installation.
    Import {
        /// The office that held it.
        office: String,
        /// Fingerprint of the key of its seal.
        key: String,
    },
    /// The list of those who read was looked at.
    Access {},
}

/// A note of the access log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = AccessNote)]
pub struct Note {
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub at: Moment,
    /// Who.
    pub who: Who,
    /// From which address.
    pub from: String,
    /// What.
    pub deed: Deed,
}

/// Whoever asks, known by the key of a seat or by a session, and from where.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who.
    pub who: Who,
    /// From which address.
    pub from: String,
}

impl Reader {
    /// Refuses seats, and of the staff everybody but these posts. Gives name and post.
    ///
    /// # Errors
    /// [`Refused::ClosedDoor`] or [`Refused::NotYourOffice`].
    pub fn staff(&self, may: impl FnOnce(Office) -> bool) -> Result<(&str, Office), Refused> {
        match &self.who {
            Who::Staff { name, role } if may(*role) => Ok((name, *role)),
            Who::Staff { .. } => Err(Refused::NotYourOffice),
            Who::Seat { .. } | Who::Operator { .. } => Err(Refused::ClosedDoor),
        }
    }

    /// Whoever has a seat that was found out otherwise than by the header of the request.
    #[must_use]
    pub fn seated(holder: Holder, from: &Caller) -> Self {
        Self { who: Who::Seat { hearing: holder.hearing, seat: holder.seat }, from: from.0.to_string() }
    }
}

impl FromRequestParts<Arc<Site>> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Failure> {
        let Ok(caller) = Caller::from_request_parts(parts, site).await;
        if bearer(&parts.headers).is_some() {
            return Ok(Self::seated(Holder::from_request_parts(parts, site).await?, &caller));
        }
        let Staff(account) = Staff::from_request_parts(parts, site).await?;
        let who = Who::Staff { name: account.name, role: account.role };
        Ok(Self { who, from: caller.0.to_string() })
    }
}

/// Where the streams end, and who plays or reads what.
#[derive(Debug, Default)]
pub struct Access {
    heads: Mutex<HashMap<String, i64>>,
    known: Mutex<HashMap<(Who, String), Moment>>,
}

/// Name of the stream of a hearing.
#[must_use]
pub fn of_hearing(hearing: &str) -> String {
    format!("access/hearing/{hearing}")
}

/// Name of the stream of a month, such as `2026-11`.
#[must_use]
pub fn of_month(month: &str) -> String {
    format!("access/archive/{month}")
}

/// The month of a moment where the office is, such as `2026-11`.
#[must_use]
pub fn month(at: Moment, utc_offset_minutes: i16) -> String {
    let date = at.local(utc_offset_minutes).date;
    format!("{:04}-{:02}", date.year(), u8::from(date.month()))
}

/// Notes that somebody reads something. Only when this has returned may it be handed out.
///
/// # Errors
/// When the note is not on disk.
pub async fn note(site: &Site, reader: &Reader, hearing: Option<&str>, deed: Deed) -> Result<(), Failure> {
    let at = clock::now();
    let stream = match hearing {
        Some(hearing) => of_hearing(hearing),
        None => of_month(&month(at, site.rooms.ground().rules.utc_offset_minutes)),
    };
    let note = Note { at, who: reader.who.clone(), from: reader.from.clone(), deed };
    let noted = append(site, &stream, &note).await;
    if noted.is_err() {
        site.gauges.access_failed_total.up();
    }
    Ok(noted?)
}

/// The same of what is fetched piece by piece, as a player does a recording and a reader an exhibit: within an hour
/// (`access-again-ms`) it is noted once.
///
/// # Errors
/// When the note is not on disk.
pub async fn note_once(site: &Site, reader: &Reader, hearing: &str, deed: Deed) -> Result<(), Failure> {
    let (now, key) = (clock::now(), (reader.who.clone(), format!("{hearing}/{deed:?}")));
    let again = Limits::ms(site.config.limits.access_again_ms);
    {
        let known = site.archive.access.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(&key).is_some_and(|since| now.ms_since(*since) < again) {
            return Ok(());
        }
    }
    note(site, reader, Some(hearing), deed).await?;
    let mut known = site.archive.access.known.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= KNOWN_MAX {
        known.retain(|_, since| now.ms_since(*since) < again);
    }
    if known.len() < KNOWN_MAX {
        known.insert(key, now);
    }
    Ok(())
}

/// A note as it goes to the log.
pub(super) fn draft(note: &Note) -> Result<Draft, Error> {
    Ok(Draft {
        at: note.at,
        author: serde_json::to_string(&note.who)?,
        command: uuid::Uuid::now_v7().to_string(),
        content: serde_json::to_string(note)?,
    })
}

async fn append(site: &Site, stream: &str, note: &Note) -> Result<(), Error> {
    let draft = draft(note)?;
    let heads = &site.archive.access.heads;
    for _ in 0..TRIES {
        let known = heads.lock().unwrap_or_else(PoisonError::into_inner).get(stream).copied();
        let expected = known.unwrap_or(0);
        let appended = site.rooms.ground().log.append(stream, expected, vec![draft.clone()]).await;
        let (done, reached) = match appended {
            Ok(_) => (true, expected + 1),
            Err(AppendError::Conflict { head }) => (false, head),
            Err(AppendError::Error(error)) => return Err(error),
        };
        heads.lock().unwrap_or_else(PoisonError::into_inner).insert(stream.into(), reached);
        if done {
            return Ok(());
        }
    }
    Err(Error::Archive("a note of the access log found no place".into()))
}

/// A page of the notes of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = AccessNotes)]
pub struct Notes {
    /// The notes, the last first.
    pub notes: Vec<Note>,
    /// What to ask with as `before` for those that came earlier; none where there are none.
    pub earlier: Option<i64>,
}

/// So many notes of a stream before number `before`, or the last ones; the last first.
///
/// # Errors
/// When the log cannot be read, or has been changed.
pub async fn notes(site: &Site, stream: &str, before: Option<i64>, most: i64) -> Result<Notes, Error> {
    let entries = site.rooms.ground().log.read_before(stream, before, most).await?;
    let earlier = entries.first().map(|entry| entry.number).filter(|number| *number > 1);
    let notes = entries.iter().rev().map(|entry| Ok(serde_json::from_str(&entry.content)?));
    Ok(Notes { notes: notes.collect::<Result<_, Error>>()?, earlier })
}
