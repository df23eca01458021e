//! The line of the video link in the browser: what this seat sends, the slots in which it receives others, and where the
//! pictures stand on the page. The entry `link` is made of it; the room knows it by `link` alone.
//!
//! ```text
//! come ──▶ camera and microphone ──▶ offer (told) ──▶ accept ──▶ open (told) ──▶ lost (told)
//!                                     fill: whom the slots carry ──▶ every <video data-seat> gets its picture
//! ```
//!
//! What is sent and received is offered once; nothing is negotiated while a hearing runs. One sound for all.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    HtmlAudioElement, HtmlVideoElement, MediaStreamTrack, MutationObserver, MutationObserverInit,
    RtcPeerConnection, RtcPeerConnectionState, RtcRtpSender, RtcRtpTransceiver, RtcSdpType,
    RtcSessionDescriptionInit,
};

use super::devices::{self, Own};
use crate::words::Words;

mod gauge;
pub(super) mod section;

use gauge::Gauge;
use section::{of_tracks, section};

/// So many slots fit into an offer of a browser that cannot leave out what nobody here speaks.
const SLOTS_AT_LENGTH: u32 = 5;
/// How often the line is measured, in milliseconds.
const MEASURED_EVERY_MS: i32 = 1_000;

/// What the room is told, each with a second word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// What is wrong with camera and microphone, and what to do: a line in Chinese and one in English, or nothing.
    Trouble,
    /// The offer.
    Offer,
    /// Sound and picture come and go.
    Open,
    /// They do not any more.
    Lost,
    /// Whose pictures move: seats, with spaces between.
    Live,
    /// How good the line is: `good`, `fair`, `poor`.
    Quality,
}

impl Told {
    /// Every one of them.
    pub const ALL: [Self; 6] =
        [Self::Trouble, Self::Offer, Self::Open, Self::Lost, Self::Live, Self::Quality];

    /// As it goes from the one entry to the other.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trouble => "trouble",
            Self::Offer => "offer",
            Self::Open => "open",
            Self::Lost => "lost",
            Self::Live => "live",
            Self::Quality => "quality",
        }
    }

    /// Which one it is.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|told| told.word() == word)
    }
}

struct Call {
    me: String,
    connection: RtcPeerConnection,
    sound: Option<RtcRtpSender>,
    picture: Option<RtcRtpSender>,
    slots: Vec<RtcRtpTransceiver>,
    /// Whom each section carries.
    filled: BTreeMap<String, String>,
    gauge: Gauge,
    /// Whose pictures were told to move.
    live: BTreeSet<String>,
    tell: Function,
    heard: HtmlAudioElement,
    page: MutationObserver,
    measuring: i32,
    /// What the browser calls, for as long as the line lives.
    _called: [Closure<dyn FnMut()>; 3],
}

impl Drop for Call {
    fn drop(&mut self) {
        self.connection.set_onconnectionstatechange(None);
        self.connection.close();
        self.page.disconnect();
        self.heard.remove();
        if let Some(window) = super::window() {
            window.clear_interval_with_handle(self.measuring);
        }
    }
}

thread_local! {
    static CALL: RefCell<Option<Call>> = const { RefCell::new(None) };
    static OWN: RefCell<Own> = RefCell::default();
    /// Counts the lines, so that what was waited for knows whether it is still meant.
    static TURN: Cell<u32> = const { Cell::new(0) };
    /// Whether the own microphone is open, and the own camera wanted.
    static WANTED: Cell<(bool, bool)> = const { Cell::new((false, false)) };
    /// Counts what was decided about the own devices, so that one that comes later knows whether it is still wanted.
    static DECIDED: Cell<u32> = const { Cell::new(0) };
}

fn own() -> Own {
    OWN.with_borrow(Clone::clone)
}

fn say(tell: &Function, what: Told, more: &str) {
    let _ = tell.call2(&JsValue::NULL, &what.word().into(), &more.into());
}

