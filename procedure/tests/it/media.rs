//! Who is heard and seen by whom: the floor is the microphone, the deliberation the panel's, and nobody in two rooms.

use procedure::{
    Capacity, Command, Moment, Refusal, SeatId,
    hearing::{
        line,
        media::Chamber,
        phase,
        phase::Phase,
        plan, question, recording,
        replay::{Absence, Replay},
        roll, shield, statement,
    },
};

use crate::cast::{CAST, Court, LEAVE, advance, ask, discuss, give, seat, waive};

const RECESS: Command = Command::Phase(phase::Command::Recess { reason: None });
const CUT_OFF: Command = Command::Shield(shield::Command::CutOff {});
const RESUME: Command = Command::Phase(phase::Command::Resume {});
const YIELD: Command = Command::Floor(procedure::hearing::floor::Command::Yield {});
const RAISE: Command = Command::Floor(procedure::hearing::floor::Command::RaiseHand {});

/// Who is heard by `listener`, in the order of the bench.
fn heard_by(court: &Court, listener: &str) -> Vec<&'static str> {
    let names = CAST.iter().map(|(name, ..)| *name);
    names.filter(|name| court.hearing.may_hear(&seat(listener), &seat(name))).collect()
}

fn seen_by(court: &Court, watcher: &str) -> Vec<&'static str> {
    let names = CAST.iter().map(|(name, ..)| *name);
    names.filter(|name| court.hearing.may_see(&seat(watcher), &seat(name))).collect()
}

#[test]
fn in_each_step_those_are_heard_whom_the_step_calls_on() {
    for (step, heard) in [
        (Phase::RollCall, &["chair", "clerk", "i1"][..]),
        (Phase::Introduction, &["chair", "i1"]),
        (Phase::Statements, &["chair", "i1"]),
        (Phase::Questions, &["chair", "i1"]),
        (Phase::Opinion, &["chair", "p1", "i1"]),
        (Phase::FinalStatements, &["chair", "i1"]),
        (Phase::Summary, &["chair", "i1"]),
        (Phase::Signing, &["chair", "clerk", "i1"]),
        (Phase::Closed, &[]),
    ] {
        let court = Court::at(plan::Openness::Public, step);
        // What the way there left of turns is over.
        assert!(court.hearing.floor.turn.is_none(), "{step:?}");
        for listener in ["r1", "s1", "o1"] {
            assert_eq!(heard_by(&court, listener), heard, "{listener} at {step:?}");
        }
    }
}

#[test]
fn a_raised_hand_opens_no_microphone_and_the_floor_does() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("a1", RAISE);
    assert!(!court.hearing.is_heard(&seat("a1")));
    court.does("chair", give("a1"));
    for (listener, ..) in CAST.iter().filter(|(name, ..)| *name != "a1") {
        assert!(court.hearing.may_hear(&seat(listener), &seat("a1")), "{listener}");
    }
    assert!(!court.hearing.may_hear(&seat("a1"), &seat("a2")), "the agent waits for a turn of its own");
    court.does("a1", YIELD);
    assert!(!court.hearing.is_heard(&seat("a1")));
}

#[test]
fn a_question_is_spoken_once_it_is_put_by_who_asks_and_by_who_may_answer() {
    let mut court = Court::at(plan::Openness::Public, Phase::Questions);
    court.does("p2", ask("a1", "您在城镇住了多久？"));
    assert_eq!(heard_by(&court, "r1"), ["chair", "i1"], "not before the chair has admitted it");
    let of = court.did.last().unwrap().3.clone();
    court.does("chair", Command::Question(question::Command::Admit { of: of.clone() }));
    assert_eq!(heard_by(&court, "r1"), ["chair", "p2", "a1", "a2", "i1"]);
    court.does("a2", Command::Question(question::Command::Answer { of, text: "三年。".into() }));
    assert_eq!(heard_by(&court, "r1"), ["chair", "i1"]);
}

