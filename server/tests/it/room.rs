//! The room with real sockets: each sees its own, in order, once, and again after a loss or a restart.

use procedure::{
    hearing::{phase::Phase, roll::Standing},
    wire::{FromRoom, ToRoom, close},
};
use serde_json::json;

use crate::office::{Answer, Prepared, Running, Seat, Staff, local, registration};

/// More than the buffers of a connection can take, in bytes; a resumed seat can still get it in one message.
const NO_BUFFER_HOLDS: usize = 12_000_000;

#[tokio::test]
async fn a_hearing_opens_and_each_seat_sees_its_own() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    for (name, seat) in &mut seats {
        seat.until_view(|view| view.phase.current == Phase::RollCall).await;
        let whole = Seat::come(&office.room(), &seat.key, None).await;
        assert_eq!(whole.view, seat.view, "{name}: what was sent live adds up to the whole view");
        assert_eq!(whole.number, seat.number, "{name}");
        let told = seat.received.contains("SECRET-PROPOSAL");
        assert_eq!(told, matches!(*name, "chair" | "handler" | "clerk" | "p1" | "p2" | "p3"), "{name}");
    }
    office.server.stop().await;
}

#[tokio::test]
async fn a_command_sent_twice_is_done_once_and_another_seat_cannot_use_its_id() {
    let office = Prepared::new().await;
    let mut chair = office.seat("chair").await;
    let arrive = json!({"roll": {"arrive": {}}});
    assert_eq!(chair.asks_as("same", arrive.clone()).await, Answer::Done);
    let number = chair.number;
    assert_eq!(chair.asks_as("same", arrive.clone()).await, Answer::Done);
    assert_eq!(chair.number, number, "nothing more happened");
    let mut clerk = office.seat("clerk").await;
    assert_eq!(clerk.asks_as("same", arrive).await, Answer::Refused("command.id-taken".into()));
    office.server.stop().await;
}

#[tokio::test]
async fn a_refusal_carries_its_code_and_changes_nothing() {
    let office = Prepared::new().await;
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let before = clerk.view.clone();
    assert_eq!(clerk.asks(json!({"phase": {"open": {}}})).await, Answer::Refused("seat.chair-only".into()));
    assert_eq!(clerk.view, before);
    office.server.stop().await;
}

#[tokio::test]
async fn whoever_was_away_resumes_by_number_with_what_was_missed() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    let mut panellist = seats.remove("p1").unwrap();
    panellist.until_view(|view| view.roll.is_present(&"r1".into())).await;
    let (key, number, view) = (panellist.key.clone(), panellist.number, panellist.view.clone());
    drop(panellist);
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let mut back = Seat::come_as(&office.room(), &key, Some(number), false, view).await;
    assert!(!back.received.contains("\"snapshot\""), "only what was missed");
    back.until_view(|view| view.phase.current == Phase::RollCall).await;
    let whole = Seat::come(&office.room(), &key, None).await;
    assert_eq!(whole.view, back.view);
    let ahead = Seat::come(&office.room(), &key, Some(number + 1000)).await;
    assert_eq!(ahead.view, whole.view, "a number from nowhere gets the whole view");
    office.server.stop().await;
}

#[tokio::test]
async fn after_a_restart_everybody_resumes_with_the_same_numbers() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    for seat in seats.values_mut() {
        seat.until_view(|view| view.phase.current == Phase::RollCall).await;
    }
    let Prepared { folder, server, hearing } = office;
    let stopped = tokio::spawn(server.stop());
    for seat in seats.values_mut() {
        assert_eq!(seat.closed().await, close::STOPPING);
    }
    stopped.await.unwrap();
    let server = Running::start(local(&folder)).await;
    let office = Prepared { folder, server, hearing };
    let mut all = std::collections::BTreeMap::new();
    for (name, seat) in seats {
        let back =
            Seat::come_as(&office.room(), &seat.key, Some(seat.number), false, seat.view.clone()).await;
        all.insert(name, (seat, back));
    }
    for (name, (seat, mut back)) in all {
        let whole = Seat::come_as(&office.room(), &seat.key, None, true, procedure::Hearing::default()).await;
        back.until_number(whole.number).await;
        assert_eq!(back.view, whole.view, "{name}");
        assert!(!back.received.contains("\"snapshot\""), "{name}");
        assert!(
            back.view.record.lines.starts_with(&seat.view.record.lines),
            "{name}: nothing shown was lost"
        );
    }
    office.server.stop().await;
}

