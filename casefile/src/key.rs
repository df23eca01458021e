//! The office's keys: who signs a seal, and how their public halves are compared with the published ones. There are two, of
//! two suites, and what is sealed is signed by both.

use core::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::digest::{Digest, hex};

mod published;
pub(crate) mod sm2;

pub use published::{Expected, Published};
pub use sm2::Sm2Key;

/// The public halves of the office's two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Of Ed25519 (RFC 8032).
    pub ed25519: PublicKey,
    /// Of SM2 (GB/T 32918).
    pub sm2: Sm2Key,
}

impl Keys {
    /// Whether both signatures are those of these bytes.
    #[must_use]
    pub fn hold(&self, bytes: &[u8], signatures: &Signatures) -> bool {
        self.ed25519.signed(bytes, &signatures.ed25519)
            && self.sm2.signed(bytes, &sm2::to_der(&signatures.sm2))
    }
}

/// The signatures of both keys over the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signatures {
    /// Ed25519.
    pub ed25519: [u8; 64],
    /// SM2 with SM3: the two numbers, 32 bytes each.
    pub sm2: [u8; 64],
}

/// Whoever holds the office's secret keys: this process, or a device that never gives them away.
pub trait Signer {
    /// The public halves of the keys.
    fn keys(&self) -> Keys;

    /// The signatures over these bytes.
    ///
    /// # Errors
    /// When the holder refuses or cannot be reached; the reason in words.
    fn sign(&self, bytes: &[u8]) -> Result<Signatures, String>;
}

/// Keys held in memory.
pub struct OfficeKeys {
    ed25519: SigningKey,
    sm2: sm2::Secret,
}

impl OfficeKeys {
    /// The keys with these secret bytes, 32 each, which come from the operating system's generator. None where those of the
    /// second are no SM2 key: one in four thousand million is none.
    #[must_use]
    pub fn from_secrets(ed25519: &[u8; 32], sm2: &[u8; 32]) -> Option<Self> {
        Some(Self { ed25519: SigningKey::from_bytes(ed25519), sm2: sm2::Secret::from_bytes(sm2)? })
    }
}

/// Says that there are keys, and nothing of them.
impl core::fmt::Debug for OfficeKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("OfficeKeys").finish_non_exhaustive()
    }
}

impl Signer for OfficeKeys {
    fn keys(&self) -> Keys {
        Keys { ed25519: PublicKey(self.ed25519.verifying_key().to_bytes()), sm2: self.sm2.public_key() }
    }

    fn sign(&self, bytes: &[u8]) -> Result<Signatures, String> {
        Ok(Signatures { ed25519: self.ed25519.sign(bytes).to_bytes(), sm2: self.sm2.sign(bytes)? })
    }
}

/// Digits in groups of four.
fn grouped(digits: &str) -> String {
    let groups: Vec<&str> = (0..digits.len()).step_by(4).map(|at| &digits[at..at + 4]).collect();
    groups.join(" ")
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
        grouped(&hex(&Digest::of(&self.0).0[..16]))
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
