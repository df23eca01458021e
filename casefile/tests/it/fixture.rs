//! A small hearing to seal: 20 entries, of which some are heard by the panel alone, and files of both volumes.

use casefile::{Copy, CopyKind, Digest, Entry, Error, File, Leaf, OfficeKeys, Seal, Sealing};

pub(crate) const ENTRIES: u64 = 20;
pub(crate) const STREAM: &str = "hearing/0193a5c0";

pub(crate) fn signer() -> OfficeKeys {
    keys(7)
}

pub(crate) fn keys(secret: u8) -> OfficeKeys {
    OfficeKeys::from_secrets(&[secret; 32], &[secret + 1; 32]).unwrap()
}

/// What was said in the deliberation room: shown in no copy.
pub(crate) fn is_secret(number: u64) -> bool {
    (12..=14).contains(&number)
}

pub(crate) fn entries() -> Vec<Entry> {
    (1..=ENTRIES).map(entry).collect()
}

fn entry(number: u64) -> Entry {
    let content = if is_secret(number) {
        format!(r#"{{"at":{number},"event":{{"deliberation":{{"said":{{"text":"评议意见-{number}"}}}}}}}}"#)
    } else {
        format!(
            r#"{{"at":{number},"event":{{"statement":{{"said":{{"text":"第{number}次发言 \"quoted\" \\ 𬭎䶮"}}}}}}}}"#
        )
    };
    Entry { number, content: content.into_bytes(), salt: Digest::of(&number.to_be_bytes()).0 }
}

pub(crate) fn leaves(shown: impl Fn(u64) -> bool) -> Vec<Leaf> {
    entries()
        .into_iter()
        .map(|entry| (shown(entry.number), entry))
        .map(|(shown, entry)| entry.leaf(shown))
        .collect()
}

pub(crate) fn seal() -> Seal {
    let commitments: Vec<Digest> = entries().iter().map(Entry::commitment).collect();
    let sealing = Sealing {
        hearing: "0193a5c0",
        stream: STREAM,
        sealed_at: 1_795_500_000_123,
        commitments: &commitments,
    };
    Seal::make(&sealing, &signer()).unwrap()
}

pub(crate) fn file(path: &str, bytes: impl AsRef<[u8]>) -> File {
    File { path: path.into(), bytes: bytes.as_ref().to_vec() }
}

pub(crate) fn main_volume(exhibit_bytes: usize) -> Vec<File> {
    let exhibit: Vec<u8> = (0..exhibit_bytes).map(|n| (n * n / 7 % 251) as u8).collect();
    vec![
        file("main/record.html", "<!doctype html><title>听证笔录</title>"),
        file("main/record.json", "[]"),
        file("main/exhibits/证据一.pdf", exhibit),
    ]
}

pub(crate) fn copy(kind: CopyKind, leaves: &[Leaf], files: &[File]) -> Result<Vec<u8>, Error> {
    seal().copy(&Copy { kind, leaves, files }, &signer())
}

/// The office's copy, with an exhibit of so many bytes.
pub(crate) fn whole(exhibit_bytes: usize) -> Vec<u8> {
    let mut files = main_volume(exhibit_bytes);
    files.push(file("confidential/sheets.json", r#"{"p1":"agree"}"#));
    files.push(file("confidential/empty.txt", ""));
    copy(CopyKind::Whole, &leaves(|number| !is_secret(number)), &files).unwrap()
}

/// The least a copy can be: one seat's, a tiny file, three entries shown.
pub(crate) fn small() -> Vec<u8> {
    let files = [file("main/record.html", "听证笔录")];
    copy(CopyKind::Own { seat: "p1".into() }, &leaves(|number| number < 4), &files).unwrap()
}
