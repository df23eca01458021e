//! The pages as the server draws them: readable at once, in the reader's language, under a policy of their own.

use std::fs;

use reqwest::{Client, Response, header};
use tempfile::TempDir;

use crate::office::{Running, local};

const NOTHING: &str = "/no-such-page";

struct Pages {
    server: Running,
    _folders: [TempDir; 2],
}

impl Pages {
    async fn open() -> Self {
        let (data, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        fs::create_dir(files.path().join("pkg")).unwrap();
        fs::write(files.path().join("pkg/pages.css"), "p{}").unwrap();
        fs::write(files.path().join("secret"), "outside").unwrap();
        let mut config = local(&data);
        config.site = Some(files.path().into());
        (config.limits.requests_per_second, config.limits.requests_burst) = (100_000, 100_000);
        Self { server: Running::start(config).await, _folders: [data, files] }
    }

    async fn get(&self, path: &str, cookie: &str) -> Response {
        Client::new().get(self.server.at(path)).header(header::COOKIE, cookie).send().await.unwrap()
    }

    async fn text(&self, path: &str, cookie: &str) -> String {
        self.get(path, cookie).await.text().await.unwrap()
    }
}

fn policy(answer: &Response) -> String {
    answer.headers()["content-security-policy"].to_str().unwrap().to_string()
}

#[tokio::test]
async fn every_page_is_drawn_in_the_language_and_size_that_the_reader_chose() {
    let pages = Pages::open().await;
    for path in
        ["/", "/enter", "/office", "/verify", "/hearings/h/seats/s", "/hearings/h/seats/s/check", NOTHING]
    {
        let plain = pages.text(path, "").await;
        assert!(plain.starts_with("<!DOCTYPE html>"), "{path}: {plain}");
        assert!(plain.contains("lang=\"zh-CN\"") && plain.contains("data-size=\"normal\""), "{path}");
        let chosen = pages.text(path, "fengqiao_language=en; fengqiao_size=large").await;
        assert!(chosen.contains("lang=\"en\"") && chosen.contains("data-size=\"large\""), "{path}");
    }
    pages.server.stop().await;
}

/// What one page is drawn from must not be looked for among what another one is drawn from at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_are_drawn_at_the_same_moment_do_not_get_into_each_others_way() {
    const READERS: usize = 32;
    const PAGES: usize = 150;
    let pages = Pages::open().await;
    let (client, addresses) =
        (Client::new(), ["/", "/records", "/verify", NOTHING].map(|path| pages.server.at(path)));
    let mut readers = tokio::task::JoinSet::new();
    for reader in 0..READERS {
        let (client, addresses) = (client.clone(), addresses.clone());
        readers.spawn(async move {
            for page in 0..PAGES {
                let address = &addresses[(reader + page) % addresses.len()];
                let answer =
                    client.get(address).send().await.unwrap_or_else(|error| panic!("{address}: {error}"));
                let text = answer.text().await.unwrap_or_else(|error| panic!("{address}: {error}"));
                let title = text.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
                assert!(title.is_some_and(|title| title.contains("枫桥")), "{address}: {text}");
            }
        });
    }
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
    pages.server.stop().await;
}

#[tokio::test]
async fn the_policy_of_a_page_admits_only_scripts_that_carry_its_own_word() {
    let pages = Pages::open().await;
    let (one, other) = (pages.get("/", "").await, pages.get("/", "").await);
    assert_ne!(policy(&one), policy(&other));
    let policy = policy(&one);
    for rule in ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'", "'wasm-unsafe-eval'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    let word = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_string();
    let page = one.text().await.unwrap();
    for script in page.split("<script").skip(1) {
        assert!(script.split('>').next().unwrap().contains(&format!("nonce=\"{word}\"")), "{script}");
    }
    assert!(!page.contains(" style=\"") && !page.contains(" onclick="), "{page}");
    pages.server.stop().await;
}

#[tokio::test]
async fn what_staff_have_read_is_kept_by_no_browser() {
    let pages = Pages::open().await;
    for (path, how) in [
        ("/office", "no-store"),
        ("/office/hearings/h", "no-store"),
        ("/", "no-cache"),
        ("/enter", "no-cache"),
    ] {
        assert_eq!(pages.get(path, "").await.headers()["cache-control"], how, "{path}");
    }
    pages.server.stop().await;
}

#[tokio::test]
async fn files_pages_and_addresses_are_told_apart() {
    let pages = Pages::open().await;
    let style = pages.get("/pkg/pages.css", "").await;
    assert_eq!(
        (style.status().as_u16(), &style.headers()["cache-control"]),
        (200, &"no-cache".parse().unwrap())
    );
    assert_eq!(style.text().await.unwrap(), "p{}");
    for (path, status, kind) in [
        ("/", 200, "text/html"),
        (NOTHING, 404, "text/html"),
        ("/pkg/none.js", 404, "application/json"),
        ("/api/nothing", 404, "application/json"),
        ("/pkg/../../secret.txt", 404, "application/json"),
        ("/..%2f..%2fsecret.txt", 404, "application/json"),
    ] {
        let answer = pages.get(path, "").await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(kind), "{path}");
    }
    let sent = Client::new().post(pages.server.at("/verify")).send().await.unwrap();
    assert_eq!(sent.status().as_u16(), 405);
    pages.server.stop().await;
}
