//! The lists of the office, the outline of a hearing, and what the public is told of it.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::office::{Prepared, Running, Staff, local, registration, staffed};

async fn listed(staff: &Staff, id: &str) -> Value {
    let (status, list) = staff.get("/api/hearings").await;
    assert_eq!(status, 200, "{list}");
    list.as_array().unwrap().iter().find(|face| face["id"] == id).expect("in the list").clone()
}

#[tokio::test]
async fn the_list_says_what_each_hearing_waits_for() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    assert_eq!(listed(&handler, &office.hearing).await["next"], Value::Null, "prepared");
    let (_, registered) = handler.post("/api/hearings", registration()).await;
    let id = registered["id"].as_str().unwrap();
    assert_eq!(listed(&handler, id).await["next"], "panel");
    let draw = json!({"plan": {"draw": {"seed": "ab".repeat(32), "pool": "cd".repeat(32), "size": 1, "drawn": ["甲"]}}});
    assert_eq!(handler.command(id, draw).await.0, 200);
    assert_eq!(listed(&handler, id).await["next"], "seats");
    office.server.stop().await;
}

#[tokio::test]
async fn the_outline_holds_the_plan_and_nothing_that_was_said() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let clerk = seats.get_mut("clerk").unwrap();
    clerk.does(json!({"statement": {"record": {"text": "现在开始听证。"}}})).await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let path = format!("/api/hearings/{}", office.hearing);
    let whole = handler.get(&path).await.1.to_string();
    let (status, outline) = handler.get(&format!("{path}/outline")).await;
    assert_eq!((status, &outline["phase"]["current"]), (200, &json!("roll-call")));
    assert_eq!(outline["roll"]["entries"]["a1"]["standing"], "present");
    assert!(whole.contains("现在开始听证") && !outline.to_string().contains("现在开始听证"));
    for name in ["admin", "petition"] {
        let staff = Staff::sign_in(&office.server, name).await;
        assert_eq!(staff.get(&format!("{path}/outline")).await.0, 403, "{name}");
    }
    office.server.stop().await;
}

#[tokio::test]
async fn who_rules_where_the_chair_may_not_sees_what_it_rules_on_and_rules_from_the_office() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    seats.get_mut("chair").unwrap().does(json!({"phase": {"open": {}}})).await;
    let [chief, handler] =
        [Staff::sign_in(&office.server, "chief").await, Staff::sign_in(&office.server, "handler").await];
    assert_eq!(listed(&chief, &office.hearing).await["ruling"], Value::Null);
    let applicant = seats.get_mut("a1").unwrap();
    for (id, kind, whom) in [("m1", "recusal", json!("chair")), ("m2", "new-evidence", Value::Null)] {
        let text = format!("理由-{id}");
        applicant.does_as(id, json!({"motion": {"move": {"kind": kind, "text": text, "whom": whom}}})).await;
    }
    assert_eq!(listed(&chief, &office.hearing).await["ruling"], "chief-prosecutor");
    let path = format!("/api/hearings/{}/outline", office.hearing);
    let outline = chief.get(&path).await.1;
    assert_eq!(outline["motion"]["moved"]["m1"]["text"], "理由-m1");
    assert!(!outline.to_string().contains("理由-m2"), "the chair rules on that");
    assert!(!handler.get(&path).await.1.to_string().contains("理由-m1"));
    let rule = json!({"motion": {"rule": {"of": "m1", "granted": true, "reason": "与申请人有利害关系"}}});
    assert_eq!(handler.command(&office.hearing, rule.clone()).await.0, 409);
    assert_eq!(chief.command(&office.hearing, rule).await.0, 200);
    assert_eq!(listed(&chief, &office.hearing).await["ruling"], Value::Null);
    let outline = chief.get(&path).await.1;
    assert_eq!(outline["roll"]["entries"]["chair"]["standing"], "recused");
    assert!(outline["phase"]["interrupted"].is_object(), "nobody presides: {outline}");
    let deputy = json!({"roll": {"name-deputy": {"seat": "handler"}}});
    assert_eq!(chief.command(&office.hearing, deputy).await.0, 200);
    assert_eq!(chief.get(&path).await.1["roll"]["deputy"], "handler");
    office.server.stop().await;
}

#[tokio::test]
async fn a_notice_names_the_office_the_day_of_publication_and_nobody_beyond_the_notice() {
    let office = Prepared::with(|config| config.office = "某市人民检察院".into()).await;
    let nobody = Staff::nobody(&office.server);
    assert_eq!(nobody.get("/api/office").await.1, json!({"name": "某市人民检察院", "phone": "12309"}));
    let (_, notice) = nobody.get(&format!("/api/notices/{}", office.hearing)).await;
    assert!(notice["published"].as_i64().unwrap() > 0, "{notice}");
    let text = notice.to_string();
    for (seat, named) in [("chair", true), ("p1", true), ("a1", false), ("r1", false), ("o1", false)] {
        assert_eq!(text.contains(&format!("姓名-{seat}")), named, "{seat}");
    }
    assert!(!text.contains("SECRET-PROPOSAL"));
    office.server.stop().await;
}