#[tokio::test]
async fn of_two_windows_one_acts_and_the_other_can_take_over() {
    let office = Prepared::new().await;
    let mut first = office.seat("chair").await;
    let key = first.key.clone();
    let mut second = Seat::come(&office.room(), &key, None).await;
    first.until(|message| matches!(message, FromRoom::Passive {})).await;
    let arrive = json!({"roll": {"arrive": {}}});
    assert_eq!(first.asks(arrive.clone()).await, Answer::Refused("room.passive".into()));
    first.send(&ToRoom::Take {}).await;
    first.until(|message| matches!(message, FromRoom::Active {})).await;
    second.until(|message| matches!(message, FromRoom::Passive {})).await;
    first.does(arrive).await;
    second.until_view(|view| view.roll.is_present(&"chair".into())).await;
    let passive = Seat::come_as(&office.room(), &key, None, true, second.view.clone()).await;
    assert_eq!(passive.view, first.view);
    office.server.stop().await;
}

#[tokio::test]
async fn a_seat_that_falls_silent_is_lost_on_the_record_and_found_again() {
    let office =
        Prepared::with(|config| (config.limits.lease_ms, config.limits.ping_every_ms) = (400, 100)).await;
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let mut chair = office.seat("chair").await;
    chair.does(json!({"roll": {"arrive": {}}})).await;
    let key = chair.key.clone();
    drop(chair);
    clerk.until_view(|view| view.roll.is_lost(&"chair".into())).await;
    let _back = Seat::come(&office.room(), &key, None).await;
    clerk.until_view(|view| !view.roll.is_lost(&"chair".into())).await;
    assert!(clerk.view.roll.entries[&"chair".into()].missed_ms > 0);
    office.server.stop().await;
}

#[tokio::test]
async fn whoever_reads_nothing_and_answers_no_ping_loses_its_lease() {
    let office =
        Prepared::with(|config| (config.limits.lease_ms, config.limits.ping_every_ms) = (300, 100)).await;
    let mut seat = office.seat("a1").await;
    let code = loop {
        use futures_util::StreamExt;
        if let Some(Ok(tokio_tungstenite::tungstenite::Message::Close(frame))) = seat.socket.next().await {
            break frame.map_or(0, |frame| u16::from(frame.code));
        }
    };
    assert_eq!(code, close::LEASE_LOST);
    office.server.stop().await;
}

#[tokio::test]
async fn whoever_reads_too_slowly_is_cut_and_resumes_by_number_and_the_others_do_not_wait() {
    let office = Prepared::with(|config| {
        config.limits.outbox_frames_max = 8;
        // However long it takes on a busy machine, nobody here is taken for lost.
        config.limits.lease_ms = 600_000;
        config.limits.room_idle_ms = 700_000;
        (config.limits.frames_per_second, config.limits.frames_burst) = (100_000, 100_000);
    })
    .await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    // Of all who are in, the clerk alone stays: whoever else did not read would be cut as well.
    let mut clerk = seats.remove("clerk").unwrap();
    let key = seats["a1"].key.clone();
    drop(seats);
    crate::office::until(|| office.server.site.gauges.connections.get() == 1).await;
    // A connection that takes in little and is not read.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(office.server.address.parse().unwrap()).await.unwrap();
    let stream = tokio_tungstenite::MaybeTlsStream::Plain(stream);
    let (socket, _) = tokio_tungstenite::client_async(office.room(), stream).await.unwrap();
    let mut slow = Seat::greet(socket, &key, None, true, procedure::Hearing::default()).await.unwrap();
    let note = json!({"statement": {"record": {"text": "长".repeat(10_000)}}});
    // A note goes to both and its acknowledgement to the clerk, until the slow one takes no more.
    let messages = || office.server.site.gauges.frames_out_total.get();
    let (mut sent, mut taken) = (0, 3);
    while taken == 3 {
        sent += note.to_string().len();
        assert!(sent < NO_BUFFER_HOLDS, "never cut");
        let before = messages();
        clerk.does(note.clone()).await;
        taken = messages() - before;
    }
    assert_eq!(taken, 2, "the others go on");
    let cut = format!("fengqiao_closed_total{{code=\"{}\"}} 1\n", close::TOO_SLOW);
    crate::office::until(|| office.server.site.gauges.text().contains(&cut)).await;
    // What had been handed to the network arrives; then the connection is gone.
    slow.closed().await;
    assert!(slow.view.record.lines.len() < clerk.view.record.lines.len(), "something was missed");
    let back = Seat::come_as(&office.room(), &key, Some(slow.number), true, slow.view).await;
    assert!(!back.received.contains("\"snapshot\""), "only what was missed");
    assert_eq!(back.view.record.lines, clerk.view.record.lines);
    office.server.stop().await;
}

