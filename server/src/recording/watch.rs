//! Whose sound is missed: somebody is heard, the line is open, and nothing of it has come to a file for a while; or
//! somebody has the floor, and nothing but silence has. It is measured where it is written, so that a full disk is noticed
//! like a dead microphone.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use procedure::{
    Moment, SeatId,
    hearing::{media::OnRecord, recording::Command},
};

use crate::{clock, sfu::switchboard::Whose};

/// The seats whose sound is awaited, and the hearings whose recording stands still.
#[derive(Debug, Default)]
pub(super) struct Watch {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    seats: BTreeMap<Whose, Awaited>,
    hearings: BTreeMap<String, Stands>,
}

#[derive(Debug, Default)]
struct Awaited {
    line: bool,
    on: OnRecord,
    /// When the last sound came that was written, or it began to be awaited, by [`clock::ticks`].
    since: i64,
    /// The same of sound that was not silence alone, since it has the floor.
    silent: i64,
    /// Whether it is missed, as the room was last told; none while it was told nothing.
    told: Option<bool>,
    written: bool,
    /// Whether anything of what was written was more than silence.
    loud: bool,
}

/// How long is waited, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Where nothing comes of somebody who is heard.
    pub(super) nothing_ms: i64,
    /// Where nothing but silence comes of whoever has the floor.
    pub(super) silence_ms: i64,
}

/// How the recording of a hearing goes.
#[derive(Debug, Default)]
struct Stands {
    /// Since when nothing is written.
    since: Option<Moment>,
    /// Whether nothing is, as the room was last told; none while it was told nothing.
    told: Option<bool>,
}

impl Watch {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who goes on record in a hearing from now on.
    pub(super) fn obey(&self, hearing: &str, table: &BTreeMap<SeatId, OnRecord>) {
        let mut known = self.known();
        if table.is_empty() {
            known.hearings.remove(hearing);
        }
        for seat in table.keys() {
            known.seats.entry(Whose { hearing: hearing.into(), seat: seat.clone() }).or_default();
        }
        known.seats.retain(|whose, awaited| {
            if whose.hearing == hearing {
                awaited.expect(awaited.line, table.get(&whose.seat).copied().unwrap_or_default());
            }
            awaited.line || table.contains_key(&whose.seat) || whose.hearing != hearing
        });
    }

    /// The line of a seat has opened, or is gone.
    pub(super) fn line(&self, whose: &Whose, open: bool) {
        let mut known = self.known();
        let awaited = known.seats.entry(whose.clone()).or_default();
        awaited.expect(open, awaited.on);
        if !awaited.line && !awaited.on.anything() {
            known.seats.remove(whose);
        }
    }

    /// Sound of a seat was written just now that came so long ago; and how long ago that came which was not silence alone,
    /// if any did.
    pub(super) fn written(&self, whose: &Whose, ago_ms: i64, loud_ago_ms: Option<i64>) {
        if let Some(awaited) = self.known().seats.get_mut(whose) {
            let came = |ago_ms: i64| clock::ticks().saturating_sub(ago_ms.max(0));
            (awaited.since, awaited.written) = (awaited.since.max(came(ago_ms)), true);
            awaited.silent = loud_ago_ms.map_or(awaited.silent, |ago_ms| awaited.silent.max(came(ago_ms)));
            awaited.loud |= loud_ago_ms.is_some();
        }
    }

    /// Nothing of a hearing is written from now on, or all of it again.
    pub(super) fn stands(&self, hearing: &str, still: bool) {
        let mut known = self.known();
        let stands = known.hearings.entry(hearing.into()).or_default();
        let since = still.then(|| stands.since.unwrap_or_else(clock::now));
        if std::mem::replace(&mut stands.since, since).is_some() && !still {
            // Nobody could be recorded, and nobody was missed for it.
            let seats = known.seats.iter_mut().filter(|(whose, _)| whose.hearing == hearing);
            seats.for_each(|(_, awaited)| (awaited.since, awaited.silent) = (clock::ticks(), clock::ticks()));
        }
    }

    /// What the rooms are to be told: whose sound is missed from now on, or no longer, and where nothing is written. While
    /// nothing is, it is nobody's microphone that is to blame.
    pub(super) fn look(&self, patience: Patience) -> Vec<(String, Command)> {
        let now = clock::ticks();
        let mut news = Vec::new();
        let Known { seats, hearings } = &mut *self.known();
        for (hearing, stands) in hearings.iter_mut() {
            if stands.told.replace(stands.since.is_some()) != Some(stands.since.is_some()) {
                let command = stands.since.map_or(Command::Resumed {}, |since| Command::Stalled { since });
                news.push((hearing.clone(), command));
            }
        }
        for (whose, awaited) in seats {
            let still = hearings.get(&whose.hearing).is_some_and(|stands| stands.since.is_some());
            let (written, loud) = (std::mem::take(&mut awaited.written), std::mem::take(&mut awaited.loud));
            let gone = |since: i64, patience_ms| now.saturating_sub(since) >= patience_ms;
            let silent = awaited.on.speaks && gone(awaited.silent, patience.silence_ms);
            let late = awaited.line
                && awaited.on.sound
                && !still
                && (silent || gone(awaited.since, patience.nothing_ms));
            // Of whoever is to speak silence alone is no sound that is back.
            let back = if awaited.on.speaks { loud } else { written };
            let missed = if late { Some(true) } else { back.then_some(false) };
            if let Some(missed) = missed.filter(|missed| awaited.told != Some(*missed)) {
                awaited.told = Some(missed);
                let seat = whose.seat.clone();
                let command = if missed { Command::SoundLost { seat } } else { Command::SoundBack { seat } };
                news.push((whose.hearing.clone(), command));
            }
        }
        news
    }
}

