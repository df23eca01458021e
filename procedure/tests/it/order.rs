//! The order of Art. 15: nobody speaks out of turn, no step is skipped, what a step requires is done or waived.

use procedure::{
    Command, Side,
    hearing::{floor, motion, phase, phase::Phase, plan, question, statement},
};

use crate::cast::{
    Court, LEAVE, advance, ask, choose, decide_now, deliver, give, say, seat, seating, sheet, waive,
};

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

/// The table of what each step requires before the next: what is lacking, and whether the chair may waive it.
#[test]
fn each_step_waits_for_what_it_requires_and_only_some_of_it_can_be_waived() {
    let rows = [
        (Phase::Introduction, "phase.lacking-introduction", true),
        (Phase::Statements, "phase.lacking-side-unheard", true),
        (Phase::Deliberation, "phase.lacking-sheets", false),
        (Phase::Opinion, "phase.lacking-opinion", true),
        (Phase::FinalStatements, "phase.lacking-side-unheard", true),
        (Phase::Summary, "phase.lacking-decision", false),
        (Phase::Signing, "phase.lacking-signature", true),
    ];
    for (leaving, code, waivable) in rows {
        let next = leaving.next().unwrap();
        let mut court = Court::at(plan::Openness::Public, leaving);
        court.refused("chair", advance(next), code);
        court.refused("chair", waive(next, "  "), "text.reason-needed");
        court.refused("clerk", waive(next, "主持人同意"), "seat.chair-only");
        if waivable {
            court.does("chair", waive(next, "各方同意不再进行"));
            let last = court.hearing.record.lines.last().unwrap().words(&court.hearing.plan);
            assert!(last.zh.contains("各方同意不再进行"), "the waiver is on the record: {last:?}");
        } else {
            court.refused("chair", waive(next, "各方同意不再进行"), code);
        }
        court.assert_square();
        // Done instead of waived, the step needs no reason.
        let mut court = Court::at(plan::Openness::Public, leaving);
        court.step();
        assert_eq!(court.hearing.phase.current, next);
    }
}

#[test]
fn no_step_is_skipped_and_none_entered_backwards_without_being_reopened() {
    for here in Phase::ALL.into_iter().filter(|phase| *phase > Phase::Waiting && *phase < Phase::Closed) {
        let court = || Court::at(plan::Openness::Public, here);
        for to in Phase::ALL.into_iter().filter(|to| Some(*to) != here.next()) {
            let reopens =
                matches!(to, Phase::Statements | Phase::Questions) && to < here && here <= Phase::Summary;
            let result = court().tries("chair", waive(to, "出现新情况"));
            assert_eq!(result.is_ok(), reopens, "{here:?} to {to:?}");
            if reopens {
                court().refused("chair", advance(to), "phase.reopen-needs-reason");
            }
        }
    }
}

#[test]
fn the_chair_presents_the_case_where_no_handling_prosecutor_is_here() {
    let mut court = Court::at(plan::Openness::Public, Phase::Introduction);
    court.does("chair", give("chair"));
    court.does("chair", say("我来介绍"));
    court.refused("chair", advance(Phase::Statements), "phase.lacking-introduction");
    court.refused("p1", ask("chair", "？"), "phase.wrong-phase");
    court.does("handler", LEAVE);
    court.does("chair", advance(Phase::Statements));
    court.does("chair", waive(Phase::Questions, "不再陈述"));
    court.does("p1", ask("chair", "案件是怎样受理的？"));
    let id = court.hearing.question.asked.keys().next().unwrap().clone();
    court.does("chair", Command::Question(question::Command::Admit { of: id.clone() }));
    court.does("chair", Command::Question(question::Command::Answer { of: id, text: "依申请受理。".into() }));
    // What the clerk takes down of the handling prosecutor counts as well.
    let mut court = Court::at(plan::Openness::Public, Phase::Introduction);
    let spoke = statement::Command::Record { speaker: Some(seat("handler")), text: "介绍案情".into() };
    court.does("clerk", Command::Statement(spoke));
    court.does("chair", advance(Phase::Statements));
}

