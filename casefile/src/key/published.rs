//! What an office has published of its keys, as whoever checks a file types it: the whole of a key, or its fingerprint.

use super::{PublicKey, Sm2Key, grouped};

/// Hexadecimal digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 32;

/// A key as its office published it: all its hexadecimal digits, or the 32 of its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    fingerprint: String,
    /// All its digits, where they were published.
    whole: Option<String>,
}

impl Published {
    /// An Ed25519 key: 64 hexadecimal digits, or the 32 of its fingerprint; spaces and capitals allowed. None for anything
    /// else.
    #[must_use]
    pub fn ed25519(text: &str) -> Option<Self> {
        let key = PublicKey::from_hex(text).as_ref().map(Self::from);
        key.or_else(|| Self::fingerprint_of(text))
    }

    /// An SM2 key: 128 hexadecimal digits, or the 32 of its fingerprint; spaces and capitals allowed. None for anything else.
    #[must_use]
    pub fn sm2(text: &str) -> Option<Self> {
        let key = Sm2Key::from_hex(text);
        let key = key.map(|key| Self { fingerprint: key.fingerprint(), whole: Some(key.to_string()) });
        key.or_else(|| Self::fingerprint_of(text))
    }

    fn fingerprint_of(text: &str) -> Option<Self> {
        let digits = text.split_whitespace().collect::<String>().to_ascii_lowercase();
        let sound =
            digits.len() == FINGERPRINT_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        sound.then(|| Self { fingerprint: grouped(&digits), whole: None })
    }

    /// The fingerprint, in groups of four.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Whether it is the key with these digits and this fingerprint.
    pub(crate) fn is(&self, digits: &str, fingerprint: &str) -> bool {
        self.fingerprint == fingerprint && self.whole.as_deref().is_none_or(|whole| whole == digits)
    }
}

impl From<&PublicKey> for Published {
    fn from(key: &PublicKey) -> Self {
        Self { fingerprint: key.fingerprint(), whole: Some(key.to_string()) }
    }
}

/// The keys that whoever checks a file expects in it. What is not known is not compared, and the report gives the fingerprint
/// to be compared by eye.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The Ed25519 key.
    pub ed25519: Option<Published>,
    /// The SM2 key.
    pub sm2: Option<Published>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_digits_or_its_fingerprint() {
        let key = PublicKey([7; 32]);
        let (digits, fingerprint) = (key.to_string(), key.fingerprint());
        let typed =
            [digits.clone(), digits.to_uppercase(), fingerprint.clone(), fingerprint.replace(' ', "")];
        for text in typed {
            let published = Published::ed25519(&text).unwrap();
            assert!(published.is(&digits, &fingerprint), "{text}");
            assert_eq!(published.fingerprint(), fingerprint);
            let other = PublicKey([8; 32]);
            assert!(!published.is(&other.to_string(), &other.fingerprint()));
        }
        let key = Sm2Key([7; 64]);
        for text in [key.to_string(), key.fingerprint()] {
            assert!(Published::sm2(&text).unwrap().is(&key.to_string(), &key.fingerprint()), "{text}");
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["", "12ab", &"g".repeat(32), &"0".repeat(63), &"0".repeat(65), &"é".repeat(16)] {
            assert_eq!(Published::ed25519(text), None, "{text}");
            assert_eq!(Published::sm2(text), None, "{text}");
        }
        assert_eq!(Published::ed25519(&"0".repeat(128)), None);
        assert_eq!(Published::sm2(&"0".repeat(64)), None);
    }
}
