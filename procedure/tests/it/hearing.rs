//! A whole hearing from the plan to the sealed file, and the plan's own rules.

use procedure::{
    Capacity, Command, Office, Side,
    hearing::{phase::Phase, plan, record},
};

use crate::cast::{ARRIVE, CAST, Court, OPEN, admit, case, seating, setting};

#[test]
fn given_a_public_hearing_when_everybody_does_their_part_then_the_file_is_sealed_and_the_square_commutes() {
    let mut court = Court::at(plan::Openness::Public, Phase::Closed);
    court.does("clerk", Command::Record(record::Command::Seal {}));
    court.assert_square();
    assert!(court.hearing.record.sealed.is_some());
    court.refused("a1", ARRIVE, "record.sealed");
}

#[test]
fn a_case_that_must_be_closed_cannot_be_made_public() {
    let mut court = Court::new();
    let public = setting(plan::Openness::Public);
    let register = |kind, hearing| plan::Command::Register { case: case(kind), hearing };
    let refused =
        court.office(Office::Handler, register(plan::Kind::CustodyNecessity, public.clone())).unwrap_err();
    assert_eq!(refused.code(), "plan.must-be-closed");
    let grounded = plan::Setting { closed_because: Some(plan::ClosedBecause::Minor), ..public };
    let refused = court.office(Office::Handler, register(plan::Kind::Complaint, grounded)).unwrap_err();
    assert_eq!(refused.code(), "plan.public-has-ground");
    let groundless = plan::Setting { closed_because: None, ..setting(plan::Openness::Closed) };
    let refused = court.office(Office::Handler, register(plan::Kind::Complaint, groundless)).unwrap_err();
    assert_eq!(refused.code(), "plan.closed-needs-ground");
}

#[test]
fn seats_follow_the_rules_on_age_observers_agents_and_the_chief_prosecutor() {
    let mut court = Court::planned(plan::Openness::Closed);
    let seats = |court: &mut Court, seating| court.office(Office::Handler, plan::Command::Seat(seating));
    let observer = seating("o9", Capacity::Observer, None);
    assert_eq!(seats(&mut court, observer).unwrap_err().code(), "plan.no-observers-when-closed");
    let young = plan::Seating { age: Some(22), ..seating("p9", Capacity::Panellist, None) };
    assert_eq!(seats(&mut court, young).unwrap_err().code(), "plan.panellist-too-young");
    let lost = plan::Seating { acts_for: None, ..seating("a9", Capacity::Agent, None) };
    assert_eq!(seats(&mut court, lost).unwrap_err().code(), "plan.agent-for-nobody");
    let second = seating("c2", Capacity::Chair, None);
    assert_eq!(seats(&mut court, second).unwrap_err().code(), "plan.one-chair");
    let leads = plan::Seating { chief_prosecutor: true, ..seating("h2", Capacity::Handler, None) };
    assert_eq!(seats(&mut court, leads).unwrap_err().code(), "plan.leader-must-chair");
    for number in 5..=7 {
        seats(&mut court, seating(&format!("p{number}"), Capacity::Panellist, None)).unwrap();
    }
    let eighth = seating("p8", Capacity::Panellist, None);
    assert_eq!(seats(&mut court, eighth).unwrap_err().code(), "plan.panel-too-large");
    let bad = seating("P 1", Capacity::Witness, None);
    assert_eq!(seats(&mut court, bad).unwrap_err().code(), "plan.bad-seat-name");
}

#[test]
fn a_minor_as_party_closes_the_doors() {
    let mut court = Court::planned(plan::Openness::Public);
    let minor = plan::Seating { age: Some(16), ..seating("a9", Capacity::Applicant, Some(Side::Applicant)) };
    let refused = court.office(Office::Handler, plan::Command::Seat(minor)).unwrap_err();
    assert_eq!(refused.code(), "plan.minor-needs-closed");
}

