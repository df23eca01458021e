//! Invitations: how somebody without an account comes to a seat, and how the seat is taken back.
//!
//! ```text
//! issued ──accepted with link or code and the phone check──▶ seat key ──accepted again──▶ another key, the old one dead
//!    ├──revoked, issued again──▶ gone, its key with it
//!    └──expired, checked wrongly too often──▶ gone; a key that came of it before stays
//! ```
//!
//! One link of 256 bits and one short code for reading out, for one seat of one hearing. All are kept as hashes, and
//! the phone check only together with link or code, so that the database alone opens no seat. Looking at an
//! invitation uses nothing up; only a POST with the phone check does.

use procedure::{Moment, SeatId};
use serde::Serialize;
use sqlx::{AnyConnection, AnyPool, Connection, Row};
use tokio::sync::broadcast;

use crate::{Error, config::Limits, token};

pub mod api;

/// Revocations that a room may fall behind with before it looks at all its seats anew.
const NOTICES_MAX: usize = 1024;

/// Something that ended a seat's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Of which hearing.
    pub hearing: String,
    /// Which seat.
    pub seat: SeatId,
}

/// A fresh invitation; what is in it is told once and kept nowhere.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The secret of the link.
    pub token: String,
    /// The code to be read out.
    pub code: String,
    /// Until when it is good.
    pub expires: Moment,
}

/// An invitation, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id, for counting wrong checks.
    pub id: String,
    /// To which hearing.
    pub hearing: String,
    /// To which seat.
    pub seat: SeatId,
    /// Until when.
    pub expires: Moment,
    /// How often it was checked wrongly.
    wrong: i64,
    token_check: String,
    code_check: String,
}

/// How the invitation of a seat stands; nothing in it opens the seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Sent {
    /// To which seat.
    #[schema(value_type = String)]
    pub seat: SeatId,
    /// When it was issued, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub issued: Moment,
    /// Until when it is good, in milliseconds since 1970.
    #[schema(value_type = i64)]
    pub expires: Moment,
    /// Whether it is no longer good.
    pub expired: bool,
    /// Whether it was checked wrongly too often and must be issued again.
    pub spent: bool,
    /// When it was last used to come in, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub used: Option<Moment>,
}

/// What somebody shows to come in.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// The secret of the link.
    Link(&'a str),
    /// The code as typed.
    Code(&'a str),
}

/// Whom a seat key belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Which hearing.
    pub hearing: String,
    /// Which seat.
    pub seat: SeatId,
}

/// The invitations and seat keys.
#[derive(Debug)]
pub struct Invitations {
    pool: AnyPool,
    good_ms: i64,
    wrong_max: i64,
    revoked: broadcast::Sender<Revoked>,
}

impl Invitations {
    /// The invitations in a database.
    #[must_use]
    pub fn new(pool: AnyPool, limits: &Limits) -> Self {
        let good_ms = Limits::ms(limits.invitation_days).saturating_mul(24 * 60 * 60 * 1000);
        let wrong_max = i64::try_from(limits.invitation_tries_all).unwrap_or(i64::MAX);
        Self { pool, good_ms, wrong_max, revoked: broadcast::channel(NOTICES_MAX).0 }
    }

