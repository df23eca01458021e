//! The equipment check at the door of a hearing, over real sockets: days ahead, before anybody was let in.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use procedure::{hearing::equipment::Verdict, wire::ToRoom};
use serde_json::json;

use crate::{
    link::{OnLine, answered, patient},
    office::{Prepared, Seat},
    phone::{PICTURE, Phone, SOUND, TICK},
};

/// Longest wait until it is as it should be.
const PATIENCE: Duration = Duration::from_secs(10);

fn checks(id: procedure::Id, offer: String) -> ToRoom {
    ToRoom::Check { id, offer }
}

/// Who is heard and seen on a line, once anything has come.
async fn comes(line: &OnLine) -> Vec<(&'static str, String)> {
    let patience = Instant::now() + PATIENCE;
    loop {
        let came: Vec<_> = line.phone.lock().unwrap().got.keys().cloned().collect();
        if came.len() >= 2 {
            return came;
        }
        assert!(Instant::now() < patience, "nothing comes back");
        tokio::time::sleep(TICK).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_that_nobody_has_let_in_hears_itself_and_the_clerk_sees_what_came_of_it() {
    // Given a party at home, days before the hearing, and a clerk
    let office = Prepared::with(patient).await;
    let mut party = office.seat("a1").await;
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let clerks = OnLine::of(&mut clerk, "clerk").await;
    // When it checks, its own sound and picture come back, and the clerk, who is on the line, gets none of it
    let line = OnLine::offered(&mut party, "a1", checks).await;
    assert_eq!(comes(&line).await, [(PICTURE, "a1".into()), (SOUND, "a1".into())]);
    assert!(clerks.phone.lock().unwrap().got.is_empty());
    // And when it reports, the clerk sees it, and a witness does not
    let check = json!({"failed": ["no-camera"], "loss_permille": 4, "round_trip_ms": 61, "jitter_ms": 7, "sends_kbps": 40});
    party.does(json!({"equipment": {"report": {"check": check}}})).await;
    let known = |seat: &Seat| seat.view.equipment.of(&"a1".into()).map(|known| known.check.verdict());
    let room = office.room();
    let again = Seat::come(&room, &clerk.key.clone(), None).await;
    assert_eq!(known(&again), Some(Verdict::Usable));
    let other = office.seat("r1").await;
    assert_eq!(known(&other), None);
    // Nothing was recorded
    let folder = office.folder.path().join("recordings").join(&office.hearing);
    assert!(!folder.exists() || std::fs::read_dir(&folder).unwrap().next().is_none());
    drop((line, clerks));
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_session_and_from_the_gallery_no_check_is_opened() {
    let office = Prepared::with(|config| {
        patient(config);
        config.limits.link_checks_max = 1;
    })
    .await;
    let mut seats = office.all_in().await;
    let offer = || Phone::offers("a1", SocketAddr::from(([127, 0, 0, 1], 9)), 1, Instant::now()).1;
    let check = async |seats: &mut std::collections::BTreeMap<&'static str, Seat>, seat: &str| {
        answered(seats.get_mut(seat).unwrap(), |id| checks(id, offer())).await.map(|_| ())
    };
    assert_eq!(check(&mut seats, "a1").await, Ok(()));
    assert_eq!(check(&mut seats, "r1").await, Err("request.too-fast".into()), "no room for another");
    assert_eq!(check(&mut seats, "o1").await, Err("equipment.no-voice".into()));
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    assert_eq!(check(&mut seats, "a1").await, Err("equipment.not-now".into()));
    seats.get_mut("chair").unwrap().does(json!({"phase": {"recess": {}}})).await;
    assert_eq!(check(&mut seats, "a1").await, Ok(()));
    office.server.stop().await;
}
