//! An export as it comes: unpacked within limits, every member by its digest, the statement by its signatures. What is in the members
//! is another question ([`super::check`]).
//!
//! Nothing of what the file says of itself is believed before it is checked: names are those of an export and no others, sizes are
//! counted while it is unpacked. Everything is held in memory but the recordings, which go to a folder that counts for nothing.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Read, Write},
    path::Path,
};

use casefile::{Digest, Keys, PublicKey, Signatures, Sm2Key};
use serde::Deserialize;
use zip::{CompressionMethod, ZipArchive};

use super::{
    ALWAYS, EXHIBITS, FORMAT, Failed, RECORDINGS, STAMP, STATEMENT, STATEMENT_KEY, STATEMENT_KEY_SM2,
    STATEMENT_SIGNATURE, STATEMENT_SM2, Statement, UNLISTED, Wrong,
};
use crate::{config::Limits, recording::notes::hash, token, unseen::is_unseen};

/// An export whose members are those that its statement names.
pub(super) struct Parcel {
    pub(super) statement: Statement,
    /// Whose keys signed the statement.
    pub(super) signer: Keys,
    /// Every member but the recordings.
    pub(super) members: BTreeMap<String, Vec<u8>>,
}

type Archive = ZipArchive<BufReader<File>>;

/// The format alone, which is read before anything else.
#[derive(Deserialize)]
struct Named {
    format: String,
}

impl Parcel {
    /// Reads an export; its recordings go into a folder.
    pub(super) fn open(file: &Path, limits: &Limits, recordings: &Path) -> Result<Self, Failed> {
        let file = File::open(file)?;
        let length = file.metadata()?.len();
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| Wrong::NotZip)?;
        if u64::try_from(archive.len()).unwrap_or(u64::MAX) > limits.exchange_members_max {
            return Err(Wrong::Members.into());
        }
        names(&archive)?;
        // Nothing is pressed, so there is no more inside than the file has bytes, unless its members lie over each other.
        let most = |limit: u64| limit.min(length);
        let mut left = (most(limits.exchange_read_bytes_max), most(limits.exchange_recordings_bytes_max));
        let mut members = BTreeMap::new();
        let mut written = BTreeMap::new();
        for at in 0..archive.len() {
            let name = plain(&mut archive, at)?;
            if let Some(recording) = name.strip_prefix(RECORDINGS) {
                let digest = keep(&mut archive, at, &recordings.join(recording), &mut left.1)?;
                written.insert(name, digest);
            } else {
                let bytes = read(&mut archive, at, &name, &mut left.0)?;
                members.insert(name, bytes);
            }
        }
        let (statement, signer) = signed(&members)?;
        let digests = members.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).chain(written);
        let digests: BTreeMap<String, Digest> =
            digests.filter(|(name, _)| !UNLISTED.contains(&name.as_str())).collect();
        compare(&statement, &digests)?;
        Ok(Self { statement, signer, members })
    }

    /// A member.
    pub(super) fn member(&self, name: &str) -> Result<&[u8], Wrong> {
        member(&self.members, name)
    }
}

fn member<'a>(members: &'a BTreeMap<String, Vec<u8>>, name: &str) -> Result<&'a [u8], Wrong> {
    members.get(name).map(Vec::as_slice).ok_or_else(|| Wrong::Missing(name.into()))
}

/// A member of exactly so many bytes.
pub(super) fn exactly<const N: usize>(bytes: &[u8], name: &str) -> Result<[u8; N], Wrong> {
    bytes.try_into().map_err(|_| Wrong::Unreadable(name.into()))
}

/// Refuses names that no export has, and names that stand there twice.
fn names(archive: &Archive) -> Result<(), Wrong> {
    let text = |raw: &[u8]| String::from_utf8_lossy(raw).into_owned();
    if archive.has_duplicate_names() {
        return Err(Wrong::Member("…".into()));
    }
    match archive.file_names_raw().map(text).find(|name| !is_placed(name)) {
        Some(name) => Err(Wrong::Member(shown(&name))),
        None => Ok(()),
    }
}

/// Words that a stranger chose, as they can be printed.
pub(super) fn shown(name: &str) -> String {
    const LETTERS: usize = 300;
    let odd = |letter: char| letter.is_control() || is_unseen(letter);
    name.chars().map(|letter| if odd(letter) { '?' } else { letter }).take(LETTERS).collect()
}

/// Whether an export may have a member of this name. None of them leaves the folder that it is unpacked in.
fn is_placed(name: &str) -> bool {
    if let Some(name) = name.strip_prefix(EXHIBITS) {
        let digits = name.strip_suffix(".json").unwrap_or(name);
        return digits.parse::<Digest>().is_ok();
    }
    if let Some(name) = name.strip_prefix(RECORDINGS) {
        let fit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        return name
            .strip_suffix(".webm")
            .is_some_and(|stem| (1..=100).contains(&stem.len()) && stem.bytes().all(fit));
    }
    name == STAMP || ALWAYS.contains(&name) || UNLISTED.contains(&name)
}

