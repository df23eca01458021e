//! The line being written: who speaks and what they say. It follows whoever holds the floor.

use std::collections::BTreeSet;

use crate::kit::see::{See, memo};
use leptos::prelude::*;
use procedure::{Capacity, Command, SeatId, hearing::statement};

use crate::{
    browser::{self, storage},
    clerk::{RULES, Room},
    hearing::room,
    kit::{
        area::{Area, Draft},
        button::{Button, Look},
    },
    words::{Told, Words, say, tell, words},
};

const SPEAKERS: Words = words("发言人", "Speakers");
const NOTE: Words = words("（旁注，不记发言人）", "(a note, no speaker)");
const FOLLOWS: Words = words("自动跟随发言人", "follows the floor");
const THEN: Words = words("提交本行后转到 {name}", "then {name}, once this line is committed");
const CHOSEN: Words = words("手动选择", "chosen by hand");
const LINE: Words = words("本行内容", "The line");
const COMMIT: Words = words("提交本行", "Commit the line");
const HINTS: Words = words(
    "Ctrl+Enter 提交 · Alt+↑↓ 换发言人 · F2 常用语 · 输入法选字时不会误提交",
    "Ctrl+Enter commits · Alt+↑↓ changes the speaker · F2 phrases · Enter is a new line",
);

/// What stands before a speaker that is kept and was chosen by hand; no seat begins so.
const BY_HAND: &str = "*";

/// The clerk's pen: speaker and draft of the present line.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    room: Room,
    /// The line.
    pub draft: Draft,
    /// Who speaks; none for a note.
    pub speaker: RwSignal<Option<SeatId>>,
    /// Whether the speaker was chosen by hand.
    by_hand: RwSignal<bool>,
    /// Who has the floor.
    holder: Memo<Option<SeatId>>,
    /// Those who can be chosen, in the order of the bench.
    seats: Memo<Vec<SeatId>>,
}

impl Pen {
    /// A pen that follows the floor.
    pub fn new(room: Room) -> Self {
        let seats = memo(move || speakers(room));
        let pen = Self {
            room,
            draft: room.draft("line"),
            speaker: RwSignal::new(None),
            by_hand: RwSignal::new(false),
            holder: memo(move || room.floor.see(|floor| floor.holder().cloned())),
            seats,
        };
        // After a reload a line begun is still its speaker's.
        let kept_as = StoredValue::new(room.kept_as("draft.line-speaker"));
        Effect::new(move |seen: Option<()>| {
            if seen.is_none() {
                let kept = kept_as.with_value(|name| storage::kept(name)).filter(|seat| !seat.is_empty());
                if let Some(kept) = kept.filter(|_| !pen.draft.is_empty()) {
                    let chosen = kept.strip_prefix(BY_HAND);
                    pen.by_hand.set(chosen.is_some());
                    let seat = chosen.unwrap_or(&kept).to_string();
                    pen.speaker.set(Some(seat).filter(|seat| !seat.is_empty()).map(SeatId));
                }
            }
            let mark = if pen.by_hand.get() { BY_HAND } else { "" };
            let speaker =
                pen.speaker.see(|seat| seat.as_ref().map(|seat| seat.0.clone()).unwrap_or_default());
            kept_as.with_value(|name| storage::keep(name, &format!("{mark}{speaker}")));
        });
        // A line begun stays with its speaker; the next line follows the floor.
        let holder = pen.holder;
        Effect::new(move |followed: Option<Option<SeatId>>| {
            let (followed, holder) = (followed.flatten(), holder.get());
            if holder.is_none() || holder == followed || !pen.draft.is_empty() {
                return followed;
            }
            pen.by_hand.set(false);
            pen.speaker.set(holder.clone());
            holder
        });
        pen
    }

    /// Chooses the speaker of that number; 0 is a note. False where there is none.
    pub fn choose(self, number: usize) -> bool {
        let seat = match number {
            0 => None,
            n => match self.seats.with_untracked(|seats| seats.get(n - 1).cloned()) {
                Some(seat) => Some(seat),
                None => return false,
            },
        };
        self.by_hand.set(true);
        self.speaker.set(seat);
        browser::focus("editor");
        true
    }

    /// The next or the last speaker.
    pub fn step(self, by: isize) -> bool {
        let here = self.speaker.with_untracked(|speaker| {
            self.seats.with_untracked(|seats| {
                speaker
                    .as_ref()
                    .and_then(|seat| seats.iter().position(|known| known == seat))
                    .map_or(0, |at| at + 1)
            })
        });
        let count = self.seats.with_untracked(Vec::len) + 1;
        self.choose((here + count).saturating_add_signed(by) % count)
    }

