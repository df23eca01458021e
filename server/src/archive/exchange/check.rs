//! What is in an export, checked as if nobody were to be believed: by the seal, by the chain, by the rules.

use std::{collections::BTreeSet, path::Path};

use casefile::{
    CopyKind, Digest, Keys, PublicKey, Seal, Signatures, Sm2Key, chain, chain_start, commitment, tree::Tree,
};
use procedure::{By, Hearing, Moment, hearing::exhibit::Content, wire::Happened};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    CASE_FILE, DOCKET, EXHIBITS, Failed, LOG, Line, Listed, RECORDED, RETENTION, Recorded, SEAL, SEAL_KEY,
    SEAL_KEY_SM2, SEAL_SIGNATURE, SEAL_SM2, STAMP, STATEMENT, Wrong,
    parcel::{Parcel, exactly, shown},
    recorded,
};
use crate::{
    archive::{api, catalogue, retention, stamp::check as stamp_check},
    docket::Face,
    exhibit::Kept,
    log, recording, room,
};

/// A hearing that holds in every respect.
pub(super) struct Sound {
    pub(super) id: String,
    pub(super) face: Face,
    pub(super) entries: Vec<log::Entry>,
    pub(super) seal: Seal,
    /// The time stamp and its moment.
    pub(super) stamp: Option<(i64, Vec<u8>)>,
    pub(super) retention: Vec<retention::Step>,
    /// SHA-256 of the files of the exhibits.
    pub(super) exhibits: BTreeSet<String>,
}

/// The seal as far as it is compared here.
#[derive(Deserialize)]
struct Sealed {
    hearing: String,
    stream: String,
    sealed_at: i64,
    entries: u64,
    root: Digest,
    chain: Digest,
}

/// Checks everything in an export whose recordings lie in a folder. With keys, fingerprints or whole, those that sign must be among
/// them.
pub(super) fn check(parcel: &Parcel, expected: &[String], recordings: &Path) -> Result<Sound, Failed> {
    let statement = &parcel.statement;
    let id = &statement.hearing;
    // The name of the office goes into lists and notes as it stands here.
    if statement.office.trim().is_empty() || shown(&statement.office) != statement.office {
        return Err(Wrong::Unreadable(STATEMENT.into()).into());
    }
    let (seal, sealed) = seal(parcel)?;
    for keys in [&seal.keys, &parcel.signer] {
        known(&keys.ed25519, expected)?;
    }
    if sealed.hearing != *id || !is_given_here(id) || sealed.stream != room::stream(id) {
        return Err(Wrong::Seal.into());
    }
    let case_file = parcel.member(CASE_FILE)?;
    whole_copy(case_file, &seal, id)?;
    let entries = entries(parcel.member(LOG)?, &sealed)?;
    let hearing = api::folded(&entries)?;
    let face = Face::of(id, &hearing).filter(|face| face.sealed).ok_or(Wrong::NotSealed)?;
    let at = hearing.record.sealed == Some(Moment(sealed.sealed_at));
    if !at || catalogue::Entry::of(id, &hearing, &statement.office).is_none() {
        return Err(Wrong::NotSealed.into());
    }
    let listed: Listed = json(parcel, DOCKET)?;
    let same_case = listed.case.as_ref().is_none_or(|case| case.number == face.number);
    if listed.face.id != *id || listed.face.number != face.number || !same_case {
        return Err(Wrong::Unreadable(DOCKET.into()).into());
    }
    let retention: Vec<retention::Step> = json(parcel, RETENTION)?;
    if retention.is_empty() {
        return Err(Wrong::Unreadable(RETENTION.into()).into());
    }
    let exhibits = exhibits(parcel, &hearing)?;
    recorded_files(parcel, &entries, case_file, recordings)?;
    let stamp = stamp(parcel, &seal)?;
    Ok(Sound { id: id.clone(), face, entries, seal, stamp, retention, exhibits })
}

fn json<T: DeserializeOwned>(parcel: &Parcel, name: &str) -> Result<T, Wrong> {
    serde_json::from_slice(parcel.member(name)?).map_err(|_| Wrong::Unreadable(name.into()))
}

