//! What lies on a seat's desk: everything that it has been shown, with numbers of its own, and its open windows.
//!
//! A seat counts only what it may see, so its numbers tell nothing of what is hidden. When it is let further in, or
//! out, it gets the whole view anew under the next number. The numbers follow from the log alone and are the same
//! after a restart.

use std::sync::{Arc, atomic::Ordering};

use procedure::{
    Disclosed, Event, Hearing, SeatId, Viewer,
    disclosed::Clearance,
    wire::{FromRoom, close},
};
use tungstenite::Utf8Bytes;

use super::{
    Line,
    feed::{Round, Shown, plain},
};
use crate::Error;

/// One window of a seat.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) connection: u64,
    pub(super) active: bool,
    line: Line,
}

/// The desk of a seat.
#[derive(Debug)]
pub(super) struct Desk {
    clearance: Clearance,
    /// Number of the last thing shown.
    number: u64,
    /// Number of the last whole view.
    whole: u64,
    /// Everything shown after that, in order.
    shown: Vec<Shown>,
    /// How much of it has been sent.
    sent: usize,
    /// Whether the next message must be the whole view.
    anew: bool,
    pub(super) windows: Vec<Window>,
    /// When the seat was last heard, in ticks of the clock that nobody can set.
    heard: i64,
}

impl Desk {
    /// The desk of a seat that has just been made; it counts as shown a first whole view.
    pub(super) const fn new(clearance: Clearance, heard: i64) -> Self {
        Self {
            clearance,
            number: 1,
            whole: 1,
            shown: Vec::new(),
            sent: 0,
            anew: true,
            windows: Vec::new(),
            heard,
        }
    }

    /// Takes in an event after the hearing has.
    pub(super) fn take_in(&mut self, hearing: &Hearing, viewer: &Viewer, event: &Event, content: &Arc<str>) {
        if viewer.clearance != self.clearance {
            self.clearance = viewer.clearance;
            self.number += 1;
            self.whole = self.number;
            self.shown.clear();
            self.sent = 0;
            self.anew = true;
        } else if let Some(shown) = Shown::of(hearing, viewer, event, content) {
            self.number += 1;
            self.shown.push(shown);
        }
    }

    /// Counts everything as sent: after the log has been read, before anybody is here.
    pub(super) fn settle(&mut self) {
        self.sent = self.shown.len();
        self.anew = false;
    }

    /// Sends what has not been sent; says to how many windows. Those that are too slow are cut.
    pub(super) fn send_new(
        &mut self,
        hearing: &Hearing,
        seat: &SeatId,
        round: &mut Round,
    ) -> Result<u64, Error> {
        let unsent = &self.shown[self.sent..];
        let message = if self.windows.is_empty() || (!self.anew && unsent.is_empty()) {
            None
        } else if self.anew {
            Some(round.snapshot(self.number, &Disclosed::view(hearing, &hearing.viewer(seat)))?)
        } else {
            let first = self.number + 1 - u64::try_from(unsent.len()).unwrap_or(0);
            Some(round.events(first, unsent))
        };
        self.settle();
        let Some(message) = message else { return Ok(0) };
        let taken = self.windows.iter().filter(|window| window.send(message.clone())).count();
        Ok(u64::try_from(taken).unwrap_or(0))
    }

    /// What a connection that has seen everything up to `after` gets first. All else has been sent already.
    pub(super) fn catch_up(
        &self,
        hearing: &Hearing,
        seat: &SeatId,
        after: Option<u64>,
        round: &mut Round,
    ) -> Result<Utf8Bytes, Error> {
        if let Some(after) = after.filter(|after| (self.whole..=self.number).contains(after)) {
            let seen = usize::try_from(after - self.whole).unwrap_or(usize::MAX);
            if let Some(missed) = self.shown.get(seen..) {
                return Ok(round.events(after + 1, missed));
            }
        }
        round.snapshot(self.number, &Disclosed::view(hearing, &hearing.viewer(seat)))
    }

    /// Opens a window; an active one makes the others passive. Beyond `most` the oldest passive one is closed.
    pub(super) fn open(
        &mut self,
        connection: u64,
        active: bool,
        line: Line,
        most: usize,
    ) -> Result<(), Error> {
        if active {
            self.make_passive()?;
        }
        self.windows.push(Window { connection, active, line });
        if self.windows.len() > most {
            let oldest = self.windows.iter().position(|window| !window.active).unwrap_or(0);
            self.windows.remove(oldest).cut(close::TOO_MANY);
        }
        Ok(())
    }

    /// Makes a window the one that acts.
    pub(super) fn activate(&mut self, connection: u64) -> Result<(), Error> {
        if !self.windows.iter().any(|window| window.connection == connection) {
            return Ok(());
        }
        self.make_passive()?;
        for window in self.windows.iter_mut().filter(|window| window.connection == connection) {
            window.active = true;
            window.send(plain(&FromRoom::Active {})?);
        }
        Ok(())
    }

    fn make_passive(&mut self) -> Result<(), Error> {
        for window in self.windows.iter_mut().filter(|window| window.active) {
            window.active = false;
            window.send(plain(&FromRoom::Passive {})?);
        }
        Ok(())
    }

    /// When the seat was last heard through any window.
    pub(super) fn last_heard(&mut self) -> i64 {
        let latest = self.windows.iter().map(|window| window.line.heard.load(Ordering::Relaxed)).max();
        self.heard = latest.map_or(self.heard, |latest| latest.max(self.heard));
        self.heard
    }

    /// Takes away a window that has gone.
    pub(super) fn close(&mut self, connection: u64) {
        self.last_heard();
        self.windows.retain(|window| window.connection != connection);
    }

    /// Closes all windows with a code.
    pub(super) fn cut_all(&mut self, code: u16) {
        self.last_heard();
        for window in self.windows.drain(..) {
            window.cut(code);
        }
    }
}

impl Window {
    /// Hands a message over; false when the window reads too slowly and is cut.
    pub(super) fn send(&self, message: Utf8Bytes) -> bool {
        let taken = self.line.outbox.try_send(message).is_ok();
        if !taken {
            self.cut(close::TOO_SLOW);
        }
        taken
    }

    fn cut(&self, code: u16) {
        self.line.cut(code);
    }
}

impl Line {
    /// Closes the connection with a code; the first code stands.
    pub(super) fn cut(&self, code: u16) {
        self.cut.send_if_modified(|cut| {
            let first = *cut == 0;
            if first {
                *cut = code;
            }
            first
        });
    }
}
