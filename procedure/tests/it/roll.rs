//! The roll: who waits, who is let in, who is gone, who takes a panellist's or the chair's place, and who sees what
//! when the doors close (Arts. 5, 7, 13, 14).

use procedure::{
    By, Capacity, Command, Id, Office,
    hearing::{
        floor, motion, opinion,
        phase::{self, BreakKind, Phase},
        plan::{self, Mode, Openness},
        record,
        roll::{Command as Roll, Standing},
    },
};

use crate::cast::{
    ARRIVE, CAST, Court, LEAVE, OPEN, admit, advance, ask, decide_now, discuss, give, say, seat, seating,
    setting, sheet, waive,
};

const RESUME: Command = Command::Phase(phase::Command::Resume {});

fn remove(whom: &str) -> Command {
    Command::Roll(Roll::Remove { seat: seat(whom), reason: "扰乱秩序".into() })
}

fn deputy(whom: &str) -> Command {
    Command::Roll(Roll::NameDeputy { seat: seat(whom) })
}

const TAKE_CHAIR: Command = Command::Roll(Roll::TakeChair {});

/// Somebody asks for something of that kind; the id of the motion.
fn moves(court: &mut Court, kind: motion::Kind, whom: Option<&str>) -> Id {
    let text = "MOTION-TEXT 申请".into();
    court.tries("a1", Command::Motion(motion::Command::Move { kind, text, whom: whom.map(seat) })).unwrap()
}

fn rule(of: &Id, granted: bool) -> Command {
    Command::Motion(motion::Command::Rule {
        of: of.clone(), granted, reason: "RULING-TEXT 依法决定".into()
    })
}

fn pauses_without_chair(court: &Court) -> bool {
    court.hearing.phase.interrupted.as_ref().is_some_and(|pause| pause.kind == BreakKind::ChairAbsent)
}

#[test]
fn chair_and_clerk_enter_without_admission_everybody_else_waits_and_sees_nothing() {
    let mut court = Court::planned(Openness::Public);
    for (id, capacity, _) in CAST {
        if *capacity == Capacity::Panellist {
            court.refused(id, ARRIVE, "plan.not-declared");
            court.does(id, Command::Plan(plan::Command::Declare {}));
        }
        court.does(id, ARRIVE);
        court.does(id, ARRIVE);
        let enters = matches!(capacity, Capacity::Chair | Capacity::Clerk);
        let standing = if enters { Standing::Present } else { Standing::Waiting };
        assert_eq!(court.hearing.roll.standing(&seat(id)), standing, "{id}");
        let seen = court.text_seen_by(id);
        assert!(seen.contains(&format!("NAME-{id}")), "{id} knows its own invitation");
        assert_eq!(seen.contains("申请人在交通事故中"), enters, "{id} reads the summary");
        let other = if *id == "r1" { "NAME-a1" } else { "NAME-r1" };
        assert_eq!(seen.contains(other), enters, "{id} reads other names");
    }
    court.refused("a1", say("我先说"), "roll.not-admitted");
    court.refused("a1", admit("r1"), "roll.not-admitted");
    court.assert_square();
    for (id, capacity, _) in CAST {
        court.does("clerk", admit(id));
        let known = court.log.len();
        court.does("chair", admit(id));
        assert_eq!(court.log.len(), known, "to admit twice changes nothing and is accepted");
        let gallery = *capacity == Capacity::Observer;
        assert!(court.text_seen_by(id).contains("申请人在交通事故中"), "{id}");
        assert_eq!(court.text_seen_by(id).contains("NAME-r1"), !gallery, "{id}: names as in the notice only");
        assert_eq!(court.text_seen_by(id).contains("NAME-s1"), !gallery, "{id}");
    }
    court.refused("a1", admit("r1"), "seat.clerk-or-chair-only");
    court.refused("clerk", admit("x9"), "seat.unknown");
    court.assert_square();
}

