//! Who is on air: what a room tells the video link after everything that happens, and who may open a line.

use procedure::{Clearance, Refusal, SeatId};

use super::{Desk, Keeper};
use crate::{Failure, Refused, clock, config::Limits, sfu::Table};

impl Keeper {
    /// Tells the video link how the seats stand, where that has changed. Only whoever is in the room is on air: nobody is
    /// heard without knowing.
    pub(super) fn on_air(&mut self) {
        let Some(sfu) = self.ground.sfu.as_ref().filter(|_| !self.leaving) else { return };
        let limits = &self.ground.limits;
        // A client that has nothing to say is heard with every ping.
        let patience = Limits::ms(limits.ping_every_ms.saturating_add(limits.link_grace_ms));
        let mut table = Table::new();
        for (seat, desk) in &mut self.desks {
            let heard = clock::ticks().saturating_sub(desk.last_heard()) <= patience;
            if heard && !desk.windows.is_empty() {
                table.insert(seat.clone(), self.hearing.on_air(seat));
            }
        }
        if self.told_on_air != table {
            sfu.obey(&self.id, table.clone());
            self.told_on_air = table;
        }
    }

    /// Whether a connection may open a video line for its seat: the window that acts, of a seat that has been let in; or a
    /// line to check its equipment, which has nothing of the hearing in it.
    pub(super) fn may_link(&self, seat: &SeatId, connection: u64, check: bool) -> Result<(), Failure> {
        let acts = |desk: &Desk| desk.windows.iter().any(|w| w.connection == connection && w.active);
        if !self.desks.get(seat).is_some_and(acts) {
            return Err(Refused::PassiveTab.into());
        }
        let may = match check {
            true => self.hearing.may_check(seat),
            false if self.hearing.clearance(seat) == Clearance::Outside => Err(Refusal::NotAdmitted),
            false => Ok(()),
        };
        may.map_err(|no| Failure::by_rule(&no, &self.ground.rules, &self.hearing.plan))
    }
}
