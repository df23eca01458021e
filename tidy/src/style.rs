//! Rules on the style sheets.

use crate::Tree;

/// Where the style sheets of the pages begin.
const ENTRIES: &str = "style/entries/";

/// Partials that every style sheet leaves out.
#[must_use]
pub fn partials_that_are_not_used(tree: &Tree) -> Vec<String> {
    let entries: String =
        tree.ending(".scss").filter(|(path, _)| path.starts_with(ENTRIES)).map(|(_, text)| text).collect();
    tree.ending(".scss")
        .filter(|(path, _)| path.starts_with("style/") && !path.starts_with(ENTRIES))
        .filter(|(path, _)| {
            let name = path.trim_start_matches("style/").trim_end_matches(".scss").replace("/_", "/");
            !entries.contains(&format!("\"../{}\"", name.trim_start_matches('_')))
        })
        .map(|(path, _)| format!("{path}: in no style sheet"))
        .collect()
}
