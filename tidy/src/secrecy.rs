//! Rules on the places where secrecy is decided.

use crate::Tree;

/// What the rules may be built with.
const PARTS: &[&str] = &["serde", "serde_json", "sha2", "time"];

/// Functions that decide who may see something.
const DECIDING: &[&str] = &["fn reach(", "fn disclosed_to(", "fn clearance(", "fn includes("];

/// Dependencies of `procedure` that are not on the list: the rules know no clock, no disk and no socket.
#[must_use]
pub fn rules_with_foreign_parts(tree: &Tree) -> Vec<String> {
    let text = tree.text("procedure/Cargo.toml").unwrap_or_default();
    text.lines()
        .skip_while(|line| line.trim() != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#') && !PARTS.contains(name))
        .map(|name| format!("procedure/Cargo.toml: `{name}` is not on the list"))
        .collect()
}

/// Arms for "anything else" where it is decided who may see something: a new kind of event must be thought about.
#[must_use]
pub fn wildcards_where_secrecy_is_decided(tree: &Tree) -> Vec<String> {
    tree.ending(".rs")
        .filter(|(path, _)| path.starts_with("procedure/src/"))
        .flat_map(|(path, text)| {
            wildcards(text).into_iter().map(move |n| format!("{path}:{n}: `_` decides who sees"))
        })
        .collect()
}

fn wildcards(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut depth: Option<i32> = None;
    for (n, line) in text.lines().enumerate() {
        if depth.is_none() && DECIDING.iter().any(|name| line.contains(name)) {
            depth = Some(0);
        }
        let Some(open) = depth else { continue };
        let arm = line.trim_start();
        if arm.starts_with("_ =>")
            || arm.starts_with("_ if")
            || arm.contains("| _ =>")
            || line.contains("{ _ =>")
        {
            found.push(n + 1);
        }
        let braces = line.chars().fold(0, |sum, c| sum + i32::from(c == '{') - i32::from(c == '}'));
        let ended = open + braces <= 0 && (line.contains('}') || line.trim_end().ends_with(';'));
        depth = if ended { None } else { Some(open + braces) };
    }
    found
}
