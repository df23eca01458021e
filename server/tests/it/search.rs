//! The archive: what is sealed is found again by case, person, words, day and office, each line with its number, and by nobody
//! who may not look into files.

use std::time::{Duration, Instant};

use procedure::{
    Moment,
    hearing::plan::{Kind, Openness},
};
use serde_json::{Value, json};
use server::{
    archive::{
        catalogue::Entry,
        search::{Index, Part, Passage, Volume, Wanted, tables::Tables},
    },
    clock,
    database::Database,
};
use tempfile::TempDir;

use crate::{
    office::{PASSWORD, Prepared, Staff, answer},
    read_along::{Seats, hear_out},
};

/// A hearing that was held and sealed, and is in the archive.
pub(crate) async fn sealed(office: &Prepared) -> Seats {
    let mut seats = hear_out(office, &[], async |_| {}).await;
    seats.get_mut("clerk").unwrap().does(json!({"record": {"seal": {}}})).await;
    is_shelved(office).await;
    seats
}

pub(crate) async fn is_shelved(office: &Prepared) {
    let pool = office.server.site.database.pool.clone();
    let waits = async {
        while server::archive::catalogue::entry(&pool, &office.hearing).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waits).await.expect("in the archive in time");
}

/// Somebody of the staff who is not among those of every test.
pub(crate) async fn leader(office: &Prepared) -> Staff {
    let accounts = &office.server.site.accounts;
    accounts.add("leader", PASSWORD, procedure::Office::Leader, clock::now()).await.unwrap();
    Staff::sign_in(&office.server, "leader").await
}

