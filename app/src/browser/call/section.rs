//! The sections of an offer: what is sent, and slots; each with what is carried here and nothing more.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpReceiver, RtcRtpTransceiver,
    RtcRtpTransceiverDirection, RtcRtpTransceiverInit,
};

/// Most bits a second of the own picture in large, and in small.
const LARGE_BITS: u32 = 500_000;
const SMALL_BITS: u32 = 100_000;
/// How many times smaller the small picture is, and how many of it come in a second at most.
const SMALLER: f64 = 3.0;
const SMALL_PICTURES: u32 = 15;

/// Whether this browser can leave out of a section what nobody here speaks.
pub(super) fn chooses() -> bool {
    Reflect::has(&of_browser(), &"setCodecPreferences".into()).unwrap_or(false)
}

/// What sections can do, in this browser.
fn of_browser() -> JsValue {
    let section =
        crate::browser::window().and_then(|window| Reflect::get(&window, &"RTCRtpTransceiver".into()).ok());
    section
        .and_then(|section| Reflect::get(&section, &"prototype".into()).ok())
        .unwrap_or(Object::new().into())
}

/// A section: a slot, or where `own` is given, what is sent.
pub(in crate::browser) fn section(
    connection: &RtcPeerConnection,
    kind: &str,
    own: Option<Option<&MediaStreamTrack>>,
) -> Result<RtcRtpTransceiver, JsValue> {
    let encoding = Object::new();
    if own.is_some() && kind == "video" {
        Reflect::set(&encoding, &"maxBitrate".into(), &LARGE_BITS.into())?;
    }
    encoded(connection, kind, own, &encoding)
}

/// A section in which the own picture is sent in small, beside the one in which it is sent in large: for whoever sees it as
/// one face among others, or has a narrow line.
pub(super) fn small(
    connection: &RtcPeerConnection,
    own: Option<&MediaStreamTrack>,
) -> Result<RtcRtpTransceiver, JsValue> {
    let encoding = Object::new();
    // Where there is not enough for both, the small one is the one that arrives.
    for (name, value) in [
        ("maxBitrate", SMALL_BITS.into()),
        ("maxFramerate", SMALL_PICTURES.into()),
        ("scaleResolutionDownBy", SMALLER.into()),
        ("priority", "high".into()),
    ] {
        Reflect::set(&encoding, &name.into(), &value)?;
    }
    encoded(connection, "video", Some(own), &encoding)
}

fn encoded(
    connection: &RtcPeerConnection,
    kind: &str,
    own: Option<Option<&MediaStreamTrack>>,
    encoding: &Object,
) -> Result<RtcRtpTransceiver, JsValue> {
    let init = RtcRtpTransceiverInit::new();
    init.set_direction(match own {
        Some(_) => RtcRtpTransceiverDirection::Sendonly,
        None => RtcRtpTransceiverDirection::Recvonly,
    });
    if own.is_some() && kind == "video" {
        init.set_send_encodings(&Array::of1(encoding));
    }
    let section = match own.flatten() {
        Some(track) => connection.add_transceiver_with_media_stream_track_and_init(track, &init),
        None => connection.add_transceiver_with_str_and_init(kind, &init),
    };
    prefer(&section, kind)?;
    Ok(section)
}

/// Leaves out what is not carried here: that keeps the offer short.
fn prefer(section: &RtcRtpTransceiver, kind: &str) -> Result<(), JsValue> {
    let choose = Reflect::get(section, &"setCodecPreferences".into())?;
    let (Ok(choose), Some(can)) = (choose.dyn_into::<Function>(), RtcRtpReceiver::get_capabilities(kind))
    else {
        return Ok(());
    };
    let codecs: Array = Reflect::get(&can, &"codecs".into())?.unchecked_into();
    let carried = |codec: &JsValue| {
        let name = Reflect::get(codec, &"mimeType".into()).ok().and_then(|name| name.as_string());
        name.is_some_and(|name| {
            matches!(name.to_ascii_lowercase().as_str(), "audio/opus" | "video/vp8" | "video/rtx")
        })
    };
    let carried: Array = codecs.iter().filter(carried).collect();
    choose.call1(section, &carried)?;
    Ok(())
}

/// A stream of these tracks.
pub(in crate::browser) fn of_tracks(
    tracks: impl IntoIterator<Item = MediaStreamTrack>,
) -> Result<MediaStream, JsValue> {
    let stream = MediaStream::new()?;
    for track in tracks {
        stream.add_track(&track);
    }
    Ok(stream)
}
