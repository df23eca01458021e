//! The links by which a delivered paper is opened: of 256 bits, kept as hashes, each good only together with the last four
//! digits of the addressee's mobile number. Looking at a link uses nothing up and counts as nothing, so that a program which
//! previews links has read nothing.

use procedure::{Moment, SeatId};
use sqlx::{AnyPool, Row, any::AnyRow};

use crate::{Error, config::Limits, token};

/// A link that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which hearing.
    pub hearing: String,
    /// Which delivery.
    pub delivery: String,
    /// To which seat it was delivered.
    pub seat: SeatId,
    check: String,
}

impl Link {
    /// Whether the digits belong to it.
    #[must_use]
    pub fn matches(&self, token: &str, phone_tail: &str) -> bool {
        token::hash_pair(token, phone_tail) == self.check
    }
}

/// All links.
#[derive(Clone, Debug)]
pub struct Links {
    pool: AnyPool,
    good_ms: i64,
    open_ms: i64,
    wrong_max: i64,
}

impl Links {
    /// The links in a database.
    #[must_use]
    pub fn new(pool: AnyPool, limits: &Limits) -> Self {
        Self {
            pool,
            good_ms: Limits::ms(limits.delivery_days).saturating_mul(24 * 60 * 60 * 1000),
            open_ms: Limits::ms(limits.delivery_open_ms),
            wrong_max: i64::try_from(limits.invitation_tries_all).unwrap_or(i64::MAX),
        }
    }

    /// A new link to a delivery. Those of earlier tries stay good: one of them may have arrived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue(
        &self,
        hearing: &str,
        (delivery, seat): (&str, &SeatId),
        phone_tail: &str,
        now: Moment,
    ) -> Result<String, Error> {
        let token = token::secret()?;
        sqlx::query(
            "INSERT INTO delivery_link (token, hearing, delivery, seat, token_check, expires) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(token::hash(&token))
        .bind(hearing.to_string())
        .bind(delivery.to_string())
        .bind(seat.0.clone())
        .bind(token::hash_pair(&token, phone_tail))
        .bind(now.plus_ms(self.good_ms).0)
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    /// The link that somebody shows, if it is good at that moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, token: &str, now: Moment) -> Result<Option<Link>, Error> {
        let row = sqlx::query(
            "SELECT hearing, delivery_link.delivery, seat, token_check FROM delivery_link \
             LEFT JOIN delivery_wrong ON delivery_wrong.delivery = delivery_link.delivery \
             WHERE token = $1 AND expires > $2 AND COALESCE(wrong, 0) < $3",
        )
        .bind(token::hash(token))
        .bind(now.0)
        .bind(self.wrong_max)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(Link {
                hearing: row.try_get(0)?,
                delivery: row.try_get(1)?,
                seat: SeatId(row.try_get(2)?),
                check: row.try_get(3)?,
            })
        })
        .transpose()
    }

    /// Counts a wrong check. After too many the links of the delivery are good for nothing and it must be sent again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checked_wrongly(&self, delivery: &str) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO delivery_wrong (delivery, wrong) VALUES ($1, 1) \
             ON CONFLICT (delivery) DO UPDATE SET wrong = delivery_wrong.wrong + 1",
        )
        .bind(delivery.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What opens a delivery from now on, for whoever has just given the right digits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(&self, link: &Link, now: Moment) -> Result<String, Error> {
        sqlx::query("DELETE FROM delivery_open WHERE until < $1").bind(now.0).execute(&self.pool).await?;
        let key = token::secret()?;
        sqlx::query(
            "INSERT INTO delivery_open (token, hearing, delivery, seat, until) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(token::hash(&key))
        .bind(link.hearing.clone())
        .bind(link.delivery.clone())
        .bind(link.seat.0.clone())
        .bind(now.plus_ms(self.open_ms).0)
        .execute(&self.pool)
        .await?;
        Ok(key)
    }

    /// Whether a key opens a delivery at that moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_open(&self, key: &str, delivery: &str, now: Moment) -> Result<bool, Error> {
        let row: Option<AnyRow> =
            sqlx::query("SELECT until FROM delivery_open WHERE token = $1 AND delivery = $2 AND until > $3")
                .bind(token::hash(key))
                .bind(delivery.to_string())
                .bind(now.0)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.is_some())
    }

    /// Forgets links that are good for nothing any more, and what was counted of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_expired(&self, now: Moment) -> Result<(), Error> {
        sqlx::query("DELETE FROM delivery_link WHERE expires <= $1").bind(now.0).execute(&self.pool).await?;
        sqlx::query("DELETE FROM delivery_open WHERE until <= $1").bind(now.0).execute(&self.pool).await?;
        sqlx::query("DELETE FROM delivery_wrong WHERE delivery NOT IN (SELECT delivery FROM delivery_link)")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Closes the links of a delivery that was taken back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close(&self, delivery: &str) -> Result<(), Error> {
        for sql in
            ["DELETE FROM delivery_open WHERE delivery = $1", "DELETE FROM delivery_link WHERE delivery = $1"]
        {
            sqlx::query(sql).bind(delivery.to_string()).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Closes the links to a seat that was taken back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_seat(&self, hearing: &str, seat: &SeatId) -> Result<(), Error> {
        for sql in [
            "DELETE FROM delivery_open WHERE hearing = $1 AND seat = $2",
            "DELETE FROM delivery_link WHERE hearing = $1 AND seat = $2",
        ] {
            sqlx::query(sql).bind(hearing.to_string()).bind(seat.0.clone()).execute(&self.pool).await?;
        }
        Ok(())
    }
}
