//! What sealing and checking a large hearing costs: 5 000 entries, 30 exhibits of a megabyte, beside `sha256sum` and `zip` of
//! the same bytes, and bare SHA-256, in the same run.
use std::{
    hint::black_box,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use casefile::{Copy, CopyKind, Digest, Entry, File, Leaf, OfficeKeys, Seal, Sealing, verify};

const ENTRIES: u64 = 5_000;
const EXHIBITS: usize = 30;
const EXHIBIT_BYTES: usize = 1_000_000;
/// Of so many runs the quickest counts: whatever else the machine does only adds.
const RUNS: usize = 5;

fn entries() -> Vec<Entry> {
    let said = "依照法律规定，申请人提交的证据能够证明其在县城连续居住一年以上。".repeat(4);
    (1..=ENTRIES)
        .map(|number| Entry {
            number,
            content: format!(
                r#"{{"at":{number},"event":{{"statement":{{"said":{{"text":"{said}{number}"}}}}}}}}"#
            )
            .into(),
            salt: Digest::of(&number.to_be_bytes()).0,
        })
        .collect()
}

/// Bytes that do not become shorter, as those of a picture or a PDF.
fn exhibit(of: usize) -> Vec<u8> {
    let mut state = u64::try_from(of).unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(EXHIBIT_BYTES);
    while bytes.len() < EXHIBIT_BYTES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}

fn quickest<T>(mut act: impl FnMut() -> T) -> Duration {
    let timed = (0..RUNS).map(|_| {
        let began = Instant::now();
        black_box(act());
        began.elapsed()
    });
    timed.min().unwrap_or_default()
}

fn runs(folder: &Path, script: &str) -> Result<(), Box<dyn std::error::Error>> {
    let status =
        Command::new("sh").args(["-c", script]).current_dir(folder).stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{script}: {status}").into()) }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let signer = OfficeKeys::from_secrets(&[7; 32], &[8; 32]).ok_or("no key")?;
    let entries = entries();
    let commitments: Vec<Digest> = entries.iter().map(Entry::commitment).collect();
    let sealing =
        Sealing { hearing: "demo", stream: "hearing/demo", sealed_at: 1, commitments: &commitments };
    let files: Vec<File> = (0..EXHIBITS)
        .map(|n| File { path: format!("main/exhibits/{n:03}.pdf"), bytes: exhibit(n) })
        .chain([File { path: "main/record.html".into(), bytes: b"record".to_vec() }])
        .collect();
    let seal_and_bind = || -> Result<Vec<u8>, casefile::Error> {
        let leaves: Vec<Leaf> = entries.iter().cloned().map(|entry| entry.leaf(true)).collect();
        let seal = Seal::make(&sealing, &signer)?;
        seal.copy(&Copy { kind: CopyKind::Main, leaves: &leaves, files: &files }, &signer)
    };
    let file = seal_and_bind()?;
    let sealed = quickest(seal_and_bind);
    let checked = quickest(|| verify(&file, None));
    let hashed = quickest(|| Digest::of(&file));

    let folder = std::env::temp_dir().join(format!("fengqiao-measure-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    for member in casefile::files(&file)? {
        std::fs::write(folder.join(member.path.replace('/', "-")), member.bytes)?;
    }
    runs(&folder, "rm -f out.zip && sha256sum * && zip -q out.zip *")?;
    let zipped = quickest(|| runs(&folder, "rm -f out.zip && sha256sum * && zip -q out.zip *"));
    std::fs::remove_dir_all(&folder)?;

    let mut out = std::io::stdout();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    writeln!(out, "{ENTRIES} entries, {EXHIBITS} exhibits, {} bytes", file.len())?;
    writeln!(
        out,
        "sealed and bound {:.0} ms, sha256sum and zip {:.0} ms: {:.2}",
        ms(sealed),
        ms(zipped),
        ms(sealed) / ms(zipped)
    )?;
    writeln!(
        out,
        "verified {:.0} ms, bare SHA-256 {:.0} ms: {:.2}",
        ms(checked),
        ms(hashed),
        ms(checked) / ms(hashed)
    )?;
    Ok(())
}