#[test]
fn in_deliberation_the_panel_is_alone_and_everybody_else_apart() {
    let mut court = Court::at(plan::Openness::Public, Phase::Deliberation);
    court.does("p1", discuss("先谈第一个问题"));
    assert_eq!(heard_by(&court, "p1"), ["p2", "p3", "p4"]);
    assert_eq!(seen_by(&court, "p1"), ["p2", "p3", "p4"]);
    for (name, ..) in CAST.iter().filter(|(name, ..)| !name.starts_with('p')) {
        let panel = ["p1", "p2", "p3", "p4"].map(seat);
        for panellist in &panel {
            let hearing = &court.hearing;
            assert!(
                !hearing.may_hear(&seat(name), panellist) && !hearing.may_see(&seat(name), panellist),
                "{name}"
            );
            assert!(
                !hearing.may_hear(panellist, &seat(name)) && !hearing.may_see(panellist, &seat(name)),
                "{name}"
            );
        }
    }
    assert_eq!(heard_by(&court, "chair"), ["handler", "clerk"]);
    assert_eq!(heard_by(&court, "a1"), ["a2"], "a party and its agent");
    assert_eq!(court.hearing.chamber(&seat("a2")), Some(Chamber::Party(seat("a1"))));
    for alone in ["r1", "t1", "w1", "e1", "i1", "s1", "o1"] {
        assert!(heard_by(&court, alone).is_empty() && seen_by(&court, alone).is_empty(), "{alone}");
    }
}

#[test]
fn in_a_recess_each_has_its_own_room_and_the_turn_is_heard_again_after_it() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("r1"));
    court.does("chair", RECESS);
    assert_eq!(heard_by(&court, "a1"), ["a2"]);
    assert!(heard_by(&court, "t1").is_empty(), "the holder of the floor is not heard in a recess");
    assert!(heard_by(&court, "o1").is_empty());
    court.does("chair", RESUME);
    assert_eq!(heard_by(&court, "o1"), ["chair", "r1", "i1"]);
}

#[test]
fn the_gallery_sees_who_takes_part_and_is_never_seen_or_heard() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let seen = seen_by(&court, "o1");
    assert!(seen.contains(&"a1") && seen.contains(&"w1") && !seen.contains(&"s1"), "{seen:?}");
    for (name, ..) in CAST {
        assert!(
            !court.hearing.may_hear(&seat(name), &seat("o1"))
                && !court.hearing.may_see(&seat(name), &seat("o1"))
        );
    }
    court.does("o1", LEAVE);
    assert!(heard_by(&court, "o1").is_empty() && seen_by(&court, "o1").is_empty());
}

#[test]
fn whoever_is_not_let_in_hears_nothing_and_whoever_leaves_is_heard_by_nobody() {
    let mut court = Court::planned(plan::Openness::Public);
    court.does("clerk", crate::cast::ARRIVE);
    court.comes_in("chair");
    court.does("a1", crate::cast::ARRIVE);
    assert!(heard_by(&court, "a1").is_empty(), "who waits at the door hears nothing");
    court.does("clerk", crate::cast::admit("a1"));
    assert_eq!(
        heard_by(&court, "a1"),
        ["chair", "clerk"],
        "before the opening chair and clerk can be spoken with"
    );
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("r1"));
    court.does("r1", LEAVE);
    assert!(!heard_by(&court, "a1").contains(&"r1") && !seen_by(&court, "a1").contains(&"r1"));
}

#[test]
fn a_deputy_who_presides_is_heard_and_the_chair_it_stands_for_is_not() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", Command::Roll(roll::Command::NameDeputy { seat: seat("handler") }));
    let since = court.now;
    court.clock(Command::Roll(roll::Command::Lost { seat: seat("chair"), since })).unwrap();
    court.does("handler", Command::Roll(roll::Command::TakeChair {}));
    assert_eq!(heard_by(&court, "r1"), ["handler", "i1"]);
}

