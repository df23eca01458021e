//! Events are for ever: one example of each is kept, and must be read the same by every later version.

use std::collections::{BTreeMap, BTreeSet};

use procedure::{
    Command, Event, Id, Moment, SeatId,
    hearing::{
        decision, equipment, exhibit, floor, line, mediation, motion, opinion, phase, plan, question, record,
        recording, roll, settlement, shield, statement,
    },
};

use crate::cast::drawn;

const KEPT: &str = include_str!("golden/events.jsonl");

/// Each line of the golden file is read and written again as it stands.
#[test]
fn every_kept_event_is_read_and_written_as_it_was() {
    for line in KEPT.lines() {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
    }
}

/// Every event that the rules know has its line in the golden file, as this version writes it.
#[test]
fn every_event_is_kept() {
    let lines: BTreeSet<&str> = KEPT.lines().collect();
    let kept: BTreeSet<String> =
        lines.iter().map(|line| serde_json::from_str::<Event>(line).unwrap().name()).collect();
    let mut missing = Vec::new();
    for event in examples() {
        let line = serde_json::to_string(&event).unwrap();
        if !lines.contains(line.as_str()) {
            missing.push(line);
        }
    }
    assert!(
        missing.is_empty(),
        "add to golden/events.jsonl, never change a line there:\n{}",
        missing.join("\n")
    );
    let known = Event::NAMES
        .iter()
        .flat_map(|(slice, names)| names.iter().map(move |name| format!("{slice}.{name}")));
    let unkept: Vec<String> = known.filter(|name| !kept.contains(name)).collect();
    assert!(unkept.is_empty(), "events without an example: {unkept:?}");
    let told: BTreeSet<String> = examples().iter().map(Event::name).collect();
    assert!(kept.is_subset(&told), "the examples name fewer events than the golden file keeps");
}

/// A command is read back as it was written, and one with a field too many is refused.
#[test]
fn commands_are_read_strictly() {
    let text = r#"{"floor":{"give":{"seat":"a1","seconds":600}}}"#;
    let give = Command::Floor(floor::Command::Give { seat: "a1".into(), seconds: Some(600) });
    assert_eq!(serde_json::from_str::<Command>(text).unwrap(), give);
    assert_eq!(serde_json::to_string(&give).unwrap(), text);
    for broken in [
        r#"{"floor":{"give":{"seat":"a1","seconds":600,"by":"chair"}}}"#,
        r#"{"floor":{"give":{"seat":"a1","seconds":-1}}}"#,
        r#"{"floor":{"give":{}}}"#,
        r#"{"flor":{"yield":{}}}"#,
        r"[]",
    ] {
        assert!(serde_json::from_str::<Command>(broken).is_err(), "{broken}");
    }
}

fn id() -> Id {
    "c1".into()
}

fn seat() -> SeatId {
    "a1".into()
}

fn text() -> String {
    "𬭎䶮㛃𠅤 文字".into()
}

fn examples() -> Vec<Event> {
    [
        plan_examples(),
        roll_examples(),
        course_examples(),
        speech_examples(),
        panel_examples(),
        record_examples(),
        mediation_examples(),
        settlement_examples(),
        recording_examples(),
        equipment_examples(),
        shield_examples(),
        line_examples(),
    ]
    .concat()
}

