//! What the browser says of the line, second by second, and what follows from it.

use js_sys::{Map, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// What a check measured; as the rules take it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Of a thousand packets so many did not come back.
    pub loss_permille: u32,
    /// There and back, in milliseconds.
    pub round_trip_ms: u32,
    /// By how much packets come early or late, in milliseconds.
    pub jitter_ms: u32,
    /// What the line bears outwards, in thousands of bits a second.
    pub sends_kbps: u32,
}

/// What the browser said at a moment; counts are since the line is open.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sample {
    at_ms: i64,
    /// Packets that came back, and that did not.
    came: f64,
    lost: f64,
    /// Share of what was sent that did not reach the server.
    lost_there: f64,
    /// Bytes sent.
    sent: f64,
    /// What the browser takes the line to bear, in bits a second; 0 where it does not say.
    bears: f64,
    /// In seconds.
    round_trip: f64,
    jitter: f64,
}

impl Sample {
    /// What a report of the connection says.
    pub(super) fn of(report: &JsValue, at_ms: i64) -> Self {
        let mut sample = Self { at_ms, ..Self::default() };
        report.unchecked_ref::<Map>().for_each(&mut |entry, _| {
            let of = |name: &str| Reflect::get(&entry, &name.into()).ok();
            let number = |name: &str| of(name).and_then(|value| value.as_f64()).unwrap_or(0.0);
            match of("type").and_then(|kind| kind.as_string()).as_deref() {
                Some("inbound-rtp") => {
                    sample.came += number("packetsReceived");
                    sample.lost += number("packetsLost");
                    sample.jitter = sample.jitter.max(number("jitter"));
                }
                Some("outbound-rtp") => sample.sent += number("bytesSent"),
                Some("remote-inbound-rtp") => {
                    sample.lost_there = sample.lost_there.max(number("fractionLost"));
                    sample.round_trip = sample.round_trip.max(number("roundTripTime"));
                }
                Some("candidate-pair") => {
                    sample.bears = sample.bears.max(number("availableOutgoingBitrate"));
                    sample.round_trip = sample.round_trip.max(number("currentRoundTripTime"));
                }
                _ => {}
            }
        });
        sample
    }
}

/// What follows from samples of some seconds; none where nothing came back. The beginning, in which the line only finds its
/// pace, counts for loss alone.
pub(super) fn measured(samples: &[Sample]) -> Option<Measured> {
    let (first, last) = (samples.first()?, samples.last()?);
    let (came, lost) = ((last.came - first.came).max(0.0), (last.lost - first.lost).max(0.0));
    if came < 1.0 {
        return None;
    }
    let later = samples.get(samples.len() / 2..).unwrap_or_default();
    let there = later.iter().map(|sample| sample.lost_there).fold(0.0, f64::max);
    let middle = |of: fn(&Sample) -> f64| {
        let mut all: Vec<f64> = later.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(0.0)
    };
    let from = later.first()?;
    #[expect(clippy::cast_precision_loss, reason = "some seconds")]
    let span_ms = (last.at_ms - from.at_ms).max(1) as f64;
    let sent_kbps = (last.sent - from.sent) * 8.0 / span_ms;
    Some(Measured {
        loss_permille: whole((lost / (came + lost)).max(there) * 1_000.0, 1_000),
        round_trip_ms: whole(middle(|sample| sample.round_trip) * 1_000.0, MOST),
        jitter_ms: whole(middle(|sample| sample.jitter) * 1_000.0, MOST),
        sends_kbps: whole(sent_kbps.max(middle(|sample| sample.bears) / 1_000.0), MOST),
    })
}

/// The rules take no larger number.
const MOST: u32 = 100_000;

fn whole(value: f64, most: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within its bounds")]
    let value = value.round().clamp(0.0, f64::from(most)) as u32;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: u32, lost: f64) -> Sample {
        let at_ms = 1_000 * i64::from(n);
        let n = f64::from(n);
        Sample {
            at_ms,
            came: 100.0 * n,
            lost: lost * n,
            lost_there: 0.0,
            sent: 50_000.0 * n,
            bears: 0.0,
            round_trip: 0.040,
            jitter: 0.006,
        }
    }

    #[test]
    fn some_seconds_become_four_numbers() {
        let samples: Vec<Sample> = (0..=8).map(|n| second(n, 5.0)).collect();
        let expected = Measured { loss_permille: 48, round_trip_ms: 40, jitter_ms: 6, sends_kbps: 400 };
        assert_eq!(measured(&samples), Some(expected));
    }

    #[test]
    fn where_nothing_comes_back_nothing_is_measured_and_a_line_that_bears_more_is_credited_with_it() {
        let silent: Vec<Sample> = (0..=8).map(|n| Sample { came: 0.0, ..second(n, 0.0) }).collect();
        assert_eq!((measured(&silent), measured(&[])), (None, None));
        let still: Vec<Sample> = (0..=8).map(|n| Sample { bears: 900_000.0, ..second(n, 0.0) }).collect();
        assert_eq!(measured(&still).map(|measured| measured.sends_kbps), Some(900));
    }
}