#[test]
fn when_the_opinion_is_read_the_speaker_of_the_panel_needs_no_turn() {
    let mut court = Court::at(plan::Openness::Public, Phase::Opinion);
    assert!(court.hearing.is_heard(&seat("p1")) && !court.hearing.is_heard(&seat("p2")));
    court.does("p1", crate::cast::deliver("听证员一致同意。"));
    court.does("chair", advance(Phase::FinalStatements));
    assert!(!court.hearing.is_heard(&seat("p1")));
    court.does("chair", waive(Phase::Questions, "补充提问"));
    assert!(!court.hearing.is_heard(&seat("p1")));
}

/// Who is recorded: by sound, and by picture.
fn recorded(court: &Court) -> (Vec<&'static str>, Vec<&'static str>) {
    let names = || CAST.iter().map(|(name, ..)| *name);
    let on_record = |name: &&str| court.hearing.on_record(&seat(name));
    let sound = names().filter(|name| on_record(name).sound).collect();
    (sound, names().filter(|name| on_record(name).picture).collect())
}

#[test]
fn recorded_is_who_is_heard_and_seen_in_court_and_nothing_before_it_opens_or_after_it_is_closed() {
    let nothing = (vec![], vec![]);
    let mut court = Court::planned(plan::Openness::Public);
    court.does("clerk", crate::cast::ARRIVE);
    court.comes_in("chair");
    assert_eq!(heard_by(&court, "chair"), ["clerk"]);
    assert_eq!(recorded(&court), nothing, "before the opening they speak with one another");
    for step in Phase::ALL.into_iter().filter(|step| *step > Phase::Waiting) {
        let court = Court::at(plan::Openness::Public, step);
        if step == Phase::Deliberation || step == Phase::Closed {
            assert_eq!(recorded(&court), nothing, "{step:?}");
        } else {
            let (sound, picture) = recorded(&court);
            assert_eq!(sound, heard_by(&court, "o1"), "{step:?}");
            assert_eq!(picture, seen_by(&court, "o1"), "{step:?}");
        }
    }
}

#[test]
fn given_a_party_with_the_floor_when_a_recess_comes_then_nothing_is_recorded_until_the_chair_goes_on() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("r1"));
    assert_eq!(recorded(&court).0, ["chair", "r1", "i1"]);
    court.does("chair", RECESS);
    assert_eq!(recorded(&court), (vec![], vec![]));
    court.does("chair", RESUME);
    assert_eq!(recorded(&court).0, ["chair", "r1", "i1"]);
    court.does("r1", YIELD);
    let (sound, picture) = recorded(&court);
    assert!(!sound.contains(&"r1") && picture.contains(&"r1"), "seen and not heard");
}

/// What the server notes of a segment of `a1`.
fn note(part: u32, number: u32, bytes: u64, sha256: &str) -> Command {
    let (seat, sha256) = (seat("a1"), sha256.into());
    let (from, to) = (procedure::Moment(1), procedure::Moment(2));
    let segments = vec![recording::Segment { seat, part, number, from, to, bytes, sha256 }];
    Command::Recording(recording::Command::Note { segments })
}

#[test]
fn given_segments_each_follows_the_one_before_and_only_the_server_notes_them() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let hash = "0a".repeat(32);
    court.refused("clerk", note(1, 1, 9, &hash), "seat.clock-only");
    for out_of_place in
        [note(0, 1, 9, &hash), note(1, 2, 9, &hash), note(1, 1, 0, &hash), note(1, 1, 9, "0a")]
    {
        assert_eq!(court.clock(out_of_place).unwrap_err().code(), "recording.out-of-place");
    }
    court.clock(note(1, 1, 9, &hash)).unwrap();
    assert_eq!(court.clock(note(1, 1, 9, &hash)).unwrap_err().code(), "recording.out-of-place", "once");
    court.clock(note(1, 2, 8, &hash)).unwrap();
    court.clock(note(3, 1, 7, &hash)).unwrap();
    assert_eq!(
        court.clock(note(1, 3, 9, &hash)).unwrap_err().code(),
        "recording.out-of-place",
        "part 1 is over"
    );
    let parts = court.hearing.recording.parts.iter();
    assert_eq!(
        parts.map(|known| (known.part, known.segments, known.bytes)).collect::<Vec<_>>(),
        [(1, 2, 17), (3, 1, 7)]
    );
    // The gallery hears the court and has no part in the file.
    assert!(court.sees("r1").recording == court.hearing.recording);
    assert!(court.sees("p1").recording == court.hearing.recording);
    assert!(court.sees("o1").recording.parts.is_empty());
}

