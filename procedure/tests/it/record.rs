//! The record: corrections keep both versions, a signature binds what was read, refusing to sign is an answer.

use procedure::{
    Command, Id, Refusal,
    hearing::{
        phase,
        phase::Phase,
        plan,
        record::{self, Command as Ask, Signature},
        roll,
    },
};

use crate::cast::{Court, LEAVE, advance, drawn, give, say, seat, sign, waive};

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
    court.signs("r1");
    court.refused("r1", correct(line, "x"), "record.already-signed");
    let before = court.hearing.record.digest();
    let id = court.tries("a1", correct(line, "我二〇二一年三月就上班")).unwrap();
    court.signs("a1");
    court.refused("chair", advance(Phase::Closed), "phase.lacking-correction");
    court.refused("r1", ruled(&id, true), "seat.clerk-or-chair-only");
    court.does("clerk", ruled(&id, true));
    court.refused("clerk", ruled(&id, true), "record.correction-ruled");
    let line = court.hearing.record.line(line).unwrap();
    assert_eq!(line.text(), Some("我二〇二一年三月就上班"));
    assert_eq!(line.earlier, vec![("我二〇二一年就上班".into(), seat("a1"))]);
    for signer in ["r1", "a1"] {
        assert!(
            !court.hearing.record.has_signed(&seat(signer)),
            "what {signer} signed is no longer the record"
        );
    }
    assert_ne!(before, court.hearing.record.digest());
    assert!(
        !court.text_seen_by("o1").contains("补充月份\",\"ruling"),
        "requests are for those who take part"
    );
    court.assert_square();
}

#[test]
fn a_correction_is_of_words_that_somebody_said_and_of_so_many_at_a_time() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.refused("a1", correct(1, "x"), "record.not-signing");
    court.does("chair", give("a1"));
    let said = court.tries("a1", say("原话")).unwrap();
    while court.hearing.phase.current < Phase::Signing {
        court.step();
    }
    let lines = court.hearing.record.lines.clone();
    let line =
        |wanted: &dyn Fn(&record::Line) -> bool| lines.iter().find(|line| wanted(line)).unwrap().number;
    let opened = line(&|line| line.said == record::Said::Opened);
    court.refused("a1", correct(opened, "没有开始"), "record.line-fixed");
    for number in [0, u32::MAX, u32::try_from(lines.len()).unwrap() + 1] {
        court.refused("a1", correct(number, "x"), "record.line-unknown");
    }
    let statement = line(&|line| line.id.as_ref() == Some(&said));
    court.refused("a1", correct(statement, " "), "text.empty");
    let id = court.tries("a1", correct(statement, "不是原话")).unwrap();
    court.rules.corrections_open_max = 1;
    court.refused("a1", correct(statement, "还要改"), "record.too-many-corrections");
    court.signs("r1");
    court.does("chair", ruled(&id, false));
    assert!(court.hearing.record.has_signed(&seat("r1")), "a request that is refused changes nothing");
    assert_eq!(court.hearing.record.line(statement).unwrap().text(), Some("原话"));
    court.refused("clerk", ruled(&"none".into(), true), "record.correction-unknown");
    court.assert_square();
}

#[test]
fn who_refused_may_still_sign_and_who_signed_does_not_refuse() {
    let mut court = Court::at(plan::Openness::Public, Phase::Signing);
    let refuse = || Command::Record(Ask::RefuseToSign { reason: "记载不全".into() });
    court.does("a1", refuse());
    court.signs("a1");
    court.signs("a1");
    court.refused("a1", refuse(), "record.already-signed");
    assert!(court.hearing.record.has_signed(&seat("a1")));
    court.refused("s1", sign(&court.hearing.record.digest()), "record.no-signature");
}

