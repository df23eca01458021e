//! The mediation as the law and the people in it would state it: nobody is made to take part, what is confided stays with
//! those to whom it was, nothing is recorded, and everything else stands still meanwhile.

use procedure::{
    Command, SeatId, Side,
    hearing::{
        floor,
        media::Chamber,
        mediation::{Command as Mediate, Outcome},
        phase,
        phase::Phase,
        plan, roll,
    },
};

use crate::cast::{
    CAST, Court, LEAVE, admit, advance, ask, decide_now, discuss, give, say, seat, seating, sheet, waive,
};

pub(crate) const OPEN: Command = Command::Mediation(Mediate::Open {});
pub(crate) const END: Command = Command::Mediation(Mediate::End { outcome: None });
const RECESS: Command = Command::Phase(phase::Command::Recess { reason: None });
const RESUME: Command = Command::Phase(phase::Command::Resume {});
/// Everybody who is of a side in the full court.
pub(crate) const SIDES: [&str; 4] = ["a1", "a2", "r1", "t1"];

pub(crate) fn consent(given: bool) -> Command {
    Command::Mediation(Mediate::Consent { given })
}

pub(crate) fn caucus(with: Side) -> Command {
    Command::Mediation(Mediate::Caucus { with: Some(with) })
}

fn end(outcome: Outcome) -> Command {
    Command::Mediation(Mediate::End { outcome: Some(outcome) })
}

fn confide(text: &str) -> Command {
    Command::Mediation(Mediate::Confide { text: text.into() })
}

/// A court in which the sides are being reconciled.
pub(crate) fn mediating(openness: plan::Openness, step: Phase) -> Court {
    let mut court = Court::at(openness, step);
    for party in ["a1", "r1", "t1"] {
        court.does(party, consent(true));
    }
    court.does("chair", OPEN);
    court
}

/// To whom a text was ever sent.
pub(crate) fn reached(court: &Court, text: &str) -> Vec<&'static str> {
    let names = CAST.iter().map(|(name, ..)| *name);
    names.filter(|name| court.was_sent(&seat(name), text)).collect()
}

/// Who hears whom, of those who are not alone.
fn heard_by(court: &Court, listener: &str) -> Vec<&'static str> {
    let names = CAST.iter().map(|(name, ..)| *name);
    names.filter(|name| court.hearing.may_hear(&seat(listener), &seat(name))).collect()
}

fn lines(court: &Court) -> Vec<String> {
    court.hearing.record.lines.iter().map(|line| line.words(&court.hearing.plan).zh).collect()
}

#[test]
fn given_a_party_that_has_not_consented_no_mediation_is_opened() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.refused("chair", OPEN, "mediation.not-consented");
    court.does("a1", consent(true));
    court.does("r1", consent(true));
    court.refused("chair", OPEN, "mediation.not-consented");
    court.does("t1", consent(false));
    court.refused("chair", OPEN, "mediation.not-consented");
    for nobody in ["chair", "handler", "p1", "w1", "o1"] {
        court.refused(nobody, consent(true), "seat.party-only");
    }
    court.does("t1", consent(true));
    court.refused("a1", OPEN, "seat.chair-only");
    court.refused("handler", OPEN, "seat.chair-only");
    court.does("chair", OPEN);
    court.refused("chair", OPEN, "mediation.open");
    assert!(lines(&court).last().unwrap().contains("双方当事人同意"));
    assert!(court.sees("o1").mediation.open.is_some() && court.sees("o1").mediation.consents.is_empty());
    assert_eq!(court.sees("r1").mediation.consents.len(), 3);
    court.assert_square();
}

#[test]
fn an_agent_consents_for_its_party_and_a_third_party_of_no_side_has_no_part() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.seats(seating("t2", procedure::Capacity::ThirdParty, None)).unwrap();
    court.comes_in("t2");
    court.refused("t2", consent(true), "mediation.no-side");
    for party in ["a2", "r1", "t1"] {
        court.does(party, consent(true));
    }
    court.does("chair", OPEN);
    assert_eq!(court.hearing.mediates(&seat("a1")), Some(Side::Applicant), "its agent has consented for it");
    assert_eq!(court.hearing.mediates(&seat("t2")), None);
    assert!(heard_by(&court, "t2").is_empty());
    court.does("a1", consent(false));
    assert_eq!(
        court.hearing.mediation.outcome,
        Some(Outcome::Withdrawn),
        "and the party takes it back itself"
    );
}

