//! Hearings to draw papers up from: with names of rare characters, before it began, decided, and at somebody's door.

use procedure::{
    Event, Hearing, Moment, SeatId,
    hearing::{
        decision, opinion,
        phase::{self, Phase},
        question, record, roll, statement,
    },
};
use serde_json::{Value, json};

/// Characters of GB 18030 that many programs lose.
pub(crate) const RARE: &str = "𬭎䶮㛃𠅤";
/// Why somebody on the panel thinks as it does: for panel and office.
pub(crate) const SHEET: &str = "意见表上的理由-";
/// Why the chief prosecutor agreed not to follow the majority: for the office.
pub(crate) const CONSENT: &str = "检察长同意的理由";
/// Where somebody lives.
pub(crate) const HOME: &str = "某村三组十二号";
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

pub(crate) fn events() -> Vec<Value> {
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

/// The same hearing up to its decision: one of the panel was recused and another came in its place, the majority is not
/// followed, a party never came.
pub(crate) fn decided() -> Hearing {
    let mut hearing = held();
    let (p1, p2, p3) = (SeatId::from("p1"), SeatId::from("p2"), SeatId::from("p3"));
    let sheets: opinion::Sheets = [&p1, &p3]
        .map(|seat| {
            let reason = format!("{SHEET}{seat}");
            (seat.clone(), opinion::Sheet { position: opinion::Position::Disagree, reason })
        })
        .into();
    let issue = "i1".to_string();
    let mut all: Vec<Event> = Vec::new();
    for seat in ["chair", "handler", "clerk", "p1", "p2", "p3", "a1"] {
        all.push(roll::Event::Arrived { seat: seat.into() }.into());
        all.push(roll::Event::Admitted { seat: seat.into() }.into());
    }
    all.extend([
        phase::Event::Opened {}.into(),
        roll::Event::Recused { seat: p2 }.into(),
        phase::Event::Advanced { to: Phase::Statements, waived: None }.into(),
        said("s1", "a1", "我在城里住了六年。"),
        question::Event::Asked {
            id: "q1".into(),
            by: p1.clone(),
            to: "a1".into(),
            text: "有合同吗？".into(),
        }
        .into(),
        question::Event::Put {
            id: "q1".into(),
            number: 1,
            by: p1.clone(),
            to: "a1".into(),
            text: "有合同吗？".into(),
        }
        .into(),
        phase::Event::Advanced { to: Phase::Deliberation, waived: None }.into(),
        opinion::Event::Opened { issue: issue.clone(), sheets: sheets.clone() }.into(),
        opinion::Event::SpeakerChosen { seat: p1.clone() }.into(),
        opinion::Event::Delivered {
            id: "d1".into(), by: p1, text: "听证员不同意拟处理意见。".into()
        }
        .into(),
        opinion::Event::Released { sheets: [(issue, sheets)].into() }.into(),
        decision::Event::Consented { reason: CONSENT.into() }.into(),
        decision::Event::Answered { adopts_majority: false }.into(),
        decision::Event::Announced {
            id: "z1".into(),
            when: decision::When::Now,
            text: "提出检察建议。".into(),
            reasons: "原判决认定事实不清。".into(),
        }
        .into(),
        record::Event::Signed { seat: "a1".into(), digest: "ab".into() }.into(),
    ]);
    for (number, event) in (100..).zip(all) {
        hearing.evolve(Moment(AT + number * 1_000), &event);
    }
    hearing
}

fn said(id: &str, speaker: &str, text: &str) -> Event {
    let phase = Phase::Statements;
    statement::Event::Said { id: id.into(), speaker: speaker.into(), phase, text: text.into() }.into()
}

/// The hearing at somebody's door, before anybody has come, or after.
pub(crate) fn at_the_door(come: bool) -> Hearing {
    let mut hearing = Hearing::default();
    for mut event in events() {
        if let Some(setting) = event.pointer_mut("/plan/registered/hearing") {
            setting["mode"] = "doorstep".into();
            setting["place"] = HOME.into();
        }
        hearing.evolve(Moment(AT), &serde_json::from_value(event).unwrap());
    }
    if come {
        hearing.evolve(Moment(AT), &roll::Event::Arrived { seat: "clerk".into() }.into());
    }
    hearing
}