/// The name of a member that is packed as those of exports are: stored, a file, without a password.
fn plain(archive: &mut Archive, at: usize) -> Result<String, Wrong> {
    if archive.by_index_data(at).map_err(|_| Wrong::NotZip)?.encrypted() {
        return Err(Wrong::Member("*".into()));
    }
    let entry = archive.by_index(at).map_err(|_| Wrong::NotZip)?;
    let name = entry.name().map_err(|_| Wrong::NotZip)?.into_owned();
    if entry.is_symlink() || entry.compression() != CompressionMethod::Stored {
        return Err(Wrong::Member(shown(&name)));
    }
    // What the directory of the archive and the head of the member call it may differ.
    if is_placed(&name) { Ok(name) } else { Err(Wrong::Member(shown(&name))) }
}

/// A member, read whole; `left` is how many bytes there may still be.
fn read(archive: &mut Archive, at: usize, name: &str, left: &mut u64) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let entry = archive.by_index(at).map_err(|_| Wrong::NotZip)?;
    // A broken member and a checksum that does not fit are told in the same way.
    entry.take(left.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| Wrong::Changed(name.into()))?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    *left = left.checked_sub(size).ok_or(Wrong::Large)?;
    Ok(bytes)
}

/// A recording, written to a file; its digest.
fn keep(archive: &mut Archive, at: usize, to: &Path, left: &mut u64) -> Result<Digest, Failed> {
    const PIECE: usize = 262_144;
    let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut entry = archive.by_index(at).map_err(|_| Wrong::NotZip)?;
    let (mut file, mut piece, mut size) = (File::create_new(to)?, vec![0; PIECE], 0_u64);
    loop {
        let count = entry.read(&mut piece).map_err(|_| Wrong::Changed(name.clone()))?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        *left = left.checked_sub(count).ok_or(Wrong::Large)?;
        size = size.saturating_add(count);
        file.write_all(read)?;
    }
    file.sync_all()?;
    let hash = hash(File::open(to)?, size)?;
    Ok(Digest(token::unhex(&hash).ok_or_else(|| Wrong::Changed(name.clone()))?))
}

/// The statement, and whose keys signed it.
fn signed(members: &BTreeMap<String, Vec<u8>>) -> Result<(Statement, Keys), Wrong> {
    let unreadable = |_| Wrong::Unreadable(STATEMENT.into());
    let bytes = member(members, STATEMENT)?;
    let named: Named = serde_json::from_slice(bytes).map_err(unreadable)?;
    if named.format != FORMAT {
        return Err(Wrong::Format(shown(&named.format)));
    }
    let part = |name| member(members, name);
    let keys = Keys {
        ed25519: PublicKey(exactly(part(STATEMENT_KEY)?, STATEMENT_KEY)?),
        sm2: Sm2Key(exactly(part(STATEMENT_KEY_SM2)?, STATEMENT_KEY_SM2)?),
    };
    let signatures = Signatures {
        ed25519: exactly(part(STATEMENT_SIGNATURE)?, STATEMENT_SIGNATURE)?,
        sm2: exactly(part(STATEMENT_SM2)?, STATEMENT_SM2)?,
    };
    if !keys.hold(bytes, &signatures) {
        return Err(Wrong::Signature);
    }
    Ok((serde_json::from_slice(bytes).map_err(unreadable)?, keys))
}

/// Whether the members are those that the statement names, no more and no fewer.
fn compare(statement: &Statement, digests: &BTreeMap<String, Digest>) -> Result<(), Wrong> {
    for (name, digest) in &statement.members {
        match digests.get(name) {
            None => return Err(Wrong::Missing(shown(name))),
            Some(found) if found != digest => return Err(Wrong::Changed(name.clone())),
            Some(_) => {}
        }
    }
    match digests.keys().find(|name| !statement.members.contains_key(*name)) {
        Some(more) => Err(Wrong::Member(more.clone())),
        None => ALWAYS
            .iter()
            .find(|name| !digests.contains_key(**name))
            .map_or(Ok(()), |name| Err(Wrong::Missing((*name).into()))),
    }
}

#[cfg(test)]
mod tests {
    use casefile::{OfficeKeys, Signer};
    use procedure::Moment;
    use proptest::prelude::*;
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    const FILM: &[u8] = b"head cluster cluster";

