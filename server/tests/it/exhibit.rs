//! Files of exhibits: only from those who take part, only of known kinds, only to those who were shown them.

use serde_json::json;

use crate::office::{Answer, Prepared, answer};

#[tokio::test]
async fn a_file_is_laid_by_its_hash_and_fetched_by_those_who_were_shown_it() {
    let office = Prepared::with(|config| config.limits.exhibit_bytes_max = 1000).await;
    let mut seats = office.all_in().await;
    let chair = seats.get_mut("chair").unwrap();
    chair.does(json!({"phase": {"open": {}}})).await;
    chair.does(json!({"phase": {"advance": {"to": "introduction"}}})).await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let client = reqwest::Client::new();
    let put = |key: &str, body: Vec<u8>| client.post(&exhibits).bearer_auth(key).body(body);
    let (handler, applicant, observer) =
        (seats["handler"].key.clone(), seats["a1"].key.clone(), seats["o1"].key.clone());
    assert_eq!(answer(put(&observer, b"%PDF-1.7".to_vec())).await.0, 403);
    assert_eq!(answer(put(&handler, b"MZ\x90\x00\x01".to_vec())).await.1["code"], "exhibit.kind");
    assert_eq!(answer(put(&handler, vec![b'x'; 2000])).await.1["code"], "exhibit.too-large");
    let (status, kept) = answer(put(&handler, b"%PDF-1.7 /Type /Page".to_vec())).await;
    assert_eq!((status, &kept["media_type"]), (201, &json!("application/pdf")), "{kept}");
    let lay =
        |kept: &serde_json::Value| json!({"exhibit": {"lay": {"title": "合同", "content": {"file": kept}}}});
    let mut lie = kept.clone();
    lie["media_type"] = json!("text/html");
    let sitting = seats.get_mut("handler").unwrap();
    assert_eq!(sitting.asks(lay(&lie)).await, Answer::Refused("exhibit.file-unknown".into()));
    let file = format!("{exhibits}/{}", kept["sha256"].as_str().unwrap());
    assert_eq!(answer(client.get(&file).bearer_auth(&applicant)).await.0, 404, "not laid yet");
    sitting.does(lay(&kept)).await;
    let fetched = client.get(&file).bearer_auth(&applicant).send().await.unwrap();
    assert_eq!(
        (fetched.status().as_u16(), fetched.headers()["content-type"].to_str().unwrap()),
        (200, "application/pdf")
    );
    assert_eq!(fetched.bytes().await.unwrap(), "%PDF-1.7 /Type /Page");
    assert_eq!(
        answer(client.get(&file).bearer_auth(&observer)).await.1["code"],
        "exhibit.file-unknown",
        "not shown to the gallery"
    );
    assert_eq!(answer(client.get(&file)).await.0, 401);
    assert_eq!(
        answer(client.get(format!("{exhibits}/..%2f..%2ffengqiao.db")).bearer_auth(&applicant)).await.0,
        404
    );
    office.server.stop().await;
}

#[tokio::test]
async fn files_of_one_hearing_together_have_a_limit_however_many_come_at_once() {
    let office = Prepared::with(|config| config.limits.exhibits_bytes_max = 5000).await;
    let seats = office.all_in().await;
    let exhibits = office.server.at(&format!("/api/hearings/{}/exhibits", office.hearing));
    let client = reqwest::Client::new();
    let mut tasks = Vec::new();
    for n in 0..10 {
        let body = format!("{n}{}", "字".repeat(400));
        let request = client.post(&exhibits).bearer_auth(&seats["handler"].key).body(body);
        tasks.push(tokio::spawn(answer(request)));
    }
    let (mut kept, mut full) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            (201, _) => kept += 1,
            (507, body) if body["code"] == "exhibit.full" => full += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(kept >= 2 && full >= 5, "{kept} kept, {full} refused");
    let folder = office.folder.path().join("exhibits").join(&office.hearing);
    let used: u64 =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    // Beside each file stands what is known of it, which is short.
    assert!(used <= 5000 + kept * 300, "{used}");
    office.server.stop().await;
}
