//! Who may see which event, told a second time: a table, and a reader of it that knows nothing of the rules' own.

use procedure::{Capacity, Event, SeatId, hearing::question};

use crate::model::{Model, Stand};

/// Those who may see an event of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// Whoever has a seat.
    Invited,
    /// Whoever is in the room, the gallery too.
    Room,
    /// Whoever is in the room and not in the gallery.
    TakesPart,
    /// Panel, chair, prosecutor, clerk.
    PanelAndOffice,
    /// The panel alone.
    Panel,
    /// Chair, prosecutor, clerk.
    Office,
    /// Nobody but the panellist named in it.
    Author,
    /// Of an observer the office and the observer; of others the room and they themselves, wherever they are.
    AboutSeat,
    /// The same, but the gallery knows only the names of staff and panel.
    NameOfSeat,
    /// The office, and whom it is about.
    OfficeAndSeat,
    /// A question that was put is the room's, another panel's and office's.
    Lapsed,
    /// Those whom it names, as long as they take part.
    Named,
}

use Audience::{
    AboutSeat, Author, Invited, Lapsed, NameOfSeat, Named, Office, OfficeAndSeat, Panel, PanelAndOffice,
    Room, TakesPart,
};

const AUDIENCES: &[(&str, Audience)] = &[
    ("plan.registered", Invited),
    ("plan.outlined", Room),
    ("plan.proposed", PanelAndOffice),
    ("plan.placed", AboutSeat),
    ("plan.named", NameOfSeat),
    ("plan.unplaced", AboutSeat),
    ("plan.drawn", TakesPart),
    ("plan.approved", Invited),
    ("plan.approval-noted", Office),
    ("plan.notified", Invited),
    ("plan.notice-shortened", Office),
    ("plan.published", Invited),
    ("plan.declared", AboutSeat),
    ("plan.postponed", Invited),
    ("plan.amended", Invited),
    ("plan.doors-closed", Invited),
    ("roll.arrived", AboutSeat),
    ("roll.admitted", AboutSeat),
    ("roll.turned-away", AboutSeat),
    ("roll.left", AboutSeat),
    ("roll.removed", AboutSeat),
    ("roll.absence-noted", AboutSeat),
    ("roll.recused", AboutSeat),
    ("roll.lost", AboutSeat),
    ("roll.regained", AboutSeat),
    ("roll.deputy-named", Room),
    ("roll.chair-taken", Room),
    ("roll.chair-returned", Room),
    ("roll.remote-answered", AboutSeat),
    ("phase.opened", Room),
    ("phase.advanced", Room),
    ("phase.interrupted", Room),
    ("phase.resumed", Room),
    ("phase.cancelled", Invited),
    ("floor.hand-raised", Room),
    ("floor.hand-lowered", Room),
    ("floor.given", Room),
    ("floor.extended", Room),
    ("floor.ended", Room),
    ("statement.said", Room),
    ("statement.recorded", Room),
    ("question.asked", PanelAndOffice),
    ("question.put", Room),
    ("question.disallowed", PanelAndOffice),
    ("question.answered", Room),
    ("question.lapsed", Lapsed),
    ("exhibit.laid", TakesPart),
    ("exhibit.objected-to", TakesPart),
    ("exhibit.excluded", Room),
    ("exhibit.shown", Room),
    ("exhibit.hidden", Room),
    ("motion.moved", Room),
    ("motion.ruled", Room),
    ("deliberation.discussed", Panel),
    ("opinion.filed", Author),
    ("opinion.received", PanelAndOffice),
    ("opinion.opened", Panel),
    ("opinion.changed", Panel),
    ("opinion.speaker-chosen", PanelAndOffice),
    ("opinion.delivered", Room),
    ("opinion.released", PanelAndOffice),
    ("decision.consented", Office),
    ("decision.announced", Room),
    ("decision.answered", PanelAndOffice),
    ("mediation.consented", TakesPart),
    ("mediation.opened", Room),
    ("mediation.ended", Room),
    ("mediation.caucus-begun", TakesPart),
    ("mediation.caucus-ended", TakesPart),
    ("mediation.confided", Named),
    ("settlement.offered", Named),
    ("settlement.offer-answered", Named),
    ("settlement.proposed", Named),
    ("settlement.proposal-answered", Named),
    ("settlement.proposal-accepted", Named),
    ("settlement.proposal-lapsed", Named),
    ("settlement.bid-made", Named),
    ("settlement.bids-met", Named),
    ("settlement.drafted", Named),
    ("settlement.signed", Named),
    ("settlement.effective", Room),
    ("settlement.terms-told", TakesPart),
    ("record.correction-asked", TakesPart),
    ("record.correction-ruled", TakesPart),
    ("record.corrected", Room),
    ("record.signed", Room),
    ("record.signature-given", TakesPart),
    ("record.refused-to-sign", Room),
    ("record.sealed", Room),
    ("recording.recorded", TakesPart),
    ("recording.sound-lost", TakesPart),
    ("recording.sound-back", TakesPart),
    ("recording.stalled", TakesPart),
    ("recording.resumed", TakesPart),
    ("equipment.reported", OfficeAndSeat),
    ("line.opened", OfficeAndSeat),
    ("line.broken", AboutSeat),
    ("line.restored", AboutSeat),
    ("line.closed", OfficeAndSeat),
    ("line.rated", OfficeAndSeat),
    ("shield.shielded", AboutSeat),
    ("shield.unshielded", AboutSeat),
    ("shield.cut-off", Room),
    ("shield.restored", Room),
];

