//! Offers, proposals, blind bids and the agreement, as those between whom they pass would state it.

use procedure::{
    Command, Id, Side,
    hearing::{
        mediation::Outcome,
        phase::{self, Phase},
        plan,
        settlement::{Addressee, Command as Settle, Fen, Term},
    },
};

use crate::{
    cast::{Court, LEAVE, advance, seat, waive},
    mediation::{END, OPEN, SIDES, caucus, consent, mediating, reached},
};

fn terms(text: &str) -> Vec<Term> {
    vec![Term { text: text.into(), amount: Some(Fen(2_600_050)), due: Some("2026-12-31".into()) }]
}

fn offer(to: Addressee, text: &str) -> Command {
    Command::Settlement(Settle::Offer { to, terms: terms(text) })
}

fn answer(of: &Id, accept: bool) -> Command {
    Command::Settlement(Settle::AnswerOffer { of: of.clone(), accept })
}

fn propose(text: &str, deadline_seconds: u32) -> Command {
    Command::Settlement(Settle::Propose { terms: terms(text), deadline_seconds })
}

fn replies(of: &Id, accept: bool) -> Command {
    Command::Settlement(Settle::AnswerProposal { of: of.clone(), accept })
}

fn bid(yuan: u64) -> Command {
    Command::Settlement(Settle::Bid { amount: Fen(yuan * 100) })
}

fn draft(text: &str) -> Command {
    Command::Settlement(Settle::Draft { terms: terms(text) })
}

fn sign(of: &Id) -> Command {
    Command::Settlement(Settle::Sign { of: of.clone() })
}

fn court() -> Court {
    mediating(plan::Openness::Public, Phase::Statements)
}

#[test]
fn an_offer_is_seen_by_who_makes_it_and_by_those_to_whom_it_is_made() {
    let mut court = court();
    let of = court.tries("r1", offer(Addressee::Applicant, "OFFER-R")).unwrap();
    assert_eq!(reached(&court, "OFFER-R"), ["a1", "a2", "r1"], "not the mediator, not t1 of the same side");
    for other in ["t1", "r1", "chair", "a2"] {
        if other == "a2" {
            court.does(other, answer(&of, false));
        } else {
            court.refused(other, answer(&of, true), "settlement.unknown");
        }
    }
    court.refused("a1", answer(&of, true), "settlement.answered");
    assert_eq!(court.sees("r1").settlement.offers[0].answer, Some(false));
    let of = court.tries("a1", offer(Addressee::Mediator, "OFFER-M")).unwrap();
    assert_eq!(reached(&court, "OFFER-M"), ["chair", "a1", "a2"]);
    court.does("chair", answer(&of, true));
    let of = court.tries("chair", offer(Addressee::Respondent, "OFFER-C")).unwrap();
    assert_eq!(reached(&court, "OFFER-C"), ["chair", "r1", "t1"]);
    court.refused("a1", answer(&of, true), "settlement.unknown");
    court.does("t1", answer(&of, true));
    court.refused("a1", offer(Addressee::Applicant, "给自己"), "settlement.own-side");
    court.refused("a1", offer(Addressee::Party(seat("a1")), "给自己"), "settlement.own-side");
    court.refused("a1", offer(Addressee::Party(seat("w1")), "给证人"), "settlement.to-nobody");
    let of = court.tries("a2", offer(Addressee::Party(seat("t1")), "OFFER-T")).unwrap();
    assert_eq!(reached(&court, "OFFER-T"), ["a1", "a2", "t1"], "not r1 of the same side");
    court.refused("r1", answer(&of, true), "settlement.unknown");
    court.does("t1", answer(&of, true));
    court.refused("chair", offer(Addressee::Mediator, "给自己"), "settlement.own-side");
    for nobody in ["handler", "clerk", "p1", "w1", "i1", "o1"] {
        court.refused(nobody, offer(Addressee::Applicant, "无关"), "seat.party-only");
    }
    court.does("chair", END);
    court.refused("a1", offer(Addressee::Respondent, "已经结束"), "mediation.not-open");
    court.assert_square();
}

