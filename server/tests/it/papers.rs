//! The papers of a hearing by HTTP: the office has every one as soon as it can be drawn up, whoever takes part those that
//! are for it, and nothing stands in them that their reader may not know.

use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage};
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

/// A ring as a seal has one, on a ground that lets everything through, or nothing.
fn ring(wide: u32, high: u32, ground: [u8; 4]) -> Vec<u8> {
    let drawn = RgbaImage::from_fn(wide, high, |x, y| {
        let (x, y) = (i64::from(x) - i64::from(wide) / 2, i64::from(y) - i64::from(high) / 2);
        let away = (x * x + y * y) * 400 / i64::from(wide * wide);
        if (81..=100).contains(&away) { Rgba([0xc0, 0, 0, 0xff]) } else { Rgba(ground) }
    });
    let mut png = Cursor::new(Vec::new());
    drawn.write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

const CLEAR: [u8; 4] = [0; 4];

#[tokio::test(flavor = "multi_thread")]
async fn the_letterhead_and_the_seal_of_a_site_stand_on_what_the_office_seals() {
    let forms = tempfile::tempdir().unwrap();
    let own = "name = \"某市人民检察院文件\"\nnumber-word = \"某检听\"\nfoot = \"某市某路1号\"\nseal-diameter-mm = 42\n";
    std::fs::write(forms.path().join("letterhead.toml"), own).unwrap();
    std::fs::write(forms.path().join("seal.png"), ring(400, 400, CLEAR)).unwrap();
    let office = Prepared::with(|config| config.forms = Some(forms.path().into())).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}/papers", office.hearing);
    let notice = handler.text(&format!("{path}/notice?to=a1&as=page")).await;
    for said in ["某市人民检察院文件", "某检听·豫检民监〔2026〕17号·通知a1号", "某市某路1号"]
    {
        assert!(notice.contains(said), "{said}");
    }
    assert_eq!(notice.matches("<img class=\"seal\" src=\"data:image/png;base64,").count(), 1);
    // 42 millimetres at 96 pixels an inch.
    assert!(notice.contains("width=\"158\""), "as wide as the site says");
    let application = handler.text(&format!("{path}/application?to=a1&as=page")).await;
    assert!(!application.contains("data:image") && !application.contains("某市某路1号"));
    // The list says the same number as the paper, and the browser may show the seal.
    let (_, papers) = handler.get(&path).await;
    let numbers: Vec<&str> =
        papers.as_array().unwrap().iter().filter_map(|paper| paper["number"].as_str()).collect();
    assert!(numbers.contains(&"某检听·豫检民监〔2026〕17号·通知a1号"), "{numbers:?}");
    let key = office.key("a1").await;
    let address = office.server.at(&format!("{path}/notice?to=a1&as=page"));
    let page = reqwest::Client::new().get(address).bearer_auth(&key).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("img-src data:"), "{policy}");
    for (written, begins) in [("pdf", b"%PDF".as_slice()), ("docx", b"PK".as_slice())] {
        let (status, _, bytes) = fetched(&office, &key, &format!("/papers/notice?to=a1&as={written}")).await;
        assert_eq!(status, 200);
        assert!(bytes.starts_with(begins), "{written}");
    }
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letterhead_or_a_seal_that_cannot_be_used_stops_the_start_and_says_why() {
    let forms = tempfile::tempdir().unwrap();
    let cut = ring(400, 400, CLEAR).into_iter().take(300).collect();
    for (file, bytes, why) in [
        ("letterhead.toml", b"nome = \"x\"".to_vec(), "nome"),
        ("letterhead.toml", b"seal-diameter-mm = 90".to_vec(), "seal-diameter-mm is not between 30 and 60"),
        ("letterhead.toml", format!("name = \"{}\"", "院".repeat(31)).into_bytes(), "name is longer than 30"),
        ("letterhead.toml", b"foot = \"a\\nb\"".to_vec(), "foot is not one line"),
        (
            "letterhead.toml",
            "name = \"某县\u{202e}院\"".as_bytes().to_vec(),
            "name holds a sign that nobody sees (U+202E)",
        ),
        ("letterhead.toml", vec![b'#'; 20_000], "it is larger than 16384 bytes"),
        ("letterhead.toml", vec![0xff; 4], "it is not UTF-8"),
        ("seal.png", b"\xff\xd8\xff\xe0 a JPEG".to_vec(), "it is no PNG"),
        ("seal.png", cut, "the picture is broken"),
        ("seal.png", ring(400, 300, CLEAR), "it is 400 pixels wide and 300 high"),
        ("seal.png", ring(100, 100, CLEAR), "it is less than 300 pixels wide"),
        ("seal.png", ring(2_100, 2_100, CLEAR), "it has more than 4194304 pixels"),
        ("seal.png", ring(400, 400, [0xff; 4]), "its ground is not transparent"),
        ("seal.png", RgbaImage::new(2, 2).into_raw(), "it is no PNG"),
    ] {
        let path = forms.path().join(file);
        std::fs::write(&path, bytes).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut config = local(&folder);
        config.forms = Some(forms.path().into());
        let refused = server::site::App::build(config).await.err().unwrap();
        assert_eq!(refused.code(), "error.config", "{why}");
        let said = refused.to_string();
        assert!(said.contains(file) && said.contains(why), "{why}: {said}");
        std::fs::remove_file(path).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_papers_of_a_second_hearing_of_a_case_have_numbers_of_their_own_and_those_of_the_first_keep_theirs()
 {
    let mut office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let numbers = async |hearing: &str| {
        let (_, papers) = handler.get(&format!("/api/hearings/{hearing}/papers")).await;
        let numbered =
            |paper: &Value| paper["number"].as_str().filter(|number| !number.is_empty()).map(String::from);
        papers.as_array().unwrap().iter().filter_map(numbered).collect::<Vec<_>>()
    };
    let first = office.hearing.clone();
    let before = numbers(&first).await;
    assert_eq!(office.another().await, first);
    assert_eq!(numbers(&first).await, before, "what was handed out keeps its number");
    let second = numbers(&office.hearing).await;
    assert_eq!(second.len(), before.len());
    assert!(second.iter().all(|number| number.contains("·听证2·") && !before.contains(number)), "{second:?}");
    let path = format!("/api/hearings/{}/papers/notice?to=a1&as=page", office.hearing);
    assert!(handler.text(&path).await.contains("豫检民监〔2026〕17号·听证2·通知a1号"));
    office.server.stop().await;
}
