//! The report on a case file: one sentence a line of what holds, what was withheld and what is broken.

use std::collections::BTreeMap;

use serde::Serialize;
use time::{OffsetDateTime, UtcOffset};

use crate::digest::Digest;
use crate::limits::NAMED_MAX;
use crate::name::one_line;
use crate::statement::CopyKind;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it holds. One that does not makes the whole file not hold.
    pub holds: bool,
    /// A stable code for programs; listed in `docs/case-file.md`.
    pub code: &'static str,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
    /// The file inside that it is about.
    pub path: Option<String>,
}

/// What the file says of itself; to be believed only if the report holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The hearing's id.
    pub hearing: String,
    /// Milliseconds since 1970 UTC.
    pub sealed_at: i64,
    /// For whom the copy is; unknown when `copy.json` is damaged.
    pub copy: Option<CopyKind>,
    /// Entries in the log.
    pub entries: u64,
    /// Entries withheld in this copy.
    pub withheld: u64,
    /// The root that the seal signs.
    pub root: Digest,
    /// Fingerprint of the key in the file.
    pub fingerprint: String,
}

/// Everything found in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What the file says of itself, when its seal could be read.
    pub facts: Option<Facts>,
    /// The findings, in the order of checking.
    pub findings: Vec<Finding>,
    /// How often each code was broken, so that a hostile file cannot make the report endless.
    #[serde(skip)]
    broken: BTreeMap<&'static str, usize>,
}

impl Report {
    /// Whether the file is whole and genuine: something was found, and all of it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.findings.is_empty() && self.findings.iter().all(|finding| finding.holds)
    }

    /// The findings that do not hold.
    pub fn broken(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.holds)
    }

    pub(crate) fn holding(&mut self, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        let (zh, en) = (one_line(zh.into()), one_line(en.into()));
        self.findings.push(Finding { holds: true, code, zh, en, path: None });
    }

    pub(crate) fn breaking(
        &mut self,
        code: &'static str,
        path: Option<&str>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        let times = self.broken.entry(code).or_default();
        *times += 1;
        if *times > NAMED_MAX {
            return;
        }
        let path = path.map(|path| one_line(path.to_owned()));
        let (zh, en) = (one_line(zh.into()), one_line(en.into()));
        self.findings.push(Finding { holds: false, code, zh, en, path });
    }

    /// Closes the report: what was broken too often to be named is counted.
    pub(crate) fn close(mut self) -> Self {
        for (code, times) in core::mem::take(&mut self.broken) {
            if let Some(more @ 1..) = times.checked_sub(NAMED_MAX) {
                let (zh, en) = (format!("同类问题另有{more}处"), format!("{more} more of the same kind"));
                self.findings.push(Finding { holds: false, code, zh, en, path: None });
            }
        }
        self
    }
}

/// A moment as people here write it: Beijing time, to the second.
pub(crate) fn moment(milliseconds: i64) -> String {
    let beijing = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC); // 8 hours is a valid offset.
    let moment = OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1000))
        .ok()
        .and_then(|moment| moment.checked_to_offset(beijing));
    moment.map_or_else(
        || format!("{milliseconds} ms"),
        |m| {
            let (year, month, day) = (m.year(), u8::from(m.month()), m.day());
            let (hour, minute, second) = (m.hour(), m.minute(), m.second());
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} +08:00")
        },
    )
}
