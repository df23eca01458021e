//! The relays of the video link, for networks that let nothing through to the server itself: the room tells them when
//! somebody comes in, and whatever opens a line uses them, in whichever entry it is.

use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{RtcConfiguration, RtcPeerConnection};

/// Where the page keeps them: in memory, for as long as it is open.
const KEPT: &str = "fengqiaoRelays";

/// Keeps what the room has told.
pub fn keep(told: &str) {
    if let Some(window) = super::window() {
        let _ = Reflect::set(&window, &KEPT.into(), &told.into());
    }
}

/// A connection that may go through them.
///
/// # Errors
/// When the browser makes none.
pub(super) fn connection() -> Result<RtcPeerConnection, JsValue> {
    let window = super::window().ok_or(JsValue::NULL)?;
    let told = Reflect::get(&window, &KEPT.into())?.as_string().unwrap_or_default();
    let config = RtcConfiguration::new();
    if let Ok(servers) = JSON::parse(&told) {
        config.set_ice_servers(&servers);
    }
    RtcPeerConnection::new_with_configuration(&config)
}
