//! Who sits where, and how far everybody's invitation is.

use crate::kit::see::{For, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Command, Office, SeatId,
    hearing::plan::{self, Name, Place},
};

use super::{File, ask, invitation::Slips, panel::sits};
use crate::{
    calendar,
    hearing::equipment,
    kit::{
        button::{Button, Look},
        card::Card,
        empty::Empty,
        field::{Field, half_width},
        rows::{row, rows},
        sending::Sending,
        tag::{Tag, Tone},
    },
    office::{
        desk::{not_yours, why_not},
        pool::Panellist,
        seating::{SeatForm, Typed, free_id},
    },
    words::{Told, Words, say, tell, words},
};

const TITLE: Words = words("席位和邀请", "Seats and invitations");
const NONE: Words = words("还没有安排席位。", "No seat has been assigned yet.");
const CAPACITY: Words = words("身份", "Capacity");
const NAME: Words = words("姓名", "Name");
const INVITED: Words = words("邀请", "Invitation");
const ACT: Words = words("签发和撤回", "Issue and take back");
const SPEAKS_FOR: Words = words("代理：{name}", "for {name}");
const NOT_SENT: Words = words("未签发", "Not issued");
const SENT: Words = words("已签发", "Issued");
const UNTIL: Words = words("有效期至{day}", "Good until {day}");
const USED: Words = words("已使用", "Used");
const EXPIRED: Words = words("已过期", "Expired");
const SPENT: Words = words("核对错误过多，须重新签发", "Checked wrongly too often; issue anew");
const TAIL: Words = words("手机后四位", "Phone, last four");
const ISSUE: Words = words("签发", "Issue");
const ISSUE_ANEW: Words = words("重新签发", "Issue anew");
const REVOKE: Words = words("撤销邀请", "Revoke");
const UNSEAT: Words = words("撤回席位", "Take the seat back");
const REVOKE_SURE: Words = words(
    "撤销以后，原来的链接和入席码立即失效；已经进入听证室的，立即断开。需要再次参加的，可以重新签发。",
    "Link and code stop working at once, and whoever is in the room with them is cut off. They can be issued again.",
);
const UNSEAT_SURE: Words = words(
    "撤回以后，本席位和已经签发的邀请一并失效。需要时可以重新安排。",
    "The seat and its invitation are gone. The seat can be given again.",
);
const FOUR: Words = words("请填写手机号码后四位。", "Give the last four digits of the phone number.");
const ADD: Words = words("增加席位", "Add a seat");
const SEAT: Words = words("安排", "Give the seat");
const NEED: Words = words("请选择身份并填写姓名。", "Please give capacity and name.");

/// The card.
pub(super) fn card(file: File) -> AnyView {
    let slips = Slips::new();
    let seats = memo(move || file.view.with(|view| in_order(&view.plan)));
    // Whose seat was taken away, their invitation is no longer good and goes from the page.
    Effect::new(move |before: Option<Vec<Seated>>| {
        let seats = seats.get();
        slips.keep_of(&seats);
        if before.is_some_and(|before| before.iter().any(|seated| !seats.contains(seated)))
            && file.role.prepares()
        {
            leptos::task::spawn_local(async move {
                // It is looked at again with the next act.
                let _ = file.look_at_invitations().await;
            });
        }
        seats
    });
    let columns = [CAPACITY, NAME, INVITED, ACT].map(say).to_vec();
    let body = move || {
        let each = view! {
            <For each=move || seats.get() key=Clone::clone let((seat, _))>
                {line(file, seat, slips)}
            </For>
        };
        vec![each.into_any()]
    };
    let none = move || seats.with(Vec::is_empty);
    view! {
        <div id="seats">
            {slips.view(file)}
            <Card title=say(TITLE) testid="seats">
                {move || none().then(|| view! { <Empty words=say(NONE) /> })}
                {rows(say(TITLE), "seats", columns, body)}
                {add(file)}
            </Card>
        </div>
    }
    .into_any()
}

