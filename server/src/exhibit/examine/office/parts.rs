//! Which kind of office file a package is, and in which of its parts what people wrote stands, in order.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Parts,
    xml::{Step, attribute, attribute_named, walk},
};
use crate::Refused;

/// What people write with an office program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Writing,
    Table,
    Slides,
    /// Any of the three, in the format of the OASIS.
    Open,
}

/// The main part of a package.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Main {
    pub(super) media_type: &'static str,
    pub(super) program: Program,
    /// Name of the part.
    pub(super) name: String,
}

/// By the type of the main part: its program and the media type of the file.
const KINDS: &[(&str, Program, &str)] = &[
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        Program::Writing,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        Program::Table,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        Program::Slides,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
];

/// The kinds of the OASIS, by what they say of themselves.
const OPEN: &[&str] = &[
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
];

/// Which kind of office file it is.
///
/// # Errors
/// When it is none, has macros or a password.
pub(super) fn main(parts: &Parts) -> Result<Main, Refused> {
    if let Some(said) = parts.get("mimetype") {
        let known = OPEN.iter().find(|known| known.as_bytes() == said.as_slice());
        let media_type = known.ok_or(Refused::FileArchive)?;
        let mut locked = false;
        if let Some(manifest) = parts.get("META-INF/manifest.xml") {
            walk(manifest, parts.until, |step| {
                locked |= matches!(step, Step::Open("encryption-data", _));
                Ok(())
            })?;
        }
        let main = Main { media_type, program: Program::Open, name: "content.xml".into() };
        return if locked { Err(Refused::FileLocked) } else { Ok(main) };
    }
    let mut found = None;
    let mut with_macros = false;
    walk(parts.get("[Content_Types].xml").ok_or(Refused::FileArchive)?, parts.until, |step| {
        if let Step::Open("Override" | "Default", element) = step {
            let kind = attribute(element, "ContentType").unwrap_or_default();
            with_macros |= kind.to_lowercase().contains("macroenabled");
            let known = KINDS.iter().find(|(known, ..)| *known == kind);
            if let (Some((_, program, media_type)), Some(name)) = (known, attribute(element, "PartName")) {
                let name = name.trim_start_matches('/').to_string();
                found = Some(Main { media_type, program: *program, name });
            }
        }
        Ok(())
    })?;
    if with_macros {
        return Err(Refused::FileMacro);
    }
    found.ok_or(Refused::FileArchive)
}

/// The sheets or slides that the main part names, in its order: the part of each, and what it is called.
///
/// # Errors
/// When the main part cannot be read, or names one of them twice.
pub(super) fn listed(parts: &Parts, main: &Main, element: &str) -> Result<Vec<(String, String)>, Refused> {
    let (folder, file) = main.name.rsplit_once('/').unwrap_or(("", &main.name));
    let mut targets = BTreeMap::new();
    if let Some(relations) = parts.get(&format!("{folder}/_rels/{file}.rels")) {
        walk(relations, parts.until, |step| {
            if let Step::Open("Relationship", element) = step
                && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
            {
                let name = match target.strip_prefix('/') {
                    Some(whole) => whole.to_string(),
                    None => format!("{folder}/{target}"),
                };
                targets.insert(id, name);
            }
            Ok(())
        })?;
    }
    let (mut listed, mut once) = (Vec::new(), BTreeSet::new());
    walk(parts.get(&main.name).ok_or(Refused::FileBroken)?, parts.until, |step| {
        if let Step::Open(name, found) = step
            && name == element
        {
            let target = attribute_named(found, "r:id").and_then(|id| targets.get(&id));
            let called = attribute_named(found, "name").unwrap_or_default();
            // Named ever again, one small part would be read for hours.
            if target.is_some_and(|target| !once.insert(target)) {
                return Err(Refused::FileBroken);
            }
            listed.extend(target.map(|target| (target.clone(), called)));
        }
        Ok(())
    })?;
    Ok(listed)
}