#[tokio::test]
async fn when_the_disk_fails_nothing_is_acknowledged_and_nothing_is_lost() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let clerk = seats.get_mut("clerk").unwrap();
    clerk.until_view(|view| view.phase.current == Phase::RollCall).await;
    let note =
        json!({"command": {"id": "n1", "command": {"statement": {"record": {"text": "一"}}}}}).to_string();
    let database = &office.server.site.database.pool;
    for (broken, mended) in [
        // The log can be read, but not written.
        (
            "CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END",
            "DROP TRIGGER full",
        ),
        // The log can be neither read nor written.
        ("ALTER TABLE log RENAME TO away", "ALTER TABLE away RENAME TO log"),
    ] {
        sqlx::query(broken).execute(database).await.unwrap();
        clerk.send_text(note.clone()).await;
        let code = loop {
            match clerk.next().await {
                Ok(FromRoom::Ack { .. }) => panic!("acknowledged"),
                Ok(_) => {}
                Err(code) => break code,
            }
        };
        assert_eq!(code, close::STOPPING, "come back later");
        sqlx::query(mended).execute(database).await.unwrap();
        let view = clerk.view.clone();
        *clerk = Seat::come_as(&office.room(), &clerk.key, Some(clerk.number), false, view).await;
        assert!(!clerk.received.contains("\"snapshot\""), "what was shown had been written");
    }
    for _ in 0..2 {
        assert_eq!(clerk.asks_as("n1", json!({"statement": {"record": {"text": "一"}}})).await, Answer::Done);
    }
    let notes = clerk.view.record.lines.iter().filter(|line| line.text() == Some("一"));
    assert_eq!(notes.count(), 1);
    office.server.stop().await;
}

#[tokio::test]
async fn a_hearing_that_nobody_attends_leaves_memory_and_is_woken_as_it_was() {
    let office = Prepared::with(|config| {
        (config.limits.ping_every_ms, config.limits.lease_ms, config.limits.room_idle_ms) = (100, 400, 1000);
    })
    .await;
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let rooms = || office.server.site.gauges.rooms.get();
    assert_eq!(rooms(), 1);
    for _ in 0..3 {
        let (key, number, view) = (clerk.key.clone(), clerk.number, clerk.view.clone());
        drop(clerk);
        crate::office::until(|| rooms() == 0).await;
        clerk = Seat::come_as(&office.room(), &key, Some(number), false, view).await;
        assert_eq!(rooms(), 1);
        // Lost when it had gone, found when it came; of its sleep the hearing says nothing.
        clerk.until_number(number + 2).await;
        let whole = Seat::come_as(&office.room(), &key, None, true, procedure::Hearing::default()).await;
        assert_eq!((whole.number, &whole.view), (number + 2, &clerk.view));
        assert!(!clerk.received.contains("\"snapshot\""));
    }
    office.server.stop().await;
}

#[tokio::test]
async fn outside_the_door_a_seat_sees_its_own_standing_only() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    let mut observer = office.seat("o1").await;
    observer.until_view(|view| view.roll.standing(&"o1".into()) == Standing::Present).await;
    observer.does(json!({"roll": {"leave": {}}})).await;
    observer.until_view(|view| view.roll.standing(&"o1".into()) == Standing::Left).await;
    assert_eq!(observer.view.roll.entries.len(), 1, "{:?}", observer.view.roll);
    assert!(observer.view.plan.issues.is_empty());
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let again = Seat::come(&office.room(), &observer.key, Some(observer.number)).await;
    assert_eq!(again.number, observer.number, "nothing of the hearing reached it");
    office.server.stop().await;
}

#[tokio::test]
async fn a_turn_ends_by_itself() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    let chair = seats.get_mut("chair").unwrap();
    chair.does(json!({"phase": {"open": {}}})).await;
    chair.does(json!({"phase": {"advance": {"to": "introduction"}}})).await;
    chair.does(json!({"floor": {"give": {"seat": "handler", "seconds": 1}}})).await;
    let holds = |view: &procedure::Hearing| view.floor.runs_out().is_some();
    assert!(holds(&chair.view));
    chair.until_view(|view| !holds(view)).await;
    office.server.stop().await;
}

#[tokio::test]
async fn a_registration_sent_twice_under_one_id_makes_one_hearing() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let mut asked = registration();
    asked["id"] = json!(uuid::Uuid::now_v7().to_string());
    for _ in 0..2 {
        let (status, body) = handler.post("/api/hearings", asked.clone()).await;
        assert_eq!((status, &body["id"]), (201, &asked["id"]), "{body}");
    }
    assert_eq!(handler.get("/api/hearings").await.1.as_array().unwrap().len(), 2, "and the one before");
    // Another post cannot use the id, and the hearing that there is stays as it is and awake.
    let mut clerk = office.seat("clerk").await;
    let chief = Staff::sign_in(&office.server, "chief").await;
    asked["id"] = json!(office.hearing);
    let (status, body) = chief.post("/api/hearings", asked.clone()).await;
    assert_eq!((status, &body["code"]), (409, &json!("command.id-taken")), "{body}");
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    assert_eq!(office.seat("clerk").await.view, clerk.view, "one room");
    asked["id"] = json!("../data");
    assert_eq!(handler.post("/api/hearings", asked).await.1["code"], "command.bad-id");
    office.server.stop().await;
}
