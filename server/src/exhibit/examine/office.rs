//! Office files: DOCX, XLSX, PPTX, ODT, ODS and ODP, each a ZIP of XML.
//!
//! Everything in it is really unpacked, counted while it comes out and never believed; then its text is read, so that
//! people without an office program see what stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::Bounds;
use crate::Refused;

mod parts;
mod text;
mod xml;

/// How many times smaller than its contents a file may be. What people write shrinks to a tenth, at most to a fiftieth.
const RATIO_MAX: u64 = 200;

/// Below this many bytes a ratio says nothing.
const RATIO_FROM_BYTES: u64 = 1_048_576;

/// How an encrypted file of a newer Office calls what is in it, in UTF-16.
const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// An office file that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub media_type: &'static str,
    /// Its text; [`super::paged::BREAK`] where a page, a slide or a sheet begins.
    pub text: String,
}

/// The parts that have to do with the text, by name.
type Parts = BTreeMap<String, Vec<u8>>;

/// Why a file in the old container is not taken: it has a password, or is of an Office before 2007.
pub(super) fn old(bytes: &[u8]) -> Refused {
    let locked = bytes.windows(ENCRYPTED.len()).any(|window| window == ENCRYPTED);
    if locked { Refused::FileLocked } else { Refused::FileOld }
}

/// Reads an office file.
///
/// # Errors
/// When it is another archive, broken, encrypted, has macros, or is made to harm whoever unpacks it.
pub fn read(bytes: &[u8], bounds: Bounds) -> Result<Document, Refused> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::FileBroken)?;
    let names = names(&archive, bounds.members_max)?;
    if !names.contains("mimetype") && !names.contains("[Content_Types].xml") {
        return Err(Refused::FileArchive);
    }
    let parts = unpack(&mut archive, bytes.len(), bounds.unpacked_bytes_max)?;
    if names.iter().any(|name| is_program(name)) {
        return Err(Refused::FileMacro);
    }
    let main = parts::main(&parts)?;
    let text = text::of(&parts, &main, bounds.unpacked_bytes_max)?;
    Ok(Document { media_type: main.media_type, text })
}

/// The names of all entries. One that would be written elsewhere than in the folder where it is unpacked, or over
/// another, is refused.
fn names(archive: &ZipArchive<Cursor<&[u8]>>, members_max: u64) -> Result<BTreeSet<String>, Refused> {
    if u64::try_from(archive.len()).unwrap_or(u64::MAX) > members_max {
        return Err(Refused::FileMembers);
    }
    if archive.has_duplicate_names() {
        return Err(Refused::FilePath);
    }
    let mut lower = BTreeSet::new();
    let mut names = BTreeSet::new();
    for raw in archive.file_names_raw() {
        let name = std::str::from_utf8(raw).map_err(|_| Refused::FilePath)?;
        if !is_inside(name) || !lower.insert(name.to_lowercase()) {
            return Err(Refused::FilePath);
        }
        names.insert(name.to_string());
    }
    Ok(names)
}

/// Whether a name stays within the folder where it is unpacked, on every system.
fn is_inside(name: &str) -> bool {
    let odd = |letter: char| letter.is_control() || matches!(letter, '\\' | ':');
    let folders = name.strip_suffix('/').unwrap_or(name);
    !folders.is_empty()
        && !name.contains(odd)
        && folders.split('/').all(|folder| !matches!(folder, "" | "." | ".."))
}

/// Macros and controls: programs inside a document.
fn is_program(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with("vbaproject.bin")
        || name.contains("/activex/")
        || name.starts_with("basic/")
        || name.starts_with("scripts/")
}

/// Unpacks every entry to its end and keeps those that have to do with the text.
fn unpack(archive: &mut ZipArchive<Cursor<&[u8]>>, packed: usize, bytes_max: u64) -> Result<Parts, Refused> {
    let packed = u64::try_from(packed).unwrap_or(u64::MAX).max(1);
    let most = bytes_max.min(packed.saturating_mul(RATIO_MAX).max(RATIO_FROM_BYTES));
    let (mut parts, mut left) = (Parts::new(), most);
    for at in 0..archive.len() {
        if archive.by_index_data(at).map_err(|_| Refused::FileBroken)?.encrypted() {
            return Err(Refused::FileLocked);
        }
        let mut entry = archive.by_index(at).map_err(|_| Refused::FileBroken)?;
        if entry.is_symlink() {
            return Err(Refused::FilePath);
        }
        let name = entry.name().map_err(|_| Refused::FilePath)?.into_owned();
        let mut limited = entry.by_ref().take(left.saturating_add(1));
        let mut part = Vec::new();
        let size = if xml::is_xml(&name) {
            limited.read_to_end(&mut part).map(|size| u64::try_from(size).unwrap_or(u64::MAX))
        } else {
            std::io::copy(&mut limited, &mut std::io::sink())
        };
        let size = size.map_err(|_| Refused::FileBroken)?;
        left = left.checked_sub(size).ok_or(Refused::FileBomb)?;
        if !part.is_empty() {
            parts.insert(name, part);
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests;
