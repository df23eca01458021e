//! Signing in, sessions, posts, and guessing.

use serde_json::json;
use tempfile::TempDir;

use crate::office::{PASSWORD, Running, Staff, answer, local, staffed};

#[tokio::test]
async fn the_first_administrator_is_made_once_by_the_printed_link() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    let nobody = Staff::nobody(&server);
    let token = server.site.accounts.setup_token(server::clock::now()).await.unwrap().expect("a link");
    let asked = |token: &str| json!({"token": token, "name": "admin", "password": PASSWORD});
    assert_eq!(nobody.post("/api/setup", asked("wrong")).await.0, 403);
    assert_eq!(nobody.post("/api/setup", asked(&token)).await.0, 201);
    assert_eq!(nobody.post("/api/setup", asked(&token)).await.0, 403, "used up");
    assert_eq!(server.site.accounts.setup_token(server::clock::now()).await.unwrap(), None);
    let admin = Staff::sign_in(&server, "admin").await;
    let new = json!({"name": "clerk", "password": PASSWORD, "role": "clerk"});
    assert_eq!(admin.post("/api/accounts", new.clone()).await.0, 201);
    assert_eq!(admin.post("/api/accounts", new).await.1["code"], "account.name-taken");
    let clerk = Staff::sign_in(&server, "clerk").await;
    assert_eq!(clerk.get("/api/me").await.1["role"], "clerk");
    assert_eq!(clerk.get("/api/accounts").await.0, 403, "not the clerk's");
    server.stop().await;
}

#[tokio::test]
async fn a_session_ends_when_signed_out_and_when_disabled() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    staffed(&server).await;
    let chief = Staff::sign_in(&server, "chief").await;
    assert_eq!(chief.get("/api/me").await.0, 200);
    assert_eq!(chief.post("/api/sign-out", json!({})).await.0, 204);
    assert_eq!(chief.get("/api/me").await.1["code"], "account.signed-out");
    let chief = Staff::sign_in(&server, "chief").await;
    server.site.accounts.change("chief", None, Some(true)).await.unwrap();
    assert_eq!(chief.get("/api/me").await.0, 401);
    let last = server.site.accounts.change("admin", None, Some(true)).await;
    assert!(last.is_err(), "the last administrator stays");
    server.stop().await;
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_get_one_answer_and_run_out() {
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    config.limits.sign_in_tries = 2;
    let server = Running::start(config).await;
    staffed(&server).await;
    let nobody = Staff::nobody(&server);
    let guess = |name: &str| json!({"name": name, "password": "not the password"});
    let (known, unknown) =
        (nobody.post("/api/sign-in", guess("chief")).await, nobody.post("/api/sign-in", guess("x")).await);
    assert_eq!(known, unknown);
    assert_eq!(known.0, 401);
    nobody.post("/api/sign-in", guess("chief")).await;
    let right = nobody.post("/api/sign-in", json!({"name": "chief", "password": PASSWORD})).await;
    assert_eq!((right.0, &right.1["code"]), (429, &json!("tries.too-many")));
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_another_site_cannot_act_with_the_session() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    let client = reqwest::Client::new();
    for (header, value) in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        let request = client.post(server.at("/api/sign-out")).header(header, value);
        assert_eq!(answer(request).await.1["code"], "request.wrong-origin");
    }
    let own = client.post(server.at("/api/sign-out")).header("origin", format!("http://{}", server.address));
    assert_eq!(answer(own).await.0, 204);
    server.stop().await;
}
