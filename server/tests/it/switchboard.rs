//! The switchboard over a network that loses and delays: who is to be heard is heard, and nobody else ever.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

use procedure::{
    SeatId,
    hearing::media::{Chamber, OnAir},
};
use server::sfu::switchboard::{Limits, NoLine, Out, Switchboard, Whose};
use str0m::{Candidate, net::Protocol};

use crate::phone::{PICTURE, Phone, SOUND, Sent, TICK};

mod alone;
mod gallery;
mod hostile;
mod sizes;

const HEARING: &str = "h";
const LIMITS: Limits = Limits {
    sections_max: 40,
    offer_bytes_max: 65_536,
    hold: Duration::from_millis(1_500),
    bytes_per_second: 100_000,
    control_bytes_per_second: 8_192,
    delay: Duration::ZERO,
    delay_bytes_max: 0,
    delay_hearing_bytes_max: 0,
    opens_within: Duration::from_secs(30),
    small_bytes_per_second: 524_288,
};

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A phone of a seat at an address, with so many slots, and its offer.
type Offers = fn(&str, SocketAddr, usize, Instant) -> (Phone, String);

struct Net {
    now: Instant,
    board: Switchboard,
    here: SocketAddr,
    phones: Vec<Phone>,
    /// The address from which a phone is seen, where that is not its own.
    seen_from: BTreeMap<SocketAddr, SocketAddr>,
    on_its_way: VecDeque<(Instant, SocketAddr, SocketAddr, Vec<u8>)>,
    chance: Chance,
    /// Of a thousand packets so many are lost.
    loss: u64,
    /// How many connections have offered a line, and which offered that of each seat.
    made: u64,
    holders: BTreeMap<SeatId, u64>,
    /// Whether nothing is taken out of the switchboard for the time being.
    stuck: bool,
}

/// A seat belongs to the hearing that its name has behind an `@`, and without one to the first.
fn whose(seat: &SeatId) -> Whose {
    let hearing = seat.0.split_once('@').map_or(HEARING, |(_, hearing)| hearing);
    Whose { hearing: hearing.into(), seat: seat.clone() }
}

impl Net {
    /// Everybody has a slot for everybody else.
    fn of(seats: &[&str], loss: u64) -> Self {
        Self::with_slots(seats, loss, seats.len() - 1)
    }

    fn with_slots(seats: &[&str], loss: u64, slots: usize) -> Self {
        Self::within(LIMITS, seats, loss, slots)
    }

    fn within(limits: Limits, seats: &[&str], loss: u64, slots: usize) -> Self {
        str0m::crypto::from_feature_flags().install_process_default();
        let here: SocketAddr = "10.0.0.1:3478".parse().unwrap();
        let candidates = vec![Candidate::host(here, "udp").unwrap()];
        let mut net = Self {
            now: Instant::now(),
            board: Switchboard::new(limits, candidates),
            here,
            phones: Vec::new(),
            seen_from: BTreeMap::new(),
            on_its_way: VecDeque::new(),
            chance: Chance(7),
            loss,
            made: 0,
            holders: BTreeMap::new(),
            stuck: false,
        };
        for (n, seat) in seats.iter().enumerate() {
            net.comes(seat, n, slots);
        }
        // Where much is lost, a handshake takes several tries.
        for _ in 0..20 {
            net.runs(Duration::from_secs(1));
        }
        assert!(net.phones.iter().all(|phone| phone.connected), "everybody is connected");
        // Everybody is in court, and nobody is heard or seen there yet.
        let stand = OnAir { chamber: COURT, sitting: true, ..OnAir::default() };
        net.board.obey(HEARING, seats.iter().map(|seat| ((*seat).into(), stand.clone())).collect(), net.now);
        net.runs(LIMITS.hold);
        net
    }

    fn comes(&mut self, seat: &str, n: usize, slots: usize) {
        self.comes_as(seat, n, slots, Phone::offers);
    }

