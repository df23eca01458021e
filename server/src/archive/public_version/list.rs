//! The list of public records: the face of each beside its text, so that whoever looks at the list loads no record.

use procedure::{Moment, hearing::plan::Kind};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AnyPool, Row};

use super::{Document, Standing, Work, kept};
use crate::Error;

/// A public record as it stands in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PublicListed)]
pub struct Listed {
    /// Id of the hearing.
    pub id: String,
    /// Number of the case.
    pub number: String,
    /// Kind of the case.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// Cause of the case.
    pub cause: String,
    /// The office that held it.
    pub office: String,
    /// When it was held, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub held: Moment,
    /// When it was published, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub published: Moment,
}

impl Listed {
    /// How it stands in the list; none where the public does not read it.
    fn of(id: &str, work: &Work) -> Option<Self> {
        let published = work.last("published");
        let Document { number, kind, cause, office, held, .. } =
            work.document.as_ref().filter(|_| work.standing == Standing::Public)?;
        let (number, cause, office) = (number.clone(), cause.clone(), office.clone());
        Some(Self { id: id.into(), number, kind: *kind, cause, office, held: *held, published })
    }
}

/// Puts a record into the list, or takes it out, as its work stands.
///
/// # Errors
/// When the database fails.
pub async fn put(connection: &mut AnyConnection, hearing: &str, work: &Work) -> Result<(), Error> {
    let Some(listed) = Listed::of(hearing, work) else {
        sqlx::query("DELETE FROM public_face WHERE hearing = $1")
            .bind(hearing.to_string())
            .execute(connection)
            .await?;
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO public_face (hearing, published, face) VALUES ($1, $2, $3) \
         ON CONFLICT (hearing) DO UPDATE SET published = excluded.published, face = excluded.face",
    )
    .bind(hearing.to_string())
    .bind(listed.published.0)
    .bind(serde_json::to_string(&listed)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// So many of those that may be read, published last first, after so many of them.
///
/// # Errors
/// When the database fails.
pub async fn listed(pool: &AnyPool, skip: i64, most: i64) -> Result<Vec<Listed>, Error> {
    let rows =
        sqlx::query("SELECT face FROM public_face ORDER BY published DESC, hearing LIMIT $1 OFFSET $2")
            .bind(most)
            .bind(skip)
            .fetch_all(pool)
            .await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>(0)?)?)).collect()
}

/// Puts in what was published and is not in the list.
///
/// # Errors
/// When the database fails.
pub async fn complete(pool: &AnyPool) -> Result<(), Error> {
    const LACKING: &str = "SELECT public_version.hearing FROM public_version \
                           LEFT JOIN public_face ON public_face.hearing = public_version.hearing \
                           WHERE public_version.standing = 'public' AND public_face.hearing IS NULL";
    for row in sqlx::query(LACKING).fetch_all(pool).await? {
        let hearing: String = row.try_get(0)?;
        let (_, work) = kept(pool, &hearing).await?;
        put(&mut *pool.acquire().await?, &hearing, &work).await?;
    }
    Ok(())
}
