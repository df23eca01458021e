//! The catalogue of the archive: one entry for each sealed hearing, with what a file is asked for by: case number, cause,
//! office, day. It follows from the log, and can be made again.

use procedure::{
    Hearing, Moment,
    hearing::plan::{Kind, Openness},
};
use serde::{Deserialize, Serialize};
use sqlx::{AnyPool, Row};

use crate::Error;

/// A sealed hearing as the archive knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ArchiveEntry)]
pub struct Entry {
    /// Id of the hearing.
    pub hearing: String,
    /// Number of the case.
    pub number: String,
    /// Kind of the case.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// Cause of the case.
    pub cause: String,
    /// The office that held it.
    pub office: String,
    /// Whether the public could watch.
    #[schema(value_type = String)]
    pub openness: Openness,
    /// When it was opened, else when it was to be, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub held: Moment,
    /// When it was sealed, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub sealed: Moment,
}

impl Entry {
    /// The entry of a sealed hearing; none before it is registered and sealed.
    #[must_use]
    pub fn of(id: &str, hearing: &Hearing, office: &str) -> Option<Self> {
        let face = hearing.plan.registered.as_ref()?;
        Some(Self {
            hearing: id.into(),
            number: face.number.clone(),
            kind: face.kind,
            cause: face.cause.clone(),
            office: office.into(),
            openness: face.hearing.openness,
            held: hearing.phase.history.first().map_or(face.scheduled, |began| began.at),
            sealed: hearing.record.sealed?,
        })
    }
}

/// The entry of a hearing, where it is in the archive.
///
/// # Errors
/// When the database fails.
pub async fn entry(pool: &AnyPool, hearing: &str) -> Result<Option<Entry>, Error> {
    let row = sqlx::query("SELECT content FROM catalogue WHERE hearing = $1")
        .bind(hearing.to_string())
        .fetch_optional(pool)
        .await?;
    row.map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>(0)?)?)).transpose()
}

/// Every entry, those held last first.
///
/// # Errors
/// When the database fails.
pub async fn all(pool: &AnyPool) -> Result<Vec<Entry>, Error> {
    let rows =
        sqlx::query("SELECT content FROM catalogue ORDER BY held DESC, hearing").fetch_all(pool).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>(0)?)?)).collect()
}