#[test]
fn given_a_speaker_whose_sound_does_not_come_all_who_take_part_are_told_and_told_again_when_it_does() {
    let lost = |name: &str| Command::Recording(recording::Command::SoundLost { seat: seat(name) });
    let back = |name: &str| Command::Recording(recording::Command::SoundBack { seat: seat(name) });
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("r1"));
    court.clock(lost("r1")).unwrap();
    court.clock(lost("a1")).unwrap();
    let missed = |court: &Court, by: &str| court.sees(by).missed().cloned().collect::<Vec<_>>();
    assert_eq!(missed(&court, "a1"), [seat("r1")], "nobody waits for the sound of who has no floor");
    assert!(missed(&court, "o1").is_empty());
    court.does("chair", RECESS);
    assert!(missed(&court, "chair").is_empty(), "nothing is awaited in a recess");
    court.does("chair", RESUME);
    court.clock(back("r1")).unwrap();
    assert!(missed(&court, "a1").is_empty());
    assert_eq!(court.tries("chair", back("r1")).unwrap_err().code(), "seat.clock-only");
}

#[test]
fn given_a_disk_that_takes_nothing_all_who_take_part_are_told_since_when_until_it_goes_on() {
    let stalled = |since| Command::Recording(recording::Command::Stalled { since });
    let resumed = || Command::Recording(recording::Command::Resumed {});
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.clock(stalled(Moment(court.now.0 + 3_600_000))).unwrap();
    let since = court.now;
    assert_eq!(court.sees("a1").stalled(), Some(since), "no later than it is told");
    court.clock(stalled(Moment(1))).unwrap();
    assert_eq!(court.sees("chair").stalled(), Some(since), "once");
    assert_eq!(court.sees("o1").stalled(), None, "the gallery is no part of the record");
    court.does("chair", RECESS);
    assert_eq!(court.sees("chair").stalled(), None, "nothing is to be recorded in a recess");
    court.does("chair", RESUME);
    assert_eq!(court.sees("chair").stalled(), Some(since));
    court.clock(resumed()).unwrap();
    court.clock(resumed()).unwrap();
    assert_eq!(court.sees("chair").stalled(), None);
    assert_eq!(court.tries("chair", resumed()).unwrap_err().code(), "seat.clock-only");
}

/// Nobody hears anybody from another room, and what a seat's own view says of its microphone is what holds.
pub(crate) fn is_in_order(court: &Court) {
    let hearing = &court.hearing;
    let seats: Vec<SeatId> = court.everybody();
    for one in &seats {
        for other in &seats {
            if hearing.may_hear(one, other) || hearing.may_see(one, other) {
                assert!(one != other && hearing.chamber(one) == hearing.chamber(other), "{one} {other}");
            }
            let secret =
                hearing.phase.current == Phase::Deliberation && hearing.sitting_panel().any(|p| p == other);
            if secret && !hearing.sitting_panel().any(|p| p == one) {
                assert!(!hearing.may_hear(one, other) && !hearing.may_see(one, other), "{one} {other}");
            }
        }
        let (recorded, sits) = (hearing.on_record(one), hearing.phase.interrupted.is_none());
        let within = hearing.phase.current > Phase::Waiting && hearing.phase.current < Phase::Closed;
        let apart = hearing.phase.current == Phase::Deliberation;
        assert!(!recorded.anything() || (within && sits && !apart), "{one} is recorded out of session");
        assert!(!recorded.sound || (hearing.is_heard(one) && hearing.chamber(one) == Some(Chamber::Court)));
        let view = hearing.disclosed_to(&hearing.viewer(one));
        assert_eq!(view.chamber(one), hearing.chamber(one), "{one}");
        assert_eq!(view.is_heard(one), hearing.is_heard(one), "{one}");
    }
}

