//! The accounts of the staff: a name, a password, one post in the office, and the sessions that follow from them.
//!
//! ```text
//! (no account) ──one-time link──▶ first administrator ──▶ other accounts
//! sign in ──▶ session ──idle too long, too old, signed out, disabled──▶ gone
//! ```
//!
//! Passwords are kept as argon2id, session tokens as SHA-256. A wrong name and a wrong password take the same time
//! and get the same answer.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use procedure::{Moment, Office};
use serde::{Deserialize, Serialize};
use sqlx::{AnyPool, Row};
use tokio::sync::Semaphore;

use crate::{Error, Failure, Refused, config::Limits, token};

pub mod api;

/// Shortest and longest password, in characters.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 10..=200;
/// Shortest and longest name, in characters.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=40;

/// Somebody on the staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Account {
    /// Name to sign in with.
    pub name: String,
    /// Post in the office, such as `chief-prosecutor`.
    #[schema(value_type = String)]
    pub role: Office,
    /// Whether it can no longer sign in.
    pub disabled: bool,
}

/// What changes in an account; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another password.
    pub password: Option<String>,
    /// Another post.
    pub office: Option<Office>,
    /// Whether it can sign in no longer.
    pub disabled: Option<bool>,
}

/// The accounts and sessions.
#[derive(Debug)]
pub struct Accounts {
    pool: AnyPool,
    hashing: Semaphore,
    /// Checked against when there is no such name, so that it takes as long.
    nobody: String,
    idle_ms: i64,
    age_ms: i64,
}

impl Accounts {
    /// The accounts in a database.
    ///
    /// # Errors
    /// When no password can be hashed here.
    pub fn new(pool: AnyPool, limits: &Limits) -> Result<Self, Error> {
        Ok(Self {
            pool,
            hashing: Semaphore::new(Limits::count(limits.hashes_at_once)),
            nobody: hash(&token::secret()?)?,
            idle_ms: Limits::ms(limits.session_idle_ms),
            age_ms: Limits::ms(limits.session_age_ms),
        })
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all(&self) -> Result<Vec<Account>, Error> {
        let rows = sqlx::query("SELECT name, office, disabled FROM account ORDER BY name")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| account(row.try_get(0)?, &row.try_get::<String, _>(1)?, row.try_get(2)?))
            .collect()
    }

    /// Makes an account.
    ///
    /// # Errors
    /// When the name or the password will not do, or the name is taken.
    pub async fn add(&self, name: &str, password: &str, office: Office, now: Moment) -> Result<(), Failure> {
        check_name(name)?;
        let password = self.hashed(password).await?;
        // Chief beside chief would be taken for one.
        let alike = |account: &Account| account.name.to_lowercase() == name.to_lowercase();
        if self.all().await?.iter().any(alike) {
            return Err(Refused::NameTaken.into());
        }
        let done = sqlx::query(
            "INSERT INTO account (name, password, office, disabled, created) \
             SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), 0, CAST($4 AS BIGINT) \
             WHERE NOT EXISTS (SELECT 1 FROM account WHERE lower(name) = lower($5)) ON CONFLICT (name) DO NOTHING",
        )
        .bind(name.to_string())
        .bind(password)
        .bind(serde_json::to_string(&office)?)
        .bind(now.0)
        .bind(name.to_string())
        .execute(&self.pool)
        .await?;
        if done.rows_affected() == 0 { Err(Refused::NameTaken.into()) } else { Ok(()) }
    }

