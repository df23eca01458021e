//! What people sign on their own devices, and whether a signature is theirs: ECDSA over P-256 with SHA-256 (FIPS 186-5), which
//! every browser makes with a key of its own.
//!
//! The same few lines are signed in the browser, checked by the server when the signature comes, and checked again by
//! whoever holds the sealed file.

use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier as _};

use crate::digest::{Digest, unhex};

/// The lines that are signed: which hearing's record, as it was read, and how the signature was drawn.
///
/// Hearing and seat are ids; `record` is the SHA-256 of the record, 64 hexadecimal digits; `drawing` the strokes.
#[must_use]
pub fn statement(hearing: &str, seat: &str, record: &str, drawing: &str) -> String {
    let drawing = Digest::of(drawing.as_bytes());
    format!("fengqiao-signature/1\nhearing: {hearing}\nseat: {seat}\nrecord: {record}\ndrawing: {drawing}\n")
}

/// Whether the key signed these lines. `key` is its point uncompressed, 130 hexadecimal digits; `signature` is r and s, 128.
#[must_use]
pub fn is_signed(statement: &str, key: &str, signature: &str) -> bool {
    // A point can be written shorter, but stands here in one way only.
    if key.len() != 130 || !key.starts_with("04") {
        return false;
    }
    let (Some(key), Some(signature)) = (unhex(key), unhex(signature)) else { return false };
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_sec1_bytes(&key), Signature::from_slice(&signature))
    else {
        return false;
    };
    key.verify(statement.as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};

    use super::*;

    #[test]
    fn a_signature_holds_for_its_lines_alone() {
        let secret = SigningKey::from_slice(&[7; 32]).unwrap();
        let lines = statement("h1", "a1", &"ab".repeat(32), "M 1 1 L 2 2");
        let signed: Signature = secret.sign(lines.as_bytes());
        let hex = |bytes: &[u8]| crate::digest::hex(bytes);
        let key = hex(secret.verifying_key().to_sec1_point(false).as_bytes());
        let signature = hex(&signed.to_bytes());
        assert!(is_signed(&lines, &key, &signature));
        for other in [
            statement("h2", "a1", &"ab".repeat(32), "M 1 1 L 2 2"),
            statement("h1", "a2", &"ab".repeat(32), "M 1 1 L 2 2"),
            statement("h1", "a1", &"cd".repeat(32), "M 1 1 L 2 2"),
            statement("h1", "a1", &"ab".repeat(32), "M 1 1 L 2 3"),
        ] {
            assert!(!is_signed(&other, &key, &signature));
        }
        for (key, signature) in [("", &*signature), ("04", &signature), (&key, ""), (&key[2..], &signature)] {
            assert!(!is_signed(&lines, key, signature));
        }
    }
}
