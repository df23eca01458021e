//! How much of the pictures a line takes. Where more is sent than arrives, pictures become small, and where that is too much
//! still, sound goes alone: the floor is kept on every rung. After a while more is tried again; each time that fails, the
//! while becomes longer.
//!
//! ```text
//! Large ──much is lost, or less is taken than is sent──▶ Small ──much is lost──▶ SoundAlone
//!   ▲                                                     │ ▲                       │
//!   └──────────────────quiet for a while──────────────────┘ └───────────────────────┘
//! ```

use std::time::{Duration, Instant};

/// So much lost of what is sent is too much: beyond it sound breaks up.
const LOSS_MAX: f32 = 0.10;
/// Where so much is lost nothing arrives at all, and less would not either.
const GONE: f32 = 0.90;
/// For so long losses are put together, of all streams.
const ROUND: Duration = Duration::from_secs(2);
/// So many rounds in a row with too much lost are no chance.
const ROUNDS: u32 = 2;
/// A step takes so long to show what it brings; no other is taken before.
const SETTLES: Duration = Duration::from_secs(3);
/// For so long it is quiet before more is tried.
const PATIENCE: Duration = Duration::from_secs(8);
/// And for no longer than this, however often it has failed.
const PATIENCE_MAX: Duration = Duration::from_secs(64);
/// How long it is counted what is sent.
const COUNTED: Duration = Duration::from_secs(1);
/// Bytes around what a packet carries.
const AROUND: u64 = 50;
/// A receiver that takes less than nine tenths of what is sent to it takes too little.
const TAKEN: (u64, u64) = (9, 10);

/// What a line gets of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rung {
    /// None.
    SoundAlone,
    /// Small ones.
    Small,
    /// Large ones where they are wanted.
    Large,
}

/// How a line stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ladder {
    rung: Rung,
    since: Instant,
    /// Whether the last step was up.
    tried: bool,
    patience: Duration,
    /// What was lost in this round, of how many streams, and when it began.
    lost: (f32, u16),
    round_since: Instant,
    /// How many rounds in a row too much was lost.
    heavy: u32,
    /// Bytes since `counted_since`, and bits a second in the mean of the last few before.
    bytes: u64,
    counted_since: Instant,
    rate: u64,
}