    /// Gives an account another password or post, enables or disables it, and ends its sessions.
    ///
    /// # Errors
    /// When there is no such account, or it is the last administrator.
    pub async fn change(&self, name: &str, change: Change) -> Result<(), Failure> {
        let Change { password, office, disabled } = change;
        let all = self.all().await?;
        let Some(account) = all.iter().find(|account| account.name == name) else {
            return Err(Refused::AccountUnknown.into());
        };
        let others = all.iter().any(|a| a.role == Office::Administrator && !a.disabled && a.name != name);
        let stays = disabled != Some(true) && office.is_none_or(|office| office == Office::Administrator);
        if account.role == Office::Administrator && !account.disabled && !stays && !others {
            return Err(Refused::LastAdministrator.into());
        }
        if let Some(password) = password {
            let password = self.hashed(&password).await?;
            sqlx::query("UPDATE account SET password = $1 WHERE name = $2")
                .bind(password)
                .bind(name.to_string())
                .execute(&self.pool)
                .await?;
        }
        if let Some(office) = office {
            sqlx::query("UPDATE account SET office = $1 WHERE name = $2")
                .bind(serde_json::to_string(&office)?)
                .bind(name.to_string())
                .execute(&self.pool)
                .await?;
        }
        if let Some(disabled) = disabled {
            sqlx::query("UPDATE account SET disabled = $1 WHERE name = $2")
                .bind(i64::from(disabled))
                .bind(name.to_string())
                .execute(&self.pool)
                .await?;
        }
        sqlx::query("DELETE FROM session WHERE account = $1")
            .bind(name.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Whether this is the password of that account.
    ///
    /// # Errors
    /// [`Refused::WrongPassword`].
    pub async fn check(&self, name: &str, password: &str) -> Result<(), Failure> {
        let row = sqlx::query("SELECT password FROM account WHERE name = $1 AND disabled = 0")
            .bind(name.to_string())
            .fetch_optional(&self.pool)
            .await?;
        let known = match &row {
            Some(row) => row.try_get(0)?,
            None => self.nobody.clone(),
        };
        let right = self.matches(password, known).await? && row.is_some();
        if right { Ok(()) } else { Err(Refused::WrongPassword.into()) }
    }

    /// Signs somebody in; gives a new session token.
    ///
    /// # Errors
    /// When name and password do not belong together.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        now: Moment,
    ) -> Result<(String, Account), Failure> {
        self.check(name, password).await?;
        let row = sqlx::query("SELECT office, disabled FROM account WHERE name = $1")
            .bind(name.to_string())
            .fetch_optional(&self.pool)
            .await?
            .ok_or(Refused::WrongPassword)?;
        let account = account(name.into(), &row.try_get::<String, _>(0)?, row.try_get(1)?)?;
        let token = token::secret()?;
        sqlx::query("INSERT INTO session (token, account, created, seen) VALUES ($1, $2, $3, $3)")
            .bind(token::hash(&token))
            .bind(name.to_string())
            .bind(now.0)
            .execute(&self.pool)
            .await?;
        self.sweep(now).await?;
        Ok((token, account))
    }

    /// Whose session a token is, if it is still good; it has been used now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token: &str, now: Moment) -> Result<Option<Account>, Error> {
        let Some((account, seen)) = self.good(token, now).await? else { return Ok(None) };
        // Written down once in a while only: every look at a page would otherwise wait for the disk.
        if now.ms_since(seen) > self.idle_ms / 20 {
            sqlx::query("UPDATE session SET seen = $1 WHERE token = $2")
                .bind(now.0)
                .bind(token::hash(token))
                .execute(&self.pool)
                .await?;
        }
        Ok(Some(account))
    }

