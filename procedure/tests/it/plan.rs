//! The plan: what may be registered, who may be given a seat, how many days before people are told, and what must be
//! approved again (Arts. 4, 5, 7, 10, 13).

use procedure::{
    Capacity, Command, Moment, Office, Refusal, Side,
    hearing::{
        phase::{self, Phase},
        plan::{self, ClosedBecause, Kind, Mode, Openness},
    },
};

use crate::cast::{APPROVE, ARRIVE, Court, NOTIFY, OPEN, case, seat, seating, setting};

fn code<T>(result: Result<T, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "done")
}

fn registers(kind: Kind, hearing: plan::Setting) -> &'static str {
    code(Court::new().office(Office::Handler, plan::Command::Register { case: case(kind), hearing }))
}

fn amends(court: &mut Court, hearing: plan::Setting) -> &'static str {
    code(court.office(Office::Handler, plan::Command::Amend { hearing, reason: "更换场所".into() }))
}

#[test]
fn a_case_that_must_be_closed_cannot_be_made_public() {
    let (public, closed) = (setting(Openness::Public), setting(Openness::Closed));
    for kind in [Kind::CustodyNecessity, Kind::ArrestReview] {
        assert_eq!(registers(kind, public.clone()), "plan.must-be-closed");
        assert_eq!(registers(kind, closed.clone()), "done");
    }
    for ground in [ClosedBecause::Minor, ClosedBecause::StateSecret, ClosedBecause::Privacy] {
        let grounded = plan::Setting { closed_because: Some(ground), ..public.clone() };
        assert_eq!(registers(Kind::Complaint, grounded), "plan.public-has-ground");
    }
    let groundless = plan::Setting { closed_because: None, ..closed.clone() };
    assert_eq!(registers(Kind::Complaint, groundless), "plan.closed-needs-ground");
    let mut court = Court::registered(closed);
    assert_eq!(amends(&mut court, public), "plan.closed-stays-closed");
}

#[test]
fn every_mode_can_be_registered_but_a_state_secret_is_not_heard_remotely() {
    for mode in [Mode::Ordinary, Mode::Simple, Mode::Doorstep, Mode::Remote] {
        assert_eq!(registers(Kind::Complaint, plan::Setting { mode, ..setting(Openness::Public) }), "done");
    }
    let secret = |mode| plan::Setting {
        mode,
        closed_because: Some(ClosedBecause::StateSecret),
        ..setting(Openness::Closed)
    };
    assert_eq!(registers(Kind::PublicInterest, secret(Mode::Ordinary)), "done");
    assert_eq!(registers(Kind::PublicInterest, secret(Mode::Remote)), "plan.never-remote");
}

#[test]
fn a_plan_that_says_nothing_or_the_same_twice_is_not_registered() {
    let whole = case(Kind::Complaint);
    let tries = |case| {
        let hearing = setting(Openness::Public);
        code(Court::new().office(Office::Handler, plan::Command::Register { case, hearing }))
    };
    let nothing = plan::Case { issues: Vec::new(), proposed: [].into(), ..whole.clone() };
    assert_eq!(tries(nothing), "plan.no-issues");
    let twice = vec![whole.issues[0].clone(), whole.issues[0].clone()];
    assert_eq!(tries(plan::Case { issues: twice, ..whole.clone() }), "plan.issue-twice");
    let stray = [("i9".to_string(), "另行处理".to_string())].into();
    assert_eq!(tries(plan::Case { proposed: stray, ..whole.clone() }), "plan.issue-unknown");
    assert_eq!(tries(plan::Case { number: " ".into(), ..whole }), "text.empty");
    let hearing = |change: fn(&mut plan::Setting)| {
        let mut hearing = setting(Openness::Public);
        change(&mut hearing);
        registers(Kind::Complaint, hearing)
    };
    assert_eq!(hearing(|hearing| hearing.turn_seconds = 0), "plan.turn-too-long");
    assert_eq!(hearing(|hearing| hearing.turn_seconds = u32::MAX), "plan.turn-too-long");
    assert_eq!(hearing(|hearing| hearing.scheduled = "明天上午".into()), "plan.time-unreadable");
    assert_eq!(hearing(|hearing| hearing.scheduled = "9".repeat(400)), "plan.time-unreadable");
    assert_eq!(hearing(|hearing| hearing.place.clear()), "text.empty");
    let mut court = Court::registered(setting(Openness::Public));
    let again = plan::Command::Register { case: case(Kind::Complaint), hearing: setting(Openness::Public) };
    assert_eq!(code(court.office(Office::Handler, again)), "plan.already-registered");
}

