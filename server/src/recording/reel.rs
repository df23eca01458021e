//! What is recorded of one seat for as long as it goes on record: its packets put in order, its pictures together, sound
//! and picture on one clock, and the part that they are written to.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

use procedure::hearing::media::OnRecord;

use super::{
    frames::{Pictures, Size},
    order::{Next, Order},
    part::{Part, Segment},
    tap::{Packet, Stream},
    timing::{Count, Timing},
    webm::{Block, Track},
};

/// How fast the time of sound runs, in hertz (RFC 7587).
const SOUND_HERTZ: u32 = 48_000;
/// How fast the time of a picture runs, in hertz (RFC 7741).
const PICTURE_HERTZ: u32 = 90_000;

/// How often a whole picture is asked for, in microseconds (10 s): from there a player can begin.
const WHOLE_EVERY_US: i64 = 10_000_000;

/// The part that is being written.
#[derive(Debug)]
pub(super) struct Film {
    pub(super) number: u32,
    pub(super) path: PathBuf,
    pub(super) part: Part<std::fs::File>,
}

/// What is recorded of one seat.
#[derive(Debug, Default)]
pub(super) struct Reel {
    pub(super) on: OnRecord,
    timing: Timing,
    sound: Option<Flow>,
    picture: Option<Flow>,
    pub(super) film: Option<Film>,
    /// Whether nothing of it is written, so that no whole picture is of use.
    rests: bool,
}

/// A stream that comes in.
#[derive(Debug)]
struct Flow {
    stream: Arc<Stream>,
    count: Count,
    order: Order<(Packet, i64)>,
    pictures: Pictures,
    /// When the last whole picture came.
    whole_us: i64,
}

/// A block, with its size if it is a whole picture.
pub(super) type Laid = (Block, Option<Size>);

impl Flow {
    fn new(stream: Arc<Stream>) -> Self {
        let hertz = match stream.track {
            Track::Sound => SOUND_HERTZ,
            Track::Picture => PICTURE_HERTZ,
        };
        let (count, order, pictures) = (Count::new(hertz), Order::default(), Pictures::default());
        Self { stream, count, order, pictures, whole_us: 0 }
    }

    /// What is whole by now; with nothing more to come, everything.
    fn blocks(&mut self, now_us: i64, ends: bool, rests: bool, blocks: &mut Vec<Laid>) {
        while let Some(next) = if ends { self.order.give_up() } else { self.order.give_out(now_us) } {
            match (next, self.stream.track) {
                (Next::Gap, _) => self.pictures.broke(),
                (Next::Packet((packet, at_ms)), Track::Sound) => {
                    if !packet.payload.is_empty() {
                        let bytes = packet.payload.to_vec();
                        let (track, silent) = (Track::Sound, packet.silent);
                        blocks.push((Block { track, at_ms, whole: true, silent, bytes }, None));
                    }
                }
                (Next::Packet((packet, at_ms)), Track::Picture) => {
                    let done = self.pictures.take_in(&packet.payload, packet.time, packet.last, at_ms);
                    if done.as_ref().is_some_and(|frame| frame.whole.is_some()) {
                        self.whole_us = now_us;
                    }
                    blocks.extend(done.map(|frame| {
                        let (at_ms, whole) = (frame.at_ms, frame.whole.is_some());
                        let (track, bytes) = (Track::Picture, frame.bytes);
                        (Block { track, at_ms, whole, silent: false, bytes }, frame.whole)
                    }));
                }
            }
        }
        let old = now_us.saturating_sub(self.whole_us) >= WHOLE_EVERY_US;
        self.stream.waits.store(ends || (!rests && (self.pictures.wait() || old)), Ordering::Relaxed);
    }
}

impl Reel {
    /// Nothing yet; whether anything can be written just now.
    pub(super) fn new(rests: bool) -> Self {
        Self { rests, ..Self::default() }
    }

    /// Takes in a packet; gives the blocks that follow from it.
    pub(super) fn take_in(&mut self, stream: &Arc<Stream>, packet: Packet, came_us: i64) -> Vec<Laid> {
        let mut blocks = Vec::new();
        let (flow, recorded) = match stream.track {
            Track::Sound => (&mut self.sound, self.on.sound),
            Track::Picture => (&mut self.picture, self.on.picture),
        };
        if !recorded {
            return blocks;
        }
        // A seat that offers its line anew sends other streams.
        if let Some(mut old) = flow.take_if(|flow| flow.stream.number != stream.number) {
            old.blocks(came_us, true, self.rests, &mut blocks);
        }
        let flow = flow.get_or_insert_with(|| Flow::new(stream.clone()));
        let at_us = self.timing.taken(&mut flow.count, packet.time, came_us, packet.told);
        flow.order.take_in(packet.number, came_us, (packet, at_us.div_euclid(1_000)));
        flow.blocks(came_us, false, self.rests, &mut blocks);
        blocks
    }

    /// Time goes on: what was waited for in vain is given up.
    pub(super) fn goes_on(&mut self, now_us: i64) -> Vec<Laid> {
        let mut blocks = Vec::new();
        for flow in [&mut self.sound, &mut self.picture].into_iter().flatten() {
            flow.blocks(now_us, false, self.rests, &mut blocks);
        }
        blocks
    }

    /// What goes on record from now on; gives the blocks of what does no longer.
    pub(super) fn obeys(&mut self, on: OnRecord, now_us: i64) -> Vec<Laid> {
        let mut blocks = Vec::new();
        for (flow, recorded) in [(&mut self.sound, on.sound), (&mut self.picture, on.picture)] {
            if let Some(mut ended) = flow.take_if(|_| !recorded) {
                ended.blocks(now_us, true, self.rests, &mut blocks);
            }
        }
        self.on = on;
        blocks
    }

    /// Nothing can be written for a while, or it is tried again: pictures of the next part begin with a whole one, which
    /// is asked for only then. A part that is still being written goes on.
    pub(super) fn rests(&mut self, rests: bool) {
        self.rests = rests && self.film.is_none();
        if let Some(flow) = self.picture.as_mut().filter(|_| self.film.is_none()) {
            flow.pictures.broke();
            flow.stream.waits.store(!rests, Ordering::Relaxed);
        }
    }

    /// Ends the part that is being written, if there is one; gives its number and last segment, and what went wrong.
    pub(super) fn cut(&mut self) -> (Option<(u32, Segment)>, io::Result<()>) {
        let Some(Film { number, path, part }) = self.film.take() else { return (None, Ok(())) };
        let (segment, drained, bytes) = part.finish();
        let removed = if bytes == 0 { std::fs::remove_file(path) } else { Ok(()) };
        match segment {
            Ok(segment) => (segment.map(|segment| (number, segment)), drained.and(removed)),
            Err(error) => (None, Err(error)),
        }
    }
}
