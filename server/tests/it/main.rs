//! The server from outside: real sockets, a data folder of its own for each test.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod account;
mod check;
mod crash;
mod delivery;
mod demo;
mod docket;
mod exhibit;
mod folding;
mod gap;
mod house;
mod invitation;
mod link;
mod log;
mod notes;
mod office;
mod once;
mod openapi;
mod pages;
mod papers;
mod phone;
mod pool;
mod postgres;
mod program;
mod protocol;
mod read_along;
mod recording;
mod rehearse;
mod replay;
mod room;
mod seal;
mod stream;
mod switchboard;
mod trespass;
mod wire;