    fn comes_as(&mut self, seat: &str, n: usize, slots: usize, offers: Offers) {
        let address: SocketAddr = format!("10.0.1.{}:5000", n + 1).parse().unwrap();
        let (phone, offer) = offers(seat, address, slots, self.now);
        self.takes(phone, &offer);
    }

    /// The offer of a phone is taken.
    fn takes(&mut self, mut phone: Phone, offer: &str) {
        self.made += 1;
        self.holders.insert(phone.seat.clone(), self.made);
        let answer =
            self.board.join(whose(&phone.seat), self.made, offer, self.now).expect("the offer is taken");
        phone.accepts(&answer);
        self.phones.retain(|other| other.seat != phone.seat);
        self.phones.push(phone);
    }

    fn send(&mut self, from: SocketAddr, to: SocketAddr, bytes: Vec<u8>) {
        if self.chance.below(1000) < self.loss {
            return;
        }
        let due = self.now + Duration::from_millis(5 + self.chance.below(20));
        let at = self.on_its_way.partition_point(|(other, ..)| *other <= due);
        self.on_its_way.insert(at, (due, from, to, bytes));
    }

    fn send_all(&mut self, from: SocketAddr, sent: Sent) {
        let from = self.outside(from);
        sent.into_iter().for_each(|(to, bytes)| self.send(from, to, bytes));
    }

    fn outside(&self, address: SocketAddr) -> SocketAddr {
        self.seen_from.get(&address).copied().unwrap_or(address)
    }

    /// Lets time go on; everybody sends sound and picture all the while, whatever the rules say.
    fn runs(&mut self, span: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.now += TICK;
            while self.on_its_way.front().is_some_and(|(due, ..)| *due <= self.now) {
                let Some((_, from, to, bytes)) = self.on_its_way.pop_front() else { break };
                if to == self.here {
                    self.board.receive(Protocol::Udp, from, to, &bytes, self.now);
                } else if let Some(n) = self.phones.iter().position(|it| self.outside(it.address) == to) {
                    let phone = &mut self.phones[n];
                    let (address, sent) = (phone.address, phone.receives(from, &bytes, self.now));
                    self.send_all(address, sent);
                }
            }
            self.board.advance(self.now);
            if !self.stuck {
                self.told();
            }
            for n in 0..self.phones.len() {
                let (address, sent) = (self.phones[n].address, self.phones[n].ticks(self.now));
                self.send_all(address, sent);
            }
        }
    }

    fn told(&mut self) {
        while let Some(out) = self.board.take_out() {
            match out {
                Out::Send(transmit) => {
                    self.send(transmit.source, transmit.destination, transmit.contents.to_vec())
                }
                Out::Slots(of, _, slots) => {
                    if let Some(phone) = self.phones.iter_mut().find(|phone| phone.seat == of.seat) {
                        phone.told(slots, self.now);
                    }
                }
                Out::Open(..) | Out::Lost(..) => {}
            }
        }
    }

    /// What a seat has sent and has not come yet stays on its way.
    fn holds_back(&mut self, seat: &str) -> Vec<(SocketAddr, SocketAddr, Vec<u8>)> {
        let address = self.phone(seat).address;
        let all = std::mem::take(&mut self.on_its_way).into_iter();
        let (late, others): (Vec<_>, _) = all.partition(|(_, from, ..)| *from == address);
        self.on_its_way = others.into();
        assert!(!late.is_empty());
        late.into_iter().map(|(_, from, to, bytes)| (from, to, bytes)).collect()
    }

    /// And comes only now.
    fn lets_go(&mut self, late: Vec<(SocketAddr, SocketAddr, Vec<u8>)>) {
        late.into_iter()
            .for_each(|(from, to, bytes)| self.on_its_way.push_front((self.now, from, to, bytes)));
    }

    /// Who is heard and seen by whom in a span, by what came in.
    fn came(&mut self, span: Duration) -> BTreeMap<(&'static str, String), BTreeSet<String>> {
        // What was sent before is on its way for a while.
        self.runs(Duration::from_millis(300));
        self.phones.iter_mut().for_each(|phone| phone.got.clear());
        self.runs(span);
        let mut came = BTreeMap::new();
        for phone in &self.phones {
            for (kind, speaker) in phone.got.keys() {
                let heard: &mut BTreeSet<String> = came.entry((*kind, phone.seat.0.clone())).or_default();
                heard.insert(speaker.clone());
            }
            assert_eq!(phone.mislabelled, 0, "{}", phone.seat);
            assert_eq!(phone.leaps, 0, "the pictures of each slot count on: {}", phone.seat);
        }
        came
    }

    fn obey(&mut self, on_air: &[(&str, Option<Chamber>, bool)]) {
        let stand = |(seat, chamber, heard): &(&str, Option<Chamber>, bool)| {
            (
                SeatId::from(*seat),
                OnAir {
                    chamber: chamber.clone(),
                    heard: *heard,
                    seen: true,
                    altered: false,
                    gallery: None,
                    sitting: true,
                    floor: false,
                },
            )
        };
        self.board.obey(HEARING, on_air.iter().map(stand).collect(), self.now);
    }

    fn phone(&mut self, seat: &str) -> &mut Phone {
        self.phones.iter_mut().find(|phone| phone.seat.0 == seat).unwrap()
    }
}

