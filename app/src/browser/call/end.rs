//! The own end on the page: how the link, the own microphone and camera stand in plain words, and the buttons.

use web_sys::Element;

use super::{
    AGAIN, Choice, NONE, STATE, State, TROUBLE, has_chosen, heard,
    seating::{Chamber, Seating},
    stage::{attribute, hide, part, write},
    wish, with_call,
};
use crate::words::{Words, words};

/// As it stands on the page, without its words.
pub(super) const END: &str = concat!(
    r#"<div class="own-end"><p role="status" data-testid="video-state"></p>"#,
    r#"<span class="tag" data-testid="video-quality" hidden></span>"#,
    r#"<p class="small trouble" role="status" data-testid="video-trouble" hidden></p><div class="row">"#,
    r#"<button type="button" class="button primary" data-do="take" data-testid="video-take"></button>"#,
    r#"<button type="button" class="button quiet" data-do="mute" data-testid="video-mute"></button>"#,
    r#"<button type="button" class="button quiet" data-do="dark" data-testid="video-camera"></button>"#,
    r#"<button type="button" class="button quiet" data-do="sound-only" data-testid="video-sound-only"></button>"#,
    r#"<button type="button" class="button quiet" data-do="off" data-testid="video-off"></button></div></div>"#,
);
/// The faces, for those who hear the page.
pub(super) const FACES: Words = words("视频连线中的参加人", "Those on the video link");
/// What a press on a face does.
pub(super) const PIN: Words =
    words("点一下固定在大画面，再点一下放开", "Press to keep in front, press again to let go");
/// The own face.
pub(super) const YOU: Words = words("您", "You");
const HEAR: Words = words("点这里打开声音", "Tap to hear");
const LEAVE: Words = words("关闭视频连线", "Leave the video link");
const TAKE: Words = words("把视频连线移到这里", "Take the video link here");
const MUTE: Words = words("静音", "Mute me");
const UNMUTE: Words = words("取消静音", "Unmute me");
const CAMERA_OFF: Words = words("关闭摄像头", "Camera off");
const CAMERA_ON: Words = words("打开摄像头", "Camera on");
const SOUND_ONLY: Words = words("只听声音", "Sound only");
const PICTURES_TOO: Words = words("恢复画面", "Pictures again");
const ASKING: Words = words("请在浏览器的提示中点“允许”。", "Please press “Allow” where your browser asks.");
const OPENING: Words = words("正在接通……", "Connecting…");
const LOST: Words = words(
    "视频连线中断，正在重新接通。听证照常进行，笔录不受影响。",
    "The video link is interrupted and is being restored. The hearing and its record go on.",
);
const ELSEWHERE: Words = words(
    "视频连线已在本席位的另一个窗口打开，这里的摄像头和麦克风已经关闭。",
    "The video link of this seat is open in another window; camera and microphone are off here.",
);
const BLOCKED: Words = words(
    "您的网络似乎不让声音和画面通过，所以接不通视频连线。听证照常进行：您可以看笔录、打字发言，由书记员代读。可以换一个网络（例如手机流量），或者请网络管理员放行 UDP；需要帮助请拨打 12309。我们会继续尝试接通。",
    "Your network seems to let no sound and picture through, so the video link cannot open. The hearing goes on: you can follow the record and write what you say, and the clerk reads it out. Try another network (such as mobile data), or ask whoever runs yours to let UDP through; for help call 12309. We go on trying.",
);
const HEARD: Words = words("大家现在能听到您", "Everybody hears you now");
const HEARD_HERE: Words = words("只有同一室的人能听到您", "Only those in your room hear you");
const SHIELDED: Words = words(
    "主持人决定您不暴露外貌参加听证：您的摄像头关着，没有人能看到您。",
    "The chair has decided that you are not seen: your camera is off and nobody can see you.",
);
const ALTERED: Words = words(
    "主持人决定您不暴露外貌、真实声音参加听证：您的摄像头关着，大家听到的是改变后的声音。熟人仍有可能听出来，担心的请打字。",
    "The chair has decided that you are not seen, and are heard with another voice: your camera is off, and what the others hear is not your own voice. Who knows you well may still guess; if you fear that, write.",
);
const UNALTERED: Words = words(
    "您的浏览器不能改变声音，所以没有人能听到您。要说的话请打字，由书记员代读；也可以换一个浏览器。",
    "Your browser cannot change your voice, so nobody hears you. Write what you say, and the clerk reads it out; or try another browser.",
);
const NOT_HEARD: Words =
    words("您的麦克风关着，轮到您时自动打开", "Your microphone is closed; it opens when it is your turn");
