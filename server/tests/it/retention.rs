//! How long a file is kept: thirty years unless somebody who approves says longer, shorter only with another's approval.

use serde_json::json;

use crate::{
    office::{Prepared, Staff},
    search::{leader, sealed},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_file_is_kept_thirty_years_and_raised_with_a_reason() {
    let office = Prepared::new().await;
    let seats = sealed(&office).await;
    let path = format!("/api/hearings/{}/retention", office.hearing);
    let (handler, chief) =
        (Staff::sign_in(&office.server, "handler").await, Staff::sign_in(&office.server, "chief").await);
    let (status, kept) = handler.get(&path).await;
    assert_eq!((status, &kept["class"]), (200, &json!("30-years")));
    assert!(kept["last_day"].as_str().unwrap().ends_with("-12-31"), "{kept}");
    assert!(kept["classes"].as_array().unwrap().iter().all(|class| class["source"].is_string()));

    let want = |class: &str, reason: &str| json!({"class": class, "reason": reason});
    for (class, reason, code) in [
        ("30-years", "重大", "archive.retention-same"),
        ("90-years", "重大", "archive.retention-unknown"),
        ("60-years", " ", "archive.reason-missing"),
    ] {
        assert_eq!(chief.post(&path, want(class, reason)).await.1["code"], code);
    }
    let (status, asked) = handler.post(&path, want("60-years", "社会影响大")).await;
    assert_eq!(
        (status, &asked["class"], &asked["pending"]["by"]),
        (200, &json!("30-years"), &json!("handler"))
    );
    let ruling = format!("{path}/ruling");
    let grants = |steps: usize| json!({"granted": true, "reason": "同意", "steps": steps});
    assert_eq!(handler.post(&ruling, grants(2)).await.0, 403);
    let (_, before) = chief.post(&ruling, grants(1)).await;
    assert_eq!(
        before["code"], "archive.changed-meanwhile",
        "it rules on what it has read, and on nothing else"
    );
    let (_, granted) = chief.post(&ruling, grants(2)).await;
    assert_eq!((&granted["class"], &granted["pending"]), (&json!("60-years"), &json!(null)));
    let (_, raised) = chief.post(&path, want("permanent", "全国有影响")).await;
    assert_eq!((&raised["class"], &raised["last_day"]), (&json!("permanent"), &json!(null)));
    // Lower only with another.
    let (_, asked) = chief.post(&path, want("30-years", "登记有误")).await;
    assert_eq!(asked["class"], "permanent");
    assert_eq!(chief.post(&ruling, grants(5)).await.1["code"], "archive.own-request");
    let leader = leader(&office).await;
    let (_, lowered) = leader.post(&ruling, grants(5)).await;
    assert_eq!(lowered["class"], "30-years");
    assert_eq!(lowered["steps"].as_array().unwrap().len(), 6, "every step is kept: {lowered}");
    assert_eq!(chief.get("/api/archive/due").await.1, json!([]), "nothing is due");
    drop(seats);
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_archive_or_not_for_whoever_asks_is_not_told() {
    let office = Prepared::new().await;
    let (handler, petition) =
        (Staff::sign_in(&office.server, "handler").await, Staff::sign_in(&office.server, "petition").await);
    let path = format!("/api/hearings/{}/retention", office.hearing);
    assert_eq!(handler.get(&path).await.1["code"], "hearing.unknown", "not sealed yet");
    assert_eq!(petition.get(&path).await.1["code"], "account.not-your-office");
    office.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_listed_for_appraisal_and_a_list_that_makes_no_sense_stops_the_start() {
    let own = tempfile::tempdir().unwrap();
    let file = own.path().join("retention.toml");
    let class = |id: &str, years: i32| {
        format!("[[class]]\nid = \"{id}\"\nyears = {years}\nzh = \"x\"\nen = \"x\"\nsource = \"x\"\n")
    };
    for wrong in [
        format!("default = \"none\"\n{}", class("a", 1)),
        format!("default = \"a\"\n{}{}", class("a", 1), class("b", 2)),
        format!("default = \"a\"\n{}", class("a", -1)),
        "default = 1".into(),
    ] {
        std::fs::write(&file, wrong).unwrap();
        assert!(server::archive::retention::Schedule::open(Some(&file)).is_err());
    }
    std::fs::write(&file, format!("default = \"a\"\n{}", class("a", 7))).unwrap();
    let office = Prepared::with(|config| config.retention = Some(file)).await;
    let seats = sealed(&office).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let (_, kept) = handler.get(&format!("/api/hearings/{}/retention", office.hearing)).await;
    assert_eq!(kept["class"], "a");
    // A class that the office has taken out of its list since.
    let pool = &office.server.site.database.pool;
    let gone = json!({"at": 1, "by": "chief", "act": {"set": {"class": "gone", "reason": "x"}}}).to_string();
    sqlx::query("INSERT INTO retention (hearing, number, content) VALUES ($1, 2, $2)")
        .bind(office.hearing.clone())
        .bind(gone)
        .execute(pool)
        .await
        .unwrap();
    let (_, due) = handler.get("/api/archive/due").await;
    assert_eq!((&due[0]["class"], &due[0]["last_day"]), (&json!("gone"), &json!("")), "{due}");
    drop(seats);
    office.server.stop().await;
}
