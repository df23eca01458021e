//! The thread that writes: packets in, files out, and of every hearing the segments that are to be noted.
//!
//! ```text
//! a seat goes on record ─▶ its first packet: a part begins ─▶ every ten seconds a segment, of all seats together
//! it goes off record, or there is no room ─▶ the part ends      nobody is on record ─▶ the sitting is over
//! ```

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use procedure::{
    Moment, SeatId,
    hearing::{media::OnRecord, recording::Segment},
};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    Note, Piece, Shelf, What, part,
    reel::{Film, Laid, Reel},
    rest::Rest,
    tap::{Message, Packet, Stream, Table, Waiting},
    watch::Watch,
    webm::Track,
};
use crate::{clock, config::Limits, gauge::Gauges, sfu::switchboard::Whose, token};

/// How often it is looked what has become of everything that waits.
const TICK: Duration = Duration::from_millis(100);
/// How long packets are left to gather before they are taken all at once: whoever is woken for each spends more on being
/// woken than on writing.
const GATHER: Duration = Duration::from_millis(50);
/// Most messages taken at once.
const MESSAGES_AT_ONCE: usize = 4_096;
/// How often it is looked whether there is room on the disk.
const LOOK: Duration = Duration::from_secs(2);

/// The hearing's clock, by which nobody can be early: it goes on evenly while anything is recorded.
#[derive(Debug)]
struct Clock {
    instant: Instant,
    at_us: i64,
}

impl Clock {
    fn new() -> Self {
        Self { instant: Instant::now(), at_us: clock::now().0.saturating_mul(1_000) }
    }

    fn at(&self, instant: Instant) -> i64 {
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        let (after, before) = (
            instant.saturating_duration_since(self.instant),
            self.instant.saturating_duration_since(instant),
        );
        self.at_us.saturating_add(micros(after)).saturating_sub(micros(before))
    }
}

/// A hearing that is being recorded, from when somebody goes on record until nobody is.
#[derive(Debug)]
struct Sitting {
    /// Its mark on the shelf, once there is one.
    mark: Option<String>,
    reels: BTreeMap<SeatId, Reel>,
    /// When the present segments began.
    rolled: Instant,
    /// Bytes of the parts that are whole.
    bytes: u64,
    /// Segments that are to be noted together.
    pieces: Vec<Piece>,
    /// While nothing can be written.
    rest: Option<Rest>,
    /// Whether something of it could not be noted: its mark stays, and it is tried again when the server starts.
    torn: bool,
}

impl Sitting {
    /// Whether nothing is written just now.
    fn rests(&self) -> bool {
        self.rest.as_ref().is_some_and(Rest::lasts)
    }
}

/// Everything that is recorded.
#[derive(Debug)]
pub(super) struct Writer {
    shelf: Shelf,
    watch: Arc<Watch>,
    gauges: Arc<Gauges>,
    notes: UnboundedSender<Note>,
    clock: Clock,
    sittings: BTreeMap<String, Sitting>,
    segment: Duration,
    hearing_bytes_max: u64,
    free_bytes_min: u64,
    /// Whether the disk has room, and when that was looked at.
    room: (bool, Instant),
}

impl Writer {
    pub(super) fn new(
        shelf: Shelf,
        limits: &Limits,
        watch: Arc<Watch>,
        gauges: Arc<Gauges>,
        notes: UnboundedSender<Note>,
    ) -> Self {
        Self {
            shelf,
            watch,
            gauges,
            notes,
            clock: Clock::new(),
            sittings: BTreeMap::new(),
            segment: Limits::span(limits.recording_segment_ms),
            hearing_bytes_max: limits.recording_bytes_max,
            free_bytes_min: limits.recording_free_bytes_min,
            room: (false, Instant::now()),
        }
    }

    /// Writes until the video link has let go of the other end; then ends every part. Between two looks at the queue it
    /// rests, unless it is woken.
    pub(super) fn run(mut self, queue: &Receiver<Message>, waiting: &Waiting) {
        self.look_for_room();
        let mut next = Instant::now() + TICK;
        loop {
            match queue.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(message) => self.hear(message, waiting),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let more =
                queue.try_iter().take(MESSAGES_AT_ONCE).map(|message| self.hear(message, waiting)).count();
            if next <= Instant::now() {
                next = Instant::now() + TICK;
                self.tick();
            }
            if more < MESSAGES_AT_ONCE {
                std::thread::park_timeout(GATHER);
            }
        }
        for hearing in self.sittings.keys().cloned().collect::<Vec<_>>() {
            self.ends(&hearing, None);
        }
    }

