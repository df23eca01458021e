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
}

/// So far from its moment an element may be while it plays, in seconds: to set it right is heard.
const ASTRAY_S: f64 = 0.25;
/// And while it stands.
const ASTRAY_STANDING_S: f64 = 0.04;

/// Sets all elements to their moments; they play at `rate`, or stand where there is none.
pub fn steer(cues: &[Cue], rate: Option<f64>) -> Stand {
    let mut stand = Stand::default();
    for cue in cues {
        let element = super::document().and_then(|document| document.get_element_by_id(&cue.element));
        let video = element.and_then(|element| element.dyn_into::<web_sys::HtmlVideoElement>().ok());
        let (moves, waits) = video.map_or((false, false), |video| set(&video, cue, rate));
        stand.moves.push(moves);
        stand.waits |= waits;
    }
    stand
}

/// Whether it has a picture, and whether it must be waited for.
fn set(video: &web_sys::HtmlVideoElement, cue: &Cue, rate: Option<f64>) -> (bool, bool) {
    let Some((address, at_ms)) = &cue.reel else {
        let _ = video.pause();
        return (false, false);
    };
    if video.get_attribute("src").as_deref() != Some(address) {
        video.set_preload("auto");
        video.set_src(address);
    }
    // What cannot be played is not waited for.
    if video.error().is_some() {
        return (false, false);
    }
    let known = video.ready_state() >= web_sys::HtmlMediaElement::HAVE_METADATA;
    #[expect(clippy::cast_precision_loss, reason = "a hearing's length in milliseconds has fewer digits")]
    let wanted = *at_ms as f64 / 1_000.0;
    let allowed = if rate.is_some() { ASTRAY_S } else { ASTRAY_STANDING_S };
    if known && !video.seeking() && (video.current_time() - wanted).abs() > allowed {
        video.set_current_time(wanted);
    }
    match rate {
        Some(rate) => {
            if (video.playback_rate() - rate).abs() > f64::EPSILON {
                video.set_playback_rate(rate);
            }
            if video.paused() && !video.ended() {
                // Where the browser does not let it, it stands still, and the next press asks again.
                if let Ok(played) = video.play() {
                    spawn_local(async move {
                        let _ = JsFuture::from(played).await;
                    });
                }
            }
        }
        None => {
            let _ = video.pause();
        }
    }
    let ready = video.ready_state() >= web_sys::HtmlMediaElement::HAVE_CURRENT_DATA && !video.seeking();
    (ready && video.video_width() > 0, !ready && !video.ended())
}
