//! The gallery: it hears and sees the court as everybody else does, and later by a delay. What is kept for it is what was
//! public when it was said, and still is when its time has come.

use std::{collections::BTreeMap, time::Instant};

use procedure::{
    SeatId,
    hearing::media::{Chamber, OnAir},
};
use str0m::media::MediaKind;

use super::{Switchboard, What};
use crate::sfu::line::{Carried, Line, Of, Packet};

impl Switchboard {
    /// How the seats of a hearing stand from now on, for those who hear and see later. Whoever of them is cut off gets
    /// nothing of what was said before.
    pub(super) fn obey_later(&mut self, hearing: &str, on_air: &BTreeMap<SeatId, OnAir>, now: Instant) {
        if self.limits.delay.is_zero() {
            return;
        }
        let before = self.on_air.get(hearing);
        let watched =
            |seat: &SeatId| before.and_then(|table| table.get(seat)).is_some_and(|stands| stands.gallery);
        if on_air.iter().any(|(seat, stands)| watched(seat) && !stands.gallery) {
            self.late.forget(hearing);
        }
        self.late.keep(hearing, What::Table(on_air.clone()), now);
    }

    /// Keeps a packet for the gallery, if it is one that the gallery may have. Whether it was kept, or need not be.
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
        let what = if held { What::Pause(from, of.kind) } else { What::Packet(from, of, packet.clone()) };
        let kept = self.late.keep(hearing, what, now);
        self.counts.not_kept += u64::from(!kept);
        true
    }

    /// Sends on what was kept for the gallery and whose time has come.
    pub(super) fn reach_gallery(&mut self, now: Instant) {
        while let Some((hearing, what)) = self.late.next(now) {
            match what {
                What::Table(table) => {
                    // What came before goes out before anybody is told of other slots.
                    self.settle(now);
                    self.late.stands(&hearing, table);
                    self.fill_slots(&hearing);
                }
                What::Packet(from, of, packet) => self.carry_late(from, &of, &packet, now),
                What::Pause(from, kind) => self.pause_late(from, kind),
            }
        }
    }

    /// Whether what comes on a line is heard, or seen, in court just now.
    fn is_public(&self, line: &Line, kind: MediaKind) -> bool {
        let stands = self.on_air.get(&line.whose.hearing).and_then(|on_air| on_air.get(&line.whose.seat));
        stands.is_some_and(|stands| {
            let shown = match kind {
                MediaKind::Audio => stands.heard,
                MediaKind::Video => stands.seen,
            };
            shown && stands.chamber == Some(Chamber::Court) && line.may_be_sent_on(kind, stands)
        })
    }

    fn carry_late(&mut self, from: u64, of: &Of, packet: &Packet, now: Instant) {
        let Some(line) = self.lines.get_mut(&from) else { return };
        // Whoever is shielded since is not seen in what was before.
        let stands = self.on_air.get(&line.whose.hearing).and_then(|on_air| on_air.get(&line.whose.seat));
        let hidden = stands.is_none_or(|stands| {
            of.kind == MediaKind::Video && !stands.seen || !line.may_be_sent_on(of.kind, stands)
        });
        if hidden {
            return self.pause_late(from, of.kind);
        }
        let audience = std::mem::take(line.gallery.of_mut(of.kind));
        let mut waits = false;
        for (number, at) in &audience {
            let Some(line) = self.lines.get_mut(number) else { continue };
            match line.carry(*at, of, packet, now) {
                Carried::Sent => {
                    self.counts.forwarded += 1;
                    self.stirred.insert(*number);
                }
                Carried::Waits => waits = true,
                Carried::Not => {}
            }
        }
        if let Some(line) = self.lines.get_mut(&from) {
            *line.gallery.of_mut(of.kind) = audience;
        }
        if waits {
            self.ask_for_gallery(from, now);
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

    fn pause_late(&mut self, from: u64, kind: MediaKind) {
        let Some(line) = self.lines.get(&from) else { return };
        for (number, at) in line.gallery.of(kind).clone() {
            if let Some(line) = self.lines.get_mut(&number) {
                line.stop(at);
            }
        }
    }
}
