//! A case file is sealed, checked, and damaged in every way that can be thought of.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod damage;
mod fixture;
mod forgery;
mod hostile;
mod packing;
mod random;
mod sealing;
mod second_opinion;
mod signers;
mod tree;
