//! What the video link costs: the time of one packet sent on, beside the least that it could be in the same run, which is
//! sending as many bytes and encrypting them. Figures vary from machine to machine and from run to run; compare only what
//! one run says.
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
use server::sfu::switchboard::{Limits, Out, Switchboard, Whose};
use str0m::{Candidate, net::Protocol};

#[path = "../tests/it/phone.rs"]
#[expect(dead_code, reason = "what is measured is not what a phone is told or asks for")]
mod phone;

use phone::{Phone, Sent, TICK};

/// For how long cameras send, in the time of the lines.
const SPAN: Duration = Duration::from_secs(20);
/// Bytes of one packet of a picture.
const BYTES: usize = 1_100;
/// How often sending and encrypting is measured.
const FLOOR_PACKETS: u32 = 100_000;

fn main() {
    let cameras = std::env::args().nth(1).map_or(12, |number| number.parse().unwrap());
    // What is sent on goes to a real socket; nobody reads it there.
    let sink = UdpSocket::bind("127.0.0.1:0").unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let there = sink.local_addr().unwrap();
    let before = floor(&socket, there);
    let (packets, spent) = lines(cameras, &socket, there);
    let after = floor(&socket, there);
    let each = spent.as_secs_f64() * 1e6 / f64::from(u32::try_from(packets).unwrap());
    let least = (before + after) / 2.0;
    say(&format!("{cameras} cameras, {packets} packets sent on: {each:.2} us each"));
    say(&format!(
        "floor, sendto and AES-128-GCM of {BYTES} bytes: {before:.2} us before, {after:.2} us after"
    ));
    say(&format!("ratio {:.2}", each / least));
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

/// Packets sent on, and the time spent on them: from what comes in to what has gone out. What the phones do is not counted.
fn lines(cameras: usize, socket: &UdpSocket, there: SocketAddr) -> (u64, Duration) {
    let here: SocketAddr = "10.0.0.1:3478".parse().unwrap();
    let mut now = Instant::now();
    let limits = Limits {
        sections_max: 2 * cameras,
        offer_bytes_max: 1_000_000,
        hold: Duration::ZERO,
        bytes_per_second: 1_000_000,
        delay: Duration::ZERO,
        delay_bytes_max: 0,
    };
    let mut board = Switchboard::new(limits, vec![Candidate::host(here, "udp").unwrap()]);
    let mut phones = Vec::new();
    for number in 0..cameras {
        let address = SocketAddr::from(([10, 0, 1, u8::try_from(number + 1).unwrap()], 5000));
        let seat = format!("s{number}");
        let (mut phone, offer) = Phone::offers(&seat, address, cameras - 1, now);
        let whose = Whose { hearing: "h".into(), seat: seat.as_str().into() };
        phone.accepts(&board.join(whose, 1, &offer, now).unwrap());
        phone.weight = BYTES;
        phones.push(phone);
    }
    let on_air = OnAir {
        chamber: Some(Chamber::Court),
        heard: true,
        seen: true,
        altered: false,
        gallery: None,
        sitting: true,
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
        let mut out = Vec::new();
        while let Some(next) = board.take_out() {
            if let Out::Send(transmit) = next {
                let _ = socket.send_to(&transmit.contents, there);
                out.push((transmit.destination, transmit.contents.to_vec()));
            }
        }
        let took = started.elapsed();
        // What comes before everybody is connected is the opening, not the hearing.
        if phones.iter().all(|phone| phone.connected) {
            let first = *begun.get_or_insert(board.counts().forwarded);
            (spent, counted) = (spent + took, board.counts().forwarded - first);
        }
        for (to, bytes) in out {
            let phone = phones.iter_mut().find(|phone| phone.address == to).unwrap();
            for (_, bytes) in phone.receives(here, &bytes, now) {
                board.receive(Protocol::Udp, to, here, &bytes, now);
            }
        }
    }
    let heard = phones.iter().filter(|phone: &&Phone| phone.got.len() == 2 * (cameras - 1)).count();
    assert_eq!(heard, cameras, "everybody hears and sees everybody");
    (counted, spent)
}
