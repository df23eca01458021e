//! The record: corrections keep both versions, a signature binds what was read, refusing to sign is an answer.

use procedure::{
    Command, Id,
    hearing::{
        exhibit,
        phase::Phase,
        plan,
        record::{Command as Ask, Signature},
        roll,
    },
};

use crate::cast::{Court, SIGN, advance, give, say, seat, waive};

fn correct(line: u32, text: &str) -> Command {
    Command::Record(Ask::Correct { line, text: text.into(), reason: "补充月份".into() })
}

fn ruled(of: &Id, granted: bool) -> Command {
    Command::Record(Ask::RuleCorrection { of: of.clone(), granted, reason: "与录音一致".into() })
}

#[test]
fn a_granted_correction_keeps_both_versions_and_asks_for_the_signatures_again() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("chair", give("a1"));
    let said = court.tries("a1", say("我二〇二一年就上班")).unwrap();
    while court.hearing.phase.current < Phase::Signing {
        court.step();
    }
    let line = court.hearing.record.lines.iter().find(|line| line.id.as_ref() == Some(&said)).unwrap().number;
    court.refused("o1", correct(line, "x"), "record.no-signature");
    court.refused("a1", correct(9999, "x"), "record.line-unknown");
    court.does("r1", SIGN);
    court.refused("r1", correct(line, "x"), "record.already-signed");
    let before = court.hearing.record.digest();
    let id = court.tries("a1", correct(line, "我二〇二一年三月就上班")).unwrap();
    court.refused("a1", SIGN, "record.corrections-open");
    court.refused("chair", advance(Phase::Closed), "phase.lacking-correction");
    court.refused("r1", ruled(&id, true), "seat.clerk-or-chair-only");
    court.does("clerk", ruled(&id, true));
    court.refused("clerk", ruled(&id, true), "record.correction-ruled");
    let line = court.hearing.record.line(line).unwrap();
    assert_eq!(line.text(), Some("我二〇二一年三月就上班"));
    assert_eq!(line.earlier, vec![("我二〇二一年就上班".into(), seat("a1"))]);
    assert!(!court.hearing.record.has_signed(&seat("r1")), "what r1 signed is no longer the record");
    assert_ne!(before, court.hearing.record.digest());
    assert!(
        !court.text_seen_by("o1").contains("补充月份\",\"ruling"),
        "requests are for those who take part"
    );
    court.assert_square();
}

#[test]
fn a_lost_connection_during_the_signing_does_not_change_what_is_signed() {
    let mut court = Court::at(plan::Openness::Public, Phase::Signing);
    court.does("a1", SIGN);
    let since = court.now;
    court.clock(Command::Roll(roll::Command::Lost { seat: seat("r1"), since })).unwrap();
    court.does("a2", SIGN);
    let digests: Vec<&Signature> = court.hearing.record.signatures.values().collect();
    let [Signature::Signed { digest: one, .. }, Signature::Signed { digest: two, .. }] = digests[..] else {
        panic!("two signatures");
    };
    assert_eq!(one, two);
}

#[test]
fn everyone_who_took_part_signs_or_refuses_and_absence_is_noted() {
    let mut court = Court::at(plan::Openness::Public, Phase::Signing);
    court.refused("chair", advance(Phase::Closed), "phase.lacking-signature");
    let refuse = |reason: &str| Command::Record(Ask::RefuseToSign { reason: reason.into() });
    court.refused("r1", refuse(""), "text.reason-needed");
    court.does("r1", refuse("需报总公司审核"));
    court.refused("o1", SIGN, "record.no-signature");
    court.does("chair", waive(Phase::Closed, "其余人员已离场"));
    court.refused("a1", SIGN, "phase.closed");
    court.refused("chair", Command::Record(Ask::Seal {}), "seat.clerk-only");
    court.does("clerk", Command::Record(Ask::Seal {}));
    court.assert_square();
}

#[test]
fn an_exhibit_is_the_rooms_when_laid_and_the_publics_when_shown() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    let lay = || {
        Command::Exhibit(exhibit::Command::Lay {
            title: "工资流水".into(),
            content: exhibit::Content::Text("EXHIBIT-TEXT".into()),
        })
    };
    court.refused("w1", lay(), "exhibit.not-allowed");
    let id = court.tries("a2", lay()).unwrap();
    assert!(court.text_seen_by("r1").contains("EXHIBIT-TEXT"));
    assert!(!court.text_seen_by("o1").contains("EXHIBIT-TEXT"));
    let object = exhibit::Command::Object { of: id.clone(), reason: "逾期提交".into() };
    court.does("r1", Command::Exhibit(object.clone()));
    court.refused("r1", Command::Exhibit(object), "exhibit.objection-twice");
    let show = |page| Command::Exhibit(exhibit::Command::Show { of: id.clone(), page });
    court.refused("a2", show(None), "seat.chair-only");
    court.refused("chair", show(Some(2)), "exhibit.page");
    court.does("chair", show(None));
    assert!(court.text_seen_by("o1").contains("EXHIBIT-TEXT"));
    assert!(!court.text_seen_by("o1").contains("逾期提交"));
    court.does("chair", Command::Exhibit(exhibit::Command::Hide { of: id.clone() }));
    let exclude = exhibit::Command::Exclude { of: id.clone(), reason: "与本案无关".into() };
    court.does("chair", Command::Exhibit(exclude));
    court.refused("chair", show(None), "exhibit.excluded");
    court.assert_square();
}
