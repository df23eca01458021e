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
