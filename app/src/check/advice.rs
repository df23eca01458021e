//! What to do when something is missing or does not work, in plain words and with a drawing; it never ends here.

use crate::kit::see::See;
use leptos::prelude::*;
use procedure::hearing::equipment::Trouble;

use super::{ToRoom, drawing, here};
use crate::{
    browser,
    kit::{
        band::Band,
        button::{Button, Look},
        tag::Tone,
    },
    words::{Words, say, tell, words},
};

const AGAIN: Words = words("再试一次", "Try again");
const COPY: Words = words("复制本页地址", "Copy the address of this page");
const COPIED: Words = words("已复制", "Copied");
const WITHOUT: Words = words(
    "没有设备也可以参加听证：您能看到、听到大家，发言可以打字，由书记员代读。",
    "You can take part without any device: you see and hear the others, and what you write is read out by the clerk.",
);
const TOLD: Words = words("检测情况已告诉书记员。", "The clerk has been told.");

/// What is wrong and what to do about it.
pub(super) const fn advice(trouble: Trouble) -> Words {
    match trouble {
        Trouble::NoMicrophone => words(
            "没有找到麦克风。请插好耳机或者话筒再试；听证时也可以打字，由书记员代读。",
            "No microphone was found. Plug in a headset and try again; at the hearing you can also write.",
        ),
        Trouble::NoCamera => words(
            "没有找到摄像头，或者它正被其他程序占用。大家能听到您，看不到您。",
            "No camera was found, or another program uses it. The others hear you but do not see you.",
        ),
        Trouble::Denied => words(
            "浏览器没有允许使用摄像头和麦克风。请点地址栏左边的标志，把“摄像头”和“麦克风”改为“允许”，再点“再试一次”。手机上请在“设置”里允许浏览器使用相机和麦克风。",
            "Your browser did not allow camera and microphone. Press the sign left of the address, set camera and microphone to “Allow”, then try again. On a phone, allow them to the browser in the settings.",
        ),
        Trouble::Busy => words(
            "摄像头或者麦克风正被其他程序占用。请退出微信视频、腾讯会议等程序，再试一次。",
            "Another program uses camera or microphone. Close other calls and meetings, then try again.",
        ),
        Trouble::Unsupported => words(
            "这里打不开摄像头和麦克风。如果您是在微信里打开的，请点右上角的“⋯”，选择“在浏览器打开”，再用短信中的链接进入一次。电脑上请用新版浏览器。",
            "Camera and microphone cannot be used here. If you opened this page inside WeChat, press “⋯” at the top right and choose “Open in browser”, then come in with your link once more. On a computer, use a newer browser.",
        ),
        Trouble::NoLine => words(
            "声音和画面传不到服务器。单位或者公共网络常常拦住这种连接：请改用手机流量或者家里的网络再试，也可以请网络管理员放行。",
            "Sound and picture do not reach the server. Networks of firms and public places often stop them: try mobile data or your network at home, or ask who runs the network to let UDP through.",
        ),
        Trouble::NotSeen => words(
            "您没有看到自己。请看镜头盖是否打开，或者换一个摄像头。",
            "You did not see yourself. See whether the camera is covered, or choose another one.",
        ),
        Trouble::NotHeard => words(
            "您没有听到声音。请调高音量、看耳机是否插好，手机请关闭静音，再试一次。",
            "You heard nothing. Turn the volume up, see whether the headset is plugged in, end the phone's silence, and try again.",
        ),
        Trouble::NotSmooth => words(
            "画面或者声音不流畅。请靠近路由器或者改用手机流量，关闭正在下载、看视频的程序。",
            "It faltered. Move nearer to the router or use mobile data, and close what downloads or plays.",
        ),
    }
}

/// Camera and microphone cannot be had at all.
#[component]
pub fn Stuck() -> impl IntoView {
    let here = here();
    let troubles = move || here.check.see(|check| check.failed.clone());
    let copied = RwSignal::new(false);
    let unsupported = move || troubles().contains(&Trouble::Unsupported);
    let copy = move |()| {
        browser::copy(&browser::address());
        copied.set(true);
    };
    let each = move |trouble: Trouble| {
        let drawn = match trouble {
            Trouble::Denied => view! { <drawing::Undo /> }.into_any(),
            Trouble::Unsupported => view! { <drawing::Menu /> }.into_any(),
            _ => ().into_any(),
        };
        view! {
            <Band tone=Tone::Alert urgent=true testid="trouble">{say(advice(trouble))}</Band>
            {drawn}
        }
    };
    let next = move || {
        if unsupported() {
            let words = tell(move || if copied.get() { COPIED } else { COPY }.into());
            view! { <Button words look=Look::Primary press=copy testid="copy" /> }.into_any()
        } else {
            let press = move |()| here.begin();
            view! { <Button words=say(AGAIN) look=Look::Primary press testid="again" /> }.into_any()
        }
    };
    let kept = move || !here.line.reporting.get() && here.line.known.see(Option::is_some);
    view! {
        {move || troubles().into_iter().map(each).collect::<Vec<_>>()}
        <div class="row">
            {next}
            <ToRoom />
        </div>
        <p>{say(WITHOUT)}</p>
        <p class="muted" role="status" hidden=move || !kept() data-testid="kept">{say(TOLD)}</p>
    }
    .into_any()
}
