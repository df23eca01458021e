//! What the record has on paper only: the heading with case, time and place, and the lines for the signatures.

use crate::kit::see::See;
use leptos::prelude::*;
use procedure::{
    Moment, SeatId,
    hearing::{phase::Course, record::Signature},
};

use crate::{
    clerk::{RULES, Room},
    hearing::room,
    words::{Told, Words, say, tell, words},
};

const CASE: Words = words("案由：{cause}\n案号：{number}", "Case: {cause}\nNumber: {number}");
const WHEN: Words = words("时间：{time}\n地点：{place}", "Time: {time}\nPlace: {place}");
const SPAN: Words = words("{from} 至 {to}", "{from} to {to}");
const SIGNATURES: Words = words("签名", "Signatures");
const SIGNED: Words = words("已于 {time} 电子签名", "signed electronically at {time}");
const REFUSED: Words = words("拒绝签名：{reason}", "refused to sign: {reason}");
const OPEN: Words = words("＿＿＿＿＿＿＿＿", "________________");

/// The lines above the record.
#[component]
pub fn Heading() -> impl IntoView {
    let room = room();
    let face = move || room.plan.see(|plan| plan.registered.clone());
    let heard = tell(move || {
        face().map(|face| CASE.with("cause", face.cause).with("number", face.number)).unwrap_or_default()
    });
    let held = tell(move || {
        face()
            .map(|face| {
                let time = room.course.see(held).unwrap_or_else(|| clock(face.scheduled));
                Told::from(WHEN).with_told("time", &time).with("place", face.hearing.place)
            })
            .unwrap_or_default()
    });
    view! {
        <div class="paper">
            <p>{heard}</p>
            <p>{held}</p>
        </div>
    }
    .into_any()
}

fn clock(at: Moment) -> Told {
    let local = at.local(RULES.utc_offset_minutes);
    Told { zh: local.zh(), en: local.to_string() }
}

/// The end of what began then: on the same day the hour says enough.
fn until(from: Moment, to: Moment) -> Told {
    let [began, ended] = [from, to].map(|at| at.local(RULES.utc_offset_minutes));
    let hour = format!("{:02}:{:02}", ended.hour, ended.minute);
    if began.date == ended.date { Told { zh: hour.clone(), en: hour } } else { clock(to) }
}

/// From when to when it was held; none before it has opened.
fn held(course: &Course) -> Option<Told> {
    let first = course.history.first()?;
    let from = clock(first.at);
    let over = course.history.last().filter(|_| course.is_closed());
    Some(match over {
        Some(over) => Told::from(SPAN).with_told("from", &from).with_told("to", &until(first.at, over.at)),
        None => from,
    })
}

/// Who signs, and what has become of it.
#[component]
pub fn Signatures() -> impl IntoView {
    let room = room();
    let rows = move || {
        signers(room)
            .into_iter()
            .map(|seat| view! { <p>{signature(room, &seat).now()}</p> }.into_any())
            .collect::<Vec<_>>()
    };
    view! {
        <div class="paper signatures">
            <h3>{say(SIGNATURES)}</h3>
            {rows}
        </div>
    }
    .into_any()
}

/// Whoever is here and signs.
fn signers(room: Room) -> Vec<SeatId> {
    room.plan.see(|plan| {
        room.roll.see(|roll| {
            let signs = |seat: &SeatId| plan.capacity(seat).is_some_and(procedure::Capacity::signs);
            plan.places.keys().filter(|seat| signs(seat) && roll.is_present(seat)).cloned().collect()
        })
    })
}

fn signature(room: Room, seat: &SeatId) -> Told {
    let state = room.record.see(|record| match record.signatures.get(seat) {
        Some(Signature::Signed { at, .. }) => Told::from(SIGNED).with_told("time", &clock(*at)),
        Some(Signature::Refused { reason, .. }) => REFUSED.with("reason", reason),
        None => OPEN.into(),
    });
    let label = room.plan.see(|plan| plan.label(seat));
    Told { zh: format!("{}：{}", label.zh, state.zh), en: format!("{}: {}", label.en, state.en) }
}