#[test]
fn who_is_turned_away_may_come_back_and_who_is_absent_stands_on_the_record_with_the_reason() {
    let mut court = Court::planned(Openness::Public);
    court.does("chair", ARRIVE);
    court.does("clerk", ARRIVE);
    court.refused("clerk", admit("a1"), "roll.not-waiting");
    court.does("a1", ARRIVE);
    let away = |reason: &str| Command::Roll(Roll::TurnAway { seat: seat("a1"), reason: reason.into() });
    court.refused("clerk", away(" "), "text.reason-needed");
    court.does("clerk", away("未带身份证件"));
    court.refused("clerk", away("未带身份证件"), "roll.not-waiting");
    court.does("a1", ARRIVE);
    court.does("clerk", admit("a1"));
    let absent = |whom: &str, reason: &str| {
        Command::Roll(Roll::NoteAbsence { seat: seat(whom), reason: reason.into() })
    };
    court.refused("a1", absent("w1", "病假"), "seat.clerk-or-chair-only");
    court.refused("clerk", absent("a1", "病假"), "roll.already-present");
    court.refused("clerk", absent("w1", ""), "text.reason-needed");
    court.does("clerk", absent("w1", "证人出差"));
    let last = court.hearing.record.lines.last().unwrap().words(&court.hearing.plan);
    assert!(last.zh.contains("未到席：证人出差"), "{last:?}");
    court.does("w1", ARRIVE);
    court.does("clerk", admit("w1"));
    court.assert_square();
}

#[test]
fn who_leaves_or_is_sent_out_does_not_come_back_and_sees_no_more() {
    let mut court = Court::at(Openness::Public, Phase::Statements);
    court.does("chair", give("w1"));
    court.does("w1", LEAVE);
    assert!(court.hearing.floor.turn.is_none(), "its turn is over");
    court.refused("w1", ARRIVE, "roll.has-left");
    court.refused("w1", LEAVE, "roll.has-left");
    court.refused("clerk", admit("w1"), "roll.has-left");
    court.refused("clerk", remove("r1"), "seat.chair-only");
    court.refused("chair", remove("chair"), "seat.not-your-part");
    court.refused("chair", remove("w1"), "roll.has-left");
    court.does("chair", remove("r1"));
    court.refused("r1", say("我还有话"), "roll.has-left");
    court.refused("r1", ARRIVE, "roll.has-left");
    for gone in ["w1", "r1"] {
        let seen = court.text_seen_by(gone);
        assert!(!seen.contains("NAME-a1") && !seen.contains("现介绍案件"), "{gone}: {seen}");
    }
    assert!(court.text_seen_by("r1").contains("扰乱秩序"), "who is sent out knows why");
    // What somebody said aloud before leaving can still be taken down.
    let spoke = procedure::hearing::statement::Command::Record {
        speaker: Some(seat("w1")),
        text: "我看见了".into(),
    };
    court.does("clerk", Command::Statement(spoke));
    court.assert_square();
}

#[test]
fn a_recused_panellist_is_replaced_and_the_new_one_files_its_own_sheets() {
    let mut court = Court::at(Openness::Public, Phase::Statements);
    for id in ["p5", "p6", "p7"] {
        court.seats(seating(id, Capacity::Panellist, None)).unwrap();
    }
    let id = moves(&mut court, motion::Kind::Recusal, Some("p3"));
    court.does("chair", rule(&id, true));
    court.seats(seating("p8", Capacity::Panellist, None)).unwrap();
    let ninth = court.seats(seating("p9", Capacity::Panellist, None));
    assert_eq!(ninth.unwrap_err().code(), "plan.panel-too-large", "seven who are not gone");
    court.comes_in("p8");
    while court.hearing.phase.current < Phase::Deliberation {
        court.step();
    }
    court.does("p5", Command::Plan(plan::Command::Declare {}));
    court.does("p5", ARRIVE);
    court.refused("clerk", admit("p5"), "roll.panel-complete");
    let late = court.seats(seating("w9", Capacity::Witness, None));
    assert_eq!(late.unwrap_err().code(), "plan.seating-closed");
    for panellist in ["p1", "p2", "p4"] {
        court.does(panellist, sheet("i1", opinion::Position::Agree, "理由"));
    }
    assert!(court.hearing.opinion.opened.is_empty(), "the new panellist has not filed");
    court.does("p8", sheet("i1", opinion::Position::Disagree, "理由"));
    assert_eq!(court.hearing.opinion.opened["i1"].len(), 4);
    court.assert_square();
}

