//! How a hearing's case file is sealed, and how anybody checks it without trusting the office's computer.
//!
//! A case file (电子卷宗) is a ZIP archive with the main volume (正卷), for the office also the confidential volume (副卷),
//! every entry of the hearing's log either shown or as a bare commitment, and two signed statements: the *seal*, the same in
//! every copy, over the log; and the *copy statement*, over the files of this copy. Each is signed by two suites side by side.
//!
//! ```text
//! log entry ──salt──▶ commitment ──▶ hash chain ─┐
//!                          └───────▶ Merkle root ┴▶ seal.json ──signed──▶ seal.sig, seal-sm2.sig
//! files ──▶ manifest.json ──▶ copy.json (+ hash of seal.json) ──signed──▶ copy.sig, copy-sm2.sig
//! ```
//!
//! Bytes in, bytes out: nothing here reads a disk, a clock or a random number, so the same code runs in the server, in the
//! command line and in the browser. The format is described for strangers in `docs/case-file.md`.
//!
//! - The log calls [`commitment`], [`chain_start`] and [`chain`] for each entry it writes.
//! - At sealing, [`Seal::make`] signs the log once; the seal is kept. [`Seal::copy`] binds a copy whenever one is asked for.
//! - [`verify`] and [`verify_as`] check a file and say one sentence a line, in both languages, of what holds and what does not.
//! - [`files`] lists what is inside a file.
#![deny(missing_docs)]

mod archive;
mod content;
mod digest;
mod entry;
mod error;
mod key;
pub mod limits;
mod name;
mod readme;
mod report;
mod seal;
pub mod signature;
mod statement;
pub mod tree;
mod verify;

pub use archive::read::files;
pub use digest::Digest;
pub use entry::{Entry, Leaf, chain, chain_head, chain_start, commitment};
pub use error::Error;
pub use key::{Expected, Keys, OfficeKeys, PublicKey, Published, Signatures, Signer, Sm2Key};
pub use report::{Facts, Finding, Report};
pub use seal::{Copy, File, Seal, Sealing};
pub use statement::CopyKind;
pub use verify::{verify, verify_as};
