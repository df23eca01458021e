//! `fengqiao verify FILE`: checks a case file offline and says in one sentence a line what holds and what does not.

use std::path::Path;

use casefile::PublicKey;

use crate::recording::check;

/// What came of the check: the lines to print, and whether everything holds.
#[derive(Debug)]
pub struct Checked {
    /// One sentence a line.
    pub lines: Vec<String>,
    /// Whether everything holds.
    pub holds: bool,
}

/// Checks a case file, the recordings in a folder by it where one is given, and against the office's published key where one is given.
///
/// # Errors
/// When the file cannot be read.
pub fn verify(
    file: &Path,
    expected: Option<&PublicKey>,
    recordings: Option<&Path>,
) -> std::io::Result<Checked> {
    let bytes = std::fs::read(file)?;
    let report = casefile::verify(&bytes, expected);
    let recorded = recordings.map(|folder| check::check(&bytes, folder)).transpose()?.unwrap_or_default();
    let line = |holds: bool, zh: &str, en: &str| format!("{} {zh}  {en}", if holds { "✓" } else { "✗" });
    let own = report.findings.iter().map(|found| line(found.holds, &found.zh, &found.en));
    let theirs = recorded.iter().map(|found| line(found.holds, &found.zh, &found.en));
    let holds = report.holds() && recorded.iter().all(|found| found.holds);
    Ok(Checked { lines: own.chain(theirs).collect(), holds })
}
