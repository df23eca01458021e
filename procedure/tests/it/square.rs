//! Random hearings: whatever people try in whatever order, the rules and the model agree on what is allowed and what it
//! changes, the square commutes, each event reaches its audience and nobody else, and every hearing can be ended.

use std::collections::{BTreeMap, BTreeSet};

use procedure::{
    Act, By, Capacity, Command, Disclosed, Event, Office, SeatId,
    hearing::{
        line::Stands, opinion, phase::Phase, plan, plan::Openness, record, record::Signature, roll,
        roll::Standing, statement,
    },
};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};

use crate::{
    audience,
    cast::{Court, setting},
    ending::bring_to_its_end,
    model::{Line, Model, Stand},
    tries::{Try, tries},
};

/// A hearing led on to a step, or not yet told and published.
fn start(openness: Openness, from: Phase) -> Court {
    if from == Phase::Waiting { Court::seated(setting(openness)) } else { Court::at(openness, from) }
}

/// Plays random acts; after each, rules and model must agree.
fn play(openness: Openness, from: Phase, tries: &[Try]) -> Court {
    let mut court = start(openness, from);
    let mut model = Model::after(&court.did);
    agree(&model, &court);
    let mut ever_read = model.read;
    for attempt in tries {
        for (by, command) in attempt.acts(&mut court) {
            act(&mut court, &mut model, by, command);
            ever_read |= model.read;
        }
    }
    court.assert_square();
    secrets_are_kept(&court, ever_read);
    confidences_are_kept(&court);
    audiences_are_right(&court, &model);
    court
}

fn act(court: &mut Court, model: &mut Model, by: By, command: Command) {
    let at = court.next_moment();
    let words = match &command {
        Command::Record(record::Command::Correct { line, .. }) => {
            court.hearing.record.line(*line).is_some_and(|line| line.text().is_some())
        }
        _ => true,
    };
    let allowed = words && model.allows(&by, &command, at);
    let before = (court.log.len(), (!allowed).then(|| court.hearing.clone()));
    let told_by_server = matches!(
        command,
        Command::Mediation(_) | Command::Settlement(_) | Command::Record(record::Command::Sign { .. })
    );
    if let (By::Seat(_), false) = (&by, told_by_server) {
        let (id, rules) = ("-".into(), &court.rules);
        let tried = Act { id: &id, by: &by, at, rules };
        let hearing = &court.hearing;
        // What is signed the server alone computes.
        let names = |events: Vec<Event>| events.iter().map(Event::name).collect::<Vec<_>>();
        assert_eq!(
            hearing.decide_at_seat(command.clone(), &tried).map(names),
            hearing.decide(command.clone(), &tried).map(names),
            "what a browser is told of its own buttons is what the room says"
        );
    }
    let (confidants, known) = (model.confidants(&by, &command), court.log.len());
    let result = court.acts(by.clone(), command.clone());
    let told = result.as_ref().map_err(|refusal| refusal.code());
    assert_eq!(result.is_ok(), allowed, "{by:?} {command:?}: the rules say {told:?}");
    if let Ok(id) = &result {
        model.apply(&by, &command, id, at);
        agree(model, court);
        sheet_is_its_authors(court, model, &by, &command);
        let made = court.log[known..].iter().map(|(_, event)| event);
        let mut made = made.filter(|event| event.name() != "settlement.proposal-lapsed");
        if let (Some(expected), Some(event)) = (confidants, made.next()) {
            assert_eq!(seen_by(event), Some(expected), "{event:?}");
        }
    } else {
        assert_eq!(before, (court.log.len(), Some(court.hearing.clone())), "a refusal changed something");
    }
}

/// Those whom an event names as seeing it, where it names any.
fn seen_by(event: &procedure::Event) -> Option<BTreeSet<SeatId>> {
    let told = serde_json::to_value(event).unwrap();
    let inner = told.as_object().unwrap().values().next().unwrap().as_object().unwrap().values().next();
    serde_json::from_value(inner.unwrap().get("seen_by")?.clone()).unwrap()
}

