//! Who sits where, row by row, before the hearing is registered.

use std::collections::BTreeSet;

use crate::kit::see::{For, derived, memo};
use leptos::prelude::*;
use procedure::{
    Capacity, Hearing, Office, SeatId,
    hearing::plan::{Case, Command, Seating, Setting},
};

use crate::{
    kit::button::{Button, Look},
    office::{
        desk::{plan, tries},
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
/// Rows that stand there from the beginning; left empty they count for nothing.
const FIRST: [Capacity; 5] =
    [Capacity::Chair, Capacity::Handler, Capacity::Clerk, Capacity::Applicant, Capacity::Respondent];

/// The rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seats {
    rows: RwSignal<Vec<SeatForm>>,
    made: StoredValue<usize>,
}

impl Seats {
    pub(super) fn new() -> Self {
        let seats = Self { rows: RwSignal::new(Vec::new()), made: StoredValue::new(0) };
        seats.fill(Vec::new());
        seats
    }

    fn add(self, typed: Typed) {
        let key = self.made.get_value();
        self.made.set_value(key + 1);
        self.rows.update(|rows| rows.push(SeatForm::new(key, typed)));
    }

    /// The rows of a draft; the usual ones where there is none. A draft joins agents to their parties by the place
    /// of the row, the page by its key.
    pub(super) fn fill(self, typed: Vec<Typed>) {
        let first = self.made.get_value();
        self.rows.set(Vec::new());
        if typed.is_empty() {
            FIRST.into_iter().for_each(|capacity| self.add(Typed::of(capacity)));
        }
        for mut typed in typed {
            let place = typed.acts_for.parse::<usize>().ok();
            typed.acts_for = place.map(|place| (first + place).to_string()).unwrap_or_default();
            self.add(typed);
        }
    }

    pub(super) fn so_far(self) -> Vec<Typed> {
        let rows = self.rows.get();
        let place =
            |key: String| rows.iter().position(|row| row.key.to_string() == key).map(|at| at.to_string());
        let typed = |row: &SeatForm| {
            let mut typed = row.so_far();
            typed.acts_for = place(typed.acts_for).unwrap_or_default();
            typed
        };
        rows.iter().map(typed).collect()
    }

    /// Rows in which somebody stands, with the seats they get.
    fn filled(self) -> Vec<(usize, SeatForm, SeatId)> {
        let mut taken = BTreeSet::new();
        let mut filled = Vec::new();
        for (at, row) in self.rows.get().into_iter().enumerate() {
            let Some(capacity) = row.capacity() else { continue };
            if row.name.with(|name| name.trim().is_empty()) && FIRST.contains(&capacity) {
                continue;
            }
            let id = free_id(capacity, &taken);
            taken.insert(id.clone());
            filled.push((at + 1, row, id));
        }
        filled
    }

    /// The seats as the rules read them, parties before those who speak for them.
    pub(super) fn typed(self) -> Vec<Seating> {
        self.numbered().into_iter().map(|(_, seating)| seating).collect()
    }

    fn numbered(self) -> Vec<(usize, Seating)> {
        let filled = self.filled();
        let whom = |key: &str| {
            filled.iter().find(|(_, row, _)| row.key.to_string() == key).map(|(.., id)| id.clone())
        };
        let seating = |(number, row, id): &(usize, SeatForm, SeatId)| {
            Some((*number, row.typed(id.clone(), row.acts_for.with(|key| whom(key)))?))
        };
        let mut seatings: Vec<(usize, Seating)> = filled.iter().filter_map(seating).collect();
        seatings.sort_by_key(|(_, seating)| seating.capacity == Capacity::Agent);
        seatings
    }

    /// What the rules say to a hearing of this case with these seats.
    pub(super) fn check(self, role: Office, case: &Case, setting: &Setting) -> Result<(), Told> {
        let register = Command::Register { case: case.clone(), hearing: setting.clone() };
        let mut hearing = tries(&Hearing::default(), role, plan(register))?;
        for (at, row) in self.rows.get().into_iter().enumerate() {
            if row.capacity().is_none() && row.name.with(|name| !name.trim().is_empty()) {
                return Err(Told::from(WRONG).with("n", at + 1).with_told("why", &NEED_CAPACITY.into()));
            }
        }
        for (number, seating) in self.numbered() {
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
            let party = |row: &SeatForm| {
                let capacity = row.capacity().filter(|capacity| capacity.is_party())?;
                let name = row.name.get();
                let words = Words::from(capacity.words()).now();
                (capacity != Capacity::Agent).then(|| (row.key.to_string(), format!("{words} {name}")))
            };
            self.rows.get().iter().filter_map(party).collect()
        })
    }

    pub(super) fn view(self) -> AnyView {
        let add = move |()| self.add(Typed::default());
        view! {
            <ol class="entries" data-testid="seats">
                <For each=move || self.rows.get() key=|row| row.key let(row)>
                    {self.row(row)}
                </For>
            </ol>
            <div>
                <Button words=say(ADD) press=add testid="add-seat" />
            </div>
        }
        .into_any()
    }

    fn row(self, row: SeatForm) -> AnyView {
        let place = memo(move || {
            self.rows.with(|rows| rows.iter().position(|other| other.key == row.key).unwrap_or(0) + 1)
        });
        let remove = move |()| self.rows.update(|rows| rows.retain(|other| other.key != row.key));
        let prefix = format!("seat-{}", row.key + 1);
        view! {
            <li class="entry">
                <fieldset class="form">
                    <legend>{tell(move || ROW.with("n", place.get()))}</legend>
                    {row.view(self.parties(), &prefix)}
                </fieldset>
                <div class="remove">
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
