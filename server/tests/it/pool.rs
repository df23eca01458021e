//! The pool of panellists: who may draw, what is written down, and drawing again.

use serde_json::{Value, json};

use crate::office::{Prepared, Staff};

async fn filled(office: &Prepared) -> Staff {
    let staff = Staff::sign_in(&office.server, "casemgmt").await;
    for n in 0..8 {
        let class = if n < 4 { "律师" } else { "人大代表" };
        let person = json!({"id": format!("p-{n}"), "name": format!("听证员{n}"), "post": "代表", "class": class,
            "birth_year": 1980, "phone_tail": "0001", "barred": if n == 0 { Value::from("回避") } else { Value::Null }});
        let (status, body) = staff.post("/api/pool", person).await;
        assert_eq!(status, 201, "{body}");
    }
    staff
}

#[tokio::test]
async fn a_draw_is_recorded_and_comes_out_the_same_again() {
    let office = Prepared::new().await;
    let staff = filled(&office).await;
    let path = format!("/api/hearings/{}/draw", office.hearing);
    let wanted = json!({"number": 3, "seed": "ab".repeat(32), "conflicts": ["p-1"]});
    let (status, drawn) = staff.post(&path, wanted.clone()).await;
    assert_eq!(status, 201, "{drawn}");
    let names = drawn["people"].as_array().unwrap().iter().map(|person| person["name"].clone());
    assert!(drawn["draw"]["drawn"].as_array().unwrap().iter().all(|id| id != "p-0" && id != "p-1"));
    let (_, view) = staff.get(&format!("/api/hearings/{}", office.hearing)).await;
    assert_eq!(view["plan"]["draws"][0]["drawn"], names.collect::<Value>());
    let (_, second) = staff.post(&path, wanted).await;
    assert_eq!(second["draw"]["drawn"], drawn["draw"]["drawn"]);
    let (_, again) = staff.get(&path).await;
    for redrawn in again.as_array().unwrap() {
        assert_eq!(redrawn["holds"], true);
        assert_eq!(redrawn["again"], redrawn["draw"]["drawn"]);
        assert!(redrawn["at"].is_i64());
    }
    office.server.stop().await;
}

#[tokio::test]
async fn a_draw_is_narrowed_by_field_and_region_and_says_so() {
    let office = Prepared::new().await;
    let staff = filled(&office).await;
    let person = |id: &str, specialty: &str, region: &str| {
        json!({"id": id, "name": id, "post": "医师", "class": "专家学者", "specialty": specialty, "region": region,
            "birth_year": 1975, "phone_tail": "0002"})
    };
    for (id, specialty, region) in [("m-1", "医学", "城区"), ("m-2", "医学", "东县"), ("m-3", "", "城区")]
    {
        let (status, kept) = staff.post("/api/pool", person(id, specialty, region)).await;
        assert_eq!((status, &kept["specialty"]), (201, &json!(specialty)));
    }
    let path = format!("/api/hearings/{}/draw", office.hearing);
    let wanted = json!({"number": 1, "specialty": "医学", "region": "城区"});
    let (status, drawn) = staff.post(&path, wanted).await;
    assert_eq!((status, &drawn["draw"]["drawn"]), (201, &json!(["m-1"])), "{drawn}");
    assert_eq!((&drawn["draw"]["specialty"], &drawn["draw"]["region"]), (&json!("医学"), &json!("城区")));
    let (_, none) = staff.post(&path, json!({"number": 1, "specialty": "建筑"})).await;
    assert_eq!(none["code"], "pool.too-small");
    let (_, changed) = staff.post("/api/pool", person("m-1", "护理", "城区")).await;
    assert_eq!(changed["specialty"], "护理");
    let (_, all) = staff.get("/api/pool").await;
    assert!(all.as_array().unwrap().contains(&changed), "{all}");
    office.server.stop().await;
}

#[tokio::test]
async fn naming_directly_needs_a_reason_and_a_class_narrows_the_pool() {
    let office = Prepared::new().await;
    let staff = filled(&office).await;
    let path = format!("/api/hearings/{}/draw", office.hearing);
    for (wanted, code) in [
        (json!({"directed": ["p-3"]}), "pool.directed-needs-reason"),
        (json!({"directed": ["p-0"], "reason": "专业"}), "pool.unknown"),
        (json!({"directed": ["p-3", "p-3"], "reason": "专业"}), "pool.unknown"),
        (json!({"number": 4, "class": "律师"}), "pool.too-small"),
        (json!({"number": 0}), "pool.bad-number"),
        (json!({"number": 2, "seed": "xyz"}), "pool.bad-seed"),
    ] {
        assert_eq!(staff.post(&path, wanted.clone()).await.1["code"], code, "{wanted}");
    }
    let (status, drawn) = staff.post(&path, json!({"directed": ["p-3"], "reason": "专业"})).await;
    assert_eq!((status, &drawn["draw"]["seed"]), (201, &Value::Null));
    let handler = Staff::sign_in(&office.server, "handler").await;
    assert_eq!(
        handler
            .post(
                "/api/pool",
                json!({"name": "x", "post": "x", "class": "x", "birth_year": 1980, "phone_tail": "0000"})
            )
            .await
            .0,
        403
    );
    office.server.stop().await;
}

#[tokio::test]
async fn whoever_is_put_in_again_stands_there_once_and_a_bar_stays() {
    let office = Prepared::new().await;
    let keeper = Staff::sign_in(&office.server, "casemgmt").await;
    let person = |name: &str, post: &str, tail: &str| json!({"name": name, "post": post, "class": "群众", "specialty": "医学", "birth_year": 1975, "phone_tail": tail});
    let (status, first) = keeper.post("/api/pool", person("李伟", "医师", "0001")).await;
    assert_eq!(status, 201, "{first}");
    let mut barred = first.clone();
    barred["barred"] = json!("被吊销执业证书");
    assert_eq!(keeper.post("/api/pool", barred).await.0, 200);
    // The same table again: the post has changed, the field is left empty.
    let mut again = person("李伟", "主任医师", "0001");
    again["specialty"] = json!("");
    let (status, again) = keeper.post("/api/pool", again).await;
    assert_eq!((status, &again["id"], &again["post"]), (200, &first["id"], &json!("主任医师")), "{again}");
    assert_eq!((&again["barred"], &again["specialty"]), (&json!("被吊销执业证书"), &json!("医学")));
    // Another phone number, the same post and year of birth: a person of that name, or this one with a new number?
    // Nobody's number is overwritten by a guess.
    let (status, refused) = keeper.post("/api/pool", person("李伟", "主任医师", "0009")).await;
    assert_eq!((status, &refused["code"]), (409, &json!("pool.alike")), "{refused}");
    let mut moved = again;
    moved["phone_tail"] = json!("0009");
    let (status, moved) = keeper.post("/api/pool", moved).await;
    assert_eq!((status, &moved["id"], &moved["phone_tail"]), (200, &first["id"], &json!("0009")));
    // Another post and another number: somebody else of that name.
    assert_eq!(keeper.post("/api/pool", person("李伟", "教师", "0002")).await.0, 201);
    assert_eq!(keeper.get("/api/pool").await.1.as_array().unwrap().len(), 2);
    // Whoever keeps the pool lifts a bar in the entry itself.
    let mut lifted = moved;
    lifted["barred"] = Value::Null;
    assert_eq!(keeper.post("/api/pool", lifted).await.1["barred"], Value::Null);
    office.server.stop().await;
}
