//! The fonts of the papers: those of the system and of the site, each read when it is needed.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

use crate::Error;

/// For the text: 仿宋 as GB/T 9704 asks, and what comes nearest where a machine has none.
pub(crate) const BODY: &[&str] = &[
    "FangSong",
    "FangSong_GB2312",
    "仿宋",
    "STFangsong",
    "FZFangSong-Z02",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
];
/// For headings: 黑体.
pub(crate) const HEADING: &[&str] =
    &["SimHei", "黑体", "STHeiti", "FZHei-B01", "Noto Sans CJK SC", "Source Han Sans SC"];
/// For titles: 小标宋.
pub(crate) const TITLE: &[&str] = &[
    "FZXiaoBiaoSong-B05",
    "FZXiaoBiaoSong-B05S",
    "方正小标宋简体",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
];

/// A font in a file, or one of several in it.
#[derive(Debug)]
struct Slot {
    path: PathBuf,
    index: u32,
    font: OnceLock<Option<Font>>,
}

/// The fonts that there are.
#[derive(Debug)]
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    slots: Vec<Slot>,
}

impl Fonts {
    /// The fonts in these folders and those within. What cannot be read, or is no font, is passed over.
    #[must_use]
    pub fn within(folders: &[PathBuf]) -> Self {
        let mut files = Vec::new();
        folders.iter().for_each(|folder| gather(folder, &mut files));
        // The same fonts on every start, in the same order.
        files.sort();
        let (mut book, mut slots) = (FontBook::new(), Vec::new());
        for path in files {
            let Ok(bytes) = std::fs::read(&path) else { continue };
            for font in Font::iter(Bytes::new(bytes)) {
                book.push(font.info().clone());
                slots.push(Slot { path: path.clone(), index: font.index(), font: OnceLock::new() });
            }
        }
        Self { book: LazyHash::new(book), slots }
    }

    /// The font of that place in the book.
    pub(crate) fn font(&self, at: usize) -> Option<Font> {
        let slot = self.slots.get(at)?;
        let read = || Font::new(Bytes::new(std::fs::read(&slot.path).ok()?), slot.index);
        slot.font.get_or_init(read).clone()
    }

    /// Those of the families that there are, the wanted ones first.
    ///
    /// # Errors
    /// When there is none of them.
    pub(crate) fn of(&self, wanted: &[&'static str]) -> Result<Vec<&'static str>, Error> {
        let there = |family: &&&str| self.book.contains_family(&family.to_lowercase());
        let families: Vec<&str> = wanted.iter().filter(there).copied().collect();
        if families.is_empty() { Err(Error::NoFont) } else { Ok(families) }
    }
}

impl Fonts {
    /// The text with every character that none of these families can draw written as its number.
    pub(crate) fn shown(&self, text: &str, families: &[&[&'static str]]) -> String {
        let families = families.iter().flat_map(|wanted| self.of(wanted).unwrap_or_default());
        let fonts: Vec<_> = families
            .flat_map(|family| self.book.select_family(&family.to_lowercase()).collect::<Vec<_>>())
            .filter_map(|at| self.book.info(at))
            .collect();
        let mut known = HashMap::new();
        let mut shown = String::with_capacity(text.len());
        for character in text.chars() {
            let drawn = *known.entry(character).or_insert_with(|| {
                let point = u32::from(character);
                character == '\n' || fonts.iter().any(|font| font.coverage.contains(point))
            });
            match character {
                // A mark of the order of bytes says nothing.
                '\u{feff}' => {}
                _ if drawn => shown.push(character),
                _ => shown.push_str(&format!("〔U+{:04X}〕", u32::from(character))),
            }
        }
        shown
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().and_then(|extension| extension.to_str()).is_some_and(is_font) {
            files.push(path);
        }
    }
}

fn is_font(extension: &str) -> bool {
    ["ttf", "otf", "ttc", "otc"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}