#[test]
fn seats_follow_the_rules_on_observers_agents_ids_and_their_number() {
    let mut court = Court::planned(Openness::Closed);
    let mut tries = |seating| code(court.seats(seating));
    assert_eq!(tries(seating("o9", Capacity::Observer, None)), "plan.no-observers-when-closed");
    for acts_for in [None, Some(seat("nobody")), Some(seat("w1")), Some(seat("a2"))] {
        let lost = plan::Seating { acts_for, ..seating("a9", Capacity::Agent, None) };
        assert_eq!(tries(lost), "plan.agent-for-nobody");
    }
    assert_eq!(tries(seating("c2", Capacity::Chair, None)), "plan.one-chair");
    assert_eq!(tries(seating("k2", Capacity::Clerk, None)), "plan.one-clerk");
    assert_eq!(tries(seating("a1", Capacity::Witness, None)), "plan.seat-taken");
    for id in ["P 1", "", "证人", "a.b", &"x".repeat(41)] {
        assert_eq!(tries(seating(id, Capacity::Witness, None)), "plan.bad-seat-name", "{id}");
    }
    let nameless = plan::Seating { name: "  ".into(), ..seating("w9", Capacity::Witness, None) };
    assert_eq!(tries(nameless), "text.empty");
    for number in 5..=7 {
        assert_eq!(tries(seating(&format!("p{number}"), Capacity::Panellist, None)), "done");
    }
    assert_eq!(tries(seating("p8", Capacity::Panellist, None)), "plan.panel-too-large");
    court.rules.seats_max = court.hearing.plan.places.len();
    assert_eq!(code(court.seats(seating("w9", Capacity::Witness, None))), "plan.too-many-seats");
}

#[test]
fn a_side_follows_from_what_somebody_is_and_whom_they_speak_for() {
    let mut court = Court::seated(setting(Openness::Public));
    let sideless = |id, capacity| seating(id, capacity, None);
    court.seats(sideless("a8", Capacity::Applicant)).unwrap();
    court.seats(sideless("r8", Capacity::Respondent)).unwrap();
    court.seats(sideless("t8", Capacity::ThirdParty)).unwrap();
    court.seats(seating("w8", Capacity::Witness, Some(Side::Applicant))).unwrap();
    let side = |id: &str| court.hearing.plan.side(&seat(id));
    assert_eq!((side("a8"), side("r8")), (Some(Side::Applicant), Some(Side::Respondent)));
    assert_eq!((side("a2"), side("t1")), (Some(Side::Applicant), Some(Side::Respondent)));
    assert_eq!((side("t8"), side("w8")), (None, None), "a witness is nobody's");
    let across = seating("a9", Capacity::Applicant, Some(Side::Respondent));
    assert_eq!(code(court.seats(across)), "plan.wrong-side");
    let across = seating("a9", Capacity::Agent, Some(Side::Respondent));
    assert_eq!(code(court.seats(across)), "plan.wrong-side", "its party is the applicant");
}

#[test]
fn a_leader_who_handles_the_case_must_chair() {
    let mut court = Court::registered(setting(Openness::Public));
    let handler = seating("h1", Capacity::Handler, None);
    let chief = plan::Seating { chief_prosecutor: true, ..handler.clone() };
    let head = plan::Seating { department_head: true, ..handler.clone() };
    assert_eq!(code(court.seats(chief.clone())), "plan.leader-must-chair");
    assert_eq!(code(court.seats(head)), "plan.leader-must-chair");
    let presides = plan::Seating { id: seat("c1"), capacity: Capacity::Chair, ..chief };
    assert_eq!(code(court.seats(presides)), "done");
    assert_eq!(code(court.seats(handler)), "done");
}

