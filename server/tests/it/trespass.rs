//! What the office refuses by HTTP: whoever is not signed in or no longer, another post, the wrong moment, and whatever
//! cannot be read. Nothing of it changes anything.

use procedure::Moment;
use serde_json::{Value, json};
use server::clock;
use tempfile::TempDir;

use crate::office::{PASSWORD, Prepared, Running, Staff, answer, local, registration, staffed};

const HOUR_MS: i64 = 3_600_000;

/// Every address of the staff with something to send there, and the posts of the test office that it is for.
fn addresses(hearing: &str) -> Vec<(&'static str, String, Value, &'static [&'static str])> {
    let of = |what: &str| format!("/api/hearings/{hearing}{what}");
    let (all, prepare): (&[&str], &[&str]) = (&["chief", "handler", "casemgmt"], &["chief", "handler"]);
    vec![
        ("GET", "/api/accounts".into(), Value::Null, &["admin"]),
        (
            "POST",
            "/api/accounts".into(),
            json!({"name": "mallory", "password": PASSWORD, "role": "administrator"}),
            &["admin"],
        ),
        ("PATCH", "/api/accounts/chief".into(), json!({"role": "clerk"}), &["admin"]),
        ("GET", "/api/pool".into(), Value::Null, all),
        (
            "POST",
            "/api/pool".into(),
            json!({"name": "甲", "post": "教师", "class": "群众", "birth_year": 1980, "phone_tail": "0001"}),
            &["casemgmt"],
        ),
        ("GET", "/api/cases".into(), Value::Null, &["chief", "handler", "casemgmt", "petition"]),
        ("POST", "/api/cases".into(), registration()["case"].clone(), &["chief", "handler", "petition"]),
        ("PATCH", "/api/cases".into(), registration()["case"].clone(), prepare),
        ("GET", "/api/hearings".into(), Value::Null, &["chief", "handler", "casemgmt", "petition"]),
        ("POST", "/api/hearings".into(), registration(), prepare),
        ("GET", of(""), Value::Null, all),
        ("GET", of("/outline"), Value::Null, all),
        ("GET", of("/papers"), Value::Null, all),
        ("GET", of("/papers/cover"), Value::Null, all),
        ("GET", of("/recordings"), Value::Null, all),
        ("GET", of("/recordings/a1/1"), Value::Null, all),
        ("GET", of("/draw"), Value::Null, all),
        ("POST", of("/draw"), json!({"number": 1}), all),
        ("GET", of("/invitations"), Value::Null, prepare),
        ("POST", of("/invitations"), json!({"seat": "a1", "phone_tail": "1234"}), prepare),
        ("DELETE", of("/invitations/a1"), Value::Null, prepare),
    ]
}

async fn asks(staff: &Staff, method: &str, path: &str, body: Value) -> (u16, Value) {
    match method {
        "GET" => staff.get(path).await,
        "POST" => staff.post(path, body).await,
        "PATCH" => staff.patch(path, body).await,
        _ => staff.delete(path).await,
    }
}

#[tokio::test]
async fn every_address_of_the_staff_is_for_its_posts_alone() {
    let office = Prepared::new().await;
    let nobody = Staff::nobody(&office.server);
    for (method, path, body, _) in addresses(&office.hearing) {
        let (status, refused) = asks(&nobody, method, &path, body).await;
        assert_eq!((status, &refused["code"]), (401, &json!("account.signed-out")), "{method} {path}");
    }
    for name in ["admin", "chief", "handler", "casemgmt", "petition"] {
        let staff = Staff::sign_in(&office.server, name).await;
        for (method, path, body, posts) in addresses(&office.hearing) {
            if posts.contains(&name) {
                continue;
            }
            let (status, refused) = asks(&staff, method, &path, body).await;
            let code = refused["code"].as_str().unwrap_or_default();
            assert!(code.ends_with("not-your-office"), "{name} {method} {path}: {refused}");
            assert!([403, 409].contains(&status), "{name} {method} {path}: {status}");
        }
    }
    let admin = Staff::sign_in(&office.server, "admin").await;
    let (_, accounts) = admin.get("/api/accounts").await;
    assert!(!accounts.to_string().contains("mallory") && accounts.to_string().contains("chief-prosecutor"));
    let handler = Staff::sign_in(&office.server, "handler").await;
    assert_eq!(handler.get("/api/hearings").await.1.as_array().unwrap().len(), 1, "no other was registered");
    assert_eq!(handler.get("/api/pool").await.1, json!([]));
    office.server.stop().await;
}

#[tokio::test]
async fn a_session_left_alone_too_long_or_too_old_does_nothing_more() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(local(&folder)).await;
    staffed(&server).await;
    let accounts = &server.site.accounts;
    let (now, limits) = (clock::now().0, &server.site.config.limits);
    let (idle, age) =
        (i64::try_from(limits.session_idle_ms).unwrap(), i64::try_from(limits.session_age_ms).unwrap());
    let me = |token: String| {
        let request = reqwest::Client::new().get(server.at("/api/me"));
        answer(request.header("cookie", format!("session={token}")))
    };
    // Fresh ones last, for a sign-in sweeps those away that have ended.
    for (signed_in, status) in [(now - idle - 1, 401), (now - age - 1, 401), (now - idle / 2, 200)] {
        let (token, _) = accounts.sign_in("chief", PASSWORD, Moment(signed_in)).await.unwrap();
        let mut seen = signed_in;
        // Whoever works all day is signed out at its end all the same.
        while signed_in < now - age && seen < now - HOUR_MS {
            seen += HOUR_MS;
            assert!(accounts.session(&token, Moment(seen.min(signed_in + age - 1))).await.unwrap().is_some());
        }
        let (answered, told) = me(token).await;
        assert_eq!(answered, status, "{told}");
        assert_eq!(told["code"] == "account.signed-out", status == 401);
    }
    server.stop().await;
}

