//! Whole pictures: whoever sees somebody anew, or has lost too much, needs one, and the seat that sends is asked for it.

use std::time::Instant;

use str0m::media::{KeyframeRequest, KeyframeRequestKind, MediaKind, Mid};

use super::{Switchboard, Whose};
use crate::sfu::line::KEYFRAME_EVERY;

impl Switchboard {
    /// Whoever receives a picture needs a whole one: asks the seat that sends it.
    pub(super) fn pass_on_request(&mut self, number: u64, request: KeyframeRequest, now: Instant) {
        let Some(line) = self.lines.get(&number) else { return };
        let Some(at) = line.slots.iter().position(|slot| slot.mid == request.mid) else { return };
        let Some(seat) = line.slots.get(at).and_then(|slot| slot.of.clone()) else { return };
        let whose = Whose { hearing: line.whose.hearing.clone(), seat };
        let Some((from, line)) = self.line(&whose).and_then(|from| Some((from, self.lines.get(&from)?)))
        else {
            return;
        };
        // Whoever does not see that seat any more has nothing to ask of it.
        if self.late.audience(&whose.hearing, &whose.seat, MediaKind::Video).contains(&(number, at)) {
            return self.ask_for_gallery(from, now);
        }
        if !line.audience.of(MediaKind::Video).contains(&(number, at)) {
            return;
        }
        let mids: Vec<Mid> = line.pictures.keys().copied().collect();
        for mid in mids {
            self.ask_for_picture(from, mid, now);
        }
    }

    /// Asks a line for a whole picture, unless it was asked just now.
    pub(super) fn ask_for_picture(&mut self, number: u64, mid: Mid, now: Instant) {
        let Some(line) = self.lines.get_mut(&number) else { return };
        let Some((ssrc, asked)) = line.pictures.get_mut(&mid) else { return };
        if now.saturating_duration_since(*asked) < KEYFRAME_EVERY {
            return;
        }
        *asked = now;
        let mut direct = line.rtc.direct_api();
        if let Some(stream) = direct.stream_rx(ssrc) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            self.stirred.insert(number);
        }
    }
}
