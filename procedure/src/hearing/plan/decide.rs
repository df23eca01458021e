//! Whether a hearing may be registered, seated, approved, notified, published, postponed and amended as asked.

use super::*;
use crate::hearing::{is_sha256, phase::Phase};

pub(in crate::hearing) fn decide(
    hearing: &Hearing,
    command: Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    let events = match command {
        Command::Register { case, hearing: setting } => {
            prepares(act)?;
            register(&hearing.plan, case, setting, act)?
        }
        Command::Seat(seating) => {
            seats(act)?;
            seat(hearing, seating, act)?
        }
        Command::Unseat { seat } => {
            seats(act)?;
            unseat(hearing, seat)?
        }
        Command::Draw(draw) => {
            seats(act)?;
            registered(&hearing.plan)?;
            if hearing.phase.current >= Phase::Deliberation {
                return Err(Refusal::SeatingClosed);
            }
            check_draw(&draw, act)?;
            alloc::vec![Event::Drawn(draw)]
        }
        Command::Approve { note } => approve(&hearing.plan, note, act)?,
        Command::Notify { reason } => {
            prepares(act)?;
            before_opening(hearing)?;
            notify(&hearing.plan, reason, act)?
        }
        Command::Publish {} => {
            prepares(act)?;
            publish(&hearing.plan)?
        }
        Command::Declare {} => declare(hearing, act)?,
        Command::Postpone { scheduled, reason } => {
            prepares(act)?;
            postpone(hearing, &scheduled, &reason, act)?
        }
        Command::Amend { hearing: setting, reason } => {
            prepares(act)?;
            amend(hearing, setting, &reason, act)?
        }
    };
    Ok(events.into_iter().map(HearingEvent::Plan).collect())
}

/// The same for whoever sits in the room: a panellist declares, everything else is the office's.
pub(in crate::hearing) fn decide_at_seat(
    hearing: &Hearing,
    command: &Command,
    act: &Act<'_>,
) -> Result<Vec<HearingEvent>, Refusal> {
    match command {
        Command::Declare {} => Ok(declare(hearing, act)?.into_iter().map(HearingEvent::Plan).collect()),
        Command::Register { .. }
        | Command::Seat(_)
        | Command::Unseat { .. }
        | Command::Draw(_)
        | Command::Approve { .. }
        | Command::Notify { .. }
        | Command::Publish {}
        | Command::Postpone { .. }
        | Command::Amend { .. } => Err(Refusal::NotYourOffice),
    }
}

fn prepares(act: &Act<'_>) -> Result<(), Refusal> {
    if act.office()?.prepares() { Ok(()) } else { Err(Refusal::NotYourOffice) }
}

/// The case-management department keeps the pool and may seat the panel it drew.
fn seats(act: &Act<'_>) -> Result<(), Refusal> {
    let office = act.office()?;
    if office.prepares() || office == Office::CaseManagement { Ok(()) } else { Err(Refusal::NotYourOffice) }
}

fn registered(plan: &Plan) -> Result<&Registered, Refusal> {
    plan.registered.as_ref().ok_or(Refusal::NotRegistered)
}

fn register(plan: &Plan, case: Case, setting: Setting, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    if plan.registered.is_some() {
        return Err(Refusal::AlreadyRegistered);
    }
    case.check(act)?;
    if case.issues.is_empty() {
        return Err(Refusal::NoIssues);
    }
    let scheduled = check_setting(case.kind, &setting, act)?;
    Ok(alloc::vec![
        Event::Registered {
            number: case.number,
            kind: case.kind,
            cause: case.cause,
            hearing: setting,
            scheduled
        },
        Event::Outlined { summary: case.summary, issues: case.issues },
        Event::Proposed { proposed: case.proposed },
    ])
}

impl Case {
    /// Whether a case can be entered: named, not longer than can be shown, with each issue once. A hearing of it needs
    /// issues; a case may be entered before anybody knows them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, act: &Act<'_>) -> Result<(), Refusal> {
        act.title(&self.number)?;
        act.title(&self.cause)?;
        if self.issues.len() > act.rules.issues_max {
            return Err(Refusal::NoIssues);
        }
        let mut ids = BTreeSet::new();
        for issue in &self.issues {
            act.title(&issue.id)?;
            act.text(&issue.text)?;
            if !ids.insert(issue.id.as_str()) {
                return Err(Refusal::IssueTwice);
            }
        }
        if !self.summary.is_empty() {
            act.text(&self.summary)?;
        }
        for (issue, proposal) in &self.proposed {
            act.text(proposal)?;
            if !ids.contains(issue.as_str()) {
                return Err(Refusal::IssueUnknown);
            }
        }
        Ok(())
    }
}

