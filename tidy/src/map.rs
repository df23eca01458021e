//! Rules on the documents: the map of the house stays short, and what they point at is there.

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

/// Links of the documents to files that are not there.
#[must_use]
pub fn dead_links(tree: &Tree) -> Vec<String> {
    tree.ending(".md")
        .flat_map(|(path, text)| {
            let prose = text.split("```").step_by(2).collect::<String>();
            targets(&prose)
                .filter(|target| !tree.holds(&resolved(path, target)))
                .map(|target| format!("{path}: leads to `{target}`, which is not there"))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn targets(prose: &str) -> impl Iterator<Item = String> {
    prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ', '#']).next())
        // What a form is filled in with leads nowhere yet.
        .filter(|target| !target.is_empty() && !target.contains(':') && !target.contains("{{"))
        .map(ToOwned::to_owned)
}

fn resolved(from: &str, target: &str) -> String {
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                folders.pop();
            }
            name => folders.push(name),
        }
    }
    folders.join("/")
}

/// Limits of the server that the page on operations leaves out, and defaults that it tells wrongly.
#[must_use]
pub fn limits_not_described(tree: &Tree) -> Vec<String> {
    const PAGE: &str = "docs/operations.md";
    let page = tree.text(PAGE).unwrap_or_default();
    let limits = tree.text("server/src/config/limits.rs").unwrap_or_default();
    limits
        .lines()
        .filter_map(|line| {
            let mut words = line.split('"');
            let (field, name, default) = (words.next()?, words.next()?, words.next()?);
            let listed = field.trim() == name.replace('-', "_")
                && default.trim().replace('_', "").parse::<u64>().is_ok();
            listed.then(|| format!("| `{name}` | {} |", default.trim().replace('_', " ")))
        })
        .filter(|row| !page.contains(row.as_str()))
        .map(|row| format!("{PAGE}: lacks {row}"))
        .collect()
}