    fn hear(&mut self, message: Message, waiting: &Waiting) {
        match message {
            Message::Table { hearing, table } => self.obey(&hearing, &table),
            Message::Packet { stream, packet } => {
                waiting.one_less();
                self.take(&stream, packet);
            }
        }
    }

    fn obey(&mut self, hearing: &str, table: &Table) {
        let Table { number, seats: table } = table;
        if table.is_empty() {
            self.ends(hearing, Some(*number));
            return;
        }
        let now_us = self.clock.at(Instant::now());
        if !self.sittings.contains_key(hearing) {
            if self.sittings.is_empty() {
                self.clock = Clock::new();
            }
            let sitting = self.begin_sitting(hearing);
            self.sittings.insert(hearing.into(), sitting);
        }
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        let rests = sitting.rests();
        for seat in table.keys() {
            sitting.reels.entry(seat.clone()).or_insert_with(|| Reel::new(rests));
        }
        let seats: Vec<SeatId> = sitting.reels.keys().cloned().collect();
        for seat in seats {
            let on = table.get(&seat).copied().unwrap_or_default();
            let whose = Whose { hearing: hearing.into(), seat };
            let laid = self.reel(&whose).map(|reel| reel.obeys(on, now_us)).unwrap_or_default();
            self.lay(&whose, laid, now_us);
            if !on.anything() {
                self.cut(&whose);
                if let Some(sitting) = self.sittings.get_mut(hearing) {
                    sitting.reels.remove(&whose.seat);
                }
            }
        }
        self.note(hearing);
    }