#[test]
fn every_event_has_its_audience_and_only_one() {
    let mut names: Vec<&str> = AUDIENCES.iter().map(|(name, _)| *name).collect();
    let known: Vec<String> = Event::NAMES
        .iter()
        .flat_map(|(slice, names)| names.iter().map(move |name| format!("{slice}.{name}")))
        .collect();
    assert_eq!(names.len(), known.len());
    assert!(known.iter().all(|name| names.contains(&name.as_str())));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), known.len());
}

/// Whether somebody may see an event as things stand.
pub(crate) fn sees(model: &Model, seat: &SeatId, event: &Event) -> bool {
    let name = event.name();
    let (_, audience) = AUDIENCES.iter().find(|(known, _)| *known == name).unwrap();
    // Where it names a seat, whose it is; as JSON, so that the reading is not the rules' either.
    let told = serde_json::to_value(event).unwrap();
    let inner = &told.as_object().unwrap().values().next().unwrap();
    let inner = inner.as_object().unwrap().values().next().unwrap().clone();
    let about =
        |field: &str| SeatId(inner.get(field).and_then(|seat| seat.as_str()).unwrap_or_default().into());
    let whose = about("seat");
    let known = model.people.get(&whose).map(|person| person.what);
    let what = match (event, known) {
        // The event itself says what the seat was, even if it is no more.
        (Event::Plan(procedure::hearing::plan::Event::Placed(place)), _) => Some(place.capacity),
        (Event::Plan(procedure::hearing::plan::Event::Unplaced { .. }), _) => Some(Capacity::Witness),
        (Event::Plan(procedure::hearing::plan::Event::Declared { .. }), _) => Some(Capacity::Panellist),
        (_, known) => known,
    };
    let Place { room, part, panel, office } = place(model, seat);
    let watched = what.is_none_or(|what| what == Capacity::Observer);
    let staff = [Capacity::Chair, Capacity::Handler, Capacity::Clerk, Capacity::Panellist];
    let named = what.is_some_and(|what| staff.contains(&what));
    match audience {
        Invited => true,
        Room => room,
        TakesPart => part,
        PanelAndOffice => panel || office,
        Panel => panel,
        Office => office,
        Author => panel && about("by") == *seat,
        Named => part && inner["seen_by"].as_array().unwrap().iter().any(|one| one == seat.0.as_str()),
        AboutSeat => whose == *seat || if watched { office } else { room },
        OfficeAndSeat => whose == *seat || office,
        NameOfSeat => whose == *seat || if watched { office } else { part || (named && room) },
        Lapsed => match event {
            Event::Question(question::Event::Lapsed { number: Some(_), .. }) => room,
            _ => panel || office,
        },
    }
}

/// Where somebody is.
struct Place {
    room: bool,
    part: bool,
    panel: bool,
    office: bool,
}

fn place(model: &Model, seat: &SeatId) -> Place {
    let Some(person) = model.people.get(seat) else {
        return Place { room: false, part: false, panel: false, office: false };
    };
    let inside = person.stand == Stand::In;
    let watches = (inside && person.what == Capacity::Observer) || person.stand == Stand::Recused;
    let part = inside && person.what != Capacity::Observer;
    Place {
        room: part || (watches && model.public),
        part,
        panel: part && person.what == Capacity::Panellist,
        office: part && matches!(person.what, Capacity::Chair | Capacity::Handler | Capacity::Clerk),
    }
}
