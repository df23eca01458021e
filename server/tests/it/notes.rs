//! What the log says of a recording when something goes wrong on the way: one seat's trouble is nobody else's, a seal waits
//! for the last of it, and a disk that takes nothing is told as such.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use procedure::{By, SeatId};
use serde_json::{Value, json};
use server::{Site, recording::Shelf};
use sha2::{Digest, Sha256};
use tokio::time::sleep;

use crate::{
    link::{OnLine, patient},
    office::{Prepared, Running, local},
    read_along::hear_out,
    recording::{all_is_noted, noted},
};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

fn folder(office: &Prepared) -> PathBuf {
    office.folder.path().join("recordings").join(&office.hearing)
}

/// Waits until so many bytes of a seat's first part are on disk.
async fn is_recorded(folder: &std::path::Path, seat: &str, bytes: u64) {
    let patience = Instant::now() + PATIENCE;
    while std::fs::metadata(folder.join(format!("{seat}-1.webm"))).map_or(0, |about| about.len()) < bytes {
        assert!(Instant::now() < patience, "{seat} is recorded in time");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn notes(site: &Site, hearing: &str, segment: Value) {
    let note = json!({"recording": {"note": {"segments": [segment]}}});
    let door = site.rooms.door(hearing).await.unwrap();
    let id = procedure::Id(uuid::Uuid::now_v7().to_string());
    door.submit(id, By::Clock, serde_json::from_value(note).unwrap()).await.unwrap();
}

fn segment(seat: &str, part: u32, bytes: u64) -> Value {
    json!({"seat": seat, "part": part, "number": 1, "from": 1, "to": 2, "bytes": bytes, "sha256": "0a".repeat(32)})
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_seal_right_after_the_close_then_every_byte_of_the_recording_is_in_the_log_before_it() {
    let office = Prepared::with(|config| {
        patient(config);
        // Nothing is noted before the court rises.
        config.limits.recording_segment_ms = 600_000;
    })
    .await;
    let (mut lines, recordings) = (Vec::new(), folder(&office));
    let mut seats = hear_out(&office, &[], async |seats| {
        for name in ["chair", "p1"] {
            lines.push(OnLine::of(seats.get_mut(name).unwrap(), name).await);
        }
        is_recorded(&recordings, "chair", 4_000).await;
        is_recorded(&recordings, "p1", 4_000).await;
    })
    .await;
    seats.get_mut("clerk").unwrap().does(json!({"record": {"seal": {}}})).await;
    let told = noted(&office.server.site, &office.hearing).await;
    let files = Shelf::files(&recordings).unwrap();
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        let segments = told.get(&(file.seat.clone(), file.part)).map(Vec::as_slice).unwrap_or_default();
        assert_eq!(segments.iter().map(|segment| segment.bytes).sum::<u64>(), file.bytes, "{}", file.seat);
    }
    assert_eq!(office.server.site.gauges.recording_failed_total.get(), 0);
    drop(lines);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_note_that_does_not_follow_then_what_follows_is_noted_and_nobody_elses_is_lost() {
    let office = Prepared::with(|config| {
        patient(config);
        config.limits.recording_segment_ms = 1_000;
    })
    .await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let (site, hearing, recordings) = (office.server.site.clone(), office.hearing.clone(), folder(&office));
    // What the log has of the chair is ten bytes ahead; of the handler it has a part that is yet to come.
    notes(&site, &hearing, segment("chair", 1, 10)).await;
    notes(&site, &hearing, segment("handler", 7, 10)).await;
    let mut lines = Vec::new();
    for name in ["chair", "handler", "p1"] {
        lines.push(OnLine::of(seats.get_mut(name).unwrap(), name).await);
    }
    is_recorded(&recordings, "p1", 2_000).await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"recess": {}}})).await;
    let bytes = |seat: &str| std::fs::read(recordings.join(format!("{seat}-1.webm"))).unwrap();
    let patience = Instant::now() + PATIENCE;
    let told = loop {
        let told = noted(&site, &hearing).await;
        let whole = |seat: &str| {
            let segments = told.get(&(SeatId::from(seat), 1)).map(Vec::as_slice).unwrap_or_default();
            segments.iter().map(|segment| segment.bytes).sum::<u64>() == bytes(seat).len() as u64
        };
        if whole("chair") && whole("p1") {
            break told;
        }
        assert!(Instant::now() < patience, "the others are noted in time");
        sleep(Duration::from_millis(50)).await;
    };
    let (chair, mut at) = (bytes("chair"), 10);
    for segment in &told[&("chair".into(), 1)][1..] {
        let end = at + usize::try_from(segment.bytes).unwrap();
        assert_eq!(segment.sha256, server::token::hex(&Sha256::digest(&chair[at..end])));
        at = end;
    }
    assert!(!told.contains_key(&("handler".into(), 1)), "the rules do not allow it");
    assert!(site.gauges.recording_failed_total.get() > 0, "and that is counted");
    let marked = || {
        let names = std::fs::read_dir(&recordings).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with("open-")).count()
    };
    assert_eq!(marked(), 1, "the mark stays: it is tried again when the server starts");
    drop(lines);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_recordings_and_logs_that_cannot_be_read_the_server_starts_and_notes_the_others() {
    let mut office = Prepared::with(|config| {
        patient(config);
        config.limits.recording_segment_ms = 600_000;
    })
    .await;
    let broken = office.another().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let line = OnLine::of(seats.get_mut("chair").unwrap(), "chair").await;
    let recordings = folder(&office);
    is_recorded(&recordings, "chair", 4_000).await;
    drop((line, seats));
    let spoilt = sqlx::query("UPDATE log SET content = 'spoilt' WHERE stream = $1");
    let stream = server::room::stream(&broken);
    let spoilt = spoilt.bind(stream).execute(&office.server.site.database.pool).await.unwrap();
    assert!(spoilt.rows_affected() > 0);
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    let bytes = std::fs::read(recordings.join("chair-1.webm")).unwrap();
    // As if the server had been killed in a sitting after that: with files that nobody can read, too.
    let all = folder.path().join("recordings");
    std::fs::write(all.join(&hearing).join("chair-2.webm"), &bytes).unwrap();
    std::fs::write(all.join(&hearing).join("open-again"), []).unwrap();
    std::fs::create_dir(all.join(&hearing).join("clerk-1.webm")).unwrap();
    for damaged in [broken.as_str(), "of-no-hearing"] {
        std::fs::create_dir(all.join(damaged)).unwrap();
        std::fs::write(all.join(damaged).join("open-x"), []).unwrap();
        std::fs::write(all.join(damaged).join("chair-1.webm"), b"nothing").unwrap();
    }
    let mut config = local(&folder);
    patient(&mut config);
    let server = Running::start(config).await;
    let told = noted(&server.site, &hearing).await;
    let of = |part| told.get(&(SeatId::from("chair"), part)).map_or(0, |segments| segments[0].bytes);
    assert_eq!((of(1), of(2)), (bytes.len() as u64, bytes.len() as u64));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_disk_that_takes_nothing_those_who_lead_are_told_nobody_is_blamed_and_it_goes_on_by_itself() {
    let office = Prepared::with(|config| {
        patient(config);
        (config.limits.recording_segment_ms, config.limits.recording_alarm_ms) = (1_000, 1_600);
    })
    .await;
    let recordings = folder(&office);
    std::fs::create_dir_all(recordings.parent().unwrap()).unwrap();
    // Where the folder of the hearing should be there is something else.
    std::fs::write(&recordings, b"in the way").unwrap();
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let line = OnLine::of(seats.get_mut("chair").unwrap(), "chair").await;
    let clerk = seats.get_mut("clerk").unwrap();
    clerk.until_view(|view| view.stalled().is_some()).await;
    let asked = || line.phone.lock().unwrap().asked;
    let before = asked();
    // Long enough for the microphone to be missed, and for two tries in vain.
    sleep(Duration::from_millis(7_000)).await;
    assert!(asked() - before <= 4, "no storm of requests for pictures: {}", asked() - before);
    std::fs::remove_file(&recordings).unwrap();
    clerk.until_view(|view| view.stalled().is_none()).await;
    assert_eq!(clerk.view.missed().next(), None);
    assert!(!clerk.received.contains("sound-lost"), "it was nobody's microphone");
    assert!(clerk.received.contains("resumed"));
    seats.get_mut("chair").unwrap().does(json!({"phase": {"recess": {}}})).await;
    let files = all_is_noted(&office.server.site, &office.hearing, &recordings).await;
    assert!(files.contains_key(&("chair".into(), 1)));
    drop(line);
    office.server.stop().await;
}
