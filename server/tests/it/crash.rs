//! Whoever got an acknowledgement can rely on it: the server is killed again and again under load, and in the end
//! nothing acknowledged is missing and nothing stands twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use procedure::{
    Hearing,
    hearing::record::Said,
    wire::{FromRoom, ToRoom},
};
use serde_json::json;

use crate::office::{Prepared, Seat};

/// How often the server is killed.
const KILLS: u32 = 12;
/// Notes that the clerk sends between two kills.
const BURST: u32 = 40;
/// Longest wait until a killed server answers again.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn killed_again_and_again_the_server_loses_nothing_acknowledged_and_does_nothing_twice() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    let open = json!({"phase": {"open": {}}});
    seats.get_mut("chair").expect("the chair").does(open).await;
    let clerk = seats.remove("clerk").expect("the clerk");
    let (key, mut view, mut number) = (clerk.key.clone(), clerk.view.clone(), clerk.number);
    drop((clerk, seats));
    let Prepared { folder, server, hearing } = office;
    server.stop().await;

    let port = free_port();
    let room = format!("ws://127.0.0.1:{port}/api/hearings/{hearing}/room");
    let mut acknowledged = BTreeSet::new();
    let mut sent = 0;
    let mut waiting: BTreeMap<String, String> = BTreeMap::new();
    for round in 0..=KILLS {
        let mut running = start(folder.path(), port);
        let mut seat = come_back(&room, &key, number, view).await;
        for (id, text) in &waiting {
            note(&mut seat, id, text).await;
        }
        // The last round only delivers what is outstanding.
        let burst = if round == KILLS { 0 } else { BURST };
        for _ in 0..burst {
            sent += 1;
            let (id, text) = (format!("note-{sent}"), format!("NOTE-{sent:04}"));
            note(&mut seat, &id, &text).await;
            waiting.insert(id, text);
        }
        // Killed after another number of acknowledgements each time, so at another point of the work.
        let target = if round == KILLS { waiting.len() } else { (round as usize * 7) % BURST as usize };
        let mut heard = 0;
        while heard < target {
            match seat.next().await.expect("still connected") {
                FromRoom::Ack { id } => {
                    acknowledged.insert(waiting.remove(&id.0).expect("acknowledged what was sent"));
                    heard += 1;
                }
                FromRoom::Refused { id, refusal } => panic!("{id} was refused: {refusal:?}"),
                _ => {}
            }
        }
        (view, number) = (seat.view.clone(), seat.number);
        kill(&mut running);
    }

    let mut running = start(folder.path(), port);
    let seat = come_back(&room, &key, 0, Hearing::default()).await;
    let mut written: BTreeMap<String, u32> = BTreeMap::new();
    for line in &seat.view.record.lines {
        if let Said::Note(text) = &line.said {
            *written.entry(text.clone()).or_default() += 1;
        }
    }
    kill(&mut running);
    assert_eq!(acknowledged.len(), sent as usize, "everything was acknowledged in the end");
    let missing: Vec<_> = acknowledged.iter().filter(|text| !written.contains_key(*text)).collect();
    assert!(missing.is_empty(), "acknowledged and lost: {missing:?}");
    let twice: Vec<_> = written.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "done twice: {twice:?}");
}

async fn note(seat: &mut Seat, id: &str, text: &str) {
    let command = json!({"command": {"id": id, "command": {"statement": {"record": {"text": text}}}}});
    let _: ToRoom = serde_json::from_value(command.clone()).expect("a message of the protocol");
    seat.send_text(command.to_string()).await;
}

fn start(data: &Path, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_fengqiao"))
        .args([
            "serve",
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--frames-per-second",
            "1000",
            "--frames-burst",
            "2000",
            "--data",
        ])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts")
}

/// `kill -9`: no goodbye, no flush.
pub(crate) fn kill(running: &mut Child) {
    running.kill().expect("killed");
    running.wait().expect("gone");
}

/// Connects as soon as the server answers, and takes up where it was.
async fn come_back(room: &str, key: &str, number: u64, view: Hearing) -> Seat {
    let since = Instant::now();
    while tokio_tungstenite::connect_async(room).await.is_err() {
        assert!(since.elapsed() < PATIENCE, "the server does not come back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let after = (number > 0).then_some(number);
    Seat::come_as(room, key, after, false, view).await
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
        .port()
}
