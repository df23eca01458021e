//! Checking a case file: whether it is whole, whose it is, what was withheld and, if anything was changed, what.
//!
//! ```text
//! envelope ─▶ keys ─▶ seal.json by seal.sig and seal-sm2.sig ─▶ entries against the seal
//!                 │                                              └─▶ what people signed, against the record
//!                 └─▶ copy.json by copy.sig and copy-sm2.sig ─▶ manifest.json ─▶ every file
//! ```
//!
//! Every check that can still be made is made, so that one damaged byte does not hide another.

mod entries;
mod files;
mod signatures;
mod signers;

use std::collections::BTreeMap;

use crate::archive::read::{Flaw, flaws, members};
use crate::key::{Expected, PublicKey};
use crate::name;
use crate::report::{Facts, Report};

/// The members by name.
type Members<'a> = BTreeMap<&'a str, &'a [u8]>;

/// Checks a case file. With an expected key (the office's published one) the file must be signed with it; without, the
/// report gives the fingerprint to compare.
///
/// Any bytes may be given: nothing panics, nothing is unpacked, and no more is allocated than the bytes justify.
#[must_use]
pub fn verify(bytes: &[u8], expected: Option<&PublicKey>) -> Report {
    verify_as(bytes, &Expected { ed25519: expected.map(Into::into), sm2: None })
}

/// As [`verify`], where the keys of both suites may be known, or the fingerprints alone.
#[must_use]
pub fn verify_as(bytes: &[u8], expected: &Expected) -> Report {
    let mut report = Report::default();
    let members = match members(bytes) {
        Ok(members) => members,
        Err(error) => {
            report.breaking("archive.unreadable", None, error.zh(), error.to_string());
            return report.close();
        }
    };
    envelope(&mut report, &flaws(bytes, &members));
    let members: Members<'_> = members.iter().map(|member| (member.name, member.bytes)).collect();
    present(&mut report, &members);

    let key = signatures::key(&mut report, &members, expected.ed25519.as_ref());
    let sm2 = signatures::second_key(&mut report, &members, expected.sm2.as_ref());
    let keys = signatures::Readable { ed25519: key, sm2 };
    let seal = signatures::seal(&mut report, &members, keys);
    let copy = signatures::copy(&mut report, &members, keys);
    files::check(&mut report, &members, copy.as_ref());
    let (withheld, whole) = entries::check(&mut report, &members, seal.as_ref());
    if let Some(seal) = seal.as_ref().filter(|_| whole) {
        signers::check(&mut report, &members, seal);
    }

    report.facts = seal.map(|seal| Facts {
        hearing: seal.hearing,
        sealed_at: seal.sealed_at,
        copy: copy.map(|copy| copy.copy),
        entries: seal.entries,
        withheld,
        root: seal.root,
        fingerprint: key.map(|key| key.fingerprint()).unwrap_or_default(),
    });
    report.close()
}

/// Whether the archive is written in the one way.
fn envelope(report: &mut Report, flaws: &[Flaw<'_>]) {
    for flaw in flaws {
        match flaw {
            Flaw::Header(path) => report.breaking(
                "archive.header",
                Some(path),
                format!("压缩包中“{path}”的文件头或校验码与其内容不符"),
                format!("the archive's header or checksum of {path} does not fit its content"),
            ),
            Flaw::End => report.breaking(
                "archive.end",
                None,
                "压缩包的结尾被改动、截断，或者其后附有多余内容",
                "the end of the archive was changed or cut, or something was added after it",
            ),
        }
    }
    if flaws.is_empty() {
        report.holding(
            "archive",
            "压缩包的每个字节都符合格式",
            "every byte of the archive is as the format has it",
        );
    }
}

/// Whether every member has a place, and those that every case file has are there.
fn present(report: &mut Report, members: &Members<'_>) {
    for path in members.keys().filter(|path| !name::is_placed(path)) {
        report.breaking(
            "file.misplaced",
            Some(path),
            format!("“{path}”不属于卷宗的任何一卷"),
            format!("{path} belongs to no volume of a case file"),
        );
    }
    for path in name::ALWAYS.iter().filter(|path| !members.contains_key(*path)) {
        report.breaking(
            "file.missing",
            Some(path),
            format!("缺少文件“{path}”"),
            format!("{path} is missing"),
        );
    }
}