#[tokio::test]
async fn what_comes_at_the_wrong_moment_is_refused_by_the_rule_and_changes_nothing() {
    let office = Prepared::new().await;
    let (chief, handler) =
        (Staff::sign_in(&office.server, "chief").await, Staff::sign_in(&office.server, "handler").await);
    let path = format!("/api/hearings/{}", office.hearing);
    let before = handler.get(&path).await.1;
    let setting = registration()["hearing"].clone();
    let with = |name: &str, value: Value| {
        let mut setting = setting.clone();
        setting[name] = value;
        json!({"plan": {"amend": {"hearing": setting, "reason": "改"}}})
    };
    let seat = |id: &str, capacity: &str| json!({"plan": {"seat": {"id": id, "capacity": capacity, "name": "某人"}}});
    for (staff, command, code) in [
        (&chief, json!({"plan": {"approve": {}}}), "plan.already-approved"),
        (&handler, json!({"plan": {"approve": {}}}), "plan.chief-only"),
        (&handler, json!({"plan": {"register": registration()}}), "plan.already-registered"),
        (&handler, seat("a1", "applicant"), "plan.seat-taken"),
        (&handler, seat("a/1", "applicant"), "plan.bad-seat-name"),
        (&handler, seat("chair2", "chair"), "plan.one-chair"),
        (&handler, seat("g1", "agent"), "plan.agent-for-nobody"),
        (&handler, json!({"plan": {"unseat": {"seat": "nobody"}}}), "seat.unknown"),
        (
            &handler,
            json!({"plan": {"postpone": {"scheduled": "2001-01-01T09:00:00+08:00", "reason": "改"}}}),
            "plan.time-past",
        ),
        (
            &handler,
            json!({"plan": {"postpone": {"scheduled": "some day", "reason": "改"}}}),
            "plan.time-unreadable",
        ),
        (
            &handler,
            json!({"plan": {"postpone": {"scheduled": "2126-12-09T09:00:00+08:00", "reason": " "}}}),
            "text.reason-needed",
        ),
        (&handler, with("place", json!(" ")), "text.empty"),
        (&handler, with("place", json!("室".repeat(201))), "text.title-too-long"),
        (&handler, with("turn_seconds", json!(0)), "plan.turn-too-long"),
        (&handler, with("openness", json!("closed")), "plan.closed-needs-ground"),
        (&handler, json!({"phase": {"cancel": {"reason": ""}}}), "text.reason-needed"),
        (&chief, json!({"roll": {"name-deputy": {"seat": "p1"}}}), "roll.deputy-must-be-handler"),
        (&chief, json!({"decision": {"consent": {"reason": "同意"}}}), "phase.not-open"),
    ] {
        let (status, refused) = staff.command(&office.hearing, command.clone()).await;
        assert_eq!((status, refused["code"].as_str()), (409, Some(code)), "{command}: {refused}");
        assert!(refused["zh"].as_str().unwrap().ends_with('。'), "{refused}");
    }
    assert_eq!(handler.get(&path).await.1, before);
    office.server.stop().await;
}