#[tokio::test]
async fn a_case_number_is_entered_once_changed_by_those_who_prepare_and_its_proposals_are_theirs() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    staffed(&server).await;
    let [handler, petition] =
        [Staff::sign_in(&server, "handler").await, Staff::sign_in(&server, "petition").await];
    let first = registration()["case"].clone();
    let mut other = first.clone();
    other["cause"] = json!("另一案由");
    let listed = async |staff: &Staff| staff.get("/api/cases").await.1[0].clone();
    assert_eq!(handler.patch("/api/cases", first.clone()).await.0, 404, "not entered yet");
    assert_eq!(handler.post("/api/cases", first.clone()).await.0, 201);
    for staff in [&handler, &petition] {
        assert_eq!(staff.post("/api/cases", first.clone()).await.0, 201, "said again after a lost answer");
        let (status, no) = staff.post("/api/cases", other.clone()).await;
        assert_eq!((status, &no["code"]), (409, &json!("case.known")));
    }
    assert_eq!(listed(&handler).await, first, "nothing was overwritten");
    assert_eq!(handler.patch("/api/cases", other.clone()).await.0, 204);
    assert_eq!(listed(&handler).await, other);
    let seen = listed(&petition).await;
    assert_eq!((&seen["cause"], &seen["proposed"]), (&json!("另一案由"), &json!({})));
    assert!(first["proposed"].as_object().is_some_and(|proposed| !proposed.is_empty()));
    server.stop().await;
}

#[tokio::test]
async fn the_lists_are_for_posts_that_read_them() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    staffed(&server).await;
    for (name, hearings, pool, accounts) in [
        ("admin", 403, 403, 200),
        ("petition", 200, 403, 403),
        ("casemgmt", 200, 200, 403),
        ("chief", 200, 200, 403),
    ] {
        let staff = Staff::sign_in(&server, name).await;
        for (path, status) in [
            ("/api/hearings", hearings),
            ("/api/cases", hearings),
            ("/api/pool", pool),
            ("/api/accounts", accounts),
        ] {
            assert_eq!(staff.get(path).await.0, status, "{name} {path}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_notice_of_a_hearing_at_somebodys_door_names_no_home() {
    const HOME: &str = "东县柳林村12号";
    let office = Prepared::new().await;
    let [chief, handler] =
        [Staff::sign_in(&office.server, "chief").await, Staff::sign_in(&office.server, "handler").await];
    let mut setting = registration()["hearing"].clone();
    (setting["mode"], setting["place"]) = (json!("doorstep"), json!(HOME));
    let amend = json!({"plan": {"amend": {"hearing": setting, "reason": "申请人行动不便"}}});
    assert_eq!(handler.command(&office.hearing, amend).await.0, 200);
    for (staff, command) in [
        (&chief, json!({"plan": {"approve": {}}})),
        (&handler, json!({"plan": {"notify": {}}})),
        (&handler, json!({"plan": {"publish": {}}})),
    ] {
        let (status, body) = staff.command(&office.hearing, command).await;
        assert_eq!(status, 200, "{body}");
    }
    let nobody = Staff::nobody(&office.server);
    let (status, notice) = nobody.get(&format!("/api/notices/{}", office.hearing)).await;
    assert_eq!((status, &notice["mode"], &notice["place"]), (200, &json!("doorstep"), &Value::Null));
    for path in ["/api/notices".to_string(), format!("/api/notices/{}", office.hearing)] {
        assert!(!nobody.get(&path).await.1.to_string().contains(HOME), "{path}");
    }
    // Those who take part are told where, and so is the office.
    let a1 = office.seat("a1").await;
    assert_eq!(a1.view.plan.registered.as_ref().unwrap().hearing.place, HOME);
    assert!(listed(&handler, &office.hearing).await.to_string().contains(HOME));
    office.server.stop().await;
}

#[tokio::test]
async fn the_lists_say_how_a_hearing_stands_still() {
    let office = Prepared::new().await;
    let mut seats = office.all_in().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let nobody = Staff::nobody(&office.server);
    let chair = seats.get_mut("chair").unwrap();
    chair.does(json!({"phase": {"open": {}}})).await;
    let notice = format!("/api/notices/{}", office.hearing);
    for (command, how) in [
        (json!({"phase": {"recess": {}}}), json!("recess")),
        (json!({"phase": {"suspend": {"reason": "申请人突发疾病"}}}), json!("suspended")),
        (json!({"phase": {"resume": {}}}), Value::Null),
    ] {
        chair.does(command).await;
        assert_eq!(listed(&handler, &office.hearing).await["standstill"], how);
        assert_eq!(nobody.get(&notice).await.1["standstill"], how);
    }
    office.server.stop().await;
}
