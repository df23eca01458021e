//! Frames that should not be: malformed, oversized, too many, replayed, forged, with wrong keys, from wrong places.

use procedure::wire::{VERSION, close};
use serde_json::json;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::office::{Answer, Prepared, Seat};

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
