//! The panel: alone in deliberation, sheets sealed until all are in, a majority that binds the chair to ask first.

use procedure::{
    By, Capacity, Command, Office,
    hearing::{
        decision, motion,
        opinion::{Position, Tally},
        phase::Phase,
        plan,
    },
    rulebook::Majority,
};

use crate::cast::{Court, LEAVE, advance, choose, decide_now, deliver, discuss, seat, sheet, waive};

const OUTSIDE_PANEL: [&str; 8] = ["chair", "handler", "clerk", "a1", "a2", "r1", "w1", "o1"];

#[test]
fn what_the_panel_says_among_itself_nobody_else_sees() {
    let mut court = Court::at(plan::Openness::Public, Phase::Deliberation);
    court.does("p1", discuss("SECRET-TALK"));
    court.refused("chair", discuss("主持人"), "seat.panel-only");
    for seat in OUTSIDE_PANEL {
        assert!(!court.text_seen_by(seat).contains("SECRET-TALK"), "{seat}");
    }
    assert!(court.text_seen_by("p4").contains("SECRET-TALK"));
    court.assert_square();
}

#[test]
fn a_sheet_is_its_authors_until_all_are_in_then_the_panels_then_the_offices() {
    let mut court = Court::at(plan::Openness::Public, Phase::Deliberation);
    court.does("p1", sheet("i1", Position::Agree, "SHEET-1"));
    court.does("p2", sheet("i1", Position::Agree, "SHEET-2"));
    court.does("p3", sheet("i1", Position::Disagree, "SHEET-3"));
    assert!(court.text_seen_by("p1").contains("SHEET-1"));
    assert!(!court.text_seen_by("p1").contains("SHEET-2"), "no copying before all are in");
    court.does("p4", sheet("i1", Position::Other, "SHEET-4"));
    assert!(court.text_seen_by("p1").contains("SHEET-3"));
    court.does("p4", sheet("i1", Position::Agree, "SHEET-5"));
    assert!(court.text_seen_by("p2").contains("SHEET-5") && !court.text_seen_by("p2").contains("SHEET-4"));
    for seat in OUTSIDE_PANEL {
        assert!(!court.text_seen_by(seat).contains("SHEET-"), "{seat}");
    }
    court.refused("chair", advance(Phase::Opinion), "phase.lacking-sheets");
    court.assert_square();
    for panellist in ["p1", "p2", "p3", "p4"] {
        court.does(panellist, sheet("i2", Position::Agree, "SHEET-Z"));
    }
    court.refused("chair", advance(Phase::Opinion), "phase.lacking-speaker");
    court.does("p3", choose("p2"));
    court.does("chair", advance(Phase::Opinion));
    court.refused("p1", deliver("不是代表"), "opinion.not-speaker");
    court.does("p2", deliver("听证员多数意见"));
    court.refused("p2", deliver("再读一遍"), "opinion.read");
    court.refused("p1", sheet("i1", Position::Other, "改"), "opinion.read");
    for office in ["chair", "handler", "clerk"] {
        assert!(
            court.text_seen_by(office).contains("SHEET-5"),
            "{office} sees the sheets once the opinion is read"
        );
    }
    for seat in ["a1", "a2", "r1", "w1", "o1"] {
        assert!(!court.text_seen_by(seat).contains("SHEET-"), "{seat}");
    }
    court.assert_square();
}

#[test]
fn opinions_are_not_taken_before_the_deliberation_nor_from_parties() {
    let mut court = Court::at(plan::Openness::Public, Phase::Questions);
    court.refused("p1", sheet("i1", Position::Agree, "太早"), "opinion.not-now");
    court.does("chair", advance(Phase::Deliberation));
    court.refused("a1", sheet("i1", Position::Agree, "当事人"), "seat.panel-only");
    court.refused("p1", sheet("i7", Position::Agree, "没有"), "plan.issue-unknown");
    court.refused("p1", sheet("i1", Position::Agree, " "), "text.reason-needed");
}

