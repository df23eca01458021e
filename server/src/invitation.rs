//! Invitations: how somebody without an account comes to a seat, and how the seat is taken back.
//!
//! ```text
//! issued ──accepted with link or code and the phone check──▶ seat key ──accepted again──▶ another key, the old one dead
//!    └──revoked, expired, issued again──▶ gone, its key with it
//! ```
//!
//! One link of 256 bits and one short code for reading out, for one seat of one hearing. All are kept as hashes, and
//! the phone check only together with link or code, so that the database alone opens no seat. Looking at an
//! invitation uses nothing up; only a POST with the phone check does.

use procedure::{Moment, SeatId};
use sqlx::{AnyPool, Connection, Row};
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
    token_check: String,
    code_check: String,
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
    revoked: broadcast::Sender<Revoked>,
}

impl Invitations {
    /// The invitations in a database.
    #[must_use]
    pub fn new(pool: AnyPool, limits: &Limits) -> Self {
        let good_ms = Limits::ms(limits.invitation_days).saturating_mul(24 * 60 * 60 * 1000);
        Self { pool, good_ms, revoked: broadcast::channel(NOTICES_MAX).0 }
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
        self.revoke(hearing, seat).await?;
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
        .execute(&self.pool)
        .await?;
        Ok(issued)
    }

    /// The invitation that somebody shows, if it is good at that moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, shown: Shown<'_>, now: Moment) -> Result<Option<Invitation>, Error> {
        let (sql, secret) = match shown {
            Shown::Link(token) => (
                "SELECT id, hearing, seat, expires, token_check, code_check FROM invitation WHERE token = $1",
                token::hash(token),
            ),
            Shown::Code(code) => (
                "SELECT id, hearing, seat, expires, token_check, code_check FROM invitation WHERE code = $1",
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
        };
        Ok(Some(invitation).filter(|invitation| now < invitation.expires))
    }

    /// Gives the seat a new key in exchange for the invitation; the key before it dies.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accept(&self, invitation: &Invitation, now: Moment) -> Result<String, Error> {
        let key = token::secret()?;
        let mut connection = self.pool.acquire().await?;
        let mut transaction = connection.begin().await?;
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
        transaction.commit().await?;
        if before.rows_affected() > 0 {
            self.tell(&invitation.hearing, &invitation.seat);
        }
        Ok(key)
    }

    /// Takes an invitation back, and the key that came of it. True when there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke(&self, hearing: &str, seat: &SeatId) -> Result<bool, Error> {
        let mut gone = 0;
        for sql in [
            "DELETE FROM invitation WHERE hearing = $1 AND seat = $2",
            "DELETE FROM seat_key WHERE hearing = $1 AND seat = $2",
        ] {
            let done =
                sqlx::query(sql).bind(hearing.to_string()).bind(seat.0.clone()).execute(&self.pool).await?;
            gone += done.rows_affected();
        }
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

    fn tell(&self, hearing: &str, seat: &SeatId) {
        // Nobody may be listening; then there is no socket to cut.
        let _ = self.revoked.send(Revoked { hearing: hearing.into(), seat: seat.clone() });
    }
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
