//! The papers of one hearing, from its first notice to its contents: drawn up, and written in every way.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod drawn;
mod hearing;
mod letterhead;
mod number;
mod wording;
