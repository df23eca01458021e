//! Secrets that are given out once and kept only as a hash: session tokens, invitation links, codes and seat keys.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::Error;

/// Letters of a code that is read out by telephone: none that looks or sounds like another digit.
const CODE_LETTERS: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
/// Twelve letters in three groups: 59 bits.
const CODE_LENGTH: usize = 12;

/// Random bytes of the operating system.
///
/// # Errors
/// When the operating system has none.
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Chance)?;
    Ok(bytes)
}

/// A new secret of 256 bits, fit for an address.
///
/// # Errors
/// When the operating system has no random numbers.
pub fn secret() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// A new code of twelve letters such as `K7QM-2WXA-9RTC`.
///
/// # Errors
/// When the operating system has no random numbers.
pub fn code() -> Result<String, Error> {
    let mut letters = String::with_capacity(CODE_LENGTH + 2);
    let mut taken = 0;
    while taken < CODE_LENGTH {
        let [byte] = random::<1>()?;
        // 248 is the largest multiple of 31 that fits a byte: beyond it letters would not be equally likely.
        if byte < 248 {
            if taken > 0 && taken % 4 == 0 {
                letters.push('-');
            }
            letters.push(char::from(CODE_LETTERS[usize::from(byte) % CODE_LETTERS.len()]));
            taken += 1;
        }
    }
    Ok(letters)
}

/// A code as somebody types it, without spaces, hyphens and small letters.
#[must_use]
pub fn tidy_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// What is kept of a secret: its SHA-256 in hexadecimal.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// What is kept of two secrets that must come together.
#[must_use]
pub fn hash_pair(first: &str, second: &str) -> String {
    hash(&format!("{first}\n{second}"))
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Thirty-two bytes from hexadecimal.
#[must_use]
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_no_letters_that_look_alike_and_survives_being_typed() {
        let code = code().expect("random numbers");
        assert_eq!(code.len(), 14);
        assert!(!code.contains(['O', '0', 'I', '1', 'L']));
        assert_eq!(tidy_code(&code.to_lowercase().replace('-', " ")), code.replace('-', ""));
    }

    #[test]
    fn hexadecimal_goes_both_ways() {
        let bytes = random::<32>().expect("random numbers");
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!(unhex("zz"), None);
    }
}
