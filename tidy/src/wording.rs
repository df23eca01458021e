//! Rules on words: names say what a thing is in the hearing, and nothing tells of the machine it was written on.

use crate::Tree;

/// Words that say nothing of the hearing.
const EMPTY: &[&str] =
    &["utils", "util", "manager", "helper", "helpers", "common", "service", "services", "imp"];

/// Marks of work that was left.
const UNFINISHED: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimple", "mented!"), concat!("to", "do!(")];

/// Folders of one machine.
const MACHINE: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/tm", "p/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// Files, modules and types named with words that say nothing.
#[must_use]
pub fn empty_names(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in tree.files() {
        if path.split(['/', '.', '_', '-']).any(|word| EMPTY.contains(&word)) {
            found.push(format!("{path}: its name says nothing"));
        }
        if !path.ends_with(".rs") {
            continue;
        }
        for (n, line) in text.lines().enumerate() {
            if declared(line).is_some_and(|name| says_nothing(&name)) {
                found.push(format!("{path}:{}: the name says nothing", n + 1));
            }
        }
    }
    found
}

fn declared(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
    let kind = words.next()?;
    let name = words.next()?;
    matches!(kind, "struct" | "enum" | "trait" | "mod" | "type")
        .then(|| name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
}

fn says_nothing(name: &str) -> bool {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words.split('_').any(|word| EMPTY.contains(&word))
}

/// Marks of work that was left.
#[must_use]
pub fn unfinished_work(tree: &Tree) -> Vec<String> {
    lines_with(tree, UNFINISHED, |path| {
        [".rs", ".ts", ".scss", ".sh", ".mjs"].iter().any(|end| path.ends_with(end))
    })
}

/// Paths of one machine in what others read.
#[must_use]
pub fn machine_paths(tree: &Tree) -> Vec<String> {
    lines_with(tree, MACHINE, |path| !path.ends_with("lock.json"))
}

fn lines_with(tree: &Tree, words: &[&str], of_interest: impl Fn(&str) -> bool) -> Vec<String> {
    tree.files()
        .filter(|(path, _)| of_interest(path))
        .flat_map(|(path, text)| {
            text.lines().enumerate().filter_map(move |(n, line)| {
                let word = words.iter().find(|word| line.contains(**word))?;
                Some(format!("{path}:{}: `{word}`", n + 1))
            })
        })
        .collect()
}