/// A seat and the name of who sits in it: somebody else in the same seat is another line.
pub(super) type Seated = (SeatId, String);

/// The seats in the order of the bench.
fn in_order(plan: &plan::Plan) -> Vec<Seated> {
    let mut seats: Vec<(Capacity, SeatId)> =
        plan.places.iter().map(|(seat, place)| (place.capacity, seat.clone())).collect();
    seats.sort();
    let name = |seat: &SeatId| plan.names.get(seat).map(|name| name.name.clone()).unwrap_or_default();
    seats.into_iter().map(|(_, seat)| (seat.clone(), name(&seat))).collect()
}

/// The last digits of the phone number, where they are known: of a panellist, whose number stands in the pool, if it is
/// certain who of the pool sits there.
fn known_tail(file: File, seat: &SeatId) -> String {
    let drawn = |id: &str| file.draws.with_untracked(|draws| draws.iter().any(|draw| draw.has_drawn(id)));
    let person = |people: &Vec<Panellist>| {
        file.view
            .with_untracked(|view| sits(&view.plan, seat, people, drawn).map(|one| one.phone_tail.clone()))
    };
    file.people.with_untracked(person).unwrap_or_default()
}

fn line(file: File, seat: SeatId, slips: Slips) -> AnyView {
    let known = file.view.with_untracked(|view| {
        let plan = &view.plan;
        let place = plan.places.get(&seat).cloned()?;
        let whom =
            place.acts_for.as_ref().and_then(|party| plan.names.get(party)).map(|name| name.name.clone());
        Some((place, plan.names.get(&seat).cloned()?, whom))
    });
    let Some((place, name, whom)) = known else { return ().into_any() };
    let Place { capacity, side, .. } = place;
    let Name { name, post } = name;
    let side = side.map(|side| view! { <span class="muted small">{say(side.words())}</span> }.into_any());
    let about = whom.map(|whom| {
        view! { <span class="muted small">{tell(move || SPEAKS_FOR.with("name", &whom))}</span> }.into_any()
    });
    let tail = RwSignal::new(known_tail(file, &seat));
    let cells = vec![
        view! { <span>{say(capacity.words())}</span> {side} }.into_any(),
        view! { <strong>{name}</strong> <span class="muted small">{post}</span> {about} }.into_any(),
        state(file, seat.clone()),
        act(file, seat.clone(), tail, slips),
    ];
    row(format!("seat-{seat}"), "", cells)
}

fn capacity_of(file: File, seat: &SeatId) -> Option<Capacity> {
    file.view.with_untracked(|view| view.plan.capacity(seat))
}

/// How far the invitation is, and how the equipment was.
fn state(file: File, seat: SeatId) -> AnyView {
    let asked = seat.clone();
    let sent = memo(move || file.sent.with(|sent| sent.iter().find(|sent| sent.seat == asked).cloned()));
    let how = move || match sent.get() {
        None => (NOT_SENT, Tone::Plain),
        Some(sent) if sent.used.is_some() => (USED, Tone::Good),
        Some(sent) if sent.spent => (SPENT, Tone::Alert),
        Some(sent) if sent.expired => (EXPIRED, Tone::Alert),
        Some(_) => (SENT, Tone::Info),
    };
    let of = StoredValue::new(seat.clone());
    let speaks = capacity_of(file, &seat) != Some(Capacity::Observer);
    let equipment =
        tell(move || of.with_value(|seat| file.view.with(|view| equipment::told(view.equipment.of(seat)))));
    let until = tell(move || {
        let day = sent.get().map(|sent| calendar::day(sent.expires));
        day.map(|day| Told::from(UNTIL).with_told("day", &day)).unwrap_or_default()
    });
    view! {
        <Tag words=tell(move || how().0.into()) tone=derived(move || how().1) />
        <span class="muted small">{until}</span>
        {speaks.then(|| view! { <span class="muted small" data-testid=format!("equipment-{seat}")>{equipment}</span> })}
    }
    .into_any()
}