fn decides() -> u32 {
    DECIDED.set(DECIDED.get() + 1);
    DECIDED.get()
}

/// Opens a line; the earlier one is gone.
pub fn come(me: String, sends: bool, camera: bool, slots: u32, tell: Function) {
    hang_up();
    WANTED.set((WANTED.get().0, camera));
    let turn = TURN.get();
    spawn_local(async move {
        if sends {
            take_devices(turn, &tell).await;
        }
        if TURN.get() != turn {
            return;
        }
        let Ok(call) = Call::begins(me, sends, slots, tell.clone()) else {
            return say(&tell, Told::Lost, "");
        };
        let connection = call.connection.clone();
        CALL.set(Some(call));
        match offer(&connection).await {
            Ok(text) if TURN.get() == turn => say(&tell, Told::Offer, &text),
            Ok(_) => {}
            Err(_) => say(&tell, Told::Lost, ""),
        }
    });
}

/// Camera and microphone are kept from one line to the next.
async fn take_devices(turn: u32, tell: &Function) {
    let kept = own();
    let lives = |track: &Option<MediaStreamTrack>| track.as_ref().is_some_and(|track| !is_over(track));
    if lives(&kept.sound) || lives(&kept.picture) {
        return;
    }
    let (mut taken, how) = devices::ask(WANTED.get().1).await;
    if TURN.get() != turn {
        return taken.stop();
    }
    // Turned off meanwhile.
    if !WANTED.get().1
        && let Some(picture) = taken.picture.take()
    {
        picture.stop();
    }
    for track in [&taken.sound, &taken.picture].into_iter().flatten() {
        comes_back(track);
    }
    OWN.set(taken);
    speak(WANTED.get().0);
    let Words { zh, en } = how.words();
    say(tell, Told::Trouble, &format!("{zh}\n{en}"));
}

fn is_over(track: &MediaStreamTrack) -> bool {
    Reflect::get(track, &"readyState".into()).ok().and_then(|state| state.as_string()).as_deref()
        == Some("ended")
}

/// When a device is pulled out, another takes its place.
fn comes_back(track: &MediaStreamTrack) {
    let is_sound = track.kind() == "audio";
    let ended = Closure::once_into_js(move || {
        let decided = DECIDED.get();
        spawn_local(async move {
            let another = if is_sound { devices::microphone().await } else { devices::camera().await };
            if let Some(another) = another {
                put(another, decided);
            }
        });
    });
    track.set_onended(Some(ended.unchecked_ref()));
}

/// Sends another track in the place of the own one of its kind, unless something else was decided while it came.
fn put(track: MediaStreamTrack, decided: u32) {
    let is_sound = track.kind() == "audio";
    if DECIDED.get() != decided || !(is_sound || WANTED.get().1) {
        return track.stop();
    }
    comes_back(&track);
    if is_sound {
        track.set_enabled(WANTED.get().0);
    }
    with_call(|call| {
        let sender = if is_sound { &call.sound } else { &call.picture };
        if let Some(sender) = sender {
            let _ = sender.replace_track(Some(&track));
        }
    });
    let before = OWN.with_borrow_mut(|own| {
        let place = if is_sound { &mut own.sound } else { &mut own.picture };
        place.replace(track)
    });
    if let Some(before) = before {
        let_go(&before);
    }
    with_call(|call| call.attach());
}

fn let_go(track: &MediaStreamTrack) {
    track.set_onended(None);
    track.stop();
}

async fn offer(connection: &RtcPeerConnection) -> Result<String, JsValue> {
    let made = JsFuture::from(connection.create_offer()).await?;
    JsFuture::from(connection.set_local_description(made.unchecked_ref())).await?;
    Ok(connection.local_description().map(|description| description.sdp()).unwrap_or_default())
}

