//! The sound of the others: one element for each slot, and the browser's leave to be heard. A browser that has not been
//! touched since the page was loaded may refuse to make a sound; then one press opens all.

use std::cell::Cell;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlAudioElement, MediaStreamTrack};

use super::section::of_tracks;

thread_local! {
    /// Whether the browser has refused to make a sound.
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// The elements that sound.
#[derive(Debug, Default)]
pub(super) struct Heard(Vec<HtmlAudioElement>);

impl Heard {
    /// An element for each of these tracks, on the page.
    pub(super) fn of(tracks: impl IntoIterator<Item = MediaStreamTrack>) -> Result<Self, JsValue> {
        let document = crate::browser::document().ok_or(JsValue::NULL)?;
        let body = document.body().ok_or(JsValue::NULL)?;
        let mut heard = Self::default();
        for track in tracks {
            let element: HtmlAudioElement = document.create_element("audio")?.unchecked_into();
            element.set_autoplay(true);
            element.set_src_object(Some(&of_tracks([track])?));
            body.append_child(&element)?;
            heard.0.push(element);
        }
        Ok(heard)
    }

    /// Plays all, and where the browser refuses says so to `refused`. In a press of its owner no browser does.
    pub(super) fn play(&self, refused: fn()) {
        REFUSED.set(false);
        for element in &self.0 {
            let Ok(played) = element.play() else { continue };
            spawn_local(async move {
                let Err(why) = JsFuture::from(played).await else { return };
                let name = Reflect::get(&why, &"name".into()).ok().and_then(|name| name.as_string());
                if name.as_deref() == Some("NotAllowedError") && !REFUSED.replace(true) {
                    refused();
                }
            });
        }
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        for element in &self.0 {
            element.set_src_object(None);
            element.remove();
        }
        REFUSED.set(false);
    }
}

/// Whether a press is needed before anybody is heard.
pub(super) fn is_refused() -> bool {
    REFUSED.get()
}
