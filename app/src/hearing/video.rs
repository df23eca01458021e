//! The video link on the desk: the button that turns it on, the word that the hearing is recorded, and the place where the
//! link, once it is loaded, draws faces and buttons of its own ([`crate::browser::call`]).

use crate::kit::see::{See, Show, memo};
use leptos::prelude::*;

use procedure::{Command, Hearing, hearing::shield};

use super::{act::Act, room};
use crate::{
    browser::call::State,
    kit::{
        button::{Button, Look},
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const VIDEO: Words = words("视频连线", "Video link");
const JOIN: Words = words("打开视频连线", "Join by video");
const WATCH: Words = words("打开视频观看", "Watch by video");
const JOIN_WHY: Words = words(
    "浏览器会请您允许使用摄像头和麦克风。没有也能打开，照样看得到、听得到。",
    "Your browser will ask for camera and microphone. You can join without them.",
);
const LOADING: Words = words("正在打开视频连线……", "Opening the video link…");
const UNLOADED: Words = words(
    "视频连线没有加载完整，请检查网络后再试。",
    "The video link did not load fully. Please check the network and try again.",
);
const LATER: Words = words(
    "您听到、看到的比现场晚{seconds}秒。",
    "You hear and see everything {seconds} seconds later than those in the hearing.",
);
const CUT_OFF: Words = words("切断旁听声音画面", "Cut the gallery off");
const RESTORE: Words = words("恢复旁听声音画面", "Restore the gallery");
const IS_CUT_OFF: Words = words(
    "主持人暂时切断了旁听席的声音和画面，请稍候；笔录照常显示。",
    "The chair has cut sound and picture off from the gallery for a while. You can go on reading the record.",
);
const RECORDED: Words = words("录音录像中", "Being recorded");

/// The link on a desk.
#[component]
pub fn Video() -> impl IntoView {
    let room = room();
    let link = room.link;
    let shown = memo(move || room.may_link());
    // It stands there whether or not this seat has turned its own link on.
    let sits = memo(move || {
        room.view.see(|view| view.on_air(&room.me()).sitting && view.recording.stalled.is_none())
    });
    let takes_part = memo(move || room.takes_part());
    let join = tell(move || if takes_part.get() { JOIN } else { WATCH }.into());
    let loads = move || link.is(State::Loading);
    let off = move || link.is(State::Off);
    let why = tell(move || match (loads(), link.unloaded.get(), takes_part.get()) {
        (true, _, _) => LOADING.into(),
        (false, true, _) => UNLOADED.into(),
        (false, false, true) if off() => JOIN_WHY.into(),
        (false, false, _) => Told::default(),
    });
    let cut_off = memo(move || room.view.see(|view| view.shield.cut_off));
    let told = tell(move || match (takes_part.get(), cut_off.get(), link.later_s.get()) {
        (true, ..) => Told::default(),
        (false, true, _) => IS_CUT_OFF.into(),
        (false, false, 0) => Told::default(),
        (false, false, seconds) => LATER.with("seconds", seconds),
    });
    let gone = move || cut_off.get() && !takes_part.get();
    view! {
        <Show when=move || shown.get()>
            <section class="video" aria-label=say(VIDEO) data-testid="video" data-state=move || link.state.get()>
                <div class="pictures" data-stage=""></div>
                <div class="row">
                    <span hidden=move || !off()>
                        <Button words=join press=move |()| room.turn_link_on() testid="video-on" />
                    </span>
                    <span hidden=move || !sits.get()>
                        <Tag words=say(RECORDED) tone=Tone::Alert testid="recorded" />
                    </span>
                    <span class="muted small">{why}</span>
                </div>
                <p role="status" class=move || if gone() { "cut-off" } else { "small" } data-testid="is-cut-off">
                    {told}
                </p>
            </section>
        </Show>
    }
    .into_any()
}

/// Cutting the gallery off, and letting it hear and see again: within reach whatever is on the page.
#[component]
pub fn CutOff() -> impl IntoView {
    let room = room();
    let leads = move |view: &Hearing| view.plan.is_public() && view.presiding() == Some(&room.me());
    let shown = memo(move || room.may_link() && room.view.see(leads));
    let cut_off = memo(move || room.view.see(|view| view.shield.cut_off));
    let words = tell(move || if cut_off.get() { RESTORE } else { CUT_OFF }.into());
    let command = move |()| {
        let restore = cut_off.get();
        Command::Shield(if restore { shield::Command::Restore {} } else { shield::Command::CutOff {} })
    };
    view! {
        <Show when=move || shown.get()>
            <span class="gallery-key">
                <Act words command explain=false look=Look::Danger testid="cut-off" />
            </span>
        </Show>
    }
    .into_any()
}