async fn found(staff: &Staff, query: &str) -> Value {
    let (status, page) = staff.get(&format!("/api/archive{query}")).await;
    assert_eq!(status, 200, "{query}: {page}");
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_sealed_hearing_then_its_lines_are_found_with_their_numbers() {
    let office = Prepared::with(|config| config.office = "枫桥市人民检察院".into()).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    assert_eq!(found(&handler, "").await["count"], 0, "nothing is sealed yet");
    let seats = sealed(&office).await;

    for query in [
        "?text=何时迁入",
        "?text=迁入",
        "?text=承办人介绍 迁入",
        "?case=豫检民监",
        "?case=机动车交通事故",
        "?person=姓名-a1",
        "?office=枫桥市",
        "?text=二〇二三年三月&case=17号&person=姓名-r1&office=检察院&from=2020-01-01",
    ] {
        let page = found(&handler, query).await;
        assert_eq!(page["count"], 1, "{query}");
        assert_eq!(page["hearings"][0]["hearing"], office.hearing.as_str());
    }
    for query in
        ["?text=没有说过的话", "?text=迁入 没有说过", "?to=2020-01-01", "?person=何时迁入", "?page=2"]
    {
        let page = found(&handler, query).await;
        assert!(page["hearings"].as_array().unwrap().is_empty(), "{query}: {page}");
    }
    let line = &found(&handler, "?text=何时迁入").await["hearings"][0]["passages"][0];
    assert_eq!((line["part"].as_str(), line["volume"].as_str()), (Some("line"), Some("main")));
    assert!(
        line["line"].as_i64().unwrap() > 1 && line["speaker"].as_str().unwrap().contains("听证员"),
        "{line}"
    );
    let excerpt = &line["excerpt"];
    let (at, length) = (excerpt["marks"][0][0].as_u64().unwrap(), excerpt["marks"][0][1].as_u64().unwrap());
    let letters: Vec<char> = excerpt["text"].as_str().unwrap().chars().collect();
    let marked: String = letters.into_iter().skip(at as usize).take(length as usize).collect();
    assert_eq!(marked, "何时迁入");
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_office_alone_may_see_is_in_no_search_of_the_main_volume_and_deliberation_in_none() {
    let office = Prepared::new().await;
    let seats = sealed(&office).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    for secret in ["SECRET-PROPOSAL", "SECRET-SHEET", "不予准许的问题"] {
        let both = found(&handler, &format!("?text={secret}")).await;
        assert_eq!(
            (&both["count"], &both["hearings"][0]["passages"][0]["volume"]),
            (&json!(1), &json!("confidential"))
        );
        assert_eq!(found(&handler, &format!("?text={secret}&volume=main")).await["count"], 0, "{secret}");
    }
    assert_eq!(found(&handler, "?text=SECRET-TALK").await["count"], 0, "what the panel said among itself");
    // The same after the server was there anew: nothing is put in twice.
    server::archive::shelving::round(&office.server.site).await;
    server::archive::shelving::shelve(&office.server.site, &office.hearing).await.unwrap();
    let again = found(&handler, "?text=何时迁入").await;
    assert_eq!((&again["count"], &again["hearings"][0]["matches"]), (&json!(1), &json!(1)));
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_look_into_files_finds_nothing() {
    let office = Prepared::new().await;
    let seats = sealed(&office).await;
    let nobody = Staff::nobody(&office.server);
    assert_eq!(nobody.get("/api/archive").await.1["code"], "account.signed-out");
    for name in ["petition", "admin"] {
        let staff = Staff::sign_in(&office.server, name).await;
        assert_eq!(staff.get("/api/archive").await.1["code"], "account.not-your-office", "{name}");
    }
    for seat in ["a1", "chair"] {
        let asked =
            reqwest::Client::new().get(office.server.at("/api/archive")).bearer_auth(&seats[seat].key);
        assert_eq!(answer(asked).await.1["code"], "hearing.not-disclosed", "{seat}");
    }
    let handler = Staff::sign_in(&office.server, "handler").await;
    let long = "字".repeat(201);
    for query in [
        "from=2026-13-01",
        "from=01.01.2026",
        "to=2026-1-1",
        "page=0",
        &format!("text={long}"),
        "text=a b c d e f g h i",
        "text=%ff",
        "person=%ff",
    ] {
        let (status, refused) = handler.get(&format!("/api/archive?{query}")).await;
        assert_eq!((status, &refused["code"]), (422, &json!("archive.search-unreadable")), "{query}");
    }
    assert_eq!(handler.get("/api/archive?words=x").await.1["code"], "request.unreadable");
    drop(seats);
    office.server.stop().await;
}

fn entry(number: i64) -> Entry {
    Entry {
        hearing: format!("h{number:04}"),
        number: format!("豫检民监〔2026〕{number}号"),
        kind: Kind::CivilSupervision,
        cause: "劳动争议".into(),
        office: if number % 2 == 0 { "甲市人民检察院" } else { "乙县人民检察院" }.into(),
        openness: Openness::Public,
        held: Moment(number * 1_000),
        sealed: Moment(number * 1_000 + 1),
    }
}

fn line(number: i64, text: String) -> Passage {
    Passage {
        volume: Volume::Main, part: Part::Line, line: number, speaker: "陈某某（申请人）".into(), text
    }
}

#[tokio::test]
async fn of_two_hundred_hearings_the_right_ones_are_found_in_order_quickly_whatever_signs_are_typed() {
    let folder = TempDir::new().unwrap();
    let database = Database::open(folder.path(), 2).await.unwrap();
    let index = Tables::new(&database);
    for number in 0..200_i64 {
        let passages: Vec<Passage> = (1..=20)
            .map(|at| line(at, format!("第{number}次听证第{at}行：公司应当支付工资Ａbc{at}，100%_\"AND\"!")))
            .collect();
        index.put(&entry(number), &passages).await.unwrap();
    }
    let wanted = |words: &[&str]| Wanted {
        words: words.iter().map(|word| (*word).into()).collect(),
        most: 20,
        passages_most: 5,
        ..Wanted::default()
    };
    let all = index.find(&wanted(&["支付工资"])).await.unwrap();
    assert_eq!((all.count, all.hearings.len(), all.hearings[0].matches), (200, 20, 20));
    assert_eq!(all.hearings[0].entry.hearing, "h0199", "held last first");
    assert_eq!(all.hearings[0].passages.len(), 5);
    for (words, count) in [
        (&["第7次听证"][..], 1),
        (&["工资"], 200),
        (&["ABC20", "第42次"], 1),
        (&["%_\"and\""], 200),
        (&["%%"], 0),
        (&["\" OR folded:\""], 0),
        (&["NEAR(公司 工资)"], 0),
        (&["*"], 0),
        (&["!"], 200),
    ] {
        assert_eq!(index.find(&wanted(words)).await.unwrap().count, count, "{words:?}");
    }
    let some = Wanted {
        office: Some("乙县".into()),
        from: Some(Moment(100_000)),
        before: Some(Moment(110_000)),
        case: Some("105号".into()),
        ..wanted(&["工资"])
    };
    let found = index.find(&some).await.unwrap();
    assert_eq!(found.hearings.iter().map(|hit| hit.entry.hearing.as_str()).collect::<Vec<_>>(), ["h0105"]);
    // Far more than it takes, far less than anybody would notice.
    let began = Instant::now();
    for _ in 0..10 {
        index.find(&wanted(&["第150次听证"])).await.unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    index.forget("h0007").await.unwrap();
    index.put(&entry(8), &[line(1, "另有内容".into())]).await.unwrap();
    assert_eq!(index.find(&wanted(&["支付工资"])).await.unwrap().count, 198);
    assert_eq!(index.find(&wanted(&["另有内容"])).await.unwrap().count, 1);
}