#[test]
fn notice_is_counted_in_days_of_the_calendar_and_a_short_one_needs_its_reason() {
    let told = |on: &str, reason: Option<&str>| {
        let mut court = Court::new();
        let hearing = setting(plan::Openness::Public);
        court
            .office(Office::Handler, plan::Command::Register { case: case(plan::Kind::Complaint), hearing })
            .unwrap();
        court.office(Office::ChiefProsecutor, plan::Command::Approve { note: String::new() }).unwrap();
        court.now = procedure::Moment::parse(on).unwrap();
        court
            .office(Office::Handler, plan::Command::Notify { reason: reason.map(Into::into) })
            .map_err(|refusal| refusal.code())
            .map(|_| court.hearing.plan.short_notice)
    };
    // The hearing is on 8 December at 09:00. Late on the fifth is three days before, by the calendar.
    assert_eq!(told("2026-12-05T23:59:00+08:00", None), Ok(None));
    assert_eq!(told("2026-12-06T00:01:00+08:00", None), Err("plan.notice-too-late"));
    assert_eq!(told("2026-12-06T00:01:00+08:00", Some("各方同意")), Ok(Some("各方同意".into())));
    assert_eq!(told("2026-12-06T00:01:00+08:00", Some("  ")), Err("text.reason-needed"));
}

#[test]
fn only_the_chief_prosecutor_approves_and_nobody_comes_in_before() {
    let mut court = Court::new();
    let hearing = setting(plan::Openness::Public);
    let register = plan::Command::Register { case: case(plan::Kind::Complaint), hearing };
    assert_eq!(
        court.office(Office::Administrator, register.clone()).unwrap_err().code(),
        "plan.not-your-office"
    );
    court.office(Office::Handler, register).unwrap();
    court.office(Office::Handler, plan::Command::Seat(seating("chair", Capacity::Chair, None))).unwrap();
    let approve = plan::Command::Approve { note: String::new() };
    assert_eq!(court.office(Office::Handler, approve.clone()).unwrap_err().code(), "plan.chief-only");
    court.refused("chair", ARRIVE, "plan.not-approved");
    court.office(Office::ChiefProsecutor, approve).unwrap();
    court.refused("chair", ARRIVE, "plan.not-notified");
    court.office(Office::Handler, plan::Command::Notify { reason: None }).unwrap();
    court.refused("chair", ARRIVE, "plan.not-published");
    court.office(Office::Handler, plan::Command::Publish {}).unwrap();
    court.does("chair", ARRIVE);
}

#[test]
fn chair_and_clerk_enter_without_admission_everybody_else_waits_and_sees_nothing() {
    let mut court = Court::planned(plan::Openness::Public);
    court.does("chair", ARRIVE);
    court.does("clerk", ARRIVE);
    court.does("a1", ARRIVE);
    let seen = court.text_seen_by("a1");
    assert!(!seen.contains("NAME-r1") && !seen.contains("申请人在交通事故中"), "{seen}");
    assert!(seen.contains("NAME-a1"));
    court.refused("p1", ARRIVE, "plan.not-declared");
    court.does("clerk", admit("a1"));
    court.does("clerk", admit("a1"));
    assert!(court.text_seen_by("a1").contains("NAME-r1"));
    court.refused("chair", OPEN, "phase.lacking-panel");
    court.assert_square();
}

#[test]
fn a_closed_hearing_needs_its_smallest_panel_clerk_and_chair_before_it_opens() {
    let mut court = Court::planned(plan::Openness::Closed);
    court.does("chair", ARRIVE);
    court.refused("chair", OPEN, "phase.lacking-seat");
    court.does("clerk", ARRIVE);
    for (id, capacity, _) in CAST.iter().filter(|(_, capacity, _)| *capacity == Capacity::Panellist).take(3) {
        assert_eq!(*capacity, Capacity::Panellist);
        court.does(id, Command::Plan(plan::Command::Declare {}));
        court.does(id, ARRIVE);
        court.does("clerk", admit(id));
    }
    court.refused("p1", OPEN, "seat.chair-only");
    court.does("chair", OPEN);
}
