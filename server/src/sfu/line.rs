//! One connection of a seat: what it sends itself, and the slots in which it receives others.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use procedure::{SeatId, hearing::media::OnAir};
use str0m::{
    Input, Rtc,
    format::Codec,
    media::{Direction, MediaAdded, MediaKind, Mid, Pt},
    rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc, Vp8Descriptor},
};

use super::{
    audience::Audience,
    budget::Budget,
    contain::contained,
    hold::Hold,
    ladder::{Ladder, Rung},
    picture::Pictures,
    run::{Run, Source},
    switchboard::Whose,
};

/// Shortest time between two requests for a whole picture of one stream: whoever asks more often is not heard.
pub(super) const KEYFRAME_EVERY: Duration = Duration::from_millis(500);
/// How fast the time of a picture runs, in hertz (RFC 7741).
const VIDEO_HERTZ: u32 = 90_000;
/// How fast the time of sound runs, in hertz (RFC 7587).
const AUDIO_HERTZ: u32 = 48_000;

/// A picture of which nothing has come for so long does not come at all.
const COMES_WITHIN: Duration = Duration::from_millis(1_500);

/// In which size a picture is sent: each seat sends its own twice, and each line gets the one that it can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// For whoever has the seat in front.
    Large,
    /// For a face among others, and for a narrow line.
    Small,
}

/// What a packet is.
#[derive(Debug)]
pub(super) struct Of {
    pub(super) kind: MediaKind,
    source: Source,
    size: Size,
    /// Whether the picture comes in no other size just now.
    alone: bool,
    /// Whether it is more than a small picture needs.
    pub(super) beyond: bool,
    /// Whether whoever has nothing before it can begin with it.
    begins: bool,
    /// What a packet of a picture says of itself, where it can be read.
    descriptor: Option<Vp8Descriptor>,
}

impl Of {
    /// Whether it is the best there is of the seat just now.
    pub(super) fn is_best(&self) -> bool {
        self.size == Size::Large || self.alone
    }
}

/// A packet, as far as it is sent on.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    number: u64,
    time: u32,
    marker: bool,
    level: ExtensionValues,
    pub(super) payload: Arc<[u8]>,
}

impl From<&RtpPacket> for Packet {
    fn from(packet: &RtpPacket) -> Self {
        let said = &packet.header.ext_vals;
        let level = ExtensionValues {
            audio_level: said.audio_level,
            voice_activity: said.voice_activity,
            ..ExtensionValues::default()
        };
        Self {
            number: *packet.seq_no,
            time: packet.header.timestamp,
            marker: packet.header.marker,
            level,
            payload: packet.payload.clone(),
        }
    }
}

impl Packet {
    /// As much of it as says where it stood.
    pub(super) fn without_payload(&self) -> Self {
        Self { payload: Arc::default(), ..self.clone() }
    }
}

/// What became of a packet on the line of another seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carried {
    /// It was sent.
    Sent,
    /// It needs pictures that were not sent: a whole one must come first.
    Waits,
    /// The picture goes there in another size, or the line is too narrow for any.
    Otherwise,
    /// The line of that seat broke over it.
    Broke,
    /// It is not for that seat.
    Not,
}

/// A slot in which another seat is received.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) mid: Mid,
    pub(super) kind: MediaKind,
    pub(super) of: Option<SeatId>,
    /// Whether the seat was told of whom it is. Nothing is sent in it before.
    pub(super) told: bool,
    pub(super) run: Run,
    pub(super) pictures: Pictures,
}

impl Slot {
    fn new(mid: Mid, kind: MediaKind) -> Self {
        Self { mid, kind, of: None, told: false, run: Run::default(), pictures: Pictures::default() }
    }
}

/// Whether sound, or picture, of a line is what may be sent on of its seat: not the own voice where another was ordered.
pub(super) const fn may_be_sent_on(kind: MediaKind, altered: bool, stands: &OnAir) -> bool {
    match kind {
        MediaKind::Audio => altered || !stands.altered,
        MediaKind::Video => true,
    }
}

/// One connection of a seat.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) whose: Whose,
    /// The connection that offered it.
    pub(super) holder: u64,
    pub(super) made: Instant,
    /// What of the seat is not sent on, for it was said elsewhere.
    pub(super) hold: Hold,
    pub(super) budget: Budget,
    pub(super) control: Budget,
    pub(super) small_pictures: Budget,
    pub(super) rtc: Rtc,
    pub(super) until: Instant,
    pub(super) open: bool,
    /// Whether it has just opened or has slots that were not filled yet.
    pub(super) fresh: bool,
    /// Whether it has a microphone, and whether a camera.
    pub(super) speaks: bool,
    pub(super) shows: bool,
    /// Whether what it says is made unlike the voice of whoever speaks.
    pub(super) altered: bool,
    pub(super) audio: Option<Pt>,
    pub(super) video: Option<Pt>,
    pub(super) slots: Vec<Slot>,
    pub(super) audience: Audience,
    /// When a whole picture was last asked for, for the gallery.
    pub(super) asked_for_gallery: Option<Instant>,
    /// The stream of its own picture, and when a whole one was last asked for.
    pub(super) pictures: BTreeMap<Mid, (Ssrc, Instant)>,
    /// The section of its own picture in small, where it sends that.
    pub(super) small: Option<Mid>,
    /// When its own picture last came in large and in small; at first when the line opened.
    pub(super) came: (Instant, Instant),
    /// Whom the seat has in front, once it has said so: nobody else is sent to it in large.
    pub(super) front: Option<Option<SeatId>>,
    /// What the line takes.
    pub(super) ladder: Ladder,
}

