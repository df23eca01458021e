//! The clients: each sends sound and picture on a line and notes what comes of whom, and how long it took.

use std::{
    collections::BTreeSet,
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    change::{SdpAnswer, SdpOffer, SdpPendingOffer},
    format::Codec,
    media::{Direction, MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::RtpWrite,
};

/// Between two packets of sound.
const SOUND_EVERY: Duration = Duration::from_millis(20);
/// Between two packets of a picture, each a picture of its own: 440 kbit/s.
const PICTURE_EVERY: Duration = Duration::from_millis(20);
/// Bytes of a packet of a picture, and of sound.
const PICTURE_BYTES: usize = 1_100;
const SOUND_BYTES: usize = 80;
/// How a picture begins on the wire that needs none before it (320 by 240), and one that does.
const WHOLE: &[u8] = &[0x10, 0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0];
const PARTIAL: &[u8] = &[0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// One end of a connection.
pub(crate) struct End {
    rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    /// Whose: all that it receives is received by that client.
    of: usize,
    sends: Option<(Mid, Mid)>,
    connected: bool,
    whole: bool,
    /// How many packets of sound and of picture were sent: each counts for itself.
    numbers: [u64; 2],
}

impl End {
    fn new(of: usize) -> Self {
        str0m::crypto::from_feature_flags().install_process_default();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let buffer = socket2::SockRef::from(&socket);
        buffer.set_recv_buffer_size(4 << 20).unwrap();
        let address = socket.local_addr().unwrap();
        let config = RtcConfig::new().clear_codecs().enable_opus(true, false).enable_vp8(true);
        let mut rtc = config.set_rtp_mode(true).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        Self { rtc, socket, address, of, sends: None, connected: false, whole: true, numbers: [0; 2] }
    }

    /// An end that sends sound and picture, and receives so many others in slots; with its offer.
    pub(crate) fn offers(of: usize, slots: usize) -> (Self, String, SdpPendingOffer) {
        let mut end = Self::new(of);
        let mut change = end.rtc.sdp_api();
        let mut add = |kind, direction| change.add_media(kind, direction, None, None, None);
        let sends = (add(MediaKind::Audio, Direction::SendOnly), add(MediaKind::Video, Direction::SendOnly));
        for kind in [MediaKind::Audio, MediaKind::Video] {
            (0..slots).for_each(|_| {
                add(kind, Direction::RecvOnly);
            });
        }
        let (offer, pending) = change.apply().unwrap();
        end.sends = Some(sends);
        (end, offer.to_sdp_string(), pending)
    }

    pub(crate) fn accepts(&mut self, answer: &str, pending: SdpPendingOffer) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
    }

    /// An end that only receives what it was offered; with its answer.
    pub(crate) fn answers(of: usize, offer: &str) -> (Self, String) {
        let mut end = Self::new(of);
        let offer = SdpOffer::from_sdp_string(offer).unwrap();
        let answer = end.rtc.sdp_api().accept_offer(offer).unwrap();
        (end, answer.to_sdp_string())
    }

    fn sends(&mut self, kind: MediaKind, clock: Instant, now: Instant) {
        let Some((sound, picture)) = self.sends.filter(|_| self.connected) else { return };
        let (mid, codec, bytes, hertz) = match kind {
            MediaKind::Audio => (sound, Codec::Opus, SOUND_BYTES, 48),
            MediaKind::Video => (picture, Codec::Vp8, PICTURE_BYTES, 90),
        };
        let mut payload = match kind {
            MediaKind::Audio => vec![0; WHOLE.len()],
            MediaKind::Video if std::mem::take(&mut self.whole) => WHOLE.to_vec(),
            MediaKind::Video => PARTIAL.to_vec(),
        };
        let since = now.duration_since(clock);
        payload.push(u8::try_from(self.of).unwrap());
        payload.extend(u64::try_from(since.as_nanos()).unwrap().to_be_bytes());
        payload.resize(bytes, 0);
        let number = &mut self.numbers[usize::from(kind == MediaKind::Video)];
        *number += 1;
        let number = *number;
        let time = u32::try_from(since.as_millis() * hertz % (1 << 32)).unwrap();
        let pt = self.rtc.codec_config().params().iter().find(|it| it.spec().codec == codec).unwrap().pt();
        let write = RtpWrite::new(pt, number.into(), time, now, payload).marker(true).nackable(false);
        self.rtc.direct_api().stream_tx_by_mid(mid, None).unwrap().write_rtp(write);
    }
}

/// All clients, in one thread.
pub(crate) struct Clients {
    ends: Vec<End>,
    count: usize,
    clock: Instant,
    next: [Instant; 2],
    got: BTreeSet<(usize, usize, bool)>,
    delays: Vec<Duration>,
}

impl Clients {
    pub(crate) fn new(count: usize, ends: Vec<End>) -> Self {
        let now = Instant::now();
        Self { ends, count, clock: now, next: [now; 2], got: BTreeSet::new(), delays: Vec::new() }
    }

    pub(crate) fn add(&mut self, end: End) {
        self.ends.push(end);
    }

    pub(crate) fn everybody_receives_everybody(&self) -> bool {
        self.got.len() == self.count * (self.count - 1) * 2
    }

    pub(crate) fn lacks(&self) -> String {
        let connected = self.ends.iter().filter(|end| end.connected).count();
        format!("{connected} of {} connected, {} streams come", self.ends.len(), self.got.len())
    }

    pub(crate) fn forget(&mut self) {
        self.delays.clear();
    }

    /// How long each packet took, the shortest first.
    pub(crate) fn delays(&mut self) -> Vec<Duration> {
        self.delays.sort_unstable();
        std::mem::take(&mut self.delays)
    }

    /// Sends and receives for a while.
    pub(crate) fn run(&mut self, span: Duration) {
        let end = Instant::now() + span;
        let mut bytes = [0; 2_000];
        while Instant::now() < end {
            for kind in [MediaKind::Audio, MediaKind::Video] {
                let (next, every) = match kind {
                    MediaKind::Audio => (&mut self.next[0], SOUND_EVERY),
                    MediaKind::Video => (&mut self.next[1], PICTURE_EVERY),
                };
                if *next > Instant::now() {
                    continue;
                }
                *next = (*next + every).max(Instant::now() - every);
                for at in 0..self.ends.len() {
                    self.ends[at].sends(kind, self.clock, Instant::now());
                    self.hears(at);
                }
            }
            for at in 0..self.ends.len() {
                while let Ok((length, from)) = self.ends[at].socket.recv_from(&mut bytes) {
                    let (end, now) = (&mut self.ends[at], Instant::now());
                    if let Ok(came) = Receive::new(Protocol::Udp, from, end.address, &bytes[..length]) {
                        end.rtc.handle_input(Input::Receive(now, came)).unwrap();
                    }
                    self.hears(at);
                }
                self.ends[at].rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
                self.hears(at);
            }
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    fn hears(&mut self, at: usize) {
        let end = &mut self.ends[at];
        loop {
            match end.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => {
                    let _ = end.socket.send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::Connected) => end.connected = true,
                Output::Event(Event::KeyframeRequest(_)) => end.whole = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    let told = WHOLE.len();
                    let Some(sent) = packet.payload.get(told + 1..told + 9) else { continue };
                    let sent = Duration::from_nanos(u64::from_be_bytes(sent.try_into().unwrap()));
                    let picture = packet.payload.len() > SOUND_BYTES;
                    self.got.insert((end.of, usize::from(packet.payload[told]), picture));
                    self.delays.push(self.clock.elapsed().saturating_sub(sent));
                }
                Output::Event(_) => {}
            }
        }
    }
}
