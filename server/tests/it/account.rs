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
    let admin = Staff::sign_in(&server, "admin").await;
    assert_eq!(admin.patch("/api/accounts/chief", json!({"disabled": true})).await.0, 204);
    assert_eq!(chief.get("/api/me").await.0, 401);
    for change in [json!({"disabled": true}), json!({"role": "clerk"})] {
        let (_, last) = admin.patch("/api/accounts/admin", change).await;
        assert_eq!(last["code"], "account.last-administrator");
    }
    server.stop().await;
}

#[tokio::test]
async fn another_post_is_another_post_at_once() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    staffed(&server).await;
    let admin = Staff::sign_in(&server, "admin").await;
    let petition = Staff::sign_in(&server, "petition").await;
    assert_eq!(petition.get("/api/pool").await.0, 403);
    assert_eq!(admin.patch("/api/accounts/petition", json!({"role": "case-management"})).await.0, 204);
    assert_eq!(petition.get("/api/me").await.0, 401, "the session under the old post has ended");
    let petition = Staff::sign_in(&server, "petition").await;
    assert_eq!(petition.get("/api/pool").await.0, 200);
    let (_, unknown) = admin.patch("/api/accounts/nobody", json!({"role": "clerk"})).await;
    assert_eq!(unknown["code"], "account.unknown");
    assert_eq!(petition.patch("/api/accounts/admin", json!({"role": "clerk"})).await.0, 403);
    server.stop().await;
}

