//! What every answer carries, what is limited, and what is told to programs.

use serde_json::json;
use tempfile::TempDir;

use crate::office::{Running, Staff, answer, local};

const PAGES: &[&str] =
    &["/api/notices", "/api/me", "/api/openapi.json", "/healthz", "/metrics", "/nothing", "/api/x"];

#[tokio::test]
async fn every_answer_carries_the_headers_of_safety() {
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    config.public = "https://court.example".into();
    let server = Running::start(config).await;
    let client = reqwest::Client::new();
    for page in PAGES {
        for method in [reqwest::Method::GET, reqwest::Method::POST, reqwest::Method::DELETE] {
            let response = client.request(method, server.at(page)).send().await.unwrap();
            let headers = response.headers();
            for name in [
                "content-security-policy",
                "x-content-type-options",
                "referrer-policy",
                "permissions-policy",
                "cross-origin-opener-policy",
                "strict-transport-security",
            ] {
                assert!(headers.contains_key(name), "{page} lacks {name}");
            }
            assert!(headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_there_or_too_large_or_not_readable_is_refused_in_both_languages() {
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    config.limits.body_bytes_max = 1000;
    let server = Running::start(config).await;
    let nobody = Staff::nobody(&server);
    for (answer, code) in [
        (nobody.get("/nothing").await, "request.no-such-page"),
        (nobody.delete("/api/me").await, "request.wrong-method"),
        (nobody.post("/api/sign-in", json!({"name": "x"})).await, "request.unreadable"),
        (nobody.post("/api/sign-in", json!({"name": "x".repeat(2000)})).await, "request.too-large"),
        (nobody.get("/api/hearings").await, "account.signed-out"),
        (nobody.get("/api/notices/none").await, "notice.unknown"),
    ] {
        assert_eq!(answer.1["code"], code, "{answer:?}");
        assert!(answer.1["zh"].is_string() && answer.1["en"].is_string() && answer.1["article"].is_string());
        assert!((400..500).contains(&answer.0));
    }
    server.stop().await;
}

#[tokio::test]
async fn too_many_requests_from_one_address_are_slowed() {
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    (config.limits.requests_per_second, config.limits.requests_burst) = (1, 5);
    let server = Running::start(config).await;
    let client = reqwest::Client::new();
    let mut refused = 0;
    for _ in 0..10 {
        let (status, body) = answer(client.get(server.at("/api/notices"))).await;
        refused += u32::from(status == 429 && body["code"] == "request.too-fast");
    }
    assert!(refused >= 4, "{refused}");
    server.stop().await;
}

#[tokio::test]
async fn metrics_are_for_this_machine_alone() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    let client = reqwest::Client::new();
    let text = client.get(server.at("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("fengqiao_requests_total"));
    let proxied = client.get(server.at("/metrics")).header("x-forwarded-for", "10.0.0.1");
    assert_eq!(answer(proxied).await.0, 404);
    server.stop().await;
}

#[test]
fn every_refusal_of_the_server_has_a_code_of_its_own_and_two_sentences() {
    let mut codes: Vec<&str> = server::Refused::ALL.iter().map(|refused| refused.parts().1).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), server::Refused::ALL.len());
    for refused in server::Refused::ALL {
        let (status, code, zh, en) = refused.parts();
        assert!(status.is_client_error() || status.as_u16() == 507, "{code}");
        assert!(zh.ends_with('。') && en.ends_with('.'), "{code}");
    }
}

#[tokio::test]
async fn bodies_that_are_deep_or_wide_or_no_json_are_refused_and_the_server_goes_on() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    let client = reqwest::Client::new();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!("{{{}\"name\":\"x\"}}", "\"name\":\"x\",".repeat(20_000));
    let inside = format!(r#"{{"token":{deep},"phone_tail":"1234"}}"#);
    for (path, body) in [
        ("/api/sign-in", deep.as_str()),
        ("/api/sign-in", wide.as_str()),
        ("/api/sign-in", r#"{"name":"x","password":"y","role":"administrator"}"#),
        ("/api/sign-in", "\u{feff}{}"),
        ("/api/sign-in", r#"{"name":"\ud800","password":"y"}"#),
        ("/api/invitations/accept", inside.as_str()),
        ("/api/invitations/accept", r#"{"token":"a","code":"b","phone_tail":"1234"}"#),
        ("/api/invitations/accept", r#"{"phone_tail":"1234"}"#),
    ] {
        let request = client.post(server.at(path)).header("content-type", "application/json");
        let (status, refused) = answer(request.body(body.to_string())).await;
        assert_eq!(
            (status, &refused["code"]),
            (422, &json!("request.unreadable")),
            "{}",
            &body[..body.len().min(60)]
        );
    }
    let form = client.post(server.at("/api/sign-in")).header("content-type", "text/plain").body("{}");
    assert_eq!(answer(form).await.1["code"], "request.unreadable", "what a form of another site could send");
    assert_eq!(answer(client.get(server.at("/healthz"))).await.0, 200);
    assert!(server.site.gauges.requests_refused_total.get() >= 9);
    server.stop().await;
}

#[tokio::test]
async fn a_request_whose_head_never_ends_is_let_go_and_holds_up_no_stop() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    config.limits.header_timeout_ms = 200;
    let server = Running::start(config).await;
    let mut socket = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    let mut rest = Vec::new();
    // It is closed without having been asked to.
    let _ = socket.read_to_end(&mut rest).await;
    server.stop().await;

    let mut config = local(&folder);
    (config.limits.header_timeout_ms, config.limits.stop_ms) = (600_000, 300);
    let server = Running::start(config).await;
    let mut socket = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    socket.write_all(b"POST /api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{").await.unwrap();
    server.stop().await; // in time, or this panics
}

#[tokio::test]
async fn one_data_folder_has_one_server_and_one_reader() {
    let folder = TempDir::new().unwrap();
    let mut config = local(&folder);
    config.data = folder.path().join("data");
    let server = Running::start(config.clone()).await;
    let second = server::App::build(config.clone()).await;
    assert!(matches!(second, Err(server::Error::Config(_))), "{second:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&config.data).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "for its owner alone");
    }
    server.stop().await;
    Running::start(config).await.stop().await;
}

#[test]
fn the_page_on_operations_names_every_metric() {
    let page = include_str!("../../../docs/operations.md");
    let metrics = server::gauge::Gauges::default().text();
    let names: std::collections::BTreeSet<&str> =
        metrics.lines().filter_map(|line| line.strip_prefix("# TYPE fengqiao_")?.split(' ').next()).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(page.contains(&format!("`{name}")), "{name}");
    }
}