#[tokio::test]
async fn a_hearing_that_is_not_there_is_said_to_be_unknown() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let none = "/api/hearings/00000000-0000-7000-8000-000000000000";
    for path in [
        none.to_string(),
        format!("{none}/outline"),
        format!("{none}/draw"),
        format!("{none}/invitations"),
        "/api/hearings/..%2f..%2fetc/outline".into(),
        format!("/api/hearings/{}/outline", "x".repeat(3000)),
    ] {
        let (status, refused) = handler.get(&path).await;
        assert_eq!((status, &refused["code"]), (404, &json!("hearing.unknown")), "{path}");
    }
    office.server.stop().await;
}

fn case(field: &str, value: Value) -> Value {
    let mut case = registration()["case"].clone();
    case[field] = value;
    case
}

fn person(field: &str, value: Value) -> Value {
    let mut person =
        json!({"name": "甲", "post": "教师", "class": "群众", "birth_year": 1980, "phone_tail": "0001"});
    person[field] = value;
    person
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_the_office_goes_on() {
    let office = Prepared::new().await;
    let handler = Staff::sign_in(&office.server, "handler").await;
    let keeper = Staff::sign_in(&office.server, "casemgmt").await;
    let of = |what: &str| format!("/api/hearings/{}{what}", office.hearing);
    let twice = json!([{"id": "i1", "text": "一"}, {"id": "i1", "text": "二"}]);
    for (staff, path, body, code) in [
        (&handler, "/api/cases".to_string(), case("number", json!(" ")), "text.empty"),
        (&handler, "/api/cases".into(), case("cause", json!("由".repeat(201))), "text.title-too-long"),
        (&handler, "/api/cases".into(), case("cause", json!("案\u{202e}由")), "text.control-characters"),
        (&handler, "/api/cases".into(), case("issues", twice), "plan.issue-twice"),
        (&handler, "/api/cases".into(), case("proposed", json!({"i9": "?"})), "plan.issue-unknown"),
        (&handler, "/api/cases".into(), case("kind", json!("anything")), "request.unreadable"),
        (&handler, "/api/cases".into(), case("more", json!(1)), "request.unreadable"),
        (&handler, "/api/cases".into(), case("summary", json!("长".repeat(400_000))), "request.too-large"),
        (&keeper, "/api/pool".into(), person("name", json!("")), "pool.incomplete"),
        (&keeper, "/api/pool".into(), person("barred", json!("因".repeat(101))), "pool.incomplete"),
        (&keeper, "/api/pool".into(), person("birth_year", json!(80)), "pool.incomplete"),
        (&keeper, "/api/pool".into(), person("phone_tail", json!("12a4")), "invitation.bad-phone-tail"),
        (&keeper, of("/draw"), json!({"number": 0}), "pool.bad-number"),
        (&keeper, of("/draw"), json!({"number": 3}), "pool.too-small"),
        (&keeper, of("/draw"), json!({"number": -1}), "request.unreadable"),
        (&keeper, of("/draw"), json!({"directed": ["nobody"], "reason": "懂"}), "pool.unknown"),
        (&handler, of("/invitations"), json!({"seat": "nobody", "phone_tail": "1234"}), "seat.unknown"),
        (
            &handler,
            of("/invitations"),
            json!({"seat": "a1", "phone_tail": "123"}),
            "invitation.bad-phone-tail",
        ),
        (
            &handler,
            of("/commands"),
            json!({"id": "", "command": {"plan": {"publish": {}}}}),
            "command.bad-id",
        ),
        (
            &handler,
            of("/commands"),
            json!({"id": "x", "command": {"plan": {"abolish": {}}}}),
            "request.unreadable",
        ),
        (
            &handler,
            "/api/hearings".into(),
            json!({"id": "../x", "case": registration()["case"], "hearing": registration()["hearing"]}),
            "command.bad-id",
        ),
    ] {
        let (status, refused) = staff.post(&path, body).await;
        assert_eq!(refused["code"].as_str(), Some(code), "{path}: {refused}");
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    assert_eq!(keeper.get("/api/pool").await.1, json!([]), "nobody was put in");
    assert_eq!(handler.delete(&of("/invitations/nobody")).await.1["code"], "seat.unknown");
    assert_eq!(keeper.post("/api/pool", person("name", json!("甲"))).await.0, 201, "the office goes on");
    office.server.stop().await;
}
