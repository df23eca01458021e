//! The roll on the desk: who is here, told by word and shape; who waits at the door.

use crate::kit::see::{For, See, Show, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Command, SeatId, Side,
    hearing::{phase::Phase, record::Signature, roll, roll::Standing, shield},
};

use super::{
    act::{Act, WithReason},
    equipment::Equipment,
    line::VideoLine,
    phase::current,
    room,
};
use crate::{
    browser::bring_into_sight,
    clerk::Room,
    kit::{
        button::Look,
        clock::minutes,
        empty::Empty,
        tag::{Tag, Tone},
    },
    words::{Told, Words, say, tell, words},
};

const PANEL: Words = words("听证员", "Panel");
const STAFF: Words = words("主持和记录", "Chair and clerk");
const OTHERS: Words = words("其他参加人", "Others");
const WATCHERS: Words = words("旁听人员", "Observers");
const HERE: Words = words("在席", "present");
const SPEAKS: Words = words("正在发言", "speaking");
const SIGNED: Words = words("已签名", "signed");
const NOT_SIGNED: Words = words("拒绝签名", "refused to sign");
const AWAY: Words = words("掉线 {time}", "offline {time}");
const AT_DOOR: Words = words("等候入席", "at the door");
const EXPECTED: Words = words("未到", "not here");
const ABSENT: Words = words("未到：{reason}", "absent: {reason}");
const LEFT: Words = words("已离席", "left");
const SENT_OUT: Words = words("已退出", "sent out");
const RECUSED: Words = words("已回避", "recused");
const ADMIT: Words = words("准予入席", "Let in");
const TURN_AWAY: Words = words("暂不准入", "Not yet");
const TURN_AWAY_WHY: Words =
    words("请写明暂不准入的理由，当事人会看到。", "Say why; the person will read it.");
const NOBODY: Words = words("门外没有人等候。", "Nobody is waiting at the door.");
const NOTE_ABSENCE: Words = words("记明未到", "Note absence");
const NOTE_ABSENCE_WHY: Words =
    words("请写明未到的原因，记入笔录。", "Say why they have not come; it goes into the record.");
const NAME_DEPUTY: Words = words("指定代为主持", "Name as deputy");
const DEPUTY: Words = words("已指定代为主持", "Is the deputy");
const REMOVE: Words = words("责令退出", "Send out");
const REMOVE_WHY: Words = words(
    "请写明扰乱秩序的情形。该席位退出后不能再入席。",
    "Say how order was disturbed. Whoever is sent out cannot come back.",
);

const SHIELD: Words = words("不暴露外貌", "Hide the face");
const UNSHIELD: Words = words("恢复公开外貌", "Show the face again");
const UNSHIELD_ALL: Words =
    words("恢复公开外貌和真实声音", "Show the face and let the own voice be heard again");
const ALTER: Words = words("不暴露外貌和真实声音", "Hide the face and change the voice");
const OWN_VOICE: Words = words("恢复真实声音", "Let the own voice be heard again");
const SHIELDED: Words = words("不暴露外貌", "not seen");
const ALTERED: Words = words("不暴露外貌、真实声音", "not seen, voice changed");

/// The first character of a name, for the round sign beside it.
#[must_use]
pub fn initial(room: Room, seat: &SeatId) -> String {
    let label = room.plan.see(|plan| plan.label(seat));
    label.zh.chars().next().map(String::from).unwrap_or_default()
}

/// A name without its capacity, where it may be known.
#[must_use]
pub fn name(room: Room, seat: &SeatId) -> Told {
    room.plan.see(|plan| match plan.names.get(seat) {
        Some(name) => Told { zh: name.name.clone(), en: name.name.clone() },
        None => plan.label(seat).into(),
    })
}

/// Groups of the roll, in the order of the bench: the words and the seats.
fn groups(room: Room) -> Vec<(Words, Vec<SeatId>)> {
    room.plan.see(|plan| {
        let pick = |keep: &dyn Fn(&SeatId, Capacity) -> bool| -> Vec<SeatId> {
            plan.places
                .iter()
                .filter(|(seat, place)| keep(seat, place.capacity))
                .map(|(seat, _)| seat.clone())
                .collect()
        };
        let side = |side: Side| pick(&|seat, _| plan.side(seat) == Some(side));
        let mut all = vec![
            (STAFF, pick(&|_, capacity| capacity.is_office())),
            (PANEL, pick(&|_, capacity| capacity == Capacity::Panellist)),
            (Side::Applicant.words().into(), side(Side::Applicant)),
            (Side::Respondent.words().into(), side(Side::Respondent)),
            (
                OTHERS,
                pick(&|seat, capacity| {
                    plan.side(seat).is_none()
                        && !capacity.is_office()
                        && !matches!(capacity, Capacity::Panellist | Capacity::Observer)
                }),
            ),
            (WATCHERS, pick(&|_, capacity| capacity == Capacity::Observer)),
        ];
        all.retain(|(_, seats)| !seats.is_empty());
        all
    })
}

