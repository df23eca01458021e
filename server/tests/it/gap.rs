//! The time without a server is nobody's: the record says that all were cut off, and the clock gives it back.

use std::collections::BTreeMap;

use procedure::{
    Hearing, Moment, SeatId,
    hearing::record::{Line, Said},
};
use serde_json::{Value, json};
use server::{
    clock,
    database::Database,
    log::{Draft, Log},
    pulse::Pulse,
    room::stream,
};
use tempfile::TempDir;

use crate::{
    crash::{free_port, kill, start},
    office::{Prepared, Running, SEATS, Seat, Staff, local, until},
};

/// For how long the server was away, in milliseconds.
const AWAY: i64 = 600_000;
/// Longer than anybody in a test needs to come back, shorter than the server was away, in seconds.
const TURN: i64 = 300;

/// Makes everything that was written lie so much further back, as if the server had been away for so long.
async fn long_ago(folder: &TempDir, hearing: &str) {
    let database = Database::open(folder.path(), 1).await.unwrap();
    let log = Log::open(database.clone(), 16, 16).await.unwrap();
    let stream = stream(hearing);
    let drafts: Vec<Draft> = log
        .read(&stream, 1)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| {
            let mut content: Value = serde_json::from_str(&entry.content).unwrap();
            content["at"] = json!(entry.at.0 - AWAY);
            if let Some(since) = content.pointer_mut("/event/roll/lost/since") {
                *since = json!(since.as_i64().unwrap() - AWAY);
            }
            let at = entry.at.plus_ms(-AWAY);
            Draft { at, author: entry.author, command: entry.command, content: content.to_string() }
        })
        .collect();
    sqlx::query("DELETE FROM log WHERE stream = $1").bind(&stream).execute(&database.pool).await.unwrap();
    sqlx::query("UPDATE pulse SET at = at - $1").bind(AWAY).execute(&database.pool).await.unwrap();
    log.append(&stream, 0, drafts).await.unwrap();
    log.close().await;
}

/// The hearing opens, and the handling prosecutor has the floor; gives the seats and the moment the turn began.
async fn speaking(office: &Prepared) -> (BTreeMap<&'static str, Seat>, Moment) {
    let mut seats = office.all_in().await;
    let chair = seats.get_mut("chair").unwrap();
    chair.does(json!({"phase": {"open": {}}})).await;
    chair.does(json!({"phase": {"advance": {"to": "introduction"}}})).await;
    chair.does(json!({"floor": {"give": {"seat": "handler", "seconds": TURN}}})).await;
    let began = chair.view.floor.turn.as_ref().unwrap().began;
    (seats, began)
}

