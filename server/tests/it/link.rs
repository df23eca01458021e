//! The video link of a whole hearing, over real sockets: what reaches each seat is exactly what the rules let reach it,
//! though every phone sends sound and picture all the while.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use procedure::{
    Hearing, Id, SeatId,
    wire::{FromRoom, ToRoom},
};
use serde_json::json;
use server::{Config, sfu::switchboard::Whose};
use str0m::net::Protocol;
use tokio::time::timeout;

use crate::{
    office::{Prepared, Seat},
    phone::{PICTURE, Phone, SOUND, TICK},
};

mod steps;

/// Slots of each kind: one for everybody else.
const SLOTS: usize = 8;
/// Over so long a time it is looked who is heard.
const LOOK: Duration = Duration::from_millis(700);
/// So long a packet may be on its way on this machine.
const ON_ITS_WAY: Duration = Duration::from_millis(100);
/// Longest wait until it is as it should be.
const PATIENCE: Duration = Duration::from_secs(10);

/// A phone on a socket of its own, in a thread of its own.
pub(crate) struct OnLine {
    pub(crate) phone: Arc<Mutex<Phone>>,
    hung_up: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl OnLine {
    /// Offers a line through the seat's connection.
    pub(crate) async fn of(seat: &mut Seat, name: &str) -> Self {
        Self::offered(seat, name, |id, offer| ToRoom::Link { id, offer, altered: false }).await
    }

    /// Offers a line of some kind.
    pub(crate) async fn offered(seat: &mut Seat, name: &str, line: fn(Id, String) -> ToRoom) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(TICK)).unwrap();
        let address = socket.local_addr().unwrap();
        let (mut phone, offer) = Phone::offers(name, address, SLOTS, Instant::now());
        phone.accepts(&answered(seat, |id| line(id, offer)).await.unwrap());
        let (phone, hung_up) = (Arc::new(Mutex::new(phone)), Arc::new(AtomicBool::new(false)));
        let thread = std::thread::spawn({
            let (phone, hung_up) = (phone.clone(), hung_up.clone());
            move || runs(&socket, &phone, &hung_up)
        });
        Self { phone, hung_up, thread: Some(thread) }
    }
}

