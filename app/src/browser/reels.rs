//! Recordings that play together: each element is set to its moment, and set right when it has gone astray.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What an element is to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// Id of the element.
    pub element: String,
    /// The address of the recording and the moment in it, in milliseconds; none while it has nothing to play.
    pub reel: Option<(String, i64)>,
}

/// How the elements stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stand {
    /// Of each cue, whether there is a picture.
    pub moves: Vec<bool>,
    /// Whether sound or picture of any is still on its way.
    pub waits: bool,
    /// Whether something cannot be had, though it was asked for again.
    pub fails: bool,
}

/// What recordings are.
const KIND: &str = "video/webm; codecs=\"vp8, opus\"";
/// So far from its moment an element is made to play a little faster or slower, in seconds; further, and it is set
/// there, which is heard.
const ASTRAY_S: f64 = 0.08;
const LOST_S: f64 = 1.0;
/// How much faster or slower.
const HASTE: f64 = 0.05;
/// So far from its moment an element may stand, in seconds.
const ASTRAY_STANDING_S: f64 = 0.04;
/// So often what cannot be had is asked for again, and how long after the last time, in milliseconds.
const TRIES_MAX: u32 = 4;
const TRIES_EVERY_MS: i64 = 2_500;
/// Where an element keeps how often it was asked for again, and when.
const TRIES: &str = "data-tries";
const TRIED: &str = "data-tried";

/// Whether this browser plays recordings.
#[must_use]
pub fn are_played() -> bool {
    let video = super::document().and_then(|document| document.create_element("video").ok());
    let video = video.and_then(|video| video.dyn_into::<web_sys::HtmlVideoElement>().ok());
    video.is_some_and(|video| !video.can_play_type(KIND).is_empty())
}

/// Sets all elements to their moments; they play at `rate`, or stand where there is none.
pub fn steer(cues: &[Cue], rate: Option<f64>) -> Stand {
    let mut stand = Stand::default();
    for cue in cues {
        let element = super::document().and_then(|document| document.get_element_by_id(&cue.element));
        let video = element.and_then(|element| element.dyn_into::<web_sys::HtmlVideoElement>().ok());
        let moves = video.is_some_and(|video| set(&video, cue, rate, &mut stand));
        stand.moves.push(moves);
    }
    stand
}

/// Starts all elements at once, inside the press of a button: there are browsers that let no other begin to sound later.
pub fn wake(cues: &[Cue]) {
    for cue in cues {
        let element = super::document().and_then(|document| document.get_element_by_id(&cue.element));
        if let Some(video) = element.and_then(|element| element.dyn_into::<web_sys::HtmlVideoElement>().ok())
        {
            play(&video);
        }
    }
}

fn play(video: &web_sys::HtmlVideoElement) {
    // Where the browser does not let it, it stands still, and the next press asks again.
    if let Ok(played) = video.play() {
        spawn_local(async move {
            let _ = JsFuture::from(played).await;
        });
    }
}

/// Whether it has a picture.
fn set(video: &web_sys::HtmlVideoElement, cue: &Cue, rate: Option<f64>, stand: &mut Stand) -> bool {
    let Some((address, at_ms)) = &cue.reel else {
        let _ = video.pause();
        return false;
    };
    if video.get_attribute("src").as_deref() != Some(address) {
        video.set_preload("auto");
        video.set_src(address);
        let _ = video.remove_attribute(TRIES);
    }
    if video.error().is_some() {
        stand.fails |= !try_again(video);
        return false;
    }
    let known = video.ready_state() >= web_sys::HtmlMediaElement::HAVE_METADATA;
    #[expect(clippy::cast_precision_loss, reason = "a hearing's length in milliseconds has fewer digits")]
    let wanted = *at_ms as f64 / 1_000.0;
    let late = wanted - video.current_time();
    let allowed = if rate.is_some() { LOST_S } else { ASTRAY_STANDING_S };
    if known && !video.seeking() && late.abs() > allowed {
        video.set_current_time(wanted);
    }
    match rate {
        Some(rate) => {
            let haste = if late.abs() < ASTRAY_S { 0.0 } else { HASTE.copysign(late) };
            let rate = rate * (1.0 + haste);
            if (video.playback_rate() - rate).abs() > f64::EPSILON {
                video.set_playback_rate(rate);
            }
            if video.paused() && !video.ended() {
                play(video);
            }
        }
        None => {
            let _ = video.pause();
        }
    }
    let ready = video.ready_state() >= web_sys::HtmlMediaElement::HAVE_CURRENT_DATA && !video.seeking();
    if ready {
        let _ = video.remove_attribute(TRIES);
    }
    stand.waits |= !ready && !video.ended();
    ready && video.video_width() > 0
}

/// Asks again for what could not be had, now and then and not for ever; whether it is still worth waiting for.
fn try_again(video: &web_sys::HtmlVideoElement) -> bool {
    let told = |name: &str| video.get_attribute(name).and_then(|told| told.parse::<i64>().ok());
    let tries = told(TRIES).unwrap_or(0);
    if tries >= TRIES_MAX.into() {
        return false;
    }
    let now = super::now();
    if told(TRIED).is_none_or(|tried| now.saturating_sub(tried) >= TRIES_EVERY_MS) {
        let _ = video.set_attribute(TRIES, &tries.saturating_add(1).to_string());
        let _ = video.set_attribute(TRIED, &now.to_string());
        video.load();
    }
    true
}
