//! What strangers send: every command with values that nobody sane would write, from anybody, in any step, at any moment
//! of any clock. All of it is refused or done; nothing stops the court, and a refusal changes nothing.

use std::collections::BTreeSet;

use procedure::{
    Act, By, Command, Event, Hearing, Id, Moment, Office, Rulebook,
    hearing::{
        decision, deliberation, equipment, exhibit, floor, line, mediation, motion, opinion, phase,
        phase::Phase, plan, question, record, recording, roll, settlement, shield, statement,
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cast::{Court, case, seat, seating, setting};

/// The kind of a command. A new one does not compile until it stands here, and then it must have an example.
#[rustfmt::skip]
#[expect(clippy::too_many_lines, reason = "a table: one number for each command")]
const fn kind(command: &Command) -> usize {
    match command {
        Command::Plan(command) => match command {
            plan::Command::Register { .. } => 0, plan::Command::Seat(_) => 1, plan::Command::Unseat { .. } => 2,
            plan::Command::Draw(_) => 3, plan::Command::Approve { .. } => 4, plan::Command::Notify { .. } => 5,
            plan::Command::Publish {} => 6, plan::Command::Declare {} => 7, plan::Command::Postpone { .. } => 8,
            plan::Command::Amend { .. } => 9,
        },
        Command::Roll(command) => match command {
            roll::Command::Arrive {} => 10, roll::Command::Admit { .. } => 11, roll::Command::TurnAway { .. } => 12,
            roll::Command::Leave {} => 13, roll::Command::Remove { .. } => 14, roll::Command::NoteAbsence { .. } => 15,
            roll::Command::Lost { .. } => 16, roll::Command::Regained { .. } => 17, roll::Command::NameDeputy { .. } => 18,
            roll::Command::TakeChair {} => 19, roll::Command::ReturnChair {} => 20, roll::Command::AnswerRemote { .. } => 21,
        },
        Command::Phase(command) => match command {
            phase::Command::Open {} => 22, phase::Command::Advance { .. } => 23, phase::Command::Recess { .. } => 24,
            phase::Command::Suspend { .. } => 25, phase::Command::Resume {} => 26, phase::Command::Cancel { .. } => 27,
            phase::Command::Tick {} => 28,
        },
        Command::Floor(command) => match command {
            floor::Command::RaiseHand {} => 29, floor::Command::LowerHand {} => 30, floor::Command::Give { .. } => 31,
            floor::Command::Take { .. } => 32, floor::Command::Extend { .. } => 33, floor::Command::Yield {} => 34,
        },
        Command::Statement(command) => match command {
            statement::Command::Say { .. } => 35, statement::Command::Record { .. } => 36,
        },
        Command::Question(command) => match command {
            question::Command::Ask { .. } => 37, question::Command::Admit { .. } => 38,
            question::Command::Disallow { .. } => 39, question::Command::Answer { .. } => 40,
        },
        Command::Exhibit(command) => match command {
            exhibit::Command::Lay { .. } => 41, exhibit::Command::Object { .. } => 42, exhibit::Command::Exclude { .. } => 43,
            exhibit::Command::Show { .. } => 44, exhibit::Command::Hide { .. } => 45,
        },
        Command::Motion(command) => match command {
            motion::Command::Move { .. } => 46, motion::Command::Rule { .. } => 47,
        },
        Command::Deliberation(deliberation::Command::Discuss { .. }) => 48,
        Command::Opinion(command) => match command {
            opinion::Command::Opine { .. } => 49, opinion::Command::ChooseSpeaker { .. } => 50,
            opinion::Command::Deliver { .. } => 51,
        },
        Command::Decision(command) => match command {
            decision::Command::Consent { .. } => 52, decision::Command::Decide { .. } => 53,
        },
        Command::Record(command) => match command {
            record::Command::Correct { .. } => 54, record::Command::RuleCorrection { .. } => 55,
            record::Command::Sign { .. } => 56, record::Command::RefuseToSign { .. } => 57, record::Command::Seal {} => 58,
        },
        Command::Recording(command) => match command {
            recording::Command::Note { .. } => 59, recording::Command::SoundLost { .. } => 60,
            recording::Command::SoundBack { .. } => 61, recording::Command::Stalled { .. } => 62,
            recording::Command::Resumed {} => 63,
        },
        Command::Equipment(equipment::Command::Report { .. }) => 64,
        Command::Shield(command) => match command {
            shield::Command::Shield { .. } => 77, shield::Command::Unshield { .. } => 78,
            shield::Command::CutOff {} => 79, shield::Command::Restore {} => 80,
        },
        Command::Line(command) => match command {
            line::Command::Opened { .. } => 81, line::Command::Broken { .. } => 82,
            line::Command::Closed { .. } => 83, line::Command::Rated { .. } => 84,
        },
        Command::Mediation(command) => match command {
            mediation::Command::Consent { .. } => 65, mediation::Command::Open {} => 66, mediation::Command::End { .. } => 67,
            mediation::Command::Caucus { .. } => 68, mediation::Command::Confide { .. } => 69,
        },
        Command::Settlement(command) => match command {
            settlement::Command::Offer { .. } => 70, settlement::Command::AnswerOffer { .. } => 71,
            settlement::Command::Propose { .. } => 72, settlement::Command::AnswerProposal { .. } => 73,
            settlement::Command::Bid { .. } => 74, settlement::Command::Draft { .. } => 75,
            settlement::Command::Sign { .. } => 76,
        },
    }
}

/// How many kinds there are.
const KINDS: usize = 85;

/// An example of each kind, as it is sent.
fn acts() -> Vec<Value> {
    let of = "c00001";
    let hearing = serde_json::to_value(setting(plan::Openness::Public)).unwrap();
    let draw = json!({"seed": "0a".repeat(32), "pool": "0b".repeat(32), "size": 9, "class": "法律",
                      "drawn": ["甲"], "reason": "专业"});
    let file =
        json!({"file": {"sha256": "0a".repeat(32), "size": 9, "media_type": "application/pdf", "pages": 3}});
    let seated = seating("x1", procedure::Capacity::ThirdParty, Some(procedure::Side::Applicant));
    vec![
        json!({"plan": {"register": {"case": case(plan::Kind::Complaint), "hearing": hearing}}}),
        json!({"plan": {"seat": seated}}),
        json!({"plan": {"unseat": {"seat": "w1"}}}),
        json!({"plan": {"draw": draw}}),
        json!({"plan": {"approve": {"note": "同意"}}}),
        json!({"plan": {"notify": {"reason": "各方同意"}}}),
        json!({"plan": {"publish": {}}}),
        json!({"plan": {"declare": {}}}),
        json!({"plan": {"postpone": {"scheduled": "2026-12-20T09:00:00+08:00", "reason": "住院"}}}),
        json!({"plan": {"amend": {"hearing": hearing, "reason": "更换场所"}}}),
        json!({"roll": {"arrive": {}}}),
        json!({"roll": {"admit": {"seat": "a1"}}}),
        json!({"roll": {"turn-away": {"seat": "a1", "reason": "未带证件"}}}),
        json!({"roll": {"leave": {}}}),
        json!({"roll": {"remove": {"seat": "a1", "reason": "扰乱秩序"}}}),
        json!({"roll": {"note-absence": {"seat": "a1", "reason": "住院"}}}),
        json!({"roll": {"lost": {"seat": "a1", "since": 1}}}),
        json!({"roll": {"regained": {"seat": "a1"}}}),
        json!({"roll": {"name-deputy": {"seat": "handler"}}}),
        json!({"roll": {"take-chair": {}}}),
        json!({"roll": {"return-chair": {}}}),
        json!({"roll": {"answer-remote": {"given": true}}}),
        json!({"phase": {"open": {}}}),
        json!({"phase": {"advance": {"to": "questions", "waive": "不再陈述"}}}),
        json!({"phase": {"recess": {"reason": "休息"}}}),
        json!({"phase": {"suspend": {"reason": "另定日期"}}}),
        json!({"phase": {"resume": {}}}),
        json!({"phase": {"cancel": {"reason": "撤回"}}}),
        json!({"phase": {"tick": {}}}),
        json!({"floor": {"raise-hand": {}}}),
        json!({"floor": {"lower-hand": {}}}),
        json!({"floor": {"give": {"seat": "a1", "seconds": 600}}}),
        json!({"floor": {"take": {"seat": "a1"}}}),
        json!({"floor": {"extend": {"seconds": 60}}}),
        json!({"floor": {"yield": {}}}),
        json!({"statement": {"say": {"text": "我说"}}}),
        json!({"statement": {"record": {"speaker": "a1", "text": "我说"}}}),
        json!({"question": {"ask": {"to": "a1", "text": "？？"}}}),
        json!({"question": {"admit": {"of": of}}}),
        json!({"question": {"disallow": {"of": of, "reason": "无关"}}}),
        json!({"question": {"answer": {"of": of, "text": "是"}}}),
        json!({"exhibit": {"lay": {"title": "合同", "content": file}}}),
        json!({"exhibit": {"object": {"of": of, "reason": "逾期"}}}),
        json!({"exhibit": {"exclude": {"of": of, "reason": "无关"}}}),
        json!({"exhibit": {"show": {"of": of, "page": 1}}}),
        json!({"exhibit": {"hide": {"of": of}}}),
        json!({"motion": {"move": {"kind": "recusal", "text": "申请回避", "whom": "p1"}}}),
        json!({"motion": {"rule": {"of": of, "granted": true, "reason": "准许"}}}),
        json!({"deliberation": {"discuss": {"text": "我看"}}}),
        json!({"opinion": {"opine": {"issue": "i1", "position": "agree", "reason": "充分"}}}),
        json!({"opinion": {"choose-speaker": {"seat": "p1"}}}),
        json!({"opinion": {"deliver": {"text": "一致同意"}}}),
        json!({"decision": {"consent": {"reason": "另有规定"}}}),
        json!({"decision": {"decide": {"when": "now", "adopts_majority": true, "text": "支持", "reasons": "充分"}}}),
        json!({"record": {"correct": {"line": 1, "text": "更正", "reason": "笔误"}}}),
        json!({"record": {"rule-correction": {"of": of, "granted": true, "reason": "属实"}}}),
        json!({"record": {"sign": {"digest": "ab", "way": {"device": {"drawing": "M 1 1", "key": "04", "signature": "00"}}}}}),
        json!({"record": {"refuse-to-sign": {"reason": "不属实"}}}),
        json!({"record": {"seal": {}}}),
    ]
}

/// And of what a seat says of its equipment.
fn equipment_example() -> Value {
    let check = json!({"failed": ["no-camera"], "loss_permille": 3, "round_trip_ms": 40, "jitter_ms": 4, "sends_kbps": 300});
    json!({"equipment": {"report": {"check": check}}})
}

/// And of what the server notes of the recording.
fn recording_examples() -> Vec<Value> {
    vec![
        json!({"recording": {"note": {"segments": [{"seat": "a1", "part": 1, "number": 1, "from": 1, "to": 2, "bytes": 9,
                                                    "sha256": "0a".repeat(32)}]}}}),
        json!({"recording": {"sound-lost": {"seat": "chair"}}}),
        json!({"recording": {"sound-back": {"seat": "chair"}}}),
        json!({"recording": {"stalled": {"since": 1}}}),
        json!({"recording": {"resumed": {}}}),
    ]
}

/// And of what is kept from being seen or heard.
fn shield_examples() -> Vec<Value> {
    vec![
        json!({"shield": {"shield": {"seat": "w1", "voice": true}}}),
        json!({"shield": {"unshield": {"seat": "w1"}}}),
        json!({"shield": {"cut-off": {}}}),
        json!({"shield": {"restore": {}}}),
    ]
}

/// And of what the server notes of the video lines.
fn line_examples() -> Vec<Value> {
    vec![
        json!({"line": {"opened": {"seat": "a1"}}}),
        json!({"line": {"broken": {"seat": "a1", "since": 1}}}),
        json!({"line": {"closed": {"seat": "a1"}}}),
        json!({"line": {"rated": {"seat": "a1", "quality": "poor"}}}),
    ]
}

/// And of the mediation.
fn mediation_examples() -> Vec<Value> {
    let of = "c00001";
    let terms = json!([{"text": "补偿", "amount": 2_600_000, "due": "2026-12-31"}, {"text": "拆除"}]);
    vec![
        json!({"mediation": {"consent": {"given": true}}}),
        json!({"mediation": {"open": {}}}),
        json!({"mediation": {"end": {"outcome": "not-agreed"}}}),
        json!({"mediation": {"caucus": {"with": "applicant"}}}),
        json!({"mediation": {"confide": {"text": "底线"}}}),
        json!({"settlement": {"offer": {"to": {"party": "r1"}, "terms": terms}}}),
        json!({"settlement": {"answer-offer": {"of": of, "accept": true}}}),
        json!({"settlement": {"propose": {"terms": terms, "deadline_seconds": 600}}}),
        json!({"settlement": {"answer-proposal": {"of": of, "accept": true}}}),
        json!({"settlement": {"bid": {"amount": 2_500_000}}}),
        json!({"settlement": {"draft": {"terms": terms}}}),
        json!({"settlement": {"sign": {"of": of}}}),
    ]
}

fn examples() -> Vec<Value> {
    [
        acts(),
        recording_examples(),
        vec![equipment_example()],
        shield_examples(),
        line_examples(),
        mediation_examples(),
    ]
    .concat()
}

#[test]
fn every_kind_of_command_has_an_example_that_is_read() {
    let read = examples().into_iter().map(|value| kind(&serde_json::from_value(value).unwrap()));
    let kinds: BTreeSet<usize> = read.collect();
    assert!(kinds.into_iter().eq(0..KINDS));
}

/// Values that nobody sane would write.
fn odd() -> impl Strategy<Value = Value> {
    let strings = [
        "",
        " ",
        "\u{0}",
        "\u{202e}txet",
        "a1",
        "o1",
        "nobody",
        "c00001",
        "../../etc",
        "<script>",
        "{notice_days}",
        "9999-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "2026-02-30T09:00:00+08:00",
        "2026-12-08T09:00:00.999999999+08:00",
        "now",
        "closed",
        "waiting",
        "i1",
    ];
    prop_oneof![
        4 => prop::sample::select(strings.to_vec()).prop_map(Value::from),
        2 => any::<String>().prop_map(Value::from),
        1 => (1usize..20_000).prop_map(|length| Value::from("长".repeat(length))),
        3 => prop::sample::select(vec![0u64, 1, 2, 3601, 65_536, 4_294_967_295, 4_294_967_296, u64::MAX]).prop_map(Value::from),
        2 => prop::sample::select(vec![-1i64, i64::MIN, i64::MAX]).prop_map(Value::from),
        1 => prop::sample::select(vec![json!(null), json!(true), json!(1.5), json!(1e308), json!([]), json!({}), json!([[]])]),
        1 => (1usize..300).prop_map(|length| json!(vec!["甲"; length])),
    ]
}

/// How many leaves a value has.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Object(fields) => fields.values().map(leaves).sum(),
        _ => 1,
    }
}

