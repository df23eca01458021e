//! How somebody signs the record: on the own device, on paper, or with a certificate (Electronic Signature Law, Arts. 13, 14;
//! Art. 18 of the hearing rules).
//!
//! The file says which of the three it was, for they do not weigh the same. Whatever the way, the signature stands on the
//! digest of the record that its signer read; whether a key fits is found out by the server and by whoever checks the file.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use crate::{
    hearing::{Act, is_sha256},
    refusal::Refusal,
    seat::SeatId,
};

/// Longest drawn signature, in bytes: a name of three signs drawn slowly takes about two thousand.
const DRAWING_BYTES_MAX: usize = 12_000;
/// Width of the field that is drawn in, in its own units.
pub const FIELD_WIDTH: u32 = 1000;
/// Its height.
pub const FIELD_HEIGHT: u32 = 400;
/// Hexadecimal digits of a public key: ECDSA P-256, the point uncompressed (65 bytes).
const KEY_DIGITS: usize = 130;
/// And of a signature by it: r and s, 32 bytes each.
const SIGNATURE_DIGITS: usize = 128;
/// Scans of one signed record at the most, each with one page or several.
pub const SCANS_MAX: usize = 100;

/// A scanned page, or several in one file, kept beside the record under its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    /// Length, in bytes.
    pub size: u64,
    /// Media type, such as `application/pdf`.
    pub media_type: String,
    /// Pages.
    pub pages: u32,
}

/// Which way somebody signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Drawn on the signer's own device and signed there by a key made for it, after the identity was checked again.
    Device {
        /// The strokes, `M x y L x y …` in a field of 1000 by 400.
        drawing: String,
        /// The public key, ECDSA P-256, 130 hexadecimal digits.
        key: String,
        /// The signature by it, 128 hexadecimal digits.
        signature: String,
    },
    /// Printed, signed by hand on every page and scanned.
    Paper {
        /// The scans, in the order of the pages.
        scans: Vec<Scan>,
    },
    /// Signed with a certificate: a file of the kind that `openssl cms` makes (RFC 5652), with the certificate in it.
    Certificate {
        /// The file.
        file: Scan,
        /// Whom the certificate names, as it writes it.
        subject: String,
        /// Who issued it.
        issuer: String,
        /// SHA-256 of the certificate, hexadecimal.
        certificate: String,
        /// Whether it leads to an authority that this office trusts.
        trusted: bool,
    },
}

/// A signature as it was given: which way, and who handed it in. When, and over which record, its [`super::Signature`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Which way.
    pub way: Way,
    /// Who handed it in: the signer, or the clerk who scanned what was signed on paper.
    pub by: SeatId,
}

/// The signatures of those who signed, by seat.
pub type Signers = BTreeMap<SeatId, Given>;

impl Way {
    /// The files that belong to it.
    #[must_use]
    pub fn scans(&self) -> &[Scan] {
        match self {
            Self::Device { .. } => &[],
            Self::Paper { scans } => scans,
            Self::Certificate { file, .. } => core::slice::from_ref(file),
        }
    }

    /// Whether it is complete and within its limits.
    ///
    /// # Errors
    /// [`Refusal::SignatureMalformed`], [`Refusal::SignatureEmpty`].
    pub(super) fn check(&self, act: &Act<'_>) -> Result<(), Refusal> {
        let sound = match self {
            Self::Device { drawing, key, signature } => {
                if strokes(drawing)?.is_empty() {
                    return Err(Refusal::SignatureEmpty);
                }
                is_hex(key, KEY_DIGITS) && key.starts_with("04") && is_hex(signature, SIGNATURE_DIGITS)
            }
            Self::Paper { scans } => {
                if scans.is_empty() {
                    return Err(Refusal::SignatureEmpty);
                }
                scans.len() <= SCANS_MAX && scans.iter().all(is_sound)
            }
            Self::Certificate { file, subject, issuer, certificate, .. } => {
                act.title(subject)?;
                act.title(issuer)?;
                is_sound(file) && is_sha256(certificate)
            }
        };
        if sound { Ok(()) } else { Err(Refusal::SignatureMalformed) }
    }
}

fn is_sound(scan: &Scan) -> bool {
    is_sha256(&scan.sha256) && scan.pages > 0 && scan.size > 0 && scan.media_type.len() <= 100
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The strokes of a drawn signature, each a list of points within the field.
///
/// # Errors
/// [`Refusal::SignatureMalformed`] for whatever is not `M x y L x y …` with points in the field, or too long.
pub fn strokes(drawing: &str) -> Result<Vec<Vec<(u32, u32)>>, Refusal> {
    if drawing.len() > DRAWING_BYTES_MAX {
        return Err(Refusal::SignatureMalformed);
    }
    let mut strokes: Vec<Vec<(u32, u32)>> = Vec::new();
    let mut words = drawing.split_ascii_whitespace();
    while let Some(verb) = words.next() {
        let mut next = |most: u32| {
            let number = words.next().and_then(|word| word.parse::<u32>().ok());
            number.filter(|number| *number <= most).ok_or(Refusal::SignatureMalformed)
        };
        let point = (next(FIELD_WIDTH)?, next(FIELD_HEIGHT)?);
        match (verb, strokes.last_mut()) {
            ("M", _) => strokes.push(alloc::vec![point]),
            ("L", Some(stroke)) => stroke.push(point),
            _ => return Err(Refusal::SignatureMalformed),
        }
    }
    Ok(strokes)
}