/// The seal, sound in itself.
fn seal(parcel: &Parcel) -> Result<(Seal, Sealed), Wrong> {
    let part = |name| parcel.member(name);
    let seal = Seal {
        statement: part(SEAL)?.to_vec(),
        signatures: Signatures {
            ed25519: exactly(part(SEAL_SIGNATURE)?, SEAL_SIGNATURE)?,
            sm2: exactly(part(SEAL_SM2)?, SEAL_SM2)?,
        },
        keys: Keys {
            ed25519: PublicKey(exactly(part(SEAL_KEY)?, SEAL_KEY)?),
            sm2: Sm2Key(exactly(part(SEAL_KEY_SM2)?, SEAL_KEY_SM2)?),
        },
    };
    if !seal.is_sound() {
        return Err(Wrong::Seal);
    }
    let sealed = serde_json::from_slice(&seal.statement).map_err(|_| Wrong::Seal)?;
    Ok((seal, sealed))
}

/// Whether an id is written as the program gives them. Names of folders are made of it, and there are disks on which names that differ
/// in capitals alone are one: then the files of one hearing would take the place of another's.
fn is_given_here(id: &str) -> bool {
    uuid::Uuid::try_parse(id).is_ok_and(|uuid| uuid.hyphenated().to_string() == id)
}

/// The time stamp, where there is one: of this seal, at the moment that the statement names. Its signature is checked by whoever has
/// the roots of its authority.
fn stamp(parcel: &Parcel, seal: &Seal) -> Result<Option<(i64, Vec<u8>)>, Wrong> {
    match (parcel.members.get(STAMP), parcel.statement.stamped) {
        (Some(reply), Some(at)) => {
            let told = stamp_check::moment_of(reply, &Digest::of(&seal.statement).0).map_err(Wrong::Stamp)?;
            if told.0 == at { Ok(Some((at, reply.clone()))) } else { Err(Wrong::Changed(STAMP.into())) }
        }
        (None, None) => Ok(None),
        (Some(_), None) => Err(Wrong::Member(STAMP.into())),
        (None, Some(_)) => Err(Wrong::Missing(STAMP.into())),
    }
}

/// Whether a key is among those that are expected, where any are.
fn known(key: &PublicKey, expected: &[String]) -> Result<(), Wrong> {
    let digits = |text: &str| text.split_whitespace().collect::<String>().to_ascii_lowercase();
    let own = [digits(&key.fingerprint()), key.to_string()];
    if expected.is_empty() || expected.iter().any(|named| own.contains(&digits(named))) {
        Ok(())
    } else {
        Err(Wrong::Key(key.fingerprint()))
    }
}

/// Whether the case file is the whole copy of this seal, and holds.
fn whole_copy(case_file: &[u8], seal: &Seal, id: &str) -> Result<(), Wrong> {
    let report = casefile::verify(case_file, Some(&seal.keys.ed25519));
    if let Some(broken) = report.broken().next() {
        return Err(Wrong::CaseFile(shown(&broken.zh), shown(&broken.en)));
    }
    let whole = report
        .facts
        .as_ref()
        .is_some_and(|facts| facts.hearing == id && matches!(facts.copy, Some(CopyKind::Whole)));
    let files = casefile::files(case_file).map_err(|_| Wrong::Seal)?;
    let has = |path: &str, bytes: &[u8]| files.iter().any(|file| file.path == path && file.bytes == bytes);
    let same = has("seal.json", &seal.statement) && has("seal-sm2.pub", &seal.keys.sm2.to_der());
    // A copy in which the sealing is withheld says nothing of the record that was signed.
    let told = report.findings.iter().any(|found| found.code == "record");
    if !told && files.iter().any(|file| file.path == "main/record.jsonl") {
        return Err(Wrong::NotSealed);
    }
    if report.holds() && whole && same { Ok(()) } else { Err(Wrong::Seal) }
}