/// The last pulse, once there is one after that moment.
async fn pulse_after(folder: &TempDir, moment: Moment) -> Moment {
    let database = Database::open(folder.path(), 1).await.unwrap();
    loop {
        let kept = Pulse::read(&database).await.unwrap().kept("");
        if let Some(kept) = kept.filter(|kept| *kept > moment) {
            return kept;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Everybody comes back and finds the turn where it stood; `span` holds the moment at which the server went.
async fn given_back(
    office: &Prepared,
    seats: BTreeMap<&'static str, Seat>,
    began: Moment,
    span: [Moment; 2],
) {
    let [earliest, latest] = span.map(|moment| moment.plus_ms(-AWAY));
    let began = began.plus_ms(-AWAY);
    let mut chair = Seat::come(&office.room(), &seats["chair"].key, None).await;
    let mut back = Vec::new();
    for (_, seat) in seats.into_iter().filter(|(name, _)| *name != "chair") {
        back.push(Seat::come(&office.room(), &seat.key, None).await);
    }
    chair.until_view(|view| view.roll.entries.values().all(|entry| entry.lost.is_none())).await;
    let view: &Hearing = &chair.view;
    assert!(view.phase.interrupted.is_none(), "the chair came back as soon as it could");
    let turn = view.floor.turn.as_ref().expect("the turn goes on");
    assert!(turn.running_since.is_some());
    let used = earliest.ms_since(began)..=latest.ms_since(began);
    assert!(used.contains(&turn.used_ms), "{} of {used:?}", turn.used_ms);
    for (seat, ..) in SEATS.iter().filter(|(seat, ..)| *seat != "o1") {
        let own = view.record.lines.iter().filter(|line| line.speaker == Some(SeatId::from(*seat)));
        let gaps: Vec<&Said> = own
            .map(|line| &line.said)
            .filter(|said| matches!(said, Said::Gap { .. } | Said::GapOver { .. }))
            .collect();
        let [.., Said::Gap { since }, Said::GapOver { away_ms }] = gaps[..] else {
            panic!("{seat}: {gaps:?}")
        };
        assert!((earliest..=latest).contains(since), "{seat}: {since:?}");
        assert!(*away_ms >= AWAY, "{seat}: {away_ms}");
    }
    assert_eq!(view.roll.entries[&SeatId::from("o1")].missed_ms / AWAY, 1, "the gallery too, off the record");
}

#[tokio::test]
async fn after_a_stop_the_turn_goes_on_where_it_stood_and_the_record_tells_the_gap() {
    let office = Prepared::with(|config| config.limits.pulse_every_ms = 50).await;
    let (seats, began) = speaking(&office).await;
    let beat = pulse_after(&office.folder, began).await;
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    let stopped = clock::now();
    long_ago(&folder, &hearing).await;
    let server = Running::start(local(&folder)).await;
    let office = Prepared { folder, server, hearing };
    given_back(&office, seats, began, [beat, stopped]).await;
    office.server.stop().await;
}

#[tokio::test]
async fn after_a_crash_no_more_than_a_pulse_is_charged_and_the_record_tells_the_gap() {
    let office = Prepared::new().await;
    let (seats, _) = speaking(&office).await;
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    let port = free_port();
    let mut running = start(folder.path(), port);
    until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
    let room = format!("ws://127.0.0.1:{port}/api/hearings/{hearing}/room");
    let mut here = BTreeMap::new();
    for (name, seat) in seats {
        here.insert(name, Seat::come(&room, &seat.key, None).await);
    }
    let chair = here.get_mut("chair").unwrap();
    chair.until_view(|view| view.roll.entries.values().all(|entry| entry.lost.is_none())).await;
    chair.does(json!({"floor": {"give": {"seat": "handler", "seconds": TURN}}})).await;
    let began = chair.view.floor.turn.as_ref().unwrap().began;
    let beat = pulse_after(&folder, began).await;
    kill(&mut running);
    let killed = clock::now();

    long_ago(&folder, &hearing).await;
    let server = Running::start(local(&folder)).await;
    let office = Prepared { folder, server, hearing };
    given_back(&office, here, began, [beat, killed]).await;
    office.server.stop().await;
}

#[tokio::test]
async fn of_hearings_that_are_over_or_empty_and_of_whoever_was_lost_already_nothing_is_noted() {
    let mut office =
        Prepared::with(|config| (config.limits.lease_ms, config.limits.ping_every_ms) = (400, 100)).await;
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let chief = Staff::sign_in(&office.server, "chief").await;
    let cancel = json!({"phase": {"cancel": {"reason": "当事人撤回申请"}}});
    assert_eq!(chief.command(&office.hearing, cancel).await.0, 200);
    let over = office.another().await;
    let empty = office.another().await;
    let mut seat = office.seat("a1").await;
    seat.does(json!({"roll": {"arrive": {}}})).await;
    drop(seat);
    let mut other = office.seat("clerk").await;
    other.does(json!({"roll": {"arrive": {}}})).await;
    other.until_view(|view| view.roll.is_lost(&"a1".into())).await;
    other.does(json!({"roll": {"leave": {}}})).await;

    let hearings = [over, empty, office.hearing.clone()];
    let before = lengths(&office.server, &hearings).await;
    let Prepared { folder, server, .. } = office;
    server.stop().await;
    let server = Running::start(local(&folder)).await;
    for hearing in &hearings {
        server.site.rooms.office_view(hearing).await.unwrap();
    }
    assert_eq!(lengths(&server, &hearings).await, before);
    server.stop().await;
}

#[tokio::test]
async fn a_chair_lost_before_the_stop_is_waited_for_anew_and_the_record_has_one_gap() {
    let office = Prepared::new().await;
    let (seats, _) = speaking(&office).await;
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    // Everybody is lost with the first stop. Before the chair is back the server stops again, for long.
    let server = Running::start(local(&folder)).await;
    server.site.rooms.office_view(&hearing).await.unwrap();
    server.stop().await;
    long_ago(&folder, &hearing).await;
    let woken = clock::now();
    let server = Running::start(local(&folder)).await;
    let office = Prepared { folder, server, hearing };
    let clerk = Seat::come(&office.room(), &seats["clerk"].key, None).await;
    let chair = &clerk.view.roll.entries[&SeatId::from("chair")];
    assert!(chair.lost.unwrap() < woken.plus_ms(-AWAY / 2), "{chair:?}");
    assert!(chair.noticed.unwrap() >= woken, "{chair:?}");
    assert!(clerk.view.phase.interrupted.is_none(), "it could not have come back while no server was there");
    let of_chair = |line: &&Line| line.speaker == Some(SeatId::from("chair"));
    let gaps = clerk.view.record.lines.iter().filter(of_chair);
    assert_eq!(gaps.filter(|line| matches!(line.said, Said::Gap { .. })).count(), 1);
    office.server.stop().await;
}

/// How many entries the log of each hearing has.
async fn lengths(server: &Running, hearings: &[String]) -> Vec<usize> {
    let mut lengths = Vec::new();
    for hearing in hearings {
        lengths.push(server.site.rooms.ground().log.read(&stream(hearing), 1).await.unwrap().len());
    }
    lengths
}
