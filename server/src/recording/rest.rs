//! While nothing can be written, it is tried again after a pause, and after each that was in vain after a longer one.

use std::time::{Duration, Instant};

/// The first pause.
const SHORTEST: Duration = Duration::from_secs(2);
/// And the longest.
const LONGEST: Duration = Duration::from_secs(60);

/// A time in which nothing is written.
#[derive(Debug)]
pub(super) struct Rest {
    until: Instant,
    pause: Duration,
    /// Whether it is tried just now.
    tries: bool,
}

impl Rest {
    /// The first pause begins.
    pub(super) fn begin(now: Instant) -> Self {
        Self { until: now + SHORTEST, pause: SHORTEST, tries: false }
    }

    /// Whether nothing is tried just now.
    pub(super) const fn lasts(&self) -> bool {
        !self.tries
    }

    /// It was tried in vain. What fails while nothing is tried was begun before, and makes no pause longer.
    pub(super) fn again(&mut self, now: Instant) {
        if self.tries {
            self.pause = (self.pause * 2).min(LONGEST);
            (self.until, self.tries) = (now + self.pause, false);
        }
    }

    /// Whether it is tried from now on; said once.
    pub(super) fn ends(&mut self, now: Instant) -> bool {
        let ends = !self.tries && self.until <= now;
        self.tries |= ends;
        ends
    }

    /// There is reason to try at once.
    pub(super) fn hurries(&mut self, now: Instant) {
        self.until = self.until.min(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_in_vain_makes_the_next_pause_longer_up_to_a_minute() {
        let start = Instant::now();
        let (mut rest, mut now, mut pauses) = (Rest::begin(start), start, Vec::new());
        for _ in 0..7 {
            let began = now;
            rest.again(now);
            while !rest.ends(now) {
                assert!(rest.lasts());
                now += Duration::from_secs(1);
            }
            assert!(!rest.lasts() && !rest.ends(now), "once");
            pauses.push((now - began).as_secs());
            rest.again(now);
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 60, 60]);
        rest.hurries(now);
        assert!(rest.ends(now));
    }
}