    /// Adds words to the line.
    pub fn add(self, words: &str) {
        let text = self.draft.text.get_untracked();
        self.draft.set(format!("{text}{words}"));
        browser::focus("editor");
    }

    /// Adds the time of day.
    pub fn mark_time(self) {
        let time = self.room.now.get_untracked().local(RULES.utc_offset_minutes).clock();
        self.add(&format!("〔{time}〕"));
    }

    fn command(self, text: String) -> Command {
        Command::Statement(statement::Command::Record { speaker: self.speaker.get(), text })
    }

    /// Puts the line on the record.
    fn commit(self) {
        if !self.draft.text.with_untracked(|text| text.trim().is_empty()) {
            self.room.send_draft(self.draft, |text| untrack(|| self.command(text)));
        }
        browser::focus("editor");
    }
}

/// Those present who can speak, in the order of the bench.
fn speakers(room: Room) -> Vec<SeatId> {
    // Put in one by one: a sort of its own is much of what a browser loads.
    let mut all = BTreeSet::new();
    room.plan.see(|plan| {
        room.roll.see(|roll| {
            let can_speak = |what: Capacity| !matches!(what, Capacity::Observer | Capacity::Clerk);
            let here = plan.places.iter();
            let here = here.filter(|(seat, place)| roll.is_present(seat) && can_speak(place.capacity));
            all.extend(here.map(|(seat, place)| (order(place.capacity), seat.clone())));
        });
    });
    all.into_iter().map(|(_, seat)| seat).collect()
}

/// Parties come before the panel: they speak most, and only nine have a key.
const fn order(capacity: Capacity) -> Capacity {
    match capacity {
        Capacity::Panellist => Capacity::Observer,
        other => other,
    }
}

/// Who can be chosen, with the key of each.
#[component]
pub fn Speakers(pen: Pen) -> impl IntoView {
    let room = room();
    let rows = move || {
        pen.seats
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, seat)| row(room, pen, at + 1, Some(seat)))
            .collect::<Vec<_>>()
    };
    view! {
        <h2>{say(SPEAKERS)}</h2>
        <ul data-testid="speakers">
            {rows}
            {row(room, pen, 0, None)}
        </ul>
    }
    .into_any()
}

fn row(room: Room, pen: Pen, number: usize, seat: Option<SeatId>) -> AnyView {
    let here = seat.clone();
    let chosen = move || pen.speaker.see(|speaker| speaker == &here);
    let words = tell(move || match &seat {
        Some(seat) => room.plan.see(|plan| plan.label(seat)).into(),
        None => NOTE.into(),
    });
    let class = {
        let chosen = chosen.clone();
        move || if chosen() { "chosen" } else { "" }
    };
    view! {
        <li>
            <button
                type="button"
                class=class
                aria-pressed=move || chosen().to_string()
                data-testid=format!("speaker-{number}")
                on:click=move |_| { pen.choose(number); }
            >
                <span>{words}</span>
                {(number < 10).then(|| view! { <kbd>"Alt "{number}</kbd> })}
            </button>
        </li>
    }
    .into_any()
}

/// The line being written.
#[component]
pub fn Editor(pen: Pen) -> impl IntoView {
    let room = room();
    let who = tell(move || match pen.speaker.get() {
        Some(seat) => room.plan.see(|plan| plan.label(&seat)).into(),
        None => Told::from(NOTE),
    });
    let how = tell(move || match pen.holder.get() {
        _ if pen.by_hand.get() => CHOSEN.into(),
        Some(holder) if pen.speaker.see(|speaker| speaker.as_ref() != Some(&holder)) => {
            Told::from(THEN).with_told("name", &room.plan.see(|plan| plan.label(&holder)).into())
        }
        _ => FOLLOWS.into(),
    });
    let dead = room.dead(move || pen.command("…".into()));
    let send = Callback::new(move |()| pen.commit());
    view! {
        <section class="editor" data-testid="pen">
            <p class="who">
                <strong>{who}</strong>
                <small>{how}</small>
            </p>
            <Area label=say(LINE) draft=pen.draft rows=3 bare=true send testid="editor" />
            <div class="row">
                <Button words=say(COMMIT) press=send look=Look::Primary dead testid="commit" />
                <p class="muted small">{say(HINTS)}</p>
            </div>
        </section>
    }
    .into_any()
}
