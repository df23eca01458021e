//! The seals that were made, one for each hearing: a second, different one would be a sign of fraud, so the first is kept,
//! also when the keys are replaced.

use casefile::{Keys, PublicKey, Seal, Signatures, Sm2Key};
use sqlx::{AnyPool, Row};

use crate::Error;

/// The seal of a hearing, where there is one.
///
/// # Errors
/// When the database fails, or what it holds is no seal.
pub async fn kept(pool: &AnyPool, hearing: &str) -> Result<Option<Seal>, Error> {
    const KEPT: &str = "SELECT statement, ed25519, sm2, ed25519_key, sm2_key FROM seal WHERE hearing = $1";
    let Some(row) = sqlx::query(KEPT).bind(hearing).fetch_optional(pool).await? else { return Ok(None) };
    let bytes = |column| row.try_get::<Vec<u8>, _>(column);
    let seal = Seal {
        statement: bytes("statement")?,
        signatures: Signatures { ed25519: exactly(&bytes("ed25519")?)?, sm2: exactly(&bytes("sm2")?)? },
        keys: Keys {
            ed25519: PublicKey(exactly(&bytes("ed25519_key")?)?),
            sm2: Sm2Key(exactly(&bytes("sm2_key")?)?),
        },
    };
    // A broken seal never leaves the house.
    if seal.is_sound() { Ok(Some(seal)) } else { Err(damaged()) }
}

/// Keeps the seal of a hearing, unless one is kept already, and gives the one that counts.
///
/// # Errors
/// When the database fails.
pub async fn keep(pool: &AnyPool, hearing: &str, seal: &Seal) -> Result<Seal, Error> {
    put(pool, hearing, seal).await?;
    Ok(kept(pool, hearing).await?.unwrap_or_else(|| seal.clone()))
}

/// Keeps the seal of a hearing, unless one is kept already.
pub(super) async fn put<'c, E>(executor: E, hearing: &str, seal: &Seal) -> Result<(), Error>
where
    E: sqlx::Executor<'c, Database = sqlx::Any>,
{
    const KEEP: &str = "INSERT INTO seal (hearing, statement, ed25519, sm2, ed25519_key, sm2_key) \
                        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hearing) DO NOTHING";
    sqlx::query(KEEP)
        .bind(hearing.to_string())
        .bind(seal.statement.clone())
        .bind(seal.signatures.ed25519.to_vec())
        .bind(seal.signatures.sm2.to_vec())
        .bind(seal.keys.ed25519.0.to_vec())
        .bind(seal.keys.sm2.0.to_vec())
        .execute(executor)
        .await?;
    Ok(())
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Error> {
    bytes.try_into().map_err(|_| damaged())
}

fn damaged() -> Error {
    Error::Archive("a seal in the database is damaged".into())
}
