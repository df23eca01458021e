//! A picture comes in the size in which it is looked at, and in the one that the line of whoever looks bears.

use super::*;

/// Everybody in court sends its picture in large and in small, and hears the chair.
fn court(seats: &[&str], loss: u64) -> Net {
    court_within(LIMITS, seats, loss)
}

fn court_within(limits: Limits, seats: &[&str], loss: u64) -> Net {
    let mut net = Net::within(limits, &[], 0, 0);
    for (n, seat) in seats.iter().enumerate() {
        net.comes_as(seat, n, seats.len() - 1, Phone::offers_both);
    }
    net.runs(Duration::from_secs(2));
    assert!(net.phones.iter().all(|phone| phone.connected), "everybody is connected");
    let table: Vec<_> = seats.iter().map(|seat| (*seat, COURT, *seat == "chair")).collect();
    net.obey(&table);
    net.runs(LIMITS.hold * 2);
    net.loss = loss;
    net
}

fn has_in_front(net: &mut Net, who: &str, front: Option<&str>) {
    let holder = net.holders[&SeatId::from(who)];
    net.board.fronts(&whose(&who.into()), holder, front.map(SeatId::from));
}

/// In which sizes pictures come in the next second, after a moment in which they change.
fn sizes(net: &mut Net, who: &str) -> BTreeMap<String, (bool, bool)> {
    net.runs(Duration::from_secs(1));
    net.phone(who).sizes.clear();
    net.runs(Duration::from_secs(1));
    let sizes = net.phone(who).sizes.iter();
    sizes.map(|(seat, (large, small))| (seat.clone(), (*large > 0, *small > 0))).collect()
}

const LARGE: (bool, bool) = (true, false);
const SMALL: (bool, bool) = (false, true);

fn are(sizes: &[(&str, (bool, bool))]) -> BTreeMap<String, (bool, bool)> {
    sizes.iter().map(|(seat, size)| ((*seat).into(), *size)).collect()
}

#[test]
fn whoever_is_in_front_comes_in_large_and_the_others_in_small() {
    let mut net = court(&["a1", "chair", "p1"], 0);
    assert_eq!(
        sizes(&mut net, "p1"),
        are(&[("a1", LARGE), ("chair", LARGE)]),
        "nothing is known of the page"
    );
    has_in_front(&mut net, "p1", Some("chair"));
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", SMALL), ("chair", LARGE)]));
    has_in_front(&mut net, "p1", Some("a1"));
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", LARGE), ("chair", SMALL)]));
    has_in_front(&mut net, "p1", None);
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", SMALL), ("chair", SMALL)]));
    assert_eq!(sizes(&mut net, "a1"), are(&[("chair", LARGE), ("p1", LARGE)]), "each has its own front");
    assert_eq!(
        net.phones.iter().map(|phone| phone.leaps).sum::<u64>(),
        0,
        "to the receiver it is one picture"
    );
    // Nobody says it for another.
    net.board.fronts(&whose(&"a1".into()), 99, None);
    assert_eq!(sizes(&mut net, "a1"), are(&[("chair", LARGE), ("p1", LARGE)]));
}

#[test]
fn where_one_size_does_not_come_the_other_is_taken() {
    let mut net = court(&["a1", "chair", "p1"], 0);
    has_in_front(&mut net, "p1", Some("chair"));
    net.phone("chair").spares = true;
    net.runs(Duration::from_secs(2));
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", SMALL), ("chair", SMALL)]));
    net.phone("chair").spares = false;
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", SMALL), ("chair", LARGE)]));
    // And a seat that sends one size alone is seen in that.
    net.comes("a1", 0, 2);
    net.runs(Duration::from_secs(2));
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", LARGE), ("chair", LARGE)]));
}

#[test]
fn a_line_that_takes_less_gets_small_pictures_and_later_large_ones_again() {
    let mut net = court(&["a1", "chair", "p1"], 0);
    net.phone("chair").weight = 1_000;
    net.runs(Duration::from_secs(5));
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", LARGE), ("chair", LARGE)]));
    net.phone("p1").takes(100_000);
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", SMALL), ("chair", SMALL)]));
    assert_eq!(
        sizes(&mut net, "a1"),
        are(&[("chair", LARGE), ("p1", LARGE)]),
        "of the others nothing changes"
    );
    net.runs(Duration::from_secs(10));
    assert_eq!(sizes(&mut net, "p1"), are(&[("a1", LARGE), ("chair", LARGE)]), "it was quiet for a while");
}

#[test]
fn a_small_picture_that_is_none_is_not_sent_on_beyond_what_a_small_one_needs() {
    let limits = Limits { small_bytes_per_second: 1_280, ..LIMITS };
    let mut net = court_within(limits, &["a1", "chair", "p1"], 0);
    has_in_front(&mut net, "p1", Some("a1"));
    net.runs(Duration::from_secs(2));
    let (before, span) = (net.board.counts().over_budget, Duration::from_secs(4));
    net.phone("p1").sizes.clear();
    net.phone("a1").sizes.clear();
    net.runs(span);
    let small = net.phone("p1").sizes["chair"].1;
    assert!(small <= 10 * span.as_secs() + 2, "ten datagrams are within it in a second: {small}");
    let large = net.phone("a1").sizes["chair"].0;
    assert!(large > 2 * small, "of the large one nothing is missing: {large}");
    assert!(net.board.counts().over_budget > before);
    assert_eq!(net.phone("p1").sizes["a1"].1, 0, "and it has that one in large");
    assert!(net.phone("p1").sizes["a1"].0 > 0);
}

#[test]
fn where_much_is_lost_pictures_give_way_to_sound() {
    let mut net = court(&["a1", "chair", "p1"], 300);
    net.runs(Duration::from_secs(30));
    let came = net.came(Duration::from_secs(2));
    expects(&came, SOUND, "p1", &["chair"]);
    net.phone("p1").sizes.clear();
    net.runs(Duration::from_secs(20));
    let (large, small) =
        net.phone("p1").sizes.values().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    assert!(
        large < 100 && small < 500,
        "of a thousand pictures each, where a third is lost: {large}, {small}"
    );
}
