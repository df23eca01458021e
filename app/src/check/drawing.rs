//! Drawings of what the browser shows, with a mark on what is to be pressed. A phone and a computer look different; which
//! drawing is seen follows from the width of the page.

use leptos::prelude::*;

use crate::words::{Words, say, words};

const PROMPT: Words = words(
    "示意图：浏览器询问是否允许使用摄像头和麦克风，请点“允许”",
    "Drawing: the browser asks for camera and microphone; press “Allow”",
);
const UNDO: Words = words(
    "示意图：点地址栏左边的标志，把摄像头和麦克风改为允许",
    "Drawing: press the sign left of the address and allow camera and microphone",
);
const MENU: Words = words(
    "示意图：点微信右上角的三个点，再点“在浏览器打开”",
    "Drawing: press the three dots at the top right, then “Open in browser”",
);
const WANTS: Words = words("此网站想要", "This site wants to");
const USE_CAMERA: Words = words("使用您的摄像头", "use your camera");
const USE_MICROPHONE: Words = words("使用您的麦克风", "use your microphone");
const ALLOW: Words = words("允许", "Allow");
const BLOCK: Words = words("不允许", "Block");
const HERE: Words = words("点这里", "Press here");
const CAMERA: Words = words("摄像头", "Camera");
const MICROPHONE: Words = words("麦克风", "Microphone");
const ADDRESS: Words = words("听证网址", "the address");
const OPEN_IN_BROWSER: Words = words("在浏览器打开", "Open in browser");
const WECHAT: Words = words("微信", "WeChat");

/// What the browser asks before it gives camera and microphone.
#[component]
pub fn Prompt() -> impl IntoView {
    view! {
        <figure class="drawing">
            <svg class="on-computer" viewBox="0 0 520 190" role="img" aria-label=say(PROMPT)>
                <rect class="paper" x="1" y="1" width="518" height="188" rx="8" />
                <rect class="bar" x="1" y="1" width="518" height="38" rx="8" />
                <circle class="line" cx="24" cy="20" r="8" />
                <rect class="paper" x="44" y="8" width="300" height="24" rx="12" />
                <text x="60" y="26" class="faint">{say(ADDRESS)}</text>
                <rect class="sheet" x="44" y="46" width="270" height="134" rx="8" />
                <text x="60" y="72">{say(WANTS)}</text>
                {camera(60, 83)}
                <text x="88" y="98">{say(USE_CAMERA)}</text>
                {microphone(60, 107)}
                <text x="88" y="122">{say(USE_MICROPHONE)}</text>
                <rect class="other" x="60" y="138" width="110" height="32" rx="16" />
                <text x="115" y="160" class="middle faint">{say(BLOCK)}</text>
                <rect class="wanted" x="184" y="138" width="114" height="32" rx="16" />
                <text x="241" y="160" class="middle white">{say(ALLOW)}</text>
                <rect class="ring" x="177" y="131" width="128" height="46" rx="23" />
                <path class="arrow" d="M400 154 H318 M330 144 L316 154 L330 164" />
                <text x="408" y="160" class="mark">{say(HERE)}</text>
            </svg>
            <svg class="on-phone" viewBox="0 0 300 250" role="img" aria-label=say(PROMPT)>
                <rect class="bar" x="1" y="1" width="298" height="248" rx="18" />
                <rect class="sheet" x="24" y="24" width="252" height="140" rx="14" />
                <text x="150" y="54" class="middle">{say(WANTS)}</text>
                {camera(62, 65)}
                <text x="90" y="80">{say(USE_CAMERA)}</text>
                {microphone(62, 89)}
                <text x="90" y="104">{say(USE_MICROPHONE)}</text>
                <path class="line" d="M24 120 H276 M150 120 V164" />
                <text x="87" y="148" class="middle faint">{say(BLOCK)}</text>
                <text x="213" y="148" class="middle blue">{say(ALLOW)}</text>
                <rect class="ring" x="156" y="123" width="114" height="38" rx="19" />
                <path class="arrow" d="M213 206 V172 M203 182 L213 168 L223 182" />
                <text x="213" y="230" class="middle mark">{say(HERE)}</text>
            </svg>
        </figure>
    }
    .into_any()
}