/// Puts `odd` in the place of a leaf.
fn put(value: &mut Value, place: &mut usize, odd: &Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| put(item, place, odd)),
        Value::Object(fields) => fields.values_mut().for_each(|field| put(field, place, odd)),
        leaf => {
            if *place == 0 {
                *leaf = odd.clone();
            }
            *place = place.wrapping_sub(1);
        }
    }
}

fn twisted(mut value: Value, twists: &[(usize, Value)]) -> Value {
    for (place, odd) in twists {
        let count = leaves(&value);
        if count > 0 {
            put(&mut value, &mut (place % count), odd);
        }
    }
    value
}

fn authors() -> impl Strategy<Value = By> {
    let seats = ["chair", "handler", "clerk", "p1", "a1", "a2", "r1", "w1", "s1", "o1", "nobody", ""];
    prop_oneof![
        6 => prop::sample::select(seats.to_vec()).prop_map(|name| By::Seat(seat(name))),
        3 => prop::sample::select(vec![Office::ChiefProsecutor, Office::Handler, Office::CaseManagement, Office::Leader, Office::Administrator]).prop_map(By::Office),
        1 => Just(By::Clock),
    ]
}

fn moments() -> impl Strategy<Value = Option<Moment>> {
    prop_oneof![
        6 => Just(None),
        1 => prop::sample::select(vec![i64::MIN, -1, 0, i64::MAX - 1, i64::MAX]).prop_map(|at| Some(Moment(at))),
    ]
}

