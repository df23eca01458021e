//! How good the line is: what is lost on the way, how long a packet takes, which pictures move, and who speaks.

use std::collections::{BTreeMap, BTreeSet};

use js_sys::{Map, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Less than this share lost is not noticed.
const GOOD_LOSS: f64 = 0.02;
/// More than this is hard to follow.
const POOR_LOSS: f64 = 0.10;
/// Longer than this, in seconds there and back, one speaks over the other.
const GOOD_SECONDS: f64 = 0.3;
/// Longer than this it is no conversation.
const POOR_SECONDS: f64 = 0.8;
/// Softer than this, of one, nobody speaks.
const LOUD: f64 = 0.01;
/// How much of the old value stays with each measurement.
const KEPT: f64 = 0.7;

/// What was measured last.
#[derive(Debug, Default)]
pub(super) struct Gauge {
    /// Pictures decoded, by section or by track, and how often in a row nothing was added.
    decoded: BTreeMap<String, (f64, u32)>,
    /// How much sound has come in each section: its energy, and over how many seconds.
    energy: BTreeMap<String, (f64, f64)>,
    /// The section that was loudest lately; none where nobody spoke.
    loudest: Option<String>,
    came: f64,
    lost: f64,
    loss: f64,
    seconds: f64,
}

impl Gauge {
    /// A report of the connection, as browsers make it once a second.
    pub(super) fn measure(&mut self, report: &JsValue) {
        let (mut came, mut lost, mut sent_loss) = (0.0, 0.0, 0.0);
        let mut loudest = (LOUD * LOUD, None);
        report.unchecked_ref::<Map>().for_each(&mut |entry, _| {
            let number =
                |name: &str| Reflect::get(&entry, &name.into()).ok().and_then(|value| value.as_f64());
            let text =
                |name: &str| Reflect::get(&entry, &name.into()).ok().and_then(|value| value.as_string());
            match text("type").as_deref() {
                Some("inbound-rtp") => {
                    came += number("packetsReceived").unwrap_or(0.0);
                    lost += number("packetsLost").unwrap_or(0.0);
                    // Older browsers do not name the section.
                    let of = text("mid").or_else(|| text("trackIdentifier"));
                    let sound = number("totalAudioEnergy").zip(number("totalSamplesDuration"));
                    if let (Some(of), Some((energy, seconds))) = (&of, sound) {
                        let known = self.energy.insert(of.clone(), (energy, seconds)).unwrap_or_default();
                        let power = (energy - known.0) / (seconds - known.1).max(0.1);
                        if power > loudest.0 {
                            loudest = (power, Some(of.clone()));
                        }
                    }
                    if let (Some(of), Some(decoded)) = (of, number("framesDecoded")) {
                        let known = self.decoded.entry(of).or_insert((0.0, u32::MAX));
                        *known = (decoded, if decoded > known.0 { 0 } else { known.1.saturating_add(1) });
                    }
                }
                Some("remote-inbound-rtp") => {
                    sent_loss = number("fractionLost").unwrap_or(0.0).max(sent_loss);
                    self.seconds = number("roundTripTime").unwrap_or(self.seconds);
                }
                _ => {}
            }
        });
        self.loudest = loudest.1;
        let (more, gone) = ((came - self.came).max(0.0), (lost - self.lost).max(0.0));
        (self.came, self.lost) = (came, lost);
        let now = if more + gone > 0.0 { gone / (more + gone) } else { 0.0 };
        self.loss = self.loss * KEPT + now.max(sent_loss) * (1.0 - KEPT);
    }

    /// Sections, or tracks, whose pictures move: one second without a new one is nothing.
    pub(super) fn moving(&self) -> BTreeSet<String> {
        self.decoded.iter().filter(|(_, (_, still))| *still < 2).map(|(mid, _)| mid.clone()).collect()
    }

    /// The section in which somebody speaks, the loudest of all.
    pub(super) fn loudest(&self) -> Option<&String> {
        self.loudest.as_ref()
    }

    /// In one word.
    pub(super) fn quality(&self) -> &'static str {
        if self.loss > POOR_LOSS || self.seconds > POOR_SECONDS {
            "poor"
        } else if self.loss > GOOD_LOSS || self.seconds > GOOD_SECONDS {
            "fair"
        } else {
            "good"
        }
    }
}
