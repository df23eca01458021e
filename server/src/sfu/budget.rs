//! How much a line may send: so many bytes a second, and one second's worth at once. What is beyond it is not even read, so
//! that nobody's flood costs the others their sound.

use std::time::Instant;

/// A datagram counts for no less than so many bytes: small ones cost the server as much as others.
const LEAST: u64 = 128;
/// Parts of a byte that are counted.
const PARTS: u64 = 1_000_000;

/// What a line may still send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    per_second: u64,
    /// In millionths of a byte.
    left: u64,
    seen: Instant,
}

impl Budget {
    /// A budget of which nothing is spent yet.
    pub(super) const fn full(bytes_per_second: u64, now: Instant) -> Self {
        Self { per_second: bytes_per_second, left: bytes_per_second.saturating_mul(PARTS), seen: now }
    }

    /// Spends a datagram; false when not enough is left, and then nothing is spent.
    pub(super) fn takes(&mut self, bytes: usize, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.seen).as_micros();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.seen = self.seen.max(now);
        let most = self.per_second.saturating_mul(PARTS);
        self.left = self.left.saturating_add(self.per_second.saturating_mul(since)).min(most);
        let costs = u64::try_from(bytes).unwrap_or(u64::MAX).max(LEAST).saturating_mul(PARTS);
        let rest = self.left.checked_sub(costs);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_second_is_there_at_once_and_then_as_much_as_time_brings() {
        let start = Instant::now();
        let mut budget = Budget::full(10_000, start);
        let taken = |budget: &mut Budget, at| (0..100).filter(|_| budget.takes(1_000, at)).count();
        assert_eq!(taken(&mut budget, start), 10);
        assert_eq!(taken(&mut budget, start + Duration::from_millis(250)), 2);
        assert_eq!(taken(&mut budget, start + Duration::from_millis(300)), 1, "what was over is not lost");
        assert_eq!(
            taken(&mut budget, start + Duration::from_secs(60)),
            10,
            "and no more than a second's is kept"
        );
        assert_eq!(taken(&mut budget, start), 0, "time that goes back brings nothing");
    }

    #[test]
    fn many_small_datagrams_are_no_way_around_it() {
        let start = Instant::now();
        let mut budget = Budget::full(1_280, start);
        assert_eq!((0..100).filter(|_| budget.takes(1, start)).count(), 10);
    }
}
