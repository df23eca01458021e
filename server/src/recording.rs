//! The recording of a hearing: each person's sound and picture as they came, in files of their own, and of every piece of
//! them the hash in the log.
//!
//! ```text
//! switchboard ─▶ tap ─bounded queue─▶ writer, a thread of its own ─▶ recordings/HEARING/SEAT-PART.webm
//!                 │                       │
//!                 └──▶ watch ◀──written───┤
//!                        └─whose sound is missed─▶ notes ─▶ the room: events
//!                                         └─segments─▶
//! ```
//!
//! What is recorded is decided by the rules ([`OnAir::on_record`](procedure::hearing::media::OnAir::on_record)): what is
//! heard and seen in court while it sits. Nothing is decoded. Nothing here can hold up the video link: what the queue does
//! not take is not recorded, is counted, and is missed aloud.
//!
//! - `tap` is all of it that the video link knows; `writer` and `reel` put it together; `part` writes a file, `rest` says when it
//!   is tried again after that failed.
//! - `order`, `timing`, `frames`, `hush`, `webm` are what a file is made of, without clock or disk.
//! - `shelf` knows folders and names; `watch` whose sound is missed; [`notes`] tells the rooms, with one of the `queues` for
//!   each hearing; `outstanding` is what a seal waits for.
//! - `playable` makes of a file what a player can go about in.
//! - [`api`] hands the files out, `hand_out` so many at a time; [`check`] compares them with a sealed case file.

use std::sync::{Arc, mpsc::sync_channel};

use procedure::hearing::recording::{Command, Segment};
use tokio::sync::mpsc;

use crate::{Error, config::Limits, gauge::Gauges};

pub mod api;
pub mod check;
mod frames;
mod hand_out;
mod hush;
pub mod notes;
mod order;
mod outstanding;
mod part;
mod playable;
mod queues;
mod reel;
mod rest;
mod shelf;
mod tap;
mod timing;
mod watch;
mod webm;
mod writer;

pub use hand_out::HandOut;
pub use outstanding::Outstanding;
pub use shelf::{Kept, Shelf};
pub use tap::Tap;

/// What is to be noted of the recordings.
#[derive(Debug)]
pub struct Notes {
    shelf: Shelf,
    watch: Arc<watch::Watch>,
    outstanding: Arc<Outstanding>,
    queue: mpsc::UnboundedReceiver<Note>,
}

impl Notes {
    /// Of which hearings something is not noted yet.
    #[must_use]
    pub fn outstanding(&self) -> Arc<Outstanding> {
        self.outstanding.clone()
    }
}

/// One note. The queue of them is short: a few for each hearing in the length of a segment.
#[derive(Debug)]
struct Note {
    hearing: String,
    what: What,
}

/// What is to be noted.
#[derive(Debug)]
enum What {
    /// Segments are on disk.
    Segments(Vec<Piece>),
    /// A sitting is over, and all of it was noted before: its mark, if it has one, and the number of the table that
    /// ended it.
    Over { sitting: Option<String>, table: u64 },
    /// The room is to be told something.
    Tell(Command),
}

/// A segment, and where in its file it ends, in bytes.
#[derive(Clone, Debug)]
struct Piece {
    segment: Segment,
    ends: u64,
}

/// Starts to record onto a shelf: gives what the video link is to be given, and what the rooms are to be told.
///
/// # Errors
/// When the machine has no thread left.
pub fn open(shelf: Shelf, limits: &Limits, gauges: Arc<Gauges>) -> Result<(Tap, Notes), Error> {
    let most = Limits::count(limits.recording_queue_max);
    let (queue, packets) = sync_channel(most);
    let waiting = tap::Waiting::default();
    let (noting, notes) = mpsc::unbounded_channel();
    let watch = Arc::new(watch::Watch::default());
    let writer = writer::Writer::new(shelf.clone(), limits, watch.clone(), gauges.clone(), noting);
    let taken = waiting.clone();
    let writing = move || writer.run(&packets, &taken);
    let writer = std::thread::Builder::new().name("recording".into()).spawn(writing)?.thread().clone();
    let outstanding = Arc::new(Outstanding::default());
    let way = tap::ToWriter { queue, waiting, many: most / 2, writer };
    let tap = Tap::new(way, watch.clone(), outstanding.clone(), gauges);
    Ok((tap, Notes { shelf, watch, outstanding, queue: notes }))
}
