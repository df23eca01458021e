//! Whose sound is missed: somebody is heard, the line is open, and nothing of it has come to a file for a while. It is
//! measured where it is written, so that a full disk is noticed like a dead microphone.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use procedure::{SeatId, hearing::media::OnRecord};

use crate::{clock, sfu::switchboard::Whose};

/// The seats whose sound is awaited.
#[derive(Debug, Default)]
pub(super) struct Watch {
    seats: Mutex<BTreeMap<Whose, Awaited>>,
}

#[derive(Debug, Default)]
struct Awaited {
    line: bool,
    heard: bool,
    /// When it was last written, or began to be awaited, by [`clock::ticks`].
    since: i64,
    /// Whether it is missed, as the room was last told; none while it was told nothing.
    told: Option<bool>,
    written: bool,
}

impl Watch {
    fn seats(&self) -> MutexGuard<'_, BTreeMap<Whose, Awaited>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who goes on record in a hearing from now on.
    pub(super) fn obey(&self, hearing: &str, table: &BTreeMap<SeatId, OnRecord>) {
        let mut seats = self.seats();
        for seat in table.keys() {
            seats.entry(Whose { hearing: hearing.into(), seat: seat.clone() }).or_default();
        }
        seats.retain(|whose, awaited| {
            if whose.hearing == hearing {
                awaited.expect(awaited.line, table.get(&whose.seat).is_some_and(|on_record| on_record.sound));
            }
            awaited.line || table.contains_key(&whose.seat) || whose.hearing != hearing
        });
    }

    /// The line of a seat has opened, or is gone.
    pub(super) fn line(&self, whose: &Whose, open: bool) {
        let mut seats = self.seats();
        let awaited = seats.entry(whose.clone()).or_default();
        awaited.expect(open, awaited.heard);
        if !awaited.line && !awaited.heard {
            seats.remove(whose);
        }
    }

    /// Sound of a seat was written just now.
    pub(super) fn written(&self, whose: &Whose) {
        if let Some(awaited) = self.seats().get_mut(whose) {
            (awaited.since, awaited.written) = (clock::ticks(), true);
        }
    }

    /// What the rooms are to be told: whose sound is missed from now on, or no longer.
    pub(super) fn look(&self, patience_ms: i64) -> Vec<(Whose, bool)> {
        let now = clock::ticks();
        let mut news = Vec::new();
        for (whose, awaited) in self.seats().iter_mut() {
            let written = std::mem::take(&mut awaited.written);
            let late = awaited.line && awaited.heard && now.saturating_sub(awaited.since) >= patience_ms;
            let missed = if late { Some(true) } else { written.then_some(false) };
            if let Some(missed) = missed.filter(|missed| awaited.told != Some(*missed)) {
                awaited.told = Some(missed);
                news.push((whose.clone(), missed));
            }
        }
        news
    }
}

impl Awaited {
    fn expect(&mut self, line: bool, heard: bool) {
        if line && heard && !(self.line && self.heard) {
            self.since = clock::ticks();
        }
        (self.line, self.heard) = (line, heard);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_somebody_who_is_heard_and_does_not_come_it_is_told_once_and_again_when_it_comes() {
        let (watch, patience) = (Watch::default(), i64::MAX);
        let whose = Whose { hearing: "h".into(), seat: "a1".into() };
        let heard = BTreeMap::from([("a1".into(), OnRecord { sound: true, picture: true })]);
        watch.obey("h", &heard);
        assert_eq!(watch.look(0), [], "without a line nobody is awaited");
        watch.line(&whose, true);
        assert_eq!(watch.look(patience), [], "not at once");
        assert_eq!(watch.look(0), [(whose.clone(), true)]);
        assert_eq!(watch.look(0), [], "once");
        watch.written(&whose);
        assert_eq!(watch.look(patience), [(whose.clone(), false)]);
        watch.obey("h", &BTreeMap::new());
        assert_eq!(watch.look(0), [], "nobody is awaited in a recess");
        watch.line(&whose, false);
        assert!(watch.seats().is_empty());
    }
}
