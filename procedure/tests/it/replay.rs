//! What of the recordings can be heard again, and by whom: the file's keepers all, whoever takes part what it missed.

use procedure::{
    Command, Moment,
    hearing::{
        phase::Phase,
        plan::Openness,
        replay::{Absence, Replay},
        roll::Command as Roll,
    },
};

use crate::cast::{ARRIVE, Court, LEAVE, admit, seat};

fn lost(who: &str, since: Moment) -> Command {
    Command::Roll(Roll::Lost { seat: seat(who), since })
}

fn regained(who: &str) -> Command {
    Command::Roll(Roll::Regained { seat: seat(who) })
}

fn nothing() -> Replay {
    Replay::Missed(Vec::new())
}

/// In the statements, after `who` was cut off and is back.
fn after_an_absence(who: &str) -> (Court, Absence) {
    let mut court = Court::at(Openness::Public, Phase::Statements);
    let from = court.now;
    court.clock(lost(who, from)).unwrap();
    court.clock(regained(who)).unwrap();
    let to = court.hearing.record.lines.last().unwrap().at;
    (court, Absence { from, to })
}

#[test]
fn those_who_keep_the_file_may_have_all_of_it_and_nobody_else_anything_who_was_there_all_the_time() {
    let court = Court::at(Openness::Public, Phase::Statements);
    for keeper in ["chair", "handler", "clerk"] {
        assert_eq!(court.hearing.replay(&seat(keeper)), Replay::Whole, "{keeper}");
    }
    for other in ["p1", "a1", "r1", "w1", "s1", "o1", "nobody"] {
        assert_eq!(court.hearing.replay(&seat(other)), nothing(), "{other}");
    }
}

#[test]
fn whoever_was_cut_off_may_have_what_it_missed_and_not_more() {
    for who in ["p1", "a1", "r1", "w1"] {
        let (mut court, absence) = after_an_absence(who);
        assert_eq!(court.hearing.replay(&seat(who)), Replay::Missed(vec![absence]), "{who}");
        assert!(court.hearing.replay(&seat(who)).touches(absence.from, absence.from), "{who}");
        // While it is away nothing is told yet.
        let since = court.now;
        court.clock(lost(who, since)).unwrap();
        assert_eq!(court.hearing.replay(&seat(who)), Replay::Missed(vec![absence]), "{who}");
        let before = Moment(absence.from.0 - 1);
        assert!(!court.hearing.replay(&seat(who)).touches(Moment(0), before), "{who}");
    }
}

#[test]
fn who_was_cut_off_outside_the_door_has_nothing_to_make_good_of_what_went_on_inside() {
    let mut court = Court::planned(Openness::Public);
    court.does("chair", ARRIVE);
    court.does("clerk", ARRIVE);
    // Once cut off and back before it is let in, once let in while it is cut off.
    for back_first in [true, false] {
        let who = if back_first { "w1" } else { "a1" };
        court.does(who, ARRIVE);
        let since = court.now;
        court.clock(lost(who, since)).unwrap();
        if back_first {
            court.clock(regained(who)).unwrap();
            court.does("clerk", admit(who));
            assert_eq!(court.hearing.replay(&seat(who)), nothing());
            continue;
        }
        court.does("clerk", admit(who));
        let let_in = court.hearing.record.lines.last().unwrap().at;
        court.clock(regained(who)).unwrap();
        let to = court.hearing.record.lines.last().unwrap().at;
        assert_eq!(court.hearing.replay(&seat(who)), Replay::Missed(vec![Absence { from: let_in, to }]));
    }
}

#[test]
fn who_has_left_or_was_sent_out_hears_nothing_more() {
    let (mut court, _) = after_an_absence("w1");
    court.does("w1", LEAVE);
    assert_eq!(court.hearing.replay(&seat("w1")), nothing());
    let (mut court, _) = after_an_absence("r1");
    court.does("chair", Command::Roll(Roll::Remove { seat: seat("r1"), reason: "扰乱秩序".into() }));
    assert_eq!(court.hearing.replay(&seat("r1")), nothing());
}

#[test]
fn once_the_file_is_sealed_its_keepers_alone_have_it() {
    let (mut court, _) = after_an_absence("a1");
    court.hearing.record.sealed = Some(court.now);
    assert_eq!(court.hearing.replay(&seat("a1")), nothing());
    assert_eq!(court.hearing.replay(&seat("clerk")), Replay::Whole);
}
