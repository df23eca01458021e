//! Whether somebody may come in, be let in, leave, be sent out, or take the chair; and what follows when they go.

use alloc::vec::Vec;

use super::{Command, Event, Roll, Standing};
use crate::{
    hearing::{
        Act, Event as HearingEvent, Hearing, mediation, opinion,
        phase::{self, BreakKind, Phase},
    },
    moment::Moment,
    refusal::Refusal,
    seat::{By, Capacity, Office, SeatId},
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
            admit(hearing, seat, act)?
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
            before_the_end(hearing)?;
            if &seat == chair || hearing.plan.capacity(&seat) == Some(Capacity::Chair) {
                return Err(Refusal::NotYourPart);
            }
            roll.require_present(&seat)?;
            alloc::vec![Event::Removed { seat, reason: act.reason(&reason)? }]
        }
        Command::NoteAbsence { seat, reason } => {
            hearing.clerk_or_chair(act)?;
            before_the_end(hearing)?;
            note_absence(hearing, seat, &reason, act)?
        }
        Command::Lost { seat, since } => lost(hearing, seat, since, act)?,
        Command::Regained { seat } => regained(roll, seat, act)?,
        Command::NameDeputy { seat } => {
            if *act.by != By::Office(Office::ChiefProsecutor) {
                hearing.chair(act)?;
            }
            name_deputy(hearing, seat)?
        }
        Command::TakeChair {} => take_chair(hearing, act)?,
        Command::ReturnChair {} => return_chair(hearing, act)?,
        Command::AnswerRemote { given } => answer_remote(hearing, given, act)?,
    };
    let gone = match events.first() {
        Some(Event::Left { seat } | Event::Removed { seat, .. }) => without(hearing, seat),
        _ => Vec::new(),
    };
    Ok(events.into_iter().map(HearingEvent::Roll).chain(gone).collect())
}

/// What follows when somebody is no longer there: sheets that waited for theirs are opened, a mediation with a side of
/// which nobody is left ends, and a hearing whose chair they were stands still.
pub(in crate::hearing) fn without(hearing: &Hearing, gone: &SeatId) -> Vec<HearingEvent> {
    let mut events = opinion::opened_without(hearing, gone);
    events.extend(mediation::ended_without(hearing, gone));
    if hearing.presiding() == Some(gone) && hearing.phase.in_session().is_ok() {
        events.push(phase::Event::Interrupted { kind: BreakKind::ChairAbsent, reason: None }.into());
    }
    events
}

fn arrive(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let seat = act.seat()?.clone();
    let capacity = hearing.plan.capacity(&seat).ok_or(Refusal::NotASeat)?;
    hearing.plan.ready()?;
    // After the end only the staff comes in, for the file must still be sealed.
    if hearing.phase.is_closed() && !capacity.is_office() {
        return Err(Refusal::Closed);
    }
    if capacity == Capacity::Observer && !hearing.plan.is_public() {
        return Err(Refusal::NoObserversWhenClosed);
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

fn before_the_end(hearing: &Hearing) -> Result<(), Refusal> {
    if hearing.phase.is_closed() { Err(Refusal::Closed) } else { Ok(()) }
}

fn admit(hearing: &Hearing, seat: SeatId, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let capacity = hearing.plan.capacity(&seat).ok_or(Refusal::NotASeat)?;
    match hearing.roll.standing(&seat) {
        Standing::Waiting => {
            match capacity {
                staff if staff.is_office() => {}
                _ if hearing.phase.is_closed() => return Err(Refusal::Closed),
                Capacity::Observer if !hearing.plan.is_public() => {
                    return Err(Refusal::NoObserversWhenClosed);
                }
                Capacity::Panellist if hearing.phase.current >= Phase::Deliberation => {
                    return Err(Refusal::PanelComplete);
                }
                Capacity::Panellist if hearing.sitting_panel().count() >= act.rules.panel_max as usize => {
                    return Err(Refusal::PanelTooLarge);
                }
                _ => {}
            }
            Ok(alloc::vec![Event::Admitted { seat }])
        }
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
    if !here || hearing.phase.is_closed() {
        return Ok(Vec::new());
    }
    let known = hearing.roll.entries.get(&seat).and_then(|entry| entry.lost);
    match known {
        None => Ok(alloc::vec![Event::Lost { since: since.min(act.at), seat, again: false }]),
        // Whoever presides is waited for anew: while no server was there nobody could have come back.
        Some(since) if hearing.presiding() == Some(&seat) && hearing.phase.in_session().is_ok() => {
            Ok(alloc::vec![Event::Lost { seat, since, again: true }])
        }
        Some(_) => Ok(Vec::new()),
    }
}

fn regained(roll: &Roll, seat: SeatId, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    clock(act)?;
    let since = roll.entries.get(&seat).and_then(|entry| entry.lost);
    Ok(since.map(|since| Event::Regained { seat, away_ms: act.at.ms_since(since) }).into_iter().collect())
}

fn name_deputy(hearing: &Hearing, seat: SeatId) -> Result<Vec<Event>, Refusal> {
    match hearing.plan.capacity(&seat) {
        Some(Capacity::Handler) if hearing.roll.is_gone(&seat) => Err(Refusal::HasLeft),
        Some(Capacity::Handler) => Ok(alloc::vec![Event::DeputyNamed { seat }]),
        Some(_) => Err(Refusal::DeputyMustBeHandler),
        None => Err(Refusal::NotASeat),
    }
}

fn take_chair(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let (seat, capacity) = hearing.admitted(act)?;
    if hearing.roll.deputy.as_ref() != Some(seat) || capacity != Capacity::Handler {
        return Err(Refusal::DeputyNotNamed);
    }
    let here = |seat: &SeatId| hearing.roll.is_present(seat) && !hearing.roll.is_lost(seat);
    if hearing.presiding().is_some_and(here) {
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

fn answer_remote(hearing: &Hearing, given: bool, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let seat = act.seat()?;
    if !hearing.plan.capacity(seat).ok_or(Refusal::NotASeat)?.is_party() {
        return Err(Refusal::PartyOnly);
    }
    if hearing.roll.is_gone(seat) {
        return Err(Refusal::HasLeft);
    }
    if hearing.phase.is_closed() {
        return Err(Refusal::Closed);
    }
    Ok(alloc::vec![Event::RemoteAnswered { seat: seat.clone(), given }])
}