#[test]
fn a_panellist_is_old_enough_and_a_minor_as_party_closes_the_doors() {
    let aged = |age, capacity, openness| {
        let mut court = Court::seated(setting(openness));
        code(court.seats(plan::Seating { age, ..seating("x9", capacity, None) }))
    };
    assert_eq!(aged(Some(22), Capacity::Panellist, Openness::Public), "plan.panellist-too-young");
    assert_eq!(aged(Some(23), Capacity::Panellist, Openness::Public), "done");
    for party in [Capacity::Applicant, Capacity::Respondent, Capacity::ThirdParty] {
        assert_eq!(aged(Some(17), party, Openness::Public), "plan.minor-needs-closed");
        assert_eq!(aged(Some(17), party, Openness::Closed), "done");
        assert_eq!(aged(Some(18), party, Openness::Public), "done");
        assert_eq!(aged(None, party, Openness::Public), "done");
    }
    assert_eq!(aged(Some(17), Capacity::Witness, Openness::Public), "done", "a witness is no party");
    // A minor who is found only now: the plan is amended, and approved again.
    let mut court = Court::planned(Openness::Public);
    let minor = plan::Seating { age: Some(16), ..seating("a9", Capacity::Applicant, None) };
    assert_eq!(code(court.seats(minor.clone())), "plan.minor-needs-closed");
    assert_eq!(amends(&mut court, setting(Openness::Closed)), "done");
    assert_eq!(code(court.seats(minor)), "done");
    court.refused("o1", ARRIVE, "plan.not-approved");
    court.made_ready();
    court.refused("o1", ARRIVE, "plan.no-observers-when-closed");
    court.assert_square();
}

#[test]
fn a_hearing_opens_with_the_smallest_panel_of_its_mode_and_not_below() {
    for (mode, smallest) in [(Mode::Ordinary, 3), (Mode::Remote, 3), (Mode::Simple, 2), (Mode::Doorstep, 2)] {
        let mut court = Court::seated(plan::Setting { mode, ..setting(Openness::Public) });
        court.made_ready();
        court.does("chair", ARRIVE);
        court.refused("chair", OPEN, "phase.lacking-seat");
        court.does("clerk", ARRIVE);
        for number in 1..=smallest {
            court.refused("chair", OPEN, "phase.lacking-panel");
            court.comes_in(&format!("p{number}"));
        }
        court.refused("p1", OPEN, "seat.chair-only");
        court.does("chair", OPEN);
        court.refused("chair", OPEN, "phase.already-open");
    }
}

/// What becomes of telling the participants at that moment of a hearing on 2 March 2027 at seven in the morning, when
/// it is still the day before in Greenwich.
fn told(at: &str, reason: Option<&str>, clear: bool) -> Result<Option<String>, &'static str> {
    let scheduled = "2027-03-02T07:00:00+08:00".into();
    let mut court = Court::seated(plan::Setting { scheduled, ..setting(Openness::Public) });
    court.office(Office::ChiefProsecutor, APPROVE).unwrap();
    court.rules.notice_clear_days = clear;
    court.now = Moment::parse(at).unwrap();
    court
        .office(Office::Handler, plan::Command::Notify { reason: reason.map(Into::into) })
        .map_err(|refusal| refusal.code())?;
    court.assert_square();
    for outside in ["a1", "o1", "p1"] {
        let seen = court.text_seen_by(outside);
        assert!(!reason.is_some_and(|reason| seen.contains(reason)), "{outside} reads the office's reason");
    }
    Ok(court.hearing.plan.short_notice)
}

#[test]
fn notice_is_three_days_by_the_offices_calendar_and_a_short_one_needs_its_reason() {
    // 27 February, the 28th, 1 March: a day is a day, whatever the hour, the month or the time elsewhere.
    assert_eq!(told("2027-02-27T23:59:59+08:00", None, false), Ok(None));
    assert_eq!(told("2027-02-27T15:59:59Z", None, false), Ok(None));
    assert_eq!(told("2027-02-28T00:00:00+08:00", None, false), Err("plan.notice-too-late"));
    assert_eq!(told("2027-02-27T16:00:00Z", None, false), Err("plan.notice-too-late"));
    assert_eq!(told("2027-02-28T00:01:00+08:00", Some("各方同意"), false), Ok(Some("各方同意".into())));
    assert_eq!(told("2027-02-28T00:01:00+08:00", Some("  "), false), Err("text.reason-needed"));
    assert_eq!(told("2027-02-20T09:00:00+08:00", Some("用不着"), false), Ok(None));
    // Where an office counts clear days, one more is needed.
    assert_eq!(told("2027-02-27T09:00:00+08:00", None, true), Err("plan.notice-too-late"));
    assert_eq!(told("2027-02-26T09:00:00+08:00", None, true), Ok(None));
}

#[test]
fn the_notice_names_chair_and_panel_so_they_are_seated_first() {
    let mut court = Court::registered(setting(Openness::Public));
    assert_eq!(code(court.office(Office::Handler, NOTIFY)), "plan.not-approved");
    court.office(Office::ChiefProsecutor, APPROVE).unwrap();
    assert_eq!(code(court.office(Office::Handler, NOTIFY)), "plan.nobody-to-name");
    court.seats(seating("p1", Capacity::Panellist, None)).unwrap();
    assert_eq!(code(court.office(Office::Handler, NOTIFY)), "plan.nobody-to-name");
    court.seats(seating("chair", Capacity::Chair, None)).unwrap();
    assert_eq!(code(court.office(Office::Handler, NOTIFY)), "done");
}

