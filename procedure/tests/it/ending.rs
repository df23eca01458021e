//! Whatever has happened, an office that wants to can bring a hearing to its end: nothing gets stuck.

use procedure::{
    By, Capacity, Command, Office, SeatId,
    hearing::{mediation, phase, phase::Phase, plan, record, roll, roll::Standing},
};

use crate::{
    cast::{APPROVE, ARRIVE, Court, OPEN, advance, choose, deliver, seat, seating, waive},
    tries::{decide, opine},
};

/// Leads a hearing from wherever it is to the sealed file, by means that the rules allow.
pub(crate) fn bring_to_its_end(court: &mut Court) {
    for turn in 0.. {
        assert!(turn < 60, "the hearing does not end: {:?}", court.hearing.phase);
        staffed(court);
        if court.hearing.phase.interrupted.is_some() && court.hearing.phase.current < Phase::Closed {
            chairs(court, Command::Phase(phase::Command::Resume {}));
        }
        if court.hearing.mediation.open.is_some() {
            chairs(court, Command::Mediation(mediation::Command::End { outcome: None }));
        }
        match court.hearing.phase.current {
            Phase::Closed => break,
            Phase::Waiting => opens(court),
            here => ends(court, here),
        }
    }
    let clerk = present(court, Capacity::Clerk).unwrap();
    court.does(&clerk.0, Command::Record(record::Command::Seal {}));
}

fn chairs(court: &mut Court, command: Command) {
    let chair = court.hearing.presiding().cloned().unwrap();
    court.does(&chair.0, command);
}

fn present(court: &Court, capacity: Capacity) -> Option<SeatId> {
    court.hearing.plan.seats_of(capacity).find(|seat| court.hearing.roll.is_present(seat)).cloned()
}

/// A chair and a clerk who are here: those who can still come, or others.
fn staffed(court: &mut Court) {
    ready(court);
    for capacity in [Capacity::Chair, Capacity::Clerk] {
        if present(court, capacity).is_none() {
            let left = available(court, capacity);
            let who = left.unwrap_or_else(|| seated(court, capacity));
            court.does(&who.0, ARRIVE);
        }
    }
}

fn ready(court: &mut Court) {
    let ready = |court: &Court| court.hearing.plan.ready().is_ok();
    if ready(court) {
        return;
    }
    let _ = court.office(Office::ChiefProsecutor, APPROVE);
    let reason = Some("尽快召开".into());
    for capacity in [Capacity::Chair, Capacity::Panellist] {
        if court.hearing.plan.seat_of(capacity).is_none() {
            seated(court, capacity);
        }
    }
    court.office(Office::Handler, plan::Command::Notify { reason }).unwrap();
    if court.hearing.plan.is_public() {
        court.office(Office::Handler, plan::Command::Publish {}).unwrap();
    }
    assert!(ready(court));
}

fn available(court: &Court, capacity: Capacity) -> Option<SeatId> {
    let waits =
        |seat: &&SeatId| matches!(court.hearing.roll.standing(seat), Standing::Expected | Standing::Waiting);
    court.hearing.plan.seats_of(capacity).find(waits).cloned()
}

fn seated(court: &mut Court, capacity: Capacity) -> SeatId {
    let id = format!("z{}", court.hearing.plan.places.len());
    court.seats(seating(&id, capacity, None)).unwrap();
    seat(&id)
}

/// A panel of three, of those who can still come, or of others.
fn panelled(court: &mut Court) {
    let clerk = present(court, Capacity::Clerk).unwrap();
    while court.hearing.sitting_panel().count() < 3 {
        let who = available(court, Capacity::Panellist).unwrap_or_else(|| seated(court, Capacity::Panellist));
        court.does(&who.0, Command::Plan(plan::Command::Declare {}));
        court.does(&who.0, ARRIVE);
        court.does(&clerk.0, crate::cast::admit(&who.0));
    }
}

fn opens(court: &mut Court) {
    panelled(court);
    let refuses: Vec<SeatId> = court
        .hearing
        .roll
        .entries
        .iter()
        .filter(|(_, entry)| entry.standing == Standing::Present && entry.remote == Some(false))
        .map(|(seat, _)| seat.clone())
        .collect();
    for who in refuses {
        court.does(&who.0, Command::Roll(roll::Command::AnswerRemote { given: true }));
    }
    chairs(court, OPEN);
}

fn ends(court: &mut Court, here: Phase) {
    let panel: Vec<SeatId> = court.hearing.sitting_panel().cloned().collect();
    match here {
        Phase::Deliberation if panel.is_empty() => {
            chairs(court, waive(Phase::Questions, "听证员全部离席，另行安排"));
            panelled(court);
            return;
        }
        Phase::Deliberation => {
            for panellist in &panel {
                for issue in ["i1", "i2"] {
                    let sheet = opine(court, panellist, issue, 0);
                    court.does(&panellist.0, sheet);
                }
            }
            court.does(&panel[0].0, choose(&panel[0].0));
        }
        Phase::Opinion if court.hearing.opinion.delivered.is_none() && !panel.is_empty() => {
            court.does(&panel[0].0, choose(&panel[0].0));
            court.does(&panel[0].0, deliver("一致同意"));
        }
        Phase::Summary if court.hearing.decision.announced.is_none() => chairs(court, decide(true, true)),
        Phase::Signing => {
            let open: Vec<_> =
                court.hearing.record.open_corrections().map(|asked| asked.id.clone()).collect();
            for of in open {
                let rule = record::Command::RuleCorrection { of, granted: true, reason: "准许".into() };
                chairs(court, Command::Record(rule));
            }
        }
        _ => {}
    }
    let next = here.next().unwrap();
    let by = By::Seat(court.hearing.presiding().cloned().unwrap());
    if court.acts(by, advance(next)).is_err() {
        chairs(court, waive(next, "无法进行，予以说明"));
    }
}
