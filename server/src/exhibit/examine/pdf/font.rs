//! A Chinese font of this machine, for PDFs that name one and do not bring it: most that older office programs write.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use hayro::hayro_interpret::{
    FontResolverFn,
    font::{FontData, FontQuery},
};

/// How the files of fonts begin that have Chinese characters, the best first; with serifs, and without.
const NAMES: [&[&str]; 2] = [
    &["simsun", "notoserifcjk", "notoserifsc", "sourcehanserif", "stsong", "songti", "simfang", "fangsong"],
    &["simhei", "msyh", "notosanscjk", "notosanssc", "sourcehansans", "wqy", "pingfang", "droidsansfallback"],
];

/// Most files that are looked at.
const FILES_MAX: usize = 20_000;

/// How far folders in folders are looked into.
const DEPTH_MAX: u32 = 6;

/// A font that is read, and which of those in its file.
type Found = Option<(FontData, u32)>;

/// Finds fonts in these folders, those with Latin letters alone among the program's own.
pub(super) fn resolver(folders: Vec<PathBuf>) -> FontResolverFn {
    let files = OnceLock::new();
    let found: [OnceLock<Found>; 2] = Default::default();
    Arc::new(move |query: &FontQuery| match query {
        FontQuery::Standard(font) => Some(font.get_font_data()),
        FontQuery::Fallback(query) => {
            let own = || Some(query.pick_standard_font().get_font_data());
            if query.character_collection.is_none() {
                return own();
            }
            let files: &Vec<PathBuf> = files.get_or_init(|| all(&folders));
            let chosen = |sort: usize| found[sort].get_or_init(|| read(files, NAMES[sort])).clone();
            let sort = usize::from(!query.is_serif);
            chosen(sort).or_else(|| chosen(1 - sort)).or_else(own)
        }
    })
}

/// The files in folders and in those within.
fn all(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in folders {
        gather(folder, 0, &mut files);
    }
    files.sort();
    files
}

fn gather(folder: &Path, depth: u32, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if files.len() >= FILES_MAX {
            return;
        }
        if path.is_dir() {
            if depth < DEPTH_MAX {
                gather(&path, depth + 1, files);
            }
        } else {
            files.push(path);
        }
    }
}

/// The first of these fonts that there is.
fn read(files: &[PathBuf], names: &[&str]) -> Found {
    let path = names.iter().find_map(|beginning| first(files, beginning))?;
    let name = name(&path)?;
    let bytes: FontData = Arc::new(std::fs::read(&path).ok()?);
    // In the collections of Noto and Source Han simplified Chinese comes third.
    let collection = name.ends_with(".ttc") && (name.starts_with("noto") || name.starts_with("source"));
    Some((bytes, if collection { 2 } else { 0 }))
}

/// A file whose name begins so, that of the regular weight where there are several.
fn first(files: &[PathBuf], beginning: &str) -> Option<PathBuf> {
    let mut fitting = Vec::new();
    for path in files {
        if let Some(name) = name(path).filter(|name| name.starts_with(beginning)) {
            let regular = !["bold", "light", "black"].iter().any(|weight| name.contains(weight));
            fitting.push((!regular, path));
        }
    }
    fitting.sort();
    fitting.first().map(|(_, path)| path.to_path_buf())
}

/// The name of a file, in small letters.
fn name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(data: &FontData) -> &[u8] {
        AsRef::<[u8]>::as_ref(&**data)
    }

    #[test]
    fn the_best_font_that_is_there_is_taken_in_its_regular_weight() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("noto");
        std::fs::create_dir(&inner).unwrap();
        for name in ["NotoSerifCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc", "DejaVuSerif.ttf"] {
            std::fs::write(inner.join(name), name).unwrap();
        }
        let files = all(&[folder.path().into()]);
        let (data, index) = read(&files, NAMES[0]).unwrap();
        assert_eq!((bytes(&data), index), (&b"NotoSerifCJK-Regular.ttc"[..], 2));
        assert!(read(&files, NAMES[1]).is_none());
        std::fs::write(inner.join("SimSun.ttc"), "s").unwrap();
        let (data, index) = read(&all(&[folder.path().into()]), NAMES[0]).unwrap();
        assert_eq!((bytes(&data), index), (&b"s"[..], 0));
    }
}
