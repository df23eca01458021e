//! The server of the hearing: everything that is done rather than decided.
//!
//! The rules are elsewhere (`procedure`); here are the doors (HTTP and WebSocket), the log on disk, the accounts of
//! the staff, the invitations of everybody else, and the files.
//!
//! - [`router`]: every address on one page. [`openapi`] describes them for other programs.
//! - [`pages`]: what people see first, drawn on this side.
//! - [`room`]: the one task of a live hearing, and the connections of its seats.
//! - [`sfu`]: sound and picture, sent on to whom the rules let hear and see them.
//! - [`recording`]: what of it is kept, in files, with the hash of each piece in the log.
//! - [`log`]: the append-only log of events. What has been acknowledged is on disk.
//! - [`account`], [`invitation`]: who somebody is. [`tries`]: how often they may guess.
//! - [`pool`], [`docket`]: the panellists, and the lists of cases, hearings and notices.
//! - [`signature`]: signatures under the record, as they come in.
//! - [`delivery`]: papers sent to whom they are for, and the proof of it.
//! - [`exhibit`]: the files laid before a hearing.
//! - [`demo`]: the demonstration office. [`rehearse`]: plays a scripted hearing against a running server.
//! - [`unseen`]: signs that nobody sees, and that therefore stand in no name.
//! - [`pulse`]: until when a server was there, so that the time without one is given back.
//! - [`config`], [`database`], [`token`], [`clock`], [`gauge`]: what the rest stands on.
//! - [`Refused`] is an answer to a person, [`Error`] is a broken machine; [`refused`] says which is which.

pub mod account;
pub mod archive;
pub mod clock;
pub mod config;
pub mod database;
pub mod delivery;
pub mod demo;
pub mod docket;
pub mod error;
pub mod exhibit;
pub mod gauge;
pub mod guard;
pub mod invitation;
pub mod log;
pub mod openapi;
pub mod origin;
pub mod pages;
pub mod papers;
pub mod pool;
pub mod pulse;
pub mod recording;
pub mod refused;
pub mod rehearse;
pub mod room;
pub mod router;
pub mod serve;
pub mod sfu;
pub mod signature;
pub mod site;
pub mod token;
pub mod tries;
pub mod unseen;
pub mod verify;

pub use config::Config;
pub use error::Error;
pub use refused::{Failure, Refused};
pub use site::{App, Site};
