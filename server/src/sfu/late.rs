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

use super::{
    audience::Galleries,
    line::{Of, Packet},
};

/// How the seats of a hearing stand.
type Table = BTreeMap<SeatId, OnAir>;

/// Something that waits.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly everything that waits is a packet")]
pub(super) enum What {
    /// How the seats stand from here on.
    Table(Table),
    /// A packet of a seat, and whether the voice on its line is another than its own.
    Packet(SeatId, Of, Packet, bool),
    /// Nothing of that kind came of a seat for a while.
    Pause(SeatId, MediaKind),
}

#[derive(Debug)]
struct Waiting {
    due: Instant,
    hearing: String,
    what: What,
}

impl Waiting {
    /// How many bytes it takes, roughly; a table is small, and there are few.
    fn weight(&self) -> usize {
        match &self.what {
            What::Packet(_, _, packet, _) => {
                size_of::<Self>().saturating_add(self.hearing.len()).saturating_add(packet.payload.len())
            }
            What::Table(_) | What::Pause(..) => 0,
        }
    }
}

/// The gallery of one hearing.
#[derive(Debug, Default)]
struct Gallery {
    /// How the seats stand for it.
    table: Table,
    /// To whom of it sound and picture of a seat go.
    audiences: Galleries,
    /// Whether anybody is there.
    watched: bool,
    /// Whether it needs whole pictures, as it begins.
    begins: bool,
    /// How much waits for it beside tables.
    kept: usize,
    /// How many bytes that takes.
    bytes: usize,
    /// Whether the hearing has ended, or its room broken, and none goes on since.
    ended: bool,
    /// How often it was cut off, as far as is known.
    cuts: u32,
    /// Of whom nothing is kept just now, as was noted.
    paused: BTreeSet<(SeatId, bool)>,
}

/// What waits, and the galleries.
#[derive(Debug)]
pub(super) struct Late {
    delay: Duration,
    bytes_max: usize,
    hearing_bytes_max: usize,
    waiting: VecDeque<Waiting>,
    bytes: usize,
    galleries: BTreeMap<String, Gallery>,
}

impl Late {
    /// So late, and so many bytes at the most: of all hearings, and of one.
    pub(super) const fn new(delay: Duration, bytes_max: usize, hearing_bytes_max: usize) -> Self {
        let waiting = VecDeque::new();
        Self { delay, bytes_max, hearing_bytes_max, waiting, bytes: 0, galleries: BTreeMap::new() }
    }

    /// How the seats of a hearing stand for its gallery; none where nobody is late.
    pub(super) fn table(&self, hearing: &str) -> Option<Table> {
        let table = || self.galleries.get(hearing).map(|gallery| gallery.table.clone()).unwrap_or_default();
        (!self.delay.is_zero()).then(table)
    }

    /// Whether a hearing has a gallery from now on, and to whom of it the seats go.
    pub(super) fn watch(&mut self, hearing: &str, watched: bool, audiences: Galleries) {
        if self.delay.is_zero() {
            return;
        }
        if let Some(gallery) = self.galleries.get_mut(hearing) {
            gallery.begins |= watched && !gallery.watched;
            (gallery.watched, gallery.audiences) = (watched, audiences);
        }
    }

    /// Whether what is said in a hearing is kept for its gallery.
    pub(super) fn is_watched(&self, hearing: &str) -> bool {
        self.galleries.get(hearing).is_some_and(|gallery| gallery.watched)
    }

    /// The hearings whose gallery begins to watch.
    pub(super) fn begin(&mut self) -> Vec<String> {
        let galleries = self.galleries.iter_mut();
        galleries
            .filter_map(|(hearing, gallery)| std::mem::take(&mut gallery.begins).then(|| hearing.clone()))
            .collect()
    }

    /// To whom of the gallery sound, or picture, of a seat goes.
    pub(super) fn audience(&self, hearing: &str, seat: &SeatId, kind: MediaKind) -> Vec<(u64, usize)> {
        let audience = self.galleries.get(hearing).and_then(|gallery| gallery.audiences.get(seat));
        audience.map(|audience| audience.of(kind).clone()).unwrap_or_default()
    }

