//! The office's key: who signs a seal, and how its public half is compared with the published one.

use core::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::digest::{Digest, hex};

/// Whoever holds the office's secret key: this process, or a device that never gives it away.
pub trait Signer {
    /// The public half of the key.
    fn public_key(&self) -> PublicKey;

    /// The Ed25519 signature (RFC 8032) over these bytes.
    ///
    /// # Errors
    /// When the holder refuses or cannot be reached; the reason in words.
    fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], String>;
}

/// A key held in memory.
pub struct Ed25519(SigningKey);

impl Ed25519 {
    /// The key with these 32 secret bytes, which come from the operating system's generator.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }
}

/// Says that there is a key, and nothing of it.
impl core::fmt::Debug for Ed25519 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ed25519").finish_non_exhaustive()
    }
}

impl Signer for Ed25519 {
    fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], String> {
        Ok(self.0.sign(bytes).to_bytes())
    }
}

/// The public half of an Ed25519 key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

/// What stands before the 32 bytes of a key in the usual wrapping (DER, RFC 8410), which `openssl` reads.
const WRAPPING: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

impl PublicKey {
    /// 32 hexadecimal digits in groups of four: the first half of the SHA-256 of the key. The office publishes it; whoever
    /// checks a file compares it. (Half of it: 128 bits can still be read aloud and cannot be found by trying.)
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digits = hex(&Digest::of(&self.0).0[..16]);
        let groups: Vec<&str> = (0..digits.len()).step_by(4).map(|at| &digits[at..at + 4]).collect();
        groups.join(" ")
    }

    /// The key as it lies in `seal.pub`: 44 bytes of DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        [&WRAPPING[..], &self.0].concat()
    }

    /// The key from a `seal.pub`.
    #[must_use]
    pub fn from_der(bytes: &[u8]) -> Option<Self> {
        bytes.strip_prefix(&WRAPPING[..])?.try_into().ok().map(Self)
    }

    /// The key from what an office publishes: 64 hexadecimal digits, spaces allowed.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: String = text.split_whitespace().collect();
        digits.to_ascii_lowercase().parse::<Digest>().ok().map(|Digest(bytes)| Self(bytes))
    }

    /// Whether this is the signature of these bytes under this key. Strict: weak keys and second writings of the same key
    /// or signature are refused, so that every verifier agrees.
    #[must_use]
    pub fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(&self.0) else {
            return false;
        };
        let Ok(signature) = Signature::from_slice(signature) else {
            return false;
        };
        let written_once = key.to_edwards().compress().to_bytes() == self.0;
        written_once && key.verify_strict(bytes, &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
