//! The equipment check in the browser: camera and microphone, how loud it is, and a line on which the server sends the own
//! sound and picture back to this browser alone.
//!
//! ```text
//! begin ──▶ own picture, a moving bar ──offer, accept──▶ the line is open ──▶ measured, second by second ──▶ stop
//! ```

use std::cell::RefCell;

use js_sys::{Array, Promise, Reflect};
use procedure::hearing::equipment::Trouble;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    HtmlVideoElement, MediaStreamTrack, RtcPeerConnection, RtcPeerConnectionState, RtcRtpSender,
    RtcRtpTransceiver, RtcSdpType, RtcSessionDescriptionInit,
};

use super::{
    call::section::{of_tracks, section},
    devices::{self, Outcome, Own},
};

mod ear;
mod sample;

use ear::Ear;
use sample::{Sample, measured};

pub use sample::Measured;

/// How often it is looked whether the line is open, in milliseconds.
const LOOK_MS: i32 = 200;
/// A line that has not opened after so many looks does not open: ten seconds.
const LOOKS_MAX: u32 = 50;
/// So many seconds are measured.
pub const SECONDS: u32 = 8;

/// A device as the browser names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The browser's own name for it, of no meaning to people.
    pub id: String,
    /// As people know it.
    pub label: String,
}

/// The devices that there are, and which of them are in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// Cameras.
    pub cameras: Vec<Device>,
    /// Microphones.
    pub microphones: Vec<Device>,
    /// The camera in use, by its id; empty where there is none.
    pub camera: String,
    /// The microphone in use, by its id; empty where there is none.
    pub microphone: String,
}

/// What the page is told while devices are in use.
pub enum Told {
    /// How loud it is, of a hundred.
    Level(u32),
    /// A device has come or gone.
    Changed,
}

#[derive(Default)]
struct Bench {
    own: Own,
    ear: Option<Ear>,
    line: Option<Loop>,
    /// What the browser calls, for as long as the bench stands.
    called: Vec<Closure<dyn FnMut()>>,
    tell: Option<fn(Told)>,
}

/// The line to the server and back.
struct Loop {
    connection: RtcPeerConnection,
    sound: Option<RtcRtpSender>,
    picture: Option<RtcRtpSender>,
    back: Vec<RtcRtpTransceiver>,
}

impl Drop for Loop {
    fn drop(&mut self) {
        self.connection.close();
    }
}

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut Bench) -> T) -> Option<T> {
    BENCH.with(|bench| bench.try_borrow_mut().ok().map(|mut bench| act(&mut bench)))
}

/// Whether this browser has a way to camera, microphone and a line.
#[must_use]
pub fn can() -> bool {
    let Some(window) = super::window() else { return true };
    let has = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).is_ok_and(|value| value.is_truthy());
    let devices = Reflect::get(&window.navigator(), &"mediaDevices".into()).unwrap_or_default();
    devices.is_truthy() && has(&devices, "getUserMedia") && has(&window, "RTCPeerConnection")
}

/// Asks for camera and microphone; what failed of it. `tell` hears from then on how loud it is and what is plugged in or out.
pub async fn begin(tell: fn(Told)) -> Vec<Trouble> {
    let (own, how) = devices::ask(true).await;
    for track in [&own.sound, &own.picture].into_iter().flatten() {
        comes_back(track);
    }
    let ear = own.sound.as_ref().and_then(|sound| Ear::at(sound, tell));
    let changed = Closure::<dyn FnMut()>::new(move || tell(Told::Changed));
    if let Some(devices) = super::window().and_then(|window| window.navigator().media_devices().ok()) {
        devices.set_ondevicechange(Some(changed.as_ref().unchecked_ref()));
    }
    with(|bench| {
        bench.own = own;
        bench.ear = ear;
        bench.called.push(changed);
        bench.tell = Some(tell);
    });
    match how {
        Outcome::Both => Vec::new(),
        Outcome::Sound => vec![Trouble::NoCamera],
        Outcome::Picture => vec![Trouble::NoMicrophone],
        Outcome::Nothing => vec![Trouble::NoMicrophone, Trouble::NoCamera],
        Outcome::Denied => vec![Trouble::Denied],
        Outcome::Busy => vec![Trouble::Busy],
    }
}

/// Shows the own picture in the element of the first id, and what comes back in that of the second.
pub fn show(own: &str, back: &str) {
    let place = |id: &str| super::document()?.get_element_by_id(id)?.dyn_into::<HtmlVideoElement>().ok();
    with(|bench| {
        if let Some(place) = place(own) {
            place.set_src_object(of_tracks(bench.own.picture.clone()).ok().as_ref());
        }
        let tracks = bench.line.iter().flat_map(|line| &line.back).map(|slot| slot.receiver().track());
        if let (Some(place), Ok(stream)) = (place(back), of_tracks(tracks)) {
            place.set_src_object(Some(&stream).filter(|stream| stream.get_tracks().length() > 0));
        }
    });
}

/// The devices that there are.
pub async fn devices() -> Devices {
    let mut all = Devices::default();
    let Some(listed) = listed().await else { return all };
    for device in listed.iter() {
        let text = |name: &str| Reflect::get(&device, &name.into()).ok().and_then(|value| value.as_string());
        let (id, label) = (text("deviceId").unwrap_or_default(), text("label").unwrap_or_default());
        let kind = text("kind").unwrap_or_default();
        let list = match kind.as_str() {
            "videoinput" => &mut all.cameras,
            "audioinput" => &mut all.microphones,
            _ => continue,
        };
        if !id.is_empty() && !label.is_empty() {
            list.push(Device { id, label });
        }
    }
    with(|bench| {
        all.camera = in_use(bench.own.picture.as_ref());
        all.microphone = in_use(bench.own.sound.as_ref());
    });
    all
}

