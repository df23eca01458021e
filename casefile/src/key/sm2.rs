//! The second suite: SM2 with SM3 (GB/T 32918, GB/T 32905), as the State's rules on cryptography ask of an office. The
//! library is not audited; a seal therefore always carries an Ed25519 signature as well, and both must hold.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sm2::dsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer as _, Verifier as _},
};
use sm3::{Digest as _, Sm3};

use crate::digest::hex;

/// Whose key it is, as the standard wants it named in what is signed; the value that is used where nothing else is agreed.
const IDENTITY: &str = "1234567812345678";

/// What stands before the 64 bytes of a key in the usual wrapping (DER, RFC 5480, curve 1.2.156.10197.1.301), with the
/// byte that says that the point is written out.
const WRAPPING: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81,
    0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00, 0x04,
];

/// The secret half of an SM2 key.
pub(super) struct Secret(SigningKey);

impl Secret {
    /// The key with these 32 secret bytes; one in four thousand million is none.
    pub(super) fn from_bytes(secret: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(IDENTITY, secret).ok().map(Self)
    }

    pub(super) fn public_key(&self) -> Sm2Key {
        let point = self.0.verifying_key().to_sec1_bytes();
        let mut key = [0; 64];
        if let Some(coordinates) = point.get(1..65) {
            key.copy_from_slice(coordinates);
        }
        Sm2Key(key)
    }

    /// The same bytes give the same signature (RFC 6979).
    pub(super) fn sign(&self, bytes: &[u8]) -> Result<[u8; 64], String> {
        let signature = self.0.try_sign(bytes).map_err(|error| error.to_string())?;
        Ok(signature.to_bytes().into())
    }
}

/// The public half of an SM2 key: the two coordinates of its point, 32 bytes each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sm2Key(pub [u8; 64]);

impl Sm2Key {
    /// 32 hexadecimal digits in groups of four: the first half of the SM3 of the key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        super::grouped(&hex(&Sm3::digest(self.0)[..16]))
    }

    /// The key as it lies in `seal-sm2.pub`: 91 bytes of DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        [&WRAPPING[..], &self.0].concat()
    }

    /// The key from a `seal-sm2.pub`.
    #[must_use]
    pub fn from_der(bytes: &[u8]) -> Option<Self> {
        bytes.strip_prefix(&WRAPPING[..])?.try_into().ok().map(Self)
    }

    /// The key from what an office publishes: 128 hexadecimal digits, spaces allowed.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.split_whitespace().collect::<String>().to_ascii_lowercase();
        crate::digest::unhex(&digits)?.try_into().ok().map(Self)
    }

    /// Whether this is the signature of these bytes under this key; `signature` is as in `seal-sm2.sig`.
    #[must_use]
    pub fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        let point = [&[4][..], &self.0].concat();
        let Ok(key) = VerifyingKey::from_sec1_bytes(IDENTITY, &point) else { return false };
        let signature = from_der(signature).and_then(|signature| Signature::from_slice(&signature).ok());
        signature.is_some_and(|signature| key.verify(bytes, &signature).is_ok())
    }
}

impl fmt::Display for Sm2Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Sm2Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As 128 lower-case hexadecimal digits.
impl Serialize for Sm2Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sm2Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        let bytes = crate::digest::unhex(&digits).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| de::Error::custom("an SM2 key is 128 lower-case hexadecimal digits"))
    }
}

/// A signature as it lies in `seal-sm2.sig`: two whole numbers in DER, as OpenSSL reads them.
#[must_use]
pub(crate) fn to_der(signature: &[u8; 64]) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    let [r, s] = [r, s].map(|number| {
        let from = number.iter().position(|byte| *byte != 0).unwrap_or(31);
        let number = &number[from..];
        let sign: &[u8] = if number[0] < 0x80 { &[] } else { &[0] };
        let length = u8::try_from(sign.len() + number.len()).unwrap_or_default(); // 33 at the most
        [&[2, length][..], sign, number].concat()
    });
    let length = u8::try_from(r.len() + s.len()).unwrap_or_default(); // 70 at the most
    [&[0x30, length][..], &r, &s].concat()
}

/// The signature, if it is written in the one way.
fn from_der(bytes: &[u8]) -> Option<[u8; 64]> {
    let mut signature = [0; 64];
    let mut rest = bytes.get(2..)?;
    for half in signature.chunks_exact_mut(32) {
        let length = usize::from(*rest.get(1)?);
        let number = rest.get(2..2 + length)?;
        rest = rest.get(2 + length..)?;
        let number = number.strip_prefix(&[0]).unwrap_or(number);
        let from = 32_usize.checked_sub(number.len())?;
        half[from..].copy_from_slice(number);
    }
    (to_der(&signature) == bytes).then_some(signature)
}