fn twists() -> impl Strategy<Value = Vec<(usize, Value)>> {
    prop::collection::vec((any::<usize>(), odd()), 0..3)
}

/// A hearing in which there is something to point at: in every step there is a question, a motion, an exhibit `c00001`.
fn court(phase: Phase) -> Court {
    let mut court = Court::at(plan::Openness::Public, phase);
    let _ = court.tries("chair", crate::cast::give("a1"));
    let id: Id = "c00001".into();
    let mut makes = |by: &str, value: Value| {
        let command = serde_json::from_value(value).unwrap();
        let act = Act { id: &id, by: &By::Seat(seat(by)), at: court.now, rules: &court.rules };
        for event in court.hearing.decide(command, &act).unwrap_or_default() {
            court.hearing.evolve(court.now, &event);
        }
    };
    makes("a1", json!({"motion": {"move": {"kind": "close-doors", "text": "申请不公开"}}}));
    makes("p1", json!({"question": {"ask": {"to": "a1", "text": "？？"}}}));
    makes("a1", json!({"exhibit": {"lay": {"title": "合同", "content": {"text": "正文"}}}}));
    // Now and then the sides are being reconciled, with something on the table.
    if phase == Phase::Statements || phase == Phase::Summary {
        for party in ["a1", "r1", "t1"] {
            makes(party, json!({"mediation": {"consent": {"given": true}}}));
        }
        let [open, offer, propose, draft] = [1, 5, 7, 10].map(|which| mediation_examples()[which].clone());
        makes("chair", open);
        makes("a1", offer);
        makes("chair", propose);
        makes("a1", draft);
        makes("chair", json!({"mediation": {"caucus": {"with": "applicant"}}}));
    }
    court
}