    /// The same for what a page asks by itself: nobody has used the session, and it ends when it would have ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_unused(&self, token: &str, now: Moment) -> Result<Option<Account>, Error> {
        Ok(self.good(token, now).await?.map(|(account, _)| account))
    }

    /// Whose session it is and when it was last used; one that is over is deleted.
    async fn good(&self, token: &str, now: Moment) -> Result<Option<(Account, Moment)>, Error> {
        let row = sqlx::query(
            "SELECT account.name, account.office, account.disabled, session.created, session.seen FROM session \
             JOIN account ON account.name = session.account WHERE session.token = $1",
        )
        .bind(token::hash(token))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (created, seen) = (Moment(row.try_get(3)?), Moment(row.try_get(4)?));
        let account = account(row.try_get(0)?, &row.try_get::<String, _>(1)?, row.try_get(2)?)?;
        if account.disabled || now.ms_since(created) >= self.age_ms || now.ms_since(seen) >= self.idle_ms {
            self.sign_out(token).await?;
            return Ok(None);
        }
        Ok(Some((account, seen)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, token: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM session WHERE token = $1")
            .bind(token::hash(token))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The token of the one-time link for the first administrator; none when there is an account already. A new
    /// one replaces the old one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setup_token(&self, now: Moment) -> Result<Option<String>, Error> {
        if !self.all().await?.is_empty() {
            return Ok(None);
        }
        let token = token::secret()?;
        sqlx::query("DELETE FROM setup").execute(&self.pool).await?;
        sqlx::query("INSERT INTO setup (token, created) VALUES ($1, $2)")
            .bind(token::hash(&token))
            .bind(now.0)
            .execute(&self.pool)
            .await?;
        Ok(Some(token))
    }

    /// Makes the first administrator.
    ///
    /// # Errors
    /// When the link has been used or is not the last one printed.
    pub async fn set_up(&self, token: &str, name: &str, password: &str, now: Moment) -> Result<(), Failure> {
        check_name(name)?;
        check_password(password)?;
        let known = sqlx::query("DELETE FROM setup WHERE token = $1")
            .bind(token::hash(token))
            .execute(&self.pool)
            .await?;
        if known.rows_affected() == 0 || !self.all().await?.is_empty() {
            return Err(Refused::SetupOver.into());
        }
        self.add(name, password, Office::Administrator, now).await
    }

    async fn sweep(&self, now: Moment) -> Result<(), Error> {
        sqlx::query("DELETE FROM session WHERE created < $1 OR seen < $2")
            .bind(now.0.saturating_sub(self.age_ms))
            .bind(now.0.saturating_sub(self.idle_ms))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn hashed(&self, password: &str) -> Result<String, Failure> {
        check_password(password)?;
        let _turn = self.hashing.acquire().await.map_err(|_| Error::Stopping)?;
        let password = password.to_string();
        let hashed =
            tokio::task::spawn_blocking(move || hash(&password)).await.map_err(|_| Error::Password)?;
        Ok(hashed?)
    }

    async fn matches(&self, password: &str, known: String) -> Result<bool, Error> {
        let _turn = self.hashing.acquire().await.map_err(|_| Error::Stopping)?;
        // Longer ones are wrong anyway and only cost time.
        let password: String = password.chars().take(PASSWORD_CHARS.end() + 1).collect();
        let checked = tokio::task::spawn_blocking(move || {
            let known = PasswordHash::new(&known).map_err(|_| Error::Password)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &known).is_ok())
        });
        checked.await.map_err(|_| Error::Password)?
    }
}

fn hash(password: &str) -> Result<String, Error> {
    let hashed = Argon2::default().hash_password(password.as_bytes()).map_err(|_| Error::Password)?;
    Ok(hashed.to_string())
}

fn account(name: String, office: &str, disabled: i64) -> Result<Account, Error> {
    Ok(Account { name, role: serde_json::from_str(office)?, disabled: disabled != 0 })
}

fn check_name(name: &str) -> Result<(), Refused> {
    // Full-width letters look like others and are not.
    let letter = |letter: char| letter.is_alphanumeric() && !matches!(letter, '\u{ff00}'..='\u{ffef}');
    let plain = name.chars().all(|sign| letter(sign) || matches!(sign, '.' | '-' | '_'));
    let begins = name.starts_with(letter);
    if plain && begins && NAME_CHARS.contains(&name.chars().count()) { Ok(()) } else { Err(Refused::BadName) }
}

fn check_password(password: &str) -> Result<(), Refused> {
    if PASSWORD_CHARS.contains(&password.chars().count()) { Ok(()) } else { Err(Refused::WeakPassword) }
}
