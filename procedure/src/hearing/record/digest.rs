//! What a signature binds: SHA-256 over the record's lines in their canonical form.

use alloc::{format, string::String};
use core::fmt::Write as _;
use sha2::{Digest, Sha256};

use super::{Line, Phase};

/// The canonical JSON of each line before the signing (what happens while people sign, such as a lost connection, must not
/// change what they sign), each ended by a line feed.
pub(super) fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines.iter().filter(|line| line.phase < Phase::Signing) {
        // A line holds only strings and numbers; writing one as JSON cannot fail.
        text.push_str(&serde_json::to_string(line).unwrap_or_else(|_| format!("{line:?}")));
        text.push('\n');
    }
    text
}

/// SHA-256 over that text, in hexadecimal.
pub(super) fn of(lines: &[Line]) -> String {
    let digest = Sha256::digest(text(lines));
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
