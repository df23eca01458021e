//! Hearing again: the keepers of the file have all of a recording at any place of it, whoever was cut off has what it
//! missed, and what is heard at a moment is what was said at that moment.

use std::time::Duration;

use procedure::{By, Command, hearing::roll};
use reqwest::Client;
use serde_json::{Value, json};
use server::clock;
use tokio::time::sleep;

use crate::{
    link::{Linked, patient},
    office::answer,
    recording::{PATIENCE, everybody_says, read},
};

/// For so long something is said.
const A_WHILE: Duration = Duration::from_millis(2_200);
/// A cluster of a recording: nothing smaller is handed out, in milliseconds.
const CLUSTER_MS: i64 = 500;
/// Sound and record may be so far from each other, in milliseconds.
const APART_MS: i64 = 300;
const SOUND: u8 = 1;

/// The files that a seat is told of, once there are some of the chair with everything in the log.
async fn listed(client: &Client, at: &str, seat: &str, key: &str) -> Vec<Value> {
    let patience = std::time::Instant::now() + PATIENCE;
    loop {
        let (status, listed) = answer(client.get(format!("{at}?seat={seat}")).bearer_auth(key)).await;
        assert_eq!(status, 200, "{listed}");
        let files = listed.as_array().unwrap().clone();
        let whole = |file: &Value| file["seat"] == "chair" && file["bytes"] == file["noted_bytes"];
        if files.iter().any(whole) {
            return files;
        }
        assert!(std::time::Instant::now() < patience, "not in time: {listed}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one hearing, of which everybody hears again what is its own")]
async fn what_is_heard_again_is_what_was_said_and_whoever_was_cut_off_hears_what_it_missed_alone() {
    let mut court = Linked::with(|config| {
        patient(config);
        config.limits.recording_segment_ms = 1_000;
    })
    .await;
    court.does("chair", json!({"phase": {"open": {}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "introduction"}}})).await;
    court.does("chair", json!({"floor": {"give": {"seat": "handler"}}})).await;
    everybody_says(&court, "OPEN-before");
    sleep(A_WHILE).await;
    let site = court.office.server.site.clone();
    let door = site.rooms.door(&court.office.hearing).await.unwrap();
    let from = clock::now();
    let lost = Command::Roll(roll::Command::Lost { seat: "r1".into(), since: from });
    door.submit("lost".into(), By::Clock, lost).await.unwrap();
    // In the same moment the record gets a line and the sound another word.
    everybody_says(&court, "OPEN-missed");
    court.does("handler", json!({"statement": {"say": {"text": "案情"}}})).await;
    sleep(A_WHILE).await;
    let back = Command::Roll(roll::Command::Regained { seat: "r1".into() });
    door.submit("back".into(), By::Clock, back).await.unwrap();
    let to = clock::now();
    sleep(Duration::from_millis(700)).await;
    everybody_says(&court, "OPEN-after");
    sleep(A_WHILE).await;
    court.does("chair", json!({"phase": {"recess": {}}})).await;

    let path = format!("/api/hearings/{}/recordings", court.office.hearing);
    let (at, client) = (court.office.server.at(&path), Client::builder().cookie_store(true).build().unwrap());
    let clerk = court.seats["clerk"].key.clone();
    let files = listed(&client, &at, "clerk", &clerk).await;
    let chair = files.iter().find(|file| file["seat"] == "chair").unwrap();
    // A player asks without the key.
    let file = format!("{at}/chair/1?seat=clerk&playable={}", chair["bytes"]);
    let got = client.get(&file).send().await.unwrap();
    assert_eq!((got.status().as_u16(), &got.headers()["accept-ranges"]), (200, &"bytes".parse().unwrap()));
    let whole = got.bytes().await.unwrap();
    let blocks = read(&whole);
    let first =
        |what: &str| blocks.iter().find(|block| block.what == what && block.track == SOUND).unwrap().at_ms;
    let line = {
        let view = site.rooms.office_view(&court.office.hearing).await.unwrap();
        view.get().record.lines.iter().find(|line| line.text() == Some("案情")).unwrap().at.0
    };
    let apart = first("OPEN-missed") - line;
    assert!(apart.abs() < APART_MS, "sound and record are {apart} ms apart");
    for what in ["OPEN-before", "OPEN-missed", "OPEN-after"] {
        assert!(blocks.iter().any(|block| block.what == what && block.track == 2), "{what} is seen");
    }
    // Any piece of it is that piece.
    for (range, piece) in
        [("bytes=0-9", 0..10), ("bytes=700-", 700..whole.len()), ("bytes=-5", whole.len() - 5..whole.len())]
    {
        let got = client.get(&file).header("range", range).send().await.unwrap();
        assert_eq!(got.status().as_u16(), 206, "{range}");
        let told = format!("bytes {}-{}/{}", piece.start, piece.end - 1, whole.len());
        assert_eq!(got.headers()["content-range"], told);
        assert_eq!(got.bytes().await.unwrap(), whole.slice(piece));
    }
    let odd = client.get(&file).header("range", "pages=1-2").send().await.unwrap();
    assert_eq!((odd.status().as_u16(), odd.bytes().await.unwrap()), (200, whole.clone()));
    let beyond = client.get(&file).header("range", format!("bytes={}-", whole.len())).send().await.unwrap();
    assert_eq!(beyond.status().as_u16(), 416);
    let (status, refused) = answer(client.get(format!("{at}/chair/1?seat=clerk&playable=much"))).await;
    assert_eq!((status, &refused["code"]), (422, &json!("request.unreadable")));

    // Who was there all the time has nothing to make good, and who only watches never has.
    for seat in ["p1", "a1", "o1"] {
        let key = &court.seats[seat].key;
        for address in [&at, &format!("{at}/chair/1?playable=9000")] {
            let (status, _) = answer(Client::new().get(address).bearer_auth(key)).await;
            assert_eq!(status, 403, "{seat} {address}");
        }
    }
    let (missing, key) =
        (Client::builder().cookie_store(true).build().unwrap(), court.seats["r1"].key.clone());
    let told = listed(&missing, &at, "r1", &key).await;
    assert!(told.iter().all(|file| file["part"] == 1), "{told:?}");
    assert_eq!(
        answer(missing.get(format!("{at}/chair/1?seat=r1"))).await.0,
        403,
        "the file itself is the keepers'"
    );
    assert_eq!(answer(missing.get(&file)).await.0, 401, "by the clerk's cookie the clerk alone");
    let file = file.replace("seat=clerk", "seat=r1");
    let got = missing.get(&file).send().await.unwrap();
    let blocks = read(&got.bytes().await.unwrap());
    assert!(blocks.iter().any(|block| block.what == "OPEN-missed" && block.track == SOUND));
    let heard = from.0 - CLUSTER_MS..to.0 + CLUSTER_MS;
    assert!(
        blocks.iter().all(|block| heard.contains(&block.at_ms) && block.what != "OPEN-after"),
        "{blocks:?}"
    );
    drop(door);
    court.lines.clear();
    court.office.server.stop().await;
}