impl Ladder {
    /// A line of which nothing is known yet.
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            rung: Rung::Large,
            since: now,
            tried: false,
            patience: PATIENCE,
            lost: (0.0, 0),
            round_since: now,
            heavy: 0,
            bytes: 0,
            counted_since: now,
            rate: 0,
        }
    }

    /// What it gets.
    pub(super) const fn rung(&self) -> Rung {
        self.rung
    }

    /// So many bytes were sent.
    pub(super) fn sent(&mut self, bytes: usize, now: Instant) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(0)).saturating_add(AROUND);
        let span = now.saturating_duration_since(self.counted_since);
        if span >= COUNTED {
            let ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1);
            let newest = self.bytes.saturating_mul(8_000) / ms;
            // A whole picture makes a second heavy, and is no measure of what is to be taken.
            self.rate = if self.rate == 0 { newest } else { self.rate / 4 * 3 + newest / 4 };
            (self.bytes, self.counted_since) = (0, now);
        }
    }

    /// Such a part of what was sent in one stream, from 0 to 1, was lost lately.
    pub(super) fn loses(&mut self, part: f32, now: Instant) {
        if now.saturating_duration_since(self.round_since) >= ROUND {
            let (sum, streams) = self.lost;
            let mean = sum / f32::from(streams.max(1));
            let too_much = mean > LOSS_MAX && mean < GONE;
            self.heavy = if too_much { self.heavy.saturating_add(1) } else { 0 };
            (self.lost, self.round_since) = ((0.0, 0), now);
        }
        self.lost = (self.lost.0 + part, self.lost.1.saturating_add(1));
        if self.heavy >= ROUNDS {
            self.steps_down(now);
        }
    }

    /// The receiver takes so many bits a second, as it says. What it says is a guess from how packets come: small pictures
    /// are let go of only where they are seen to be lost.
    pub(super) fn takes(&mut self, bits_per_second: u64, now: Instant) {
        if self.rung == Rung::Large && bits_per_second < self.rate / TAKEN.1 * TAKEN.0 {
            self.steps_down(now);
        }
    }

    fn steps_down(&mut self, now: Instant) {
        if now.saturating_duration_since(self.since) < SETTLES {
            return;
        }
        let lower = match self.rung {
            Rung::Large => Rung::Small,
            // More is tried as if the last step had just been made.
            Rung::Small | Rung::SoundAlone => Rung::SoundAlone,
        };
        if self.tried {
            self.patience = self.patience.saturating_mul(2).min(PATIENCE_MAX);
        }
        *self = Self { rung: lower, since: now, tried: false, heavy: 0, ..*self };
    }

    /// Time goes on: tries more where it was quiet for long enough.
    pub(super) fn climbs(&mut self, now: Instant) {
        if now.saturating_duration_since(self.since) < self.patience {
            return;
        }
        if self.tried {
            // What was tried has held.
            (self.tried, self.patience) = (false, PATIENCE);
        }
        let higher = match self.rung {
            Rung::SoundAlone => Rung::Small,
            Rung::Small => Rung::Large,
            Rung::Large => return,
        };
        *self = Self { rung: higher, since: now, tried: true, heavy: 0, ..*self };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line to which so much is sent, for so many seconds, and how it stands then. Each second it is told what is lost.
    fn after(ladder: &mut Ladder, from: &mut Instant, seconds: u64, lost: impl Fn(Rung) -> f32) -> Rung {
        for _ in 0..seconds {
            *from += Duration::from_secs(1);
            ladder.climbs(*from);
            ladder.loses(lost(ladder.rung()), *from);
        }
        ladder.rung()
    }

    #[test]
    fn what_is_lost_makes_pictures_small_and_then_leaves_them_out() {
        let mut now = Instant::now();
        let mut ladder = Ladder::new(now);
        assert_eq!(after(&mut ladder, &mut now, 60, |_| 0.05), Rung::Large, "a little is borne");
        assert_eq!(after(&mut ladder, &mut now, 3, |_| 0.3), Rung::Large, "and much for a moment");
        assert_eq!(after(&mut ladder, &mut now, 4, |_| 0.3), Rung::Small, "for long it is not");
        assert_eq!(after(&mut ladder, &mut now, 7, |_| 0.3), Rung::SoundAlone);
        assert_eq!(after(&mut ladder, &mut now, 60, |_| 0.0), Rung::Large, "and it comes back by itself");
        assert_eq!(after(&mut ladder, &mut now, 60, |_| 1.0), Rung::Large, "who is away gets no more by it");
    }

    #[test]
    fn what_has_failed_is_tried_less_and_less_often() {
        let mut now = Instant::now();
        let mut ladder = Ladder::new(now);
        let narrow = |rung| if rung == Rung::Large { 0.5 } else { 0.0 };
        let mut large = 0;
        for _ in 0..600 {
            large += u32::from(after(&mut ladder, &mut now, 1, narrow) == Rung::Large);
        }
        assert!((1..100).contains(&large), "of ten minutes large pictures were tried for {large} seconds");
        assert_eq!(after(&mut ladder, &mut now, 2 * PATIENCE_MAX.as_secs(), |_| 0.0), Rung::Large);
        // What has held for a while is forgiven.
        after(&mut ladder, &mut now, 2 * PATIENCE_MAX.as_secs(), |_| 0.0);
        assert_eq!(after(&mut ladder, &mut now, 5, |_| 0.5), Rung::Small);
        assert_eq!(after(&mut ladder, &mut now, PATIENCE.as_secs() + 1, |_| 0.0), Rung::Large);
    }

    #[test]
    fn whoever_takes_less_than_is_sent_gets_less() {
        let mut now = Instant::now();
        let mut ladder = Ladder::new(now);
        let mut second = |ladder: &mut Ladder, takes: u64| {
            for _ in 0..50 {
                now += Duration::from_millis(20);
                ladder.sent(1_200, now);
            }
            ladder.takes(takes, now);
            ladder.rung()
        };
        for _ in 0..10 {
            assert_eq!(second(&mut ladder, 500_000), Rung::Large, "500 kbit/s are sent, and are taken");
        }
        assert_eq!(second(&mut ladder, 300_000), Rung::Small);
        assert_eq!(second(&mut ladder, 300_000), Rung::Small, "a step shows what it brings");
    }
}
