//! A browser's end of a video line, without a browser: it sends sound and picture all the while, whatever the rules say,
//! and notes what comes in.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::{Duration, Instant},
};

use procedure::SeatId;
use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    bwe::Bitrate,
    change::{SdpAnswer, SdpPendingOffer},
    format::Codec,
    media::{Direction, KeyframeRequestKind, MediaKind, Mid, Pt},
    net::{Protocol, Receive},
    rtp::{ExtensionValues, RtpPacket, RtpWrite},
};

pub(crate) const SOUND: &str = "sound";
pub(crate) const PICTURE: &str = "picture";
/// How often a phone is to be woken.
pub(crate) const TICK: Duration = Duration::from_millis(5);
/// Ticks between two packets of sound (20 ms).
const TICKS_OF_SOUND: u64 = 4;
/// Ticks between two pictures (40 ms).
const TICKS_OF_PICTURE: u64 = 8;

/// So long what was sent of the seat before may still come in a slot that was given to another.
const STILL_COMES: Duration = Duration::from_millis(100);
/// Bytes in which a picture says its number.
const NUMBER_BYTES: usize = 4;
/// Numbers of pictures that lie no further apart are of one count, some of it lost or late.
const ONE_COUNT: u16 = 500;
/// How many numbers pictures have.
const NUMBERS: u16 = 1 << 15;
/// How a whole picture begins, of 320 by 240, and how one that needs others before it.
pub(crate) const WHOLE: &[u8] = &[0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0];
pub(crate) const PARTIAL: &[u8] = &[1, 0, 0];

/// How a small picture ends.
const SMALL: &[u8] = b"\0small";

/// What goes out: where to, and the bytes.
pub(crate) type Sent = Vec<(SocketAddr, Vec<u8>)>;

/// A phone with one line.
pub(crate) struct Phone {
    pub(crate) seat: SeatId,
    pub(crate) address: SocketAddr,
    by: Protocol,
    rtc: Rtc,
    pending: Option<SdpPendingOffer>,
    sound: Mid,
    picture: Mid,
    /// Where it sends its picture in small, if it does.
    small: Option<Mid>,
    /// Whether the large picture is not sent just now.
    pub(crate) spares: bool,
    pub(crate) connected: bool,
    ticks: u64,
    /// How many pictures were sent.
    pub(crate) pictures: u64,
    wants_whole: bool,
    /// How many bytes a picture is made larger by.
    pub(crate) weight: usize,
    /// Whether it sends no sound.
    pub(crate) muted: bool,
    /// How loud it says its sound is, in dBov; it does not say where there is none.
    pub(crate) level: Option<i8>,
    /// What is said and shown behind the seat's name.
    pub(crate) says: String,
    /// Which section carries whom, as it was told.
    pub(crate) slots: BTreeMap<String, SeatId>,
    /// How many packets came of whom, by what the packet itself says.
    pub(crate) got: BTreeMap<(&'static str, String), u64>,
    /// How many pictures came of whom in large, and how many in small.
    pub(crate) sizes: BTreeMap<String, (u64, u64)>,
    /// What was said behind the names of those who were heard.
    pub(crate) words: BTreeSet<String>,
    /// Packets in a slot that was told to carry somebody else.
    pub(crate) mislabelled: u64,
    /// Whom a slot carried before, and until when.
    before: BTreeMap<String, (SeatId, Instant)>,
    /// The number of the last picture in each slot, and how often it did not follow the one before.
    numbers: BTreeMap<Mid, u16>,
    pub(crate) leaps: u64,
    /// How often it was asked for a whole picture.
    pub(crate) asked: u64,
}

impl Phone {
    /// A phone with so many slots of each kind, and its offer.
    pub(crate) fn offers(seat: &str, address: SocketAddr, slots: usize, now: Instant) -> (Self, String) {
        Self::offers_by(Protocol::Udp, seat, address, slots, now)
    }

    /// A phone that is reached by one protocol alone.
    pub(crate) fn offers_by(
        by: Protocol,
        seat: &str,
        address: SocketAddr,
        slots: usize,
        now: Instant,
    ) -> (Self, String) {
        Self::offers_in((by, false), seat, address, slots, now)
    }

