//! What the video link costs: the time of one packet sent on, beside the least that it could be in the same run, which is
//! sending as many bytes and encrypting them. Figures vary from machine to machine and from run to run; compare only what
//! one run says. Cameras that all send at the same moment give many datagrams for each seat at a time; those that send one
//! after the other, as they do in court, give few.
//!
//!     cargo run --release -p server --example link [CAMERAS]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop where it stands")]

use std::{
    io::Write,
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use procedure::hearing::media::{Chamber, OnAir};
use server::sfu::{
    Bundle,
    switchboard::{Limits, Out, Switchboard, Whose},
};
use str0m::{
    Candidate,
    net::{DatagramSend, Protocol, Transmit},
};

#[path = "../tests/it/phone.rs"]
#[expect(dead_code, reason = "what is measured is not what a phone is told or asks for")]
mod phone;

use phone::{Phone, Sent, TICK};

/// For how long cameras send, in the time of the lines.
const SPAN: Duration = Duration::from_secs(20);
/// Bytes of one packet of a picture.
const BYTES: usize = 1_100;
/// What a packet sent on is to cost at the most, beside the floor.
const RATIO_MAX: f64 = 2.0;
/// How often each takes its turn.
const ROUNDS: usize = 3;
/// How often sending and encrypting is measured.
const FLOOR_PACKETS: u32 = 100_000;

fn main() {
    let cameras = std::env::args().nth(1).map_or(12, |number| number.parse().unwrap());
    // What is sent on goes to real sockets, one for each phone; nobody reads it there.
    let bound = || UdpSocket::bind("127.0.0.1:0").unwrap();
    let (socket, sinks) = (bound(), Vec::from_iter((0..cameras).map(|_| bound())));
    let there: Vec<SocketAddr> = sinks.iter().map(|sink| sink.local_addr().unwrap()).collect();
    let mut bundle = Bundle::new().unwrap();
    let mut bundled = |out: Going| {
        for (number, datagram) in out {
            bundle.put(&socket, there[number], datagram);
        }
        bundle.send(&socket);
    };
    let mut singly = |out: Going| {
        for (number, datagram) in out {
            let _ = socket.send_to(&datagram, there[number]);
        }
    };
    for (how, apart) in [("all at once", false), ("one after the other", true)] {
        let ways: [(&str, &mut dyn FnMut(Going)); 2] = [("bundled", &mut bundled), ("singly", &mut singly)];
        for (way, goes_out) in ways {
            // In turns: what else the machine does then falls on both alike.
            let (mut packets, mut spent, mut floors) = (0, Duration::ZERO, vec![floor(&socket, there[0])]);
            for _ in 0..ROUNDS {
                let (more, longer) = lines(cameras, apart, goes_out);
                (packets, spent) = (packets + more, spent + longer);
                floors.push(floor(&socket, there[0]));
            }
            let each = spent.as_secs_f64() * 1e6 / f64::from(u32::try_from(packets).unwrap());
            let count = f64::from(u32::try_from(floors.len()).unwrap());
            let (floor, least, most) = (
                floors.iter().sum::<f64>() / count,
                floors.iter().copied().fold(f64::MAX, f64::min),
                floors.iter().copied().fold(0.0, f64::max),
            );
            let ratio = each / floor;
            let verdict = match way {
                "bundled" if ratio <= RATIO_MAX => format!(", as meant: at most {RATIO_MAX}"),
                "bundled" => format!(", MORE than the {RATIO_MAX} meant"),
                _ => String::new(),
            };
            say(&format!(
                "{cameras} cameras that send {how}: {packets} packets sent on {way}, {each:.2} us each; floor, sendto and \
                 AES-128-GCM of {BYTES} bytes: {floor:.2} us ({least:.2} to {most:.2}); ratio {ratio:.2}{verdict}"
            ));
        }
    }
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Microseconds for encrypting and sending one packet.
fn floor(socket: &UdpSocket, there: SocketAddr) -> f64 {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &[7; 16]).unwrap());
    let start = Instant::now();
    for number in 0..FLOOR_PACKETS {
        let mut bytes = vec![0_u8; BYTES];
        let mut nonce = [0; 12];
        nonce[8..].copy_from_slice(&number.to_be_bytes());
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut bytes).unwrap();
        let _ = socket.send_to(&bytes, there);
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(FLOOR_PACKETS)
}

