//! The demonstration office: made once, found again, finished after a broken start.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::office::{Running, Seat, Staff, answer, local, staffed};

#[tokio::test]
async fn the_demonstration_is_made_once_and_everybody_can_come_in() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    let demo = server::demo::make(&server.site).await.unwrap().expect("a demonstration");
    let again = server::demo::make(&server.site).await.unwrap().expect("the same");
    assert_eq!(json!(demo), json!(again));
    let file = folder.path().join("demo.json");
    let kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(kept, json!(demo));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
    for login in &demo.accounts {
        let asked = json!({"name": login.name, "password": login.password});
        let (status, body) = answer(client.post(server.at("/api/sign-in")).json(&asked)).await;
        assert_eq!((status, &body["role"]), (200, &json!(login.role)));
    }
    let nobody = Staff::nobody(&server);
    assert_eq!(nobody.get("/api/notices").await.1[0]["id"], demo.hearing);
    for seat in &demo.seats {
        let asked = json!({"code": seat.code, "phone_tail": seat.phone_tail});
        let (status, accepted) = nobody.post("/api/invitations/accept", asked).await;
        assert_eq!(status, 200, "{accepted}");
        let room = format!("ws://{}/api/hearings/{}/room", server.address, demo.hearing);
        Seat::come(&room, accepted["key"].as_str().unwrap(), None).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_real_office_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    staffed(&server).await;
    assert!(server::demo::make(&server.site).await.unwrap().is_none());
    assert!(!folder.path().join("demo.json").exists());
    server.stop().await;
}