#[test]
fn an_agent_counts_for_its_side_and_an_absent_side_is_not_waited_for() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("a2"));
    court.does("r1", LEAVE);
    court.refused("chair", advance(Phase::Questions), "phase.lacking-side-unheard");
    court.does("t1", LEAVE);
    // A witness speaks for no side.
    court.does("chair", give("w1"));
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
fn questions_go_to_those_who_can_answer_and_are_numbered_when_they_are_put() {
    let mut court = Court::at(plan::Openness::Public, Phase::Questions);
    for to in ["chair", "clerk", "p2", "i1", "s1", "o1", "nobody"] {
        court.refused("p1", ask(to, "？"), "question.to-nobody");
    }
    let mut asked = Vec::new();
    for to in ["handler", "a1", "a2", "r1", "t1", "w1", "e1", "f1"] {
        asked.push(court.tries("p1", ask(to, "UNPUT 请说明")).unwrap());
    }
    court.refused("p1", ask("a1", " "), "text.empty");
    court.rules.questions_open_max = asked.len();
    court.refused("p1", ask("a1", "再问"), "question.too-many");
    let admit = |of: &procedure::Id| Command::Question(question::Command::Admit { of: of.clone() });
    let disallow = |of: &procedure::Id, reason: &str| {
        Command::Question(question::Command::Disallow { of: of.clone(), reason: reason.into() })
    };
    court.refused("p1", admit(&asked[0]), "seat.chair-only");
    court.refused("chair", admit(&"none".into()), "question.unknown");
    court.refused("chair", disallow(&asked[0], ""), "text.reason-needed");
    for id in &asked[..6] {
        court.does("chair", disallow(id, "与本案无关"));
    }
    court.refused("chair", admit(&asked[0]), "question.not-waiting");
    court.does("chair", admit(&asked[7]));
    court.does("chair", admit(&asked[6]));
    for outside in ["a1", "r1", "w1", "o1", "s1"] {
        let seen = &court.sees(outside).question;
        let numbers: Vec<_> = seen.asked.values().filter_map(|question| question.number).collect();
        assert_eq!((seen.asked.len(), seen.put, numbers.len()), (2, 2, 2), "{outside} can count the rest");
        assert!(numbers.contains(&1) && numbers.contains(&2));
    }
    // An answer comes from the seat asked or its agent, not from another party or its agent's party.
    let to_agent = court.tries("p2", ask("a2", "请代理人说明")).unwrap();
    court.does("chair", admit(&to_agent));
    let answer = |of: &procedure::Id| {
        Command::Question(question::Command::Answer { of: of.clone(), text: "是".into() })
    };
    court.refused("a1", answer(&to_agent), "question.not-to-you");
    court.does("a2", answer(&to_agent));
    court.assert_square();
}

#[test]
fn what_a_recused_panellist_asked_is_not_put() {
    let mut court = Court::at(plan::Openness::Public, Phase::Questions);
    let asked = court.tries("p1", ask("a1", "？？")).unwrap();
    let text = "申请回避".into();
    let recusal = motion::Command::Move { kind: motion::Kind::Recusal, text, whom: Some(seat("p1")) };
    let of = court.tries("r1", Command::Motion(recusal)).unwrap();
    let reason = "准许".into();
    court.does("chair", Command::Motion(motion::Command::Rule { of, granted: true, reason }));
    let admit = question::Command::Admit { of: asked.clone() };
    court.refused("chair", Command::Question(admit), "question.of-recused");
    court.does("chair", advance(Phase::Deliberation));
    assert_eq!(court.hearing.question.asked[&asked].state, question::State::Lapsed);
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

#[test]
fn what_goes_on_the_record_reads_as_it_is_written() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("a1"));
    for empty in ["", " \n\t　", "\u{200b}\u{feff}"] {
        court.refused("a1", say(empty), "text.empty");
    }
    for steering in ["甲\u{202e}乙", "甲\u{2066}乙", "甲\u{0}", "\u{1b}[31m甲", "甲\u{85}"] {
        court.refused("a1", say(steering), "text.control-characters");
    }
    court.refused("a1", say(&"长".repeat(10_001)), "text.too-long");
    for plain in [&"长".repeat(10_000), "第一段\r\n\t第二段", "𬭎䶮㛃𠅤", "ئۇيغۇر \u{200f}تىلى", "བོད་ཡིག"]
    {
        court.does("a1", say(plain));
    }
}