impl Drop for OnLine {
    fn drop(&mut self) {
        self.hung_up.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn runs(socket: &UdpSocket, phone: &Mutex<Phone>, hung_up: &AtomicBool) {
    let (mut bytes, mut next) = ([0; 2000], Instant::now());
    while !hung_up.load(Ordering::Relaxed) {
        let came: Option<(usize, SocketAddr)> = socket.recv_from(&mut bytes).ok();
        let mut phone = phone.lock().unwrap();
        let mut sent = Vec::new();
        if let Some((length, from)) = came {
            sent = phone.receives(from, &bytes[..length], Instant::now());
        }
        while next <= Instant::now() {
            next += TICK;
            sent.extend(phone.ticks(Instant::now()));
        }
        drop(phone);
        for (to, bytes) in sent {
            let _ = socket.send_to(&bytes, to);
        }
    }
}

/// Offers and answers for a line that another socket than that of [`OnLine`] carries.
pub(crate) async fn line_by(
    by: Protocol,
    seat: &mut Seat,
    name: &str,
    address: SocketAddr,
) -> (Phone, String) {
    let (mut phone, offer) = Phone::offers_by(by, name, address, SLOTS, Instant::now());
    let answer = linked(seat, offer).await.unwrap();
    phone.accepts(&answer);
    (phone, answer)
}

/// The answer to an offer, or the code with which it is refused.
async fn linked(seat: &mut Seat, offer: String) -> Result<String, String> {
    answered(seat, |id| ToRoom::Link { id, offer, altered: false }).await
}

/// The same, of a line of any kind.
pub(crate) async fn answered(seat: &mut Seat, message: impl FnOnce(Id) -> ToRoom) -> Result<String, String> {
    let mine = Id(uuid::Uuid::now_v7().to_string());
    seat.send(&message(mine.clone())).await;
    let answer = seat.until(|message| match message {
        FromRoom::Linked { id, .. } | FromRoom::Refused { id, .. } => *id == mine,
        _ => false,
    });
    match answer.await {
        FromRoom::Linked { answer, .. } => Ok(answer),
        FromRoom::Refused { refusal, .. } => Err(refusal.code),
        other => panic!("{other:?}"),
    }
}

/// A hearing with everybody in the room and on the line.
pub(crate) struct Linked {
    pub(crate) office: Prepared,
    pub(crate) seats: BTreeMap<&'static str, Seat>,
    pub(crate) lines: BTreeMap<&'static str, OnLine>,
}

/// Seats of a test are silent while it looks elsewhere.
pub(crate) fn patient(config: &mut Config) {
    config.media = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    (config.limits.lease_ms, config.limits.ping_every_ms) = (600_000, 300_000);
    config.limits.link_gallery_delay_ms = 1;
}

impl Linked {
    async fn new() -> Self {
        Self::with(patient).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let office = Prepared::with(change).await;
        let mut seats = office.all_in().await;
        let mut lines = BTreeMap::new();
        for (name, seat) in &mut seats {
            lines.insert(*name, OnLine::of(seat, name).await);
        }
        let linked = Self { office, seats, lines };
        linked.until(|linked| linked.lines.values().all(|line| line.phone.lock().unwrap().connected)).await;
        linked
    }

    async fn until(&self, wanted: impl Fn(&Self) -> bool) {
        let patience = Instant::now() + PATIENCE;
        while !wanted(self) {
            assert!(Instant::now() < patience, "not in time");
            tokio::time::sleep(TICK).await;
        }
    }

    pub(crate) async fn does(&mut self, seat: &str, command: serde_json::Value) {
        self.seats.get_mut(seat).unwrap().does(command).await;
    }

    /// What came to whom in a while.
    async fn came(&self) -> BTreeSet<(&'static str, String, String)> {
        for line in self.lines.values() {
            let mut phone = line.phone.lock().unwrap();
            let whose = Whose { hearing: self.office.hearing.clone(), seat: phone.seat.clone() };
            let sfu = self.office.server.site.sfu.as_ref().unwrap();
            if let Some(slots) = sfu.slots(&whose) {
                phone.slots = slots.borrow().clone();
            }
            phone.got.clear();
            phone.mislabelled = 0;
        }
        tokio::time::sleep(LOOK).await;
        let mut came = BTreeSet::new();
        for line in self.lines.values() {
            let phone = line.phone.lock().unwrap();
            came.extend(phone.got.keys().map(|(kind, of)| (*kind, phone.seat.0.clone(), of.clone())));
        }
        came
    }

    /// What the rules let come.
    fn may(&self, hearing: &Hearing) -> BTreeSet<(&'static str, String, String)> {
        let seats: Vec<SeatId> = self.lines.keys().map(|seat| SeatId::from(*seat)).collect();
        let mut may = BTreeSet::new();
        for to in &seats {
            for of in &seats {
                let pair = |kind| (kind, to.0.clone(), of.0.clone());
                may.extend(hearing.may_hear(to, of).then(|| pair(SOUND)));
                may.extend(hearing.may_see(to, of).then(|| pair(PICTURE)));
            }
        }
        may
    }

    /// Whatever comes, comes because the rules let it, from the first look on; all that they let comes is there in time.
    async fn is_as_the_rules_say(&self, when: &str) -> BTreeSet<(&'static str, String, String)> {
        let view = self.office.server.site.rooms.office_view(&self.office.hearing).await.unwrap();
        let may = self.may(view.get());
        let patience = Instant::now() + PATIENCE;
        // What the server had sent when the rules changed takes a moment to arrive.
        tokio::time::sleep(ON_ITS_WAY).await;
        loop {
            let came = self.came().await;
            let too_much: Vec<_> = came.difference(&may).collect();
            assert!(too_much.is_empty(), "{when}: too much {too_much:?}");
            if came == may {
                let wrong: u64 = self.lines.values().map(|line| line.phone.lock().unwrap().mislabelled).sum();
                assert_eq!(wrong, 0, "{when}: everybody was told whom the slots are for");
                return may;
            }
            let too_little: Vec<_> = may.difference(&came).collect();
            assert!(Instant::now() < patience, "{when}: too little {too_little:?}");
        }
    }
}

fn hears(came: &BTreeSet<(&'static str, String, String)>, who: &str) -> Vec<String> {
    came.iter().filter(|(kind, to, _)| *kind == SOUND && to == who).map(|(.., of)| of.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_shielded_is_not_seen_and_not_heard_before_its_voice_is_another() {
    let mut court = Linked::new().await;
    court.does("chair", json!({"phase": {"open": {}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "introduction"}}})).await;
    court.does("chair", json!({"floor": {"give": {"seat": "a1"}}})).await;
    let came = court.is_as_the_rules_say("a party has the floor").await;
    assert!(came.contains(&(PICTURE, "r1".into(), "a1".into())));
    court.does("chair", json!({"shield": {"shield": {"seat": "a1", "voice": false}}})).await;
    let came = court.is_as_the_rules_say("it is not seen").await;
    assert!(!came.iter().any(|(kind, _, of)| *kind == PICTURE && of == "a1"));
    assert_eq!(hears(&came, "r1"), ["a1", "chair"]);
    // When its voice is to be changed, nothing is heard of the line that it has, nor recorded.
    court.does("chair", json!({"shield": {"shield": {"seat": "a1", "voice": true}}})).await;
    tokio::time::sleep(ON_ITS_WAY).await;
    assert!(!court.came().await.iter().any(|(.., of)| of == "a1"), "its own voice");
    let missed = |message: &FromRoom| match message {
        FromRoom::Events { events, .. } => {
            events.iter().any(|it| serde_json::to_string(&it.event).unwrap().contains("sound-lost"))
        }
        _ => false,
    };
    timeout(PATIENCE, court.seats.get_mut("chair").unwrap().until(missed)).await.expect("it is missed");
    // Then it offers a line on which it is.
    let party = court.seats.get_mut("a1").unwrap();
    let line = OnLine::offered(party, "a1", |id, offer| ToRoom::Link { id, offer, altered: true }).await;
    court.lines.insert("a1", line);
    let came = court.is_as_the_rules_say("with another voice").await;
    assert_eq!(hears(&came, "r1"), ["a1", "chair"]);
    assert!(!came.iter().any(|(kind, _, of)| *kind == PICTURE && of == "a1"));
    court.does("chair", json!({"shield": {"cut-off": {}}})).await;
    let came = court.is_as_the_rules_say("the gallery is cut off").await;
    assert!(!came.iter().any(|(_, to, _)| to == "o1"), "and a1 is heard by the others: {came:?}");
    court.does("chair", json!({"shield": {"restore": {}}})).await;
    assert_eq!(hears(&court.is_as_the_rules_say("restored").await, "o1"), ["a1", "chair"]);
    court.lines.clear();
    court.office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_that_cannot_be_taken_are_refused_and_the_line_that_there_is_stays() {
    let office = Prepared::with(|config| {
        patient(config);
        config.limits.link_offers_per_minute = 6;
    })
    .await;
    let mut clerk = office.seat("clerk").await;
    let mut waiting = office.seat("a1").await;
    let (_, offer) = Phone::offers("a1", "127.0.0.1:9".parse().unwrap(), SLOTS, Instant::now());
    assert_eq!(linked(&mut waiting, offer.clone()).await, Err("roll.not-admitted".into()), "not let in");
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let line = OnLine::of(&mut clerk, "clerk").await;
    for (offer, code) in [
        ("v=0".to_string(), "link.unreadable"),
        (String::new(), "link.unreadable"),
        ("m=audio 9\r\n".repeat(41), "link.too-large"),
    ] {
        assert_eq!(linked(&mut clerk, offer).await, Err(code.into()));
    }
    let (key, room) = (clerk.key.clone(), office.room());
    let mut passive = Seat::come_as(&room, &key, None, true, Hearing::default()).await;
    assert_eq!(
        linked(&mut passive, offer.clone()).await,
        Err("room.passive".into()),
        "a window that only looks on"
    );
    for _ in 0..2 {
        assert_eq!(linked(&mut clerk, "v=0".into()).await, Err("link.unreadable".into()));
    }
    assert_eq!(linked(&mut clerk, offer).await, Err("link.too-often".into()));
    let whose = Whose { hearing: office.hearing.clone(), seat: "clerk".into() };
    assert!(office.server.site.sfu.as_ref().unwrap().slots(&whose).is_some(), "the line is still there");
    drop(line);
    office.server.stop().await;
}

/// Clerk and chair in the room and on the line, the clerk told of the chair.
async fn clerk_and_chair(office: &Prepared) -> ((Seat, OnLine), (Seat, OnLine)) {
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let mut chair = office.seat("chair").await;
    chair.does(json!({"roll": {"arrive": {}}})).await;
    let line = OnLine::of(&mut clerk, "clerk").await;
    let chair_line = OnLine::of(&mut chair, "chair").await;
    timeout(PATIENCE, clerk.until(carries_the_chair)).await.expect("the clerk is told");
    ((clerk, line), (chair, chair_line))
}

/// Whether sound and picture of the chair are carried.
fn carries_the_chair(message: &FromRoom) -> bool {
    match message {
        FromRoom::Slots { slots } => slots.values().filter(|seat| seat.0 == "chair").count() == 2,
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_is_told_whom_its_slots_carry_and_whoever_lost_the_room_is_soon_off_air() {
    let office = Prepared::with(|config| {
        config.media = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        let limits = &mut config.limits;
        (limits.lease_ms, limits.ping_every_ms, limits.link_grace_ms) = (3_000, 300, 300);
    })
    .await;
    let ((mut clerk, line), (chair, chair_line)) = clerk_and_chair(&office).await;
    // A line that is offered anew takes the place of the one before, and is told again.
    drop(line);
    let line = OnLine::of(&mut clerk, "clerk").await;
    timeout(PATIENCE, clerk.until(carries_the_chair)).await.expect("the clerk is told of the new line");
    // The line ends with its connection; the seat comes back and offers another.
    let mut clerk = Seat::come(&office.room(), &clerk.key.clone(), None).await;
    drop(line);
    let line = OnLine::of(&mut clerk, "clerk").await;
    timeout(PATIENCE, clerk.until(carries_the_chair)).await.expect("and told again");
    // The clerk goes on answering pings; the chair, whose phone goes on sending, is gone from the room.
    let clerk = tokio::spawn(async move { clerk.until(|_| false).await });
    let heard = async || {
        line.phone.lock().unwrap().got.clear();
        tokio::time::sleep(LOOK).await;
        line.phone.lock().unwrap().got.contains_key(&(SOUND, "chair".to_string()))
    };
    assert!(heard().await);
    drop(chair);
    let patience = Instant::now() + PATIENCE;
    while heard().await {
        assert!(Instant::now() < patience, "nobody is heard for long without being in the room");
    }
    let whose = Whose { hearing: office.hearing.clone(), seat: "chair".into() };
    assert!(
        office.server.site.sfu.as_ref().unwrap().slots(&whose).is_none(),
        "its line ended with its connection"
    );
    drop(chair_line);
    clerk.abort();
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_nothing_is_off_air_within_the_grace_though_its_connection_stands_and_back_when_it_answers()
 {
    let office = Prepared::with(|config| {
        patient(config);
        // The seat itself is kept for much longer.
        let limits = &mut config.limits;
        (limits.lease_ms, limits.ping_every_ms, limits.link_grace_ms) = (10_000, 300, 300);
    })
    .await;
    let ((mut clerk, line), (mut chair, _chair_line)) = clerk_and_chair(&office).await;
    let clerk = tokio::spawn(async move { clerk.until(|_| false).await });
    let hears = async |wanted: bool| {
        let patience = Instant::now() + PATIENCE;
        loop {
            line.phone.lock().unwrap().got.clear();
            tokio::time::sleep(LOOK).await;
            if line.phone.lock().unwrap().got.contains_key(&(SOUND, "chair".to_string())) == wanted {
                return;
            }
            assert!(Instant::now() < patience, "wanted: {wanted}");
        }
    };
    // The chair reads nothing any more, and answers no ping; its phone goes on sending.
    hears(false).await;
    let whose = Whose { hearing: office.hearing.clone(), seat: "chair".into() };
    assert!(office.server.site.sfu.as_ref().unwrap().slots(&whose).is_some(), "its line is still there");
    let chair = tokio::spawn(async move { chair.until(|_| false).await });
    hears(true).await;
    chair.abort();
    clerk.abort();
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_a_revoked_key_is_off_the_line_at_once_and_does_not_come_back_with_the_next_holder() {
    let mut court = Linked::new().await;
    court.is_as_the_rules_say("before").await;
    // The office issues the invitation anew: the key of before is dead, its phone goes on.
    let next = court.office.seat("a1").await;
    assert_eq!(court.seats.get_mut("a1").unwrap().closed().await, procedure::wire::close::REVOKED);
    tokio::time::sleep(ON_ITS_WAY).await;
    let came = court.came().await;
    assert!(came.iter().all(|(_, to, of)| to != "a1" && of != "a1"), "{came:?}");
    // The new holder sits in the seat, without a line.
    assert!(next.view.roll.is_present(&"a1".into()));
    let came = court.came().await;
    assert!(came.iter().all(|(_, to, of)| to != "a1" && of != "a1"), "{came:?}");
    court.office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_that_come_at_once_are_answered_one_after_the_other_and_all_of_them() {
    let office = Prepared::with(patient).await;
    let sfu = office.server.site.sfu.clone().unwrap();
    let offered = (0..20).map(|number| {
        let (seat, sfu) = (format!("s{number}"), sfu.clone());
        let (_, offer) = Phone::offers(&seat, "127.0.0.1:9".parse().unwrap(), SLOTS, Instant::now());
        let whose = Whose { hearing: office.hearing.clone(), seat: seat.as_str().into() };
        async move { sfu.join(whose, sfu.holder(), offer, false).await.is_ok() }
    });
    let answered = timeout(PATIENCE, futures_util::future::join_all(offered)).await.expect("in time");
    assert!(answered.into_iter().all(|answered| answered));
    office.server.stop().await;
}
