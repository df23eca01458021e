//! The video link on the desk: the faces of those who are received, and how the own camera and microphone stand. Who is
//! received is what the server says; here nobody is left out and nobody added.

use crate::kit::see::{For, See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{SeatId, hearing::media::Chamber};

use super::{
    roll::{initial, name},
    room,
};
use crate::{
    clerk::{Room, link::State},
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
    "浏览器会请您允许使用摄像头和麦克风。没有也能打开，照样看得到、听得到。开庭期间同步录音录像。",
    "Your browser will ask for camera and microphone. You can join without them. The hearing is recorded.",
);
const LEAVE: Words = words("关闭视频连线", "Leave the video link");
const MUTE: Words = words("静音", "Mute me");
const UNMUTE: Words = words("取消静音", "Unmute me");
const CAMERA_OFF: Words = words("关闭摄像头", "Camera off");
const CAMERA_ON: Words = words("打开摄像头", "Camera on");
const LOADING: Words = words("正在打开视频连线……", "Opening the video link…");
const ASKING: Words = words("请在浏览器的提示中点“允许”。", "Please press “Allow” where your browser asks.");
const OPENING: Words = words("正在接通……", "Connecting…");
const LOST: Words = words(
    "视频连线中断，正在重新接通。听证照常进行，笔录不受影响。",
    "The video link is interrupted and is being restored. The hearing and its record go on.",
);
const HEARD: Words = words("大家现在能听到您", "Everybody hears you now");
const HEARD_HERE: Words = words("只有同一室的人能听到您", "Only those in your room hear you");
const NOT_HEARD: Words =
    words("您的话筒关着，轮到您时自动打开", "Your microphone is closed; it opens when it is your turn");
const MUTED: Words = words("您已静音，没有人能听到您", "You are muted; nobody hears you");
const WATCHING: Words = words("您只收看、收听", "You only watch and listen");
const RECORDED: Words = words("同步录音录像中", "Being recorded");
const YOU: Words = words("您", "You");
const GOOD: Words = words("线路流畅", "Good line");
const FAIR: Words = words("线路一般", "Fair line");
const POOR: Words = words("线路较差", "Poor line");
/// Who is heard in the large: whoever has the floor, and while nobody has, whoever presides.
#[must_use]
pub fn in_front(room: Room) -> Memo<Option<SeatId>> {
    memo(move || {
        let holder = room.floor.see(|floor| floor.holder().cloned());
        let open = room.link.state.get() == State::Open;
        holder.or_else(|| open.then(|| room.view.see(|view| view.presiding().cloned())).flatten())
    })
}

/// The face of a seat: its picture while it moves, else the first character of its name.
#[component]
pub fn Face(seat: SeatId) -> impl IntoView {
    let room = room();
    let own = seat == room.me();
    let live = {
        let seat = seat.clone();
        memo(move || room.link.live.see(|live| live.contains(&seat)))
    };
    let sign = {
        let seat = seat.clone();
        move || initial(room, &seat)
    };
    view! {
        <div class="picture" class:live=move || live.get() class:own=own aria-hidden="true">
            <video data-seat=seat.0 playsinline autoplay prop:muted=true></video>
            <div class="face">{sign}</div>
        </div>
    }
    .into_any()
}

/// The link on a desk.
#[component]
pub fn Video(
    /// Whether whoever speaks is shown large here; desks on which that stands elsewhere leave it out.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let room = room();
    let shown = memo(move || room.may_link());
    view! {
        <Show when=move || shown.get()>
            <section class="video" aria-label=say(VIDEO) data-testid="video" data-state=move || room.link.state.get().word()>
                <Faces large />
                <Own />
            </section>
        </Show>
    }
    .into_any()
}

/// The faces, the own one first.
#[component]
fn Faces(large: bool) -> impl IntoView {
    let room = room();
    let front = in_front(room);
    let seats = move || {
        let me = room.me();
        let mut seats = room.link.received.get();
        // A slot keeps its seat while that is not received.
        room.view.see(|view| seats.retain(|seat| view.may_see(&me, seat)));
        if room.link.is_on() && room.takes_part() {
            seats.insert(0, me);
        }
        seats
    };
    let speaker = move || {
        let front = front.get().filter(|front| large && room.link.received.see(|all| all.contains(front)));
        front.map(|seat| view! { <div class="in-front"><Face seat /></div> }.into_any())
    };
    view! {
        {speaker}
        <ul class="faces" tabindex="0" aria-label=say(VIDEO) data-testid="faces" hidden=move || seats().is_empty()>
            <For each=seats key=Clone::clone let(seat)>
                <Tile seat />
            </For>
        </ul>
    }
    .into_any()
}

#[component]
fn Tile(seat: SeatId) -> impl IntoView {
    let room = room();
    let heard = {
        let seat = seat.clone();
        memo(move || room.view.see(|view| view.is_heard(&seat)))
    };
    let named = {
        let seat = seat.clone();
        tell(move || if seat == room.me() { YOU.into() } else { name(room, &seat) })
    };
    let testid = format!("tile-{seat}");
    view! {
        <li class:heard=move || heard.get() data-testid=testid>
            <Face seat />
            <span class="name">{named}</span>
        </li>
    }
    .into_any()
}

/// How the own end stands, and what can be done about it.
#[component]
fn Own() -> impl IntoView {
    let room = room();
    let link = room.link;
    let me = room.me();
    let takes_part = untrack(|| room.takes_part());
    let on = memo(move || link.is_on());
    let state = tell(move || match link.state.get() {
        State::Off => Told::default(),
        State::Loading => LOADING.into(),
        State::Asking => ASKING.into(),
        State::Opening => OPENING.into(),
        State::Lost => LOST.into(),
        State::Open if !takes_part => WATCHING.into(),
        State::Open if link.mute.get() => MUTED.into(),
        State::Open if !room.is_heard() => NOT_HEARD.into(),
        State::Open if room.view.see(|view| view.chamber(&me)) == Some(Chamber::Court) => HEARD.into(),
        State::Open => HEARD_HERE.into(),
    });
    let sits = memo(move || {
        room.view.see(|view| view.on_air(&room.me()).sitting && view.recording.stalled.is_none())
    });
    let quality = move || match link.quality.get().as_str() {
        "poor" => (POOR, Tone::Alert),
        "fair" => (FAIR, Tone::Wait),
        _ => (GOOD, Tone::Good),
    };
    let mute = tell(move || if link.mute.get() { UNMUTE } else { MUTE }.into());
    let camera = tell(move || if link.camera.get() { CAMERA_OFF } else { CAMERA_ON }.into());
    view! {
        <div class="own-end">
            <p role="status" data-testid="video-state" hidden=move || !on.get()>
                {state}
                <span hidden=move || !sits.get()>
                    <Tag words=say(RECORDED) tone=Tone::Info testid="recorded" />
                </span>
                <span class="quality" hidden=move || link.state.get() != State::Open>
                    <Tag words=tell(move || quality().0.into()) tone=derived(move || quality().1) testid="video-quality" />
                </span>
            </p>
            <p class="small" hidden=move || link.trouble.see(|trouble| trouble.zh.is_empty()) data-testid="video-trouble">
                {tell(move || link.trouble.get())}
            </p>
            <div class="row">
                <Show
                    when=move || on.get()
                    fallback=move || {
                        let words = if takes_part { JOIN } else { WATCH };
                        view! { <Button words=say(words) press=move |()| room.turn_link_on() testid="video-on" /> }.into_any()
                    }
                >
                    {takes_part.then(|| view! {
                        <Button words=mute look=Look::Quiet press=move |()| room.mute_own(!link.mute.get_untracked()) testid="video-mute" />
                        <Button words=camera look=Look::Quiet press=move |()| room.show_own(!link.camera.get_untracked()) testid="video-camera" />
                    })}
                    <Button words=say(LEAVE) look=Look::Quiet press=move |()| room.turn_link_off() testid="video-off" />
                </Show>
                <span class="muted small" hidden=move || on.get() || !takes_part>{say(JOIN_WHY)}</span>
            </div>
        </div>
    }
    .into_any()
}