fn plan_examples() -> Vec<Event> {
    let hearing = crate::cast::setting(plan::Openness::Public);
    let case = crate::cast::case(plan::Kind::CivilSupervision);
    let draw = plan::Draw {
        seed: Some("00ff".into()),
        pool: "aa".into(),
        size: 30,
        class: Some("law".into()),
        drawn: vec![text()],
        reason: None,
    };
    let place = plan::Place {
        seat: "a2".into(),
        capacity: procedure::Capacity::Agent,
        side: Some(procedure::Side::Applicant),
        acts_for: Some(seat()),
        chief_prosecutor: false,
    };
    vec![
        plan::Event::Registered {
            number: case.number,
            kind: case.kind,
            cause: case.cause,
            hearing,
            scheduled: Moment(1_796_691_600_000),
        }
        .into(),
        plan::Event::Outlined { summary: case.summary, issues: case.issues }.into(),
        plan::Event::Proposed { proposed: case.proposed }.into(),
        plan::Event::Placed(place).into(),
        plan::Event::Named { seat: seat(), name: text(), post: None }.into(),
        plan::Event::Unplaced { seat: seat() }.into(),
        plan::Event::Drawn(draw).into(),
        plan::Event::Approved { note: text() }.into(),
        plan::Event::ApprovalNoted { note: text() }.into(),
        plan::Event::Notified { reason: None }.into(),
        plan::Event::NoticeShortened { reason: text() }.into(),
        plan::Event::Published {}.into(),
        plan::Event::Declared { seat: seat() }.into(),
        plan::Event::Postponed { scheduled: Moment(1), reason: text() }.into(),
        plan::Event::Amended {
            hearing: crate::cast::setting(plan::Openness::Closed),
            scheduled: Moment(1),
            reason: text(),
        }
        .into(),
        plan::Event::DoorsClosed {}.into(),
    ]
}

fn roll_examples() -> Vec<Event> {
    vec![
        roll::Event::Arrived { seat: seat() }.into(),
        roll::Event::Admitted { seat: seat() }.into(),
        roll::Event::TurnedAway { seat: seat(), reason: text() }.into(),
        roll::Event::Left { seat: seat() }.into(),
        roll::Event::Removed { seat: seat(), reason: text() }.into(),
        roll::Event::AbsenceNoted { seat: seat(), reason: text() }.into(),
        roll::Event::Recused { seat: seat() }.into(),
        roll::Event::Lost { seat: seat(), since: Moment(1), again: false }.into(),
        roll::Event::Lost { seat: seat(), since: Moment(1), again: true }.into(),
        roll::Event::Regained { seat: seat(), away_ms: 8000 }.into(),
        roll::Event::DeputyNamed { seat: seat() }.into(),
        roll::Event::ChairTaken { seat: seat() }.into(),
        roll::Event::ChairReturned {}.into(),
        roll::Event::RemoteAnswered { seat: seat(), given: true }.into(),
    ]
}

fn course_examples() -> Vec<Event> {
    let waived = phase::Waived {
        reason: text(),
        lacking: vec![phase::Lacking::SideUnheard(procedure::Side::Applicant)],
    };
    vec![
        phase::Event::Opened {}.into(),
        phase::Event::Advanced { to: phase::Phase::Questions, waived: Some(waived) }.into(),
        phase::Event::Interrupted { kind: phase::BreakKind::Recess, reason: None }.into(),
        phase::Event::Resumed {}.into(),
        phase::Event::Cancelled { reason: text() }.into(),
        floor::Event::HandRaised { seat: seat() }.into(),
        floor::Event::HandLowered { seat: seat() }.into(),
        floor::Event::Given {
            seat: seat(),
            side: Some(procedure::Side::Respondent),
            seconds: 600,
            cut_off: false,
        }
        .into(),
        floor::Event::Extended { seconds: 120 }.into(),
        floor::Event::Ended { seat: seat(), why: floor::Ending::TimeOver }.into(),
    ]
}