    /// Nobody is on record any more, by a table of that number; none when the server ends.
    fn ends(&mut self, hearing: &str, table: Option<u64>) {
        let now_us = self.clock.at(Instant::now());
        let sitting = self.sittings.get(hearing);
        for seat in
            sitting.map(|sitting| sitting.reels.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
        {
            let whose = Whose { hearing: hearing.into(), seat };
            let laid =
                self.reel(&whose).map(|reel| reel.obeys(OnRecord::default(), now_us)).unwrap_or_default();
            self.lay(&whose, laid, now_us);
            self.cut(&whose);
        }
        self.note(hearing);
        let sitting = self.sittings.remove(hearing).filter(|sitting| !sitting.torn);
        let over =
            What::Over { sitting: sitting.and_then(|sitting| sitting.mark), table: table.unwrap_or(0) };
        let _ = self.notes.send(Note { hearing: hearing.into(), what: over });
    }

    fn begin_sitting(&self, hearing: &str) -> Sitting {
        let bytes = self.shelf.used(hearing).unwrap_or_else(|error| {
            tracing::error!(hearing, %error, "the recordings of a hearing cannot be looked at");
            0
        });
        Sitting {
            mark: None,
            reels: BTreeMap::new(),
            rolled: Instant::now(),
            bytes,
            pieces: Vec::new(),
            rest: None,
            torn: false,
        }
    }

    fn take(&mut self, stream: &Arc<Stream>, packet: Packet) {
        // It is as if it were taken when it came, however long it was left in the queue.
        let came_us = self.clock.at(packet.came);
        let whose = &stream.whose;
        let sitting = self.sittings.get_mut(&whose.hearing);
        let Some(reel) = sitting.and_then(|sitting| sitting.reels.get_mut(&whose.seat)) else { return };
        let laid = reel.take_in(stream, packet, came_us);
        self.lay(whose, laid, came_us);
    }

    /// Lays blocks into the part of a seat; one begins where there is none that takes them.
    fn lay(&mut self, whose: &Whose, laid: Vec<Laid>, now_us: i64) {
        for (block, size) in laid {
            let film = self.reel(whose).and_then(|reel| reel.film.as_mut());
            if film.as_ref().is_some_and(|film| film.part.is_far_from(block.at_ms)) {
                self.cut(whose);
                // Another part's pictures begin with a whole one.
                if block.track == Track::Picture && size.is_none() {
                    if let Some(reel) = self.reel(whose) {
                        reel.rests(false);
                    }
                    continue;
                }
            } else if film.is_some_and(|film| !film.part.takes(block.track)) {
                // The first picture of a part that began without one: it is whole, and begins the next part.
                self.cut(whose);
            }
            let written = match self.film(whose) {
                Ok(Some(film)) => film.part.lay(block, size, now_us.div_euclid(1_000)),
                Ok(None) => {
                    self.gauges.recording_lost_total.up();
                    Ok(())
                }
                Err(error) => Err(error),
            };
            self.wrote(whose, written);
        }
    }

    fn reel(&mut self, whose: &Whose) -> Option<&mut Reel> {
        self.sittings.get_mut(&whose.hearing)?.reels.get_mut(&whose.seat)
    }

    /// The part of a seat; none while there is no room for one.
    fn film(&mut self, whose: &Whose) -> io::Result<Option<&mut Film>> {
        let Some(sitting) = self.sittings.get_mut(&whose.hearing) else { return Ok(None) };
        let rests = sitting.rests() || !self.room.0;
        let Some(reel) = sitting.reels.get_mut(&whose.seat) else { return Ok(None) };
        if reel.film.is_none() {
            if rests {
                return Ok(None);
            }
            if sitting.mark.is_none() {
                let mark = uuid::Uuid::now_v7().to_string();
                self.shelf.mark(&whose.hearing, &mark)?;
                sitting.mark = Some(mark);
            }
            let (number, path, file) = self.shelf.begin(&whose.hearing, &whose.seat)?;
            reel.film = Some(Film { number, path, part: part::Part::new(file) });
        }
        Ok(reel.film.as_mut())
    }

    /// After something was to be written: where that failed the part ends, and for a while none begins.
    fn wrote(&mut self, whose: &Whose, written: io::Result<()>) {
        let Err(error) = written else { return };
        tracing::error!(hearing = whose.hearing, %error, "a recording could not be written");
        self.gauges.recording_failed_total.up();
        self.cut(whose);
        self.rests(&whose.hearing);
    }

    /// Nothing of a hearing is written for a while, and those who lead it are told.
    fn rests(&mut self, hearing: &str) {
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        let now = Instant::now();
        match &mut sitting.rest {
            Some(rest) => rest.again(now),
            none => *none = Some(Rest::begin(now)),
        }
        // Nobody is asked for a whole picture that would not be kept.
        sitting.reels.values_mut().for_each(|reel| reel.rests(true));
        self.watch.stands(hearing, true);
    }

    /// Time goes on: what rested long enough is tried again.
    fn tries_again(&mut self, hearing: &str) {
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        let has_room = self.room.0 && sitting.bytes < self.hearing_bytes_max;
        if has_room && sitting.rest.as_mut().is_some_and(|rest| rest.ends(Instant::now())) {
            sitting.reels.values_mut().for_each(|reel| reel.rests(false));
        }
    }

    /// A segment is on disk: writing goes well, if it did not.
    fn goes_well(&mut self, hearing: &str) {
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        if !sitting.rests() {
            sitting.rest = None;
            self.watch.stands(hearing, false);
        }
    }

    /// Ends the part of a seat.
    fn cut(&mut self, whose: &Whose) {
        let Some(sitting) = self.sittings.get_mut(&whose.hearing) else { return };
        let Some(reel) = sitting.reels.get_mut(&whose.seat) else { return };
        let (segment, ended) = reel.cut();
        if let Some((part, segment)) = segment {
            self.gauges.recording_bytes_total.add(segment.bytes);
            sitting.bytes = sitting.bytes.saturating_add(segment.bytes);
            sitting.pieces.push(told(&whose.seat, part, segment));
        }
        if let Err(error) = ended {
            tracing::error!(hearing = whose.hearing, %error, "a recording could not be ended well");
            self.gauges.recording_failed_total.up();
            sitting.torn = true;
        }
    }

    /// Hands on what is to be noted of a hearing.
    fn note(&mut self, hearing: &str) {
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        if !sitting.pieces.is_empty() {
            let what = What::Segments(std::mem::take(&mut sitting.pieces));
            // Nobody takes notes any more only when the server ends; then they are made when it starts again.
            let _ = self.notes.send(Note { hearing: hearing.into(), what });
        }
    }

    fn tick(&mut self) {
        let now_us = self.clock.at(Instant::now());
        if self.room.1.elapsed() >= LOOK {
            self.look_for_room();
        }
        for hearing in self.sittings.keys().cloned().collect::<Vec<_>>() {
            self.go_on(&hearing, now_us);
        }
    }

    fn go_on(&mut self, hearing: &str, now_us: i64) {
        self.tries_again(hearing);
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        let rolls = sitting.rolled.elapsed() >= self.segment;
        if rolls {
            sitting.rolled = Instant::now();
        }
        let (seats, mut bytes): (Vec<SeatId>, _) = (sitting.reels.keys().cloned().collect(), sitting.bytes);
        for seat in seats {
            let whose = Whose { hearing: hearing.into(), seat };
            let laid = self.reel(&whose).map(|reel| reel.goes_on(now_us)).unwrap_or_default();
            self.lay(&whose, laid, now_us);
            let settled = match self.reel(&whose).and_then(|reel| reel.film.as_mut()) {
                Some(film) => film.part.settle(now_us.div_euclid(1_000)),
                None => Ok(()),
            };
            self.wrote(&whose, settled);
            if rolls {
                self.roll(&whose);
            }
            let Some(film) = self.reel(&whose).and_then(|reel| reel.film.as_mut()) else { continue };
            bytes = bytes.saturating_add(film.part.open_bytes());
            if let Some(heard) = film.part.heard() {
                let ago = |at_ms| now_us.div_euclid(1_000).saturating_sub(at_ms);
                self.watch.written(&whose, ago(heard.at_ms), heard.loud_ms.map(ago));
            }
        }
        if bytes >= self.hearing_bytes_max || !self.room.0 {
            self.stand_still(hearing, bytes);
        }
        self.note(hearing);
    }

    /// Ends the present segment of a seat.
    fn roll(&mut self, whose: &Whose) {
        let Some(sitting) = self.sittings.get_mut(&whose.hearing) else { return };
        let Some(film) = sitting.reels.get_mut(&whose.seat).and_then(|reel| reel.film.as_mut()) else {
            return;
        };
        match film.part.end_segment() {
            Ok(None) => {}
            Ok(Some(segment)) => {
                self.gauges.recording_bytes_total.add(segment.bytes);
                sitting.bytes = sitting.bytes.saturating_add(segment.bytes);
                sitting.pieces.push(told(&whose.seat, film.number, segment));
                self.goes_well(&whose.hearing);
            }
            Err(error) => self.wrote(whose, Err(error)),
        }
    }

    /// Ends all parts of a hearing for want of room.
    fn stand_still(&mut self, hearing: &str, bytes: u64) {
        let Some(sitting) = self.sittings.get(hearing) else { return };
        if sitting.rests() {
            return;
        }
        tracing::error!(hearing, bytes, "no room for recordings");
        for seat in sitting.reels.keys().cloned().collect::<Vec<_>>() {
            self.cut(&Whose { hearing: hearing.into(), seat });
        }
        self.rests(hearing);
    }

    fn look_for_room(&mut self) {
        let free = self.shelf.free().inspect_err(|error| {
            tracing::error!(%error, "it cannot be told how much room there is for recordings");
        });
        let (had, now) = (self.room.0, Instant::now());
        self.room = (free.is_ok_and(|free| free >= self.free_bytes_min), now);
        if self.room.0 && !had {
            let rests = self.sittings.values_mut().filter_map(|sitting| sitting.rest.as_mut());
            rests.for_each(|rest| rest.hurries(now));
        }
    }
}

/// A segment as the record tells it.
fn told(seat: &SeatId, part: u32, segment: part::Segment) -> Piece {
    let ends = segment.ends;
    let segment = Segment {
        seat: seat.clone(),
        part,
        number: segment.number,
        from: Moment(segment.from_ms),
        to: Moment(segment.to_ms),
        bytes: segment.bytes,
        sha256: token::hex(&segment.sha256),
    };
    Piece { segment, ends }
}