    /// A phone that sends its picture in large and in small, as browsers do.
    pub(crate) fn offers_both(seat: &str, address: SocketAddr, slots: usize, now: Instant) -> (Self, String) {
        Self::offers_in((Protocol::Udp, true), seat, address, slots, now)
    }

    fn offers_in(
        (by, both): (Protocol, bool),
        seat: &str,
        address: SocketAddr,
        slots: usize,
        now: Instant,
    ) -> (Self, String) {
        str0m::crypto::from_feature_flags().install_process_default();
        let config = RtcConfig::new().clear_codecs().enable_opus(true, false).enable_vp8(true);
        let mut rtc = config.set_rtp_mode(true).build(now);
        let own = if by == Protocol::Udp { "udp" } else { "tcp" };
        rtc.add_local_candidate(Candidate::host(address, own).unwrap());
        let mut change = rtc.sdp_api();
        let sound = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let mut shows = || change.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        let (picture, small) = (shows(), both.then(&mut shows));
        for kind in [MediaKind::Audio, MediaKind::Video] {
            for _ in 0..slots {
                change.add_media(kind, Direction::RecvOnly, None, None, None);
            }
        }
        let (offer, pending) = change.apply().unwrap();
        let phone = Self {
            seat: seat.into(),
            address,
            by,
            rtc,
            pending: Some(pending),
            sound,
            picture,
            small,
            spares: false,
            connected: false,
            ticks: 0,
            pictures: 0,
            wants_whole: true,
            weight: 0,
            muted: false,
            level: None,
            says: String::new(),
            slots: BTreeMap::new(),
            got: BTreeMap::new(),
            sizes: BTreeMap::new(),
            words: BTreeSet::new(),
            mislabelled: 0,
            before: BTreeMap::new(),
            numbers: BTreeMap::new(),
            leaps: 0,
            asked: 0,
        };
        (phone, offer.to_sdp_string())
    }

    pub(crate) fn accepts(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
    }

    /// Is told whom its slots carry.
    pub(crate) fn told(&mut self, slots: BTreeMap<String, SeatId>, now: Instant) {
        for (mid, seat) in std::mem::replace(&mut self.slots, slots) {
            if self.slots.get(&mid) != Some(&seat) {
                self.before.insert(mid, (seat, now));
            }
        }
    }

    /// Asks for a whole picture of everybody it receives.
    pub(crate) fn asks(&mut self) {
        for mid in self.numbers.keys() {
            let mut direct = self.rtc.direct_api();
            direct.stream_rx_by_mid(*mid, None).unwrap().request_keyframe(KeyframeRequestKind::Pli);
        }
    }

    /// Says that it takes so many bits a second of what is sent to it.
    pub(crate) fn takes(&mut self, bits_per_second: u64) {
        for mid in self.numbers.keys() {
            let mut direct = self.rtc.direct_api();
            direct.stream_rx_by_mid(*mid, None).unwrap().request_remb(Bitrate::bps(bits_per_second));
        }
    }

    /// Takes in a datagram; gives what follows.
    pub(crate) fn receives(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) -> Sent {
        if let Ok(received) = Receive::new(self.by, from, self.address, bytes) {
            self.rtc.handle_input(Input::Receive(now, received)).unwrap();
        }
        self.hears(now)
    }

    /// A tick goes by: sends what is due, and gives what goes out.
    pub(crate) fn ticks(&mut self, now: Instant) -> Sent {
        self.ticks += 1;
        if self.connected && !self.muted && self.ticks.is_multiple_of(TICKS_OF_SOUND) {
            let number = self.ticks / TICKS_OF_SOUND;
            let said = self.words();
            self.sends(Codec::Opus, self.sound, number, number * 960, said, now);
        }
        if self.connected && self.ticks.is_multiple_of(TICKS_OF_PICTURE) {
            self.pictures += 1;
            // Everybody counts from elsewhere.
            let from: u64 = self.seat.0.bytes().map(|byte| u64::from(byte) * 997).sum();
            let number = u16::try_from((from + self.pictures) % u64::from(NUMBERS)).unwrap().to_be_bytes();
            // A seat's name ends where the weight begins.
            let mut shown = vec![0x90, 0x80, 0x80 | number[0], number[1]];
            shown.extend(if std::mem::take(&mut self.wants_whole) { WHOLE } else { PARTIAL });
            shown.extend(self.words());
            let (number, time) = (self.ticks / TICKS_OF_PICTURE, self.ticks * 450);
            if let Some(small) = self.small {
                let shown = [&shown[..], SMALL].concat();
                self.sends(Codec::Vp8, small, number, time, shown, now);
            }
            if !self.spares {
                shown.resize(shown.len() + self.weight, 0);
                self.sends(Codec::Vp8, self.picture, number, time, shown, now);
            }
        }
        let mut sent = self.hears(now);
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        sent.extend(self.hears(now));
        sent
    }

