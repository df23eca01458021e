//! Every step of a hearing, from before the opening until it is closed.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn in_every_step_each_seat_gets_exactly_what_the_rules_let_it_have() {
    let mut court = Linked::new().await;
    let came = court.is_as_the_rules_say("before the opening").await;
    assert_eq!(hears(&came, "a1"), ["chair", "clerk"]);
    court.does("chair", json!({"phase": {"open": {}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "introduction"}}})).await;
    court.does("chair", json!({"floor": {"give": {"seat": "handler"}}})).await;
    let came = court.is_as_the_rules_say("the case is presented").await;
    assert_eq!(hears(&came, "o1"), ["chair", "handler"], "the public hears it too");
    court.does("handler", json!({"statement": {"say": {"text": "案情"}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "statements"}}})).await;
    court.does("a1", json!({"floor": {"raise-hand": {}}})).await;
    let came = court.is_as_the_rules_say("a hand is up").await;
    assert_eq!(hears(&came, "r1"), ["chair"], "a raised hand opens no microphone");
    court.does("chair", json!({"floor": {"give": {"seat": "a1"}}})).await;
    let came = court.is_as_the_rules_say("a party has the floor").await;
    assert_eq!(hears(&came, "r1"), ["a1", "chair"]);
    court.does("chair", json!({"phase": {"recess": {}}})).await;
    let came = court.is_as_the_rules_say("recess").await;
    assert!(hears(&came, "o1").is_empty() && hears(&came, "r1").is_empty());
    assert_eq!(hears(&came, "p1"), ["p2", "p3"]);
    court.does("chair", json!({"phase": {"resume": {}}})).await;
    court.is_as_the_rules_say("after the recess").await;
    reconciles(&mut court).await;
    court.does("chair", json!({"floor": {"give": {"seat": "r1"}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "questions"}}})).await;
    let asked = uuid::Uuid::now_v7().to_string();
    let question = json!({"question": {"ask": {"to": "a1", "text": "住了多久？"}}});
    court.seats.get_mut("p2").unwrap().does_as(&asked, question).await;
    court.does("chair", json!({"question": {"admit": {"of": asked}}})).await;
    let came = court.is_as_the_rules_say("a question is put").await;
    assert_eq!(hears(&came, "o1"), ["a1", "chair", "p2"]);
    court.does("chair", json!({"phase": {"advance": {"to": "deliberation", "waive": "当庭口头回答"}}})).await;
    let came = court.is_as_the_rules_say("deliberation").await;
    for (_, to, of) in &came {
        assert_eq!(to.starts_with('p'), of.starts_with('p'), "{of} reaches {to}");
    }
    assert_eq!(hears(&came, "p1"), ["p2", "p3"]);
    concludes(&mut court).await;
    court.lines.clear();
    court.office.server.stop().await;
}

/// The panel has deliberated: its opinion, the last statements, the summing up, the signing and the end.
async fn concludes(court: &mut Linked) {
    for panellist in ["p1", "p2", "p3"] {
        let sheet = json!({"issue": "i1", "position": "agree", "reason": "理由"});
        court.does(panellist, json!({"opinion": {"opine": sheet}})).await;
    }
    court.does("p1", json!({"opinion": {"choose-speaker": {"seat": "p1"}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "opinion"}}})).await;
    let came = court.is_as_the_rules_say("the panel's opinion").await;
    assert_eq!(hears(&came, "o1"), ["chair", "p1"], "whoever speaks for the panel");
    court.does("p1", json!({"opinion": {"deliver": {"text": "多数意见同意"}}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "final-statements"}}})).await;
    court.does("chair", json!({"floor": {"give": {"seat": "r1"}}})).await;
    let came = court.is_as_the_rules_say("last statements").await;
    assert_eq!(hears(&came, "a1"), ["chair", "r1"]);
    court.does("chair", json!({"phase": {"advance": {"to": "summary", "waive": "申请人不再陈述"}}})).await;
    let came = court.is_as_the_rules_say("summing up").await;
    assert_eq!(hears(&came, "o1"), ["chair"]);
    let decision = json!({"when": "now", "adopts_majority": true, "text": "准予", "reasons": "依法"});
    court.does("chair", json!({"decision": {"decide": decision}})).await;
    court.does("chair", json!({"phase": {"advance": {"to": "signing"}}})).await;
    court.is_as_the_rules_say("signing").await;
    court.does("chair", json!({"phase": {"advance": {"to": "closed", "waive": "演练"}}})).await;
    let came = court.is_as_the_rules_say("it is closed").await;
    assert!(came.is_empty(), "nobody is carried any more: {came:?}");
}

/// The sides are reconciled, with one another and one of them alone with the chair; then the court goes on.
async fn reconciles(court: &mut Linked) {
    for party in ["a1", "r1"] {
        court.does(party, json!({"mediation": {"consent": {"given": true}}})).await;
    }
    court.does("chair", json!({"mediation": {"open": {}}})).await;
    let came = court.is_as_the_rules_say("mediation").await;
    assert_eq!(hears(&came, "r1"), ["a1", "chair"]);
    assert_eq!(hears(&came, "p1"), ["p2", "p3"], "the panel is by itself");
    assert!(hears(&came, "o1").is_empty(), "it is not public");
    court.does("chair", json!({"mediation": {"caucus": {"with": "applicant"}}})).await;
    let came = court.is_as_the_rules_say("caucus").await;
    assert_eq!(hears(&came, "a1"), ["chair"]);
    assert_eq!(hears(&came, "chair"), ["a1"]);
    assert!(hears(&came, "r1").is_empty() && hears(&came, "o1").is_empty());
    court.does("chair", json!({"mediation": {"end": {}}})).await;
    let came = court.is_as_the_rules_say("after the mediation").await;
    assert_eq!(hears(&came, "o1"), ["a1", "chair"], "whose turn it was has it again");
}
