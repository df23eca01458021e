//! The messages to a seat. Nothing of the hearing is sent that has not passed through here, and nothing passes that
//! was not disclosed.

use std::{collections::HashMap, sync::Arc};

use procedure::{Disclosed, Event, Hearing, Moment, Viewer, wire::FromRoom};
use serde::Serialize;
use tungstenite::Utf8Bytes;

use crate::Error;

/// An event that one seat may see, as the bytes that the log keeps and the seat receives.
#[derive(Clone, Debug)]
pub(super) struct Shown(Arc<str>);

impl Shown {
    /// The event with its bytes, if `viewer` may see it.
    pub(super) fn of(hearing: &Hearing, viewer: &Viewer, event: &Event, content: &Arc<str>) -> Option<Self> {
        Disclosed::event(hearing, viewer, event).map(|_| Self(content.clone()))
    }
}

/// Messages of one moment, made once for all seats that get the same.
#[derive(Debug)]
pub(super) struct Round {
    now: Moment,
    made: HashMap<(u64, Vec<usize>), Utf8Bytes>,
}

impl Round {
    /// Nothing made yet.
    pub(super) fn at(now: Moment) -> Self {
        Self { now, made: HashMap::new() }
    }

    /// Events, of which the first has this number among those of the seat.
    pub(super) fn events(&mut self, number: u64, events: &[Shown]) -> Utf8Bytes {
        let key = (number, events.iter().map(|shown| shown.0.as_ptr().addr()).collect());
        let now = self.now.0;
        self.made.entry(key).or_insert_with(|| events_text(number, now, events).into()).clone()
    }

    /// The whole view of a seat.
    pub(super) fn snapshot(&self, number: u64, view: &Disclosed<Hearing>) -> Result<Utf8Bytes, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "kebab-case")]
        enum Message<'a> {
            Snapshot { number: u64, now: Moment, view: &'a Disclosed<Hearing> },
        }
        Ok(serde_json::to_string(&Message::Snapshot { number, now: self.now, view })?.into())
    }
}

fn events_text(number: u64, now: i64, events: &[Shown]) -> String {
    let length: usize = events.iter().map(|shown| shown.0.len() + 1).sum();
    let mut text = String::with_capacity(length + 80);
    text.push_str(&format!(r#"{{"events":{{"number":{number},"now":{now},"events":["#));
    for (place, shown) in events.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&shown.0);
    }
    text.push_str("]}}");
    text
}

/// A message that says nothing of the hearing: welcome, ack, refusal, ping.
pub(super) fn plain(message: &FromRoom) -> Result<Utf8Bytes, Error> {
    Ok(serde_json::to_string(message)?.into())
}

#[cfg(test)]
mod tests {
    use procedure::wire::Happened;

    use super::*;

    #[test]
    fn events_are_written_as_the_protocol_says() {
        let shown = Shown(r#"{"at":5,"event":{"phase":{"opened":{}}}}"#.into());
        let text = Round::at(Moment(7)).events(3, &[shown.clone(), shown]);
        let FromRoom::Events { number, now, events } = serde_json::from_str(&text).unwrap() else { panic!() };
        assert_eq!((number, now, events.len()), (3, Moment(7), 2));
        let event = Event::Phase(procedure::hearing::phase::Event::Opened {});
        assert_eq!(events[0], Happened { at: Moment(5), event });
    }
}