#[test]
fn terms_are_some_and_read_as_written_and_amounts_are_whole_fen() {
    let mut court = court();
    let offered = |terms| Command::Settlement(Settle::Offer { to: Addressee::Applicant, terms });
    let term = |text: &str, amount, due: Option<&str>| {
        vec![Term { text: text.into(), amount, due: due.map(Into::into) }]
    };
    for (terms, code) in [
        (vec![], "settlement.terms"),
        (vec![term("甲", None, None)[0].clone(); 31], "settlement.terms"),
        (term(" ", None, None), "text.empty"),
        (term("\u{202e}甲", None, None), "text.control-characters"),
        (term(&"长".repeat(1001), None, None), "settlement.term-too-long"),
        (term("甲", Some(Fen(0)), None), "settlement.amount"),
        (term("甲", Some(Fen(u64::MAX)), None), "settlement.amount"),
        (term("甲", None, Some("2026-02-30")), "settlement.due"),
        (term("甲", None, Some("年底")), "settlement.due"),
    ] {
        court.refused("r1", offered(terms), code);
    }
    for broken in
        [r#"{"text":"甲","amount":1.5}"#, r#"{"text":"甲","amount":-1}"#, r#"{"text":"甲","amont":1}"#]
    {
        assert!(serde_json::from_str::<Term>(broken).is_err(), "{broken}");
    }
    assert_eq!((Fen(2_600_000).yuan(), Fen(5).yuan()), ("26000".into(), "0.05".into()));
    court.rules.offers_max = 1;
    court.does("r1", offer(Addressee::Applicant, "一次"));
    court.refused("r1", offer(Addressee::Applicant, "两次"), "settlement.too-many");
    court.does("a1", offer(Addressee::Respondent, "各算各的"));
}

#[test]
fn given_a_proposal_that_all_accept_all_learn_it_and_nothing_before() {
    let mut court = court();
    court.refused("a1", propose("PROPOSAL", 600), "seat.chair-only");
    court.refused("chair", propose("PROPOSAL", 0), "settlement.deadline");
    court.refused("chair", propose("PROPOSAL", 86_401), "settlement.deadline");
    let of = court.tries("chair", propose("PROPOSAL", 600)).unwrap();
    assert_eq!(reached(&court, "PROPOSAL"), ["chair", "a1", "a2", "r1", "t1"]);
    court.does("a1", replies(&of, true));
    court.refused("a2", replies(&of, false), "settlement.answered");
    court.does("r1", replies(&of, true));
    for (name, answers) in [("chair", 0), ("a1", 1), ("a2", 1), ("r1", 1), ("t1", 0), ("handler", 0)] {
        assert_eq!(court.sees(name).settlement.answers.len(), answers, "{name}");
        assert!(court.sees(name).settlement.proposals.iter().all(|put| put.accepted.is_none()), "{name}");
    }
    court.refused("chair", replies(&of, true), "seat.party-only");
    court.does("t1", replies(&of, true));
    for name in SIDES.into_iter().chain(["chair"]) {
        assert_eq!(court.sees(name).settlement.proposals[0].accepted, Some(true), "{name}");
    }
    court.assert_square();
}

#[test]
fn given_a_proposal_that_one_rejects_all_learn_at_the_deadline_that_it_failed_and_never_by_whom() {
    let mut court = court();
    let of = court.tries("chair", propose("PROPOSAL", 600)).unwrap();
    court.does("a1", replies(&of, true));
    court.does("r1", replies(&of, false));
    court.does("t1", replies(&of, true));
    let tick = || Command::Phase(phase::Command::Tick {});
    assert_eq!(court.clock(tick()).unwrap_err().code(), "phase.no-alarm");
    assert_eq!(court.sees("a1").settlement.proposals[0].accepted, None, "not before its time");
    court.wait(600);
    court.clock(tick()).unwrap();
    for name in ["chair", "a1", "t1"] {
        assert_eq!(court.sees(name).settlement.proposals[0].accepted, Some(false), "{name}");
        assert!(court.sees(name).settlement.answers.iter().all(|answer| answer.accept), "{name}");
    }
    court.refused("a2", replies(&of, true), "settlement.over");
    // A newer one takes the place of one that waits; of another mediation nothing can be answered.
    let first = court.tries("chair", propose("第二次", 600)).unwrap();
    court.does("chair", propose("第三次", 600));
    court.refused("a1", replies(&first, true), "settlement.over");
    court.does("chair", END);
    assert_eq!(court.hearing.next_alarm(&court.rules), None);
    court.assert_square();
}

#[test]
fn bids_that_meet_meet_in_the_middle_and_of_others_nobody_learns() {
    let mut court = court();
    court.does("a1", bid(30_000));
    court.does("r1", bid(20_000));
    court.does("t1", bid(24_999));
    for (name, bids) in [("a1", 1), ("a2", 1), ("r1", 2), ("t1", 2), ("chair", 0), ("handler", 0), ("p1", 0)]
    {
        let seen = &court.sees(name).settlement;
        assert_eq!((seen.bids.len(), seen.met.len()), (bids, 0), "{name}");
    }
    court.does("a2", bid(24_998));
    for name in SIDES.into_iter().chain(["chair"]) {
        assert_eq!(court.sees(name).settlement.met[0].amount, Fen(2_499_850), "{name}");
    }
    assert!(court.sees("p1").settlement.met.is_empty() && court.sees("o1").settlement.met.is_empty());
    assert!(court.sees("chair").settlement.bids.is_empty());
    court.refused("r1", bid(1), "settlement.bids-met");
    court.refused("chair", bid(1), "seat.party-only");
    court.assert_square();
}

#[test]
fn a_side_bids_few_times_so_that_it_cannot_feel_out_the_other() {
    let mut court = court();
    court.refused("a1", bid(0), "settlement.amount");
    for yuan in [30_000, 29_000, 28_000] {
        court.does("a1", bid(yuan));
    }
    court.refused("a2", bid(27_000), "settlement.too-many-bids");
    court.does("r1", bid(1_000));
    court.does("chair", END);
    for party in ["a1", "r1", "t1"] {
        court.does(party, consent(true));
    }
    court.does("chair", OPEN);
    court.does("r1", bid(50_000));
    assert!(court.hearing.settlement.met.is_empty(), "bids of an earlier mediation are over");
    court.does("a1", bid(40_000));
    assert_eq!(court.hearing.settlement.met[0].amount, Fen(4_500_000));
    court.assert_square();
}

#[test]
fn the_agreement_is_effective_when_the_last_party_has_signed_the_same_text() {
    let mut court = court();
    let old = court.tries("a1", draft("旧的文本")).unwrap();
    court.does("a1", sign(&old));
    let of = court.tries("chair", draft("AGREED 拆除超高女儿墙")).unwrap();
    assert_eq!(reached(&court, "AGREED"), ["chair", "a1", "a2", "r1", "t1"]);
    court.refused("r1", sign(&old), "settlement.superseded");
    for nobody in ["chair", "handler", "clerk", "p1"] {
        court.refused(nobody, sign(&of), "settlement.not-signer");
    }
    court.refused("a2", sign(&of), "settlement.signs-itself");
    court.refused("a1", sign(&"none".into()), "settlement.unknown");
    court.does("a1", sign(&of));
    court.does("a1", sign(&of));
    court.does("r1", sign(&of));
    assert!(court.hearing.settlement.agreements.is_empty(), "t1 has not signed");
    assert_eq!(court.sees("chair").settlement.drafts[1].signed.len(), 2);
    assert!(!court.text_seen_by("p1").contains("AGREED"));
    court.does("t1", sign(&of));
    let agreement = &court.hearing.settlement.agreements[0];
    assert_eq!(agreement.digest, court.hearing.settlement.drafts[1].digest);
    assert_eq!(agreement.between.len(), 3);
    let line = court.hearing.record.lines.last().unwrap().words(&court.hearing.plan);
    assert!(line.zh.contains("AGREED") && line.zh.contains("26000.50元") && line.zh.contains("2026-12-31"));
    assert!(line.en.contains("26000.50 yuan"), "{}", line.en);
    // Everybody who signs the record reads it; the gallery knows that there is one and not what it says.
    assert!(court.text_seen_by("w1").contains("AGREED") && court.text_seen_by("p1").contains("AGREED"));
    assert!(!court.was_sent(&seat("o1"), "AGREED"));
    assert_eq!(court.sees("o1").record.lines.len(), court.hearing.record.lines.len());
    assert!(court.sees("o1").record.lines.last().unwrap().words(&court.hearing.plan).zh.contains("不公开"));
    assert_eq!(court.sees("w1").record.digest(), court.hearing.record.digest());
    court.refused("a1", offer(Addressee::Respondent, "再来"), "settlement.agreed");
    court.refused("chair", draft("再来"), "settlement.agreed");
    court.refused("r1", sign(&of), "settlement.agreed");
    court.assert_square();
    let untrue = procedure::hearing::mediation::Command::End { outcome: Some(Outcome::NotAgreed) };
    court.refused("chair", Command::Mediation(untrue), "mediation.outcome-untrue");
    court.does("chair", END);
    assert_eq!(court.hearing.mediation.outcome, Some(Outcome::Agreed));
    court.does("chair", waive(Phase::Questions, "双方已经和解"));
    court.does("chair", advance(Phase::Deliberation));
    court.assert_square();
}

#[test]
fn an_agent_signs_where_its_party_is_not_here_and_who_has_gone_no_draft_waits_for() {
    let mut court = court();
    let of = court.tries("chair", draft("文本")).unwrap();
    court.does("a1", LEAVE);
    court.does("a2", sign(&of));
    court.does("t1", LEAVE);
    court.does("r1", sign(&of));
    assert!(court.hearing.settlement.agreements.is_empty(), "it was between t1 too");
    let of = court.tries("r1", draft("没有第三人的文本")).unwrap();
    court.does("a2", sign(&of));
    court.does("r1", sign(&of));
    let between = &court.hearing.settlement.agreements[0].between;
    assert!(between.iter().eq([&seat("a1"), &seat("r1")]));
    court.does("a2", consent(false));
    assert_eq!(court.hearing.mediation.outcome, Some(Outcome::Agreed), "what is signed stays signed");
    court.assert_square();
}

#[test]
fn an_offer_can_be_made_in_a_caucus_and_nothing_in_a_recess() {
    let mut court = court();
    court.does("chair", caucus(Side::Respondent));
    let of = court.tries("r1", offer(Addressee::Applicant, "OFFER-R")).unwrap();
    court.does("a1", answer(&of, false));
    court.does("chair", Command::Phase(phase::Command::Recess { reason: None }));
    for (by, command) in [
        ("r1", offer(Addressee::Applicant, "休会中")),
        ("r1", bid(1)),
        ("chair", draft("休会中")),
        ("chair", propose("休会中", 60)),
    ] {
        court.refused(by, command, "phase.in-break");
    }
    court.assert_square();
}
