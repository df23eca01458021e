//! How loud the microphone is, ten times a second, and the test sound. No sound leaves this browser by it.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{MediaStream, MediaStreamTrack};

use super::Told;
use crate::browser::{call::section::of_tracks, window};

/// How often it is listened, in milliseconds.
const LISTEN_MS: i32 = 100;
/// So many values of sound are looked at each time.
const VALUES: usize = 1_024;
/// Silence, in the middle of a byte.
const SILENCE: u8 = 128;
/// The notes of the test sound: hertz, and from when it is heard, in seconds. Low enough for old ears.
const NOTES: [(f32, f64); 3] = [(440.0, 0.0), (554.0, 0.35), (659.0, 0.7)];
/// How long a note is, in seconds.
const NOTE_SECONDS: f64 = 0.3;
/// How loud it is, of 1.
const LOUD: f32 = 0.3;

#[wasm_bindgen]
extern "C" {
    /// What works on sound in the browser.
    #[wasm_bindgen(js_name = AudioContext)]
    type Studio;
    #[wasm_bindgen(constructor, catch, js_class = "AudioContext")]
    fn new() -> Result<Studio, JsValue>;
    #[wasm_bindgen(method, catch, js_name = createMediaStreamSource)]
    fn source(this: &Studio, stream: &MediaStream) -> Result<Part, JsValue>;
    #[wasm_bindgen(method, js_name = createAnalyser)]
    fn meter(this: &Studio) -> Part;
    #[wasm_bindgen(method, js_name = createOscillator)]
    fn voice(this: &Studio) -> Part;
    #[wasm_bindgen(method, js_name = createGain)]
    fn knob(this: &Studio) -> Part;
    #[wasm_bindgen(method, getter)]
    fn destination(this: &Studio) -> Part;
    #[wasm_bindgen(method, getter, js_name = currentTime)]
    fn time(this: &Studio) -> f64;
    #[wasm_bindgen(method)]
    fn resume(this: &Studio) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &Studio) -> Promise;

    /// A part through which sound goes, whatever it does with it.
    type Part;
    #[wasm_bindgen(method)]
    fn connect(this: &Part, to: &Part);
    #[wasm_bindgen(method, js_name = getByteTimeDomainData)]
    fn values(this: &Part, into: &mut [u8]);
    #[wasm_bindgen(method, getter)]
    fn frequency(this: &Part) -> Setting;
    #[wasm_bindgen(method, getter)]
    fn gain(this: &Part) -> Setting;
    #[wasm_bindgen(method)]
    fn start(this: &Part, at: f64);
    #[wasm_bindgen(method)]
    fn stop(this: &Part, at: f64);

    /// A number of a part that can be set.
    type Setting;
    #[wasm_bindgen(method, setter)]
    fn set_value(this: &Setting, value: f32);
}

/// Listens to a microphone for as long as it is kept.
pub(super) struct Ear {
    studio: Studio,
    listening: i32,
    _listen: Closure<dyn FnMut()>,
}

impl Drop for Ear {
    fn drop(&mut self) {
        if let Some(window) = window() {
            window.clear_interval_with_handle(self.listening);
        }
        let _ = self.studio.close();
    }
}

impl Ear {
    /// Listens to `sound`. None where this browser cannot; the bar then does not move.
    pub(super) fn at(sound: &MediaStreamTrack, tell: fn(Told)) -> Option<Self> {
        let studio = Studio::new().ok()?;
        let _ = studio.resume();
        let (source, meter) = (studio.source(&of_tracks([sound.clone()]).ok()?).ok()?, studio.meter());
        source.connect(&meter);
        let mut values = vec![SILENCE; VALUES];
        let listen = Closure::<dyn FnMut()>::new(move || {
            meter.values(&mut values);
            tell(Told::Level(level(&values)));
        });
        let every = listen.as_ref().unchecked_ref();
        let listening =
            window()?.set_interval_with_callback_and_timeout_and_arguments_0(every, LISTEN_MS).ok()?;
        Some(Self { studio, listening, _listen: listen })
    }
}

/// How loud values of sound are, of a hundred: the farthest from silence; a voice at arm's length comes to about half.
fn level(values: &[u8]) -> u32 {
    let farthest = values.iter().map(|value| value.abs_diff(SILENCE)).max().unwrap_or(0);
    (u32::from(farthest) * 200 / u32::from(SILENCE)).min(100)
}

/// Plays the test sound.
pub(super) fn play() {
    let Ok(studio) = Studio::new() else { return };
    let _ = studio.resume();
    let knob = studio.knob();
    knob.gain().set_value(LOUD);
    knob.connect(&studio.destination());
    for (hertz, from) in NOTES {
        let voice = studio.voice();
        voice.frequency().set_value(hertz);
        voice.connect(&knob);
        let from = studio.time() + from;
        voice.start(from);
        voice.stop(from + NOTE_SECONDS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_nothing_and_a_shout_is_all() {
        assert_eq!(level(&[SILENCE; 8]), 0);
        assert_eq!(level(&[SILENCE, SILENCE + 32, SILENCE - 8]), 50);
        assert_eq!(level(&[0, 255]), 100);
        assert_eq!(level(&[]), 0);
    }
}
