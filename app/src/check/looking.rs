//! The second step: the own picture as in a mirror, a bar that moves with the voice, what comes back from the server, and
//! three questions.

use crate::kit::see::{See, Show, derived, effect};
use leptos::prelude::*;
use procedure::hearing::equipment::Trouble;

use super::{Bench, advice::advice, figures, here};
use crate::{
    browser::check as bench,
    kit::{
        band::Band,
        button::{Button, Look},
        choice::OneOf,
        select::Select,
        tag::Tone,
    },
    words::{Told, Words, say, tell, words},
};

/// The element of the own picture.
pub(super) const OWN: &str = "check-own";
/// The element of what comes back.
pub(super) const BACK: &str = "check-back";
const YES: &str = "yes";
pub(super) const NO: &str = "no";

const STEP: Words = words("第 2 步，共 3 步：看一看，听一听", "Step 2 of 3: look and listen");
const SPEAK: Words = words(
    "请对着麦克风说一句话。左边是您自己，右边是经过服务器传回来的画面，您应当听到自己的声音。",
    "Please say a sentence. First you see yourself, then what has come back through the server; you should hear yourself.",
);
const MIRROR: Words = words("您自己", "Yourself");
const CAME_BACK: Words = words("传回来的画面", "What comes back");
const LOUDNESS: Words = words("麦克风音量", "Your microphone");
const MOVES: Words = words("说话时，这一条应当跳动。", "This bar should move as you speak.");
const CAMERA: Words = words("摄像头", "Camera");
const MICROPHONE: Words = words("麦克风", "Microphone");
const TONE: Words = words("播放测试声音", "Play the test sound");
const OPENS: Words = words("正在接通……", "Connecting …");
const MEASURES: Words = words("正在检测网络，还需 {n} 秒", "Measuring the network, {n} more seconds");
const MEASURED: Words = words("网络检测完毕：", "Network: ");
const NETWORK: Words = words("网络检测", "Measuring the network");
const SEEN: Words = words("您看到自己了吗？", "Did you see yourself?");
const HEARD: Words = words("您听到自己的声音或者测试声音了吗？", "Did you hear yourself or the test sound?");
const SMOOTH: Words = words("画面和声音流畅吗？", "Was it smooth?");
const ANSWER: Words = words(
    "请先等网络检测完毕，并回答三个问题。",
    "Please wait for the network and answer the three questions.",
);
const FINISH: Words = words("完成检测", "Finish");

/// The second step.
#[component]
pub fn Looking() -> impl IntoView {
    let here = here();
    let failed = move || here.check.see(|check| check.failed.clone());
    view! {
        <p class="step">{say(STEP)}</p>
        <p>{say(SPEAK)}</p>
        <div class="mirrors">
            <figure>
                <video id=OWN class="mirror" autoplay=true muted=true prop:muted=true playsinline="true" aria-label=say(MIRROR) data-testid="own"></video>
                <figcaption>{say(MIRROR)}</figcaption>
            </figure>
            <figure>
                <video id=BACK autoplay=true playsinline="true" aria-label=say(CAME_BACK) data-testid="back"></video>
                <figcaption>{say(CAME_BACK)}</figcaption>
            </figure>
        </div>
        <Loudness />
        <Network />
        {move || failed().into_iter().map(|trouble| view! {
            <Band tone=Tone::Wait testid="failed">{say(advice(trouble))}</Band>
        }).collect::<Vec<_>>()}
        <Choices />
        <Questions />
    }
    .into_any()
}

/// How loud the microphone is.
#[component]
fn Loudness() -> impl IntoView {
    let here = here();
    let has = move || here.check.see(|check| !check.failed.contains(&Trouble::NoMicrophone));
    view! {
        <div class="loudness" hidden=move || !has()>
            <label for="loudness">{say(LOUDNESS)}</label>
            <meter id="loudness" min="0" max="100" value=move || here.level.get() data-testid="level"></meter>
            <span class="muted">{say(MOVES)}</span>
        </div>
    }
    .into_any()
}

