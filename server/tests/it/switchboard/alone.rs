//! The equipment check over a network that loses and delays: what a seat sends comes back to it and goes to nobody else.

use server::sfu::switchboard::Checks;

use super::*;

/// How long a check of these tests lasts.
const LAST: Duration = Duration::from_secs(30);

/// A phone that checks, beside those that are on a line of the hearing.
fn checks(net: &mut Net, seat: &str, n: usize) -> Result<(), NoLine> {
    let address: SocketAddr = format!("10.0.1.{}:5000", n + 1).parse().unwrap();
    let (mut phone, offer) = Phone::offers(seat, address, 1, net.now);
    net.made += 1;
    let answer = net.board.join(Whose::alone(HEARING, &phone.seat), net.made, &offer, net.now)?;
    phone.accepts(&answer);
    net.phones.retain(|other| other.seat != phone.seat);
    net.phones.push(phone);
    net.runs(Duration::from_secs(3));
    Ok(())
}

fn of(most: usize) -> Net {
    let mut net = Net::of(&["a1", "chair"], 0);
    net.board.limit_checks(Checks { most, last: LAST });
    net
}

#[test]
fn whoever_checks_hears_and_sees_itself_and_nobody_else_does_whatever_the_rules_say() {
    for loss in [0, 50] {
        let mut net = of(9);
        net.obey(&[("chair", COURT, true), ("a1", COURT, true)]);
        net.loss = loss;
        checks(&mut net, "r1", 5).unwrap();
        checks(&mut net, "p1", 6).unwrap();
        // Even if the table of the hearing names those who check.
        net.obey(&[("chair", COURT, true), ("a1", COURT, true), ("r1", COURT, true), ("p1", COURT, true)]);
        let came = net.came(Duration::from_secs(2));
        for kind in [SOUND, PICTURE] {
            expects(&came, kind, "r1", &["r1"]);
            expects(&came, kind, "p1", &["p1"]);
            expects(&came, kind, "a1", &["chair"]);
            expects(&came, kind, "chair", &["a1"]);
        }
    }
}

#[test]
fn a_check_is_over_after_its_time_and_when_its_connection_ends() {
    let mut net = of(9);
    checks(&mut net, "r1", 5).unwrap();
    net.runs(LAST);
    assert!(net.board.line(&Whose::alone(HEARING, &"r1".into())).is_none(), "its time is over");
    assert!(net.came(Duration::from_secs(1)).is_empty());
    assert!(net.board.line(&whose(&"a1".into())).is_some(), "a line of the hearing has no such time");
    checks(&mut net, "r1", 5).unwrap();
    expects(&net.came(Duration::from_secs(1)), SOUND, "r1", &["r1"]);
    let made = net.made;
    net.board.hang_up(&Whose::alone(HEARING, &"r1".into()), made);
    assert!(net.came(Duration::from_secs(1)).is_empty());
}

#[test]
fn a_seat_has_one_check_and_there_are_no_more_of_all_seats_than_allowed() {
    let mut net = of(1);
    checks(&mut net, "r1", 5).unwrap();
    assert_eq!(checks(&mut net, "p1", 6), Err(NoLine::Crowded));
    // Its own next one takes the place of the one before.
    checks(&mut net, "r1", 7).unwrap();
    expects(&net.came(Duration::from_secs(1)), SOUND, "r1", &["r1"]);
    // And a line of the hearing has room all the same.
    net.comes("p1", 6, 1);
}