/// Everything that is made of a hearing: none of it may stop.
fn looked_at(hearing: &Hearing, rules: &Rulebook, now: Moment) {
    for id in hearing.plan.places.keys() {
        let view = hearing.disclosed_to(&hearing.viewer(id));
        let text = serde_json::to_string(&view).unwrap();
        assert_eq!(serde_json::from_str::<Hearing>(&text).unwrap(), view);
    }
    let _ = (hearing.next_alarm(rules), phase::lacking(hearing, rules), hearing.record.digest());
    let _ = hearing.floor.turn.as_ref().map(|turn| (turn.left_at(now), turn.used_at(now)));
    let _ = hearing.floor.runs_out();
    for line in &hearing.record.lines {
        let _ = line.words(&hearing.plan);
        assert!(!line.at.local(rules.utc_offset_minutes).zh().is_empty());
    }
    let _ = hearing.plan.registered.as_ref().map(|face| face.scheduled.local(rules.utc_offset_minutes).zh());
}

/// Tries a command; whether it was done.
fn tried(hearing: &mut Hearing, command: Command, id: &str, by: &By, at: Moment, rules: &Rulebook) -> bool {
    let before = hearing.clone();
    let act = Act { id: &id.into(), by, at, rules };
    match hearing.decide(command, &act) {
        Ok(events) => {
            for event in events {
                let text = serde_json::to_string(&event).unwrap();
                assert_eq!(
                    serde_json::from_str::<Event>(&text).unwrap(),
                    event,
                    "not read as it was written"
                );
                hearing.evolve(at, &event);
            }
            looked_at(hearing, rules, at);
            true
        }
        Err(refusal) => {
            assert!(before == *hearing, "a refusal changed the hearing");
            let said = refusal.sentence(rules, &hearing.plan);
            assert!(!said.zh.is_empty() && !said.en.is_empty());
            false
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_command_however_twisted_stops_the_court(
        phase in prop::sample::select(&Phase::ALL[1..]),
        tries in prop::collection::vec((0..KINDS, twists(), authors(), moments(), "[a-z0-9]{0,3}|.*"), 1..40),
    ) {
        let mut court = court(phase);
        for (which, twists, by, at, id) in tries {
            let value = twisted(examples()[which].clone(), &twists);
            court.now = court.now.plus_ms(500);
            let at = at.unwrap_or(court.now);
            if let Ok(command) = serde_json::from_value::<Command>(value) {
                tried(&mut court.hearing, command, &id, &by, at, &court.rules);
            }
        }
    }

    #[test]
    fn no_plan_however_twisted_is_registered_and_then_stops_the_court(
        twists in twists(), at in moments(), more in twists(),
    ) {
        let mut court = Court::new();
        let at = at.unwrap_or(court.now);
        let handler = By::Office(Office::Handler);
        for (which, twists) in [(0, &twists), (1, &more), (3, &more), (9, &twists), (8, &more)] {
            if let Ok(command) = serde_json::from_value::<Command>(twisted(examples()[which].clone(), twists)) {
                tried(&mut court.hearing, command, "id", &handler, at, &court.rules);
            }
        }
        let chief = By::Office(Office::ChiefProsecutor);
        for (which, by) in [(4, &chief), (5, &handler), (6, &handler)] {
            let command = serde_json::from_value(examples()[which].clone()).unwrap();
            tried(&mut court.hearing, command, "id", by, at, &court.rules);
        }
    }

    /// What the log or the wire holds is folded, whatever it is.
    #[test]
    fn no_event_however_twisted_stops_who_folds_it(
        phase in prop::sample::select(&Phase::ALL[1..]),
        events in prop::collection::vec((any::<prop::sample::Index>(), twists(), moments()), 1..40),
    ) {
        let kept: Vec<&str> = include_str!("golden/events.jsonl").lines().collect();
        let mut court = court(phase);
        for (which, twists, at) in events {
            let value = twisted(serde_json::from_str(kept[which.index(kept.len())]).unwrap(), &twists);
            if let Ok(event) = serde_json::from_value::<Event>(value) {
                court.hearing.evolve(at.unwrap_or(court.now), &event);
            }
        }
        looked_at(&court.hearing, &court.rules, court.now);
        looked_at(&court.hearing, &court.rules, Moment(i64::MAX));
    }

    /// A site that writes an odd number into its rulebook has odd rules, but a running court.
    #[test]
    fn no_rulebook_however_odd_stops_the_court(
        twists in prop::collection::vec((any::<usize>(), odd()), 1..4),
        phase in prop::sample::select(&Phase::ALL[1..]),
        tries in prop::collection::vec((0..KINDS, authors()), 1..30),
    ) {
        let mut court = court(phase);
        let odd = twisted(serde_json::to_value(Rulebook::default()).unwrap(), &twists);
        let Ok(rules) = serde_json::from_value::<Rulebook>(odd) else { return Ok(()) };
        for (which, by) in tries {
            let command = serde_json::from_value(examples()[which].clone()).unwrap();
            tried(&mut court.hearing, command, "id", &by, court.now, &rules);
        }
    }
}

#[test]
fn a_rulebook_that_leaves_something_out_is_as_in_the_national_rules() {
    let told: Rulebook = serde_json::from_value(json!({"version": "local", "notice_days": 5})).unwrap();
    let expected = Rulebook { version: "local".into(), notice_days: 5, ..Rulebook::default() };
    assert_eq!(told, expected);
}
