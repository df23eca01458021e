//! Whether a hearing may be registered, seated, approved, notified and published as asked.

use super::*;

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
            alloc::vec![Event::Drawn(draw)]
        }
        Command::Approve { note } => approve(&hearing.plan, note, act)?,
        Command::Notify { reason } => {
            prepares(act)?;
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
    };
    Ok(events.into_iter().map(HearingEvent::Plan).collect())
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
    act.title(&case.number)?;
    act.title(&case.cause)?;
    act.title(&setting.place)?;
    check_issues(&case, act)?;
    check_openness(&case, &setting, act)?;
    if setting.turn_seconds == 0 || setting.turn_seconds > act.rules.turn_seconds_max {
        return Err(Refusal::TurnTooLong);
    }
    let scheduled = Moment::parse(&setting.scheduled).ok_or(Refusal::TimeUnreadable)?;
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

fn check_issues(case: &Case, act: &Act<'_>) -> Result<(), Refusal> {
    if case.issues.is_empty() || case.issues.len() > act.rules.issues_max {
        return Err(Refusal::NoIssues);
    }
    let mut ids = BTreeSet::new();
    for issue in &case.issues {
        act.title(&issue.id)?;
        act.text(&issue.text)?;
        if !ids.insert(issue.id.as_str()) {
            return Err(Refusal::IssueTwice);
        }
    }
    if !case.summary.is_empty() {
        act.text(&case.summary)?;
    }
    for (issue, proposal) in &case.proposed {
        act.text(proposal)?;
        if !ids.contains(issue.as_str()) {
            return Err(Refusal::IssueUnknown);
        }
    }
    Ok(())
}

fn check_openness(case: &Case, setting: &Setting, act: &Act<'_>) -> Result<(), Refusal> {
    match setting.openness {
        Openness::Public if act.rules.closed_kinds.contains(&case.kind) => Err(Refusal::MustBeClosed),
        Openness::Public if setting.closed_because.is_some() => Err(Refusal::PublicHasGround),
        Openness::Closed if setting.closed_because.is_none() => Err(Refusal::ClosedNeedsGround),
        Openness::Public | Openness::Closed => Ok(()),
    }
}

fn seat(hearing: &Hearing, seating: Seating, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let plan = &hearing.plan;
    registered(plan)?;
    if hearing.phase.has_deliberated() {
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
    let Seating { id, capacity, name, post, side, acts_for, chief_prosecutor, age: _ } = seating;
    let side = side.or_else(|| acts_for.as_ref().and_then(|party| plan.side(party)));
    Ok(alloc::vec![
        Event::Placed(Place { seat: id.clone(), capacity, side, acts_for, chief_prosecutor }),
        Event::Named { seat: id, name, post },
    ])
}

fn check_name(seating: &Seating, act: &Act<'_>) -> Result<(), Refusal> {
    let id = &seating.id.0;
    let plain = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if id.is_empty() || id.len() > 20 || !plain {
        return Err(Refusal::BadSeatName);
    }
    act.title(&seating.name)?;
    seating.post.as_deref().map_or(Ok(()), |post| act.title(post).map(|_| ()))
}

fn check_capacity(hearing: &Hearing, seating: &Seating, act: &Act<'_>) -> Result<(), Refusal> {
    let plan = &hearing.plan;
    let rules = act.rules;
    let taken = |capacity| plan.seat_of(capacity).is_some();
    match seating.capacity {
        Capacity::Chair if taken(Capacity::Chair) => return Err(Refusal::OneChair),
        Capacity::Clerk if taken(Capacity::Clerk) => return Err(Refusal::OneClerk),
        Capacity::Panellist => {
            let panel = plan.seats_of(Capacity::Panellist).filter(|seat| !hearing.roll.is_gone(seat)).count();
            if seating.age.is_some_and(|age| age < rules.panellist_age_min) {
                return Err(Refusal::PanellistTooYoung);
            }
            if panel >= rules.panel_max as usize {
                return Err(Refusal::PanelTooLarge);
            }
        }
        Capacity::Observer if !plan.is_public() => return Err(Refusal::NoObserversWhenClosed),
        Capacity::Agent if !represents(plan, seating) => return Err(Refusal::AgentForNobody),
        Capacity::Applicant | Capacity::Respondent if seating.side.is_none() => {
            return Err(Refusal::PartyNeedsSide);
        }
        _ => {}
    }
    let minor = seating.capacity.is_party() && seating.age.is_some_and(|age| age < rules.adult_age);
    if minor && plan.is_public() {
        return Err(Refusal::MinorNeedsClosed);
    }
    let leads =
        |capacity| plan.places.values().any(|place| place.capacity == capacity && place.chief_prosecutor);
    let chief_handles = seating.chief_prosecutor && seating.capacity == Capacity::Handler;
    let chief_should_chair = seating.capacity == Capacity::Chair && !seating.chief_prosecutor;
    if (chief_handles && taken(Capacity::Chair) && !leads(Capacity::Chair))
        || (chief_should_chair && leads(Capacity::Handler))
    {
        return Err(Refusal::LeaderMustChair);
    }
    Ok(())
}

fn represents(plan: &Plan, seating: &Seating) -> bool {
    seating.acts_for.as_ref().and_then(|party| plan.capacity(party)).is_some_and(Capacity::is_party)
}

fn unseat(hearing: &Hearing, seat: SeatId) -> Result<Vec<Event>, Refusal> {
    if !hearing.plan.places.contains_key(&seat) {
        return Err(Refusal::NotASeat);
    }
    if hearing.roll.has_arrived(&seat) {
        return Err(Refusal::AlreadyPresent);
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
    if !note.is_empty() {
        act.text(&note)?;
    }
    Ok(alloc::vec![Event::Approved { note }])
}

/// Art. 10: three days before. Whether the days must be clear is the rulebook's choice.
fn notify(plan: &Plan, reason: Option<String>, act: &Act<'_>) -> Result<Vec<Event>, Refusal> {
    let face = registered(plan)?;
    if plan.approved.is_none() {
        return Err(Refusal::NotApproved);
    }
    let rules = act.rules;
    let days = act.at.days_until(face.scheduled, rules.utc_offset_minutes);
    let needed = rules.notice_days + i64::from(rules.notice_clear_days);
    let short = days < needed;
    let reason = reason.map(|text| act.reason(&text)).transpose()?;
    if short && reason.is_none() {
        return Err(Refusal::NoticeTooLate);
    }
    Ok(alloc::vec![Event::Notified { reason: reason.filter(|_| short) }])
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
    if hearing.phase.current != crate::hearing::phase::Phase::Waiting {
        return Err(Refusal::OnlyInWaiting);
    }
    let scheduled = Moment::parse(scheduled).ok_or(Refusal::TimeUnreadable)?;
    if scheduled < act.at {
        return Err(Refusal::TimePast);
    }
    Ok(alloc::vec![Event::Postponed { scheduled, reason: act.reason(reason)? }])
}
