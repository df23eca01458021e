//! The files of the project as text, by their path from its root.

use std::{collections::BTreeMap, fs, io, path::Path};

/// Folders that hold what was built, fetched or recorded.
const NOT_OURS: &[&str] =
    &["target", "node_modules", "data", "test-results", "playwright-report", "corpus", "artifacts"];

/// Files that are read.
const TEXT: &[&str] = &[
    "rs", "toml", "md", "scss", "css", "ts", "mjs", "js", "json", "sh", "py", "html", "svg", "yml", "jsonl",
];

/// The project's text files.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the folder `root`, leaving out what was built or fetched. Other files are known by name alone.
    ///
    /// # Errors
    /// When a folder or a text file cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.walk(root, "")?;
        Ok(tree)
    }

    /// A tree of these files.
    #[must_use]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect() }
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                if name != ".git" && !NOT_OURS.contains(&name.as_str()) {
                    self.walk(&entry.path(), &format!("{path}/"))?;
                }
            } else if is_text(&name) {
                self.files.insert(path, fs::read_to_string(entry.path())?);
            } else {
                self.files.insert(path, String::new());
            }
        }
        Ok(())
    }

    /// Paths and texts, in order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Paths and texts of the files whose name ends so.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.ends_with(end))
    }

    /// The text of one file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether there is a file or a folder of this path.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path) || self.files.keys().any(|file| file.starts_with(&folder))
    }
}

fn is_text(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((_, end)) => TEXT.contains(&end),
        None => matches!(name, "start" | "check" | "run"),
    }
}

/// Whether a path is of code that is installed, not of tests, examples or measurements.
pub(crate) fn is_installed(path: &str) -> bool {
    let tried = ["tests/", "examples/", "benches/", "fuzz/", "tidy/"];
    !tried.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")))
}

/// A file's lines before its tests, with their numbers.
pub(crate) fn lines_before_tests(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .take_while(|(_, line)| !line.contains("#[cfg(test)]"))
}
