//! Who sits where, row by row, while the hearing is being registered. Each row knows whether its seat has been given.

use std::collections::BTreeSet;

use crate::kit::see::{For, Home, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Hearing, Office, SeatId,
    hearing::plan::{Case, Command, Seating, Setting},
};
use serde::{Deserialize, Serialize};

use crate::{
    browser::{self, fetch::Failure},
    kit::{
        button::{Button, Look},
        see::Show,
        tag::{Tag, Tone},
    },
    office::{
        desk::{plan, submit_as, tries},
        seating::{SeatForm, Typed, free_id},
    },
    words::{Told, Words, say, tell, words},
};

const ADD: Words = words("增加一个席位", "Add a seat");
const REMOVE: Words = words("删除席位 {n}", "Remove seat {n}");
const ROW: Words = words("席位 {n}", "Seat {n}");
const WRONG: Words = words("席位 {n}：{why}", "Seat {n}: {why}");
const NEED_NAME: Words = words("请填写姓名或者单位名称。", "Please give the name.");
const NEED_CAPACITY: Words = words("请选择身份。", "Please choose the capacity.");
const GIVEN: Words = words("已安排", "Given");
const UNANSWERED: Words = words("已发出，未收到答复", "Sent, not answered");
/// Rows that stand there from the beginning; left empty they count for nothing.
const FIRST: [Capacity; 5] =
    [Capacity::Chair, Capacity::Handler, Capacity::Clerk, Capacity::Applicant, Capacity::Respondent];

/// How far the seat of a row has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stand {
    /// Nothing was sent.
    #[default]
    Typing,
    /// Sent under the id of a command, and not answered.
    Sent {
        /// The seat.
        seat: SeatId,
        /// The id.
        command: String,
    },
    /// The seat has been given.
    Given {
        /// The seat.
        seat: SeatId,
    },
}

impl Stand {
    const fn seat(&self) -> Option<&SeatId> {
        match self {
            Self::Typing => None,
            Self::Sent { seat, .. } | Self::Given { seat } => Some(seat),
        }
    }
}

/// What is kept of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    typed: Typed,
    stand: Stand,
}

impl Kept {
    /// How far the seat has come, once it was sent.
    pub(super) fn sent(&self) -> Option<&Stand> {
        Some(&self.stand).filter(|stand| **stand != Stand::Typing)
    }
}

/// A row: who is to sit there, and whether the seat has been given.
#[derive(Clone, Copy, Debug)]
struct Row {
    form: SeatForm,
    stand: RwSignal<Stand>,
}

impl Row {
    fn seat(self) -> Option<SeatId> {
        self.stand.with(|stand| stand.seat().cloned())
    }
}

/// The rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seats {
    rows: RwSignal<Vec<Row>>,
    made: StoredValue<usize>,
    /// Seats that the hearing has, given here or elsewhere.
    given: RwSignal<BTreeSet<SeatId>>,
    home: Home,
}

impl Seats {
    pub(super) fn new() -> Self {
        let seats = Self {
            rows: RwSignal::new(Vec::new()),
            made: StoredValue::new(0),
            given: RwSignal::new(BTreeSet::new()),
            home: Home::here(),
        };
        seats.fill(Vec::new());
        seats
    }

    fn add(self, typed: Typed, stand: Stand) {
        let key = self.made.get_value();
        self.made.set_value(key + 1);
        let row = self.home.make(|| Row { form: SeatForm::new(key, typed), stand: RwSignal::new(stand) });
        self.rows.update(|rows| rows.push(row));
    }

    /// The rows of a draft; the usual ones where there is none. A draft joins agents to their parties by the place
    /// of the row, the page by its key.
    pub(super) fn fill(self, kept: Vec<Kept>) {
        let first = self.made.get_value();
        self.rows.set(Vec::new());
        self.given.set(BTreeSet::new());
        if kept.is_empty() {
            FIRST.into_iter().for_each(|capacity| self.add(Typed::of(capacity), Stand::Typing));
        }
        for Kept { mut typed, stand } in kept {
            let place = typed.acts_for.parse::<usize>().ok();
            typed.acts_for = place.map(|place| (first + place).to_string()).unwrap_or_default();
            self.add(typed, stand);
        }
    }

    pub(super) fn so_far(self) -> Vec<Kept> {
        let rows = self.rows.get();
        let place = |key: String| {
            rows.iter().position(|row| row.form.key.to_string() == key).map(|at| at.to_string())
        };
        let typed = |row: &Row| {
            let mut typed = row.form.so_far();
            typed.acts_for = place(typed.acts_for).unwrap_or_default();
            Kept { typed, stand: row.stand.get() }
        };
        rows.iter().map(typed).collect()
    }

    /// Rows in which somebody stands, with the seats they get: the one that was sent, else one that is free.
    fn filled(self) -> Vec<(usize, Row, SeatId)> {
        let rows = self.rows.get();
        let mut taken = self.given.get();
        taken.extend(rows.iter().filter_map(|row| row.seat()));
        let mut filled = Vec::new();
        for (at, row) in rows.into_iter().enumerate() {
            let Some(capacity) = row.form.capacity() else { continue };
            if row.form.name.with(|name| name.trim().is_empty()) && FIRST.contains(&capacity) {
                continue;
            }
            let id = row.seat().unwrap_or_else(|| free_id(capacity, &taken));
            taken.insert(id.clone());
            filled.push((at + 1, row, id));
        }
        filled
    }

