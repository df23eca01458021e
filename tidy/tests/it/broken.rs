//! Each rule complains about a tree that breaks it.

use tidy::Tree;

fn one(rule: fn(&Tree) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(&Tree::of(&[(path, text)])).len()
}

#[test]
fn long_and_nameless_files_are_found() {
    assert_eq!(one(tidy::long_files, "app/src/a.rs", &"x\n".repeat(501)), 1);
    assert_eq!(one(tidy::long_files, "app/src/a.rs", &"x\n".repeat(500)), 0);
    assert_eq!(one(tidy::missing_headings, "app/src/a.rs", "fn a() {}"), 1);
    assert_eq!(one(tidy::missing_headings, "app/src/a.rs", "//! A."), 0);
    assert_eq!(one(tidy::mod_files, "app/src/a/mod.rs", ""), 1);
    assert_eq!(one(tidy::mod_files, "app/src/mod.rs.md", ""), 0);
}

#[test]
fn what_is_named_in_the_wrong_place_is_found() {
    assert_eq!(one(tidy::browser_outside_its_folder, "app/src/desk.rs", "use web_sys::Window;"), 1);
    assert_eq!(one(tidy::browser_outside_its_folder, "app/src/browser/tab.rs", "use web_sys::Window;"), 0);
    assert_eq!(one(tidy::features_outside_their_files, "app/src/desk.rs", "#[cfg(feature = \"ssr\")]"), 1);
    assert_eq!(one(tidy::features_outside_their_files, "app/src/clerk.rs", "#[cfg(feature = \"ssr\")]"), 0);
    assert_eq!(one(tidy::unexplained_stops, "server/src/a.rs", "x.unwrap()"), 1);
    assert_eq!(one(tidy::unexplained_stops, "server/tests/it/a.rs", "x.unwrap()"), 0);
    assert_eq!(one(tidy::unexplained_stops, "server/src/a.rs", "#[cfg(test)]\nx.unwrap()"), 0);
}

#[test]
fn a_wildcard_where_secrecy_is_decided_is_found() {
    let deciding = "impl E {\n    fn reach(&self) -> R {\n        match self {\n            A => B,\n            _ => C,\n        }\n    }\n}\n";
    assert_eq!(one(tidy::wildcards_where_secrecy_is_decided, "procedure/src/a.rs", deciding), 1);
    let elsewhere = deciding.replace("fn reach(", "fn evolve(");
    assert_eq!(one(tidy::wildcards_where_secrecy_is_decided, "procedure/src/a.rs", &elsewhere), 0);
    let after = "fn reach() {\n    A\n}\nfn evolve() {\n    match a {\n        _ => C,\n    }\n}\n";
    assert_eq!(one(tidy::wildcards_where_secrecy_is_decided, "procedure/src/a.rs", after), 0);
}

#[test]
fn a_new_part_of_the_rules_is_found() {
    let parts =
        "[package]\nname = \"procedure\"\n[dependencies]\nserde.workspace = true\ntokio = \"1\"\n[lints]\n";
    assert_eq!(one(tidy::rules_with_foreign_parts, "procedure/Cargo.toml", parts), 1);
}

#[test]
fn a_forgotten_partial_is_found() {
    let tree = |entry| Tree::of(&[("style/entries/room.scss", entry), ("style/desk/_chair.scss", "")]);
    assert_eq!(tidy::partials_that_are_not_used(&tree("@use \"../desk/panel\";")).len(), 1);
    assert_eq!(tidy::partials_that_are_not_used(&tree("@use \"../desk/chair\";")).len(), 0);
}

#[test]
fn words_that_say_nothing_or_too_much_are_found() {
    assert_eq!(one(tidy::empty_names, "server/src/utils.rs", ""), 1);
    assert_eq!(one(tidy::empty_names, "server/src/room.rs", "pub(crate) struct RoomManager {"), 1);
    assert_eq!(one(tidy::empty_names, "server/src/room.rs", "pub struct Room {"), 0);
    assert_eq!(one(tidy::machine_paths, "docs/a.md", concat!("see /tm", "p/x")), 1);
    assert_eq!(one(tidy::unfinished_work, "app/src/a.rs", concat!("// TO", "DO later")), 1);
}

#[test]
fn a_map_that_points_at_nothing_is_found() {
    let map = |text| Tree::of(&[("ARCHITECTURE.md", text), ("a/b.rs", "fn told() {}")]);
    assert_eq!(tidy::paths_that_do_not_exist(&map("see `a/b.rs`, `a/b.rs::told` and `a/`")).len(), 0);
    assert_eq!(tidy::paths_that_do_not_exist(&map("see `a/c.rs` and `a/b.rs::untold`")).len(), 2);
    let links = |text| Tree::of(&[("docs/README.md", text), ("docs/a/b.md", ""), ("LICENSE", "")]);
    assert_eq!(tidy::dead_links(&links("[b](a/b.md), [l](../LICENSE), [w](https://example.com)")).len(), 0);
    assert_eq!(tidy::dead_links(&links("[b](b.md)")).len(), 1);
    let limits = |page| {
        Tree::of(&[
            ("server/src/config/limits.rs", "    a_ms \"a-ms\" 1_000 \"甲\" \"A\";"),
            ("docs/operations.md", page),
        ])
    };
    assert_eq!(tidy::limits_not_described(&limits("| `a-ms` | 1 000 | A |")).len(), 0);
    assert_eq!(tidy::limits_not_described(&limits("| `a-ms` | 2 000 | A |")).len(), 1);
    assert_eq!(tidy::long_map(&map(&"x\n".repeat(151))).len(), 1);
}
