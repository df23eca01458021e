//! Whatever a client sends: a frame is read or refused, and a command that is read is decided or refused. Never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use procedure::{
    Act, By, Event, Hearing, Moment, Office, Rulebook,
    wire::{ToRoom, version_told},
};

/// One of each event that there is.
const KEPT: &str = include_str!("../../procedure/tests/it/golden/events.jsonl");

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let _ = version_told(text);
    let Ok(ToRoom::Command { id, command }) = serde_json::from_str::<ToRoom>(text) else { return };
    let rules = Rulebook::default();
    let mut under_way = Hearing::default();
    for line in KEPT.lines() {
        let event: Event = serde_json::from_str(line).expect("an event that is kept can be read");
        under_way.evolve(Moment(1), &event);
    }
    (under_way.record.sealed, under_way.phase.cancelled) = (None, None);
    for mut hearing in [Hearing::default(), under_way] {
        for by in [By::Seat("a1".into()), By::Office(Office::Handler), By::Clock] {
            let act = Act { id: &id, by: &by, at: Moment(1_796_000_000_000), rules: &rules };
            for event in hearing.decide(command.clone(), &act).unwrap_or_default() {
                hearing.evolve(act.at, &event);
            }
        }
        let _ = hearing.disclosed_to(&hearing.viewer(&"a1".into()));
    }
});
