//! A client: it sends sound and pictures, or receives them, or both, and notes how long each packet was on its way: from
//! when it was made until the machine laid it into the socket of whoever receives it. When that client, one of many on the
//! same cores, gets its turn to look is not the server's doing.

use std::{
    io::IoSliceMut,
    net::{SocketAddr, UdpSocket},
    os::fd::AsRawFd,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use nix::{
    cmsg_space,
    sys::{
        socket::{
            ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, setsockopt, sockopt::ReceiveTimestampns,
        },
        time::TimeSpec,
    },
};
use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    change::{SdpAnswer, SdpOffer, SdpPendingOffer},
    format::Codec,
    media::{Direction, MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::{RtpPacket, RtpWrite},
};

/// How often a client is woken, and one that only listens.
const TICK: Duration = Duration::from_millis(5);
const TICK_OF_LISTENERS: Duration = Duration::from_millis(50);
/// Ticks between two packets of sound (20 ms), and between two pictures (40 ms).
const TICKS_OF_SOUND: u64 = 4;
const TICKS_OF_PICTURE: u64 = 8;
/// Bytes of a packet of sound and of a picture.
const SOUND_BYTES: usize = 100;
const PICTURE_BYTES: usize = 1_100;
/// How a whole picture begins, and how one that needs others before it (RFC 7741, RFC 6386).
const WHOLE: &[u8] = &[0x10, 0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0];
const PARTIAL: &[u8] = &[0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// Where in a picture it is said when it was sent.
const SENT_AT: usize = WHOLE.len();

/// A client on a socket of its own, in a thread of its own.
pub(crate) struct End {
    inside: Arc<Mutex<Inside>>,
    gone: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Inside {
    rtc: Rtc,
    pending: Option<SdpPendingOffer>,
    sends: Option<(Mid, Mid)>,
    ticks: u64,
    wants_whole: bool,
    connected: bool,
    /// When the datagram came that is just looked at.
    came_us: u64,
    /// Microseconds that each packet was on its way.
    delays: Vec<u32>,
}

/// Microseconds by the clock by which the machine notes when a datagram came.
fn now_us() -> u64 {
    us(SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
}

fn us(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap()
}

/// The next datagram, from where it is, and when it came (us); none where none comes in time.
fn next_datagram(socket: &UdpSocket, bytes: &mut [u8]) -> Option<(usize, SocketAddr, u64)> {
    let (mut notes, mut into) = (cmsg_space!(TimeSpec), [IoSliceMut::new(bytes)]);
    let came =
        recvmsg::<SockaddrIn>(socket.as_raw_fd(), &mut into, Some(&mut notes), MsgFlags::empty()).ok()?;
    let at = came.cmsgs().unwrap().find_map(|note| match note {
        ControlMessageOwned::ScmTimestampns(at) => Some(us(at.into())),
        _ => None,
    });
    Some((came.bytes, SocketAddr::V4(came.address?.into()), at.unwrap()))
}

impl End {
    /// A client that sends, and receives so many others; with its offer.
    pub(crate) fn offers(receives: usize) -> (Self, String) {
        let (mut rtc, socket) = built(TICK);
        let mut change = rtc.sdp_api();
        let sound = change.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let picture = change.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        for kind in [MediaKind::Audio, MediaKind::Video] {
            for _ in 0..receives {
                change.add_media(kind, Direction::RecvOnly, None, None, None);
            }
        }
        let (offer, pending) = change.apply().unwrap();
        (Self::begins(rtc, socket, Some(pending), Some((sound, picture)), TICK), offer.to_sdp_string())
    }

    /// A client that only receives, the sound and the picture of one other; with its offer.
    pub(crate) fn listens() -> (Self, String) {
        let (mut rtc, socket) = built(TICK_OF_LISTENERS);
        let mut change = rtc.sdp_api();
        for kind in [MediaKind::Audio, MediaKind::Video] {
            change.add_media(kind, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending) = change.apply().unwrap();
        (Self::begins(rtc, socket, Some(pending), None, TICK_OF_LISTENERS), offer.to_sdp_string())
    }

    /// A client that only receives what it is offered; with its answer.
    pub(crate) fn answers(offer: &str) -> (Self, String) {
        let (mut rtc, socket) = built(TICK);
        let offer = SdpOffer::from_sdp_string(offer).unwrap();
        let answer = rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string();
        (Self::begins(rtc, socket, None, None, TICK), answer)
    }

    fn begins(
        rtc: Rtc,
        socket: UdpSocket,
        pending: Option<SdpPendingOffer>,
        sends: Option<(Mid, Mid)>,
        tick: Duration,
    ) -> Self {
        let (ticks, wants_whole, connected, came_us, delays) = (0, true, false, 0, Vec::new());
        let inside = Inside { rtc, pending, sends, ticks, wants_whole, connected, came_us, delays };
        let inside = Arc::new(Mutex::new(inside));
        let gone = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let (inside, gone) = (inside.clone(), gone.clone());
            move || runs(&socket, &inside, &gone, tick)
        });
        Self { inside, gone, thread: Some(thread) }
    }

    pub(crate) fn accepts(&self, answer: &str) {
        let mut inside = self.inside.lock().unwrap();
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        let pending = inside.pending.take().unwrap();
        inside.rtc.sdp_api().accept_answer(pending, answer).unwrap();
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.inside.lock().unwrap().connected
    }

    /// The delays since this was last asked.
    pub(crate) fn taken(&self) -> Vec<u32> {
        std::mem::take(&mut self.inside.lock().unwrap().delays)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// `tick` is how long it waits for a datagram at the most.
fn built(tick: Duration) -> (Rtc, UdpSocket) {
    str0m::crypto::from_feature_flags().install_process_default();
    let socket = UdpSocket::bind((super::HERE, 0)).unwrap();
    socket.set_read_timeout(Some(tick)).unwrap();
    setsockopt(&socket, ReceiveTimestampns, &true).unwrap();
    let config = RtcConfig::new().clear_codecs().enable_opus(true, false).enable_vp8(true);
    let mut rtc = config.set_rtp_mode(true).build(Instant::now());
    rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
    (rtc, socket)
}

fn runs(socket: &UdpSocket, inside: &Mutex<Inside>, gone: &AtomicBool, tick: Duration) {
    let (here, mut bytes, mut next) = (socket.local_addr().unwrap(), [0; 2_000], Instant::now());
    while !gone.load(Ordering::Relaxed) {
        let came = next_datagram(socket, &mut bytes);
        let mut inside = inside.lock().unwrap();
        if let Some((length, from, came_us)) = came
            && let Ok(received) = Receive::new(Protocol::Udp, from, here, &bytes[..length])
        {
            inside.came_us = came_us;
            inside.rtc.handle_input(Input::Receive(Instant::now(), received)).unwrap();
            inside.goes_on(socket);
        }
        while next <= Instant::now() {
            next += tick;
            inside.ticks();
            inside.goes_on(socket);
            inside.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
            inside.goes_on(socket);
        }
    }
}

impl Inside {
    /// Sends what is due.
    fn ticks(&mut self) {
        self.ticks += 1;
        let Some((sound, picture)) = self.sends.filter(|_| self.connected) else { return };
        if self.ticks.is_multiple_of(TICKS_OF_SOUND) {
            let number = self.ticks / TICKS_OF_SOUND;
            let mut said = now_us().to_be_bytes().to_vec();
            said.resize(SOUND_BYTES, 0);
            self.sends(Codec::Opus, sound, number, number * 960, said);
        }
        if self.ticks.is_multiple_of(TICKS_OF_PICTURE) {
            let mut shown = if std::mem::take(&mut self.wants_whole) { WHOLE } else { PARTIAL }.to_vec();
            shown.extend(now_us().to_be_bytes());
            shown.resize(PICTURE_BYTES, 0);
            self.sends(Codec::Vp8, picture, self.ticks / TICKS_OF_PICTURE, self.ticks * 450, shown);
        }
    }

    fn sends(&mut self, codec: Codec, mid: Mid, number: u64, time: u64, payload: Vec<u8>) {
        let params = self.rtc.codec_config().params().iter().find(|params| params.spec().codec == codec);
        let (pt, time) = (params.unwrap().pt(), u32::try_from(time % (1 << 32)).unwrap());
        let write = RtpWrite::new(pt, number.into(), time, Instant::now(), payload)
            .marker(codec == Codec::Vp8)
            .nackable(codec == Codec::Vp8);
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(mid, None) {
            stream.write_rtp(write);
        }
    }

    fn goes_on(&mut self, socket: &UdpSocket) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => {
                    let _ = socket.send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::KeyframeRequest(_)) => self.wants_whole = true,
                Output::Event(Event::RtpPacket(packet)) => self.gets(&packet),
                Output::Event(_) => {}
            }
        }
    }

    fn gets(&mut self, packet: &RtpPacket) {
        let from = if packet.payload.len() > 2 * SOUND_BYTES { SENT_AT } else { 0 };
        // What else comes (padding, probes) is none of ours.
        let Some(sent) = packet.payload.get(from..from + 8) else { return };
        let sent = u64::from_be_bytes(sent.try_into().unwrap());
        if let Some(delay) = self.came_us.checked_sub(sent).filter(|delay| *delay < 60_000_000) {
            self.delays.push(u32::try_from(delay).unwrap());
        }
    }
}
