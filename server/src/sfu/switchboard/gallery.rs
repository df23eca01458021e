//! The gallery: it hears and sees the court as everybody else does, and later by a delay. What is kept for it is what was
//! public when it was said, and still is when its time has come.

use std::time::Instant;

use procedure::{
    SeatId,
    hearing::media::{Chamber, OnAir},
};
use str0m::media::MediaKind;

use super::{Switchboard, What};
use crate::sfu::line::{Carried, Line, Of, Packet, may_be_sent_on};

impl Switchboard {
    /// Keeps a packet for the gallery, if it is one that the gallery may have. Whether it was for the gallery.
    pub(super) fn keep_for_gallery(
        &mut self,
        from: u64,
        of: Of,
        packet: &Packet,
        held: bool,
        now: Instant,
    ) -> bool {
        let Some(line) = self.lines.get(&from) else { return false };
        let hearing = line.whose.hearing.as_str();
        if !self.late.is_watched(hearing) || !self.is_public(line, of.kind) {
            return false;
        }
        let packet = (!held).then(|| (packet.clone(), line.altered));
        let kept = self.late.keep(hearing, &line.whose.seat, of, packet, now);
        self.counts.not_kept += u64::from(!kept);
        true
    }

    /// Nothing goes on in the gallery from what it had.
    pub(super) fn stop_gallery(&mut self, hearing: &str) {
        for to in self.late.everybody(hearing) {
            self.stop_at(to);
        }
    }

    /// Sends on what was kept for the gallery and whose time has come.
    pub(super) fn reach_gallery(&mut self, now: Instant) {
        for hearing in self.late.begin() {
            let lines: Vec<u64> = self.by_hearing.get(&hearing).into_iter().flatten().copied().collect();
            for number in lines {
                if let Some(line) = self.lines.get_mut(&number) {
                    line.asked_for_gallery = None;
                }
                self.ask_for_gallery(number, now);
            }
        }
        while let Some((hearing, what)) = self.late.next(now) {
            match what {
                What::Table(table) => {
                    // What came before goes out before anybody is told of other slots.
                    self.settle(now);
                    self.late.stands(&hearing, table);
                    self.fill_slots(&hearing);
                }
                What::Packet(seat, of, packet, altered) => {
                    self.carry_late((&hearing, &seat), &of, &packet, altered, now);
                }
                What::Pause(seat, kind) => self.pause_late(&hearing, &seat, kind),
            }
        }
    }

    /// How a seat stands just now.
    fn stands(&self, hearing: &str, seat: &SeatId) -> Option<&OnAir> {
        self.on_air.get(hearing).and_then(|on_air| on_air.get(seat))
    }

    /// Whether what comes on a line is heard, or seen, in court just now.
    fn is_public(&self, line: &Line, kind: MediaKind) -> bool {
        self.stands(&line.whose.hearing, &line.whose.seat).is_some_and(|stands| {
            let shown = match kind {
                MediaKind::Audio => stands.heard,
                MediaKind::Video => stands.seen,
            };
            shown && stands.chamber == Some(Chamber::Court) && may_be_sent_on(kind, line.altered, stands)
        })
    }

    fn carry_late(
        &mut self,
        (hearing, seat): (&str, &SeatId),
        of: &Of,
        packet: &Packet,
        altered: bool,
        now: Instant,
    ) {
        // Whoever is shielded since, or of whom that is not known, is not shown in what was before.
        let shown = |stands: &OnAir| match of.kind {
            MediaKind::Audio => may_be_sent_on(of.kind, altered, stands),
            MediaKind::Video => stands.seen,
        };
        if !self.stands(hearing, seat).is_some_and(shown) {
            return self.pause_late(hearing, seat, of.kind);
        }
        let mut waits = false;
        for (number, at) in self.late.audience(hearing, seat, of.kind) {
            let Some(line) = self.lines.get_mut(&number) else { continue };
            if of.beyond {
                line.leaves_out(at, of, packet);
                continue;
            }
            match line.carry(at, of, packet, now) {
                Carried::Sent => {
                    self.counts.forwarded += 1;
                    self.stirred.insert(number);
                }
                Carried::Waits => waits = true,
                Carried::Broke => self.counts.broken += 1,
                Carried::Otherwise | Carried::Not => {}
            }
        }
        if waits {
            let whose = super::Whose { hearing: hearing.into(), seat: seat.clone() };
            if let Some(from) = self.line(&whose) {
                self.ask_for_gallery(from, now);
            }
        }
    }

    /// Asks a line for a whole picture for the gallery: once in a delay, for so long it is under way.
    pub(super) fn ask_for_gallery(&mut self, from: u64, now: Instant) {
        let Some(line) = self.lines.get_mut(&from) else { return };
        let delay = self.limits.delay;
        if line.asked_for_gallery.is_some_and(|asked| now.saturating_duration_since(asked) < delay) {
            return;
        }
        line.asked_for_gallery = Some(now);
        let mids: Vec<_> = line.pictures.keys().copied().collect();
        for mid in mids {
            self.ask_for_picture(from, mid, now);
        }
    }

    fn pause_late(&mut self, hearing: &str, seat: &SeatId, kind: MediaKind) {
        for to in self.late.audience(hearing, seat, kind) {
            self.stop_at(to);
        }
    }

    fn stop_at(&mut self, (number, at): (u64, usize)) {
        if let Some(line) = self.lines.get_mut(&number) {
            line.stop(at);
        }
    }
}