/// The log: every commitment and the chain worked out anew, and the root that was sealed.
fn entries(lines: &[u8], sealed: &Sealed) -> Result<Vec<log::Entry>, Wrong> {
    let text = std::str::from_utf8(lines).map_err(|_| Wrong::Unreadable(LOG.into()))?;
    let mut entries = Vec::new();
    let mut before = chain_start(&sealed.stream);
    for (line, number) in text.lines().zip(1_usize..) {
        let wrong = || Wrong::Entry(number);
        if number > casefile::limits::ENTRIES_MAX {
            return Err(Wrong::Log);
        }
        let line: Line = serde_json::from_str(line).map_err(|_| wrong())?;
        let made = commitment(&line.salt.0, line.content.as_bytes());
        before = chain(&before, &made);
        let in_place = usize::try_from(line.number).is_ok_and(|own| own == number);
        if !in_place || made != line.commitment || before != line.chain {
            return Err(wrong());
        }
        // What the rooms and the lists read of an entry must be readable here; a newer program may have written what is not.
        let unknown = |_| Wrong::UnknownEntry(number);
        let happened: Happened = serde_json::from_str(&line.content).map_err(unknown)?;
        let _: By = serde_json::from_str(&line.author).map_err(unknown)?;
        if happened.at != line.at {
            return Err(wrong());
        }
        entries.push(log::Entry {
            number: line.number,
            at: line.at,
            author: line.author,
            command: line.command,
            content: line.content,
            salt: line.salt.0,
            commitment: line.commitment,
            chain: line.chain,
        });
    }
    let commitments: Vec<Digest> = entries.iter().map(|entry| entry.commitment).collect();
    let count = u64::try_from(entries.len()).is_ok_and(|count| count == sealed.entries && count > 0);
    if count && before == sealed.chain && Tree::of(&commitments).root() == sealed.root {
        Ok(entries)
    } else {
        Err(Wrong::Log)
    }
}

/// The files that belong to the hearing, each by its SHA-256: all of them and no others, and each said to be what the log says.
fn exhibits(parcel: &Parcel, hearing: &Hearing) -> Result<BTreeSet<String>, Wrong> {
    let named = api::named(hearing);
    let own = parcel.members.keys().filter_map(|name| name.strip_prefix(EXHIBITS));
    if let Some(other) =
        own.map(|name| name.strip_suffix(".json").unwrap_or(name)).find(|name| !named.contains(*name))
    {
        return Err(Wrong::Exhibit(other.into()));
    }
    for sha256 in &named {
        let wrong = |_| Wrong::Exhibit(shown(sha256));
        let bytes = parcel.member(&format!("{EXHIBITS}{sha256}")).map_err(wrong)?;
        let kept: Kept = json(parcel, &format!("{EXHIBITS}{sha256}.json")).map_err(wrong)?;
        let size = u64::try_from(bytes.len()).is_ok_and(|size| size == kept.size);
        let same = kept.sha256 == *sha256 && Digest::of(bytes).to_string() == *sha256;
        if !size || !same || !is_named(hearing, &kept) {
            return Err(Wrong::Exhibit(shown(sha256)));
        }
    }
    Ok(named)
}

/// Whether the log names this file, as of this kind: what a browser is told that a file is follows from it.
fn is_named(hearing: &Hearing, kept: &Kept) -> bool {
    let laid = hearing.exhibit.laid.values().any(|laid| match &laid.exhibit.content {
        Content::File { sha256, size, media_type, pages } => {
            (sha256, *size, media_type, *pages) == (&kept.sha256, kept.size, &kept.media_type, kept.pages)
        }
        Content::Text(_) => false,
    });
    let mut scans = hearing.record.scans();
    laid || scans.any(|scan| {
        (&scan.sha256, scan.size, &scan.media_type) == (&kept.sha256, kept.size, &kept.media_type)
    })
}

/// The recordings: the list by the log, the files by the case file, and where the files are not there none at all.
fn recorded_files(
    parcel: &Parcel,
    entries: &[log::Entry],
    case_file: &[u8],
    folder: &Path,
) -> Result<(), Failed> {
    let listed: Vec<Recorded> = json(parcel, RECORDED)?;
    if listed != recorded(entries)? {
        return Err(Wrong::Unreadable(RECORDED.into()).into());
    }
    if parcel.statement.recordings {
        let found = recording::check::check(case_file, folder)?;
        return match found.into_iter().find(|found| !found.holds) {
            Some(broken) => Err(Wrong::Recording(shown(&broken.zh), shown(&broken.en)).into()),
            None => Ok(()),
        };
    }
    match recording::Shelf::files(folder)?.first() {
        Some(file) => Err(Wrong::Member(recording::Shelf::name(&file.seat, file.part)).into()),
        None => Ok(()),
    }
}
