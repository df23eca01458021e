//! When something was said and shown: the times that a browser writes on its packets, told on the hearing's clock, sound
//! and picture alike.
//!
//! A browser counts sound and picture from beginnings of their own, and its clock runs a little faster or slower than
//! ours. From time to time it reports how both counts stand to one clock of its own; by that clock they are laid side by
//! side. How its clock stands to ours is told by the packets that were on their way for the shortest time.

/// For so long the shortest way holds, in microseconds; then it is looked for anew, as clocks drift.
const SPAN_US: i64 = 10_000_000;
/// By so much a packet can at most have been taken before it came, in microseconds; whatever it says.
const WAY_US_MAX: i64 = 1_000_000;
const MICROS: i64 = 1_000_000;

/// What a browser last reported of one of its streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reported {
    /// On the browser's clock, in microseconds.
    pub(super) at_us: i64,
    /// On the stream's count.
    pub(super) time: u32,
}

/// The times of one seat's sound and picture.
#[derive(Debug, Default)]
pub(super) struct Timing {
    by_report: Way,
}

/// The times of one stream.
#[derive(Debug)]
pub(super) struct Count {
    hertz: i64,
    last: Option<(u32, i64)>,
    own: Way,
}

impl Count {
    /// A stream whose time runs so fast, in hertz.
    pub(super) fn new(hertz: u32) -> Self {
        Self { hertz: i64::from(hertz).max(1), last: None, own: Way::default() }
    }

    /// The count without its rollovers, in microseconds.
    fn counted(&mut self, time: u32) -> i64 {
        let ticks = match self.last {
            None => 0,
            Some((last, ticks)) => ticks.saturating_add(distance(last, time)),
        };
        self.last = Some((time, ticks));
        ticks.saturating_mul(MICROS) / self.hertz
    }
}

impl Timing {
    /// When a packet was taken, on the hearing's clock; all in microseconds. `came_us` is when it came.
    pub(super) fn taken(
        &mut self,
        count: &mut Count,
        time: u32,
        came_us: i64,
        told: Option<Reported>,
    ) -> i64 {
        let counted = count.counted(time);
        let own = count.own.of(came_us, came_us, counted);
        let taken = match told {
            None => own,
            Some(told) => {
                let since = distance(told.time, time).saturating_mul(MICROS) / count.hertz;
                // What is known of the stream alone is nearer the truth than when this packet came.
                self.by_report.of(came_us, own, told.at_us.saturating_add(since))
            }
        };
        taken.clamp(came_us.saturating_sub(WAY_US_MAX), came_us)
    }
}

/// From one count to another, whichever way is shorter.
fn distance(from: u32, to: u32) -> i64 {
    i64::from(to.wrapping_sub(from).cast_signed())
}

/// The shortest way: the smallest distance between when something was taken on another clock and when it came on ours.
#[derive(Debug, Default)]
struct Way {
    since_us: i64,
    now: Option<i64>,
    before: Option<i64>,
}

impl Way {
    /// On our clock what a moment was on the other. At the latest it was `ours_us`.
    fn of(&mut self, came_us: i64, ours_us: i64, other_us: i64) -> i64 {
        let way = ours_us.saturating_sub(other_us);
        if self.now.is_none() || came_us.saturating_sub(self.since_us) > SPAN_US {
            (self.since_us, self.before, self.now) = (came_us, self.now, Some(way));
        }
        let shortest = self.now.map_or(way, |now| now.min(way));
        self.now = Some(shortest);
        other_us.saturating_add(self.before.map_or(shortest, |before| before.min(shortest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like chance and are the same in every run.
    fn chance(seed: &mut u64, below: i64) -> i64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(*seed >> 33).unwrap() % below
    }

    fn ticks(beginning: u32, us: i64, hertz: i64) -> u32 {
        beginning.wrapping_add(u32::try_from((us * hertz / MICROS) & 0xffff_ffff).unwrap())
    }

    #[test]
    fn given_a_drifting_clock_and_an_uneven_network_sound_and_picture_stay_together_for_two_hours() {
        let (mut timing, mut sound, mut picture) =
            (Timing::default(), Count::new(48_000), Count::new(90_000));
        let mut seed = 7;
        let (start, ahead) = (1_796_691_600_000_000, 3_600_000_000);
        let mut widest = 0;
        // Every 20 ms something is said and shown at the same moment; the browser's clock runs 80 millionths slow.
        for n in 0..360_000_i64 {
            let (real, theirs) = (n * 20_000, n * 20_000 - n * 8 / 5);
            let told = |hertz: i64, beginning: u32| {
                let at = theirs / 5_000_000 * 5_000_000;
                (at > 0).then(|| Reported { at_us: at + ahead, time: ticks(beginning, at, hertz) })
            };
            // A picture is on its way for longer: it is large, and was coded first.
            let heard = start + real + 30_000 + chance(&mut seed, 40_000);
            let seen = start + real + 75_000 + chance(&mut seed, 40_000);
            let s = timing.taken(
                &mut sound,
                ticks(4_294_900_000, theirs, 48_000),
                heard,
                told(48_000, 4_294_900_000),
            );
            let p = timing.taken(&mut picture, ticks(17, theirs, 90_000), seen, told(90_000, 17));
            if theirs > 5_000_000 {
                widest = widest.max((s - p).abs());
                assert!((s - start - real - 30_000).abs() < 20_000, "on the hearing's clock at {n}");
            }
        }
        assert!(widest <= 20_000, "{widest} µs apart");
    }

    #[test]
    fn given_no_report_each_goes_by_when_its_fastest_packets_came() {
        let (mut timing, mut sound) = (Timing::default(), Count::new(48_000));
        assert_eq!(timing.taken(&mut sound, 0, 1_000_000, None), 1_000_000);
        assert_eq!(timing.taken(&mut sound, 960, 1_050_000, None), 1_020_000, "it was 30 ms late");
        assert_eq!(timing.taken(&mut sound, 480, 1_060_000, None), 1_010_000, "and an older one comes last");
    }

    #[test]
    fn given_times_that_cannot_be_then_a_packet_is_still_near_when_it_came() {
        let (mut timing, mut picture) = (Timing::default(), Count::new(90_000));
        let mut seed = 11;
        for n in 0..10_000_i64 {
            let time = u32::try_from(chance(&mut seed, 1 << 32)).unwrap();
            let told =
                Some(Reported { at_us: chance(&mut seed, 1 << 50) - (1 << 49), time: time.wrapping_mul(3) });
            let came = n * 10_000;
            let taken = timing.taken(&mut picture, time, came, told);
            assert!((came - WAY_US_MAX..=came).contains(&taken));
        }
        let never = Some(Reported { at_us: i64::MIN, time: 0 });
        assert!((5 - WAY_US_MAX..=5).contains(&timing.taken(&mut picture, 1, 5, never)));
    }
}
