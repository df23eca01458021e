//! Rules on the Rust files: their size, their first line, and what may be named where.

use crate::tree::{Tree, is_installed, lines_before_tests};

/// The longest file that is still read in one go, in lines.
const LINES_MAX: usize = 500;

/// Files over the limit.
#[must_use]
pub fn long_files(tree: &Tree) -> Vec<String> {
    tree.ending(".rs")
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            (lines > LINES_MAX).then(|| format!("{path}: {lines} lines, at most {LINES_MAX}"))
        })
        .collect()
}

/// Files that do not open with a sentence on what they are.
#[must_use]
pub fn missing_headings(tree: &Tree) -> Vec<String> {
    let opens = |text: &str| {
        text.lines().next().is_some_and(|line| line.len() > "//! ".len() && line.starts_with("//! "))
    };
    tree.ending(".rs")
        .filter(|(_, text)| !opens(text))
        .map(|(path, _)| format!("{path}: does not open with `//!` and a sentence"))
        .collect()
}

/// Files called `mod.rs`: a folder's file stands beside it under its name.
#[must_use]
pub fn mod_files(tree: &Tree) -> Vec<String> {
    tree.ending("mod.rs")
        .filter(|(path, _)| path.ends_with("/mod.rs"))
        .map(|(path, _)| path.to_owned())
        .collect()
}

/// The browser named outside the one folder that knows it.
#[must_use]
pub fn browser_outside_its_folder(tree: &Tree) -> Vec<String> {
    named(tree, "web_sys", |path| path == "app/src/browser.rs" || path.starts_with("app/src/browser/"))
}

/// Code for one side only, outside the files that choose the side.
#[must_use]
pub fn features_outside_their_files(tree: &Tree) -> Vec<String> {
    named(tree, "cfg(feature", |path| {
        matches!(path, "app/src/lib.rs" | "app/src/clerk.rs" | "app/src/browser.rs")
            || path.starts_with("app/src/browser/")
    })
}

fn named(tree: &Tree, word: &str, allowed: impl Fn(&str) -> bool) -> Vec<String> {
    tree.ending(".rs")
        .filter(|(path, _)| is_installed(path) && !allowed(path))
        .flat_map(|(path, text)| {
            text.lines()
                .enumerate()
                .filter(|(_, line)| line.contains(word) && !line.trim_start().starts_with("//"))
                .map(move |(n, _)| format!("{path}:{}: names `{word}`", n + 1))
        })
        .collect()
}

/// Places where the program would stop: `unwrap` never, `expect` only with words that say why it cannot happen.
#[must_use]
pub fn unexplained_stops(tree: &Tree) -> Vec<String> {
    tree.ending(".rs")
        .filter(|(path, _)| is_installed(path))
        .flat_map(|(path, text)| {
            lines_before_tests(text)
                .filter(|(_, line)| !line.trim_start().starts_with("//"))
                .filter(|(_, line)| line.contains(".unwrap()") || line.contains(".expect(\"\")"))
                .map(move |(n, _)| format!("{path}:{n}: would stop the program"))
        })
        .collect()
}