#[test]
fn of_the_panel_those_sign_who_still_sit_and_a_party_who_has_left_is_noted() {
    let mut court = Court::at(plan::Openness::Public, Phase::Statements);
    court.does("p4", LEAVE);
    court.does("t1", LEAVE);
    while court.hearing.phase.current < Phase::Signing {
        court.step();
    }
    for who in court.everybody() {
        let capacity = court.hearing.plan.capacity(&who).unwrap();
        if capacity.signs() && court.hearing.roll.is_present(&who) {
            court.signs(&who.0);
        }
    }
    let refusal = court.tries("chair", advance(Phase::Closed)).unwrap_err();
    let said = |viewer: &str| {
        let plan = court.hearing.plan.seen_by(&court.hearing.viewer(&seat(viewer)));
        refusal.sentence(&court.rules, &plan)
    };
    let name = &court.hearing.plan.names[&seat("t1")].name;
    assert_eq!(said("chair").zh, format!("{name}（第三人）尚未签名，也未表示拒绝签名。"));
    assert_eq!(said("chair").en, format!("{name} (Third party) has neither signed nor refused."));
    assert_eq!(
        said("o1").zh,
        "第三人尚未签名，也未表示拒绝签名。",
        "the gallery knows no more than the notice"
    );
    let both = Refusal::Lacking(["p1", "t1"].map(|who| phase::Lacking::Signature(seat(who))).into());
    let both = both.sentence(&court.rules, &court.hearing.plan.seen_by(&court.hearing.viewer(&seat("o1"))));
    let panellist = &court.hearing.plan.names[&seat("p1")].name;
    assert_eq!(both.zh, format!("{panellist}（听证员）、第三人尚未签名，也未表示拒绝签名。"));
    assert_eq!(both.en, format!("Neither signed nor refused: {panellist} (Panellist), Third party."));
    court.does("chair", waive(Phase::Closed, "第三人中途退席"));
    court.refused("clerk", Command::Phase(phase::Command::Resume {}), "seat.chair-only");
    court.does("clerk", Command::Record(Ask::Seal {}));
    court.refused("clerk", Command::Record(Ask::Seal {}), "record.sealed");
    court.assert_square();
}

#[test]
fn a_lost_connection_during_the_signing_does_not_change_what_is_signed() {
    let mut court = Court::at(plan::Openness::Public, Phase::Signing);
    court.signs("a1");
    let since = court.now;
    court.clock(Command::Roll(roll::Command::Lost { seat: seat("r1"), since })).unwrap();
    court.signs("a2");
    let digests: Vec<&Signature> = court.hearing.record.signatures.values().collect();
    let [Signature::Signed { digest: one, .. }, Signature::Signed { digest: two, .. }] = digests[..] else {
        panic!("two signatures");
    };
    assert_eq!(one, two);
}

#[test]
fn everyone_who_took_part_signs_or_refuses_and_absence_is_noted() {
    let mut court = Court::at(plan::Openness::Public, Phase::Signing);
    let last = court.hearing.record.lines.last().unwrap().words(&court.hearing.plan);
    assert!(last.zh.contains("笔录交到席人员阅读核对"), "the record is read before it is signed: {last:?}");
    court.refused("chair", advance(Phase::Closed), "phase.lacking-signature");
    let refuse = |reason: &str| Command::Record(Ask::RefuseToSign { reason: reason.into() });
    court.refused("r1", refuse(""), "text.reason-needed");
    court.does("r1", refuse("需报总公司审核"));
    court.refused("o1", sign(&court.hearing.record.digest()), "record.no-signature");
    court.does("chair", waive(Phase::Closed, "其余人员已离场"));
    court.refused("a1", sign(&court.hearing.record.digest()), "phase.closed");
    court.refused("chair", Command::Record(Ask::Seal {}), "seat.clerk-only");
    court.does("clerk", Command::Record(Ask::Seal {}));
    court.assert_square();
}