    /// The seats as the rules read them, parties before those who speak for them.
    fn numbered(self) -> Vec<(usize, Row, Seating)> {
        let filled = self.filled();
        let whom = |key: &str| {
            filled.iter().find(|(_, row, _)| row.form.key.to_string() == key).map(|(.., id)| id.clone())
        };
        let seating = |(number, row, id): &(usize, Row, SeatId)| {
            let whom = row.form.acts_for.with(|key| whom(key));
            Some((*number, *row, row.form.typed(id.clone(), whom)?))
        };
        let mut seatings: Vec<(usize, Row, Seating)> = filled.iter().filter_map(seating).collect();
        seatings.sort_by_key(|(.., seating)| seating.capacity == Capacity::Agent);
        seatings
    }

    /// These seats the hearing has already.
    pub(super) fn are_given(self, seats: impl Iterator<Item = SeatId>) {
        self.given.set(seats.collect());
    }

    /// Gives everybody a seat in a hearing that is registered; whoever has one is passed over. `keep` keeps how far it
    /// has come.
    pub(super) async fn send(self, hearing: &str, keep: impl Fn()) -> Result<(), Failure> {
        for (_, row, seating) in untrack(|| self.numbered()) {
            let reaches = |stand: Stand| {
                row.stand.set(stand);
                keep();
            };
            let seat = seating.id.clone();
            let command = match row.stand.try_get_untracked() {
                // The page has been left; the draft knows how far it has come.
                None => return Ok(()),
                Some(Stand::Given { .. }) => continue,
                Some(Stand::Sent { command, .. }) => command,
                Some(Stand::Typing) => browser::new_id(),
            };
            reaches(Stand::Sent { seat: seat.clone(), command: command.clone() });
            match submit_as(&command, hearing, plan(Command::Seat(seating))).await {
                Ok(()) => reaches(Stand::Given { seat }),
                Err(failure) => {
                    if failure.is_no() {
                        reaches(Stand::Typing);
                    }
                    return Err(failure);
                }
            }
        }
        Ok(())
    }

    /// What the rules say to a hearing of this case with these seats.
    pub(super) fn check(self, role: Office, case: &Case, setting: &Setting) -> Result<(), Told> {
        let register = Command::Register { case: case.clone(), hearing: setting.clone() };
        let mut hearing = tries(&Hearing::default(), role, plan(register))?;
        for (at, row) in self.rows.get().into_iter().enumerate() {
            if row.form.capacity().is_none() && row.form.name.with(|name| !name.trim().is_empty()) {
                return Err(Told::from(WRONG).with("n", at + 1).with_told("why", &NEED_CAPACITY.into()));
            }
        }
        for (number, _, seating) in self.numbered() {
            let wrong = |why: Told| Told::from(WRONG).with("n", number).with_told("why", &why);
            if seating.name.is_empty() {
                return Err(wrong(NEED_NAME.into()));
            }
            hearing = tries(&hearing, role, plan(Command::Seat(seating))).map_err(wrong)?;
        }
        Ok(())
    }

    /// The parties among the rows, by key.
    fn parties(self) -> Signal<Vec<(String, String)>> {
        derived(move || {
            let party = |row: &Row| {
                let row = row.form;
                let capacity = row.capacity().filter(|capacity| capacity.is_party())?;
                let name = row.name.get();
                let words = Words::from(capacity.words()).now();
                (capacity != Capacity::Agent).then(|| (row.key.to_string(), format!("{words} {name}")))
            };
            self.rows.get().iter().filter_map(party).collect()
        })
    }

    pub(super) fn view(self) -> AnyView {
        let add = move |()| self.add(Typed::default(), Stand::Typing);
        view! {
            <ol class="entries" data-testid="seats">
                <For each=move || self.rows.get() key=|row| row.form.key let(row)>
                    {self.row(row)}
                </For>
            </ol>
            <div>
                <Button words=say(ADD) press=add testid="add-seat" />
            </div>
        }
        .into_any()
    }

    fn row(self, row: Row) -> AnyView {
        let Row { form, stand } = row;
        let place = memo(move || {
            self.rows.with(|rows| rows.iter().position(|other| other.form.key == form.key).unwrap_or(0) + 1)
        });
        let remove = move |()| self.rows.update(|rows| rows.retain(|other| other.form.key != form.key));
        let prefix = format!("seat-{}", form.key + 1);
        let sent = memo(move || stand.with(|stand| *stand != Stand::Typing));
        let given = move || stand.with(|stand| matches!(stand, Stand::Given { .. }));
        let how = tell(move || if given() { GIVEN } else { UNANSWERED }.into());
        let tone = derived(move || if given() { Tone::Good } else { Tone::Wait });
        let name = prefix.clone();
        view! {
            <li class="entry">
                <fieldset class="form" disabled=sent>
                    <legend>
                        {tell(move || ROW.with("n", place.get()))} " "
                        <Show when=move || sent.get()>
                            <Tag words=how tone testid=format!("{name}-stand") />
                        </Show>
                    </legend>
                    {form.view(self.parties(), &prefix)}
                </fieldset>
                <div class="remove" hidden=sent>
                    <Button
                        words=tell(move || REMOVE.with("n", place.get()))
                        look=Look::Quiet
                        press=remove
                        testid=format!("remove-{prefix}")
                    />
                </div>
            </li>
        }
        .into_any()
    }
}
