//! Whether every file of the copy is there, unchanged, and nothing was added.

use std::collections::BTreeMap;

use super::Members;
use crate::digest::Digest;
use crate::name;
use crate::report::Report;
use crate::statement::{CopyKind, CopyStatement, Listed, Manifest, read};

/// Checks the files against the manifest, and the manifest against the copy statement.
pub(super) fn check(report: &mut Report, members: &Members<'_>, copy: Option<&CopyStatement>) {
    if copy.is_some_and(|copy| copy.copy != CopyKind::Whole) {
        confidential(report, members);
    }
    let Some(bytes) = members.get(name::MANIFEST) else {
        return;
    };
    if copy.is_some_and(|copy| copy.manifest != Digest::of(bytes)) {
        report.breaking(
            "manifest.changed",
            Some(name::MANIFEST),
            "卷内目录“manifest.json”与副本声明所签的不一致",
            "manifest.json is not the one that copy.json signs",
        );
    }
    let Some(manifest) = read::<Manifest>(bytes).filter(Manifest::is_sound) else {
        report.breaking(
            "statement.unreadable",
            Some(name::MANIFEST),
            "卷内目录“manifest.json”不是按格式书写的目录",
            "manifest.json is not a manifest as the format writes it",
        );
        return;
    };
    compare(report, members, &manifest);
}

fn compare(report: &mut Report, members: &Members<'_>, manifest: &Manifest) {
    let listed: BTreeMap<&str, &Listed> = manifest.files.iter().map(|file| (&*file.path, file)).collect();
    let mut sound = true;
    for (&path, &file) in &listed {
        let (code, zh, en) = match members.get(path) {
            None if name::ALWAYS.contains(&path) => continue, // Reported as missing already.
            None => ("file.missing", "缺少文件", "is missing"),
            Some(bytes) if Listed::of(path, bytes) != *file => ("file.changed", "内容被改动", "was changed"),
            Some(_) => continue,
        };
        sound = false;
        let shown = shown(path);
        report.breaking(
            code,
            Some(path),
            format!("{zh}：“{shown}”与卷内目录不符"),
            format!("{shown} {en}: the manifest has it otherwise"),
        );
    }
    for &path in members.keys().filter(|path| !listed.contains_key(*path) && !name::UNLISTED.contains(path)) {
        sound = false;
        report.breaking(
            "file.extra",
            Some(path),
            format!("“{path}”不在卷内目录中"),
            format!("{path} is not in the manifest"),
        );
    }
    if sound {
        let count = listed.len();
        report.holding(
            "files",
            format!("{count}个文件与卷内目录一致"),
            format!("{count} files are as the manifest lists them"),
        );
    }
}

/// A copy for others than the office has no confidential volume.
fn confidential(report: &mut Report, members: &Members<'_>) {
    for path in members.keys().filter(|path| name::volume(path) == "confidential") {
        report.breaking(
            "file.confidential",
            Some(path),
            format!("副卷文件“{path}”不得出现在这一副本中"),
            format!("the confidential file {path} may not be in this copy"),
        );
    }
}

/// A path from a manifest that may not be genuine, fit for one line.
fn shown(path: &str) -> String {
    if name::is_safe(path) { path.to_owned() } else { path.escape_debug().take(name::SHOWN_MAX).collect() }
}