fn act(file: File, seat: SeatId, tail: RwSignal<String>, slips: Slips) -> AnyView {
    let sending = Sending::default();
    let name = seat.0.clone();
    let of = StoredValue::new(seat);
    let sent =
        memo(move || of.with_value(|seat| file.sent.with(|sent| sent.iter().any(|one| one.seat == *seat))));
    let yours = not_yours(file.role.prepares());
    let dead = derived(move || {
        let four = tail.with(|tail| half_width(tail)).bytes().map(|byte| byte.is_ascii_digit()).eq([true; 4]);
        yours.get().or_else(|| (!four).then(|| FOUR.into()))
    });
    let issue = Callback::new(move |()| {
        if dead.get_untracked().is_none() {
            let tail = half_width(&tail.get_untracked());
            sending.go(slips.issue(file, of.get_value(), tail));
        }
    });
    let revoke = Callback::new(move |()| sending.go(slips.revoke(file, of.get_value())));
    let command = move || Command::Plan(plan::Command::Unseat { seat: of.get_value() });
    let unseat = Callback::new(move |()| {
        sending.go(async move {
            file.act(command()).await?;
            if file.role.prepares() { file.look_at_invitations().await } else { Ok(()) }
        });
    });
    let words = tell(move || if sent.get() { ISSUE_ANEW } else { ISSUE }.into());
    view! {
        {sending.news()}
        <div class="issuing">
            <Field label=say(TAIL) bare=true value=tail kind="tel" send=issue testid=format!("tail-{name}") />
            <Button words press=issue dead explain=false busy=sending.busy testid=format!("issue-{name}") />
            <span hidden=move || !sent.get()>
                {ask::sure(REVOKE, REVOKE_SURE, yours, revoke, format!("revoke-{name}"))}
            </span>
            {ask::sure(UNSEAT, UNSEAT_SURE, file.dead(command), unseat, format!("unseat-{name}"))}
        </div>
    }
    .into_any()
}

fn add(file: File) -> AnyView {
    let form = RwSignal::new(SeatForm::new(0, Typed::default()));
    let parties = derived(move || {
        file.view.with(|view| {
            let plan = &view.plan;
            let party = |(seat, place): (&SeatId, &Place)| {
                let words = Words::from(place.capacity.words()).now();
                let name = plan.names.get(seat).map(|name| name.name.clone()).unwrap_or_default();
                (seat.0.clone(), format!("{words} {name}"))
            };
            let speaks = |place: &Place| place.capacity.is_party() && place.capacity != Capacity::Agent;
            plan.places.iter().filter(|(_, place)| speaks(place)).map(party).collect::<Vec<_>>()
        })
    });
    let seating = move || {
        let form = form.get();
        let capacity = form.capacity().filter(|_| form.name.with(|name| !name.trim().is_empty()))?;
        let id = file.view.with(|view| free_id(capacity, &view.plan.places.keys().cloned().collect()));
        let whom = Some(form.acts_for.get()).filter(|whom| !whom.is_empty()).map(SeatId);
        form.typed(id, whom)
    };
    let role: Office = file.role;
    let dead = derived(move || {
        let Some(seating) = seating() else { return Some(NEED.into()) };
        let command = Command::Plan(plan::Command::Seat(seating));
        file.view.with(|view| why_not(view, role, command))
    });
    let sending = Sending::default();
    let press = move |()| {
        if let Some(seating) = untrack(seating) {
            sending.go(async move {
                file.act(Command::Plan(plan::Command::Seat(seating))).await?;
                form.set(SeatForm::new(0, Typed::default()));
                Ok(())
            });
        }
    };
    view! {
        <details class="fold">
            <summary>{say(ADD)}</summary>
            <div class="stack">
                <div class="form">{move || form.get().view(parties, "new-seat")}</div>
                {sending.news()}
                <Button words=say(SEAT) look=Look::Primary press dead busy=sending.busy testid="give-seat" />
            </div>
        </details>
    }
    .into_any()
}
