//! Exhibits page by page: a picture as large as asked for, or a text; for those to whom the exhibit is shown.

use serde_json::json;

use super::{docx, everything, in_session, lay, pdf, png};
use crate::office::{Prepared, answer};

/// What an address answers: status, kind, and bytes.
async fn fetched(address: &str, key: &str) -> (u16, String, Vec<u8>) {
    let answer = reqwest::Client::new().get(address).bearer_auth(key).send().await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_string();
    (answer.status().as_u16(), kind, answer.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_a_picture_at_least_as_wide_as_asked_for_and_drawn_once() {
    let office = Prepared::new().await;
    let mut seats = in_session(&office).await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let key = seats["a1"].key.clone();
    let (_, kept) = answer(reqwest::Client::new().post(&exhibits).bearer_auth(&key).body(pdf(2, ""))).await;
    let pages = format!("{exhibits}/{}/pages", kept["sha256"].as_str().unwrap());
    assert_eq!(fetched(&format!("{pages}/1"), &key).await.0, 404, "not laid yet");
    seats.get_mut("a1").unwrap().does(lay(&kept)).await;
    for (asked, width, height) in [(300, 500, 667), (601, 1_000, 1_333)] {
        let (status, kind, bytes) = fetched(&format!("{pages}/2?width={asked}"), &key).await;
        assert_eq!((status, kind.as_str()), (200, "image/png"));
        let drawn = image::load_from_memory(&bytes).unwrap().to_luma8();
        assert_eq!((drawn.width(), drawn.height()), (width, height));
        let middle = drawn.get_pixel(drawn.width() / 2, drawn.height() / 2).0[0];
        assert!(middle < 50, "the line across the page");
        assert!(drawn.get_pixel(5, 5).0[0] > 250, "on white ground");
    }
    let drawn = office.folder.path().join("exhibits").join(&office.hearing).join("pages");
    let before = everything(&drawn);
    assert_eq!(before.len(), 2);
    for near in [300, 301, 500, 999] {
        assert_eq!(fetched(&format!("{pages}/2?width={near}"), &key).await.0, 200);
    }
    assert_eq!(everything(&drawn), before, "drawn once");
    for (wrong, status) in [("3", 404), ("0", 404), ("1?width=9", 422), ("1?width=100000", 422), ("x", 422)] {
        let (told, kind, _) = fetched(&format!("{pages}/{wrong}"), &key).await;
        assert_eq!((told, kind.as_str()), (status, "application/json"), "{wrong}");
    }
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_shown_an_exhibit_has_no_page_of_it() {
    let office = Prepared::new().await;
    let mut seats = in_session(&office).await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let (key, observer) = (seats["a1"].key.clone(), seats["o1"].key.clone());
    let (_, kept) = answer(reqwest::Client::new().post(&exhibits).bearer_auth(&key).body(png(64, 48))).await;
    let page = format!("{exhibits}/{}/pages/1", kept["sha256"].as_str().unwrap());
    let id = uuid::Uuid::now_v7().to_string();
    seats.get_mut("a1").unwrap().does_as(&id, lay(&kept)).await;
    assert_eq!(fetched(&page, &key).await.0, 200);
    let closed = fetched(&page, &observer).await;
    let nothing = fetched(&page.replace(kept["sha256"].as_str().unwrap(), &"0".repeat(64)), &observer).await;
    assert_eq!(closed.0, 404);
    assert_eq!(closed, nothing, "the same answer for what is not there and what is not shown");
    assert_eq!(answer(reqwest::Client::new().get(&page)).await.0, 401);
    let chair = seats.get_mut("chair").unwrap();
    chair.does(json!({"exhibit": {"show": {"of": id, "page": 1}}})).await;
    let (status, kind, bytes) = fetched(&page, &observer).await;
    assert_eq!((status, kind.as_str()), (200, "image/png"), "shown to everybody");
    let drawn = image::load_from_memory(&bytes).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (64, 48), "never larger than it is");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_read_as_text_without_a_program_for_it() {
    let office = Prepared::new().await;
    let mut seats = in_session(&office).await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let key = seats["a1"].key.clone();
    let client = reqwest::Client::new();
    let text = "情况说明\n".repeat(60);
    for (bytes, pages, first) in
        [(docx("工资&lt;流水&gt;", &[]), 1, "工资<流水>"), (text.into_bytes(), 2, "情况说明")]
    {
        let (status, kept) = answer(client.post(&exhibits).bearer_auth(&key).body(bytes)).await;
        assert_eq!((status, &kept["pages"]), (201, &json!(pages)), "{kept}");
        seats.get_mut("a1").unwrap().does(lay(&kept)).await;
        let page = format!("{exhibits}/{}/pages/1", kept["sha256"].as_str().unwrap());
        let (status, kind, bytes) = fetched(&page, &key).await;
        assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
        assert!(String::from_utf8(bytes).unwrap().starts_with(first));
    }
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_were_drawn_take_no_more_room_than_the_limit() {
    let office = Prepared::with(|config| config.limits.exhibit_pages_bytes_max = 4_000).await;
    let mut seats = in_session(&office).await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let key = seats["a1"].key.clone();
    let (_, kept) = answer(reqwest::Client::new().post(&exhibits).bearer_auth(&key).body(pdf(6, ""))).await;
    seats.get_mut("a1").unwrap().does(lay(&kept)).await;
    for page in 1..=6 {
        let page = format!("{exhibits}/{}/pages/{page}?width=600", kept["sha256"].as_str().unwrap());
        assert_eq!(fetched(&page, &key).await.0, 200);
    }
    let drawn = office.folder.path().join("exhibits").join(&office.hearing).join("pages");
    let used: u64 = everything(&drawn).iter().map(|file| std::fs::metadata(file).unwrap().len()).sum();
    assert!(used <= 4_000, "{used}");
    office.server.stop().await;
}
