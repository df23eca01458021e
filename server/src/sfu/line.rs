//! One connection of a seat: what it sends itself, and the slots in which it receives others.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use procedure::SeatId;
use str0m::{
    Rtc,
    format::Codec,
    media::{Direction, MediaAdded, MediaKind, Mid, Pt},
    rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc, Vp8Descriptor},
};

use super::{
    run::{Run, Source},
    switchboard::Whose,
};

/// Shortest time between two requests for a whole picture of one stream: whoever asks more often is not heard.
pub(super) const KEYFRAME_EVERY: Duration = Duration::from_millis(500);
/// How fast the time of a picture runs, in hertz (RFC 7741).
const VIDEO_HERTZ: u32 = 90_000;
/// How fast the time of sound runs, in hertz (RFC 7587).
const AUDIO_HERTZ: u32 = 48_000;

/// What a packet is.
#[derive(Debug)]
pub(super) struct Of {
    pub(super) kind: MediaKind,
    source: Source,
    /// Whether whoever has nothing before it can begin with it.
    begins: bool,
}

/// What became of a packet on the line of another seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carried {
    /// It was sent.
    Sent,
    /// It needs pictures that were not sent: a whole one must come first.
    Waits,
    /// It is not for that seat.
    Not,
}

/// A slot in which another seat is received.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) mid: Mid,
    pub(super) kind: MediaKind,
    pub(super) of: Option<SeatId>,
    pub(super) run: Run,
}

/// Where the sound and the picture of a seat go just now: the line of each who is to have it, by its number, and the
/// slot there. It is made anew with every table and whenever slots are filled, and not asked for again with each packet.
#[derive(Debug, Default)]
pub(super) struct Audience {
    sound: Vec<(u64, usize)>,
    picture: Vec<(u64, usize)>,
}

impl Audience {
    pub(super) const fn of(&self, kind: MediaKind) -> &Vec<(u64, usize)> {
        match kind {
            MediaKind::Audio => &self.sound,
            MediaKind::Video => &self.picture,
        }
    }

    pub(super) const fn of_mut(&mut self, kind: MediaKind) -> &mut Vec<(u64, usize)> {
        match kind {
            MediaKind::Audio => &mut self.sound,
            MediaKind::Video => &mut self.picture,
        }
    }
}

/// One connection of a seat.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) whose: Whose,
    /// The connection that offered it.
    pub(super) holder: u64,
    pub(super) made: Instant,
    /// Nothing of the seat is sent on before this.
    pub(super) held_until: Option<Instant>,
    pub(super) rtc: Rtc,
    pub(super) until: Instant,
    pub(super) open: bool,
    /// Whether it has just opened or has slots that were not filled yet.
    pub(super) fresh: bool,
    pub(super) audio: Option<Pt>,
    pub(super) video: Option<Pt>,
    pub(super) slots: Vec<Slot>,
    pub(super) audience: Audience,
    /// The stream of its own picture, and when a whole one was last asked for.
    pub(super) pictures: BTreeMap<Mid, (Ssrc, Instant)>,
}

impl Line {
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
        let begins = kind == MediaKind::Audio || starts_picture(&packet.payload);
        Some((mid, Of { kind, source: (number, ssrc), begins }))
    }

    /// Nothing more is sent in a slot until something new begins there.
    pub(super) fn stop(&mut self, at: usize) {
        if let Some(slot) = self.slots.get_mut(at) {
            slot.run.stop();
        }
    }

    /// Sends a packet of another seat on in the slot that carries it.
    pub(super) fn carry(&mut self, at: usize, of: &Of, packet: &RtpPacket) -> Carried {
        let Some(slot) = self.slots.get_mut(at) else { return Carried::Not };
        if !slot.run.follows(of.source) && !of.begins {
            return Carried::Waits;
        }
        let (pt, hertz) = match of.kind {
            MediaKind::Audio => (self.audio, AUDIO_HERTZ),
            MediaKind::Video => (self.video, VIDEO_HERTZ),
        };
        let (number, time) = (*packet.seq_no, packet.header.timestamp);
        let goes = slot.run.goes_out(of.source, number, time, packet.timestamp, hertz);
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(slot.mid, None);
        let (Some(pt), Some((number, time)), Some(stream)) = (pt, goes, stream) else { return Carried::Not };
        let heard = &packet.header.ext_vals;
        let level = ExtensionValues {
            audio_level: heard.audio_level,
            voice_activity: heard.voice_activity,
            ..ExtensionValues::default()
        };
        let write = RtpWrite::new(pt, number.into(), time, packet.timestamp, packet.payload.clone());
        // What cannot be repeated is not kept to be repeated.
        let repeated = of.kind == MediaKind::Video && stream.rtx().is_some();
        stream.write_rtp(write.marker(packet.header.marker).nackable(repeated).ext_vals(level));
        Carried::Sent
    }

    /// A section of the offer: what the seat sends itself, or a slot.
    pub(super) fn add(&mut self, added: MediaAdded) {
        let MediaAdded { mid, kind, direction, .. } = added;
        match direction {
            Direction::SendOnly => {
                self.slots.push(Slot { mid, kind, of: None, run: Run::default() });
                self.fresh = true;
            }
            Direction::RecvOnly | Direction::SendRecv | Direction::Inactive => {}
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

    /// Puts those who are wanted into slots. Whoever has one keeps it while there are enough; whether anything changed.
    pub(super) fn fill(&mut self, kind: MediaKind, wanted: &BTreeSet<SeatId>) -> bool {
        let mut slots: Vec<&mut Slot> = self.slots.iter_mut().filter(|slot| slot.kind == kind).collect();
        for slot in &mut slots {
            if slot.of.as_ref().is_none_or(|seat| !wanted.contains(seat)) {
                slot.run.stop();
            }
        }
        let has: BTreeSet<SeatId> = slots.iter().filter_map(|slot| slot.of.clone()).collect();
        let mut changed = false;
        for seat in wanted.difference(&has) {
            let free = slots.iter().position(|slot| slot.of.is_none());
            let idle =
                || slots.iter().position(|slot| slot.of.as_ref().is_some_and(|of| !wanted.contains(of)));
            let Some(at) = free.or_else(idle) else { break };
            if let Some(slot) = slots.get_mut(at) {
                slot.of = Some(seat.clone());
                changed = true;
            }
        }
        changed
    }

    pub(super) fn filled(&self) -> BTreeMap<String, SeatId> {
        self.slots.iter().filter_map(|slot| Some((slot.mid.to_string(), slot.of.clone()?))).collect()
    }
}

/// Whether a packet begins a picture that needs none before it.
fn starts_picture(payload: &[u8]) -> bool {
    Vp8Descriptor::parse(payload).is_ok_and(|descriptor| descriptor.starts_keyframe(payload))
}
