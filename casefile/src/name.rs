//! Which names a file inside a case file may have, so that unpacking it can never write anywhere else.

use std::collections::BTreeSet;

use crate::limits::{ID_BYTES_MAX, NAME_BYTES_MAX};

/// The members every case file has, in the order of the archive.
pub(crate) const README: &str = "README.txt";
pub(crate) const COPY: &str = "copy.json";
pub(crate) const COPY_SIGNATURE: &str = "copy.sig";
pub(crate) const ENTRIES: &str = "entries/entries.jsonl";
pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const SEAL: &str = "seal.json";
pub(crate) const KEY: &str = "seal.pub";
pub(crate) const SEAL_SIGNATURE: &str = "seal.sig";
/// Those of the second suite.
pub(crate) const COPY_SM2: &str = "copy-sm2.sig";
pub(crate) const KEY_SM2: &str = "seal-sm2.pub";
pub(crate) const SEAL_SM2: &str = "seal-sm2.sig";
pub(crate) const ALWAYS: [&str; 11] =
    [README, COPY_SM2, COPY, COPY_SIGNATURE, ENTRIES, MANIFEST, KEY_SM2, SEAL_SM2, SEAL, KEY, SEAL_SIGNATURE];

/// Characters of an unsafe name that a report repeats.
pub(crate) const SHOWN_MAX: usize = 240;

/// Not in the manifest: the manifest itself, and what signs it and the copy.
pub(crate) const UNLISTED: [&str; 4] = [COPY, COPY_SIGNATURE, COPY_SM2, MANIFEST];

/// The part of the case file a member belongs to, by its folder.
pub(crate) fn volume(name: &str) -> &'static str {
    match name.split_once('/') {
        Some(("main", _)) => "main",
        Some(("confidential", _)) => "confidential",
        Some(("entries", _)) => "entries",
        _ => "cover",
    }
}

/// Whether a member may have this name at all: a relative path of plain segments.
pub(crate) fn is_safe(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.contains(['\\', ':', '*', '?', '"', '<', '>', '|'])
        && is_plain(name)
        && name.split('/').all(is_safe_segment)
}

/// Whether a member of this name has a place in a case file: one of the fixed members, or a file of a volume.
pub(crate) fn is_placed(name: &str) -> bool {
    ALWAYS.contains(&name) || name.starts_with("main/") || name.starts_with("confidential/")
}

/// Whether the second name may follow the first: in byte order, not the same in another case, not below it as a folder.
pub(crate) fn may_follow(before: &str, after: &str) -> bool {
    before < after
        && !before.eq_ignore_ascii_case(after)
        && !after.strip_prefix(before).is_some_and(|rest| rest.starts_with('/'))
}

/// A name that would be unpacked in the place of another, where capitals are as good as small letters, or below another as
/// if that were a folder.
pub(crate) fn clash<'a>(mut names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let mut taken = BTreeSet::new();
    let twice = names.clone().find(|name| !taken.insert(name.to_ascii_lowercase()));
    twice.or_else(|| {
        names.find(|name| {
            let name = name.to_ascii_lowercase();
            name.match_indices('/').any(|(end, _)| taken.contains(&name[..end]))
        })
    })
}

/// Whether a hearing's id, a stream's name or a seat's id can stand in a signed statement and in a sentence.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&text.len()) && is_plain(text)
}

/// A text fit for one line of a report, so that none in a file can write a line of its own: what breaks the line becomes a
/// space, what else is not plain the sign for it.
pub(crate) fn one_line(text: String) -> String {
    if is_plain(&text) {
        return text;
    }
    let plain = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if is_plain_char(c) => c,
        _ => char::REPLACEMENT_CHARACTER,
    };
    text.chars().map(plain).collect()
}

/// Text that shows what it is: no control characters, and none that turn the direction of reading.
fn is_plain(text: &str) -> bool {
    text.chars().all(is_plain_char)
}

fn is_plain_char(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_safe_segment(segment: &str) -> bool {
    !segment.is_empty() && segment != "." && segment != ".." && !segment.ends_with(['.', ' '])
}