#[test]
fn a_recused_panellist_leaves_the_panel_and_sees_what_an_observer_sees() {
    for openness in [plan::Openness::Public, plan::Openness::Closed] {
        let mut court = Court::at(openness, Phase::Deliberation);
        court.does("p2", discuss("SECRET-TALK"));
        for panellist in ["p1", "p2", "p4"] {
            court.does(panellist, sheet("i1", Position::Agree, "SHEET"));
        }
        let recuse = motion::Command::Move {
            kind: motion::Kind::Recusal,
            text: "申请回避".into(),
            whom: Some(seat("p3")),
        };
        let id = court.tries("a1", Command::Motion(recuse)).unwrap();
        let rule = |granted| motion::Command::Rule { of: id.clone(), granted, reason: "准许".into() };
        court.refused("a1", Command::Motion(rule(true)), "seat.chair-only");
        court.does("chair", Command::Motion(rule(true)));
        assert!(
            court.hearing.opinion.opened.contains_key("i1"),
            "the last missing sheet was the recused one's"
        );
        court.refused("p3", discuss("我还在"), "roll.recused");
        court.refused("p3", sheet("i1", Position::Agree, "我还在"), "roll.recused");
        let seen = court.text_seen_by("p3");
        assert!(!seen.contains("SECRET-TALK") && !seen.contains("SHEET") && !seen.contains("PROPOSED-1"));
        assert_eq!(seen.contains("现介绍案件"), openness == plan::Openness::Public);
        court.assert_square();
    }
}

#[test]
fn a_tie_has_no_majority() {
    let of = |positions: &[Position], rule| {
        let sheets = positions.iter().enumerate().map(|(n, position)| {
            (
                seat(&format!("p{n}")),
                procedure::hearing::opinion::Sheet { position: *position, reason: String::new() },
            )
        });
        Tally::of(&sheets.collect(), rule).majority
    };
    use Position::{Agree, CannotSay, Disagree, Other};
    assert_eq!(of(&[Agree, Agree, Disagree], Majority::Largest), Some(Agree));
    assert_eq!(of(&[Agree, Disagree], Majority::Largest), None);
    assert_eq!(of(&[Agree, Disagree, CannotSay], Majority::Largest), None);
    assert_eq!(of(&[Agree, Agree, Disagree, Other, CannotSay], Majority::Largest), Some(Agree));
    assert_eq!(of(&[Agree, Agree, Disagree, Other, CannotSay], Majority::MoreThanHalf), None);
    assert_eq!(of(&[], Majority::Largest), None);
}

#[test]
fn not_following_the_majority_needs_the_chief_prosecutors_consent_first() {
    let mut court = Court::at(plan::Openness::Public, Phase::Summary);
    court.refused("chair", decide_now(false), "decision.consent-needed");
    let consent = || Command::Decision(decision::Command::Consent { reason: "证据不足".into() });
    court.refused("chair", consent(), "decision.consent-not-yours");
    let by_handler = court.acts(By::Office(Office::Handler), consent()).unwrap_err();
    assert_eq!(by_handler.code(), "decision.consent-not-yours");
    court.acts(By::Office(Office::ChiefProsecutor), consent()).unwrap();
    court.does("chair", decide_now(false));
    assert!(!court.text_seen_by("a1").contains("证据不足"), "the consent is the office's");
    court.refused("chair", decide_now(true), "decision.made");
    court.assert_square();
}

#[test]
fn a_waived_reading_hides_no_majority_and_shows_the_office_no_sheet() {
    let mut court = Court::at(plan::Openness::Public, Phase::Opinion);
    court.does("chair", waive(Phase::FinalStatements, "听证员不当场发表意见"));
    court.does("chair", waive(Phase::Summary, "各方不再陈述"));
    for office in ["chair", "handler", "clerk"] {
        let seen = &court.sees(office).opinion;
        assert!(seen.filed.is_empty() && seen.opened.is_empty() && seen.released.is_empty(), "{office}");
    }
    court.refused("chair", decide_now(false), "decision.consent-needed");
    let consent = Command::Decision(decision::Command::Consent { reason: "法律适用另有规定".into() });
    court.acts(By::Office(Office::ChiefProsecutor), consent.clone()).unwrap();
    let again = court.acts(By::Office(Office::ChiefProsecutor), consent).unwrap_err();
    assert_eq!(again.code(), "decision.consent-given");
    court.does("chair", decide_now(false));
    court.assert_square();
}

