//! A hearing with something in every place that a paper asks for, and names of rare characters.

use procedure::{Event, Hearing, Moment};
use serde_json::{Value, json};

/// Characters of GB 18030 that many programs lose.
pub(crate) const RARE: &str = "𬭎䶮㛃𠅤";
const AT: i64 = 1_796_691_600_000;

/// The hearing after all that happened in it.
pub(crate) fn held() -> Hearing {
    let mut hearing = Hearing::default();
    for (number, event) in (0..).zip(events()) {
        let event: Event =
            serde_json::from_value(event.clone()).unwrap_or_else(|error| panic!("{event}: {error}"));
        hearing.evolve(Moment(AT + number * 1_000), &event);
    }
    hearing
}

fn events() -> Vec<Value> {
    let setting = json!({"mode": "ordinary", "openness": "public", "place": "一号听证室 | 二楼", "scheduled": "2026-12-08T09:00:00+08:00", "turn_seconds": 600});
    let mut all = vec![
        json!({"plan": {"registered": {"number": "豫检民监〔2026〕17号", "kind": "civil-supervision", "cause": "机动车交通事故责任纠纷", "hearing": setting, "scheduled": AT}}}),
        json!({"plan": {"outlined": {"summary": "申请人认为原判决适用标准不当。", "issues": [{"id": "i1", "text": "经常居住地是否为城镇"}, {"id": "i2", "text": "适用何种标准"}]}}}),
        json!({"plan": {"proposed": {"proposed": {"i1": "予以认定"}}}}),
    ];
    for (seat, capacity, name) in [
        ("chair", "chair", "周正"),
        ("handler", "handler", "吴岚"),
        ("clerk", "clerk", "郑宁"),
        ("p1", "panellist", "买玉蕊"),
        ("p2", "panellist", "高明远"),
        ("p3", "panellist", "林晓"),
        ("a1", "applicant", RARE),
        ("r1", "respondent", "某运输公司*代表*"),
    ] {
        let side = match capacity {
            "applicant" => json!("applicant"),
            "respondent" => json!("respondent"),
            _ => Value::Null,
        };
        all.push(json!({"plan": {"placed": {"seat": seat, "capacity": capacity, "side": side, "for": null, "chief_prosecutor": seat == "chair"}}}));
        all.push(json!({"plan": {"named": {"seat": seat, "name": name, "post": "职务"}}}));
    }
    all.extend([
        json!({"plan": {"approved": {"note": ""}}}),
        json!({"plan": {"notified": {"reason": null}}}),
        json!({"plan": {"published": {}}}),
    ]);
    all
}
