//! The papers of a hearing by HTTP: the office has every one as soon as it can be drawn up, whoever takes part those that
//! are for it, and nothing stands in them that their reader may not know.

use serde_json::{Value, json};

use crate::office::{Prepared, Staff, answer, local};

/// What the office proposes to do; it stands in its own papers alone.
const PROPOSED: &str = "SECRET-PROPOSAL";

/// What an address answers: status, kind, and bytes.
async fn fetched(office: &Prepared, key: &str, path: &str) -> (u16, String, Vec<u8>) {
    let path = office.server.at(&format!("/api/hearings/{}{path}", office.hearing));
    let answer = reqwest::Client::new().get(path).bearer_auth(key).send().await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_string();
    (answer.status().as_u16(), kind, answer.bytes().await.unwrap().to_vec())
}

async fn listed(office: &Prepared, key: &str) -> Vec<(String, Option<String>, bool)> {
    let (status, _, bytes) = fetched(office, key, "/papers").await;
    assert_eq!(status, 200);
    let papers: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    let text = |value: &Value| value.as_str().map(String::from);
    papers
        .iter()
        .map(|paper| (text(&paper["form"]).unwrap(), text(&paper["to"]), paper["lacks"].is_null()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_has_every_paper_and_is_told_what_must_come_first() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}/papers", office.hearing);
    let (status, papers) = handler.get(&path).await;
    assert_eq!(status, 200);
    let papers = papers.as_array().unwrap();
    let of = |form: &str| papers.iter().filter(|paper| paper["form"] == form).collect::<Vec<_>>();
    assert_eq!(of("notice").len(), 2, "one to each who takes part");
    assert_eq!(of("invitation").len(), 3, "and one to each of the panel");
    assert_eq!(of("notice")[1]["number"], "豫检民监〔2026〕17号·通知r1号");
    assert_eq!(of("report")[0]["lacks"], "宣读听证意见或者宣布决定后制作");
    let (status, refused) = handler.get(&format!("{path}/report?as=page")).await;
    assert_eq!((status, refused["code"].as_str().unwrap()), (409, "paper.not-yet"));
    assert_eq!(refused["zh"], "这份文书现在还不能制作。宣读听证意见或者宣布决定后制作。");
    for wrong in ["nothing", "notice", "notice?to=p1", "report?to=a1"] {
        let (status, refused) = handler.get(&format!("{path}/{wrong}")).await;
        assert_eq!((status, refused["code"].as_str().unwrap()), (404, "paper.unknown"), "{wrong}");
    }
    for paper in papers.iter().filter(|paper| paper["lacks"].is_null()) {
        let to = paper["to"].as_str().map(|to| format!("&to={to}")).unwrap_or_default();
        let address = format!("{path}/{}?as=page{to}", paper["form"].as_str().unwrap());
        assert_eq!(handler.get(&address).await.0, 200, "{address}");
    }
    assert!(office.server.site.gauges.papers_total.get() > 10);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_part_has_what_is_for_it_and_reads_nothing_that_is_not() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let key = |seat: &str| seats[seat].key.clone();
    for (seat, own, others) in [
        (
            "a1",
            "notice?to=a1",
            vec!["notice?to=r1", "approval-sheet", "hearing-plan", "opinion-paper", "invitation?to=p1"],
        ),
        ("p1", "invitation?to=p1", vec!["invitation?to=p2", "approval-sheet", "notice?to=a1", "report"]),
        ("o1", "discipline", vec!["record", "notice?to=a1", "exhibit-list", "cover"]),
    ] {
        let key = key(seat);
        let (status, kind, bytes) = fetched(&office, &key, &format!("/papers/{own}")).await;
        assert_eq!((status, kind.as_str()), (200, "application/pdf"), "{seat}");
        assert!(bytes.starts_with(b"%PDF-1.7"));
        for other in others {
            let (status, _, body) = fetched(&office, &key, &format!("/papers/{other}")).await;
            let refused: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((status, refused["code"].as_str().unwrap()), (404, "paper.unknown"), "{seat} {other}");
        }
        for (form, to, there) in listed(&office, &key).await {
            let to = to.map(|to| format!("&to={to}")).unwrap_or_default();
            let (status, _, page) = fetched(&office, &key, &format!("/papers/{form}?as=page{to}")).await;
            assert_eq!(status, if there { 200 } else { 409 }, "{seat} {form}");
            assert!(!String::from_utf8_lossy(&page).contains(PROPOSED), "{seat} {form}");
        }
    }
    // The clerk, who has to print it, reads it.
    let (_, _, plan) = fetched(&office, &key("clerk"), "/papers/hearing-plan?as=page").await;
    assert!(String::from_utf8(plan).unwrap().contains(PROPOSED));
    // The record of one who takes part holds no name that it may not know, whoever prints it.
    let (status, kind, record) = fetched(&office, &key("a1"), "/papers/record?as=docx").await;
    assert_eq!(status, 200);
    assert!(kind.contains("wordprocessingml") && record.starts_with(b"PK"));
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_key_of_the_hearing_has_no_paper() {
    let mut office = Prepared::new().await;
    let key = office.key("a1").await;
    let path = office.server.at(&format!("/api/hearings/{}/papers", office.hearing));
    for path in [path.clone(), format!("{path}/public-notice")] {
        let (status, refused) = answer(reqwest::Client::new().get(&path)).await;
        assert_eq!((status, refused["code"].as_str().unwrap()), (401, "account.signed-out"));
        let petition = Staff::sign_in(&office.server, "petition").await;
        let (status, _) = petition.get(path.strip_prefix(&office.server.at("")).unwrap()).await;
        assert_eq!(status, 403);
    }
    office.another().await;
    let (status, _, body) = fetched(&office, &key, "/papers/public-notice").await;
    let refused: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, refused["code"].as_str().unwrap()), (403, "hearing.not-disclosed"));
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wording_of_a_site_counts_and_one_that_cannot_be_used_stops_the_start() {
    let forms = tempfile::tempdir().unwrap();
    let own = "# 本院通知\n\n{{ to.name }}：请于{{ hearing.time }}到场。\n";
    std::fs::write(forms.path().join("notice.md"), own).unwrap();
    let office = Prepared::with(|config| config.forms = Some(forms.path().into())).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let page = handler.text(&format!("/api/hearings/{}/papers/notice?to=a1&as=page", office.hearing)).await;
    assert!(page.contains("本院通知") && page.contains("姓名-a1：请于2126年12月8日"), "{page}");
    office.server.stop().await;
    std::fs::write(forms.path().join("notice.md"), "# {{ to.name").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut config = local(&folder);
    config.forms = Some(forms.path().into());
    let refused = server::site::App::build(config).await.err().unwrap();
    assert_eq!(refused.code(), "error.config");
    assert!(refused.to_string().contains("notice.md"), "{refused}");
}
