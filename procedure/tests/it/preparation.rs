//! Preparing a hearing: what comes next, and whom the office waits for.

use procedure::{
    Capacity, Office, Side,
    hearing::plan::{self, Step},
};

use crate::cast::{Court, case, seating, setting};

fn register(openness: plan::Openness) -> plan::Command {
    plan::Command::Register { case: case(plan::Kind::CivilSupervision), hearing: setting(openness) }
}

fn next(court: &Court) -> Option<Step> {
    court.hearing.plan.next_step(&court.rules)
}

#[test]
fn each_step_done_leads_to_the_next_and_names_whose_turn_it_is() {
    let mut court = Court::new();
    assert_eq!(next(&court), Some(Step::Register));
    court.office(Office::Handler, register(plan::Openness::Public)).unwrap();
    assert_eq!(next(&court), Some(Step::Panel));
    let draw = plan::Draw {
        seed: Some("ab".repeat(32)),
        pool: "cd".repeat(32),
        size: 9,
        class: None,
        drawn: vec!["买玉蕊".into()],
        reason: None,
    };
    court.office(Office::CaseManagement, plan::Command::Draw(draw)).unwrap();
    assert_eq!(next(&court), Some(Step::Seats));
    for (id, capacity, side) in [
        ("chair", Capacity::Chair, None),
        ("handler", Capacity::Handler, None),
        ("clerk", Capacity::Clerk, None),
        ("p1", Capacity::Panellist, None),
        ("p2", Capacity::Panellist, None),
    ] {
        court.office(Office::Handler, plan::Command::Seat(seating(id, capacity, side))).unwrap();
    }
    let lacking = court.hearing.plan.seats_lacking(&court.rules);
    assert_eq!(lacking, [(Capacity::Panellist, 1), (Capacity::Applicant, 1)]);
    for (id, capacity, side) in
        [("p3", Capacity::Panellist, None), ("r1", Capacity::Respondent, Some(Side::Respondent))]
    {
        court.office(Office::Handler, plan::Command::Seat(seating(id, capacity, side))).unwrap();
    }
    assert_eq!(next(&court), Some(Step::Approval));
    assert!(Step::Approval.is_for(Office::ChiefProsecutor) && !Step::Approval.is_for(Office::Handler));
    court.office(Office::ChiefProsecutor, plan::Command::Approve { note: String::new() }).unwrap();
    assert_eq!(next(&court), Some(Step::Notices));
    court.office(Office::Handler, plan::Command::Notify { reason: None }).unwrap();
    assert_eq!(next(&court), Some(Step::Publication));
    court.office(Office::Handler, plan::Command::Publish {}).unwrap();
    assert_eq!(next(&court), None);
}

#[test]
fn a_closed_hearing_waits_for_no_public_notice_and_a_new_day_for_new_notices() {
    let mut court = Court::planned(plan::Openness::Closed);
    assert_eq!(next(&court), None);
    let postpone = plan::Command::Postpone {
        scheduled: "2026-12-20T09:00:00+08:00".into(),
        reason: "申请人住院".into(),
    };
    court.office(Office::Handler, postpone).unwrap();
    assert_eq!(next(&court), Some(Step::Notices));
}

#[test]
fn every_step_names_its_article_and_somebody_who_may_do_it() {
    let court = Court::new();
    for step in Step::ALL {
        assert!(court.rules.articles.contains_key(step.article()), "{step:?}");
        assert!(step.is_for(step.post()), "{step:?}");
    }
}