/// Whether a case of that kind may be heard so; the time, read.
fn check_setting(kind: Kind, setting: &Setting, act: &Act<'_>) -> Result<Moment, Refusal> {
    let rules = act.rules;
    act.title(&setting.place)?;
    match (setting.openness, setting.closed_because) {
        (Openness::Public, _) if rules.closed_kinds.contains(&kind) => return Err(Refusal::MustBeClosed),
        (Openness::Public, Some(_)) => return Err(Refusal::PublicHasGround),
        (Openness::Closed, None) => return Err(Refusal::ClosedNeedsGround),
        (Openness::Closed, Some(ground))
            if setting.mode == Mode::Remote && rules.never_remote.contains(&ground) =>
        {
            return Err(Refusal::NeverRemote);
        }
        (Openness::Public, None) | (Openness::Closed, Some(_)) => {}
    }
    if setting.turn_seconds == 0 || setting.turn_seconds > rules.turn_seconds_max {
        return Err(Refusal::TurnTooLong);
    }
    when(&setting.scheduled, act)
}

fn when(scheduled: &str, act: &Act<'_>) -> Result<Moment, Refusal> {
    act.title(scheduled).ok().and_then(|text| Moment::parse(&text)).ok_or(Refusal::TimeUnreadable)
}

/// A draw can be made again from what is kept of it; a panel that was named directly says why.
fn check_draw(draw: &Draw, act: &Act<'_>) -> Result<(), Refusal> {
    let whole = is_sha256(&draw.pool) && draw.seed.as_deref().is_none_or(is_sha256);
    let most = act.rules.seats_max.min(draw.size as usize);
    if !whole || draw.drawn.is_empty() || draw.drawn.len() > most {
        return Err(Refusal::DrawUnreadable);
    }
    for name in draw.drawn.iter().chain(&draw.class) {
        act.title(name)?;
    }
    match &draw.reason {
        Some(reason) => act.reason(reason).map(|_| ()),
        None if draw.seed.is_none() => Err(Refusal::ReasonNeeded),
        None => Ok(()),
    }
}

fn seat(hearing: &Hearing, seating: Seating, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let plan = &hearing.plan;
    registered(plan)?;
    // The chair or the clerk can be replaced at any time; nobody else comes in once the panel deliberates.
    if hearing.phase.current >= Phase::Deliberation && !seating.capacity.is_office() {
        return Err(Refusal::SeatingClosed);
    }
    check_name(&seating, act)?;
    if plan.places.contains_key(&seating.id) {
        return Err(Refusal::SeatTaken);
    }
    if plan.places.len() >= act.rules.seats_max {
        return Err(Refusal::TooManySeats);
    }
    check_capacity(hearing, &seating, act)?;
    let side = side(plan, &seating)?;
    let Seating { id, capacity, name, post, acts_for, chief_prosecutor, .. } = seating;
    Ok(alloc::vec![
        Event::Placed(Place { seat: id.clone(), capacity, side, acts_for, chief_prosecutor }),
        Event::Named { seat: id, name, post },
    ])
}

/// On which side somebody is seated: as their capacity says, an agent with the party it speaks for, a third party as
/// was asked. Nobody else stands on a side.
fn side(plan: &Plan, seating: &Seating) -> Result<Option<Side>, Refusal> {
    let side = match seating.capacity {
        Capacity::Applicant => Some(Side::Applicant),
        Capacity::Respondent => Some(Side::Respondent),
        Capacity::ThirdParty => seating.side,
        Capacity::Agent => seating.acts_for.as_ref().and_then(|party| plan.side(party)),
        Capacity::Chair
        | Capacity::Handler
        | Capacity::Clerk
        | Capacity::Panellist
        | Capacity::Witness
        | Capacity::Expert
        | Capacity::Officer
        | Capacity::Interpreter
        | Capacity::PeoplesSupervisor
        | Capacity::Observer => return Ok(None),
    };
    match (side, seating.side) {
        (Some(side), Some(asked)) if side != asked => Err(Refusal::WrongSide),
        _ => Ok(side),
    }
}

fn check_name(seating: &Seating, act: &Act<'_>) -> Result<(), Refusal> {
    let id = &seating.id.0;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if id.is_empty() || id.len() > act.rules.seat_id_chars_max || !plain {
        return Err(Refusal::BadSeatName);
    }
    act.title(&seating.name)?;
    seating.post.as_deref().map_or(Ok(()), |post| act.title(post).map(|_| ()))
}

fn check_capacity(hearing: &Hearing, seating: &Seating, act: &Act<'_>) -> Result<(), Refusal> {
    let (plan, rules) = (&hearing.plan, act.rules);
    let seated = |capacity| plan.seats_of(capacity).filter(|seat| !hearing.roll.is_gone(seat)).count();
    let younger = |age: u32| seating.age.is_some_and(|years| years < age);
    let leads = seating.chief_prosecutor || seating.department_head;
    match seating.capacity {
        Capacity::Chair if seated(Capacity::Chair) > 0 => Err(Refusal::OneChair),
        Capacity::Clerk if seated(Capacity::Clerk) > 0 => Err(Refusal::OneClerk),
        Capacity::Handler if leads => Err(Refusal::LeaderMustChair),
        Capacity::Panellist if younger(rules.panellist_age_min) => Err(Refusal::PanellistTooYoung),
        Capacity::Panellist if seated(Capacity::Panellist) >= rules.panel_max as usize => {
            Err(Refusal::PanelTooLarge)
        }
        Capacity::Observer if !plan.is_public() => Err(Refusal::NoObserversWhenClosed),
        Capacity::Agent if !represents(plan, seating) => Err(Refusal::AgentForNobody),
        party if party.is_party() && younger(rules.adult_age) && plan.is_public() => {
            Err(Refusal::MinorNeedsClosed)
        }
        _ => Ok(()),
    }
}

