//! The equipment check: whoever may speak can have tried its camera and microphone before, and who leads the hearing knows.

use procedure::{
    Capacity, Command, Refusal,
    hearing::{
        equipment::{Check, Command as Equipment, Trouble, Verdict},
        phase,
        phase::Phase,
        plan::Openness,
    },
};

use crate::cast::{CAST, Court, LEAVE, seat, setting};

fn report(failed: &[Trouble]) -> Command {
    let check =
        Check { failed: failed.into(), loss_permille: 4, round_trip_ms: 60, jitter_ms: 8, sends_kbps: 380 };
    Command::Equipment(Equipment::Report { check })
}

#[test]
fn whoever_may_speak_can_check_before_the_hearing_and_whoever_watches_need_not() {
    // Given a hearing for which people were seated, and nobody has come yet
    let mut court = Court::seated(setting(Openness::Public));
    for (name, capacity, _) in CAST {
        // When each reports, then it is kept, but for those who only watch
        let done = court.tries(name, report(&[]));
        match capacity {
            Capacity::Observer => assert_eq!(done.unwrap_err(), Refusal::NothingToCheck, "{name}"),
            _ => assert!(done.is_ok(), "{name}"),
        }
    }
    court.assert_square();
}

#[test]
fn the_last_check_counts_and_is_known_to_those_who_lead_the_hearing_and_to_the_seat_itself() {
    let mut court = Court::at(Openness::Public, Phase::RollCall);
    // Given a party that had no microphone and then found one
    court.tries("a1", report(&[Trouble::NoMicrophone])).unwrap();
    court.tries("a1", report(&[])).unwrap();
    for (name, capacity, _) in CAST {
        let view = court.hearing.disclosed_to(&court.hearing.viewer(&seat(name)));
        let known = view.equipment.of(&seat("a1"));
        // Then chair, handler and clerk know, and the party, and nobody else
        assert_eq!(known.is_some(), capacity.is_office() || *name == "a1", "{name}");
        if let Some(known) = known {
            assert_eq!((known.times, known.check.verdict()), (2, Verdict::Good));
        }
    }
    // And the record of what was said does not speak of it
    assert!(!court.hearing.record.lines.iter().any(|line| format!("{:?}", line.said).contains("icrophone")));
    court.assert_square();
}

#[test]
fn nobody_gets_its_own_sound_back_in_a_hearing_in_session_and_everybody_does_in_a_break() {
    let may = |court: &Court, name: &str| court.hearing.may_check(&seat(name));
    let before = Court::seated(setting(Openness::Public));
    assert_eq!(may(&before, "a1"), Ok(()), "days ahead, and nobody has been let in");
    let mut court = Court::at(Openness::Public, Phase::Statements);
    assert_eq!(may(&court, "a1"), Err(Refusal::CheckNotNow));
    assert_eq!(may(&court, "o1"), Err(Refusal::NothingToCheck));
    assert_eq!(may(&court, "nobody"), Err(Refusal::NotASeat));
    court.tries("chair", Command::Phase(phase::Command::Recess { reason: None })).unwrap();
    assert_eq!(may(&court, "a1"), Ok(()));
    court.tries("chair", Command::Phase(phase::Command::Resume {})).unwrap();
    court.tries("w1", LEAVE).unwrap();
    assert_eq!(may(&court, "w1"), Err(Refusal::HasLeft));
    let closed = Court::at(Openness::Public, Phase::Closed);
    assert_eq!(may(&closed, "a1"), Err(Refusal::Closed));
}

#[test]
fn numbers_that_cannot_be_and_checks_without_end_are_not_kept() {
    let mut court = Court::seated(setting(Openness::Public));
    let odd = [
        Check { loss_permille: 1_001, ..Check::default() },
        Check { round_trip_ms: 100_001, ..Check::default() },
        Check { failed: [Trouble::Busy, Trouble::Busy].into(), ..Check::default() },
    ];
    for check in odd {
        let command = Command::Equipment(Equipment::Report { check });
        assert_eq!(court.tries("a1", command).unwrap_err(), Refusal::CheckUnsound);
    }
    for _ in 0..50 {
        court.tries("a1", report(&[])).unwrap();
    }
    assert_eq!(court.tries("a1", report(&[])).unwrap_err(), Refusal::TooManyChecks);
    assert!(court.tries("a2", report(&[])).is_ok(), "each seat for itself");
}
