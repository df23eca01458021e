//! What a seat says of its own line while it lives.

use procedure::SeatId;

use super::{Switchboard, Whose};

impl Switchboard {
    /// The voice on the line of a seat is made unlike that of whoever speaks: where that was ordered, it may be heard.
    pub fn alters(&mut self, whose: &Whose) {
        if let Some(line) = self.by_seat.get(whose).and_then(|number| self.lines.get_mut(number)) {
            line.altered = true;
            let hearing = whose.hearing.clone();
            self.fill_slots(&hearing);
        }
    }

    /// Whom a seat has in front, if that connection offered its line: nobody else is sent to it in large.
    pub fn fronts(&mut self, whose: &Whose, holder: u64, front: Option<SeatId>) {
        let line = self.by_seat.get(whose).and_then(|number| self.lines.get_mut(number));
        if let Some(line) = line.filter(|line| line.holder == holder) {
            line.front = Some(front);
        }
    }
}
