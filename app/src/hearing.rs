//! The hearing room in the browser: the page of one seat, from the door to the desk that fits its capacity.
//!
//! ```text
//! Connecting ─▶ Arrival (discipline and rights) ─▶ Waiting room ─▶ Desk ─▶ Gone
//!      └──no key, revoked, other version──▶ Ended
//! ```

use crate::kit::see::{See, effect, memo};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use procedure::{Capacity, hearing::roll::Standing};

use crate::clerk::{Line, Room};

pub mod act;
pub mod arrival;
pub mod chair;
pub mod clerk;
pub mod decision;
pub mod deliberation;
pub mod equipment;
pub mod exhibit;
pub mod file;
pub mod floor;
pub mod gallery;
pub mod head;
pub mod line;
pub mod motion;
pub mod opinion;
pub mod panel;
pub mod party;
pub mod phase;
pub mod question;
pub mod record;
pub mod roll;
pub mod script;
pub mod signing;
pub mod statement;
pub mod video;

/// What this page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing is known yet.
    Connecting,
    /// The line is closed for good.
    Ended(u16),
    /// Not here yet: discipline and rights.
    Arrival,
    /// Waits to be let in.
    Waiting,
    /// At the desk.
    Desk(Desk),
    /// Gone for good.
    Gone(Standing),
    /// An observer, and the doors have been closed.
    Shut,
}

/// The desks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Desk {
    Chair,
    Panel,
    Party,
    Clerk,
    Gallery,
}

fn place(room: Room) -> Place {
    if let Line::Ended(code) = room.line.get() {
        return Place::Ended(code);
    }
    if !room.seen.get() {
        return Place::Connecting;
    }
    let me = room.me();
    if room.plan.see(|plan| plan.capacity(&me) == Some(Capacity::Observer) && !plan.is_public()) {
        return Place::Shut;
    }
    match room.roll.see(|roll| roll.standing(&me)) {
        Standing::Expected => Place::Arrival,
        Standing::Waiting => Place::Waiting,
        Standing::Present => Place::Desk(desk(room)),
        gone @ (Standing::Left | Standing::Removed | Standing::Recused) => Place::Gone(gone),
    }
}

fn desk(room: Room) -> Desk {
    let me = room.me();
    if room.roll.see(|roll| roll.deputy_acting.as_ref() == Some(&me)) {
        return Desk::Chair;
    }
    match room.plan.see(|plan| plan.capacity(&me)) {
        Some(Capacity::Chair) => Desk::Chair,
        Some(Capacity::Clerk) => Desk::Clerk,
        Some(Capacity::Panellist) => Desk::Panel,
        Some(Capacity::Observer | Capacity::PeoplesSupervisor) | None => Desk::Gallery,
        Some(_) => Desk::Party,
    }
}

/// The page of one seat, by the site's address.
#[component]
pub fn SeatPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let [hearing, seat] = ["id", "seat"].map(|name| params.get(name).unwrap_or_default());
    view! { <Seat hearing seat /> }.into_any()
}

/// The page of one seat.
#[component]
pub fn Seat(
    /// Id of the hearing.
    hearing: String,
    /// Id of the seat.
    seat: String,
) -> impl IntoView {
    let room = Room::new(hearing, seat);
    provide_context(room);
    effect(move || untrack(|| room.enter()));
    let place = memo(move || place(room));
    let body = move || match place.get() {
        Place::Connecting => view! { <arrival::Connecting /> }.into_any(),
        Place::Ended(code) => view! { <arrival::Ended code /> }.into_any(),
        Place::Arrival => view! { <arrival::Arrival /> }.into_any(),
        Place::Waiting => view! { <arrival::WaitingRoom /> }.into_any(),
        Place::Gone(standing) => view! { <arrival::Gone standing /> }.into_any(),
        Place::Shut => view! { <arrival::Shut /> }.into_any(),
        Place::Desk(Desk::Chair) => view! { <chair::Chair /> }.into_any(),
        Place::Desk(Desk::Panel) => view! { <panel::Panel /> }.into_any(),
        Place::Desk(Desk::Party) => view! { <party::Party /> }.into_any(),
        Place::Desk(Desk::Clerk) => view! { <clerk::Clerk /> }.into_any(),
        Place::Desk(Desk::Gallery) => view! { <gallery::Gallery /> }.into_any(),
    };
    let name = move || match place.get() {
        Place::Desk(Desk::Chair) => "room chair-desk",
        Place::Desk(Desk::Panel) => "room panel-desk",
        Place::Desk(Desk::Party) => "room party-desk",
        Place::Desk(Desk::Clerk) => "room clerk-desk",
        Place::Desk(Desk::Gallery) => "room gallery-desk",
        _ => "room door",
    };
    view! {
        <div class=name>
            <head::Head />
            <head::News />
            <main id="content">{body}</main>
        </div>
    }
    .into_any()
}

/// The room of this page.
fn room() -> Room {
    expect_context::<Room>()
}

/// Where the seat hears and sees the hearing again.
fn replay(room: Room) -> String {
    format!("/hearings/{}/replay?seat={}", room.hearing.get_value(), room.me())
}

/// Where the seat reads and signs the record.
fn sign(room: Room) -> String {
    format!("/hearings/{}/sign?seat={}", room.hearing.get_value(), room.me())
}

/// Where the seat finds the papers that are for it.
fn papers(room: Room) -> String {
    format!("/hearings/{}/papers?seat={}", room.hearing.get_value(), room.me())
}
