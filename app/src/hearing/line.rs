//! How a seat's video line stands, in a few words for those who lead the hearing: whether it goes through, how well, and
//! what it has missed.

use crate::kit::see::See;
use leptos::prelude::*;
use procedure::{
    SeatId,
    hearing::line::{Known, Quality, Stands},
};

use super::room;
use crate::words::{Told, Words, tell, words};

const OPEN: Words = words("视频：已接通", "Video: connected");
const GOOD: Words = words("视频：● 流畅", "Video: ● good");
const FAIR: Words = words("视频：◐ 一般", "Video: ◐ fair");
const POOR: Words = words("视频：▲ 较差", "Video: ▲ poor");
const BROKEN: Words = words("视频：✕ 中断", "Video: ✕ lost");
const CLOSED: Words = words("视频：已关闭", "Video: off");
const MISSED: Words = words("（已中断{times}次，共{seconds}秒）", " ({times} breaks, {seconds} s in all)");

/// How it stands, and what it has missed.
#[must_use]
pub fn told(line: &Known) -> Told {
    let words = match (line.stands, line.quality) {
        (Stands::Open, None) => OPEN,
        (Stands::Open, Some(Quality::Good)) => GOOD,
        (Stands::Open, Some(Quality::Fair)) => FAIR,
        (Stands::Open, Some(Quality::Poor)) => POOR,
        (Stands::Broken { .. }, _) => BROKEN,
        (Stands::Closed, _) => CLOSED,
    };
    let mut told = Told::from(words);
    if line.missed_ms > 0 {
        let seconds = line.missed_ms.saturating_add(999) / 1000;
        let missed = MISSED.with("times", line.breaks.to_string()).with("seconds", seconds.to_string());
        told.zh += &missed.zh;
        told.en += &missed.en;
    }
    told
}

/// How a seat's video line stands, for whoever may know.
#[component]
pub fn VideoLine(
    /// Whose.
    seat: SeatId,
) -> impl IntoView {
    let room = room();
    let id = format!("line-{seat}");
    let words = tell(move || room.view.see(|view| view.line.of(&seat).map(told).unwrap_or_default()));
    view! { <small data-testid=id>{words}</small> }.into_any()
}
