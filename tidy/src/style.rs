//! Rules on the style sheet.

use crate::Tree;

/// Partials that the style sheet leaves out.
#[must_use]
pub fn partials_that_are_not_used(tree: &Tree) -> Vec<String> {
    let main = tree.text("style/main.scss").unwrap_or_default();
    tree.ending(".scss")
        .filter(|(path, _)| path.starts_with("style/") && *path != "style/main.scss")
        .filter(|(path, _)| {
            let name = path.trim_start_matches("style/").trim_end_matches(".scss").replace("/_", "/");
            let name = name.trim_start_matches('_');
            !["\"", "./"].iter().any(|before| main.contains(&format!("{before}{name}\"")))
        })
        .map(|(path, _)| format!("{path}: not in style/main.scss"))
        .collect()
}
