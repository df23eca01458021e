//! Packets in the order in which they were sent: one that comes late is waited for a moment, one that never comes is
//! noticed.

use std::collections::BTreeMap;

/// For so long a packet that is missing is waited for, in microseconds.
const PATIENCE_US: i64 = 250_000;
/// So many packets wait behind a missing one; with more it is given up.
const WINDOW: usize = 256;

/// What comes out, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next<T> {
    /// A packet.
    Packet(T),
    /// Something is missing here and will not come.
    Gap,
}

/// The order of one stream.
#[derive(Debug)]
pub(super) struct Order<T> {
    /// The number that is next; none before the first packet.
    next: Option<u64>,
    /// Packets behind one that is missing, and when each came, in microseconds of the hearing's clock.
    waiting: BTreeMap<u64, (i64, T)>,
}

impl<T> Default for Order<T> {
    fn default() -> Self {
        Self { next: None, waiting: BTreeMap::new() }
    }
}

impl<T> Order<T> {
    /// Takes in a packet by its number. One that was there before, or comes after it was given up, is left out.
    pub(super) fn take_in(&mut self, number: u64, at_us: i64, packet: T) {
        if number >= *self.next.get_or_insert(number) {
            self.waiting.entry(number).or_insert((at_us, packet));
        }
    }

    /// The next thing in order, if there is one by now.
    pub(super) fn give_out(&mut self, now_us: i64) -> Option<Next<T>> {
        let (first, (at_us, _)) = self.waiting.first_key_value()?;
        let (first, waited_us) = (*first, now_us.saturating_sub(*at_us));
        if self.next != Some(first) {
            if waited_us < PATIENCE_US && self.waiting.len() <= WINDOW {
                return None;
            }
            self.next = Some(first);
            return Some(Next::Gap);
        }
        self.next = Some(first.saturating_add(1));
        self.waiting.pop_first().map(|(_, (_, packet))| Next::Packet(packet))
    }

    /// Waits for nothing more: what is still there comes out, in order.
    pub(super) fn give_up(&mut self) -> Option<Next<T>> {
        self.give_out(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(order: &mut Order<u64>, now_us: i64) -> Vec<Next<u64>> {
        std::iter::from_fn(|| order.give_out(now_us)).collect()
    }

    #[test]
    fn given_packets_out_of_order_they_come_out_in_order_and_each_once() {
        let mut order = Order::default();
        let mut out = Vec::new();
        for number in [10, 12, 11, 11, 10, 13] {
            order.take_in(number, 0, number);
            out.extend(all(&mut order, 0));
        }
        assert_eq!(out, [10, 11, 12, 13].map(Next::Packet));
    }

    #[test]
    fn given_a_packet_that_never_comes_when_patience_is_over_then_the_gap_is_told_once() {
        let mut order = Order::default();
        order.take_in(1, 0, 1);
        order.take_in(3, 1_000, 3);
        order.take_in(4, 20_000, 4);
        assert_eq!(all(&mut order, 100_000), [Next::Packet(1)], "it may still come");
        let rest = [Next::Gap, Next::Packet(3), Next::Packet(4)];
        assert_eq!(all(&mut order, 1_000 + PATIENCE_US), rest);
        order.take_in(2, 400_000, 2);
        assert_eq!(all(&mut order, i64::MAX), [], "too late");
    }

    #[test]
    fn given_many_packets_behind_a_missing_one_it_is_given_up_and_memory_stays_bounded() {
        let mut order = Order::default();
        order.take_in(0, 0, 0);
        assert_eq!(all(&mut order, 0), [Next::Packet(0)]);
        for number in 2..2_000 {
            order.take_in(number, 0, number);
            while order.give_out(0).is_some() {}
            assert!(order.waiting.len() <= WINDOW);
        }
    }

    #[test]
    fn when_the_stream_ends_what_waits_comes_out() {
        let mut order = Order::default();
        for number in [1, 4] {
            order.take_in(number, 0, number);
        }
        let out: Vec<_> = std::iter::from_fn(|| order.give_up()).collect();
        assert_eq!(out, [Next::Packet(1), Next::Gap, Next::Packet(4)]);
    }
}
