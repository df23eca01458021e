//! When a lost link is tried again, and when it is time to say that the network lets no sound and picture through.
//!
//! ```text
//! lost ──pause, twice as long each time──▶ tried, with more patience each time ──▶ open (all forgotten)
//!                                            └──twice not open──▶ blocked: said aloud, and tried slowly
//! ```

/// The first pause, in milliseconds; it doubles with every try.
const PAUSE_MIN_MS: u32 = 2_000;
/// The longest pause between two tries, in milliseconds.
const PAUSE_MAX_MS: u32 = 60_000;
/// So many tries in a row that did not open, and it is the network.
const BLOCKED_AFTER: u32 = 2;
/// How long the first try may take to open, in milliseconds; the next ones twice as long, as a slow device must not be cut off
/// again and again just before it is there.
const OPEN_MS: i32 = 15_000;
/// How long a line may be without anything coming in until it is given up, in milliseconds: a short gap mends by itself.
pub(super) const GAP_MS: i32 = 4_000;

/// Why a try came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The two ends did not find one another.
    Unopened,
    /// It was open, and is no longer.
    Broken,
    /// The server is busy, or is being started again.
    Busy,
}

/// The tries since the link was last open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Again {
    tries: u32,
    unopened: u32,
}

impl Again {
    /// A try came to nothing. How long to wait before the next, in milliseconds; `chance`, from 0 to 1, keeps apart
    /// those who were lost together.
    pub(super) fn failed(&mut self, why: Why, chance: f64) -> i32 {
        self.tries = self.tries.saturating_add(1);
        match why {
            Why::Unopened => self.unopened = self.unopened.saturating_add(1),
            Why::Broken => self.unopened = 0,
            Why::Busy => {}
        }
        let doubled = PAUSE_MIN_MS << self.tries.saturating_sub(1).min(5);
        let pause = if self.is_blocked() { PAUSE_MAX_MS } else { doubled.min(PAUSE_MAX_MS) };
        #[expect(clippy::cast_possible_truncation, reason = "at most a minute and a quarter")]
        let pause = (f64::from(pause) * (0.75 + chance / 2.0)) as i32;
        pause
    }

    /// How long the next try may take to open, in milliseconds.
    pub(super) const fn patience_ms(self) -> i32 {
        if self.unopened == 0 { OPEN_MS } else { 2 * OPEN_MS }
    }

    /// Whether the network seems to let nothing through.
    pub(super) const fn is_blocked(self) -> bool {
        self.unopened >= BLOCKED_AFTER
    }
}

/// Whether a refusal of an offer passes by itself, so that it is worth trying again.
pub(super) fn passes(code: &str) -> bool {
    matches!(code, "request.too-fast" | "link.too-often" | "error.stopping")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_longer_than_the_one_before_until_a_minute() {
        let mut again = Again::default();
        let pauses: Vec<i32> = (0..8).map(|_| again.failed(Why::Busy, 0.5)).collect();
        assert_eq!(pauses, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
        assert!(!again.is_blocked(), "a busy server is no closed network");
    }

    #[test]
    fn two_tries_that_did_not_open_are_told_and_tried_slowly() {
        let mut again = Again::default();
        assert_eq!(again.patience_ms(), 15_000);
        assert_eq!(again.failed(Why::Unopened, 0.5), 2_000);
        assert!(!again.is_blocked());
        assert_eq!(again.patience_ms(), 30_000, "a slow device gets more time");
        assert_eq!(again.failed(Why::Unopened, 0.5), 60_000);
        assert!(again.is_blocked());
    }

    #[test]
    fn a_link_that_was_open_is_not_taken_for_blocked() {
        let mut again = Again::default();
        for _ in 0..9 {
            again.failed(Why::Broken, 0.5);
        }
        assert!(!again.is_blocked());
    }

    #[test]
    fn only_what_passes_by_itself_is_tried_again() {
        assert!(["request.too-fast", "link.too-often", "error.stopping"].into_iter().all(passes));
        assert!(
            !["link.off", "link.unreadable", "roll.not-admitted", "room.passive"].into_iter().any(passes)
        );
    }
}