async fn listed() -> Option<Array> {
    let devices = super::window()?.navigator().media_devices().ok()?;
    JsFuture::from(devices.enumerate_devices().ok()?).await.ok()?.dyn_into().ok()
}

fn in_use(track: Option<&MediaStreamTrack>) -> String {
    let settings = track.and_then(|track| {
        let settings: js_sys::Function = Reflect::get(track, &"getSettings".into()).ok()?.dyn_into().ok()?;
        settings.call0(track).ok()
    });
    let id = settings.and_then(|settings| Reflect::get(&settings, &"deviceId".into()).ok());
    id.and_then(|id| id.as_string()).unwrap_or_default()
}

/// Takes another device, by its id, or any where none is named. False where it cannot be had: what was in use stays.
pub async fn choose(sound: bool, id: &str) -> bool {
    let Some(track) = devices::one(sound, id).await else { return false };
    devices::prefer(sound, id);
    comes_back(&track);
    with(|bench| {
        let sender = bench.line.as_ref().and_then(|line| {
            let sender = if sound { &line.sound } else { &line.picture };
            sender.as_ref()
        });
        if let Some(sender) = sender {
            let _ = sender.replace_track(Some(&track));
        }
        if sound {
            bench.ear = bench.tell.and_then(|tell| Ear::at(&track, tell));
        }
        let place = if sound { &mut bench.own.sound } else { &mut bench.own.picture };
        if let Some(before) = place.replace(track) {
            before.set_onended(None);
            before.stop();
        }
    });
    true
}

/// When a device is pulled out, another takes its place, and the page is told.
fn comes_back(track: &MediaStreamTrack) {
    let sound = track.kind() == "audio";
    let ended = Closure::once_into_js(move || {
        spawn_local(async move {
            let _ = choose(sound, "").await;
            if let Some(tell) = with(|bench| bench.tell).flatten() {
                tell(Told::Changed);
            }
        });
    });
    track.set_onended(Some(ended.unchecked_ref()));
}

/// Whether there is anything to be sent.
#[must_use]
pub fn has_something() -> bool {
    with(|bench| bench.own.sound.is_some() || bench.own.picture.is_some()).unwrap_or_default()
}

/// The offer of a line: what is sent, and one slot of each kind in which it comes back.
pub async fn offer() -> Option<String> {
    let connection = super::relays::connection().ok()?;
    let line = with(|bench| {
        let sent = |kind, track: &Option<MediaStreamTrack>| {
            track.as_ref().map(|track| section(&connection, kind, Some(Some(track)))).transpose()
        };
        let (sound, picture) = (sent("audio", &bench.own.sound)?, sent("video", &bench.own.picture)?);
        let back = vec![section(&connection, "audio", None)?, section(&connection, "video", None)?];
        let sender = |section: RtcRtpTransceiver| section.sender();
        let connection = connection.clone();
        Ok::<_, JsValue>(Loop { connection, sound: sound.map(sender), picture: picture.map(sender), back })
    })?
    .ok()?;
    let earlier = with(|bench| bench.line.replace(line));
    drop(earlier);
    let made = JsFuture::from(connection.create_offer()).await.ok()?;
    JsFuture::from(connection.set_local_description(made.unchecked_ref())).await.ok()?;
    connection.local_description().map(|description| description.sdp())
}

/// Takes the server's answer and waits until the line is open; false where it does not open.
pub async fn accept(answer: &str) -> bool {
    let Some(connection) = connection() else { return false };
    let description = RtcSessionDescriptionInit::new(RtcSdpType::Answer);
    description.set_sdp(answer);
    if JsFuture::from(connection.set_remote_description(&description)).await.is_err() {
        return false;
    }
    for _ in 0..LOOKS_MAX {
        match connection.connection_state() {
            RtcPeerConnectionState::Connected => return true,
            RtcPeerConnectionState::Failed | RtcPeerConnectionState::Closed => return false,
            _ => pause(LOOK_MS).await,
        }
    }
    false
}

fn connection() -> Option<RtcPeerConnection> {
    with(|bench| bench.line.as_ref().map(|line| line.connection.clone())).flatten()
}

/// Measures the line; `passed` is told after each second. None where nothing comes back.
pub async fn measure(passed: impl Fn(u32)) -> Option<Measured> {
    let connection = connection()?;
    let mut samples: Vec<Sample> = Vec::new();
    for second in 0..=SECONDS {
        let report = JsFuture::from(connection.get_stats()).await.ok()?;
        samples.push(Sample::of(&report, super::now()));
        passed(second);
        if second < SECONDS {
            pause(1_000).await;
        }
    }
    measured(&samples)
}

/// Plays the test sound.
pub fn sound() {
    ear::play();
}

/// Ends the line and lets go of camera and microphone: the light of the camera goes out.
pub fn stop() {
    let bench = BENCH.with(|bench| bench.try_borrow_mut().map(|mut bench| std::mem::take(&mut *bench)));
    let Ok(bench) = bench else { return };
    for track in [&bench.own.sound, &bench.own.picture].into_iter().flatten() {
        track.set_onended(None);
        track.stop();
    }
    if let Some(devices) = super::window().and_then(|window| window.navigator().media_devices().ok()) {
        devices.set_ondevicechange(None);
    }
}

/// Waits.
pub async fn pause(ms: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = super::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        }
    });
    let _ = JsFuture::from(promise).await;
}