#[test]
fn only_the_chief_prosecutor_approves_and_nobody_comes_in_before_all_is_done() {
    let mut court = Court::seated(setting(Openness::Public));
    let register =
        plan::Command::Register { case: case(Kind::Complaint), hearing: setting(Openness::Public) };
    assert_eq!(code(Court::new().office(Office::Administrator, register)), "plan.not-your-office");
    for office in [Office::Leader, Office::DepartmentHead, Office::Handler, Office::Administrator] {
        assert_eq!(code(court.office(office, APPROVE)), "plan.chief-only");
    }
    court.refused("chair", Command::Plan(APPROVE), "plan.not-your-office");
    court.refused("chair", ARRIVE, "plan.not-approved");
    let note = "REMARK-OF-THE-CHIEF".to_string();
    court.office(Office::ChiefProsecutor, plan::Command::Approve { note }).unwrap();
    assert_eq!(code(court.office(Office::ChiefProsecutor, APPROVE)), "plan.already-approved");
    court.refused("chair", ARRIVE, "plan.not-notified");
    court.office(Office::Handler, NOTIFY).unwrap();
    court.refused("chair", ARRIVE, "plan.not-published");
    court.office(Office::Handler, plan::Command::Publish {}).unwrap();
    court.refused("p1", ARRIVE, "plan.not-declared");
    for who in ["chair", "clerk", "p1", "a1"] {
        if who != "chair" && who != "clerk" {
            court.comes_in(who);
        } else {
            court.does(who, ARRIVE);
        }
        let office = who == "chair" || who == "clerk";
        assert_eq!(court.text_seen_by(who).contains("REMARK-OF-THE-CHIEF"), office, "{who}");
    }
    court.assert_square();
}

#[test]
fn only_a_panellist_declares_and_a_closed_hearing_has_no_notice() {
    let mut court = Court::planned(Openness::Closed);
    court.refused("a1", Command::Plan(plan::Command::Declare {}), "seat.panel-only");
    court.does("p1", Command::Plan(plan::Command::Declare {}));
    court.does("p1", Command::Plan(plan::Command::Declare {}));
    assert_eq!(court.hearing.plan.declared.len(), 1);
    assert_eq!(code(court.office(Office::Handler, plan::Command::Publish {})), "plan.no-notice-when-closed");
}

#[test]
fn a_postponed_hearing_is_told_and_published_anew() {
    let mut court = Court::planned(Openness::Public);
    for who in ["chair", "clerk"] {
        court.does(who, ARRIVE);
    }
    for who in ["p1", "p2", "p3"] {
        court.comes_in(who);
    }
    let postpone = |scheduled: &str| plan::Command::Postpone {
        scheduled: scheduled.into(),
        reason: "申请人住院".into(),
    };
    assert_eq!(code(court.office(Office::Handler, postpone("2026-11-30T09:00:00+08:00"))), "plan.time-past");
    assert_eq!(code(court.office(Office::Handler, postpone("下周"))), "plan.time-unreadable");
    assert_eq!(
        code(court.office(Office::Petition, postpone("2026-12-15T09:00:00+08:00"))),
        "plan.not-your-office"
    );
    court.office(Office::Handler, postpone("2026-12-15T09:00:00+08:00")).unwrap();
    court.refused("chair", OPEN, "plan.not-notified");
    court.now = Moment::parse("2026-12-13T09:00:00+08:00").unwrap();
    assert_eq!(code(court.office(Office::Handler, NOTIFY)), "plan.notice-too-late");
    let reason = Some("各方同意".into());
    court.office(Office::Handler, plan::Command::Notify { reason }).unwrap();
    court.refused("chair", OPEN, "plan.not-published");
    court.office(Office::Handler, plan::Command::Publish {}).unwrap();
    court.does("chair", OPEN);
    let late = court.office(Office::Handler, postpone("2026-12-20T09:00:00+08:00"));
    assert_eq!(code(late), "phase.only-in-waiting");
    court.assert_square();
}

