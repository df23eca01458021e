//! Whether somebody may come in, be let in, leave, be sent out, or take the chair.

use alloc::vec::Vec;

use super::{Command, Event, Roll, Standing};
use crate::{
    hearing::{Act, Event as HearingEvent, Hearing, opinion},
    moment::Moment,
    refusal::Refusal,
    seat::{By, Capacity, SeatId},
};

pub(in crate::hearing) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let roll = &hearing.roll;
    let events = match command {
        Command::Arrive {} => arrive(hearing, act)?,
        Command::Admit { seat } => {
            hearing.clerk_or_chair(act)?;
            admit(hearing, seat)?
        }
        Command::TurnAway { seat, reason } => {
            hearing.clerk_or_chair(act)?;
            if roll.standing(&seat) != Standing::Waiting {
                return Err(Refusal::NotWaiting);
            }
            alloc::vec![Event::TurnedAway { seat, reason: act.reason(&reason)? }]
        }
        Command::Leave {} => leave(hearing, act)?,
        Command::Remove { seat, reason } => {
            let chair = hearing.chair(act)?;
            if &seat == chair {
                return Err(Refusal::NotYourPart);
            }
            roll.require_present(&seat)?;
            alloc::vec![Event::Removed { seat, reason: act.reason(&reason)? }]
        }
        Command::NoteAbsence { seat, reason } => {
            hearing.clerk_or_chair(act)?;
            note_absence(hearing, seat, &reason, act)?
        }
        Command::Lost { seat, since } => lost(hearing, seat, since, act)?,
        Command::Regained { seat } => regained(roll, seat, act)?,
        Command::NameDeputy { seat } => {
            hearing.chair(act)?;
            name_deputy(hearing, seat)?
        }
        Command::TakeChair {} => take_chair(hearing, act)?,
        Command::ReturnChair {} => return_chair(hearing, act)?,
    };
    let mut events: Vec<HearingEvent> = events.into_iter().map(HearingEvent::Roll).collect();
    if let Some(HearingEvent::Roll(Event::Left { seat } | Event::Removed { seat, .. })) = events.first() {
        let gone = seat.clone();
        events.extend(opinion::opened_without(hearing, &gone));
    }
    Ok(events)
}

fn arrive(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let seat = act.seat()?.clone();
    let capacity = hearing.plan.capacity(&seat).ok_or(Refusal::NotASeat)?;
    hearing.plan.ready()?;
    if hearing.phase.is_closed() {
        return Err(Refusal::Closed);
    }
    match hearing.roll.standing(&seat) {
        Standing::Expected => {}
        Standing::Waiting | Standing::Present => return Ok(Vec::new()),
        Standing::Left | Standing::Removed => return Err(Refusal::HasLeft),
        Standing::Recused => return Err(Refusal::Recused),
    }
    if capacity == Capacity::Panellist && !hearing.plan.declared.contains(&seat) {
        return Err(Refusal::NotDeclared);
    }
    let mut events = alloc::vec![Event::Arrived { seat: seat.clone() }];
    if matches!(capacity, Capacity::Chair | Capacity::Clerk) {
        events.push(Event::Admitted { seat });
    }
    Ok(events)
}

fn admit(hearing: &Hearing, seat: SeatId) -> Result<Vec<Event>, Refusal> {
    if hearing.plan.capacity(&seat).is_none() {
        return Err(Refusal::NotASeat);
    }
    match hearing.roll.standing(&seat) {
        Standing::Waiting => Ok(alloc::vec![Event::Admitted { seat }]),
        Standing::Present => Ok(Vec::new()),
        Standing::Expected => Err(Refusal::NotWaiting),
        Standing::Left | Standing::Removed => Err(Refusal::HasLeft),
        Standing::Recused => Err(Refusal::Recused),
    }
}

fn leave(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let seat = act.seat()?.clone();
    match hearing.roll.standing(&seat) {
        Standing::Waiting | Standing::Present => Ok(alloc::vec![Event::Left { seat }]),
        Standing::Left | Standing::Removed | Standing::Recused => Err(Refusal::HasLeft),
        Standing::Expected => Err(Refusal::NotAdmitted),
    }
}

fn note_absence(hearing: &Hearing, seat: SeatId, reason: &str, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    if hearing.plan.capacity(&seat).is_none() {
        return Err(Refusal::NotASeat);
    }
    match hearing.roll.standing(&seat) {
        Standing::Expected => Ok(alloc::vec![Event::AbsenceNoted { seat, reason: act.reason(reason)? }]),
        _ => Err(Refusal::AlreadyPresent),
    }
}

fn clock(act: &Act<'_>) -> Result<(), Refusal> {
    if *act.by == By::Clock { Ok(()) } else { Err(Refusal::ClockOnly) }
}

fn lost(hearing: &Hearing, seat: SeatId, since: Moment, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    clock(act)?;
    let here = matches!(hearing.roll.standing(&seat), Standing::Waiting | Standing::Present);
    if !here || hearing.roll.is_lost(&seat) || hearing.phase.is_closed() {
        return Ok(Vec::new());
    }
    let since = since.min(act.at);
    Ok(alloc::vec![Event::Lost { seat, since }])
}

fn regained(roll: &Roll, seat: SeatId, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    clock(act)?;
    let since = roll.entries.get(&seat).and_then(|entry| entry.lost);
    Ok(since.map(|since| Event::Regained { seat, away_ms: act.at.ms_since(since) }).into_iter().collect())
}

fn name_deputy(hearing: &Hearing, seat: SeatId) -> Result<Vec<Event>, Refusal> {
    match hearing.plan.capacity(&seat) {
        Some(Capacity::Handler) => Ok(alloc::vec![Event::DeputyNamed { seat }]),
        Some(_) => Err(Refusal::DeputyMustBeHandler),
        None => Err(Refusal::NotASeat),
    }
}

fn take_chair(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let (seat, _) = hearing.admitted(act)?;
    if hearing.roll.deputy.as_ref() != Some(seat) {
        return Err(Refusal::DeputyNotNamed);
    }
    let chair = hearing.plan.seat_of(Capacity::Chair);
    let chair_here =
        chair.is_some_and(|chair| hearing.roll.is_present(chair) && !hearing.roll.is_lost(chair));
    if chair_here || hearing.roll.deputy_acting.is_some() {
        return Err(Refusal::ChairPresent);
    }
    Ok(alloc::vec![Event::ChairTaken { seat: seat.clone() }])
}

fn return_chair(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let (_, capacity) = hearing.admitted(act)?;
    if capacity != Capacity::Chair {
        return Err(Refusal::ChairOnly);
    }
    let acting = hearing.roll.deputy_acting.is_some();
    Ok(if acting { alloc::vec![Event::ChairReturned {}] } else { Vec::new() })
}
