//! When the hearing stands still: recess, a lost holder of the floor, a chair who is gone.

use procedure::{
    Command, Moment,
    hearing::{floor, phase, phase::Phase, plan, roll},
};

use crate::cast::{Court, advance, give, say, seat};

const TICK: Command = Command::Phase(phase::Command::Tick {});
const RESUME: Command = Command::Phase(phase::Command::Resume {});

fn lost(court: &mut Court, whom: &str) {
    let since = court.now;
    court.clock(Command::Roll(roll::Command::Lost { seat: seat(whom), since })).unwrap();
}

#[test]
fn a_recess_stops_the_clock_and_every_mouth() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("a1"));
    court.wait(60);
    court.does("chair", Command::Phase(phase::Command::Recess { reason: Some("休息".into()) }));
    court.refused("a1", say("继续"), "phase.in-break");
    court.refused("chair", advance(Phase::Questions), "phase.in-break");
    court.wait(3600);
    assert!(court.hearing.next_alarm(&court.rules).is_none(), "no turn runs out in a recess");
    court.does("chair", RESUME);
    let used = court.hearing.floor.turn.as_ref().unwrap().used_at(court.now);
    assert!((60_000..61_000).contains(&used), "{used} ms");
    court.does("a1", say("继续"));
    court.assert_square();
}

#[test]
fn time_that_the_network_took_is_given_back_even_across_a_recess() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("a1"));
    court.wait(10);
    lost(&mut court, "a1");
    court.wait(8);
    court.does("chair", Command::Phase(phase::Command::Recess { reason: None }));
    court.clock(Command::Roll(roll::Command::Regained { seat: seat("a1") })).unwrap();
    court.wait(100);
    court.does("chair", RESUME);
    let turn = court.hearing.floor.turn.clone().unwrap();
    assert!((10_000..11_000).contains(&turn.used_at(court.now)), "{turn:?}");
    let said = format!("{:?}", court.hearing.record.lines);
    assert!(said.contains("Gap") && said.contains("GapOver"), "the record admits its gaps");
    court.assert_square();
}

#[test]
fn a_loss_that_is_noticed_late_counts_from_when_the_holder_was_last_heard() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let before = court.now;
    court.does("chair", give("a1"));
    court.wait(30);
    let since = court.now.plus_ms(-20_000);
    let lost = |seat, since| Command::Roll(roll::Command::Lost { seat, since });
    court.clock(lost(seat("a1"), since)).unwrap();
    let used = |court: &Court| court.hearing.floor.turn.as_ref().unwrap().used_at(court.now);
    assert!((10_000..11_000).contains(&used(&court)), "{} ms", used(&court));
    // Not more is given back than was taken: before the turn began there was nothing to lose.
    court.clock(Command::Roll(roll::Command::Regained { seat: seat("a1") })).unwrap();
    court.wait(10);
    court.does("chair", give("r1"));
    court.wait(5);
    court.clock(lost(seat("r1"), before)).unwrap();
    assert_eq!(used(&court), 0);
    court.assert_square();
}

#[test]
fn a_turn_given_to_somebody_who_is_cut_off_begins_when_they_are_back() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    lost(&mut court, "a1");
    court.wait(30);
    court.does("chair", give("a1"));
    court.wait(300);
    assert!(court.hearing.next_alarm(&court.rules).is_none(), "no turn runs out while its holder is away");
    court.clock(Command::Roll(roll::Command::Regained { seat: seat("a1") })).unwrap();
    court.wait(5);
    let used = court.hearing.floor.turn.as_ref().unwrap().used_at(court.now);
    assert!((5_000..6_000).contains(&used), "{used} ms");
    court.assert_square();
}

#[test]
fn what_the_server_cannot_know_it_does_not_say() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let says = |court: &mut Court, command| {
        let known = court.log.len();
        court.clock(Command::Roll(command)).unwrap();
        court.log.len() - known
    };
    let lost = |who: &str, since| roll::Command::Lost { seat: seat(who), since };
    assert_eq!(says(&mut court, roll::Command::Regained { seat: seat("a1") }), 0, "it was never lost");
    assert_eq!(says(&mut court, lost("nobody", Moment(0))), 0);
    assert_eq!(says(&mut court, lost("a1", Moment(i64::MAX))), 1, "a loss in the future began now");
    assert_eq!(court.hearing.roll.entries[&seat("a1")].lost, Some(court.now));
    assert_eq!(says(&mut court, lost("a1", Moment(0))), 0, "it is lost already");
    court.wait(2);
    assert_eq!(says(&mut court, roll::Command::Regained { seat: seat("a1") }), 1);
    let missed = court.hearing.roll.entries[&seat("a1")].missed_ms;
    assert!((2_000..3_000).contains(&missed), "{missed} ms");
    let gone = court.hearing.record.lines.last().unwrap().words(&court.hearing.plan);
    assert!(gone.zh.contains("网络恢复，中断3秒"), "{gone:?}");
}