#[test]
fn an_amended_plan_is_approved_again_and_an_open_hearing_is_not_amended() {
    let mut court = Court::planned(Openness::Public);
    court.does("clerk", ARRIVE);
    for who in ["chair", "p1", "p2", "p3"] {
        court.comes_in(who);
    }
    let moved = plan::Setting { place: "区人民检察院".into(), ..setting(Openness::Public) };
    assert_eq!(amends(&mut court, plan::Setting { place: String::new(), ..moved.clone() }), "text.empty");
    assert_eq!(amends(&mut court, moved.clone()), "done");
    assert_eq!(court.hearing.plan.registered.as_ref().unwrap().hearing.place, "区人民检察院");
    court.refused("chair", OPEN, "plan.not-approved");
    court.office(Office::ChiefProsecutor, APPROVE).unwrap();
    court.refused("chair", OPEN, "plan.not-notified");
    court.office(Office::Handler, NOTIFY).unwrap();
    court.refused("chair", OPEN, "plan.not-published");
    court.office(Office::Handler, plan::Command::Publish {}).unwrap();
    court.does("chair", OPEN);
    assert_eq!(amends(&mut court, moved), "phase.only-in-waiting");
    court.assert_square();
}

#[test]
fn what_the_office_proposes_is_for_the_panel_and_the_office() {
    let court = Court::at(Openness::Public, Phase::Introduction);
    for seat in court.everybody() {
        let capacity = court.hearing.plan.capacity(&seat).unwrap();
        let within = capacity.is_office() || capacity == Capacity::Panellist;
        assert_eq!(court.text_seen_by(&seat.0).contains("PROPOSED-1"), within, "{seat}");
    }
}

#[test]
fn a_draw_can_be_checked_and_is_for_those_who_take_part() {
    let mut court = Court::at(Openness::Public, Phase::RollCall);
    let drawn = plan::Draw {
        seed: Some("0f".repeat(32)),
        pool: "a1".repeat(32),
        size: 30,
        class: Some("法律".into()),
        drawn: vec!["DRAWN-NAME".into()],
        reason: None,
    };
    let mut tries = |draw, office| code(court.office(office, plan::Command::Draw(draw)));
    let bad = [
        plan::Draw { seed: Some("0f".into()), ..drawn.clone() },
        plan::Draw { pool: "名册".into(), ..drawn.clone() },
        plan::Draw { drawn: Vec::new(), ..drawn.clone() },
        plan::Draw { drawn: vec!["甲".into(); 201], size: 1000, ..drawn.clone() },
        plan::Draw { size: 0, ..drawn.clone() },
    ];
    for draw in bad {
        assert_eq!(tries(draw, Office::Handler), "plan.draw-unreadable");
    }
    let named = plan::Draw { seed: None, ..drawn.clone() };
    assert_eq!(tries(named.clone(), Office::Handler), "text.reason-needed");
    assert_eq!(tries(plan::Draw { reason: Some("专业需要".into()), ..named }, Office::Handler), "done");
    assert_eq!(tries(drawn.clone(), Office::Petition), "plan.not-your-office");
    assert_eq!(tries(drawn, Office::CaseManagement), "done");
    assert!(court.text_seen_by("a1").contains("DRAWN-NAME"));
    assert!(!court.text_seen_by("o1").contains("DRAWN-NAME"), "the gallery knows the names of the notice");
    court.assert_square();
}

#[test]
fn a_seat_is_taken_back_only_while_the_roll_does_not_speak_of_it() {
    let mut court = Court::planned(Openness::Public);
    let unseat = |id: &str| plan::Command::Unseat { seat: seat(id) };
    assert_eq!(code(court.office(Office::Handler, unseat("x9"))), "seat.unknown");
    assert_eq!(code(court.office(Office::Handler, unseat("w1"))), "done");
    court.refused("w1", ARRIVE, "seat.unknown");
    court.does("chair", ARRIVE);
    assert_eq!(code(court.office(Office::Handler, unseat("chair"))), "plan.seat-on-roll");
    court.assert_square();
}

#[test]
fn a_hearing_is_called_off_only_before_it_opens() {
    let cancel = || Command::Phase(phase::Command::Cancel { reason: "当事人撤回申请".into() });
    let mut court = Court::planned(Openness::Public);
    court.does("chair", ARRIVE);
    court.refused(
        "chair",
        Command::Phase(phase::Command::Cancel { reason: String::new() }),
        "text.reason-needed",
    );
    court.refused("a1", cancel(), "roll.not-admitted");
    court.does("chair", cancel());
    assert!(court.text_seen_by("a1").contains("当事人撤回申请"), "whoever was invited is told");
    court.refused("chair", OPEN, "phase.ended");
    court.refused("p1", ARRIVE, "phase.ended");
    court.assert_square();
    let mut court = Court::at(Openness::Public, Phase::RollCall);
    court.refused("chair", cancel(), "phase.already-open");
}
