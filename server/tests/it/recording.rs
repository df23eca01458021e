//! What remains of a hearing's sound and picture: over real sockets, every phone sends all the while and says in which
//! room it believes itself to be.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use procedure::{
    Event, SeatId,
    hearing::recording::{self, Segment},
    wire::Happened,
};
use serde_json::json;
use server::{Site, clock, recording::Shelf};
use sha2::{Digest, Sha256};
use tokio::time::sleep;
use webm_iterable::{
    WebmIterator,
    matroska_spec::{Master, MatroskaSpec},
};

use crate::{
    crash::{free_port, kill},
    link::{Linked, OnLine, patient},
    office::{Prepared, Running, Seat, answer, local},
    phone::{PARTIAL, WHOLE},
};

/// Longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// For so long something is said.
const A_WHILE: Duration = Duration::from_millis(1_300);
/// A segment of these tests, in milliseconds.
const SEGMENT_MS: u64 = 1_000;
const SOUND: u8 = 1;
/// A packet of sound in which there is nothing to hear: it lies where nothing was said.
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];

/// A block of a file: the track, when (in milliseconds since 1970), whose name it says, and what.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) track: u8,
    pub(crate) at_ms: i64,
    whose: String,
    pub(crate) what: String,
}

/// The blocks of a file.
pub(crate) fn read(bytes: &[u8]) -> Vec<Said> {
    let (mut began, mut blocks) = (0, Vec::new());
    for tag in WebmIterator::new(&mut &*bytes, &[MatroskaSpec::Cluster(Master::Start)]) {
        match tag {
            Ok(MatroskaSpec::DateUTC(at)) => began = at / 1_000_000 + 978_307_200_000,
            Ok(MatroskaSpec::Cluster(Master::Full(inside))) => {
                let mut cluster = 0;
                for tag in inside {
                    match tag {
                        MatroskaSpec::Timestamp(at) => cluster = i64::try_from(at).unwrap(),
                        MatroskaSpec::SimpleBlock(block) if block[4..] == SILENCE => {}
                        MatroskaSpec::SimpleBlock(block) => blocks.push(said(&block, began + cluster)),
                        other => panic!("{other:?}"),
                    }
                }
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    blocks
}

fn said(block: &[u8], cluster_ms: i64) -> Said {
    let (track, whole) = (block[0] & 0x7f, block[4] & 1 == 0);
    let head = if track == SOUND {
        0
    } else if whole {
        WHOLE.len()
    } else {
        PARTIAL.len()
    };
    let mut told = block[4 + head..].split(|byte| *byte == 0);
    let mut next = || String::from_utf8(told.next().unwrap_or_default().to_vec()).unwrap();
    let after = i64::from(i16::from_be_bytes([block[1], block[2]]));
    Said { track, at_ms: cluster_ms + after, whose: next(), what: next() }
}

/// Every segment in the log, of each file.
pub(crate) async fn noted(site: &Site, hearing: &str) -> BTreeMap<(SeatId, u32), Vec<Segment>> {
    let mut noted: BTreeMap<_, Vec<Segment>> = BTreeMap::new();
    for entry in site.rooms.ground().log.read(&server::room::stream(hearing), 1).await.unwrap() {
        let happened: Happened = serde_json::from_str(&entry.content).unwrap();
        if let Event::Recording(recording::Event::Recorded { segments }) = happened.event {
            for segment in segments {
                noted.entry((segment.seat.clone(), segment.part)).or_default().push(segment);
            }
        }
    }
    noted
}

/// Waits until all that is in the files is in the log; then every byte of every file has its hash there.
pub(crate) async fn all_is_noted(
    site: &Site,
    hearing: &str,
    folder: &Path,
) -> BTreeMap<(SeatId, u32), Vec<u8>> {
    let patience = Instant::now() + PATIENCE;
    let (files, noted) = loop {
        let files: BTreeMap<_, _> = Shelf::files(folder)
            .unwrap()
            .into_iter()
            .map(|file| ((file.seat, file.part), std::fs::read(file.path).unwrap()))
            .collect();
        let noted = noted(site, hearing).await;
        let bytes = |segments: &Vec<Segment>| segments.iter().map(|segment| segment.bytes).sum::<u64>();
        let told: BTreeMap<_, u64> = noted.iter().map(|(file, segments)| (file, bytes(segments))).collect();
        if !told.is_empty() && files.iter().map(|(file, bytes)| (file, bytes.len() as u64)).eq(told) {
            break (files, noted);
        }
        assert!(Instant::now() < patience, "not all is noted in time");
        sleep(Duration::from_millis(50)).await;
    };
    for (file, bytes) in &files {
        let mut rest = &bytes[..];
        for (segment, number) in noted[file].iter().zip(1..) {
            let (piece, after) = rest.split_at(usize::try_from(segment.bytes).unwrap());
            assert_eq!(segment.sha256, server::token::hex(&Sha256::digest(piece)), "{file:?}");
            assert!(segment.number == number && segment.from <= segment.to, "{segment:?}");
            rest = after;
        }
    }
    files
}

pub(crate) fn everybody_says(court: &Linked, what: &str) {
    for line in court.lines.values() {
        line.phone.lock().unwrap().says = what.into();
    }
}

/// From before the opening into the deliberation, with a recess; everybody says all the while where it takes itself to be.
async fn holds_a_hearing(court: &mut Linked) {
    everybody_says(court, "SECRET-before");
    sleep(A_WHILE).await;
    everybody_says(court, "OPEN-call");
    sleep(Duration::from_millis(300)).await;
    court.does("chair", json!({"phase": {"open": {}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "introduction"}}})).await;
    court.does("chair", json!({"floor": {"give": {"seat": "handler"}}})).await;
    everybody_says(court, "OPEN-case");
    sleep(A_WHILE).await;
    court.does("handler", json!({"statement": {"say": {"text": "案情"}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "statements"}}})).await;
    court.does("chair", json!({"floor": {"give": {"seat": "a1"}}})).await;
    everybody_says(court, "OPEN-statement");
    sleep(A_WHILE).await;
    court.does("chair", json!({"phase": {"recess": {}}})).await;
    everybody_says(court, "SECRET-recess");
    sleep(A_WHILE).await;
    // What is still on its way from a room of its own when the court goes on is not taken for what is said in court.
    court.does("chair", json!({"phase": {"resume": {}}})).await;
    sleep(Duration::from_millis(200)).await;
    everybody_says(court, "OPEN-again");
    sleep(Duration::from_millis(3_000)).await;
    let waived = json!({"phase": {"advance": {"to": "questions", "waive": "演练"}}});
    court.does("chair", waived).await;
    court.does("chair", json!({"phase": {"advance": {"to": "deliberation", "waive": "演练"}}})).await;
    everybody_says(court, "SECRET-deliberation");
    sleep(A_WHILE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_is_what_the_court_heard_and_saw_and_not_a_byte_of_what_was_said_elsewhere() {
    let mut court = Linked::with(|config| {
        patient(config);
        config.limits.recording_segment_ms = SEGMENT_MS;
    })
    .await;
    holds_a_hearing(&mut court).await;
    let folder = court.office.folder.path().join("recordings").join(&court.office.hearing);
    let files = all_is_noted(&court.office.server.site, &court.office.hearing, &folder).await;
    // A part before the recess and one after it, of everybody who takes part.
    let expected: BTreeSet<(SeatId, u32)> = ["a1", "chair", "clerk", "handler", "p1", "p2", "p3", "r1"]
        .into_iter()
        .flat_map(|seat| [(seat.into(), 1), (seat.into(), 2)])
        .collect();
    assert!(files.keys().eq(&expected), "{:?}", files.keys().collect::<Vec<_>>());
    for ((seat, part), bytes) in &files {
        assert!(!bytes.windows(6).any(|six| six == b"SECRET"), "{seat} {part}");
        let blocks = read(bytes);
        assert!(blocks.iter().all(|block| block.whose == seat.0), "{seat} {part}");
        assert!(blocks.is_sorted_by_key(|block| block.at_ms), "{seat} {part}");
        let said =
            |what: &str, track: u8| blocks.iter().filter(|b| b.what == what && b.track == track).count();
        let heard = |what: &str| said(what, SOUND);
        let seen = said(if *part == 1 { "OPEN-statement" } else { "OPEN-again" }, 2);
        assert!(seen > 10, "{seat} {part} is seen: {seen}");
        match (seat.0.as_str(), part) {
            ("chair", 1) => assert!(heard("OPEN-case") > 40 && heard("OPEN-statement") > 40, "{blocks:?}"),
            ("handler", 1) => assert!(heard("OPEN-case") > 40 && heard("OPEN-again") == 0, "{blocks:?}"),
            ("a1", 1) => assert!(heard("OPEN-statement") > 40 && heard("OPEN-case") == 0, "{blocks:?}"),
            ("chair" | "a1", 2) => assert!(heard("OPEN-again") > 20, "{blocks:?}"),
            ("clerk", 1) => assert!(heard("OPEN-case") < 10, "heard at the roll call alone"),
            _ => assert!(blocks.iter().all(|block| block.track != SOUND), "{seat} {part}"),
        }
    }
    // All who take part were told, the gallery was not.
    for (seat, told) in [("r1", 8), ("o1", 0)] {
        let rooms = &court.office.server.site.rooms;
        let view = rooms.seat_view(&court.office.hearing, &seat.into()).await.unwrap();
        let parts = view.get().recording.parts.iter();
        assert_eq!(parts.filter(|known| known.part == 1).count(), told, "{seat}");
    }
    let bytes: u64 = files.values().map(|bytes| bytes.len() as u64).sum();
    assert!(court.office.server.site.gauges.recording_bytes_total.get() == bytes);
    assert_eq!(court.office.server.site.gauges.recording_failed_total.get(), 0);
    court.lines.clear();
    court.office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_speaker_whose_microphone_is_dead_the_court_is_told_and_told_again_when_it_speaks() {
    let office = Prepared::with(|config| {
        patient(config);
        config.limits.recording_alarm_ms = 2_000;
    })
    .await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let line = OnLine::of(seats.get_mut("chair").unwrap(), "chair").await;
    let missed = |view: &procedure::Hearing| view.missed().any(|seat| seat.0 == "chair");
    let chair = |view: &procedure::Hearing| view.recording.parts.iter().any(|part| part.seat.0 == "chair");
    let clerk = seats.get_mut("clerk").unwrap();
    clerk.until_view(chair).await;
    // Whoever is heard for longer than that is not missed.
    sleep(Duration::from_millis(3_000)).await;
    line.phone.lock().unwrap().muted = true;
    let silent = Instant::now();
    let before = clerk.number;
    clerk.until_view(missed).await;
    assert!(silent.elapsed() > Duration::from_millis(1_500), "only now: {} then {}", before, clerk.number);
    assert!(silent.elapsed() < Duration::from_secs(3), "a second above the limit is too late");
    line.phone.lock().unwrap().muted = false;
    clerk.until_view(|view| !missed(view)).await;
    drop(line);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_silence_alone_then_it_is_missed_of_whoever_has_the_floor_and_of_no_chair_who_listens() {
    let office = Prepared::with(|config| {
        patient(config);
        config.limits.recording_silence_ms = 2_000;
    })
    .await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let mut lines = Vec::new();
    for seat in ["chair", "a1"] {
        lines.push(OnLine::of(seats.get_mut(seat).unwrap(), seat).await);
    }
    let says = |line: usize, level| lines[line].phone.lock().unwrap().level = Some(level);
    // The browsers send on, and say that every sample of it is nought.
    says(0, -127);
    says(1, -127);
    for (by, what) in [
        ("chair", json!({"phase": {"advance": {"to": "introduction"}}})),
        ("chair", json!({"floor": {"give": {"seat": "handler"}}})),
        ("handler", json!({"statement": {"say": {"text": "案情"}}})),
        ("chair", json!({"phase": {"advance": {"to": "statements"}}})),
        ("chair", json!({"floor": {"give": {"seat": "a1"}}})),
    ] {
        seats.get_mut(by).unwrap().does(what).await;
    }
    let given = Instant::now();
    let missed = |view: &procedure::Hearing| view.missed().map(|seat| seat.0.clone()).collect::<Vec<_>>();
    let clerk = seats.get_mut("clerk").unwrap();
    clerk.until_view(|view| !missed(view).is_empty()).await;
    let after = given.elapsed();
    assert!(Duration::from_millis(1_500) < after && after < Duration::from_secs(3), "{after:?}");
    // Somebody breathes in the room.
    says(1, -90);
    clerk.until_view(|view| missed(view).is_empty()).await;
    says(1, -127);
    clerk.until_view(|view| missed(view) == ["a1"]).await;
    seats.get_mut("a1").unwrap().does(json!({"floor": {"yield": {}}})).await;
    seats.get_mut("clerk").unwrap().until_view(|view| missed(view).is_empty()).await;
    let mut lost = Vec::new();
    let log = &office.server.site.rooms.ground().log;
    for entry in log.read(&server::room::stream(&office.hearing), 1).await.unwrap() {
        let happened: Happened = serde_json::from_str(&entry.content).unwrap();
        if let Event::Recording(recording::Event::SoundLost { seat }) = happened.event {
            lost.push(seat.0);
        }
    }
    assert_eq!(lost, ["a1", "a1"], "and the chair, who was silent all the time, is not missed");
    drop(lines);
    office.server.stop().await;
}

fn start(data: &Path, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_fengqiao"))
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--media", "127.0.0.1:0"])
        .args(["--recording-segment-ms", "1000", "--lease-ms", "300000", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_records_the_server_loses_less_than_a_second_and_notes_the_rest_when_it_is_back() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let key = seats["chair"].key.clone();
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    let port = free_port();
    let mut running = start(folder.path(), port);
    let room = format!("ws://127.0.0.1:{port}/api/hearings/{hearing}/room");
    let patience = Instant::now() + PATIENCE;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < patience, "the server is there in time");
        sleep(Duration::from_millis(50)).await;
    }
    let mut chair = Seat::come(&room, &key, None).await;
    let line = OnLine::of(&mut chair, "chair").await;
    line.phone.lock().unwrap().says = "OPEN".into();
    // At some moment within a segment and a cluster.
    sleep(Duration::from_millis(4_370)).await;
    kill(&mut running);
    let killed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    drop(line);
    let recordings = folder.path().join("recordings").join(&hearing);
    let bytes = std::fs::read(recordings.join("chair-1.webm")).unwrap();
    for track in [SOUND, 2] {
        let last = read(&bytes).iter().filter(|block| block.track == track).map(|block| block.at_ms).max();
        let lost = i64::try_from(killed).unwrap() - last.expect("something was recorded");
        assert!(lost < 1_000, "{lost} ms of track {track} are lost");
    }
    let mut config = local(&folder);
    patient(&mut config);
    let server = Running::start(config).await;
    let files = all_is_noted(&server.site, &hearing, &recordings).await;
    assert_eq!(files[&("chair".into(), 1)], bytes);
    let last = noted(&server.site, &hearing).await[&("chair".into(), 1)].last().cloned().unwrap();
    assert!(last.to <= clock::now() && last.number > 2, "{last:?}");
    // Whoever comes back is recorded in another part.
    let mut chair =
        Seat::come(&format!("ws://{}/api/hearings/{hearing}/room", server.address), &key, None).await;
    let line = OnLine::of(&mut chair, "chair").await;
    sleep(A_WHILE).await;
    drop(line);
    server.stop().await;
    let again = std::fs::read(recordings.join("chair-2.webm")).unwrap();
    assert!(read(&again).len() > 20);
    assert!(std::fs::read_dir(&recordings).unwrap().count() == 2, "no mark is left");
}

#[tokio::test]
async fn recordings_are_handed_out_to_the_office_and_checked_by_the_sealed_file() {
    let mut office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let folder = office.folder.path().join("recordings").join(&office.hearing);
    std::fs::create_dir_all(&folder).unwrap();
    let bytes = b"a recording of eighteen bytes or so";
    std::fs::write(folder.join("chair-1.webm"), bytes).unwrap();
    let site = office.server.site.clone();
    let hash = |bytes: &[u8]| server::token::hex(&Sha256::digest(bytes));
    let segment = |number: u32, bytes: &[u8]| json!({"seat": "chair", "part": 1, "number": number, "from": 1, "to": 2, "bytes": bytes.len(), "sha256": hash(bytes)});
    let note =
        json!({"recording": {"note": {"segments": [segment(1, &bytes[..10]), segment(2, &bytes[10..])]}}});
    let door = site.rooms.door(&office.hearing).await.unwrap();
    let noting = serde_json::from_value(note).unwrap();
    door.submit("noted".into(), procedure::By::Clock, noting).await.unwrap();
    let clerk = seats["clerk"].key.clone();
    let at = |what: &str| office.server.at(&format!("/api/hearings/{}/recordings{what}", office.hearing));
    let asked = |what: &str, key: &str| reqwest::Client::new().get(at(what)).bearer_auth(key);
    let (status, listed) = answer(asked("", &clerk)).await;
    assert_eq!((status, &listed[0]["noted_bytes"]), (200, &json!(bytes.len())), "{listed}");
    let got = asked("/chair/1", &clerk).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(
        (got.status().as_u16(), &got.headers()["content-type"]),
        (200, &"video/webm".parse().unwrap())
    );
    assert_eq!(got.bytes().await.unwrap(), &bytes[..]);
    let piece = asked("/chair/1", &clerk).header("range", "bytes=2-5").send().await.unwrap();
    assert_eq!((piece.status().as_u16(), piece.bytes().await.unwrap()), (206, bytes[2..6].to_vec().into()));
    for (what, status) in [("/chair/2", 404), ("/clerk/1", 404), ("/..%2F..%2Fchair/1", 404)] {
        assert_eq!(answer(asked(what, &clerk)).await.0, status, "{what}");
    }
    for seat in ["p1", "a1", "o1"] {
        for what in ["", "/chair/1"] {
            let (status, refused) = answer(asked(what, &seats[seat].key)).await;
            assert!(status == 403 && refused["code"].is_string(), "{seat} {what}: {status}");
        }
    }
    drop(door);
    // Another hearing's clerk has nothing to look for here.
    let before = office.another().await;
    let other = office.key("clerk").await;
    let path = office.server.at(&format!("/api/hearings/{before}/recordings"));
    assert_eq!(answer(reqwest::Client::new().get(path).bearer_auth(&other)).await.0, 403);
    office.server.stop().await;
}