/// How a seat stands: words and tone.
fn standing(room: Room, seat: &SeatId) -> (Told, Tone) {
    let speaks = room.floor.see(|floor| floor.holder() == Some(seat));
    let signature = room.record.see(|record| {
        record.signatures.get(seat).map(|signature| matches!(signature, Signature::Signed { .. }))
    });
    room.roll.see(|roll| {
        let entry = roll.entries.get(seat);
        let lost = entry.and_then(|entry| entry.lost);
        match (roll.standing(seat), lost) {
            (Standing::Present | Standing::Waiting, Some(since)) => {
                (AWAY.with("time", minutes(room.now.get().ms_since(since))), Tone::Alert)
            }
            (Standing::Present, None) if speaks => (SPEAKS.into(), Tone::Good),
            (Standing::Present, None) if signature.is_some() => match signature {
                Some(true) => (SIGNED.into(), Tone::Good),
                _ => (NOT_SIGNED.into(), Tone::Wait),
            },
            (Standing::Present, None) => (HERE.into(), Tone::Good),
            (Standing::Waiting, None) => (AT_DOOR.into(), Tone::Wait),
            (Standing::Expected, _) => match entry.and_then(|entry| entry.reason.clone()) {
                Some(reason) => (ABSENT.with("reason", reason), Tone::Plain),
                None => (EXPECTED.into(), Tone::Plain),
            },
            (Standing::Left, _) => (LEFT.into(), Tone::Plain),
            (Standing::Removed, _) => (SENT_OUT.into(), Tone::Plain),
            (Standing::Recused, _) => (RECUSED.into(), Tone::Plain),
        }
    })
}

/// The roll by groups. `deeds` adds what chair and clerk can do with each seat.
#[component]
pub fn Roll(
    /// Whether chair and clerk act on it.
    #[prop(optional)]
    deeds: bool,
) -> impl IntoView {
    let room = room();
    let view = move || {
        groups(room)
            .into_iter()
            .map(|(title, seats)| {
                let rows: Vec<AnyView> =
                    seats.into_iter().map(|seat| view! { <Row seat deeds /> }.into_any()).collect();
                view! {
                    <h3>{say(title)}</h3>
                    <ul>{rows}</ul>
                }
                .into_any()
            })
            .collect::<Vec<_>>()
    };
    view! { <div class="roll" data-testid="roll">{view}</div> }.into_any()
}

#[component]
fn Row(seat: SeatId, deeds: bool) -> impl IntoView {
    let room = room();
    let state = {
        let seat = seat.clone();
        memo(move || standing(room, &seat))
    };
    let post = {
        let seat = seat.clone();
        tell(move || {
            room.plan.see(|plan| {
                let capacity = plan.capacity(&seat).map(|capacity| Told::from(Words::from(capacity.words())));
                let post = plan.names.get(&seat).and_then(|name| name.post.clone());
                match post {
                    Some(post) => Told { zh: post.clone(), en: post },
                    None => capacity.unwrap_or_default(),
                }
            })
        })
    };
    let shielded = {
        let seat = seat.clone();
        let voice = memo(move || room.view.see(|view| view.shield.of(&seat).map(|shielded| shielded.voice)));
        let words = tell(move || if voice.get() == Some(true) { ALTERED } else { SHIELDED }.into());
        view! { <small hidden=move || voice.get().is_none() data-testid="shielded">{words}</small> }
    };
    let speaks = move || state.see(|(told, _)| told == &Told::from(SPEAKS));
    let named = {
        let seat = seat.clone();
        tell(move || name(room, &seat))
    };
    let sign = {
        let seat = seat.clone();
        move || initial(room, &seat)
    };
    view! {
        <li class:speaks=speaks data-testid=format!("seat-{seat}")>
            <span class="sign" aria-hidden="true">{sign}</span>
            <span class="name">{named}<small>{post}</small>{shielded}<Equipment seat=seat.clone() /><VideoLine seat=seat.clone() /></span>
            <Tag words=tell(move || state.get().0) tone=derived(move || state.get().1) />
            {deeds.then(|| view! { <Deeds seat=seat.clone() /> })}
        </li>
    }
    .into_any()
}

