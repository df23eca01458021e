//! Writes a small case file of an invented hearing to the standard output, for trying out a verifier.
use std::io::Write as _;

use casefile::{Copy, CopyKind, Digest, Entry, File, OfficeKeys, Seal, Sealing};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In earnest the salts and the keys come from the operating system's generator.
    let entries: Vec<Entry> = (1..=5)
        .map(|number: u64| Entry {
            number,
            content: format!(
                r#"{{"at":{number},"event":{{"statement":{{"said":{{"text":"第{number}次发言"}}}}}}}}"#
            )
            .into(),
            salt: Digest::of(&number.to_be_bytes()).0,
        })
        .collect();
    let commitments: Vec<Digest> = entries.iter().map(Entry::commitment).collect();
    let signer = OfficeKeys::from_secrets(&[7; 32], &[8; 32]).ok_or("no key")?;
    let sealing = Sealing {
        hearing: "demo",
        stream: "hearing/demo",
        sealed_at: 1_795_500_000_000,
        commitments: &commitments,
    };
    let seal = Seal::make(&sealing, &signer)?;
    let leaves: Vec<_> =
        entries.into_iter().map(|entry| (entry.number != 3, entry)).map(|(s, e)| e.leaf(s)).collect();
    let record =
        File { path: "main/record.html".into(), bytes: "<!doctype html><title>听证笔录</title>".into() };
    let copy = Copy { kind: CopyKind::Main, leaves: &leaves, files: &[record] };
    std::io::stdout().write_all(&seal.copy(&copy, &signer)?)?;
    Ok(())
}