const COURT: Option<Chamber> = Some(Chamber::Court);
const PANEL: Option<Chamber> = Some(Chamber::Panel);
const OFFICE: Option<Chamber> = Some(Chamber::Office);

fn expects(
    came: &BTreeMap<(&'static str, String), BTreeSet<String>>,
    kind: &'static str,
    who: &str,
    whom: &[&str],
) {
    let heard = came.get(&(kind, who.to_string())).cloned().unwrap_or_default();
    assert_eq!(heard, whom.iter().map(|seat| (*seat).to_string()).collect(), "{kind} of {who}");
}

#[test]
fn each_hears_and_sees_exactly_whom_the_rules_let_though_everybody_sends_all_the_while() {
    for loss in [0, 50] {
        let seats = ["a1", "chair", "p1", "p2", "r1"];
        let mut net = Net::of(&seats, loss);
        let nothing = net.came(Duration::from_secs(1));
        assert!(nothing.is_empty(), "before the rules have spoken nobody is heard: {nothing:?}");

        net.obey(&[
            ("chair", COURT, true),
            ("a1", COURT, true),
            ("p1", COURT, false),
            ("p2", COURT, false),
            ("r1", COURT, false),
        ]);
        let came = net.came(Duration::from_secs(4));
        for (who, heard) in
            [("chair", &["a1"][..]), ("a1", &["chair"]), ("p1", &["a1", "chair"]), ("r1", &["a1", "chair"])]
        {
            expects(&came, SOUND, who, heard);
            let others: Vec<&str> = seats.into_iter().filter(|seat| *seat != who).collect();
            expects(&came, PICTURE, who, &others);
        }

        net.obey(&[
            ("chair", OFFICE, true),
            ("a1", None, false),
            ("p1", PANEL, true),
            ("p2", PANEL, true),
            ("r1", None, false),
        ]);
        let came = net.came(Duration::from_secs(4));
        for kind in [SOUND, PICTURE] {
            for (who, heard) in
                [("chair", &[][..]), ("a1", &[]), ("r1", &[]), ("p1", &["p2"]), ("p2", &["p1"])]
            {
                expects(&came, kind, who, heard);
            }
        }

        net.obey(&[
            ("chair", COURT, true),
            ("a1", COURT, false),
            ("p1", COURT, false),
            ("p2", COURT, true),
            ("r1", COURT, false),
        ]);
        let came = net.came(Duration::from_secs(4));
        expects(&came, SOUND, "a1", &["chair", "p2"]);
        expects(&came, PICTURE, "r1", &["a1", "chair", "p1", "p2"]);
        assert_eq!(net.board.counts().broken, 0);
    }
}

#[test]
fn what_the_network_loses_of_a_picture_is_sent_again() {
    let mut net = Net::of(&["a1", "chair"], 50);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
    net.runs(Duration::from_secs(2));
    net.phone("a1").got.clear();
    let sent = net.phone("chair").pictures;
    net.runs(Duration::from_secs(10));
    let sent = net.phone("chair").pictures - sent;
    let got = net.phone("a1").got[&(PICTURE, "chair".to_string())];
    // What was sent last is still on its way; unrepaired, a tenth would be missing.
    assert!(got * 100 >= sent * 98, "{got} of {sent}");
}

#[test]
fn a_seat_that_comes_anew_is_heard_again_and_its_old_line_is_gone() {
    let mut net = Net::of(&["a1", "chair"], 0);
    let court = [("chair", COURT, true), ("a1", COURT, false)];
    net.obey(&court);
    expects(&net.came(Duration::from_secs(1)), SOUND, "a1", &["chair"]);
    net.comes("chair", 7, 1);
    net.runs(Duration::from_secs(2));
    let came = net.came(Duration::from_secs(1));
    expects(&came, SOUND, "a1", &["chair"]);
    expects(&came, PICTURE, "chair", &["a1"]);
    let chair = whose(&"chair".into());
    net.board.hang_up(&chair, 2);
    assert!(net.board.line(&chair).is_some(), "the connection before has nothing to say about the new line");
    net.board.hang_up(&chair, 3);
    assert!(net.came(Duration::from_secs(1)).is_empty());
}

#[test]
fn what_was_said_in_a_room_of_its_own_does_not_come_out_when_the_door_opens() {
    let mut net = Net::of(&["chair", "p1", "p2"], 0);
    net.obey(&[("chair", OFFICE, true), ("p1", PANEL, true), ("p2", PANEL, true)]);
    net.runs(Duration::from_secs(2));
    net.phones.iter_mut().for_each(|phone| phone.got.clear());
    // The deliberation is over, and the speaker is heard; what was on its way belongs to the deliberation.
    net.obey(&[("chair", COURT, true), ("p1", COURT, true), ("p2", COURT, false)]);
    net.runs(Duration::from_millis(1_400));
    assert!(net.phone("chair").got.is_empty(), "{:?}", net.phone("chair").got);
    net.runs(Duration::from_secs(2));
    let got: Vec<_> = net.phone("chair").got.keys().cloned().collect();
    assert_eq!(got, [(PICTURE, "p1".into()), (PICTURE, "p2".into()), (SOUND, "p1".into())]);
}

#[test]
fn what_was_said_alone_in_a_break_does_not_come_out_when_the_court_goes_on_however_late_it_comes() {
    let mut net = Net::of(&["a1", "chair"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
    expects(&net.came(Duration::from_secs(1)), SOUND, "chair", &["a1"]);
    // A break: the witness is with nobody and takes itself to be alone; then the court goes on, and it has the floor.
    net.obey(&[("chair", OFFICE, true), ("a1", None, false)]);
    net.phone("a1").says = "alone".into();
    net.runs(Duration::from_secs(2));
    let late = net.holds_back("a1");
    net.phones.iter_mut().for_each(|phone| phone.got.clear());
    net.phone("chair").words.clear();
    net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
    net.phone("a1").says = "in court".into();
    net.runs(Duration::from_millis(1_400));
    assert!(net.phone("chair").got.is_empty(), "{:?}", net.phone("chair").got);
    net.lets_go(late);
    net.runs(Duration::from_secs(2));
    assert!(net.phone("chair").words.iter().eq(["in court"]), "{:?}", net.phone("chair").words);
    // A lost connection is no other case: nobody knows where the seat took itself to be.
    net.obey(&[("chair", COURT, true)]);
    net.runs(Duration::from_secs(1));
    net.phone("chair").got.clear();
    net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
    net.runs(Duration::from_millis(1_400));
    assert!(net.phone("chair").got.is_empty(), "{:?}", net.phone("chair").got);
}

#[test]
fn with_fewer_slots_than_seats_whoever_is_heard_is_among_those_seen() {
    let seats = ["a1", "chair", "p1", "p2", "r1", "z1"];
    let mut net = Net::with_slots(&seats, 0, 2);
    let floor = |holder: &str| seats.map(|seat| (seat, COURT, seat == "chair" || seat == holder));
    for holder in ["z1", "a1", "r1", "p2", "z1"] {
        net.obey(&floor(holder));
        let came = net.came(Duration::from_secs(4));
        for who in seats {
            let heard: Vec<&str> = ["chair", holder].into_iter().filter(|seat| *seat != who).collect();
            expects(&came, SOUND, who, &heard);
            let seen = &came[&(PICTURE, who.to_string())];
            assert!(
                heard.iter().all(|seat| seen.contains(*seat)),
                "{who} sees {seen:?}, {holder} has the floor"
            );
            assert_eq!(seen.len(), 2, "no slot is empty: {who} sees {seen:?}");
        }
    }
    // Where nobody new is to be heard, nobody changes places.
    let slots: Vec<_> = net.phones.iter().map(|phone| phone.slots.clone()).collect();
    for holder in ["chair", "z1"] {
        net.obey(&floor(holder));
        net.runs(Duration::from_secs(1));
        assert!(net.phones.iter().map(|phone| &phone.slots).eq(&slots), "{holder}");
    }
}

#[test]
fn nothing_is_sent_in_a_slot_before_it_was_said_whose_it_is() {
    let mut net = Net::of(&["a1", "chair"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
    net.stuck = true;
    net.runs(Duration::from_secs(2));
    assert_eq!(net.board.counts().forwarded, 0);
    net.stuck = false;
    net.runs(Duration::from_secs(1));
    assert!(net.board.counts().forwarded > 0);
    expects(&net.came(Duration::from_secs(1)), PICTURE, "a1", &["chair"]);
}

#[test]
fn nobody_asks_a_seat_for_a_picture_without_seeing_it() {
    let mut net = Net::of(&["chair", "p1"], 0);
    net.obey(&[("chair", COURT, true), ("p1", COURT, false)]);
    net.runs(Duration::from_secs(2));
    let asks = |net: &mut Net| {
        let before = net.phone("chair").asked;
        net.phone("p1").asks();
        net.runs(Duration::from_secs(1));
        net.phone("chair").asked - before
    };
    assert_eq!(asks(&mut net), 1);
    net.obey(&[("chair", OFFICE, true), ("p1", PANEL, true)]);
    assert_eq!(asks(&mut net), 0, "the panel deliberates");
}

#[test]
fn all_lines_show_one_certificate_and_have_names_of_their_own() {
    let mut net = Net::with_slots(&[], 0, 0);
    let mut shown = |seat: &str| {
        let (phone, offer) = Phone::offers(seat, "10.0.1.1:5000".parse().unwrap(), 1, net.now);
        let answer = net.board.join(whose(&phone.seat), 1, &offer, net.now).unwrap();
        let line = |start: &str| answer.lines().find(|line| line.starts_with(start)).unwrap().to_string();
        (line("a=fingerprint:"), line("a=ice-ufrag:"))
    };
    let (one, other) = (shown("a1"), shown("chair"));
    assert_eq!(one.0, other.0);
    assert_ne!(one.1, other.1);
}

#[test]
fn whoever_is_suddenly_seen_from_another_address_is_heard_again() {
    let mut net = Net::of(&["a1", "chair"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
    net.runs(Duration::from_secs(1));
    for port in [6_001, 6_002, 6_003] {
        let home = net.phone("a1").address;
        net.seen_from.insert(home, SocketAddr::from(([10, 0, 2, 1], port)));
        let strangers = net.board.counts().strangers;
        net.runs(Duration::from_secs(15));
        assert!(net.board.counts().strangers > strangers, "until the address is known");
        let came = net.came(Duration::from_secs(1));
        expects(&came, SOUND, "chair", &["a1"]);
        expects(&came, PICTURE, "a1", &["chair"]);
    }
    assert_eq!(net.board.counts().broken, 0);
}
