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

/// Bytes of the check at the end of STUN.
const FINGERPRINT_BYTES: usize = 8;

/// What a mutation does to an offer, by a number that looks like chance.
fn mutated(offer: &str, chance: &mut Chance) -> String {
    let mut lines: Vec<String> = offer.lines().map(Into::into).collect();
    for _ in 0..=chance.below(4) {
        let count = lines.len() as u64;
        let (at, other) = (chance.below(count) as usize, chance.below(count) as usize);
        let line = lines[at].clone();
        let numbers = ["96", "97", "111", "63", "0", "127", "255", "999"];
        let of = |chance: &mut Chance| numbers[chance.below(numbers.len() as u64) as usize];
        match chance.below(8) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(other, line),
            2 => lines.swap(at, other),
            3 => lines[at] = line.chars().filter(|_| chance.below(6) > 0).collect(),
            4 => {
                let (number, another) = (of(chance), of(chance));
                lines[at] = line.replace(number, another);
            }
            5 => lines[at] = line.to_uppercase(),
            6 => lines[at] = line.replace(' ', "  ").replace('=', " = ").replacen(" = ", "=", 1),
            _ => lines.insert(at, format!("a=fmtp:{} x=1; APT={}", of(chance), of(chance))),
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\r\n") + "\r\n"
}

#[test]
fn whatever_is_made_of_an_offer_is_answered_or_refused_and_the_others_go_on() {
    let mut net = Net::of(&["a1", "chair", "p1"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true), ("p1", COURT, false)]);
    let (mut chance, mut taken, mut refused) = (Chance(11), 0, 0);
    let at = "10.0.9.1:5000".parse().unwrap();
    let (_, offer) = Phone::offers("p1", at, 3, net.now);
    for number in 0..2_000 {
        let offer = mutated(&offer, &mut chance);
        match net.board.join(whose(&"x9".into()), 100 + number, &offer, net.now) {
            Ok(_) => taken += 1,
            Err(_) => refused += 1,
        }
        net.board.advance(net.now);
    }
    assert!(taken > 100 && refused > 100, "{taken} and {refused}");
    net.board.hang_up(&whose(&"x9".into()), 2_099);
    expects(&net.came(Duration::from_secs(1)), SOUND, "p1", &["a1", "chair"]);
}

#[test]
fn fifty_offers_of_one_seat_in_a_second_take_nothing_from_the_others() {
    let mut net = Net::of(&["a1", "chair", "p1"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true), ("p1", COURT, false)]);
    net.runs(Duration::from_secs(1));
    net.phone("a1").got.clear();
    for _ in 0..50 {
        net.comes("p1", 2, 2);
        net.runs(Duration::from_millis(20));
    }
    let of_chair = net.phone("a1").got[&(SOUND, "chair".to_string())];
    assert!((48..=52).contains(&of_chair), "a second of sound: {of_chair}");
    // And when it has come to rest, it is on the line again.
    net.runs(Duration::from_secs(3));
    expects(&net.came(Duration::from_secs(1)), SOUND, "p1", &["a1", "chair"]);
}

#[test]
fn a_line_is_not_taken_over_from_another_address_by_what_was_seen_on_its_way() {
    let mut net = Net::of(&["a1", "chair"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
    net.runs(Duration::from_secs(1));
    // Given somebody who sees everything that the chair sends, from the first STUN on
    net.comes("chair", 1, 1);
    let (address, here) = (net.phone("chair").address, net.here);
    let (mut stun, mut others) = (Vec::new(), Vec::new());
    for _ in 0..400 {
        net.runs(TICK);
        let sent = net.on_its_way.iter().filter(|(_, from, to, _)| *from == address && *to == here);
        for (.., bytes) in sent {
            let seen = if bytes[0] < 2 { &mut stun } else { &mut others };
            if !seen.contains(bytes) {
                seen.push(bytes.clone());
            }
        }
    }
    let handshake = others.iter().filter(|bytes| (20..64).contains(&bytes[0])).count();
    assert!(!stun.is_empty() && handshake > 0 && others.len() > handshake, "STUN, handshake and media");
    // When it sends that from an address of its own, STUN with a byte changed, the rest as it was
    let thief: SocketAddr = "10.6.6.6:6".parse().unwrap();
    let before = net.board.counts();
    for bytes in &stun {
        let mut forged = bytes.clone();
        // The last byte of what only the two ends can compute; behind it is a check that everybody can (RFC 8489, 14.7).
        let at = forged.len() - FINGERPRINT_BYTES - 1;
        forged[at] ^= 1;
        net.board.receive(Protocol::Udp, thief, here, &forged, net.now);
    }
    for bytes in &others {
        net.board.receive(Protocol::Udp, thief, here, bytes, net.now);
    }
    net.board.advance(net.now);
    net.told();
    // Then all of it is a stranger's, nothing is sent there, and the line goes on
    assert_eq!(net.board.counts().strangers - before.strangers, (stun.len() + others.len()) as u64);
    assert!(net.on_its_way.iter().all(|(_, _, to, _)| *to != thief));
    expects(&net.came(Duration::from_secs(1)), SOUND, "a1", &["chair"]);
}

#[test]
fn whoever_names_the_stream_of_another_is_heard_as_itself_and_only_where_it_may_be() {
    // Given an offer that claims the streams of the chair
    let mut net = Net::of(&["a1", "chair", "p1"], 0);
    net.obey(&[("chair", COURT, true), ("a1", COURT, false), ("p1", COURT, false)]);
    let streams = |offer: &str| -> Vec<String> {
        let all = offer.lines().filter_map(|line| line.strip_prefix("a=ssrc:")?.split(' ').next());
        all.map(Into::into).collect()
    };
    let offered = |seat: &str, at: &str, now| Phone::offers(seat, at.parse().unwrap(), 2, now);
    let (chair, offer) = offered("chair", "10.0.1.2:5000", net.now);
    let theirs = streams(&offer);
    net.takes(chair, &offer);
    let (party, offer) = offered("a1", "10.0.1.1:5000", net.now);
    let claimed =
        streams(&offer).iter().zip(&theirs).fold(offer, |offer, (own, other)| offer.replace(own, other));
    assert!(!theirs.is_empty() && streams(&claimed) == theirs);
    net.takes(party, &claimed);
    net.runs(Duration::from_secs(3));
    // Then nobody hears it, the chair is heard as before, and every picture is under its own name
    let came = net.came(Duration::from_secs(1));
    expects(&came, SOUND, "p1", &["chair"]);
    expects(&came, SOUND, "chair", &[]);
    assert!(came[&(PICTURE, "p1".into())].is_subset(&["a1".to_string(), "chair".to_string()].into()));
}