impl Line {
    /// Takes in what came, or that time has gone on. False where that ended it.
    pub(super) fn takes(&mut self, input: Input<'_>) -> bool {
        let taken = contained(|| self.rtc.handle_input(input)).is_some_and(|taken| taken.is_ok());
        if !taken {
            self.rtc.disconnect();
        }
        taken
    }

    /// In which section a packet came, and what it is: what the line says, never what the packet does.
    pub(super) fn says_what(&mut self, number: u64, packet: &RtpPacket, now: Instant) -> Option<(Mid, Of)> {
        let ssrc = packet.header.ssrc;
        let mid = self.rtc.direct_api().stream_rx(&ssrc)?.mid();
        let kind = self.rtc.media(mid)?.kind();
        if kind == MediaKind::Video {
            let known = self.pictures.get(&mid).filter(|(known, _)| *known == ssrc);
            // Of a new stream a whole picture may be asked for at once.
            let asked = known.map(|(_, asked)| *asked).or_else(|| now.checked_sub(KEYFRAME_EVERY));
            self.pictures.insert(mid, (ssrc, asked.unwrap_or(now)));
        }
        let picture = kind == MediaKind::Video;
        let parsed = || contained(|| Vp8Descriptor::parse(&packet.payload).ok()).flatten();
        let descriptor = picture.then(parsed).flatten();
        let whole = descriptor.is_some_and(|descriptor| descriptor.starts_keyframe(&packet.payload));
        let beyond = self.small == Some(mid) && !self.small_pictures.takes(packet.payload.len(), now);
        let (size, alone) = self.comes((mid, beyond), picture, now);
        let begins = whole || !picture;
        Some((mid, Of { kind, source: (number, ssrc), size, alone, beyond, begins, descriptor }))
    }

    /// In which size a picture of that section has come, and whether it comes in that one alone. What is beyond what may
    /// come has not.
    fn comes(&mut self, (mid, beyond): (Mid, bool), is_picture: bool, now: Instant) -> (Size, bool) {
        let gone = |came| now.saturating_duration_since(came) > COMES_WITHIN;
        if self.small == Some(mid) {
            if !beyond {
                self.came.1 = now;
            }
            (Size::Small, gone(self.came.0))
        } else {
            if is_picture {
                self.came.0 = now;
            }
            (Size::Large, self.small.is_none() || gone(self.came.1))
        }
    }

    /// In which size the picture of the seat in a slot is to be sent; none where it is not.
    fn wants(&self, slot: &Slot) -> Option<Size> {
        match (self.ladder.rung(), &self.front) {
            (Rung::SoundAlone, _) => None,
            (Rung::Large, None) => Some(Size::Large),
            (Rung::Large, Some(front)) if slot.of == *front => Some(Size::Large),
            (Rung::Large, Some(_)) | (Rung::Small, _) => Some(Size::Small),
        }
    }

    /// A packet is not sent on: what follows it does not go on there from what was before. So nobody takes it for lost on the
    /// way.
    pub(super) fn leaves_out(&mut self, at: usize, of: &Of, packet: &Packet) {
        if let Some(slot) = self.slots.get_mut(at).filter(|slot| slot.run.follows(of.source, packet.number)) {
            slot.run.stop();
        }
    }

    /// Nothing more is sent in a slot until something new begins there.
    pub(super) fn stop(&mut self, at: usize) {
        if let Some(slot) = self.slots.get_mut(at) {
            slot.run.stop();
        }
    }

