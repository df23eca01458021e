//! Hearings that another office held and sealed, and that were imported here: whose they are, and the whole copy of their case file
//! as it came. They are read and never changed.

use std::path::Path;

use casefile::Digest;
use procedure::Moment;
use sqlx::{AnyConnection, AnyPool, Row};

use crate::{Error, Failure, Refused};

/// The folder of the imported case files, in the data folder.
pub const FOLDER: &str = "foreign";

/// A hearing of another office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Id of the hearing.
    pub hearing: String,
    /// The office that held it.
    pub office: String,
    /// When it was imported.
    pub at: Moment,
    /// Who imported it.
    pub by: String,
    /// Fingerprint of the Ed25519 key of its seal.
    pub ed25519: String,
    /// Fingerprint of the SM2 key of its seal.
    pub sm2: String,
    /// SHA-256 of its case file, hexadecimal.
    pub sha256: String,
    /// Where that lies, from the data folder on.
    pub path: String,
}

impl Foreign {
    /// The case file as it came.
    ///
    /// # Errors
    /// When it cannot be read, or is no longer what it was.
    pub async fn case_file(&self, data: &Path) -> Result<Vec<u8>, Error> {
        let bytes = tokio::fs::read(data.join(&self.path)).await?;
        if Digest::of(&bytes).to_string() == self.sha256 {
            Ok(bytes)
        } else {
            Err(Error::Archive(format!("{}: the imported case file has changed", self.path)))
        }
    }
}

/// What is known of an imported hearing; none where it is one of this office.
///
/// # Errors
/// When the database fails.
pub async fn kept(pool: &AnyPool, hearing: &str) -> Result<Option<Foreign>, Error> {
    const KEPT: &str =
        "SELECT office, at, by_whom, ed25519, sm2, sha256, path FROM foreign_hearing WHERE hearing = $1";
    let row = sqlx::query(KEPT).bind(hearing.to_string()).fetch_optional(pool).await?;
    row.map(|row| {
        Ok(Foreign {
            hearing: hearing.into(),
            office: row.try_get(0)?,
            at: Moment(row.try_get(1)?),
            by: row.try_get(2)?,
            ed25519: row.try_get(3)?,
            sm2: row.try_get(4)?,
            sha256: row.try_get(5)?,
            path: row.try_get(6)?,
        })
    })
    .transpose()
}

/// Refuses what this office may do with its own hearings alone: invitations, papers under its name, deliveries, public versions.
///
/// # Errors
/// [`Refused::ForeignHearing`], or when the database fails.
pub async fn none_but_ours(pool: &AnyPool, hearing: &str) -> Result<(), Failure> {
    if kept(pool, hearing).await?.is_some() { Err(Refused::ForeignHearing.into()) } else { Ok(()) }
}

/// Enters an imported hearing, within a transaction.
pub(super) async fn keep(connection: &mut AnyConnection, foreign: &Foreign) -> Result<(), Error> {
    const KEEP: &str = "INSERT INTO foreign_hearing (hearing, office, at, by_whom, ed25519, sm2, sha256, path) \
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sqlx::query(KEEP)
        .bind(foreign.hearing.clone())
        .bind(foreign.office.clone())
        .bind(foreign.at.0)
        .bind(foreign.by.clone())
        .bind(foreign.ed25519.clone())
        .bind(foreign.sm2.clone())
        .bind(foreign.sha256.clone())
        .bind(foreign.path.clone())
        .execute(connection)
        .await?;
    Ok(())
}
