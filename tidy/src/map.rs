//! Rules on ARCHITECTURE.md: it stays short, and what it points at is there.

use crate::Tree;

const MAP: &str = "ARCHITECTURE.md";

/// The longest map that is still read, in lines.
const LINES_MAX: usize = 150;

/// A map over the limit.
#[must_use]
pub fn long_map(tree: &Tree) -> Vec<String> {
    let lines = tree.text(MAP).map_or(0, |text| text.lines().count());
    if (1..=LINES_MAX).contains(&lines) {
        Vec::new()
    } else {
        vec![format!("{MAP}: {lines} lines, 1 to {LINES_MAX}")]
    }
}

/// Paths in backticks that are not there. A test is named as `path::test` and must be in that file.
#[must_use]
pub fn paths_that_do_not_exist(tree: &Tree) -> Vec<String> {
    let text = tree.text(MAP).unwrap_or_default();
    text.split("```")
        .step_by(2) // outside drawings
        .flat_map(|prose| prose.split('`').skip(1).step_by(2))
        .filter(|word| is_path(word))
        .filter(|word| !exists(tree, word))
        .map(|word| format!("{MAP}: `{word}` is not there"))
        .collect()
}

fn is_path(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-:".contains(c));
    let starts = word.starts_with('/') || word.contains("//") || word.starts_with("::");
    let file =
        word.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "rs" | "md" | "toml" | "scss" | "ts"));
    plain && !starts && (word.contains('/') || file)
}

fn exists(tree: &Tree, word: &str) -> bool {
    match word.split_once("::") {
        Some((path, test)) => tree.text(path).is_some_and(|text| text.contains(&format!("fn {test}("))),
        None => tree.holds(word),
    }
}
