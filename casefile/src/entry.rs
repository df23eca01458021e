//! An entry of the hearing's log: what happened, and the salt under which it can be withheld and still be proven.
//!
//! ```text
//! commitment n = SHA-256(salt n || content n)
//! chain 0      = SHA-256(name of the stream)
//! chain n      = SHA-256(chain n-1 || commitment n)
//! ```
//!
//! The salt is 32 bytes from the operating system's generator, drawn anew for each entry: without it a short entry
//! ("agree") could be guessed from its commitment.

use crate::digest::Digest;

/// One entry of the log with everything needed to prove it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the stream, from 1.
    pub number: u64,
    /// The entry exactly as it was logged: UTF-8 JSON. Never written anew, or the commitment would not fit.
    pub content: Vec<u8>,
    /// The salt drawn for this entry.
    pub salt: [u8; 32],
}

impl Entry {
    /// The commitment to this entry.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        commitment(&self.salt, &self.content)
    }

    /// This entry as it stands in a copy: shown, or withheld with only its commitment.
    #[must_use]
    pub fn leaf(self, shown: bool) -> Leaf {
        if shown {
            Leaf::Shown(self)
        } else {
            Leaf::Withheld { number: self.number, commitment: self.commitment() }
        }
    }
}

/// Says the number only: a content must not reach a program's log by accident.
impl core::fmt::Debug for Entry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Entry").field("number", &self.number).finish_non_exhaustive()
    }
}

/// An entry as it stands in one copy of the case file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// The holder of the copy may read it.
    Shown(Entry),
    /// The holder sees that there is an entry, and nothing of it.
    Withheld {
        /// Its place in the stream, from 1.
        number: u64,
        /// The commitment to it.
        commitment: Digest,
    },
}

impl Leaf {
    /// Its place in the stream, from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        match self {
            Leaf::Shown(entry) => entry.number,
            Leaf::Withheld { number, .. } => *number,
        }
    }

    /// The commitment to it.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        match self {
            Leaf::Shown(entry) => entry.commitment(),
            Leaf::Withheld { commitment, .. } => *commitment,
        }
    }
}

/// The commitment to a content under its salt.
#[must_use]
pub fn commitment(salt: &[u8; 32], content: &[u8]) -> Digest {
    Digest::of_parts(&[salt, content])
}

/// The chain before its first entry.
#[must_use]
pub fn chain_start(stream: &str) -> Digest {
    Digest::of(stream.as_bytes())
}

/// The chain after one more entry.
#[must_use]
pub fn chain(before: &Digest, commitment: &Digest) -> Digest {
    Digest::of_parts(&[&before.0, &commitment.0])
}

/// The chain after all these entries.
#[must_use]
pub fn chain_head(stream: &str, commitments: &[Digest]) -> Digest {
    commitments.iter().fold(chain_start(stream), |before, commitment| chain(&before, commitment))
}
