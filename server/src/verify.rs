//! `fengqiao verify FILE`: checks a case file offline and says in one sentence a line what holds and what does not.

use std::path::Path;

use casefile::Expected;
use procedure::Rulebook;
use sha2::{Digest, Sha256};

use crate::{
    archive::stamp::{self, check::Wrong},
    recording::check,
};

/// The member of a case file that a time stamp is of.
const SEAL: &str = "seal.json";

/// A time stamp, and the roots that it is checked with.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// File of the stamp, `seal.tsr`.
    pub reply: &'a Path,
    /// File of the root certificates, PEM.
    pub certificates: &'a Path,
}

/// What came of the check: the lines to print, and whether everything holds.
#[derive(Debug)]
pub struct Checked {
    /// One sentence a line.
    pub lines: Vec<String>,
    /// Whether everything holds.
    pub holds: bool,
}

/// Checks a case file, the recordings in a folder by it where one is given, and against the office's published keys and a time
/// stamp of its seal where they are given.
///
/// # Errors
/// When the file cannot be read.
pub fn verify(
    file: &Path,
    expected: &Expected,
    recordings: Option<&Path>,
    stamp: Option<Stamp<'_>>,
) -> std::io::Result<Checked> {
    let bytes = std::fs::read(file)?;
    let report = casefile::verify_as(&bytes, expected);
    let recorded = recordings.map(|folder| check::check(&bytes, folder)).transpose()?.unwrap_or_default();
    let line = |holds: bool, zh: &str, en: &str| format!("{} {zh}  {en}", if holds { "✓" } else { "✗" });
    let own = report.findings.iter().map(|found| line(found.holds, &found.zh, &found.en));
    let theirs = recorded.iter().map(|found| line(found.holds, &found.zh, &found.en));
    let mut holds = report.holds() && recorded.iter().all(|found| found.holds);
    let mut lines: Vec<String> = own.chain(theirs).collect();
    if let Some(stamp) = stamp {
        let (held, zh, en) = stamped(&bytes, stamp)?;
        holds &= held;
        lines.push(line(held, &zh, &en));
    }
    Ok(Checked { lines, holds })
}

/// Whether a time stamp is one of this file's seal, in words.
fn stamped(case_file: &[u8], given: Stamp<'_>) -> std::io::Result<(bool, String, String)> {
    let (reply, pem) = (std::fs::read(given.reply)?, std::fs::read(given.certificates)?);
    let roots = stamp::roots(&pem).ok_or_else(|| std::io::Error::other("no certificate in the PEM file"))?;
    let files = casefile::files(case_file).unwrap_or_default();
    let seal = files.iter().find(|file| file.path == SEAL);
    let checked = seal
        .ok_or(Wrong::Digest)
        .and_then(|seal| stamp::check::check(&reply, &Sha256::digest(&seal.bytes).into(), None, &roots));
    Ok(match checked {
        Ok(stamped) => {
            let at = stamped.at.local(Rulebook::default().utc_offset_minutes).zh();
            let (zh, en) = (format!("封存记录于{at}已存在"), format!("the seal was there at {at} (UTC+8)"));
            let by = stamped.by;
            (true, format!("{zh}，时间戳由“{by}”签发"), format!("{en}, time stamp by {by}"))
        }
        Err(wrong) => {
            let (zh, en) = wrong.words();
            (false, zh.into(), en.into())
        }
    })
}