    /// Every seat whose keys end, from now on.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Revoked> {
        self.revoked.subscribe()
    }

    /// Issues an invitation to a seat; one issued before dies, with its key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue(
        &self,
        hearing: &str,
        seat: &SeatId,
        phone_tail: &str,
        now: Moment,
    ) -> Result<Issued, Error> {
        let issued =
            Issued { token: token::secret()?, code: token::code()?, expires: now.plus_ms(self.good_ms) };
        let code = token::tidy_code(&issued.code);
        let mut connection = self.pool.acquire().await?;
        let mut transaction = connection.begin().await?;
        let gone = take_back(&mut transaction, hearing, seat).await?;
        sqlx::query(
            "INSERT INTO invitation (id, hearing, seat, token, code, token_check, code_check, created, expires) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(hearing.to_string())
        .bind(seat.0.clone())
        .bind(token::hash(&issued.token))
        .bind(token::hash(&code))
        .bind(token::hash_pair(&issued.token, phone_tail))
        .bind(token::hash_pair(&code, phone_tail))
        .bind(now.0)
        .bind(issued.expires.0)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        if gone > 0 {
            self.tell(hearing, seat);
        }
        Ok(issued)
    }

    /// The invitations to a hearing, by seat.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent(&self, hearing: &str, now: Moment) -> Result<Vec<Sent>, Error> {
        let rows = sqlx::query(
            "SELECT invitation.seat, invitation.created, invitation.expires, seat_key.created, \
             COALESCE(invitation_wrong.wrong, 0) FROM invitation \
             LEFT JOIN invitation_wrong ON invitation_wrong.id = invitation.id LEFT JOIN seat_key ON seat_key.hearing = invitation.hearing AND seat_key.seat = invitation.seat \
             WHERE invitation.hearing = $1 ORDER BY invitation.seat",
        )
        .bind(hearing.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let expires = Moment(row.try_get(2)?);
                Ok(Sent {
                    seat: SeatId(row.try_get(0)?),
                    issued: Moment(row.try_get(1)?),
                    expires,
                    expired: now >= expires,
                    used: row.try_get::<Option<i64>, _>(3)?.map(Moment),
                    spent: row.try_get::<i64, _>(4)? >= self.wrong_max,
                })
            })
            .collect()
    }

    /// The invitation that somebody shows, if it is good at that moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, shown: Shown<'_>, now: Moment) -> Result<Option<Invitation>, Error> {
        let (sql, secret) = match shown {
            Shown::Link(token) => (
                "SELECT invitation.id, hearing, seat, expires, token_check, code_check, COALESCE(wrong, 0) \
                 FROM invitation LEFT JOIN invitation_wrong ON invitation_wrong.id = invitation.id \
                 WHERE token = $1",
                token::hash(token),
            ),
            Shown::Code(code) => (
                "SELECT invitation.id, hearing, seat, expires, token_check, code_check, COALESCE(wrong, 0) \
                 FROM invitation LEFT JOIN invitation_wrong ON invitation_wrong.id = invitation.id \
                 WHERE code = $1",
                token::hash(&token::tidy_code(code)),
            ),
        };
        let Some(row) = sqlx::query(sql).bind(secret).fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let invitation = Invitation {
            id: row.try_get(0)?,
            hearing: row.try_get(1)?,
            seat: SeatId(row.try_get(2)?),
            expires: Moment(row.try_get(3)?),
            token_check: row.try_get(4)?,
            code_check: row.try_get(5)?,
            wrong: row.try_get(6)?,
        };
        let good = |known: &Invitation| now < known.expires && known.wrong < self.wrong_max;
        Ok(Some(invitation).filter(good))
    }

    /// Counts a wrong check. After too many the invitation is good for nothing and must be issued again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checked_wrongly(&self, invitation: &Invitation) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO invitation_wrong (id, wrong) VALUES ($1, 1) \
             ON CONFLICT (id) DO UPDATE SET wrong = invitation_wrong.wrong + 1",
        )
        .bind(invitation.id.clone())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives the seat a new key in exchange for the invitation; the key before it dies. None when the invitation has
    /// been taken back meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accept(
        &self,
        invitation: &Invitation,
        phone_tail: &str,
        now: Moment,
    ) -> Result<Option<String>, Error> {
        let key = token::secret()?;
        let mut connection = self.pool.acquire().await?;
        let mut transaction = connection.begin().await?;
        // Changes nothing, but holds the invitation until the key is written.
        let held = sqlx::query("UPDATE invitation SET expires = expires WHERE id = $1")
            .bind(invitation.id.clone())
            .execute(&mut *transaction)
            .await?;
        if held.rows_affected() == 0 {
            return Ok(None);
        }
        forget_checks(&mut transaction, &invitation.hearing, &invitation.seat).await?;
        let before = sqlx::query("DELETE FROM seat_key WHERE hearing = $1 AND seat = $2")
            .bind(invitation.hearing.clone())
            .bind(invitation.seat.0.clone())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO seat_key (token, hearing, seat, created) VALUES ($1, $2, $3, $4)")
            .bind(token::hash(&key))
            .bind(invitation.hearing.clone())
            .bind(invitation.seat.0.clone())
            .bind(now.0)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO seat_key_check (token, phone_check) VALUES ($1, $2)")
            .bind(token::hash(&key))
            .bind(token::hash_pair(&key, phone_tail))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        if before.rows_affected() > 0 {
            self.tell(&invitation.hearing, &invitation.seat);
        }
        Ok(Some(key))
    }

    /// Takes an invitation back, and the key that came of it. True when there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke(&self, hearing: &str, seat: &SeatId) -> Result<bool, Error> {
        let mut connection = self.pool.acquire().await?;
        let mut transaction = connection.begin().await?;
        let gone = take_back(&mut transaction, hearing, seat).await?;
        transaction.commit().await?;
        if gone > 0 {
            self.tell(hearing, seat);
        }
        Ok(gone > 0)
    }

    /// Whose key this is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holder(&self, key: &str) -> Result<Option<Holder>, Error> {
        let row = sqlx::query("SELECT hearing, seat FROM seat_key WHERE token = $1")
            .bind(token::hash(key))
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok(Holder { hearing: row.try_get(0)?, seat: SeatId(row.try_get(1)?) })).transpose()
    }

    /// Whether the last four digits are those with which this key was given out. None for a key without such a check, and for
    /// one with which it went wrong as often as with an invitation: whoever holds it comes in anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows(&self, key: &str, phone_tail: &str) -> Result<Option<bool>, Error> {
        let row = sqlx::query("SELECT phone_check, wrong FROM seat_key_check WHERE token = $1")
            .bind(token::hash(key))
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (check, wrong): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        if wrong >= self.wrong_max {
            return Ok(None);
        }
        let right = check == token::hash_pair(key, phone_tail);
        if !right {
            sqlx::query("UPDATE seat_key_check SET wrong = wrong + 1 WHERE token = $1")
                .bind(token::hash(key))
                .execute(&self.pool)
                .await?;
        }
        Ok(Some(right))
    }

    fn tell(&self, hearing: &str, seat: &SeatId) {
        // Nobody may be listening; then there is no socket to cut.
        let _ = self.revoked.send(Revoked { hearing: hearing.into(), seat: seat.clone() });
    }
}