/// Limits that nothing here comes near to.
const FREE: Limits = Limits {
    sections_max: 0,
    offer_bytes_max: 1_000_000,
    hold: Duration::ZERO,
    bytes_per_second: 1_000_000,
    control_bytes_per_second: 1_000_000,
    delay: Duration::ZERO,
    delay_bytes_max: 0,
    delay_hearing_bytes_max: 0,
    opens_within: Duration::from_secs(30),
    small_bytes_per_second: 1_000_000,
};

/// What goes out, and the number of the phone that it is for.
type Going = Vec<(usize, DatagramSend)>;

fn sent_on(out: Out) -> Option<Transmit> {
    match out {
        Out::Send(transmit) => Some(transmit),
        Out::Slots(..) | Out::Open(..) | Out::Lost(..) => None,
    }
}

/// Packets sent on, and the time spent on them: from what comes in to what has gone out. What the phones do is not counted.
/// With `apart` no two cameras send their pictures at the same moment, as long as there are moments enough.
fn lines(cameras: usize, apart: bool, goes_out: &mut dyn FnMut(Going)) -> (u64, Duration) {
    let here: SocketAddr = "10.0.0.1:3478".parse().unwrap();
    let mut now = Instant::now();
    let limits = Limits { sections_max: 2 * cameras, ..FREE };
    let mut board = Switchboard::new(limits, vec![Candidate::host(here, "udp").unwrap()]);
    let mut phones = Vec::new();
    for number in 0..cameras {
        let address = SocketAddr::from(([10, 0, 1, u8::try_from(number + 1).unwrap()], 5000));
        let seat = format!("s{number}");
        let (mut phone, offer) = Phone::offers(&seat, address, cameras - 1, now);
        let whose = Whose { hearing: "h".into(), seat: seat.as_str().into() };
        phone.accepts(&board.join(whose, 1, &offer, now).unwrap());
        phone.weight = BYTES;
        for _ in 0..if apart { number } else { 0 } {
            phone.ticks(now);
        }
        phones.push(phone);
    }
    let on_air = OnAir {
        chamber: Some(Chamber::Court),
        heard: true,
        seen: true,
        altered: false,
        gallery: None,
        sitting: true,
        floor: false,
    };
    board.obey("h", phones.iter().map(|phone| (phone.seat.clone(), on_air.clone())).collect(), now);
    let (mut spent, mut counted, mut begun) = (Duration::ZERO, 0, None);
    let end = now + SPAN;
    while now < end {
        now += TICK;
        let sent: Vec<(SocketAddr, Sent)> =
            phones.iter_mut().map(|phone| (phone.address, phone.ticks(now))).collect();
        let started = Instant::now();
        for (from, sent) in &sent {
            for (_, bytes) in sent {
                board.receive(Protocol::Udp, *from, here, bytes, now);
            }
        }
        board.advance(now);
        let out: Vec<Transmit> = std::iter::from_fn(|| board.take_out()).filter_map(sent_on).collect();
        let mut took = started.elapsed();
        let place = |to: &SocketAddr| phones.iter().position(|phone| phone.address == *to).unwrap();
        let received: Vec<(usize, Vec<u8>)> =
            out.iter().map(|out| (place(&out.destination), out.contents.to_vec())).collect();
        let out = received.iter().zip(out).map(|((number, _), out)| (*number, out.contents)).collect();
        let started = Instant::now();
        goes_out(out);
        took += started.elapsed();
        // What comes before everybody is connected is the opening, not the hearing.
        if phones.iter().all(|phone| phone.connected) {
            let first = *begun.get_or_insert(board.counts().forwarded);
            (spent, counted) = (spent + took, board.counts().forwarded - first);
        }
        for (number, bytes) in received {
            let phone = &mut phones[number];
            for (_, bytes) in phone.receives(here, &bytes, now) {
                board.receive(Protocol::Udp, phone.address, here, &bytes, now);
            }
        }
    }
    let heard = phones.iter().filter(|phone: &&Phone| phone.got.len() == 2 * (cameras - 1)).count();
    assert_eq!(heard, cameras, "everybody hears and sees everybody");
    (counted, spent)
}