/// The server's answer to the offer.
pub fn accept(answer: String) {
    let Some((connection, tell)) =
        CALL.with_borrow(|call| call.as_ref().map(|call| (call.connection.clone(), call.tell.clone())))
    else {
        return;
    };
    spawn_local(async move {
        let description = RtcSessionDescriptionInit::new(RtcSdpType::Answer);
        description.set_sdp(&answer);
        if JsFuture::from(connection.set_remote_description(&description)).await.is_err() {
            say(&tell, Told::Lost, "");
        }
    });
}

/// Whom the slots carry.
pub fn fill(slots: &str) {
    let filled = slots.lines().filter_map(|line| line.split_once(' '));
    let filled = filled.map(|(mid, seat)| (mid.to_string(), seat.to_string())).collect();
    with_call(|call| {
        call.filled = filled;
        call.attach();
    });
}

/// Opens or closes the own microphone. The server sends on what the rules allow, whatever is sent here.
pub fn speak(on: bool) {
    WANTED.set((on, WANTED.get().1));
    if let Some(sound) = own().sound {
        sound.set_enabled(on);
    }
}

/// Turns the own camera on or off; off, its light goes out.
pub fn show(on: bool) {
    WANTED.set((WANTED.get().0, on));
    let decided = decides();
    if on {
        spawn_local(async move {
            if let Some(camera) = devices::camera().await {
                put(camera, decided);
            }
        });
        return;
    }
    if let Some(picture) = OWN.with_borrow_mut(|own| own.picture.take()) {
        let_go(&picture);
    }
    with_call(|call| {
        if let Some(sender) = &call.picture {
            let _ = sender.replace_track(None);
        }
        call.attach();
    });
}

/// Ends the line and keeps camera and microphone for the next one.
pub fn hang_up() {
    TURN.set(TURN.get() + 1);
    let call = CALL.take();
    drop(call);
}

/// Ends the line and lets go of camera and microphone.
pub fn leave() {
    hang_up();
    decides();
    WANTED.set((false, false));
    let own = OWN.take();
    for track in [&own.sound, &own.picture].into_iter().flatten() {
        let_go(track);
    }
}

fn with_call(act: impl FnOnce(&mut Call)) {
    CALL.with(|call| {
        if let Ok(mut call) = call.try_borrow_mut()
            && let Some(call) = call.as_mut()
        {
            act(call);
        }
    });
}

impl Call {
    fn begins(me: String, sends: bool, slots: u32, tell: Function) -> Result<Self, JsValue> {
        let document = super::document().ok_or(JsValue::NULL)?;
        let body = document.body().ok_or(JsValue::NULL)?;
        let connection = RtcPeerConnection::new()?;
        let own = own();
        // Whoever has no microphone offers no sound, and none is missed.
        let sound =
            own.sound.as_ref().map(|track| section(&connection, "audio", Some(Some(track)))).transpose()?;
        let picture = sends.then(|| section(&connection, "video", Some(own.picture.as_ref()))).transpose()?;
        let slots = if section::chooses() { slots } else { slots.min(SLOTS_AT_LENGTH) };
        let all: Result<Vec<_>, _> = ["audio", "video"]
            .into_iter()
            .flat_map(|kind| std::iter::repeat_n(kind, slots as usize))
            .map(|kind| section(&connection, kind, None))
            .collect();
        let slots = all?;
        let heard: HtmlAudioElement = document.create_element("audio")?.unchecked_into();
        heard.set_autoplay(true);
        heard.set_src_object(Some(&of_tracks(
            slots.iter().map(|slot| slot.receiver().track()).filter(|track| track.kind() == "audio"),
        )?));
        body.append_child(&heard)?;
        let state = Closure::<dyn FnMut()>::new(state_changed);
        connection.set_onconnectionstatechange(Some(state.as_ref().unchecked_ref()));
        let measure = Closure::<dyn FnMut()>::new(|| spawn_local(measure()));
        let every = measure.as_ref().unchecked_ref();
        let window = super::window().ok_or(JsValue::NULL)?;
        let measuring =
            window.set_interval_with_callback_and_timeout_and_arguments_0(every, MEASURED_EVERY_MS)?;
        // Pictures come and go on the page as the room draws it.
        let drawn = Closure::<dyn FnMut()>::new(|| with_call(|call| call.attach()));
        let page = MutationObserver::new(drawn.as_ref().unchecked_ref())?;
        let init = MutationObserverInit::new();
        init.set_child_list(true);
        init.set_subtree(true);
        page.observe_with_options(&body, &init)?;
        let call = Self {
            me,
            connection,
            sound: sound.map(|section| section.sender()),
            picture: picture.map(|section| section.sender()),
            slots,
            filled: BTreeMap::new(),
            gauge: Gauge::default(),
            live: BTreeSet::new(),
            tell,
            heard,
            page,
            measuring,
            _called: [state, measure, drawn],
        };
        call.attach();
        Ok(call)
    }

