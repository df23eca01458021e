//! What a signature binds: SHA-256 over the record's lines in their canonical form.

use alloc::{format, string::String};
use core::fmt::Write as _;
use sha2::{Digest, Sha256};

use super::{Line, Phase};

/// SHA-256 over the canonical JSON of each line before the signing (what happens while people sign, such as a lost
/// connection, must not change what they sign), one line after the other with a line feed, in hexadecimal.
pub(super) fn of(lines: &[Line]) -> String {
    let mut hash = Sha256::new();
    for line in lines.iter().filter(|line| line.phase < Phase::Signing) {
        // A line holds only strings and numbers; writing one as JSON cannot fail.
        hash.update(serde_json::to_string(line).unwrap_or_else(|_| format!("{line:?}")));
        hash.update(b"\n");
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
