//! What clients send, however odd: a frame is read or refused, and what is read can be written and decided. The same
//! as the fuzz target `frame`, with fewer tries and in every run of the tests.

use procedure::{
    Act, By, Command, Event, Hearing, Moment, Office, Rulebook, SeatId,
    wire::{ToRoom, version_told},
};
use proptest::{prelude::*, sample::Index};

const KEPT: &str = include_str!("golden/events.jsonl");

/// Messages that are well written, to be damaged.
const MESSAGES: &[&str] = &[
    r#"{"hello":{"version":1,"key":"k","after":7,"passive":true}}"#,
    r#"{"take":{}}"#,
    r#"{"pong":{}}"#,
    r#"{"command":{"id":"c1","command":{"plan":{"register":{"case":{"number":"1","kind":"complaint","cause":"x","summary":"","issues":[{"id":"i1","text":"t"}],"proposed":{"i1":"p"}},"hearing":{"mode":"ordinary","openness":"closed","closed_because":"minor","place":"p","scheduled":"2026-12-08T09:00:00+08:00","turn_seconds":600}}}}}}"#,
    r#"{"command":{"id":"c1","command":{"plan":{"seat":{"id":"a1","capacity":"agent","name":"n","for":"a2","age":18}}}}}"#,
    r#"{"command":{"id":"c1","command":{"roll":{"lost":{"seat":"a1","since":-9223372036854775808}}}}}"#,
    r#"{"command":{"id":"c1","command":{"phase":{"advance":{"to":"questions","waive":"理由"}}}}}"#,
    r#"{"command":{"id":"c1","command":{"floor":{"give":{"seat":"a1","seconds":4294967295}}}}}"#,
    r#"{"command":{"id":"c1","command":{"exhibit":{"lay":{"title":"t","content":{"file":{"sha256":"ab","size":18446744073709551615,"media_type":"m","pages":0}}}}}}}"#,
    r#"{"command":{"id":"c1","command":{"exhibit":{"show":{"of":"e","page":0}}}}}"#,
    r#"{"command":{"id":"c1","command":{"opinion":{"opine":{"issue":"i1","position":"agree","reason":"r"}}}}}"#,
    r#"{"command":{"id":"c1","command":{"record":{"correct":{"line":0,"text":"t","reason":"r"}}}}}"#,
];

/// Reads a frame as the server does; what can be read is written, read again and decided for everybody.
fn take(text: &str) {
    let _ = version_told(text);
    let Ok(message) = serde_json::from_str::<ToRoom>(text) else { return };
    let written = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<ToRoom>(&written).unwrap(), message);
    if let ToRoom::Command { id, command } = message {
        decide(&id, &command, &mut Hearing::default());
        decide(&id, &command, &mut under_way());
    }
}

fn decide(id: &procedure::Id, command: &Command, hearing: &mut Hearing) {
    let rules = Rulebook::default();
    for by in [By::Seat(SeatId::from("a1")), By::Office(Office::Handler), By::Clock] {
        let act = Act { id, by: &by, at: Moment(1_796_000_000_000), rules: &rules };
        for event in hearing.decide(command.clone(), &act).unwrap_or_default() {
            hearing.evolve(act.at, &event);
        }
    }
    let _ = hearing.disclosed_to(&hearing.viewer(&"a1".into()));
}

/// A hearing in which one of everything has happened, in an order that no hearing has.
fn under_way() -> Hearing {
    let mut hearing = Hearing::default();
    for (at, line) in (0..).zip(KEPT.lines()) {
        let event: Event = serde_json::from_str(line).unwrap();
        hearing.evolve(Moment(at), &event);
    }
    hearing.record.sealed = None;
    hearing.phase.cancelled = None;
    hearing
}

#[test]
fn the_messages_that_are_damaged_below_are_well_written() {
    for text in MESSAGES {
        assert!(serde_json::from_str::<ToRoom>(text).is_ok(), "{text}");
        take(text);
    }
}

#[test]
fn the_version_of_a_hello_is_read_even_with_members_of_another_version() {
    assert_eq!(version_told(r#"{"hello":{"version":2,"key":"k","speed":[1]}}"#), Some(2));
    assert_eq!(version_told(r#"{"hello":{"key":"k"}}"#), None);
    assert_eq!(version_told(r#"{"take":{}}"#), None);
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in any::<String>()) {
        take(&text);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        take(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_damage_to_a_message_breaks_the_reader_or_the_rules(
        message in prop::sample::select(MESSAGES),
        at in any::<Index>(),
        cut in 0usize..12,
        other in prop::sample::select(MESSAGES),
        from in any::<Index>(),
        put in prop_oneof![
            any::<String>(),
            prop::sample::select(&["null", "-1", "1e999", "0.5", "{}", "[]", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "]", "}"][..])
                .prop_map(String::from),
        ],
        splice in any::<bool>(),
    ) {
        let letters: Vec<char> = message.chars().collect();
        let at = at.index(letters.len());
        let mut damaged: String = letters[..at].iter().collect();
        if splice {
            let others: Vec<char> = other.chars().collect();
            damaged.extend(&others[from.index(others.len())..]);
        } else {
            damaged.push_str(&put);
            damaged.extend(&letters[(at + cut).min(letters.len())..]);
        }
        take(&damaged);
    }
}