/// Deletes the invitation of a seat and its key; says how many there were.
async fn take_back(connection: &mut AnyConnection, hearing: &str, seat: &SeatId) -> Result<u64, Error> {
    const WRONG: &str = "DELETE FROM invitation_wrong WHERE id IN \
                         (SELECT id FROM invitation WHERE hearing = $1 AND seat = $2)";
    const INVITATION: &str = "DELETE FROM invitation WHERE hearing = $1 AND seat = $2";
    const KEY: &str = "DELETE FROM seat_key WHERE hearing = $1 AND seat = $2";
    forget_checks(connection, hearing, seat).await?;
    let mut gone = 0;
    for (sql, counts) in [(WRONG, false), (INVITATION, true), (KEY, true)] {
        let done =
            sqlx::query(sql).bind(hearing.to_string()).bind(seat.0.clone()).execute(&mut *connection).await?;
        gone += if counts { done.rows_affected() } else { 0 };
    }
    Ok(gone)
}

/// Deletes the phone checks of the keys of a seat.
async fn forget_checks(connection: &mut AnyConnection, hearing: &str, seat: &SeatId) -> Result<(), Error> {
    const FORGET: &str = "DELETE FROM seat_key_check WHERE token IN \
                          (SELECT token FROM seat_key WHERE hearing = $1 AND seat = $2)";
    sqlx::query(FORGET).bind(hearing.to_string()).bind(seat.0.clone()).execute(connection).await?;
    Ok(())
}

impl Invitation {
    /// Whether the phone check belongs to what is shown.
    #[must_use]
    pub fn matches(&self, shown: Shown<'_>, phone_tail: &str) -> bool {
        match shown {
            Shown::Link(token) => token::hash_pair(token, phone_tail) == self.token_check,
            Shown::Code(code) => token::hash_pair(&token::tidy_code(code), phone_tail) == self.code_check,
        }
    }
}