fn shield(name: &str, voice: bool) -> Command {
    Command::Shield(shield::Command::Shield { seat: seat(name), voice })
}

#[test]
fn whoever_is_shielded_is_seen_by_nobody_and_heard_with_another_voice_where_that_is_ordered() {
    // Given a witness of whom the chair decides, before it is let in, that it is not seen
    let mut court = Court::at(plan::Openness::Public, Phase::RollCall);
    assert!(seen_by(&court, "chair").contains(&"w1"));
    court.does("chair", shield("w1", false));
    for (watcher, ..) in CAST {
        assert!(!court.hearing.may_see(&seat(watcher), &seat("w1")), "{watcher}");
    }
    assert!(!court.hearing.on_air(&seat("w1")).altered);
    assert!(!court.hearing.on_record(&seat("w1")).picture, "nor does its face go on record");
    // When its voice is to be changed, too
    court.does("chair", shield("w1", true));
    court.does("chair", advance(Phase::Introduction));
    court.does("chair", give("w1"));
    // Then it is heard, and the link knows that its own voice must not be
    let air = court.hearing.on_air(&seat("w1"));
    assert!(air.heard && air.altered && !air.seen && air.on_record().sound);
    // And all this stands in the record, for everybody to read
    let lines = &court.hearing.disclosed_to(&court.hearing.viewer(&seat("o1"))).record.lines;
    let told: Vec<_> = lines.iter().map(|line| line.words(&court.hearing.plan).zh).collect();
    assert!(told.iter().any(|line| line.contains("不暴露外貌、真实声音")), "{told:?}");
    court.does("chair", Command::Shield(shield::Command::Unshield { seat: seat("w1") }));
    assert!(court.hearing.may_see(&seat("o1"), &seat("w1")));
    court.assert_square();
}

#[test]
fn only_the_chair_shields_and_only_who_gives_evidence_or_is_a_party() {
    let mut court = Court::at(plan::Openness::Public, Phase::RollCall);
    for (name, ..) in CAST.iter().filter(|(name, ..)| *name != "chair") {
        assert_eq!(court.tries(name, shield("w1", false)).unwrap_err(), Refusal::ChairOnly, "{name}");
        assert_eq!(court.tries(name, CUT_OFF).unwrap_err(), Refusal::ChairOnly, "{name}");
    }
    for (name, capacity, _) in CAST {
        let done = court.tries("chair", shield(name, false));
        match capacity {
            Capacity::Witness
            | Capacity::Expert
            | Capacity::Applicant
            | Capacity::Respondent
            | Capacity::ThirdParty => {
                assert!(done.is_ok(), "{name}");
            }
            _ => assert_eq!(done.unwrap_err(), Refusal::NotShielded, "{name}"),
        }
    }
    assert_eq!(court.tries("chair", shield("w1", false)).unwrap_err(), Refusal::ShieldUnchanged);
    assert_eq!(court.tries("chair", shield("nobody", false)).unwrap_err(), Refusal::NotASeat);
    court.assert_square();
}

#[test]
fn cut_off_the_gallery_hears_and_sees_nothing_and_reads_on() {
    let mut court = Court::at(plan::Openness::Public, Phase::Introduction);
    assert_eq!(heard_by(&court, "o1"), ["chair", "i1"]);
    court.does("chair", CUT_OFF);
    assert!(heard_by(&court, "o1").is_empty() && seen_by(&court, "o1").is_empty());
    assert_eq!(heard_by(&court, "a1"), ["chair", "i1"], "whoever takes part hears on");
    court
        .does("clerk", Command::Statement(statement::Command::Record { speaker: None, text: "记明".into() }));
    let view = court.hearing.disclosed_to(&court.hearing.viewer(&seat("o1")));
    assert!(view.shield.cut_off && view.record.lines.iter().any(|line| line.text() == Some("记明")));
    court.does("chair", Command::Shield(shield::Command::Restore {}));
    assert_eq!(heard_by(&court, "o1"), ["chair", "i1"]);
    court.assert_square();
}

