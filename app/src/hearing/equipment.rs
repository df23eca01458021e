//! How a seat's equipment was at its last check, in a few words for those who prepare and lead the hearing.

use crate::kit::see::See;
use leptos::prelude::*;
use procedure::{
    Capacity, SeatId,
    hearing::{
        equipment::{Known, Trouble, Verdict},
        phase::Phase,
    },
};

use super::room;
use crate::{
    clerk::RULES,
    words::{Told, Words, tell, words},
};

const NOT_CHECKED: Words = words("设备：未检测", "Equipment: not checked");
const GOOD: Words = words("设备：正常", "Equipment: good");
const USABLE: Words = words("设备：勉强", "Equipment: usable");
const POOR: Words = words("设备：不行", "Equipment: poor");
const NETWORK: Words = words("网络", "network");

/// What failed, in one word.
const fn failed(trouble: Trouble) -> Words {
    match trouble {
        Trouble::NoMicrophone => words("没有麦克风", "no microphone"),
        Trouble::NoCamera => words("没有摄像头", "no camera"),
        Trouble::Denied => words("没有允许使用", "not allowed"),
        Trouble::Busy => words("被其他程序占用", "in use elsewhere"),
        Trouble::Unsupported => words("浏览器不支持", "browser cannot"),
        Trouble::NoLine => words("线路不通", "no line"),
        Trouble::NotSeen => words("看不到自己", "no picture"),
        Trouble::NotHeard => words("听不到声音", "no sound"),
        Trouble::NotSmooth => words("不流畅", "not smooth"),
    }
}

/// The verdict, what failed, and when it was.
#[must_use]
pub fn told(known: Option<&Known>) -> Told {
    let Some(Known { at, check, .. }) = known else { return NOT_CHECKED.into() };
    let (verdict, why) = match check.verdict() {
        Verdict::Good => (GOOD, None),
        Verdict::Usable => (USABLE, Some(NETWORK)),
        Verdict::Poor => (POOR, Some(NETWORK)),
    };
    let mut told = Told::from(verdict);
    let mut add = |Words { zh, en }: Words| {
        told.zh += "，";
        told.zh += zh;
        told.en += ", ";
        told.en += en;
    };
    check.failed.iter().for_each(|trouble| add(failed(*trouble)));
    if check.failed.is_empty()
        && let Some(why) = why
    {
        add(why);
    }
    let when = at.local(RULES.utc_offset_minutes);
    told.zh += &format!("（{}）", when.zh());
    told.en += &format!(" ({when})");
    told
}

/// How a seat's equipment was, for whoever may know; nothing for others, and nothing of those who only watch.
#[component]
pub fn Equipment(
    /// Whose.
    seat: SeatId,
) -> impl IntoView {
    let room = room();
    let me = room.me();
    let capacity = |seat: &SeatId| room.plan.with_untracked(|plan| plan.capacity(seat));
    let may = capacity(&me).is_some_and(|capacity| capacity.is_office())
        && capacity(&seat) != Some(Capacity::Observer);
    let id = format!("equipment-{seat}");
    let words = tell({
        let seat = seat.clone();
        move || room.view.see(|view| told(view.equipment.of(&seat)))
    });
    // Once the hearing goes on, how it was before says little of who is in the room.
    let over = move || {
        room.course.see(|course| course.current > Phase::RollCall)
            && room.roll.see(|roll| roll.is_present(&seat))
    };
    may.then(|| view! { <small data-testid=id hidden=over>{words}</small> }).into_any()
}