const MUTED: Words = words("您已静音，没有人能听到您", "You are muted; nobody hears you");
const WATCHING: Words = words("您只收看、收听", "You only watch and listen");
const GOOD: Words = words("● 线路流畅", "● Good line");
const FAIR: Words = words("◐ 线路一般", "◐ Fair line");
const POOR: Words = words("▲ 线路较差", "▲ Poor line");

/// How the link and the own microphone stand.
fn stands(seating: &Seating, speaks: bool) -> Words {
    match STATE.get() {
        State::Off | State::Loading => words("", ""),
        State::Asking => ASKING,
        State::Opening => OPENING,
        State::Lost => LOST,
        State::Elsewhere => ELSEWHERE,
        State::Open if !speaks => WATCHING,
        State::Open if has_chosen(Choice::Mute) => MUTED,
        State::Open if !seating.heard => NOT_HEARD,
        State::Open if seating.chamber == Chamber::Court => HEARD,
        State::Open => HEARD_HERE,
    }
}

/// Draws what has changed.
pub(super) fn draw(root: &Element, seating: &Seating) {
    let Some(wish) = wish() else { return };
    let say = |words: Words| words.in_language(seating.language);
    write(root, "[data-testid=video-state]", say(stands(seating, wish.speaks)));
    let (quality, tone) = match with_call(|call| call.quality()) {
        Some("poor") => (POOR, "tag alert"),
        Some("fair") => (FAIR, "tag wait"),
        _ => (GOOD, "tag good"),
    };
    write(root, "[data-testid=video-quality]", say(quality));
    if let Some(tag) = part(root, "[data-testid=video-quality]") {
        attribute(&tag, "class", Some(tone));
        hide(&tag, STATE.get() != State::Open);
    }
    let blocked = AGAIN.get().is_blocked() && STATE.get() != State::Elsewhere;
    let mute = with_call(|call| call.mute_voice()).flatten();
    let trouble = say(match (blocked, TROUBLE.get()) {
        (true, _) => BLOCKED,
        (false, NONE) if mute == Some(false) => UNALTERED,
        (false, NONE) if seating.altered => ALTERED,
        (false, NONE) if seating.shielded => SHIELDED,
        (false, trouble) => trouble,
    });
    write(root, ".trouble", trouble);
    if let Some(trouble_part) = part(root, ".trouble") {
        hide(&trouble_part, trouble.is_empty());
    }
    let elsewhere = STATE.get() == State::Elsewhere;
    let sound_only = has_chosen(Choice::SoundOnly);
    let choice = |choice, on, off| if has_chosen(choice) { on } else { off };
    for (what, words, shown) in [
        ("hear", HEAR, heard::is_refused() || mute == Some(true)),
        ("take", TAKE, elsewhere),
        ("mute", choice(Choice::Mute, UNMUTE, MUTE), wish.speaks && !elsewhere),
        (
            "dark",
            choice(Choice::Dark, CAMERA_ON, CAMERA_OFF),
            wish.shows && !elsewhere && !sound_only && !seating.shielded,
        ),
        ("sound-only", choice(Choice::SoundOnly, PICTURES_TOO, SOUND_ONLY), !elsewhere),
        ("off", LEAVE, true),
    ] {
        let which = format!("[data-do={what}]");
        write(root, &which, say(words));
        if let Some(button) = part(root, &which) {
            hide(&button, !shown);
        }
    }
}