#[test]
fn without_a_majority_nobody_need_consent() {
    use Position::{Agree, CannotSay, Disagree, Other};
    let mut court = Court::at(plan::Openness::Public, Phase::Deliberation);
    for issue in ["i1", "i2"] {
        for (panellist, position) in [("p1", Agree), ("p2", Disagree), ("p3", Other), ("p4", CannotSay)] {
            court.does(panellist, sheet(issue, position, "理由"));
        }
    }
    court.does("p1", choose("p4"));
    court.does("chair", advance(Phase::Opinion));
    court.does("p4", deliver("未形成多数意见。"));
    court.does("chair", advance(Phase::FinalStatements));
    court.does("chair", waive(Phase::Summary, "各方不再陈述"));
    court.does("chair", decide_now(false));
    let tallies = court.hearing.opinion.tallies(Majority::Largest);
    assert!(tallies.values().all(|tally| tally.majority.is_none()));
}

#[test]
fn a_decision_on_the_spot_gives_reasons_and_one_to_follow_need_not() {
    let decide = |when, text: &str, reasons: &str| {
        Command::Decision(decision::Command::Decide {
            when,
            adopts_majority: true,
            text: text.into(),
            reasons: reasons.into(),
        })
    };
    let mut court = Court::at(plan::Openness::Public, Phase::FinalStatements);
    court.refused("chair", decide(decision::When::Now, "支持", "证据充分"), "phase.wrong-phase");
    court.does("chair", waive(Phase::Summary, "各方不再陈述"));
    court.refused("clerk", decide(decision::When::Now, "支持", "证据充分"), "seat.chair-only");
    court.refused("chair", decide(decision::When::Now, "支持", " "), "decision.reasons-needed");
    court.refused("chair", decide(decision::When::Later, " ", ""), "text.empty");
    court.does("chair", decide(decision::When::Later, "另行决定", ""));
    court.refused("chair", decide(decision::When::Now, "支持", "证据充分"), "decision.made");
    for (seat, answered) in [("p1", true), ("handler", true), ("a1", false), ("o1", false), ("w1", false)] {
        assert_eq!(court.sees(seat).decision.adopts_majority.is_some(), answered, "{seat}");
        assert!(court.text_seen_by(seat).contains("另行决定"), "{seat}");
    }
    // What is to follow leaves the way back open.
    court.does("chair", waive(Phase::Questions, "出现新情况"));
    court.assert_square();
}

#[test]
fn a_new_speaker_is_chosen_when_the_first_is_gone() {
    let mut court = Court::at(plan::Openness::Public, Phase::Opinion);
    court.refused("chair", choose("p1"), "seat.panel-only");
    court.refused("p2", choose("a1"), "opinion.speaker-not-sitting");
    court.does("p1", LEAVE);
    court.refused("p2", deliver("我来读"), "opinion.not-speaker");
    court.refused("p2", choose("p1"), "opinion.speaker-not-sitting");
    court.does("p3", choose("p2"));
    court.does("p2", deliver("我来读"));
    court.refused("p3", choose("p3"), "opinion.read");
    assert_eq!(court.hearing.opinion.released["i1"].len(), 3, "of those who still sit");
    court.assert_square();
}

#[test]
fn consent_cannot_be_given_before_there_is_an_opinion_to_depart_from() {
    let mut court = Court::at(plan::Openness::Public, Phase::Opinion);
    let consent = Command::Decision(decision::Command::Consent { reason: "先行".into() });
    let refused = court.acts(By::Office(Office::ChiefProsecutor), consent).unwrap_err();
    assert_eq!(refused.code(), "decision.consent-too-early");
}

#[test]
fn a_panellist_who_leaves_no_longer_holds_the_sheets_closed() {
    let mut court = Court::at(plan::Openness::Public, Phase::Deliberation);
    for panellist in ["p1", "p2", "p3"] {
        court.does(panellist, sheet("i1", Position::Agree, "理由"));
    }
    court.does("p4", Command::Roll(procedure::hearing::roll::Command::Leave {}));
    assert_eq!(court.hearing.opinion.opened["i1"].len(), 3);
    assert_eq!(court.hearing.plan.capacity(&seat("p4")), Some(Capacity::Panellist));
    court.assert_square();
}