fn agree(model: &Model, court: &Court) {
    let hearing = &court.hearing;
    assert_eq!(model.mediating, hearing.mediation.open.is_some());
    assert_eq!(model.consents, hearing.mediation.consents);
    let caucus = hearing.mediation.caucus.clone().map(|caucus| (caucus.with, caucus.chair));
    assert_eq!(model.caucus, caucus);
    assert_eq!(model.step, hearing.phase.current);
    assert_eq!(model.paused, hearing.phase.interrupted.is_some());
    assert_eq!(model.public, hearing.plan.is_public());
    assert_eq!(model.holder(), hearing.floor.holder());
    assert_eq!(model.used_ms, hearing.floor.used_ms);
    assert_eq!(model.read, hearing.opinion.delivered.is_some());
    assert!(model.opened.iter().eq(hearing.opinion.opened.keys()), "{:?}", model.opened);
    assert_eq!(model.cancelled, hearing.phase.cancelled.is_some());
    assert_eq!(model.sealed, hearing.record.sealed.is_some());
    assert!(model.panel().into_iter().eq(hearing.sitting_panel()));
    let signed = |signature: &Signature| matches!(signature, Signature::Signed { .. });
    let signatures = hearing.record.signatures.iter().map(|(seat, one)| (seat.clone(), signed(one)));
    assert!(model.signed.clone().into_iter().eq(signatures), "{:?}", model.signed);
    let checks = hearing.equipment.checked.iter().map(|known| (known.seat.clone(), known.times));
    assert_eq!(model.checks, checks.collect::<BTreeMap<_, _>>(), "who has checked, and how often");
    let shielded = hearing.shield.shielded.iter().map(|one| (one.seat.clone(), one.voice));
    assert_eq!(model.shielded, shielded.collect::<BTreeMap<_, _>>(), "who is not seen");
    assert_eq!(model.cut_off, hearing.shield.cut_off);
    let lines = hearing.line.known.iter().map(|line| {
        let broken = match line.stands {
            Stands::Broken { since } => Some(since),
            Stands::Open | Stands::Closed => None,
        };
        (line.seat.clone(), Line { open: line.stands == Stands::Open, broken, missed_ms: line.missed_ms })
    });
    assert_eq!(model.lines, lines.collect::<BTreeMap<_, _>>(), "whose line is open");
    for (seat, person) in &model.people {
        let stands = match hearing.roll.standing(seat) {
            Standing::Expected => Stand::Expected,
            Standing::Waiting => Stand::Waiting,
            Standing::Present => Stand::In,
            Standing::Left | Standing::Removed => Stand::Gone,
            Standing::Recused => Stand::Recused,
        };
        assert_eq!((person.stand, person.side), (stands, hearing.plan.side(seat)), "{seat}");
    }
}

/// A sheet reaches nobody but its author until all are in, and then the sitting panel.
fn sheet_is_its_authors(court: &Court, model: &Model, by: &By, command: &Command) {
    let Command::Opinion(opinion::Command::Opine { issue, reason, .. }) = command else { return };
    let opened = model.opened.contains(issue);
    for seat in court.everybody() {
        let author = *by == By::Seat(seat.clone());
        let expected = author || (opened && model.panel().contains(&&seat));
        assert_eq!(court.was_sent(&seat, reason), expected, "{seat} and {reason}");
    }
}

/// Over everything that was ever sent to a seat.
fn secrets_are_kept(court: &Court, ever_read: bool) {
    let unput: Vec<String> = court
        .hearing
        .question
        .asked
        .values()
        .filter(|question| question.number.is_none())
        .map(|question| question.text.clone())
        .collect();
    for seat in court.everybody() {
        let capacity = court.hearing.plan.capacity(&seat);
        if capacity == Some(Capacity::Panellist) {
            continue;
        }
        let office = capacity.is_some_and(Capacity::is_office);
        assert!(!court.was_sent(&seat, "TALK-"), "{seat} heard the deliberation");
        assert!(!court.was_sent(&seat, "SHEET-") || (office && ever_read), "{seat} read a sheet");
        for text in &unput {
            assert!(office || !court.was_sent(&seat, text), "{seat} read a question that was not put");
        }
    }
}

