//! Where somebody can be reached: mobile number, mail and postal address, and whether they agreed to be served by
//! electronic means. Kept in a table of its own, for the office alone; never in the log of a hearing or of its deliveries.

use lettre::Address;
use procedure::{Moment, SeatId};
use serde::{Deserialize, Serialize};
use sqlx::{AnyPool, Row, any::AnyRow};

use super::Way;
use crate::{Error, Failure, Refused};

/// Digits of a telephone number.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=15;
/// Longest postal address, in characters.
const POST_CHARS_MAX: usize = 200;
/// So much of a postal address is shown at most, in characters.
const POST_CHARS_SHOWN: usize = 6;
/// Longest mail address, in bytes (RFC 5321).
const MAIL_BYTES_MAX: usize = 254;

/// Where somebody can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Of which seat.
    #[schema(value_type = String)]
    pub seat: SeatId,
    /// Mobile number; empty where there is none. Its last four digits open what is delivered.
    #[serde(default)]
    pub mobile: String,
    /// Mail address; empty where there is none.
    #[serde(default)]
    pub mail: String,
    /// Postal address; empty where there is none.
    #[serde(default)]
    pub post: String,
    /// Whether the person agreed to be served by electronic means.
    #[serde(default)]
    pub consent: bool,
}

impl Contact {
    /// The same tidied up.
    ///
    /// # Errors
    /// [`Refused::BadContact`] when a number or an address can be none.
    pub fn checked(self) -> Result<Self, Refused> {
        let Self { seat, mobile, mail, post, consent } = self;
        let mobile: String = mobile.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
        let (mail, post) = (mail.trim().to_string(), post.split_whitespace().collect::<Vec<_>>().join(" "));
        let digits = mobile.strip_prefix('+').unwrap_or(&mobile);
        let number = DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let written = mail.len() <= MAIL_BYTES_MAX && mail.parse::<Address>().is_ok();
        let right = (mobile.is_empty() || number)
            && (mail.is_empty() || written)
            && post.chars().count() <= POST_CHARS_MAX
            && !post.chars().any(char::is_control)
            && (!consent || !mobile.is_empty());
        if right { Ok(Self { seat, mobile, mail, post, consent }) } else { Err(Refused::BadContact) }
    }

    /// Whether nothing is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.mobile.is_empty() && self.mail.is_empty() && self.post.is_empty()
    }

    /// Where something is sent by that way.
    ///
    /// # Errors
    /// When the person has not agreed to it, or has no such address.
    pub fn reached_by(&self, way: Way) -> Result<&str, Refused> {
        let address = match way {
            Way::InPerson => return Ok(""),
            Way::Mail => &self.mail,
            Way::Sms => &self.mobile,
            Way::Post => &self.post,
        };
        if way.is_electronic() && !(self.consent && self.tail().is_some()) {
            return Err(Refused::NoConsent);
        }
        if address.is_empty() { Err(Refused::NoAddress) } else { Ok(address) }
    }

    /// The last four digits of the mobile number.
    #[must_use]
    pub fn tail(&self) -> Option<&str> {
        self.mobile.len().checked_sub(4).and_then(|from| self.mobile.get(from..))
    }

    /// The same as it is shown: enough to be recognised by whoever knows it.
    #[must_use]
    pub fn masked(&self) -> Self {
        Self {
            seat: self.seat.clone(),
            mobile: masked(Way::Sms, &self.mobile),
            mail: masked(Way::Mail, &self.mail),
            post: masked(Way::Post, &self.post),
            consent: self.consent,
        }
    }
}

/// An address as it is shown, never whole: `138****2001`, `c***@example.com`, the first six characters of a postal address, of
/// a short one the first half.
#[must_use]
pub fn masked(way: Way, address: &str) -> String {
    let begin = |count: usize| address.chars().take(count).collect::<String>();
    match way {
        Way::InPerson => String::new(),
        _ if address.is_empty() => String::new(),
        Way::Sms => {
            let from = address.len().checked_sub(4).filter(|from| *from > 0);
            let tail = from.and_then(|from| address.get(from..)).unwrap_or_default();
            let head = if address.len() >= 11 { begin(address.len() - 8) } else { String::new() };
            format!("{head}****{tail}")
        }
        Way::Mail => {
            let (name, domain) = address.rsplit_once('@').unwrap_or((address, ""));
            // Of a name of one letter nothing would be left to hide.
            let shown = usize::from(name.chars().nth(1).is_some());
            format!("{}***@{domain}", begin(shown))
        }
        Way::Post => format!("{}****", begin(POST_CHARS_SHOWN.min(address.chars().count() / 2))),
    }
}

/// All contacts.
#[derive(Clone, Debug)]
pub struct Contacts {
    pool: AnyPool,
}

impl Contacts {
    /// The contacts in a database.
    #[must_use]
    pub const fn new(pool: AnyPool) -> Self {
        Self { pool }
    }