/// An agent speaks for a party, not for another agent.
fn represents(plan: &Plan, seating: &Seating) -> bool {
    let party = seating.acts_for.as_ref().and_then(|party| plan.capacity(party));
    party.is_some_and(|capacity| capacity.is_party() && capacity != Capacity::Agent)
}

fn unseat(hearing: &Hearing, seat: SeatId) -> Result<Vec<Event>, Refusal> {
    if !hearing.plan.places.contains_key(&seat) {
        return Err(Refusal::NotASeat);
    }
    if hearing.roll.has_arrived(&seat) {
        return Err(Refusal::SeatOnRoll);
    }
    Ok(alloc::vec![Event::Unplaced { seat }])
}

fn approve(plan: &Plan, note: String, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    if act.office()? != Office::ChiefProsecutor {
        return Err(Refusal::ChiefOnly);
    }
    registered(plan)?;
    if plan.approved.is_some() {
        return Err(Refusal::AlreadyApproved);
    }
    let mut events = alloc::vec![Event::Approved { note: String::new() }];
    if !note.is_empty() {
        events.push(Event::ApprovalNoted { note: act.text(&note)? });
    }
    Ok(events)
}

/// Art. 10: some days before, participants are told cause, time and place, and the names of chair and panel. Whether
/// the days must be clear is the rulebook's choice.
fn notify(plan: &Plan, reason: Option<String>, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let rules = act.rules;
    let face = registered(plan)?;
    if plan.approved.is_none() {
        return Err(Refusal::NotApproved);
    }
    if [Capacity::Chair, Capacity::Panellist].iter().any(|named| plan.seat_of(*named).is_none()) {
        return Err(Refusal::NobodyToName);
    }
    let days = act.at.days_until(face.scheduled, rules.utc_offset_minutes);
    let short = days < rules.notice_days.saturating_add(i64::from(rules.notice_clear_days));
    let reason = reason.map(|text| act.reason(&text)).transpose()?;
    let mut events = alloc::vec![Event::Notified { reason: None }];
    match reason {
        None if short => return Err(Refusal::NoticeTooLate),
        Some(reason) if short => events.push(Event::NoticeShortened { reason }),
        Some(_) | None => {}
    }
    Ok(events)
}

fn publish(plan: &Plan) -> Result<Vec<Event>, Refusal> {
    registered(plan)?;
    if plan.approved.is_none() {
        return Err(Refusal::NotApproved);
    }
    if !plan.is_public() {
        return Err(Refusal::NoNoticeWhenClosed);
    }
    Ok(if plan.published.is_some() { Vec::new() } else { alloc::vec![Event::Published {}] })
}

fn declare(hearing: &Hearing, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let seat = act.seat()?;
    match hearing.plan.capacity(seat) {
        None => return Err(Refusal::NotASeat),
        Some(Capacity::Panellist) if hearing.roll.is_recused(seat) => return Err(Refusal::Recused),
        Some(Capacity::Panellist) => {}
        Some(_) => return Err(Refusal::PanelOnly),
    }
    let declared = hearing.plan.declared.contains(seat);
    Ok(if declared { Vec::new() } else { alloc::vec![Event::Declared { seat: seat.clone() }] })
}

fn postpone(hearing: &Hearing, scheduled: &str, reason: &str, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    registered(&hearing.plan)?;
    before_opening(hearing)?;
    let scheduled = when(scheduled, act)?;
    if scheduled < act.at {
        return Err(Refusal::TimePast);
    }
    Ok(alloc::vec![Event::Postponed { scheduled, reason: act.reason(reason)? }])
}

fn amend(hearing: &Hearing, setting: Setting, reason: &str, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let face = registered(&hearing.plan)?;
    before_opening(hearing)?;
    if !hearing.plan.is_public() && setting.openness == Openness::Public {
        return Err(Refusal::ClosedStaysClosed);
    }
    let scheduled = check_setting(face.kind, &setting, act)?;
    if scheduled != face.scheduled && scheduled < act.at {
        return Err(Refusal::TimePast);
    }
    Ok(alloc::vec![Event::Amended { hearing: setting, scheduled, reason: act.reason(reason)? }])
}

fn before_opening(hearing: &Hearing) -> Result<(), Refusal> {
    if hearing.phase.current == Phase::Waiting { Ok(()) } else { Err(Refusal::OnlyInWaiting) }
}
