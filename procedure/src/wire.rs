//! What travels between a seat and the room: the messages of the WebSocket, one JSON text frame each.
//!
//! `docs/protocol.md` shows every message by example.

use alloc::{boxed::Box, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use crate::{
    hearing::{Command, Event, Hearing},
    moment::Moment,
    refusal::Sentence,
    seat::{Id, SeatId},
};

/// The version of these messages. A client of another version is closed with [`close::WRONG_VERSION`].
pub const VERSION: u32 = 1;

/// From a seat to the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ToRoom {
    /// The first message of a connection.
    Hello {
        /// [`VERSION`].
        version: u32,
        /// The key that the seat got when it accepted its invitation.
        key: String,
        /// Number of the last thing seen, when coming back; the server sends what is missing, or a snapshot.
        #[serde(default)]
        after: Option<u64>,
        /// Whether this tab only looks on while another one acts.
        #[serde(default)]
        passive: bool,
    },
    /// Something the seat wants done. Sent again under the same id after a loss; done once.
    Command {
        /// Chosen by the client: a UUID.
        id: Id,
        /// What to do.
        command: Command,
    },
    /// Makes this tab the one that acts.
    Take {},
    /// Answer to a ping.
    Pong {},
}

/// From the room to a seat, as the seat reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromRoom {
    /// The hello was accepted.
    Welcome {
        /// The seat that the key belongs to.
        seat: SeatId,
        /// Whether this tab is the one that acts.
        active: bool,
        /// The server's clock.
        now: Moment,
        /// A connection silent for longer than this is taken as lost, in milliseconds.
        lease_ms: u32,
        /// Version of the rulebook.
        rules: String,
    },
    /// The whole view: after a hello that cannot be resumed, and whenever the seat's clearance changes.
    Snapshot {
        /// Number of the last thing contained.
        number: u64,
        /// The server's clock.
        now: Moment,
        /// What the seat may see.
        view: Box<Hearing>,
    },
    /// What happened, in order. Fold each event into the view.
    Events {
        /// Number of the first event; the others follow it one by one.
        number: u64,
        /// The server's clock.
        now: Moment,
        /// The events.
        events: Vec<Happened>,
    },
    /// The command is on disk and done.
    Ack {
        /// Of the command.
        id: Id,
    },
    /// The command was refused and nothing changed.
    Refused {
        /// Of the command.
        id: Id,
        /// Why.
        refusal: Sentence,
    },
    /// Are you there? Answer with a pong.
    Ping {
        /// The server's clock.
        now: Moment,
    },
    /// Another tab of this seat acts now; this one only looks on.
    Passive {},
    /// This tab acts now.
    Active {},
}

/// An event and its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Happened {
    /// When, by the server's clock.
    pub at: Moment,
    /// What.
    pub event: Event,
}

/// Codes with which the server closes a connection.
pub mod close {
    /// A frame that is no message of this protocol.
    pub const BAD_FRAME: u16 = 4000;
    /// The key is unknown or has expired.
    pub const NOT_AUTHORISED: u16 = 4001;
    /// No hello came in time.
    pub const HELLO_TIMEOUT: u16 = 4002;
    /// A frame larger than the limit.
    pub const TOO_LARGE: u16 = 4003;
    /// More messages a second than the limit.
    pub const TOO_FAST: u16 = 4004;
    /// The client read too slowly; come back and resume by number.
    pub const TOO_SLOW: u16 = 4005;
    /// No pong came within the lease.
    pub const LEASE_LOST: u16 = 4006;
    /// The invitation of this seat was revoked.
    pub const REVOKED: u16 = 4007;
    /// The client speaks another version.
    pub const WRONG_VERSION: u16 = 4008;
    /// The server stops; come back.
    pub const STOPPING: u16 = 4009;
    /// The page that opened the connection is not of this site.
    pub const ORIGIN: u16 = 4010;
}
