//! Good files hold, say what they are, and are the same bytes each time.

use std::io::Read as _;

use casefile::{CopyKind, Digest, Error, Leaf, Report, Seal, Sealing, Signer as _, files, verify};

use crate::fixture::{
    ENTRIES, STREAM, copy, entries, file, is_secret, keys, leaves, main_volume, seal, signer, small, whole,
};

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_sealed_file_holds_and_says_so_in_both_languages() {
    let report = verify(&whole(500), None);
    assert!(report.holds(), "{report:#?}");
    let expected = [
        "archive",
        "key.shown",
        "key.sm2",
        "seal",
        "copy",
        "files",
        "entries",
        "entries.shown",
        "entries.withheld",
    ];
    assert_eq!(codes(&report), expected);
    let withheld = report.findings.last().unwrap();
    assert_eq!(withheld.zh, "另有3条记录不向本副本公开，只列承诺值：第12-14条");
    assert_eq!(withheld.en, "3 entries are withheld, with only their commitments here: 12-14");
    let facts = report.facts.unwrap();
    assert_eq!((facts.entries, facts.withheld, facts.copy), (ENTRIES, 3, Some(CopyKind::Whole)));
    assert_eq!(facts.fingerprint, signer().keys().ed25519.fingerprint());
    assert!(
        report.findings[3].en.contains("sealed at 2026-11-24 14:00:00 +08:00"),
        "{}",
        report.findings[3].en
    );
}

#[test]
fn the_expected_key_is_recognised() {
    let key = signer().keys().ed25519;
    let report = verify(&small(), Some(&key));
    assert!(report.holds());
    assert!(codes(&report).contains(&"key.expected"));
}

#[test]
fn all_copies_carry_the_same_seal_and_the_same_commitments() {
    let main = copy(CopyKind::Main, &leaves(|n| n % 2 == 0), &main_volume(50)).unwrap();
    let copies = [whole(50), main, small()].map(|bytes| {
        assert!(verify(&bytes, None).holds());
        files(&bytes).unwrap()
    });
    let read = |copy: &[casefile::File], path: &str| {
        copy.iter().find(|file| file.path == path).map(|file| file.bytes.clone()).unwrap()
    };
    for path in ["seal.json", "seal.sig", "seal.pub"] {
        assert!(copies.iter().all(|copy| read(copy, path) == read(&copies[0], path)), "{path}");
    }
    for copy in &copies {
        let lines = String::from_utf8(read(copy, "entries/entries.jsonl")).unwrap();
        for (line, entry) in lines.lines().zip(entries()) {
            assert!(line.contains(&entry.commitment().to_string()));
        }
    }
}

#[test]
fn what_is_withheld_is_nowhere_in_the_bytes() {
    let bytes = whole(50);
    let found = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    for entry in entries().iter().filter(|entry| is_secret(entry.number)) {
        assert!(!found("评议意见".as_bytes()));
        assert!(!found(Digest(entry.salt).to_string().as_bytes()));
    }
    assert!(found("第11次发言".as_bytes()));
}

#[test]
fn a_hearing_all_withheld_or_all_shown_holds() {
    for shown in [false, true] {
        let bytes = copy(CopyKind::Main, &leaves(|_| shown), &[]).unwrap();
        let report = verify(&bytes, None);
        assert!(report.holds(), "{report:#?}");
        assert_eq!(report.facts.unwrap().withheld, if shown { 0 } else { ENTRIES });
    }
}

#[test]
fn the_format_has_not_changed() {
    // Beside a new wording of README.txt, a new digest here means that files sealed before may no longer be read: that
    // needs a new version of the format.
    assert_eq!(
        Digest::of(&small()).to_string(),
        "5380b9c76d7a3a9afa61003fca11cf1bf56463912156de10b224d93e61d888e4"
    );
    assert_eq!(
        Digest::of(&whole(500)).to_string(),
        "6c885bb61cf8e2bca3b89de025a22a87fd89c2c18c5b4c2189eb9220df2aaf3c"
    );
}

#[test]
fn other_programs_open_the_archive() {
    let bytes = whole(500);
    let ours = files(&bytes).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.len(), ours.len());
    for file in ours {
        let mut theirs = Vec::new();
        archive.by_name(&file.path).unwrap().read_to_end(&mut theirs).unwrap();
        assert_eq!(theirs, file.bytes, "{}", file.path);
    }
}

#[test]
fn what_does_not_belong_is_refused() {
    let (all, main) = (leaves(|_| true), CopyKind::Main);
    let refused = |path: &str| copy(CopyKind::Main, &all, &[file(path, "x")]).unwrap_err();
    assert_eq!(refused("confidential/sheets.json"), Error::Confidential("confidential/sheets.json".into()));
    let long = format!("main/{}", "x".repeat(300));
    for path in [
        "main/../../etc/passwd",
        "/main/x",
        "x",
        "seal.json",
        "main/a\\b",
        "main/",
        "main/a//b",
        "main/a\nb",
        &long,
    ] {
        assert_eq!(refused(path), Error::Name(path.into()));
    }
    for clash in [["main/a", "main/a"], ["main/a", "main/A"], ["main/a", "main/a/b"]] {
        let files = clash.map(|path| file(path, "x"));
        assert!(matches!(copy(main.clone(), &all, &files), Err(Error::Name(_))), "{clash:?}");
    }
    let mut swapped = all.clone();
    swapped.swap(2, 3);
    assert_eq!(copy(main.clone(), &swapped, &[]), Err(Error::NotAsSealed));
    assert_eq!(copy(main, &all[..19], &[]), Err(Error::NotAsSealed));
    let seat = "p1\nfake".to_owned();
    assert_eq!(copy(CopyKind::Own { seat: seat.clone() }, &all, &[]), Err(Error::Id(seat)));
    let sealing = Sealing { hearing: "h", stream: STREAM, sealed_at: 0, commitments: &[] };
    assert_eq!(Seal::make(&sealing, &signer()), Err(Error::Empty));
}

#[test]
fn another_key_cannot_bind_a_copy_of_this_seal() {
    let other = keys(8);
    let all: Vec<Leaf> = leaves(|_| true);
    let copy = casefile::Copy { kind: CopyKind::Main, leaves: &all, files: &[] };
    assert_eq!(seal().copy(&copy, &other), Err(Error::Signature));
}
