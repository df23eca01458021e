//! One line: what is offered once, the slots in which others are received, and what is measured of it. Whatever changes in
//! what is sent or received makes another line.

use std::collections::{BTreeMap, BTreeSet};

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MediaStreamTrack, RtcPeerConnection, RtcPeerConnectionState, RtcRtpSender, RtcRtpTransceiver, RtcSdpType,
    RtcSessionDescriptionInit,
};

use super::{
    gauge::Gauge,
    heard::Heard,
    section::{self, section},
    voice::Voice,
};
use crate::browser::devices::Own;

/// So many slots fit into an offer of a browser that cannot leave out what nobody here speaks.
const SLOTS_AT_LENGTH: u32 = 5;
/// How often the line is measured, in milliseconds.
const MEASURED_EVERY_MS: i32 = 1_000;

/// What is offered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offered {
    /// Whether the own seat can be heard at all.
    pub(super) speaks: bool,
    /// Whether it can be seen, and wants pictures.
    pub(super) shows: bool,
    /// How many others are to be heard at a time.
    pub(super) sounds: u32,
    /// How many are to be seen.
    pub(super) pictures: u32,
    /// Whether the own voice is to be changed.
    pub(super) altered: bool,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls {
    /// The two ends have found, or lost, one another.
    pub(super) changed: fn(),
    /// Something new was measured.
    pub(super) measured: fn(),
}

/// How the two ends of a line stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// They look for one another.
    Looking,
    /// They have found one another.
    Joined,
    /// Nothing comes in for the moment.
    Silent,
    /// They have lost, or never found, one another.
    Apart,
}

/// A line.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) connection: RtcPeerConnection,
    pub(super) heard: Heard,
    /// Whether the own voice is changed on it.
    pub(super) altered: bool,
    voice: Option<Voice>,
    sound: Option<RtcRtpSender>,
    /// The own picture, in large and in small.
    pictures: Vec<RtcRtpSender>,
    slots: Vec<RtcRtpTransceiver>,
    /// Whom each section carries.
    filled: BTreeMap<String, String>,
    gauge: Gauge,
    measuring: i32,
    /// What the browser calls, for as long as the line lives.
    _called: [Closure<dyn FnMut()>; 2],
}

impl Drop for Call {
    fn drop(&mut self) {
        self.connection.set_onconnectionstatechange(None);
        self.connection.close();
        if let Some(window) = crate::browser::window() {
            window.clear_interval_with_handle(self.measuring);
        }
    }
}

impl Call {
    pub(super) fn begins(own: &Own, offered: Offered, calls: Calls) -> Result<Self, JsValue> {
        let connection = crate::browser::relays::connection()?;
        // Whoever has no microphone offers no sound, and none is missed.
        let sound = own.sound.as_ref().filter(|_| offered.speaks);
        // Where its own voice cannot be changed it has none.
        let voice = sound.filter(|_| offered.altered).and_then(|track| changed(track).ok());
        let sound = if offered.altered { voice.as_ref().map(|voice| &voice.track) } else { sound };
        let sound = sound.map(|track| section(&connection, "audio", Some(Some(track)))).transpose()?;
        let mut pictures = Vec::new();
        if offered.shows {
            pictures.push(section(&connection, "video", Some(own.picture.as_ref()))?);
            // There is no room for it in a long offer.
            if section::chooses() {
                pictures.push(section::small(&connection, own.picture.as_ref())?);
            }
        }
        let most = if section::chooses() { u32::MAX } else { SLOTS_AT_LENGTH };
        let slots: Result<Vec<_>, _> = [("audio", offered.sounds), ("video", offered.pictures)]
            .into_iter()
            .flat_map(|(kind, slots)| std::iter::repeat_n(kind, slots.min(most) as usize))
            .map(|kind| section(&connection, kind, None))
            .collect();
        let slots = slots?;
        let tracks = slots.iter().map(|slot| slot.receiver().track());
        let heard = Heard::of(tracks.filter(|track| track.kind() == "audio"))?;
        let state = Closure::<dyn FnMut()>::new(calls.changed);
        connection.set_onconnectionstatechange(Some(state.as_ref().unchecked_ref()));
        let measure = Closure::<dyn FnMut()>::new(calls.measured);
        let window = crate::browser::window().ok_or(JsValue::NULL)?;
        let measuring = window.set_interval_with_callback_and_timeout_and_arguments_0(
            measure.as_ref().unchecked_ref(),
            MEASURED_EVERY_MS,
        )?;
        Ok(Self {
            connection,
            heard,
            altered: offered.altered,
            voice,
            sound: sound.map(|section| section.sender()),
            pictures: pictures.iter().map(RtcRtpTransceiver::sender).collect(),
            slots,
            filled: BTreeMap::new(),
            gauge: Gauge::default(),
            measuring,
            _called: [state, measure],
        })
    }

