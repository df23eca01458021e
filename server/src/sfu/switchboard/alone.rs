//! The equipment check: a line on which a seat gets back its own sound and picture, and nobody else's.
//!
//! ```text
//! offer ──▶ a room of its own, in which nobody else can be ──▶ what comes in goes out again to where it came from
//! ```
//!
//! The room is none of the hearing: no table of a hearing reaches it, the court does not sit in it, and so nothing of it is
//! recorded. A line of it lasts as long as a check and no longer.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use procedure::{
    SeatId,
    hearing::media::{Chamber, OnAir},
};

use super::{NoLine, Switchboard, Whose};

/// No hearing has such a name: those are letters, digits and hyphens.
const ROOMS: &str = "check/";

/// Limits of the checks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checks {
    /// Most lines for checks at the same time, over all hearings. A seat has one.
    pub most: usize,
    /// For how long such a line lasts.
    pub last: Duration,
}

impl Whose {
    /// The seat by itself, in a room in which nobody else can be.
    #[must_use]
    pub fn alone(hearing: &str, seat: &SeatId) -> Self {
        Self { hearing: format!("{ROOMS}{hearing}/{seat}"), seat: seat.clone() }
    }

    /// Whether it is by itself.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        self.hearing.starts_with(ROOMS)
    }
}

impl Checks {
    /// Whether the time of a line is over.
    pub(super) fn is_over(&self, whose: &Whose, made: Instant, now: Instant) -> bool {
        whose.is_alone() && now.saturating_duration_since(made) > self.last
    }
}

impl Switchboard {
    /// Takes checks from now on, so many and for so long.
    pub const fn limit_checks(&mut self, checks: Checks) {
        self.checks = checks;
    }

    /// Whether there is room for another check. The one that the seat may have makes room for it.
    pub(super) fn has_room_for(&self, whose: &Whose) -> Result<(), NoLine> {
        let others = || self.by_seat.keys().filter(|other| other.is_alone() && *other != whose).count();
        if whose.is_alone() && others() >= self.checks.most { Err(NoLine::Crowded) } else { Ok(()) }
    }

    /// Whoever is alone hears and sees itself, on no record.
    pub(super) fn shut_in(&mut self, whose: &Whose) {
        if whose.is_alone() {
            let itself = OnAir { chamber: Some(Chamber::Court), heard: true, seen: true, ..OnAir::default() };
            self.on_air.insert(whose.hearing.clone(), BTreeMap::from([(whose.seat.clone(), itself)]));
        }
    }

    /// Its room is gone with it.
    pub(super) fn clear_out(&mut self, whose: &Whose) {
        if whose.is_alone() {
            self.on_air.remove(&whose.hearing);
        }
    }
}