/// What the chair can do with a seat, folded away.
#[component]
fn Deeds(seat: SeatId) -> impl IntoView {
    let room = room();
    let standing = {
        let seat = seat.clone();
        memo(move || room.roll.see(|roll| roll.standing(&seat)))
    };
    let body = move || {
        let seat = seat.clone();
        match standing.get() {
            Standing::Expected => view! {
                <Shield seat=seat.clone() />
                <WithReason words=say(NOTE_ABSENCE) prompt=say(NOTE_ABSENCE_WHY) look=Look::Quiet explain=false testid=format!("absent-{seat}")
                    command=move |reason| Command::Roll(roll::Command::NoteAbsence { seat: seat.clone(), reason }) />
            }.into_any(),
            Standing::Present => view! {
                <Deputy seat=seat.clone() />
                <Shield seat=seat.clone() />
                <WithReason words=say(REMOVE) prompt=say(REMOVE_WHY) look=Look::Danger explain=false testid=format!("remove-{seat}")
                    command=move |reason| Command::Roll(roll::Command::Remove { seat: seat.clone(), reason }) />
            }.into_any(),
            _ => ().into_any(),
        }
    };
    let now = current(room);
    let shown = move || {
        matches!(standing.get(), Standing::Expected | Standing::Present) && now.get() != Phase::Closed
    };
    view! {
        <details class="deeds" hidden=move || !shown() on:toggle=move |event| bring_into_sight(&event)>
            <summary aria-label=say(words("更多", "More"))>"⋯"</summary>
            <div class="choices">{body}</div>
        </details>
    }
    .into_any()
}

/// Naming who presides when the chair is gone: the handling prosecutor can be.
#[component]
fn Deputy(seat: SeatId) -> impl IntoView {
    let room = room();
    let may = {
        let seat = seat.clone();
        move || room.plan.see(|plan| plan.capacity(&seat)) == Some(Capacity::Handler)
    };
    let named = {
        let seat = seat.clone();
        memo(move || room.roll.see(|roll| roll.deputy.as_ref() == Some(&seat)))
    };
    let words = tell(move || if named.get() { DEPUTY } else { NAME_DEPUTY }.into());
    let command = move |()| Command::Roll(roll::Command::NameDeputy { seat: seat.clone() });
    untrack(may).then(|| {
        view! { <Act words command explain=false look=Look::Quiet testid="name-deputy" /> }.into_any()
    })
}

/// Keeping the face of a seat, and its voice, from everybody: of those who give evidence and of the parties.
#[component]
fn Shield(seat: SeatId) -> impl IntoView {
    let room = room();
    let may = room.plan.with_untracked(|plan| plan.capacity(&seat)).is_some_and(Capacity::can_be_shielded);
    let id = seat.clone();
    let voice = memo(move || room.view.see(|view| view.shield.of(&id).map(|shielded| shielded.voice)));
    let face = tell(move || match voice.get() {
        None => SHIELD.into(),
        Some(false) => UNSHIELD.into(),
        Some(true) => UNSHIELD_ALL.into(),
    });
    let sound = tell(move || if voice.get() == Some(true) { OWN_VOICE } else { ALTER }.into());
    let (one, other) = (format!("shield-{seat}"), format!("alter-{seat}"));
    let id = seat.clone();
    let shows = move |()| {
        let seat = id.clone();
        Command::Shield(match voice.get() {
            Some(_) => shield::Command::Unshield { seat },
            None => shield::Command::Shield { seat, voice: false },
        })
    };
    let speaks = move |()| {
        let voice = voice.get() != Some(true);
        Command::Shield(shield::Command::Shield { seat: seat.clone(), voice })
    };
    may.then(|| {
        view! {
            <Act words=face command=shows explain=false look=Look::Quiet testid=one />
            <Act words=sound command=speaks explain=false look=Look::Quiet testid=other />
        }
        .into_any()
    })
}

/// Seats that wait at the door.
#[must_use]
pub fn at_door(room: Room) -> Vec<SeatId> {
    room.roll.see(|roll| {
        roll.entries
            .iter()
            .filter(|(_, entry)| entry.standing == Standing::Waiting)
            .map(|(seat, _)| seat.clone())
            .collect()
    })
}

/// Who waits at the door, for those who let in.
#[component]
pub fn Door() -> impl IntoView {
    let room = room();
    view! {
        <div class="at-door" data-testid="door">
            <Show when=move || at_door(room).is_empty()>
                <Empty words=say(NOBODY) />
            </Show>
            <For each=move || at_door(room) key=Clone::clone let(seat)>
                <Waiting seat />
            </For>
        </div>
    }
    .into_any()
}

#[component]
fn Waiting(seat: SeatId) -> impl IntoView {
    let room = room();
    let label = {
        let seat = seat.clone();
        tell(move || room.plan.see(|plan| plan.label(&seat)).into())
    };
    let (admit, away) = (seat.clone(), seat.clone());
    let leads = room.view.with_untracked(|view| view.presiding() == Some(&room.me()));
    view! {
        <div class="item" data-testid=format!("waiting-{seat}")>
            <strong>{label}</strong>
            <Equipment seat=seat.clone() />
            <div class="row">
                <Act words=say(ADMIT) look=Look::Primary testid=format!("admit-{seat}")
                    command=move |()| Command::Roll(roll::Command::Admit { seat: admit.clone() }) />
                {leads.then(|| view! { <Shield seat=seat.clone() /> })}
                <WithReason words=say(TURN_AWAY) prompt=say(TURN_AWAY_WHY) look=Look::Danger testid=format!("turn-away-{seat}")
                    command=move |reason| Command::Roll(roll::Command::TurnAway { seat: away.clone(), reason }) />
            </div>
        </div>
    }
    .into_any()
}
