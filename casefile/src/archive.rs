//! The envelope: a plain ZIP, written in one way only, so that any changed byte of it shows.
//!
//! Members are stored without compression, in byte order of their names, one after the other without gaps; no dates, no
//! rights, no comments, no extensions. Every byte of the archive follows from the names and contents, so the verifier writes
//! the headers again and compares. That is why they are written here and not by a library: its next version could set
//! another flag, and every file sealed before would seem damaged.

pub(crate) mod read;

use std::collections::BTreeMap;

use crate::error::Error;
use crate::limits::{FILE_BYTES_MAX, MEMBER_BYTES_MAX, MEMBERS_MAX};
use crate::name;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const DIRECTORY: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const LOCAL_BYTES: usize = 30;
const DIRECTORY_BYTES: usize = 46;
const END_BYTES: usize = 22;

/// Version 1.0 needed to read (no folders, no compression).
const NEEDED: u16 = 10;
/// Written by version 2.0 of the DOS kind: it says nothing of rights.
const MADE_BY: u16 = 20;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// 1 January 1980, the earliest date the format knows.
const DATE: u16 = 0x0021;

/// The archive of these members.
pub(crate) fn write(members: &BTreeMap<&str, &[u8]>) -> Result<Vec<u8>, Error> {
    if members.len() > MEMBERS_MAX {
        return Err(Error::TooLarge(("文件数", "files"), MEMBERS_MAX));
    }
    if let Some(path) = name::clash(members.keys().copied()) {
        return Err(Error::Name(path.to_owned()));
    }
    let mut before = "";
    let mut bytes = Vec::with_capacity(size(members).min(FILE_BYTES_MAX));
    let mut directory = Vec::new();
    for (&path, &content) in members {
        if !name::is_safe(path) || !name::may_follow(before, path) {
            return Err(Error::Name(path.to_owned()));
        }
        if content.len() > MEMBER_BYTES_MAX {
            return Err(Error::TooLarge(("单个文件的字节数", "bytes of one file"), MEMBER_BYTES_MAX));
        }
        let crc = crc32fast::hash(content);
        let start = number(bytes.len())?;
        directory.extend(directory_record(path, crc, number(content.len())?, start));
        bytes.extend(local_header(path, crc, number(content.len())?));
        bytes.extend_from_slice(content);
        if bytes.len() > FILE_BYTES_MAX {
            return Err(Error::TooLarge(("卷宗文件的字节数", "bytes of the case file"), FILE_BYTES_MAX));
        }
        before = path;
    }
    let end = end_record(members.len(), number(directory.len())?, number(bytes.len())?);
    bytes.extend(directory);
    bytes.extend(end);
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Error::TooLarge(("卷宗文件的字节数", "bytes of the case file"), FILE_BYTES_MAX));
    }
    Ok(bytes)
}

/// Bytes of the archive, roughly.
fn size(members: &BTreeMap<&str, &[u8]>) -> usize {
    members.iter().map(|(path, content)| LOCAL_BYTES + DIRECTORY_BYTES + 2 * path.len() + content.len()).sum()
}

fn number(size: usize) -> Result<u32, Error> {
    u32::try_from(size)
        .map_err(|_| Error::TooLarge(("卷宗文件的字节数", "bytes of the case file"), FILE_BYTES_MAX))
}

/// The 26 bytes that both headers of a member share, from the version needed to the length of an extra field (none).
fn shared(name: &str, crc: u32, size: u32) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap_or(u16::MAX); // Names are at most 240 bytes.
    let mut bytes = Vec::with_capacity(26);
    for short in [NEEDED, FLAGS, 0, 0, DATE] {
        bytes.extend(short.to_le_bytes()); // Method 0: stored. Time 0: midnight.
    }
    for long in [crc, size, size] {
        bytes.extend(long.to_le_bytes());
    }
    for short in [length, 0] {
        bytes.extend(short.to_le_bytes());
    }
    bytes
}

/// What stands before a member's bytes.
fn local_header(name: &str, crc: u32, size: u32) -> Vec<u8> {
    [&LOCAL[..], &shared(name, crc, size), name.as_bytes()].concat()
}

/// A member's record in the directory at the end.
fn directory_record(name: &str, crc: u32, size: u32, start: u32) -> Vec<u8> {
    let shared = shared(name, crc, size);
    // Comment length, disk, inner attributes (two bytes each) and outer attributes (four) are zero.
    [&DIRECTORY[..], &MADE_BY.to_le_bytes(), &shared, &[0; 10], &start.to_le_bytes(), name.as_bytes()]
        .concat()
}

/// The last 22 bytes of the archive.
fn end_record(members: usize, directory_bytes: u32, directory_start: u32) -> Vec<u8> {
    let count = u16::try_from(members).unwrap_or(u16::MAX).to_le_bytes(); // At most 10 000.
    let (size, start) = (directory_bytes.to_le_bytes(), directory_start.to_le_bytes());
    [&END[..], &[0; 4], &count, &count, &size, &start, &[0; 2]].concat()
}