#[test]
fn a_turn_has_its_length_and_every_side_its_account() {
    let give = |to: &str, seconds| Command::Floor(floor::Command::Give { seat: seat(to), seconds });
    let extend = |seconds| Command::Floor(floor::Command::Extend { seconds });
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    for seconds in [0, court.rules.turn_seconds_max + 1, u32::MAX] {
        court.refused("chair", give("a1", Some(seconds)), "plan.turn-too-long");
    }
    court.refused("chair", extend(None), "floor.not-holder");
    court.refused("chair", give("clerk", None), "floor.cannot-hold");
    court.refused("chair", give("nobody", None), "seat.unknown");
    court.does("chair", give("a1", None));
    assert_eq!(court.hearing.floor.turn.as_ref().unwrap().length_ms, 600_000, "as the plan says");
    court.refused("chair", extend(Some(u32::MAX)), "plan.turn-too-long");
    court.does("chair", extend(None));
    let longer = i64::from(court.rules.extension_seconds) * 1000;
    assert_eq!(court.hearing.floor.turn.as_ref().unwrap().length_ms, 600_000 + longer);
    court.refused("r1", Command::Floor(floor::Command::Yield {}), "floor.not-yours");
    court.wait(10);
    court.does("a1", Command::Floor(floor::Command::Yield {}));
    court.does("chair", give("r1", Some(60)));
    court.wait(20);
    // To give the floor to another ends the turn; the third party stands on the respondent's side.
    court.does("chair", give("t1", Some(60)));
    court.wait(30);
    court.does("chair", give("w1", None));
    court.wait(40);
    court.refused("chair", Command::Floor(floor::Command::Take { seat: seat("t1") }), "floor.not-holder");
    court.does("chair", Command::Floor(floor::Command::Take { seat: seat("w1") }));
    let used = |side: Side| court.hearing.floor.used_ms[&side] / 1000;
    assert_eq!((used(Side::Applicant), used(Side::Respondent)), (10, 50));
    court.assert_square();
}

#[test]
fn a_hand_goes_up_once_by_those_who_may_speak_and_down_with_the_step() {
    let (up, down) =
        (|| Command::Floor(floor::Command::RaiseHand {}), || Command::Floor(floor::Command::LowerHand {}));
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    for silent in ["clerk", "o1"] {
        court.refused(silent, up(), "floor.cannot-hold");
    }
    court.refused("a1", down(), "floor.hand-down");
    for speaks in ["a1", "a2", "r1", "t1", "w1", "e1", "f1", "i1", "s1", "p1", "handler"] {
        court.does(speaks, up());
        court.refused(speaks, up(), "floor.hand-up");
    }
    court.does("a2", down());
    court.does("chair", give("a1"));
    court.refused("a1", up(), "floor.hand-up");
    assert_eq!(court.hearing.floor.hands[0].seat, seat("r1"), "the longest first");
    court.does("chair", waive(Phase::Questions, "已充分陈述"));
    assert!(court.hearing.floor.hands.is_empty() && court.hearing.floor.turn.is_none());
    court.does("chair", advance(Phase::Deliberation));
    court.refused("a1", up(), "floor.not-now");
    court.refused("chair", give("a1"), "floor.not-now");
}

#[test]
fn nobody_says_anything_in_deliberation_at_the_signing_or_after_the_end() {
    for phase in [Phase::Deliberation, Phase::Signing, Phase::Closed] {
        let mut court = Court::at(plan::Openness::Public, phase);
        let code = if phase == Phase::Closed { "phase.closed" } else { "floor.not-now" };
        court.refused("a1", say("还有一句"), code);
        court.refused("chair", give("a1"), code);
    }
    let mut court = Court::planned(plan::Openness::Public);
    court.does("chair", crate::cast::ARRIVE);
    court.refused("chair", give("chair"), "phase.not-open");
    court.refused("chair", say("开始"), "phase.not-open");
}

#[test]
fn a_reopened_hearing_deliberates_reads_and_decides_again() {
    let mut court = Court::at(plan::Openness::Public, Phase::Summary);
    court.does("chair", waive(Phase::Statements, "新证据需要质证"));
    court.seats(seating("w9", procedure::Capacity::Witness, None)).unwrap();
    while court.hearing.phase.current < Phase::Deliberation {
        court.step();
    }
    assert!(court.hearing.opinion.delivered.is_none(), "the opinion is read again");
    court.does("p1", sheet("i1", procedure::hearing::opinion::Position::Disagree, "听了质证，改变意见"));
    court.does("p1", choose("p2"));
    court.does("chair", advance(Phase::Opinion));
    court.does("p2", deliver("多数同意。"));
    court.does("chair", advance(Phase::FinalStatements));
    court.does("chair", waive(Phase::Summary, "各方不再陈述"));
    court.does("chair", decide_now(true));
    assert_eq!(court.hearing.opinion.released["i1"][&seat("p1")].reason, "听了质证，改变意见");
    court.assert_square();
}