#[test]
fn a_turn_ends_by_itself_when_its_time_is_over_and_not_before() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("a1"));
    court.does("chair", Command::Floor(floor::Command::Extend { seconds: Some(60) }));
    let (due, why) = court.hearing.next_alarm(&court.rules).unwrap();
    assert_eq!(why, phase::Why::TurnOver);
    assert_eq!(due.ms_since(court.hearing.floor.turn.as_ref().unwrap().began), 660_000);
    assert_eq!(court.clock(TICK).unwrap_err().code(), "phase.no-alarm");
    court.wait(661);
    court.refused("chair", TICK, "seat.clock-only");
    court.clock(TICK).unwrap();
    court.refused("a1", say("还有"), "floor.not-yours");
    let side = court.hearing.floor.used_ms[&procedure::Side::Applicant];
    assert_eq!(side, 660_000, "a side is charged no more than its turn");
    court.assert_square();
}

#[test]
fn a_hearing_without_its_chair_pauses_and_the_named_deputy_may_take_over() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let deputy = |whom| Command::Roll(roll::Command::NameDeputy { seat: seat(whom) });
    court.refused("chair", deputy("p1"), "roll.deputy-must-be-handler");
    court.does("chair", deputy("handler"));
    let take = || Command::Roll(roll::Command::TakeChair {});
    court.refused("handler", take(), "roll.chair-present");
    court.does("chair", give("a1"));
    lost(&mut court, "chair");
    court.wait(i64::from(court.rules.chair_absence_seconds) + 1);
    court.clock(TICK).unwrap();
    assert_eq!(court.hearing.phase.interrupted.as_ref().unwrap().kind, phase::BreakKind::ChairAbsent);
    court.refused("a1", say("没人主持"), "phase.in-break");
    court.refused("clerk", take(), "roll.deputy-not-named");
    court.does("handler", take());
    court.does("handler", RESUME);
    court.does("a1", say("继续"));
    court.clock(Command::Roll(roll::Command::Regained { seat: seat("chair") })).unwrap();
    court.refused("chair", give("r1"), "seat.chair-only");
    court.does("chair", Command::Roll(roll::Command::ReturnChair {}));
    court.does("chair", give("r1"));
    court.assert_square();
}

#[test]
fn a_chair_is_waited_for_from_when_its_loss_was_noticed_and_turns_still_end_in_time() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let long_ago = court.now.plus_ms(-3_600_000);
    court.does("chair", Command::Floor(floor::Command::Give { seat: seat("a1"), seconds: Some(30) }));
    court.clock(Command::Roll(roll::Command::Lost { seat: seat("chair"), since: long_ago })).unwrap();
    let noticed = court.now;
    let (due, why) = court.hearing.next_alarm(&court.rules).unwrap();
    assert_eq!(why, phase::Why::TurnOver, "the turn runs out before the chair has been waited for");
    assert!(due < noticed.plus_ms(31_000));
    court.wait(31);
    court.clock(TICK).unwrap();
    assert!(court.hearing.floor.turn.is_none());
    let patience = i64::from(court.rules.chair_absence_seconds) * 1000;
    let (due, why) = court.hearing.next_alarm(&court.rules).unwrap();
    assert_eq!((due, why), (noticed.plus_ms(patience), phase::Why::ChairAbsent));
    court.assert_square();
}

#[test]
fn a_chair_lost_before_the_server_stopped_is_waited_for_anew_and_the_record_says_it_once() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let since = court.now;
    let lost = || Command::Roll(roll::Command::Lost { seat: seat("chair"), since });
    court.wait(20);
    court.clock(lost()).unwrap();
    court.wait(3_600);
    // The server is back, and says again what it knew.
    let lines = court.hearing.record.lines.len();
    court.clock(lost()).unwrap();
    assert_eq!(court.hearing.record.lines.len(), lines);
    let patience = i64::from(court.rules.chair_absence_seconds) * 1000;
    let alarm = court.hearing.next_alarm(&court.rules).unwrap();
    assert_eq!(alarm, (court.now.plus_ms(patience), phase::Why::ChairAbsent));
    let entry = &court.hearing.roll.entries[&seat("chair")];
    assert_eq!(entry.lost, Some(since), "it has been away since the first loss all the same");
    court.assert_square();
}

#[test]
fn presence_is_the_servers_to_say() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let since = court.now;
    court.refused("a1", Command::Roll(roll::Command::Lost { seat: seat("r1"), since }), "seat.clock-only");
    court.refused("a1", Command::Roll(roll::Command::Regained { seat: seat("r1") }), "seat.clock-only");
}
