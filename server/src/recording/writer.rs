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
    Note, Shelf, part,
    reel::{Film, Laid, Reel},
    tap::{Message, Packet, Stream},
    watch::Watch,
};
use crate::{clock, config::Limits, gauge::Gauges, sfu::switchboard::Whose, token};

/// How often it is looked what has become of everything that waits.
const TICK: Duration = Duration::from_millis(100);
/// So long no part begins after a file could not be written, and so often it is looked whether there is room.
const PAUSE: Duration = Duration::from_secs(2);

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
    segments: Vec<Segment>,
    /// Not before this does a part begin.
    rests_until: Option<Instant>,
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

    /// Writes until the video link has let go of the other end; then ends every part.
    pub(super) fn run(mut self, queue: &Receiver<Message>) {
        self.look_for_room();
        let mut next = Instant::now() + TICK;
        loop {
            match queue.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(Message::Table { hearing, table }) => self.obey(&hearing, &table),
                Ok(Message::Packet { stream, packet }) => self.take(&stream, packet),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if next <= Instant::now() {
                next = Instant::now() + TICK;
                self.tick();
            }
        }
        for hearing in self.sittings.keys().cloned().collect::<Vec<_>>() {
            self.obey(&hearing, &BTreeMap::new());
        }
    }

    fn obey(&mut self, hearing: &str, table: &BTreeMap<SeatId, OnRecord>) {
        let now_us = self.clock.at(Instant::now());
        if !self.sittings.contains_key(hearing) {
            if table.is_empty() {
                return;
            }
            if self.sittings.is_empty() {
                self.clock = Clock::new();
            }
            let sitting = self.begin_sitting(hearing);
            self.sittings.insert(hearing.into(), sitting);
        }
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        for seat in table.keys() {
            sitting.reels.entry(seat.clone()).or_default();
        }
        let seats: Vec<SeatId> = sitting.reels.keys().cloned().collect();
        for seat in seats {
            let on = table.get(&seat).copied().unwrap_or_default();
            let whose = Whose { hearing: hearing.into(), seat };
            let reel = self.sittings.get_mut(hearing).and_then(|sitting| sitting.reels.get_mut(&whose.seat));
            let laid = reel.map(|reel| reel.obeys(on, now_us)).unwrap_or_default();
            self.lay(&whose, laid, now_us);
            if !on.anything() {
                self.cut(&whose);
                if let Some(sitting) = self.sittings.get_mut(hearing) {
                    sitting.reels.remove(&whose.seat);
                }
            }
        }
        self.note(hearing);
        if table.is_empty()
            && let Some(Sitting { mark: Some(sitting), .. }) = self.sittings.remove(hearing)
        {
            let _ = self.notes.send(Note::Over { hearing: hearing.into(), sitting });
        }
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
            segments: Vec::new(),
            rests_until: None,
        }
    }

    fn take(&mut self, stream: &Arc<Stream>, packet: Packet) {
        let (came_us, now_us) = (self.clock.at(packet.came), self.clock.at(Instant::now()));
        let whose = &stream.whose;
        let sitting = self.sittings.get_mut(&whose.hearing);
        let Some(reel) = sitting.and_then(|sitting| sitting.reels.get_mut(&whose.seat)) else { return };
        let laid = reel.take_in(stream, packet, came_us, now_us);
        self.lay(whose, laid, now_us);
    }

    /// Lays blocks into the part of a seat; one begins where there is none that takes them.
    fn lay(&mut self, whose: &Whose, laid: Vec<Laid>, now_us: i64) {
        for (block, size) in laid {
            let film = self.reel(whose).and_then(|reel| reel.film.as_mut());
            // The first picture of a part that began without one: it is whole, and begins the next part.
            if film.is_some_and(|film| !film.part.takes(block.track)) {
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
        let Some(reel) = sitting.reels.get_mut(&whose.seat) else { return Ok(None) };
        if reel.film.is_none() {
            let rests = sitting.rests_until.is_some_and(|until| Instant::now() < until);
            if rests || !self.room.0 {
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
        if let Some(sitting) = self.sittings.get_mut(&whose.hearing) {
            sitting.rests_until = Some(Instant::now() + PAUSE);
        }
        self.cut(whose);
        if let Some(reel) = self.reel(whose) {
            reel.breaks();
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
            sitting.segments.push(told(&whose.seat, part, segment));
        }
        if let Err(error) = ended {
            tracing::error!(hearing = whose.hearing, %error, "a recording could not be ended well");
            self.gauges.recording_failed_total.up();
        }
    }

    /// Hands on what is to be noted of a hearing.
    fn note(&mut self, hearing: &str) {
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        if !sitting.segments.is_empty() {
            let segments = std::mem::take(&mut sitting.segments);
            // Nobody takes notes any more only when the server ends; then they are made when it starts again.
            let _ = self.notes.send(Note::Segments { hearing: hearing.into(), segments });
        }
    }

    fn tick(&mut self) {
        let now_us = self.clock.at(Instant::now());
        if self.room.1.elapsed() >= PAUSE {
            self.look_for_room();
        }
        for hearing in self.sittings.keys().cloned().collect::<Vec<_>>() {
            self.go_on(&hearing, now_us);
        }
    }

    fn go_on(&mut self, hearing: &str, now_us: i64) {
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
            if film.part.heard() {
                self.watch.written(&whose);
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
                sitting.segments.push(told(&whose.seat, film.number, segment));
            }
            Err(error) => self.wrote(whose, Err(error)),
        }
    }

    /// Ends all parts of a hearing for want of room; whose sound is missed then is told.
    fn stand_still(&mut self, hearing: &str, bytes: u64) {
        let Some(sitting) = self.sittings.get_mut(hearing) else { return };
        if sitting.rests_until.is_none_or(|until| until < Instant::now()) {
            tracing::error!(hearing, bytes, "no room for recordings");
        }
        sitting.rests_until = Some(Instant::now() + PAUSE);
        for seat in sitting.reels.keys().cloned().collect::<Vec<_>>() {
            let whose = Whose { hearing: hearing.into(), seat };
            self.cut(&whose);
            if let Some(reel) = self.reel(&whose) {
                reel.breaks();
            }
        }
    }

    fn look_for_room(&mut self) {
        let free = self.shelf.free().inspect_err(|error| {
            tracing::error!(%error, "it cannot be told how much room there is for recordings");
        });
        self.room = (free.is_ok_and(|free| free >= self.free_bytes_min), Instant::now());
    }
}

/// A segment as the record tells it.
fn told(seat: &SeatId, part: u32, segment: part::Segment) -> Segment {
    Segment {
        seat: seat.clone(),
        part,
        number: segment.number,
        from: Moment(segment.from_ms),
        to: Moment(segment.to_ms),
        bytes: segment.bytes,
        sha256: token::hex(&segment.sha256),
    }
}
