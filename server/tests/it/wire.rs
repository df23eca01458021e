//! Frames that should not be: malformed, oversized, too many, replayed, forged, with wrong keys, from wrong places.

use procedure::wire::{VERSION, close};
use serde_json::json;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::office::{Answer, Prepared, Seat, Staff};

/// What the server says to a first frame.
async fn greeted(office: &Prepared, first: Message) -> u16 {
    use futures_util::{SinkExt, StreamExt};
    let (mut socket, _) = connect_async(office.room()).await.expect("a connection");
    let _ = socket.send(first).await;
    loop {
        match socket.next().await {
            Some(Ok(Message::Close(frame))) => return frame.map_or(0, |frame| frame.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return 0,
        }
    }
}

fn hello(version: u32, key: &str) -> Message {
    Message::text(
        json!({"hello": {"version": version, "key": key, "after": null, "passive": false}}).to_string(),
    )
}

#[tokio::test]
async fn a_connection_without_a_proper_hello_is_closed_with_its_code() {
    let office = Prepared::with(|config| config.limits.hello_timeout_ms = 200).await;
    let key = office.key("a1").await;
    assert_eq!(greeted(&office, Message::text("{")).await, close::BAD_FRAME);
    assert_eq!(greeted(&office, Message::binary(vec![1, 2, 3])).await, close::BAD_FRAME);
    assert_eq!(greeted(&office, Message::text(r#"{"take":{}}"#)).await, close::BAD_FRAME);
    assert_eq!(greeted(&office, hello(VERSION + 1, &key)).await, close::WRONG_VERSION);
    let newer = json!({"hello": {"version": VERSION + 1, "key": key, "voice": {"codec": "opus"}}});
    assert_eq!(greeted(&office, Message::text(newer.to_string())).await, close::WRONG_VERSION);
    let odd = json!({"hello": {"version": VERSION, "key": key, "voice": {"codec": "opus"}}});
    assert_eq!(greeted(&office, Message::text(odd.to_string())).await, close::BAD_FRAME);
    assert_eq!(greeted(&office, hello(VERSION, "wrong")).await, close::NOT_AUTHORISED);
    assert_eq!(greeted(&office, Message::Ping(Vec::new().into())).await, close::BAD_FRAME);
    assert_eq!(greeted(&office, Message::text("x".repeat(100_000))).await, close::TOO_LARGE);
    use futures_util::StreamExt;
    let (mut silent, _) = connect_async(office.room()).await.unwrap();
    let Some(Ok(Message::Close(Some(frame)))) = silent.next().await else { panic!("closed") };
    assert_eq!(u16::from(frame.code), close::HELLO_TIMEOUT);
    office.server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_our_own_words() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let of = |what: &str| format!("/api/hearings/{}/{what}", office.hearing);
    for (path, status, code) in [
        (of("room"), 426, "request.not-upgraded"),
        (of("file?x=1"), 422, "request.unreadable"),
        ("/api/hearings/%ff/outline".into(), 422, "request.unreadable"),
    ] {
        let (told, refusal) = handler.get(&path).await;
        assert_eq!((told, &refusal["code"]), (status, &json!(code)), "{path}: {refusal}");
        assert!(refusal["zh"].is_string() && refusal["en"].is_string(), "{path}: {refusal}");
    }
    office.server.stop().await;
}

#[tokio::test]
async fn a_key_of_one_hearing_opens_no_other() {
    let (office, other) = (Prepared::new().await, Prepared::new().await);
    let key = office.key("chair").await;
    assert_eq!(greeted(&other, hello(VERSION, &key)).await, close::NOT_AUTHORISED);
    office.server.stop().await;
    other.server.stop().await;
}

#[tokio::test]
async fn frames_that_are_no_messages_close_the_connection_and_change_nothing() {
    let office = Prepared::new().await;
    let mut clerk = office.seat("clerk").await;
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    let before = clerk.view.clone();
    for (frame, code) in [
        ("null".to_string(), close::BAD_FRAME),
        (r#"{"command":{"id":"x"}}"#.to_string(), close::BAD_FRAME),
        (r#"{"command":{"id":"x","command":{"roll":{"fly":{}}}}}"#.to_string(), close::BAD_FRAME),
        (
            r#"{"command":{"id":"x","by":{"seat":"chair"},"command":{"roll":{"arrive":{}}}}}"#.to_string(),
            close::BAD_FRAME,
        ),
        (r#"{"pong":{}}{"pong":{}}"#.to_string(), close::BAD_FRAME),
        (format!("{}{}", "[".repeat(5000), "]".repeat(5000)), close::BAD_FRAME),
        (format!(r#"{{"pong":{{"x":"{}"}}}}"#, "y".repeat(70_000)), close::TOO_LARGE),
    ] {
        let mut seat = Seat::come(&office.room(), &office.key("a1").await, None).await;
        seat.send_text(frame).await;
        assert_eq!(seat.closed().await, code);
    }
    let mut seat = Seat::come(&office.room(), &office.key("a1").await, None).await;
    let hello = json!({"hello": {"version": VERSION, "key": "again"}}).to_string();
    seat.send_text(hello).await;
    assert_eq!(seat.closed().await, close::BAD_FRAME, "a second hello");
    let whole = Seat::come(&office.room(), &clerk.key, None).await;
    assert_eq!(whole.view, before, "nothing changed");
    office.server.stop().await;
}

#[tokio::test]
async fn a_command_of_the_clock_or_the_office_cannot_be_forged_by_a_seat() {
    let office = Prepared::new().await;
    let mut seat = office.seat("a1").await;
    for command in [
        json!({"phase": {"tick": {}}}),
        json!({"roll": {"lost": {"seat": "chair", "since": 0}}}),
        json!({"roll": {"regained": {"seat": "chair"}}}),
        json!({"plan": {"approve": {}}}),
        json!({"decision": {"consent": {"reason": "伪造"}}}),
        json!({"record": {"seal": {}}}),
    ] {
        let answer = seat.asks(command.clone()).await;
        assert!(matches!(answer, Answer::Refused(_)), "{command}: {answer:?}");
    }
    assert_eq!(
        seat.asks_as("bad id", json!({"roll": {"arrive": {}}})).await,
        Answer::Refused("command.bad-id".into())
    );
    office.server.stop().await;
}

#[tokio::test]
async fn a_key_that_was_replaced_or_revoked_opens_nothing() {
    let office = Prepared::new().await;
    let old = office.key("a1").await;
    let new = office.key("a1").await;
    assert_eq!(greeted(&office, hello(VERSION, &old)).await, close::NOT_AUTHORISED);
    Seat::come(&office.room(), &new, None).await;
    office.server.site.invitations.revoke(&office.hearing, &"a1".into()).await.unwrap();
    assert_eq!(greeted(&office, hello(VERSION, &new)).await, close::NOT_AUTHORISED);
    office.server.stop().await;
}

#[tokio::test]
async fn commands_in_the_wrong_order_are_refused_each_with_its_reason_and_change_nothing() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    let mut tries = 0;
    for (name, command, code) in [
        ("a1", json!({"statement": {"say": {"text": "x"}}}), "phase.not-open"),
        ("p1", json!({"question": {"ask": {"to": "a1", "text": "x"}}}), "phase.not-open"),
        ("a1", json!({"question": {"answer": {"of": "none", "text": "x"}}}), "phase.not-open"),
        ("p1", json!({"deliberation": {"discuss": {"text": "x"}}}), "phase.not-open"),
        ("p1", json!({"opinion": {"deliver": {"text": "x"}}}), "phase.not-open"),
        ("chair", json!({"phase": {"advance": {"to": "questions"}}}), "phase.not-open"),
        ("chair", json!({"exhibit": {"show": {"of": "none"}}}), "phase.not-open"),
        ("chair", json!({"phase": {"resume": {}}}), "phase.not-open"),
        ("clerk", json!({"record": {"seal": {}}}), "record.not-closed"),
        ("a1", json!({"record": {"refuse-to-sign": {"reason": "x"}}}), "phase.not-open"),
        ("a1", json!({"phase": {"open": {}}}), "seat.chair-only"),
        ("o1", json!({"roll": {"admit": {"seat": "a1"}}}), "seat.clerk-or-chair-only"),
    ] {
        let seat = seats.get_mut(name).unwrap();
        assert_eq!(seat.asks(command.clone()).await, Answer::Refused(code.into()), "{name}: {command}");
        tries += 1;
    }
    for (name, seat) in &seats {
        let whole = Seat::come(&office.room(), &seat.key, None).await;
        let caught =
            Seat::come_as(&office.room(), &seat.key, Some(seat.number), true, seat.view.clone()).await;
        assert_eq!((whole.number, whole.view), (caught.number, caught.view), "{name}");
    }
    let counted = office.server.site.gauges.commands_refused_total.get();
    assert_eq!(counted, tries, "and each was counted");
    office.server.stop().await;
}

#[tokio::test]
async fn a_whole_session_replayed_does_nothing_again_also_after_a_restart() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let session = [
        ("n1", json!({"statement": {"record": {"text": "一"}}})),
        ("n2", json!({"statement": {"record": {"text": "二"}}})),
        ("n3", json!({"phase": {"open": {}}})),
    ];
    let clerk = seats.get_mut("clerk").unwrap();
    let mut answers = Vec::new();
    for (id, command) in &session {
        answers.push(clerk.asks_as(id, command.clone()).await);
    }
    assert_eq!(answers[..2], [Answer::Done, Answer::Done]);
    let (key, number, view) = (clerk.key.clone(), clerk.number, clerk.view.clone());
    drop(seats);
    let Prepared { folder, server, hearing } = office;
    server.stop().await;
    let server = crate::office::Running::start(crate::office::local(&folder)).await;
    let office = Prepared { folder, server, hearing };
    for _ in 0..2 {
        let mut again = Seat::come_as(&office.room(), &key, Some(number), false, view.clone()).await;
        again.until_view(|view| !view.roll.is_lost(&"clerk".into())).await;
        let before_that = (again.number, again.view.record.clone());
        for ((id, command), before) in session.iter().zip(&answers) {
            assert_eq!(again.asks_as(id, command.clone()).await, *before, "{id}");
        }
        assert_eq!((again.number, again.view.record.clone()), before_that);
        let mut thief = office.seat("handler").await;
        let stolen = thief.asks_as("n1", json!({"roll": {"arrive": {}}})).await;
        assert_eq!(stolen, Answer::Refused("command.id-taken".into()));
    }
    office.server.stop().await;
}

#[tokio::test]
async fn of_too_many_windows_the_oldest_that_looks_on_is_closed() {
    let office = Prepared::with(|config| config.limits.seat_connections_max = 2).await;
    let key = office.key("a1").await;
    let mut first = Seat::come(&office.room(), &key, None).await;
    let mut second = Seat::come(&office.room(), &key, None).await;
    let mut third = Seat::come(&office.room(), &key, None).await;
    assert_eq!(first.closed().await, close::TOO_MANY);
    third.does(json!({"roll": {"arrive": {}}})).await;
    second.until_view(|view| view.roll.has_arrived(&"a1".into())).await;
    office.server.stop().await;
}

#[tokio::test]
async fn closed_connections_are_counted_by_code() {
    let office = Prepared::new().await;
    assert_eq!(greeted(&office, hello(VERSION, "wrong")).await, close::NOT_AUTHORISED);
    assert_eq!(greeted(&office, Message::text("{")).await, close::BAD_FRAME);
    assert_eq!(greeted(&office, Message::text("[")).await, close::BAD_FRAME);
    let counted = |code: u16| format!("fengqiao_closed_total{{code=\"{code}\"}}");
    // A connection is counted when it has ended, which is after it was told so.
    let wanted =
        [format!("{} 1\n", counted(close::NOT_AUTHORISED)), format!("{} 2\n", counted(close::BAD_FRAME))];
    crate::office::until(|| {
        let text = office.server.site.gauges.text();
        wanted.iter().all(|line| text.contains(line.as_str()))
    })
    .await;
    for code in close::ALL {
        assert!(office.server.site.gauges.text().contains(&counted(*code)));
    }
    office.server.stop().await;
}

#[tokio::test]
async fn a_flood_is_closed_and_the_others_go_on() {
    let office =
        Prepared::with(|config| (config.limits.frames_per_second, config.limits.frames_burst) = (5, 20))
            .await;
    let mut flood = office.seat("a1").await;
    let mut clerk = office.seat("clerk").await;
    for _ in 0..100 {
        flood.send_text(r#"{"pong":{}}"#.into()).await;
    }
    assert_eq!(flood.closed().await, close::TOO_FAST);
    clerk.does(json!({"roll": {"arrive": {}}})).await;
    office.server.stop().await;
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_room() {
    let office = Prepared::new().await;
    let mut request = office.room().into_client_request().unwrap();
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    let Err(Error::Http(response)) = connect_async(request).await else { panic!("let in") };
    assert_eq!(response.status(), 403);
    let mut request = office.room().into_client_request().unwrap();
    let own = format!("http://{}", office.server.address);
    request.headers_mut().insert("origin", own.parse().unwrap());
    assert!(connect_async(request).await.is_ok());
    office.server.stop().await;
}
