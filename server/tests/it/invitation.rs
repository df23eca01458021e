//! Invitations: one link and one code for one seat, a check that the person knows, and an end to it.

use procedure::wire::close;
use serde_json::{Value, json};

use crate::office::{Prepared, Seat, Staff, TAIL, answer};

async fn invited(office: &Prepared, seat: &str) -> (String, String) {
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}/invitations", office.hearing);
    let (status, body) = handler.post(&path, json!({"seat": seat, "phone_tail": TAIL})).await;
    assert_eq!(status, 201, "{body}");
    let link = body["link"].as_str().expect("a link");
    (
        link.rsplit('/').next().expect("a token").to_string(),
        body["code"].as_str().expect("a code").to_string(),
    )
}

async fn accept(office: &Prepared, body: Value) -> (u16, Value) {
    Staff::nobody(&office.server).post("/api/invitations/accept", body).await
}

#[tokio::test]
async fn link_and_code_open_the_seat_and_looking_uses_nothing_up() {
    let office = Prepared::new().await;
    let (token, code) = invited(&office, "a1").await;
    for _ in 0..3 {
        let (status, body) = Staff::nobody(&office.server).get(&format!("/api/invitations/{token}")).await;
        assert_eq!((status, &body["seat"], &body["capacity"]), (200, &json!("a1"), &json!("applicant")));
        assert_eq!(body["attempts_left"], 5);
    }
    let (status, first) = accept(&office, json!({"token": token, "phone_tail": TAIL})).await;
    assert_eq!(status, 200, "{first}");
    let mut old = Seat::come(&office.room(), first["key"].as_str().unwrap(), None).await;
    let typed = code.to_lowercase().replace('-', " ");
    let (status, second) = accept(&office, json!({"code": typed, "phone_tail": TAIL})).await;
    assert_eq!(status, 200, "{second}");
    assert_ne!(first["key"], second["key"]);
    assert_eq!(old.closed().await, close::REVOKED, "a single person: the old key is dead");
    Seat::come(&office.room(), second["key"].as_str().unwrap(), None).await;
    office.server.stop().await;
}

#[tokio::test]
async fn wrong_checks_get_one_answer_and_run_out() {
    let office = Prepared::new().await;
    let (token, _) = invited(&office, "a1").await;
    let unknown = accept(&office, json!({"token": "nothing", "phone_tail": TAIL})).await;
    for _ in 0..5 {
        assert_eq!(accept(&office, json!({"token": token, "phone_tail": "0000"})).await, unknown);
    }
    assert_eq!(accept(&office, json!({"token": token, "phone_tail": TAIL})).await, unknown, "run out");
    let (_, outlook) = Staff::nobody(&office.server).get(&format!("/api/invitations/{token}")).await;
    assert_eq!(outlook["attempts_left"], 0);
    office.server.stop().await;
}

#[tokio::test]
async fn a_revoked_invitation_closes_the_seat_at_once_and_opens_nothing_again() {
    let office = Prepared::new().await;
    let (token, _) = invited(&office, "p1").await;
    let (_, accepted) = accept(&office, json!({"token": token, "phone_tail": TAIL})).await;
    let key = accepted["key"].as_str().unwrap();
    let mut seat = Seat::come(&office.room(), key, None).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}/invitations/p1", office.hearing);
    assert_eq!(handler.delete(&path).await.0, 204);
    assert_eq!(seat.closed().await, close::REVOKED);
    assert_eq!(handler.delete(&path).await.0, 404);
    assert_eq!(
        accept(&office, json!({"token": token, "phone_tail": TAIL})).await.1["code"],
        "invitation.invalid"
    );
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let dead = reqwest::Client::new().post(exhibits).bearer_auth(key).body("x");
    assert_eq!(answer(dead).await.1["code"], "seat.key-unknown");
    office.server.stop().await;
}

#[tokio::test]
async fn an_expired_invitation_opens_nothing() {
    let office = Prepared::with(|config| config.limits.invitation_days = 0).await;
    let (token, _) = invited(&office, "a1").await;
    assert_eq!(
        accept(&office, json!({"token": token, "phone_tail": TAIL})).await.1["code"],
        "invitation.invalid"
    );
    assert_eq!(Staff::nobody(&office.server).get(&format!("/api/invitations/{token}")).await.0, 403);
    office.server.stop().await;
}

#[tokio::test]
async fn only_the_office_that_prepares_invites_and_only_to_seats_that_exist() {
    let office = Prepared::new().await;
    let path = format!("/api/hearings/{}/invitations", office.hearing);
    let asked = |seat: &str, tail: &str| json!({"seat": seat, "phone_tail": tail});
    let handler = Staff::sign_in(&office.server, "handler").await;
    assert_eq!(handler.post(&path, asked("a9", TAIL)).await.1["code"], "seat.unknown");
    assert_eq!(handler.post(&path, asked("a1", "12x4")).await.1["code"], "invitation.bad-phone-tail");
    for name in ["admin", "petition"] {
        let staff = Staff::sign_in(&office.server, name).await;
        assert_eq!(staff.post(&path, asked("a1", TAIL)).await.0, 403, "{name}");
    }
    office.server.stop().await;
}