#[tokio::test]
async fn whoever_changes_the_own_password_stays_signed_in_here_and_nowhere_else() {
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    config.limits.sign_in_tries = 3;
    let server = Running::start(config).await;
    staffed(&server).await;
    let (here, elsewhere) = (Staff::sign_in(&server, "chief").await, Staff::sign_in(&server, "chief").await);
    let asked = |old: &str, new: &str| json!({"old": old, "new": new});
    let (_, short) = here.post("/api/me/password", asked(PASSWORD, "short")).await;
    assert_eq!(short["code"], "account.weak-password");
    assert_eq!(here.post("/api/me/password", asked(PASSWORD, "another password")).await.0, 204);
    assert_eq!(here.get("/api/me").await.0, 200);
    assert_eq!(elsewhere.get("/api/me").await.0, 401);
    let nobody = Staff::nobody(&server);
    let sign_in = |password: &str| json!({"name": "chief", "password": password});
    assert_eq!(nobody.post("/api/sign-in", sign_in(PASSWORD)).await.0, 401, "the old one is gone");
    assert_eq!(nobody.post("/api/sign-in", sign_in("another password")).await.0, 200);
    for code in ["account.wrong", "account.wrong", "account.wrong", "tries.too-many"] {
        assert_eq!(
            here.post("/api/me/password", asked("a guess at it", "whatever it is")).await.1["code"],
            code
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_name_begins_with_a_letter_and_has_none_that_only_look_like_others() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    staffed(&server).await;
    let admin = Staff::sign_in(&server, "admin").await;
    for (name, status) in [
        ("..", 422),
        (".x", 422),
        ("-x", 422),
        ("ａdmin", 422),
        ("吴岚", 201),
        ("wu.lan-2", 201),
        ("Wu.Lan-2", 409),
    ] {
        let account = json!({"name": name, "password": PASSWORD, "role": "handler"});
        let (told, answer) = admin.post("/api/accounts", account).await;
        assert_eq!(told, status, "{name}: {answer}");
        let refused = ["account.bad-name", "account.name-taken"].iter().any(|code| answer["code"] == *code);
        assert!(told == 201 || refused, "{name}: {answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_a_page_asks_by_itself_does_not_keep_a_session_from_ending() {
    const IDLE_MS: u64 = 1500;
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    config.limits.session_idle_ms = IDLE_MS;
    let server = Running::start(config).await;
    staffed(&server).await;
    let (left, used) = (Staff::sign_in(&server, "chief").await, Staff::sign_in(&server, "handler").await);
    let began = std::time::Instant::now();
    assert_eq!(left.look("/api/hearings").await.0, 200, "what it asks is answered");
    while began.elapsed().as_millis() < u128::from(IDLE_MS) + 300 {
        left.look("/api/hearings").await;
        assert_eq!(used.get("/api/hearings").await.0, 200);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(left.look("/api/hearings").await.0, 401);
    assert_eq!(left.get("/api/hearings").await.0, 401);
    assert_eq!(used.look("/api/hearings").await.0, 200);
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

/// Signs in from an address, as the proxy in front tells it.
async fn sign_in_from(server: &Running, address: &str, name: &str, password: &str) -> u16 {
    let request = reqwest::Client::new().post(server.at("/api/sign-in")).header("x-forwarded-for", address);
    answer(request.json(&json!({"name": name, "password": password}))).await.0
}

#[tokio::test]
async fn strangers_who_guess_do_not_shut_out_whoever_has_signed_in_before() {
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    config.behind_proxy = true;
    (config.limits.sign_in_tries, config.limits.sign_in_tries_all) = (2, 4);
    let server = Running::start(config).await;
    staffed(&server).await;
    assert_eq!(sign_in_from(&server, "192.0.2.1", "chief", PASSWORD).await, 200);
    // One stranger runs out by itself and disturbs nobody.
    for status in [401, 401, 429, 429] {
        assert_eq!(sign_in_from(&server, "198.51.100.1", "chief", "not the password").await, status);
    }
    assert_eq!(sign_in_from(&server, "198.51.100.2", "chief", PASSWORD).await, 200);
    // Many strangers run out together, and with them whoever was never here.
    for (stranger, status) in [(3, 401), (4, 401), (5, 429)] {
        let address = format!("198.51.100.{stranger}");
        assert_eq!(sign_in_from(&server, &address, "chief", "not the password").await, status);
    }
    assert_eq!(sign_in_from(&server, "198.51.100.9", "chief", PASSWORD).await, 429);
    assert_eq!(sign_in_from(&server, "192.0.2.1", "chief", PASSWORD).await, 200, "known here");
    assert_eq!(sign_in_from(&server, "198.51.100.9", "handler", PASSWORD).await, 200, "another account");
    server.stop().await;
}

#[tokio::test]
async fn one_caller_with_many_addresses_is_counted_as_one() {
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    (config.behind_proxy, config.limits.address_tries) = (true, 3);
    let server = Running::start(config).await;
    staffed(&server).await;
    for (host, status) in [(1, 401), (2, 401), (3, 401), (4, 429)] {
        let address = format!("2001:db8:1:2::{host}");
        assert_eq!(sign_in_from(&server, &address, &format!("name{host}"), "not the password").await, status);
    }
    assert_eq!(sign_in_from(&server, "2001:db8:1:3::1", "chief", PASSWORD).await, 200);
    server.stop().await;
}

#[tokio::test]
async fn the_cookie_of_a_session_is_bound_to_this_host_and_lies_on_disk_as_a_hash_alone() {
    let folder = TempDir::new().unwrap();
    for (public, begins, ends) in [
        ("https://court.example", "__Host-session=", "; Path=/; HttpOnly; SameSite=Strict; Secure"),
        ("http://127.0.0.1", "session=", "; Path=/; HttpOnly; SameSite=Strict"),
    ] {
        let mut config = local(&folder);
        config.public = public.into();
        let server = Running::start(config).await;
        if begins.starts_with("__Host-") {
            staffed(&server).await;
        }
        let asked = json!({"name": "chief", "password": PASSWORD});
        let request = reqwest::Client::new().post(server.at("/api/sign-in")).json(&asked);
        let response = request.send().await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_string();
        let token = cookie
            .strip_prefix(begins)
            .and_then(|rest| rest.strip_suffix(ends))
            .unwrap_or_else(|| panic!("{cookie}"));
        let me = |name: &str| {
            reqwest::Client::new().get(server.at("/api/me")).header("cookie", format!("{name}{token}"))
        };
        assert_eq!(answer(me(begins)).await.0, 200);
        // A cookie that another host of the domain could have set is not taken.
        let other = if begins == "session=" { "__Host-session=" } else { "session=" };
        assert_eq!(answer(me(other)).await.0, 401);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
            for secret in [token, PASSWORD] {
                assert!(
                    !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                    "a secret lies on disk"
                );
            }
        }
        server.stop().await;
    }
}