/// What only some were to see nobody else was ever sent, whatever came later.
fn confidences_are_kept(court: &Court) {
    for (_, event) in &court.log {
        let Some(seen_by) = seen_by(event) else { continue };
        let told = serde_json::to_string(event).unwrap();
        let Some(secret) = told.split('"').find(|text| text.starts_with("SECRET-")) else { continue };
        // What has been agreed in the end everybody who takes part knows.
        let agreed = court.hearing.settlement.agreements.iter().flat_map(|one| &one.terms);
        if agreed.into_iter().any(|term| term.text == secret) {
            continue;
        }
        for seat in court.everybody() {
            assert_eq!(court.was_sent(&seat, secret), seen_by.contains(&seat), "{seat} and {event:?}");
        }
    }
}

fn audiences_are_right(court: &Court, model: &Model) {
    for seat in court.everybody() {
        let viewer = court.hearing.viewer(&seat);
        for (_, event) in &court.log {
            let shown = Disclosed::event(&court.hearing, &viewer, event).is_some();
            assert_eq!(shown, audience::sees(model, &seat, event), "{seat} and {event:?}");
        }
    }
}

fn beginnings() -> impl Strategy<Value = (Openness, Phase)> {
    (prop::sample::select(vec![Openness::Public, Openness::Closed]), prop::sample::select(&Phase::ALL[..]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_try_the_rules_hold((openness, from) in beginnings(), tries in tries(120)) {
        play(openness, from, &tries);
    }

    #[test]
    fn whatever_has_happened_a_hearing_can_be_brought_to_its_end((openness, from) in beginnings(), tries in tries(60)) {
        let mut court = play(openness, from, &tries);
        if court.hearing.phase.cancelled.is_none() && court.hearing.record.sealed.is_none() {
            bring_to_its_end(&mut court);
            court.assert_square();
        }
    }

    #[test]
    fn no_words_however_odd_break_the_rules(text in any::<String>(), seat_name in any::<String>()) {
        let mut court = Court::at(Openness::Public, Phase::Statements);
        let _ = court.tries("clerk", Command::Statement(statement::Command::Record {
            speaker: Some(seat_name.as_str().into()), text: text.clone(),
        }));
        let _ = court.tries(&seat_name, Command::Roll(roll::Command::Arrive {}));
        let _ = court.acts(By::Office(Office::Handler), Command::Plan(plan::Command::Unseat { seat: seat_name.as_str().into() }));
        let _ = court.tries("clerk", Command::Statement(statement::Command::Record { speaker: None, text }));
        court.assert_square();
    }
}

/// The same random hearings at every run: they must come into every step and make every kind of event, or what the
/// tests above say of random hearings would say little.
#[test]
fn random_hearings_reach_every_step_and_every_kind_of_event() {
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig { cases: 320, failure_persistence: None, ..ProptestConfig::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let seen = std::cell::RefCell::new((BTreeSet::<String>::new(), BTreeSet::<Phase>::new()));
    runner
        .run(&(beginnings(), tries(150)), |((openness, from), tries)| {
            let known = start(openness, from).log.len();
            let court = play(openness, from, &tries);
            let (names, steps) = &mut *seen.borrow_mut();
            names.extend(court.log[known..].iter().map(|(_, event)| event.name()));
            steps.extend(court.hearing.phase.history.iter().map(|began| began.phase));
            Ok(())
        })
        .unwrap();
    let (names, steps) = seen.into_inner();
    let all = procedure::Event::NAMES
        .iter()
        .flat_map(|(slice, names)| names.iter().map(move |name| format!("{slice}.{name}")));
    // The setting up makes these: a hearing is registered once.
    let once = ["plan.registered", "plan.outlined", "plan.proposed"];
    let missing: Vec<String> =
        all.filter(|name| !names.contains(name) && !once.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "never happened: {missing:?}");
    assert!(Phase::ALL[1..].iter().all(|phase| steps.contains(phase)), "{steps:?}");
}
