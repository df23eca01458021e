//! The page on the protocol says enough to fold by: a program in another language, written from it alone, comes to the
//! same views as ours, in a whole hearing and in orders of events that no hearing has.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use procedure::{
    Event, Hearing, Moment,
    hearing::phase::Phase,
    wire::{FromRoom, Happened},
};
use serde_json::{Deserializer, Value, json};

use crate::{office::Prepared, read_along::hear};

const SCRIPT: &str = "../docs/examples/fold.py";
const KEPT: &str = include_str!("../../../procedure/tests/it/golden/events.jsonl");
/// Hearings in no order that are tried.
const HEARINGS: u32 = 40;

/// The view to which the other program comes; none where there is no Python.
fn folded(messages: &[Value]) -> Option<Value> {
    let mut program = Command::new("python3");
    program.arg(SCRIPT).env("PYTHONUTF8", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = program.spawn() else {
        let _ = std::io::stderr().write_all(b"SKIPPED: there is no python3 here\n");
        return None;
    };
    let text: String = messages.iter().map(|message| format!("{message}\n")).collect();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Where two views differ, for whoever has to mend one of them.
fn assert_same(ours: &Value, theirs: &Value, here: &str) {
    for (slice, value) in ours.as_object().unwrap() {
        assert_eq!(value, &theirs[slice], "{here}: {slice}");
    }
    assert_eq!(ours, theirs, "{here}");
}

#[tokio::test]
async fn every_seat_of_a_whole_hearing_is_folded_the_same() {
    let office = Prepared::new().await;
    let mut seats = hear(&office, &[]).await;
    for (name, seat) in &mut seats {
        seat.until_view(|view| view.phase.current == Phase::Closed).await;
        let received: Vec<Value> =
            Deserializer::from_str(&seat.received).into_iter().map(Result::unwrap).collect();
        let told: Vec<Value> = received
            .into_iter()
            .filter(|message| message.get("snapshot").is_some() || message.get("events").is_some())
            .collect();
        assert!(told.len() > 10, "{name}");
        let Some(theirs) = folded(&told) else { return };
        assert_same(&serde_json::to_value(&seat.view).unwrap(), &theirs, name);
    }
    office.server.stop().await;
}

#[test]
fn events_in_no_order_are_folded_the_same() {
    let mut kept: Vec<Event> = KEPT.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // Members that are left out as a rule.
    for text in [
        r#"{"floor":{"given":{"seat":"a1","side":"applicant","seconds":60,"cut_off":true}}}"#,
        r#"{"motion":{"ruled":{"id":"c1","kind":"recusal","granted":false,"reason":"无","by":"leader"}}}"#,
        r#"{"question":{"lapsed":{"id":"c1","number":null}}}"#,
        r#"{"plan":{"placed":{"seat":"o1","capacity":"observer","side":null,"for":null,"chief_prosecutor":false}}}"#,
        r#"{"roll":{"admitted":{"seat":"o1"}}}"#,
        r#"{"statement":{"recorded":{"id":"c2","speaker":"a1","phase":"introduction","text":"x"}}}"#,
    ] {
        kept.push(serde_json::from_str(text).unwrap());
    }
    let mut state = 1_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    for hearing in 0..HEARINGS {
        let mut view = Hearing::default();
        let mut messages = vec![json!({"snapshot": {"number": 1, "now": 0, "view": view}})];
        // First all as they are kept, then any of them in any order; moments that follow one another.
        let order: Vec<usize> = (0..kept.len()).chain((0..200).map(|_| below(kept.len()))).collect();
        let order = if hearing == 0 { &order[..] } else { &order[kept.len()..] };
        let mut at = 1_796_691_600_000;
        for (number, which) in (2_u64..).zip(order) {
            at += i64::try_from(below(30_000)).unwrap();
            let happened = Happened { at: Moment(at), event: kept[*which].clone() };
            view.evolve(happened.at, &happened.event);
            let message = FromRoom::Events { number, now: Moment(at), events: vec![happened] };
            messages.push(serde_json::to_value(message).unwrap());
        }
        let Some(theirs) = folded(&messages) else { return };
        assert_same(&serde_json::to_value(&view).unwrap(), &theirs, &format!("hearing {hearing}"));
    }
}
