//! The order of Art. 15: nobody speaks out of turn, no step is skipped, what a step requires is done or waived.

use procedure::{
    Command, Side,
    hearing::{floor, phase, phase::Phase, plan, question, statement},
};

use crate::cast::{Court, advance, ask, give, say, seat, waive};

#[test]
fn nobody_speaks_without_the_floor_and_only_its_holder_does() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.refused("a1", say("我先说"), "floor.not-yours");
    court.refused("r1", give("r1"), "seat.chair-only");
    court.does("r1", Command::Floor(floor::Command::RaiseHand {}));
    court.does("chair", give("a1"));
    court.does("a1", say("我说"));
    court.refused("r1", say("我不同意"), "floor.not-yours");
    court.does("chair", give("r1"));
    assert!(court.hearing.floor.hands.is_empty(), "a hand goes down when its owner gets the floor");
    court.refused("a1", say("还有一句"), "floor.not-yours");
    court.refused("chair", give("o1"), "floor.cannot-hold");
    court.refused("o1", Command::Floor(floor::Command::RaiseHand {}), "floor.cannot-hold");
    court.assert_square();
}

#[test]
fn steps_follow_in_order_and_require_what_the_table_says() {
    let mut court = Court::opened(plan::Openness::Public);
    court.refused("chair", advance(Phase::Statements), "phase.not-next");
    court.does("chair", advance(Phase::Introduction));
    court.refused("chair", advance(Phase::Statements), "phase.lacking-introduction");
    court.step();
    court.does("chair", give("a1"));
    court.refused("chair", advance(Phase::Questions), "phase.lacking-side-unheard");
    court.does("chair", waive(Phase::Questions, "被申请人表示不再陈述"));
    let waived = court.hearing.record.lines.last().unwrap();
    assert!(format!("{waived:?}").contains("被申请人表示不再陈述"), "the waiver stands on the record");
    court.refused("chair", advance(Phase::Introduction), "phase.not-reopenable");
}

#[test]
fn an_agent_counts_for_its_side_and_an_absent_side_is_not_waited_for() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("a2"));
    court.does("r1", Command::Roll(procedure::hearing::roll::Command::Leave {}));
    court.does("chair", advance(Phase::Questions));
    assert_eq!(court.hearing.plan.side(&seat("a2")), Some(Side::Applicant));
}

#[test]
fn a_question_is_put_when_the_chair_admits_it_and_answered_once_by_whom_it_was_put_to() {
    let mut court = Court::at(plan::Openness::Public, Phase::Questions);
    let id = court.tries("p1", ask("a1", "工资是否转账？")).unwrap();
    let answer =
        |text: &str| Command::Question(question::Command::Answer { of: id.clone(), text: text.into() });
    court.refused("o1", ask("a1", "我也问一句"), "seat.panel-only");
    court.refused("a1", answer("是"), "question.not-admitted");
    assert!(
        !court.text_seen_by("a1").contains("工资是否转账"),
        "a question is the panel's until it is admitted"
    );
    court.does("chair", Command::Question(question::Command::Admit { of: id.clone() }));
    court.refused("r1", answer("我替他答"), "question.not-to-you");
    court.refused("chair", advance(Phase::Deliberation), "phase.lacking-answer");
    court.does("a2", answer("是转账"));
    court.refused("a1", answer("是"), "question.answered");
    let second = court.tries("p2", ask("a1", "SECRET-ADDRESS 住址？")).unwrap();
    let reason = "涉及隐私".into();
    court.does("chair", Command::Question(question::Command::Disallow { of: second.clone(), reason }));
    court.refused(
        "a1",
        Command::Question(question::Command::Answer { of: second, text: "x".into() }),
        "question.not-admitted",
    );
    for seat in ["a1", "r1", "w1", "o1"] {
        assert!(!court.text_seen_by(seat).contains("SECRET-ADDRESS"), "{seat} sees a disallowed question");
    }
    court.assert_square();
}

#[test]
fn a_waived_question_lapses() {
    let mut court = Court::at(plan::Openness::Public, Phase::Questions);
    let id = court.tries("p1", ask("a1", "？？")).unwrap();
    court.does("chair", Command::Question(question::Command::Admit { of: id.clone() }));
    court.does("chair", waive(Phase::Deliberation, "申请人请求书面答复"));
    assert_eq!(court.hearing.question.asked[&id].state, question::State::Lapsed);
    court.assert_square();
}

#[test]
fn the_chair_reopens_statements_or_questions_with_a_reason_until_a_decision_stands() {
    let mut court = Court::at(plan::Openness::Public, Phase::Summary);
    court.refused("chair", advance(Phase::Questions), "phase.reopen-needs-reason");
    court.refused("chair", waive(Phase::Introduction, "重来"), "phase.not-reopenable");
    court.does("chair", waive(Phase::Questions, "出现新情况"));
    while court.hearing.phase.current < Phase::Summary {
        court.step();
    }
    court.does("chair", crate::cast::decide_now(true));
    court.refused("chair", waive(Phase::Statements, "再来"), "decision.made");
    court.assert_square();
}

#[test]
fn the_clerk_takes_down_what_was_said_but_not_while_the_panel_is_alone() {
    let record = |speaker: Option<&str>| {
        Command::Statement(statement::Command::Record {
            speaker: speaker.map(seat), text: "（安抚）".into()
        })
    };
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.refused("chair", record(Some("a1")), "seat.clerk-only");
    court.does("clerk", record(Some("a1")));
    court.refused("clerk", record(Some("o1")), "statement.speaker-unknown");
    court.does("chair", Command::Phase(phase::Command::Recess { reason: None }));
    court.refused("clerk", record(Some("a1")), "phase.in-break");
    court.does("clerk", record(None));
    let mut court = Court::at(plan::Openness::Public, Phase::Deliberation);
    court.refused("clerk", record(None), "phase.wrong-phase");
}
