//! Opening the envelope: finding the members of a possibly damaged archive, and every place where it was changed.
//!
//! The members are listed twice in a ZIP, before their bytes and in the directory at the end. A damaged header spoils one
//! list at most, so the other still tells the names, and the report can say whose header was changed.

use super::{
    DIRECTORY, DIRECTORY_BYTES, END, END_BYTES, LOCAL, LOCAL_BYTES, directory_record, end_record,
    local_header,
};
use crate::error::Error;
use crate::limits::{FILE_BYTES_MAX, MEMBER_BYTES_MAX, MEMBERS_MAX};
use crate::name;
use crate::seal::File;

/// One member, as it lies in the archive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: &'a [u8],
    start: usize,
}

/// A place where the archive is not as it would be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw<'a> {
    /// A header of this member, or its checksum, does not fit.
    Header(&'a str),
    /// The closing record, or something after it.
    End,
}

/// The files in a case file, by name. Says nothing of whether it is genuine: that is what [`crate::verify`] is for.
///
/// # Errors
/// When the bytes cannot be read as a case file.
pub fn files(bytes: &[u8]) -> Result<Vec<File>, Error> {
    let members = members(bytes)?;
    Ok(members.iter().map(|m| File { path: m.name.to_owned(), bytes: m.bytes.to_vec() }).collect())
}

/// The members, by the directory at the end, or if that is damaged, one after the other from the beginning.
pub(crate) fn members(bytes: &[u8]) -> Result<Vec<Member<'_>>, Error> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Error::TooLarge(("卷宗文件的字节数", "bytes of the case file"), FILE_BYTES_MAX));
    }
    let members = by_directory(bytes).or_else(|by_directory| by_walking(bytes).map_err(|_| by_directory))?;
    if members.is_empty() {
        return Err(Error::Unreadable(0, ("里面没有文件", "it holds no file")));
    }
    Ok(members)
}

/// Every flaw of the envelope: the headers are written again from names and contents, and compared.
pub(crate) fn flaws<'a>(bytes: &[u8], members: &[Member<'a>]) -> Vec<Flaw<'a>> {
    let mut flaws = Vec::new();
    let mut directory = Vec::new();
    let mut at = 0;
    for member in members {
        let (crc, size) =
            (crc32fast::hash(member.bytes), u32::try_from(member.bytes.len()).unwrap_or(u32::MAX));
        let header = local_header(member.name, crc, size);
        let record = directory_record(member.name, crc, size, u32::try_from(at).unwrap_or(u32::MAX));
        let fits = member.start == at && bytes.get(at..at + header.len()) == Some(&header[..]);
        directory.push((member.name, fits, record));
        at = member.start + header.len() + member.bytes.len();
    }
    let directory_start = at;
    for (name, header_fits, record) in directory {
        let fits = header_fits && bytes.get(at..at + record.len()) == Some(&record[..]);
        at += record.len();
        if !fits {
            flaws.push(Flaw::Header(name));
        }
    }
    let (size, start) = (u32::try_from(at - directory_start), u32::try_from(directory_start));
    let end = end_record(members.len(), size.unwrap_or(u32::MAX), start.unwrap_or(u32::MAX));
    if bytes.get(at..) != Some(&end[..]) {
        flaws.push(Flaw::End);
    }
    flaws
}