impl Awaited {
    fn expect(&mut self, line: bool, on: OnRecord) {
        let now = clock::ticks();
        if line && on.sound && !(self.line && self.on.sound) {
            self.since = now;
        }
        if line && on.speaks && !(self.line && self.on.speaks) {
            self.silent = now;
        }
        (self.line, self.on) = (line, on);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEARD: OnRecord = OnRecord { sound: true, picture: true, speaks: false };

    fn whose() -> Whose {
        Whose { hearing: "h".into(), seat: "a1".into() }
    }

    /// Both the same.
    fn after(ms: i64) -> Patience {
        Patience { nothing_ms: ms, silence_ms: ms }
    }

    fn told(command: Command) -> Vec<(String, Command)> {
        vec![("h".into(), command)]
    }

    #[test]
    fn given_somebody_who_is_heard_and_does_not_come_it_is_told_once_and_again_when_it_comes() {
        let (watch, patience) = (Watch::default(), i64::MAX);
        let (whose, seat) = (whose(), SeatId::from("a1"));
        watch.obey("h", &BTreeMap::from([(seat.clone(), HEARD)]));
        assert_eq!(watch.look(after(0)), [], "without a line nobody is awaited");
        watch.line(&whose, true);
        assert_eq!(watch.look(after(patience)), [], "not at once");
        assert_eq!(watch.look(after(0)), told(Command::SoundLost { seat: seat.clone() }));
        assert_eq!(watch.look(after(0)), [], "once");
        watch.written(&whose, 0, None);
        assert_eq!(watch.look(after(patience)), told(Command::SoundBack { seat }));
        watch.obey("h", &BTreeMap::new());
        assert_eq!(watch.look(after(0)), [], "nobody is awaited in a recess");
        watch.line(&whose, false);
        assert!(watch.known().seats.is_empty() && watch.known().hearings.is_empty());
    }

    #[test]
    fn given_sound_that_reaches_the_disk_late_then_it_is_missed_from_when_it_came() {
        let watch = Watch::default();
        watch.obey("h", &BTreeMap::from([("a1".into(), HEARD)]));
        watch.line(&whose(), true);
        watch.known().seats.get_mut(&whose()).unwrap().since -= 10_000;
        watch.written(&whose(), 900, Some(900));
        assert_eq!(watch.look(after(1_500)), told(Command::SoundBack { seat: "a1".into() }), "not yet");
        assert_eq!(
            watch.look(after(900)),
            told(Command::SoundLost { seat: "a1".into() }),
            "nine tenths are over"
        );
    }

    #[test]
    fn given_silence_alone_then_it_is_missed_of_whoever_has_the_floor_and_of_nobody_else() {
        let (watch, whose, seat) = (Watch::default(), whose(), SeatId::from("a1"));
        let gives_floor = |speaks| {
            watch.obey("h", &BTreeMap::from([(seat.clone(), OnRecord { speaks, ..HEARD })]));
        };
        let later = |ms: i64| {
            let mut known = watch.known();
            let awaited = known.seats.get_mut(&whose).unwrap();
            (awaited.since, awaited.silent) = (awaited.since - ms, awaited.silent - ms);
        };
        gives_floor(false);
        watch.line(&whose, true);
        later(10_000);
        watch.written(&whose, 0, None);
        assert_eq!(
            watch.look(after(2_500)),
            told(Command::SoundBack { seat: seat.clone() }),
            "it need not speak"
        );
        gives_floor(true);
        watch.written(&whose, 0, None);
        assert_eq!(watch.look(after(2_500)), [], "the floor is its own only from now on");
        later(2_500);
        watch.written(&whose, 0, None);
        assert_eq!(watch.look(after(2_500)), told(Command::SoundLost { seat: seat.clone() }));
        gives_floor(false);
        gives_floor(true);
        watch.written(&whose, 0, None);
        assert_eq!(watch.look(after(2_500)), [], "given anew it is waited for anew, and silence is no sound");
        watch.written(&whose, 0, Some(100));
        assert_eq!(watch.look(after(2_500)), told(Command::SoundBack { seat: seat.clone() }), "it is heard");
        later(2_500);
        watch.written(&whose, 0, None);
        assert_eq!(watch.look(after(2_500)), told(Command::SoundLost { seat: seat.clone() }));
        gives_floor(false);
        watch.written(&whose, 0, None);
        assert_eq!(watch.look(after(2_500)), told(Command::SoundBack { seat }), "its turn is over");
    }

    #[test]
    fn given_a_disk_that_takes_nothing_then_that_is_told_and_nobodys_microphone_is_blamed() {
        let watch = Watch::default();
        watch.obey("h", &BTreeMap::from([("a1".into(), HEARD)]));
        watch.line(&whose(), true);
        watch.stands("h", true);
        let [(_, Command::Stalled { since })] = &watch.look(after(0))[..] else { panic!("it is told") };
        assert!(*since <= clock::now());
        watch.stands("h", true);
        assert_eq!(watch.look(after(0)), [], "once, and nobody is missed");
        watch.stands("h", false);
        assert_eq!(watch.look(after(i64::MAX)), told(Command::Resumed {}));
        assert_eq!(
            watch.look(after(0)),
            told(Command::SoundLost { seat: "a1".into() }),
            "from now on it is awaited"
        );
    }
}