fn speech_examples() -> Vec<Event> {
    let file = exhibit::Content::File {
        sha256: "ab".into(),
        size: 9,
        media_type: "application/pdf".into(),
        pages: 3,
    };
    let exhibit = exhibit::Exhibit { id: id(), number: 1, by: seat(), title: text(), content: file };
    let phase = phase::Phase::Statements;
    vec![
        statement::Event::Said { id: id(), speaker: seat(), phase, text: text() }.into(),
        statement::Event::Recorded { id: id(), speaker: None, phase, text: text() }.into(),
        question::Event::Asked { id: id(), by: "p1".into(), to: seat(), text: text() }.into(),
        question::Event::Put { id: id(), number: 1, by: "p1".into(), to: seat(), text: text() }.into(),
        question::Event::Disallowed { id: id(), reason: text() }.into(),
        question::Event::Answered { id: id(), answer: "c2".into(), number: 1, by: seat(), text: text() }
            .into(),
        question::Event::Lapsed { id: id(), number: Some(1) }.into(),
        exhibit::Event::Laid(exhibit.clone()).into(),
        exhibit::Event::ObjectedTo { number: 1, by: seat(), reason: text() }.into(),
        exhibit::Event::Excluded { number: 1, title: text(), reason: text() }.into(),
        exhibit::Event::Shown { exhibit, page: 2 }.into(),
        exhibit::Event::Hidden { number: 1 }.into(),
        motion::Event::Moved {
            id: id(),
            by: seat(),
            kind: motion::Kind::Recusal,
            text: text(),
            whom: Some("p1".into()),
        }
        .into(),
        motion::Event::Ruled {
            id: id(),
            kind: motion::Kind::Recusal,
            granted: true,
            reason: text(),
            by: None,
        }
        .into(),
    ]
}

fn panel_examples() -> Vec<Event> {
    let sheet = opinion::Sheet { position: opinion::Position::CannotSay, reason: text() };
    let sheets: opinion::Sheets = BTreeMap::from([("p1".into(), sheet.clone())]);
    let (issue, by) = ("i1".to_string(), SeatId::from("p1"));
    vec![
        procedure::hearing::deliberation::Event::Discussed { by: by.clone(), text: text() }.into(),
        opinion::Event::Filed { issue: issue.clone(), by: by.clone(), sheet: sheet.clone() }.into(),
        opinion::Event::Received { issue: issue.clone(), by: by.clone() }.into(),
        opinion::Event::Opened { issue: issue.clone(), sheets: sheets.clone() }.into(),
        opinion::Event::Changed { issue: issue.clone(), by: by.clone(), sheet }.into(),
        opinion::Event::SpeakerChosen { seat: by.clone() }.into(),
        opinion::Event::Delivered { id: id(), by, text: text() }.into(),
        opinion::Event::Released { sheets: BTreeMap::from([(issue, sheets)]) }.into(),
        decision::Event::Consented { reason: text() }.into(),
        decision::Event::Announced { id: id(), when: decision::When::Later, text: text(), reasons: text() }
            .into(),
        decision::Event::Answered { adopts_majority: false }.into(),
    ]
}

fn recording_examples() -> Vec<Event> {
    let segment = recording::Segment {
        seat: seat(),
        part: 1,
        number: 2,
        from: Moment(1_796_691_610_000),
        to: Moment(1_796_691_619_960),
        bytes: 1_048_576,
        sha256: "ab".into(),
    };
    vec![
        recording::Event::Recorded { segments: vec![segment] }.into(),
        recording::Event::SoundLost { seat: seat() }.into(),
        recording::Event::SoundBack { seat: seat() }.into(),
        recording::Event::Stalled { since: Moment(1_796_691_620_000) }.into(),
        recording::Event::Resumed {}.into(),
    ]
}

fn equipment_examples() -> Vec<Event> {
    let failed = vec![equipment::Trouble::NoCamera, equipment::Trouble::NotSmooth];
    let check =
        equipment::Check { failed, loss_permille: 12, round_trip_ms: 48, jitter_ms: 6, sends_kbps: 420 };
    vec![equipment::Event::Reported { seat: seat(), check }.into()]
}

fn shield_examples() -> Vec<Event> {
    vec![
        shield::Event::Shielded { seat: seat(), voice: true }.into(),
        shield::Event::Unshielded { seat: seat() }.into(),
        shield::Event::CutOff {}.into(),
        shield::Event::Restored {}.into(),
    ]
}

