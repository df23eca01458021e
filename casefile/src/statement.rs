//! What is signed: the seal over the log, the copy statement over one copy's files, and the manifest between them.
//!
//! Each is JSON written in one way only: the fields in the order below, no spaces, no line breaks, a member's name given
//! once. A verifier reads it, writes it again and compares, so nothing can hide in a second way of writing.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::digest::Digest;
use crate::key::Sm2Key;
use crate::name;

/// Marks a seal, and the version of the format.
pub(crate) const SEAL_FORMAT: &str = "fengqiao-seal/2";
/// Marks a copy statement; different from the seal's, so that one can never pass for the other.
pub(crate) const COPY_FORMAT: &str = "fengqiao-copy/2";
/// Marks a manifest.
pub(crate) const MANIFEST_FORMAT: &str = "fengqiao-manifest/1";

/// `seal.json`: the same in every copy of one hearing's case file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealStatement {
    pub(crate) format: String,
    pub(crate) hearing: String,
    pub(crate) stream: String,
    /// Milliseconds since 1970 UTC.
    pub(crate) sealed_at: i64,
    pub(crate) entries: u64,
    pub(crate) root: Digest,
    pub(crate) chain: Digest,
    /// The key of the second suite, so that its signatures cannot be left out or put in the place of others.
    pub(crate) sm2: Sm2Key,
}

impl SealStatement {
    pub(crate) fn is_sound(&self) -> bool {
        self.format == SEAL_FORMAT && name::is_id(&self.hearing) && name::is_id(&self.stream)
    }
}

/// For whom a copy is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyKind {
    /// The office's: main and confidential volume.
    Whole,
    /// The main volume alone.
    Main,
    /// What one seat was entitled to see.
    Own {
        /// The seat.
        seat: String,
    },
}

/// `copy.json`: binds this copy's files to the seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyStatement {
    pub(crate) format: String,
    pub(crate) copy: CopyKind,
    /// Digest of `seal.json`.
    pub(crate) seal: Digest,
    /// Digest of `manifest.json`.
    pub(crate) manifest: Digest,
}

impl CopyStatement {
    pub(crate) fn is_sound(&self) -> bool {
        let seat_is_sound = match &self.copy {
            CopyKind::Own { seat } => name::is_id(seat),
            CopyKind::Whole | CopyKind::Main => true,
        };
        self.format == COPY_FORMAT && seat_is_sound
    }
}

/// `manifest.json`: every file of this copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) format: String,
    pub(crate) files: Vec<Listed>,
}

/// One file in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    pub(crate) path: String,
    pub(crate) volume: String,
    pub(crate) size: u64,
    pub(crate) sha256: Digest,
}

impl Listed {
    pub(crate) fn of(path: &str, bytes: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            volume: name::volume(path).to_owned(),
            size: bytes.len() as u64,
            sha256: Digest::of(bytes),
        }
    }
}

impl Manifest {
    pub(crate) fn is_sound(&self) -> bool {
        self.format == MANIFEST_FORMAT && self.files.is_sorted_by(|a, b| a.path < b.path)
    }
}

/// One line of `entries/entries.jsonl`, without the proof at its end. A withheld entry has only the first two fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) commitment: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) salt: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
}

/// What stands between a shown entry's line and its proof.
const PROOF: &[u8] = b",\"proof\":[";

/// The end of a shown entry's line: its path to the root. Written and compared as text, since a long log has millions of
/// these digests and every one of them follows from the commitments.
pub(crate) fn write_proof(path: impl Iterator<Item = Digest>, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(PROOF);
    for (place, digest) in path.enumerate() {
        bytes.extend_from_slice(if place == 0 { b"\"" } else { b",\"" });
        bytes.extend_from_slice(&digest.digits());
        bytes.push(b'"');
    }
    bytes.extend_from_slice(b"]}");
}

/// A line without its proof, and the proof if there is one. (A quotation mark inside a text is written `\"`, so the mark
/// between the two cannot be part of a content.)
pub(crate) fn read_line(text: &[u8]) -> Option<(Line, Option<&[u8]>)> {
    match text.windows(PROOF.len()).position(|window| window == PROOF) {
        None => Some((read(text)?, None)),
        Some(at) => Some((read(&[&text[..at], b"}"].concat())?, Some(&text[at..]))),
    }
}

/// The one way to write a statement.
pub(crate) fn write<T: Serialize>(statement: &T) -> Vec<u8> {
    // Writing these types to memory cannot fail: no map keys, no floating numbers. Nothing is a safe answer if it did.
    serde_json::to_vec(statement).unwrap_or_default()
}

/// A statement, if it is written in the one way.
pub(crate) fn read<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let statement = serde_json::from_slice(bytes).ok()?;
    (write(&statement) == bytes).then_some(statement)
}
