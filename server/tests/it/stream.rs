//! The video link by TCP: whoever's network lets no UDP through hears and is heard as everybody else, and what is no line
//! is cut.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use server::Config;
use socket2::{Domain, Socket, Type};
use str0m::net::Protocol;

use crate::{
    link::{OnLine, line_by, patient},
    office::{Prepared, Seat, until},
    phone::{PICTURE, Phone, SOUND, TICK},
};

fn by_tcp_too(config: &mut Config) {
    patient(config);
    config.media_tcp = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    config.limits.link_tcp_idle_ms = 2_000;
    config.limits.link_tcp_connections_per_address = 3;
}

/// The address by TCP that an answer names.
fn named(answer: &str) -> SocketAddr {
    let line =
        answer.lines().find(|line| line.starts_with("a=candidate:") && line.contains(" tcp ")).unwrap();
    assert!(line.contains("tcptype passive"), "{line}");
    let words: Vec<&str> = line.split(' ').collect();
    format!("{}:{}", words[4], words[5]).parse().unwrap()
}

/// A phone whose datagrams go through a stream, each with its length before it.
struct ByTcp {
    phone: Arc<Mutex<Phone>>,
    hung_up: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl ByTcp {
    async fn of(seat: &mut Seat, name: &str) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let own = socket.local_addr().unwrap().as_socket().unwrap();
        let (phone, answer) = line_by(Protocol::Tcp, seat, name, own).await;
        assert!(answer.contains(" udp "), "both ways are named: {answer}");
        socket.connect(&named(&answer).into()).unwrap();
        let stream = TcpStream::from(socket);
        let (phone, hung_up) = (Arc::new(Mutex::new(phone)), Arc::new(AtomicBool::new(false)));
        let thread = std::thread::spawn({
            let (phone, hung_up) = (phone.clone(), hung_up.clone());
            move || runs(stream, &phone, &hung_up)
        });
        Self { phone, hung_up, thread: Some(thread) }
    }

    fn got(&self, kind: &'static str, whom: &str) -> u64 {
        self.phone.lock().unwrap().got.get(&(kind, whom.to_string())).copied().unwrap_or_default()
    }
}

impl Drop for ByTcp {
    fn drop(&mut self) {
        self.hung_up.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn runs(mut stream: TcpStream, phone: &Mutex<Phone>, hung_up: &AtomicBool) {
    let server = stream.peer_addr().unwrap();
    stream.set_read_timeout(Some(TICK)).unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut came, mut bytes, mut next) = (Vec::new(), [0; 4_096], Instant::now());
    while !hung_up.load(Ordering::Relaxed) {
        match stream.read(&mut bytes) {
            Ok(0) => return,
            Ok(count) => came.extend_from_slice(&bytes[..count]),
            Err(_) => {}
        }
        let mut phone = phone.lock().unwrap();
        let mut sent = Vec::new();
        while came.len() >= 2 && came.len() >= 2 + usize::from(u16::from_be_bytes([came[0], came[1]])) {
            let length = usize::from(u16::from_be_bytes([came[0], came[1]]));
            let frame: Vec<u8> = came.drain(..2 + length).skip(2).collect();
            sent.extend(phone.receives(server, &frame, Instant::now()));
        }
        while next <= Instant::now() {
            next += TICK;
            sent.extend(phone.ticks(Instant::now()));
        }
        drop(phone);
        for (to, bytes) in sent {
            assert_eq!(to, server, "nothing goes another way");
            let frame = [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], &bytes].concat();
            if stream.write_all(&frame).is_err() {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_network_lets_no_udp_through_hears_and_is_heard_by_tcp() {
    let office = Prepared::with(by_tcp_too).await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let chair = OnLine::of(seats.get_mut("chair").unwrap(), "chair").await;
    let party = ByTcp::of(seats.get_mut("a1").unwrap(), "a1").await;
    until(|| party.got(SOUND, "chair") > 50 && party.got(PICTURE, "chair") > 25).await;
    let seen =
        || chair.phone.lock().unwrap().got.get(&(PICTURE, "a1".to_string())).copied().unwrap_or_default();
    until(|| seen() > 25).await;
    // A party without the floor is not heard, by whatever way.
    assert_eq!(chair.phone.lock().unwrap().got.get(&(SOUND, "a1".to_string())), None);
    seats.get_mut("chair").unwrap().does(json!({"phase": {"recess": {}}})).await;
    let quiet = async || {
        party.phone.lock().unwrap().got.clear();
        tokio::time::sleep(Duration::from_millis(500)).await;
        party.phone.lock().unwrap().got.is_empty()
    };
    let patience = Instant::now() + Duration::from_secs(10);
    while !quiet().await {
        assert!(Instant::now() < patience, "in a recess nothing of the chair comes");
    }
    let gauges = &office.server.site.gauges;
    assert_eq!((gauges.link_tcp_cut_total.get(), gauges.link_broken_total.get()), (0, 0));
    drop((party, chair));
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_line_is_cut_and_counted_and_one_address_has_so_many_connections() {
    let office = Prepared::with(by_tcp_too).await;
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let own = SocketAddr::from(([127, 0, 0, 1], 9));
    let (_, answer) = line_by(Protocol::Tcp, &mut clerk, "clerk", own).await;
    let gauges = office.server.site.gauges.clone();
    let connect = || TcpStream::connect(named(&answer)).unwrap();
    // A length of nothing, and one that no datagram has.
    for wrong in [&[0, 0][..], &[0xff, 0xff]] {
        let (mut stream, before) = (connect(), gauges.link_tcp_cut_total.get());
        stream.write_all(wrong).unwrap();
        until(|| gauges.link_tcp_cut_total.get() == before + 1).await;
        assert_eq!(stream.read(&mut [0; 8]).unwrap_or(0), 0, "it is closed");
    }
    // A stranger's frame is a stranger's; then it says nothing more, or half a frame.
    let (mut stranger, mut half) = (connect(), connect());
    let (cut, strangers) = (gauges.link_tcp_cut_total.get(), gauges.link_strangers_total.get());
    stranger.write_all(&[0, 3, 1, 2, 3]).unwrap();
    half.write_all(&[0, 9, 1]).unwrap();
    until(|| gauges.link_strangers_total.get() == strangers + 1).await;
    // With a third the measure is full; a fourth is not taken.
    let (third, refused) = (connect(), gauges.link_tcp_refused_total.get());
    let mut fourth = connect();
    until(|| gauges.link_tcp_refused_total.get() == refused + 1).await;
    assert_eq!(fourth.read(&mut [0; 8]).unwrap_or(0), 0, "it is closed");
    until(|| gauges.link_tcp_cut_total.get() == cut + 3).await;
    // One that says much is cut as well, where nothing of it belongs to anybody's line.
    let (mut talker, cut) = (connect(), gauges.link_tcp_cut_total.get());
    let began = Instant::now();
    until(|| {
        let _ = talker.write_all(&[0, 3, 1, 2, 3]);
        gauges.link_tcp_cut_total.get() > cut
    })
    .await;
    assert!(began.elapsed() >= Duration::from_millis(1_900), "{:?}", began.elapsed());
    let strangers = gauges.link_strangers_total.get();
    // One that leaves by itself is not cut, and its place is free.
    connect().shutdown(Shutdown::Both).unwrap();
    let mut again = connect();
    again.write_all(&[0, 3, 1, 2, 3]).unwrap();
    until(|| gauges.link_strangers_total.get() == strangers + 1).await;
    drop((stranger, half, third, again));
    office.server.stop().await;
}
