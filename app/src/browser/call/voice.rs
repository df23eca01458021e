//! The own voice made unlike itself, for whoever must not be known by it: lower, by an amount that is another one each
//! time. The words remain as clear as they were. It keeps from being known by ear, not from an expert: who has a recording
//! can raise it again, and who knows the person well may guess.
//!
//! ```text
//!            ┌─▶ late, and later and later ─▶ louder, softer ─┐
//! microphone ┤        (sound that comes ever later is lower)  ├─▶ what is sent
//!            └─▶ the same half a turn behind ─▶ softer, louder┘
//! ```
//!
//! Neither of the two is heard where it jumps back to the beginning: there the other one is.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AudioContext, AudioContextState, AudioNode, AudioParam, DelayNode, MediaStream, MediaStreamTrack,
    OscillatorNode, OscillatorType,
};

use super::section::of_tracks;

/// How long one turn takes, in seconds: shorter, and it is heard as a hum; longer, and words are said twice.
const TURN_S: f64 = 0.1;
/// By what part the voice is lowered at the least, and at the most.
const LOWER: (f64, f64) = (0.18, 0.28);
/// The two begin so much later, in seconds, that everything is set by then.
const AHEAD_S: f64 = 0.05;

/// A voice made unlike itself, for as long as it lives.
#[derive(Debug)]
pub(super) struct Voice {
    context: AudioContext,
    /// What is sent.
    pub(super) track: MediaStreamTrack,
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.track.stop();
        // What it gives is not waited for.
        drop(self.context.close());
    }
}

impl Voice {
    /// That of a microphone; `chance`, from 0 to 1, says how much lower.
    pub(super) fn of(microphone: &MediaStreamTrack, chance: f64) -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        let own: MediaStream = of_tracks([microphone.clone()])?;
        let source: AudioNode = context.create_media_stream_source(&own)?.unchecked_into();
        let sent = context.create_media_stream_destination()?;
        let depth = TURN_S * (LOWER.0 + (LOWER.1 - LOWER.0) * chance);
        let begins = context.current_time() + AHEAD_S;
        // Nothing is let through before all of it swings: until then it would be the own voice.
        let gate = context.create_gain()?;
        gate.gain().set_value(0.0);
        gate.gain().set_value_at_time(1.0, begins + 2.0 * TURN_S)?;
        gate.connect_with_audio_node(&sent)?;
        let swell = turning(&context, OscillatorType::Sine, begins)?;
        // A quarter of a turn on the swell is at its height, and the sound in the middle of its way.
        for (behind, sign) in [(0.25, 0.5_f32), (0.75, -0.5_f32)] {
            let late: DelayNode = context.create_delay_with_max_delay_time(2.0 * depth)?;
            #[expect(clippy::cast_possible_truncation, reason = "thousandths of a second")]
            let half = (depth / 2.0) as f32;
            late.delay_time().set_value(half);
            let way = turning(&context, OscillatorType::Sawtooth, begins + behind * TURN_S)?;
            steers(&context, &way, half, &late.delay_time())?;
            let loud = context.create_gain()?;
            loud.gain().set_value(0.5);
            steers(&context, &swell, sign, &loud.gain())?;
            source.connect_with_audio_node(&late)?;
            late.connect_with_audio_node(&loud)?;
            loud.connect_with_audio_node(&gate)?;
        }
        let track = sent.stream().get_audio_tracks().get(0).dyn_into()?;
        let voice = Self { context, track };
        voice.wakes();
        Ok(voice)
    }

    /// Whether nothing of it can be heard, for the browser wants a press first.
    pub(super) fn is_asleep(&self) -> bool {
        self.context.state() != AudioContextState::Running
    }

    /// Goes on where the browser wants a press first.
    pub(super) fn wakes(&self) {
        if self.is_asleep() {
            drop(self.context.resume());
        }
    }
}

/// Something that swings once a turn.
fn turning(context: &AudioContext, how: OscillatorType, from: f64) -> Result<OscillatorNode, JsValue> {
    let swings = context.create_oscillator()?;
    swings.set_type(how);
    #[expect(clippy::cast_possible_truncation, reason = "some hertz")]
    swings.frequency().set_value((1.0 / TURN_S) as f32);
    swings.start_with_when(from)?;
    Ok(swings)
}

/// What swings moves a setting by so much.
fn steers(
    context: &AudioContext,
    swings: &OscillatorNode,
    by: f32,
    what: &AudioParam,
) -> Result<(), JsValue> {
    let much = context.create_gain()?;
    much.gain().set_value(by);
    swings.connect_with_audio_node(&much)?;
    much.connect_with_audio_param(what)
}
