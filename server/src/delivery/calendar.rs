//! The calendar file that goes with a notice: the day of the hearing for the calendar of a phone. It says no more of the
//! case than its number and cause, and of a hearing that is closed, or at somebody's door, not even cause and place.

use icalendar::{
    Alarm, Calendar, CalendarDateTime, Component, Event, EventLike, EventStatus, Property, Trigger,
};
use procedure::{
    Moment,
    hearing::plan::{Mode, Openness, Registered},
};

use crate::Error;

/// Who made the file, as the format asks.
const MADE_BY: &str = "-//Fengqiao//Hearing//ZH";
/// When the phone reminds its owner by itself.
const ALARMS: [&str; 2] = ["-P1D", "-PT1H"];

/// What stands in the file.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// Id of the hearing, the same in all files of it: so a later one takes the place of an earlier one.
    pub hearing: &'a str,
    /// The face of the hearing.
    pub face: &'a Registered,
    /// Name of the office.
    pub office: &'a str,
    /// How often it was announced anew.
    pub sequence: u32,
    /// Whether it was called off.
    pub cancelled: bool,
    /// When the file is made.
    pub at: Moment,
    /// Who asks whom, in a file that goes by mail; none in one that is fetched.
    pub people: Option<People<'a>>,
}

/// Who asks whom to come, as a file that goes by mail must say (RFC 5546, 3.2.2 and 3.2.5).
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    /// Mail address of the office.
    pub from: &'a str,
    /// To whom it goes, and to which mail address.
    pub to: (&'a str, &'a str),
}

/// Whether cause and place are for those alone who read the paper.
#[must_use]
pub fn is_discreet(face: &Registered) -> bool {
    face.hearing.openness == Openness::Closed || face.hearing.mode == Mode::Doorstep
}

impl Day<'_> {
    /// The file (RFC 5545, RFC 5546).
    ///
    /// # Errors
    /// When the moment lies beyond what the format can say.
    pub fn write(&self) -> Result<String, Error> {
        let Self { hearing, face, office, sequence, cancelled, at, people } = self;
        let start = stamp(face.scheduled);
        let mut event = Event::new();
        event
            .uid(&format!("{hearing}@fengqiao"))
            .sequence(*sequence)
            .add_property("DTSTAMP", stamp(*at))
            .add_property("DTSTART", start.clone())
            .summary(&self.summary())
            .location(&plain(if is_discreet(face) {
                "见通知书 see the notice"
            } else {
                &face.hearing.place
            }))
            .description(&plain(&format!("{office} · {}", face.number)))
            .status(if *cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
        if let Some(People { from, to: (name, address) }) = people {
            event.append_property(person("ORGANIZER", office, from).done());
            let mut attendee = person("ATTENDEE", name, address);
            attendee.add_parameter("PARTSTAT", "NEEDS-ACTION").add_parameter("RSVP", "FALSE");
            event.append_property(attendee.done());
        }
        if !cancelled {
            let trigger: CalendarDateTime =
                start.parse().map_err(|()| Error::Paper(format!("calendar: {start}")))?;
            for before in ALARMS {
                let mut alarm = Alarm::display(&self.summary(), Trigger::DateTime(trigger.clone()));
                event.alarm(alarm.add_property("TRIGGER", before).done());
            }
        }
        let mut calendar = Calendar::new();
        calendar
            .append_property(("PRODID", MADE_BY))
            .append_property(("METHOD", if *cancelled { "CANCEL" } else { "REQUEST" }))
            .push(event.done());
        Ok(calendar.to_string())
    }

    fn summary(&self) -> String {
        let called_off = if self.cancelled { "已取消：" } else { "" };
        let cause = if is_discreet(self.face) { "" } else { self.face.cause.as_str() };
        plain(&format!("{called_off}{cause}听证 Hearing"))
    }
}

/// A person with a name and a mail address.
fn person(key: &str, name: &str, address: &str) -> Property {
    let mut person = Property::new(key, format!("mailto:{}", plain(address)));
    // A quotation mark would end the name.
    person.add_parameter("CN", &plain(name).replace('"', "'"));
    person
}

/// `21261208T010000Z`.
fn stamp(at: Moment) -> String {
    let utc = at.local(0);
    let (date, month) = (utc.date, u8::from(utc.date.month()));
    format!(
        "{:04}{month:02}{:02}T{:02}{:02}{:02}Z",
        date.year(),
        date.day(),
        utc.hour,
        utc.minute,
        utc.second
    )
}