#[tokio::test]
async fn the_office_sees_how_each_invitation_stands_and_none_of_its_secrets() {
    let office = Prepared::new().await;
    let path = format!("/api/hearings/{}/invitations", office.hearing);
    let handler = Staff::sign_in(&office.server, "handler").await;
    let (_, issued) = handler.post(&path, json!({"seat": "p1", "phone_tail": TAIL})).await;
    assert!(issued["qr"].as_str().unwrap().contains("<svg"), "{issued}");
    let (token, code) = invited(&office, "a1").await;
    accept(&office, json!({"token": token, "phone_tail": TAIL})).await;
    let (status, list) = handler.get(&path).await;
    assert_eq!(status, 200, "{list}");
    let told: Vec<_> =
        list.as_array().unwrap().iter().map(|sent| (&sent["seat"], sent["used"].is_i64())).collect();
    assert_eq!(told, [(&json!("a1"), true), (&json!("p1"), false)]);
    assert!(list[0]["expires"].as_i64() > list[0]["issued"].as_i64() && list[0]["expired"] == false);
    let text = list.to_string();
    assert!(!text.contains(&token) && !text.contains(&code));
    handler.delete(&format!("{path}/p1")).await;
    assert_eq!(handler.get(&path).await.1.as_array().unwrap().len(), 1);
    for name in ["admin", "petition", "casemgmt"] {
        assert_eq!(Staff::sign_in(&office.server, name).await.get(&path).await.0, 403, "{name}");
    }
    office.server.stop().await;
}

#[tokio::test]
async fn no_secret_lies_in_the_data_folder() {
    let office = Prepared::new().await;
    let (token, code) = invited(&office, "a1").await;
    let (_, accepted) = accept(&office, json!({"token": token, "phone_tail": TAIL})).await;
    let key = accepted["key"].as_str().unwrap().to_string();
    for file in std::fs::read_dir(office.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        for secret in [&token, &code, &code.replace('-', ""), &key] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret lies on disk");
        }
    }
    office.server.stop().await;
}

#[tokio::test]
async fn an_invitation_checked_wrongly_too_often_must_be_issued_again() {
    let office = Prepared::with(|config| {
        (config.limits.invitation_tries, config.limits.invitation_tries_all) = (100, 6);
    })
    .await;
    let (token, code) = invited(&office, "a1").await;
    for wrong in 0..6 {
        let shown = if wrong % 2 == 0 {
            json!({"token": token, "phone_tail": "0000"})
        } else {
            json!({"code": code, "phone_tail": "0000"})
        };
        assert_eq!(accept(&office, shown).await.0, 403);
    }
    assert_eq!(
        accept(&office, json!({"token": token, "phone_tail": TAIL})).await.1["code"],
        "invitation.invalid"
    );
    assert_eq!(Staff::nobody(&office.server).get(&format!("/api/invitations/{token}")).await.0, 403);
    let handler = Staff::sign_in(&office.server, "handler").await;
    let list = format!("/api/hearings/{}/invitations", office.hearing);
    assert_eq!(handler.get(&list).await.1[0]["spent"], true, "the office sees why");
    let (again, _) = invited(&office, "a1").await;
    assert_eq!(handler.get(&list).await.1[0]["spent"], false);
    assert_eq!(accept(&office, json!({"token": again, "phone_tail": TAIL})).await.0, 200);
    office.server.stop().await;
}

#[tokio::test]
async fn whoever_guesses_at_an_address_does_not_shut_out_those_with_a_link_there() {
    let office = Prepared::with(|config| config.limits.address_tries = 3).await;
    let (token, code) = invited(&office, "a1").await;
    for status in [403, 403, 403, 429] {
        assert_eq!(accept(&office, json!({"code": "AAAA-AAAA-AAAA", "phone_tail": TAIL})).await.0, status);
    }
    let nobody = Staff::nobody(&office.server);
    assert_eq!(nobody.get("/api/invitations/nothing").await.1["code"], "tries.too-many");
    assert_eq!(nobody.get(&format!("/api/invitations/{token}")).await.0, 200);
    assert_eq!(
        accept(&office, json!({"code": code, "phone_tail": TAIL})).await.0,
        429,
        "a code could be guessed"
    );
    assert_eq!(accept(&office, json!({"token": token, "phone_tail": TAIL})).await.0, 200);
    office.server.stop().await;
}

#[tokio::test]
async fn an_invitation_taken_back_while_it_is_accepted_gives_no_key() {
    let office = Prepared::new().await;
    let (token, _) = invited(&office, "a1").await;
    let invitations = &office.server.site.invitations;
    let now = server::clock::now();
    let found = invitations.find(server::invitation::Shown::Link(&token), now).await.unwrap().unwrap();
    assert!(invitations.revoke(&office.hearing, &"a1".into()).await.unwrap());
    assert_eq!(invitations.accept(&found, "2001", now).await.unwrap(), None);
    office.server.stop().await;
}
