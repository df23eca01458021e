//! Who has read what: every look into the archive stands in a log that cannot be changed, and what cannot be noted is not shown.

use serde_json::{Value, json};
use server::archive::access::{self, Deed};

use crate::{
    office::{Prepared, Staff, answer},
    read_along::hear_out,
    search::sealed,
};

async fn of_the_hearing(office: &Prepared, chief: &Staff) -> Vec<Value> {
    let (status, notes) = chief.get(&format!("/api/archive/access?hearing={}", office.hearing)).await;
    assert_eq!(status, 200, "{notes}");
    notes["notes"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_fetches_a_file_a_paper_or_searches_stands_in_the_log_with_name_address_and_moment() {
    let office = Prepared::new().await;
    let seats = sealed(&office).await;
    let (handler, chief) =
        (Staff::sign_in(&office.server, "handler").await, Staff::sign_in(&office.server, "chief").await);
    let path = format!("/api/hearings/{}", office.hearing);
    assert!(handler.text(&format!("{path}/file")).await.starts_with("PK"));
    handler.text(&format!("{path}/papers/record?as=page")).await;
    let own =
        reqwest::Client::new().get(office.server.at(&format!("{path}/file"))).bearer_auth(&seats["a1"].key);
    assert_eq!(own.send().await.unwrap().status(), 200);
    assert_eq!(handler.get("/api/archive?text=工资").await.0, 200);
    // A page that looks again and again is noted once.
    for _ in 0..2 {
        assert_eq!(handler.get(&path).await.0, 200);
    }

    let notes = of_the_hearing(&office, &chief).await;
    let deeds: Vec<&Value> = notes.iter().map(|note| &note["deed"]).collect();
    let id = &office.hearing;
    assert_eq!(
        deeds,
        [
            &json!({"access": {}}),
            &json!({"record": {}}),
            &json!({"file": {"name": format!("hearing-{id}-a1.zip")}}),
            &json!({"paper": {"form": "record", "to": null}}),
            &json!({"file": {"name": format!("hearing-{id}.zip")}}),
        ],
        "the last first, and whoever looks at the list too"
    );
    assert_eq!(notes[4]["who"], json!({"staff": {"name": "handler", "role": "handler"}}));
    assert_eq!(notes[2]["who"], json!({"seat": {"hearing": id, "seat": "a1"}}));
    assert!(notes.iter().all(|note| note["from"] == "127.0.0.1" && note["at"].as_i64().unwrap() > 0));
    let (_, searches) = chief.get("/api/archive/access").await;
    assert_eq!(searches["notes"][1]["deed"], json!({"search": {"query": {"text": "工资"}}}));
    // The log holds together.
    let log = &office.server.site.rooms.ground().log;
    assert!(log.read(&access::of_hearing(id), 1).await.unwrap().len() >= 5);
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_an_exhibit_of_a_sealed_hearing_is_noted_once_and_before_that_nobody() {
    let office = Prepared::new().await;
    let exhibits = format!("/api/hearings/{}/exhibits", office.hearing);
    let client = reqwest::Client::new();
    let mut sha256 = String::new();
    let mut seats = hear_out(&office, &[], async |seats| {
        let own = seats.get_mut("a1").unwrap();
        let put = client.post(office.server.at(&exhibits)).bearer_auth(&own.key).body("工资流水\n");
        let (status, kept) = answer(put).await;
        assert_eq!(status, 201, "{kept}");
        own.does(json!({"exhibit": {"lay": {"title": "工资流水", "content": {"file": kept}}}})).await;
        sha256 = kept["sha256"].as_str().unwrap().to_string();
    })
    .await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let (file, page) = (format!("{exhibits}/{sha256}"), format!("{exhibits}/{sha256}/pages/1"));
    let stream = access::of_hearing(&office.hearing);
    assert_eq!(handler.text(&file).await, "工资流水\n");
    let noted = async || access::notes(&office.server.site, &stream, None, 99).await.unwrap().notes;
    assert!(noted().await.is_empty(), "not sealed yet");
    seats.get_mut("clerk").unwrap().does(json!({"record": {"seal": {}}})).await;
    for path in [&page, &page, &file] {
        assert_eq!(handler.text(path).await, "工资流水\n");
        let own = client.get(office.server.at(path)).bearer_auth(&seats["a1"].key);
        assert_eq!(own.send().await.unwrap().status(), 200);
    }
    let notes = noted().await;
    let deeds: Vec<&Deed> = notes.iter().map(|note| &note.deed).collect();
    let deed = Deed::Exhibit { sha256 };
    assert_eq!(deeds, [&deed, &deed], "once for each reader");
    assert_ne!(notes[0].who, notes[1].who);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_of_the_staff_looks_at_the_outline_of_a_sealed_hearing_is_noted_once_and_before_that_nobody()
{
    let office = Prepared::new().await;
    let mut seats = hear_out(&office, &[], async |_| {}).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}/outline", office.hearing);
    let stream = access::of_hearing(&office.hearing);
    let noted = async || access::notes(&office.server.site, &stream, None, 99).await.unwrap().notes;
    assert_eq!(handler.get(&path).await.0, 200);
    assert!(noted().await.is_empty(), "not sealed yet");
    seats.get_mut("clerk").unwrap().does(json!({"record": {"seal": {}}})).await;
    for _ in 0..2 {
        assert_eq!(handler.get(&path).await.0, 200);
    }
    let notes = noted().await;
    assert_eq!(notes.len(), 1, "a page that looks again and again is noted once: {notes:?}");
    assert_eq!((&notes[0].deed, notes[0].from.as_str()), (&Deed::Record {}, "127.0.0.1"));
    let who = serde_json::to_value(&notes[0].who).unwrap();
    assert_eq!(who, json!({"staff": {"name": "handler", "role": "handler"}}));
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_supervise_see_who_read_what() {
    let office = Prepared::new().await;
    let seats = sealed(&office).await;
    let path = format!("/api/archive/access?hearing={}", office.hearing);
    for (name, status) in
        [("chief", 200), ("casemgmt", 200), ("handler", 403), ("petition", 403), ("admin", 403)]
    {
        let staff = Staff::sign_in(&office.server, name).await;
        assert_eq!(staff.get(&path).await.0, status, "{name}");
    }
    let chief = Staff::sign_in(&office.server, "chief").await;
    assert_eq!(chief.get("/api/archive/access?hearing=none").await.1["code"], "hearing.unknown");
    for wrong in ["month=2026", "month=2026-11&hearing=x", "month=../../x", "month=2026-13", "month=2026-00"]
    {
        let (_, refused) = chief.get(&format!("/api/archive/access?{wrong}")).await;
        assert_eq!(refused["code"], "archive.search-unreadable", "{wrong}");
    }
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_pages_and_no_note_is_passed_over() {
    let office = Prepared::with(|config| config.limits.access_page_max = 2).await;
    let seats = sealed(&office).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    for _ in 0..4 {
        handler.text(&format!("/api/hearings/{}/file", office.hearing)).await;
    }
    let chief = Staff::sign_in(&office.server, "chief").await;
    let path = format!("/api/archive/access?hearing={}", office.hearing);
    let (_, first) = chief.get(&path).await;
    assert_eq!((first["notes"].as_array().unwrap().len(), &first["earlier"]), (2, &json!(4)));
    assert_eq!(first["notes"][0]["deed"], json!({"access": {}}));
    // Looking adds to the end; what came before stays where it was.
    let (_, second) = chief.get(&format!("{path}&before=4")).await;
    assert_eq!((second["notes"].as_array().unwrap().len(), &second["earlier"]), (2, &json!(2)));
    let (_, last) = chief.get(&format!("{path}&before=2")).await;
    assert_eq!((last["notes"].as_array().unwrap().len(), &last["earlier"]), (1, &Value::Null));
    let (_, none) = chief.get(&format!("{path}&before=-5")).await;
    assert_eq!(none, json!({"notes": [], "earlier": null}));
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_all_noted() {
    let office = Prepared::new().await;
    let seats = sealed(&office).await;
    let path = office.server.at(&format!("/api/hearings/{}/file", office.hearing));
    let asked = (0..8).map(|_| {
        let request = reqwest::Client::new().get(&path).bearer_auth(&seats["r1"].key);
        tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
    });
    for asked in asked.collect::<Vec<_>>() {
        assert_eq!(asked.await.unwrap(), 200);
    }
    let log = &office.server.site.rooms.ground().log;
    assert_eq!(log.read(&access::of_hearing(&office.hearing), 1).await.unwrap().len(), 8);
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_noted_is_not_handed_out() {
    let office = Prepared::new().await;
    let seats = sealed(&office).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let pool = &office.server.site.database.pool;
    let refuse = "CREATE TRIGGER no_notes BEFORE INSERT ON log WHEN NEW.stream LIKE 'access/%' \
                  BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    sqlx::query(refuse).execute(pool).await.unwrap();
    let hearing = format!("/api/hearings/{}", office.hearing);
    let outline = format!("{hearing}/outline");
    for path in [format!("{hearing}/file"), hearing, outline, "/api/archive?text=工资".into()] {
        let (status, answer) = handler.get(&path).await;
        assert_eq!((status, &answer["code"]), (500, &json!("error.database")), "{path}");
    }
    assert_eq!(office.server.site.gauges.access_failed_total.get(), 4);
    drop(seats);
    office.server.stop().await;
}