    /// Sends a packet of another seat on in the slot that carries it, now.
    pub(super) fn carry(&mut self, at: usize, of: &Of, packet: &Packet, now: Instant) -> Carried {
        let wants = self.slots.get(at).and_then(|slot| self.wants(slot));
        let Some(slot) = self.slots.get_mut(at).filter(|slot| slot.told) else { return Carried::Not };
        let number = packet.number;
        let starts = !slot.run.follows(of.source, number);
        if of.kind == MediaKind::Video {
            let Some(size) = wants else {
                slot.run.stop();
                return Carried::Otherwise;
            };
            // What was sent goes on until the size that is wanted can begin.
            if starts && of.size != size && !of.alone {
                return Carried::Otherwise;
            }
        }
        if starts && !of.begins {
            return Carried::Waits;
        }
        let (pt, hertz) = match of.kind {
            MediaKind::Audio => (self.audio, AUDIO_HERTZ),
            MediaKind::Video => (self.video, VIDEO_HERTZ),
        };
        let goes = slot.run.goes_out(of.source, number, packet.time, now, hertz);
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(slot.mid, None);
        let (Some(pt), Some((number, time)), Some(stream)) = (pt, goes, stream) else { return Carried::Not };
        let mut write = RtpWrite::new(pt, number.into(), time, now, packet.payload.clone());
        let anew = |descriptor| slot.pictures.goes_out(descriptor, &packet.payload, starts);
        if let Some(patch) = of.descriptor.as_ref().and_then(anew) {
            write = write.vp8_patch(patch);
        }
        // What cannot be repeated is not kept to be repeated.
        let repeated = of.kind == MediaKind::Video && stream.rtx().is_some();
        let write = write.marker(packet.marker).nackable(repeated).ext_vals(packet.level.clone());
        if contained(|| stream.write_rtp(write)).is_none() {
            self.rtc.disconnect();
            return Carried::Broke;
        }
        self.ladder.sent(packet.payload.len(), now);
        Carried::Sent
    }

    /// A section of the offer: what the seat sends itself, or a slot.
    pub(super) fn add(&mut self, added: MediaAdded) {
        let MediaAdded { mid, kind, direction, .. } = added;
        match direction {
            Direction::SendOnly => {
                self.slots.push(Slot::new(mid, kind));
                self.fresh = true;
            }
            // The picture is offered in large first.
            Direction::RecvOnly if kind == MediaKind::Video && self.shows => self.small = Some(mid),
            Direction::RecvOnly if kind == MediaKind::Video => self.shows = true,
            Direction::RecvOnly => self.speaks = true,
            Direction::SendRecv | Direction::Inactive => {}
        }
    }

    /// Under which numbers sound and picture are sent to this seat.
    pub(super) fn settle_codecs(&mut self) {
        let number = |codec: Codec| {
            self.rtc
                .codec_config()
                .params()
                .iter()
                .find(|params| params.spec().codec == codec)
                .map(|params| params.pt())
        };
        (self.audio, self.video) = (number(Codec::Opus), number(Codec::Vp8));
    }

    /// Puts those who are wanted into slots; whether anything changed. Where there are fewer slots than are wanted, those
    /// come first who are heard, then those who have a slot, then by the name of the seat. Whoever is not wanted just now
    /// keeps a slot that nobody needs. `wanted` says of each whether it is heard.
    pub(super) fn fill(&mut self, kind: MediaKind, wanted: &BTreeMap<SeatId, bool>) -> bool {
        let mut slots: Vec<&mut Slot> = self.slots.iter_mut().filter(|slot| slot.kind == kind).collect();
        let has: BTreeSet<SeatId> = slots.iter().filter_map(|slot| slot.of.clone()).collect();
        let mut chosen: Vec<(&SeatId, &bool)> = wanted.iter().collect();
        chosen.sort_by_key(|(seat, heard)| (!**heard, !has.contains(*seat)));
        chosen.truncate(slots.len());
        let chosen: BTreeSet<&SeatId> = chosen.into_iter().map(|(seat, _)| seat).collect();
        for slot in &mut slots {
            if slot.of.as_ref().is_none_or(|seat| !chosen.contains(seat)) {
                slot.run.stop();
            }
        }
        let mut changed = false;
        for seat in chosen.iter().filter(|seat| !has.contains(**seat)) {
            // A slot of nobody, else of somebody who is not wanted, else of somebody who comes later.
            let rank = |slot: &&mut &mut Slot| slot.of.as_ref().map(|of| wanted.contains_key(of));
            let others =
                slots.iter_mut().filter(|slot| slot.of.as_ref().is_none_or(|of| !chosen.contains(of)));
            let Some(slot) = others.min_by_key(rank) else { break };
            (slot.of, slot.told) = (Some((*seat).clone()), false);
            changed = true;
        }
        changed
    }

    /// The seat was told how its slots are filled: what is sent in them now is known for whose it is.
    pub(super) fn told(&mut self, filled: &BTreeMap<String, SeatId>) {
        for slot in self.slots.iter_mut().filter(|slot| !slot.told) {
            slot.told = slot.of.is_some() && filled.get(&*slot.mid.to_string()) == slot.of.as_ref();
        }
    }

    pub(super) fn filled(&self) -> BTreeMap<String, SeatId> {
        self.slots.iter().filter_map(|slot| Some((slot.mid.to_string(), slot.of.clone()?))).collect()
    }
}