#[test]
fn mediation_is_possible_from_the_statements_to_the_summing_up() {
    for step in Phase::ALL.into_iter().skip(1) {
        let mut court = Court::at(plan::Openness::Public, step);
        if step == Phase::Closed {
            court.refused("a1", consent(true), "phase.closed");
            court.refused("chair", OPEN, "phase.closed");
            continue;
        }
        for party in ["a1", "r1", "t1"] {
            court.does(party, consent(true));
        }
        if (Phase::Statements..=Phase::Summary).contains(&step) {
            court.does("chair", OPEN);
            court.does("chair", END);
        } else {
            court.refused("chair", OPEN, "mediation.not-now");
        }
        court.assert_square();
    }
    let mut court = Court::at(plan::Openness::Public, Phase::Summary);
    court.does("chair", decide_now(true));
    court.does("a1", consent(true));
    court.refused("chair", OPEN, "decision.made");
}

#[test]
fn given_a_side_of_which_nobody_is_here_there_is_no_mediation() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("r1", LEAVE);
    court.does("t1", LEAVE);
    court.does("a1", consent(true));
    court.refused("chair", OPEN, "mediation.side-absent");
}

#[test]
fn while_the_sides_are_reconciled_turns_steps_questions_and_evidence_stand_still() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("r1"));
    court.wait(100);
    for party in ["a1", "r1", "t1"] {
        court.does(party, consent(true));
    }
    court.does("chair", OPEN);
    let used = court.hearing.floor.turn.as_ref().unwrap().used_at(court.now);
    court.wait(3_000);
    assert_eq!(court.hearing.floor.turn.as_ref().unwrap().used_at(court.now), used, "the clock stands");
    assert_eq!(court.hearing.next_alarm(&court.rules), None);
    let stands = "mediation.stands";
    court.refused("r1", say("我有发言权"), stands);
    court.refused("a1", Command::Floor(floor::Command::RaiseHand {}), stands);
    court.refused("chair", give("a1"), stands);
    court.refused("chair", advance(Phase::Questions), stands);
    court.refused("chair", waive(Phase::Questions, "理由"), stands);
    court.does("chair", END);
    court.wait(50);
    let turn = court.hearing.floor.turn.as_ref().unwrap();
    assert!((50_000..50_100).contains(&(turn.used_at(court.now) - used)), "and goes on where it stood");
    assert_eq!(turn.seat, seat("r1"));

    let mut court = mediating(plan::Openness::Public, Phase::Questions);
    court.refused("p1", ask("a1", "多少钱？"), stands);
    let mut court = mediating(plan::Openness::Public, Phase::Summary);
    court.refused("chair", decide_now(true), stands);
    let mut court = mediating(plan::Openness::Public, Phase::Opinion);
    court.refused("p1", crate::cast::deliver("听证员一致同意。"), stands);
    court.assert_square();
}

#[test]
fn a_recess_stands_over_a_mediation_and_a_turn_waits_for_both() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("a1"));
    for party in ["a1", "r1", "t1"] {
        court.does(party, consent(true));
    }
    court.does("chair", OPEN);
    court.does("chair", caucus(Side::Applicant));
    court.does("chair", RECESS);
    assert_eq!(heard_by(&court, "chair"), ["handler", "clerk"], "each in its own room");
    court.refused("a1", confide("休会中"), "phase.in-break");
    court.does("chair", RESUME);
    assert_eq!(heard_by(&court, "chair"), ["a1", "a2"], "the caucus goes on");
    assert!(court.hearing.floor.runs_out().is_none());
    court.does("chair", RECESS);
    court.does("chair", END);
    assert!(court.hearing.floor.runs_out().is_none(), "it stands for the recess");
    court.does("chair", RESUME);
    assert!(court.hearing.floor.runs_out().is_some());
    court.assert_square();
}

#[test]
fn consent_is_taken_back_at_any_time_and_ends_it_and_another_needs_it_anew() {
    let mut court = mediating(plan::Openness::Public, Phase::Statements);
    court.does("chair", caucus(Side::Respondent));
    court.does("chair", RECESS);
    court.does("a1", consent(false));
    assert_eq!(court.hearing.mediation.outcome, Some(Outcome::Withdrawn));
    assert!(court.hearing.mediation.open.is_none() && court.hearing.mediation.caucus.is_none());
    assert!(court.hearing.mediation.consents.is_empty());
    assert!(lines(&court).last().unwrap().contains("不愿继续调解"));
    court.does("chair", RESUME);
    court.refused("chair", OPEN, "mediation.not-consented");
    court.refused("chair", END, "mediation.not-open");
    court.refused("chair", caucus(Side::Applicant), "mediation.not-open");
    court.assert_square();
}