    /// To whom of the gallery anything goes.
    pub(super) fn everybody(&self, hearing: &str) -> Vec<(u64, usize)> {
        let audiences =
            self.galleries.get(hearing).into_iter().flat_map(|gallery| gallery.audiences.values());
        audiences
            .flat_map(|audience| [MediaKind::Audio, MediaKind::Video].map(|kind| audience.of(kind).clone()))
            .flatten()
            .collect()
    }

    /// How the seats of a hearing stand from now on. True where the gallery was cut off, or nobody is there any more: what
    /// was said and has not got there never will.
    pub(super) fn obey(&mut self, hearing: &str, table: &Table, now: Instant) -> bool {
        if self.delay.is_zero() {
            return false;
        }
        let gallery = self.galleries.entry(hearing.into()).or_default();
        gallery.ended = table.is_empty();
        let cuts = table.values().filter_map(|stands| stands.gallery).max();
        let forgets = cuts != Some(gallery.cuts);
        gallery.cuts = cuts.unwrap_or(gallery.cuts);
        if forgets {
            gallery.begins = gallery.watched;
            // Of most hearings nothing waits, and all that waits for others would be looked through.
            gallery.bytes = 0;
            if std::mem::take(&mut gallery.kept) > 0 {
                self.forget(hearing);
            }
        }
        let hearing = hearing.to_string();
        self.waiting.push_back(Waiting { due: now + self.delay, hearing, what: What::Table(table.clone()) });
        forgets
    }

    fn forget(&mut self, hearing: &str) {
        self.waiting.retain(|waiting| waiting.hearing != hearing || matches!(waiting.what, What::Table(_)));
        self.bytes = self.waiting.iter().map(Waiting::weight).sum();
    }

    /// Keeps a packet of a seat until its time has come; `packet` is none where none may be kept just now. False where there
    /// is no room for it.
    pub(super) fn keep(
        &mut self,
        hearing: &str,
        seat: &SeatId,
        of: Of,
        packet: Option<(Packet, bool)>,
        now: Instant,
    ) -> bool {
        let Some(gallery) = self.galleries.get_mut(hearing) else { return true };
        let (due, kind) = (now + self.delay, of.kind);
        let who = (seat.clone(), kind == MediaKind::Video);
        let waits = |what| Waiting { due, hearing: hearing.into(), what };
        let wanted = packet.is_some();
        let packet = packet.map(|(packet, altered)| waits(What::Packet(seat.clone(), of, packet, altered)));
        let bytes = packet.as_ref().map_or(0, Waiting::weight);
        let has_room = self.bytes.saturating_add(bytes) <= self.bytes_max
            && gallery.bytes.saturating_add(bytes) <= self.hearing_bytes_max;
        if let Some(packet) = packet.filter(|_| has_room) {
            gallery.paused.remove(&who);
            gallery.kept += 1;
            gallery.bytes = gallery.bytes.saturating_add(bytes);
            self.bytes = self.bytes.saturating_add(bytes);
            self.waiting.push_back(packet);
            return true;
        }
        // What follows does not go on from what was before.
        if gallery.paused.insert(who) {
            gallery.kept += 1;
            self.waiting.push_back(waits(What::Pause(seat.clone(), kind)));
        }
        !wanted
    }

    /// The seats of a hearing stand so for its gallery, from now on.
    pub(super) fn stands(&mut self, hearing: &str, table: Table) {
        let Some(gallery) = self.galleries.get_mut(hearing) else { return };
        gallery.table = table;
        // What waits of a room that was opened again meanwhile may still have to be forgotten.
        if gallery.ended && gallery.table.is_empty() {
            self.galleries.remove(hearing);
        }
    }

    /// The next thing whose time has come, and of which hearing.
    pub(super) fn next(&mut self, now: Instant) -> Option<(String, What)> {
        let waiting = self.waiting.pop_front_if(|waiting| waiting.due <= now)?;
        self.bytes = self.bytes.saturating_sub(waiting.weight());
        if let Some(gallery) = self.galleries.get_mut(&waiting.hearing)
            && !matches!(waiting.what, What::Table(_))
        {
            gallery.kept = gallery.kept.saturating_sub(1);
            gallery.bytes = gallery.bytes.saturating_sub(waiting.weight());
        }
        Some((waiting.hearing, waiting.what))
    }

    /// When something's time comes.
    pub(super) fn until(&self) -> Option<Instant> {
        self.waiting.front().map(|waiting| waiting.due)
    }
}