#[test]
fn a_signature_stands_on_the_record_that_was_read_and_on_no_other() {
    let mut court = Court::at(plan::Openness::Public, Phase::Signing);
    court.refused("a1", sign(&"0".repeat(64)), "record.changed");
    court.refused("a1", sign(""), "record.changed");
    court.signs("a1");
    let digest = court.hearing.record.digest();
    let given = &court.hearing.record.given[&seat("a1")];
    assert_eq!((&given.way, &given.by), (&drawn(), &seat("a1")));
    let (way, known) = (given.way.clone(), court.log.len());
    court.does("a1", sign(&digest));
    assert_eq!(court.log.len(), known, "the same once more is the same signature");
    let paper = record::Way::Paper { scans: vec![scan()] };
    let another = Command::Record(Ask::Sign { digest: digest.clone(), way: paper, whose: None });
    court.refused("a1", another, "record.already-signed");
    assert_eq!(court.hearing.record.given[&seat("a1")].way, way);
    let signed = &court.hearing.record.signatures[&seat("a1")];
    assert!(matches!(signed, Signature::Signed { digest: own, .. } if *own == digest));
    assert_eq!(
        court.sees("r1").record.given.len(),
        1,
        "as on paper, whoever signs sees who has signed and how"
    );
    assert!(court.sees("o1").record.given.is_empty(), "the gallery learns that somebody signed, not how");
    assert!(court.sees("o1").record.has_signed(&seat("a1")));
    court.assert_square();
}

#[test]
fn what_is_no_signature_is_refused() {
    let mut court = Court::at(plan::Openness::Public, Phase::Signing);
    let digest = court.hearing.record.digest();
    let signs = |way| Command::Record(Ask::Sign { digest: digest.clone(), way, whose: None });
    let device = |drawing: &str, key: &str, signature: &str| record::Way::Device {
        drawing: drawing.into(),
        key: key.into(),
        signature: signature.into(),
    };
    let (key, signature) = (format!("04{}", "ab".repeat(64)), "cd".repeat(64));
    court.refused("a1", signs(device("", &key, &signature)), "record.signature-empty");
    for drawing in
        ["L 1 1", "M 1", "M 1001 1", "M 1 401", "M -1 1", "M 1 1 Q 2 2", "<svg/>", &"M 1 1 ".repeat(9_000)]
    {
        court.refused("a1", signs(device(drawing, &key, &signature)), "record.signature-malformed");
    }
    for (key, signature) in
        [("", &*signature), (&key[2..], &signature), (&key, "xx"), (&key.to_uppercase(), &signature)]
    {
        court.refused("a1", signs(device("M 1 1 L 2 2", key, signature)), "record.signature-malformed");
    }
    court.refused("a1", signs(record::Way::Paper { scans: vec![] }), "record.signature-empty");
    court.refused("a1", signs(record::Way::Paper { scans: vec![scan(); 101] }), "record.signature-malformed");
    let odd = record::Scan { sha256: "../etc".into(), ..scan() };
    court.refused("a1", signs(record::Way::Paper { scans: vec![odd] }), "record.signature-malformed");
    assert!(court.hearing.record.signatures.is_empty());
}

fn scan() -> record::Scan {
    record::Scan { sha256: "ab".repeat(32), size: 9, media_type: "image/jpeg".into(), pages: 1 }
}

#[test]
fn the_clerk_hands_in_what_somebody_signed_on_paper_and_signs_for_nobody() {
    let mut court = Court::at(plan::Openness::Public, Phase::Signing);
    let digest = court.hearing.record.digest();
    let paper = record::Way::Paper { scans: vec![scan(), scan()] };
    let hands_in = |way: &record::Way, whose: &str| {
        Command::Record(Ask::Sign { digest: digest.clone(), way: way.clone(), whose: Some(seat(whose)) })
    };
    court.refused("clerk", hands_in(&drawn(), "a1"), "record.signs-for-itself");
    court.refused("r1", hands_in(&paper, "a1"), "record.signs-for-itself");
    court.refused("chair", hands_in(&paper, "a1"), "record.signs-for-itself");
    court.refused("clerk", hands_in(&paper, "o1"), "record.no-signature");
    court.refused("clerk", hands_in(&paper, "nobody"), "record.no-signature");
    court.does("clerk", hands_in(&paper, "a1"));
    let given = &court.hearing.record.given[&seat("a1")];
    assert_eq!((&given.by, given.way.scans().len()), (&seat("clerk"), 2));
    // One's own seat named is one's own signature.
    court.does("a2", hands_in(&drawn(), "a2"));
    assert_eq!(court.hearing.record.given[&seat("a2")].by, seat("a2"));
}
