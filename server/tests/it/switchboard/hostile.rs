//! Whatever is sent that should not be is not taken, is counted, and harms nobody.

use super::*;

#[test]
fn what_is_no_offer_or_too_large_is_refused_and_strangers_are_counted() {
    let mut net = Net::of(&["a1", "chair"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, false)]);
    let (now, seat) = (net.now, SeatId::from("a1"));
    assert_eq!(net.board.join(whose(&seat), 9, "v=0", now), Err(NoLine::Unreadable));
    assert_eq!(net.board.join(whose(&seat), 9, "", now), Err(NoLine::Unreadable));
    assert_eq!(net.board.join(whose(&seat), 9, &"m=audio\r\n".repeat(41), now), Err(NoLine::TooLarge));
    assert_eq!(net.board.join(whose(&seat), 9, &"x".repeat(65_537), now), Err(NoLine::TooLarge));
    let before = net.board.counts().strangers;
    let stranger: SocketAddr = "10.9.9.9:1".parse().unwrap();
    let mut chance = Chance(1);
    for length in 0..1500_usize {
        let bytes: Vec<u8> = (0..length).map(|_| chance.below(256) as u8).collect();
        net.board.receive(Protocol::Udp, stranger, net.here, &bytes, now);
    }
    assert_eq!(net.board.counts().strangers - before, 1500);
    // And from the address of somebody who has a line.
    let known = net.phones[0].address;
    for length in 0..1500_usize {
        let bytes: Vec<u8> = (0..length).map(|_| chance.below(256) as u8).collect();
        net.board.receive(Protocol::Udp, known, net.here, &bytes, now);
    }
    expects(&net.came(Duration::from_secs(1)), SOUND, "a1", &["chair"]);
}

#[test]
fn a_packet_too_large_to_be_sent_on_harms_nobody() {
    let mut net = Net::of(&["a1", "chair"], 0);
    net.phone("a1").weight = 1_430;
    net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
    let came = net.came(Duration::from_secs(1));
    expects(&came, SOUND, "chair", &["a1"]);
    expects(&came, PICTURE, "chair", &[]);
    expects(&came, PICTURE, "a1", &["chair"]);
    assert!(net.board.counts().broken > 0);
}

#[test]
fn whoever_floods_a_line_is_not_read_and_the_others_go_on() {
    let mut net = Net::of(&["a1", "chair", "p1"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true), ("p1", COURT, false)]);
    net.runs(Duration::from_secs(1));
    let from = net.phone("a1").address;
    let flood = [0x80; 1_200];
    for _ in 0..1_000 {
        net.board.receive(Protocol::Udp, from, net.here, &flood, net.now);
    }
    let unread = net.board.counts().over_budget;
    assert!((900..1_000).contains(&unread), "a second's worth is read: {unread}");
    expects(&net.came(Duration::from_secs(1)), SOUND, "p1", &["a1", "chair"]);
    assert!(net.board.counts().over_budget < unread + 100, "and once it is over, everything again");
}

#[test]
fn whoever_floods_a_line_with_reports_is_read_as_often_as_anybody_reports() {
    let mut net = Net::of(&["a1", "chair", "p1"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true), ("p1", COURT, false)]);
    net.runs(Duration::from_secs(1));
    let from = net.phone("p1").address;
    let unread = net.board.counts().over_budget;
    // What a receiver report begins with (RFC 3550), and one too short to be encrypted.
    let flood = [[0x80, 201].as_slice(), &[0; 126]].concat();
    for _ in 0..300 {
        net.board.receive(Protocol::Udp, from, net.here, &flood, net.now);
    }
    let unread = net.board.counts().over_budget - unread;
    assert!((236..300).contains(&unread), "a second's worth is read: {unread}");
    expects(&net.came(Duration::from_secs(1)), SOUND, "p1", &["a1", "chair"]);
}
