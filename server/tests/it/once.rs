//! Acts of the office whose answer was lost: sent again they are done once.

use serde_json::{Value, json};

use crate::office::{Prepared, Running, Staff, registration};

/// How many events stand in the log of a hearing.
async fn events(server: &Running, hearing: &str) -> usize {
    server.site.rooms.ground().log.read(&server::room::stream(hearing), 1).await.unwrap().len()
}

#[tokio::test]
async fn a_hearing_registered_and_seated_again_after_lost_answers_stands_there_once() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let mut asked = registration();
    let id = uuid::Uuid::now_v7().to_string();
    asked["id"] = json!(id);
    let seating = json!({"id": "a1", "capacity": "applicant", "name": "陈某某"});
    let seat = json!({"id": uuid::Uuid::now_v7().to_string(), "command": {"plan": {"seat": seating}}});
    let commands = format!("/api/hearings/{id}/commands");
    let mut counted = Vec::new();
    for _ in 0..2 {
        assert_eq!(handler.post("/api/hearings", asked.clone()).await, (201, json!({"id": id})));
        assert_eq!(handler.post(&commands, seat.clone()).await.0, 200);
        counted.push(events(&office.server, &id).await);
    }
    assert_eq!(counted[0], counted[1]);
    let (_, all) = handler.get("/api/hearings").await;
    assert_eq!(all.as_array().unwrap().iter().filter(|face| face["id"] == id.as_str()).count(), 1);
    let taken = json!({"id": uuid::Uuid::now_v7().to_string(), "command": {"plan": {"seat": seating}}});
    assert_eq!(handler.post(&commands, taken).await.0, 409, "another command for the same seat");
    office.server.stop().await;
}

#[tokio::test]
async fn a_draw_asked_for_again_tells_what_was_drawn_and_does_not_draw_anew() {
    let office = Prepared::new().await;
    let keeper = Staff::sign_in(&office.server, "casemgmt").await;
    for n in 0..20 {
        let person = json!({"name": format!("听证员{n}"), "post": "代表", "class": "群众", "birth_year": 1980, "phone_tail": format!("00{n:02}")});
        assert_eq!(keeper.post("/api/pool", person).await.0, 201);
    }
    let path = format!("/api/hearings/{}/draw", office.hearing);
    let wanted = json!({"id": uuid::Uuid::now_v7().to_string(), "number": 5});
    let (status, first) = keeper.post(&path, wanted.clone()).await;
    assert_eq!(status, 201, "{first}");
    let before = events(&office.server, &office.hearing).await;
    assert_eq!(keeper.post(&path, wanted.clone()).await, (201, first.clone()));
    assert_eq!(events(&office.server, &office.hearing).await, before);
    // Nobody else can use the id, and what was drawn stays.
    let handler = Staff::sign_in(&office.server, "handler").await;
    assert_eq!(handler.post(&path, wanted).await.1["code"], "command.id-taken");
    let (_, draws) = keeper.get(&path).await;
    assert_eq!(draws.as_array().unwrap().len(), 1);
    assert_eq!(draws[0]["draw"], first["draw"]);
    // Two who ask at once under one id are told the same.
    let wanted = json!({"id": uuid::Uuid::now_v7().to_string(), "number": 5});
    let (one, other) = tokio::join!(keeper.post(&path, wanted.clone()), keeper.post(&path, wanted));
    assert_eq!((one.0, &one), (201, &other));
    assert_eq!(keeper.get(&path).await.1.as_array().unwrap().len(), 2);
    // Under the id of something else nothing is drawn, and nobody is told that it was.
    let id = uuid::Uuid::now_v7().to_string();
    let commands = format!("/api/hearings/{}/commands", office.hearing);
    let seating = json!({"id": "w9", "capacity": "witness", "name": "证人"});
    let seated = json!({"id": id, "command": {"plan": {"seat": seating}}});
    assert_eq!(handler.post(&commands, seated).await.0, 200);
    let (status, no) = handler.post(&path, json!({"id": id, "number": 5})).await;
    assert_eq!((status, &no["code"]), (409, &json!("command.id-taken")));
    assert_eq!(keeper.get(&path).await.1.as_array().unwrap().len(), 2);
    let odd = keeper.post(&path, json!({"id": "../data", "number": 5})).await;
    assert_eq!(odd.1["code"], "command.bad-id");
    office.server.stop().await;
}

#[tokio::test]
async fn a_draw_that_the_rules_refuse_is_none() {
    let office = Prepared::new().await;
    let keeper = Staff::sign_in(&office.server, "casemgmt").await;
    let person =
        json!({"name": "甲", "post": "代表", "class": "群众", "birth_year": 1980, "phone_tail": "0001"});
    assert_eq!(keeper.post("/api/pool", person).await.0, 201);
    let path = format!("/api/hearings/{}/draw", office.hearing);
    // The reason is longer than the rules let it be.
    let pool = keeper.get("/api/pool").await.1;
    let wanted = json!({"directed": [pool[0]["id"]], "reason": "因".repeat(20_000)});
    let (status, refused) = keeper.post(&path, wanted).await;
    assert_ne!(status, 201, "{refused}");
    assert_eq!(keeper.get(&path).await, (200, Value::Array(Vec::new())));
    office.server.stop().await;
}