    /// The seats of which something is known, with their hearings.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seats(&self) -> Result<Vec<(String, SeatId)>, Error> {
        let rows = sqlx::query("SELECT hearing, seat FROM contact ORDER BY hearing, seat");
        let rows = rows.fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, SeatId(row.try_get(1)?)))).collect()
    }

    /// Those of a hearing, by seat, as they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all(&self, hearing: &str) -> Result<Vec<Contact>, Error> {
        let rows = sqlx::query(
            "SELECT seat, mobile, mail, post, consent FROM contact WHERE hearing = $1 ORDER BY seat",
        )
        .bind(hearing.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(contact).collect()
    }

    /// That of a seat; an empty one where nothing is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(&self, hearing: &str, seat: &SeatId) -> Result<Contact, Error> {
        let row = sqlx::query(
            "SELECT seat, mobile, mail, post, consent FROM contact WHERE hearing = $1 AND seat = $2",
        )
        .bind(hearing.to_string())
        .bind(seat.0.clone())
        .fetch_optional(&self.pool)
        .await?;
        let none = Contact { seat: seat.clone(), ..Contact::default() };
        row.as_ref().map_or(Ok(none), contact)
    }

    /// Keeps a contact in the place of the one before; an empty one is forgotten.
    ///
    /// # Errors
    /// When it cannot be one, or the database fails.
    pub async fn keep(&self, hearing: &str, contact: Contact, now: Moment) -> Result<Contact, Failure> {
        let contact = contact.checked()?;
        if contact.is_empty() {
            self.forget(hearing, &contact.seat).await?;
            return Ok(contact);
        }
        sqlx::query(
            "INSERT INTO contact (hearing, seat, mobile, mail, post, consent, changed) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hearing, seat) DO UPDATE SET \
             mobile = excluded.mobile, mail = excluded.mail, post = excluded.post, \
             consent = excluded.consent, changed = excluded.changed",
        )
        .bind(hearing.to_string())
        .bind(contact.seat.0.clone())
        .bind(contact.mobile.clone())
        .bind(contact.mail.clone())
        .bind(contact.post.clone())
        .bind(i64::from(contact.consent))
        .bind(now.0)
        .execute(&self.pool)
        .await?;
        Ok(contact)
    }

    /// Forgets those of hearings that were over before that moment, unless they were changed since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_before(&self, moment: Moment) -> Result<(), Error> {
        sqlx::query(
            "DELETE FROM contact WHERE changed < $1 AND hearing IN \
             (SELECT id FROM docket_hearing WHERE live = 0 AND scheduled < $2)",
        )
        .bind(moment.0)
        .bind(moment.0)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets that of a seat.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget(&self, hearing: &str, seat: &SeatId) -> Result<(), Error> {
        sqlx::query("DELETE FROM contact WHERE hearing = $1 AND seat = $2")
            .bind(hearing.to_string())
            .bind(seat.0.clone())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

fn contact(row: &AnyRow) -> Result<Contact, Error> {
    Ok(Contact {
        seat: SeatId(row.try_get(0)?),
        mobile: row.try_get(1)?,
        mail: row.try_get(2)?,
        post: row.try_get(3)?,
        consent: row.try_get::<i64, _>(4)? != 0,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contact(mobile: &str, mail: &str, consent: bool) -> Contact {
        Contact { seat: "a1".into(), mobile: mobile.into(), mail: mail.into(), consent, ..Contact::default() }
    }

    #[test]
    fn a_number_is_read_as_people_write_it_and_shown_masked() {
        let known = contact("138 1234-2001", "chen@example.com", true).checked().unwrap();
        assert_eq!(known.mobile, "13812342001");
        assert_eq!(known.tail(), Some("2001"));
        assert_eq!(known.masked().mobile, "138****2001");
        assert_eq!(known.masked().mail, "c***@example.com");
        assert_eq!(masked(Way::Post, "某市某区某路十二号三单元"), "某市某区某路****");
        assert_eq!(masked(Way::Post, "某市某路1号"), "某市某****");
        assert_eq!(masked(Way::Post, "村"), "****");
        assert_eq!(masked(Way::Mail, "c@example.com"), "***@example.com");
        assert_eq!(masked(Way::Sms, "2001"), "****");
        assert_eq!(masked(Way::Sms, "+8613812342001"), "+86138****2001");
    }

    proptest! {
        #[test]
        fn of_no_contact_more_is_shown_than_is_said_and_none_is_shown_whole(
            mobile in "\\+?[0-9]{6,15}",
            name in "[a-z0-9]{1,12}",
            post in "[某市区路号楼0-9a-z]{1,40}",
        ) {
            let mail = format!("{name}@example.com");
            let known = Contact { seat: "a1".into(), mobile, mail, post, consent: true }.checked().unwrap();
            let shown = known.masked();
            let of_post = shown.post.strip_suffix("****").unwrap();
            prop_assert!(known.post.starts_with(of_post));
            let (few, all) = (of_post.chars().count(), known.post.chars().count());
            prop_assert!(few <= POST_CHARS_SHOWN && few * 2 <= all);
            let of_name = shown.mail.strip_suffix("***@example.com").unwrap();
            prop_assert!(of_name.len() <= 1 && of_name.len() < name.len() && name.starts_with(of_name));
            let (head, tail) = shown.mobile.split_once("****").unwrap();
            prop_assert!(known.mobile.starts_with(head) && known.mobile.ends_with(tail));
            prop_assert!(tail.len() == 4 && head.len() + tail.len() < known.mobile.len());
        }
    }

    #[test]
    fn what_can_be_no_address_is_refused_and_consent_needs_a_number() {
        for (mobile, mail, consent) in [
            ("12", "", false),
            ("１３８１２３４２００１", "", false),
            ("", "chen", false),
            ("", "a@b\r\nBcc: c@d", false),
            ("", "a@b.example", true),
        ] {
            assert!(contact(mobile, mail, consent).checked().is_err(), "{mobile} {mail}");
        }
        assert_eq!(contact("13812342001", "", false).reached_by(Way::Sms), Err(Refused::NoConsent));
        assert_eq!(contact("13812342001", "", true).reached_by(Way::Mail), Err(Refused::NoAddress));
        assert_eq!(contact("", "", false).reached_by(Way::InPerson), Ok(""));
    }
}
