//! What the gallery hears and sees reaches it a while after everybody else, so that the chair can cut it off before what was
//! not meant for the public gets there.
//!
//! ```text
//! how the seats stand, what they say ──▶ waits its time, in order ──▶ the gallery
//!                                        cut off ──▶ what was said is forgotten
//! ```

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

use procedure::{SeatId, hearing::media::OnAir};
use str0m::media::MediaKind;

use super::line::{Of, Packet};

/// How the seats of a hearing stand.
type Table = BTreeMap<SeatId, OnAir>;

/// Something that waits.
#[derive(Debug)]
pub(super) enum What {
    /// How the seats stand from here on.
    Table(Table),
    /// A packet of a line, by its number.
    Packet(u64, Of, Packet),
    /// Nothing of that kind came of a line for a while.
    Pause(u64, MediaKind),
}

#[derive(Debug)]
struct Waiting {
    due: Instant,
    hearing: String,
    what: What,
}

/// What waits, and how the seats stand for the gallery.
#[derive(Debug)]
pub(super) struct Late {
    delay: Duration,
    bytes_max: usize,
    waiting: VecDeque<Waiting>,
    bytes: usize,
    tables: BTreeMap<String, Table>,
    /// The hearings that have somebody in the gallery with a line.
    watched: BTreeSet<String>,
}

impl Late {
    /// So late, and so many bytes at the most.
    pub(super) const fn new(delay: Duration, bytes_max: usize) -> Self {
        Self {
            delay,
            bytes_max,
            waiting: VecDeque::new(),
            bytes: 0,
            tables: BTreeMap::new(),
            watched: BTreeSet::new(),
        }
    }

    /// How the seats of a hearing stand for its gallery.
    pub(super) fn table(&self, hearing: &str) -> Option<&Table> {
        self.tables.get(hearing)
    }

    /// Whether a hearing has a gallery from now on.
    pub(super) fn watch(&mut self, hearing: &str, watched: bool) {
        if !watched {
            self.watched.remove(hearing);
        } else if !self.watched.contains(hearing) {
            self.watched.insert(hearing.into());
        }
    }

    /// Whether what is said in a hearing is kept for its gallery.
    pub(super) fn is_watched(&self, hearing: &str) -> bool {
        self.watched.contains(hearing)
    }

    /// Keeps something until its time has come. False where there is no room for it.
    pub(super) fn keep(&mut self, hearing: &str, what: What, now: Instant) -> bool {
        let bytes = weight(&what);
        if self.bytes.saturating_add(bytes) > self.bytes_max && bytes > 0 {
            return false;
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.waiting.push_back(Waiting { due: now + self.delay, hearing: hearing.into(), what });
        true
    }

    /// Forgets what was said in a hearing and has not got to its gallery.
    pub(super) fn forget(&mut self, hearing: &str) {
        let mut freed = 0;
        self.waiting.retain(|waiting| {
            let stays = waiting.hearing != hearing || matches!(waiting.what, What::Table(_));
            freed += if stays { 0 } else { weight(&waiting.what) };
            stays
        });
        self.bytes = self.bytes.saturating_sub(freed);
    }

    /// The seats of a hearing stand so for its gallery, from now on.
    pub(super) fn stands(&mut self, hearing: &str, table: Table) {
        if table.is_empty() {
            self.tables.remove(hearing);
        } else {
            self.tables.insert(hearing.into(), table);
        }
    }

    /// The next thing whose time has come, and of which hearing.
    pub(super) fn next(&mut self, now: Instant) -> Option<(String, What)> {
        let waiting = self.waiting.pop_front_if(|waiting| waiting.due <= now)?;
        self.bytes = self.bytes.saturating_sub(weight(&waiting.what));
        Some((waiting.hearing, waiting.what))
    }

    /// When something's time comes.
    pub(super) fn until(&self) -> Option<Instant> {
        self.waiting.front().map(|waiting| waiting.due)
    }
}

fn weight(what: &What) -> usize {
    match what {
        What::Packet(_, _, packet) => packet.payload.len(),
        What::Table(_) | What::Pause(..) => 0,
    }
}