/// Nothing that could end a line of the file.
fn plain(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use procedure::hearing::plan::{ClosedBecause, Kind, Setting};

    use super::*;

    fn face(mode: Mode, openness: Openness) -> Registered {
        Registered {
            number: "豫检民监〔2026〕17号".into(),
            kind: Kind::CivilSupervision,
            cause: "机动车交通事故责任纠纷, 赔偿; 费用\r\nATTENDEE:x".into(),
            hearing: Setting {
                mode,
                openness,
                closed_because: (openness == Openness::Closed).then_some(ClosedBecause::Privacy),
                place: "某村三组十二号".into(),
                scheduled: "2126-12-08T09:00:00+08:00".into(),
                turn_seconds: 600,
            },
            scheduled: Moment::parse("2126-12-08T09:00:00+08:00").unwrap(),
        }
    }

    fn day(face: &Registered, sequence: u32, cancelled: bool) -> Day<'_> {
        let (office, at) = ("某市人民检察院", Moment(0));
        Day { hearing: "h1", face, office, sequence, cancelled, at, people: None }
    }

    fn written(face: &Registered, sequence: u32, cancelled: bool) -> String {
        day(face, sequence, cancelled).write().unwrap()
    }

    /// The file read again: its lines unfolded, told by their names; of several the first.
    fn read(text: &str) -> BTreeMap<String, String> {
        let whole = text.replace("\r\n ", "");
        assert!(!whole.replace("\r\n", "").contains(['\r', '\n']), "every line ends as the format asks");
        let mut lines = BTreeMap::new();
        for (name, value) in whole.split("\r\n").filter_map(|line| line.split_once(':')) {
            let value = value.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
            lines.entry(name.to_string()).or_insert(value);
        }
        lines
    }

    #[test]
    fn a_public_hearing_stands_in_the_calendar_with_its_time_its_place_and_two_alarms() {
        let text = written(&face(Mode::Ordinary, Openness::Public), 0, false);
        let lines = read(&text);
        assert_eq!(lines["DTSTART"], "21261208T010000Z");
        assert_eq!(lines["METHOD"], "REQUEST");
        assert_eq!(lines["UID"], "h1@fengqiao");
        assert_eq!(lines["SEQUENCE"], "0");
        assert_eq!(lines["LOCATION"], "某村三组十二号");
        assert!(text.contains("TRIGGER:-P1D") && text.contains("TRIGGER:-PT1H"));
        assert_eq!(text.matches("BEGIN:VALARM").count(), 2);
        assert!(!lines.contains_key("ATTENDEE"), "a cause adds no line of its own");
    }

    #[test]
    fn a_file_that_goes_by_mail_says_who_asks_whom() {
        let face = face(Mode::Ordinary, Openness::Public);
        let people = People { from: "court@example.gov.cn", to: ("陈\"某\r\nX:y", "chen@example.com") };
        for cancelled in [false, true] {
            let text = Day { people: Some(people), ..day(&face, 0, cancelled) }.write().unwrap();
            let whole = text.replace("\r\n ", "");
            let line = |name: &str| whole.split("\r\n").find(|line| line.starts_with(name)).unwrap();
            assert!(line("ORGANIZER;").ends_with(":mailto:court@example.gov.cn"), "{whole}");
            assert!(line("ATTENDEE;").ends_with(":mailto:chen@example.com"), "{whole}");
            assert!(!whole.contains("\r\nX:y"), "a name adds no line of its own");
        }
    }

    #[test]
    fn a_closed_hearing_and_one_at_somebodys_door_tell_neither_cause_nor_place() {
        for face in [face(Mode::Ordinary, Openness::Closed), face(Mode::Doorstep, Openness::Public)] {
            let text = written(&face, 0, false).replace("\r\n ", "");
            assert!(!text.contains("交通") && !text.contains("三组"), "{text}");
            assert!(text.contains("见通知书") && text.contains("〔2026〕17号"));
        }
    }

    #[test]
    fn a_hearing_that_moved_takes_the_place_of_the_first_and_one_called_off_is_taken_away() {
        let face = face(Mode::Ordinary, Openness::Public);
        assert_eq!(read(&written(&face, 3, false))["SEQUENCE"], "3");
        let lines = read(&written(&face, 4, true));
        assert_eq!((lines["METHOD"].as_str(), lines["STATUS"].as_str()), ("CANCEL", "CANCELLED"));
        assert!(lines["SUMMARY"].starts_with("已取消"));
    }
}
