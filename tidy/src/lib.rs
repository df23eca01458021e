//! The house rules that a machine can check: what is read is the source tree, what comes out is a list of complaints.
//!
//! Each rule takes a [`Tree`], so that a test can hand it a bad one and see that it complains.
#![deny(missing_docs)]

mod map;
mod rust;
mod secrecy;
mod style;
mod tree;
mod wording;

pub use map::{dead_links, limits_not_described, long_map, paths_that_do_not_exist};
pub use rust::{
    browser_outside_its_folder, features_outside_their_files, long_files, missing_headings, mod_files,
    unexplained_stops,
};
pub use secrecy::{rules_with_foreign_parts, wildcards_where_secrecy_is_decided};
pub use style::partials_that_are_not_used;
pub use tree::Tree;
pub use wording::{empty_names, machine_paths, unfinished_work};
