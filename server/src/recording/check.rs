//! Checking recordings against a case file: every byte of every file has its hash there, and no file is missing or more.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io,
    path::Path,
};

use procedure::{
    Event, SeatId,
    hearing::recording::{self, Segment},
    wire::Happened,
};
use serde::Deserialize;

use super::{Kept, Shelf, notes::hash};

/// The member of a case file that holds the entries.
const ENTRIES: &str = "entries/entries.jsonl";

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whether it is as the case file has it.
    pub holds: bool,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

/// A line of the entries, as far as it matters here.
#[derive(Deserialize)]
struct Line {
    content: Option<String>,
}

type Named = BTreeMap<(SeatId, u32), Vec<Segment>>;

/// Checks the recordings in a folder against a case file. Whether the case file itself holds is another question.
///
/// # Errors
/// When a file cannot be read.
pub fn check(case_file: &[u8], folder: &Path) -> io::Result<Vec<Found>> {
    let named = named(case_file);
    let files = Shelf::files(folder)?;
    let there: BTreeSet<(SeatId, u32)> = files.iter().map(|file| (file.seat.clone(), file.part)).collect();
    let mut found = Vec::new();
    for (seat, part) in named.keys().filter(|file| !there.contains(*file)) {
        let name = Shelf::name(seat, *part);
        found.push(Found {
            holds: false,
            zh: format!("缺少录制文件“{name}”"),
            en: format!("the recording {name} is missing"),
        });
    }
    for file in &files {
        found.push(match named.get(&(file.seat.clone(), file.part)) {
            Some(segments) => compare(file, segments)?,
            None => {
                let name = Shelf::name(&file.seat, file.part);
                Found {
                    holds: false,
                    zh: format!("案卷未载明录制文件“{name}”"),
                    en: format!("the case file does not name the recording {name}"),
                }
            }
        });
    }
    if found.is_empty() {
        found.push(Found {
            holds: true,
            zh: "案卷未载明录制文件，文件夹中也没有".into(),
            en: "the case file names no recording, and there is none".into(),
        });
    }
    Ok(found)
}

/// The segments that the case file shows, by file.
fn named(case_file: &[u8]) -> Named {
    let files = casefile::files(case_file).unwrap_or_default();
    let entries = files.into_iter().find(|file| file.path == ENTRIES).map(|file| file.bytes);
    let mut named = Named::new();
    for line in entries.unwrap_or_default().split(|byte| *byte == b'\n') {
        let content = serde_json::from_slice::<Line>(line).ok().and_then(|line| line.content);
        let happened = content.and_then(|content| serde_json::from_str::<Happened>(&content).ok());
        if let Some(Event::Recording(recording::Event::Recorded { segments })) =
            happened.map(|happened| happened.event)
        {
            for segment in segments {
                named.entry((segment.seat.clone(), segment.part)).or_default().push(segment);
            }
        }
    }
    named
}

/// Whether a file is, byte by byte, what its segments say.
fn compare(file: &Kept, segments: &[Segment]) -> io::Result<Found> {
    let name = Shelf::name(&file.seat, file.part);
    let mut open = File::open(&file.path)?;
    for segment in segments {
        let holds = match hash(&mut open, segment.bytes) {
            Ok(hash) => hash.eq_ignore_ascii_case(&segment.sha256),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) => return Err(error),
        };
        if !holds {
            let number = segment.number;
            return Ok(Found {
                holds,
                zh: format!("录制文件“{name}”的第{number}段与案卷所载不符"),
                en: format!("segment {number} of the recording {name} is not what the case file names"),
            });
        }
    }
    let count = segments.len();
    let told: u64 = segments.iter().map(|segment| segment.bytes).fold(0, u64::saturating_add);
    let holds = told == file.bytes;
    Ok(if holds {
        Found {
            holds,
            zh: format!("录制文件“{name}”共{count}段，每个字节与案卷所载相符"),
            en: format!(
                "every byte of the {count} segments of the recording {name} is as the case file names it"
            ),
        }
    } else {
        Found {
            holds,
            zh: format!("录制文件“{name}”末尾有案卷未载明的内容"),
            en: format!("the recording {name} goes on after what the case file names"),
        }
    })
}

#[cfg(test)]
mod tests {
    use casefile::{Copy, CopyKind, Entry, OfficeKeys, Seal, Sealing};
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::token;

    const BYTES: &[u8] = b"head cluster cluster head cluster";

    /// A case file whose only entry names two segments of one recording.
    fn case_file() -> Vec<u8> {
        let segment = |number: u32, bytes: &[u8]| Segment {
            seat: "a1".into(),
            part: 1,
            number,
            from: procedure::Moment(1),
            to: procedure::Moment(2),
            bytes: u64::try_from(bytes.len()).unwrap(),
            sha256: token::hex(&Sha256::digest(bytes)),
        };
        let segments = vec![segment(1, &BYTES[..12]), segment(2, &BYTES[12..])];
        let event = recording::Event::Recorded { segments }.into();
        let content = serde_json::to_vec(&Happened { at: procedure::Moment(3), event }).unwrap();
        let entry = Entry { number: 1, content, salt: [7; 32] };
        let commitments = [entry.commitment()];
        let signer = OfficeKeys::from_secrets(&[9; 32], &[8; 32]).unwrap();
        let sealing = Sealing { hearing: "h", stream: "hearing/h", sealed_at: 4, commitments: &commitments };
        let seal = Seal::make(&sealing, &signer).unwrap();
        let leaves = [entry.leaf(true)];
        let files = [casefile::File { path: "main/record.html".into(), bytes: b"record".to_vec() }];
        seal.copy(&Copy { kind: CopyKind::Main, leaves: &leaves, files: &files }, &signer).unwrap()
    }

    #[test]
    fn a_recording_is_as_the_case_file_names_it_and_any_change_of_it_is_told() {
        let (folder, case_file) = (tempfile::TempDir::new().unwrap(), case_file());
        let path = folder.path().join("a1-1.webm");
        let found = || check(&case_file, folder.path()).unwrap();
        assert!(found().len() == 1 && found()[0].zh.contains("缺少") && !found()[0].holds);
        std::fs::write(&path, BYTES).unwrap();
        assert!(found().iter().all(|found| found.holds), "{:?}", found());
        for at in 0..BYTES.len() {
            let mut changed = BYTES.to_vec();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert!(!found()[0].holds, "{at}");
            std::fs::write(&path, &BYTES[..at]).unwrap();
            assert!(!found()[0].holds, "cut at {at}");
        }
        std::fs::write(&path, [BYTES, b"!"].concat()).unwrap();
        assert!(found()[0].en.contains("goes on"));
        std::fs::write(&path, BYTES).unwrap();
        std::fs::write(folder.path().join("a1-2.webm"), b"more").unwrap();
        assert_eq!(found().iter().filter(|found| !found.holds).count(), 1, "one that the file does not name");
    }
}