fn noted(command: line::Command) -> Command {
    Command::Line(command)
}

#[test]
fn a_video_line_that_breaks_stands_in_the_record_with_what_was_missed_and_can_be_made_good() {
    // Given a party on the line
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.clock(noted(line::Command::Opened { seat: seat("r1") })).unwrap();
    // When it breaks for a while
    let since = court.now;
    court.wait(3);
    court.clock(noted(line::Command::Broken { seat: seat("r1"), since })).unwrap();
    court.wait(9);
    court.clock(noted(line::Command::Opened { seat: seat("r1") })).unwrap();
    // Then everybody reads that, and the party may hear again what it missed
    let view = court.hearing.disclosed_to(&court.hearing.viewer(&seat("o1")));
    let last = view.record.lines.last().unwrap();
    let away_ms = last.at.ms_since(since);
    assert!((12_000..20_000).contains(&away_ms), "{away_ms}");
    assert_eq!(last.words(&view.plan).zh, format!("〔视频连线恢复，中断{}秒〕", (away_ms + 999) / 1000));
    let absence = Absence { from: since, to: last.at };
    assert_eq!(court.hearing.replay(&seat("r1")), Replay::Missed(vec![absence]));
    // And those who lead the hearing know how its line stands, and the party itself, and nobody else
    for (name, capacity, _) in CAST {
        let view = court.hearing.disclosed_to(&court.hearing.viewer(&seat(name)));
        let known = view.line.of(&seat("r1")).map(|line| (line.breaks, line.missed_ms));
        let may = capacity.is_office() || *name == "r1";
        assert_eq!(known, may.then_some((1, away_ms)), "{name}");
    }
    court.assert_square();
}

#[test]
fn a_line_that_was_turned_off_or_went_with_the_room_is_not_broken() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let since = court.now;
    let broken = |name: &str| noted(line::Command::Broken { seat: seat(name), since });
    let lines = court.hearing.record.lines.len();
    court.clock(noted(line::Command::Opened { seat: seat("a1") })).unwrap();
    court.clock(noted(line::Command::Closed { seat: seat("a1") })).unwrap();
    court.clock(broken("a1")).unwrap();
    court.clock(noted(line::Command::Opened { seat: seat("o1") })).unwrap();
    court.clock(broken("o1")).unwrap();
    assert_eq!(court.hearing.record.lines.len(), lines, "nothing of it is for the record");
    // Turned off while it is broken and on again, what was missed ends with that.
    court.clock(noted(line::Command::Opened { seat: seat("t1") })).unwrap();
    court.clock(broken("t1")).unwrap();
    court.clock(noted(line::Command::Closed { seat: seat("t1") })).unwrap();
    court.clock(noted(line::Command::Opened { seat: seat("t1") })).unwrap();
    assert_eq!(court.hearing.absences(&seat("t1")).len(), 1);
    let lines = lines + 2;
    assert!(court.hearing.line.of(&seat("o1")).is_none(), "who only watches may come and go");
    // The gap of a seat that has lost the room is told once.
    court.clock(noted(line::Command::Opened { seat: seat("r1") })).unwrap();
    court.clock(Command::Roll(roll::Command::Lost { seat: seat("r1"), since })).unwrap();
    court.clock(broken("r1")).unwrap();
    assert_eq!(court.hearing.record.lines.len(), lines + 1);
    for name in ["chair", "r1", "o1"] {
        let command = noted(line::Command::Opened { seat: seat("r1") });
        assert_eq!(court.tries(name, command).unwrap_err(), Refusal::ClockOnly, "{name}");
    }
    court.assert_square();
}