#[test]
fn an_absent_panellist_does_not_swell_the_panel_when_coming_after_all() {
    let mut court = Court::planned(Openness::Public);
    court.rules.panel_max = 4;
    court.does("clerk", ARRIVE);
    let absent = Roll::NoteAbsence { seat: seat("p4"), reason: "航班取消".into() };
    court.does("clerk", Command::Roll(absent));
    court.rules.panel_max = 5;
    court.seats(seating("p5", Capacity::Panellist, None)).unwrap();
    court.rules.panel_max = 4;
    for id in ["p1", "p2", "p3", "p5"] {
        court.comes_in(id);
    }
    court.does("p4", Command::Plan(plan::Command::Declare {}));
    court.does("p4", ARRIVE);
    court.refused("clerk", admit("p4"), "plan.panel-too-large");
}

#[test]
fn a_hearing_whose_panel_is_gone_goes_back_and_gets_another() {
    let mut court = Court::at(Openness::Public, Phase::Deliberation);
    for id in ["p1", "p2", "p3", "p4"] {
        court.does(id, LEAVE);
    }
    court.refused("chair", waive(Phase::Opinion, "没有听证员"), "phase.lacking-panel");
    court.does("chair", waive(Phase::Questions, "听证员全部离席，另行安排"));
    for id in ["p5", "p6", "p7"] {
        court.seats(seating(id, Capacity::Panellist, None)).unwrap();
        court.comes_in(id);
    }
    while court.hearing.phase.current < Phase::Closed {
        court.step();
    }
    assert_eq!(court.hearing.opinion.released["i1"].len(), 3);
    court.assert_square();
}

#[test]
fn a_hearing_whose_chair_leaves_stands_still_until_a_deputy_or_a_new_chair_goes_on() {
    let mut court = Court::at(Openness::Public, Phase::Statements);
    court.does("chair", give("a1"));
    court.does("chair", LEAVE);
    assert!(pauses_without_chair(&court));
    let last = court.hearing.record.lines.last().unwrap().words(&court.hearing.plan);
    assert!(last.zh.contains("主持人不在席，听证自动暂停"), "{last:?}");
    assert!(court.hearing.next_alarm(&court.rules).is_none(), "clocks stand");
    court.refused("a1", say("没人主持"), "phase.in-break");
    court.refused("handler", RESUME, "seat.chair-only");
    court.refused("handler", TAKE_CHAIR, "roll.deputy-not-named");
    court.refused("handler", deputy("handler"), "seat.chair-only");
    let names = |court: &mut Court, whom| court.acts(By::Office(Office::ChiefProsecutor), deputy(whom));
    assert_eq!(names(&mut court, "p1").unwrap_err().code(), "roll.deputy-must-be-handler");
    names(&mut court, "handler").unwrap();
    court.does("handler", TAKE_CHAIR);
    court.refused("handler", TAKE_CHAIR, "roll.chair-present");
    court.does("handler", RESUME);
    court.does("a1", say("继续"));
    // The deputy goes too: again the hearing stands still, and a chair is seated anew.
    court.does("handler", LEAVE);
    assert!(pauses_without_chair(&court));
    assert_eq!(court.hearing.roll.deputy_acting, None);
    court.seats(seating("chair2", Capacity::Chair, None)).unwrap();
    court.does("chair2", ARRIVE);
    court.does("chair2", RESUME);
    court.does("chair2", give("r1"));
    court.refused("chair2", deputy("handler"), "roll.has-left");
    court.assert_square();
}

#[test]
fn a_deputy_does_not_send_the_chair_out_and_gives_the_chair_back() {
    let mut court = Court::at(Openness::Public, Phase::Statements);
    court.does("chair", deputy("handler"));
    let since = court.now;
    court.clock(Command::Roll(Roll::Lost { seat: seat("chair"), since })).unwrap();
    court.does("handler", TAKE_CHAIR);
    court.clock(Command::Roll(Roll::Regained { seat: seat("chair") })).unwrap();
    court.refused("handler", remove("chair"), "seat.not-your-part");
    court.refused("handler", Command::Roll(Roll::ReturnChair {}), "seat.chair-only");
    court.does("chair", Command::Roll(Roll::ReturnChair {}));
    court.refused("handler", give("a1"), "seat.chair-only");
    // Without a deputy in the chair there is nothing to give back.
    court.does("chair", Command::Roll(Roll::ReturnChair {}));
    court.assert_square();
}