    /// Whom the slots carry: a line of text for each, the section and the seat.
    pub(super) fn fill(&mut self, slots: &str) {
        let filled = slots.lines().filter_map(|line| line.split_once(' '));
        self.filled = filled.map(|(mid, seat)| (mid.to_string(), seat.to_string())).collect();
    }

    /// Whether a slot carries that seat.
    pub(super) fn carries(&self, seat: &str) -> bool {
        self.filled.values().any(|of| of == seat)
    }

    /// The picture of a seat, where a slot carries it.
    pub(super) fn picture_of(&self, seat: &str) -> Option<MediaStreamTrack> {
        let carries = |slot: &&RtcRtpTransceiver| {
            let of = slot.mid().and_then(|mid| self.filled.get(&mid));
            of.is_some_and(|of| of == seat) && slot.receiver().track().kind() == "video"
        };
        self.slots.iter().find(carries).map(|slot| slot.receiver().track())
    }

    /// Sends another track of that kind, or none.
    pub(super) fn sends(&mut self, is_sound: bool, track: Option<&MediaStreamTrack>) {
        if is_sound && self.altered {
            self.voice = track.and_then(|track| changed(track).ok());
        }
        let track =
            if is_sound && self.altered { self.voice.as_ref().map(|voice| &voice.track) } else { track };
        let senders = if is_sound { self.sound.as_slice() } else { &self.pictures };
        for sender in senders {
            let replaced = JsFuture::from(sender.replace_track(track));
            // A line that is over takes none, and the next one gets it.
            spawn_local(async move { drop(replaced.await) });
        }
    }

    /// Whether the own voice is to be changed, and nothing of it can be heard: it cannot be changed here (none), or the
    /// browser wants a press first.
    pub(super) fn mute_voice(&self) -> Option<bool> {
        let asleep = || self.voice.as_ref().map(Voice::is_asleep);
        if self.altered && asleep() != Some(false) { Some(asleep().is_some()) } else { None }
    }

    /// Lets the changed voice be heard where the browser wants a press first.
    pub(super) fn wakes(&self) {
        if let Some(voice) = &self.voice {
            voice.wakes();
        }
    }

    /// Takes in a report of the connection.
    pub(super) fn measured(&mut self, report: &JsValue) {
        self.gauge.measure(report);
    }

    /// Whose pictures move.
    pub(super) fn live(&self) -> BTreeSet<String> {
        let moves = self.gauge.moving();
        let is_live = |slot: &&RtcRtpTransceiver| {
            slot.mid().is_some_and(|mid| moves.contains(&mid))
                || moves.contains(&slot.receiver().track().id())
        };
        let seats = self.slots.iter().filter(is_live).filter_map(RtcRtpTransceiver::mid);
        seats.filter_map(|mid| self.filled.get(&mid).cloned()).collect()
    }

    /// Who is heard to speak just now, the loudest of all.
    pub(super) fn speaks(&self) -> Option<String> {
        self.gauge.loudest().and_then(|mid| self.filled.get(mid).cloned())
    }

    /// How good it is: `good`, `fair`, `poor`.
    pub(super) fn quality(&self) -> &'static str {
        self.gauge.quality()
    }

    /// How its two ends stand to one another.
    pub(super) fn ends(&self) -> Ends {
        match self.connection.connection_state() {
            RtcPeerConnectionState::Connected => Ends::Joined,
            RtcPeerConnectionState::Disconnected => Ends::Silent,
            RtcPeerConnectionState::Failed => Ends::Apart,
            _ => Ends::Looking,
        }
    }
}

fn changed(microphone: &MediaStreamTrack) -> Result<Voice, JsValue> {
    Voice::of(microphone, crate::browser::chance())
}

/// The text of an offer.
pub(super) async fn offer(connection: RtcPeerConnection) -> Result<String, JsValue> {
    let made = JsFuture::from(connection.create_offer()).await?;
    JsFuture::from(connection.set_local_description(made.unchecked_ref())).await?;
    Ok(connection.local_description().map(|description| description.sdp()).unwrap_or_default())
}

/// Takes the server's answer; where it cannot be taken, `refused` is called.
pub(super) fn accept(connection: RtcPeerConnection, answer: String, refused: impl FnOnce() + 'static) {
    spawn_local(async move {
        let description = RtcSessionDescriptionInit::new(RtcSdpType::Answer);
        description.set_sdp(&answer);
        if JsFuture::from(connection.set_remote_description(&description)).await.is_err() {
            refused();
        }
    });
}

/// Whether a track gives nothing more.
pub(super) fn is_over(track: &MediaStreamTrack) -> bool {
    Reflect::get(track, &"readyState".into()).ok().and_then(|state| state.as_string()).as_deref()
        == Some("ended")
}
