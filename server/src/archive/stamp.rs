//! The time stamp of a seal (RFC 3161): an authority outside the office says that the seal was there at a moment.
//!
//! ```text
//! seal.json ──SHA-256──▶ request ──▶ authority ──▶ reply ──checked──▶ kept, handed out as `seal.tsr`
//!                           ▲                                └──wrong, late, or none──▶ tried again later
//! ```
//!
//! The seal never waits for it. It is a file beside the case file and changes nothing in it; `openssl ts -verify` checks it
//! as well as `fengqiao verify --stamp`. The message is checked here (`check`), with the certificates of the authority's own
//! root: signers with RSA as well as with elliptic curves, which the stamp crates for software releases do not take.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};
use sqlx::{AnyPool, Row};

use self::check::{Stamped, Wrong};
use crate::{Config, Error, clock, config::Limits, gauge::Gauges};

pub mod api;
pub mod check;
mod request;

/// The authority that stamps, and what its answers are checked with.
#[derive(Clone, Debug)]
pub struct Authority {
    url: String,
    roots: Vec<CertificateDer<'static>>,
    client: reqwest::Client,
    bytes_max: u64,
    skew_ms: i64,
}

/// Why there is no stamp yet.
#[derive(Debug, thiserror::Error)]
pub enum Unstamped {
    /// It could not be reached, or did not answer in time.
    #[error("the authority did not answer: {0}")]
    Away(String),
    /// It answered with more than is allowed.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    /// Its answer is not a stamp of what was asked.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The machine failed.
    #[error(transparent)]
    Error(#[from] Error),
}

impl Authority {
    /// The authority of the set-up; none where there is none.
    ///
    /// # Errors
    /// When it is named without its certificates, or they cannot be read.
    pub fn open(config: &Config) -> Result<Option<Self>, Error> {
        let (url, file) = match (&config.stamp_authority, &config.stamp_certificates) {
            (None, None) => return Ok(None),
            (Some(url), Some(file)) => (url, file),
            (Some(_), None) => return Err(Error::Config("stamp-authority: stamp-certificates?".into())),
            (None, Some(_)) => return Err(Error::Config("stamp-certificates: stamp-authority?".into())),
        };
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(Error::Config("stamp-authority: http:// … | https:// …".into()));
        }
        let unreadable = |why: String| Error::Config(format!("{}: {why}", file.display()));
        let roots = roots(&std::fs::read(file).map_err(|error| unreadable(error.to_string()))?)
            .ok_or_else(|| unreadable("PEM CERTIFICATE?".into()))?;
        let client = reqwest::Client::builder()
            .timeout(Duration::from_millis(config.limits.stamp_timeout_ms))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Config(format!("stamp-authority: {error}")))?;
        Ok(Some(Self {
            url: url.clone(),
            roots,
            client,
            bytes_max: config.limits.stamp_bytes_max,
            skew_ms: Limits::ms(config.limits.stamp_skew_ms),
        }))
    }

    /// Has a seal stamped: the reply as it came, and what it says.
    ///
    /// # Errors
    /// When there is none to be had, or it does not hold.
    pub async fn stamp(&self, statement: &[u8]) -> Result<(Vec<u8>, Stamped), Unstamped> {
        let digest: [u8; 32] = Sha256::digest(statement).into();
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|_| Error::Chance)?;
        // A number that is positive and has no zero before it is written in one way only.
        nonce[0] = nonce[0] & 0x7f | 0x40;
        let asked = self
            .client
            .post(&self.url)
            .header("Content-Type", "application/timestamp-query")
            .header("Accept", "application/timestamp-reply")
            .body(request::query(&digest, &nonce));
        // Without the address, which may hold a password.
        let away = |error: reqwest::Error| Unstamped::Away(error.without_url().to_string());
        let mut answer = asked.send().await.and_then(reqwest::Response::error_for_status).map_err(away)?;
        let mut reply = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(away)? {
            if reply.len() + piece.len() > Limits::count(self.bytes_max) {
                return Err(Unstamped::TooLarge(self.bytes_max));
            }
            reply.extend_from_slice(&piece);
        }
        let stamped = check::check(&reply, &digest, Some(&nonce), &self.roots)?;
        if clock::now().ms_since(stamped.at).abs() > self.skew_ms {
            return Err(Wrong::Time.into());
        }
        Ok((reply, stamped))
    }
}

/// The certificates of a PEM file; none where there is none in it, or one cannot be read.
#[must_use]
pub fn roots(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let roots = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().ok()?;
    let known = |root: &CertificateDer<'_>| webpki::anchor_from_trusted_cert(root).is_ok();
    (!roots.is_empty() && roots.iter().all(known)).then_some(roots)
}

/// Has the seal of a hearing stamped and keeps the stamp. What goes wrong is counted, told to the machine's log, and tried
/// again by whoever calls.
///
/// # Errors
/// Why there is no stamp yet.
pub async fn obtain(
    pool: &AnyPool,
    gauges: &Gauges,
    authority: &Authority,
    hearing: &str,
    seal: &[u8],
) -> Result<(), Unstamped> {
    let stamped = match authority.stamp(seal).await {
        Ok((reply, stamped)) => keep(pool, hearing, stamped.at.0, reply).await.map_err(Unstamped::Error),
        Err(unstamped) => Err(unstamped),
    };
    match &stamped {
        Ok(()) => gauges.stamps_total.up(),
        Err(why) => {
            gauges.stamps_failed_total.up();
            tracing::warn!(hearing, %why, "a seal has no time stamp yet");
        }
    }
    stamped
}

/// Keeps the stamp of a hearing's seal, with its moment in milliseconds since 1970. The first stays.
///
/// # Errors
/// When the database fails.
pub async fn keep<'c, E>(executor: E, hearing: &str, at: i64, reply: Vec<u8>) -> Result<(), Error>
where
    E: sqlx::Executor<'c, Database = sqlx::Any>,
{
    sqlx::query(
        "INSERT INTO stamp (hearing, at, reply) VALUES ($1, $2, $3) ON CONFLICT (hearing) DO NOTHING",
    )
    .bind(hearing.to_string())
    .bind(at)
    .bind(reply)
    .execute(executor)
    .await?;
    Ok(())
}

/// The stamp of a hearing's seal, and its moment in milliseconds since 1970; none where there is none yet.
///
/// # Errors
/// When the database fails.
pub async fn kept(pool: &AnyPool, hearing: &str) -> Result<Option<(i64, Vec<u8>)>, Error> {
    let row = sqlx::query("SELECT at, reply FROM stamp WHERE hearing = $1")
        .bind(hearing.to_string())
        .fetch_optional(pool)
        .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}

/// Hearings in the catalogue whose seal has no stamp, those held last first.
///
/// # Errors
/// When the database fails.
pub async fn lacking(pool: &AnyPool) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "SELECT catalogue.hearing FROM catalogue JOIN seal ON seal.hearing = catalogue.hearing \
         LEFT JOIN stamp ON stamp.hearing = catalogue.hearing WHERE stamp.hearing IS NULL \
         ORDER BY catalogue.held DESC, catalogue.hearing",
    )
    .fetch_all(pool)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
