//! Numbers and times of a stream that is sent on: without a break for whoever receives it, though what comes in stops,
//! starts again and changes its source.

use std::time::Instant;

use str0m::rtp::Ssrc;

/// A number so far from those before it is not of the same count: whoever receives it would wait for what was never sent.
const LEAP: u64 = 1_000;

/// From where packets come: the line, by its number, and the stream on it.
pub(super) type Source = (u64, Ssrc);

/// A stream as it is sent on.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// The run that goes on; none while nothing is sent.
    now: Option<Offsets>,
    /// The last packet that went out.
    last: Option<Last>,
}

#[derive(Clone, Copy, Debug)]
struct Offsets {
    source: Source,
    /// Number and time of the first packet of the run, as they came in.
    came: (u64, u32),
    /// And as they went out.
    went: (u64, u32),
    /// The highest number that came in.
    newest: u64,
}

impl Offsets {
    fn goes_on_with(&self, source: Source, number: u64) -> bool {
        self.source == source && self.newest.abs_diff(number) <= LEAP
    }
}

#[derive(Clone, Copy, Debug)]
struct Last {
    number: u64,
    time: u32,
    at: Instant,
}

impl Run {
    /// Whether a packet of this source and number goes on without a new start.
    pub(super) fn follows(&self, source: Source, number: u64) -> bool {
        self.now.is_some_and(|run| run.goes_on_with(source, number))
    }

    /// Nothing more is sent until a new run starts.
    pub(super) fn stop(&mut self) {
        self.now = None;
    }

    /// The number and time under which a packet goes out; none for one that is older than its run. `hertz` is how fast the
    /// time of the stream runs.
    pub(super) fn goes_out(
        &mut self,
        source: Source,
        number: u64,
        time: u32,
        at: Instant,
        hertz: u32,
    ) -> Option<(u64, u32)> {
        let run = match self.now.filter(|run| run.goes_on_with(source, number)) {
            Some(run) => Offsets { newest: run.newest.max(number), ..run },
            None => self.start(source, number, time, at, hertz),
        };
        self.now = Some(run);
        let number = run.went.0 + number.checked_sub(run.came.0)?;
        let time = run.went.1.wrapping_add(time.wrapping_sub(run.came.1));
        if self.last.is_none_or(|last| number > last.number) {
            self.last = Some(Last { number, time, at });
        }
        Some((number, time))
    }

    fn start(&self, source: Source, number: u64, time: u32, at: Instant, hertz: u32) -> Offsets {
        let went = match self.last {
            // A new stream begins low, so that its first rollover is seen by whoever receives it.
            None => (1, time),
            Some(last) => {
                let elapsed =
                    at.saturating_duration_since(last.at).as_micros() * u128::from(hertz) / 1_000_000;
                let elapsed = u32::try_from(elapsed % (1_u128 << 32)).unwrap_or(0);
                (last.number + 1, last.time.wrapping_add(elapsed.max(1)))
            }
        };
        Offsets { source, came: (number, time), went, newest: number }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn numbers_go_on_without_a_gap_over_a_pause_and_another_source() {
        let (start, mut run) = (Instant::now(), Run::default());
        let at = |ms| start + Duration::from_millis(ms);
        let (one, other) = ((1, Ssrc::from(10)), (2, Ssrc::from(20)));
        assert_eq!(run.goes_out(one, 500, 90_000, at(0), 48_000), Some((1, 90_000)));
        assert_eq!(run.goes_out(one, 502, 91_920, at(40), 48_000), Some((3, 91_920)), "a loss stays a loss");
        assert_eq!(
            run.goes_out(one, 501, 90_960, at(41), 48_000),
            Some((2, 90_960)),
            "late, and still of the run"
        );
        run.stop();
        assert!(!run.follows(one, 503));
        assert_eq!(run.goes_out(one, 600, 200_000, at(1040), 48_000), Some((4, 91_920 + 48_000)));
        assert_eq!(run.goes_out(one, 599, 199_040, at(1041), 48_000), None, "older than the run");
        assert_eq!(run.goes_out(other, 7, 5, at(1060), 48_000), Some((5, 139_920 + 960)));
        assert!(run.follows(other, 8));
    }

    #[test]
    fn a_leap_in_the_numbers_begins_a_new_run_without_a_gap() {
        let (start, mut run) = (Instant::now(), Run::default());
        let at = |ms| start + Duration::from_millis(ms);
        let one = (1, Ssrc::from(10));
        assert_eq!(run.goes_out(one, 10, 0, at(0), 48_000), Some((1, 0)));
        assert_eq!(run.goes_out(one, 1_010, 960, at(20), 48_000), Some((1_001, 960)), "so much may be lost");
        assert!(!run.follows(one, 2_011), "and no more");
        assert_eq!(run.goes_out(one, 2_011, 7, at(40), 48_000), Some((1_002, 1_920)));
        assert_eq!(run.goes_out(one, 2_012, 967, at(60), 48_000), Some((1_003, 2_880)));
        assert!(!run.follows(one, 900), "nor back");
        assert_eq!(run.goes_out(one, 900, 7, at(80), 48_000), Some((1_004, 3_840)));
    }
}
