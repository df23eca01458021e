//! Whoever comes into court from a room of its own, or from where it was with nobody, is not sent on for a moment: what
//! was said there may still be on its way, and the court must not hear it.

use std::{collections::BTreeMap, time::Instant};

use procedure::hearing::media::Chamber;
use str0m::{
    media::Mid,
    rtp::{RtpPacket, Ssrc},
};

/// What a line has sent that is not for whoever hears it now.
#[derive(Debug, Default)]
pub(super) struct Hold {
    until: Option<Instant>,
    /// The newest packet of each section that came while it lasted: what was sent before that comes to nobody either,
    /// however late.
    newest: BTreeMap<Mid, (Ssrc, u64)>,
}

impl Hold {
    /// Nothing is sent on before a moment.
    pub(super) const fn last(&mut self, until: Instant) {
        self.until = Some(until);
    }

    /// Whether a packet is not to be sent on.
    pub(super) fn keeps(&mut self, mid: Mid, packet: &RtpPacket, now: Instant) -> bool {
        let (ssrc, number) = (packet.header.ssrc, *packet.seq_no);
        let newest = self.newest.get(&mid).filter(|(known, _)| *known == ssrc).map(|(_, newest)| *newest);
        if self.until.is_some_and(|until| now < until) {
            self.newest.insert(mid, (ssrc, newest.map_or(number, |newest| newest.max(number))));
            return true;
        }
        newest.is_some_and(|newest| number <= newest)
    }
}

/// Whether what a seat said where it was is nothing for those where it is: everything but what was said in court. A seat
/// that was nowhere may have believed itself in a room of its own.
pub(super) fn is_needed(was: Option<&Chamber>, is: Option<&Chamber>) -> bool {
    was != is && was != Some(&Chamber::Court)
}