fn line_examples() -> Vec<Event> {
    vec![
        line::Event::Opened { seat: seat() }.into(),
        line::Event::Broken { seat: seat(), since: Moment(1_796_691_620_000) }.into(),
        line::Event::Restored { seat: seat(), away_ms: 8_000 }.into(),
        line::Event::Closed { seat: seat() }.into(),
        line::Event::Rated { seat: seat(), quality: line::Quality::Poor }.into(),
    ]
}

fn mediation_examples() -> Vec<Event> {
    let (with, seen_by) = (procedure::Side::Applicant, BTreeSet::from([seat(), "chair".into()]));
    vec![
        mediation::Event::Consented { seat: seat(), given: true }.into(),
        mediation::Event::Opened {}.into(),
        mediation::Event::Ended { outcome: mediation::Outcome::Agreed }.into(),
        mediation::Event::CaucusBegun { with, chair: "chair".into() }.into(),
        mediation::Event::CaucusEnded {}.into(),
        mediation::Event::Confided { by: seat(), with, text: text(), seen_by }.into(),
    ]
}

fn settlement_examples() -> Vec<Event> {
    let term =
        |amount, due: Option<&str>| settlement::Term { text: text(), amount, due: due.map(Into::into) };
    let terms = vec![term(Some(settlement::Fen(2_600_050)), Some("2026-12-31")), term(None, None)];
    let between = BTreeSet::from([seat(), "r1".into()]);
    let seen_by = BTreeSet::from([seat(), "chair".into(), "r1".into()]);
    let (id, by, side) = (id(), seat(), procedure::Side::Applicant);
    let (due, digest, amount) = (Moment(1_796_691_620_000), String::from("ab"), settlement::Fen(2_500_000));
    let told: Vec<settlement::Event> = vec![
        settlement::Event::Offered {
            id: id.clone(),
            by: by.clone(),
            to: settlement::Addressee::Respondent,
            terms: terms.clone(),
            seen_by: seen_by.clone(),
        },
        settlement::Event::OfferAnswered {
            id: id.clone(),
            by: by.clone(),
            accept: false,
            seen_by: seen_by.clone(),
        },
        settlement::Event::Proposed {
            id: id.clone(),
            by: "chair".into(),
            terms: terms.clone(),
            due,
            asked: between.clone(),
            seen_by: seen_by.clone(),
        },
        settlement::Event::ProposalAnswered {
            id: id.clone(),
            party: by.clone(),
            by: by.clone(),
            accept: true,
            seen_by: seen_by.clone(),
        },
        settlement::Event::ProposalAccepted { id: id.clone(), seen_by: seen_by.clone() },
        settlement::Event::ProposalLapsed { id: id.clone(), seen_by: seen_by.clone() },
        settlement::Event::BidMade { by: by.clone(), side, amount, seen_by: seen_by.clone() },
        settlement::Event::BidsMet { amount, seen_by: seen_by.clone() },
        settlement::Event::Drafted {
            id: id.clone(),
            by: by.clone(),
            terms: terms.clone(),
            between: between.clone(),
            digest: digest.clone(),
            seen_by: seen_by.clone(),
        },
        settlement::Event::Signed { id: id.clone(), party: by.clone(), by, digest: digest.clone(), seen_by },
        settlement::Event::Effective { id: id.clone(), between, digest },
        settlement::Event::TermsTold { id, terms },
    ];
    told.into_iter().map(Event::from).collect()
}

fn record_examples() -> Vec<Event> {
    vec![
        record::Event::CorrectionAsked { id: id(), by: seat(), line: 3, text: text(), reason: text() }.into(),
        record::Event::CorrectionRuled { id: id(), granted: true, reason: text() }.into(),
        record::Event::Corrected { line: 3, text: text(), by: seat(), reason: text() }.into(),
        record::Event::Signed { seat: seat(), digest: "ab".into() }.into(),
        record::Event::SignatureGiven { seat: seat(), by: seat(), digest: "ab".into(), way: drawn() }.into(),
        record::Event::RefusedToSign { seat: seat(), reason: text() }.into(),
        record::Event::Sealed { digest: "ab".into() }.into(),
    ]
}