fn by_directory(bytes: &[u8]) -> Result<Vec<Member<'_>>, Error> {
    let cut = Error::Unreadable(
        bytes.len(),
        ("文件不完整，或者末尾已损坏", "it ends too early or its end is damaged"),
    );
    let Some(end) = bytes.len().checked_sub(END_BYTES) else {
        return Err(cut);
    };
    let (Some(count), Some(directory)) = (short(bytes, end + 10), long(bytes, end + 16)) else {
        return Err(cut);
    };
    if !bytes[end..].starts_with(&END) || directory > end {
        return Err(cut);
    }
    if count > MEMBERS_MAX {
        return Err(Error::TooLarge(("文件数", "files"), MEMBERS_MAX));
    }
    let mut members: Vec<Member<'_>> = Vec::new();
    let (mut record, mut start) = (directory, 0);
    for _ in 0..count {
        let found = bytes.get(record..end).is_some_and(|rest| rest.starts_with(&DIRECTORY));
        let sizes = (long(bytes, record + 24), short(bytes, record + 28), long(bytes, record + 42));
        let (true, (Some(size), Some(name_bytes), Some(stated))) = (found, sizes) else {
            return Err(Error::Unreadable(record, ("文件目录已损坏", "the list of files is damaged")));
        };
        let member = member(bytes, record + DIRECTORY_BYTES, name_bytes, start, size)?;
        if stated != start || start + LOCAL_BYTES + name_bytes + size > directory {
            return Err(Error::Unreadable(
                record,
                ("各文件没有依次相连", "the files do not lie one after the other"),
            ));
        }
        follows(members.last(), &member)?;
        members.push(member);
        record += DIRECTORY_BYTES + name_bytes;
        start += LOCAL_BYTES + name_bytes + size;
    }
    if record != end || start != directory {
        return Err(Error::Unreadable(
            start,
            ("有不属于任何文件的字节", "there are bytes that belong to no file"),
        ));
    }
    distinct(members)
}

fn by_walking(bytes: &[u8]) -> Result<Vec<Member<'_>>, Error> {
    let mut members: Vec<Member<'_>> = Vec::new();
    let mut start = 0;
    while bytes.get(start..).is_some_and(|rest| rest.starts_with(&LOCAL)) {
        let (Some(size), Some(name_bytes)) = (long(bytes, start + 22), short(bytes, start + 26)) else {
            return Err(Error::Unreadable(start, ("文件不完整", "it ends too early")));
        };
        if members.len() == MEMBERS_MAX {
            return Err(Error::TooLarge(("文件数", "files"), MEMBERS_MAX));
        }
        let member = member(bytes, start + LOCAL_BYTES, name_bytes, start, size)?;
        follows(members.last(), &member)?;
        members.push(member);
        start += LOCAL_BYTES + name_bytes + size;
    }
    if members.is_empty() {
        return Err(Error::Unreadable(
            0,
            ("开头不是卷宗文件的格式", "it does not begin as a case file does"),
        ));
    }
    distinct(members)
}

/// The member whose name is read here and whose local header begins at `start`.
fn member(
    bytes: &[u8],
    name_at: usize,
    name_bytes: usize,
    start: usize,
    size: usize,
) -> Result<Member<'_>, Error> {
    if size > MEMBER_BYTES_MAX {
        return Err(Error::TooLarge(("单个文件的字节数", "bytes of one file"), MEMBER_BYTES_MAX));
    }
    let content = start + LOCAL_BYTES + name_bytes;
    let (Some(name), Some(content)) =
        (bytes.get(name_at..name_at + name_bytes), bytes.get(content..content.saturating_add(size)))
    else {
        return Err(Error::Unreadable(start, ("文件不完整", "it ends too early")));
    };
    let name = core::str::from_utf8(name)
        .map_err(|_| Error::Unreadable(name_at, ("文件名不是UTF-8", "a file's name is not UTF-8")))?;
    if !name::is_safe(name) {
        return Err(Error::Name(name.to_owned()));
    }
    Ok(Member { name, bytes: content, start })
}

fn follows(before: Option<&Member<'_>>, member: &Member<'_>) -> Result<(), Error> {
    match before {
        Some(before) if !name::may_follow(before.name, member.name) => {
            Err(Error::Name(member.name.to_owned()))
        }
        _ => Ok(()),
    }
}

/// The members, if each can be unpacked beside all others.
fn distinct(members: Vec<Member<'_>>) -> Result<Vec<Member<'_>>, Error> {
    match name::clash(members.iter().map(|member| member.name)) {
        Some(name) => Err(Error::Name(name.to_owned())),
        None => Ok(members),
    }
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 2)?.try_into().ok().map(|two| usize::from(u16::from_le_bytes(two)))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(four)).ok()
}