/// How a refusal is taken back.
#[component]
pub fn Undo() -> impl IntoView {
    view! {
        <figure class="drawing">
            <svg class="always" viewBox="0 0 400 190" role="img" aria-label=say(UNDO)>
                <rect class="paper" x="1" y="1" width="398" height="188" rx="8" />
                <rect class="bar" x="1" y="1" width="398" height="44" rx="8" />
                <rect class="paper" x="16" y="9" width="300" height="28" rx="14" />
                <path class="sign" d="M28 18 H44 M28 28 H44" />
                <circle class="sign" cx="33" cy="18" r="3" />
                <circle class="sign" cx="39" cy="28" r="3" />
                <circle class="ring" cx="36" cy="23" r="18" />
                <text x="66" y="29" class="faint">{say(ADDRESS)}</text>
                <rect class="sheet" x="16" y="56" width="250" height="112" rx="8" />
                {camera(32, 77)}
                <text x="60" y="92">{say(CAMERA)}</text>
                {microphone(32, 121)}
                <text x="60" y="136">{say(MICROPHONE)}</text>
                <rect class="wanted" x="170" y="72" width="80" height="30" rx="15" />
                <text x="210" y="93" class="middle white">{say(ALLOW)}</text>
                <rect class="wanted" x="170" y="116" width="80" height="30" rx="15" />
                <text x="210" y="137" class="middle white">{say(ALLOW)}</text>
                <path class="arrow" d="M300 87 H262 M274 77 L260 87 L274 97 M300 131 H262 M274 121 L260 131 L274 141" />
                <text x="308" y="115" class="mark">{say(HERE)}</text>
            </svg>
        </figure>
    }
    .into_any()
}

/// The way out of another program's browser.
#[component]
pub fn Menu() -> impl IntoView {
    view! {
        <figure class="drawing">
            <svg class="always" viewBox="0 0 300 230" role="img" aria-label=say(MENU)>
                <rect class="paper" x="1" y="1" width="298" height="228" rx="18" />
                <rect class="bar" x="1" y="1" width="298" height="48" rx="18" />
                <text x="150" y="32" class="middle">{say(WECHAT)}</text>
                <circle class="dot" cx="256" cy="26" r="3.5" />
                <circle class="dot" cx="267" cy="26" r="3.5" />
                <circle class="dot" cx="278" cy="26" r="3.5" />
                <circle class="ring" cx="267" cy="26" r="19" />
                <path class="arrow" d="M220 92 L254 52 M238 54 L255 50 L256 68" />
                <text x="216" y="112" class="middle mark">"1 " {say(HERE)}</text>
                <rect class="sheet" x="24" y="134" width="252" height="76" rx="10" />
                <circle class="globe" cx="62" cy="172" r="18" />
                <path class="globe" d="M44 172 H80 M62 154 V190 M62 154 C50 166 50 178 62 190 C74 178 74 166 62 154" />
                <text x="92" y="166">{say(OPEN_IN_BROWSER)}</text>
                <text x="92" y="192" class="mark">"2 ← " {say(HERE)}</text>
            </svg>
        </figure>
    }
    .into_any()
}

/// A camera in a square of twenty, its corner at `x` and `y`.
fn camera(x: u32, y: u32) -> AnyView {
    let d = format!("M{x} {} h13 v12 h-13 z m13 4 l6 -4 v12 l-6 -4", y + 4);
    view! { <path class="icon" d=d /> }.into_any()
}

/// A microphone in a square of twenty, its corner at `x` and `y`.
fn microphone(x: u32, y: u32) -> AnyView {
    let d =
        format!("M{} {} a3 3 0 0 1 6 0 v6 a3 3 0 0 1 -6 0 z m-3 5 a6 6 0 0 0 12 0 m-6 6 v3", x + 7, y + 4);
    view! { <path class="icon" d=d /> }.into_any()
}