#[test]
fn when_nobody_of_a_side_is_left_it_ends_and_when_somebody_is_it_goes_on() {
    let mut court = mediating(plan::Openness::Public, Phase::Statements);
    court.does("t1", LEAVE);
    assert!(court.hearing.mediation.open.is_some(), "r1 is still here");
    court.does("r1", LEAVE);
    assert_eq!(court.hearing.mediation.outcome, Some(Outcome::SideGone));
    let mut court = mediating(plan::Openness::Public, Phase::Statements);
    court.does("chair", Command::Roll(roll::Command::Remove { seat: seat("a1"), reason: "扰乱秩序".into() }));
    assert!(court.hearing.mediation.open.is_some(), "its agent is still here");
    court.does("a2", LEAVE);
    assert!(court.hearing.mediation.open.is_none());
    court.assert_square();
}

#[test]
fn what_is_confided_only_the_chair_and_that_side_ever_see() {
    for openness in [plan::Openness::Public, plan::Openness::Closed] {
        let mut court = mediating(openness, Phase::Statements);
        court.refused("a1", confide("没有单独会谈"), "mediation.not-in-caucus");
        court.does("chair", caucus(Side::Applicant));
        court.does("a1", confide("CAUCUS-A 两万五我就不告了"));
        court.does("chair", confide("CAUCUS-C 我可以去问问"));
        for other in ["r1", "t1", "handler", "clerk", "p1", "w1", "i1", "s1"] {
            court.refused(other, confide("不在场"), "mediation.not-in-caucus");
        }
        court.does("chair", caucus(Side::Respondent));
        court.refused("a1", confide("已经换了一方"), "mediation.not-in-caucus");
        court.does("t1", confide("CAUCUS-R 最多三万"));
        court.does("chair", END);
        court.refused("r1", confide("调解已经结束"), "mediation.not-in-caucus");
        assert_eq!(reached(&court, "CAUCUS-A"), ["chair", "a1", "a2"]);
        assert_eq!(reached(&court, "CAUCUS-C"), ["chair", "a1", "a2"]);
        assert_eq!(reached(&court, "CAUCUS-R"), ["chair", "r1", "t1"]);
        assert!(!court.text_seen_by("r1").contains("CAUCUS-A"));
        assert!(court.text_seen_by("a2").contains("CAUCUS-A"), "it keeps what it was told");
        assert!(!lines(&court).iter().any(|line| line.contains("CAUCUS")));
        court.assert_square();
    }
}

#[test]
fn who_comes_later_learns_nothing_of_what_was_confided_before() {
    let mut court = mediating(plan::Openness::Public, Phase::Statements);
    court.does("chair", caucus(Side::Applicant));
    court.does("a1", confide("CAUCUS-A"));
    court.seats(seating("a3", procedure::Capacity::Agent, None)).unwrap();
    court.comes_in("a3");
    assert!(!court.was_sent(&seat("a3"), "CAUCUS-A"));
    court.does("a3", confide("CAUCUS-B"));
    assert!(court.was_sent(&seat("a1"), "CAUCUS-B") && !court.was_sent(&seat("r1"), "CAUCUS-B"));
    // Nor does a deputy: with another in the chair the caucus is over.
    court.does("chair", Command::Roll(roll::Command::NameDeputy { seat: seat("handler") }));
    let since = court.now;
    court.clock(Command::Roll(roll::Command::Lost { seat: seat("chair"), since })).unwrap();
    court.does("handler", Command::Roll(roll::Command::TakeChair {}));
    assert!(court.hearing.mediation.caucus.is_none());
    court.refused("a1", confide("主持人已换"), "mediation.not-in-caucus");
    court.does("handler", caucus(Side::Applicant));
    court.does("a1", confide("CAUCUS-D"));
    assert!(court.was_sent(&seat("handler"), "CAUCUS-D") && !court.was_sent(&seat("handler"), "CAUCUS-A"));
    assert!(!court.was_sent(&seat("chair"), "CAUCUS-D"));
    court.assert_square();
}