    /// Gives every place on the page the picture of its seat.
    fn attach(&self) {
        let places =
            super::document().and_then(|document| document.query_selector_all("video[data-seat]").ok());
        let Some(places) = places else { return };
        for at in 0..places.length() {
            let Some(place) = places.get(at).and_then(|place| place.dyn_into::<HtmlVideoElement>().ok())
            else {
                continue;
            };
            let seat = place.get_attribute("data-seat").unwrap_or_default();
            let track = if seat == self.me { own().picture } else { self.picture_of(&seat) };
            let shown = place
                .src_object()
                .and_then(|stream| stream.get_video_tracks().get(0).dyn_into::<MediaStreamTrack>().ok());
            if shown.as_ref().map(MediaStreamTrack::id) != track.as_ref().map(MediaStreamTrack::id) {
                place.set_src_object(
                    of_tracks(track).ok().filter(|stream| stream.get_tracks().length() > 0).as_ref(),
                );
            }
        }
    }

    fn picture_of(&self, seat: &str) -> Option<MediaStreamTrack> {
        let carries = |slot: &&RtcRtpTransceiver| {
            let of = slot.mid().and_then(|mid| self.filled.get(&mid));
            of.is_some_and(|of| of == seat) && slot.receiver().track().kind() == "video"
        };
        self.slots.iter().find(carries).map(|slot| slot.receiver().track())
    }

    fn measured(&mut self, report: &JsValue) {
        let before = self.gauge.quality();
        self.gauge.measure(report);
        let moves = self.gauge.moving();
        let mut live: BTreeSet<String> = BTreeSet::new();
        for slot in &self.slots {
            let mid = slot.mid().unwrap_or_default();
            if let Some(seat) = self.filled.get(&mid)
                && (moves.contains(&mid) || moves.contains(&slot.receiver().track().id()))
            {
                live.insert(seat.clone());
            }
        }
        if own().picture.is_some_and(|picture| !is_over(&picture)) {
            live.insert(self.me.clone());
        }
        if live != self.live {
            let seats: Vec<&str> = live.iter().map(String::as_str).collect();
            say(&self.tell, Told::Live, &seats.join(" "));
            self.live = live;
        }
        let quality = self.gauge.quality();
        if quality != before {
            say(&self.tell, Told::Quality, quality);
        }
    }
}

fn state_changed() {
    let told = CALL.with_borrow(|call| {
        let call = call.as_ref()?;
        let told = match call.connection.connection_state() {
            RtcPeerConnectionState::Connected => Told::Open,
            RtcPeerConnectionState::Failed | RtcPeerConnectionState::Disconnected => Told::Lost,
            _ => return None,
        };
        Some((call.tell.clone(), told))
    });
    if let Some((tell, told)) = told {
        say(&tell, told, "");
    }
}

async fn measure() {
    let turn = TURN.get();
    let Some(connection) = CALL.with_borrow(|call| call.as_ref().map(|call| call.connection.clone())) else {
        return;
    };
    if let Ok(report) = JsFuture::from(connection.get_stats()).await
        && TURN.get() == turn
    {
        with_call(|call| call.measured(&report));
    }
}
