//! What travels between a seat and the room: the messages of the WebSocket, one JSON text frame each.
//!
//! `docs/protocol.md` shows every message by example.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};
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
    /// Opens a video line for the seat, or opens it anew.
    Link {
        /// Chosen by the client: a UUID.
        id: Id,
        /// The offer (SDP): one section of sound and one of picture that are sent, or two of the picture, the
        /// large one first, and slots that are received.
        offer: String,
        /// Whether the sound that is sent is made unlike the voice of whoever speaks. Of a seat for which that was ordered
        /// no other sound is sent on.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        altered: bool,
    },
    /// Whom the seat has in front: only that one is sent to it in large from now on. Before this was said on a line, all are.
    Front {
        /// The seat; none and all are small.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
    },
    /// Ends the video line of the seat: whoever sits there has turned it off.
    HangUp {},
    /// Opens a line on which the seat gets back its own sound and picture and nobody else's, to check its equipment.
    Check {
        /// Chosen by the client: a UUID.
        id: Id,
        /// The offer (SDP), as that of a video line, with one slot of each kind.
        offer: String,
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
        /// Whether this server has a video link.
        #[serde(default)]
        link: bool,
        /// How much later than everybody else the gallery hears and sees, in milliseconds.
        #[serde(default)]
        gallery_delay_ms: u32,
        /// The relays of the video link, exactly as a browser takes them (`iceServers` of `RTCPeerConnection`, JSON): to be
        /// handed on as it is. Empty where there are none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        relays: String,
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
    /// The video line is open, once both sides have found each other.
    Linked {
        /// Of the offer.
        id: Id,
        /// The answer (SDP).
        answer: String,
    },
    /// Whom the slots of the video line carry from now on, by section.
    Slots {
        /// By the name of the section (`mid`); slots that carry nobody are absent.
        slots: BTreeMap<String, SeatId>,
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

macro_rules! codes {
    ($($name:ident $code:literal $doc:literal;)*) => {
        /// Codes with which the server closes a connection.
        pub mod close {
            $(#[doc = $doc] pub const $name: u16 = $code;)*

            /// Every one of them, for tests and documentation.
            pub const ALL: &[u16] = &[$($name,)*];
        }
    };
}

codes! {
    BAD_FRAME 4000 "A frame that is no message of this protocol.";
    NOT_AUTHORISED 4001 "The key is unknown or was replaced.";
    HELLO_TIMEOUT 4002 "No hello came in time.";
    TOO_LARGE 4003 "A frame larger than the limit.";
    TOO_FAST 4004 "More messages a second than the limit.";
    TOO_SLOW 4005 "The client read too slowly; come back and resume by number.";
    LEASE_LOST 4006 "Nothing was heard within the lease.";
    REVOKED 4007 "The invitation of this seat was revoked, issued again, or accepted on another device.";
    WRONG_VERSION 4008 "The client speaks another version.";
    STOPPING 4009 "The server stops; come back.";
    TOO_MANY 4010 "This seat is open in more windows than the limit; the oldest of those that look on was closed.";
}

/// The version that a hello tells, even one with fields that this version does not know.
#[must_use]
pub fn version_told(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Told {
        hello: Version,
    }
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    serde_json::from_str::<Told>(text).ok().map(|told| told.hello.version)
}
