//! `fengqiao verify FILE`: checks a case file offline and says in one sentence a line what holds and what does not.

use std::path::Path;

use casefile::PublicKey;

/// What came of the check: the lines to print, and whether everything holds.
#[derive(Debug)]
pub struct Checked {
    /// One sentence a line.
    pub lines: Vec<String>,
    /// Whether everything holds.
    pub holds: bool,
}

/// Checks a case file, and against the office's published key where one is given.
///
/// # Errors
/// When the file cannot be read.
pub fn verify(file: &Path, expected: Option<&PublicKey>) -> std::io::Result<Checked> {
    let report = casefile::verify(&std::fs::read(file)?, expected);
    let lines = report.findings.iter().map(|finding| {
        let mark = if finding.holds { "✓" } else { "✗" };
        format!("{mark} {}  {}", finding.zh, finding.en)
    });
    Ok(Checked { lines: lines.collect(), holds: report.holds() })
}
