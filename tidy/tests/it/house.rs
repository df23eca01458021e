//! The project keeps its own rules.

use std::{path::Path, sync::LazyLock};

use tidy::Tree;

static PROJECT: LazyLock<Tree> = LazyLock::new(|| {
    // Tests run in the folder of their crate.
    Tree::read(Path::new("..")).expect("the project can be read")
});

macro_rules! keeps {
    ($($rule:ident)*) => { $(
        #[test]
        fn $rule() {
            let found = tidy::$rule(&PROJECT);
            assert!(found.is_empty(), "\n{}\n", found.join("\n"));
        }
    )* };
}

keeps! {
    long_files missing_headings mod_files browser_outside_its_folder features_outside_their_files unexplained_stops
    rules_with_foreign_parts wildcards_where_secrecy_is_decided partials_that_are_not_used
    empty_names machine_paths unfinished_work long_map paths_that_do_not_exist dead_links limits_not_described
}
