//! The rules of a hearing: who may do what, when, and who may see it.
//!
//! Nothing in here reads a clock, a disk or a network, and nothing in here can fail: a command is either refused
//! with a reason that a person can read ([`Refusal`]) or becomes events. The same code runs in the server, whose
//! answer counts, and in the browser, where it tells which buttons are live and why a dead one is dead.
//!
//! - [`hearing`]: one hearing, slice by slice (plan, roll, phase, floor, …).
//! - [`disclosed`]: the one door out. Whatever leaves the server has passed through it.
//! - [`refusal`], [`rulebook`]: why not, by which article, and every number of the rules.
//! - [`wire`]: what travels between a seat and the room.
#![no_std]
#![deny(missing_docs)]

extern crate alloc;

pub mod disclosed;
pub mod hearing;
pub mod moment;
pub mod refusal;
pub mod rulebook;
pub mod seat;
pub mod wire;

pub use disclosed::{Clearance, Disclosed, Reach, Viewer};
pub use hearing::{Act, Command, Event, Hearing};
pub use moment::Moment;
pub use refusal::Refusal;
pub use rulebook::Rulebook;
pub use seat::{By, Capacity, Id, Office, SeatId, Side};
