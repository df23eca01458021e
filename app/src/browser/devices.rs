//! Camera and microphone: asked for together, and where one is not to be had, the other alone.

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamConstraints, MediaStreamTrack};

use super::storage;
use crate::words::{Words, words};

const DENIED: Words = words(
    "浏览器没有允许使用摄像头和麦克风：请点地址栏左边的标志，改为“允许”，再关闭并重新打开视频连线。您仍能看到、听到大家，发言可以打字或者拨打 12309 求助。",
    "Your browser did not allow camera and microphone: press the sign left of the address, choose “Allow”, then leave and join again. You still see and hear the others, and can write what you say.",
);
const NO_DEVICES: Words = words(
    "没有找到摄像头和麦克风。您仍能看到、听到大家，发言可以打字。",
    "No camera or microphone was found. You still see and hear the others, and can write what you say.",
);
const BUSY: Words = words(
    "摄像头或者麦克风正被其他程序占用：请退出该程序，再关闭并重新打开视频连线。",
    "Camera or microphone is in use by another program: close it, then leave and join again.",
);
const SOUND_ONLY: Words = words(
    "没有找到摄像头，大家能听到您，看不到您。",
    "No camera was found: the others hear you but do not see you.",
);
const PICTURE_ONLY: Words = words(
    "麦克风用不了，大家能看到您，听不到您；发言可以打字。",
    "The microphone cannot be used: the others see you but do not hear you; you can write what you say.",
);

/// Echo, noise and loudness are seen to by the browser.
const SOUND: &str = r#""audio":{"echoCancellation":true,"noiseSuppression":true,"autoGainControl":true}"#;
/// Large enough for a face; a cheap phone on a slow line can send it.
const PICTURE: &str = r#""video":{"facingMode":"user","width":{"ideal":640},"height":{"ideal":360},"frameRate":{"ideal":20,"max":24}}"#;

/// How asking went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Both are there.
    Both,
    /// Only a microphone.
    Sound,
    /// Only a camera.
    Picture,
    /// Neither.
    Nothing,
    /// The reader, or the browser, did not allow it.
    Denied,
    /// Another program has them.
    Busy,
}

impl Outcome {
    /// What the reader is told, and what to do about it; nothing where all is well.
    pub(super) const fn words(self) -> Words {
        match self {
            Self::Both => words("", ""),
            Self::Sound => SOUND_ONLY,
            Self::Picture => PICTURE_ONLY,
            Self::Nothing => NO_DEVICES,
            Self::Denied => DENIED,
            Self::Busy => BUSY,
        }
    }
}

/// What there is of camera and microphone.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    pub(super) sound: Option<MediaStreamTrack>,
    pub(super) picture: Option<MediaStreamTrack>,
}

impl Own {
    /// Lets go of both: the light of the camera goes out.
    pub(super) fn stop(&self) {
        for track in [&self.sound, &self.picture].into_iter().flatten() {
            track.stop();
        }
    }
}

/// Asks for both, or where the camera is not wanted for the microphone alone. What there is, and how it went.
pub(super) async fn ask(camera: bool) -> (Own, Outcome) {
    let wanted: &[&str] = if camera { &[SOUND, PICTURE] } else { &[SOUND] };
    let refused = match asked(wanted).await {
        Ok(own) if own.picture.is_some() || !camera => return (own, Outcome::Both),
        Ok(own) => return (own, Outcome::Sound),
        Err(refused) => refused,
    };
    // One of them may be allowed, or free, though both together are not.
    if camera && let Ok(own) = asked(&[SOUND]).await {
        return (own, Outcome::Sound);
    }
    if camera && let Ok(own) = asked(&[PICTURE]).await {
        return (own, Outcome::Picture);
    }
    let outcome = match refused.as_str() {
        "NotAllowedError" | "SecurityError" => Outcome::Denied,
        "NotReadableError" => Outcome::Busy,
        _ => Outcome::Nothing,
    };
    (Own::default(), outcome)
}

/// Asks for the camera alone.
pub(super) async fn camera() -> Option<MediaStreamTrack> {
    asked(&[PICTURE]).await.ok()?.picture
}

/// Asks for the microphone alone.
pub(super) async fn microphone() -> Option<MediaStreamTrack> {
    asked(&[SOUND]).await.ok()?.sound
}

/// A camera, or a microphone, by the browser's id of it; any where the id is empty or that one is not to be had.
pub(super) async fn one(sound: bool, id: &str) -> Option<MediaStreamTrack> {
    let any = if sound { SOUND } else { PICTURE };
    let named = (!id.is_empty()).then(|| serde_json::to_string(id).ok()).flatten();
    let mut own = None;
    if let Some(name) = named {
        let wanted = any.replacen(":{", &format!(":{{\"deviceId\":{{\"exact\":{name}}},"), 1);
        own = asked(&[&wanted]).await.ok();
    }
    let own = match own {
        Some(own) => own,
        None => asked(&[any]).await.ok()?,
    };
    if sound { own.sound } else { own.picture }
}

/// Under which name a browser keeps which device was chosen, of sound and of picture.
const fn chosen(sound: bool) -> &'static str {
    if sound { "microphone" } else { "camera" }
}

/// That device is taken first from now on, wherever one is asked for.
pub(super) fn prefer(sound: bool, id: &str) {
    storage::keep(chosen(sound), id);
}

/// Of a kind that is asked for, the device that was chosen comes first: where it is not there, another does.
fn prefers(settings: &JsValue, kind: &str, sound: bool) -> Option<()> {
    let wanted = Reflect::get(settings, &kind.into()).ok().filter(|wanted| wanted.is_object())?;
    let id = storage::kept(chosen(sound)).filter(|id| !id.is_empty())?;
    let name = "deviceId".into();
    let is_named = Reflect::has(&wanted, &name).ok()?;
    (!is_named).then(|| Reflect::set(&wanted, &name, &id.into()).ok()).flatten().map(drop)
}

/// What the browser gives, or the name of its refusal.
async fn asked(wanted: &[&str]) -> Result<Own, String> {
    let name = |refusal: JsValue| {
        Reflect::get(&refusal, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
    };
    let devices = super::window().and_then(|window| window.navigator().media_devices().ok());
    // Without an encrypted connection there are none.
    let devices = devices.filter(|devices| !devices.is_undefined()).ok_or("SecurityError")?;
    let settings = JSON::parse(&format!("{{{}}}", wanted.join(","))).map_err(name)?;
    for (kind, sound) in [("audio", true), ("video", false)] {
        prefers(&settings, kind, sound);
    }
    let settings: MediaStreamConstraints = settings.unchecked_into();
    let asked = devices.get_user_media_with_constraints(&settings).map_err(name)?;
    let stream: MediaStream = JsFuture::from(asked).await.map_err(name)?.unchecked_into();
    let first = |tracks: Array| tracks.get(0).dyn_into::<MediaStreamTrack>().ok();
    Ok(Own { sound: first(stream.get_audio_tracks()), picture: first(stream.get_video_tracks()) })
}