    /// The seat's name and what it says, with a zero between them.
    fn words(&self) -> Vec<u8> {
        let says = if self.says.is_empty() { String::new() } else { format!("\0{}", self.says) };
        [self.seat.0.as_bytes(), says.as_bytes()].concat()
    }

    fn sends(&mut self, codec: Codec, mid: Mid, number: u64, time: u64, payload: Vec<u8>, now: Instant) {
        let pt: Pt =
            self.rtc.codec_config().params().iter().find(|params| params.spec().codec == codec).unwrap().pt();
        let time = u32::try_from(time % (1 << 32)).unwrap();
        let write = RtpWrite::new(pt, number.into(), time, now, payload)
            .marker(codec == Codec::Vp8)
            .nackable(codec == Codec::Vp8)
            .ext_vals(ExtensionValues {
                audio_level: self.level,
                voice_activity: self.level.map(|_| false),
                ..ExtensionValues::default()
            });
        self.rtc.direct_api().stream_tx_by_mid(mid, None).unwrap().write_rtp(write);
    }

    fn hears(&mut self, now: Instant) -> Sent {
        let mut sent = Vec::new();
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return sent,
                Output::Transmit(transmit) => sent.push((transmit.destination, transmit.contents.to_vec())),
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::KeyframeRequest(_)) => {
                    (self.wants_whole, self.asked) = (true, self.asked + 1);
                }
                Output::Event(Event::RtpPacket(packet)) => self.gets(&packet, now),
                Output::Event(_) => {}
            }
        }
    }

    fn gets(&mut self, packet: &RtpPacket, now: Instant) {
        let mid = self.rtc.direct_api().stream_rx(&packet.header.ssrc).unwrap().mid();
        let (kind, from) = match self.rtc.media(mid).unwrap().kind() {
            MediaKind::Audio => (SOUND, 0),
            MediaKind::Video => {
                let whole = packet.payload[NUMBER_BYTES] & 1 == 0;
                (PICTURE, NUMBER_BYTES + if whole { WHOLE.len() } else { PARTIAL.len() })
            }
        };
        let said = packet.payload[from..].iter().copied().take_while(|byte| *byte != 0).collect();
        let speaker = String::from_utf8(said).unwrap();
        if kind == SOUND {
            let words = packet.payload.iter().copied().skip(speaker.len() + 1).collect();
            self.words.insert(String::from_utf8(words).unwrap());
        }
        let slot = mid.to_string();
        let was = self.before.get(&slot).filter(|(_, until)| now <= *until + STILL_COMES);
        let known = [self.slots.get(&slot), was.map(|(seat, _)| seat)];
        if !known.into_iter().flatten().any(|seat| seat.0 == speaker) {
            self.mislabelled += 1;
        }
        if kind == PICTURE {
            let number = u16::from_be_bytes([packet.payload[2] & 0x7f, packet.payload[3]]);
            let last = self.numbers.insert(mid, number).unwrap_or(number);
            let apart = (number.wrapping_sub(last) % NUMBERS).min(last.wrapping_sub(number) % NUMBERS);
            self.leaps += u64::from(apart > ONE_COUNT);
            let (large, small) = self.sizes.entry(speaker.clone()).or_default();
            *if packet.payload.ends_with(SMALL) { small } else { large } += 1;
        }
        *self.got.entry((kind, speaker)).or_default() += 1;
    }
}