#[test]
fn of_the_chairs_recusal_the_chief_prosecutor_decides_and_of_the_chiefs_the_committee() {
    let by = |court: &mut Court, office, command| {
        court.acts(By::Office(office), command).map_or_else(|no| no.code(), |_| "done")
    };
    let mut court = Court::at(Openness::Public, Phase::RollCall);
    let id = moves(&mut court, motion::Kind::Recusal, Some("chair"));
    court.refused("chair", rule(&id, false), "motion.chief-decides");
    assert_eq!(by(&mut court, Office::Leader, rule(&id, false)), "seat.chair-only");
    assert_eq!(by(&mut court, Office::ChiefProsecutor, rule(&id, true)), "done");
    let written = |court: &Court, words: &str| {
        court.hearing.record.lines.iter().any(|line| line.words(&court.hearing.plan).zh.contains(words))
    };
    assert!(written(&court, "检察长决定：申请回避，准许"));
    assert!(pauses_without_chair(&court));
    court.refused("chair", RESUME, "roll.recused");
    court.assert_square();

    let mut court = Court::seated(setting(Openness::Public));
    court.office(Office::Handler, plan::Command::Unseat { seat: seat("chair") }).unwrap();
    let chief = plan::Seating { chief_prosecutor: true, ..seating("chair", Capacity::Chair, None) };
    court.seats(chief).unwrap();
    court.made_ready();
    court.does("clerk", ARRIVE);
    for who in ["chair", "p1", "p2", "p3", "a1"] {
        court.comes_in(who);
    }
    court.does("chair", OPEN);
    let id = moves(&mut court, motion::Kind::Recusal, Some("chair"));
    court.refused("chair", rule(&id, false), "motion.committee-decides");
    court.refused("a1", rule(&id, true), "seat.chair-only");
    assert_eq!(by(&mut court, Office::ChiefProsecutor, rule(&id, false)), "motion.committee-decides");
    assert_eq!(by(&mut court, Office::Leader, rule(&id, false)), "done");
    assert!(written(&court, "检察委员会决定：申请回避，不予准许"));
    court.refused("chair", rule(&id, false), "motion.committee-decides");
    assert_eq!(by(&mut court, Office::Leader, rule(&id, false)), "motion.ruled");
}

#[test]
fn a_recused_clerk_is_replaced_and_the_file_still_sealed() {
    let mut court = Court::at(Openness::Public, Phase::Summary);
    let id = moves(&mut court, motion::Kind::Recusal, Some("clerk"));
    court.does("chair", rule(&id, true));
    court.refused("clerk", ARRIVE, "roll.recused");
    court.does("p4", LEAVE);
    court.seats(seating("clerk2", Capacity::Clerk, None)).unwrap();
    court.does("chair", decide_now(true));
    court.does("chair", advance(Phase::Signing));
    court.does("chair", waive(Phase::Closed, "各方已离场"));
    court.refused("p4", ARRIVE, "phase.closed");
    court.does("clerk2", ARRIVE);
    court.does("clerk2", Command::Record(record::Command::Seal {}));
    court.assert_square();
}

#[test]
fn after_the_end_nobody_is_let_in_sent_out_or_noted_absent() {
    let mut court = Court::at(Openness::Public, Phase::Statements);
    for late in ["w8", "w9"] {
        court.seats(seating(late, Capacity::Witness, None)).unwrap();
    }
    court.does("w8", ARRIVE);
    while court.hearing.phase.current < Phase::Closed {
        court.step();
    }
    court.refused("clerk", admit("w8"), "phase.closed");
    court.refused("w9", ARRIVE, "phase.closed");
    court.refused("chair", remove("a1"), "phase.closed");
    let absent = Roll::NoteAbsence { seat: seat("w9"), reason: "未到".into() };
    court.refused("clerk", Command::Roll(absent), "phase.closed");
    let told = court.office(Office::Handler, crate::cast::NOTIFY);
    assert_eq!(told.unwrap_err().code(), "phase.only-in-waiting", "nobody is told afterwards");
}

