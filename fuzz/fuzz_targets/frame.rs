//! Whatever a client sends: a frame is read or refused, and a command that is read is decided or refused. Never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use procedure::{Act, By, Hearing, Moment, Office, Rulebook, wire::ToRoom};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let Ok(ToRoom::Command { id, command }) = serde_json::from_str::<ToRoom>(text) else { return };
    let rules = Rulebook::default();
    let mut hearing = Hearing::default();
    for by in [By::Seat("a1".into()), By::Office(Office::Handler), By::Clock] {
        let act = Act { id: &id, by: &by, at: Moment(1_796_000_000_000), rules: &rules };
        if let Ok(events) = hearing.decide(command.clone(), &act) {
            for event in events {
                hearing.evolve(act.at, &event);
            }
        }
    }
    let _ = hearing.disclosed_to(&hearing.viewer(&"a1".into()));
});