#[test]
fn given_a_party_that_comes_while_the_others_are_reconciled_it_is_apart_until_it_consents() {
    let mut court = mediating(plan::Openness::Public, Phase::Statements);
    court.seats(seating("r2", procedure::Capacity::Respondent, Some(Side::Respondent))).unwrap();
    court.comes_in("r2");
    assert_eq!(court.hearing.chamber(&seat("r2")), Some(Chamber::Party(seat("r2"))));
    assert_eq!(court.hearing.mediates(&seat("r2")), None);
    court.does("r2", consent(true));
    assert_eq!(court.hearing.chamber(&seat("r2")), Some(Chamber::Mediation));
}

#[test]
fn in_the_mediation_chair_and_sides_hear_one_another_and_all_others_are_apart() {
    for step in [Phase::Statements, Phase::Deliberation] {
        let mut court = mediating(plan::Openness::Public, step);
        assert_eq!(heard_by(&court, "r1"), ["chair", "a1", "a2", "t1", "i1"]);
        assert_eq!(heard_by(&court, "p1"), ["p2", "p3", "p4"], "the panel is by itself");
        assert_eq!(heard_by(&court, "handler"), ["clerk"], "and the office without the chair");
        for apart in ["w1", "e1", "f1", "s1", "o1"] {
            assert!(heard_by(&court, apart).is_empty(), "{apart}");
            let sees = |name: &SeatId| court.hearing.may_see(&seat(apart), name);
            assert!(!court.everybody().iter().any(sees), "{apart} sees somebody");
        }
        court.does("chair", caucus(Side::Applicant));
        assert_eq!(heard_by(&court, "a1"), ["chair", "a2"]);
        assert_eq!(heard_by(&court, "chair"), ["a1", "a2"]);
        assert!(heard_by(&court, "r1").is_empty(), "each party of the other side is with its own agents");
        assert!(heard_by(&court, "i1").is_empty() && heard_by(&court, "o1").is_empty());
        court.does("chair", caucus(Side::Respondent));
        assert_eq!(heard_by(&court, "chair"), ["r1", "t1"]);
        assert_eq!(heard_by(&court, "a1"), ["a2"]);
        court.does("chair", Command::Mediation(Mediate::Caucus { with: None }));
        assert_eq!(heard_by(&court, "a1"), ["chair", "a2", "r1", "t1", "i1"], "both sides again");
        for name in court.everybody() {
            assert!(!court.hearing.on_record(&name).anything(), "{name} is recorded");
        }
        court.does("chair", END);
        if step == Phase::Statements {
            assert_eq!(heard_by(&court, "o1"), ["chair", "i1"]);
        }
        court.assert_square();
    }
}

#[test]
fn the_panel_goes_on_deliberating_while_the_sides_are_reconciled() {
    let mut court = mediating(plan::Openness::Public, Phase::Deliberation);
    court.does("p1", discuss("先谈第一个问题"));
    court.does("p1", sheet("i1", procedure::hearing::opinion::Position::Agree, "理由"));
    court.refused("chair", advance(Phase::Opinion), "mediation.stands");
    court.does("chair", END);
    court.refused("chair", advance(Phase::Opinion), "phase.lacking-sheets");
}

#[test]
fn the_outcome_on_record_is_what_came_of_it() {
    let mut court = mediating(plan::Openness::Public, Phase::Statements);
    court.refused("a1", END, "seat.chair-only");
    for untrue in [Outcome::Agreed, Outcome::Withdrawn, Outcome::SideGone] {
        court.refused("chair", end(untrue), "mediation.outcome-untrue");
    }
    court.does("chair", end(Outcome::NotAgreed));
    assert!(lines(&court).last().unwrap().contains("未达成协议"));
    assert!(court.text_seen_by("o1").contains("not-agreed"));
    court.does("chair", give("a1"));
    court.does("chair", give("r1"));
    court.does("chair", advance(Phase::Questions));
    court.assert_square();
}

#[test]
fn doors_can_be_closed_and_people_let_in_meanwhile() {
    use procedure::hearing::motion;
    let mut court = mediating(plan::Openness::Public, Phase::Statements);
    let kind = motion::Kind::CloseDoors;
    let close = motion::Command::Move { kind, text: "涉及隐私".into(), whom: None };
    let of = court.tries("a1", Command::Motion(close)).unwrap();
    court.does("chair", Command::Motion(motion::Command::Rule { of, granted: true, reason: "属实".into() }));
    assert!(!court.hearing.plan.is_public() && court.hearing.mediation.open.is_some());
    court.seats(seating("w2", procedure::Capacity::Witness, None)).unwrap();
    court.does("w2", crate::cast::ARRIVE);
    court.does("clerk", admit("w2"));
    court.does("chair", END);
    court.assert_square();
}