#[test]
fn a_remote_hearing_does_not_open_against_a_party_that_refuses_it() {
    let answer = |given| Command::Roll(Roll::AnswerRemote { given });
    let mut court = Court::seated(plan::Setting { mode: Mode::Remote, ..setting(Openness::Public) });
    court.made_ready();
    court.does("r1", answer(false));
    court.does("clerk", ARRIVE);
    for who in ["chair", "p1", "p2", "p3", "a1", "r1"] {
        court.comes_in(who);
    }
    court.refused("p1", answer(true), "seat.party-only");
    court.refused("chair", OPEN, "phase.lacking-remote-consent");
    let written = court.hearing.record.lines.iter().map(|line| line.words(&court.hearing.plan).zh);
    assert!(written.into_iter().any(|line| line.contains("不同意远程听证")), "the refusal is on the record");
    court.assert_square();
    court.does("r1", answer(true));
    court.does("chair", OPEN);
    // In one room nobody need agree.
    let mut court = Court::planned(Openness::Public);
    court.does("clerk", ARRIVE);
    for who in ["chair", "p1", "p2", "p3", "a1"] {
        court.comes_in(who);
    }
    court.does("a1", answer(false));
    court.does("chair", OPEN);
}

#[test]
fn when_the_doors_are_closed_the_gallery_sees_nothing_more() {
    let mut court = Court::at(Openness::Public, Phase::Statements);
    court.seats(seating("o2", Capacity::Observer, None)).unwrap();
    court.seats(seating("o3", Capacity::Observer, None)).unwrap();
    court.does("o2", ARRIVE);
    let recused = moves(&mut court, motion::Kind::Recusal, Some("p4"));
    court.does("chair", rule(&recused, true));
    let id = moves(&mut court, motion::Kind::CloseDoors, None);
    assert!(court.text_seen_by("o1").contains("现介绍案件"));
    court.refused("clerk", rule(&id, true), "seat.chair-only");
    court.does("chair", rule(&id, true));
    assert!(!court.hearing.plan.is_public());
    court.does("chair", give("a1"));
    court.does("a1", say("PRIVATE-MATTER"));
    for out in ["o1", "o2", "o3", "p4"] {
        let seen = court.text_seen_by(out);
        for hidden in ["PRIVATE-MATTER", "RULING-TEXT", "MOTION-TEXT", "现介绍案件", "NAME-a1"] {
            assert!(!seen.contains(hidden), "{out} sees {hidden}");
        }
    }
    assert!(court.text_seen_by("w1").contains("PRIVATE-MATTER"), "whoever takes part stays");
    court.refused("clerk", admit("o2"), "plan.no-observers-when-closed");
    court.refused("o3", ARRIVE, "plan.no-observers-when-closed");
    let late = court.seats(seating("o4", Capacity::Observer, None));
    assert_eq!(late.unwrap_err().code(), "plan.no-observers-when-closed");
    court.assert_square();
    while court.hearing.phase.current < Phase::Closed {
        court.step();
    }
    court.assert_square();
}

#[test]
fn doors_that_are_not_ordered_closed_stay_open_and_an_adjournment_is_the_chairs_to_call() {
    let mut court = Court::at(Openness::Public, Phase::Statements);
    let id = moves(&mut court, motion::Kind::CloseDoors, None);
    court.does("chair", rule(&id, false));
    assert!(court.hearing.plan.is_public() && court.text_seen_by("o1").contains("RULING-TEXT"));
    let id = moves(&mut court, motion::Kind::Adjournment, None);
    court.does("chair", rule(&id, true));
    court.refused("chair", RESUME, "phase.not-in-break");
    court.does("chair", Command::Phase(phase::Command::Suspend { reason: "准许延期，另定日期".into() }));
    court.refused("a1", ask("r1", "？"), "seat.panel-only");
    court.refused("p1", ask("r1", "？"), "phase.in-break");
    court.refused("p1", discuss("……"), "phase.in-break");
    court.does("chair", RESUME);
    court.refused("w1", Command::Floor(floor::Command::Yield {}), "floor.not-yours");
    court.assert_square();
}