/// How far the measuring is, and what it found.
#[component]
fn Network() -> impl IntoView {
    let here = here();
    let told = tell(move || match (here.measured.get(), here.second.get()) {
        (true, _) if here.check.see(|check| !check.is_measured()) => Told::default(),
        (true, _) => {
            let figures = here.check.see(figures);
            Told {
                zh: format!("{}{}", MEASURED.zh, figures.zh),
                en: format!("{}{}", MEASURED.en, figures.en),
            }
        }
        (false, None) => OPENS.into(),
        (false, Some(second)) => MEASURES.with("n", bench::SECONDS.saturating_sub(second)),
    });
    view! {
        <div class="network" aria-live=move || if here.measured.get() { "polite" } else { "off" } data-testid="network">
            <progress
                max=bench::SECONDS
                value=move || here.second.get()
                hidden=move || here.measured.get()
                aria-label=say(NETWORK)
            ></progress>
            <p>{told}</p>
        </div>
    }
    .into_any()
}

/// Other cameras and microphones, by name, and the test sound.
#[component]
fn Choices() -> impl IntoView {
    let (camera, microphone) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let here = here();
    effect(move || {
        let devices = here.devices.get();
        camera.set(devices.camera);
        microphone.set(devices.microphone);
    });
    chosen(here, false, camera);
    chosen(here, true, microphone);
    let list = |of: fn(&bench::Devices) -> &Vec<bench::Device>| {
        derived(move || {
            here.devices.see(|devices| {
                of(devices).iter().map(|device| (device.id.clone(), device.label.clone())).collect::<Vec<_>>()
            })
        })
    };
    let (cameras, microphones) = (list(|devices| &devices.cameras), list(|devices| &devices.microphones));
    view! {
        <div class="devices">
            <div hidden=move || cameras.see(Vec::is_empty)>
                <Select label=say(CAMERA) value=camera options=cameras testid="camera" />
            </div>
            <div hidden=move || microphones.see(Vec::is_empty)>
                <Select label=say(MICROPHONE) value=microphone options=microphones testid="microphone" />
            </div>
            <Button words=say(TONE) press=|()| bench::sound() testid="tone" />
        </div>
    }
    .into_any()
}

/// Takes the device that is chosen, where it is not the one in use.
fn chosen(here: Bench, sound: bool, value: RwSignal<String>) {
    effect(move || {
        let id = value.get();
        let used = here.devices.with_untracked(|devices| {
            if sound { devices.microphone.clone() } else { devices.camera.clone() }
        });
        if id.is_empty() || id == used {
            return;
        }
        leptos::task::spawn_local(async move {
            let _ = bench::choose(sound, &id).await;
            here.look_at_devices().await;
            bench::show(OWN, BACK);
        });
    });
}

/// The three questions, and the end.
#[component]
fn Questions() -> impl IntoView {
    let here = here();
    let options = || vec![(YES, say(words("是", "Yes"))), (NO, say(words("否", "No")))];
    let [seen, heard, smooth] = here.answers;
    let dead = derived(move || {
        let answered = here.answers.iter().all(|answer| answer.see(|answer| !answer.is_empty()));
        (!answered || !here.measured.get()).then(|| Told::from(ANSWER))
    });
    let ready = move || here.measured.get();
    view! {
        <Show when=ready>
            <div class="stack" data-testid="questions">
                <OneOf label=say(SEEN) value=seen options=options() testid="seen" />
                <OneOf label=say(HEARD) value=heard options=options() testid="heard" />
                <OneOf label=say(SMOOTH) value=smooth options=options() testid="smooth" />
            </div>
        </Show>
        <Button words=say(FINISH) look=Look::Primary press=move |()| here.finish() dead testid="finish" />
    }
    .into_any()
}
