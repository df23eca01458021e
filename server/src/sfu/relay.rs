//! A relay for whose network lets nothing straight through: seats are given a name and a word with which the office's TURN
//! server (RFC 8656) takes them for a while. Neither server asks the other: both know a secret, and the name says until
//! when it holds (draft-uberti-behave-turn-rest-00, `use-auth-secret` of coturn).

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use procedure::{Moment, SeatId};
use serde_json::json;
use sha1::Sha1;

use crate::{Config, Error};

/// Milliseconds of an hour.
const HOUR_MS: u64 = 3_600_000;

/// The relay.
#[derive(Clone)]
pub struct Relay {
    urls: Vec<String>,
    key: Hmac<Sha1>,
    hours: u64,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("urls", &self.urls).finish_non_exhaustive()
    }
}

impl Relay {
    /// The relay that the configuration names; none where it names none.
    ///
    /// # Errors
    /// When the file of the secret cannot be read or is empty, or one of both is named without the other.
    pub fn of(config: &Config) -> Result<Option<Self>, Error> {
        match (&config.turn_urls[..], &config.turn_secret) {
            ([], None) => Ok(None),
            ([], Some(_)) => Err(Error::Config("turn-secret: turn-urls?".into())),
            (_, None) => Err(Error::Config("turn-urls: turn-secret?".into())),
            (urls, Some(file)) => {
                let wrong = |why: &str| Error::Config(format!("turn-secret: {}: {why}", file.display()));
                let secret = std::fs::read_to_string(file).map_err(|error| wrong(&error.to_string()))?;
                // The line that ends a file is no part of the secret.
                let secret = secret.trim();
                if secret.is_empty() {
                    return Err(wrong("empty"));
                }
                Self::new(urls.to_vec(), secret, config.limits.turn_hours).map(Some)
            }
        }
    }

    fn new(urls: Vec<String>, secret: &str, hours: u64) -> Result<Self, Error> {
        let known = |url: &String| url.starts_with("turn:") || url.starts_with("turns:");
        if let Some(odd) = urls.iter().find(|url| !known(url)) {
            return Err(Error::Config(format!("turn-urls: {odd}: turn:… turns:…")));
        }
        let key = Hmac::new_from_slice(secret.as_bytes()).map_err(|_| Error::Config("turn-secret".into()))?;
        Ok(Self { urls, key, hours })
    }

    /// What a browser is told for a seat, as it takes it (`iceServers` of `RTCPeerConnection`, JSON).
    #[must_use]
    pub fn servers(&self, seat: &SeatId, now: Moment) -> String {
        let now_ms = u64::try_from(now.0).unwrap_or(0);
        let until = now_ms.saturating_add(self.hours.saturating_mul(HOUR_MS)) / 1_000;
        let name = format!("{until}:{seat}");
        let word = self.word(&name);
        json!([{"urls": self.urls, "username": name, "credential": word}]).to_string()
    }

    /// The word that belongs to a name.
    fn word(&self, name: &str) -> String {
        let mut mac = self.key.clone();
        mac.update(name.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(secret: &str) -> Relay {
        Relay::new(vec!["turn:turn.example:3478".into()], secret, 12).unwrap()
    }

    #[test]
    fn a_word_is_the_keyed_hash_of_its_name() {
        // RFC 2202, test case 2, in base 64.
        assert_eq!(relay("Jefe").word("what do ya want for nothing?"), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
    }

    #[test]
    fn a_seat_is_told_a_name_that_says_until_when_it_holds() {
        let told = relay("north").servers(&"a1".into(), Moment(1_796_691_600_999));
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told[0]["username"], "1796734800:a1");
        assert_eq!(told[0]["urls"], json!(["turn:turn.example:3478"]));
        // printf 1796734800:a1 | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(told[0]["credential"], "7W+SLPDHEXFle6wm91uKFMFQUZE=");
    }

    #[test]
    fn what_is_no_address_of_a_relay_is_refused() {
        assert!(Relay::new(vec!["https://turn.example".into()], "north", 12).is_err());
        assert!(!format!("{:?}", relay("north")).contains("north"), "no log tells the secret");
    }
}
