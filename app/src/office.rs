//! The office: staff sign in, prepare hearings and read their files.
//!
//! ```text
//! not signed in ──name and password──▶ hearings ─▶ a hearing's file
//!      └──one-time link (#setup=…)──▶ first administrator ─▶ accounts
//! ```
//!
//! Every page asks first who reads it; whoever is not signed in gets the form to sign in at the same address.

pub mod accounts;
pub mod archive;
mod case_form;
pub mod cases;
pub mod delivery;
mod desk;
mod draft;
pub mod file;
pub mod hearings;
pub mod me;
pub mod new;
mod once;
pub mod pool;
mod seating;
mod sign_in;

pub use desk::Me;