    /// An export in form only, with a recording.
    fn with_a_recording(path: &Path) {
        let mut members: BTreeMap<String, Vec<u8>> =
            ALWAYS.iter().map(|name| ((*name).into(), b"something".to_vec())).collect();
        members.insert(format!("{RECORDINGS}a1-1.webm"), FILM.to_vec());
        let statement = Statement {
            format: FORMAT.into(),
            office: "某市人民检察院".into(),
            program: "0".into(),
            hearing: "h".into(),
            exported: Moment(0),
            stamped: None,
            recordings: true,
            members: members.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect(),
        };
        let statement = serde_json::to_vec(&statement).unwrap();
        let signer = OfficeKeys::from_secrets(&[9; 32], &[8; 32]).unwrap();
        let (keys, signatures) = (signer.keys(), signer.sign(&statement).unwrap());
        members.insert(STATEMENT.into(), statement);
        members.insert(STATEMENT_SIGNATURE.into(), signatures.ed25519.to_vec());
        members.insert(STATEMENT_SM2.into(), signatures.sm2.to_vec());
        members.insert(STATEMENT_KEY.into(), keys.ed25519.0.to_vec());
        members.insert(STATEMENT_KEY_SM2.into(), keys.sm2.0.to_vec());
        let mut zip = ZipWriter::new(File::create(path).unwrap());
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, bytes) in members {
            zip.start_file(name, stored.large_file(true)).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap();
    }

    #[test]
    fn a_recording_goes_to_its_folder_and_not_to_memory_and_no_more_of_it_than_allowed() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("export.zip");
        with_a_recording(&path);
        let recordings = |name: &str| {
            let place = folder.path().join(name);
            std::fs::create_dir(&place).unwrap();
            place
        };
        let (good, narrow) = (recordings("good"), recordings("narrow"));
        let Ok(parcel) = Parcel::open(&path, &Limits::default(), &good) else { panic!("it holds") };
        assert_eq!(parcel.members.len(), ALWAYS.len() + UNLISTED.len());
        assert_eq!(std::fs::read(good.join("a1-1.webm")).unwrap(), FILM);
        let limits = Limits { exchange_recordings_bytes_max: 10, ..Limits::default() };
        let opened = Parcel::open(&path, &limits, &narrow);
        assert!(matches!(opened, Err(Failed::Wrong(Wrong::Large))));
        assert!(std::fs::read(narrow.join("a1-1.webm")).unwrap().len() <= 10);
    }

    #[test]
    fn members_that_lie_over_each_other_are_read_no_further_than_the_file_is_long() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("export.zip");
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(format!("{EXHIBITS}{}", "0".repeat(64)), stored).unwrap();
        zip.write_all(&[7; 10_000]).unwrap();
        let one = zip.finish().unwrap().into_inner();
        // The last 22 bytes say how many members there are, how long the directory is, and where it begins.
        let (lists, last) = one.split_at(one.len() - 22);
        let begins = u32::from_le_bytes(last[16..20].try_into().unwrap());
        let (data, directory) = lists.split_at(usize::try_from(begins).unwrap());
        let mut many = data.to_vec();
        for count in 0..100 {
            let (mut entry, name) = (directory.to_vec(), 46 + EXHIBITS.len());
            entry[name..name + 3].copy_from_slice(format!("{count:03}").as_bytes());
            many.extend(entry);
        }
        let (length, mut last) = (u32::try_from(many.len() - data.len()).unwrap(), last.to_vec());
        for at in [8, 10] {
            last[at..at + 2].copy_from_slice(&100_u16.to_le_bytes());
        }
        last[12..16].copy_from_slice(&length.to_le_bytes());
        many.extend(last);
        std::fs::write(&path, many).unwrap();
        let opened = Parcel::open(&path, &Limits::default(), folder.path());
        assert!(matches!(opened, Err(Failed::Wrong(Wrong::Large | Wrong::NotZip))));
    }

    #[test]
    fn only_names_of_exports_have_a_place_and_none_leaves_its_folder() {
        let sha256 = "0".repeat(64);
        for name in ["case-file.zip", "seal/seal.json", "stamp.tsr", "export.sig", "recordings/a1-1.webm"] {
            assert!(is_placed(name), "{name}");
        }
        assert!(is_placed(&format!("exhibits/{sha256}")) && is_placed(&format!("exhibits/{sha256}.json")));
        for name in [
            "",
            "seal.key",
            "../case-file.zip",
            "/case-file.zip",
            "seal\\seal.json",
            "exhibits/../seal.key",
            "exhibits/",
            "recordings/../a.webm",
            "recordings/.webm",
            "recordings/a/b.webm",
            "recordings/a1-1.webm.exe",
        ] {
            assert!(!is_placed(name), "{name}");
        }
        assert!(!is_placed(&format!("exhibits/{}", "A".repeat(64))), "written in one way only");
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_stop_the_import(bytes in prop::collection::vec(any::<u8>(), 0..2000), zip in any::<bool>()) {
            let folder = tempfile::TempDir::new().unwrap();
            let path = folder.path().join("file.zip");
            let head: &[u8] = if zip { b"PK\x03\x04" } else { b"" };
            std::fs::write(&path, [head, &bytes].concat()).unwrap();
            let opened = Parcel::open(&path, &Limits::default(), folder.path());
            prop_assert!(matches!(opened, Err(Failed::Wrong(_))));
        }
    }
}
