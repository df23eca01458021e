//! Sending on: a packet of a seat goes to everybody who is to have it, and on record where it belongs there.

use std::time::Instant;

use str0m::rtp::RtpPacket;

use super::{PAYLOAD_BYTES_MAX, Switchboard, Whose};
use crate::sfu::line::{Carried, Of, Packet, may_be_sent_on};

impl Switchboard {
    /// Sends a packet on to everybody who is to have it.
    pub(super) fn forward(&mut self, from: u64, came: &RtpPacket, now: Instant) {
        let Some(line) = self.lines.get_mut(&from) else { return };
        let Some((mid, of)) = line.says_what(from, came, now) else { return };
        let held = line.hold.keeps(mid, came, now);
        if came.payload.len() > PAYLOAD_BYTES_MAX {
            self.counts.broken += 1;
            return;
        }
        let packet = &Packet::from(came);
        if of.beyond {
            return self.leave_out(from, of, packet, now);
        }
        let audience = std::mem::take(line.audience.of_mut(of.kind));
        let (mut sent, mut waits, mut otherwise) = (0, false, false);
        if let Some((tap, line)) =
            self.tap.as_mut().filter(|_| !held && of.is_best()).zip(self.lines.get(&from))
        {
            let Whose { hearing, seat } = &line.whose;
            let speaker = self.on_air.get(hearing).and_then(|on_air| on_air.get(seat));
            let speaker = speaker.filter(|speaker| may_be_sent_on(of.kind, line.altered, speaker));
            waits = tap.take((hearing, seat), of.kind, from, came, speaker);
        }
        for (number, at) in &audience {
            let Some(line) = self.lines.get_mut(number) else { continue };
            if held {
                line.stop(*at);
                continue;
            }
            match line.carry(*at, &of, packet, now) {
                Carried::Sent => {
                    sent += 1;
                    self.stirred.insert(*number);
                }
                Carried::Waits => waits = true,
                Carried::Otherwise => otherwise = true,
                Carried::Broke => {
                    self.counts.broken += 1;
                    self.stirred.insert(*number);
                }
                Carried::Not => {}
            }
        }
        if let Some(line) = self.lines.get_mut(&from) {
            *line.audience.of_mut(of.kind) = audience;
        }
        self.counts.forwarded += sent;
        let kept = self.keep_for_gallery(from, of, packet, held, now);
        if waits {
            self.ask_for_picture(from, mid, now);
        } else if sent == 0 && !kept && !otherwise {
            self.counts.unheard += 1;
        }
    }

    /// A packet goes to nobody, and nothing goes on from what was before it.
    fn leave_out(&mut self, from: u64, of: Of, packet: &Packet, now: Instant) {
        self.counts.over_budget += 1;
        let Some(line) = self.lines.get_mut(&from) else { return };
        let audience = std::mem::take(line.audience.of_mut(of.kind));
        for (number, at) in &audience {
            if let Some(line) = self.lines.get_mut(number) {
                line.leaves_out(*at, &of, packet);
            }
        }
        if let Some(line) = self.lines.get_mut(&from) {
            *line.audience.of_mut(of.kind) = audience;
        }
        self.keep_for_gallery(from, of, &packet.without_payload(), false, now);
    }
}
